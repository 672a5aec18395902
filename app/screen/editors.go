package screen

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// newEditor makes what takes the answer to a question, by its kind and appearance.
func (p *interviewPage) newEditor(q *survey.Question) editor {
	if g := p.newGridEditor(); g != nil {
		return g
	}
	v := p.iv.Session.Value(p.at)
	looks := looksOf(q.Appearance)
	switch q.Kind {
	case survey.SelectOne, survey.SelectMultiple:
		return p.newChoiceEditor(q, looks, v)
	case survey.Rank:
		return p.newRankEditor(v)
	case survey.Acknowledge:
		return p.newConfirmEditor(v)
	case survey.Note:
		return p.newNoteEditor()
	case survey.Range:
		return p.newRangeEditor(q, looks, v)
	case survey.Image:
		if looks["signature"] || looks["draw"] {
			return p.newPadEditor(v)
		}
		return p.newFileEditor(q, v)
	case survey.Audio, survey.Video, survey.File:
		return p.newFileEditor(q, v)
	default:
		return p.newTextEditor(q, looks, v)
	}
}

// looksOf splits an appearance into its words. What stands in brackets is no
// appearance: search('file').
func looksOf(appearance string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(strings.ToLower(appearance)) {
		w, _, _ = strings.Cut(w, "(")
		out[w] = true
	}
	return out
}

// refuser is an editor that knows that its answer cannot be stored as it stands.
type refuser interface {
	// refused is a sentence, "" where the answer can be stored.
	refused() string
}

// draft is an answer as it was typed, which cannot be stored yet.
type draft struct {
	text string
	over survey.Value // the answer that it was to replace
}

// typing is what editors keep between questions.
type typing struct {
	drafts map[survey.Field]draft
	// pickOnMap lets a position be picked on the map and hands it, as it is stored,
	// to done. While it is nil there is no button for it.
	pickOnMap func(start string, done func(stored string))
	// file reads a file of the study by the name that an answer cites. While it is
	// nil, files kept earlier show by their name only.
	file func(name string) ([]byte, error)
}

// keep remembers a text that cannot be stored, so that it is there when the
// question is shown again; "" forgets it.
func (p *interviewPage) keep(text string) {
	if p.typing.drafts == nil {
		p.typing.drafts = map[survey.Field]draft{}
	}
	if text == "" {
		delete(p.typing.drafts, p.at)
		return
	}
	p.typing.drafts[p.at] = draft{text, p.iv.Session.Value(p.at)}
}

// kept is a text that could not be stored, unless another answer was given since.
func (p *interviewPage) kept() (string, bool) {
	d, ok := p.typing.drafts[p.at]
	return d.text, ok && d.over == p.iv.Session.Value(p.at)
}

// left commits when the focus leaves an editor that is still shown.
func (p *interviewPage) left(e func() editor) func() {
	return func() {
		if p.editor != nil && p.editor == e() {
			p.leave()
		}
	}
}

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

func (p *interviewPage) button(text string, icon fyne.Resource, tapped func()) *noteButton {
	b := &noteButton{keys: p.keysWithShift}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

func (p *interviewPage) newNoteEditor() editor {
	return &noteEditor{p.button("Go on", theme.NavigateNextIcon(), func() { p.step(1) })}
}

func (p *interviewPage) keysWithShift(k fyne.KeyName, _ bool) bool {
	return p.keys(k, view.ShiftHeld())
}

func (e *noteEditor) object() fyne.CanvasObject { return container.NewHBox(e.button) }
func (e *noteEditor) focus() fyne.Focusable     { return e.button }
func (e *noteEditor) value() survey.Value       { return survey.Value{} }
