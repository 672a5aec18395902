package basemap

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os"
	"strings"

	_ "golang.org/x/image/webp"

	"sselandscape/maps/tile"
)

// Limits of what is read from a file.
const (
	maxPacked  = 8 << 20  // bytes of a tile as it is stored
	maxTile    = 32 << 20 // bytes of a tile, unpacked
	maxPicture = 2048     // pixels of a side
	maxText    = 1 << 20  // bytes of what the file says of itself
)

// Map is an open base map.
type Map struct {
	about tile.About
	store store
	Path  string
}

var _ tile.Source = (*Map)(nil)

// store holds tiles as bytes.
type store interface {
	// tile returns the bytes of a tile, tile.ErrNone where there is none.
	tile(ctx context.Context, id tile.ID) ([]byte, error)
	Close() error
}

// Open opens an MBTiles (1.3) or PMTiles (version 3) file, told apart by how it begins.
func Open(path string) (*Map, error) {
	m, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("base map %q: %w", path, err)
	}
	return m, nil
}

func open(path string) (*Map, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var head [16]byte
	n, err := io.ReadFull(f, head[:])
	if err != nil && n == 0 {
		f.Close()
		return nil, errors.New("the file is empty, or cannot be read")
	}
	m := &Map{Path: path}
	switch {
	case string(head[:7]) == "PMTiles":
		m.store, m.about, err = openPMTiles(f)
	case string(head[:]) == "SQLite format 3\x00":
		f.Close()
		m.store, m.about, err = openMBTiles(path)
	default:
		f.Close()
		return nil, errors.New("it is neither an MBTiles nor a PMTiles file; QGIS makes MBTiles with \"Generate XYZ tiles (MBTiles)\"")
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// About implements tile.Source.
func (m *Map) About() tile.About { return m.about }

// Close closes the file.
func (m *Map) Close() error { return m.store.Close() }

// Tile implements tile.Source.
func (m *Map) Tile(ctx context.Context, id tile.ID) (*tile.Tile, error) {
	if !id.Valid() || id.Z < m.about.MinZoom || id.Z > m.about.MaxZoom {
		return nil, tile.ErrNone
	}
	b, err := m.store.tile(ctx, id)
	if errors.Is(err, tile.ErrNone) || ctx.Err() != nil {
		return nil, err
	}
	t, err2 := &tile.Tile{}, err
	if err2 == nil && m.about.Vector {
		t.Shapes, err2 = shapes(b)
	} else if err2 == nil {
		t.Picture, err2 = picture(b)
	}
	if err2 != nil {
		return nil, fmt.Errorf("tile %d/%d/%d: %w", id.Z, id.X, id.Y, err2)
	}
	return t, nil
}

// picture decodes PNG, JPEG or WebP.
func picture(b []byte) (image.Image, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("it is no picture that can be read: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPicture || c.Height > maxPicture {
		return nil, fmt.Errorf("its picture is of %d×%d pixels; the most is %d", c.Width, c.Height, maxPicture)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, c.Width, c.Height))
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out, nil
}

// unpacked undoes gzip, where bytes begin as it does.
func unpacked(b []byte, most int64) ([]byte, error) {
	if len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b {
		return b, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, most+1))
	if err == nil && int64(len(out)) > most {
		err = fmt.Errorf("it is larger than %d MB", most>>20)
	}
	return out, err
}

// plain makes words for a person of what may be HTML: an attribution with links.
func plain(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		switch {
		case r == '<':
			in = true
		case r == '>' && in:
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	s = strings.NewReplacer("&copy;", "©", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&nbsp;", " ", "&#169;", "©").Replace(b.String())
	return strings.Join(strings.Fields(s), " ")
}
