package pdf

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"sselandscape/maps/text"
)

// run is text in one look on one baseline that is being written.
type run struct {
	page  *Page
	size  float64
	look  textLook
	open  bool
	base  float64 // y of the baseline
	rise  float64 // of the glyphs gathered, above it
	x     float64 // where the next glyph would stand by the widths of those before
	shows strings.Builder
}

type textLook struct {
	bold, italic bool
	color        color.NRGBA
	rim          float64 // points; more than 0 where the glyphs are the ground of others
}

// silent is what glyphs carry that show no letter of their own: a word joiner, which
// has no width. Some readers would make up a letter for a glyph that carries none.
const silent = "\u2060"

// near is how far off its place a glyph may stand, in points, before it is moved.
const near = 0.02

// put adds the glyphs of a cluster, in a layout at (x, y). Several that show one
// text together are marked with it (ISO 32000-1, 14.9.4); each carries a part of it
// too, for readers that do not look at marks.
func (r *run) put(gs []text.Glyph, x, y float64, look textLook) {
	first := gs[0]
	look.bold, look.italic = first.Bold, first.Italic
	if first.Color != nil && look.rim == 0 {
		look.color = rgba(first.Color)
	}
	base := y + float64(first.Base)
	if r.open && (look != r.look || base != r.base) {
		r.end()
	}
	if !r.open {
		r.begin(look, x+float64(first.X), base)
	}
	if look.rim > 0 {
		for _, g := range gs {
			r.show(sign{g.ID, silent}, x+float64(g.X), float64(g.Base-g.Y))
		}
		return
	}
	if len(gs) > 1 {
		gs = r.closed(gs)
		r.flush()
		fmt.Fprintf(&r.page.body, "/Span<</ActualText<FEFF%s>>>BDC\n", utf16Hex(first.Text))
	}
	for i, part := range share(first.Text, len(gs), first.RightToLeft) {
		g := gs[i]
		for _, extra := range part.before {
			r.show(sign{blank, string(extra)}, x+float64(g.X), float64(g.Base-g.Y))
		}
		if part.text == "" {
			part.text = silent
		}
		r.show(sign{g.ID, part.text}, x+float64(g.X), float64(g.Base-g.Y))
	}
	if len(gs) > 1 {
		r.flush()
		r.page.body.WriteString("EMC\n")
	}
}

// closed ends a cluster whose last glyph, a mark, does not end where the cluster
// does with a blank there: readers take a gap before the next cluster for a space.
func (r *run) closed(gs []text.Glyph) []text.Glyph {
	ends := func(g text.Glyph) float64 {
		f := r.page.doc.signs.font
		return float64(g.X) + float64(f.advance(max(blank, g.ID)))*r.size/float64(f.units)
	}
	far := ends(gs[0])
	for _, g := range gs {
		far = max(far, ends(g))
	}
	last := gs[len(gs)-1]
	if far-ends(last) < near {
		return gs
	}
	return append(slices.Clip(gs), text.Glyph{ID: blank, X: float32(far), Y: last.Base, Base: last.Base})
}

// part is what one glyph of a cluster carries: a text, and letters that stand to
// the left of it.
type part struct {
	before []rune
	text   string
}

// share gives each of n glyphs, from left to right, a part of a text. Readers turn
// text that runs to the left around letter by letter, so that no glyph of it may
// carry more than one: the others are carried before it by blanks.
func share(s string, n int, rightToLeft bool) []part {
	out := make([]part, n)
	rs := []rune(s)
	if len(rs) < 2 {
		out[0].text = s
		return out
	}
	if rightToLeft {
		slices.Reverse(rs)
	}
	own := max(1, len(rs)-n+1) // of the first
	for i := range out {
		mine := rs[:min(own, len(rs))]
		rs, own = rs[len(mine):], 1
		if rightToLeft && len(mine) > 1 {
			out[i].before, mine = mine[:len(mine)-1], mine[len(mine)-1:]
		}
		out[i].text = string(mine)
	}
	return out
}

// show adds a sign at x, raised above the baseline.
func (r *run) show(s sign, x, rise float64) {
	if math.Abs(rise-r.rise) > near {
		r.flush()
		fmt.Fprintf(&r.page.body, "%s Ts\n", num(rise))
		r.rise = rise
	}
	if d := x - r.x; math.Abs(d) > near {
		fmt.Fprintf(&r.shows, ">%s<", num(-d*1000/r.size))
		r.x = x
	}
	code := r.page.doc.signs.code(s)
	fmt.Fprintf(&r.shows, "%04X", code)
	r.x += r.page.doc.signs.width(code) * r.size / 1000
}

// begin starts a text object (ISO 32000-1, 9.4). Bold is a line around the glyph
// and italic leans it by a fifth, as the painter of pictures does.
func (r *run) begin(look textLook, x, base float64) {
	r.look, r.open, r.x, r.base, r.rise = look, true, x, base, 0
	b := &r.page.body
	b.WriteString("q\n")
	r.page.paints(look.color, look.color)
	bold, lean := "", "0"
	width := 2 * look.rim
	if look.bold {
		width += r.size / 36
	}
	if width > 0 {
		fmt.Fprintf(b, "%s w 1 j\n", num(width))
		bold = " 2 Tr"
	}
	if look.italic {
		lean = "0.2"
	}
	fmt.Fprintf(b, "BT/F %s Tf%s 1 0 %s 1 %s %s Tm\n", num(r.size), bold, lean, num(x), num(r.page.height-base))
}

// flush writes the signs gathered so far (ISO 32000-1, 9.4.3).
func (r *run) flush() {
	if r.shows.Len() > 0 {
		fmt.Fprintf(&r.page.body, "[%s]TJ\n", strings.ReplaceAll("<"+r.shows.String()+">", "<>", ""))
		r.shows.Reset()
	}
}

func (r *run) end() {
	if r.open {
		r.flush()
		r.page.body.WriteString("ET Q\n")
		r.open = false
	}
}
