package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// part is what a point of a table belongs to.
type part uint8

const (
	nowhere   part = iota
	inHead         // at: column
	onEdge         // at: column to the left of the edge
	inRow          // at: place
	inGutter       // at: place
	onBar          // of all rows
	onSideBar      // of all columns
)

// spot is a part of a table.
type spot struct {
	part part
	at   int
}

// pointer is what the pointer is about.
type pointer struct {
	over    spot
	held    spot    // where the button went down
	grab    float32 // from the beginning of the scroll bar's thumb, or of an edge
	clicked int     // place that was clicked last, -1 if something came between
	opens   bool    // this click is the second one
}

func (p *pointer) forget() { p.clicked, p.opens = -1, false }

// edge is how far off an edge between columns can be grabbed, in points.
const edge = 5

// spot finds what lies at a position.
func (t *Table) spot(p fyne.Position) spot {
	g := t.grid()
	x := p.X + t.side
	switch {
	case p.Y < 0 || p.X < 0 || p.X > t.Size().Width || p.Y > t.Size().Height:
		return spot{}
	case p.Y < g.head:
		return t.headSpot(g, x)
	case g.high && p.X >= g.seen.Width:
		return spot{part: onBar}
	case g.wide && p.Y >= g.head+g.seen.Height:
		return spot{part: onSideBar}
	}
	place := int((float64(p.Y-g.head) + t.top) / float64(g.row))
	switch {
	case place >= t.rows.Len():
		return spot{}
	case x < tableGutter*g.k:
		return spot{inGutter, place}
	}
	return spot{inRow, place}
}

func (t *Table) headSpot(g grid, x float32) spot {
	for i := range g.left {
		if right := g.left[i] + g.width[i]; x > right-edge && x < right+edge {
			return spot{onEdge, i}
		}
	}
	for i := range g.left {
		if x >= g.left[i] && x < g.left[i]+g.width[i] {
			return spot{inHead, i}
		}
	}
	return spot{}
}

// MouseDown implements desktop.Mouseable: rows are chosen at once, not when the
// button is let go.
func (t *Table) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
	s := t.spot(e.Position)
	t.pointer.held = s
	before := t.pointer.clicked
	t.pointer.forget()
	switch s.part {
	case inRow:
		t.press(s.at, before, e.Modifier)
	case inGutter:
		t.move(s.at)
		t.toggle(s.at)
	case onBar, onSideBar, onEdge:
		t.hold(s, e.Position)
	}
}

// press chooses a row; with Ctrl it marks the row, with Shift all from the cursor.
func (t *Table) press(place, before int, m fyne.KeyModifier) {
	from := t.cursor
	t.move(place)
	switch {
	case m&fyne.KeyModifierShift != 0:
		t.mark(true, from, place)
	case m&fyne.KeyModifierShortcutDefault != 0:
		t.toggle(place)
	default:
		t.pointer.clicked, t.pointer.opens = place, place == before
	}
}

// MouseUp implements desktop.Mouseable.
func (t *Table) MouseUp(*desktop.MouseEvent) {}

// Tapped implements fyne.Tappable: headers sort; the second click opens.
func (t *Table) Tapped(e *fyne.PointEvent) {
	s := t.spot(e.Position)
	switch {
	case s != t.pointer.held:
	case s.part == inHead:
		t.sort(s.at)
	case t.pointer.opens:
		t.pointer.forget()
		t.open()
	}
}

// hold takes hold of a scroll bar or an edge.
func (t *Table) hold(s spot, p fyne.Position) {
	g := t.grid()
	switch s.part {
	case onEdge:
		t.pointer.grab = p.X + t.side - g.left[s.at] - g.width[s.at]
		return
	case onBar:
		from, long := thumb(t.top, float64(g.seen.Height), g.tall, g.k)
		t.pointer.grab = grabbed(p.Y-g.head, from, long)
	case onSideBar:
		from, long := thumb(float64(t.side), float64(g.seen.Width), float64(g.total), g.k)
		t.pointer.grab = grabbed(p.X, from, long)
	}
	t.dragBar(s.part, p)
}

// grabbed is where a thumb is held: in its middle, if it comes from elsewhere.
func grabbed(at, from, long float32) float32 {
	if at < from || at > from+long {
		return long / 2
	}
	return at - from
}

// thumb is where the thumb of a scroll bar begins and how long it is: what is seen
// of all.
func thumb(from, seen, all float64, k float32) (start, long float32) {
	if all <= seen {
		return 0, float32(seen)
	}
	l := max(float64(28*k), seen*seen/all)
	return float32(from / (all - seen) * (seen - l)), float32(l)
}

func (t *Table) dragBar(p part, at fyne.Position) {
	g := t.grid()
	if p == onBar {
		seen := float64(g.seen.Height)
		_, long := thumb(0, seen, g.tall, g.k)
		t.top = float64(at.Y-g.head-t.pointer.grab) / max(1, seen-float64(long)) * (g.tall - seen)
	} else {
		seen := float64(g.seen.Width)
		_, long := thumb(0, seen, float64(g.total), g.k)
		t.side = float32(float64(at.X-t.pointer.grab) / max(1, seen-float64(long)) * (float64(g.total) - seen))
	}
	t.Refresh()
}

// Dragged implements fyne.Draggable: scroll bars and the edges of columns.
func (t *Table) Dragged(e *fyne.DragEvent) {
	t.pointer.forget()
	switch s := t.pointer.held; s.part {
	case onEdge:
		g := t.grid()
		t.set[s.at] = max(narrowest, (e.Position.X+t.side-t.pointer.grab-g.left[s.at])/g.k)
		t.Refresh()
	case onBar, onSideBar:
		t.dragBar(s.part, e.Position)
	}
}

// DragEnd implements fyne.Draggable.
func (t *Table) DragEnd() {
	t.pointer.held = spot{}
	t.Refresh()
}

// Scrolled implements fyne.Scrollable; with Shift the wheel scrolls sideways.
func (t *Table) Scrolled(e *fyne.ScrollEvent) {
	dx, dy := e.Scrolled.DX, e.Scrolled.DY
	if ShiftHeld() && dx == 0 {
		dx, dy = dy, 0
	}
	t.top -= float64(dy) * 2
	t.side -= dx * 2
	t.Refresh()
}

// MouseIn implements desktop.Hoverable.
func (t *Table) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (t *Table) MouseMoved(e *desktop.MouseEvent) { t.hover(t.spot(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (t *Table) MouseOut() { t.hover(spot{}) }

func (t *Table) hover(s spot) {
	if s != t.pointer.over {
		t.pointer.over = s
		t.Refresh()
	}
}

// Cursor implements desktop.Cursorable: edges of columns can be moved.
func (t *Table) Cursor() desktop.Cursor {
	if t.pointer.over.part == onEdge {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}
