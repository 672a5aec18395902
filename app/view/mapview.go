package view

import (
	"context"
	"image"
	"math"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// Map is a map that can be moved by pointer and keyboard, on which units are opened,
// areas selected, ways measured and places picked: see [MapMode]. Keys gets the keys
// that the map does not need.
//
// The painter works in the background, on pictures larger than the widget; until a
// picture is there, those before it are moved and stretched. Views are in Mercator's
// projection, whatever the scene says. All methods belong to the goroutine of the window.
type Map struct {
	picture
	// OnTapped is called with the ids of the unit or cluster under the pointer, none for
	// land or sea.
	OnTapped func(ids []string)
	// OnPicked is called with the place that is picked, lon and lat in degrees.
	OnPicked func(at orb.Point)
	// OnSelected is called with the ids of what lies inside the area that was drawn, nil
	// when the area is taken back: units of the scene.
	OnSelected func(ids []string)
	// OnMeasured is called with each change of what is measured.
	OnMeasured func(Measured)
	// OnHover is called with the place under the pointer, lon and lat in degrees, and
	// with false once there is none.
	OnHover func(at orb.Point, over bool)
	// OnMode is called when keys or SetMode change the mode.
	OnMode func(MapMode)
	// OnGoTo is called by the key G: somebody wants to be taken to a place.
	OnGoTo func()
	// OnError is called when a picture cannot be painted; the last one stays.
	OnError func(error)

	face    *text.Face
	painter *paint.Painter
	scene   paint.Scene // its view is goal
	home    func(w, h int) tile.View
	start   func(tile.View) tile.View // what to begin with instead; may be nil
	now     func() time.Time
	wake    func()      // from any goroutine: there is something to collect
	pixels  image.Point // size
	k       float64     // pixels by point

	homeView tile.View
	view     tile.View       // shown
	goal     tile.View       // to which the view glides
	glide    *fyne.Animation // nil at rest
	drags    []dragged

	// pictures of parts
	version int // of what is painted
	content int // of it without what is selected
	globes  int // of the painter
	shown   [parts]*pane
	last    *pane // the detail before the one that is shown
	asked   [parts]wish
	done    chan painted
	cancel  context.CancelFunc // of the painting that goes on, nil if none
	ordered time.Time          // when it began
	turned  time.Time          // when the zoom changed last
	since   time.Time          // when the detail was asked for; zero if it is there
	slow    bool               // it takes long
	signs   signs

	mode    MapMode
	drawn   drawnArea
	cross   *orb.Point // moved by keys, nil while the pointer is used
	pointer *pixel
	pressed *orb.Point // corner of a rectangle that is being dragged
	shift   bool       // held when the button went down
	caught  bool       // the button stopped the map, which is no click
	ring    ring
	taps    taps
}

// NewMap makes a map. Home gives the view to start with and to return to, at a size in
// pixels.
func NewMap(face *text.Face, p *paint.Painter, s paint.Scene, home func(w, h int) tile.View) *Map {
	m := &Map{face: face, painter: p, scene: s, home: home, now: time.Now, done: make(chan painted, 1), k: 1}
	m.wake = func() { fyne.Do(m.changed) } // drawing collects
	m.begin(m, m.draw)
	return m
}

// MinSize implements fyne.CanvasObject.
func (m *Map) MinSize() fyne.Size { return fyne.NewSize(240, 180) }

// Resize implements fyne.CanvasObject.
func (m *Map) Resize(s fyne.Size) {
	m.BaseWidget.Resize(s)
	k := 1.0
	if c := fyne.CurrentApp().Driver().CanvasForObject(m); c != nil {
		k = float64(c.Scale())
	}
	m.adapt(int(math.Round(float64(s.Width)*k)), int(math.Round(float64(s.Height)*k)), k)
}

// adapt takes a size in pixels and keeps the middle, and what is seen when everything
// is shown larger.
func (m *Map) adapt(w, h int, k float64) {
	size := image.Pt(w, h)
	if w < 8 || h < 8 || k <= 0 || m.pixels == size && m.k == k {
		return
	}
	m.stop()
	m.homeView = m.home(w, h)
	if m.pixels == (image.Point{}) {
		if m.view = m.homeView; m.start != nil {
			m.view = m.start(m.view)
		}
	} else if m.k != k {
		m.view.Zoom = clampZoom(m.view.Zoom + math.Log2(k/m.k))
	}
	m.pixels, m.k = size, k
	m.view.Width, m.view.Height = w, h
	m.goal = m.view
	m.pump()
}

// started says whether the map has a size, and so a view.
func (m *Map) started() bool { return m.pixels != image.Point{} }

// Scene returns what is shown, its view included, in pixels of the widget.
func (m *Map) Scene() paint.Scene {
	s := m.scene
	if m.started() {
		s.View = m.goal
	}
	return s
}

// SetScene changes what is shown and keeps the view.
func (m *Map) SetScene(s paint.Scene) {
	if !alike(m.scene, s) {
		m.content++
	}
	m.scene = s
	m.repaint()
}

// alike says whether scenes differ by no more than their views and what is selected.
func alike(a, b paint.Scene) bool {
	if !slices.Equal(a.Layers, b.Layers) { // what is in them may be many, and in use
		return false
	}
	a.View, a.Selected, a.Layers = b.View, b.Selected, b.Layers
	return reflect.DeepEqual(a, b)
}

// SetPainter changes the boundaries that are shown, and keeps the view.
func (m *Map) SetPainter(p *paint.Painter) {
	if m.painter != p {
		m.painter = p
		m.content++
		m.globes++
		m.repaint()
	}
}

// Busy says whether the picture of what is in view is not there yet.
func (m *Map) Busy() bool {
	m.collect()
	return !m.since.IsZero() || m.missing()
}

// units are all units of the scene, by layer.
func (m *Map) units() []*layer.Points {
	var out []*layer.Points
	for _, l := range m.scene.Layers {
		if ps, ok := l.(*layer.Points); ok {
			out = append(out, ps)
		}
	}
	return out
}

// draw puts together what is seen.
func (m *Map) draw(img *image.RGBA, scale float32) {
	k := float64(scale)
	if math.Abs(k/m.k-1) < 0.01 { // sizes are rounded to pixels
		k = m.k
	}
	m.adapt(img.Rect.Dx(), img.Rect.Dy(), k)
	m.collect()
	if m.pixels != img.Rect.Size() { // too small for a map
		return
	}
	m.compose(img)
	m.drawOver(img)
}
