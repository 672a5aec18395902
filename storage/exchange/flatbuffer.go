package exchange

import (
	"encoding/binary"
	"slices"
)

// flatBuffer builds a buffer of FlatBuffers (flatbuffers.dev, "FlatBuffers internals") with its
// size in front, from its beginning on: what a reference points to is written after it.
// Positions are bytes from the beginning, and values lie at multiples of their size.
type flatBuffer struct{ b []byte }

// flatField is a field of a table: a number of so many bytes, or a reference that is still to be
// set. The zero value is a field that is not there.
type flatField struct {
	size  int
	value uint64
}

// flatReference is a field that refers to what is written later.
var flatReference = flatField{size: 4}

// begin writes the size and the reference to the root, whose position it gives.
func (f *flatBuffer) begin() (root int) {
	f.b = append(f.b[:0], 0, 0, 0, 0, 0, 0, 0, 0)
	return 4
}

// end fills in the size. Buffers that stand one after the other keep their values at multiples
// of eight bytes.
func (f *flatBuffer) end() []byte {
	f.align(8)
	binary.LittleEndian.PutUint32(f.b, uint32(len(f.b)-4))
	return f.b
}

func (f *flatBuffer) align(to int) {
	for len(f.b)%to != 0 {
		f.b = append(f.b, 0)
	}
}

// refer lets the reference at a position point to what comes next.
func (f *flatBuffer) refer(at int) {
	binary.LittleEndian.PutUint32(f.b[at:], uint32(len(f.b)-at))
}

// flatFields is how many fields the tables have that are written here.
const flatFields = 14

// table writes a table, to which the reference at a position points, after the table of its
// fields, and gives the positions of these.
func (f *flatBuffer) table(at int, fields ...flatField) (positions [flatFields]int) {
	size := 4
	for i, x := range fields {
		if x.size > 0 {
			size = (size + x.size - 1) / x.size * x.size
			positions[i] = size
			size += x.size
		}
	}
	head := 4 + 2*len(fields)
	for (len(f.b)+head)%8 != 0 {
		f.b = append(f.b, 0)
	}
	f.b = binary.LittleEndian.AppendUint16(f.b, uint16(head))
	f.b = binary.LittleEndian.AppendUint16(f.b, uint16(size))
	for i := range fields {
		f.b = binary.LittleEndian.AppendUint16(f.b, uint16(positions[i]))
	}
	f.refer(at)
	from := len(f.b)
	for range size {
		f.b = append(f.b, 0)
	}
	binary.LittleEndian.PutUint32(f.b[from:], uint32(head))
	for i, x := range fields {
		positions[i] += from
		switch to := f.b[positions[i]:]; x.size {
		case 1:
			to[0] = byte(x.value)
		case 2:
			binary.LittleEndian.PutUint16(to, uint16(x.value))
		case 4:
			binary.LittleEndian.PutUint32(to, uint32(x.value))
		case 8:
			binary.LittleEndian.PutUint64(to, x.value)
		}
	}
	return positions
}

// vector begins a vector of n elements of so many bytes each, to which the reference at a
// position points. The elements are appended after it.
func (f *flatBuffer) vector(at, n, size int) {
	for f.align(4); (len(f.b)+4)%max(4, size) != 0; {
		f.b = append(f.b, 0)
	}
	f.refer(at)
	f.b = binary.LittleEndian.AppendUint32(f.b, uint32(n))
}

// tables begins a vector of n references to tables and gives the position of the first.
func (f *flatBuffer) tables(at, n int) (first int) {
	f.vector(at, n, 4)
	f.b = append(f.b, make([]byte, 4*n)...)
	return len(f.b) - 4*n
}

func (f *flatBuffer) text(at int, s string) {
	f.vector(at, len(s), 1)
	f.b = append(append(f.b, s...), 0)
}

func (f *flatBuffer) numbers(at int, ns []uint32) {
	f.vector(at, len(ns), 4)
	f.b = slices.Grow(f.b, 4*len(ns))
	for _, n := range ns {
		f.b = binary.LittleEndian.AppendUint32(f.b, n)
	}
}
