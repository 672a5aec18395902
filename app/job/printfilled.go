package job

import (
	"fmt"
	"image/color"
	"path"
	"slices"
	"strings"
	"time"

	"sselandscape/maps/pdf"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// filled prints an interview: what was asked and answered, beside it what people
// remarked.
type filled struct {
	*sheet
	iv        *Interview
	study     *Study
	lang      string
	comments  map[survey.Field][]Comment
	contested []survey.Field
	unreached int
	headings  []piece // of groups and rows in which nothing was printed yet
}

// Where things stand, in points from the left edge.
const (
	answersAt   = 250.0
	answerWidth = rightEdge - leftEdge - answersAt
	asksWidth   = answersAt - numberRoom - 12
)

// printFilled puts the interview on pages.
func printFilled(s *Study, iv *Interview, lang string) (*sheet, error) {
	f := &filled{iv: iv, study: s, lang: lang}
	err := f.put()
	return f.sheet, err
}

func (f *filled) put() error {
	form := f.iv.Session.Program().Form
	title := f.study.Title(f.iv.doc)
	s, err := newSheet(title, languageTag(f.lang), identity(form)+" · interview "+f.iv.ID)
	if err != nil {
		return err
	}
	f.sheet = s
	if f.fictional() {
		s.banner = "Fictional data: an example, not a real organization"
	}
	f.comments = map[survey.Field][]Comment{}
	for _, c := range f.iv.Comments(f.lang) {
		f.comments[c.Field] = append(f.comments[c.Field], c)
	}
	f.contested = f.iv.doc.Contested()
	f.head(title)
	if err := f.visits(); err != nil {
		return err
	}
	for _, l := range f.iv.Session.Lines() {
		f.line(l)
	}
	if f.unreached > 0 {
		f.add(row(12, column{0, f.slanted(fmt.Sprintf("Questions that were not reached: %d.", f.unreached), 10, rightEdge-leftEdge), soft}))
	}
	return nil
}

// fictional says whether the interview is of a study, or about a unit, that was
// made up.
func (f *filled) fictional() bool {
	if f.study.Info().Fictional || f.iv.Unit == "" {
		return f.study.Info().Fictional
	}
	d, err := f.study.Document(f.iv.Unit)
	return err == nil && d != nil && d.Text(survey.FieldFictional) == "1"
}

var statusWords = map[survey.Status]string{survey.InProgress: "in progress", survey.Completed: "complete", survey.BrokenOff: "broken off",
	survey.Rejected: "given back after review", survey.Approved: "approved"}

// head prints who was asked, by whom, when and where, and the result.
func (f *filled) head(title string) {
	d := f.iv.doc
	f.add(row(0, column{0, f.bold(title, 17, rightEdge-leftEdge), ink}), piece{height: 6})
	f.fact("Study", f.study.Info().Name)
	f.fact("Status", statusWords[f.iv.Status()])
	f.fact("Interviewer", d.Text(survey.FieldInterviewer))
	f.fact("Began", moment(d.Text(survey.FieldStarted)))
	f.fact("Ended", moment(d.Text(survey.FieldEnded)))
	f.fact("Place", f.place())
	if result, reason := f.iv.Screening(); result != "" {
		if q := f.iv.Session.Program().Form.ByRole("unit.screening"); q != nil {
			result = strings.Join(f.iv.Session.Shown(survey.Field(q.Name), f.lang), ", ")
		}
		if reason != "" {
			result += " (" + reason + ")"
		}
		f.fact("Screening", result)
	}
	f.add(piece{height: 8, draw: func(p *pdf.Page, y float64) { p.Line(leftEdge, y+7, rightEdge, y+7, 0.8, hue) }})
}

// fact prints a line of the head, nothing where it is blank.
func (f *filled) fact(name, value string) {
	if value == "" {
		return
	}
	f.add(row(2, column{0, f.lay(name, 10, 90), soft}, column{96, f.lay(value, 10, rightEdge-leftEdge-96), ink}))
}

// moment writes a time as its day and minute, as it was on the clock of the
// interview.
func moment(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	return t.Format("2 January 2006, 15:04 (-07:00)")
}

// place is where the unit is: its point and the region around it.
func (f *filled) place() string {
	q := f.iv.Session.Program().Form.ByRole("unit.point")
	if q == nil {
		return ""
	}
	v := f.iv.Session.Value(survey.Field(q.Name)).Text
	if _, name := f.study.RegionAt(v); name != "" {
		return name + "; " + position(v)
	}
	return position(v)
}

// position writes a geopoint for people.
func position(v string) string {
	parts := strings.Fields(v)
	if len(parts) < 2 {
		return v
	}
	out := "latitude " + parts[0] + ", longitude " + parts[1]
	if len(parts) > 3 && parts[3] != "0" {
		out += ", within " + parts[3] + " m"
	}
	return out
}

// visits prints what became of the interview each time it ended, where that says
// more than its status.
func (f *filled) visits() error {
	as, err := f.study.Attempts(f.iv.ID)
	if err != nil {
		return err
	}
	for _, a := range as {
		if a.Remark == "" && a.Outcome == "" && len(as) < 2 {
			continue
		}
		says := []string{statusWords[a.Status]}
		if a.Outcome != "" {
			says = append(says, strings.ReplaceAll(string(a.Outcome), "_", " "))
		}
		if !a.Callback.IsZero() {
			says = append(says, "to be called again on "+moment(a.Callback.Format(time.RFC3339)))
		}
		if a.Remark != "" {
			says = append(says, "“"+a.Remark+"”")
		}
		f.fact(a.At.Format("2006-01-02"), strings.Join(says, ", ")+", by "+a.Actor)
	}
	return nil
}

// line prints a group, a row of a repeat or a question.
func (f *filled) line(l interview.Line) {
	if q := l.Question(); q != nil {
		if q.Kind != survey.Note {
			f.question(l, q)
		}
		return
	}
	label := plainText(f.iv.Session.Label(l.Field, f.lang))
	if _, repeat := l.Item.(*survey.Repeat); repeat {
		if l.Row == 0 {
			return // its rows say its name
		}
		if label == "" {
			label = l.Item.Common().Name
		}
		label += fmt.Sprintf(" – %d", l.Row)
	}
	if label == "" {
		return
	}
	font, before := float32(13), 16.0
	if l.Depth > 0 {
		font, before = 11, 11
	}
	p := row(before, column{0, f.bold(label, font, rightEdge-leftEdge), hue})
	p.title, p.level, p.keep = label, l.Depth, true
	f.headings = append(slices.DeleteFunc(f.headings, func(h piece) bool { return h.level >= l.Depth }), p)
}

// question prints a question with its answer beside it, or under it where the
// answer is long. What was not reached is counted.
func (f *filled) question(l interview.Line, q *survey.Question) {
	st := f.iv.Session.State(l.Field, f.lang)
	if st.Value.Blank() && !st.Passed {
		if q.Asked() && !st.ReadOnly && !q.SoftCheck() {
			f.unreached++
		}
		return
	}
	f.add(f.headings...)
	f.headings = nil
	number, label := cutNumber(plainText(f.iv.Session.Label(l.Field, f.lang)))
	if label == "" {
		label = q.Name
	}
	answer, shade := f.answer(l.Field, q)
	asks := []column{{0, f.bold(number, 9, 0), hue}, {numberRoom, f.lay(label, 10, asksWidth), soft}}
	said := f.lay(answer, 10, answerWidth)
	if said.Lines() <= 12 {
		p := row(5, append(asks, column{answersAt, said, shade})...)
		f.add(p)
	} else {
		p := row(5, asks...)
		f.add(withNext(p)...)
		f.add(paragraph(2, column{numberRoom, f.lay(answer, 10, bodyWidth), shade})...)
	}
	if q.Kind == survey.Image {
		f.picture(st.Value.Text)
	}
	f.remarks(l.Field, q)
}

// answer is an answer in words, and its colour.
func (f *filled) answer(at survey.Field, q *survey.Question) (string, color.Color) {
	words := f.iv.Session.Shown(at, f.lang)
	v := f.iv.Session.Value(at)
	switch {
	case len(words) == 0:
		return "no answer", soft
	case v.Special != "":
		return words[0], hue
	case q.Kind == survey.Geopoint:
		return position(words[0]), ink
	case q.Kind == survey.Acknowledge:
		return "right as given", ink
	case q.Kind == survey.Rank:
		for i := range words {
			words[i] = fmt.Sprintf("%d. %s", i+1, words[i])
		}
	case q.Kind == survey.SelectMultiple && len(words) > 1:
		for i := range words {
			words[i] = "– " + words[i]
		}
	}
	return strings.Join(words, "\n"), ink
}

// picture prints a photo that the study holds and that can be read.
func (f *filled) picture(name string) {
	data, err := f.study.store.File(strings.TrimSuffix(name, path.Ext(name)))
	if err != nil {
		return // it is on another laptop; its name stands as the answer
	}
	im, err := f.doc.JPEG(data)
	if err != nil {
		return
	}
	w, h := im.Size()
	scale := min(answerWidth/float64(w), 170/float64(h))
	f.pieces[len(f.pieces)-1].keep = true
	f.add(piece{before: 4, height: float64(h) * scale, draw: func(p *pdf.Page, y float64) {
		p.Image(im, leftEdge+answersAt, y, float64(w)*scale, float64(h)*scale)
	}})
}

// remarks prints what was remarked on an answer, and what others answered.
func (f *filled) remarks(at survey.Field, q *survey.Question) {
	rs := f.iv.Session.Remarks(at)
	var says []string
	if rs[survey.RemarkFlag] != "" {
		says = append(says, "Flagged for review")
	}
	for _, k := range []struct {
		kind survey.RemarkKind
		lead string
	}{{survey.RemarkNote, "Note: "}, {survey.RemarkBecause, "Right although unusual: "}, {survey.RemarkReason, "Changed, because: "}} {
		if t := rs[k.kind]; t != "" {
			says = append(says, k.lead+t)
		}
	}
	for _, c := range f.comments[at] {
		by := c.Actor
		if by == "" {
			by = f.study.Info().Researcher
		}
		if !c.At.IsZero() {
			by += ", " + c.At.Format("2006-01-02")
		}
		says = append(says, "Comment by "+by+": "+c.Text)
	}
	if slices.Contains(f.contested, at) {
		for _, h := range f.iv.doc.Heads[at][1:] {
			value := h.Value.String()
			if l := f.iv.Session.Program().Form.Lists[q.List]; l != nil {
				value = labels(l, value, f.lang)
			}
			says = append(says, "Contested: "+h.Actor+" has “"+value+"”")
		}
	}
	for _, t := range says {
		f.pieces[len(f.pieces)-1].keep = true
		f.add(paragraph(1, column{answersAt, f.slanted(t, 9, answerWidth), alarm})...)
	}
}
