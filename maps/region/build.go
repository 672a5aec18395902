package region

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// Limits of what a pack is made of.
const (
	maxAreas = 50_000
	maxRings = 2_000_000
	// rounds are how often borders are put right before those that still cross
	// themselves are refused.
	rounds = 4
)

// The grid of packs that are made here: 2^30 units around the world and from pole to
// pole, at most 3.7 cm by 1.9 cm.
var (
	ownScale     = [2]float64{360.0 / maxUnit, 180.0 / maxUnit}
	ownTranslate = [2]float64{-180, -90}
)

// Builder makes a pack of one level out of areas as somebody's file has them. What
// counts as inside is even-odd, as OGC 06-103r4 has it for rings that do not cross.
type Builder struct {
	Level                    int // 1 regions, 2 districts …
	Source, Vintage, Licence string

	areas    []*draft
	byCode   map[string]*draft
	vertices int
	rings    int
	problems []Problem
}

// draft is an area that is being read.
type draft struct {
	number  int // of its first feature
	region  Region
	rings   [][]Vertex // without the first vertex again behind
	refused bool
	arcs    [][]int32
}

// Problem is something wrong with the shape of a feature, or between two of them.
type Problem struct {
	Feature int    // number in its file, from 1
	Other   int    // the second feature, or 0
	Refused bool   // the feature is left out
	Text    string // what is wrong, and what was done
}

// ErrTooMuch means that borders are more than can be worked on.
var ErrTooMuch = errors.New("the borders are too many")

func (b *Builder) note(d *draft, refused bool, format string, args ...any) {
	d.refused = d.refused || refused
	b.problems = append(b.problems, Problem{Feature: d.number, Refused: refused, Text: fmt.Sprintf(format, args...)})
}

// Add takes in a feature: its number in the file, what is known of the area, and its
// polygons (lon, lat in degrees, WGS 84), whose rings may be open, wound in any way,
// or touch. Features with one code are parts of one area. The error is about limits;
// what is wrong with a feature is told by Build.
func (b *Builder) Add(number int, r Region, area orb.MultiPolygon) error {
	d := b.byCode[r.Code]
	switch {
	case d != nil:
		b.problems = append(b.problems, Problem{Feature: number, Other: d.number, Text: fmt.Sprintf("has the code %q of feature %d; the two are read as parts of one area", r.Code, d.number)})
	case len(b.areas) >= maxAreas:
		return fmt.Errorf("%w: there are more than %d areas", ErrTooMuch, maxAreas)
	default:
		if d = (&draft{number: number, region: r}); b.byCode == nil {
			b.byCode = map[string]*draft{}
		}
		b.byCode[r.Code] = d
		b.areas = append(b.areas, d)
	}
	open := 0
	for _, polygon := range area {
		for _, ring := range polygon {
			if b.rings++; b.rings > maxRings {
				return fmt.Errorf("%w: there are more than %d rings", ErrTooMuch, maxRings)
			}
			if b.vertices += len(ring); b.vertices > maxVertices {
				return fmt.Errorf("%w: there are more than %d vertices; simplify the file", ErrTooMuch, maxVertices)
			}
			if len(ring) > 2 && onGrid(ring[0]) != onGrid(ring[len(ring)-1]) {
				open++
			}
			if !b.addRing(d, number, ring) {
				return nil
			}
		}
	}
	if open > 0 {
		b.problems = append(b.problems, Problem{Feature: number, Text: fmt.Sprintf("%d rings were open and are closed now", open)})
	}
	return nil
}

// addRing puts a ring on the grid; false if it has no place there.
func (b *Builder) addRing(d *draft, number int, ring orb.Ring) bool {
	out := make([]Vertex, 0, len(ring))
	for _, p := range ring {
		if !(math.Abs(p[0]) <= 180+1e-6 && math.Abs(p[1]) <= 90+1e-6) {
			d.refused = true
			b.problems = append(b.problems, Problem{Feature: number, Refused: true, Text: fmt.Sprintf("has the position %.7g, %.7g, which is no longitude and latitude; it is left out", p[0], p[1])})
			return false
		}
		v := onGrid(p)
		if len(out) == 0 || out[len(out)-1] != v {
			out = append(out, v)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if len(out) < 3 {
		if len(ring) > 0 {
			b.problems = append(b.problems, Problem{Feature: number, Text: fmt.Sprintf("has a ring with %d different points, which bounds nothing; it is left out", len(out))})
		}
		return true
	}
	d.rings = append(d.rings, out)
	return true
}

func onGrid(p orb.Point) Vertex {
	at := func(axis int) int32 {
		return int32(min(maxUnit, max(0, math.Round((p[axis]-ownTranslate[axis])/ownScale[axis]))))
	}
	return Vertex{at(0), at(1)}
}

// Build makes the pack: vertices that differ by a hair become one, rings are put
// right, neighbours get one arc for what they share, arcs are ranked. Features that
// cannot be put right are left out and told among the problems, with overlaps and
// thin gaps. It gives the same pack for the same features.
func (b *Builder) Build(ctx context.Context) (*Pack, []Problem, error) {
	if b.Level < 1 || b.Level > maxLevel {
		return nil, nil, fmt.Errorf("level %d is none of 1 to %d; countries follow from their regions", b.Level, maxLevel)
	}
	t, err := b.settle(ctx)
	if err != nil {
		return nil, b.problems, err
	}
	p := &Pack{Source: b.Source, Vintage: b.Vintage, Licence: b.Licence, Scale: ownScale, Translate: ownTranslate, Arcs: t.arcs, ArcCount: len(t.arcs)}
	var rs []Region
	for _, d := range b.areas {
		if d.refused {
			continue
		}
		r := d.region
		r.Rings, r.Bound, r.Level = t.wind(d.arcs), orb.Bound{}, 0
		r.Label = t.inner(r.Rings)
		rs = append(rs, r)
	}
	if b.Level == 1 {
		p.Regions = rs
	} else {
		p.Levels = []Level{{Number: b.Level, Regions: rs}}
	}
	if t.work > maxTests {
		return nil, b.problems, fmt.Errorf("%w: an area has too many rings side by side; simplify the file", ErrTooMuch)
	}
	if p.Ranks, err = rankAll(ctx, t.arcs); err != nil {
		return nil, b.problems, err
	}
	b.compare(t, rs)
	slices.SortStableFunc(b.problems, func(x, y Problem) int {
		return cmp.Or(cmp.Compare(x.Feature, y.Feature), cmp.Compare(x.Other, y.Other))
	})
	if len(rs) == 0 {
		return nil, b.problems, errors.New("no feature bounds an area")
	}
	return p, b.problems, p.check()
}

// settle makes the topology, in as many rounds as it takes until no border crosses
// itself; areas that still do are left out.
func (b *Builder) settle(ctx context.Context) (*topology, error) {
	for round := 1; ; round++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.release()
		b.snap()
		b.release()
		for _, d := range b.areas {
			b.clean(d, round == 1)
		}
		t := b.topology()
		b.release()
		x, err := t.crossings(ctx)
		if err != nil {
			return nil, err
		}
		selves := x.selves()
		switch {
		case len(x.inserts) == 0 || round > rounds && len(selves) == 0: // what is left lies between areas, and is told as an overlap
			b.release()
			return t, nil
		case round > 2*rounds:
			return nil, fmt.Errorf("%w: they cross each other too often to be put right; mend the file in a map program", ErrTooMuch)
		case round == 1:
			for _, i := range selves {
				b.note(b.areas[i], false, "its border crosses or touches itself; it was cut where it does, and what is covered twice counts as outside")
			}
		case round >= rounds:
			for _, i := range selves {
				b.note(b.areas[i], true, "its border crosses itself and cannot be put right; it is left out. Mend it in a map program")
			}
		}
		b.node(t, x)
	}
}

// node cuts edges where others meet them.
func (b *Builder) node(t *topology, x *crossing) {
	for _, d := range b.areas {
		if d.refused {
			continue
		}
		for _, refs := range d.arcs {
			d.rings = append(d.rings, t.ring(refs, x.inserts))
		}
	}
}

// rankAll ranks arcs on all cores.
func rankAll(ctx context.Context, arcs [][]Vertex) ([][]uint8, error) {
	out := make([][]uint8, len(arcs))
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(arcs) && ctx.Err() == nil; i += workers {
				out[i] = Rank(arcs[i])
			}
		})
	}
	wait.Wait()
	return out, ctx.Err()
}
