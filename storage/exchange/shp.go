package exchange

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/paulmach/orb"
)

// Types of shapes (ESRI Shapefile Technical Description, July 1998, table 1).
const (
	shapeNull       = 0
	shapePoint      = 1
	shapePolyLine   = 3
	shapePolygon    = 5
	shapeMultiPoint = 8
)

// maxShapefile is what each file of a shapefile holds in bytes: offsets are 32 bits with a sign
// in most programs that read them.
const maxShapefile = 1<<31 - 1

// shapefileSystem is WGS 84 as ESRI writes it.
const shapefileSystem = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// shapeWriter is a dataset as a shapefile has it.
type shapeWriter struct {
	d       *Dataset
	kind    uint32 // of the shapes
	bounds  bounds
	rows    int
	bytes   int64 // of the file of shapes
	table   *dbfTable
	scratch []byte
}

// writeShapefile writes shapes, their index, a dBASE III table in UTF-8 and what says the
// coordinate system and the encoding; and beside them NAME-loss.txt, which says what a shapefile
// cannot hold. Units without a place are null shapes.
func writeShapefile(ctx context.Context, out *Files, path string, d *Dataset) error {
	s := &shapeWriter{d: d, table: dbfColumns(d)}
	if err := s.measure(ctx); err != nil {
		return err
	}
	// All three are written in one reading of the rows.
	err := out.Write(path, func(shp *os.File) error {
		return out.Write(sibling(path, "", ".shx"), func(shx *os.File) error {
			return out.Write(sibling(path, "", ".dbf"), func(dbf *os.File) error {
				return s.write(ctx, bufio.NewWriterSize(shp, 1<<16), bufio.NewWriterSize(shx, 1<<16), bufio.NewWriterSize(dbf, 1<<16))
			})
		})
	})
	if err != nil {
		return err
	}
	report := sibling(path, "", "-loss.txt")
	for _, part := range []struct{ path, text string }{
		{sibling(path, "", ".prj"), shapefileSystem},
		{sibling(path, "", ".cpg"), "UTF-8"},
		{report, s.table.report(filepath.Base(path))},
	} {
		err := out.Write(part.path, func(f *os.File) error {
			_, err := io.WriteString(f, part.text)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, line := range s.table.losses() {
		out.Note("shapefile: %s", line)
	}
	return nil
}

// measure reads the rows once: of which type shapes are, how large all becomes, and how wide
// columns must be.
func (s *shapeWriter) measure(ctx context.Context) error {
	s.bytes = shapeHead
	if s.d.Placed && !s.d.Shapes {
		s.kind = shapePoint
	}
	for f, err := range s.d.Rows(ctx) {
		if err != nil {
			return err
		}
		s.rows++
		if err := s.measureShape(f.Geometry); err != nil {
			return err
		}
		for i := range s.table.columns {
			s.table.columns[i].measure(f)
		}
	}
	s.table.settle()
	for _, part := range []struct {
		what string
		size int64
	}{{"shapes", s.bytes}, {"table", s.table.size(s.rows)}} {
		if part.size > maxShapefile {
			return fmt.Errorf("the %s of this shapefile would be %d MB, and it holds 2,048; leave columns out, or export GeoPackage (gpkg), which has no such limit", part.what, part.size>>20)
		}
	}
	return nil
}

func (s *shapeWriter) measureShape(g orb.Geometry) error {
	kind := shapeKind(g)
	if kind != shapeNull {
		if s.kind == shapeNull {
			s.kind = kind
		}
		if kind != s.kind {
			return fmt.Errorf("a shapefile holds places of one kind, and these are %s as well as %s; export GeoPackage (gpkg), which holds both", shapeName(s.kind), shapeName(kind))
		}
	}
	s.scratch = appendShape(s.scratch[:0], g)
	s.bytes += 8 + int64(len(s.scratch))
	if len(s.scratch) > 4 {
		s.bounds.add(cut(g))
	}
	return nil
}

func shapeKind(g orb.Geometry) uint32 {
	switch g.(type) {
	case orb.Point:
		return shapePoint
	case orb.MultiPoint:
		return shapeMultiPoint
	case orb.LineString, orb.MultiLineString:
		return shapePolyLine
	case orb.Polygon, orb.MultiPolygon:
		return shapePolygon
	}
	return shapeNull
}

// write writes what was measured. Each record of shapes stands in the index with its place and
// length, both in words of 16 bits.
func (s *shapeWriter) write(ctx context.Context, shp, shx, dbf *bufio.Writer) error {
	shp.Write(s.head(s.bytes))
	shx.Write(s.head(shapeHead + 8*int64(s.rows)))
	dbf.Write(s.table.head(s.rows))
	at, row := int64(shapeHead), 0
	var b []byte
	for f, err := range s.d.Rows(ctx) {
		if err != nil {
			return err
		}
		if row++; row > s.rows {
			return errChanged
		}
		s.scratch = appendShape(s.scratch[:0], f.Geometry)
		words := uint32(len(s.scratch) / 2)
		shx.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b[:0], uint32(at/2)), words))
		shp.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b[:0], uint32(row)), words))
		shp.Write(s.scratch)
		at += 8 + int64(len(s.scratch))
		b = s.table.appendRow(b[:0], f)
		if _, err := dbf.Write(b); err != nil {
			return err
		}
	}
	if row != s.rows || at != s.bytes {
		return errChanged
	}
	dbf.WriteByte(0x1a)
	for _, w := range []*bufio.Writer{shp, shx, dbf} {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// head is what files of shapes and of their index begin with.
func (s *shapeWriter) head(size int64) []byte {
	b := make([]byte, 24, shapeHead)
	binary.BigEndian.PutUint32(b, 9994)
	b = binary.BigEndian.AppendUint32(b, uint32(size/2))
	b = binary.LittleEndian.AppendUint32(b, 1000)
	b = binary.LittleEndian.AppendUint32(b, s.kind)
	b = appendBox(b, s.bounds.Bound)
	return b[:shapeHead]
}

func appendDouble(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func appendPoints(b []byte, ps []orb.Point) []byte {
	for _, p := range ps {
		b = appendDouble(appendDouble(b, p[0]), p[1])
	}
	return b
}

// appendBox writes a box as min x, min y, max x, max y.
func appendBox(b []byte, box orb.Bound) []byte {
	return appendPoints(b, []orb.Point{box.Min, box.Max})
}

// appendShape writes the contents of a record. Outer rings run clockwise, unlike those of other
// formats.
func appendShape(b []byte, g orb.Geometry) []byte {
	switch g := cut(g).(type) {
	case orb.Point:
		return appendPoints(binary.LittleEndian.AppendUint32(b, shapePoint), []orb.Point{g})
	case orb.MultiPoint:
		if len(g) == 0 {
			break
		}
		b = appendBox(binary.LittleEndian.AppendUint32(b, shapeMultiPoint), g.Bound())
		return appendPoints(binary.LittleEndian.AppendUint32(b, uint32(len(g))), g)
	case orb.LineString:
		return appendParts(b, shapePolyLine, g.Bound(), [][]orb.Point{g})
	case orb.MultiLineString:
		var parts [][]orb.Point
		for _, l := range g {
			parts = append(parts, l)
		}
		return appendParts(b, shapePolyLine, g.Bound(), parts)
	case orb.Polygon:
		return appendParts(b, shapePolygon, g.Bound(), shapefileRings(nil, g))
	case orb.MultiPolygon:
		var parts [][]orb.Point
		for _, p := range g {
			parts = shapefileRings(parts, p)
		}
		return appendParts(b, shapePolygon, g.Bound(), parts)
	}
	return binary.LittleEndian.AppendUint32(b, shapeNull)
}

func shapefileRings(parts [][]orb.Point, p orb.Polygon) [][]orb.Point {
	for i, r := range p {
		parts = append(parts, wound(r, i > 0))
	}
	return parts
}

func appendParts(b []byte, kind uint32, box orb.Bound, parts [][]orb.Point) []byte {
	points := 0
	for _, p := range parts {
		points += len(p)
	}
	if points == 0 {
		return binary.LittleEndian.AppendUint32(b, shapeNull)
	}
	b = appendBox(binary.LittleEndian.AppendUint32(b, kind), box)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(parts)))
	b = binary.LittleEndian.AppendUint32(b, uint32(points))
	first := 0
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(first))
		first += len(p)
	}
	for _, p := range parts {
		b = appendPoints(b, p)
	}
	return b
}

// report says in plain text what the shapefile does not hold.
func (t *dbfTable) report(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "What %s does not hold as the study has it\n\n", name)
	lines := t.losses()
	if len(lines) == 0 {
		lines = []string{"Nothing is lost."}
	}
	for _, l := range lines {
		fmt.Fprintf(&b, "- %s\n", l)
	}
	b.WriteString("\nA GeoPackage (gpkg) of the same units holds all of it.\n\nColumns: name in the shapefile, type and width, name in the study, question\n\n")
	for i := range t.columns {
		c := &t.columns[i]
		fmt.Fprintf(&b, "%-10s  %c %-6s  %s  %s\n", c.name, c.kind, c.size(), c.from, strings.Join(strings.Fields(c.label), " "))
		for _, l := range c.losses() {
			fmt.Fprintf(&b, "            %s\n", l)
		}
	}
	return b.String()
}
