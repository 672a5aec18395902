package exchange

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

// Limits of a sheet (ECMA-376 and Excel specifications and limits).
const (
	maxSheetRows    = 1_048_576
	maxSheetColumns = 16_384
	maxSheetText    = 32_767 // UTF-16 code units of a cell
)

// writeXLSX writes a workbook (ECMA-376, Office Open XML) with two sheets: units, a row each,
// with numbers as numbers, a header that stays in view and filters; and the columns in words.
// All texts stand in the sheets themselves, none is a formula, and rows are written as they
// come: memory does not grow with them.
func writeXLSX(ctx context.Context, out io.Writer, d *Dataset) error {
	if len(d.Features) >= maxSheetRows || len(d.Fields)+3 > maxSheetColumns {
		return fmt.Errorf("a sheet holds %d rows and %d columns, and there are %d and %d; export fewer units, or CSV", maxSheetRows, maxSheetColumns, len(d.Features)+1, len(d.Fields)+3)
	}
	z := zip.NewWriter(out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 2) })
	x := &workbook{zip: z}
	for _, part := range workbookParts {
		x.part(part[0], func(w *bufio.Writer) { w.WriteString(xmlHead + part[1]) })
	}
	x.part("xl/worksheets/sheet1.xml", func(w *bufio.Writer) { x.units(ctx, w, d) })
	x.part("xl/worksheets/sheet2.xml", func(w *bufio.Writer) { x.dictionary(w, d) })
	if x.err == nil {
		x.err = ctx.Err()
	}
	if x.err != nil {
		return x.err
	}
	return z.Close()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// workbookParts are all but the sheets, by name.
var workbookParts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="units" sheetId="1" r:id="rId1"/><sheet name="columns" sheetId="2" r:id="rId2"/></sheets></workbook>`},
	{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`},
}

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

func (x *workbook) units(ctx context.Context, w *bufio.Writer, d *Dataset) {
	begin(w)
	head := make([]string, 0, len(d.Fields)+3)
	for _, f := range d.Fields {
		head = append(head, f.Name)
	}
	if d.Fictional {
		head = append(head, "fictional")
	}
	head = append(head, "lon", "lat")
	x.header(w, head)
	for i := range d.Features {
		if i%1024 == 0 && ctx.Err() != nil {
			return
		}
		x.unit(d, &d.Features[i], i+2)
		w.Write(x.row)
	}
	fmt.Fprintf(w, `</sheetData><autoFilter ref="A1:%s%d"/></worksheet>`, columnName(len(head)-1), len(d.Features)+1)
}

func (x *workbook) header(w *bufio.Writer, names []string) {
	x.row = append(x.row[:0], `<row r="1">`...)
	for _, n := range names {
		x.row = append(x.row, `<c s="1" t="inlineStr"><is><t xml:space="preserve">`...)
		x.row = appendXML(x.row, n)
		x.row = append(x.row, `</t></is></c>`...)
	}
	x.row = append(x.row, `</row>`...)
	w.Write(x.row)
}

// unit makes the row of a unit.
func (x *workbook) unit(d *Dataset, f *Feature, number int) {
	b := append(x.row[:0], `<row r="`...)
	b = append(strconv.AppendInt(b, int64(number), 10), `">`...)
	for i, v := range f.Values {
		switch k := d.Fields[i].Kind; {
		case v.Special != "" || v.Text == "":
			b = append(b, `<c/>`...)
		case isNumber(k, v):
			b = append(append(append(b, `<c><v>`...), v.Text...), `</v></c>`...)
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

func appendTextCell(b []byte, s string) []byte {
	b = append(b, `<c t="inlineStr"><is><t xml:space="preserve">`...)
	return append(appendXML(b, s), `</t></is></c>`...)
}

// dictionary says what the columns are.
func (x *workbook) dictionary(w *bufio.Writer, d *Dataset) {
	begin(w)
	x.header(w, []string{"column", "question", "type", "choices"})
	for i, f := range d.Fields {
		var choices []string
		for _, c := range f.Choices {
			choices = append(choices, c.Code+" = "+c.Label)
		}
		b := fmt.Appendf(x.row[:0], `<row r="%d">`, i+2)
		for _, s := range []string{f.Name, f.Label, f.Kind.String(), strings.Join(choices, "; ")} {
			b = appendTextCell(b, s)
		}
		x.row = append(b, `</row>`...)
		w.Write(x.row)
	}
	w.WriteString(`</sheetData></worksheet>`)
}

// appendXML writes a text as XML 1.0 takes it, cut to what a cell holds. Characters that it
// has no place for become U+FFFD.
func appendXML(b []byte, s string) []byte {
	units := 0
	for _, r := range s {
		if units++; r > 0xffff {
			units++
		}
		if units > maxSheetText {
			return b
		}
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

// columnName is the name of a column by its number from 0: A, B … Z, AA.
func columnName(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}
