package screen

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// interviewPage holds an interview: outline, question, help.
type interviewPage struct {
	w       *Window
	iv      *job.Interview
	lang    string
	at      survey.Field
	lines   []interview.Line
	outline *view.Outline
	center  *fyne.Container
	scroll  *container.Scroll
	help    *fyne.Container
	editor  editor
	editing bool // editor has something that is not committed
	// shown remembers the problem that was said at a question, so that a second
	// Enter can leave it marked.
	shown  map[survey.Field]string
	typing typing // what editors keep
}

// editor is what takes the answer to one question.
type editor interface {
	object() fyne.CanvasObject
	focus() fyne.Focusable
	value() survey.Value
}

// hold puts an interview into the window. A new one begins with its first
// question, another where it was left.
func (w *Window) hold(iv *job.Interview, fresh bool) {
	w.leaveInterview()
	w.page = "Interviews"
	w.drawRail()
	p := &interviewPage{w: w, iv: iv, lang: iv.Session.Program().Form.DefaultLanguage, center: container.New(&view.Column{Gap: 6}), help: container.New(&view.Column{Gap: 8}), shown: map[survey.Field]string{}}
	w.interview = p
	p.lines = iv.Session.Lines()
	p.outline = view.NewOutline(job.Face(), func() int { return len(p.lines) }, p.outlineLine)
	p.outline.Tap = func(i int) {
		if p.lines[i].Question() != nil {
			p.leave()
			p.goTo(p.lines[i].Field)
		}
	}
	p.scroll = container.NewVScroll(container.NewPadded(p.center))
	right := container.NewVScroll(container.NewPadded(p.help))
	inner := container.NewHSplit(p.scroll, right)
	inner.Offset = 0.74
	split := container.NewHSplit(p.outline, inner)
	split.Offset = 0.26
	w.put(split)
	f, open := iv.Session.FirstOpen()
	if fresh || !open {
		for _, l := range p.lines {
			if q := l.Question(); q != nil {
				f = l.Field
				break
			}
		}
	}
	p.goTo(f)
}

// leaveInterview commits what is being typed and forgets the page.
func (w *Window) leaveInterview() {
	if w.interview != nil {
		w.interview.leave()
		w.interview = nil
	}
}

// mark is the sign of a question in the outline.
func (p *interviewPage) mark(f survey.Field, q *survey.Question) string {
	st := p.iv.Session.State(f, p.lang)
	switch {
	case st.Problem != nil && !st.Problem.Missing:
		return "✗"
	case !st.Value.Blank():
		return "✓"
	case q.Kind == survey.Note:
		return "·"
	case st.Passed:
		return "–"
	case st.Required:
		return "!"
	}
	return "○"
}

func (p *interviewPage) outlineLine(i int) view.OutlineLine {
	line := p.lines[i]
	label := oneLine(p.iv.Session.Label(line.Field, p.lang))
	q := line.Question()
	switch {
	case q != nil:
		return view.OutlineLine{Text: p.mark(line.Field, q) + " " + label, Depth: max(0, line.Depth-1)}
	case line.Row > 0:
		return view.OutlineLine{Text: fmt.Sprint(line.Row), Bold: true, Depth: line.Depth}
	}
	return view.OutlineLine{Text: label, Bold: true, Depth: line.Depth}
}

func oneLine(s string) string {
	s = strings.NewReplacer("\n", " ", "*", "").Replace(s)
	return s
}

// goTo shows a question.
func (p *interviewPage) goTo(f survey.Field) {
	p.at = f
	p.lines = p.iv.Session.Lines()
	p.draw()
	p.outline.Select(p.index())
	if p.editor != nil {
		p.w.win.Canvas().Focus(p.editor.focus())
	}
}

func (p *interviewPage) paragraph(s string, size float32, bold bool, c fyne.ThemeColorName) fyne.CanvasObject {
	return view.NewParagraph(job.Face(), s, size, bold, c)
}

// draw builds the question in the middle and the help beside it.
func (p *interviewPage) draw() {
	s := p.iv.Session
	q := p.question()
	p.center.Objects, p.editor, p.editing = nil, nil, false
	if q == nil {
		p.center.Add(p.paragraph("There is no question to show.", 16, false, theme.ColorNameForeground))
		p.center.Refresh()
		return
	}
	p.center.Add(p.paragraph(p.section(), 12.5, false, theme.ColorNamePlaceHolder))
	p.center.Add(p.paragraph(s.Label(p.at, p.lang), 20, true, theme.ColorNameForeground))
	p.center.Add(p.paragraph(s.Hint(p.at, p.lang), 14, false, theme.ColorNamePlaceHolder))
	p.editor = p.newEditor(q)
	p.center.Add(p.editor.object())
	st := s.State(p.at, p.lang)
	if st.Value.Special != "" {
		p.center.Add(p.paragraph("Recorded: "+st.Value.String()+".", 14, true, theme.ColorNamePrimary))
	}
	if st.Problem != nil && (st.Passed || st.Problem.Soft) {
		p.center.Add(p.paragraph("✗ "+st.Problem.Text, 14, true, theme.ColorNameError))
	}
	p.center.Refresh()
	p.scroll.ScrollToTop()
	p.drawHelp(q)
}

func (p *interviewPage) question() *survey.Question {
	for _, l := range p.lines {
		if l.Field == p.at {
			return l.Question()
		}
	}
	return nil
}

// section names the groups and rows around the question.
func (p *interviewPage) section() string {
	var open []string
	for _, l := range p.lines {
		if l.Field == p.at {
			break
		}
		if l.Question() != nil {
			continue
		}
		open = open[:min(len(open), l.Depth)]
		label := p.iv.Session.Label(l.Field, p.lang)
		if l.Row > 0 {
			label = fmt.Sprint(l.Row)
		}
		open = append(open, label)
	}
	if q := p.line(); q != nil {
		open = open[:min(len(open), q.Depth)]
	}
	return strings.Join(open, " › ")
}

func (p *interviewPage) line() *interview.Line {
	for i := range p.lines {
		if p.lines[i].Field == p.at {
			return &p.lines[i]
		}
	}
	return nil
}

// drawHelp writes progress, guidance, special answers and the screening result.
func (p *interviewPage) drawHelp(q *survey.Question) {
	s := p.iv.Session
	done, total := s.Progress()
	p.help.Objects = nil
	add := func(text string, bold bool, c fyne.ThemeColorName) {
		if text != "" {
			p.help.Add(p.paragraph(text, 13.5, bold, c))
		}
	}
	add(fmt.Sprintf("%d of %d questions left", total-done, total), true, theme.ColorNameForeground)
	add(s.Guidance(p.at, p.lang), false, theme.ColorNameForeground)
	var sp []string
	keys := map[survey.Special]string{survey.DontKnow: "F4 don't know", survey.Refused: "F5 refused", survey.NotApplicable: "Shift+F5 not applicable"}
	for _, x := range q.Specials() {
		sp = append(sp, keys[x])
	}
	add(strings.Join(sp, "\n"), false, theme.ColorNamePlaceHolder)
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
	code, n := job.RegionAt(v)
	return v, n, code != ""
}

// leave commits what is in the editor. It returns false where the answer has not
// the form that the question asks for; it is kept on screen then.
func (p *interviewPage) leave() bool {
	if p.editor == nil || !p.editing {
		return true
	}
	if r, ok := p.editor.(refuser); ok && r.refused() != "" {
		p.w.say("Not stored: %s", r.refused())
		return false
	}
	p.editing = false
	v := p.editor.value()
	if v == p.iv.Session.Value(p.at) {
		return true
	}
	return p.set(v)
}

func (p *interviewPage) set(v survey.Value) bool {
	if err := p.iv.Set(p.at, v); err != nil {
		text := err.Error()
		if i := strings.Index(text, ": "); i >= 0 && strings.HasPrefix(text, string(p.at)) {
			text = text[i+2:]
		}
		p.center.Add(p.paragraph("✗ "+strings.ToUpper(text[:1])+text[1:]+". Nothing was stored.", 14, true, theme.ColorNameError))
		p.center.Refresh()
		p.editing = true
		return false
	}
	p.w.say("✓ Saved %s", time.Now().Format("15:04:05"))
	return true
}

// confirm commits and goes on to the next question.
func (p *interviewPage) confirm() {
	if c, ok := p.editor.(*choiceEditor); ok && !c.list.Any() && p.question().Required != "" {
		c.list.PickCursor()
	}
	if !p.leave() {
		return
	}
	if q := p.question(); q != nil && q.Kind != survey.Note {
		if st := p.iv.Session.State(p.at, p.lang); st.Value.Blank() && !st.Passed {
			if err := p.iv.Pass(p.at); err != nil {
				p.w.fail(err)
			}
		}
	}
	if x := p.iv.Session.State(p.at, p.lang).Problem; x != nil && !x.Missing && !x.Soft && p.shown[p.at] != x.Text {
		p.shown[p.at] = x.Text
		p.goTo(p.at)
		return
	}
	p.step(1)
}

// step goes to the next or the previous question.
func (p *interviewPage) step(by int) {
	if !p.leave() {
		return
	}
	p.lines = p.iv.Session.Lines()
	i := p.index()
	for i += by; i >= 0 && i < len(p.lines); i += by {
		if p.lines[i].Question() != nil {
			p.goTo(p.lines[i].Field)
			return
		}
	}
	if by > 0 {
		p.goTo(p.at)
		p.finishDialog()
	}
}

func (p *interviewPage) index() int {
	for i, l := range p.lines {
		if l.Field == p.at {
			return i
		}
	}
	return -1
}

// keys does what keys mean on this page.
func (p *interviewPage) keys(k fyne.KeyName, shift bool) bool {
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter:
		if shift {
			p.step(-1)
		} else {
			p.confirm()
		}
	case fyne.KeyPageDown:
		p.sectionStep(1)
	case fyne.KeyPageUp:
		p.sectionStep(-1)
	case fyne.KeyF1:
		p.w.keysDialog()
	case fyne.KeyF4:
		p.special(survey.DontKnow)
	case fyne.KeyF5:
		if shift {
			p.special(survey.NotApplicable)
		} else {
			p.special(survey.Refused)
		}
	case fyne.KeyF6:
		p.goToDialog()
	case fyne.KeyF8:
		p.nextProblem()
	case fyne.KeyF9:
		p.nextLanguage()
	case fyne.KeyEscape:
		p.w.show("Interviews")
	default:
		return false
	}
	return true
}

func (p *interviewPage) special(sp survey.Special) {
	p.editing = false
	if p.set(survey.Value{Special: sp}) {
		p.step(1)
	}
}

// sectionStep goes to the first question of the next or previous section.
func (p *interviewPage) sectionStep(by int) {
	if !p.leave() {
		return
	}
	p.lines = p.iv.Session.Lines()
	var starts []int
	now := -1
	for i, l := range p.lines {
		if l.Question() == nil && l.Depth == 0 {
			starts = append(starts, i)
		}
		if l.Field == p.at {
			now = len(starts) - 1
		}
	}
	if n := now + by; n >= 0 && n < len(starts) {
		for _, l := range p.lines[starts[n]:] {
			if l.Question() != nil {
				p.goTo(l.Field)
				return
			}
		}
	}
}

func (p *interviewPage) nextLanguage() {
	ls := p.iv.Session.Program().Form.Languages
	for i, l := range ls {
		if l == p.lang {
			p.lang = ls[(i+1)%len(ls)]
			break
		}
	}
	p.leave()
	p.goTo(p.at)
	p.w.say("Language: %s", p.lang)
}

func (p *interviewPage) nextRequired() {
	if !p.leave() {
		return
	}
	for _, x := range p.iv.Session.Problems(p.lang) {
		if x.Missing {
			p.goTo(x.Field)
			return
		}
	}
	p.w.say("Every required question is answered.")
}

func (p *interviewPage) nextProblem() {
	if !p.leave() {
		return
	}
	ps := p.iv.Session.Problems(p.lang)
	for pass := range 2 {
		after := pass == 1
		for _, x := range ps {
			if after && x.Field != p.at {
				p.goTo(x.Field)
				return
			}
			if x.Field == p.at {
				after = true
			}
		}
	}
	p.w.say("%d problems.", len(ps))
}

func (p *interviewPage) addRow() {
	if !p.leave() {
		return
	}
	for f := string(p.at); ; {
		i := strings.LastIndexByte(f, '[')
		if i < 0 {
			break
		}
		f = f[:i]
		if r, err := p.iv.AddRow(survey.Field(f)); err == nil {
			p.firstOf(r)
			return
		}
	}
	for _, l := range p.lines {
		if _, ok := l.Item.(*survey.Repeat); ok && l.Row == 0 {
			if r, err := p.iv.AddRow(l.Field); err == nil {
				p.firstOf(r)
				return
			}
		}
	}
	p.w.say("There is no repeat here to which a row can be added.")
}

// firstOf goes to the first question of a row.
func (p *interviewPage) firstOf(row survey.Field) {
	p.lines = p.iv.Session.Lines()
	for _, l := range p.lines {
		if l.Question() != nil && strings.HasPrefix(string(l.Field), string(row)+"/") {
			p.goTo(l.Field)
			return
		}
	}
}

// goToDialog finds a question by number, name or words.
func (p *interviewPage) goToDialog() {
	if !p.leave() {
		return
	}
	p.lines = p.iv.Session.Lines()
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
	none := widget.NewLabel("")
	d := dialog.NewCustom("Go to question", "Stay here", container.NewBorder(entry, none, nil, nil, list), p.w.win)
	pick := func(i int) {
		if i < len(found) {
			d.Hide()
			p.goTo(found[i].Field)
		}
	}
	list.OnSelected = pick
	entry.Keys = escape(d.Hide)
	entry.OnChanged = func(s string) {
		if found = p.find(s); len(found) == 0 {
			none.SetText("No question that is asked now has this number, name or words.")
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
			p.goTo(x.Field)
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
	d = dialog.NewCustomConfirm("Finish", button, "Go on with it later", container.NewVBox(wrapped(text), box), func(ok bool) {
		if !ok {
			return
		}
		if err := p.iv.Finish(context.Background(), survey.Completed); err != nil {
			p.w.fail(err)
			return
		}
		p.w.show("Interviews")
		p.w.say("✓ Finished %s", time.Now().Format("15:04:05"))
	}, p.w.win)
	d.Resize(fyne.NewSize(720, 460))
	d.Show()
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
