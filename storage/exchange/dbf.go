package exchange

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"sselandscape/survey"
)

// Limits of tables of dBASE III that programs which read shapefiles keep: bytes of a name and
// of a text, and digits of numbers of type N and F.
const (
	dbfName, dbfText, dbfFields = 10, 254, 255
	dbfExact, dbfFloat          = 18, 20
)

// dbfTable is the table of a shapefile.
type dbfTable struct {
	columns []dbfColumn
	dropped []string // columns beyond those that it holds
}

// dbfColumn is a column with what it must hold, and what it has lost when the rows are written.
type dbfColumn struct {
	name        string // ASCII
	from, label string // as the study has them
	kind        byte   // C text, N and F number, D date, L true or false
	field       int    // of the dataset, or one of those below
	width       int
	decimals    int
	whole       int // digits before the point, with the sign
	was         survey.Kind
	coded       bool // codes stand without their words

	cut, longest int // texts that were too long, and the bytes of the longest
	special      int // special answers
	unfit        int // answers that are no number or date
	rounded      int // numbers
}

// Columns that are none of the dataset.
const (
	allFictional = -1
	rowNumber    = -2
)

// dbfColumns chooses the columns.
func dbfColumns(d *Dataset) *dbfTable {
	t := &dbfTable{}
	used := map[string]bool{}
	room := dbfFields
	if d.Fictional {
		room--
	}
	add := func(called, label string, kind byte, field int) {
		name := statName(inASCII(called), "c_", nil, used, func(s string, less int) string { return cutBytes(s, dbfName-less) })
		t.columns = append(t.columns, dbfColumn{name: name, from: called, label: label, kind: kind, field: field})
	}
	for i, f := range d.Fields {
		if len(t.columns) == room {
			t.dropped = append(t.dropped, f.Name)
			continue
		}
		kind := byte('C')
		switch {
		case f.Kind.Numeric():
			kind = 'N'
		case f.Kind == survey.Date || f.Kind == survey.Today:
			kind = 'D'
		}
		add(f.Name, f.Label, kind, i)
		c := &t.columns[len(t.columns)-1]
		c.was, c.coded = f.Kind, len(f.Choices) > 0
	}
	if d.Fictional {
		add("fictional", "All organizations in this file are fictional", 'L', allFictional)
	}
	if len(t.columns) == 0 { // a table has one at least
		add("row", "", 'N', rowNumber)
	}
	return t
}

// inASCII is a name with _ in place of what is not ASCII.
func inASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '_'
		}
		return r
	}, s)
}

// appendCells writes the answers of a row as they wait for the widths of columns: each with its
// length before it. What has no answer is empty: there is nothing else for it.
func (t *dbfTable) appendCells(b []byte, f *Feature) []byte {
	for i := range t.columns {
		if c := &t.columns[i]; c.field >= 0 {
			text := c.cell(f.Values[c.field])
			b = append(append(b, byte(len(text))), text...)
		}
	}
	return b
}

// cell is an answer in the column, which becomes as wide as it needs.
func (c *dbfColumn) cell(v survey.Value) string {
	if v.Special != "" {
		c.special++
		return ""
	}
	if v.Text == "" {
		return ""
	}
	switch c.kind {
	case 'C':
		text := clean(v)
		if len(text) > dbfText {
			c.cut++
			c.longest = max(c.longest, len(text))
			text = cutBytes(text, dbfText)
		}
		c.width = max(c.width, len(text))
		return text
	case 'D':
		if day, err := time.Parse(time.DateOnly, v.Text); err == nil {
			return day.Format("20060102")
		}
	default:
		if isJSONNumber(v.Text) && len(v.Text) <= dbfText {
			whole, broken, _ := strings.Cut(v.Text, ".")
			c.whole, c.decimals = max(c.whole, len(whole)), max(c.decimals, len(broken))
			return v.Text
		}
	}
	c.unfit++
	return ""
}

// settle fixes the widths, when all rows are measured. Numbers that need more digits than N
// holds are of type F.
func (t *dbfTable) settle() {
	for i := range t.columns {
		c := &t.columns[i]
		switch c.kind {
		case 'C':
			c.width = max(1, c.width)
		case 'D':
			c.width = 8
		case 'L':
			c.width = 1
		case 'N':
			if c.width = max(1, c.whole); c.field == rowNumber {
				c.width = 10
			}
			if c.decimals > 0 {
				c.width += 1 + c.decimals
			}
			if c.width > dbfExact {
				c.kind, c.width, c.decimals = 'F', min(c.width, dbfFloat), min(c.decimals, dbfFloat-1-c.whole)
			}
		}
	}
}

// size is how many bytes the table has; before its widths are settled, how many at least.
func (t *dbfTable) size(rows int) int64 {
	return int64(t.headSize()) + int64(rows)*int64(t.rowSize()) + 1
}

func (t *dbfTable) rowSize() int {
	n := 1 // whether it is deleted
	for i := range t.columns {
		n += t.columns[i].width
	}
	return n
}

func (t *dbfTable) headSize() int { return 32 + 32*len(t.columns) + 1 }

// head describes the rows. It has no clock: the same data give the same file.
func (t *dbfTable) head(rows int) []byte {
	b := []byte{3, 70, 1, 1} // dBASE III without memo; 1 January 1970
	b = binary.LittleEndian.AppendUint32(b, uint32(rows))
	b = binary.LittleEndian.AppendUint16(b, uint16(t.headSize()))
	b = binary.LittleEndian.AppendUint16(b, uint16(t.rowSize()))
	b = append(b, make([]byte, 20)...)
	for i := range t.columns {
		c := &t.columns[i]
		b = appendPadded(b, c.name, dbfName+1, 0)
		b = append(b, c.kind, 0, 0, 0, 0, byte(c.width), byte(c.decimals))
		b = append(b, make([]byte, 14)...)
	}
	return append(b, 0x0d)
}

// write writes the rows that wait.
func (t *dbfTable) write(ctx context.Context, w *bufio.Writer, cells *bufio.Reader, rows int) error {
	w.Write(t.head(rows))
	var b []byte
	var err error
	for row := range rows {
		if row%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if b, err = t.appendRow(b[:0], row+1, cells); err != nil {
			return fmt.Errorf("read back what waits: %w", err)
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	w.WriteByte(0x1a)
	return w.Flush()
}

func (t *dbfTable) appendRow(b []byte, row int, cells *bufio.Reader) ([]byte, error) {
	b = append(b, ' ')
	for i := range t.columns {
		c := &t.columns[i]
		end := len(b) + c.width
		switch c.field {
		case allFictional:
			b = append(b, 'T')
		case rowNumber:
			b = appendRight(b, strconv.Itoa(row), c.width)
		default:
			n, err := cells.ReadByte()
			if err != nil {
				return b, err
			}
			text, err := cells.Peek(int(n))
			if err != nil {
				return b, err
			}
			if len(text) > 0 && (c.kind == 'N' || c.kind == 'F') {
				b = c.appendNumber(b, string(text))
			} else {
				b = append(b, text...)
			}
			cells.Discard(int(n))
		}
		for len(b) < end {
			b = append(b, ' ')
		}
	}
	return b, nil
}

// appendNumber writes a number on the right side, with the decimals of the column. It is not
// rounded, but where the column holds fewer.
func (c *dbfColumn) appendNumber(b []byte, text string) []byte {
	_, broken, _ := strings.Cut(text, ".")
	switch more := c.decimals - len(broken); {
	case more < 0:
		c.rounded++
		if n, ok := new(big.Rat).SetString(text); ok {
			text = n.FloatString(c.decimals)
		}
	case c.decimals > 0 && broken == "":
		text += "." + strings.Repeat("0", more)
	default:
		text += strings.Repeat("0", more)
	}
	if len(text) > c.width {
		text = text[:c.width] // of a number that rounding made longer
	}
	return appendRight(b, text, c.width)
}

func appendRight(b []byte, text string, width int) []byte {
	for range width - len(text) {
		b = append(b, ' ')
	}
	return append(b, text...)
}

// size is the width as the report writes it.
func (c *dbfColumn) size() string {
	if c.decimals > 0 {
		return fmt.Sprintf("%d.%d", c.width, c.decimals)
	}
	return strconv.Itoa(c.width)
}

// losses say what the column lost.
func (c *dbfColumn) losses() (out []string) {
	if c.cut > 0 {
		out = append(out, fmt.Sprintf("%s cut to %d bytes; the longest has %d", counted(c.cut, "text"), dbfText, c.longest))
	}
	if c.special > 0 {
		out = append(out, fmt.Sprintf("%s (refused, don't know, not applicable) blank", counted(c.special, "special answer")))
	}
	if c.unfit > 0 {
		what := "number"
		if c.kind == 'D' {
			what = "date"
		}
		out = append(out, fmt.Sprintf("%s blank that no %s can be read from", counted(c.unfit, "answer"), what))
	}
	if c.rounded > 0 {
		out = append(out, fmt.Sprintf("%s rounded to %s", counted(c.rounded, "number"), counted(c.decimals, "decimal")))
	}
	return out
}

func counted(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// losses say in a sentence each what the table lost, with so many names of columns at most.
func (t *dbfTable) losses(most int) (out []string) {
	say := func(format string, names []string) {
		switch more := len(names) - most; {
		case len(names) == 0:
		case more > 0:
			out = append(out, fmt.Sprintf(format, strings.Join(names[:most], ", ")+fmt.Sprintf(" and %d more", more)))
		default:
			out = append(out, fmt.Sprintf(format, strings.Join(names, ", ")))
		}
	}
	var renamed, cut, special, unfit, rounded, times, coded []string
	longest := 0
	for i := range t.columns {
		c := &t.columns[i]
		if c.name != c.from {
			renamed = append(renamed, c.from+" → "+c.name)
		}
		if c.was == survey.DateTime || c.was == survey.Start || c.was == survey.End {
			times = append(times, c.from)
		}
		if c.coded {
			coded = append(coded, c.from)
		}
		for _, l := range []struct {
			n    int
			list *[]string
		}{{c.cut, &cut}, {c.special, &special}, {c.unfit, &unfit}, {c.rounded, &rounded}} {
			if l.n > 0 {
				*l.list = append(*l.list, fmt.Sprintf("%s (%d)", c.from, l.n))
			}
		}
		longest = max(longest, c.longest)
	}
	say("columns that got shorter names: %s.", renamed)
	say(fmt.Sprintf("texts that were cut to %d bytes, the longest of %d: %%s.", dbfText, longest), cut)
	say("special answers (refused, don't know, not applicable) that became blank: %s.", special)
	say("answers that became blank because they are no number or date: %s.", unfit)
	say("times that became texts, because there is no type for them: %s.", times)
	say("codes that stand without their words, unless labels are exported: %s.", coded)
	say("numbers that were rounded: %s.", rounded)
	say(fmt.Sprintf("columns that were left out, because a shapefile holds %d: %%s.", dbfFields), t.dropped)
	return out
}
