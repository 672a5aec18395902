package view

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/paulmach/orb"
)

// pixel is a place on the widget, in pixels of the screen.
type pixel struct{ x, y float64 }

// taps remembers the last click. Clicks count at once; another one soon after at the
// same place is a double click on top.
type taps struct {
	when time.Time
	at   fyne.Position
}

func (m *Map) pixel(p fyne.Position) pixel { return pixel{float64(p.X) * m.k, float64(p.Y) * m.k} }

// at is where a place is shown, in the copy of the world nearest to the middle.
func (m *Map) at(p orb.Point) pixel {
	x, y := m.view.Project(p)
	return pixel{x, y}
}

// place is the position under a pixel, lon and lat.
func (m *Map) place(p pixel) orb.Point { return m.view.Unproject(p.x, p.y) }

// idsAt are the ids of the mark under a pixel.
func (m *Map) idsAt(p pixel) []string {
	d := m.shown[detail]
	if d == nil {
		return nil
	}
	x0, y0, ratio := within(d.view, m.view)
	return d.frame.At((p.x-x0)/ratio, (p.y-y0)/ratio)
}

// MouseDown implements desktop.Mouseable: a touch stops the map.
func (m *Map) MouseDown(e *desktop.MouseEvent) {
	m.caught = m.glide != nil
	m.stop()
	m.drags = nil
	m.shift = e.Modifier&fyne.KeyModifierShift != 0
	m.focus()
}

// MouseUp implements desktop.Mouseable.
func (m *Map) MouseUp(*desktop.MouseEvent) {}

// Dragged implements fyne.Draggable.
func (m *Map) Dragged(e *fyne.DragEvent) {
	to := m.pixel(e.Position)
	from := pixel{to.x - float64(e.Dragged.DX)*m.k, to.y - float64(e.Dragged.DY)*m.k}
	m.pointer, m.cross = &to, nil
	if m.mode != SelectRectangle && !(m.mode == LookAround && m.shift) {
		m.drag(to.x-from.x, to.y-from.y)
		return
	}
	if m.pressed == nil {
		m.beginBox(m.place(from))
	}
	m.changed()
}

// DragEnd implements fyne.Draggable.
func (m *Map) DragEnd() {
	m.shift = false
	if m.pressed != nil && m.pointer != nil {
		m.endBox(m.place(*m.pointer))
		return
	}
	m.throw()
}

// Scrolled implements fyne.Scrollable: a notch of a wheel is half a zoom.
func (m *Map) Scrolled(e *fyne.ScrollEvent) {
	m.zoomAt(m.pixel(e.Position), float64(e.Scrolled.DY)*wheelZoom)
}

// Tapped implements fyne.Tappable.
func (m *Map) Tapped(e *fyne.PointEvent) {
	m.focus()
	m.shift = false
	twice := m.taps.twice(e.Position, m.now())
	at := m.pixel(e.Position)
	m.cross, m.ring = nil, ring{}
	if m.tapSigns(at) {
		return
	}
	if m.caught && !twice {
		m.caught = false
		return
	}
	switch m.mode {
	case LookAround:
		ids := m.idsAt(at)
		switch {
		case !twice && m.OnTapped != nil:
			m.OnTapped(ids)
		case twice && len(ids) > 1:
			m.open(ids)
		case twice:
			m.zoomAt(at, 1)
		}
	case SelectPolygon, MeasureWay:
		if m.pointer = &at; twice {
			m.end()
		} else {
			m.add(m.place(at))
		}
	case PickPlace:
		m.pick(m.place(at))
	}
}

// twice says whether a click is the second of a double click.
func (t *taps) twice(at fyne.Position, now time.Time) bool {
	soon := now.Sub(t.when) <= fyne.CurrentApp().Driver().DoubleTapDelay()
	if d := at.Subtract(t.at); soon && math.Hypot(float64(d.X), float64(d.Y)) <= near {
		*t = taps{}
		return true
	}
	*t = taps{now, at}
	return false
}

func (m *Map) pick(p orb.Point) {
	if m.OnPicked != nil {
		m.OnPicked(p)
	}
}

// open shows the units of a cluster so near that they part; those at one place never do.
func (m *Map) open(ids []string) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	var at orb.MultiPoint
	for _, ps := range m.units() {
		for i := range ps.Points {
			if !wanted[ps.Points[i].ID] {
				continue
			}
			p := ps.Points[i].At
			if len(at) > 0 {
				p = unrolled(p, at[0])
			}
			at = append(at, p)
		}
	}
	if len(at) == 0 {
		return
	}
	b := at.Bound()
	if b.Min == b.Max {
		return
	}
	to := around(m.goal, b, 0.3)
	to.Zoom = clampZoom(math.Max(to.Zoom, m.goal.Zoom+1))
	m.glideTo(to)
}

// MouseIn implements desktop.Hoverable.
func (m *Map) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (m *Map) MouseMoved(e *desktop.MouseEvent) {
	at := m.pixel(e.Position)
	m.pointer = &at
	if m.cross != nil || m.drawing() {
		m.cross = nil
		m.changed()
	}
	if m.OnHover != nil && m.started() {
		m.OnHover(m.place(at), true)
	}
}

// MouseOut implements desktop.Hoverable.
func (m *Map) MouseOut() {
	m.pointer = nil
	if m.drawing() {
		m.changed()
	}
	if m.OnHover != nil {
		m.OnHover(orb.Point{}, false)
	}
}

// drawing says whether what is being drawn follows the pointer.
func (m *Map) drawing() bool {
	return m.pressed != nil || len(m.drawn.points) > 0 && !m.drawn.closed && !m.drawn.ended
}

// Cursor implements desktop.Cursorable.
func (m *Map) Cursor() desktop.Cursor {
	switch {
	case m.mode != LookAround:
		return desktop.CrosshairCursor
	case m.pointer != nil && len(m.idsAt(*m.pointer)) > 0:
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
