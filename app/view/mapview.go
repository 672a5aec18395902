package view

import (
	"context"
	"image"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"github.com/paulmach/orb"

	"sselandscape/maps/paint"
	"sselandscape/maps/tile"
)

// Map is a map that can be moved by pointer and keyboard. The painter works in
// the background; until its picture is there the last one is moved along.
type Map struct {
	widget.BaseWidget
	Keys Keys
	// Tapped is called with the ids under the pointer, none for land or sea.
	OnTapped func(ids []string)
	// OnPicked takes the place that was clicked, lon and lat in degrees, instead.
	OnPicked func(orb.Point)
	// Moved is called with the new view.
	Moved func(tile.View)

	painter *paint.Painter
	scene   paint.Scene
	home    func(w, h int) tile.View
	image   *canvas.Image

	mu      sync.Mutex
	frame   *paint.Frame
	drawn   tile.View // view of frame
	cancel  context.CancelFunc
	pixels  image.Point
	started bool
}

// NewMap makes a map. Home gives the view to start with and to return to.
func NewMap(p *paint.Painter, s paint.Scene, home func(w, h int) tile.View) *Map {
	m := &Map{painter: p, scene: s, home: home, image: canvas.NewImageFromImage(image.NewRGBA(image.Rect(0, 0, 1, 1)))}
	m.image.ScaleMode = canvas.ImageScaleFastest
	m.image.FillMode = canvas.ImageFillStretch
	m.ExtendBaseWidget(m)
	return m
}

// MinSize implements fyne.CanvasObject.
func (m *Map) MinSize() fyne.Size { return fyne.NewSize(240, 180) }

// CreateRenderer implements fyne.Widget.
func (m *Map) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(m.image) }

func (m *Map) scale() float32 {
	if c := fyne.CurrentApp().Driver().CanvasForObject(m); c != nil {
		return c.Scale()
	}
	return 1
}

// Resize implements fyne.CanvasObject.
func (m *Map) Resize(s fyne.Size) {
	m.BaseWidget.Resize(s)
	k := m.scale()
	w, h := int(s.Width*k), int(s.Height*k)
	if w < 8 || h < 8 || m.pixels == image.Pt(w, h) {
		return
	}
	m.pixels = image.Pt(w, h)
	if !m.started {
		m.started = true
		m.scene.View = m.home(w, h)
	}
	m.scene.View.Width, m.scene.View.Height = w, h
	m.paint()
}

// SetScene changes what is shown and keeps the view.
func (m *Map) SetScene(s paint.Scene) {
	v := m.scene.View
	m.scene = s
	m.scene.View = v
	if m.started {
		m.paint()
	}
}

// Scene returns what is shown, its view included.
func (m *Map) Scene() paint.Scene { return m.scene }

// Home fits the view to the study's countries.
func (m *Map) Home() { m.look(m.home(m.pixels.X, m.pixels.Y)) }

func (m *Map) look(v tile.View) {
	m.scene.View = v
	m.preview()
	m.paint()
	if m.Moved != nil {
		m.Moved(v)
	}
}

// preview moves and stretches the last picture until the new one is painted.
func (m *Map) preview() {
	m.mu.Lock()
	f, from := m.frame, m.drawn
	m.mu.Unlock()
	if f == nil {
		return
	}
	to := m.scene.View
	x0, y0 := to.Project(from.Unproject(0, 0))
	ratio := to.World() / from.World()
	k := m.scale()
	m.image.Move(fyne.NewPos(float32(x0)/k, float32(y0)/k))
	m.image.Resize(fyne.NewSize(float32(float64(from.Width)*ratio)/k, float32(float64(from.Height)*ratio)/k))
}

// paint draws the scene in the background; a newer call stops an older one.
func (m *Map) paint() {
	m.mu.Lock()
	if m.cancel != nil {
		m.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	m.mu.Unlock()
	s := m.scene
	s.Scale, s.Dark = m.scale(), IsDark()
	go func() {
		f, err := m.painter.Paint(ctx, s)
		if err != nil {
			return
		}
		fyne.Do(func() { m.show(ctx, f, s.View) })
	}()
}

func (m *Map) show(ctx context.Context, f *paint.Frame, v tile.View) {
	if ctx.Err() != nil {
		return
	}
	m.mu.Lock()
	m.frame, m.drawn = f, v
	m.mu.Unlock()
	m.image.Image = f.Image
	m.image.Move(fyne.NewPos(0, 0))
	m.image.Resize(m.Size())
	m.image.Refresh()
}

// Dragged implements fyne.Draggable.
func (m *Map) Dragged(e *fyne.DragEvent) {
	k := float64(m.scale())
	m.look(m.scene.View.Pan(float64(e.Dragged.DX)*k, float64(e.Dragged.DY)*k))
}

// DragEnd implements fyne.Draggable.
func (m *Map) DragEnd() {}

// Scrolled implements fyne.Scrollable: one notch of a wheel is half a zoom.
func (m *Map) Scrolled(e *fyne.ScrollEvent) {
	k := float64(m.scale())
	m.look(m.scene.View.ZoomAt(float64(e.Position.X)*k, float64(e.Position.Y)*k, float64(e.Scrolled.DY)/50))
}

// Tapped implements fyne.Tappable.
func (m *Map) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(m); c != nil {
		c.Focus(m)
	}
	m.mu.Lock()
	f := m.frame
	m.mu.Unlock()
	k := float64(m.scale())
	if m.OnPicked != nil {
		p := m.Scene().View.Unproject(float64(e.Position.X)*k, float64(e.Position.Y)*k)
		m.OnPicked(p)
		return
	}
	if f == nil || m.OnTapped == nil {
		return
	}
	m.OnTapped(f.At(float64(e.Position.X)*k, float64(e.Position.Y)*k))
}

// Middle is the place in the middle, lon and lat in degrees.
func (m *Map) Middle() orb.Point {
	return m.scene.View.Unproject(float64(m.pixels.X)/2, float64(m.pixels.Y)/2)
}

// LookAt brings a place into the middle.
func (m *Map) LookAt(p orb.Point, zoom float64) {
	v := m.scene.View
	v.Center, v.Zoom = p, zoom
	m.look(v)
}

// FocusGained implements fyne.Focusable.
func (m *Map) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (m *Map) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (m *Map) TypedRune(r rune) {
	switch r {
	case '+', '=':
		m.zoom(0.5)
	case '-':
		m.zoom(-0.5)
	}
}

func (m *Map) zoom(by float64) {
	v := m.scene.View
	m.look(v.ZoomAt(float64(v.Width)/2, float64(v.Height)/2, by))
}

// ZoomIn makes everything larger.
func (m *Map) ZoomIn() { m.zoom(0.5) }

// ZoomOut makes everything smaller.
func (m *Map) ZoomOut() { m.zoom(-0.5) }

// TypedKey implements fyne.Focusable.
func (m *Map) TypedKey(e *fyne.KeyEvent) {
	step := 80 * float64(m.scale())
	switch e.Name {
	case fyne.KeyLeft:
		m.look(m.scene.View.Pan(step, 0))
	case fyne.KeyRight:
		m.look(m.scene.View.Pan(-step, 0))
	case fyne.KeyUp:
		m.look(m.scene.View.Pan(0, step))
	case fyne.KeyDown:
		m.look(m.scene.View.Pan(0, -step))
	case fyne.KeyHome:
		m.Home()
	default:
		if m.Keys != nil {
			m.Keys(e.Name, ShiftHeld())
		}
	}
}
