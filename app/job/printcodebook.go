package job

import (
	"fmt"
	"io"
	"strings"

	"sselandscape/maps/pdf"
	"sselandscape/maps/text"
	"sselandscape/storage/exchange"
)

// printedBook is a codebook on its way to paper.
type printedBook struct {
	*sheet
	book  *exchange.Codebook
	pages map[string]pdf.Place // where sections begin
}

// sheetWidth is the width of a page's text in points.
const sheetWidth = rightEdge - leftEdge

// printCodebook writes a codebook as PDF: contents with page numbers, then a part for each
// variable.
func printCodebook(w io.Writer, c *exchange.Codebook) error {
	s, err := newSheet(c.Heading()+": codebook", c.About.Language, "Codebook · "+c.Heading())
	if err != nil {
		return err
	}
	b := &printedBook{sheet: s, book: c, pages: map[string]pdf.Place{}}
	if c.Fictional {
		b.banner = "Fictional data: an example, not real organizations"
	}
	b.head()
	b.contents()
	for i, t := range c.Tables {
		b.table(i, t)
	}
	return b.write(w)
}

// literal lays out text as it stands: names of columns have no marks.
func (b *printedBook) literal(t string, size float32, width float64, bold bool) *text.Layout {
	return b.face.Spans([]text.Span{{Text: printable(t), Bold: bold}}, text.Style{Size: size, Width: int(width)})
}

// printable is a text without control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func (b *printedBook) head() {
	b.add(row(0, column{0, b.literal(b.book.Heading(), 17, sheetWidth, true), ink}), row(2, column{0, b.literal("Codebook", 12, sheetWidth, false), soft}), piece{height: 8})
	for _, f := range b.book.Facts() {
		b.add(row(2, column{0, b.literal(f[0], 10, 110, false), soft}, column{120, b.literal(f[1], 10, sheetWidth-120, false), ink}))
	}
	b.add(piece{height: 6})
	for _, n := range b.book.Notes() {
		b.add(paragraph(4, column{0, b.literal(n, 9, sheetWidth, false), ink})...)
	}
}

func tableKey(i int) string      { return fmt.Sprintf("t%d", i) }
func sectionKey(i, k int) string { return fmt.Sprintf("t%ds%d", i, k) }

// contents lists tables and groups with their pages, which are known in the end.
func (b *printedBook) contents() {
	b.add(withNext(row(16, column{0, b.literal("Contents", 13, sheetWidth, true), hue}))...)
	for i, t := range b.book.Tables {
		b.entry(tableKey(i), t.Title(), 0)
		for k, s := range b.book.Sections(t) {
			if s.Name != "" {
				b.entry(sectionKey(i, k), s.Label, 14)
			}
		}
	}
}

func (b *printedBook) entry(key, title string, indent float64) {
	p := row(3, column{indent, b.literal(title, 10, sheetWidth-indent-40, false), ink})
	draw, height := p.draw, p.height
	p.draw = func(page *pdf.Page, y float64) {
		draw(page, y)
		b.after = append(b.after, func() {
			to := b.pages[key]
			n := b.line(fmt.Sprint(to.Page+1), 10)
			page.Text(n, rightEdge-float64(n.Width), y, soft)
			page.Link(leftEdge, y, sheetWidth, height, to)
		})
	}
	b.add(p)
}

// begins marks where a section begins.
func (b *printedBook) begins(key string, p piece) piece {
	draw := p.draw
	p.draw = func(page *pdf.Page, y float64) {
		b.pages[key] = pdf.Place{Page: page.Number(), Y: y - 8}
		draw(page, y)
	}
	return p
}

func (b *printedBook) table(i int, t *exchange.TableBook) {
	title := b.begins(tableKey(i), row(22, column{0, b.literal(t.Title(), 14, sheetWidth, true), hue}))
	title.title = t.Title()
	b.add(withNext(title, row(1, column{0, b.literal(fmt.Sprintf("%d rows, %d variables", t.Cases, len(t.Variables)), 9, sheetWidth, false), soft}))...)
	for k, s := range b.book.Sections(t) {
		if s.Name != "" {
			p := b.begins(sectionKey(i, k), row(14, column{0, b.literal(s.Label, 12, sheetWidth, true), hue}))
			p.title, p.level = s.Label, 1
			b.add(withNext(p)...)
		}
		for _, v := range s.Variables {
			b.variable(v)
		}
	}
}

func (b *printedBook) variable(v *exchange.Variable) {
	name := row(9, column{0, b.literal(v.Name, 10, sheetWidth, true), ink})
	name.title, name.level = printable(v.Name), 2
	b.add(withNext(name)...)
	for _, says := range []string{v.Label, v.Note} {
		if says != "" {
			b.add(withNext(paragraph(1, column{0, b.literal(says, 10, sheetWidth, false), ink})...)...)
		}
	}
	for _, says := range []string{v.Hint, v.Guidance} {
		if says != "" {
			b.add(withNext(paragraph(1, column{0, b.slanted(printable(says), 9, sheetWidth), soft})...)...)
		}
	}
	b.add(row(1, column{0, b.literal(factsOf(v), 8, sheetWidth, false), soft}))
	for _, f := range v.Codes {
		b.frequency(f, "")
	}
	for _, f := range v.Reasons {
		b.frequency(f, "missing: ")
	}
	if v.Summary != nil {
		var words []string
		for _, l := range v.Summary.Lines() {
			words = append(words, l[0]+" "+l[1])
		}
		b.add(row(2, column{10, b.literal(strings.Join(words, "; "), 9, sheetWidth-10, false), ink}))
	}
}

// factsOf is the line under a question.
func factsOf(v *exchange.Variable) string {
	says := "Type: " + v.KindName() + "."
	if v.Class != "" {
		says += " Class: " + string(v.Class) + "."
	}
	says += fmt.Sprintf(" Answers: %s. Missing: %s.", v.Valid, v.Missing)
	if v.Strange {
		says += " Some answers are not of this type, or no choices."
	}
	return says
}

func (b *printedBook) frequency(f exchange.Frequency, before string) {
	n := b.literal(f.Count.String(), 9, 0, false)
	p := row(1, column{10, b.literal(f.Code, 8, 100, false), soft}, column{118, b.literal(before+f.Label, 9, sheetWidth-118-60, false), ink},
		column{sheetWidth - float64(n.Width), n, ink})
	b.add(p)
}
