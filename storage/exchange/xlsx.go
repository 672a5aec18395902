package exchange

import (
	"archive/zip"
	"bufio"
	"cmp"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Limits of a sheet (ECMA-376 and Excel specifications and limits).
const (
	maxSheetRows    = 1_048_576
	maxSheetColumns = 16_384
	maxSheetText    = 32_767 // UTF-16 code units of a cell
	maxSheetName    = 31
)

// writeXLSX writes a workbook (ECMA-376, Office Open XML) with a sheet of units, a row each,
// one for each repeat, and the columns in words. Numbers are numbers, the header stays in
// view and has filters. All texts stand in the sheets themselves, none is a formula, and
// rows are written as they come: memory does not grow with them.
func writeXLSX(ctx context.Context, out io.Writer, d *Dataset) error {
	z := zip.NewWriter(out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 2) })
	x := &workbook{zip: z}
	tables := append([]*Table{&d.Table}, d.Repeats...)
	for i, t := range tables {
		x.part(sheetPart(i), func(w *bufio.Writer) { x.table(ctx, w, d, t) })
	}
	x.part(sheetPart(len(tables)), func(w *bufio.Writer) { x.dictionary(w, tables) })
	x.frame(sheetNames(tables))
	if x.err == nil {
		x.err = ctx.Err()
	}
	if x.err != nil {
		return x.err
	}
	return z.Close()
}

func sheetPart(i int) string { return "xl/worksheets/sheet" + strconv.Itoa(i+1) + ".xml" }

// sheetNames are the names of the sheets: 31 characters at most, and some are not allowed.
func sheetNames(tables []*Table) []string {
	used := map[string]bool{}
	var out []string
	add := func(name string) {
		name = strings.Map(func(r rune) rune {
			if r < ' ' || strings.ContainsRune(`[]:*?/\'`, r) {
				return '_'
			}
			return r
		}, name)
		base := cutRunes(name, maxSheetName)
		for n := 2; used[strings.ToLower(base)]; n++ {
			end := "_" + strconv.Itoa(n)
			base = cutRunes(name, maxSheetName-len(end)) + end
		}
		used[strings.ToLower(base)] = true
		out = append(out, base)
	}
	for _, t := range tables {
		add(cmp.Or(t.Name, "units"))
	}
	add("columns")
	return out
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// frame writes all but the sheets.
func (x *workbook) frame(sheets []string) {
	const (
		types   = "http://schemas.openxmlformats.org/package/2006/content-types"
		rels    = "http://schemas.openxmlformats.org/package/2006/relationships"
		office  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		content = "application/vnd.openxmlformats-"
	)
	var kinds, links, list strings.Builder
	for i, name := range sheets {
		fmt.Fprintf(&kinds, `<Override PartName="/%s" ContentType="%sofficedocument.spreadsheetml.worksheet+xml"/>`, sheetPart(i), content)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, xmlText(name), i+1, i+1)
	}
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + types + `"><Default Extension="rels" ContentType="` + content + `package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + content + `officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + content + `officedocument.spreadsheetml.styles+xml"/>` + kinds.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + rels + `"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + rels + `">` + links.String() + fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(sheets)+1, office)},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
			`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
			`<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`},
	} {
		x.part(part[0], func(w *bufio.Writer) { w.WriteString(xmlHead + part[1]) })
	}
}

// dateStyle is the style of dates, by its place in the part styles.
const dateStyle = 2

// workbook is being written; the first error stays.
type workbook struct {
	zip *zip.Writer
	err error
	row []byte
}

func (x *workbook) part(name string, write func(w *bufio.Writer)) {
	if x.err != nil {
		return
	}
	f, err := x.zip.Create(name)
	if err != nil {
		x.err = err
		return
	}
	w := bufio.NewWriterSize(f, 1<<16)
	write(w)
	if err := w.Flush(); x.err == nil {
		x.err = err
	}
}

// begin opens a sheet whose first row stays in view.
func begin(w *bufio.Writer) {
	w.WriteString(xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`)
}

func (x *workbook) table(ctx context.Context, w *bufio.Writer, d *Dataset, t *Table) {
	begin(w)
	repeat := t != &d.Table
	var head []string
	if repeat {
		head = append(head, rowColumn, parentColumn)
	}
	for _, f := range t.Fields {
		head = append(head, f.Name)
	}
	if d.Fictional {
		head = append(head, "fictional")
	}
	if t.Placed {
		head = append(head, "lon", "lat")
	}
	if len(head) > maxSheetColumns {
		x.err = fmt.Errorf("a sheet holds %d columns, and there are %d; choose fewer, or export CSV", maxSheetColumns, len(head))
		return
	}
	x.header(w, head)
	rows := 1
	for f, err := range t.Rows(ctx) {
		if err != nil {
			x.err = err
			return
		}
		if rows++; rows > maxSheetRows {
			x.err = fmt.Errorf("a sheet holds %d rows, and there are more; export fewer units, or CSV", maxSheetRows)
			return
		}
		x.feature(d, t, f, rows)
		w.Write(x.row)
	}
	fmt.Fprintf(w, `</sheetData><autoFilter ref="A1:%s%d"/></worksheet>`, columnName(len(head)-1), rows)
}

func (x *workbook) header(w *bufio.Writer, names []string) {
	x.row = append(x.row[:0], `<row r="1">`...)
	for _, n := range names {
		x.row = append(x.row, `<c s="1" t="inlineStr"><is><t xml:space="preserve">`...)
		x.row = appendXML(x.row, cutUnits(n, maxSheetText))
		x.row = append(x.row, `</t></is></c>`...)
	}
	x.row = append(x.row, `</row>`...)
	w.Write(x.row)
}

// feature makes a row.
func (x *workbook) feature(d *Dataset, t *Table, f *Feature, number int) {
	b := append(x.row[:0], `<row r="`...)
	b = append(strconv.AppendInt(b, int64(number), 10), `">`...)
	if t != &d.Table {
		b = appendTextCell(appendTextCell(b, f.ID), f.Parent)
	}
	for i := range f.Values {
		v := f.Values[i]
		switch k := t.Fields[i].Kind; {
		case v.Special != "" || v.Text == "":
			b = append(b, `<c/>`...)
		case isNumber(k, v):
			b = append(append(append(b, `<c><v>`...), v.Text...), `</v></c>`...)
		case k == survey.Date || k == survey.Today:
			b = appendDateCell(b, v.Text)
		default:
			b = appendTextCell(b, v.Text)
		}
	}
	if d.Fictional {
		b = appendTextCell(b, "true")
	}
	if p, ok := f.Geometry.(orb.Point); ok {
		for _, v := range p {
			b = append(appendNumber(append(b, `<c><v>`...), v), `</v></c>`...)
		}
	}
	x.row = append(b, `</row>`...)
}

// appendDateCell writes a date as the days since the end of 1899, as spreadsheets count
// them; those before March 1900, which they count wrongly, and others as texts.
func appendDateCell(b []byte, s string) []byte {
	day, err := time.Parse(time.DateOnly, s)
	if days := day.Sub(sheetEpoch).Hours() / 24; err == nil && days > 60 {
		b = fmt.Appendf(b, `<c s="%d"><v>`, dateStyle)
		return append(strconv.AppendInt(b, int64(days), 10), `</v></c>`...)
	}
	return appendTextCell(b, s)
}

var sheetEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

func appendTextCell(b []byte, s string) []byte {
	b = append(b, `<c t="inlineStr"><is><t xml:space="preserve">`...)
	return append(appendXML(b, escapedXstring(cutUnits(s, maxSheetText))), `</t></is></c>`...)
}

// escapedXstring keeps a text from being read as one with escapes: _x0041_ is A in a cell
// (ECMA-376 part 1, 22.9.2.19).
func escapedXstring(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return xstring.ReplaceAllString(s, "_x005F_$1")
}

var xstring = regexp.MustCompile(`_(x[0-9a-fA-F]{4}_)`)

// dictionary says what the columns are.
func (x *workbook) dictionary(w *bufio.Writer, tables []*Table) {
	begin(w)
	x.header(w, []string{"sheet", "column", "question", "type", "group", "choices"})
	row := 1
	names := sheetNames(tables)
	for k, t := range tables {
		for _, f := range t.Fields {
			var choices []string
			for _, c := range f.Choices {
				choices = append(choices, c.Code+" = "+c.Label)
			}
			row++
			b := fmt.Appendf(x.row[:0], `<row r="%d">`, row)
			for _, s := range []string{names[k], f.Name, f.Label, f.Kind.String(), f.Group, strings.Join(choices, "; ")} {
				b = appendTextCell(b, s)
			}
			x.row = append(b, `</row>`...)
			w.Write(x.row)
		}
	}
	w.WriteString(`</sheetData></worksheet>`)
}

// appendXML writes a text as XML 1.0 takes it. Characters that it has no place for become
// U+FFFD.
func appendXML(b []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '\r':
			b = append(b, "&#13;"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff:
			b = utf8.AppendRune(b, 0xfffd)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

// cutUnits cuts a text between characters to so many units of UTF-16.
func cutUnits(s string, most int) string {
	if len(s) <= most {
		return s // a unit has a byte at least
	}
	units := 0
	for i, r := range s {
		if units++; r > 0xffff {
			units++
		}
		if units > most {
			return s[:i]
		}
	}
	return s
}

// columnName is the name of a column by its number from 0: A, B … Z, AA.
func columnName(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}
