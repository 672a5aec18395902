package view_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sselandscape/app/view"
	"sselandscape/maps/layer"
	painting "sselandscape/maps/paint"
	"sselandscape/maps/tile"
)

func TestMapMoves(t *testing.T) {
	cases := map[string]struct {
		do   func(m *view.Map)
		lon  float64
		zoom float64
	}{
		"arrow":          {func(m *view.Map) { keys(m, fyne.KeyRight) }, 10 + 80/45.511, 6},
		"arrows":         {func(m *view.Map) { keys(m, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft) }, 10 + 80/45.511, 6},
		"plus and minus": {func(m *view.Map) { keys(m, "+", "=", "-") }, 10, 6.5},
		"page up":        {func(m *view.Map) { keys(m, fyne.KeyPageUp, fyne.KeyPageUp, fyne.KeyPageDown) }, 10, 7},
		"home":           {func(m *view.Map) { keys(m, fyne.KeyPageUp, fyne.KeyRight, fyne.KeyHome) }, 10, 6},
		"drag":           {func(m *view.Map) { drag(m, 300, 200, 345.511, 200, 0) }, 9, 6},
		"wheel": {func(m *view.Map) {
			m.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(345.511, 200)}, Scrolled: fyne.NewDelta(0, 50)})
		}, 10.5, 7},
		"fit":     {func(m *view.Map) { m.Fit(orb.Bound{Min: orb.Point{170, -1}, Max: orb.Point{190, 1}}) }, 180, math.Log2(500. / 20 * 360 / 256)},
		"look at": {func(m *view.Map) { m.LookAt(orb.Point{-70, 3}, 30) }, -70, 18},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, _ := mapOf(t, sea(), painting.Scene{})
			logged(m) // with slow drags
			c.do(m)
			v := m.Scene().View
			if math.Abs(math.Remainder(v.Center[0]-c.lon, 360)) > 0.01 || math.Abs(v.Zoom-c.zoom) > 1e-6 {
				t.Errorf("%v at %v, want %v at %v", v.Center[0], v.Zoom, c.lon, c.zoom)
			}
		})
	}
}

func TestMapBeforeItHasASize(t *testing.T) {
	m := view.NewMap(shipped, sea(), painting.Scene{}, func(w, h int) tile.View { return tile.View{Zoom: 3, Width: w, Height: h} })
	keys(m, fyne.KeyUp, "+", fyne.KeyReturn, fyne.KeyTab, "m", " ", "r")
	m.SetMode(view.LookAround)
	m.Home()
	m.LookAt(orb.Point{30, 40}, 9)
	window(t, m)
	if v := m.Scene().View; v.Zoom != 9 || v.Center != (orb.Point{30, 40}) || v.Width == 0 {
		t.Errorf("it begins with %v", v)
	}
}

// TestMapThrow: a fast drag goes on, one that was held does not, nor one where motion is
// switched off.
func TestMapThrow(t *testing.T) {
	cases := map[string]struct {
		step, hold time.Duration
		still      bool
		on         float64 // points that the map moves on
	}{
		"fast":       {16 * time.Millisecond, 0, false, 25 / 0.016 * 0.22},
		"very fast":  {2 * time.Millisecond, 0, false, 3600 * 0.22},
		"slow":       {120 * time.Millisecond, 0, false, 0},
		"held":       {16 * time.Millisecond, 200 * time.Millisecond, false, 0},
		"no motions": {16 * time.Millisecond, 0, true, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, _ := mapOf(t, sea(), painting.Scene{})
			if c.still {
				fyne.SetCurrentApp(stillApp{fyne.CurrentApp()})
			}
			clock := time.Unix(0, 0)
			m.SetClock(func() time.Time { return clock })
			touch(m, 100, 200, 0)
			for range 4 {
				clock = clock.Add(c.step)
				m.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, 200)}, Dragged: fyne.NewDelta(25, 0)})
			}
			clock = clock.Add(c.hold)
			m.DragEnd()
			if got := (10-m.Scene().View.Center[0])*45.511 - 100; math.Abs(got-c.on) > 2 {
				t.Errorf("it moves on by %v points, want %v", got, c.on)
			}
		})
	}
}

// stillApp is an app of somebody who has switched motion off.
type stillApp struct{ fyne.App }

func (a stillApp) Settings() fyne.Settings { return stillSettings{a.App.Settings()} }

type stillSettings struct{ fyne.Settings }

func (stillSettings) ShowAnimations() bool { return false }

func anyView(t *rapid.T, name string) tile.View {
	return tile.View{Center: orb.Point{rapid.Float64Range(-180, 180).Draw(t, name+" lon"), rapid.Float64Range(-60, 60).Draw(t, name+" lat")},
		Zoom: rapid.Float64Range(3, 16).Draw(t, name+" zoom"), Width: 800, Height: 600}
}

// TestMapGlides: a glide begins and ends where it should, and what is under a pixel
// where one zooms stays there on the way.
func TestMapGlides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyView(t, "from")
		x, y := rapid.Float64Range(0, 800).Draw(t, "x"), rapid.Float64Range(0, 600).Draw(t, "y")
		p := a.Unproject(x, y)
		if math.Abs(p[1]) > 75 {
			t.Skip("at the edge of the world the centre stops")
		}
		b := a.ZoomAt(x, y, rapid.Float64Range(-2, 2).Draw(t, "by"))
		if math.Abs(x-400)*math.Abs(1/a.World()-1/b.World()) > 0.49 {
			t.Skip("around half the world there are two ways")
		}
		if part := rapid.Float64Range(0, 1).Draw(t, "part"); math.Abs(b.Center[1]) < 80 {
			gx, gy := view.Between(a, b, part).Project(p)
			world := view.Between(a, b, part).World()
			if d := math.Abs(math.Remainder(gx-x, world)); d > 0.01 || math.Abs(gy-y) > 0.01 {
				t.Fatalf("at %v, %v,%v is at %v,%v", part, x, y, gx, gy)
			}
		}
		c := anyView(t, "to")
		for _, end := range []struct {
			part float64
			want tile.View
		}{{0, a}, {1, c}} {
			got := view.Between(a, c, end.part)
			if math.Abs(math.Remainder(got.Center[0]-end.want.Center[0], 360)) > 1e-6 || math.Abs(got.Center[1]-end.want.Center[1]) > 1e-6 || math.Abs(got.Zoom-end.want.Zoom) > 1e-9 {
				t.Fatalf("at %v: %v, want %v", end.part, got, end.want)
			}
		}
	})
}

// TestMapThereAndBack: what keys and pointer do can be undone by them.
func TestMapThereAndBack(t *testing.T) {
	m, _ := mapOf(t, sea(), painting.Scene{})
	logged(m) // with slow drags
	back := map[fyne.KeyName]fyne.KeyName{fyne.KeyLeft: fyne.KeyRight, fyne.KeyRight: fyne.KeyLeft, fyne.KeyUp: fyne.KeyDown, fyne.KeyDown: fyne.KeyUp, "+": "-", "-": "+", fyne.KeyPageUp: fyne.KeyPageDown, fyne.KeyPageDown: fyne.KeyPageUp}
	names := []fyne.KeyName{fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, "+", "-", fyne.KeyPageUp, fyne.KeyPageDown}
	rapid.Check(t, func(t *rapid.T) {
		m.LookAt(orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-30, 30).Draw(t, "lat")}, 9)
		from := m.Scene().View
		way := rapid.SliceOfN(rapid.SampledFrom(names), 0, 4).Draw(t, "keys")
		keys(m, way...)
		dx, dy := rapid.Float32Range(-300, 300).Draw(t, "dx"), rapid.Float32Range(-200, 200).Draw(t, "dy")
		drag(m, 300, 200, 300+dx, 200+dy, 0)
		touch(m, 0, 0, 0)
		drag(m, 300+dx, 200+dy, 300, 200, 0)
		for i := range way {
			keys(m, back[way[len(way)-1-i]])
		}
		to := m.Scene().View
		x, y := from.Project(to.Center)
		if math.Abs(x-300) > 0.5 || math.Abs(y-200) > 0.5 || math.Abs(to.Zoom-from.Zoom) > 1e-9 {
			t.Fatalf("%v came back as %v", from, to)
		}
	})
}

// TestMapStopsByTouch: a touch stops a map that moves, and is no click then.
func TestMapStopsByTouch(t *testing.T) {
	m, _ := mapOf(t, sea(), painting.Scene{})
	log := logged(m)
	m.Glide(tile.View{Center: orb.Point{11, 20}, Zoom: 7, Width: 600, Height: 400})
	touch(m, 100, 100, 0)
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, 100)})
	if v := m.Scene().View; len(*log) > 0 || v.Zoom != 6 {
		t.Errorf("%v; it goes on to zoom %v", *log, v.Zoom)
	}
	click(m, 300, 300)
	if len(*log) != 1 {
		t.Errorf("the next click: %v", *log)
	}
}

// TestMapStretches compares pixels of a picture that is moved and made larger with
// what lies between the four around, calculated at leisure.
func TestMapStretches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := image.NewRGBA(image.Rect(0, 0, rapid.IntRange(1, 9).Draw(t, "w"), rapid.IntRange(1, 9).Draw(t, "h")))
		for i := range src.Pix {
			src.Pix[i] = rapid.Byte().Draw(t, "pixel")
		}
		x0, y0 := rapid.Float64Range(-20, 8).Draw(t, "x0"), rapid.Float64Range(-20, 8).Draw(t, "y0")
		ratio := rapid.Float64Range(0.3, 8).Draw(t, "ratio")
		if ratio == 1 { // rows are copied as they are, which has to cover the box
			src = image.NewRGBA(image.Rect(0, 0, 40, 40))
			x0, y0 = math.Round(math.Min(x0, 1)), math.Round(math.Min(y0, 1))
			for i := range src.Pix {
				src.Pix[i] = uint8(i * i)
			}
		}
		dst := image.NewRGBA(image.Rect(0, 0, 12, 10))
		box := image.Rect(2, 1, 9, 8)
		view.Stretch(dst, box, src, x0, y0, ratio)
		for y := range 10 {
			for x := range 12 {
				got, want := dst.RGBAAt(x, y), color.RGBA{}
				if image.Pt(x, y).In(box) {
					want = between(src, (float64(x)+0.5-x0)/ratio-0.5, (float64(y)+0.5-y0)/ratio-0.5)
				}
				for _, c := range [][2]uint8{{got.R, want.R}, {got.G, want.G}, {got.B, want.B}, {got.A, want.A}} {
					if d := int(c[0]) - int(c[1]); d > 3 || d < -3 {
						t.Fatalf("at %d,%d: %v, want %v", x, y, got, want)
					}
				}
			}
		}
	})
}

// between weighs the four pixels around a place of a picture.
func between(src *image.RGBA, x, y float64) color.RGBA {
	x, y = math.Max(0, math.Min(x, float64(src.Rect.Dx()-1))), math.Max(0, math.Min(y, float64(src.Rect.Dy()-1)))
	var sum [4]float64
	for _, dx := range []float64{0, 1} {
		for _, dy := range []float64{0, 1} {
			px, py := math.Floor(x)+dx, math.Floor(y)+dy
			weight := math.Max(0, 1-math.Abs(x-px)) * math.Max(0, 1-math.Abs(y-py))
			if weight > 0 {
				c := src.RGBAAt(int(px), int(py))
				for i, v := range []uint8{c.R, c.G, c.B, c.A} {
					sum[i] += weight * float64(v)
				}
			}
		}
	}
	return color.RGBA{uint8(sum[0]), uint8(sum[1]), uint8(sum[2]), uint8(sum[3])}
}

// TestMapInside compares with orb's rings, in Mercator's plane.
func TestMapInside(t *testing.T) {
	m, _ := mapOf(t, sea(), painting.Scene{})
	logged(m) // with slow clicks
	rapid.Check(t, func(t *rapid.T) {
		m.OnSelected = nil
		m.LookAt(orb.Point{rapid.SampledFrom([]float64{10, 179, -179}).Draw(t, "lon"), 20}, 6)
		m.SetMode(view.LookAround)
		m.SetMode(view.SelectPolygon)
		var ring orb.Ring
		for range rapid.IntRange(3, 7).Draw(t, "corners") {
			x, y := rapid.Float32Range(1, 599).Draw(t, "x"), rapid.Float32Range(1, 399).Draw(t, "y")
			for _, c := range ring {
				if math.Hypot(c[0]-float64(x), c[1]-float64(y)) < 20 {
					t.Skip("a click on a corner means that corner")
				}
			}
			ring = append(ring, orb.Point{float64(x), float64(y)})
			click(m, x, y)
		}
		spots := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) orb.Point {
			return orb.Point{rapid.Float64Range(0, 600).Draw(t, "px"), rapid.Float64Range(0, 400).Draw(t, "py")}
		}), 20, 20).Draw(t, "spots")
		ps, want := &layer.Points{Classes: layer.Palette("a")}, []string{}
		for i, s := range spots {
			ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint(i), At: m.Scene().View.Unproject(s[0], s[1])})
			if planar.RingContains(append(ring, ring[0]), s) {
				want = append(want, fmt.Sprint(i))
			}
		}
		m.SetScene(painting.Scene{Layers: []layer.Layer{ps}})
		got := []string{"not told"}
		m.OnSelected = func(ids []string) { got = ids }
		keys(m, fyne.KeyReturn)
		if !slices.Equal(got, want) {
			t.Fatalf("inside %v: %v, want %v", ring, got, want)
		}
	})
}

func TestMapHover(t *testing.T) {
	m, _ := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{units()}})
	got := ""
	m.OnHover = func(p orb.Point, over bool) { got = fmt.Sprintf("%.2f %.2f %v", p.Lon(), p.Lat(), over) }
	move := func(x, y float32) {
		m.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}})
	}
	move(300, 200)
	if got != "10.00 20.00 true" || m.Cursor() != desktop.DefaultCursor {
		t.Error(got, m.Cursor())
	}
	move(300-91, 200)
	if got != "8.00 20.00 true" || m.Cursor() != desktop.PointerCursor {
		t.Error(got, m.Cursor())
	}
	m.SetMode(view.MeasureWay)
	if m.Cursor() != desktop.CrosshairCursor {
		t.Error(m.Cursor())
	}
	m.MouseOut()
	if got != "0.00 0.00 false" {
		t.Error(got)
	}
}
