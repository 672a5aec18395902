package view

import (
	"unicode"

	"fyne.io/fyne/v2"
)

// FocusGained implements fyne.Focusable.
func (t *Table) FocusGained() {
	t.focused = true
	t.Refresh()
}

// FocusLost implements fyne.Focusable.
func (t *Table) FocusLost() {
	t.focused, t.headAt = false, -1
	t.Refresh()
}

// TypedRune implements fyne.Focusable: Space marks, letters go to the search.
func (t *Table) TypedRune(r rune) {
	switch {
	case t.headAt >= 0:
		t.headRune(r)
	case r == ' ':
		t.toggle(t.cursor)
	case t.OnRune != nil && unicode.IsGraphic(r):
		t.OnRune(r)
	}
}

// headRune sorts by the column of the header that has the keys, or makes it wider
// or narrower.
func (t *Table) headRune(r rune) {
	switch r {
	case ' ':
		t.sort(t.headAt)
	case '+', '=':
		t.widen(16)
	case '-':
		t.widen(-16)
	}
}

func (t *Table) widen(by float32) {
	g := t.grid()
	t.set[t.headAt] = max(narrowest, g.width[t.headAt]/g.k+by)
	t.reveal()
	t.Refresh()
}

// TypedShortcut implements fyne.Shortcutable: Ctrl+A marks all rows.
func (t *Table) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutSelectAll); ok {
		t.MarkAll()
	}
}

// MarkAll marks all rows that are shown.
func (t *Table) MarkAll() { t.mark(true, 0, t.rows.Len()-1) }

// Unmark takes all marks away and says whether there were any.
func (t *Table) Unmark() bool {
	if len(t.marked) == 0 {
		return false
	}
	clear(t.marked)
	t.marksChanged()
	return true
}

// TypedKey implements fyne.Focusable.
func (t *Table) TypedKey(e *fyne.KeyEvent) {
	t.pointer.clicked = -1
	if t.headAt >= 0 && t.headKey(e.Name) {
		t.reveal()
		t.Refresh()
		return
	}
	if place, ok := t.target(e.Name); ok {
		t.step(place)
		return
	}
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyRight:
		if t.Sideways != nil {
			t.Sideways(e.Name)
			return
		}
		t.scrollSide(e.Name)
	case fyne.KeyReturn, fyne.KeyEnter:
		t.open()
	case fyne.KeySpace: // comes as a rune
	default:
		if e.Name == fyne.KeyEscape && t.Unmark() {
			return
		}
		if t.Keys != nil {
			t.Keys(e.Name, ShiftHeld())
		}
	}
}

// target is the place that a key moves the cursor to; -1 is the header.
func (t *Table) target(k fyne.KeyName) (place int, ok bool) {
	g := t.grid()
	screen := max(1, int(g.seen.Height/g.row)-1)
	last := max(0, t.rows.Len()-1)
	switch k {
	case fyne.KeyUp:
		return t.cursor - 1, true
	case fyne.KeyDown:
		return min(t.cursor+1, last), true
	case fyne.KeyPageUp:
		return max(0, t.cursor-screen), true
	case fyne.KeyPageDown:
		return min(t.cursor+screen, last), true
	case fyne.KeyHome:
		return 0, true
	case fyne.KeyEnd:
		return last, true
	}
	return 0, false
}

// step moves the cursor by a key; with Shift it marks what it passes. Above the
// first row is the header.
func (t *Table) step(place int) {
	from := t.cursor
	if place < 0 {
		t.ToHeader()
		return
	}
	t.move(place)
	if ShiftHeld() {
		t.mark(true, from, place)
	}
}

// ToHeader gives the keys to the header: arrows choose a column, Enter sorts by it,
// + and - make it wider and narrower.
func (t *Table) ToHeader() {
	t.headAt = max(0, t.sortBy)
	t.reveal()
	t.Refresh()
}

// scrollSide shows columns that do not fit.
func (t *Table) scrollSide(k fyne.KeyName) {
	by := 64 * textScale()
	if k == fyne.KeyLeft {
		by = -by
	}
	t.side += by
	t.Refresh()
}

// headKey moves along the header, and sorts.
func (t *Table) headKey(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyLeft:
		t.headAt = max(0, t.headAt-1)
	case fyne.KeyRight:
		t.headAt = min(t.headAt+1, len(t.columns)-1)
	case fyne.KeyHome:
		t.headAt = 0
	case fyne.KeyEnd:
		t.headAt = len(t.columns) - 1
	case fyne.KeyReturn, fyne.KeyEnter:
		t.sort(t.headAt)
	case fyne.KeyDown, fyne.KeyEscape:
		t.headAt = -1
	case fyne.KeyUp, fyne.KeySpace:
	default:
		t.headAt = -1
		return false
	}
	return true
}
