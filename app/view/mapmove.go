package view

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"github.com/paulmach/orb"

	"sselandscape/maps/tile"
)

// How the map moves.
const (
	glideTime  = 170 * time.Millisecond
	throwTime  = 900 * time.Millisecond
	throwDecay = 0.22 // seconds after which a throw has lost all but a third of its speed
	throwLeast = 240  // points by second
	throwMost  = 3600
	dragMemory = 90 * time.Millisecond // of the drags that give a throw its speed
	wheelZoom  = 1. / 50               // zooms by unit of a wheel: half a zoom a notch
	keyStep    = 80                    // points
)

// dragged is a movement of the pointer in pixels.
type dragged struct {
	at     time.Time
	dx, dy float64
}

// between is the view a part, 0 to 1, of the way from one view to another. The zoom
// grows evenly, and what ends under the pixel where it began stays there on the way.
func between(a, b tile.View, part float64) tile.View {
	if part >= 1 {
		return b
	}
	ax, ay := tile.Mercator(a.Center)
	bx, by := tile.Mercator(b.Center)
	bx -= math.Round(bx - ax) // the short way around the world
	dz := b.Zoom - a.Zoom
	along := part
	if math.Abs(dz) > 1e-9 {
		along = (1 - math.Exp2(-dz*part)) / (1 - math.Exp2(-dz))
	}
	b.Zoom = a.Zoom + dz*part
	x := ax + (bx-ax)*along
	b.Center = tile.Degrees(x-math.Floor(x), ay+(by-ay)*along)
	return b
}

// far says whether the way between two views is too long to glide along.
func far(a, b tile.View) bool {
	x, y := a.Project(b.Center)
	if b.Zoom < a.Zoom {
		x, y = b.Project(a.Center)
	}
	dx, dy := x-float64(a.Width)/2, y-float64(a.Height)/2
	return math.Abs(b.Zoom-a.Zoom) > 5 || math.Abs(dx) > 2*float64(a.Width) || math.Abs(dy) > 2*float64(a.Height)
}

// stop ends a glide where it is.
func (m *Map) stop() {
	if m.glide != nil {
		m.glide.Stop()
		m.glide, m.goal = nil, m.view
	}
}

// jump shows a view at once.
func (m *Map) jump(v tile.View) {
	m.stop()
	m.goal = v
	m.show(v)
}

func (m *Map) show(v tile.View) {
	m.view = v
	m.pump()
	m.changed()
}

// move glides to a view; at once where motion is switched off.
func (m *Map) move(to tile.View, d time.Duration, curve fyne.AnimationCurve) {
	if !m.started() {
		return
	}
	m.stop()
	if !fyne.CurrentApp().Settings().ShowAnimations() || far(m.view, to) {
		m.jump(to)
		return
	}
	from := m.view
	m.goal, m.turned = to, m.now()
	a := &fyne.Animation{Duration: d, Curve: curve}
	a.Tick = func(part float32) {
		if m.glide != a {
			return
		}
		if part >= 1 {
			m.glide = nil
		}
		m.show(between(from, to, float64(part)))
	}
	m.glide = a
	m.pump() // the picture of the goal, while the way there is shown
	a.Start()
}

func (m *Map) glideTo(to tile.View) { m.move(to, glideTime, fyne.AnimationEaseOut) }

// zoomAt zooms around a pixel. Zooms add up while the map glides.
func (m *Map) zoomAt(at pixel, by float64) {
	m.glideTo(m.view.ZoomAt(at.x, at.y, m.goal.Zoom+by-m.view.Zoom))
}

func (m *Map) zoom(by float64) { m.zoomAt(m.middle(), by) }

// pan moves the picture by points; pans add up while the map glides.
func (m *Map) pan(dx, dy float64) { m.glideTo(m.goal.Pan(dx*m.k, dy*m.k)) }

// drag moves the picture with the pointer.
func (m *Map) drag(dx, dy float64) {
	now := m.now()
	m.jump(m.view.Pan(dx, dy))
	m.drags = append(m.drags, dragged{now, dx, dy})
	for now.Sub(m.drags[0].at) > dragMemory {
		m.drags = m.drags[1:]
	}
}

// throw lets the map move on after a fast drag.
func (m *Map) throw() {
	drags := m.drags
	m.drags = nil
	if len(drags) < 2 || m.now().Sub(drags[len(drags)-1].at) > dragMemory/2 || !fyne.CurrentApp().Settings().ShowAnimations() {
		return
	}
	dx, dy := 0., 0.
	for _, d := range drags[1:] { // the first one began before the time that is counted
		dx, dy = dx+d.dx, dy+d.dy
	}
	seconds := math.Max(drags[len(drags)-1].at.Sub(drags[0].at).Seconds(), 0.008)
	speed := math.Hypot(dx, dy) / seconds / m.k
	if speed < throwLeast {
		return
	}
	by := throwDecay / seconds * math.Min(1, throwMost/speed)
	m.move(m.view.Pan(dx*by, dy*by), throwTime, slowing)
}

// slowing is the curve of a throw: its speed decays.
func slowing(part float32) float32 {
	n := throwTime.Seconds() / throwDecay
	return float32((1 - math.Exp(-n*float64(part))) / (1 - math.Exp(-n)))
}

func (m *Map) middle() pixel { return pixel{float64(m.pixels.X) / 2, float64(m.pixels.Y) / 2} }

// Middle is the place in the middle, lon and lat in degrees.
func (m *Map) Middle() orb.Point { return m.goal.Center }

// Home returns to the view that the map began with.
func (m *Map) Home() {
	if m.started() {
		m.homeView = m.home(m.pixels.X, m.pixels.Y)
		m.glideTo(m.homeView)
	}
}

// ZoomIn makes everything larger.
func (m *Map) ZoomIn() { m.zoom(0.5) }

// ZoomOut makes everything smaller.
func (m *Map) ZoomOut() { m.zoom(-0.5) }

// LookAt brings a place (lon, lat) into the middle. Zooms are those of [tile.View].
func (m *Map) LookAt(p orb.Point, zoom float64) {
	m.goTo(func(v tile.View) tile.View {
		v.Center, v.Zoom = p, clampZoom(zoom)
		return v
	})
}

// Fit shows a box (lon, lat; longitudes may reach beyond ±180) with some room around it.
func (m *Map) Fit(b orb.Bound) {
	m.goTo(func(v tile.View) tile.View { return around(v, b, 1./12) })
}

// goTo goes to a view; a map that has no size yet begins with it.
func (m *Map) goTo(to func(tile.View) tile.View) {
	if m.started() {
		m.glideTo(to(m.goal))
	} else {
		m.start = to
	}
}

// around is the view of a box, with a part of the widget as room on each side. Unlike
// [tile.View.Fit] it goes to the highest zoom.
func around(v tile.View, b orb.Bound, room float64) tile.View {
	x0, y0 := tile.Mercator(orb.Point{b.Min[0], b.Max[1]})
	x1, y1 := tile.Mercator(orb.Point{b.Max[0], b.Min[1]})
	side := func(pixels int, part float64) float64 {
		return float64(pixels) * (1 - 2*room) / math.Max(part, 1e-12)
	}
	v.Zoom = clampZoom(math.Log2(math.Min(side(v.Width, x1-x0), side(v.Height, y1-y0)) / 256))
	x := (x0 + x1) / 2
	v.Center = tile.Degrees(x-math.Floor(x), (y0+y1)/2)
	return v
}

func clampZoom(z float64) float64 { return math.Max(tile.MinZoom, math.Min(tile.MaxZoom, z)) }
