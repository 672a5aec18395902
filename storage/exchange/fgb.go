package exchange

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// fgbMagic is what files begin with: version 3, patch level 1 (flatgeobuf.org).
const fgbMagic = "fgb\x03fgb\x01"

// Types of geometries and of columns (header.fbs).
const (
	fgbAnyShape, fgbPoint, fgbLine, fgbPolygon      = 0, 1, 2, 3
	fgbMultiPoint, fgbMultiLine, fgbMultiPolygon    = 4, 5, 6
	fgbBool, fgbLong, fgbDouble, fgbText, fgbMoment = 2, 7, 10, 11, 13
)

// Sizes of the index: nodes in a node, and bytes of one.
const fgbNode, fgbNodeSize = 16, 40

// writeFlatGeobuf writes FlatGeobuf 3 (flatgeobuf.org): columns with their types and the words
// of questions and choices, an index of boxes, and the units in the order of a Hilbert curve, so
// that a map on the web fetches what it shows. Units without a place come last; they are in the
// index with boxes that nothing meets.
func writeFlatGeobuf(ctx context.Context, out *Files, path string, d *Dataset) error {
	g := &fgbWriter{Table: &d.Table, d: d, columns: fgbColumns(d)}
	err := out.Write(path, func(f *os.File) error {
		// Which unit comes first is known when all are read, so they wait beside.
		spool, err := os.CreateTemp(filepath.Dir(f.Name()), ".sse-*")
		if err != nil {
			return err
		}
		defer os.Remove(spool.Name())
		defer spool.Close()
		if err := g.gather(ctx, spool); err != nil {
			return err
		}
		return g.write(ctx, f, spool)
	})
	for i := range g.columns {
		if c := &g.columns[i]; c.unfit > 0 {
			out.noteUnfit(path, c.unfit, c.name)
		}
	}
	return err
}

// fgbColumn is a column.
type fgbColumn struct {
	name, title, description string
	kind                     byte
	field                    int // of the dataset, or allFictional
	unfit                    int // answers that are not of its type
}

func fgbColumns(d *Dataset) (out []fgbColumn) {
	for i, f := range d.Fields {
		kind := byte(fgbText)
		switch f.Kind {
		case survey.Integer:
			kind = fgbLong
		case survey.Decimal, survey.Range:
			kind = fgbDouble
		case survey.Date, survey.Today, survey.DateTime, survey.Start, survey.End:
			kind = fgbMoment
		}
		var choices []string
		for _, c := range f.Choices {
			choices = append(choices, c.Code+" = "+c.Label)
		}
		out = append(out, fgbColumn{f.Name, f.Label, strings.Join(choices, "; "), kind, i, 0})
	}
	if d.Fictional {
		out = append(out, fgbColumn{name: "fictional", kind: fgbBool, field: allFictional})
	}
	return out
}

// fgbWriter is a dataset as FlatGeobuf has it.
type fgbWriter struct {
	*Table
	d       *Dataset
	columns []fgbColumn
	rows    fgbRows
	placed  int
	bounds  bounds
	kind    byte // of the geometries
	mixed   bool // they are of several kinds
	flat    flatBuffer
}

// fgbRow is where a unit waits: its box, then the bytes that the file has of it.
type fgbRow struct {
	curve uint64 // the place on the Hilbert curve
	at    int64
	size  uint32 // without the box
}

// fgbRows are rows in pieces, so that memory for them grows without copying them.
type fgbRows struct {
	pieces [][]fgbRow
	n      int
}

const fgbPiece = 1 << 14 // rows

func (r *fgbRows) at(i int) *fgbRow { return &r.pieces[i/fgbPiece][i%fgbPiece] }

func (r *fgbRows) add(row fgbRow) {
	if r.n%fgbPiece == 0 {
		r.pieces = append(r.pieces, make([]fgbRow, fgbPiece))
	}
	*r.at(r.n) = row
	r.n++
}

// Len, Less and Swap sort by the curve.
func (r *fgbRows) Len() int { return r.n }

func (r *fgbRows) Less(i, j int) bool {
	a, b := r.at(i), r.at(j)
	return a.curve < b.curve || a.curve == b.curve && a.at < b.at
}

func (r *fgbRows) Swap(i, j int) {
	a, b := r.at(i), r.at(j)
	*a, *b = *b, *a
}

// fgbBox is the bytes of a box.
const fgbBox = 32

// nowhere is a box that meets no other and makes none larger.
var nowhere = orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}

// gather writes the units to a file in which they wait.
func (g *fgbWriter) gather(ctx context.Context, spool *os.File) error {
	w := bufio.NewWriterSize(spool, 1<<16)
	at := int64(0)
	var head []byte
	for f, err := range g.Rows(ctx) {
		if err != nil {
			return err
		}
		shape, box, curve := cut(f.Geometry), nowhere, uint64(math.MaxUint64)
		if kind := fgbKind(shape); kind != fgbAnyShape {
			box = shape.Bound()
			curve = hilbert(box.Center())
			g.bounds.addBound(box)
			g.mixed = g.mixed || g.placed > 0 && kind != g.kind
			g.kind = kind
			g.placed++
		}
		b := g.feature(f, shape)
		head = appendBox(head[:0], box)
		w.Write(head)
		if _, err := w.Write(b); err != nil {
			return err
		}
		g.rows.add(fgbRow{curve, at, uint32(len(b))})
		at += int64(len(head) + len(b))
	}
	sort.Sort(&g.rows)
	return w.Flush()
}

// fgbKind is the type of a geometry; of none, or of one without points, fgbAnyShape.
func fgbKind(g orb.Geometry) byte {
	switch g := g.(type) {
	case orb.Point:
		return fgbPoint
	case orb.LineString:
		return fgbLine
	case orb.Polygon:
		if len(g) > 0 {
			return fgbPolygon
		}
	case orb.MultiPoint:
		if len(g) > 0 {
			return fgbMultiPoint
		}
	case orb.MultiLineString:
		if len(g) > 0 {
			return fgbMultiLine
		}
	case orb.MultiPolygon:
		if len(g) > 0 {
			return fgbMultiPolygon
		}
	}
	return fgbAnyShape
}

// hilbert is the place of lon, lat on a Hilbert curve over the world, of 2^32 cells a side
// (after the iterative form of Lam and Shapiro 1994).
func hilbert(p orb.Point) uint64 {
	x, y := cell(p[0], 180), cell(p[1], 90)
	d := uint64(0)
	for s := uint64(1) << 31; s > 0; s >>= 1 {
		var rx, ry uint64
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d = d<<2 | (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}

// cell is the number of the cell in which a degree lies, of 2^32 from -most to most.
func cell(v, most float64) uint64 {
	return uint64(min(max((v+most)/(2*most), 0), 1) * (1<<32 - 1))
}

// feature is a unit as the file has it: a geometry, and the answers that there are.
func (g *fgbWriter) feature(f *Feature, shape orb.Geometry) []byte {
	b := &g.flat
	root := b.begin()
	geometry := flatField{}
	if fgbKind(shape) != fgbAnyShape {
		geometry = flatReference
	}
	fields := b.table(root, geometry, flatReference)
	if geometry.size > 0 {
		b.geometry(fields[0], shape)
	}
	b.vector(fields[1], 0, 1)
	from := len(b.b)
	for i := range g.columns {
		c := &g.columns[i]
		if c.field < 0 {
			b.b = append(binary.LittleEndian.AppendUint16(b.b, uint16(i)), 1)
		} else if v := f.Values[c.field]; v.Special == "" && v.Text != "" {
			before := len(b.b)
			if b.b = c.appendValue(b.b, i, v); len(b.b) == before {
				c.unfit++
			}
		}
	}
	binary.LittleEndian.PutUint32(b.b[from-4:], uint32(len(b.b)-from))
	return b.end()
}

// appendValue writes an answer after the number of its column; nothing if it is not of the type.
func (c *fgbColumn) appendValue(b []byte, column int, v survey.Value) []byte {
	from := len(b)
	b = binary.LittleEndian.AppendUint16(b, uint16(column))
	text := v.Text
	switch c.kind {
	case fgbLong:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return binary.LittleEndian.AppendUint64(b, uint64(n))
		}
		return b[:from]
	case fgbDouble:
		if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return appendDouble(b, n)
		}
		return b[:from]
	case fgbMoment:
		if !isISO8601(text) {
			return b[:from]
		}
	default:
		text = clean(v)
	}
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...)
}

// isISO8601 says whether a text is a date, or one with a time and an offset.
func isISO8601(s string) bool {
	if len(s) == len(time.DateOnly) {
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	}
	_, ok := momentOf(s)
	return ok
}

// geometry writes a geometry (feature.fbs): positions, and where its parts end.
func (f *flatBuffer) geometry(at int, g orb.Geometry) {
	kind := flatField{size: 1, value: uint64(fgbKind(g))}
	if parts, ok := g.(orb.MultiPolygon); ok {
		fields := f.table(at, flatField{}, flatField{}, flatField{}, flatField{}, flatField{}, flatField{}, kind, flatReference)
		first := f.tables(fields[7], len(parts))
		for i, p := range parts {
			f.geometry(first+4*i, p)
		}
		return
	}
	if p, ok := g.(orb.Point); ok {
		fields := f.table(at, flatField{}, flatReference, flatField{}, flatField{}, flatField{}, flatField{}, kind)
		f.vector(fields[1], 2, 8)
		f.b = appendDouble(appendDouble(f.b, p[0]), p[1])
		return
	}
	var lines [][]orb.Point
	switch g := g.(type) {
	case orb.MultiPoint:
		lines = [][]orb.Point{g}
	case orb.LineString:
		lines = [][]orb.Point{g}
	case orb.MultiLineString:
		for _, l := range g {
			lines = append(lines, l)
		}
	case orb.Polygon:
		for i, r := range g {
			lines = append(lines, wound(r, i == 0))
		}
	}
	ends := flatField{}
	if len(lines) > 1 || kind.value == fgbMultiLine {
		ends = flatReference
	}
	fields := f.table(at, ends, flatReference, flatField{}, flatField{}, flatField{}, flatField{}, kind)
	points := 0
	var ns []uint32
	for _, l := range lines {
		points += len(l)
		ns = append(ns, uint32(points))
	}
	if ends.size > 0 {
		f.numbers(fields[0], ns)
	}
	f.vector(fields[1], 2*points, 8)
	for _, l := range lines {
		f.b = appendPoints(f.b, l)
	}
}

// header is what the file begins with.
func (g *fgbWriter) header() []byte {
	b := &g.flat
	root := b.begin()
	kind, node, envelope := uint64(g.kind), uint64(fgbNode), flatReference
	if g.mixed {
		kind = fgbAnyShape
	}
	if g.placed == 0 {
		node, envelope = 0, flatField{} // nothing to search for
		if g.Placed && !g.Shapes {
			kind = fgbPoint
		}
	}
	about := flatField{}
	if g.d.Fictional {
		about = flatReference
	}
	fields := b.table(root, flatReference, envelope, flatField{1, kind}, flatField{}, flatField{}, flatField{}, flatField{},
		flatReference, flatField{8, uint64(g.rows.n)}, flatField{2, node}, flatReference, flatReference, about)
	b.text(fields[0], "units")
	if envelope.size > 0 {
		b.vector(fields[1], 4, 8)
		b.b = appendBox(b.b, g.bounds.Bound)
	}
	first := b.tables(fields[7], len(g.columns))
	for i := range g.columns {
		g.columns[i].describe(b, first+4*i)
	}
	crs := b.table(fields[10], flatReference, flatField{4, 4326}, flatReference)
	b.text(crs[0], "EPSG")
	b.text(crs[2], "WGS 84")
	b.text(fields[11], g.d.Name)
	if about.size > 0 {
		b.text(fields[12], "All organizations in this file are fictional.")
	}
	return b.end()
}

func (c *fgbColumn) describe(b *flatBuffer, at int) {
	given := func(s string) flatField {
		if s == "" {
			return flatField{}
		}
		return flatReference
	}
	fields := b.table(at, flatReference, flatField{1, uint64(c.kind)}, given(c.title), given(c.description))
	b.text(fields[0], c.name)
	for i, s := range []string{c.title, c.description} {
		if s != "" {
			b.text(fields[2+i], strings.ToValidUTF8(s, "\ufffd"))
		}
	}
}

// write writes the file: magic bytes, header, index, units. Leaves of the index and units are
// written side by side, for both are in the same order.
func (g *fgbWriter) write(ctx context.Context, f, spool *os.File) error {
	head := append([]byte(fgbMagic), g.header()...)
	if _, err := f.Write(head); err != nil {
		return err
	}
	tree := newHilbertTree(g.rows.n, g.placed > 0)
	at := int64(len(head))
	leaves := bufio.NewWriterSize(io.NewOffsetWriter(f, at+tree.leaves()*fgbNodeSize), 1<<16)
	units := bufio.NewWriterSize(io.NewOffsetWriter(f, at+tree.nodes*fgbNodeSize), 1<<16)
	var b []byte
	offset := uint64(0)
	for i := range g.rows.n {
		r := g.rows.at(i)
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		b = slices.Grow(b[:0], fgbBox+int(r.size))[:fgbBox+int(r.size)]
		if _, err := spool.ReadAt(b, r.at); err != nil {
			return fmt.Errorf("read back what waits: %w", err)
		}
		if _, err := units.Write(b[fgbBox:]); err != nil {
			return err
		}
		if tree.nodes > 0 {
			tree.add(fgbLeaf{b[:fgbBox], offset}, leaves)
		}
		offset += uint64(r.size)
	}
	if err := cmp.Or(leaves.Flush(), units.Flush()); err != nil {
		return err
	}
	_, err := f.WriteAt(tree.above(), at)
	return err
}

// hilbertTree is a packed R-tree: all levels are full but for their last nodes. The root
// stands first, the leaves last.
type hilbertTree struct {
	levels []int64 // how many nodes, from the leaves up
	nodes  int64
	boxes  []orb.Bound // of the nodes above the leaves
	added  int64
}

type fgbLeaf struct {
	box    []byte
	offset uint64 // of the unit, from the first
}

func newHilbertTree(leaves int, wanted bool) *hilbertTree {
	t := &hilbertTree{}
	if !wanted {
		return t
	}
	for n := int64(leaves); ; n = (n + fgbNode - 1) / fgbNode {
		t.levels = append(t.levels, n)
		t.nodes += n
		if n == 1 && len(t.levels) > 1 {
			return t
		}
	}
}

// leaves is where the leaves begin, in nodes.
func (t *hilbertTree) leaves() int64 {
	if t.nodes == 0 {
		return 0
	}
	return t.nodes - t.levels[0]
}

// add writes a leaf and makes the box of the node above it larger.
func (t *hilbertTree) add(l fgbLeaf, w *bufio.Writer) {
	w.Write(l.box)
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], l.offset)
	w.Write(b[:])
	if t.added%fgbNode == 0 {
		t.boxes = append(t.boxes, nowhere)
	}
	t.added++
	last := &t.boxes[len(t.boxes)-1]
	*last = around(*last, orb.Bound{Min: orb.Point{doubleAt(l.box), doubleAt(l.box[8:])}, Max: orb.Point{doubleAt(l.box[16:]), doubleAt(l.box[24:])}})
}

// around is the box around two, of which each may be nowhere.
func around(a, b orb.Bound) orb.Bound {
	return orb.Bound{Min: orb.Point{min(a.Min[0], b.Min[0]), min(a.Min[1], b.Min[1])}, Max: orb.Point{max(a.Max[0], b.Max[0]), max(a.Max[1], b.Max[1])}}
}

// above are the nodes above the leaves, from the root down. Each says which node is its first.
func (t *hilbertTree) above() []byte {
	var levels [][]byte
	boxes, first := t.boxes, t.leaves() // of the level below
	for level := 1; level < len(t.levels); level++ {
		var b []byte
		var next []orb.Bound
		for i, box := range boxes {
			b = binary.LittleEndian.AppendUint64(appendBox(b, box), uint64(first+int64(i)*fgbNode))
			if i%fgbNode == 0 {
				next = append(next, nowhere)
			}
			last := &next[len(next)-1]
			*last = around(*last, box)
		}
		levels = append(levels, b)
		first -= int64(len(boxes))
		boxes = next
	}
	slices.Reverse(levels)
	return slices.Concat(levels...)
}
