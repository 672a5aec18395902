package paint

import (
	"context"
	"image"
	"image/color"
	"image/draw"

	"sselandscape/maps/pdf"
)

// Page adds a scene to a document as a page, a pixel being a point. The document has
// the painter's font. Text can be searched, but for names along rivers, which are
// outlines.
func (p *Painter) Page(ctx context.Context, doc *pdf.Document, s Scene) error {
	c := p.canvas(&s)
	c.closed = true
	if err := c.compose(ctx); err != nil {
		return err
	}
	w, h := float64(s.View.Width), float64(s.View.Height)
	page := doc.Page(w, h)
	page.Rect(0, 0, w, h, pdf.Look{Fill: straight(c.ground())})
	c.onto(&pdfSheet{doc, page})
	return ctx.Err()
}

// pdfSheet draws on a page.
type pdfSheet struct {
	doc  *pdf.Document
	page *pdf.Page
}

// picture is placed whole: its opacity is mixed with white, as the page has none for
// pictures.
func (s *pdfSheet) picture(p *picture) {
	img := p.shown()
	if p.opacity < 1 {
		mixed := image.NewRGBA(p.from)
		draw.Draw(mixed, p.from, image.White, image.Point{}, draw.Src)
		draw.DrawMask(mixed, p.from, img, p.from.Min, image.NewUniform(color.Alpha{uint8(255 * p.opacity)}), image.Point{}, draw.Over)
		img = mixed
	}
	r := p.rect()
	s.page.Image(s.doc.Picture(img), float64(r.Min.X), float64(r.Min.Y), float64(r.Dx()), float64(r.Dy()))
}

func pdfPath(lines [][]xy, closed bool) *pdf.Path {
	out := &pdf.Path{}
	for _, l := range lines {
		for i, v := range l {
			if i == 0 {
				out.MoveTo(v.x, v.y)
			} else {
				out.LineTo(v.x, v.y)
			}
		}
		if closed {
			out.Close()
		}
	}
	return out
}

func (s *pdfSheet) area(rings [][]xy, col color.NRGBA) {
	s.page.Draw(pdfPath(rings, true), pdf.Look{Fill: col})
}

func (s *pdfSheet) hatch(rings [][]xy, h *hatching) {
	b := box{rings[0][0].x, rings[0][0].y, rings[0][0].x, rings[0][0].y}
	for _, r := range rings {
		o := boxAround(r)
		b = box{min(b.x0, o.x0), min(b.y0, o.y0), max(b.x1, o.x1), max(b.y1, o.y1)}
	}
	var bands [][]xy
	pitch, width, high := float64(h.pitch), float64(h.width), b.y1-b.y0
	lean := high // from the top of a band to its bottom
	if h.rising {
		lean = -high
	}
	// A band begins, at the top, where pixels are hatched.
	first := b.y0
	if h.rising {
		first = -b.y0
	}
	for x := first + pitch*float64(int((b.x0-high-first)/pitch)-1); x < b.x1+high+pitch; x += pitch {
		bands = append(bands, []xy{{x, b.y0}, {x + width, b.y0}, {x + width + lean, b.y1}, {x + lean, b.y1}})
	}
	s.page.Clip(pdfPath(rings, true), false, func() { s.area(bands, straight(h.color)) })
}

func (s *pdfSheet) clip(rings [][]xy, draw func()) {
	s.page.Clip(pdfPath(rings, true), false, draw)
}

func (s *pdfSheet) stroke(lines [][]xy, width float64, round bool, col color.NRGBA) {
	s.page.Draw(pdfPath(lines, false), pdf.Look{Stroke: col, Width: width, Round: round})
}

func (s *pdfSheet) words(w *words) {
	if w.rim > 0 {
		s.page.Halo(w.layout, w.at.x, w.at.y, w.rim, straight(w.halo))
	}
	s.page.Text(w.layout, w.at.x, w.at.y, straight(w.color))
}
