package interview_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xlsform"
)

// sheet builds a sheet of a book from rows of cells.
func sheet(name string, rows ...[]string) xlsform.Sheet { return xlsform.Sheet{Name: name, Rows: rows} }

// latencies reports the median and the 99th percentile of single operations.
func latencies(b *testing.B, each func(i int)) {
	b.Helper()
	b.ReportAllocs()
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		t := time.Now()
		each(i)
		times = append(times, time.Since(t))
	}
	slices.Sort(times)
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(float64(times[len(times)*p/100].Nanoseconds()), fmt.Sprintf("p%d-ns", p))
	}
}

// chained is a form of n calculations, each of which adds one to the one before.
func chained(b *testing.B, n int) *interview.Session {
	rows := [][]string{{"type", "name", "label", "calculation"}, {"integer", "c0", "Start", ""}}
	for i := 1; i <= n; i++ {
		rows = append(rows, []string{"calculate", fmt.Sprint("c", i), "", fmt.Sprintf("${c%d} + 1", i-1)})
	}
	s, _ := compile(b, xlsform.Book{Sheets: []xlsform.Sheet{sheet("survey", rows...)}}).Start(world())
	return s
}

func BenchmarkChain(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := chained(b, n)
			last := survey.Field(fmt.Sprint("c", n))
			latencies(b, func(i int) {
				set(b, s, "c0", fmt.Sprint(i))
				if s.Value(last).Text != fmt.Sprint(i+n) {
					b.Fatal("wrong sum")
				}
			})
		})
	}
}

// cascade is a form whose second question offers a hundredth of n choices.
func cascade(b *testing.B, n int) *interview.Session {
	rows := [][]string{{"list_name", "name", "label", "province"}}
	for i := range 100 {
		rows = append(rows, []string{"province", fmt.Sprint("v", i), fmt.Sprint("Province ", i), ""})
	}
	for i := range n {
		rows = append(rows, []string{"place", fmt.Sprint("p", i), fmt.Sprint("Place ", i), fmt.Sprint("v", i%100)})
	}
	s, _ := compile(b, xlsform.Book{Sheets: []xlsform.Sheet{
		sheet("survey", []string{"type", "name", "label", "choice_filter"}, []string{"select_one province", "v", "Province", ""},
			[]string{"select_one place", "p", "Place", "province = ${v}"}),
		sheet("choices", rows...)}}).Start(world())
	return s
}

func BenchmarkCascade(b *testing.B) {
	for _, n := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := cascade(b, n)
			latencies(b, func(i int) {
				set(b, s, "v", fmt.Sprint("v", i%100))
				if got := len(s.Choices("p", "")); got != n/100 {
					b.Fatal(got, " choices")
				}
				set(b, s, "p", fmt.Sprint("p", i%100))
			})
		})
	}
}

// manyRows holds an interview with a repeat of 20 questions and n rows.
func manyRows(b *testing.B, n int) *interview.Session {
	rows := [][]string{{"type", "name", "label", "relevant", "calculation"}, {"begin repeat", "r", "Row", "", ""}}
	for q := range 20 {
		switch q % 4 {
		case 0:
			rows = append(rows, []string{"integer", fmt.Sprint("n", q), "Number", "", ""})
		case 1:
			rows = append(rows, []string{"text", fmt.Sprint("t", q), "Text", fmt.Sprintf("${n%d} > 3", q-1), ""})
		case 2:
			rows = append(rows, []string{"calculate", fmt.Sprint("c", q), "", "", fmt.Sprintf("coalesce(${n%d}, 0) + position(..)", q-2)})
		default:
			rows = append(rows, []string{"integer", fmt.Sprint("m", q), "More", "", ""})
		}
	}
	rows = append(rows, []string{"end repeat", "", "", "", ""}, []string{"calculate", "total", "", "", "sum(${n0})"}, []string{"calculate", "rows", "", "", "count(${r})"})
	s, _ := compile(b, xlsform.Book{Sheets: []xlsform.Sheet{sheet("survey", rows...)}}).Start(world())
	for range n {
		row, _, err := s.AddRow("r")
		if err != nil {
			b.Fatal(err)
		}
		set(b, s, row+"/n0", "7")
	}
	return s
}

func BenchmarkRepeat1000AddRow(b *testing.B) {
	s := manyRows(b, 1000)
	latencies(b, func(int) {
		row, _, err := s.AddRow("r")
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if _, err := s.RemoveRow(row); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	})
}

func BenchmarkRepeat1000Sum(b *testing.B) {
	s := manyRows(b, 1000)
	latencies(b, func(i int) {
		set(b, s, "r[500-t500]/n0", fmt.Sprint(i))
		if got := s.Value("total").Text; got != fmt.Sprint(999*7+i) {
			b.Fatal("total ", got)
		}
	})
}

// large is a form of questions in groups of 20, with choices, constraints and a
// chain of sums, as big as forms of national surveys get.
func large(questions, choices int) xlsform.Book {
	rows := [][]string{{"type", "name", "label::English (en)", "label::Thai (th)", "hint::English (en)", "required", "relevant", "constraint", "constraint_message::English (en)", "calculation", "choice_filter"}}
	chain := ""
	for n := range questions {
		g, k := n/20, n%20
		if k == 0 {
			rows = append(rows, []string{"begin_group", fmt.Sprint("g", g), fmt.Sprint("Section ", g), fmt.Sprint("ส่วน ", g)})
		}
		name := fmt.Sprintf("g%d_q%d", g, k)
		ref := func(j int) string { return fmt.Sprintf("${g%d_q%d}", g, k/10*10+j) }
		row := make([]string, 11)
		row[0], row[1], row[2], row[3], row[4] = "text", name, fmt.Sprintf("Question %d: how many members take part in activity %d?", n, k), fmt.Sprint("คำถาม ", n), "Count each person once"
		switch k % 10 {
		case 0:
			row[0], row[5], row[7], row[8] = "integer", "yes", ". >= 0 and . <= 100000", "Out of range"
		case 1:
			row[0] = "select_one prov"
		case 2:
			row[0] = "select_multiple sectors"
			if g%10 == 0 && k == 2 {
				row[0], row[10] = "select_one places", "prov="+ref(1)
			}
		case 3:
			row[6] = ref(0) + " > 10"
		case 4:
			row[0], row[2], row[3], row[4], row[9] = "calculate", "", "", "", chain+"coalesce("+ref(0)+", 0)"
			chain = "${" + name + "} + "
		case 5:
			row[0], row[7], row[8] = "decimal", ". <= "+ref(0), "Out of range"
		case 6:
			row[0] = "date"
		case 7:
			row[0] = "select_one yes_no"
		case 8:
			row[6] = ref(7) + " = 'yes' and " + ref(0) + " > 5"
		case 9:
			row[0], row[2], row[3], row[4], row[9] = "calculate", "", "", "", "concat('n', "+ref(0)+", '-', "+ref(7)+")"
		}
		if rows = append(rows, row); k == 19 || n == questions-1 {
			rows = append(rows, []string{"end_group"})
		}
	}
	lists := [][]string{{"list_name", "name", "label::English (en)", "label::Thai (th)", "prov"}, {"yes_no", "yes", "Yes", "ใช่", ""}, {"yes_no", "no", "No", "ไม่", ""}}
	for i := range 16 {
		lists = append(lists, []string{"sectors", fmt.Sprint("s", i), fmt.Sprint("Sector ", i), fmt.Sprint("ภาค ", i), ""})
	}
	for i := range 100 {
		lists = append(lists, []string{"prov", fmt.Sprint("v", i), fmt.Sprint("Province ", i), fmt.Sprint("จังหวัด ", i), ""})
	}
	for i := range choices {
		lists = append(lists, []string{"places", fmt.Sprint("p", i), fmt.Sprint("Place number ", i), fmt.Sprint("สถานที่ ", i), fmt.Sprint("v", i%100)})
	}
	return xlsform.Book{Name: "large", Sheets: []xlsform.Sheet{sheet("survey", rows...), sheet("choices", lists...)}}
}

func BenchmarkLargeOpen(b *testing.B) {
	f, ps := xlsform.Parse(large(1000, 10_000))
	if survey.Unusable(ps) {
		b.Fatal(ps)
	}
	b.ReportAllocs()
	for b.Loop() {
		p, _ := interview.Compile(f)
		if s, _ := p.Start(world()); s == nil {
			b.Fatal("no session")
		}
	}
}

func BenchmarkLargeAnswer(b *testing.B) {
	s, _ := compile(b, large(1000, 10_000)).Start(world())
	latencies(b, func(i int) { set(b, s, "g0_q0", fmt.Sprint(i%100)) }) // all the sums follow
}

// BenchmarkVerbalAutopsy opens and answers the verbal autopsy form of the WHO,
// where its workbook lies beside the project.
func BenchmarkVerbalAutopsy(b *testing.B) {
	f, err := os.Open(filepath.Join(surveytest.ConformanceFolder(), "xlsforms", "odk-whova_form.xlsx"))
	if err != nil {
		b.Skip("skipped: the workbook of the verbal autopsy form is not beside the project")
	}
	defer f.Close()
	book, err := xlsform.ReadXLSX(f)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("load", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compile(b, book).Start(world())
		}
	})
	b.Run("answer", func(b *testing.B) {
		s, _ := compile(b, book).Start(world())
		set(b, s, "Id10013", "yes")
		latencies(b, func(i int) { answerNext(b, s, i) })
	})
}

// answerNext gives the next answer of an endless walk through an interview.
func answerNext(b *testing.B, s *interview.Session, i int) {
	lines := s.Lines()
	for k := range lines {
		l := lines[(i*7+k)%len(lines)]
		if q := l.Question(); q == nil || !q.Asked() || s.State(l.Field, "").ReadOnly || l.Field == "Id10013" {
			continue
		}
		v := []string{"1", "yes", "2015-01-01", "30", "12:00"}[i%5]
		if opts := s.Choices(l.Field, ""); len(opts) > 0 {
			v = opts[i%len(opts)].Name
		}
		if _, err := s.Set(l.Field, survey.Of(v)); err == nil || !strings.Contains(err.Error(), "this is no") {
			return
		}
	}
}
