package paint_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/pdf"
	"sselandscape/maps/tile"
)

// made is a base map that makes its tiles.
type made struct {
	about tile.About
	make  func(id tile.ID) *tile.Tile // nil where there is none
	mu    sync.Mutex
	asked map[tile.ID]int
}

func (m *made) About() tile.About { return m.about }

func (m *made) Tile(_ context.Context, id tile.ID) (*tile.Tile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked == nil {
		m.asked = map[tile.ID]int{}
	}
	m.asked[id]++
	if id.Z > m.about.MaxZoom || id.Z < m.about.MinZoom {
		return nil, tile.ErrNone
	}
	if t := m.make(id); t != nil {
		return t, nil
	}
	return nil, tile.ErrNone
}

// plain are pictures of one colour.
func plain(c color.RGBA) func(tile.ID) *tile.Tile {
	return func(tile.ID) *tile.Tile {
		img := image.NewRGBA(image.Rect(0, 0, 256, 256))
		for i := range 256 * 256 {
			copy(img.Pix[4*i:], []uint8{c.R, c.G, c.B, c.A})
		}
		return &tile.Tile{Picture: img}
	}
}

// valley is a town with a lake, a river, roads of all kinds, houses and names, the same on
// every tile of a zoom but for what runs on over rims.
func valley(id tile.ID) *tile.Tile {
	ring := func(x, y, r float32, n int) (out []tile.Spot) {
		for i := range n {
			a := 2 * math.Pi * float64(i) / float64(n)
			out = append(out, tile.Spot{X: x + r*float32(math.Cos(a)), Y: y + r*float32(math.Sin(a))})
		}
		return out
	}
	line := func(c tile.Class, ps ...tile.Spot) tile.Shape {
		return tile.Shape{Class: c, Form: tile.Line, Paths: [][]tile.Spot{ps}}
	}
	wood := [][]tile.Spot{{{X: -0.02, Y: -0.02}, {X: 0.4, Y: -0.02}, {X: 0.3, Y: 1.02}, {X: -0.02, Y: 1.02}}}
	t := &tile.Tile{Shapes: []tile.Shape{
		{Class: tile.Wood, Form: tile.Area, Paths: wood},
		{Class: tile.BuiltUp, Form: tile.Area, Paths: [][]tile.Spot{ring(0.68, 0.35, 0.22, 7)}},
		{Class: tile.Water, Form: tile.Area, Paths: [][]tile.Spot{ring(0.7, 0.78, 0.15, 24), reversed(ring(0.72, 0.8, 0.05, 12))}},
		line(tile.River, tile.Spot{X: -0.02, Y: 0.6}, tile.Spot{X: 0.25, Y: 0.7}, tile.Spot{X: 0.56, Y: 0.76}),
		line(tile.MinorRoad, tile.Spot{X: 0.5, Y: 0.3}, tile.Spot{X: 0.9, Y: 0.3}), line(tile.MinorRoad, tile.Spot{X: 0.6, Y: 0.15}, tile.Spot{X: 0.6, Y: 0.55}),
		line(tile.MediumRoad, tile.Spot{X: 0.7, Y: -0.02}, tile.Spot{X: 0.7, Y: 0.5}),
		line(tile.MajorRoad, tile.Spot{X: -0.02, Y: 0.45}, tile.Spot{X: 0.5, Y: 0.45}, tile.Spot{X: 1.02, Y: 0.45}),
		line(tile.Rail, tile.Spot{X: -0.02, Y: 0.52}, tile.Spot{X: 1.02, Y: 0.52}),
		{Class: tile.Settlement, Form: tile.Label, Paths: [][]tile.Spot{{{X: 0.66, Y: 0.36}}}, Names: map[string]string{"": "करुणा नगर", "en": "Karuna Town"}, Rank: 11},
		{Class: tile.WaterName, Form: tile.Label, Paths: [][]tile.Spot{{{X: 0.7, Y: 0.78}}}, Names: map[string]string{"": "ताल", "en": "The Lake"}, Rank: 40},
	}}
	if id.X%2 == 1 { // a park that the neighbour has not
		t.Shapes = append([]tile.Shape{{Class: tile.Grass, Form: tile.Area, Paths: [][]tile.Spot{ring(0.2, 0.25, 0.12, 5)}}}, t.Shapes...)
	}
	return t
}

func reversed(s []tile.Spot) []tile.Spot {
	out := make([]tile.Spot, len(s))
	for i, v := range s {
		out[len(s)-1-i] = v
	}
	return out
}

// near is a view of the Kathmandu valley.
func near(zoom float64) tile.View {
	return tile.View{Center: orb.Point{85.32, 27.71}, Zoom: zoom, Width: 640, Height: 420}
}

func TestBaseGolden(t *testing.T) {
	p, _ := painter(t)
	src := &made{about: tile.About{Vector: true, MaxZoom: 12, Attribution: "© The makers"}, make: valley}
	ps := sample()
	trail := &layer.Overlay{Title: "Trails of 2026", Color: color.RGBA{170, 40, 110, 255}, Shapes: &layer.Shapes{All: []layer.OverlayShape{
		{Form: tile.Line, Paths: [][]orb.Point{{{85.2, 27.66}, {85.28, 27.74}, {85.4, 27.69}}}},
		{Form: tile.Area, Paths: [][]orb.Point{{{85.34, 27.75}, {85.42, 27.75}, {85.42, 27.79}, {85.34, 27.79}, {85.34, 27.75}}, {{85.36, 27.76}, {85.38, 27.76}, {85.38, 27.77}, {85.36, 27.77}, {85.36, 27.76}}}},
		{Form: tile.Label, Paths: [][]orb.Point{{{85.25, 27.78}}}, Name: "Spring"}}}}
	for name, s := range map[string]paint.Scene{
		"base":           {Layers: []layer.Layer{&layer.Base{Tiles: src}, trail, ps}, Furniture: true, Title: "A base map"},
		"base-dark":      {Layers: []layer.Layer{&layer.Base{Tiles: src}, trail, ps}, Dark: true},
		"base-grey-half": {Layers: []layer.Layer{&layer.Base{Tiles: src, Grey: true, Opacity: 0.5}, ps}, Language: "ne"},
	} {
		s.View = near(12.6)
		t.Run(name, func(t *testing.T) { golden(t, p, name, s) })
	}
}

// TestBasePictures covers the map with tiles, also over 180°, with larger ones where some
// are missing, and leaves no seam between them.
func TestBasePictures(t *testing.T) {
	p, _ := painter(t)
	blue := color.RGBA{20, 40, 200, 255}
	for name, c := range map[string]struct {
		view tile.View
		max  uint32
		make func(tile.ID) *tile.Tile
	}{
		"whole":           {near(9.3), 18, plain(blue)},
		"beyond its zoom": {near(14.7), 11, plain(blue)},
		"over 180°":       {tile.View{Center: orb.Point{179.9, -17}, Zoom: 8.5, Width: 640, Height: 420}, 18, plain(blue)},
		"some missing": {near(12), 18, func(id tile.ID) *tile.Tile {
			if id.Z == 12 && id.X%2 == 0 {
				return nil
			}
			return plain(blue)(id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			src := &made{about: tile.About{MaxZoom: c.max}, make: c.make}
			f, err := p.Paint(t.Context(), paint.Scene{View: c.view, Layers: []layer.Layer{&layer.Base{Tiles: src}}})
			if err != nil {
				t.Fatal(err)
			}
			other := 0
			for i := 0; i < len(f.Image.Pix); i += 4 {
				if f.Image.Pix[i] != blue.R || f.Image.Pix[i+2] != blue.B {
					other++
				}
			}
			if share := float64(other) / float64(len(f.Image.Pix)/4); share > 0.06 { // lines of borders and names
				t.Errorf("%.1f %% of the pixels are not of the tiles", 100*share)
			}
			for id, n := range src.asked {
				if n > 8 || !id.Valid() {
					t.Errorf("%v was asked for %d times", id, n)
				}
			}
		})
	}
}

// TestWithoutBase draws the map as it is where the base map has nothing.
func TestWithoutBase(t *testing.T) {
	p, _ := painter(t)
	plainMap, err := p.Paint(t.Context(), paint.Scene{View: near(9)})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]paint.Scene{
		"no tiles":      {View: near(9), Layers: []layer.Layer{&layer.Base{Tiles: &made{about: tile.About{MaxZoom: 14}, make: func(tile.ID) *tile.Tile { return nil }}}}},
		"too near only": {View: near(9), Layers: []layer.Layer{&layer.Base{Tiles: &made{about: tile.About{MinZoom: 14, MaxZoom: 15}, make: valley}}}},
		"no source":     {View: near(9), Layers: []layer.Layer{&layer.Base{}}},
	} {
		f, err := p.Paint(t.Context(), s)
		if err != nil || !bytes.Equal(f.Image.Pix, plainMap.Image.Pix) {
			t.Error(name, "changes the map", err)
		}
	}
}

// TestBaseInVectors writes tiles into SVG and PDF: pictures as pictures, shapes as paths;
// the makers are named.
func TestBaseInVectors(t *testing.T) {
	p, _ := painter(t)
	pictures := &made{about: tile.About{MaxZoom: 12, Name: "Satellite"}, make: plain(color.RGBA{9, 90, 9, 255})}
	shapes := &made{about: tile.About{Vector: true, MaxZoom: 12, Attribution: "© The makers"}, make: valley}
	for name, c := range map[string]struct {
		base *layer.Base
		want []string
	}{
		"pictures": {&layer.Base{Tiles: pictures, Opacity: 0.5}, []string{"data:image/png;base64,", `opacity="0.5"`, "Base map: Satellite."}},
		"shapes":   {&layer.Base{Tiles: shapes}, []string{`aria-label="Karuna Town"`, "Base map: © The makers."}},
	} {
		s := paint.Scene{View: near(12.6), Layers: []layer.Layer{c.base}, Furniture: true}
		var b bytes.Buffer
		if err := p.SVG(t.Context(), &b, s); err != nil {
			t.Fatal(err)
		}
		for _, w := range c.want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: the SVG lacks %q", name, w)
			}
		}
		doc, err := pdf.New(font(t), pdf.Info{Title: "Map"})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Page(t.Context(), doc, s); err != nil {
			t.Error(name, err)
		}
	}
}

// TestOverlay draws rings within rings as holes whatever their direction, and shapes that
// reach over 180° on both sides.
func TestOverlay(t *testing.T) {
	p, _ := painter(t)
	red := color.RGBA{255, 0, 0, 255}
	ring := func(w, s, e, n float64, back bool) []orb.Point {
		r := []orb.Point{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}
		if back {
			r[1], r[3] = r[3], r[1]
		}
		return r
	}
	redness := func(t *testing.T, f *paint.Frame, v tile.View, at orb.Point) int {
		x, y := v.Project(at)
		c := f.Image.RGBAAt(int(x), int(y))
		return int(c.R) - int(c.G)
	}
	for _, back := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
		v := tile.View{Center: orb.Point{180, -30}, Zoom: 4, Width: 500, Height: 400}
		o := &layer.Overlay{Color: red, Shapes: &layer.Shapes{All: []layer.OverlayShape{{Form: tile.Area, Paths: [][]orb.Point{ring(174, -36, 186, -24, back[0]), ring(178, -32, 182, -28, back[1])}}}}}
		f, err := p.Paint(t.Context(), paint.Scene{View: v, Layers: []layer.Layer{o}})
		if err != nil {
			t.Fatal(err)
		}
		for at, in := range map[orb.Point]bool{{176, -30}: true, {-176, -30}: true, {180, -30}: false, {171, -30}: false, {-171, -30}: false} {
			if red := redness(t, f, v, at) > 30; red != in {
				t.Errorf("rings %v: %v in red: %v, want %v", back, at, red, in)
			}
		}
	}
}
