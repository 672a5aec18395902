package view

import (
	"cmp"
	"math"
	"slices"
	"unicode"

	"fyne.io/fyne/v2"
	"github.com/paulmach/orb"
)

// How far keys move the cross, in points.
const (
	crossStep = 16
	crossFine = 2
)

// ring is the mark to which Tab has led.
type ring struct {
	first  string // id of its first unit
	n      int    // of its units
	at     orb.Point
	on     bool
	opened bool // by Enter, so that the next one opens a cluster
}

// seenMark is a mark in view.
type seenMark struct {
	at     pixel
	radius float64
	ids    []string
}

// AcceptsTab implements fyne.Tabbable: Tab walks through what is in view, then on.
func (m *Map) AcceptsTab() bool { return true }

// TypedRune implements fyne.Focusable.
func (m *Map) TypedRune(r rune) {
	modes := map[rune]MapMode{'r': SelectRectangle, 'p': SelectPolygon, 'm': MeasureWay}
	r = unicode.ToLower(r)
	mode, ok := modes[r]
	switch {
	case r == '+' || r == '=':
		m.zoom(0.5)
	case r == '-':
		m.zoom(-0.5)
	case r == 'g' && m.OnGoTo != nil:
		m.OnGoTo()
	case r == 'l':
		m.toggleSigns()
	case r == ' ' && (m.mode == SelectPolygon || m.mode == MeasureWay):
		m.add(m.place(m.crossAt()))
	case r == 'c' && m.mode == MeasureWay:
		m.close()
	case ok && m.mode != PickPlace:
		m.SetMode(mode)
	}
}

// TypedKey implements fyne.Focusable.
func (m *Map) TypedKey(e *fyne.KeyEvent) {
	if !m.started() {
		m.page(e.Name)
		return
	}
	switch e.Name {
	case fyne.KeyLeft:
		m.arrow(-1, 0)
	case fyne.KeyRight:
		m.arrow(1, 0)
	case fyne.KeyUp:
		m.arrow(0, -1)
	case fyne.KeyDown:
		m.arrow(0, 1)
	case fyne.KeyHome:
		m.Home()
	case fyne.KeyPageUp:
		m.zoom(1)
	case fyne.KeyPageDown:
		m.zoom(-1)
	case fyne.KeyTab:
		m.tab(ShiftHeld())
	case fyne.KeyBackspace:
		if m.mode == SelectPolygon || m.mode == MeasureWay {
			m.takeBack()
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if !m.enter() {
			m.page(e.Name)
		}
	case fyne.KeyEscape:
		if !m.leave() {
			m.page(e.Name)
		}
	default:
		m.page(e.Name)
	}
}

// arrow moves the map, or the cross in modes that draw.
func (m *Map) arrow(dx, dy float64) {
	if m.mode == LookAround || m.mode == PickPlace {
		m.pan(-dx*keyStep, -dy*keyStep)
		return
	}
	step := crossStep * m.k
	if ShiftHeld() {
		step = crossFine * m.k
	}
	at := m.crossAt()
	at = pixel{at.x + dx*step, at.y + dy*step}
	p := m.place(at)
	m.cross = &p
	over := func(v, size float64) float64 { return math.Min(0, v) + math.Max(0, v-size) }
	if ox, oy := over(at.x, float64(m.pixels.X)), over(at.y, float64(m.pixels.Y)); ox != 0 || oy != 0 {
		m.jump(m.view.Pan(-ox, -oy))
	}
	m.changed()
}

// crossAt is where the cross is, or would begin.
func (m *Map) crossAt() pixel {
	if m.cross == nil {
		return m.middle()
	}
	return m.at(*m.cross)
}

// enter does what Enter does in the mode; false if it means nothing.
func (m *Map) enter() bool {
	switch m.mode {
	case LookAround:
		return m.enterRing()
	case SelectRectangle:
		p := m.place(m.crossAt())
		if m.cross = &p; m.pressed == nil {
			m.beginBox(p)
			m.changed()
		} else {
			m.endBox(p)
		}
	case SelectPolygon, MeasureWay:
		m.end()
	case PickPlace:
		if m.OnPicked == nil {
			return false
		}
		m.pick(m.Middle())
	}
	return true
}

// leave takes back what was drawn, then leads back to looking; false in modes that the
// page chose.
func (m *Map) leave() bool {
	if m.pressed != nil {
		m.pressed = nil
		m.changed()
		return true
	}
	switch m.mode {
	case PickPlace:
		return false
	case LookAround:
		if m.ring.on {
			m.ring = ring{}
			m.changed()
			return true
		}
		return m.drop()
	}
	m.SetMode(LookAround)
	return true
}

// marks are those in view in the order of reading: by rows, then from left to right.
func (m *Map) marks() []seenMark {
	d := m.shown[detail]
	if d == nil {
		return nil
	}
	x0, y0, ratio := within(d.view, m.view)
	var out []seenMark
	for _, k := range d.frame.Marks {
		at := pixel{x0 + k.X*ratio, y0 + k.Y*ratio}
		if at.x >= 0 && at.y >= 0 && at.x < float64(m.pixels.X) && at.y < float64(m.pixels.Y) {
			out = append(out, seenMark{at, k.Radius, k.IDs()})
		}
	}
	slices.SortFunc(out, m.readingOrder)
	return out
}

func (m *Map) readingOrder(a, b seenMark) int {
	row := func(p pixel) float64 { return math.Floor(p.y / (40 * m.k)) }
	return cmp.Or(cmp.Compare(row(a.at), row(b.at)), cmp.Compare(a.at.x, b.at.x), cmp.Compare(a.at.y, b.at.y))
}

// ringed is the mark to which Tab has led, by its number among the marks in view; else
// where it would stand, and false.
func (m *Map) ringed(marks []seenMark) (int, bool) {
	for i, k := range marks {
		if m.ring.on && len(k.ids) == m.ring.n && k.ids[0] == m.ring.first {
			return i, true
		}
	}
	if !m.ring.on {
		return 0, false
	}
	i, _ := slices.BinarySearchFunc(marks, seenMark{at: m.at(m.ring.at)}, m.readingOrder)
	return i, false
}

// tab goes to the next mark or the one before; beyond the last the focus leaves.
func (m *Map) tab(back bool) {
	marks := m.marks()
	i, found := m.ringed(marks)
	switch {
	case back && !found && !m.ring.on:
		i = len(marks) - 1
	case back:
		i--
	case found:
		i++
	}
	if i >= 0 && i < len(marks) {
		k := marks[i]
		m.ring = ring{first: k.ids[0], n: len(k.ids), at: m.place(k.at), on: true}
		m.changed()
		return
	}
	m.ring = ring{}
	m.changed()
	if c := fyne.CurrentApp().Driver().CanvasForObject(m); c != nil && back {
		c.FocusPrevious()
	} else if c != nil {
		c.FocusNext()
	}
}

// enterRing does with the ringed mark what a click does, and the second time what a
// double click does.
func (m *Map) enterRing() bool {
	marks := m.marks()
	i, found := m.ringed(marks)
	if !found {
		return false
	}
	ids := marks[i].ids
	if m.ring.opened && len(ids) > 1 {
		m.ring.opened = false
		m.open(ids)
		return true
	}
	m.ring.opened = true
	if m.OnTapped != nil {
		m.OnTapped(ids)
	}
	return true
}
