package view

import "fyne.io/fyne/v2"

// Search is the field above a list: it hands on the arrows up and down, too.
type Search struct{ Field }

// NewSearch makes a search field; hint says what can be searched for.
func NewSearch(hint string) *Search {
	s := &Search{}
	s.PlaceHolder = hint
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey implements fyne.Focusable.
func (s *Search) TypedKey(e *fyne.KeyEvent) {
	if arrow := e.Name == fyne.KeyDown || e.Name == fyne.KeyUp; arrow && s.Keys != nil && s.Keys(e.Name, ShiftHeld()) {
		return
	}
	s.Field.TypedKey(e)
}

// Append types a letter behind what is there.
func (s *Search) Append(r rune) {
	s.SetText(s.Text + string(r))
	s.CursorColumn = len([]rune(s.Text))
	s.Refresh()
}
