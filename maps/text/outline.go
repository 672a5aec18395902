package text

import (
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// Pen draws an outline; y runs down. The rasterizer of golang.org/x/image/vector is one.
type Pen interface {
	MoveTo(x, y float32)
	LineTo(x, y float32)
	QuadTo(ax, ay, x, y float32)
	CubeTo(ax, ay, bx, by, x, y float32)
	ClosePath()
}

// Trace draws the outline of a glyph of the layout, in pixels from the glyph's origin,
// as Draw fills it: by the nonzero rule.
func (l *Layout) Trace(g Glyph, pen Pen) {
	if l.face == nil {
		return
	}
	l.face.mu.Lock()
	outline, ok := l.face.face.GlyphData(font.GID(g.ID)).(font.GlyphOutline)
	l.face.mu.Unlock()
	if !ok || len(outline.Segments) == 0 {
		return
	}
	for _, dx := range boldness(g.Bold, l.size) {
		trace(pen, outline, func(p opentype.SegmentPoint) (float32, float32) {
			x, y := p.X*l.face.scale*l.size, -p.Y*l.face.scale*l.size
			if g.Italic {
				x -= y * 0.2
			}
			return x + dx, y
		})
	}
}

// boldness is how far apart outlines are drawn: bold is twice the same.
func boldness(bold bool, size float32) []float32 {
	if !bold {
		return []float32{0}
	}
	d := max(0.35, size/42)
	return []float32{-d / 2, d / 2}
}
