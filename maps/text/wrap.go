package text

import "unicode"

// textLine is a line of a paragraph in its glyphs, not yet in its place.
type textLine struct {
	of       *shape
	par      paragraph
	from, to int // runes, without the spaces at the end
	end      int // with them
	cut      rune
	width    float32 // pixels
}

// lines breaks all paragraphs into lines, as many as the style allows.
func (f *Face) lines(spans []Span, st Style) []textLine {
	var out []textLine
	ps := paragraphs(spans)
	for i, p := range ps {
		if st.Lines > 0 && len(out) == st.Lines {
			break
		}
		out = append(out, f.wrap(p, st, max(0, st.Lines-len(out)), i < len(ps)-1)...)
	}
	return out
}

// wrap breaks a paragraph into lines, at most so many unless that is 0; what is
// left out, or follows in another paragraph, shows as "…".
func (f *Face) wrap(p paragraph, st Style, most int, more bool) []textLine {
	s := f.shape(p.text)
	px := float64(st.Size * f.scale)
	room := s.before[len(s.text)]
	if st.Width > 0 {
		room = float64(st.Width)/px + 0.01
	}
	var out []textLine
	for from := 0; ; {
		last := most > 0 && len(out) == most-1
		ln := textLine{of: s, par: p, from: from, to: s.trimmed(from, len(s.text)), end: len(s.text)}
		if fits := s.width(ln.from, ln.to) <= room; !fits || last && more {
			f.segmented(s)
			if last {
				ln.cut = '…'
				rest := room - f.wide('…')
				if fits && s.width(ln.from, ln.to) <= rest {
					rest = room
				}
				ln.end = s.fill(from, rest, canCut)
				ln.to = s.trimmed(from, ln.end)
			} else {
				ln.end = s.next(from, room)
				ln.to = s.trimmed(from, ln.end)
				if ln.to > from && s.text[ln.to-1] == softHyphen && ln.end < len(s.text) {
					ln.cut = '‐'
				}
			}
		}
		ln.width = float32(s.width(ln.from, ln.to) * px)
		if ln.cut != 0 {
			ln.width += float32(f.wide(ln.cut) * px)
		}
		out = append(out, ln)
		if from = ln.end; last || from >= len(s.text) {
			return out
		}
	}
}

const softHyphen = '\u00ad'

// wide is the width of a sign that stands for what is cut, in font units.
func (f *Face) wide(r rune) float64 { return f.shape([]rune{r}).before[1] }

func (s *shape) width(from, to int) float64 { return s.before[to] - s.before[from] }

// trimmed is where a line ends without the spaces at its end.
func (s *shape) trimmed(from, to int) int {
	for to > from && (s.text[to-1] == ' ' || s.text[to-1] != '\u00a0' && s.text[to-1] != '\u202f' && s.text[to-1] != '\u2007' && unicode.IsSpace(s.text[to-1])) {
		to--
	}
	return to
}

// next is where a line that begins at a rune ends: where the script allows it, or,
// where a word has no room on a line of its own, after as many letters as fit.
func (s *shape) next(from int, room float64) int {
	for _, kind := range []chance{canBreak, canSplit, canCut} {
		if end := s.fill(from, room, kind); end > from {
			return end
		}
	}
	for end := from + 1; end < len(s.text); end++ {
		if s.breaks[end]&canCut != 0 {
			return end
		}
	}
	return len(s.text)
}

// fill is the last chance of a kind on a line of so many font units, from if there
// is none.
func (s *shape) fill(from int, room float64, kind chance) int {
	end := from
	for i := from + 1; i <= len(s.text); i++ {
		if s.before[i]-s.before[from] > room && s.width(from, s.trimmed(from, i)) > room {
			break
		}
		if i == len(s.text) || s.breaks[i]&kind != 0 {
			end = i
		}
	}
	return end
}

// piece is what a line shows of a run.
type piece struct {
	glyphs   []glyph
	from, to int
	level    level
	flat     bool // spaces at the end, without width
	sign     rune // not of the text
}

// place puts the glyphs of a line one after the other, in visual order.
func (f *Face) place(ln textLine, size, x, baseline float32) []placed {
	px := size * f.scale
	pieces := ln.pieces(f)
	levels := make([]level, len(pieces))
	n := 0
	for i, p := range pieces {
		levels[i] = p.level
		n += len(p.glyphs)
	}
	visualOrder(pieces, levels)
	out := make([]placed, 0, n)
	for _, p := range pieces {
		for _, g := range p.glyphs {
			if p.sign == 0 && (int(g.from) < p.from || int(g.from) >= p.to) {
				continue
			}
			q := placed{id: g.id, x: x + g.x*px, y: baseline - g.y*px, glyphs: g.inCluster, first: g.endCluster, from: g.from, to: g.to, rtl: p.level%2 == 1}
			at := int(g.from)
			if p.sign != 0 {
				q.from, q.to, at = -1, p.sign, max(0, ln.to-1)
			}
			q.span = ln.par.spanOf(at)
			if !p.flat {
				x += g.advance * px
			}
			out = append(out, q)
		}
	}
	return out
}

// pieces cuts a line into parts in one direction, in order of the text. What hangs
// at its end has the direction of the paragraph (L1).
func (ln *textLine) pieces(f *Face) []piece {
	base := level(0)
	if ln.of.rtl {
		base = 1
	}
	hang := ln.to
	for hang > ln.from && hangs(ln.of.text[hang-1]) {
		hang--
	}
	var out []piece
	for _, r := range ln.of.runs {
		from, to := max(r.from, ln.from), min(r.to, ln.end)
		if from >= to {
			continue
		}
		if b := min(to, hang); from < b {
			out = append(out, piece{glyphs: r.glyphs, from: from, to: b, level: r.level})
		}
		if a, b := max(from, hang), min(to, ln.to); a < b {
			out = append(out, piece{glyphs: r.glyphs, from: a, to: b, level: base})
		}
		if a := max(from, ln.to); a < to {
			out = append(out, piece{glyphs: r.glyphs, from: a, to: to, level: base, flat: true})
		}
	}
	if ln.cut != 0 {
		out = append(out, piece{glyphs: f.shape([]rune{ln.cut}).runs[0].glyphs, level: base, sign: ln.cut})
	}
	return out
}
