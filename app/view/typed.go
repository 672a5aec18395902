package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"sselandscape/maps/text"
)

// Reading is what a program understood of a typed answer.
type Reading struct {
	Stored  string // "" while the text cannot be read, or is blank
	Words   string // what is shown below the field
	Problem string // a sentence, where the text cannot be read
}

// Typed is a field with the reading of its text below, as it is typed.
type Typed struct {
	Field *Field
	// Read reads a text. A blank one has a blank reading.
	Read func(text string) Reading
	// Group rewrites the text while typing and says where the caret, in runes, goes.
	Group func(text string, caret int) (string, int)
	// Changed is called after every change by hand.
	Changed func(r Reading)

	reading Reading
	words   *Paragraph
	problem *Paragraph
	box     *fyne.Container
	busy    bool
}

// NewTyped makes a field that begins with a text; beside may hold a unit and
// buttons behind it.
func NewTyped(face *text.Face, multi bool, begin string, read func(string) Reading, beside ...fyne.CanvasObject) *Typed {
	t := &Typed{Field: NewField(multi), Read: read,
		words:   NewParagraph(face, "", 14, false, theme.ColorNamePrimary),
		problem: NewParagraph(face, "", 14, true, theme.ColorNameError)}
	t.words.Plain = true
	t.Field.SetText(begin)
	t.Field.OnChanged = t.typed
	row := fyne.CanvasObject(t.Field)
	if len(beside) > 0 {
		row = container.NewBorder(nil, nil, nil, container.NewHBox(beside...), t.Field)
	}
	t.box = container.New(&Column{Gap: 4}, row, t.words, t.problem)
	t.refresh()
	return t
}

// Object is what to put on a page.
func (t *Typed) Object() fyne.CanvasObject { return t.box }

// Reading is the reading of the text as it stands.
func (t *Typed) Reading() Reading { return t.reading }

// Say replaces the text as if it had been typed.
func (t *Typed) Say(s string) {
	t.Field.SetText(s)
	t.Field.CursorColumn = len([]rune(s))
	t.Field.Refresh()
}

func (t *Typed) typed(s string) {
	if t.busy {
		return
	}
	if t.Group != nil {
		t.regroup(s)
	}
	t.refresh()
	if t.Changed != nil {
		t.Changed(t.reading)
	}
}

// regroup rewrites the text and keeps the caret behind the same digit; the entry
// has moved its caret before it tells of a change.
func (t *Typed) regroup(s string) {
	f := t.Field
	now, caret := t.Group(s, f.CursorColumn)
	if now == s {
		return
	}
	t.busy = true
	f.SetText(now)
	t.busy = false
	f.CursorColumn = caret
	f.Refresh()
}

func (t *Typed) refresh() {
	t.reading = Reading{}
	if t.Field.Text != "" {
		t.reading = t.Read(t.Field.Text)
	}
	words := t.reading.Words
	if words == "" && !t.Field.Password && text.Mixed(t.Field.Text) {
		words = t.Field.Text // the field puts its parts in another order
	}
	t.words.SetText(words)
	p := t.reading.Problem
	if p != "" {
		p = "✗ " + p
	}
	t.problem.SetText(p)
	t.box.Refresh()
}
