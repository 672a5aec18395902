package exchange

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"sselandscape/survey"
)

// writeCSV writes the units as RFC 4180 in UTF-8 with a byte order mark, without which Excel
// takes it for another encoding; d.Unmarked leaves it out. Points have the columns lon and lat, in WGS 84 degrees; of
// other geometries wkt (OGC 06-103r4). Texts that a spreadsheet would take for a formula begin
// with an apostrophe.
func writeCSV(ctx context.Context, out io.Writer, d *Dataset) error {
	return writeCSVTable(ctx, out, d, &d.Table)
}

// writeCSVTable writes a table. Rows of repeats begin with their own ids and with those of
// the rows that they are about.
func writeCSVTable(ctx context.Context, out io.Writer, d *Dataset, t *Table) error {
	w := bufio.NewWriterSize(out, 1<<16)
	c := csvTable{Table: t, fictional: d.Fictional, repeat: t != &d.Table}
	var b []byte
	if !d.Unmarked {
		b = append(b, "\ufeff"...)
	}
	b = append(c.appendHead(b), "\r\n"...)
	for f, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		b = c.appendRow(b, f)
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Flush()
}

// csvTable is a table as CSV has it.
type csvTable struct {
	*Table
	fictional, repeat bool
}

// Columns that rows of repeats begin with.
const (
	rowColumn    = "row_id"
	parentColumn = "parent_id"
)

func (c *csvTable) appendHead(b []byte) []byte {
	var names []string
	if c.repeat {
		names = append(names, rowColumn, parentColumn)
	}
	for _, f := range c.Fields {
		names = append(names, f.Name)
	}
	if c.fictional {
		names = append(names, "fictional")
	}
	if c.Placed {
		names = append(names, "lon", "lat")
	}
	if c.Shapes {
		names = append(names, "wkt")
	}
	for i, n := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, defused(n))
	}
	return b
}

func (c *csvTable) appendRow(b []byte, f *Feature) []byte {
	if c.repeat {
		b = append(appendCell(b, f.ID), ',')
		b = append(appendCell(b, f.Parent), ',')
	}
	for i := range f.Values {
		b = append(appendCSVValue(b, c.Fields[i].Kind, f.Values[i]), ',')
	}
	if c.fictional {
		b = append(b, "true,"...)
	}
	if c.Placed {
		if p, ok := f.Geometry.(orb.Point); ok {
			b = appendNumber(append(appendNumber(b, p[0]), ','), p[1])
		} else {
			b = append(b, ',')
		}
		b = append(b, ',')
	}
	if c.Shapes {
		if f.Geometry != nil {
			b = appendCell(b, wkt.MarshalString(f.Geometry))
		}
		b = append(b, ',')
	}
	return append(b[:len(b)-1], "\r\n"...)
}

// appendCSVValue writes an answer; special answers and blanks are empty.
func appendCSVValue(b []byte, k survey.Kind, v survey.Value) []byte {
	switch {
	case v.Special != "" || v.Text == "":
		return b
	case isNumber(k, v):
		return append(b, v.Text...)
	}
	return appendCell(b, defused(v.Text))
}

// defused is a text that no spreadsheet takes for a formula (OWASP, "CSV Injection").
func defused(s string) string {
	if s != "" {
		switch s[0] {
		case '=', '+', '-', '@', '\t', '\r', '\n':
			return "'" + s
		case 0xef: // their full widths
			if r, _ := utf8.DecodeRuneInString(s); strings.ContainsRune("＝＋－＠", r) {
				return "'" + s
			}
		}
	}
	return s
}

// appendCell quotes a cell where it must be.
func appendCell(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	plain := s[0] != ' ' && s[len(s)-1] != ' '
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] != ',' && s[i] != '"' && s[i] != '\r' && s[i] != '\n'
	}
	if plain {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// writeCSVFiles writes each table, with the types of its columns beside it as GDAL reads them
// (gdal.org, CSV driver: .csvt).
func writeCSVFiles(ctx context.Context, out *Files, path string, d *Dataset) error {
	for _, t := range append([]*Table{&d.Table}, d.Repeats...) {
		if err := out.Write(sibling(path, t.Name, ".csv"), func(f *os.File) error { return writeCSVTable(ctx, f, d, t) }); err != nil {
			return err
		}
		types := csvTypes(d, t)
		err := out.Write(sibling(path, t.Name, ".csvt"), func(f *os.File) error {
			_, err := io.WriteString(f, strings.Join(types, ",")+"\r\n")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func csvTypes(d *Dataset, t *Table) (types []string) {
	if t != &d.Table {
		types = append(types, `"String"`, `"String"`)
	}
	for _, f := range t.Fields {
		switch {
		case f.Kind == survey.Integer:
			types = append(types, `"Integer64"`)
		case f.Kind.Numeric():
			types = append(types, `"Real"`)
		default:
			types = append(types, `"String"`)
		}
	}
	if d.Fictional {
		types = append(types, `"String"`)
	}
	if t.Placed {
		types = append(types, `"CoordX"`, `"CoordY"`)
	}
	if t.Shapes {
		types = append(types, `"WKT"`)
	}
	return types
}

// writeGeoJSONSeq writes a feature a line (RFC 8142, without record separators, as OGR does).
func writeGeoJSONSeq(ctx context.Context, out io.Writer, d *Dataset) error {
	w := bufio.NewWriterSize(out, 1<<16)
	keys := make([][]byte, len(d.Fields))
	for i, f := range d.Fields {
		keys[i] = append(appendString(nil, f.Name), ':')
	}
	var b []byte
	for f, err := range d.Rows(ctx) {
		if err != nil {
			return err
		}
		b = append(appendFeature(b[:0], f, d, keys), '\n')
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return w.Flush()
}
