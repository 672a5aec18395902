package xlsform_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey/xlsform"
)

func TestTables(t *testing.T) {
	want := [][]string{{"type", "name", "label"}, {"text", "a", `Crème, "brûlée"; x`}}
	rows := "type,name,label\ntext,a,\"Crème, \"\"brûlée\"\"; x\"\n"
	semicolons := "type;name;label\r\ntext;a;\"Crème, \"\"brûlée\"\"; x\"\r\n"
	for name, c := range map[string]string{
		"plain":           rows,
		"byte order mark": "\ufeff" + rows,
		"semicolons":      semicolons,
		"tabs":            "type\tname\tlabel\ntext\ta\t\"Crème, \"\"brûlée\"\"; x\"\n",
		"utf-16":          "\xff\xfe" + wideText(rows),
		"utf-16 ;":        "\xff\xfe" + wideText(semicolons),
		"quoted headers":  "\"type\",\"name\",\"label\"\ntext,a,\"Crème, \"\"brûlée\"\"; x\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			b, err := xlsform.ReadCSV(fstest.MapFS{"Survey.CSV": {Data: []byte(c)}, "towns.csv": {Data: []byte("name\nx")}, "_old.csv": {Data: []byte("x")}})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(xlsform.Book{Sheets: []xlsform.Sheet{{Name: "Survey", Rows: want}, {Name: "towns"}}}, b); d != "" {
				t.Error(d)
			}
			b, err = xlsform.Read("dir/my form.csv", strings.NewReader(c))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(xlsform.Book{Name: "my form", Sheets: []xlsform.Sheet{{Name: "survey", Rows: want}}}, b); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSeparatorLine(t *testing.T) {
	b, err := xlsform.Read("a.csv", strings.NewReader("sep=;\r\ntype;name\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{nil, {"type", "name"}}, b.Sheets[0].Rows); d != "" {
		t.Error(d)
	}
}

func TestRead(t *testing.T) {
	var w bytes.Buffer
	book := xlsform.Book{Name: "f", Sheets: []xlsform.Sheet{{Name: "survey", Rows: [][]string{{"type", "name"}, {"text", "a"}}}, {Name: "settings", Rows: [][]string{{"version"}, {"1"}}}}}
	if err := xlsform.WriteXLSX(&w, book); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, data string }{
		"workbook":                {"f.xlsx", w.String()},
		"workbook with no name":   {"f", w.String()},
		"workbook called .csv":    {"f.csv", w.String()},
		"markdown":                {"f.md", "\ufeff| survey |\n| | type | name |\n| | text | a |\n| settings |\n| | version |\n| | 1 |"},
		"markdown called .txt":    {"f.txt", "| survey |\n| | type | name |\n| | text | a |\n| settings |\n| | version |\n| | 1 |"},
		"csv with sheets":         {"f.csv", "survey,,\n,type,name\n,text,a\nsettings,,\n,version,\n,1,\n"},
		"csv with sheets, UTF-16": {"f.csv", "\xff\xfe" + wideText("survey;;\n;type;name\n;text;a\nsettings;;\n;version;\n;1;\n")},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := xlsform.Read(c.file, strings.NewReader(c.data))
			if err != nil {
				t.Fatal(err)
			}
			for i := range b.Sheets {
				for j, row := range b.Sheets[i].Rows {
					for len(row) > 0 && row[len(row)-1] == "" {
						row = row[:len(row)-1]
					}
					b.Sheets[i].Rows[j] = row
				}
			}
			if d := cmp.Diff(book, b); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHostileTables(t *testing.T) {
	for name, c := range map[string]struct{ file, data, want string }{
		"binary":                {"f.csv", "a,b\x00\x01", "this is no text"},
		"rows without end":      {"f.csv", strings.Repeat("a\n", 200_001), "more than 200000 rows"},
		"cells without end":     {"f.csv", strings.Repeat(",", 5_000_001), "5 million cells"},
		"bars without end":      {"f.md", strings.Repeat("|", 5_000_001), "5 million cells"},
		"lines without end":     {"f.md", strings.Repeat("|a|\n", 200_001), "more than 200000 rows"},
		"line ends without end": {"f.md", strings.Repeat("\n", 10<<20), "there is no table"},
		"web page":              {"f.xls", "<html><table>", "this is a web page"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := xlsform.Read(c.file, strings.NewReader(c.data))
			if c.want == "" && err == nil {
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

func TestTextTooLongForACell(t *testing.T) {
	b := xlsform.Book{Sheets: []xlsform.Sheet{{Name: "survey", Rows: [][]string{{"type", strings.Repeat("ก", 32_768)}}}}}
	if err := xlsform.WriteXLSX(&bytes.Buffer{}, b); err == nil || !strings.Contains(err.Error(), `sheet "survey": cell B1`) {
		t.Errorf("got %v", err)
	}
	b.Sheets[0].Rows[0][1] = strings.Repeat("ก", 32_767)
	if err := xlsform.WriteXLSX(&bytes.Buffer{}, b); err != nil {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.csv", "type;name\ntext;\"a\n")
	f.Add("a.csv", "\xff\xfe"+wideText("survey,\n,type"))
	f.Add("a.md", "|survey|\n||type|")
	f.Add("a", "sep=\n\n")
	f.Fuzz(func(t *testing.T, name, data string) {
		b, err := xlsform.Read(name, strings.NewReader(data))
		if err == nil {
			xlsform.Parse(b)
		}
	})
}
