package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/view"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// drawHelp writes progress, guidance, special answers, why the question is asked,
// remarks and the screening result.
func (p *interviewPage) drawHelp(q *survey.Question) {
	s := p.iv.Session
	done, total := s.Progress()
	release(p.help.Objects...)
	p.help.Objects = nil
	add := func(text string, bold bool, c fyne.ThemeColorName) {
		if text != "" {
			p.help.Add(p.paragraph(text, 13.5, bold, c))
		}
	}
	add(fmt.Sprintf("%d of %d questions left", total-done, total), true, theme.ColorNameForeground)
	if ls := s.Program().Form.Languages; len(ls) > 1 {
		add(fmt.Sprintf("%s%s", p.lang, p.w.keyHint("interview.language", " · %s next language")), false, theme.ColorNamePlaceHolder)
	}
	add(s.Guidance(p.at, p.lang), false, theme.ColorNameForeground)
	var sp []string
	keys := map[survey.Special]string{survey.DontKnow: p.w.keyHint("interview.dontknow", "%s ") + "don't know", survey.Refused: p.w.keyHint("interview.refused", "%s ") + "refused",
		survey.NotApplicable: p.w.keyHint("interview.notapplicable", "%s ") + "not applicable"}
	for _, x := range q.Specials() {
		sp = append(sp, keys[x])
	}
	add(strings.Join(sp, "\n"), false, theme.ColorNamePlaceHolder)
	p.drawWhy(add)
	p.drawRemarks(add)
	if q.Kind == survey.Geopoint {
		if pt, name, ok := p.regionOf(); ok {
			add("The point "+pt+" lies in "+name+".", true, theme.ColorNamePrimary)
		}
	}
	if result, reason := p.iv.Screening(); result != "" {
		add("Screening so far: "+screeningWord(result), true, theme.ColorNameForeground)
		add(reason, false, theme.ColorNamePlaceHolder)
	}
	for _, n := range s.Notes() {
		add("For the form's author: "+n, false, theme.ColorNameWarning)
	}
	p.help.Refresh()
}

func (p *interviewPage) regionOf() (point, name string, ok bool) {
	v := p.iv.Session.Value(p.at).Text
	code, n := p.w.study.RegionAt(v)
	return v, n, code != ""
}

// drawWhy says why the question is asked, needed or in doubt, where that depends on
// other answers.
func (p *interviewPage) drawWhy(add func(string, bool, fyne.ThemeColorName)) {
	for _, r := range p.iv.Session.Why(p.at, p.lang) {
		if len(r.Uses) == 0 || r.About == interview.AboutWrong || r.About == interview.AboutDoubt {
			continue // the question says it itself
		}
		add("? "+r.Text, false, theme.ColorNamePlaceHolder)
	}
}

// drawRemarks shows the note, the flag and the comments at the question.
func (p *interviewPage) drawRemarks(add func(string, bool, fyne.ThemeColorName)) {
	rs := p.iv.Session.Remarks(p.at)
	if rs[survey.RemarkFlag] != "" {
		add("◆ Flagged for review"+p.w.keyHint("interview.flag", " (%s)"), true, theme.ColorNameWarning)
	}
	for _, x := range []struct {
		kind  survey.RemarkKind
		title string
	}{{survey.RemarkNote, "≡ Note" + p.w.keyHint("interview.note", " (%s)") + ": "}, {survey.RemarkBecause, "It is right because "}, {survey.RemarkReason, "Changed because "}} {
		if text := rs[x.kind]; text != "" {
			add(x.title+text, false, theme.ColorNameForeground)
		}
	}
	for _, c := range p.iv.Comments(p.lang) {
		if c.Field == p.at {
			by := c.Actor
			if by == "" {
				by = p.w.study.Info().Researcher
			}
			add("“"+c.Text+"” – "+by, false, theme.ColorNamePrimary)
		}
	}
}

// flag marks the question for review, or takes the mark away.
func (p *interviewPage) flag() {
	text := "1"
	if p.iv.Session.Remarks(p.at)[survey.RemarkFlag] != "" {
		text = ""
	}
	if err := p.iv.Remark(p.at, survey.RemarkFlag, text); err != nil {
		p.w.fail(err)
		return
	}
	p.drawHelp(p.question())
	p.outline.Refresh()
}

// remarkSigns are the marks of remarks in the outline.
func (p *interviewPage) remarkSigns(f survey.Field) string {
	signs := ""
	for k := range p.iv.Session.Remarks(f) {
		switch {
		case k == survey.RemarkFlag:
			signs += "◆"
		case k == survey.RemarkNote || k.Comment():
			signs += "≡"
		}
	}
	if signs == "" {
		return ""
	}
	return signs + " "
}

// doubtPanel asks whether an answer that a soft check doubts is right.
func (p *interviewPage) doubtPanel(x *interview.Problem) fyne.CanvasObject {
	why := view.NewField(false)
	why.SetPlaceHolder("It is right because …  (Enter keeps it, Esc corrects)")
	confirm := func(text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		if err := p.iv.Confirm(x.Field, text); err != nil {
			p.w.fail(err)
			return
		}
		p.w.say("✓ Kept, because %s", text)
		p.step(1)
	}
	correct := func() { p.goTo(p.at) }
	why.OnSubmitted = confirm
	why.Keys = func(k fyne.KeyName, _ bool) bool {
		switch k {
		case fyne.KeyEscape:
			correct()
		case fyne.KeyReturn, fyne.KeyEnter:
			confirm(why.Text)
		default:
			return false
		}
		return true
	}
	p.doubt = why
	buttons := container.NewHBox(widget.NewButtonWithIcon("Correct it", theme.NavigateBackIcon(), correct),
		widget.NewButtonWithIcon("It is right", theme.ConfirmIcon(), func() { confirm(why.Text) }))
	return container.New(&view.Column{Gap: 6}, p.paragraph("⚠ "+x.Text, 14, true, theme.ColorNameWarning), why, buttons)
}
