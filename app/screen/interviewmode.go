package screen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// mode is how the questions around the current one show.
type mode string

// The modes. A table shows where the question stands in a repeat; elsewhere the
// section shows.
const (
	sectionMode  mode = "section"
	questionMode mode = "question"
	tableMode    mode = "table"
)

var modes = []struct {
	mode  mode
	title string
}{{sectionMode, "Section on a page"}, {questionMode, "One question at a time"}, {tableMode, "Rows of a repeat as a table"}}

// modeNow is the mode that was chosen last.
func modeNow() mode {
	return mode(fyne.CurrentApp().Preferences().StringWithFallback("interview.mode", string(sectionMode)))
}

// setMode shows the interview in another way.
func (w *Window) setMode(m mode) {
	fyne.CurrentApp().Preferences().SetString("interview.mode", string(m))
	w.markMode()
	if p := w.interview; p != nil {
		p.leave()
		p.goTo(p.at)
		for _, x := range modes {
			if x.mode == m {
				w.say("%s.%s", x.title, w.keyHint("mode.next", " %s changes it."))
			}
		}
	}
}

func (w *Window) nextMode() {
	now := modeNow()
	for i, x := range modes {
		if x.mode == now {
			w.setMode(modes[(i+1)%len(modes)].mode)
			return
		}
	}
	w.setMode(sectionMode)
}

// modeItems are the lines of the menu that choose a mode.
func (w *Window) modeItems() []*fyne.MenuItem {
	w.modeMarks = nil
	for _, x := range modes {
		w.modeMarks = append(w.modeMarks, w.act("mode."+string(x.mode), x.title, chord{}, func() { w.setMode(x.mode) }))
	}
	w.markMode()
	return append(slices.Clone(w.modeMarks), w.act("mode.next", "Section, question or table", ctrl(fyne.KeyM), w.nextMode))
}

// markMode ticks the mode in the menu.
func (w *Window) markMode() {
	for i, m := range w.modeMarks {
		m.Checked = modes[i].mode == modeNow()
	}
	if m := w.win.MainMenu(); m != nil {
		m.Refresh()
	}
}

// arrange puts the card of the current question where the mode wants it.
func (p *interviewPage) arrange(m mode) {
	row := p.row()
	switch {
	case m == questionMode:
		p.putCard()
		p.put(p.scroll)
	case m == tableMode && row.repeat != "":
		p.putCard()
		t := p.rowTable(row)
		p.put(container.New(&rowTableLayout{t}, t, p.scroll))
	default:
		p.put(p.sheet)
		p.turnSheet()
	}
}

// putCard puts the card where it scrolls by itself.
func (p *interviewPage) putCard() {
	p.scroll.Content = container.NewPadded(p.center)
	p.scroll.Refresh()
	p.scroll.ScrollToTop()
}

// reveal shows a part of an object of the card, top to bottom in points from its top.
func (p *interviewPage) reveal(o fyne.CanvasObject, top, bottom float32) {
	d := fyne.CurrentApp().Driver()
	at := d.AbsolutePositionForObject(o).Y
	if p.stage.Objects[0] == fyne.CanvasObject(p.sheet) {
		at -= d.AbsolutePositionForObject(p.sheet).Y
		p.sheet.Reveal(at+top, at+bottom)
		return
	}
	at -= d.AbsolutePositionForObject(p.scroll).Y
	switch h := p.scroll.Size().Height; {
	case at+top < 0:
		p.scroll.ScrollToOffset(fyne.NewPos(0, p.scroll.Offset.Y+at+top))
	case at+bottom > h:
		p.scroll.ScrollToOffset(fyne.NewPos(0, p.scroll.Offset.Y+at+bottom-h))
	}
}

// put shows an object below the path of the question.
func (p *interviewPage) put(o fyne.CanvasObject) {
	if len(p.stage.Objects) != 1 || p.stage.Objects[0] != o {
		release(p.stage.Objects...)
		p.stage.Objects = []fyne.CanvasObject{o}
		p.stage.Refresh()
	}
}

// turnSheet shows the section of the current question as a page.
func (p *interviewPage) turnSheet() {
	at := p.index()
	if at < 0 {
		return
	}
	first, last := p.sectionAt(at)
	if p.lines[first].Question() == nil && first < at {
		first++ // its title stands above
	}
	from, until := at, at+1
	if g, ok := p.editor.(*gridEditor); ok {
		from, until = g.from, g.until
	}
	lines := p.lines // what is asked may change before the page is turned again
	p.sheet.Turn(view.SheetPage{Line: func(i int) view.SheetLine { return p.sheetLine(lines[i]) }, First: first, Last: last, From: from, Until: until, Card: p.center})
}

// tapped goes to a line of the page, if it is asked still.
func (p *interviewPage) tapped(key string) {
	if f := survey.Field(key); p.fieldLine(f) != nil {
		p.jump(f)
	}
}

// sectionAt finds the lines first to last-1 of the section around a line: a group or
// repeat that stands in no other, or neighbours that stand in none.
func (p *interviewPage) sectionAt(at int) (first, last int) {
	loose := func(i int) bool { return p.lines[i].Depth == 0 && p.lines[i].Question() != nil }
	first, last = at, at+1
	if loose(at) {
		for first > 0 && loose(first-1) {
			first--
		}
		for last < len(p.lines) && loose(last) {
			last++
		}
		return first, last
	}
	for first > 0 && p.lines[first].Depth > 0 {
		first--
	}
	for last < len(p.lines) && p.lines[last].Depth > 0 {
		last++
	}
	return first, last
}

// faintChoices is how many choices of a question show before it is answered.
const faintChoices = 6

// sheetLine is how a line shows that is not being answered.
func (p *interviewPage) sheetLine(line interview.Line) view.SheetLine {
	s := p.iv.Session
	out := view.SheetLine{Key: string(line.Field), Depth: max(0, line.Depth-1), Text: s.Label(line.Field, p.lang)}
	q := line.Question()
	switch {
	case line.Row > 0:
		out.Heading, out.Text = true, strings.TrimSpace(fmt.Sprint(oneLine(out.Text), " ", line.Row))
		return out
	case q == nil:
		out.Heading = true
		return out
	}
	st := s.State(line.Field, p.lang)
	out.Mark = p.mark(line.Field, q)
	out.Text = p.remarkSigns(line.Field) + out.Text
	out.Answer = strings.Join(p.answerWords(line.Field, q), ", ")
	if out.Answer == "" {
		out.Faint = p.faint(line.Field, q)
	}
	if x := st.Problem; x != nil && (st.Passed || x.Soft) {
		out.Problem = x.Text
	}
	return out
}

// answerWords gives an answer as people read it.
func (p *interviewPage) answerWords(f survey.Field, q *survey.Question) []string {
	words := p.iv.Session.Shown(f, p.lang)
	v := p.iv.Session.Value(f)
	looks := looksOf(q.Appearance)
	switch {
	case len(words) == 0 || v.Special != "" || q.Kind.Selects() || q.Kind == survey.Rank:
		return words
	case looks["masked"] || looks["hidden-answer"]:
		return []string{strings.Repeat("•", 6)}
	case q.Kind == survey.Acknowledge:
		return []string{"OK"}
	case q.Kind == survey.Date || q.Kind == survey.Time || q.Kind == survey.DateTime:
		if r := p.reader(q, looks)(v.Text); r.Problem == "" && r.Words != "" {
			first, _, _ := strings.Cut(r.Words, "\n")
			return []string{first}
		}
	case q.Kind == survey.Geotrace || q.Kind == survey.Geoshape:
		return []string{fmt.Sprintf("%d points", strings.Count(v.Text, ";")+1)}
	}
	answer := shown(q, looks, v.Text)
	if unit := cmp.Or(q.Sse["unit"], q.Extra["unit"]); unit != "" {
		answer += " " + unit
	}
	return []string{answer}
}

// faint stands in place of an answer: the first choices, or what is expected.
func (p *interviewPage) faint(f survey.Field, q *survey.Question) string {
	if !q.Kind.Selects() && q.Kind != survey.Rank {
		return placeholder(q, looksOf(q.Appearance), false)
	}
	sign := "○ "
	if q.Kind != survey.SelectOne {
		sign = "□ "
	}
	var out []string
	for _, o := range p.iv.Session.FirstChoices(f, p.lang, faintChoices) {
		out = append(out, sign+oneLine(o.Label))
	}
	return strings.Join(out, "   ")
}

// rowPlace is where a question stands in a repeat.
type rowPlace struct {
	repeat survey.Field
	number int // of the row, from 1
}

// row is the row around the current question, the innermost one.
func (p *interviewPage) row() rowPlace {
	at := p.index()
	if at < 0 {
		return rowPlace{}
	}
	depth := p.lines[at].Depth
	for i := at - 1; i >= 0 && depth > 0; i-- {
		l := p.lines[i]
		if l.Depth >= depth {
			continue
		}
		depth = l.Depth
		if l.Row > 0 {
			s := string(l.Field)
			return rowPlace{survey.Field(s[:strings.LastIndexByte(s, '[')]), l.Row}
		}
	}
	return rowPlace{}
}

// rowTable shows all rows of a repeat.
func (p *interviewPage) rowTable(at rowPlace) *view.RowTable {
	rows, columns := p.rowFields(at.repeat)
	var titles []string
	cells := make([]map[string]survey.Field, len(rows))
	for i, fields := range rows {
		cells[i] = map[string]survey.Field{}
		for _, f := range fields {
			cells[i][leaf(f)] = f
		}
	}
	now := -1
	for i, c := range columns {
		titles = append(titles, oneLine(p.iv.Session.Label(c, p.lang)))
		if leaf(c) == leaf(p.at) {
			now = i
		}
	}
	t := view.NewRowTable(job.Face(), titles, len(rows), func(r, c int) view.Cell {
		f, ok := cells[r][leaf(columns[c])]
		if !ok {
			return view.Cell{}
		}
		return p.rowCell(f)
	})
	t.Tap = func(r, c int) {
		if f, ok := cells[r][leaf(columns[c])]; ok {
			p.jump(f)
		}
	}
	t.Select(at.number-1, now)
	return t
}

// leaf is a question's name without the rows around it: the same in every row.
func leaf(f survey.Field) string {
	s := string(f)
	return s[strings.LastIndexByte(s, ']')+1:]
}

// rowFields lists the questions of each row of a repeat, without those of repeats
// inside, and one field for every question that some row asks.
func (p *interviewPage) rowFields(repeat survey.Field) (rows [][]survey.Field, columns []survey.Field) {
	known := map[string]bool{}
	depth := 0
	for _, l := range p.lines {
		f := string(l.Field)
		if !strings.HasPrefix(f, string(repeat)+"[") {
			continue
		}
		inner := f[len(repeat):]
		switch {
		case l.Row > 0 && strings.LastIndexByte(inner, '[') == 0 && strings.HasSuffix(inner, "]"):
			rows, depth = append(rows, nil), l.Depth
		case l.Question() != nil && l.Question().Kind != survey.Note && l.Depth > depth && strings.Count(inner, "[") == 1:
			rows[len(rows)-1] = append(rows[len(rows)-1], l.Field)
			if !known[leaf(l.Field)] {
				known[leaf(l.Field)] = true
				columns = append(columns, l.Field)
			}
		}
	}
	return rows, columns
}

func (p *interviewPage) rowCell(f survey.Field) view.Cell {
	st := p.iv.Session.State(f, p.lang)
	line := p.fieldLine(f)
	if line == nil {
		return view.Cell{}
	}
	c := view.Cell{Text: strings.Join(p.answerWords(f, line.Question()), ", ")}
	if x := st.Problem; x != nil && (st.Passed || x.Soft) {
		c.Icon, c.Color = "✗", theme.ColorNameError
	}
	if c.Text == "" && c.Icon == "" {
		c.Text, c.Color = p.mark(f, line.Question()), theme.ColorNamePlaceHolder
	}
	return c
}

func (p *interviewPage) fieldLine(f survey.Field) *interview.Line {
	if i, ok := p.places[f]; ok {
		return &p.lines[i]
	}
	return nil
}

// acrossRows goes to the same question in the next row (1) or the one before (-1).
func (p *interviewPage) acrossRows(by int) {
	at := p.row()
	if at.repeat == "" || !p.leave() {
		return
	}
	rows, _ := p.rowFields(at.repeat)
	for r := at.number - 1 + by; r >= 0 && r < len(rows); r += by {
		for _, f := range rows[r] {
			if leaf(f) == leaf(p.at) {
				p.goTo(f)
				return
			}
		}
	}
	p.w.say("No other row asks this question in that direction.")
}

// rowTableLayout gives the table as much height as it needs, half at the most, and
// the question below it the rest.
type rowTableLayout struct{ table *view.RowTable }

// Layout implements fyne.Layout.
func (l *rowTableLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := min(l.table.Needs(), size.Height/2)
	objects[0].Resize(fyne.NewSize(size.Width, h))
	objects[1].Move(fyne.NewPos(0, h+8))
	objects[1].Resize(fyne.NewSize(size.Width, size.Height-h-8))
}

// MinSize implements fyne.Layout.
func (l *rowTableLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height+8)
}
