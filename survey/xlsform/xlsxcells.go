package xlsform

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of the cells of a workbook.
const (
	maxText   = 64 << 20  // bytes of all texts
	maxCells  = 5_000_000 // of all sheets, blank ones between others among them
	maxShared = 1_000_000 // shared texts
	blankRows = 60        // XLSForm: so many blank rows end a sheet
	blankHead = 20        // XLSForm: so many blank headers end the columns
)

// cells reads the sheets of one workbook.
type cells struct {
	archive *archive
	shared  []string
	dates   dates
	texts   texts
	count   int // cells so far, in all sheets
}

// texts keeps many small texts in few allocations.
type texts struct {
	block strings.Builder
	size  int
}

func (t *texts) keep(p []byte) (string, error) {
	if t.size += len(p); t.size > maxText {
		return "", tooMuch("the workbook holds more than %d MB of text; delete unused rows and sheets", maxText>>20)
	}
	if t.block.Len()+len(p) > t.block.Cap() {
		t.block = strings.Builder{}
		t.block.Grow(max(32<<10, len(p)))
	}
	n := t.block.Len()
	t.block.Write(p)
	return t.block.String()[n:], nil
}

// readShared reads the shared strings.
func (c *cells) readShared(name string) error {
	p, err := c.archive.open(name)
	if err != nil {
		return err
	}
	defer p.Close()
	x := newXMLReader(p)
	var buf []byte
	for {
		tok, err := x.next()
		switch {
		case err != nil:
			return partError(name, err)
		case tok == xmlEOF:
			return nil
		case tok != xmlStart || string(x.name) != "si":
			continue
		}
		if len(c.shared) == maxShared {
			return tooMuch("the workbook holds more than %d different texts; delete unused rows and sheets", maxShared)
		}
		if buf, err = content(x, "t", buf[:0]); err != nil {
			return partError(name, err)
		}
		s, err := c.texts.keep(unescape(buf))
		if err != nil {
			return err
		}
		c.shared = append(c.shared, s)
	}
}

// content reads the element that has begun to its end and joins the texts of the
// elements called name in it, leaving out phonetic runs.
func content(x *xmlReader, name string, buf []byte) ([]byte, error) {
	within := 0 // depth of the element whose text is wanted
	for at := x.depth; x.depth >= at; {
		tok, err := x.next()
		switch {
		case err != nil:
			return buf, err
		case tok == xmlText && within == x.depth:
			if buf = append(buf, x.text...); len(buf) > maxToken {
				return buf, errTooLong
			}
		case tok != xmlStart:
		case string(x.name) == "rPh":
			if err := x.skip(); err != nil {
				return buf, err
			}
		case string(x.name) == name:
			within = x.depth
		default:
			within = 0
		}
	}
	return buf, nil
}

// sheetReader reads the rows of one sheet.
type sheetReader struct {
	*cells
	x     *xmlReader
	sheet string
	rows  [][]string
	row   int      // 1-based, of the row at hand
	line  []string // its cells
	width int      // columns by the header row, 0 before it was read
	blank int      // blank rows at the end of rows
	buf   []byte
	slab  []string // room for rows to come
	done  bool     // enough blank rows ended the sheet
}

// sheet reads the rows of a sheet.
func (c *cells) sheet(s sheetPart) ([][]string, error) {
	p, err := c.archive.open(s.part)
	if err != nil {
		return nil, fmt.Errorf("sheet %q: %w", s.name, err)
	}
	defer p.Close()
	r := &sheetReader{cells: c, x: newXMLReader(p), sheet: s.name}
	if err := r.read(); err != nil {
		if errors.Is(err, errTooLong) {
			return nil, fmt.Errorf("sheet %q, row %d: a cell holds more than 1 MB of text; shorten it", s.name, max(r.row, 1))
		}
		if errors.Is(err, errTooBig) {
			return nil, errTooBig
		}
		return nil, fmt.Errorf("sheet %q: %w", s.name, partError(s.part, err))
	}
	return r.rows[:len(r.rows)-r.blank], nil
}

func (r *sheetReader) read() error {
	for {
		tok, err := r.x.next()
		switch {
		case err != nil:
			return err
		case tok == xmlEOF, tok == xmlEnd && string(r.x.name) == "sheetData":
			return nil
		case tok == xmlStart && string(r.x.name) == "row":
			if err := r.readRow(); err != nil {
				return err
			}
			if r.done {
				return nil
			}
		}
	}
}

// readRow reads the row that has begun. Rows that the file leaves out are blank.
func (r *sheetReader) readRow() error {
	at := r.row + 1
	if s := r.x.attr("r"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < at {
			return fmt.Errorf("the row number %.20q follows row %d", s, r.row)
		}
		at = n
	}
	left := at - r.row - 1
	if r.blank+left >= blankRows {
		r.done = true
		return nil
	}
	r.rows = append(r.rows, make([][]string, left)...)
	r.blank += left
	if r.row = at; r.row > maxRows {
		return tooMuch("sheet %q has more than %d rows; delete those that are not part of the form", r.sheet, maxRows)
	}
	if err := r.readCells(); err != nil {
		return err
	}
	return r.keepRow()
}

// readCells fills line with the cells of the row.
func (r *sheetReader) readCells() error {
	r.line = r.line[:0]
	return r.x.cells(func(col int, kind string, style int) error {
		if r.width > 0 && col >= r.width {
			return r.x.skip()
		}
		return r.readCell(col, kind, style)
	})
}

// cells visits the cells of the row that has begun; each has to read or skip its cell.
func (x *xmlReader) cells(each func(col int, kind string, style int) error) error {
	next := 0 // column of a cell that does not say where it stands
	for at := x.depth; x.depth >= at; {
		tok, err := x.next()
		switch {
		case err != nil:
			return err
		case tok != xmlStart:
			continue
		case string(x.name) != "c":
			if err := x.skip(); err != nil {
				return err
			}
			continue
		}
		col, kind, style := next, "", 0
		for n, v, rest := nextAttr(x.attrs); n != nil; n, v, rest = nextAttr(rest) {
			switch string(n) {
			case "r":
				col = columnOf(v, next)
			case "t":
				kind = cellKind(v)
			case "s":
				style, _ = strconv.Atoi(string(v))
			}
		}
		next = col + 1
		if err := each(col, kind, style); err != nil {
			return err
		}
	}
	return nil
}

// cellKind is the type of a cell, as a text that costs no room.
func cellKind(v []byte) string {
	for _, k := range [...]string{"s", "n", "str", "b", "inlineStr", "e", "d"} {
		if string(v) == k {
			return k
		}
	}
	return "n"
}

// columnOf reads the column of "AB12", 0-based; other text gives next.
func columnOf(ref []byte, next int) int {
	n := 0
	for _, c := range ref {
		switch {
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		case c < 'A' || c > 'Z':
			if n == 0 {
				return next
			}
			return n - 1
		}
		if n = n*26 + int(c-'A') + 1; n > 1<<20 {
			return n
		}
	}
	return next
}

// readCell reads the cell that has begun into a column of the line.
func (r *sheetReader) readCell(col int, kind string, style int) error {
	name := "v"
	if kind == "inlineStr" {
		name = "t"
	}
	var err error
	if r.buf, err = content(r.x, name, r.buf[:0]); err != nil || len(r.buf) == 0 {
		return err
	}
	text, err := r.value(kind, style)
	if err != nil || text == "" {
		return err
	}
	if col >= maxColumns && (r.width > 0 || col < len(r.line)+blankHead) {
		return tooMuch("sheet %q has more than %d columns; delete those that are not part of the form", r.sheet, maxColumns)
	}
	if col >= maxColumns {
		return nil // far right of all that has a header
	}
	for len(r.line) <= col {
		r.line = append(r.line, "")
	}
	r.line[col] = text
	return nil
}

// value gives the text of a cell of the type kind that holds r.buf.
func (r *sheetReader) value(kind string, style int) (string, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(string(r.buf))
		if err != nil || i < 0 || i >= len(r.shared) {
			return "", fmt.Errorf("row %d asks for the shared text %.20q, of which there are %d", r.row, r.buf, len(r.shared))
		}
		return r.shared[i], nil
	case "b":
		if string(r.buf) == "0" || string(r.buf) == "false" {
			return "FALSE", nil
		}
		return "TRUE", nil
	case "str", "inlineStr":
		return r.texts.keep(unescape(r.buf))
	case "e":
		return r.texts.keep(r.buf)
	case "d":
		return r.texts.keep(isoDate(r.buf))
	}
	return r.texts.keep(r.dates.number(r.buf, style))
}

// keepRow appends the line to the rows, without blank cells at its end.
func (r *sheetReader) keepRow() error {
	n := len(r.line)
	for n > 0 && strings.TrimSpace(r.line[n-1]) == "" {
		n--
	}
	line := r.line[:n]
	if isBlank(line) {
		r.rows = append(r.rows, nil)
		r.blank++
		r.done = r.blank >= blankRows
		return nil
	}
	if r.blank = 0; r.width == 0 {
		r.width = headWidth(line)
		line = line[:min(n, r.width)]
	}
	if r.count += len(line); r.count > maxCells {
		return tooMuch("the workbook has more than %d million cells; delete rows and columns that are not part of the form", maxCells/1_000_000)
	}
	if len(r.slab) < len(line) {
		r.slab = make([]string, max(2048, len(line)))
	}
	n = copy(r.slab, line)
	r.rows = append(r.rows, r.slab[:n:n])
	r.slab = r.slab[n:]
	return nil
}

// headWidth counts the columns of a header row, up to where many are blank.
func headWidth(line []string) int {
	blank := 0
	for i, c := range line {
		if blank++; strings.TrimSpace(c) != "" {
			blank = 0
		}
		if blank == blankHead {
			return i + 1 - blank
		}
	}
	return len(line)
}

// unescape decodes _xHHHH_, the way of workbooks to write characters that XML
// cannot hold (ECMA-376 part 1, 22.9.2.19), in place.
func unescape(p []byte) []byte {
	if !utf8.Valid(p) {
		p = []byte(strings.ToValidUTF8(string(p), "\ufffd"))
	}
	out := p[:0]
	var high rune // first half of a pair
	for i := 0; i < len(p); {
		n, ok := escaped(p[i:])
		if !ok {
			out = append(out, p[i])
			i++
			high = 0
			continue
		}
		i += len("_x0000_")
		switch {
		case utf16.IsSurrogate(n) && high == 0:
			high = n
			continue
		case high != 0:
			n = utf16.DecodeRune(high, n)
			high = 0
		}
		if n >= ' ' || n == '\t' || n == '\n' || n == '\r' { // others have no place in a form
			out = utf8.AppendRune(out, n)
		}
	}
	return out
}

// escaped reads _xHHHH_ at the beginning of a text.
func escaped(p []byte) (rune, bool) {
	if len(p) < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p[2:6]), 16, 16)
	return rune(n), err == nil
}
