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

// namesInNote is how many columns a note names; the report names all.
const namesInNote = 6

// shapefileSystem is WGS 84 as ESRI writes it.
const shapefileSystem = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// shapeWriter is a dataset as a shapefile has it.
type shapeWriter struct {
	d             *Dataset
	kind          uint32 // of the shapes
	bounds        bounds
	rows          int
	bytes         int64 // of the file of shapes
	table         *dbfTable
	shp, shx, dbf *os.File
}

// writeShapefile writes shapes, their index, a dBASE III table in UTF-8 and what says the
// coordinate system and the encoding; and beside them NAME-loss.txt, which says what a shapefile
// cannot hold. Units without a place are null shapes.
func writeShapefile(ctx context.Context, out *Files, path string, d *Dataset) error {
	s := &shapeWriter{d: d, bytes: shapeHead, table: dbfColumns(d)}
	err := out.Write(path, func(shp *os.File) error {
		return out.Write(sibling(path, "", ".shx"), func(shx *os.File) error {
			return out.Write(sibling(path, "", ".dbf"), func(dbf *os.File) error {
				s.shp, s.shx, s.dbf = shp, shx, dbf
				return s.write(ctx)
			})
		})
	})
	if err != nil {
		return err
	}
	for _, part := range []struct{ path, text string }{
		{sibling(path, "", ".prj"), shapefileSystem},
		{sibling(path, "", ".cpg"), "UTF-8"},
		{sibling(path, "", "-loss.txt"), s.table.report(filepath.Base(path))},
	} {
		err := out.Write(part.path, func(f *os.File) error {
			_, err := io.WriteString(f, part.text)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, line := range s.table.losses(namesInNote) {
		out.Note("%s: %s", filepath.Base(path), line)
	}
	return nil
}

// write writes the shapes and their index. How wide the columns of the table are is known when
// all rows are read, so they wait in a file beside, and reading the study once is enough.
func (s *shapeWriter) write(ctx context.Context) error {
	spool, err := os.CreateTemp(filepath.Dir(s.dbf.Name()), ".sse-*")
	if err != nil {
		return err
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	if err := s.shapes(ctx, spool); err != nil {
		return err
	}
	s.table.settle()
	if err := s.fits(); err != nil {
		return err
	}
	for f, size := range map[*os.File]int64{s.shp: s.bytes, s.shx: shapeHead + 8*int64(s.rows)} {
		if _, err := f.WriteAt(s.head(size), 0); err != nil {
			return err
		}
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return s.table.write(ctx, bufio.NewWriterSize(s.dbf, 1<<16), bufio.NewReaderSize(spool, 1<<16), s.rows)
}

// fits refuses what is larger than a shapefile.
func (s *shapeWriter) fits() error {
	for what, size := range map[string]int64{"shapes": s.bytes, "table": s.table.size(s.rows)} {
		if size > maxShapefile {
			return fmt.Errorf("the %s of this shapefile would have more than 2,048 MB, which is all that it holds; leave columns out, or export GeoPackage (gpkg), which has no such limit", what)
		}
	}
	return nil
}

// shapes reads the rows. Each record of shapes stands in the index with its place and length,
// both in words of 16 bits.
func (s *shapeWriter) shapes(ctx context.Context, spool *os.File) error {
	shp, shx, cells := bufio.NewWriterSize(s.shp, 1<<16), bufio.NewWriterSize(s.shx, 1<<16), bufio.NewWriterSize(spool, 1<<16)
	if s.d.Placed && !s.d.Shapes {
		s.kind = shapePoint
	}
	var b []byte
	b = append(b, make([]byte, shapeHead)...) // filled in later
	shp.Write(b)
	shx.Write(b)
	for f, err := range s.d.Rows(ctx) {
		if err != nil {
			return err
		}
		s.rows++
		if b, err = s.record(b[:0], f.Geometry); err != nil {
			return err
		}
		shp.Write(b)
		var entry [8]byte
		binary.BigEndian.PutUint32(entry[:], uint32(s.bytes/2))
		copy(entry[4:], b[4:8])
		shx.Write(entry[:])
		s.bytes += int64(len(b))
		b = s.table.appendCells(b[:0], f)
		if _, err := cells.Write(b); err != nil {
			return err
		}
		if s.rows%1024 == 0 { // before the disk is full
			if err := s.fits(); err != nil {
				return err
			}
		}
	}
	for _, w := range []*bufio.Writer{shp, shx, cells} {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// record is a shape with its number and length before it.
func (s *shapeWriter) record(b []byte, g orb.Geometry) ([]byte, error) {
	if kind := shapeKindOf(g); kind != shapeNull {
		if s.kind == shapeNull {
			s.kind = kind
		}
		if kind != s.kind {
			return nil, fmt.Errorf("a shapefile holds places of one kind, and these are %s as well as %s; export GeoPackage (gpkg), which holds both", shapeName(s.kind), shapeName(kind))
		}
	}
	g = cut(g)
	b = appendShape(binary.BigEndian.AppendUint64(b, uint64(s.rows)<<32), g)
	if binary.LittleEndian.Uint32(b[8:]) != shapeNull {
		s.bounds.add(g)
	}
	binary.BigEndian.PutUint32(b[4:], uint32(len(b)-8)/2)
	return b, nil
}

func shapeKindOf(g orb.Geometry) uint32 {
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
	switch g := g.(type) {
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
	lines := t.losses(len(t.columns) + len(t.dropped))
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
