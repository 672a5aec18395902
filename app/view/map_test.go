package view_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sselandscape/app/view"
	"sselandscape/assets"
	"sselandscape/maps/layer"
	painting "sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
)

// sea paints open sea and units: what others change in maps does not show in pictures.
var sea = sync.OnceValue(func() *painting.Painter {
	return painting.New(region.New(&region.Pack{Scale: [2]float64{1, 1}}), shipped)
})

// land paints the boundaries that the program brings.
var land = sync.OnceValue(func() *painting.Painter {
	a, err := region.Read(assets.Boundaries())
	if err != nil {
		panic(err)
	}
	return painting.New(a, shipped)
})

// units are three alone around (10, 20) and two near each other east of them.
func units() *layer.Points {
	ps := &layer.Points{Classes: layer.Palette("a", "b"), Cluster: true}
	for i, at := range []orb.Point{{10, 22}, {8, 19.95}, {10, 18}, {13, 19.95}, {13.02, 19.94}} {
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint("u", i), At: at, Class: i % 2})
	}
	return ps
}

// mapOf shows a map of 600 by 400 in the middle of which is (10, 20), at zoom 6: a degree
// is 45.5 pixels wide.
func mapOf(t *testing.T, p *painting.Painter, s painting.Scene) (*view.Map, fyne.Window) {
	t.Helper()
	m := view.NewMap(shipped, p, s, func(w, h int) tile.View {
		return tile.View{Center: orb.Point{10, 20}, Zoom: 6, Width: w, Height: h}
	})
	m.Asleep()
	w := window(t, m)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(600, 400))
	w.Canvas().Focus(m)
	m.Settle()
	return m, w
}

func touch(m *view.Map, x, y float32, mod fyne.KeyModifier) {
	m.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Modifier: mod})
}

func click(m *view.Map, x, y float32) {
	touch(m, x, y, 0)
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)})
}

func drag(m *view.Map, x0, y0, x1, y1 float32, mod fyne.KeyModifier) {
	touch(m, x0, y0, mod)
	for i := range 4 {
		part := float32(i+1) / 4
		m.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x0+(x1-x0)*part, y0+(y1-y0)*part)}, Dragged: fyne.NewDelta((x1-x0)/4, (y1-y0)/4)})
	}
	m.DragEnd()
}

func keys(m *view.Map, names ...fyne.KeyName) {
	for _, k := range names {
		if len(k) == 1 || k == " " {
			m.TypedRune([]rune(string(k))[0])
		} else {
			m.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
}

// logged writes down what a map reports. A click comes a second after the one before.
func logged(m *view.Map) *[]string {
	var out []string
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	clock := time.Unix(0, 0)
	m.SetClock(func() time.Time { clock = clock.Add(time.Second); return clock })
	m.OnTapped = func(ids []string) { note("tapped %v", ids) }
	m.OnSelected = func(ids []string) {
		if ids == nil {
			note("taken back")
		} else {
			note("selected %v", ids)
		}
	}
	m.OnMeasured = func(d view.Measured) { note("%d points, %.0f km, %.0f km²", len(d.Points), d.Length/1e3, d.Area/1e6) }
	m.OnPicked = func(p orb.Point) { note("picked %.1f %.1f", p.Lon(), p.Lat()) }
	m.OnMode = func(mode view.MapMode) { note("mode %d", mode) }
	m.OnGoTo = func() { note("go to") }
	m.Keys = func(k fyne.KeyName, _ bool) bool { note("key %s", k); return true }
	return &out
}

func TestMapModes(t *testing.T) {
	cases := map[string]struct {
		do   func(m *view.Map)
		want string
	}{
		"click on a unit":           {func(m *view.Map) { click(m, 300-91, 200) }, "tapped [u1]"},
		"click on a cluster":        {func(m *view.Map) { click(m, 300+137, 200) }, "tapped [u3 u4]"},
		"click on the sea":          {func(m *view.Map) { click(m, 40, 40) }, "tapped []"},
		"rectangle":                 {func(m *view.Map) { keys(m, "r"); drag(m, 150, 100, 350, 250, 0) }, "mode 1|selected [u0 u1]"},
		"rectangle from below":      {func(m *view.Map) { keys(m, "r"); drag(m, 350, 250, 150, 100, 0) }, "mode 1|selected [u0 u1]"},
		"Shift and drag":            {func(m *view.Map) { drag(m, 150, 100, 350, 250, fyne.KeyModifierShift); keys(m, fyne.KeyEscape) }, "selected [u0 u1]|taken back"},
		"drag after Shift and drag": {func(m *view.Map) { drag(m, 150, 100, 350, 250, fyne.KeyModifierShift); drag(m, 150, 100, 250, 150, 0) }, "selected [u0 u1]"},
		"two rectangles":            {func(m *view.Map) { keys(m, "r"); drag(m, 150, 100, 350, 250, 0); drag(m, 0, 0, 20, 20, 0) }, "mode 1|selected [u0 u1]|taken back|selected []"},
		"rectangle by keys": {func(m *view.Map) {
			keys(m, "R", fyne.KeyRight, fyne.KeyDown, fyne.KeyReturn)
			keys(m, times(fyne.KeyLeft, 9)...)
			keys(m, times(fyne.KeyUp, 9)...)
			keys(m, fyne.KeyReturn)
		}, "mode 1|selected [u0 u1]"},
		"a rectangle that is given up": {func(m *view.Map) {
			keys(m, "r", fyne.KeyReturn, fyne.KeyUp, fyne.KeyEscape, fyne.KeyEscape, fyne.KeyEscape)
		}, "mode 1|mode 0|key Escape"},
		"rectangle, then looking": {func(m *view.Map) {
			keys(m, "r")
			drag(m, 150, 100, 350, 250, 0)
			keys(m, fyne.KeyEscape, fyne.KeyEscape, fyne.KeyEscape)
		}, "mode 1|selected [u0 u1]|mode 0|taken back|key Escape"},
		"polygon closed by Enter": {func(m *view.Map) {
			keys(m, "p")
			click(m, 330, 60)
			click(m, 100, 200)
			click(m, 330, 230)
			keys(m, fyne.KeyReturn)
		}, "mode 2|selected [u0 u1]"},
		"polygon closed at its first": {func(m *view.Map) {
			keys(m, "p")
			click(m, 330, 60)
			click(m, 100, 200)
			click(m, 330, 230)
			click(m, 334, 63)
		}, "mode 2|selected [u0 u1]"},
		"polygon of two corners": {func(m *view.Map) { keys(m, "p"); click(m, 300, 60); click(m, 100, 200); keys(m, fyne.KeyReturn) }, "mode 2"},
		"polygon, one corner back": {func(m *view.Map) {
			keys(m, "p")
			for _, c := range [][2]float32{{330, 60}, {100, 200}, {590, 390}} {
				click(m, c[0], c[1])
			}
			keys(m, fyne.KeyBackspace)
			click(m, 330, 230)
			keys(m, fyne.KeyReturn, fyne.KeyBackspace, fyne.KeyReturn)
		}, "mode 2|selected [u0 u1]|taken back|selected [u0 u1]"},
		"polygon by keys": {func(m *view.Map) {
			keys(m, "p", fyne.KeyRight, fyne.KeyDown, " ")
			keys(m, times(fyne.KeyUp, 10)...)
			keys(m, " ")
			keys(m, times(fyne.KeyLeft, 13)...)
			keys(m, times(fyne.KeyDown, 9)...)
			keys(m, " ", fyne.KeyReturn)
		}, "mode 2|selected [u0 u1]"},
		"polygon that is panned meanwhile": {func(m *view.Map) {
			keys(m, "p")
			click(m, 330, 60)
			drag(m, 300, 200, 400, 250, 0)
			click(m, 200, 250)
			click(m, 430, 280)
			keys(m, fyne.KeyReturn)
		}, "mode 2|selected [u0 u1]"},
		"polygon left": {func(m *view.Map) { keys(m, "p"); click(m, 300, 60); keys(m, fyne.KeyEscape) }, "mode 2|mode 0"},
		"a way":        {func(m *view.Map) { keys(m, "m"); click(m, 300, 200); click(m, 300+45, 200); keys(m, fyne.KeyReturn) }, "mode 3|1 points, 0 km, 0 km²|2 points, 103 km, 0 km²|2 points, 103 km, 0 km²"},
		"a way that is closed": {func(m *view.Map) {
			keys(m, "m")
			click(m, 300, 200)
			click(m, 345, 200)
			click(m, 345, 155)
			keys(m, "c")
		}, "mode 3|1 points, 0 km, 0 km²|2 points, 103 km, 0 km²|3 points, 206 km, 0 km²|3 points, 351 km, 5306 km²"},
		"a way anew":   {func(m *view.Map) { keys(m, "m"); click(m, 300, 200); keys(m, fyne.KeyReturn); click(m, 345, 200) }, "mode 3|1 points, 0 km, 0 km²|1 points, 0 km, 0 km²|0 points, 0 km, 0 km²|1 points, 0 km, 0 km²"},
		"place picked": {func(m *view.Map) { m.SetMode(view.PickPlace); click(m, 300, 200) }, "mode 4|picked 10.0 20.0"},
		"place picked by keys": {func(m *view.Map) {
			m.SetMode(view.PickPlace)
			keys(m, fyne.KeyRight, fyne.KeyReturn, "r", fyne.KeyEscape)
		}, "mode 4|picked 11.8 20.0|key Escape"},
		"Tab and Enter": {func(m *view.Map) {
			keys(m, fyne.KeyTab, fyne.KeyReturn, fyne.KeyTab, fyne.KeyEnter, fyne.KeyEscape, fyne.KeyReturn)
		}, "tapped [u0]|tapped [u1]|key Return"},
		"go to":            {func(m *view.Map) { keys(m, "G") }, "go to"},
		"keys of the page": {func(m *view.Map) { keys(m, fyne.KeyF1, fyne.KeyReturn, fyne.KeyEscape) }, "key F1|key Return|key Escape"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, _ := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{units()}})
			log := logged(m)
			c.do(m)
			if d := cmp.Diff(c.want, strings.Join(*log, "|")); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestMapDoubleClick: a click counts at once, the second one soon after on top.
func TestMapDoubleClick(t *testing.T) {
	cases := map[string]struct {
		mode  view.MapMode
		x, y  float32
		after time.Duration
		zoom  float64
		log   int
	}{
		"on the sea":              {view.LookAround, 300, 60, 200 * time.Millisecond, 7, 1},
		"too late":                {view.LookAround, 300, 60, time.Second, 6, 2},
		"on a cluster":            {view.LookAround, 437, 200, 200 * time.Millisecond, 14, 1}, // more or less
		"that sets no two places": {view.MeasureWay, 300, 60, 200 * time.Millisecond, 6, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, _ := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{units()}})
			clock := time.Unix(0, 0)
			m.SetClock(func() time.Time { return clock })
			told := 0
			m.OnTapped = func([]string) { told++ }
			m.OnMeasured = func(d view.Measured) {
				if told++; len(d.Points) != 1 {
					t.Errorf("%d points", len(d.Points))
				}
			}
			m.SetMode(c.mode)
			click(m, c.x, c.y)
			clock = clock.Add(c.after)
			click(m, c.x+2, c.y-1)
			if z := m.Scene().View.Zoom; math.Abs(z-c.zoom) > 0.8 || z != c.zoom && c.zoom < 10 || told != c.log {
				t.Errorf("zoom %v, want %v; told %d times, want %d", z, c.zoom, told, c.log)
			}
			m.Settle()
			if marks := len(unitsAt(m)); name == "on a cluster" && marks != 2 {
				t.Errorf("the cluster has not opened: %d marks", marks)
			}
		})
	}
}

// unitsAt are the ids to which Tab leads, mark by mark.
func unitsAt(m *view.Map) (out []string) {
	m.OnTapped = func(ids []string) { out = append(out, strings.Join(ids, " ")) }
	m.Keys = nil
	for range 50 {
		keys(m, fyne.KeyTab)
		n := len(out)
		if keys(m, fyne.KeyReturn); len(out) == n {
			return out
		}
	}
	return out
}

func TestMapTab(t *testing.T) {
	m, w := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{units()}})
	if got := strings.Join(unitsAt(m), "|"); got != "u0|u1|u3 u4|u2" {
		t.Errorf("Tab leads to %s", got)
	}
	zoom := m.Scene().View.Zoom
	keys(m, fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyReturn, fyne.KeyReturn)
	if got := m.Scene().View.Zoom; got < zoom+3 {
		t.Errorf("Enter twice leads from zoom %v to %v", zoom, got)
	}
	other := view.NewField(false)
	w.SetContent(fyne.NewContainer(m, other))
	m.Resize(fyne.NewSize(600, 400))
	w.Canvas().Focus(m)
	m.Home()
	m.Settle()
	keys(m, times(fyne.KeyTab, 5)...)
	if w.Canvas().Focused() != other {
		t.Errorf("after the last mark the focus is on %T", w.Canvas().Focused())
	}
}

// TestMapTabAtOnePlace: units that are drawn one over the other are walked through, too.
func TestMapTabAtOnePlace(t *testing.T) {
	ps := &layer.Points{Classes: layer.Palette("a")}
	for i := range 3 {
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint("u", i), At: orb.Point{10, 20}})
	}
	m, _ := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{ps}})
	if got := strings.Join(unitsAt(m), "|"); got != "u0|u1|u2" {
		t.Errorf("Tab leads to %s", got)
	}
}

// TestMapSelectsOverTheSeam selects on both sides of the antimeridian.
func TestMapSelectsOverTheSeam(t *testing.T) {
	ps := &layer.Points{Classes: layer.Palette("a")}
	for i, at := range []orb.Point{{-179, 1}, {179, 1}, {0, 1}, {179, 50}} {
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint("u", i), At: at})
	}
	m, _ := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{ps}})
	var got []string
	m.OnSelected = func(ids []string) { got = ids }
	m.LookAt(orb.Point{180, 0}, 6)
	m.SetMode(view.SelectRectangle)
	drag(m, 100, 100, 500, 300, 0)
	if strings.Join(got, "") != "u0u1" {
		t.Errorf("across the antimeridian: %v", got)
	}
}

// TestMapIsNeverBlank moves a map about without waiting for the painter.
func TestMapIsNeverBlank(t *testing.T) {
	m, w := mapOf(t, land(), painting.Scene{Focus: []string{"NPL"}})
	w.Canvas().Unfocus()
	moves := map[string]func(){
		"by half":        func() { drag(m, 500, 200, 200, 100, 0) },
		"by far":         func() { m.LookAt(orb.Point{100, -20}, 6) },
		"into the Pole":  func() { m.LookAt(orb.Point{100, 84}, 3) },
		"out":            func() { keys(m, times(fyne.KeyPageDown, 4)...) },
		"in":             func() { keys(m, times(fyne.KeyPageUp, 6)...) },
		"over the seam":  func() { m.LookAt(orb.Point{180, 0}, 5); keys(m, fyne.KeyLeft, fyne.KeyLeft) },
		"and grown":      func() { w.Resize(fyne.NewSize(900, 500)) },
		"and dark":       func() { fyne.CurrentApp().Settings().SetTheme(view.NewTheme(true)) },
		"as far as east": func() { m.LookAt(orb.Point{-180, 0}, 1) },
	}
	for name, move := range moves {
		t.Run(name, func(t *testing.T) {
			m.Home()
			m.Settle()
			move()
			if n := blank(m); n > 0 {
				t.Errorf("%d pixels are blank", n)
			}
		})
	}
}

// blank counts pixels on which a map draws nothing.
func blank(m *view.Map) (n int) {
	r := test.WidgetRenderer(m).Objects()[0].(*canvas.Raster)
	img := r.Generator(int(m.Size().Width), int(m.Size().Height)).(*image.RGBA)
	for i := 3; i < len(img.Pix); i += 4 {
		if img.Pix[i] < 255 {
			n++
		}
	}
	return n
}

// TestMapPaintsTheSame: a map that was moved shows what one does that began there.
func TestMapPaintsTheSame(t *testing.T) {
	m, w := mapOf(t, land(), painting.Scene{Focus: []string{"NPL"}})
	m.LookAt(orb.Point{85, 28}, 6)
	m.Settle()
	drag(m, 300, 200, 340, 230, 0) // within what was painted ahead
	m.Settle()
	got := w.Canvas().Capture()
	again, w2 := mapOf(t, land(), painting.Scene{Focus: []string{"NPL"}})
	again.LookAt(m.Middle(), 6)
	again.Settle()
	// Names at the edges of pictures may stand elsewhere.
	if n, all := differing(got, w2.Canvas().Capture()), 600*400; n > all/50 {
		t.Errorf("%d of %d pixels differ", n, all)
	}
}

// TestMapSigns: title, legend and source stand still, whatever is below.
func TestMapSigns(t *testing.T) {
	ps := units()
	ps.Title = "Form"
	m, w := mapOf(t, land(), painting.Scene{Layers: []layer.Layer{ps}, Furniture: true, Title: "Map"})
	before := w.Canvas().Capture()
	drag(m, 300, 200, 420, 260, 0)
	m.Settle()
	after := w.Canvas().Capture()
	same := func(r image.Rectangle) bool {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if before.At(x, y) != after.At(x, y) {
					return false
				}
			}
		}
		return true
	}
	for name, r := range map[string]image.Rectangle{"title": image.Rect(4, 4, 596, 24), "source": image.Rect(4, 384, 596, 396), "legend": image.Rect(16, 60, 46, 100)} {
		if !same(r) {
			t.Errorf("the %s moves", name)
		}
	}
	if same(image.Rect(200, 100, 500, 300)) {
		t.Error("the map does not move")
	}
	seen := map[color.Color]bool{}
	for x := range 596 {
		seen[after.At(x, 388)] = true
	}
	if len(seen) < 8 {
		t.Error("there is no source")
	}
}

// TestMapSignsOfASmallMap: panels larger than the map are cut to it.
func TestMapSignsOfASmallMap(t *testing.T) {
	ps := units()
	ps.Title = "Form"
	m, _ := mapOf(t, land(), painting.Scene{Layers: []layer.Layer{ps}, Furniture: true, Title: "Map"})
	for _, size := range []fyne.Size{{Width: 60, Height: 40}, {Width: 9, Height: 300}, {Width: 300, Height: 9}} {
		m.Resize(size)
		m.Settle()
		if m.Busy() {
			t.Errorf("at %v something is missing", size)
		}
	}
}

// TestMapSignsFold: a click folds legend and source away and shows them again, and so
// does L; no click goes through them.
func TestMapSignsFold(t *testing.T) {
	ps := units()
	ps.Title = "Form"
	m, w := mapOf(t, land(), painting.Scene{Layers: []layer.Layer{ps}, Furniture: true, Title: "Map"})
	log := logged(m)
	shown := func(x, y int) bool { // a panel is as white as can be
		c := color.RGBAModel.Convert(w.Canvas().Capture().At(x, y)).(color.RGBA)
		return c.R > 250 && c.G > 250 && c.B > 250
	}
	for i, c := range []struct {
		do             func()
		legend, source bool
	}{
		{func() {}, true, true},
		{func() { click(m, 50, 60) }, false, true},
		{func() { click(m, 20, 62) }, true, true},
		{func() { click(m, 100, 394) }, true, false},
		{func() { keys(m, "l") }, false, false},
		{func() { keys(m, "L") }, true, true},
		{func() { click(m, 300, 10) }, true, true},
	} {
		c.do()
		if l, s := shown(24, 92), shown(590, 397); l != c.legend || s != c.source {
			t.Errorf("step %d: the legend shows: %v, the source: %v", i, l, s)
		}
	}
	if len(*log) > 0 {
		t.Errorf("clicks went through: %v", *log)
	}
	m, w = mapOf(t, land(), m.Scene())
	w.Resize(fyne.NewSize(250, 190))
	m.Settle()
	if shown(240, 182) {
		t.Error("the source takes most of a small map")
	}
}

func TestMapSaysThatItDraws(t *testing.T) {
	m, _ := mapOf(t, sea(), painting.Scene{})
	clock := time.Unix(0, 0)
	m.SetClock(func() time.Time { clock = clock.Add(200 * time.Millisecond); return clock })
	m.SetScene(painting.Scene{Graticule: true})
	if !m.Slow() {
		t.Error("there is no sign")
	}
	m.Settle()
	if m.Slow() {
		t.Error("the sign stays")
	}
}

// TestMapShowsWhatIsNew: a scene, a painter or colours that change are painted.
func TestMapShowsWhatIsNew(t *testing.T) {
	m, w := mapOf(t, sea(), painting.Scene{})
	shot := func() image.Image { m.Settle(); return w.Canvas().Capture() }
	before := shot()
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"scene", func() { m.SetScene(painting.Scene{Layers: []layer.Layer{units()}}) }},
		{"painter", func() { m.SetPainter(land()) }},
		{"colours", func() { fyne.CurrentApp().Settings().SetTheme(view.NewTheme(true)); w.Canvas().Capture() }},
	} {
		c.change()
		after := shot()
		if differing(before, after) == 0 {
			t.Errorf("a new %s does not show", c.name)
		}
		before = after
	}
}

// TestMapPaintsNoMoreThanItMust: what is selected shows in detail only.
func TestMapPaintsNoMoreThanItMust(t *testing.T) {
	ps := units()
	m, _ := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{ps}, Furniture: true})
	for name, c := range map[string]struct {
		scene painting.Scene
		want  int // beside the detail, which is being painted
	}{
		"selected": {painting.Scene{Layers: []layer.Layer{ps}, Furniture: true, Selected: "u1"}, 0},
		"titled":   {painting.Scene{Layers: []layer.Layer{ps}, Furniture: true, Title: "Map"}, 2},
	} {
		m.SetScene(c.scene)
		if got := m.Wanted(); got != c.want {
			t.Errorf("%s: %d more pictures are wanted, want %d", name, got, c.want)
		}
		m.Settle()
		if got := m.Wanted(); got != 0 {
			t.Errorf("%s: in the end %d pictures are wanted", name, got)
		}
		m.SetScene(painting.Scene{Layers: []layer.Layer{ps}, Furniture: true})
		m.Settle()
	}
}

// TestMapKeepsItsScale: sizes that are no whole pixels are no reason to paint again.
func TestMapKeepsItsScale(t *testing.T) {
	m, w := mapOf(t, sea(), painting.Scene{Layers: []layer.Layer{units()}})
	scaled, ok := w.Canvas().(interface{ SetScale(float32) })
	if !ok {
		t.Fatal("the canvas has no scale")
	}
	scaled.SetScale(1.37)
	w.Resize(fyne.NewSize(601, 403))
	zoom := 6 + math.Log2(1.37)
	for range 3 {
		w.Canvas().Capture()
		m.Settle()
		m.Resize(m.Size())
		if v := m.Scene().View; math.Abs(v.Zoom-zoom) > 1e-6 || m.Wanted() > 0 {
			t.Errorf("zoom %v, want %v; %d pictures are wanted", v.Zoom, zoom, m.Wanted())
		}
	}
}
