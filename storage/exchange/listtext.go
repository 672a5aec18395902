package exchange

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// textList is a list as text with separators (RFC 4180, with any separator and in
// any encoding).
type textList struct {
	file     *os.File
	encoding string
	delim    rune
	most     int // characters of a cell; 0 is maxCell
	cells    int // of a row, the most
}

// delimiters are what may stand between cells.
var delimiters = []rune{',', ';', '\t', '|'}

// sampled is how much of a text is looked at to find what it is like, in bytes.
const sampled = 256 << 10

func openText(_ context.Context, f *os.File, size int64, l *List, o ListOptions) (listSource, error) {
	t := &textList{file: f, encoding: o.Encoding, cells: maxListCols}
	if t.encoding == "" {
		name, guessed, err := detectEncoding(f)
		if err != nil {
			return nil, err
		}
		t.encoding, l.Guessed = name, guessed
	}
	if _, err := encodingNamed(t.encoding); err != nil {
		return nil, err
	}
	r, err := t.text(context.Background())
	if err != nil {
		return nil, err
	}
	sample := make([]byte, sampled)
	n, err := io.ReadFull(r, sample)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	sample = sample[:n]
	if bytes.IndexByte(sample, 0) >= 0 {
		return nil, errors.New("this is no text file, or its encoding is not known; save it as CSV in UTF-8")
	}
	switch d := []rune(o.Delimiter); {
	case o.Delimiter == "tab" || o.Delimiter == `\t`:
		t.delim = '\t'
	case len(d) > 1 || len(d) == 1 && strings.ContainsRune("\"\r\n", d[0]):
		return nil, fmt.Errorf("a delimiter is one character, not %q", o.Delimiter)
	case len(d) == 1:
		t.delim = d[0]
	default:
		t.delim = detectDelimiter(sample)
	}
	l.Encoding, l.Delimiter = t.encoding, string(t.delim)
	l.Comma = t.delim != ',' && decimalComma(sample)
	return t, nil
}

func (*textList) columns() []string { return nil }

// text gives the file as UTF-8 from its beginning, without a byte order mark.
func (t *textList) text(ctx context.Context) (*bufio.Reader, error) {
	e, err := encodingNamed(t.encoding)
	if err != nil {
		return nil, err
	}
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(e.NewDecoder().Reader(contextReader{ctx, t.file}), 64<<10)
	if b, err := r.Peek(3); err == nil && string(b) == "\ufeff" {
		r.Discard(3)
	}
	return r, nil
}

// separatorLine is how spreadsheet programs say the separator in the first line.
var separatorLine = regexp.MustCompile(`^sep=(.)\r?\n`)

// detectDelimiter chooses the separator by which most lines have the same number of
// cells, the more cells the better.
func detectDelimiter(sample []byte) rune {
	if m := separatorLine.FindSubmatch(sample); m != nil {
		return rune(m[1][0])
	}
	if i := bytes.LastIndexByte(sample, '\n'); i > 0 && len(sample) == sampled {
		sample = sample[:i+1]
	}
	best, most := delimiters[0], 0
	for _, d := range delimiters {
		counts := map[int]int{}
		p := newTextParser(bufio.NewReader(bytes.NewReader(sample)), d)
		for range 500 {
			r, err := p.next()
			if err != nil {
				break
			}
			if n := len(r.Cells); n > 1 {
				counts[n]++
			}
		}
		for n, lines := range counts {
			if score := lines*lines*8 + min(n, 7); score > most {
				best, most = d, score
			}
		}
	}
	return best
}

var (
	withComma = regexp.MustCompile(`(?:^|[;\t|"])-?\d{1,3},\d+(?:$|[;\t|"])`)
	withPoint = regexp.MustCompile(`(?:^|[;\t|"])-?\d+\.\d+(?:$|[;\t|"])`)
)

// decimalComma says whether more numbers are written with a comma than with a
// point.
func decimalComma(sample []byte) bool {
	comma, point := 0, 0
	for _, line := range bytes.Split(sample, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		comma += len(withComma.FindAllIndex(line, -1))
		point += len(withPoint.FindAllIndex(line, -1))
	}
	return comma > point
}

func (t *textList) rows(ctx context.Context) iter.Seq2[ListRow, error] {
	return func(yield func(ListRow, error) bool) {
		r, err := t.text(ctx)
		if err != nil {
			yield(ListRow{}, err)
			return
		}
		p := newTextParser(r, t.delim)
		p.most, p.cells = cmp.Or(t.most, maxCell), cmp.Or(t.cells, maxListCols)
		if b, err := r.Peek(6); err == nil && separatorLine.Match(append(b[:5:5], '\n')) && strings.HasPrefix(string(b), "sep=") {
			p.next()
			p.row = 0 // spreadsheet programs do not show the line
		}
		compose := t.encoding == "windows-1258"
		for {
			row, err := p.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(ListRow{}, err)
				return
			}
			for i := range row.Cells {
				if compose { // the encoding has letters and accents apart
					row.Cells[i] = norm.NFC.String(row.Cells[i])
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// textParser reads rows of text with separators. A quotation mark that opens no
// cell is a letter, as spreadsheet programs take it.
type textParser struct {
	r     *bufio.Reader
	delim []byte
	most  int // characters of a cell
	row   int // of the record that was read last; a record may hold line ends
	cells int // of a row, the most
	buf   []byte
	ends  []int
}

func newTextParser(r *bufio.Reader, delim rune) *textParser {
	return &textParser{r: r, delim: utf8.AppendRune(nil, delim), most: maxCell, cells: maxListCols}
}

// maxRowBytes bounds a record.
const maxRowBytes = 8 << 20

// next reads a record. What exceeds the limits of a cell or a row is passed over,
// and the row is bad.
func (p *textParser) next() (ListRow, error) {
	p.row++
	row := ListRow{Number: p.row}
	p.buf, p.ends = p.buf[:0], p.ends[:0]
	more, any := true, false
	for more {
		start := len(p.buf)
		next, err := p.cell(&row)
		if err != nil && (!errors.Is(err, io.EOF) || !any && len(p.buf) == start && !next.quoted) {
			return row, err
		}
		any, more = true, next.more
		if len(p.ends) > p.cells {
			if row.Bad == "" {
				row.Bad = fmt.Sprintf("it has more than %d cells", p.cells)
			}
			p.buf = p.buf[:start]
			continue
		}
		if len(p.buf)-start > p.most && utf8.RuneCount(p.buf[start:]) > p.most {
			row.Bad = fmt.Sprintf("cell %s holds more than %d characters", letters(len(p.ends)), p.most)
			p.buf = p.buf[:start]
		}
		p.ends = append(p.ends, len(p.buf))
	}
	all := string(p.buf)
	row.Cells = make([]string, len(p.ends))
	from := 0
	for i, end := range p.ends {
		row.Cells[i] = all[from:end]
		from = end
	}
	return row, nil
}

// ending is how a cell ended.
type ending struct{ more, quoted bool }

// cell reads one cell into buf and says whether another follows in the row.
func (p *textParser) cell(row *ListRow) (e ending, err error) {
	start := len(p.buf)
	if b, err := p.r.ReadByte(); err != nil {
		return e, err
	} else if b == '"' {
		e.quoted = true
		if err := p.quotedCell(row, start); err != nil {
			return e, err
		}
	} else {
		p.r.UnreadByte()
	}
	for {
		b, err := p.r.ReadByte()
		if err != nil {
			return e, err
		}
		switch {
		case b == '\n':
			return e, nil
		case b == '\r':
			if n, _ := p.r.Peek(1); len(n) == 1 && n[0] == '\n' {
				p.r.ReadByte()
			}
			return e, nil
		case b == p.delim[0] && p.delimited():
			e.more = true
			return e, nil
		}
		p.put(row, start, b)
	}
}

func (p *textParser) delimited() bool {
	rest := p.delim[1:]
	if len(rest) == 0 {
		return true
	}
	if n, _ := p.r.Peek(len(rest)); !bytes.Equal(n, rest) {
		return false
	}
	p.r.Discard(len(rest))
	return true
}

// put keeps a byte of a cell, up to what no cell may hold.
func (p *textParser) put(row *ListRow, start int, b byte) {
	switch {
	case len(p.buf) >= maxRowBytes && row.Bad != "":
	case len(p.buf) >= maxRowBytes:
		row.Bad = fmt.Sprintf("it holds more than %d MB", maxRowBytes>>20)
	case len(p.buf)-start <= p.most*utf8.UTFMax:
		p.buf = append(p.buf, b)
	}
}

// quotedCell reads up to the quotation mark that closes the cell.
func (p *textParser) quotedCell(row *ListRow, start int) error {
	for {
		b, err := p.r.ReadByte()
		if err != nil {
			row.Bad = "a quotation mark is not closed before the file ends"
			return err
		}
		if b == '"' {
			if n, _ := p.r.Peek(1); len(n) == 0 || n[0] != '"' {
				return nil
			}
			p.r.ReadByte()
		}
		p.put(row, start, b)
	}
}
