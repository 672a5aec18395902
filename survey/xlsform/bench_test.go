package xlsform_test

import (
	"bytes"
	"fmt"
	"testing"

	"sselandscape/survey/xlsform"
)

// large is a form of many questions in groups of twenty, with calculations in a
// chain, a cascade of two selects and texts in two languages.
func large(questions, choices int) xlsform.Book {
	b := xlsform.Book{Name: "large", Sheets: []xlsform.Sheet{{Name: "survey"}, {Name: "choices"}, {Name: "settings"}}}
	add := func(sheet int, cells ...string) { b.Sheets[sheet].Rows = append(b.Sheets[sheet].Rows, cells) }
	add(0, "type", "name", "label::English (en)", "label::Thai (th)", "hint::English (en)", "required", "relevant", "constraint", "constraint_message::English (en)", "calculation", "choice_filter")
	sum := "0"
	for n := range questions {
		g, k := n/20, n%20
		if k == 0 {
			add(0, "begin_group", fmt.Sprint("g", g), fmt.Sprint("Section ", g), fmt.Sprint("ส่วน ", g))
		}
		ref := func(i int) string { return fmt.Sprintf("${g%d_q%d}", g, k/10*10+i) }
		name := fmt.Sprintf("g%d_q%d", g, k)
		row := []string{"text", name, fmt.Sprintf("Question %d: how many members take part in activity %d?", n, k), fmt.Sprint("คำถาม ", n), "Count each person once", "", "", "", "", "", ""}
		switch k % 10 {
		case 0:
			row[0], row[5], row[7], row[8] = "integer", "yes", ". >= 0 and . <= 100000", "Out of range"
		case 1:
			row[0] = "select_one prov"
		case 2:
			row[0], row[10] = "select_one places", "prov="+ref(1)
		case 3:
			row[6] = ref(0) + " > 10"
		case 4:
			row = []string{"calculate", name, "", "", "", "", "", "", "", sum + " + coalesce(" + ref(0) + ", 0)", ""}
			sum = "${" + name + "}"
		case 5:
			row[0], row[7] = "decimal", ". <= "+ref(0)
		case 6:
			row[0] = "date"
		case 7:
			row[0] = "select_one yes_no"
		case 8:
			row[6] = ref(7) + " = 'yes' and " + ref(0) + " > 5"
		case 9:
			row = []string{"calculate", name, "", "", "", "", "", "", "", "concat('n', " + ref(0) + ", '-', " + ref(7) + ")", ""}
		}
		add(0, row...)
		if k == 19 || n == questions-1 {
			add(0, "end_group")
		}
	}
	add(1, "list_name", "name", "label::English (en)", "label::Thai (th)", "prov")
	add(1, "yes_no", "yes", "Yes", "yes")
	add(1, "yes_no", "no", "No", "no")
	for i := range 100 {
		add(1, "prov", fmt.Sprint("v", i), fmt.Sprint("Province ", i), fmt.Sprint("จังหวัด ", i))
	}
	for i := range choices {
		add(1, "places", fmt.Sprint("p", i), fmt.Sprint("Place number ", i), fmt.Sprint("สถานที่ ", i), fmt.Sprint("v", i%100))
	}
	add(2, "form_title", "form_id", "version", "default_language")
	add(2, "Large form", "large", "1", "English (en)")
	return b
}

func largeWorkbook(b testing.TB) []byte {
	var w bytes.Buffer
	if err := xlsform.WriteXLSX(&w, large(1000, 10_000)); err != nil {
		b.Fatal(err)
	}
	return w.Bytes()
}

func BenchmarkReadXLSX(b *testing.B) {
	data := largeWorkbook(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xlsform.ReadXLSX(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	book := large(1000, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		if f, ps := xlsform.Parse(book); f == nil || len(ps) > 0 {
			b.Fatal(ps)
		}
	}
}

// BenchmarkReadAndParse is what opening a form of 1,000 questions and 10,000
// choices takes.
func BenchmarkReadAndParse(b *testing.B) {
	data := largeWorkbook(b)
	b.ReportAllocs()
	for b.Loop() {
		book, err := xlsform.ReadXLSX(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		if f, ps := xlsform.Parse(book); f == nil || len(ps) > 0 {
			b.Fatal(ps)
		}
	}
}

// BenchmarkBroken reads a form with mistakes in every row: a list and a question
// that are misspelt.
func BenchmarkBroken(b *testing.B) {
	rows, choices := [][]string{{"type", "name", "label", "relevant"}}, [][]string{{"list_name", "name", "label"}}
	for i := range 5000 {
		rows = append(rows, []string{fmt.Sprint("select_one lst", i), fmt.Sprint("question_", i), "L", fmt.Sprintf("${qestion_%d} > 1", i)})
		choices = append(choices, []string{fmt.Sprint("list", i), "a", "A"})
	}
	book := xlsform.Book{Sheets: []xlsform.Sheet{{Name: "survey", Rows: rows}, {Name: "choices", Rows: choices}}}
	for b.Loop() {
		if _, ps := xlsform.Parse(book); len(ps) != 10_000 {
			b.Fatalf("%d problems", len(ps))
		}
	}
}
