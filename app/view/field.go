package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Keys is what a page does with keys that a widget does not need itself. It
// returns whether it used the key; shift says whether Shift was held.
type Keys func(key fyne.KeyName, shift bool) bool

// Field is an entry that hands Return, Esc, PgUp, PgDn and the F keys on to its
// page.
type Field struct {
	widget.Entry
	Keys Keys
	// Left is called when the focus leaves.
	Left func()
	// Arrows takes the keys up and down, and Home and End while the field is empty;
	// it returns whether it used the key.
	Arrows func(key fyne.KeyName) bool

	pressed composition
}

// composition guesses what an input method holds back: keys for letters that have
// not come as text. X11 and macOS hand every key to the program while an input
// method works on it (Windows does not): Return would leave the field before the
// syllable it settles arrives, and Backspace would delete twice.
type composition struct {
	keys   int // for letters, without text so far
	letter bool
}

// key takes a key and says whether it belongs to the input method.
func (c *composition) key(k fyne.KeyName) bool {
	letter := len(k) == 1 && k[0] >= 'A' && k[0] <= 'Z'
	if letter || c.keys > 0 && (len(k) == 1 || k == fyne.KeySpace) {
		c.keys++
		c.letter = letter
		return false
	}
	if c.keys == 0 {
		return false
	}
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape:
		c.keys = 0
	case fyne.KeyBackspace:
		c.keys--
	}
	return true
}

// text takes a rune. One that comes for a single key is what the keyboard wrote;
// where more were held back, the last may have begun the next syllable.
func (c *composition) text() {
	if c.keys > 1 && c.letter {
		c.keys = 1
		return
	}
	c.keys = 0
}

// NewField makes a field; several lines if multi.
func NewField(multi bool) *Field {
	f := &Field{}
	f.MultiLine = multi
	if multi {
		f.Wrapping = fyne.TextWrapWord
		f.SetMinRowsVisible(4)
	}
	f.ExtendBaseWidget(f)
	return f
}

// TypedKey implements fyne.Focusable.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	if f.pressed.key(e.Name) {
		return
	}
	if f.Keys != nil && pageKey(e.Name) && f.Keys(e.Name, ShiftHeld()) {
		return
	}
	if f.Arrows != nil && (e.Name == fyne.KeyUp || e.Name == fyne.KeyDown || f.Text == "" && (e.Name == fyne.KeyHome || e.Name == fyne.KeyEnd)) && f.Arrows(e.Name) {
		return
	}
	f.Entry.TypedKey(e)
}

// TypedShortcut implements fyne.Shortcutable: Alt+Return begins a new line, as
// Return belongs to the page.
func (f *Field) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && f.MultiLine && c.Modifier == fyne.KeyModifierAlt && (c.KeyName == fyne.KeyReturn || c.KeyName == fyne.KeyEnter) {
		f.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		return
	}
	f.Entry.TypedShortcut(s)
}

// TypedRune implements fyne.Focusable.
func (f *Field) TypedRune(r rune) {
	f.pressed.text()
	f.Entry.TypedRune(r)
}

// FocusLost implements fyne.Focusable.
func (f *Field) FocusLost() {
	f.pressed = composition{}
	f.Entry.FocusLost()
	if f.Left != nil {
		f.Left()
	}
}

// pageKey says whether a key belongs to the page rather than to text.
func pageKey(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape, fyne.KeyPageUp, fyne.KeyPageDown,
		fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6, fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
		return true
	}
	return false
}

// ShiftHeld says whether a Shift key is down.
func ShiftHeld() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}
