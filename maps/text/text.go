package text

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"
	"sync"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
)

// Face is a font ready for use. It is safe for use by several goroutines.
type Face struct {
	mu      sync.Mutex // guards all below
	face    *font.Face
	shaper  shaping.HarfbuzzShaper
	segment shaping.Segmenter
	wrapper shaping.LineWrapper
	layouts map[key]*Layout
	masks   map[maskKey]*mask
	scale   float32 // font units to ems
	ascent  float32 // ems
	height  float32 // ems of one line
}

// maxCached bounds each cache; when it is full it starts anew.
const maxCached = 4096

// New reads a TrueType or OpenType font.
func New(ttf []byte) (*Face, error) {
	f, err := font.ParseTTF(bytes.NewReader(ttf))
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	x, ok := f.FontHExtents()
	if !ok {
		return nil, fmt.Errorf("read font: it has no line height")
	}
	scale := 1 / float32(f.Upem())
	face := &Face{face: f, scale: scale, ascent: x.Ascender * scale, height: (x.Ascender - x.Descender + x.LineGap) * scale}
	face.forget()
	return face, nil
}

func (f *Face) forget() {
	f.layouts, f.masks = map[key]*Layout{}, map[maskKey]*mask{}
}

// Align says on which side lines begin.
type Align uint8

// The alignments. Natural is left for scripts that run to the right, else right.
const (
	Natural Align = iota
	Left
	Center
	Right
)

// Style says how text is laid out. Sizes are in pixels.
type Style struct {
	Size   float32 // of the em
	Width  int     // lines are broken at; 0 never
	Align  Align
	Lines  int     // at most so many, the last with "…"; 0 any number
	Height float32 // of a line, in ems; 0 as the font says
	Bold   bool    // of all spans
}

// Span is a part of a text in one look.
type Span struct {
	Text   string
	Bold   bool
	Italic bool
	Color  color.Color // nil: the colour that Draw is given
}

type key struct {
	style Style
	text  string
}

// Layout is text that was measured. It does not change.
type Layout struct {
	Width, Height int // pixels
	// Baseline of the first line, pixels from the top.
	Baseline int
	lines    []line
	face     *Face
	size     float32
	spans    []Span
}

// Lines is the number of lines.
func (l *Layout) Lines() int { return len(l.lines) }

type line struct {
	glyphs   []placed
	baseline float32
}

// placed is a glyph and where its origin stands, in pixels.
type placed struct {
	id   font.GID
	x, y float32
	span int
}

// Layout lays out plain text. Layouts are remembered.
func (f *Face) Layout(s string, st Style) *Layout {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := key{st, s}
	if l, ok := f.layouts[k]; ok {
		return l
	}
	if len(f.layouts) >= maxCached {
		clear(f.layouts)
	}
	l := f.layout([]Span{{Text: s, Bold: st.Bold}}, st)
	f.layouts[k] = l
	return l
}

// Spans lays out text with parts in different looks.
func (f *Face) Spans(spans []Span, st Style) *Layout {
	f.mu.Lock()
	defer f.mu.Unlock()
	spans = append([]Span(nil), spans...)
	for i := range spans {
		spans[i].Bold = spans[i].Bold || st.Bold
	}
	return f.layout(spans, st)
}

func (f *Face) layout(spans []Span, st Style) *Layout {
	l := &Layout{face: f, size: st.Size, spans: spans}
	if st.Size <= 0 {
		return l
	}
	height := st.Height
	if height == 0 {
		height = f.height
	}
	lead := (height - f.height) / 2
	type shapedLine struct {
		runs []shaping.Output
		rtl  bool
		cut  bool
		ends []int // rune offsets where spans end, in this paragraph
		base int   // first span
	}
	var all []shapedLine
	for _, p := range paragraphs(spans) {
		rtl := rightToLeft(p.text)
		for _, runs := range f.wrap(p, rtl, st) {
			all = append(all, shapedLine{runs: runs, rtl: rtl, ends: p.ends, base: p.first})
		}
	}
	if st.Lines > 0 && len(all) > st.Lines {
		all = all[:st.Lines]
		all[st.Lines-1].cut = true
	}
	widths := make([]float32, len(all))
	widest := float32(0)
	for i, sl := range all {
		for _, r := range sl.runs {
			widths[i] += pixels(r.Advance)
		}
		widest = max(widest, widths[i])
	}
	room := widest
	if st.Width > 0 {
		room = float32(st.Width)
	}
	for i, sl := range all {
		ln := line{baseline: (float32(i)*height + lead + f.ascent) * st.Size}
		ln.glyphs = place(sl.runs, start(st, sl.rtl, room, widths[i]), ln.baseline, sl.ends, sl.base)
		if sl.cut {
			f.cutLine(&ln, room, st.Size)
		}
		l.lines = append(l.lines, ln)
	}
	if n := len(l.lines); n > 0 {
		l.Baseline = int(l.lines[0].baseline + 0.5)
		l.Height = int(float32(n)*height*st.Size + 0.999)
	}
	l.Width = int(widest + 0.999)
	if st.Width > 0 && st.Align != Left && (st.Align != Natural || len(all) > 0 && all[0].rtl) {
		l.Width = st.Width
	}
	return l
}

// start is where a line begins.
func start(st Style, rtl bool, room, width float32) float32 {
	switch {
	case st.Align == Center:
		return (room - width) / 2
	case st.Align == Right || st.Align == Natural && rtl:
		return room - width
	}
	return 0
}

// cutLine takes glyphs off the end of a line to make room for an ellipsis.
func (f *Face) cutLine(ln *line, room, size float32) {
	gid, ok := f.face.NominalGlyph('…')
	if !ok {
		return
	}
	w := f.face.HorizontalAdvance(gid) * f.scale * size
	for n := len(ln.glyphs); n > 0 && ln.glyphs[n-1].x+w*1.5 > room; n-- {
		ln.glyphs = ln.glyphs[:n-1]
	}
	x := float32(0)
	span := 0
	if n := len(ln.glyphs); n > 0 {
		last := ln.glyphs[n-1]
		x, span = last.x+f.face.HorizontalAdvance(last.id)*f.scale*size, last.span
	}
	ln.glyphs = append(ln.glyphs, placed{gid, x, ln.baseline, span})
}

func pixels(x fixed.Int26_6) float32 { return float32(x) / 64 }

// place puts the runs of a line one after the other, in visual order.
func place(runs []shaping.Output, x, baseline float32, ends []int, base int) []placed {
	visual := make([]shaping.Output, len(runs))
	for _, r := range runs {
		if i := int(r.VisualIndex); i < len(visual) {
			visual[i] = r
		}
	}
	var out []placed
	for _, r := range visual {
		span := base
		for i, e := range ends {
			if r.Runes.Offset < e {
				span = base + i
				break
			}
		}
		for _, g := range r.Glyphs {
			out = append(out, placed{g.GlyphID, x + pixels(g.XOffset), baseline - pixels(g.YOffset), span})
			x += pixels(g.Advance)
		}
	}
	return out
}

// paragraph is a text without line breaks.
type paragraph struct {
	text  []rune
	ends  []int // where spans end, in runes
	first int   // number of the first span
}

func paragraphs(spans []Span) []paragraph {
	out := []paragraph{{}}
	for i, s := range spans {
		for j, part := range strings.Split(strings.ReplaceAll(s.Text, "\r", ""), "\n") {
			if j > 0 {
				out = append(out, paragraph{first: i})
			}
			p := &out[len(out)-1]
			p.text = append(p.text, []rune(part)...)
			p.ends = append(p.ends, len(p.text))
		}
	}
	return out
}

// rightToLeft looks at the first strong character (Unicode Annex 9, P2 and P3).
func rightToLeft(text []rune) bool {
	for _, r := range text {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

// ResolveFace implements shaping.Fontmap: there is one font.
func (f *Face) ResolveFace(rune) *font.Face { return f.face }

// wrap shapes a paragraph and breaks it into lines.
func (f *Face) wrap(p paragraph, rtl bool, st Style) [][]shaping.Output {
	if len(p.text) == 0 {
		return [][]shaping.Output{nil}
	}
	dir := di.DirectionLTR
	if rtl {
		dir = di.DirectionRTL
	}
	in := shaping.Input{Text: p.text, RunEnd: len(p.text), Direction: dir, Face: f.face, Size: fixed.Int26_6(st.Size * 64), Language: language.NewLanguage("en")}
	var runs []shaping.Output
	for _, part := range f.segment.Split(in, f) {
		for _, piece := range splitAt(part, p.ends) {
			runs = append(runs, f.shaper.Shape(piece))
		}
	}
	width := 1 << 24
	if st.Width > 0 {
		width = st.Width
	}
	lines, _ := f.wrapper.WrapParagraph(shaping.WrapConfig{Direction: dir, BreakPolicy: shaping.WhenNecessary}, width, p.text, shaping.NewSliceIterator(runs))
	out := make([][]shaping.Output, len(lines))
	for i, l := range lines {
		out[i] = append([]shaping.Output(nil), l...)
	}
	return out
}

// splitAt cuts a run where spans end.
func splitAt(in shaping.Input, ends []int) []shaping.Input {
	var out []shaping.Input
	for _, e := range ends {
		if e > in.RunStart && e < in.RunEnd {
			head := in
			head.RunEnd, in.RunStart = e, e
			out = append(out, head)
		}
	}
	return append(out, in)
}

// Markup reads the two marks that questions use: **bold**, which is read aloud,
// and *italic*, an instruction to the interviewer.
func Markup(s string) []Span {
	var out []Span
	for s != "" {
		i := strings.IndexByte(s, '*')
		if i < 0 {
			break
		}
		mark := "*"
		if strings.HasPrefix(s[i:], "**") {
			mark = "**"
		}
		rest := s[i+len(mark):]
		n := strings.Index(rest, mark)
		if n <= 0 || rest[0] == ' ' || rest[n-1] == ' ' {
			out = append(out, Span{Text: s[:i+len(mark)]})
			s = rest
			continue
		}
		if i > 0 {
			out = append(out, Span{Text: s[:i]})
		}
		out = append(out, Span{Text: rest[:n], Bold: mark == "**", Italic: mark == "*"})
		s = rest[n+len(mark):]
	}
	if s != "" || len(out) == 0 {
		out = append(out, Span{Text: s})
	}
	return out
}
