package pdf

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"

	"sselandscape/maps/text"
)

// Page takes drawings, each on top of those before. Lengths are points from the
// page's top left corner.
type Page struct {
	doc           *Document
	width, height float64
	number        int
	body          bytes.Buffer
	links         []link
	used          []int // pictures, by number
}

type link struct {
	x, y, w, h float64
	to         Place
}

// Number is the page's place in the document, from 0.
func (p *Page) Number() int { return p.number }

// Link makes an area of the page lead to a place (ISO 32000-1, 12.5.6.5).
func (p *Page) Link(x, y, w, h float64, to Place) {
	p.links = append(p.links, link{x, y, w, h, to})
}

func (p *Page) annotations(pages []int) string {
	if len(p.links) == 0 {
		return ""
	}
	out := "/Annots["
	for _, l := range p.links {
		out += fmt.Sprintf("<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[%s %s %s %s]/Dest%s>>",
			num(l.x), num(p.height-l.y-l.h), num(l.x+l.w), num(p.height-l.y), p.doc.destination(l.to, pages))
	}
	return out + "]"
}

// Text draws a layout with its top left corner at (x, y); a pixel of the layout is
// a point. Parts with a colour of their own keep it.
func (p *Page) Text(l *text.Layout, x, y float64, c color.Color) {
	p.Lines(l, 0, l.Lines(), x, y, c)
}

// Lines draws the lines of a layout from one, up to another that is left out, with
// the first of them at (x, y): for text that goes on on another page.
func (p *Page) Lines(l *text.Layout, from, to int, x, y float64, c color.Color) {
	p.set(l, from, to, x, y, textLook{color: rgba(c)})
}

// Halo draws the rim of a layout, of a width in points, as the ground of the text
// that is to be drawn at the same place. What it shows is not text: it cannot be
// searched.
func (p *Page) Halo(l *text.Layout, x, y, width float64, c color.Color) {
	if width <= 0 {
		return
	}
	p.body.WriteString("/Span<</ActualText<FEFF>>>BDC\n")
	p.set(l, 0, l.Lines(), x, y, textLook{color: rgba(c), rim: width})
	p.body.WriteString("EMC\n")
}

func (p *Page) set(l *text.Layout, from, to int, x, y float64, look textLook) {
	y -= float64(from) * float64(l.Pitch())
	r := run{page: p, size: float64(l.Size())}
	var cluster []text.Glyph
	for g := range l.Glyphs() {
		if g.Line < from || g.Line >= to {
			continue
		}
		if cluster = append(cluster, g); len(cluster) >= cluster[0].Cluster {
			r.put(cluster, x, y, look)
			cluster = cluster[:0]
		}
	}
	r.end()
}

// rgba gives a colour without its opacity multiplied in; nil is black.
func rgba(c color.Color) color.NRGBA {
	if c == nil {
		return color.NRGBA{A: 255}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// paints sets the colours of areas and of lines, and how much shines through.
func (p *Page) paints(fill, stroke color.NRGBA) {
	fmt.Fprintf(&p.body, "%s rg %s RG\n", channels(fill), channels(stroke))
	if fill.A < 255 || stroke.A < 255 {
		fmt.Fprintf(&p.body, "/G%d gs\n", p.doc.look(fill.A, stroke.A))
	}
}

// look numbers a pair of opacities.
func (d *Document) look(fill, stroke uint8) int {
	k := [2]uint8{fill, stroke}
	n, ok := d.looks[k]
	if !ok {
		n = len(d.looks)
		d.looks[k] = n
	}
	return n
}

func channels(c color.NRGBA) string {
	return num(float64(c.R)/255) + " " + num(float64(c.G)/255) + " " + num(float64(c.B)/255)
}

func (p *Page) use(n int) {
	if !slices.Contains(p.used, n) {
		p.used = append(p.used, n)
	}
}
