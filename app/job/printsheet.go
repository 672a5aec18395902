package job

import (
	"fmt"
	"image/color"
	"io"
	"strings"

	"sselandscape/assets"
	"sselandscape/maps/pdf"
	"sselandscape/maps/text"
)

// A4 and the part of it that is printed on, in points.
const (
	paperWidth, paperHeight = 595.0, 842.0
	leftEdge, rightEdge     = 46.0, 549.0
	topEdge, bottomEdge     = 54.0, 790.0
)

var (
	ink   = color.NRGBA{25, 25, 25, 255}
	soft  = color.NRGBA{95, 95, 95, 255}
	hue   = color.NRGBA{20, 84, 120, 255}
	rule  = color.NRGBA{150, 150, 150, 255}
	tint  = color.NRGBA{238, 242, 245, 255}
	alarm = color.NRGBA{176, 20, 20, 255}
)

// piece is something that stands on one page: a line of text, a row of choices.
type piece struct {
	before float64 // room above it, unless it is the first on its page
	height float64
	keep   bool // on the same page as the next piece
	draw   func(p *pdf.Page, y float64)
	title  string // of its bookmark, "" for none
	level  int
}

// sheet is a document being put together from pieces.
type sheet struct {
	doc    *pdf.Document
	face   *text.Face
	pieces []piece
	foot   string
	banner string   // in the head of every page, "" for none
	after  []func() // drawn when all pieces have their page
}

func newSheet(title, language, foot string) (*sheet, error) {
	doc, err := pdf.New(assets.Font(), pdf.Info{Title: title, Language: language})
	if err != nil {
		return nil, err
	}
	return &sheet{doc: doc, face: Face(), foot: foot}, nil
}

func (s *sheet) add(ps ...piece) { s.pieces = append(s.pieces, ps...) }

// write puts the pieces on pages and writes them.
func (s *sheet) write(w io.Writer) error {
	s.flow()
	for _, draw := range s.after {
		draw()
	}
	n := s.doc.Pages()
	for i := range n {
		s.frame(s.doc.PageAt(i), i+1, n)
	}
	return s.doc.Write(w)
}

// flow puts the pieces on pages. Those that are kept together move to the next
// page together, unless no page can hold them.
func (s *sheet) flow() {
	page, y := s.doc.Page(paperWidth, paperHeight), topEdge
	for i := 0; i < len(s.pieces); {
		end, room := s.chain(i)
		if y > topEdge && y+room > bottomEdge && room <= bottomEdge-topEdge {
			page, y = s.doc.Page(paperWidth, paperHeight), topEdge
		}
		for ; i < end; i++ {
			p := s.pieces[i]
			if y > topEdge {
				y += p.before
			}
			if y > topEdge && y+p.height > bottomEdge {
				page, y = s.doc.Page(paperWidth, paperHeight), topEdge
			}
			if p.title != "" {
				s.doc.Bookmark(p.level, p.title, pdf.Place{Page: page.Number(), Y: y - 8})
			}
			if p.draw != nil {
				p.draw(page, y)
			}
			y += p.height
		}
	}
}

// chain finds where the pieces that are kept together with one end, and the room
// they need.
func (s *sheet) chain(from int) (end int, room float64) {
	for end = from; ; end++ {
		room += s.pieces[end].before + s.pieces[end].height
		if !s.pieces[end].keep || end == len(s.pieces)-1 {
			return end + 1, room
		}
	}
}

// frame draws head and foot of a page.
func (s *sheet) frame(p *pdf.Page, number, of int) {
	p.Line(leftEdge, bottomEdge+10, rightEdge, bottomEdge+10, 0.5, rule)
	p.Text(s.line(s.foot, 8), leftEdge, bottomEdge+13, soft)
	n := s.line(fmt.Sprintf("Page %d of %d", number, of), 8)
	p.Text(n, rightEdge-float64(n.Width), bottomEdge+13, soft)
	if s.banner != "" {
		b := s.bold(s.banner, 9, 0)
		p.Text(b, (paperWidth-float64(b.Width))/2, 26, alarm)
	}
}

// line lays out text that is cut where the page ends.
func (s *sheet) line(t string, size float32) *text.Layout {
	return s.face.Layout(t, text.Style{Size: size, Width: int(rightEdge - leftEdge - 80), Lines: 1, Align: text.Left})
}

// Sizes of text are whole points: the shaper spaces glyphs for the next whole size.

// lay lays out text with the marks of questions, broken at a width in points.
func (s *sheet) lay(t string, size float32, width float64) *text.Layout {
	return s.face.Spans(text.Markup(t), text.Style{Size: size, Width: int(width)})
}

// besideBox lays out the label of a choice: it begins at its box, whichever way its
// script runs.
func (s *sheet) besideBox(t string, width float64) *text.Layout {
	return s.face.Spans(text.Markup(t), text.Style{Size: 10, Width: int(width), Align: text.Left})
}

func (s *sheet) bold(t string, size float32, width float64) *text.Layout {
	return s.face.Spans(text.Markup(t), text.Style{Size: size, Width: int(width), Bold: true})
}

func (s *sheet) slanted(t string, size float32, width float64) *text.Layout {
	return s.face.Spans([]text.Span{{Text: t, Italic: true}}, text.Style{Size: size, Width: int(width)})
}

// column is text at a distance from the left edge.
type column struct {
	x      float64
	layout *text.Layout
	color  color.Color
}

// row is a piece with texts beside each other.
func row(before float64, cs ...column) piece {
	p := piece{before: before, draw: func(page *pdf.Page, y float64) {
		for _, c := range cs {
			page.Text(c.layout, leftEdge+c.x, y, c.color)
		}
	}}
	for _, c := range cs {
		p.height = max(p.height, float64(c.layout.Height))
	}
	return p
}

// paragraph is text that may go on on the next page, but never with a single line
// on either. Several columns are in the same size.
func paragraph(before float64, cs ...column) []piece {
	n, pitch := 0, 0.0
	for _, c := range cs {
		n, pitch = max(n, c.layout.Lines()), max(pitch, float64(c.layout.Pitch()))
	}
	out := make([]piece, n)
	for i := range out {
		out[i] = piece{height: pitch, keep: i == 0 && n > 1 || i == n-2, draw: func(page *pdf.Page, y float64) {
			for _, c := range cs {
				page.Lines(c.layout, i, i+1, leftEdge+c.x, y, c.color)
			}
		}}
	}
	if n > 0 {
		out[0].before = before
	}
	return out
}

// together keeps pieces on one page.
func together(ps []piece) []piece {
	for i := range ps {
		ps[i].keep = i < len(ps)-1
	}
	return ps
}

// withNext keeps pieces together with what follows.
func withNext(ps ...piece) []piece {
	for i := range ps {
		ps[i].keep = true
	}
	return ps
}

// size is the room that pieces need.
func size(ps []piece) (h float64) {
	for _, p := range ps {
		h += p.before + p.height
	}
	return h
}

// plainText leaves out the marks for bold and for instructions.
func plainText(s string) string {
	var b strings.Builder
	for _, sp := range text.Markup(s) {
		b.WriteString(sp.Text)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
