package job

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sselandscape/maps/pdf"
	"sselandscape/maps/text"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// blank prints a form before there are answers.
type blank struct {
	*sheet
	p     *interview.Program
	langs []string // one or two
	own   bool     // the form numbers its questions itself
	count int      // of questions so far
	depth int      // of groups
}

// Where things stand, in points from the left edge: numbers of questions, then
// the questions.
const (
	numberRoom = 34.0
	bodyWidth  = rightEdge - leftEdge - numberRoom
	columnGap  = 14.0
	answerRoom = 132.0 // of a number beside its question
)

// choicesShown is how many choices of a list are printed.
const choicesShown = 30

func blankSheet(p *interview.Program, langs []string) (*sheet, error) {
	f := p.Form
	title := f.Title
	if title == "" {
		title = f.ID
	}
	s, err := newSheet(title, languageTag(langs[0]), identity(f))
	if err != nil {
		return nil, err
	}
	b := &blank{sheet: s, p: p, langs: langs}
	b.own = b.numbersItself()
	b.head(title)
	b.items(f.Items)
	b.computed()
	return s, nil
}

func (b *blank) head(title string) {
	width := rightEdge - leftEdge
	b.add(row(0, column{0, b.bold(title, 19, width), ink}))
	if v := b.p.Form.Version; v != "" {
		b.add(row(1, column{0, b.lay("Version "+v, 11, width), soft}))
	}
	b.add(piece{before: 16, height: 16, draw: func(p *pdf.Page, y float64) {
		for i, t := range []string{"Interview", "Date", "Interviewer"} {
			x := leftEdge + float64(i)*width/3
			l := b.lay(t, 9, 0)
			p.Text(l, x, y, soft)
			p.Line(x+float64(l.Width)+4, y+13, x+width/3-12, y+13, 0.5, rule)
		}
	}})
	b.add(row(8, column{0, b.lay("Round boxes take one answer, square boxes as many as apply. An answer is needed where a star (*) stands. What stands beside a box in small type is its code in the data.", 9, width), soft}))
}

// texts gives a text in the languages of the print; of the second only what is
// written in it.
func (b *blank) texts(t survey.Text) []string {
	out := []string{strings.TrimSpace(b.p.Wording(t, b.langs[0]))}
	if len(b.langs) > 1 {
		second := ""
		if t.Has(b.langs[1]) {
			second = strings.TrimSpace(b.p.Wording(t, b.langs[1]))
		}
		out = append(out, second)
	}
	return out
}

// width is the room of each language.
func (b *blank) width() float64 {
	if len(b.langs) > 1 {
		return (bodyWidth - columnGap) / 2
	}
	return bodyWidth
}

// at is where a language begins, in points from the left edge.
func (b *blank) at(i int) float64 { return numberRoom + float64(i)*(b.width()+columnGap) }

var numbered = regexp.MustCompile(`^([A-Z]{0,3}[0-9]+(?:\.[0-9]+)*[a-z]{0,2})[.)]\s+`)

// cutNumber parts the number that a label begins with from it.
func cutNumber(label string) (number, rest string) {
	if m := numbered.FindStringSubmatch(label); m != nil {
		return m[1], label[len(m[0]):]
	}
	return "", label
}

// numbersItself says whether most questions of the form begin with a number.
func (b *blank) numbersItself() bool {
	with, all := 0, 0
	b.p.Form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && asksOnPaper(q) && q.Kind != survey.Note {
			all++
			if n, _ := cutNumber(b.texts(q.Label)[0]); n != "" {
				with++
			}
		}
		return true
	})
	return 2*with >= all
}

// asksOnPaper says whether a question is printed: soft checks are not, since only
// the program can see what they doubt, nor what is computed.
func asksOnPaper(q *survey.Question) bool {
	return (q.Asked() && q.Calculation == "" || q.Kind == survey.Note) && !q.SoftCheck()
}

// printed says whether an item has anything to print.
func printed(it survey.Item) bool {
	var inside []survey.Item
	switch t := it.(type) {
	case *survey.Question:
		return asksOnPaper(t)
	case *survey.Group:
		inside = t.Items
	case *survey.Repeat:
		inside = t.Items
	}
	for _, k := range inside {
		if printed(k) {
			return true
		}
	}
	return false
}

func (b *blank) items(its []survey.Item) {
	for _, it := range its {
		if !printed(it) {
			continue
		}
		switch t := it.(type) {
		case *survey.Question:
			b.question(t)
		case *survey.Group:
			b.group(it, t.Items)
		case *survey.Repeat:
			b.heading(it)
			b.repeat(t)
		}
	}
}

func (b *blank) group(it survey.Item, inside []survey.Item) {
	titled := b.heading(it)
	if titled {
		b.depth++
	}
	b.items(inside)
	if titled {
		b.depth--
	}
}

// heading prints the title of a group or repeat and when it is asked; it says
// whether there was a title.
func (b *blank) heading(it survey.Item) bool {
	n := it.Common()
	ts := b.texts(n.Label)
	titled := ts[0] != ""
	if titled {
		font, before := float32(14), 20.0
		if b.depth > 0 {
			font, before = 12, 13
		}
		var cs []column
		for i, t := range ts {
			x, width := 0.0, b.width()+numberRoom
			if i > 0 {
				x, width = b.at(i), b.width()
			}
			cs = append(cs, column{x, b.bold(t, font, width), hue})
		}
		p := row(before, cs...)
		p.title, p.level = plainText(ts[0]), b.depth
		b.add(withNext(p)...)
		if b.depth == 0 {
			b.add(withNext(piece{before: 2, height: 2, draw: func(p *pdf.Page, y float64) { p.Line(leftEdge, y, rightEdge, y, 0.8, hue) }})...)
		}
	}
	b.add(withNext(b.condition(n, it)...)...)
	b.add(withNext(b.row(2, n.Hint, 9, true)...)...)
	return titled
}

// condition says when an item is asked and, of a question, when it must be
// answered, where that is not always.
func (b *blank) condition(n *survey.Node, it survey.Item) []piece {
	lang := b.langs[0]
	var says []string
	switch when := b.p.Condition(it, interview.AboutAsked, lang); when {
	case "always":
	case "":
		says = append(says, "Not asked")
	default:
		says = append(says, "Only if "+when)
	}
	if when := b.p.Condition(it, interview.AboutRequired, lang); when != "" && when != "always" {
		says = append(says, "An answer is needed if "+when)
	}
	if len(says) == 0 {
		return nil
	}
	return []piece{row(3, column{numberRoom, b.slanted("→ "+strings.Join(says, ". ")+".", 8, bodyWidth), hue})}
}

// row prints a text in the languages beside each other, nothing where it is blank.
func (b *blank) row(before float64, t survey.Text, font float32, slanted bool) []piece {
	var cs []column
	for i, s := range b.texts(t) {
		if s == "" {
			continue
		}
		l := b.lay(s, font, b.width())
		if slanted {
			l = b.slanted(plainText(s), font, b.width())
		}
		cs = append(cs, column{b.at(i), l, soft})
	}
	if cs == nil {
		return nil
	}
	return []piece{row(before, cs...)}
}

// question prints a question: when it is asked, its label, hints and room for the
// answer. It is kept on one page, or where it is long its beginning is.
func (b *blank) question(q *survey.Question) {
	if q.Kind == survey.Note {
		b.note(q)
		return
	}
	head := b.condition(&q.Node, q)
	head = append(head, b.label(q))
	head = append(head, b.row(1, q.Hint, 9, true)...)
	head = append(head, b.row(1, q.Guidance, 9, true)...)
	head[0].before += 8
	room := b.answer(q)
	if size(head)+size(room) < (bottomEdge-topEdge)/3 {
		b.add(together(append(head, room...))...)
		return
	}
	b.add(withNext(head...)...)
	for i := range room {
		room[i].keep = i < 2 && len(room) > 3 || i == len(room)-2
	}
	b.add(room...)
}

// label prints number, star and label, and beside it the room for an answer that
// needs little.
func (b *blank) label(q *survey.Question) piece {
	ts := b.texts(q.Label)
	number, first := cutNumber(ts[0])
	if !b.own {
		b.count++
		number, first = fmt.Sprint(b.count), ts[0]
	}
	ts[0] = first
	if ts[0] == "" {
		ts[0] = q.Name
	}
	if len(ts) > 1 && b.own {
		_, ts[1] = cutNumber(ts[1])
	}
	width := b.width()
	if b.beside(q) {
		width -= answerRoom + 8
	}
	cs := []column{{0, b.bold(number, 9, 0), hue}}
	for i, t := range ts {
		if t != "" {
			cs = append(cs, column{b.at(i), b.lay(t, 11, width), ink})
		}
	}
	if b.p.Condition(q, interview.AboutRequired, b.langs[0]) == "always" {
		cs = append(cs, column{numberRoom - 10, b.bold("*", 11, 0), alarm})
	}
	p := row(0, cs...)
	if b.beside(q) {
		texts := p.draw
		p.height = max(p.height, 18)
		p.draw = func(page *pdf.Page, y float64) {
			texts(page, y)
			b.shortAnswer(page, q, rightEdge-answerRoom, y)
		}
	}
	return p
}

// note prints what is read or done on a tinted ground.
func (b *blank) note(q *survey.Question) {
	for _, p := range b.condition(&q.Node, q) {
		p.before += 6
		b.add(withNext(p)...)
	}
	var cs []column
	for i, t := range b.texts(q.Label) {
		if t != "" {
			cs = append(cs, column{b.at(i), b.lay(t, 10, b.width()-8), ink})
		}
	}
	if cs == nil {
		return
	}
	lines := paragraph(0, cs...)
	for i := range lines {
		p := &lines[i]
		texts := p.draw
		p.draw = func(page *pdf.Page, y float64) {
			page.Rect(leftEdge+numberRoom-6, y, bodyWidth+6, p.height+0.3, pdf.Look{Fill: tint})
			texts(page, y)
		}
	}
	lines = slices.Concat(withNext(ground(8)), lines, []piece{ground(0)})
	lines[len(lines)-2].keep = true
	hint := b.row(2, q.Hint, 9, true)
	lines[len(lines)-1].keep = len(hint) > 0
	if size(lines) < (bottomEdge-topEdge)/3 {
		lines = withNext(lines...)
		lines[len(lines)-1].keep = len(hint) > 0
	}
	b.add(lines...)
	b.add(hint...)
}

// ground is the edge of the tinted ground of a note.
func ground(before float64) piece {
	return piece{before: before, height: 4, draw: func(page *pdf.Page, y float64) {
		page.Rect(leftEdge+numberRoom-6, y, bodyWidth+6, 4.3, pdf.Look{Fill: tint})
	}}
}

// computed says how the values are computed that conditions of the form rest on.
func (b *blank) computed() {
	all := b.p.Computations(b.langs[0])
	if len(all) == 0 {
		return
	}
	const title = "What the program computes"
	head := row(20, column{0, b.bold(title, 14, rightEdge-leftEdge), hue})
	head.title = title
	b.add(withNext(head, row(2, column{0, b.lay("Conditions above name these values. The formulas are those of the form; choices stand in them by their codes.", 9, rightEdge-leftEdge), soft}))...)
	for _, c := range all {
		l := b.face.Spans([]text.Span{{Text: c.Name + "  ", Bold: true}, {Text: c.Formula}}, text.Style{Size: 8, Width: int(rightEdge - leftEdge)})
		b.add(paragraph(4, column{0, l, ink})...)
	}
}
