package screen

import (
	"context"
	"errors"
	"fmt"
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

// inEntity counts what is contested in an entity.
func (p *conflictsPage) inEntity(entity string) (out []*job.Conflict) {
	for i := range p.all {
		if p.all[i].Entity == entity {
			out = append(out, &p.all[i])
		}
	}
	return out
}

// sideDialog settles all that is contested in the interview or of the organization
// for one side.
func (p *conflictsPage) sideDialog() {
	c := p.at()
	if c == nil || c.Deleted() {
		return
	}
	all := p.inEntity(c.Entity)
	has := map[string]int{}
	var items []view.Choice
	for _, x := range all {
		once := map[string]bool{}
		for i, s := range x.Sides {
			if has[s.Device] == 0 {
				items = append(items, view.Choice{Name: s.Device, Label: s.Actor + ", laptop " + x.Laptops[i]})
			}
			if !once[s.Device] {
				has[s.Device]++
				once[s.Device] = true
			}
		}
	}
	for i := range items {
		items[i].Label += fmt.Sprintf(": %d of %d", has[items[i].Name], len(all))
	}
	what := "what is said of " + c.Unit
	if c.Interview != "" {
		what = c.Interview + " of " + c.Unit
	}
	list := view.NewChoices(job.Face(), items, false, nil)
	text := view.NewParagraph(job.Face(), fmt.Sprintf("Settles %s at once: %s. What has no answer from that side stays contested.", job.Counted(len(all), "conflict"), what), 14*textZoom(), false, theme.ColorNameForeground)
	d := dialog.NewCustom("Whose answers count?", "Not now", container.New(&view.Column{Gap: 10}, text, list), p.w.win)
	list.Keys = escape(d.Hide)
	list.Changed = func(names []string) {
		d.Hide()
		p.settled(p.w.study.SettleFor(context.Background(), c.Entity, names[0], p.because()))
	}
	p.open(d, list, 560, 300)
}

// open shows a dialog and gives the keys to a part of it; they come back to the list.
func (p *conflictsPage) open(d *dialog.CustomDialog, focus fyne.Focusable, w, h float32) {
	d.SetOnClosed(p.toList)
	size := p.w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(w*textZoom(), size.Width*0.94), min(h*textZoom(), size.Height*0.94)))
	d.Show()
	p.w.win.Canvas().Focus(focus)
}

// bothDialog keeps both sides of an interview.
func (p *conflictsPage) bothDialog() {
	c := p.at()
	if c == nil || c.Deleted() {
		return
	}
	if c.Kind != survey.InterviewKind || c.UnitID == "" {
		p.w.say("Both can be true of two visits to an organization. Here, take one or type another.")
		return
	}
	n := len(p.inEntity(c.Entity))
	text := fmt.Sprintf("Both visits to %s are kept. %s keeps the newest side of its %d contested answers. The other side becomes an interview of its own about the same organization, with all its answers. Nothing is contested then.", c.Unit, c.Interview, n)
	keep := &noteButton{}
	keep.Text, keep.Icon, keep.Importance = "Keep both visits", theme.ContentCopyIcon(), widget.HighImportance
	keep.ExtendBaseWidget(keep)
	d := dialog.NewCustomWithoutButtons("Both are true", view.NewParagraph(job.Face(), text, 14*textZoom(), false, theme.ColorNameForeground), p.w.win)
	keep.OnTapped = func() {
		d.Hide()
		p.settled(p.w.study.BothTrue(context.Background(), c.Entity, p.because()))
	}
	keep.keys = func(k fyne.KeyName, _ bool) bool {
		switch k {
		case fyne.KeyReturn, fyne.KeyEnter:
			keep.OnTapped()
		case fyne.KeyEscape:
			d.Hide()
		default:
			return false
		}
		return true
	}
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Not now", d.Hide), keep})
	p.open(d, keep, 560, 260)
}

// typeDialog takes an answer that is none of those that are contested, by the notation
// or the choices of the question.
func (p *conflictsPage) typeDialog() {
	c := p.at()
	if c == nil || c.Deleted() {
		return
	}
	iv, q, err := p.w.study.Contested(*c)
	if err != nil {
		p.w.fail(err)
		return
	}
	if q == nil {
		q = &survey.Question{Kind: survey.String}
		if c.Field == survey.FieldPoint {
			q.Kind = survey.Geopoint
		}
	}
	var d *dialog.CustomDialog
	wrong := view.NewParagraph(job.Face(), "", 14*textZoom(), true, theme.ColorNameError)
	body := container.New(&view.Column{Gap: 8}, view.NewParagraph(job.Face(), oneLine(c.Question), 15*textZoom(), true, theme.ColorNameForeground))
	submit := func(v survey.Value) {
		t, err := p.w.study.Settle(context.Background(), c.ID, "", &v, p.because())
		if t == nil && err != nil {
			wrong.SetText("✗ " + sentence(err))
			body.Refresh()
			return
		}
		d.Hide()
		p.settled(t, err)
	}
	var focus fyne.Focusable
	close := func() { d.Hide() }
	switch {
	case q.Kind.Selects() && iv != nil:
		focus = p.typeChoice(c, iv, q, body, submit, close)
	default:
		focus = p.typeText(q, body, submit, close)
	}
	body.Add(wrong)
	for _, s := range q.Specials() {
		v := survey.Value{Special: s}
		body.Add(container.NewHBox(widget.NewButton(v.String(), func() { submit(v) })))
	}
	d = dialog.NewCustom("Type another answer", "Not now", container.NewVScroll(container.NewPadded(body)), p.w.win)
	p.open(d, focus, 620, 420)
}

// typeText is a field that reads what is typed as the question does.
func (p *conflictsPage) typeText(q *survey.Question, body *fyne.Container, submit func(survey.Value), close func()) fyne.Focusable {
	plain := *q
	plain.Sse = nil // looks for no units of a like name
	looks := looksOf(q.Appearance)
	typed := view.NewTyped(job.Face(), false, "", (&interviewPage{w: p.w}).reader(&plain, looks))
	typed.Field.SetPlaceHolder(placeholder(q, looks, false))
	typed.Field.Keys = func(k fyne.KeyName, _ bool) bool {
		switch r := typed.Reading(); {
		case k == fyne.KeyEscape:
			close()
		case k != fyne.KeyReturn && k != fyne.KeyEnter:
			return false
		case r.Problem == "" && r.Stored != "":
			submit(survey.Of(r.Stored))
		}
		return true
	}
	body.Add(typed.Object())
	return typed.Field
}

// typeChoice is the choices of the question; several are taken by Enter.
func (p *conflictsPage) typeChoice(c *job.Conflict, iv *job.Interview, q *survey.Question, body *fyne.Container, submit func(survey.Value), close func()) fyne.Focusable {
	var items []view.Choice
	for _, o := range iv.Session.Choices(c.Field, iv.Language()) {
		items = append(items, view.Choice{Name: o.Name, Label: o.Label})
	}
	several := q.Kind != survey.SelectOne
	s := view.NewChoiceSearch(job.Face(), items, several, nil)
	keys := func(k fyne.KeyName, _ bool) bool {
		switch k {
		case fyne.KeyEscape:
			close()
		case fyne.KeyReturn, fyne.KeyEnter:
			if several && s.List.Any() {
				submit(survey.Of(strings.Join(s.List.Chosen(), " ")))
			}
		default:
			return false
		}
		return true
	}
	s.Keys, s.List.Keys = keys, keys
	if !several {
		s.List.Changed = func(names []string) {
			if len(names) > 0 {
				submit(survey.Of(names[0]))
			}
		}
	}
	body.Add(s.Object())
	if len(items) == 0 {
		p.w.fail(errors.New("the question offers no choices with the answers that are shown now"))
	}
	return s.Field
}

// undoLast takes back the last decision on a conflict, or the last answer.
func (w *Window) undoLast() {
	switch {
	case w.asking():
	case w.interview != nil:
		w.interview.undo()
	case w.page == "Conflicts" && w.conflicts != nil && w.conflicts.reason.Text != "":
		w.conflicts.reason.TypedShortcut(&fyne.ShortcutUndo{}) // a reason is being written
	case w.page == "Conflicts" && w.conflicts != nil:
		w.conflicts.takeBack()
	}
}

// conflictItems are the lines of the menu for conflicts.
func (w *Window) conflictItems() []*fyne.MenuItem {
	on := func(do func(p *conflictsPage)) func() {
		return func() {
			if w.page == "Conflicts" && w.conflicts != nil && !w.asking() && len(w.conflicts.all) > 0 {
				do(w.conflicts)
			}
		}
	}
	return []*fyne.MenuItem{
		w.act("conflict.take", "Take the answer that is picked (Enter)", chord{}, on((*conflictsPage).take)),
		w.act("conflict.type", "Type another answer (T) …", chord{}, on((*conflictsPage).typeDialog)),
		w.act("conflict.both", "Both are true (B) …", chord{}, on((*conflictsPage).bothDialog)),
		w.act("conflict.side", "Settle the whole interview for one side (S) …", chord{}, on((*conflictsPage).sideDialog)),
		w.act("conflict.reason", "Reason (R)", chord{}, on(func(p *conflictsPage) { w.win.Canvas().Focus(p.reason) })),
	}
}
