package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

// trueType is a font as its tables (OpenType specification, "Organization of an
// OpenType font"), checked as far as this package reads them.
type trueType struct {
	tables   map[string][]byte
	glyphs   int
	units    int // of the em
	longLoca bool
	metrics  int // glyphs with an advance of their own
}

var errFont = errors.New("the font is damaged")

// readTrueType takes a font apart. Only fonts with outlines in a table glyf will do.
func readTrueType(b []byte) (*trueType, error) {
	if len(b) < 12 {
		return nil, errFont
	}
	f := &trueType{tables: map[string][]byte{}}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if len(b) < 12+16*n {
		return nil, errFont
	}
	for i := range n {
		e := b[12+16*i:]
		at, size := uint64(binary.BigEndian.Uint32(e[8:])), uint64(binary.BigEndian.Uint32(e[12:]))
		if at+size > uint64(len(b)) {
			return nil, errFont
		}
		f.tables[string(e[:4])] = b[at : at+size]
	}
	for name, least := range map[string]int{"glyf": 0, "loca": 2, "head": 54, "hhea": 36, "maxp": 32, "hmtx": 4} {
		t, ok := f.tables[name]
		if !ok {
			return nil, fmt.Errorf("the font has no table %s", name)
		}
		if len(t) < least {
			return nil, errFont
		}
	}
	return f, f.measure()
}

func (f *trueType) measure() error {
	f.glyphs = int(binary.BigEndian.Uint16(f.tables["maxp"][4:]))
	f.units = int(binary.BigEndian.Uint16(f.tables["head"][18:]))
	f.longLoca = binary.BigEndian.Uint16(f.tables["head"][50:]) != 0
	f.metrics = int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	width := 2
	if f.longLoca {
		width = 4
	}
	if f.units == 0 || f.glyphs == 0 || f.metrics == 0 || f.metrics > f.glyphs ||
		len(f.tables["loca"]) < width*(f.glyphs+1) || len(f.tables["hmtx"]) < 4*f.metrics+2*(f.glyphs-f.metrics) {
		return errFont
	}
	return nil
}

// signed reads a 16 bit number of a table.
func (f *trueType) signed(table string, at int) int {
	return int(int16(binary.BigEndian.Uint16(f.tables[table][at:])))
}

// advance is the width of a glyph, in font units.
func (f *trueType) advance(glyph int) int {
	if glyph == blank {
		return 0
	}
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*min(glyph, f.metrics-1):]))
}

// bearing is the left side bearing of a glyph, in font units.
func (f *trueType) bearing(glyph int) uint16 {
	if glyph == blank {
		return 0
	}
	at := 4*glyph + 2
	if glyph >= f.metrics {
		at = 4*f.metrics + 2*(glyph-f.metrics)
	}
	return binary.BigEndian.Uint16(f.tables["hmtx"][at:])
}

// outline is the entry of a glyph in the table glyf, nil where it is blank.
func (f *trueType) outline(glyph int) ([]byte, error) {
	if glyph == blank {
		return nil, nil
	}
	if glyph < 0 || glyph >= f.glyphs {
		return nil, errFont
	}
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.longLoca {
		from, to = int(binary.BigEndian.Uint32(loca[4*glyph:])), int(binary.BigEndian.Uint32(loca[4*glyph+4:]))
	} else {
		from, to = 2*int(binary.BigEndian.Uint16(loca[2*glyph:])), 2*int(binary.BigEndian.Uint16(loca[2*glyph+2:]))
	}
	if from > to || to > len(glyf) {
		return nil, errFont
	}
	if to-from > 0 && to-from < 10 {
		return nil, errFont
	}
	return glyf[from:to], nil
}

// Flags of the parts of a composite glyph (OpenType specification, glyf).
const (
	partWords        = 0x0001
	partScale        = 0x0008
	partMore         = 0x0020
	partTwoScales    = 0x0040
	partMatrix       = 0x0080
	partInstructions = 0x0100
)

func composite(outline []byte) bool {
	return len(outline) > 0 && int16(binary.BigEndian.Uint16(outline)) < 0
}

// parts finds where the parts of a composite glyph stand in its outline, and where
// the last of them ends.
func parts(outline []byte) (at []int, end int, err error) {
	for i := 10; ; {
		if i+4 > len(outline) {
			return nil, 0, errFont
		}
		flags := binary.BigEndian.Uint16(outline[i:])
		at = append(at, i)
		size := 6
		if flags&partWords != 0 {
			size = 8
		}
		switch {
		case flags&partScale != 0:
			size += 2
		case flags&partTwoScales != 0:
			size += 4
		case flags&partMatrix != 0:
			size += 8
		}
		if i += size; i > len(outline) {
			return nil, 0, errFont
		}
		if flags&partMore == 0 {
			return at, i, nil
		}
	}
}

// subset writes a font of the glyphs alone, numbered in their order; what
// composite glyphs are made of follows them. Glyph 0 must be among them, first.
func (f *trueType) subset(glyphs []int) ([]byte, error) {
	place := make(map[int]int, len(glyphs))
	for i, g := range glyphs {
		place[g] = i
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(glyphs); i++ { // grows
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		o, err := f.outline(glyphs[i])
		if err != nil {
			return nil, err
		}
		if o, err = bare(o); err != nil {
			return nil, err
		}
		if composite(o) {
			if glyphs, err = renumber(o, glyphs, place); err != nil {
				return nil, err
			}
		}
		glyf = append(glyf, o...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(f.advance(glyphs[i])))
		hmtx = binary.BigEndian.AppendUint16(hmtx, f.bearing(glyphs[i]))
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	return f.assemble(len(glyphs), glyf, loca, hmtx), nil
}

// renumber points the parts of a composite glyph at their new numbers; parts that
// are not among the glyphs yet are added.
func renumber(outline []byte, glyphs []int, place map[int]int) ([]int, error) {
	at, _, err := parts(outline)
	if err != nil {
		return nil, err
	}
	for _, i := range at {
		old := int(binary.BigEndian.Uint16(outline[i+2:]))
		new, known := place[old]
		if !known {
			new = len(glyphs)
			place[old] = new
			glyphs = append(glyphs, old)
		}
		binary.BigEndian.PutUint16(outline[i+2:], uint16(new))
	}
	return glyphs, nil
}

// bare copies an outline without the instructions that fit it to pixels: they call
// on tables that are left out.
func bare(o []byte) ([]byte, error) {
	if len(o) == 0 {
		return nil, nil
	}
	out := append([]byte(nil), o...)
	if composite(o) {
		at, end, err := parts(o)
		if err != nil {
			return nil, err
		}
		for _, i := range at {
			flags := binary.BigEndian.Uint16(o[i:])
			binary.BigEndian.PutUint16(out[i:], flags&^partInstructions)
		}
		return out[:end], nil
	}
	at := 10 + 2*int(binary.BigEndian.Uint16(o))
	if at+2 > len(o) {
		return nil, errFont
	}
	size := int(binary.BigEndian.Uint16(o[at:]))
	if at+2+size > len(o) {
		return nil, errFont
	}
	out[at], out[at+1] = 0, 0
	return append(out[:at+2], o[at+2+size:]...), nil
}

// assemble puts the tables of a font together (ISO 32000-1, 9.9: glyf, head, hhea,
// hmtx, loca and maxp are what a reader needs).
func (f *trueType) assemble(n int, glyf, loca, hmtx []byte) []byte {
	head := append([]byte(nil), f.tables["head"][:54]...)
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	hhea := append([]byte(nil), f.tables["hhea"][:36]...)
	binary.BigEndian.PutUint16(hhea[34:], uint16(n))
	maxp := append([]byte(nil), f.tables["maxp"][:32]...)
	binary.BigEndian.PutUint16(maxp[4:], uint16(n))
	tables := map[string][]byte{"glyf": glyf, "loca": loca, "hmtx": hmtx, "head": head, "hhea": hhea, "maxp": maxp}
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	sort.Strings(names)
	// Six tables: the greatest power of two is 4.
	out := []byte{0, 1, 0, 0, 0, 6, 0, 64, 0, 2, 0, 32}
	at := 12 + 16*len(names)
	for _, name := range names {
		t := tables[name]
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, sum(t))
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t)))
		at += (len(t) + 3) / 4 * 4
	}
	headAt := 0
	for _, name := range names {
		if name == "head" {
			headAt = len(out)
		}
		out = append(out, tables[name]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[headAt+8:], 0xb1b0afba-sum(out))
	return out
}

// sum is the checksum of a table: its 32 bit words added up.
func sum(b []byte) (n uint32) {
	for ; len(b) >= 4; b = b[4:] {
		n += binary.BigEndian.Uint32(b)
	}
	var last [4]byte
	copy(last[:], b)
	return n + binary.BigEndian.Uint32(last[:])
}
