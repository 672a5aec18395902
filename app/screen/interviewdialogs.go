package screen

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/view"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// goToDialog finds a question by number, name or words.
func (p *interviewPage) goToDialog() {
	if !p.leave() {
		return
	}
	p.read()
	entry := view.NewField(false)
	entry.SetPlaceHolder("number (E7), name or words")
	var found []interview.Line
	list := widget.NewList(func() int { return len(found) }, func() fyne.CanvasObject {
		l := widget.NewLabel("")
		l.Truncation = fyne.TextTruncateEllipsis
		return l
	}, func(i widget.ListItemID, o fyne.CanvasObject) {
		o.(*widget.Label).SetText(oneLine(p.iv.Session.Label(found[i].Field, p.lang)))
	})
	none := wrapped("")
	d := dialog.NewCustom("Go to question", "Stay here", container.NewBorder(entry, none, nil, nil, list), p.w.win)
	pick := func(i int) {
		if i < len(found) {
			d.Hide()
			p.jump(found[i].Field)
		}
	}
	list.OnSelected = pick
	entry.Keys = escape(d.Hide)
	entry.OnChanged = func(s string) {
		if found = p.find(s); len(found) == 0 {
			none.SetText(p.whyNotAsked(s))
		} else {
			none.SetText("")
		}
		list.Refresh()
	}
	entry.OnSubmitted = func(string) { pick(0) }
	entry.OnChanged("")
	d.Resize(fyne.NewSize(620, 420))
	d.Show()
	p.w.win.Canvas().Focus(entry)
}

// escape lets Esc close a dialog whose field has the focus.
func escape(hide func()) view.Keys {
	return func(k fyne.KeyName, _ bool) bool {
		if k == fyne.KeyEscape {
			hide()
			return true
		}
		return false
	}
}

// find lists questions: those whose number is s first, then names and words.
func (p *interviewPage) find(s string) []interview.Line {
	s = strings.ToLower(strings.TrimSpace(s))
	var first, rest []interview.Line
	for _, l := range p.lines {
		q := l.Question()
		if q == nil {
			continue
		}
		switch {
		case strings.EqualFold(q.Extra["qno"], s) || strings.EqualFold(q.Name, s):
			first = append(first, l)
		case strings.Contains(strings.ToLower(p.iv.Session.Label(l.Field, p.lang)), s) || strings.Contains(strings.ToLower(q.Name), s):
			rest = append(rest, l)
		}
	}
	return append(first, rest...)
}

// finishDialog lists what is open and finishes, also with problems.
func (p *interviewPage) finishDialog() {
	if !p.leave() {
		return
	}
	ps := p.iv.Session.Problems(p.lang)
	box := container.NewVBox()
	var d dialog.Dialog
	for i, x := range ps {
		if i == 8 {
			box.Add(widget.NewLabel(fmt.Sprintf("… and %d more", len(ps)-8)))
			break
		}
		b := widget.NewButton(oneLine(cut(p.iv.Session.Label(x.Field, p.lang), 60))+" – "+oneLine(cut(x.Text, 60)), func() {
			d.Hide()
			p.jump(x.Field)
		})
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	text := "Everything that has to be answered is answered."
	button := "Finish the interview"
	if len(ps) > 0 {
		text = fmt.Sprintf("%d questions are open or in doubt. Choose one to go there.", len(ps))
		button = fmt.Sprintf("Finish with %d problems", len(ps))
	}
	if result, reason := p.iv.Screening(); result != "" {
		text += "\nScreening: " + result + ". " + reason
	}
	because := view.NewField(false)
	because.Keys = escape(func() { d.Hide() })
	because.OnSubmitted = func(string) { d.(*dialog.ConfirmDialog).Confirm() }
	because.SetPlaceHolder("Why it is finished all the same")
	if len(ps) > 0 {
		box.Add(because)
	}
	d = dialog.NewCustomConfirm("Finish", button, "Go on with it later", container.NewVBox(wrapped(text), box), func(ok bool) {
		if !ok {
			return
		}
		if err := p.iv.Say(context.Background(), because.Text); err != nil {
			p.w.fail(err)
			return
		}
		if err := p.iv.Finish(context.Background(), survey.Completed); err != nil {
			p.w.fail(err)
			return
		}
		p.w.turnTo("Interviews")
		p.w.say("✓ Finished %s", time.Now().Format("15:04:05"))
	}, p.w.win)
	d.Resize(fyne.NewSize(720, 460))
	d.Show()
	if len(ps) > 0 {
		p.w.win.Canvas().Focus(because)
	}
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// whyNotAsked explains why no question is found: one that fits may be skipped now.
func (p *interviewPage) whyNotAsked(words string) string {
	for _, f := range p.iv.Session.Hidden() {
		label := p.iv.Session.Label(f, p.lang)
		if words != "" && (strings.EqualFold(string(f), words) || strings.Contains(strings.ToLower(label), strings.ToLower(words))) {
			if rs := p.iv.Session.Why(f, p.lang); len(rs) > 0 {
				return "“" + oneLine(cut(label, 60)) + "” is not asked now. " + rs[0].Text
			}
		}
	}
	return "No question has this number, name or words."
}

// noteDialog writes a note beside the question; in a finished interview it is a
// reviewer's comment.
func (p *interviewPage) noteDialog() {
	if !p.leave() {
		return
	}
	entry := view.NewField(true)
	title, keep := "Note on this question", func(s string) error { return p.iv.Remark(p.at, survey.RemarkNote, s) }
	if p.iv.Reviewable() {
		title, keep = "Comment on this question", func(s string) error { return p.iv.Comment(p.at, s) }
	} else {
		entry.SetText(p.iv.Session.Remarks(p.at)[survey.RemarkNote])
	}
	entry.SetPlaceHolder("Enter keeps it, Shift+Enter begins a line, Esc leaves it")
	p.ask(title, "Keep it", "Leave it", entry, entry, func() {
		if err := keep(entry.Text); err != nil {
			p.w.fail(err)
			return
		}
		p.goTo(p.at)
	})
}

// ask shows a dialog around a field: Enter does it, Esc leaves it.
func (p *interviewPage) ask(title, yes, no string, content fyne.CanvasObject, field *view.Field, do func()) {
	var d *dialog.ConfirmDialog
	d = dialog.NewCustomConfirm(title, yes, no, content, func(ok bool) {
		if ok {
			do()
		}
	}, p.w.win)
	field.Keys = func(k fyne.KeyName, shift bool) bool {
		switch k {
		case fyne.KeyEscape:
			d.Hide()
		case fyne.KeyReturn, fyne.KeyEnter:
			if shift && field.MultiLine {
				return false
			}
			d.Confirm()
		default:
			return false
		}
		return true
	}
	d.Resize(fyne.NewSize(560, 260))
	d.Show()
	p.w.win.Canvas().Focus(field)
}

// reasonDialog asks why an answer of a finished interview was changed.
func (p *interviewPage) reasonDialog(f survey.Field) {
	entry := view.NewField(false)
	entry.SetPlaceHolder("a slip of the pen, a call with the respondent …")
	p.ask("Why was the answer changed?", "Keep the reason", "No reason", entry, entry, func() {
		if err := p.iv.Remark(f, survey.RemarkReason, entry.Text); err != nil {
			p.w.fail(err)
		}
	})
}

// historyDialog lists what was recorded of the answer: who, when, from what to what,
// and why.
func (p *interviewPage) historyDialog() {
	if !p.leave() {
		return
	}
	es, err := p.w.study.Edits(p.iv.ID, p.at)
	if err != nil {
		p.w.fail(err)
		return
	}
	box := container.New(&view.Column{Gap: 6})
	for _, e := range es {
		text := fmt.Sprintf("%s  %s: %s → %s", e.At.Format("2006-01-02 15:04"), e.Actor, blankDash(e.From), blankDash(e.To))
		if e.Reason != "" {
			text += ", because " + e.Reason
		}
		box.Add(p.paragraph(text, 14, false, theme.ColorNameForeground))
	}
	if len(es) == 0 {
		box.Add(p.paragraph("The answer is recorded when the interview is finished, stopped or put into a package.", 14, false, theme.ColorNamePlaceHolder))
	}
	d := dialog.NewCustom("History of this answer", "Close", container.NewVScroll(box), p.w.win)
	d.Resize(fyne.NewSize(680, 360))
	d.Show()
}

func blankDash(v survey.Value) string {
	if v.Blank() {
		return "–"
	}
	return "“" + v.String() + "”"
}

// nextReview opens the next interview that waits for a review.
func (p *interviewPage) nextReview() {
	if !p.leave() {
		return
	}
	id, err := p.w.study.NextToReview(p.iv.ID)
	switch {
	case err != nil:
		p.w.fail(err)
	case id == "":
		p.w.say("No other interview waits for a review.")
	default:
		p.w.openInterview(id)
	}
}

// outcomeWords says in words why an interview stopped.
var outcomeWords = map[survey.Outcome]string{survey.OutcomeCallback: "They will be called again", survey.OutcomeRefused: "They refused",
	survey.OutcomePartial: "They stopped in the middle", survey.OutcomeNotFound: "The organization was not found", survey.OutcomeNobody: "Nobody was there",
	survey.OutcomeClosed: "It is closed or dormant", survey.OutcomeIneligible: "It does not belong to the study", survey.OutcomeLanguage: "No common language",
	survey.OutcomeOther: "Another reason"}

// stopDialog ends an interview before its end.
func (p *interviewPage) stopDialog() {
	if !p.leave() {
		return
	}
	var words []string
	for _, o := range survey.AllOutcomes {
		words = append(words, outcomeWords[o])
	}
	when := widget.NewEntry()
	when.SetPlaceHolder("2026-03-04 10:30")
	when.SetText(time.Now().Add(24 * time.Hour).Format("2006-01-02 15:04"))
	reason := widget.NewSelect(words, func(s string) {
		if s == outcomeWords[survey.OutcomeCallback] {
			when.Enable()
		} else {
			when.Disable()
		}
	})
	reason.SetSelectedIndex(0)
	remark := view.NewField(false)
	form := widget.NewForm(widget.NewFormItem("What happened", reason), widget.NewFormItem("Call again at", when), widget.NewFormItem("Remark", remark))
	p.ask("Stop here", "Stop the interview", "Go on", form, remark, func() {
		p.stop(survey.AllOutcomes[slices.Index(words, reason.Selected)], when.Text, remark.Text)
	})
}

func (p *interviewPage) stop(o survey.Outcome, when, remark string) {
	var at time.Time
	if o == survey.OutcomeCallback {
		var err error
		if at, err = time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(when), time.Local); err != nil {
			p.w.fail(fmt.Errorf("%q is no day and time; write it as 2026-03-04 10:30", when))
			return
		}
	}
	if err := p.iv.Stop(context.Background(), o, at, remark); err != nil {
		p.w.fail(err)
		return
	}
	p.w.turnTo("Interviews")
	p.w.say("The interview is broken off; it opens again where it stopped.")
}

// reviewDialog approves an interview or gives it back.
func (p *interviewPage) reviewDialog() {
	if !p.leave() {
		return
	}
	if !p.iv.Reviewable() {
		p.w.say("An interview is reviewed once it is finished.")
		return
	}
	var d *dialog.CustomDialog
	var text strings.Builder
	for _, a := range p.w.attempts(p.iv.ID) {
		fmt.Fprintf(&text, "%s  %s: %s %s\n", a.At.Format("2 Jan 15:04"), a.Actor, statusCell(string(a.Status)).Text, a.Remark)
	}
	for _, c := range p.iv.Comments(p.lang) {
		fmt.Fprintf(&text, "“%s” on %s\n", c.Text, oneLine(cut(c.Question, 50)))
	}
	remark := view.NewField(false)
	remark.Keys = escape(func() { d.Hide() })
	remark.SetPlaceHolder("what is to be done, if it is given back")
	decide := func(s survey.Status) func() {
		return func() {
			if err := p.iv.Review(context.Background(), s, remark.Text); err != nil {
				p.w.fail(err)
				return
			}
			d.Hide()
			p.w.turnTo("Interviews")
		}
	}
	d = dialog.NewCustomWithoutButtons("Review", container.NewVBox(wrapped(text.String()), remark), p.w.win)
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Later", func() { d.Hide() }), widget.NewButton("Give it back", decide(survey.Rejected)), widget.NewButton("Approve it", decide(survey.Approved))})
	d.Resize(fyne.NewSize(640, 360))
	d.Show()
	p.w.win.Canvas().Focus(remark)
}
