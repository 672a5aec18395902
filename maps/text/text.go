package text

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/text/unicode/bidi"
)

// Face is a font ready for use. It is safe for use by several goroutines.
type Face struct {
	mu      sync.Mutex // guards all below
	face    *font.Face
	shaper  shaping.HarfbuzzShaper
	segment segmenter.Segmenter
	shapes  cache[string, *shape]
	layouts cache[key, *Layout]
	masks   cache[maskKey, *mask]
	scale   float32 // font units to ems
	ascent  float32 // ems
	height  float32 // ems of one line
}

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
	face.shapes.most = maxShapes
	return face, nil
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
	spans string
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

// RightToLeft says whether the text, its first paragraph, runs to the left.
func (l *Layout) RightToLeft() bool { return len(l.lines) > 0 && leftward(l.lines[0].text) }

// RightToLeft says whether a text runs to the left: its first letter does, apart from
// a number such as "B6a." before it (Unicode Annex 9, P2, P3 and HL1).
func RightToLeft(s string) bool { return leftward([]rune(s)) }

// Mixed says whether a text has parts in both directions, signs and numbers among
// letters that run to the left included.
func Mixed(s string) bool {
	rs := []rune(s)
	ls := levels(rs, leftward(rs))
	for i, l := range ls {
		if l != ls[0] || i > 0 && l%2 == 1 && bracket(rs[i]) {
			return true
		}
	}
	return false
}

func bracket(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.IsBracket()
}

// Lines is the number of lines.
func (l *Layout) Lines() int { return len(l.lines) }

type line struct {
	glyphs   []placed
	baseline float32
	text     []rune // of its paragraph
}

// placed is a glyph and where its origin stands, in pixels.
type placed struct {
	id   font.GID
	x, y float32
	span int
	// What it shows: runes from, to of its line's text, with glyphs-1 more glyphs.
	// Of the dots that stand for cut text, and the hyphen of a cut word, from is -1.
	from, to int32
	glyphs   int32
	first    bool // of the glyphs that show this together
	rtl      bool // its text runs to the left
}

// Layout lays out plain text. Layouts are remembered.
func (f *Face) Layout(s string, st Style) *Layout {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := key{st, s}
	l, ok := f.layouts.get(k)
	if !ok {
		l = f.layout([]Span{{Text: s, Bold: st.Bold}}, st)
		f.layouts.put(k, l)
	}
	return l
}

// Spans lays out text with parts in different looks. Layouts are remembered.
func (f *Face) Spans(spans []Span, st Style) *Layout {
	k := key{style: st}
	own := make([]Span, len(spans))
	var b strings.Builder
	for i, s := range spans {
		s.Bold = s.Bold || st.Bold
		own[i] = s
		fmt.Fprintf(&b, "\x00%t %t %v %d %s", s.Bold, s.Italic, s.Color, len(s.Text), s.Text)
	}
	k.spans = b.String()
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.layouts.get(k)
	if !ok {
		l = f.layout(own, st)
		f.layouts.put(k, l)
	}
	return l
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
	all := f.lines(spans, st)
	widest := float32(0)
	for _, sl := range all {
		widest = max(widest, sl.width)
	}
	room := widest
	if st.Width > 0 {
		room = float32(st.Width)
	}
	for i, sl := range all {
		ln := line{text: sl.of.text, baseline: (float32(i)*height + (height-f.height)/2 + f.ascent) * st.Size}
		ln.glyphs = f.place(sl, st.Size, start(st, sl.of.rtl, room, sl.width), ln.baseline)
		l.lines = append(l.lines, ln)
	}
	l.Baseline = int(l.lines[0].baseline + 0.5)
	l.Height = int(float32(len(all))*height*st.Size + 0.999)
	l.Width = int(widest + 0.999)
	if st.Width > 0 && (st.Align == Center || st.Align == Right || st.Align == Natural && all[0].of.rtl) {
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

// plain leaves out what is no text: control characters. Separators of paragraphs
// become line breaks, those of fields spaces.
func plain(r rune) rune {
	switch {
	case r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r == '\t' || r >= 0x1c && r <= 0x1f:
		return ' '
	case r != '\n' && unicode.IsControl(r):
		return -1
	}
	return r
}

// paragraph is a text without line breaks.
type paragraph struct {
	text  []rune
	ends  []int // where spans end, in runes
	first int   // number of the first span
}

// spanOf is the number of the span that holds a rune.
func (p *paragraph) spanOf(offset int) int {
	for i, end := range p.ends {
		if offset < end {
			return p.first + i
		}
	}
	return p.first + max(0, len(p.ends)-1)
}

func paragraphs(spans []Span) []paragraph {
	out := []paragraph{{}}
	for i, s := range spans {
		for j, part := range strings.Split(strings.Map(plain, s.Text), "\n") {
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
