package view

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sselandscape/maps/tile"
)

// MapMode is what the pointer and the keys do on a map.
type MapMode uint8

// The modes of a map. Wheel, +, -, PgUp, PgDn, Home, Tab, G and L (legend and
// source) do the same in all; Esc leads back to looking.
const (
	// LookAround: a drag pans, a click opens what is there, a drag with Shift selects.
	LookAround MapMode = iota
	// SelectRectangle (R): a drag draws the rectangle. Arrows move a cross, with Shift by
	// little; Enter sets a corner and the one opposite.
	SelectRectangle
	// SelectPolygon (P): clicks set corners, a double click, Enter or a click on the first
	// closes. Arrows move a cross, Space sets a corner there, Backspace takes one back.
	SelectPolygon
	// MeasureWay (M): as SelectPolygon, but a double click or Enter ends the way; a click on
	// the first point closes it, and so does C.
	MeasureWay
	// PickPlace: a click picks the place; arrows pan, Enter picks the middle.
	PickPlace
)

// near is how near a click has to be to a point to mean it, in points.
const near = 9

// drawnArea is an area or way that is being drawn or was drawn last. Its points are lon,
// lat; longitudes run on beyond ±180, so that neighbours are less than 180° apart.
type drawnArea struct {
	points   []orb.Point
	box      bool // of a rectangle: two corners
	closed   bool
	ended    bool // a way is that was ended
	selected int  // how many are inside
}

// Mode returns the mode.
func (m *Map) Mode() MapMode { return m.mode }

// SetMode changes the mode. What was drawn goes, but for a selection that one may look
// at.
func (m *Map) SetMode(mode MapMode) {
	m.stop()
	if mode == m.mode {
		return
	}
	if mode != LookAround || !m.drawn.closed || m.mode == MeasureWay {
		m.drop()
	}
	m.mode, m.cross, m.pressed = mode, nil, nil
	m.changed()
	if m.OnMode != nil {
		m.OnMode(mode)
	}
}

// drop forgets what was drawn. It returns false if there was nothing.
func (m *Map) drop() bool {
	d := m.drawn
	m.drawn, m.pressed = drawnArea{}, nil
	if len(d.points) == 0 {
		return false
	}
	m.changed()
	switch {
	case m.measures(d):
		m.tellMeasured()
	case d.closed && m.OnSelected != nil:
		m.OnSelected(nil)
	}
	return true
}

func (m *Map) measures(d drawnArea) bool { return m.mode == MeasureWay && !d.box }

// unrolled is a position in the copy of the world that is next to another.
func unrolled(p, next orb.Point) orb.Point {
	p[0] -= 360 * math.Round((p[0]-next[0])/360)
	return p
}

// add adds a point to what is drawn, or ends it by the one that is there already.
func (m *Map) add(p orb.Point) {
	d := &m.drawn
	if d.closed || d.ended {
		m.drop()
	}
	if n := len(d.points); n > 0 {
		p = unrolled(p, d.points[n-1])
		if n >= 3 && m.meets(p, d.points[0]) {
			m.close()
			return
		}
		if m.meets(p, d.points[n-1]) {
			return
		}
	}
	d.points = append(d.points, p)
	m.told()
}

// meets says whether two places are the same for the pointer.
func (m *Map) meets(a, b orb.Point) bool {
	p, q := m.at(a), m.at(b)
	return math.Hypot(p.x-q.x, p.y-q.y) <= near*m.k
}

// close closes what is drawn; too few points do not.
func (m *Map) close() {
	d := &m.drawn
	if len(d.points) < 3 || d.closed {
		return
	}
	d.closed, d.ended = true, true
	m.told()
	if m.mode == SelectPolygon {
		m.selectDrawn()
	}
}

// end ends a way, and closes an area.
func (m *Map) end() {
	if m.mode == MeasureWay {
		m.drawn.ended = true
		m.told()
		return
	}
	m.close()
}

// takeBack takes the last point back.
func (m *Map) takeBack() {
	d := &m.drawn
	n := len(d.points)
	if n == 0 {
		return
	}
	if was := *d; was.closed && m.mode == SelectPolygon {
		d.closed, d.ended, d.selected = false, false, 0
		if m.OnSelected != nil {
			m.OnSelected(nil)
		}
	} else if was.closed || was.ended {
		d.closed, d.ended = false, false
	} else {
		d.points = d.points[:n-1]
	}
	m.told()
}

// told shows what was drawn and tells the length of a way.
func (m *Map) told() {
	m.changed()
	if m.mode == MeasureWay {
		m.tellMeasured()
	}
}

func (m *Map) tellMeasured() {
	if m.OnMeasured != nil {
		m.OnMeasured(measure(slices.Clone(m.drawn.points), m.drawn.closed))
	}
}

// beginBox sets the first corner of a rectangle, endBox the other.
func (m *Map) beginBox(p orb.Point) {
	m.drop()
	m.pressed = &p
}

func (m *Map) endBox(p orb.Point) {
	from := *m.pressed
	m.pressed = nil
	if p = unrolled(p, from); p != from {
		m.drawn = drawnArea{points: []orb.Point{from, p}, box: true, closed: true}
		m.selectDrawn()
	}
	m.changed()
}

// selectDrawn tells what lies inside the area.
func (m *Map) selectDrawn() {
	inside, ids := m.drawn.inside(), []string{} // not nil
	for _, ps := range m.units() {
		for i := range ps.Points {
			if inside(ps.Points[i].At) {
				ids = append(ids, ps.Points[i].ID)
			}
		}
	}
	m.drawn.selected = len(ids)
	if m.OnSelected != nil {
		m.OnSelected(ids)
	}
}

// outline is the corners of the area.
func (d *drawnArea) outline() []orb.Point {
	if !d.box {
		return d.points
	}
	a, b := d.points[0], d.points[1]
	return []orb.Point{a, {b[0], a[1]}, b, {a[0], b[1]}}
}

// inside says of a place whether it lies in a closed area: by the even-odd rule, its
// border included, with sides as straight as the map shows them.
func (d *drawnArea) inside() func(orb.Point) bool {
	corners := d.outline()
	box := orb.MultiPoint(corners).Bound()
	middle := box.Center()
	flat := make(orb.Ring, len(corners), len(corners)+1)
	for i, c := range corners {
		flat[i][0], flat[i][1] = tile.Mercator(c)
	}
	flat = append(flat, flat[0])
	return func(p orb.Point) bool {
		p = unrolled(p, middle)
		x, y := tile.Mercator(p)
		return box.Contains(p) && planar.RingContains(flat, orb.Point{x, y})
	}
}
