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

// shapefile is the main file of a shapefile (ESRI 1998), with the attributes in a dBASE
// III table of the same name.
type shapefile struct {
	of     *geoFile
	open   func(ext string) (io.ReadCloser, error) // fs.ErrNotExist if there is none
	table  *dbfHead
	text   encoding.Encoding
	bounds orb.Bound
}

// errNoPart means that a file of a shapefile is not there.
var errNoPart = errors.New("a part of the shapefile is missing")

func openShapefile(g *geoFile) (featureSource, error) {
	s := &shapefile{of: g}
	if strings.EqualFold(path.Ext(g.file.Name()), ".zip") {
		z, err := openArchive(g.file, g.size)
		if err != nil {
			return nil, err
		}
		if s.open, err = zipped(g, z); err != nil {
			return nil, err
		}
	} else {
		s.open = beside(g.file.Name())
	}
	if err := s.readHead(); err != nil {
		return nil, err
	}
	if err := s.readTable(); err != nil {
		return nil, err
	}
	return s, s.readSystem()
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

// zipped opens the files of a shapefile in an archive.
func zipped(g *geoFile, z *zip.Reader) (func(string) (io.ReadCloser, error), error) {
	files := map[string]*zip.File{}
	for _, f := range z.File {
		stem, ext, hidden := namedInArchive(f)
		files[stem+ext] = f
		if ext == ".shp" && !hidden {
			g.layers = append(g.layers, stem)
		}
	}
	if len(g.layers) == 0 {
		return nil, errors.New("the archive holds no shapefile (.shp)")
	}
	if err := g.chooseLayer(); err != nil {
		return nil, err
	}
	return func(ext string) (io.ReadCloser, error) {
		f := files[g.layer+ext]
		if f == nil {
			return nil, errNoPart
		}
		left := int64(maxBoundaryFile)
		return openArchived(f, &left)
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
func (s *shapefile) readSystem() error {
	wkt, err := s.readSmall(".prj")
	if err != nil {
		return err
	}
	if strings.TrimSpace(wkt) != "" {
		s.of.project, s.of.system, err = projectionOf(wkt)
		return err
	}
	world := orb.Bound{Min: orb.Point{-180.001, -90.001}, Max: orb.Point{180.001, 90.001}}
	if !world.Contains(s.bounds.Min) || !world.Contains(s.bounds.Max) {
		return errors.New("no .prj file beside it says in which coordinate system its positions are, and they are no longitude and latitude; ask for the .prj file and put it beside")
	}
	s.of.notice("no .prj file beside it says in which coordinate system its positions are; they are taken for longitude and latitude in WGS 84")
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
	if kind := binary.LittleEndian.Uint32(h[32:]); s.of.areas && shapeKind(kind) != "Polygon" {
		return fmt.Errorf("its shapes are %s; boundaries are polygons", shapeName(kind))
	}
	s.bounds = orb.Bound{Min: orb.Point{doubleAt(h[36:]), doubleAt(h[44:])}, Max: orb.Point{doubleAt(h[52:]), doubleAt(h[60:])}}
	return nil
}

func doubleAt(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// shapeKind is the kind of geometry of a type of shape: plain, with heights (10 and more)
// or with measures (20 and more); "" is of one that is not read.
func shapeKind(kind uint32) string {
	if kind < 30 {
		switch kind % 10 {
		case 1:
			return "Point"
		case 3:
			return "LineString"
		case 5:
			return "Polygon"
		case 8:
			return "MultiPoint"
		}
	}
	return ""
}

func shapeName(kind uint32) string {
	switch shapeKind(kind) {
	case "Point", "MultiPoint":
		return "points"
	case "LineString":
		return "lines"
	}
	if kind == 0 {
		return "empty"
	}
	return fmt.Sprintf("of type %d", kind)
}

func (s *shapefile) fields() ([]string, bool) {
	if s.table == nil {
		return nil, true
	}
	return s.table.names, true
}

func (s *shapefile) close() error { return nil }

func (s *shapefile) features(ctx context.Context, each func(*geoFeature) error) error {
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
	most := s.of.longest()
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
		x := &geoFeature{number: n, most: s.of.most}
		if buf, err = readGrowing(r, buf, min(int(size), most)); err != nil {
			return shapeError(err)
		}
		if rest := int(size) - most; rest > 0 {
			x.bad = fmt.Sprintf("its geometry has more than %d positions", s.of.most)
			if _, err := r.Discard(rest); err != nil {
				return shapeError(err)
			}
		}
		deleted, err := rows(x)
		if err != nil {
			return err
		}
		if deleted {
			continue
		}
		if x.bad == "" {
			x.bad = x.readShape(buf)
		}
		if err := each(x); err != nil {
			return err
		}
	}
}

func shapeError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
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

// readShape reads a record: a point, points, or lines or rings. It says why it cannot.
func (x *geoFeature) readShape(b []byte) (bad string) {
	kind := binary.LittleEndian.Uint32(b)
	const cutOff = "its geometry is cut off"
	switch x.kind = shapeKind(kind); {
	case kind == 0: // no geometry
		return ""
	case x.kind == "Point":
		if len(b) < 20 {
			return cutOff
		}
		x.put(orb.Point{doubleAt(b[4:]), doubleAt(b[12:])})
	case x.kind == "MultiPoint":
		if len(b) < 40 {
			return cutOff
		}
		points := int64(binary.LittleEndian.Uint32(b[36:]))
		if 40+16*points > int64(len(b)) {
			return cutOff
		}
		x.putAll(b[40:][:16*points])
	case x.kind == "":
		return "its geometry is " + shapeName(kind) + ", which is not read"
	default:
		return x.readParts(b)
	}
	return x.bad
}

// putAll adds positions of two numbers each.
func (x *geoFeature) putAll(b []byte) {
	for ; len(b) > 0 && x.bad == ""; b = b[16:] {
		x.put(orb.Point{doubleAt(b), doubleAt(b[8:])})
	}
}

// readParts reads lines or rings: type, box, counts, beginnings of parts, points.
func (x *geoFeature) readParts(b []byte) (bad string) {
	if len(b) < 44 {
		return "its geometry is cut off"
	}
	parts, points := int64(binary.LittleEndian.Uint32(b[36:])), int64(binary.LittleEndian.Uint32(b[40:]))
	if parts > maxAreaRings {
		return fmt.Sprintf("its geometry has more than %d parts", maxAreaRings)
	}
	if 44+4*parts+16*points > int64(len(b)) {
		return "its geometry is cut off"
	}
	at := b[44+4*parts:]
	for i := range parts {
		from := int64(binary.LittleEndian.Uint32(b[44+4*i:]))
		to := points
		if i+1 < parts {
			to = int64(binary.LittleEndian.Uint32(b[48+4*i:]))
		}
		if from > to || to > points {
			return "the parts of its geometry do not fit together"
		}
		x.begin()
		x.putAll(at[16*from : 16*to])
	}
	if len(x.rings) > 1 {
		x.kind = "Multi" + x.kind
	}
	return x.bad
}

// dbfHead is the description of a dBASE III table.
type dbfHead struct {
	names        []string
	from, length []int // of fields in a row
	dates        []bool
	head, row    int // bytes
	language     byte
}

// readTable reads what the columns are, and settles the encoding of the texts.
func (s *shapefile) readTable() error {
	f, err := s.open(".dbf")
	if errors.Is(err, errNoPart) {
		s.of.notice("the table .dbf is missing, so codes and names are not known; ask for it and put it beside")
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
	if s.of.encoding == "" {
		if s.of.encoding, err = s.encodingOf(sample[:n]); err != nil {
			return err
		}
	}
	if s.text, err = encodingNamed(s.of.encoding); err != nil {
		return err
	}
	for i, n := range s.table.names {
		s.table.names[i] = s.decode([]byte(n))
	}
	return nil
}

// encodingOf finds the encoding: as the file .cpg says, or the language of the table,
// or by its bytes.
func (s *shapefile) encodingOf(sample []byte) (string, error) {
	cpg, err := s.readSmall(".cpg")
	if err != nil {
		return "", err
	}
	if name := codePage(cpg); name != "" {
		if _, err := encodingNamed(name); err == nil {
			return name, nil
		}
		s.of.notice("the file .cpg names the encoding %q, which is not known", cutTo(strings.TrimSpace(cpg), 40))
	}
	if name := dbfLanguages[s.table.language]; name != "" && !utf8.Valid(sample) {
		return name, nil
	}
	if utf8.Valid(trimPartial(sample)) {
		return "utf-8", nil
	}
	name := likeliest(appendForeign(nil, sample))
	s.of.guessed = true
	s.of.notice("no file .cpg says how its texts are encoded; %s is the likeliest", name)
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
		t.dates = append(t.dates, f[11] == 'D')
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

// rows gives the rows of the table to features one after the other; a table that is too
// short gives blank ones.
func (s *shapefile) rows(ctx context.Context) (next func(x *geoFeature) (deleted bool, err error), done func(), err error) {
	if s.table == nil {
		return func(*geoFeature) (bool, error) { return false, nil }, func() {}, nil
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
	return func(x *geoFeature) (bool, error) {
		if _, err := io.ReadFull(r, row); err != nil || row[0] == 0x1a {
			return false, ctx.Err()
		}
		for i, name := range s.table.names {
			from := s.table.from[i]
			cell := s.decode(bytes.Trim(row[from:from+s.table.length[i]], " \x00"))
			if s.table.dates[i] && len(cell) == 8 {
				cell = cell[:4] + "-" + cell[4:6] + "-" + cell[6:]
			}
			x.add(name, cell)
		}
		return row[0] == '*', nil
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
