package screen

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// newEditor makes what takes the answer to a question.
func (p *interviewPage) newEditor(q *survey.Question) editor {
	v := p.iv.Session.Value(p.at)
	switch q.Kind {
	case survey.SelectOne, survey.SelectMultiple, survey.Rank:
		return p.newChoiceEditor(q, v)
	case survey.Acknowledge:
		return p.newConfirmEditor(v)
	case survey.Note:
		return p.newNoteEditor()
	case survey.Image, survey.Audio, survey.Video, survey.File:
		return p.newFileEditor(v)
	default:
		return p.newTextEditor(q, v)
	}
}

// textEditor takes typed answers.
type textEditor struct {
	field *view.Field
	p     *interviewPage
}

func (p *interviewPage) newTextEditor(q *survey.Question, v survey.Value) editor {
	e := &textEditor{view.NewField(strings.Contains(q.Appearance, "multiline")), p}
	e.field.SetText(v.Text)
	e.field.SetPlaceHolder(placeholder(q.Kind))
	e.field.Keys = p.keys
	e.field.OnChanged = func(string) { p.editing = true }
	e.field.Left = func() {
		if p.editor == editor(e) {
			p.leave()
		}
	}
	return e
}

func placeholder(k survey.Kind) string {
	switch k {
	case survey.Integer:
		return "a whole number"
	case survey.Decimal, survey.Range:
		return "a number"
	case survey.Date:
		return "2026-03-01"
	case survey.Time:
		return "14:30"
	case survey.DateTime:
		return "2026-03-01T14:30"
	case survey.Geopoint:
		return "latitude, longitude: 27.7172, 85.3240"
	}
	return ""
}

func (e *textEditor) object() fyne.CanvasObject { return e.field }
func (e *textEditor) focus() fyne.Focusable     { return e.field }
func (e *textEditor) value() survey.Value       { return survey.Of(e.field.Text) }

// choiceEditor takes one or several choices.
type choiceEditor struct{ list *view.Choices }

func (p *interviewPage) newChoiceEditor(q *survey.Question, v survey.Value) editor {
	var items []view.Choice
	for _, o := range p.iv.Session.Choices(p.at, p.lang) {
		items = append(items, view.Choice{Name: o.Name, Label: o.Label})
	}
	chosen := strings.Fields(v.Text)
	multiple := q.Kind != survey.SelectOne
	e := &choiceEditor{view.NewChoices(job.Face(), items, multiple, chosen)}
	e.list.Keys = p.keys
	e.list.Changed = func([]string) {
		p.editing = true
		if p.leave() {
			p.outline.Refresh()
		}
	}
	return e
}

func (e *choiceEditor) object() fyne.CanvasObject { return e.list }
func (e *choiceEditor) focus() fyne.Focusable     { return e.list }
func (e *choiceEditor) value() survey.Value       { return survey.Of(strings.Join(e.list.Chosen(), " ")) }

// newConfirmEditor is a list of one choice whose name is OK.
func (p *interviewPage) newConfirmEditor(v survey.Value) editor {
	e := &choiceEditor{view.NewChoices(job.Face(), []view.Choice{{Name: "OK", Label: "It is right as given"}}, true, strings.Fields(v.Text))}
	e.list.Keys = p.keys
	e.list.Changed = func([]string) {
		p.editing = true
		p.leave()
	}
	return e
}

// noteEditor has nothing to take; its button leads on.
type noteEditor struct{ button *noteButton }

// noteButton is a button that keeps the page's keys.
type noteButton struct {
	widget.Button
	keys view.Keys
}

// TypedKey implements fyne.Focusable.
func (b *noteButton) TypedKey(e *fyne.KeyEvent) {
	if !b.keys(e.Name, false) {
		b.Button.TypedKey(e)
	}
}

func (p *interviewPage) newNoteEditor() editor {
	b := &noteButton{keys: p.keysWithShift}
	b.Text, b.Icon = "Go on", theme.NavigateNextIcon()
	b.OnTapped = func() { p.step(1) }
	b.ExtendBaseWidget(b)
	return &noteEditor{b}
}

func (p *interviewPage) keysWithShift(k fyne.KeyName, _ bool) bool {
	return p.keys(k, view.ShiftHeld())
}

func (e *noteEditor) object() fyne.CanvasObject { return container.NewHBox(e.button) }
func (e *noteEditor) focus() fyne.Focusable     { return e.button }
func (e *noteEditor) value() survey.Value       { return survey.Value{} }

// fileEditor keeps a file in the study and stores its name.
type fileEditor struct {
	noteEditor
	box  *fyne.Container
	kept survey.Value
}

func (p *interviewPage) newFileEditor(v survey.Value) editor {
	e := &fileEditor{kept: v}
	name := widget.NewLabel(v.Text)
	b := &noteButton{keys: p.keysWithShift}
	b.Text, b.Icon = "Choose a file …", theme.FolderOpenIcon()
	b.OnTapped = func() {
		dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
			if err != nil || r == nil {
				return
			}
			defer r.Close()
			kept, err := p.iv.Attach(r.URI().Path())
			if err != nil {
				p.w.fail(err)
				return
			}
			e.kept, p.editing = survey.Of(kept), true
			name.SetText(kept)
			p.leave()
		}, p.w.win)
	}
	b.ExtendBaseWidget(b)
	e.button, e.box = b, container.NewHBox(b, name)
	return e
}

func (e *fileEditor) object() fyne.CanvasObject { return e.box }
func (e *fileEditor) value() survey.Value       { return e.kept }
