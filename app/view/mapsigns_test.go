package view_test

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/paulmach/orb"

	"sselandscape/app/view"
	"sselandscape/maps/layer"
	painting "sselandscape/maps/paint"
	"sselandscape/maps/tile"
)

// deep is a base map that begins at zoom 9.
type deep struct{}

func (deep) About() tile.About {
	return tile.About{Name: "deep", Attribution: "© Everybody who has ever surveyed a path, a spring or a terrace of the hills, and gave it to all", MinZoom: 9, MaxZoom: 10}
}

func (deep) Tile(_ context.Context, id tile.ID) (*tile.Tile, error) {
	if id.Z < 9 {
		return nil, tile.ErrNone
	}
	img := image.NewRGBA(image.Rect(0, 0, 256, 256))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{180, 200, 170, 255}), image.Point{}, draw.Src)
	return &tile.Tile{Picture: img}, nil
}

// part copies a part of what a window shows.
func part(w fyne.Window, r image.Rectangle) []color.Color {
	img := w.Canvas().Capture()
	var out []color.Color
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out = append(out, img.At(x, y))
		}
	}
	return out
}

func alike(a, b []color.Color) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestMapSignsFollowTheView: the source names a base map where it shows, the legend
// explains lines that are not agreed on where they are.
func TestMapSignsFollowTheView(t *testing.T) {
	ps := units()
	ps.Title = "Form"
	for name, c := range map[string]struct {
		painter *painting.Painter
		layers  []layer.Layer
		to      orb.Point
		zoom    float64
		at      image.Rectangle // of what changes
	}{
		"base map":       {sea(), []layer.Layer{&layer.Base{Tiles: tile.Cached(deep{}, 99)}}, orb.Point{10, 20}, 9, image.Rect(4, 370, 596, 396)},
		"disputed lines": {land(), []layer.Layer{ps}, orb.Point{76.5, 34.5}, 5.5, image.Rect(12, 12, 180, 100)},
	} {
		t.Run(name, func(t *testing.T) {
			m, w := mapOf(t, c.painter, painting.Scene{Layers: c.layers, Furniture: true})
			logged(m)
			home := part(w, c.at)
			m.LookAt(c.to, c.zoom)
			m.Settle()
			if alike(home, part(w, c.at)) {
				t.Error("the signs are those of the view before")
			}
			m.Home()
			m.Settle()
			if !alike(home, part(w, c.at)) {
				t.Error("the signs do not return with the view")
			}
		})
	}
}

// TestMapSignsGolden compares maps with legend, source and a base map, as large as
// windows are, with pictures in testdata.
func TestMapSignsGolden(t *testing.T) {
	ps := units()
	ps.Title = "Form of organization"
	for name, c := range map[string]struct {
		dark bool
		size fyne.Size
		zoom float64
	}{
		"map-signs-light":       {false, fyne.NewSize(1280, 800), 6},
		"map-signs-dark":        {true, fyne.NewSize(1280, 800), 8},
		"map-signs-light-small": {false, fyne.NewSize(1024, 640), 8},
		"map-signs-dark-small":  {true, fyne.NewSize(1024, 640), 6},
	} {
		t.Run(name, func(t *testing.T) {
			m, w := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{&layer.Base{Tiles: deep{}}, ps}, Furniture: true, Title: "Two forms"})
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			logged(m)
			w.Resize(c.size)
			m.LookAt(m.Middle(), c.zoom)
			w.Canvas().Capture() // which sees the colours
			m.Settle()
			compare(t, name, w.Canvas().Capture())
		})
	}
}

// BenchmarkMapSigns draws frames of a map at rest with and without its signs.
func BenchmarkMapSigns(b *testing.B) {
	ps := units()
	ps.Title = "Form of organization"
	for name, furniture := range map[string]bool{"with": true, "without": false} {
		b.Run(name, func(b *testing.B) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(false))
			m := view.NewMap(shipped, sea(), painting.Scene{Layers: []layer.Layer{ps}, Furniture: furniture, Title: "Two forms"}, func(w, h int) tile.View {
				return tile.View{Center: orb.Point{10, 20}, Zoom: 6, Width: w, Height: h}
			})
			m.Asleep()
			img := image.NewRGBA(image.Rect(0, 0, 1280, 800))
			m.Draw(img, 1)
			m.Settle()
			for b.Loop() {
				m.Draw(img, 1)
			}
		})
	}
}

// TestMapSignsFitTheSize: a map that becomes smaller, and shows nothing that was not painted
// before, has its signs in their new places.
func TestMapSignsFitTheSize(t *testing.T) {
	ps := units()
	ps.Title = "Form"
	m, w := mapOf(t, land(), painting.Scene{Layers: []layer.Layer{ps}, Furniture: true})
	logged(m)
	m.Settle()
	before := w.Canvas().Capture().At(6, 392)
	for _, size := range []fyne.Size{fyne.NewSize(560, 380), fyne.NewSize(520, 360)} {
		w.Resize(size)
		w.Canvas().Capture()
		m.Settle()
		if got := w.Canvas().Capture().At(6, int(size.Height)-8); got != before {
			t.Errorf("at %v the source is gone: %v, want %v", size, got, before)
		}
	}
}
