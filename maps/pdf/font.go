package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// openType is a font as its tables (OpenType specification, "Organization of an
// OpenType font"), checked as far as this package reads them. Its outlines are
// charstrings (Adobe Technical Note 5176, "The Compact Font Format").
type openType struct {
	tables  map[string][]byte
	glyphs  int
	units   int // of the em
	metrics int // glyphs with an advance of their own
	strings [][]byte
	private []byte // the Private DICT of all glyphs
}

var errFont = errors.New("the font is damaged")

// readOpenType takes a font apart. Only fonts with outlines in a table CFF, without
// subroutines, will do.
func readOpenType(b []byte) (*openType, error) {
	if len(b) < 12 {
		return nil, errFont
	}
	f := &openType{tables: map[string][]byte{}}
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
	for name, least := range map[string]int{"CFF ": 4, "head": 54, "hhea": 36, "maxp": 6, "hmtx": 4} {
		t, ok := f.tables[name]
		if !ok {
			return nil, fmt.Errorf("the font has no table %s", name)
		}
		if len(t) < least {
			return nil, errFont
		}
	}
	if err := f.outlines(); err != nil {
		return nil, err
	}
	return f, f.measure()
}

func (f *openType) measure() error {
	f.glyphs = int(binary.BigEndian.Uint16(f.tables["maxp"][4:]))
	f.units = int(binary.BigEndian.Uint16(f.tables["head"][18:]))
	f.metrics = int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	if f.units == 0 || f.glyphs == 0 || f.metrics == 0 || f.metrics > f.glyphs || len(f.strings) < f.glyphs ||
		len(f.tables["hmtx"]) < 4*f.metrics+2*(f.glyphs-f.metrics) {
		return errFont
	}
	return nil
}

// Operators of DICTs (Technical Note 5176, tables 9, 10 and 23); those of two bytes
// begin with 12.
const (
	opBBox        = 5
	opCharset     = 15
	opCharStrings = 17
	opPrivate     = 18
	opSubrs       = 19
	opROS         = 12<<8 | 30
	opCIDCount    = 12<<8 | 34
	opFDArray     = 12<<8 | 36
	opFDSelect    = 12<<8 | 37
)

// outlines finds the charstrings.
func (f *openType) outlines() error {
	cff := f.tables["CFF "]
	rest, dicts, subrs := cff[min(len(cff), int(cff[2])):], [][]byte(nil), [][]byte(nil)
	for _, list := range []*[][]byte{nil, &dicts, nil, &subrs} { // names, top DICTs, strings, subroutines
		items, after, err := index(rest)
		if err != nil {
			return err
		}
		if list != nil {
			*list = items
		}
		rest = after
	}
	if len(dicts) != 1 || len(subrs) > 0 {
		return errors.New("the font is no single one without subroutines")
	}
	top := dict(dicts[0])
	at, private := top[opCharStrings], top[opPrivate]
	if len(at) != 1 || len(private) != 2 || !within(cff, at[0], 0) || !within(cff, private[1], private[0]) {
		return errFont
	}
	f.private = cff[private[1] : private[1]+private[0]]
	if _, ok := dict(f.private)[opSubrs]; ok {
		return errors.New("the font has subroutines")
	}
	var err error
	f.strings, _, err = index(cff[at[0]:])
	return err
}

func within(b []byte, at, size int) bool {
	return at >= 0 && size >= 0 && at <= len(b) && size <= len(b)-at
}

// index reads an INDEX (section 5) and gives what follows it.
func index(b []byte) (items [][]byte, rest []byte, err error) {
	if len(b) < 2 {
		return nil, nil, errFont
	}
	n := int(binary.BigEndian.Uint16(b))
	if n == 0 {
		return nil, b[2:], nil
	}
	if len(b) < 3 {
		return nil, nil, errFont
	}
	size, b := int(b[2]), b[3:]
	if size < 1 || size > 4 || len(b) < size*(n+1) {
		return nil, nil, errFont
	}
	offset := func(i int) (o int) {
		for _, c := range b[size*i : size*(i+1)] {
			o = o<<8 | int(c)
		}
		return o - 1
	}
	data := b[size*(n+1):]
	items = make([][]byte, n)
	from := offset(0)
	for i := range items {
		to := offset(i + 1)
		if from < 0 || to < from || to > len(data) {
			return nil, nil, errFont
		}
		items[i], from = data[from:to], to
	}
	return items, data[from:], nil
}

// dict reads a DICT (section 4): whole numbers by operator. Others count as 0.
func dict(b []byte) map[int][]int {
	out := map[int][]int{}
	var operands []int
	for len(b) > 0 {
		c := int(b[0])
		size, n := 1, 0
		switch {
		case c <= 21:
			if c == 12 && len(b) > 1 {
				c, size = c<<8|int(b[1]), 2
			}
			out[c], operands = operands, nil
			b = b[size:]
			continue
		case c == 28 && len(b) >= 3:
			size, n = 3, int(int16(binary.BigEndian.Uint16(b[1:])))
		case c == 29 && len(b) >= 5:
			size, n = 5, int(int32(binary.BigEndian.Uint32(b[1:])))
		case c == 30:
			for size < len(b) && b[size]&15 != 15 && b[size]>>4 != 15 {
				size++
			}
			size = min(size+1, len(b))
		case c >= 32 && c <= 246:
			n = c - 139
		case c >= 247 && c <= 250 && len(b) >= 2:
			size, n = 2, (c-247)*256+int(b[1])+108
		case c >= 251 && c <= 254 && len(b) >= 2:
			size, n = 2, -(c-251)*256-int(b[1])-108
		}
		operands, b = append(operands, n), b[size:]
	}
	return out
}

// signed reads a 16 bit number of a table.
func (f *openType) signed(table string, at int) int {
	return int(int16(binary.BigEndian.Uint16(f.tables[table][at:])))
}

// advance is the width of a glyph, in font units.
func (f *openType) advance(glyph int) int {
	if glyph == blank {
		return 0
	}
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*min(glyph, f.metrics-1):]))
}

// nothing is the charstring of a glyph without ink or width.
var nothing = []byte{139, 14}

// subset writes a font whose glyph i, also by CID, is the i-th of those given; they
// may repeat (sections 2, 18 and 19: a CID-keyed font with one Font DICT).
func (f *openType) subset(glyphs []int) ([]byte, error) {
	if len(glyphs) == 0 || len(glyphs) > 0xffff {
		return nil, errFont
	}
	strings := make([][]byte, len(glyphs))
	for i, g := range glyphs {
		switch {
		case g == blank:
			strings[i] = nothing
		case g < 0 || g >= len(f.strings):
			return nil, errFont
		default:
			strings[i] = f.strings[g]
		}
	}
	last := len(glyphs) - 1
	charset := binary.BigEndian.AppendUint16([]byte{2, 0, 1}, uint16(max(0, last-1)))
	if last == 0 {
		charset = []byte{0}
	}
	choice := append([]byte{3, 0, 1, 0, 0, 0}, byte(len(glyphs)>>8), byte(len(glyphs)))
	names := joined([][]byte{[]byte("Adobe"), []byte("Identity")})
	// Offsets take the same room whatever they are: lay out twice.
	var out []byte
	var at struct{ charset, choice, strings, fonts, private int }
	for range 2 {
		top := append(operator(opROS, 391, 392, 0), operator(opBBox, f.signed("head", 36), f.signed("head", 38), f.signed("head", 40), f.signed("head", 42))...)
		top = append(top, operator(opCIDCount, len(glyphs))...)
		top = append(top, operator(opCharset, at.charset)...)
		top = append(top, operator(opFDSelect, at.choice)...)
		top = append(top, operator(opCharStrings, at.strings)...)
		top = append(top, operator(opFDArray, at.fonts)...)
		out = append([]byte{1, 0, 4, 4}, joined([][]byte{[]byte("SSELandscape")})...)
		out = append(out, joined([][]byte{top})...)
		out = append(out, names...)
		out = append(out, joined(nil)...)
		at.charset = len(out)
		out = append(out, charset...)
		at.choice = len(out)
		out = append(out, choice...)
		at.strings = len(out)
		out = append(out, joined(strings)...)
		at.private = len(out)
		out = append(out, f.private...)
		at.fonts = len(out)
		out = append(out, joined([][]byte{operator(opPrivate, len(f.private), at.private)})...)
	}
	return out, nil
}

// joined writes an INDEX.
func joined(items [][]byte) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(items)))
	if len(items) == 0 {
		return out
	}
	out = append(out, 4)
	at := uint32(1)
	out = binary.BigEndian.AppendUint32(out, at)
	for _, it := range items {
		at += uint32(len(it))
		out = binary.BigEndian.AppendUint32(out, at)
	}
	for _, it := range items {
		out = append(out, it...)
	}
	return out
}

// operator writes an entry of a DICT, all numbers in five bytes.
func operator(op int, operands ...int) []byte {
	var out []byte
	for _, n := range operands {
		out = binary.BigEndian.AppendUint32(append(out, 29), uint32(int32(n)))
	}
	if op > 0xff {
		out = append(out, byte(op>>8))
	}
	return append(out, byte(op))
}
