package job

import (
	"fmt"
	"strings"

	"sselandscape/maps/pdf"
	"sselandscape/maps/text"
	"sselandscape/survey"
)

// beside says whether the room for an answer stands beside the question: a number
// or a day needs little, if the question is in one language.
func (b *blank) beside(q *survey.Question) bool {
	if len(b.langs) > 1 {
		return false
	}
	switch q.Kind {
	case survey.Integer, survey.Decimal, survey.Range, survey.Date, survey.Time, survey.DateTime:
		return true
	}
	return false
}

// answer is the room for an answer under a question.
func (b *blank) answer(q *survey.Question) []piece {
	var out []piece
	switch q.Kind {
	case survey.SelectOne, survey.SelectMultiple, survey.Rank:
		out = b.choices(q)
	case survey.Integer, survey.Decimal, survey.Range, survey.Date, survey.Time, survey.DateTime:
		if !b.beside(q) {
			out = append(out, piece{before: 4, height: 18, draw: func(p *pdf.Page, y float64) { b.shortAnswer(p, q, leftEdge+numberRoom, y) }})
		}
	case survey.Geopoint:
		out = append(out, b.captions(3, "Latitude", "Longitude", "within metres"))
	case survey.Acknowledge:
		out = append(out, b.ticks([]string{"It is right as given"}))
	case survey.String, survey.Barcode:
		lines := 1
		if strings.Contains(q.Appearance, "multiline") {
			lines = 4
		}
		for range lines {
			out = append(out, b.ruled())
		}
	default:
		out = append(out, row(2, column{numberRoom, b.slanted("To be taken with the program.", 9, bodyWidth), soft}))
	}
	var special []string
	for _, s := range q.Specials() {
		special = append(special, survey.Value{Special: s}.String())
	}
	if len(special) > 0 {
		out = append(out, b.ticks(special))
	}
	return out
}

// ruled is a line to write on.
func (b *blank) ruled() piece {
	return piece{height: 21, draw: func(p *pdf.Page, y float64) { p.Line(leftEdge+numberRoom, y+19, rightEdge, y+19, 0.5, rule) }}
}

// captions is lines to write on beside each other, each with a word before it.
func (b *blank) captions(before float64, words ...string) piece {
	return piece{before: before, height: 20, draw: func(p *pdf.Page, y float64) {
		step := bodyWidth / float64(len(words))
		for i, w := range words {
			x := leftEdge + numberRoom + float64(i)*step
			l := b.lay(w, 9, 0)
			p.Text(l, x, y+5, soft)
			p.Line(x+float64(l.Width)+4, y+18, x+step-10, y+18, 0.5, rule)
		}
	}}
}

// ticks is boxes for short answers on one line.
func (b *blank) ticks(words []string) piece {
	return piece{before: 4, height: 14, draw: func(p *pdf.Page, y float64) {
		x := leftEdge + numberRoom
		for _, w := range words {
			box(p, x, y+2, false)
			l := b.lay(w, 9, 0)
			p.Text(l, x+14, y, soft)
			x += 14 + float64(l.Width) + 18
		}
	}}
}

// box is a box to tick: round where there is one answer.
func box(p *pdf.Page, x, y float64, round bool) {
	var path pdf.Path
	if round {
		path.Circle(x+4.5, y+4.5, 4.5)
	} else {
		path.Rect(x, y, 9, 9)
	}
	p.Draw(&path, pdf.Look{Stroke: ink, Width: 0.7})
}

// shortAnswer is the room for a number, a day or a time.
func (b *blank) shortAnswer(p *pdf.Page, q *survey.Question, x, y float64) {
	parts, words := []float64{answerRoom}, []string{""}
	switch q.Kind {
	case survey.Date:
		parts, words = []float64{36, 36, 60}, []string{"day", "month", "year"}
	case survey.Time:
		parts, words = []float64{40, 40}, []string{"hour", "minute"}
	case survey.DateTime:
		parts, words = []float64{22, 22, 34, 27, 27}, []string{"d", "m", "year", "h", "min"}
	case survey.Range:
		words[0] = fmt.Sprintf("%s – %s", q.Parameters["start"], q.Parameters["end"])
	}
	for i, w := range parts {
		p.Rect(x, y, w, 18, pdf.Look{Stroke: rule, Width: 0.6})
		if words[i] != "" {
			l := b.lay(words[i], 6, 0)
			p.Text(l, x+w-float64(l.Width)-3, y+9, soft)
		}
		x += w
	}
}

// offered lists the choices of a question as they can be printed, and how many
// there are in all; -1 where only the program knows. Of a long list that is offered
// in parts the beginning would be of no use.
func (b *blank) offered(q *survey.Question) (shown []survey.Choice, all int) {
	list := b.p.Form.Lists[q.List]
	if q.External {
		list = b.p.Form.External[q.List]
	}
	switch {
	case list == nil:
		return nil, -1
	case len(list.Choices) > choicesShown && q.ChoiceFilter != "":
		return nil, len(list.Choices)
	}
	return list.Choices[:min(choicesShown, len(list.Choices))], len(list.Choices)
}

// more says what is not printed of the choices, "" where all are.
func more(q *survey.Question, shown, all int) string {
	switch {
	case all < 0:
		return "The choices stand in the program."
	case shown == 0 && all > 0:
		return fmt.Sprintf("One of %d, by other answers; see the list in the program.", all)
	case all > shown:
		return fmt.Sprintf("… and %d more; see the list in the program.", all-shown)
	case q.ChoiceFilter != "":
		return "Which of these are offered depends on other answers."
	}
	return ""
}

// choices prints boxes with labels and codes, in as many columns as the longest
// label allows.
func (b *blank) choices(q *survey.Question) []piece {
	shown, all := b.offered(q)
	cells := make([]*choiceCell, len(shown))
	widest := 0.0
	for i := range shown {
		cells[i] = b.cell(&shown[i], q.Kind)
		widest = max(widest, cells[i].natural)
	}
	n := 1
	if len(b.langs) == 1 {
		n = max(1, min(4, len(cells), int(bodyWidth/widest)))
	}
	var out []piece
	for i := 0; i < len(cells); i += n {
		out = append(out, b.cells(cells[i:min(i+n, len(cells))], n))
	}
	if len(out) > 0 {
		out[0].before = 3
	}
	if t := more(q, len(shown), all); t != "" {
		out = append(out, row(2, column{numberRoom, b.slanted(t, 9, bodyWidth), soft}))
	}
	if all != len(shown) {
		out = append(out, b.ruled())
	}
	return out
}

// choiceCell is a choice ready to be printed.
type choiceCell struct {
	texts   []string
	code    *text.Layout
	kind    survey.Kind
	natural float64 // width in points, on one line
}

func (b *blank) cell(c *survey.Choice, kind survey.Kind) *choiceCell {
	out := &choiceCell{texts: b.texts(c.Label), code: b.lay(c.Name, 7, 0), kind: kind}
	if out.texts[0] == "" {
		out.texts[0] = c.Name
	}
	out.natural = boxRoom + float64(b.lay(out.texts[0], 10, 0).Width) + 5 + float64(out.code.Width) + 14
	return out
}

// boxRoom is the room of a box before its label, in points.
const boxRoom = 15

// cells is a row of choices in n columns.
func (b *blank) cells(cs []*choiceCell, n int) piece {
	step := bodyWidth / float64(n)
	if len(b.langs) > 1 {
		step = b.width()
	}
	labels := make([][]*text.Layout, len(cs))
	p := piece{before: 1.5}
	for i, c := range cs {
		for _, t := range c.texts {
			l := b.besideBox(t, step-boxRoom-float64(c.code.Width)-10)
			labels[i] = append(labels[i], l)
			p.height = max(p.height, float64(l.Height))
		}
	}
	p.draw = func(page *pdf.Page, y float64) {
		for i, c := range cs {
			x := leftEdge + numberRoom + float64(i)*step
			if c.kind == survey.Rank {
				page.Rect(x, y+1, 11, 11, pdf.Look{Stroke: rule, Width: 0.6})
			} else {
				box(page, x, y+2.5, c.kind == survey.SelectOne)
			}
			page.Text(labels[i][0], x+boxRoom, y, ink)
			page.Text(c.code, x+boxRoom+float64(labels[i][0].Width)+5, y+3.5, soft)
			if len(labels[i]) > 1 {
				page.Text(labels[i][1], leftEdge+b.at(1)+boxRoom, y, ink)
			}
		}
	}
	return p
}
