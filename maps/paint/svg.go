package paint

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"strconv"
	"strings"

	"sselandscape/maps/text"
)

// SVG writes a scene as an SVG 1.1 picture, a unit of it being a pixel. Text is in
// outlines, with the words as label for those who read aloud: the letters of a map for
// many scripts are then the same wherever it is opened, whatever fonts are there.
func (p *Painter) SVG(ctx context.Context, w io.Writer, s Scene) error {
	c := p.canvas(&s)
	c.closed = true
	if err := c.compose(ctx); err != nil {
		return err
	}
	out := &svgSheet{w: bufio.NewWriter(w), glyphs: map[svgGlyph]int{}}
	width, height := s.View.Width, s.View.Height
	fmt.Fprintf(out.w, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%d" height="%d" viewBox="0 0 %d %d">
`, width, height, width, height)
	if s.Title != "" {
		fmt.Fprintf(out.w, "<title>%s</title>\n", escaped(s.Title))
	}
	fmt.Fprintf(out.w, "<desc>%s</desc>\n", escaped(c.source()))
	out.area([][]xy{corners(boxOf(c.size))}, straight(c.ground()))
	c.onto(out)
	out.w.WriteString("</svg>\n")
	if err := ctx.Err(); err != nil {
		return err
	}
	return out.w.Flush()
}

// svgSheet writes elements; what goes wrong the buffer remembers.
type svgSheet struct {
	w        *bufio.Writer
	patterns int              // and areas that clip
	glyphs   map[svgGlyph]int // numbers of those that are defined
}

// svgGlyph is an outline that is defined once.
type svgGlyph struct {
	id           int
	size         float32
	bold, italic bool
}

func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // writes to memory, which does not fail
	return b.String()
}

func short(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	if s == "-0" {
		return "0"
	}
	return s
}

func (s *svgSheet) path(lines [][]xy, closed bool) {
	s.w.WriteString(` d="`)
	for _, l := range lines {
		for i, v := range l {
			s.w.WriteByte("ML"[min(i, 1)])
			s.w.WriteString(short(v.x))
			s.w.WriteByte(' ')
			s.w.WriteString(short(v.y))
		}
		if closed {
			s.w.WriteByte('Z')
		}
	}
	s.w.WriteByte('"')
}

// paint is a colour as an attribute, with its opacity where it is not whole.
func svgPaint(what string, c color.NRGBA) string {
	out := fmt.Sprintf(` %s="#%02x%02x%02x"`, what, c.R, c.G, c.B)
	if c.A < 255 {
		out += fmt.Sprintf(` %s-opacity="%s"`, what, short(float64(c.A)/255))
	}
	return out
}

func (s *svgSheet) area(rings [][]xy, col color.NRGBA) {
	s.w.WriteString("<path" + svgPaint("fill", col))
	s.path(rings, true)
	s.w.WriteString("/>\n")
}

func (s *svgSheet) hatch(rings [][]xy, h *hatching) {
	s.patterns++
	p, w := h.pitch, h.width
	d := fmt.Sprintf("M0 0L%d 0L0 %dZM%d 0L%d %dL%d %dL0 %dZ", w, w, p, p, w, w, p, p)
	if !h.rising {
		d = fmt.Sprintf("M0 0L%d 0L%d %dL%d %dZM0 %dL0 %dL%d %dZ", w, p, p-w, p, p, p-w, p, w, p)
	}
	fmt.Fprintf(s.w, `<defs><pattern id="h%d" patternUnits="userSpaceOnUse" width="%d" height="%d"><path%s d="%s"/></pattern></defs>`+"\n", s.patterns, p, p, svgPaint("fill", straight(h.color)), d)
	fmt.Fprintf(s.w, `<path fill="url(#h%d)"`, s.patterns)
	s.path(rings, true)
	s.w.WriteString("/>\n")
}

func (s *svgSheet) clip(rings [][]xy, draw func()) {
	s.patterns++
	fmt.Fprintf(s.w, `<clipPath id="c%d"><path`, s.patterns)
	s.path(rings, true)
	fmt.Fprintf(s.w, `/></clipPath><g clip-path="url(#c%d)">`+"\n", s.patterns)
	draw()
	s.w.WriteString("</g>\n")
}

func (s *svgSheet) stroke(lines [][]xy, width float64, round bool, col color.NRGBA) {
	fmt.Fprintf(s.w, `<path fill="none"%s stroke-width="%s"`, svgPaint("stroke", col), short(width))
	if round {
		s.w.WriteString(` stroke-linecap="round" stroke-linejoin="round"`)
	}
	s.path(lines, false)
	s.w.WriteString("/>\n")
}

func (s *svgSheet) words(w *words) {
	label, uses := "", ""
	for g := range w.layout.Glyphs() {
		label += g.Text
		if n := s.define(w.layout, g); n > 0 {
			uses += fmt.Sprintf(`<use xlink:href="#g%d" x="%s" y="%s"/>`, n, short(w.at.x+float64(g.X)), short(w.at.y+float64(g.Y)))
		}
	}
	fmt.Fprintf(s.w, `<g role="img" aria-label="%s">`, escaped(label))
	if w.rim > 0 {
		halo := straight(w.halo)
		fmt.Fprintf(s.w, `<g%s%s stroke-width="%s" stroke-linejoin="round">%s</g>`, svgPaint("fill", halo), svgPaint("stroke", halo), short(2*w.rim), uses)
	}
	fmt.Fprintf(s.w, "<g%s>%s</g></g>\n", svgPaint("fill", straight(w.color)), uses)
}

// picture is embedded as a PNG.
func (s *svgSheet) picture(p *picture) {
	r := p.rect()
	fmt.Fprintf(s.w, `<image x="%d" y="%d" width="%d" height="%d" preserveAspectRatio="none" opacity="%s" xlink:href="data:image/png;base64,`, r.Min.X, r.Min.Y, r.Dx(), r.Dy(), short(p.opacity))
	b := base64.NewEncoder(base64.StdEncoding, s.w)
	png.Encode(b, p.shown()) // the buffer remembers what goes wrong
	b.Close()
	s.w.WriteString("\"/>\n")
}

// define writes the outline of a glyph where it was not yet; 0 if it has none.
func (s *svgSheet) define(l *text.Layout, g text.Glyph) int {
	k := svgGlyph{g.ID, l.Size(), g.Bold, g.Italic}
	if n, ok := s.glyphs[k]; ok {
		return n
	}
	pen := &svgPen{}
	if l.Trace(g, pen); pen.d == "" {
		s.glyphs[k] = 0
		return 0
	}
	n := len(s.glyphs) + 1
	s.glyphs[k] = n
	fmt.Fprintf(s.w, `<defs><path id="g%d" d="%s"/></defs>`+"\n", n, pen.d)
	return n
}

// svgPen writes an outline as path data.
type svgPen struct{ d string }

func (p *svgPen) op(op string, at ...float32) {
	p.d += op
	for i, v := range at {
		if i > 0 {
			p.d += " "
		}
		p.d += short(float64(v))
	}
}

// MoveTo implements text.Pen.
func (p *svgPen) MoveTo(x, y float32) { p.op("M", x, y) }

// LineTo implements text.Pen.
func (p *svgPen) LineTo(x, y float32) { p.op("L", x, y) }

// QuadTo implements text.Pen.
func (p *svgPen) QuadTo(ax, ay, x, y float32) { p.op("Q", ax, ay, x, y) }

// CubeTo implements text.Pen.
func (p *svgPen) CubeTo(ax, ay, bx, by, x, y float32) { p.op("C", ax, ay, bx, by, x, y) }

// ClosePath implements text.Pen.
func (p *svgPen) ClosePath() { p.d += "Z" }
