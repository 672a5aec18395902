package tile_test

import (
	"context"
	"errors"
	"testing"

	"sselandscape/maps/tile"
)

// counting counts how often it is asked; odd columns are not there, and column 4 fails.
type counting struct{ asked int }

func (*counting) About() tile.About { return tile.About{Name: "counting"} }

func (c *counting) Tile(_ context.Context, id tile.ID) (*tile.Tile, error) {
	c.asked++
	switch {
	case id.X == 4:
		return nil, errors.New("the disk is gone")
	case id.X%2 == 1:
		return nil, tile.ErrNone
	}
	return &tile.Tile{Shapes: []tile.Shape{{Rank: int(id.X)}}}, nil
}

func TestCached(t *testing.T) {
	c := &counting{}
	s := tile.Cached(c, 3)
	for i, step := range []struct {
		x     uint32
		asked int
	}{{0, 1}, {1, 2}, {0, 2}, {1, 2}, {2, 3}, {6, 4}, {0, 5}, {4, 6}, {4, 7}, {6, 7}} {
		got, err := s.Tile(t.Context(), tile.ID{Z: 4, X: step.x})
		switch {
		case c.asked != step.asked:
			t.Errorf("step %d: asked %d times, want %d", i, c.asked, step.asked)
		case step.x%2 == 1 && !errors.Is(err, tile.ErrNone), step.x == 4 && (err == nil || errors.Is(err, tile.ErrNone)), step.x%2 == 0 && step.x != 4 && (err != nil || got.Shapes[0].Rank != int(step.x)):
			t.Errorf("step %d: %v %v", i, got, err)
		}
	}
}

func TestIDs(t *testing.T) {
	for id, valid := range map[tile.ID]bool{{}: true, {Z: 1, X: 1, Y: 1}: true, {Z: 1, X: 2}: false, {Z: 25}: false, {Z: 3, Y: 8}: false} {
		if id.Valid() != valid {
			t.Error(id, !valid)
		}
	}
	id := tile.ID{Z: 5, X: 23, Y: 13}
	if id.Up(2) != (tile.ID{Z: 3, X: 5, Y: 3}) || id.Up(9) != (tile.ID{}) {
		t.Error(id.Up(2), id.Up(9))
	}
	if b, up := id.Bound(), id.Up(3).Bound(); !up.Contains(b.Center()) || b.Max[0]-b.Min[0] != 360./32 {
		t.Error(b, up)
	}
}
