package job

import (
	"fmt"
	"strings"

	"sselandscape/maps/pdf"
	"sselandscape/maps/text"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

const (
	blankRows    = 4    // of a repeat
	rowHeight    = 24.0 // points
	tableColumns = 5    // beside each other
	rowNumber    = 18.0 // points
)

// repeat prints a repeat as tables with blank rows. What is asked in a row stands
// in several tables where one is not wide enough; rows have numbers.
func (b *blank) repeat(r *survey.Repeat) {
	var asked []*survey.Question
	var inner []*survey.Repeat
	var walk func(items []survey.Item)
	walk = func(items []survey.Item) {
		for _, it := range items {
			switch t := it.(type) {
			case *survey.Question:
				if asksOnPaper(t) && t.Kind != survey.Note {
					asked = append(asked, t)
				}
			case *survey.Group:
				walk(t.Items)
			case *survey.Repeat:
				inner = append(inner, t)
			}
		}
	}
	walk(r.Items)
	for len(asked) > 0 {
		n := min(tableColumns, len(asked))
		if left := len(asked); left > tableColumns && left < 2*tableColumns {
			n = (left + 1) / 2
		}
		b.table(asked[:n])
		asked = asked[n:]
	}
	b.add(row(3, column{numberRoom, b.slanted("Take another sheet for more rows.", 8, bodyWidth), soft}))
	for _, k := range inner {
		if printed(k) {
			b.heading(k)
			b.add(withNext(row(2, column{numberRoom, b.slanted("For each row of “"+plainText(b.texts(r.Label)[0])+"” apart.", 8, bodyWidth), soft}))...)
			b.repeat(k)
		}
	}
}

// table prints questions as the columns of a table, and under it what their codes
// mean.
func (b *blank) table(qs []*survey.Question) {
	width := (rightEdge - leftEdge - rowNumber) / float64(len(qs))
	heads := make([][]*text.Layout, len(qs))
	top := piece{before: 8}
	for i, q := range qs {
		heads[i] = b.tableHead(q, width-8)
		h := 6.0
		for _, l := range heads[i] {
			h += float64(l.Height) + 1
		}
		top.height = max(top.height, h)
	}
	top.draw = func(p *pdf.Page, y float64) {
		p.Rect(leftEdge, y, rightEdge-leftEdge, top.height, pdf.Look{Fill: tint})
		for i := range qs {
			at := y + 3
			for j, l := range heads[i] {
				c := ink
				if j > 0 {
					c = soft
				}
				p.Text(l, leftEdge+rowNumber+float64(i)*width+4, at, c)
				at += float64(l.Height) + 1
			}
		}
		grid(p, y, top.height, len(qs), width)
	}
	ps := []piece{top}
	for i := range blankRows {
		n := b.lay(fmt.Sprint(i+1), 8, 0)
		ps = append(ps, piece{height: rowHeight, draw: func(p *pdf.Page, y float64) {
			p.Text(n, leftEdge+5, y+6, soft)
			grid(p, y, rowHeight, len(qs), width)
		}})
	}
	b.add(together(ps)...)
	for _, q := range qs {
		b.key(q)
	}
}

// grid draws the lines around a row of a table.
func grid(p *pdf.Page, y, height float64, columns int, width float64) {
	p.Rect(leftEdge, y, rightEdge-leftEdge, height, pdf.Look{Stroke: rule, Width: 0.5})
	for i := range columns {
		x := leftEdge + rowNumber + float64(i)*width
		p.Line(x, y, x, y+height, 0.5, rule)
	}
}

// tableHead is a question at the head of a column, with a star where an answer is
// needed, in small type.
func (b *blank) tableHead(q *survey.Question, width float64) []*text.Layout {
	var out []*text.Layout
	for i, t := range b.texts(q.Label) {
		if i == 0 && b.p.Condition(q, interview.AboutRequired, b.langs[0]) == "always" {
			t += " *"
		}
		if t != "" {
			out = append(out, b.lay(t, 8, width))
		}
	}
	if when := b.p.Condition(q, interview.AboutAsked, b.langs[0]); when != "always" && when != "" {
		out = append(out, b.slanted("→ Only if "+when+".", 7, width))
	}
	if q.Kind == survey.Geopoint {
		out = append(out, b.slanted("latitude, longitude", 7, width))
	}
	return out
}

// key says what the codes of a column mean.
func (b *blank) key(q *survey.Question) {
	if !q.Kind.Selects() {
		return
	}
	shown, all := b.offered(q)
	var words []string
	for _, c := range shown {
		label := plainText(strings.Join(b.texts(c.Label), " / "))
		words = append(words, c.Name+" = "+strings.TrimSuffix(label, " /"))
	}
	says := strings.Join(words, "; ")
	if says != "" {
		says += ". "
	}
	b.add(paragraph(3, column{0, b.lay(plainText(b.texts(q.Label)[0])+": "+says+more(q, len(shown), all), 8, rightEdge-leftEdge), soft})...)
}
