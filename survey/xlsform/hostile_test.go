package xlsform_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"sselandscape/survey"
	"sselandscape/survey/xlsform"
)

// wideText writes a text as UTF-16, least byte first.
func wideText(s string) string {
	var b strings.Builder
	for _, c := range utf16.Encode([]rune(s)) {
		b.Write(binary.LittleEndian.AppendUint16(nil, c))
	}
	return b.String()
}

const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// sheetOnly replaces the sheet's part.
func sheetOnly(text string) []part { return parts("", part{"xl/worksheets/sheet1.xml", text}) }

// hostile are files that are no workbook, or one that means harm.
func hostile() map[string]hostileFile {
	return map[string]hostileFile{
		"nothing":             {text(""), "the file is empty"},
		"old xls":             {text(compound + strings.Repeat("\x00", 500) + wideText("Workbook\x00")), "this is an old .xls workbook"},
		"very old xls":        {text(compound + wideText("Book\x00")), "very old .xls"},
		"password":            {text(compound + strings.Repeat("x", 70_000) + wideText("EncryptedPackage\x00")), "protected by a password"},
		"old text document":   {text(compound + wideText("WordDocument\x00")), "old text document"},
		"csv":                 {text("type,name,label\ntext,a,A\n"), "this is a text file"},
		"web page":            {text("\n<html><table><tr><td>type</td></tr></table></html>"), "this is a web page"},
		"spreadsheet of 2003": {text(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), "XML Spreadsheet 2003"},
		"xform":               {text(`<h:html xmlns="http://www.w3.org/2002/xforms">`), "this is an XForm"},
		"pdf":                 {text("%PDF-1.7\n"), "this is a PDF"},
		"picture":             {text("\x89PNG\x00\x01\xff\xfe"), "not an .xlsx workbook"},
		"ods":                 {zipped(part{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, part{"content.xml", ""}), "OpenDocument spreadsheet (.ods)"},
		"odt":                 {zipped(part{"mimetype", "application/vnd.oasis.opendocument.text"}), "OpenDocument file"},
		"epub":                {zipped(part{"mimetype", "application/epub+zip"}), "application/epub+zip"},
		"xlsb":                {zipped(part{"_rels/.rels", `<r><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></r>`}), ".xlsb"},
		"docx":                {zipped(part{"_rels/.rels", `<r><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></r>`}), ".docx"},
		"pptx":                {zipped(part{"_rels/.rels", `<r><Relationship Id="a" Type="x/officeDocument" Target="ppt/presentation.xml"/></r>`}), ".pptx"},
		"other zip":           {zipped(part{"readme.txt", "x"}), "this is a zip archive"},
		"workbook missing":    {zipped(part{"[Content_Types].xml", "<Types/>"}), "its part xl/workbook.xml is missing"},

		"cut off":       {func(t testing.TB) []byte { b := archive(t, parts(inline("type"))); return b[:len(b)-30] }, "its archive cannot be read"},
		"cut off sheet": {book(sheetOnly(`<worksheet><sheetData><row><c t="str"><v>type`)...), "it ends too early"},
		"cut off tag":   {book(sheetOnly(`<worksheet><sheetData><row><c t="str`)...), "it ends too early"},
		"sheet missing": {func(t testing.TB) []byte { return archive(t, parts("")[:4]) }, `sheet "survey": the workbook is damaged: its part xl/worksheets/sheet1.xml is missing`},
		"strings missing": {func(t testing.TB) []byte {
			p := parts(`<row><c t="s"><v>0</v></c></row>`)
			return archive(t, append(p[:3:3], p[4]))
		}, "xl/sharedStrings.xml is missing"},
		"no sheets":           {book(parts("", part{"xl/workbook.xml", `<workbook/>`})...), "the workbook has no sheet"},
		"shared text 2 of 2":  {book(parts(`<row><c t="s"><v>2</v></c></row>`)...), `row 1 asks for the shared text "2", of which there are 2`},
		"shared text -1":      {book(parts(`<row><c t="s"><v>-1</v></c></row>`)...), `row 1 asks for the shared text "-1"`},
		"shared text no text": {book(parts(`<row><c t="s"><v>x</v></c></row>`)...), `row 1 asks for the shared text "x"`},
		"rows out of order":   {book(parts(`<row r="5"/><row r="4"/>`)...), "follows row 5"},
		"row number absurd":   {book(parts(`<row r="99999999999999999999"/>`)...), "follows row 0"},
		"same part twice":     {book(append(parts(""), part{"XL/Workbook.xml", "<workbook/>"})...), "twice"},
		"outside of the archive": {book(parts("", part{"xl/_rels/workbook.xml.rels", `<r><Relationship Id="rId1" Type="x/worksheet" Target="../../../../etc/passwd"/></r>`})...),
			"its part etc/passwd is missing"},
		"outside of the machine": {book(parts("", part{"xl/_rels/workbook.xml.rels", `<r><Relationship Id="rId1" Type="x/worksheet" TargetMode="External" Target="http://a.example/x.xml"/></r>`})...), "is missing"},
		"document type":          {book(sheetOnly(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`)...), "document type"},
		"entity":                 {book(sheetOnly(`<worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`)...), "entity &b;"},
		"deep":                   {book(sheetOnly(strings.Repeat("<a>", 1_000_000))...), "nested more than 100 deep"},
		"other encoding":         {book(sheetOnly(`<?xml version="1.0" encoding="windows-1252"?><worksheet/>`)...), "windows-1252"},
		"tags that do not match": {book(sheetOnly(`</a></b>`)...), "no well-formed XML"},

		"cell of 10 MB":            {book(parts(inline("type") + inline(strings.Repeat("x", 10<<20)))...), "row 2: a cell holds more than 1 MB"},
		"runs of 10 MB":            {book(parts(inline("type") + `<row><c t="inlineStr"><is>` + strings.Repeat("<r><t>"+strings.Repeat("x", 1000)+"</t></r>", 10_000) + "</is></c></row>")...), "row 2: a cell holds more than 1 MB"},
		"tag of 10 MB":             {book(parts(`<row x="` + strings.Repeat("x", 10<<20) + `"/>`)...), "more than 1 MB"},
		"shared text of 10 MB":     {book(parts("", part{"xl/sharedStrings.xml", "<sst><si><t>" + strings.Repeat("x", 10<<20)})...), "more than 1 MB"},
		"a million columns":        {book(parts("<row>" + strings.Repeat(`<c t="s"><v>0</v></c>`, 1_000_000) + "</row>")...), "more than 1000 columns"},
		"200,001 rows":             {book(parts(strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, 200_001))...), `sheet "survey" has more than 200000 rows`},
		"too many cells":           {book(parts("<row>" + strings.Repeat(`<c t="s"><v>0</v></c>`, 900) + "</row>" + strings.Repeat(`<row><c r="AHP1" t="s"><v>0</v></c></row>`, 100_000))...), "more than 5 million cells"},
		"too much text":            {repeated("xl/sharedStrings.xml", "<sst>", "<si><t>"+noise(1000)+"</t></si>", 80_000), "more than 64 MB of text"},
		"millions of texts":        {repeated("xl/sharedStrings.xml", "<sst>", shortTexts(), 10_001), "more than 1000000 different texts"},
		"bomb in the sheet":        {repeated("xl/worksheets/sheet1.xml", "<worksheet>", strings.Repeat(" ", 1000)+"<a/>", 200_000), "unpacks to more than 160 MB"},
		"bomb in the styles":       {repeated("xl/styles.xml", "<styleSheet>", noise(1000)+"<a/>", 200_000), "unpacks to more than 160 MB"},
		"bomb in a sheet's blanks": {repeated("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>", `<c r="A1" s="1"/>`, 10_000_000), "unpacks to more than 160 MB"},
		"styles without end":       {repeated("xl/styles.xml", "<styleSheet><cellXfs>", "<xf/>", 200_000), "more than 100000 cell styles"},
		"relations without end": {func(t testing.TB) []byte {
			return archive(t, parts("", part{"xl/_rels/workbook.xml.rels", relations(10_001)}))
		}, "refers to more than 10000 parts"},
		"lying size":     {lying, "cannot be read"},
		"many parts":     {manyParts, "more than 10000 files"},
		"encrypted part": {encrypted, "protected by a password"},
		"too large":      {func(testing.TB) []byte { return make([]byte, 64<<20+1) }, "larger than 64 MB"},
	}
}

// hostileFile makes a file, and says what the error about it must say.
type hostileFile struct {
	make func(t testing.TB) []byte
	want string
}

func text(s string) func(testing.TB) []byte { return func(testing.TB) []byte { return []byte(s) } }

func zipped(p ...part) func(testing.TB) []byte {
	return func(t testing.TB) []byte { return archive(t, p) }
}

func book(p ...part) func(testing.TB) []byte { return zipped(p...) }

// noise is text that packs badly enough to pass for real.
func noise(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%x", uint32(i*2654435761))
	}
	return b.String()[:n]
}

// repeated makes a workbook with a part of n equal pieces, without holding it.
func repeated(name, head, piece string, n int) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, p := range parts(inline("type"), part{"xl/styles.xml", "<styleSheet/>"}) {
			w, err := z.Create(p.name)
			if err != nil {
				t.Fatal(err)
			}
			if p.name != name {
				io.WriteString(w, p.text)
				continue
			}
			io.WriteString(w, head)
			block := strings.Repeat(piece, 1000)
			for range n / 1000 {
				io.WriteString(w, block)
			}
			io.WriteString(w, strings.Repeat(piece, n%1000))
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
}

// shortTexts are a hundred shared strings.
func shortTexts() string {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "<si><t>%s</t></si>", noise(8 * (i + 1))[8*i:])
	}
	return b.String()
}

// relations is a .rels part with n entries.
func relations(n int) string {
	var b strings.Builder
	b.WriteString("<r>")
	for i := range n {
		fmt.Fprintf(&b, `<Relationship Id="%d" Type="x/worksheet" Target="%d.xml"/>`, i, i)
	}
	return b.String() + "</r>"
}

// lying states in the directory that the sheet is 10 bytes long.
func lying(t testing.TB) []byte {
	b := archive(t, sheetOnly("<worksheet><sheetData>"+strings.Repeat(inline("type"), 50)))
	at := bytes.LastIndex(b, []byte("xl/worksheets/sheet1.xml")) - 46
	binary.LittleEndian.PutUint32(b[at+24:], 10)
	return b
}

// encrypted sets the flag of an encrypted part.
func encrypted(t testing.TB) []byte {
	b := archive(t, parts(""))
	at := bytes.LastIndex(b, []byte("xl/workbook.xml")) - 46
	b[at+8] |= 1
	return b
}

func manyParts(t testing.TB) []byte {
	var p []part
	for i := range 10_001 {
		p = append(p, part{fmt.Sprint(i), ""})
	}
	return archive(t, p)
}

func TestHostileFiles(t *testing.T) {
	for name, c := range hostile() {
		t.Run(name, func(t *testing.T) {
			data := c.make(t)
			peak := measure(func() {
				_, err := xlsform.ReadXLSX(bytes.NewReader(data))
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want …%s…", err, c.want)
				}
			})
			if const256 := uint64(256 << 20); peak > const256 {
				t.Errorf("%d MB of memory were used", peak>>20)
			}
			if os.Getenv("SSE_MEASURE") != "" {
				fmt.Printf("%-26s %4d MB file %6d KB\n", name, peak>>20, len(data)>>10)
			}
		})
	}
}

// measure gives how many bytes the program allocated while do ran, which is more
// than it held at any time.
func measure(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzReadXLSX(f *testing.F) {
	b, err := xlsform.ReadMarkdown(mistakes)
	if err != nil {
		f.Fatal(err)
	}
	var w bytes.Buffer
	if err := xlsform.WriteXLSX(&w, b); err != nil {
		f.Fatal(err)
	}
	f.Add(w.Bytes())
	f.Add(w.Bytes()[:w.Len()/2])
	f.Add(archive(f, parts(inline("type", "name"))))
	for _, c := range hostile() {
		if data := c.make(f); len(data) < 4<<10 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := xlsform.ReadXLSX(bytes.NewReader(data)); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

// FuzzWorkbookParts mangles the XML inside, which the checksums of an archive
// keep from FuzzReadXLSX.
func FuzzWorkbookParts(f *testing.F) {
	p := parts(inline("type", "_x000A_")+`<row r="3" x="&lt;"><c r="B3" s="1"><v>1.5</v></c><c t="s"><v>1</v></c></row>`, part{"xl/styles.xml", styles})
	f.Add(p[1].text, p[2].text, p[3].text, p[4].text, styles)
	f.Add("\xff\xfe"+wideText(p[1].text), p[2].text, "<sst><si><r><t>a</t></r><rPh/></si></sst>", "\ufeff"+p[4].text, `<styleSheet><numFmt numFmtId="1" formatCode="[h"/>`)
	f.Fuzz(func(t *testing.T, book, rels, shared, sheet, styles string) {
		b, err := xlsform.ReadXLSX(bytes.NewReader(archive(t, parts("", part{"xl/workbook.xml", book}, part{"xl/_rels/workbook.xml.rels", rels},
			part{"xl/sharedStrings.xml", shared}, part{"xl/worksheets/sheet1.xml", sheet}, part{"xl/styles.xml", styles}))))
		if err != nil {
			return
		}
		for _, s := range b.Sheets {
			for i, row := range s.Rows {
				for _, c := range row {
					if !utf8.ValidString(c) {
						t.Errorf("row %d holds %q", i+1, c)
					}
				}
			}
		}
		if form, ps := xlsform.Parse(b); form == nil && !survey.Unusable(ps) {
			t.Error("no form and no error")
		}
	})
}
