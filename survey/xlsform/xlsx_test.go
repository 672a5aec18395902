package xlsform_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey/xlsform"
)

// part is a file of a workbook made in a test.
type part struct{ name, text string }

const (
	spreadsheet = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	office      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// parts are a workbook with one sheet called survey, whose rows are given, and a
// second one that the form has no use for. More parts replace those of the same
// name or stand beside them.
func parts(rows string, more ...part) []part {
	out := []part{
		{"_rels/.rels", `<Relationships><Relationship Id="rId1" Type="` + office + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook` + spreadsheet + `><sheets><sheet name="survey" sheetId="1" r:id="rId1"/><sheet name="notes" sheetId="2" r:id="rId2"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="` + office + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId3" Type="` + office + `sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="` + office + `styles" Target="styles.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", `<sst><si><t>type</t></si><si><t>name</t></si></sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet` + spreadsheet + `><sheetData>` + rows + `</sheetData></worksheet>`},
	}
next:
	for _, m := range more {
		for i := range out {
			if out[i].name == m.name {
				out[i] = m
				continue next
			}
		}
		out = append(out, m)
	}
	return out
}

func archive(t testing.TB, parts []part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inline writes a row of texts.
func inline(texts ...string) string {
	var b strings.Builder
	b.WriteString("<row>")
	for _, s := range texts {
		fmt.Fprintf(&b, `<c t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, s)
	}
	return b.String() + "</row>"
}

const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="&quot;days &quot;0"/>` +
	`<numFmt numFmtId="166" formatCode="[Red]0.00;[Blue]-0.00"/><numFmt numFmtId="167" formatCode="[h]:mm"/><numFmt numFmtId="168" formatCode="0;d"/>` +
	`<numFmt numFmtId="169" formatCode="[$-409]h:mm AM/PM;@"/><numFmt numFmtId="170" formatCode="General \d"/></numFmts>` +
	`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>` +
	`<xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="21"/><xf numFmtId="169"/><xf numFmtId="46"/><xf numFmtId="170"/><xf numFmtId="31"/></cellXfs>` +
	`<dxfs><dxf/></dxfs></styleSheet>`

func TestCells(t *testing.T) {
	more := []part{{"xl/styles.xml", styles}, {"xl/sharedStrings.xml", `<x:sst xmlns:x="m"><x:si><x:t>plain</x:t></x:si>` +
		`<si><r><rPr><b/></rPr><t>rich </t></r><r><t>runs</t></r><rPh sb="0" eb="1"><t>phonetic</t></rPh></si><si/><si><t xml:space="preserve">  a  </t></si></x:sst>`}}
	for name, c := range map[string]struct{ cell, want string }{
		"shared":                  {`<c t="s"><v>0</v></c>`, "plain"},
		"rich runs, no phonetics": {`<c t="s"><v>1</v></c>`, "rich runs"},
		"white space is kept":     {`<c t="s"><v>3</v></c>`, "  a  "},
		"inline":                  {`<c t="inlineStr"><is><t>in</t></is></c>`, "in"},
		"inline runs":             {`<c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c>`, "ab"},
		"formula":                 {`<c t="str"><f>A1&amp;"x"</f><v>got</v></c>`, "got"},
		"formula after its value": {`<c t="str"><v>got</v><f>A1</f></c>`, "got"},
		"formula never computed":  {`<c><f>A1</f></c>`, ""},
		"formula with a number":   {`<c><f>1/3</f><v>0.33333333333333331</v></c>`, "0.3333333333333333"},
		"true":                    {`<c t="b"><v>1</v></c>`, "TRUE"},
		"false":                   {`<c t="b"><v>0</v></c>`, "FALSE"},
		"error":                   {`<c t="e"><v>#N/A</v></c>`, "#N/A"},
		"whole number":            {`<c><v>12.0</v></c>`, "12"},
		"exponent":                {`<c><v>1E+3</v></c>`, "1000"},
		"small":                   {`<c><v>1.5E-7</v></c>`, "0.00000015"},
		"noise":                   {`<c><v>1.1000000000000001</v></c>`, "1.1"},
		"many digits":             {`<c><v>12345678901234567890</v></c>`, "12345678901234567890"},
		"large":                   {`<c><v>1E+21</v></c>`, "1000000000000000000000"},
		"negative zero":           {`<c><v>-0</v></c>`, "0"},
		"leading zero":            {`<c><v>007</v></c>`, "7"},
		"date":                    {`<c s="1"><v>43832</v></c>`, "2020-01-02 00:00:00"},
		"date and time":           {`<c s="2"><v>43832.4375</v></c>`, "2020-01-02 10:30:00"},
		"milliseconds":            {`<c s="2"><v>43832.000005787037</v></c>`, "2020-01-02 00:00:00.500000"},
		"first day of 1900":       {`<c s="1"><v>1</v></c>`, "1900-01-01 00:00:00"},
		"before the leap day":     {`<c s="1"><v>59</v></c>`, "1900-02-28 00:00:00"},
		"after the leap day":      {`<c s="1"><v>61</v></c>`, "1900-03-01 00:00:00"},
		"time":                    {`<c s="7"><v>0.4375</v></c>`, "10:30:00"},
		"time with a marker":      {`<c s="8"><v>0.4375</v></c>`, "10:30:00"},
		"midnight":                {`<c s="7"><v>0</v></c>`, "00:00:00"},
		"a hair before a day":     {`<c s="7"><v>0.9999999999</v></c>`, "1900-01-01 00:00:00"},
		"elapsed":                 {`<c s="5"><v>1.0625</v></c>`, "1 day, 1:30:00"},
		"elapsed, built in":       {`<c s="9"><v>0.0625</v></c>`, "1:30:00"},
		"quoted d is no date":     {`<c s="3"><v>5</v></c>`, "5"},
		"colours are no dates":    {`<c s="4"><v>5.5</v></c>`, "5.5"},
		"second section":          {`<c s="6"><v>5</v></c>`, "5"},
		"escaped d is no date":    {`<c s="10"><v>5</v></c>`, "5"},
		"East Asian date":         {`<c s="11"><v>43832</v></c>`, "2020-01-02 00:00:00"},
		"beyond all years":        {`<c s="1"><v>99999999</v></c>`, "99999999"},
		"no such style":           {`<c s="999"><v>5</v></c>`, "5"},
		"date as text":            {`<c t="d"><v>2020-01-02T10:30:00Z</v></c>`, "2020-01-02 10:30:00"},
		"entities":                {`<c t="str"><v>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</v></c>`, `<&>"'A😀`},
		"line ends":               {"<c t=\"str\"><v>a\r\nb\rc</v></c>", "a\nb\nc"},
		"escapes":                 {`<c t="str"><v>a_x000A_b_x005F_x000A_ _xD83D__xDE00_ _x00g0_</v></c>`, "a\nb_x000A_ 😀 _x00g0_"},
		"no control characters":   {`<c t="str"><v>a_x0000_b</v></c>`, "ab"},
		"no-break space":          {"<c t=\"str\"><v>a\u00a0b</v></c>", "a\u00a0b"},
		"CDATA and comments":      {`<c t="str"><v>a<![CDATA[<b>]]><!-- x --><?y?>c</v></c>`, "a<b>c"},
		"prefixes":                {`<m:c xmlns:m="x" t="str"><m:v>p</m:v></m:c>`, "p"},
		"column given":            {`<c r="B1" t="str"><v>x</v></c><c t="str"><v>y</v></c>`, "|x|y"},
		"order of columns":        {`<c r="B1" t="str"><v>x</v></c><c r="A1" t="str"><v>y</v></c>`, "y|x"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := xlsform.ReadXLSX(bytes.NewReader(archive(t, parts("<row>"+c.cell+"</row>", more...))))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if rows := b.Sheets[0].Rows; len(rows) > 0 {
				got = strings.Join(rows[0], "|")
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestDaysFrom1904(t *testing.T) {
	book := part{"xl/workbook.xml", `<workbook` + spreadsheet + `><workbookPr date1904="1"/><sheets><sheet name="survey" r:id="rId1"/></sheets></workbook>`}
	b, err := xlsform.ReadXLSX(bytes.NewReader(archive(t, parts(`<row><c s="1"><v>42370</v></c><c s="1"><v>1</v></c></row>`, book, part{"xl/styles.xml", styles}))))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"2020-01-02 00:00:00", "1904-01-02 00:00:00"}, b.Sheets[0].Rows[0]); d != "" {
		t.Error(d)
	}
}

func TestRows(t *testing.T) {
	cell := func(s string) string { return `<c t="str"><v>` + s + `</v></c>` }
	gap := strings.Repeat("<row/>", 59)
	for name, c := range map[string]struct {
		rows string
		want [][]string
	}{
		"rows left out":            {`<row r="1">` + cell("a") + `</row><row r="3">` + cell("b") + `</row>`, [][]string{{"a"}, nil, {"b"}}},
		"rows without numbers":     {`<row>` + cell("a") + `</row><row/><row>` + cell("b") + `</row>`, [][]string{{"a"}, nil, {"b"}}},
		"header in the third row":  {`<row r="3">` + cell("a") + `</row>`, [][]string{nil, nil, {"a"}}},
		"59 blank rows":            {`<row>` + cell("a") + `</row>` + gap + `<row>` + cell("b") + `</row>`, append(append([][]string{{"a"}}, make([][]string, 59)...), []string{"b"})},
		"60 blank rows":            {`<row>` + cell("a") + `</row>` + gap + `<row/><row>` + cell("b") + `</row>`, [][]string{{"a"}}},
		"a gap of 60":              {`<row r="1">` + cell("a") + `</row><row r="1000000">` + cell("b") + `</row>`, [][]string{{"a"}}},
		"white space is blank":     {`<row>` + cell("a") + `</row><row>` + cell(" ") + `</row>`, [][]string{{"a"}}},
		"20 blank headers":         {`<row>` + cell("a") + `<c r="V1" t="str"><v>b</v></c></row><row>` + cell("x") + cell("y") + `</row>`, [][]string{{"a"}, {"x"}}},
		"19 blank headers":         {`<row>` + cell("a") + `<c r="U1" t="str"><v>b</v></c></row>`, [][]string{append(append([]string{"a"}, make([]string, 19)...), "b")}},
		"styled cells to the end":  {`<row>` + cell("a") + `<c r="XFD1" s="0"/></row>`, [][]string{{"a"}}},
		"a note far to the right":  {`<row>` + cell("a") + `<c r="XFD1" t="str"><v>note</v></c></row>`, [][]string{{"a"}}},
		"nothing":                  {``, [][]string{}},
		"what follows is not read": {`</sheetData><row>` + cell("a") + `</row><sheetData>`, [][]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := xlsform.ReadXLSX(bytes.NewReader(archive(t, parts(c.rows))))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, b.Sheets[0].Rows[:len(b.Sheets[0].Rows):len(b.Sheets[0].Rows)]); d != "" && len(c.want)+len(b.Sheets[0].Rows) > 0 {
				t.Error(d)
			}
		})
	}
}

// TestSheets reads a workbook with odd names of parts, sheets that are hidden and
// sheets that are of no use.
func TestSheets(t *testing.T) {
	sheet := func(s string) string { return `<worksheet><sheetData>` + inline(s) + `</sheetData></worksheet>` }
	b, err := xlsform.ReadXLSX(bytes.NewReader(archive(t, []part{
		{"_rels/.rels", `<Relationships><Relationship Id="x" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/deep/Book.xml"/></Relationships>`},
		{"deep/book.xml", `<b:workbook xmlns:b="m" xmlns:q="r"><b:sheets><b:sheet name="choices" q:id="c"/><b:sheet name="_hidden" q:id="broken"/>` +
			`<b:sheet name="Survey " q:id="s"/><b:sheet name="log" q:id="broken"/><b:sheet name="picture" q:id="p"/></b:sheets></b:workbook>`},
		{"deep/_rels/book.xml.rels", `<Relationships><Relationship Id="s" Type="x/worksheet" Target="../up/one.xml"/><Relationship Id="c" Type="x/worksheet" Target="/two.xml"/>` +
			`<Relationship Id="p" Type="x/chartsheet" Target="p.xml"/></Relationships>`},
		{"up/one.xml", sheet("one")}, {"two.xml", sheet("two")},
	})))
	if err != nil {
		t.Fatal(err)
	}
	want := xlsform.Book{Sheets: []xlsform.Sheet{{Name: "choices", Rows: [][]string{{"two"}}}, {Name: "Survey ", Rows: [][]string{{"one"}}}, {Name: "log"}}}
	if d := cmp.Diff(want, b); d != "" {
		t.Error(d)
	}
}

func TestOnlySheetIsReadWhateverItsName(t *testing.T) {
	book := part{"xl/workbook.xml", `<workbook` + spreadsheet + `><sheets><sheet name="Sheet1" r:id="rId1"/><sheet name="_old" r:id="rId9"/></sheets></workbook>`}
	b, err := xlsform.ReadXLSX(bytes.NewReader(archive(t, parts(inline("type", "name"), book))))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"type", "name"}}, b.Sheets[0].Rows); d != "" {
		t.Error(d)
	}
}
