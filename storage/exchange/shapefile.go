package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding"
)

// shapefile is boundaries in the main file of a shapefile (ESRI 1998), with the
// attributes in a dBASE III table of the same name.
type shapefile struct {
	open   func(ext string) (io.ReadCloser, error) // fs.ErrNotExist if there is none
	table  *dbfHead
	text   encoding.Encoding
	bounds orb.Bound
}

// errNoPart means that a file of a shapefile is not there.
var errNoPart = errors.New("a part of the shapefile is missing")

func openShapefile(b *Boundaries, o BoundaryOptions) (areaSource, error) {
	s := &shapefile{}
	if strings.EqualFold(path.Ext(b.Name), ".zip") {
		z, err := zip.NewReader(b.file, b.size)
		if err != nil {
			return nil, errors.New("the archive cannot be opened; it may be damaged")
		}
		if s.open, err = zipped(b, z, o.Layer); err != nil {
			return nil, err
		}
	} else {
		s.open = beside(b.file.Name())
	}
	if err := s.readHead(); err != nil {
		return nil, err
	}
	if err := s.readTable(b, o.Encoding); err != nil {
		return nil, err
	}
	return s, s.readSystem(b)
}

// beside opens the files that stand beside a shapefile, whatever the case of their
// endings.
func beside(shp string) func(string) (io.ReadCloser, error) {
	stem := strings.TrimSuffix(shp, path.Ext(shp))
	return func(ext string) (io.ReadCloser, error) {
		if ext == ".shp" {
			return os.Open(shp)
		}
		for _, e := range [...]string{ext, strings.ToUpper(ext)} {
			f, err := os.Open(stem + e)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			st, err := f.Stat()
			if err != nil || !st.Mode().IsRegular() || st.Size() > maxBoundaryFile {
				f.Close()
				return nil, fmt.Errorf("the file %s beside it is no file, or larger than %d MB", ext, maxBoundaryFile>>20)
			}
			return f, nil
		}
		return nil, errNoPart
	}
}

// zipped opens the files of a shapefile in an archive. They are read from it as they
// are; nothing is unpacked to the disk.
func zipped(b *Boundaries, z *zip.Reader, layer string) (func(string) (io.ReadCloser, error), error) {
	if len(z.File) > 10_000 {
		return nil, errors.New("the archive holds more than 10,000 files")
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		ext := path.Ext(f.Name)
		files[strings.TrimSuffix(f.Name, ext)+strings.ToLower(ext)] = f
		if strings.EqualFold(ext, ".shp") && !strings.HasPrefix(path.Base(f.Name), "._") {
			b.Layers = append(b.Layers, strings.TrimSuffix(f.Name, ext))
		}
	}
	if len(b.Layers) == 0 {
		return nil, errors.New("the archive holds no shapefile (.shp)")
	}
	if err := b.chooseLayer(layer); err != nil {
		return nil, err
	}
	return func(ext string) (io.ReadCloser, error) {
		f := files[b.Layer+ext]
		switch {
		case f == nil:
			return nil, errNoPart
		case f.UncompressedSize64 > maxBoundaryFile:
			return nil, fmt.Errorf("the file %s in the archive is larger than %d MB", ext, maxBoundaryFile>>20)
		}
		r, err := f.Open()
		if err != nil {
			return nil, errors.New("the archive cannot be read; it may be damaged, or need a password")
		}
		return struct {
			io.Reader
			io.Closer
		}{io.LimitReader(r, maxBoundaryFile), r}, nil
	}, nil
}

// readSmall reads a part of a shapefile that is short, "" if it is not there.
func (s *shapefile) readSmall(ext string) (string, error) {
	f, err := s.open(ext)
	if errors.Is(err, errNoPart) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxWKT+1))
	return string(b), err
}

// readSystem settles in which coordinate system the positions are.
func (s *shapefile) readSystem(b *Boundaries) error {
	wkt, err := s.readSmall(".prj")
	if err != nil {
		return err
	}
	if strings.TrimSpace(wkt) != "" {
		b.project, b.Projection, err = projectionOf(wkt)
		return err
	}
	world := orb.Bound{Min: orb.Point{-180.001, -90.001}, Max: orb.Point{180.001, 90.001}}
	if !world.Contains(s.bounds.Min) || !world.Contains(s.bounds.Max) {
		return errors.New("no .prj file beside it says in which coordinate system its positions are, and they are no longitude and latitude; ask for the .prj file and put it beside")
	}
	b.notice("no .prj file beside it says in which coordinate system its positions are; they are taken for longitude and latitude in WGS 84")
	return nil
}

const shapeHead = 100 // bytes

var errShape = errors.New("it is no shapefile, or damaged; it may not have been copied whole")

func (s *shapefile) readHead() error {
	f, err := s.open(".shp")
	if err != nil {
		return err
	}
	defer f.Close()
	var h [shapeHead]byte
	if _, err := io.ReadFull(f, h[:]); err != nil || binary.BigEndian.Uint32(h[:]) != 9994 {
		return errShape
	}
	if kind := binary.LittleEndian.Uint32(h[32:]); !polygonKind(kind) {
		return fmt.Errorf("its shapes are %s; boundaries are polygons", shapeName(kind))
	}
	s.bounds = orb.Bound{Min: orb.Point{doubleAt(h[36:]), doubleAt(h[44:])}, Max: orb.Point{doubleAt(h[52:]), doubleAt(h[60:])}}
	return nil
}

func doubleAt(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// polygonKind says whether shapes are polygons: plain, with heights, with measures.
func polygonKind(kind uint32) bool { return kind == 5 || kind == 15 || kind == 25 }

func shapeName(kind uint32) string {
	switch kind % 10 {
	case 0:
		return "empty"
	case 1, 8:
		return "points"
	case 3:
		return "lines"
	}
	return fmt.Sprintf("of type %d", kind)
}

func (s *shapefile) columns() []string {
	if s.table == nil {
		return nil
	}
	return s.table.names
}

func (s *shapefile) close() error { return nil }

func (s *shapefile) areas(ctx context.Context, each func(*Area) error) error {
	f, err := s.open(".shp")
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(contextReader{ctx, f}, 256<<10)
	if _, err := r.Discard(shapeHead); err != nil {
		return errShape
	}
	rows, done, err := s.rows(ctx)
	if err != nil {
		return err
	}
	defer done()
	var buf []byte
	for n := 1; ; n++ {
		var h [8]byte
		if _, err := io.ReadFull(r, h[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return shapeError(err)
		}
		size := int64(binary.BigEndian.Uint32(h[4:])) * 2
		if size < 4 || size > maxBoundaryFile {
			return errShape
		}
		if buf, err = readGrowing(r, buf, int(size)); err != nil {
			return shapeError(err)
		}
		cells, deleted, err := rows()
		if err != nil {
			return err
		}
		if deleted {
			continue
		}
		a := &Area{Number: n, Cells: cells}
		a.Rings, a.Bad = shapeRings(buf)
		if err := each(a); err != nil {
			return err
		}
	}
}

func shapeError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) {
		return errShape
	}
	return err
}

// readGrowing reads n bytes and takes memory only as they come, whatever n says.
func readGrowing(r io.Reader, buf []byte, n int) ([]byte, error) {
	b := bytes.NewBuffer(buf[:0])
	m, err := io.CopyN(b, r, int64(n))
	if err == nil && m < int64(n) {
		err = io.ErrUnexpectedEOF
	}
	return b.Bytes(), err
}

// shapeRings reads a polygon record: type, box, counts, beginnings of parts, points.
func shapeRings(b []byte) (rings []orb.Ring, bad string) {
	kind := binary.LittleEndian.Uint32(b)
	switch {
	case kind == 0:
		return nil, "it has no geometry"
	case !polygonKind(kind):
		return nil, "its geometry is " + shapeName(kind) + "; an area is a polygon"
	case len(b) < 44:
		return nil, "its geometry is cut off"
	}
	parts, points := int64(binary.LittleEndian.Uint32(b[36:])), int64(binary.LittleEndian.Uint32(b[40:]))
	if parts > maxAreaRings {
		return nil, fmt.Sprintf("its geometry has more than %d parts", maxAreaRings)
	}
	if 44+4*parts+16*points > int64(len(b)) {
		return nil, "its geometry is cut off"
	}
	at := b[44+4*parts:]
	for i := range parts {
		from := int64(binary.LittleEndian.Uint32(b[44+4*i:]))
		to := points
		if i+1 < parts {
			to = int64(binary.LittleEndian.Uint32(b[48+4*i:]))
		}
		if from > to || to > points {
			return nil, "the parts of its geometry do not fit together"
		}
		r := make(orb.Ring, to-from)
		for j := range r {
			p := at[16*(from+int64(j)):]
			r[j] = orb.Point{doubleAt(p), doubleAt(p[8:])}
		}
		rings = append(rings, r)
	}
	if len(rings) == 0 {
		return nil, "it has no geometry"
	}
	return rings, ""
}

// dbfHead is the description of a dBASE III table.
type dbfHead struct {
	names        []string
	from, length []int // of fields in a row
	head, row    int   // bytes
	language     byte
}

// readTable reads what the columns are, and settles the encoding of the texts.
func (s *shapefile) readTable(b *Boundaries, asked string) error {
	f, err := s.open(".dbf")
	if errors.Is(err, errNoPart) {
		b.notice("the table .dbf is missing, so codes and names are not known; ask for it and put it beside")
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	if s.table, err = readDBF(r); err != nil {
		return err
	}
	sample := make([]byte, 1<<20)
	n, err := io.ReadFull(r, sample)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	name := asked
	if name == "" {
		if name, err = s.encodingOf(b, sample[:n]); err != nil {
			return err
		}
	}
	b.Encoding = name
	if s.text, err = encodingNamed(name); err != nil {
		return err
	}
	for i, n := range s.table.names {
		s.table.names[i] = s.decode([]byte(n))
	}
	return nil
}

// encodingOf finds the encoding: as the file .cpg says, or the language of the table,
// or by its bytes.
func (s *shapefile) encodingOf(b *Boundaries, sample []byte) (string, error) {
	cpg, err := s.readSmall(".cpg")
	if err != nil {
		return "", err
	}
	if name := codePage(cpg); name != "" {
		if _, err := encodingNamed(name); err == nil {
			return name, nil
		}
		b.notice("the file .cpg names the encoding %q, which is not known", cutTo(strings.TrimSpace(cpg), 40))
	}
	if name := dbfLanguages[s.table.language]; name != "" && !utf8.Valid(sample) {
		return name, nil
	}
	if utf8.Valid(trimPartial(sample)) {
		return "utf-8", nil
	}
	name := likeliest(appendForeign(nil, sample))
	b.notice("no file .cpg says how its texts are encoded; %s is the likeliest", name)
	return name, nil
}

// trimPartial leaves out the bytes of a character that is cut at the end.
func trimPartial(b []byte) []byte {
	for i := 1; i <= min(3, len(b)); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// dbfLanguages are the encodings of language drivers of tables.
var dbfLanguages = map[byte]string{0x03: "windows-1252", 0x57: "windows-1252", 0xc9: "windows-1251", 0x7b: "shift_jis", 0x13: "shift_jis",
	0x4d: "gb18030", 0x7a: "gb18030", 0x4e: "euc-kr", 0x79: "euc-kr", 0x4f: "big5", 0x78: "big5", 0x50: "windows-874", 0x7c: "windows-874", 0x7e: "windows-1256"}

// codePage is the name of the encoding that a .cpg file gives.
func codePage(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\r\n\x00\ufeff"))
	s = strings.TrimSpace(strings.TrimPrefix(s, "ansi"))
	switch s {
	case "65001", "utf8":
		return "utf-8"
	case "88591", "iso 8859-1", "iso8859-1", "iso88591", "8859_1":
		return "iso-8859-1"
	}
	if _, err := strconv.Atoi(s); err == nil {
		return "cp" + s
	}
	return s
}

var errTable = errors.New("the table .dbf is damaged; it may not have been copied whole")

// readDBF reads the head of a table and stands at the first row then.
func readDBF(r *bufio.Reader) (*dbfHead, error) {
	var h [32]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return nil, errTable
	}
	t := &dbfHead{head: int(binary.LittleEndian.Uint16(h[8:])), row: int(binary.LittleEndian.Uint16(h[10:])), language: h[29]}
	at, read := 1, len(h)
	for {
		first, err := r.Peek(1)
		if err != nil {
			return nil, errTable
		}
		if first[0] == 0x0d || read+32 > t.head {
			break
		}
		var f [32]byte
		if _, err := io.ReadFull(r, f[:]); err != nil {
			return nil, errTable
		}
		read += len(f)
		name, _, _ := bytes.Cut(f[:11], []byte{0})
		length := int(f[16])
		if f[11] == 'C' {
			length += int(f[17]) << 8 // long texts
		}
		t.names, t.from, t.length = append(t.names, string(name)), append(t.from, at), append(t.length, length)
		at += length
	}
	if at > t.row || len(t.names) == 0 || len(t.names) > maxListCols || read > t.head {
		return nil, errTable
	}
	_, err := r.Discard(t.head - read)
	if err != nil {
		return nil, errTable
	}
	return t, nil
}

// rows gives the rows of the table one after the other; a table that is too short
// gives blank ones.
func (s *shapefile) rows(ctx context.Context) (next func() (cells []string, deleted bool, err error), done func(), err error) {
	if s.table == nil {
		return func() ([]string, bool, error) { return nil, false, nil }, func() {}, nil
	}
	f, err := s.open(".dbf")
	if err != nil {
		return nil, nil, err
	}
	r := bufio.NewReader(contextReader{ctx, f})
	if _, err := r.Discard(s.table.head); err != nil {
		f.Close()
		return nil, nil, errTable
	}
	row := make([]byte, s.table.row)
	return func() ([]string, bool, error) {
		if _, err := io.ReadFull(r, row); err != nil || row[0] == 0x1a {
			if err != nil && ctx.Err() != nil {
				return nil, false, ctx.Err()
			}
			return nil, false, nil
		}
		cells := make([]string, len(s.table.names))
		for i := range cells {
			from := s.table.from[i]
			cells[i] = s.decode(bytes.Trim(row[from:from+s.table.length[i]], " \x00"))
		}
		return cells, row[0] == '*', nil
	}, func() { f.Close() }, nil
}

func (s *shapefile) decode(b []byte) string {
	if s.text != nil && !isASCII(b) {
		if d, err := s.text.NewDecoder().Bytes(b); err == nil {
			b = d
		}
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

func isASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= utf8.RuneSelf })
}
