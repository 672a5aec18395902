package xlsform_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"sselandscape/survey"
	"sselandscape/survey/xlsform"
)

func TestShippedForms(t *testing.T) {
	for dir, items := range map[string]int{"sse_unit": 300, "sse_landscape": 100} {
		t.Run(dir, func(t *testing.T) {
			b, err := xlsform.ReadCSV(os.DirFS("../../assets/forms/" + dir))
			if err != nil {
				t.Fatal(err)
			}
			f, ps := xlsform.Parse(b)
			for _, p := range ps {
				t.Error(p)
			}
			n := 0
			f.Walk(func(survey.Item, []survey.Item) bool { n++; return true })
			if n < items {
				t.Errorf("%d items, want more than %d", n, items)
			}
			if f.ID != dir || f.DefaultLanguage != "English (en)" {
				t.Errorf("id %q, default language %q", f.ID, f.DefaultLanguage)
			}
		})
	}
}

func TestRoles(t *testing.T) {
	b, err := xlsform.ReadCSV(os.DirFS("../../assets/forms/sse_unit"))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := xlsform.Parse(b)
	for role, want := range map[string]string{"unit.name": "b_name", "unit.point": "c_gps", "unit.screening": "e_result"} {
		if q := f.ByRole(role); q == nil || q.Name != want {
			t.Errorf("role %s: got %v, want %s", role, q, want)
		}
	}
	if got := f.ByRole("unit.founded").Specials(); len(got) != 2 || got[0] != survey.DontKnow {
		t.Errorf("special answers: %v", got)
	}
}

// mistakes holds ten things wrong, each in another cell.
const mistakes = `
| survey |
|  | type             | name   | label            | relevant        | constraint | calculation |
|  | text             | town   | Town             |                 |            |             |
|  | textt            | b      | B                |                 |            |             |
|  | integer          | 2nd    | Second           |                 |            |             |
|  | select_one yesno | c      | C                |                 |            |             |
|  | integer          | town   | Again            |                 |            |             |
|  | integer          | d      | D of ${twon}     |                 |            |             |
|  | integer          | e      | E                | ${d} = = 1      |            |             |
|  | integer          | f      | F                |                 | foo(.)     |             |
|  | calculate        | g      |                  |                 |            |             |
|  | begin group      | h      | H                |                 |            |             |
| choices |
|  | list_name | name | label |
|  | yes_no    | yes  | Yes   |
|  | yes_no    | yes  | Also  |
`

func TestMistakes(t *testing.T) {
	b, err := xlsform.ReadMarkdown(mistakes)
	if err != nil {
		t.Fatal(err)
	}
	f, ps := xlsform.Parse(b)
	if f != nil {
		t.Error("a form came out")
	}
	var got []string
	for _, p := range ps {
		got = append(got, p.Place())
	}
	want := []string{"survey!A3", "survey!B4", "survey!A5", "survey!B6", "survey!C7", "survey!D8", "survey!E9", "survey!F10", "survey!A11", "choices!B3"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("places (-want +got):\n%s\n%v", d, ps)
	}
}

func TestMistakesInWorkbookKeepTheirCells(t *testing.T) {
	b, err := xlsform.ReadMarkdown(mistakes)
	if err != nil {
		t.Fatal(err)
	}
	_, want := xlsform.Parse(b)
	again, err := xlsform.ReadXLSX(bytes.NewReader(workbook(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	_, got := xlsform.Parse(again)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("problems (-markdown +xlsx):\n%s", d)
	}
}

func workbook(t *testing.T, b xlsform.Book) []byte {
	t.Helper()
	x := excelize.NewFile()
	for i, s := range b.Sheets {
		if i == 0 {
			x.SetSheetName("Sheet1", s.Name)
		} else if _, err := x.NewSheet(s.Name); err != nil {
			t.Fatal(err)
		}
		for j, row := range s.Rows {
			if err := x.SetSheetRow(s.Name, fmt.Sprint("A", j+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var w bytes.Buffer
	if err := x.Write(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestWhatIsNoWorkbook(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"old xls":   {"\xd0\xcf\x11\xe0\xa1\xb1", "save it as .xlsx"},
		"text":      {"type,name,label\n", "not an .xlsx workbook"},
		"empty":     {"", "not an .xlsx workbook"},
		"truncated": {"PK\x03\x04....", "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := xlsform.ReadXLSX(strings.NewReader(c.data))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	b, err := xlsform.ReadMarkdown(`
| survey |
| | type | name | label::English (en) | label : नेपाली (ne) | media::image::English (en) |
| | text | a    | Name                | नाम                 | a.png                      |
| settings |
| | form_id | default_language |
| | x       | नेपाली (ne)      |`)
	if err != nil {
		t.Fatal(err)
	}
	f, ps := xlsform.Parse(b)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	q := f.Items[0].(*survey.Question)
	if got := q.Label.In("नेपाली (ne)", ""); got != "नाम" {
		t.Errorf("label %q", got)
	}
	if got := q.Media["image"]["English (en)"]; got != "a.png" {
		t.Errorf("image %q", got)
	}
	if d := cmp.Diff([]string{"English (en)", "नेपाली (ne)"}, f.Languages); d != "" {
		t.Error(d)
	}
}

func TestTooManyItems(t *testing.T) {
	list, rows := [][]string{{"list_name", "name", "label"}}, [][]string{{"type", "name", "label"}}
	for i := range 1000 {
		list = append(list, []string{"l", fmt.Sprint("c", i), "C"})
	}
	loop := rows
	for i := range 5 {
		loop = append(loop, []string{"begin loop over l", fmt.Sprint("l", i), "L"})
	}
	loop = append(loop, []string{"text", "a", "A"})
	for range 5 {
		loop = append(loop, []string{"end loop", "", ""})
	}
	for i := range 50_001 {
		rows = append(rows, []string{"text", fmt.Sprint("q", i), "Q"})
	}
	for name, rows := range map[string][][]string{"loops in loops": loop, "rows": rows} {
		t.Run(name, func(t *testing.T) {
			_, ps := xlsform.Parse(xlsform.Book{Sheets: []xlsform.Sheet{{Name: "survey", Rows: rows}, {Name: "choices", Rows: list}}})
			if got := fmt.Sprint(ps); !survey.Unusable(ps) || !strings.Contains(got, "more than 50000 questions and groups") {
				t.Errorf("got %.300s", got)
			}
		})
	}
}

// TestCapitalsOfOtherLengths reads a type whose list is written with letters that
// need more bytes in lower case.
func TestCapitalsOfOtherLengths(t *testing.T) {
	list := strings.Repeat("Ⱥ", 20)
	f, ps := xlsform.Parse(xlsform.Book{Sheets: []xlsform.Sheet{{Name: "survey", Rows: [][]string{{"type", "name", "label"}, {"Select_One " + list, "a", "A"}}},
		{Name: "choices", Rows: [][]string{{"list_name", "name", "label"}, {list, "x", "X"}}}}})
	if survey.Unusable(ps) {
		t.Fatal(ps)
	}
	if got := f.Items[0].(*survey.Question).List; got != list {
		t.Errorf("list %q", got)
	}
}

func FuzzReadMarkdown(f *testing.F) {
	f.Add(mistakes)
	f.Add("| survey |\n| | begin repeat | x |\n| | end group |")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := xlsform.ReadMarkdown(s)
		if err != nil {
			return
		}
		if form, ps := xlsform.Parse(b); form == nil && !survey.Unusable(ps) {
			t.Error("no form and no error")
		}
	})
}

func Example() {
	b, _ := xlsform.ReadMarkdown(`
| survey |
| | type       | name | label     |
| | integer    | n    | How many? |
| | select_one | kind | Which?    |`)
	_, problems := xlsform.Parse(b)
	for _, p := range problems {
		fmt.Println(p)
	}
	// Output: survey!A3: select_one does not say which list of choices it uses (write the name of the list behind the type)
}

func BenchmarkShippedForm(b *testing.B) {
	book, err := xlsform.ReadCSV(os.DirFS("../../assets/forms/sse_unit"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if f, _ := xlsform.Parse(book); f == nil {
			b.Fatal("no form")
		}
	}
}
