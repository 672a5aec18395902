package pdf

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// sign is a glyph that shows a text. The same glyph may show several texts, so
// signs, not glyphs, are what the document's text is written in: each has a code
// of its own (a CID), which leads to the glyph to draw and the text to copy.
type sign struct {
	glyph int
	text  string
}

// signs are the codes in use.
type signs struct {
	font  *openType
	codes map[sign]int
	list  []sign // by code; 0 is the glyph of missing signs
}

func newSigns(f *openType) *signs {
	return &signs{font: f, codes: map[sign]int{{}: 0}, list: []sign{{}}}
}

// blank is a glyph without ink or width; it carries text for others.
const blank = -1

// code gives the code of a sign; a glyph that the font does not have is the one of
// missing signs.
func (s *signs) code(g sign) int {
	if g.glyph < blank || g.glyph >= s.font.glyphs {
		g.glyph = 0
	}
	c, ok := s.codes[g]
	if !ok {
		if len(s.list) > 0xffff {
			return 0
		}
		c = len(s.list)
		s.codes[g] = c
		s.list = append(s.list, g)
	}
	return c
}

// width is the advance of a code, in thousandths of the em.
func (s *signs) width(code int) float64 {
	return float64(s.font.advance(s.list[code].glyph)) * 1000 / float64(s.font.units)
}

// add writes the font as its objects (ISO 32000-1, 9.7 and 9.8) and returns the
// number of the first, the Type 0 font.
func (s *signs) add(w *writer, root int) error {
	glyphs := make([]int, len(s.list)) // by code, which is the CID of the font below
	for c, g := range s.list {
		glyphs[c] = g.glyph
	}
	file, err := s.font.subset(glyphs)
	if err != nil {
		return fmt.Errorf("embed font: %w", err)
	}
	em := func(table string, at int) float64 {
		return float64(s.font.signed(table, at)) * 1000 / float64(s.font.units)
	}
	name := tag(s.list) + "+SSELandscape"
	fileAt := w.stream("/Subtype/CIDFontType0C", file)
	descriptor := w.add(fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%s %s %s %s]/ItalicAngle 0/Ascent %s/Descent %s/CapHeight %s/StemV 80/FontFile3 %d 0 R>>",
		name, num(em("head", 36)), num(em("head", 38)), num(em("head", 40)), num(em("head", 42)), num(em("hhea", 4)), num(em("hhea", 6)), num(em("hhea", 4)*0.7), fileAt))
	var widths bytes.Buffer
	for c := range s.list {
		fmt.Fprintf(&widths, "%s ", num(s.width(c)))
	}
	cid := w.add(fmt.Sprintf("<</Type/Font/Subtype/CIDFontType0/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/DW 1000/W[0[%s]]>>",
		name, descriptor, bytes.TrimSpace(widths.Bytes())))
	unicode := w.stream("", s.toUnicode())
	w.set(root, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, cid, unicode))
	return nil
}

// tag is the six letters before the name of a font that is not whole (ISO 32000-1,
// 9.6.4); other glyphs give other letters.
func tag(list []sign) string {
	h := uint64(14695981039346656037) // FNV-1a
	for _, g := range list {
		h = (h ^ uint64(g.glyph)) * 1099511628211
	}
	out := make([]byte, 6)
	for i := range out {
		out[i] = byte('A' + h%26)
		h /= 26
	}
	return string(out)
}

// maxMapped is how many lines a section of a CMap may have (Adobe Technical Note
// 5014).
const maxMapped = 100

// toUnicode says what text each code stands for (ISO 32000-1, 9.10.3).
func (s *signs) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	var lines []string
	for c, g := range s.list {
		if g.text != "" {
			lines = append(lines, fmt.Sprintf("<%04X><%s>\n", c, utf16Hex(g.text)))
		}
	}
	for len(lines) > 0 {
		n := min(maxMapped, len(lines))
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for _, l := range lines[:n] {
			b.WriteString(l)
		}
		b.WriteString("endbfchar\n")
		lines = lines[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

func utf16Hex(s string) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}
