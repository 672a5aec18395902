package text

import (
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
)

// shape is a paragraph in glyphs, the same for every size: all lengths are in font
// units.
type shape struct {
	text []rune
	rtl  bool // the paragraph runs to the left
	runs []run
	// before is the room that the runes before each rune take, in order of the text;
	// one longer than the text. Runes of one cluster after its first have its end.
	before []float64
	// breaks says what may happen before each rune; nil until it is asked for.
	breaks []chance
}

// run is a part of a paragraph in one direction and one script.
type run struct {
	from, to int // runes
	level    level
	glyphs   []glyph // from left to right
}

// glyph is one of a cluster's.
type glyph struct {
	id         font.GID
	x, y       float32 // from its place, upwards
	advance    float32
	from, to   int32 // runes of its cluster
	inCluster  int32 // glyphs of its cluster
	endCluster bool  // the first glyph of a cluster, from the left
}

// shape gives a paragraph's glyphs. Shapes are remembered.
func (f *Face) shape(text []rune) *shape {
	k := string(text)
	s, ok := f.shapes.get(k)
	if !ok {
		s = f.shaped(text)
		f.shapes.put(k, s)
	}
	return s
}

func (f *Face) shaped(text []rune) *shape {
	s := &shape{text: text, rtl: leftward(text), before: make([]float64, len(text)+1)}
	levels := levels(text, s.rtl)
	levelAt := func(i int) level {
		if levels == nil {
			return 0
		}
		return levels[i]
	}
	scripts := scripts(text)
	for from := 0; from < len(text); {
		to := from + 1
		for to < len(text) && levelAt(to) == levelAt(from) && scripts[to] == scripts[from] {
			to++
		}
		s.runs = append(s.runs, f.run(text, from, to, levelAt(from), scripts[from]))
		from = to
	}
	s.measure()
	return s
}

// run shapes a part of a text, at a size at which all lengths are whole units.
func (f *Face) run(text []rune, from, to int, l level, script language.Script) run {
	in := shaping.Input{Text: text, RunStart: from, RunEnd: to, Direction: di.DirectionLTR, Face: f.face, Size: fixed.I(int(f.face.Upem())), Script: script, Language: "en"}
	if l%2 == 1 {
		in.Direction = di.DirectionRTL
	}
	shaped := f.shaper.ShapeNoExtents(in).Glyphs
	r := run{from: from, to: to, level: l, glyphs: make([]glyph, len(shaped))}
	for i, g := range shaped {
		r.glyphs[i] = glyph{id: g.GlyphID, x: units(g.XOffset), y: units(g.YOffset), advance: units(g.Advance),
			from: int32(g.TextIndex()), to: int32(g.TextIndex() + g.RunesCount()), inCluster: int32(g.GlyphsCount()),
			endCluster: i == 0 || shaped[i-1].TextIndex() != g.TextIndex()}
	}
	return r
}

func units(x fixed.Int26_6) float32 { return float32(x) / 64 }

func (s *shape) measure() {
	for _, r := range s.runs {
		for _, g := range r.glyphs {
			s.before[g.from+1] += float64(g.advance)
		}
	}
	for i := range s.text {
		s.before[i+1] += s.before[i]
	}
}

// scripts gives each rune its script (Unicode Annex 24): what belongs to several,
// as spaces and marks do, has that of the text before it, or else after it, and a
// closing bracket that of the opening one.
func scripts(text []rune) []language.Script {
	out := make([]language.Script, len(text))
	type open struct {
		closer rune
		at     int
	}
	var stack []open
	last := language.Common
	for i, r := range text {
		script := language.LookupScript(r)
		if script.Strong() && script != language.Unknown {
			if last == language.Common {
				for j := range out[:i] {
					out[j] = script
				}
			}
			last = script
			out[i] = last
			continue
		}
		out[i] = last
		p, _ := bidi.LookupRune(r)
		if !p.IsBracket() {
			continue
		}
		if p.IsOpeningBracket() {
			stack = append(stack, open{[]rune(bidi.ReverseString(string(r)))[0], i})
			continue
		}
		for k := len(stack) - 1; k >= 0; k-- {
			if stack[k].closer == r {
				last = out[stack[k].at]
				out[i], stack = last, stack[:k]
				break
			}
		}
	}
	return out
}
