package screen

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

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
	places  map[survey.Field]int // of lines
	outline *view.Outline
	path    *view.Paragraph   // the sections around the question
	stage   *fyne.Container   // holds scroll, sheet or table, by the mode
	sheet   *view.Sheet       // of the section
	scroll  *container.Scroll // of the question alone
	center  *fyne.Container   // the card of the question
	below   *fyne.Container   // its end: what is wrong with the answer
	help    *fyne.Container
	editor  editor
	editing bool // editor has something that is not committed
	// shown remembers the problem that was said at a question, so that a second
	// Enter can leave it marked.
	shown    map[survey.Field]string
	typing   typing           // what editors keep
	media    *job.Media       // beside the labels of the form, nil if they cannot be had
	doubt    *view.Field      // takes the reason why an answer in doubt is right, nil if there is none
	trail    []survey.Field   // where jumps came from
	few      bool             // the outline shows only what has a remark or a problem
	doubtful []interview.Line // what it shows then
	apart    fyne.Window      // the view for the respondent, nil if it is closed
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
	p := &interviewPage{w: w, iv: iv, lang: iv.Language(), center: container.New(&view.Column{Gap: 6}), below: container.New(&view.Column{Gap: 6}), help: container.New(&view.Column{Gap: 8}), shown: map[survey.Field]string{}}
	w.interview = p
	p.typing.pickOnMap, p.typing.file = p.pickOnMap, iv.File
	var err error
	if p.media, err = iv.Media(); err != nil {
		w.fail(err)
	}
	p.read()
	p.outline = view.NewOutline(job.Face(), func() int { return len(p.listed()) }, func(i int) view.OutlineLine { return p.outlineLine(p.listed()[i]) })
	p.outline.Tap = func(i int) {
		if l := p.listed()[i]; l.Question() != nil {
			p.jump(l.Field)
		}
	}
	p.path = view.NewParagraph(job.Face(), "", 13, true, theme.ColorNamePlaceHolder)
	p.scroll, p.sheet, p.stage = container.NewVScroll(p.center), view.NewSheet(job.Face()), container.NewStack()
	p.sheet.Tap = p.tapped
	right := container.NewVScroll(container.NewPadded(p.help))
	inner := container.NewHSplit(container.NewBorder(container.NewPadded(container.New(&view.Column{}, p.path)), nil, nil, nil, p.stage), right)
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

// forget lets go of the interview: the window system keeps widgets of gone pages for a
// minute, and they know the page.
func (p *interviewPage) forget() {
	p.iv, p.media, p.editor, p.lines, p.doubtful, p.places, p.typing = nil, nil, nil, nil, nil, nil, typing{}
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

// listed are the lines of the outline.
func (p *interviewPage) listed() []interview.Line {
	if !p.few {
		return p.lines
	}
	return p.doubtful
}

// showFew lists only what is flagged, noted, changed or in doubt, or all again.
func (p *interviewPage) showFew() {
	p.few = !p.few
	p.goTo(p.at)
	if p.few {
		p.w.say("%d questions are flagged, noted, changed or have a problem.%s", len(p.doubtful), p.w.keyHint("interview.few", " %s shows all."))
	}
}

// pickFew finds what showFew lists.
func (p *interviewPage) pickFew() {
	p.doubtful = nil
	for _, l := range p.lines {
		if l.Question() == nil {
			continue
		}
		x := p.iv.Session.State(l.Field, p.lang).Problem
		if len(p.iv.Session.Remarks(l.Field)) > 0 || x != nil && !x.Missing {
			l.Depth = 1
			p.doubtful = append(p.doubtful, l)
		}
	}
}

func (p *interviewPage) outlineLine(line interview.Line) view.OutlineLine {
	label := oneLine(p.iv.Session.Label(line.Field, p.lang))
	q := line.Question()
	switch {
	case q != nil:
		return view.OutlineLine{Text: p.mark(line.Field, q) + " " + p.remarkSigns(line.Field) + label, Depth: max(0, line.Depth-1)}
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
	p.enter(f)
	p.read()
	p.draw()
	p.pointOut()
	if p.editor != nil {
		p.w.win.Canvas().Focus(p.editor.focus())
	}
}

// enter makes a question the current one.
func (p *interviewPage) enter(f survey.Field) {
	if f != p.at {
		if err := p.iv.Enter(f); err != nil {
			p.w.fail(err)
		}
	}
	p.at = f
}

// read lists anew what is asked, given the answers.
func (p *interviewPage) read() {
	p.lines = p.iv.Session.Lines()
	p.places = make(map[survey.Field]int, len(p.lines))
	for i, l := range p.lines {
		if l.Question() != nil {
			p.places[l.Field] = i
		}
	}
}

// pointOut marks the current question in the outline.
func (p *interviewPage) pointOut() {
	if p.few {
		p.pickFew()
	}
	p.outline.Select(slices.IndexFunc(p.listed(), func(l interview.Line) bool { return l.Field == p.at }))
}

// jump goes to a question out of order; F7 comes back.
func (p *interviewPage) jump(f survey.Field) {
	if !p.leave() {
		return
	}
	p.trail = append(p.trail, p.at)
	p.goTo(f)
}

// back goes to where the last jump came from.
func (p *interviewPage) back() {
	if !p.leave() {
		return
	}
	for len(p.trail) > 0 {
		f := p.trail[len(p.trail)-1]
		p.trail = p.trail[:len(p.trail)-1]
		if p.iv.Session.State(f, p.lang).Relevant {
			p.goTo(f)
			return
		}
	}
	p.w.say("There is no jump to come back from.")
}

func (p *interviewPage) paragraph(s string, size float32, bold bool, c fyne.ThemeColorName) fyne.CanvasObject {
	return view.NewParagraph(job.Face(), s, size, bold, c)
}

// draw builds the card of the question and the help beside it.
func (p *interviewPage) draw() {
	s := p.iv.Session
	q := p.question()
	release(p.center.Objects...)
	p.center.Objects, p.editor, p.editing = nil, nil, false
	if q == nil {
		p.center.Add(p.paragraph("There is no question to show.", 16, false, theme.ColorNameForeground))
		p.scroll.Content = p.center
		p.put(p.scroll)
		return
	}
	m := modeNow()
	p.path.SetText(oneLine(p.section()))
	p.editor = p.newEditor(q)
	if _, grid := p.editor.(*gridEditor); !grid { // whose rows are the questions
		size := map[mode]float32{questionMode: 24}[m]
		p.center.Add(p.paragraph(s.Label(p.at, p.lang), max(18, size), true, theme.ColorNameForeground))
		p.center.Add(p.paragraph(s.Hint(p.at, p.lang), max(14, size*0.7), false, theme.ColorNamePlaceHolder))
	}
	p.addMedia(q)
	p.center.Add(p.editor.object())
	p.center.Add(p.below)
	p.drawBelow()
	p.arrange(m)
	p.drawHelp(q)
	p.drawApart()
}

// drawBelow says below the editor what was recorded and what is wrong with it.
func (p *interviewPage) drawBelow() {
	st := p.iv.Session.State(p.at, p.lang)
	release(p.below.Objects...)
	p.below.Objects, p.doubt = nil, nil
	if st.Value.Special != "" {
		p.below.Add(p.paragraph("Recorded: "+st.Value.String()+".", 14, true, theme.ColorNamePrimary))
	}
	switch {
	case st.Problem != nil && st.Problem.Soft && !p.question().SoftCheck():
		p.below.Add(p.doubtPanel(st.Problem))
	case st.Problem != nil && (st.Passed || st.Problem.Soft):
		p.below.Add(p.paragraph("✗ "+st.Problem.Text, 14, true, theme.ColorNameError))
	}
	p.center.Refresh()
	p.sheet.Arrange()
}

func (p *interviewPage) question() *survey.Question {
	if l := p.fieldLine(p.at); l != nil {
		return l.Question()
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
	if l := p.fieldLine(p.at); l != nil {
		open = open[:min(len(open), l.Depth)]
	}
	return strings.Join(open, " › ")
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
		p.below.Add(p.paragraph("✗ "+strings.ToUpper(text[:1])+text[1:]+". Nothing was stored.", 14, true, theme.ColorNameError))
		p.center.Refresh()
		p.sheet.Arrange()
		p.editing = true
		return false
	}
	p.w.say("✓ Saved %s", time.Now().Format("15:04:05"))
	if p.iv.Reviewable() {
		p.reasonDialog(p.at)
	}
	return true
}

// undo takes back what is being typed, or else the last answer, and shows it.
func (p *interviewPage) undo() {
	if p.editing {
		p.goTo(p.at)
		return
	}
	p.replay(p.iv.Undo, "There is nothing to take back.")
}

func (p *interviewPage) redo() { p.replay(p.iv.Redo, "There is nothing to do again.") }

func (p *interviewPage) replay(act func() (survey.Field, bool, error), none string) {
	f, ok, err := act()
	switch {
	case err != nil:
		p.w.fail(err)
	case !ok:
		p.w.say("%s", none)
	default:
		p.read()
		if p.fieldLine(f) != nil {
			p.at = f
		}
		p.goTo(p.at)
		p.w.say("✓ Saved %s", time.Now().Format("15:04:05"))
	}
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
	if x := p.iv.Session.State(p.at, p.lang).Problem; x != nil && !x.Missing && !p.question().SoftCheck() && p.shown[p.at] != x.Text {
		p.shown[p.at] = x.Text
		p.goTo(p.at)
		if p.doubt != nil {
			p.w.win.Canvas().Focus(p.doubt)
		}
		return
	}
	p.step(1)
}

// step goes to the next or the previous question.
func (p *interviewPage) step(by int) {
	if !p.leave() {
		return
	}
	p.read()
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
	if i, ok := p.places[p.at]; ok {
		return i
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
	case fyne.KeyEscape:
		p.w.turnTo("Interviews")
	default:
		return p.w.functionKey(k, shift)
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
	p.read()
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

// nextLanguage holds the interview in the next language of its form.
func (p *interviewPage) nextLanguage() {
	f := p.iv.Session.Program().Form
	if len(f.Languages) < 2 {
		p.w.say("The form has one language.")
		return
	}
	p.leave()
	p.lang = f.Languages[(slices.Index(f.Languages, p.lang)+1)%len(f.Languages)]
	if err := p.iv.Speak(context.Background(), p.lang); err != nil {
		p.w.fail(err)
	}
	p.goTo(p.at)
	have, all := f.Translated(p.lang)
	p.w.say("Language: %s, %d of %d texts are translated.", p.lang, have, all)
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

// nextProblem goes to the next problem, or with by -1 to the one before.
func (p *interviewPage) nextProblem(by int) {
	if !p.leave() {
		return
	}
	ps := p.iv.Session.Problems(p.lang)
	if by < 0 {
		slices.Reverse(ps)
	}
	for pass := range 2 {
		after := pass == 1
		for _, x := range ps {
			if after && x.Field != p.at {
				p.jump(x.Field)
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
	p.read()
	for _, l := range p.lines {
		if l.Question() != nil && strings.HasPrefix(string(l.Field), string(row)+"/") {
			p.goTo(l.Field)
			return
		}
	}
}
