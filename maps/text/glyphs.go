package text

import (
	"image/color"
	"iter"
)

// Glyph is a sign of the font in its place, for writers of other files than
// pictures. Several glyphs may show one cluster of letters together, and one glyph
// several letters; they stand in the order of their places, from left to right.
type Glyph struct {
	ID   int     // in the font
	X, Y float32 // of its origin, from the layout's top left corner; y runs down
	Base float32 // y of the baseline of its line
	Line int     // from 0
	// Text is what the cluster of the glyph shows, on its first glyph; "" on the
	// others, which are Cluster-1 in number.
	Text    string
	Cluster int

	RightToLeft  bool // its text runs to the left
	Bold, Italic bool
	Color        color.Color // nil: the colour of the whole
}

// Glyphs lists the signs of a layout line by line.
func (l *Layout) Glyphs() iter.Seq[Glyph] {
	return func(yield func(Glyph) bool) {
		for i, ln := range l.lines {
			for _, p := range ln.glyphs {
				sp := l.spans[p.span]
				g := Glyph{ID: int(p.id), X: p.x, Y: p.y, Base: ln.baseline, Line: i, Cluster: int(p.glyphs), RightToLeft: p.rtl, Bold: sp.Bold, Italic: sp.Italic, Color: sp.Color}
				if p.first {
					g.Text = ln.shown(p)
				}
				if !yield(g) {
					return
				}
			}
		}
	}
}

// Size is the size of the em, in pixels.
func (l *Layout) Size() float32 { return l.size }

// Pitch is the distance from the top of a line to the top of the next, in pixels.
func (l *Layout) Pitch() float32 {
	if len(l.lines) < 2 {
		return float32(l.Height)
	}
	return l.lines[1].baseline - l.lines[0].baseline
}

func (ln *line) shown(p placed) string {
	if p.from < 0 {
		return string(rune(p.to))
	}
	return string(ln.text[p.from:p.to])
}
