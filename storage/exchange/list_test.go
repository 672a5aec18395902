package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"sselandscape/storage/exchange"
)

func listFile(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readList(t testing.TB, path string, o exchange.ListOptions) (*exchange.List, []exchange.ListRow) {
	t.Helper()
	l, err := exchange.OpenList(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var rows []exchange.ListRow
	for r, err := range l.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return l, rows
}

// vietnamese decomposes letters as windows-1258 has them: bases with the signs of
// the alphabet, tones apart.
func vietnamese(s string) string {
	var b strings.Builder
	for _, r := range s {
		d := []rune(norm.NFD.String(string(r)))
		tone := -1
		for i, c := range d {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", c) {
				tone = i
			}
		}
		if tone < 0 {
			b.WriteRune(r)
			continue
		}
		rest := append(slices.Clone(d[:tone]), d[tone+1:]...)
		b.WriteString(norm.NFC.String(string(rest)))
		b.WriteRune(d[tone])
	}
	return b.String()
}

func TestEncodings(t *testing.T) {
	cases := map[string]struct {
		encoding.Encoding
		want string
		rows []string
	}{
		"utf-8":            {encoding.Nop, "utf-8", []string{"करुणा बचत", "한살림 생활협동조합", "Hợp tác xã"}},
		"utf-8 with mark":  {unicode.UTF8BOM, "utf-8", []string{"करुणा बचत", "한살림"}},
		"utf-16le, mark":   {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le", []string{"करुणा बचत", "한살림"}},
		"utf-16be, mark":   {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be", []string{"करुणा बचत", "한살림"}},
		"utf-16le without": {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", []string{"Karuna Savings", "Coopérative Élan"}},
		"utf-16be without": {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be", []string{"Karuna Savings", "Coopérative Élan"}},
		"french":           {charmap.Windows1252, "windows-1252", []string{"Coopérative Élan", "Société d’épargne et de crédit", "Association des mères de Pondichéry"}},
		"spanish":          {charmap.Windows1252, "windows-1252", []string{"Asociación de Pescadores", "Fundación Niño", "Compañía Cebú"}},
		"vietnamese":       {charmap.Windows1258, "windows-1258", []string{"Hợp tác xã Bình Minh", "Quỹ tín dụng nhân dân", "Hội phụ nữ Đồng Tháp", "Tổ hợp tác nuôi cá"}},
		"thai":             {charmap.Windows874, "windows-874", []string{"สหกรณ์การเกษตรเมืองน่าน", "กลุ่มออมทรัพย์เพื่อการผลิต", "มูลนิธิชุมชนไท"}},
		"russian":          {charmap.Windows1251, "windows-1251", []string{"Кооператив «Заря»", "Общество взаимопомощи", "Фонд развития села"}},
		"mongolian":        {charmap.Windows1251, "windows-1251", []string{"Хоршоо Эв нэгдэл", "Малчдын хоршоо", "Улаанбаатар хот"}},
		"arabic":           {charmap.Windows1256, "windows-1256", []string{"جمعية التعاون الزراعي", "مؤسسة الخير", "صندوق الادخار"}},
		"japanese":         {japanese.ShiftJIS, "shift_jis", []string{"みどり農業協同組合", "ワーカーズコープ", "子ども食堂ネットワーク"}},
		"korean":           {korean.EUCKR, "euc-kr", []string{"한살림생활협동조합", "홍성 사회적기업", "원주 의료복지"}},
		"simplified":       {simplifiedchinese.GB18030, "gb18030", []string{"绿色农民专业合作社", "社区发展基金会", "妇女互助协会"}},
		"traditional":      {traditionalchinese.Big5, "big5", []string{"綠色農業合作社", "社區發展協會", "婦女互助基金會"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text := "id,name\r\n"
			for i, r := range c.rows {
				text += fmt.Sprintf("%d,%s\r\n", i+1, r)
			}
			if c.want == "windows-1258" {
				text = vietnamese(text)
			}
			b, err := c.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			l, rows := readList(t, listFile(t, "list.csv", []byte(b)), exchange.ListOptions{})
			if l.Encoding != c.want {
				t.Errorf("found %s, want %s", l.Encoding, c.want)
			}
			var got []string
			for _, r := range rows {
				got = append(got, r.Cells[1])
			}
			if d := cmp.Diff(c.rows, got); d != "" {
				t.Error(d)
			}
			if strings.HasPrefix(c.want, "utf-16") {
				return
			}
			if l, _ := readList(t, listFile(t, "list.csv", []byte(b)), exchange.ListOptions{Encoding: "windows-1252"}); l.Encoding != "windows-1252" {
				t.Errorf("asked for windows-1252, read as %s", l.Encoding)
			}
		})
	}
}

func TestText(t *testing.T) {
	cases := map[string]struct {
		file, text string
		delimiter  string
		comma      bool
		columns    []string
		rows       []string // number: cells
		problems   int
	}{
		"comma":                {"a.csv", "a,b\n1,2\n", ",", false, []string{"a", "b"}, []string{"2: 1|2"}, 0},
		"semicolon, comma":     {"a.csv", "name;lon;lat\nA, B;85,32;27,71\nC;1,5;2,5\n", ";", true, []string{"name", "lon", "lat"}, []string{"2: A, B|85,32|27,71", "3: C|1,5|2,5"}, 0},
		"tab":                  {"a.tsv", "a\tb\nx, y\tz, w\n", "\t", false, []string{"a", "b"}, []string{"2: x, y|z, w"}, 0},
		"bar":                  {"a.txt", "a|b|c\n1|2|3\n", "|", false, []string{"a", "b", "c"}, []string{"2: 1|2|3"}, 0},
		"said by the file":     {"a.csv", "sep=;\r\na;b\r\n1;2\r\n", ";", false, []string{"a", "b"}, []string{"2: 1|2"}, 0},
		"quotes":               {"a.csv", "a,b\n\"x, \"\"y\"\"\nz\",2\n5\" pipe,6\n", ",", false, []string{"a", "b"}, []string{"2: x, \"y\"\nz|2", "3: 5\" pipe|6"}, 0},
		"old line ends":        {"a.csv", "a,b\r1,2\r3,4", ",", false, []string{"a", "b"}, []string{"2: 1|2", "3: 3|4"}, 0},
		"titles above":         {"a.csv", "List of 2026\n\na,b\n1,2\n", ",", false, []string{"a", "b"}, []string{"4: 1|2"}, 1},
		"same and no names":    {"a.csv", "a,,a\n1,2,3\n", ",", false, []string{"a", "column B", "a (2)"}, []string{"2: 1|2|3"}, 1},
		"blank rows, one long": {"a.csv", "a,b\n,\n1\n1,2,\n1,2,3\n", ",", false, []string{"a", "b"}, []string{"3: 1|", "4: 1|2", "5: 1|2"}, 1},
		"quote not closed":     {"a.csv", "a,b\n1,\"2\n3,4\n", ",", false, []string{"a", "b"}, []string{"2: 1|2\n3,4\n"}, 1},
		"controls":             {"a.csv", "a,b\n1,x\x01y\n", ",", false, []string{"a", "b"}, []string{"2: 1|x\x01y"}, 1},
		"one column":           {"a.csv", "name\nKaruna\nTara\n", ",", false, []string{"name"}, []string{"2: Karuna", "3: Tara"}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l, rows := readList(t, listFile(t, c.file, []byte(c.text)), exchange.ListOptions{})
			var got []string
			for _, r := range rows {
				got = append(got, fmt.Sprintf("%d: %s", r.Number, strings.Join(r.Cells, "|")))
			}
			if d := cmp.Diff(c.rows, got); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.columns, l.Columns); d != "" {
				t.Error(d)
			}
			if l.Delimiter != c.delimiter || l.Comma != c.comma || len(l.Problems) != c.problems {
				t.Errorf("delimiter %q, decimal comma %v, problems %v", l.Delimiter, l.Comma, l.Problems)
			}
		})
	}
}

func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"Cooperatives 2026"})
		f.SetSheetRow("Sheet1", "A3", &[]any{"name", "founded", "visited", "members", "active", "twice"})
		f.SetSheetRow("Sheet1", "A4", &[]any{"करुणा", time.Date(1999, 3, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 10, 30, 0, 0, time.UTC), 12000000, true})
		f.SetCellFormula("Sheet1", "F4", "D4*2")
		f.SetCellValue("Sheet1", "A90", "Tara") // after many blank rows
		f.NewSheet("Other")
		f.SetSheetRow("Other", "A1", &[]any{"a", "b"})
		f.SetSheetRow("Other", "A2", &[]any{1.5, "x"})
	})
	l, rows := readList(t, listFile(t, "list.xlsx", b), exchange.ListOptions{})
	if d := cmp.Diff([]string{"name", "founded", "visited", "members", "active", "twice"}, l.Columns); d != "" {
		t.Error(d)
	}
	want := []exchange.ListRow{{Number: 4, Cells: []string{"करुणा", "1999-03-04", "2026-01-02T10:30:00", "12000000", "TRUE", ""}}, {Number: 90, Cells: []string{"Tara", "", "", "", "", ""}}}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	var cells []string
	for _, p := range l.Problems {
		cells = append(cells, p.Place())
	}
	if d := cmp.Diff([]string{"Sheet1!1", "Sheet1!F4"}, cells); d != "" {
		t.Error(d, l.Problems)
	}
	l, rows = readList(t, listFile(t, "list.xlsx", b), exchange.ListOptions{Sheet: "Other"})
	if d := cmp.Diff([]string{"Sheet1", "Other"}, l.Sheets); d != "" || len(rows) != 1 || rows[0].Cells[0] != "1.5" {
		t.Error(d, rows)
	}
}

func TestGeoList(t *testing.T) {
	cases := map[string]struct {
		text    string
		columns string
		rows    []string
		told    string // in the first problem
	}{
		"points": {`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A","n":3,"ok":true,"none":null,"tags":["x", {"y":1}]},"geometry":{"type":"Point","coordinates":[85.32,27.71,1300]}},
			{"type":"Feature","geometry":null,"properties":{"name":"B\u00e9","more":"z"}}]}`, "name n ok none tags more geometry",
			[]string{`A|3|true||["x",{"y":1}]||27.7100000, 85.3200000`, "Bé|||||z|"}, ""},
		"members in any order": {`{"features":[{"properties":null,"id":7,"type":"Feature","geometry":{"coordinates":[1,2],"type":"Point"}}],"type":"FeatureCollection"}`, "geometry", []string{"2.0000000, 1.0000000"}, ""},
		"one feature":          {`{"type":"Feature","properties":{"name":"A"},"geometry":null}`, "name", []string{"A"}, ""},
		"one a line":           {"{\"type\":\"Feature\",\"properties\":{\"name\":\"A\"}}\n\x1e{\"type\":\"Feature\",\"properties\":{\"name\":\"B\"}}\n", "name", []string{"A", "B"}, ""},
		"area with a bay":      {`{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[6,10],[6,1],[4,1],[4,10],[0,10],[0,0]]]}}`, "geometry", []string{"5.0000010, 2.0000000"}, "a point inside is taken"},
		"line":                 {`{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[0,0],[1,1],[2,2]]}}`, "geometry", []string{"1.0000000, 1.0000000"}, "the middle one"},
		"collection":           {`{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}}`, "geometry", nil, "no point is taken"},
		"property geometry":    {`{"type":"Feature","properties":{"geometry":"x"},"geometry":{"type":"Point","coordinates":[1,2]}}`, "geometry geometry_", []string{"x|2.0000000, 1.0000000"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l, rows := readList(t, listFile(t, "list.geojson", []byte(c.text)), exchange.ListOptions{})
			var got []string
			for _, r := range rows {
				got = append(got, strings.Join(r.Cells, "|"))
			}
			if d := cmp.Diff(c.rows, got); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.columns, strings.Join(l.Columns, " ")); d != "" {
				t.Error(d)
			}
			if told := fmt.Sprint(l.Problems); (c.told == "") != (len(l.Problems) == 0) || !strings.Contains(told, c.told) {
				t.Error(told)
			}
		})
	}
}

// TestHostileLists wants a sentence, or a bad row, and little memory.
func TestHostileLists(t *testing.T) {
	big := workbook(t, func(f *excelize.File) { f.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"}) })
	cases := map[string]struct{ file, text, want string }{
		"empty":                {"a.csv", "", "empty"},
		"only blanks":          {"a.csv", "\n\n", "no rows"},
		"zeros":                {"a.csv", "a,b\n" + strings.Repeat("\x00", 5000), "encoding"},
		"a picture":            {"a.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "no text"},
		"another ending":       {"a.doc", "a,b", "no list"},
		"cut workbook":         {"a.xlsx", string(big[:len(big)/2]), "damaged"},
		"text as workbook":     {"a.xlsx", "a,b\n1,2", "text file"},
		"deep json":            {"a.geojson", `{"type":"FeatureCollection","features":[{"properties":{"a":` + strings.Repeat("[", 100_000), "nested"},
		"deep coordinates":     {"a.geojson", `{"type":"Feature","geometry":{"type":"Point","coordinates":` + strings.Repeat("[", 60), "nested"},
		"cut json":             {"a.geojson", `{"type":"FeatureCollection","features":[{"type":"Fea`, "ends in the middle"},
		"no json":              {"a.geojson", "a,b\n", "no JSON"},
		"no features":          {"a.geojson", `{"type":"FeatureCollection","features":[]}`, "no features"},
		"topology":             {"a.json", `{"type":"Topology","objects":{}}`, "FeatureCollection"},
		"another reference":    {"a.geojson", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[]}`, "WGS 84"},
		"too many columns":     {"a.csv", strings.Repeat("x,", 5000) + "\n", "more than 500 cells"},
		"one name of a column": {"a.csv", strings.Repeat("x", 100_000), "more than 32767"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l, err := exchange.OpenList(context.Background(), listFile(t, c.file, []byte(c.text)), exchange.ListOptions{})
			if err == nil {
				l.Close()
				t.Fatal("it was read")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: not %q", err, c.want)
			}
		})
	}
}

// TestLongLine reads a cell of 64 MB within the limits of a cell.
func TestLongLine(t *testing.T) {
	for _, file := range []string{"a.csv", "a.geojson"} {
		text := "a,b\n1," + strings.Repeat("x", 64<<20) + "\n3,4\n"
		if file == "a.geojson" {
			text = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":"1","b":"` + strings.Repeat("x", 64<<20) + `"}},{"type":"Feature","properties":{"a":"3","b":"4"}}]}`
		}
		l, rows := readList(t, listFile(t, file, []byte(text)), exchange.ListOptions{})
		if len(rows) != 2 || rows[0].Bad == "" || len(rows[0].Cells[1]) > 0 || rows[1].Bad != "" || rows[1].Cells[1] != "4" || len(l.Problems) != 1 {
			t.Errorf("%s: %d rows, problems %v", file, len(rows), l.Problems)
		}
	}
}

func TestLongRow(t *testing.T) {
	text := "a" + strings.Repeat(",b", 20) + "\n1" + strings.Repeat(","+strings.Repeat("x", 20_000), 20) + "\n2\n"
	if l, rows := readList(t, listFile(t, "a.csv", []byte(text)), exchange.ListOptions{}); rows[0].Bad == "" || rows[1].Bad != "" || len(l.Problems) == 0 {
		t.Errorf("%v", l.Problems)
	}
}

func TestCancelledList(t *testing.T) {
	l, err := exchange.OpenList(context.Background(), listFile(t, "a.csv", []byte("a,b\n"+strings.Repeat("1,2\n", 100_000))), exchange.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n, failed := 0, false
	for _, err := range l.Rows(ctx) {
		n, failed = n+1, err != nil
	}
	if !failed || n > 2000 {
		t.Errorf("%d rows after it was cancelled", n)
	}
}

// fuzzList reads anything: it ends, and rows have a cell per column.
func fuzzList(f *testing.F, name string) {
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := exchange.OpenList(context.Background(), listFile(t, name, b), exchange.ListOptions{})
		if err != nil {
			return
		}
		defer l.Close()
		for r, err := range l.Rows(context.Background()) {
			if err == nil && len(r.Cells) != len(l.Columns) {
				t.Fatalf("row %d has %d cells of %d", r.Number, len(r.Cells), len(l.Columns))
			}
		}
	})
}

func FuzzTextList(f *testing.F) {
	for _, s := range []string{"a,b\n1,\"2\"\n", "sep=;\na;b\n", "\xff\xfea\x00,\x00b\x00\n\x00", "a\tb\r\n\"x\"\"y\"\tz", "\xb0\xa1,\xc7\xd1\n\x81"} {
		f.Add([]byte(s))
	}
	fuzzList(f, "a.csv")
}

func FuzzGeoList(f *testing.F) {
	for _, s := range []string{`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":[1,{"b":"\u00e9"}]},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}}]}`, "{}\x1e[]", `{"features":[{"geometry":{"coordinates":[[],[[]]],"type":"Polygon"}}],"type":"FeatureCollection"}`} {
		f.Add([]byte(s))
	}
	fuzzList(f, "a.geojson")
}

func FuzzWorkbookList(f *testing.F) {
	f.Add(workbook(f, func(x *excelize.File) {
		x.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"})
		x.SetSheetRow("Sheet1", "A2", &[]any{1, time.Unix(0, 0)})
		x.SetCellFormula("Sheet1", "C2", "A2")
	}))
	fuzzList(f, "a.xlsx")
}

func BenchmarkTextList100000(b *testing.B) {
	var text strings.Builder
	text.WriteString("id,name,region,lon,lat,phone,stratum\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "%d,\"Green Valley Cooperative %d, Pokhara\",NPL-3,%.4f,%.4f,+977 1 %d,rural\n", i, i, 83+float64(i%100)/100, 27+float64(i%77)/100, i)
	}
	path := listFile(b, "list.csv", []byte(text.String()))
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, rows := readList(b, path, exchange.ListOptions{}); len(rows) != 100_000 {
			b.Fatal(len(rows))
		}
	}
}
