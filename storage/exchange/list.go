package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"sselandscape/survey"
)

// Limits of a list, so that no file exhausts memory or time.
const (
	maxListFile  = 2 << 30   // bytes
	maxListRows  = 300_000   // their revisions have to fit into a package
	maxListText  = 256 << 20 // bytes of all cells, for the same reason
	maxRowText   = 256 << 10 // bytes of the cells of a row
	maxListCols  = 500
	maxCell      = 32_767 // characters, as in a spreadsheet program
	maxListNotes = 10_000 // problems that are kept
	headRows     = 20     // titles that may stand above the names of the columns
)

// ListFormat is a way in which a list may be written.
type ListFormat struct {
	Name  string // as on the command line
	Title string // as in the menu
	Exts  []string
	open  func(ctx context.Context, f *os.File, size int64, l *List, o ListOptions) (listSource, error)
}

// ListFormats lists what can be read as a list.
func ListFormats() []ListFormat {
	out := []ListFormat{
		{"csv", "Text with separators", []string{".csv", ".tsv", ".tab", ".txt"}, openText},
		{"xlsx", "Excel workbook", []string{".xlsx", ".xlsm"}, openWorkbook},
	}
	for _, f := range featureFormats {
		out = append(out, listOf(f))
	}
	return out
}

// ListOptions override what is found out about a list; "" finds it out.
type ListOptions struct {
	Encoding  string // of text and shapefiles: a name by IANA, such as windows-1252
	Delimiter string // of text: one character
	Sheet     string // of a workbook
	Layer     string // of a GeoPackage or zipped shapefiles
}

// List is a table that somebody gives us: organizations, a row each.
type List struct {
	Name      string // of the file
	Format    string // see [ListFormats]
	Columns   []string
	Encoding  string   // of text
	Guessed   bool     // the encoding is likely, not certain
	Delimiter string   // of text
	Comma     bool     // numbers are written with a decimal comma
	Sheets    []string // of a workbook
	Sheet     string   // that is read
	Layers    []string // of a GeoPackage, with its tables, or of zipped shapefiles
	Layer     string   // that is read
	// Projection is the coordinate system from which positions are converted, in words.
	Projection string
	// Problems are complete when all rows were read.
	Problems []survey.Problem

	file    *os.File
	source  listSource
	head    []ListRow // rows read to find the columns
	fixed   int       // problems that are no row's
	dropped int       // problems beyond maxListNotes
}

// ListRow is a row of a list, with a cell per column.
type ListRow struct {
	Number int // 1-based row of the file, or number of the feature
	Cells  []string
	Bad    string // why the row cannot be used, or ""
}

// listSource gives the rows of a file, the names of the columns first if it has
// them as a row. Cells may be fewer or more than columns.
type listSource interface {
	rows(ctx context.Context) iter.Seq2[ListRow, error]
	columns() []string // nil: they are a row
}

// errStop ends an iteration.
var errStop = errors.New("stop")

// openGiven opens a file that somebody gives us; it is to be closed also after an error.
func openGiven(path string) (f *os.File, size int64, err error) {
	if f, err = os.Open(path); err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	switch {
	case err != nil:
		return f, 0, err
	case !st.Mode().IsRegular():
		return f, 0, errors.New("it is no file; choose a file")
	case st.Size() == 0:
		return f, 0, errors.New("the file is empty; it may not have been copied whole")
	}
	return f, st.Size(), nil
}

// OpenList opens a list and reads as much as says what its columns are. It fails with a
// [LayerError] where the file has several layers. Close it.
func OpenList(ctx context.Context, path string, o ListOptions) (_ *List, err error) {
	l := &List{Name: filepath.Base(path)}
	defer func() {
		if err != nil {
			l.Close()
			err = fmt.Errorf("read list %q: %w", l.Name, err)
		}
	}()
	var size int64
	if l.file, size, err = openGiven(path); err != nil {
		return nil, err
	}
	if size > maxListFile {
		return nil, fmt.Errorf("it is larger than %d GB; split it", maxListFile>>30)
	}
	ext := strings.ToLower(filepath.Ext(path))
	for _, f := range ListFormats() {
		if slices.Contains(f.Exts, ext) {
			l.Format = f.Name
			if l.source, err = f.open(ctx, l.file, size, l, o); err != nil {
				return nil, err
			}
			err = l.findColumns(ctx)
			l.fixed = len(l.Problems)
			return l, err
		}
	}
	return nil, fmt.Errorf("%q is no list that can be read; save it as .csv, .xlsx, .geojson, .gpkg, .kml, .gpx or shapefile", ext)
}

// Close closes the file.
func (l *List) Close() error {
	var err error
	if f, ok := l.source.(*featureList); ok {
		err = f.close()
	}
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
	}
	return err
}

// note adds a problem in a row.
func (l *List) note(p survey.Problem) {
	if len(l.Problems) >= maxListNotes {
		l.dropped++
		return
	}
	if p.Sheet == "" {
		p.Sheet = l.Sheet
	}
	l.Problems = append(l.Problems, p)
}

// findColumns reads the names of the columns: the first row that has more than one
// cell, or the first if none has.
func (l *List) findColumns(ctx context.Context) error {
	if c := l.source.columns(); c != nil {
		l.Columns = l.named(c, 0)
		return nil
	}
	var first []ListRow
	for r, err := range l.source.rows(ctx) {
		if err != nil {
			return err
		}
		if filled(r.Cells) == 0 && r.Bad == "" {
			continue
		}
		if first = append(first, r); len(first) == headRows || filled(r.Cells) > 1 {
			break
		}
	}
	if len(first) == 0 {
		return errors.New("it holds no rows; the first row must name the columns")
	}
	at := len(first) - 1
	if filled(first[at].Cells) < 2 {
		at = 0
	}
	for _, r := range first[:at] {
		l.note(survey.Problem{Row: r.Number, Severity: survey.Warning, Text: "the row stands above the names of the columns and is left out"})
	}
	head := first[at]
	if head.Bad != "" {
		return fmt.Errorf("row %d must name the columns, but %s", head.Number, head.Bad)
	}
	if len(head.Cells) > maxListCols {
		return fmt.Errorf("it has %d columns; %d are the most that can be read", len(head.Cells), maxListCols)
	}
	l.Columns = l.named(head.Cells, head.Number)
	l.head = []ListRow{head}
	return nil
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// named gives every column a name of its own.
func (l *List) named(cells []string, row int) []string {
	out, seen := make([]string, len(cells)), map[string]bool{}
	for i, c := range cells {
		name := strings.Join(strings.Fields(c), " ")
		if name == "" {
			name = "column " + letters(i)
		}
		for base, n := name, 2; seen[name]; n++ {
			name = fmt.Sprintf("%s (%d)", base, n)
		}
		if seen[strings.Join(strings.Fields(c), " ")] {
			l.note(survey.Problem{Row: row, Column: name, Severity: survey.Warning, Text: fmt.Sprintf("two columns are called %q; the second is read as %q", strings.TrimSpace(c), name)})
		}
		seen[name], out[i] = true, name
	}
	return out
}

// letters names a column as spreadsheet programs do.
func letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// Rows reads the rows; it may be called again. Rows that are blank are left out. A
// row that cannot be used comes with the reason and stands among the problems. An
// error ends it: the rest of the file cannot be read.
func (l *List) Rows(ctx context.Context) iter.Seq2[ListRow, error] {
	return func(yield func(ListRow, error) bool) {
		l.Problems, l.dropped = l.Problems[:l.fixed:l.fixed], 0
		skip, n, text := 0, 0, 0
		if len(l.head) > 0 {
			skip = l.head[0].Number
		}
		for r, err := range l.source.rows(ctx) {
			for _, c := range r.Cells {
				text += len(c)
			}
			if err == nil && (n == maxListRows || text > maxListText) {
				err = fmt.Errorf("it has more than %d rows, or more than %d MB of text; split it", maxListRows, maxListText>>20)
			}
			if err != nil {
				yield(ListRow{}, fmt.Errorf("read list %q: %w", l.Name, err))
				return
			}
			if r.Number <= skip && skip > 0 || filled(r.Cells) == 0 && r.Bad == "" {
				continue
			}
			if n++; n&1023 == 0 && ctx.Err() != nil {
				yield(ListRow{}, ctx.Err())
				return
			}
			if !yield(l.fitted(r), nil) {
				return
			}
		}
		if l.dropped > 0 {
			l.Problems = append(l.Problems, survey.Problem{Sheet: l.Sheet, Severity: survey.Error, Text: fmt.Sprintf("… and %d more problems", l.dropped)})
		}
	}
}

// fitted gives a row a cell per column and checks what its cells hold.
func (l *List) fitted(r ListRow) ListRow {
	for i := len(l.Columns); i < len(r.Cells) && r.Bad == ""; i++ {
		if strings.TrimSpace(r.Cells[i]) != "" {
			r.Bad = fmt.Sprintf("it has %d cells, but there are %d columns", len(r.Cells), len(l.Columns))
		}
	}
	size := 0
	for i := range min(len(r.Cells), len(l.Columns)) {
		if size += len(r.Cells[i]); size > maxRowText && r.Bad == "" {
			r.Bad = fmt.Sprintf("it holds more than %d KB of text", maxRowText>>10)
		}
		if why := unfit(r.Cells[i]); why != "" && r.Bad == "" {
			r.Bad = fmt.Sprintf("the cell of %s %s", l.Columns[i], why)
		}
	}
	if r.Bad != "" {
		l.note(survey.Problem{Row: r.Number, Text: r.Bad, Hint: "the row is left out"})
	}
	for len(r.Cells) < len(l.Columns) {
		r.Cells = append(r.Cells, "")
	}
	r.Cells = r.Cells[:len(l.Columns):len(l.Columns)]
	return r
}

// unfit says why a cell is no text.
func unfit(s string) string {
	for _, c := range s {
		switch {
		case c == unicode.ReplacementChar:
			return "holds bytes that are no text in this encoding"
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f:
			return "holds characters that no text has"
		}
	}
	return ""
}

// contextReader gives what it reads until the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
