package interview_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xlsform"
)

var clock = time.Date(2026, 3, 1, 9, 30, 0, 0, time.FixedZone("+0545", 5*3600+45*60))

func world() interview.World {
	n := 0
	return interview.World{Now: func() time.Time { return clock }, Username: "ana", DeviceID: "d1",
		Tail: func() string { n++; return fmt.Sprintf("t%d", n) }}
}

func compile(t testing.TB, b xlsform.Book) *interview.Program {
	t.Helper()
	f, ps := xlsform.Parse(b)
	if f == nil {
		t.Fatal(ps)
	}
	p, ps := interview.Compile(f)
	if p == nil {
		t.Fatal(ps)
	}
	return p
}

func form(t testing.TB, md string) *interview.Program {
	t.Helper()
	b, err := xlsform.ReadMarkdown(md)
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, b)
}

// warnings compiles a form and returns what is said about it.
func warnings(t testing.TB, md string) []survey.Problem {
	t.Helper()
	b, err := xlsform.ReadMarkdown(md)
	if err != nil {
		t.Fatal(err)
	}
	f, ps := xlsform.Parse(b)
	if f == nil {
		t.Fatal(ps)
	}
	_, ps = interview.Compile(f)
	return ps
}

func shipped(t testing.TB) *interview.Program {
	t.Helper()
	b, err := xlsform.ReadCSV(os.DirFS("../../assets/forms/sse_unit"))
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, b)
}

func set(t testing.TB, s *interview.Session, f survey.Field, v string) []interview.Change {
	t.Helper()
	cs, err := s.Set(f, survey.Of(v))
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func wantValue(t testing.TB, s *interview.Session, f survey.Field, want string) {
	t.Helper()
	if got := s.Value(f).Text; got != want {
		t.Errorf("%s = %q, want %q", f, got, want)
	}
}

// TestScreening answers the shipped questionnaire as the worked cases of the
// screening rule say and compares every derived figure.
func TestScreening(t *testing.T) {
	f, err := os.Open("../../assets/forms/sse_unit/screening-tests.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 21 {
		t.Fatalf("%d cases, want 20", len(rows)-1)
	}
	p := shipped(t)
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			s, _ := p.Start(world())
			set(t, s, "a_consent", "yes")
			for i, name := range rows[0] {
				if i == 0 || row[i] == "" || strings.HasPrefix(name, "expect_") {
					continue
				}
				set(t, s, survey.Field(name), row[i])
			}
			for i, name := range rows[0] {
				if field, ok := strings.CutPrefix(name, "expect_"); ok {
					wantValue(t, s, survey.Field(field), row[i])
				}
			}
			if len(s.Notes()) > 0 {
				t.Error(s.Notes())
			}
		})
	}
}

// TestNoScreeningBeforeItsQuestions makes sure that a unit is not called out of
// scope while nobody has asked yet.
func TestNoScreeningBeforeItsQuestions(t *testing.T) {
	s, _ := shipped(t).Start(world())
	set(t, s, "a_consent", "yes")
	set(t, s, "d_form", "cooperative")
	wantValue(t, s, "e_result", "")
	wantValue(t, s, "e_reason", "")
	set(t, s, "e_entity", "household")
	wantValue(t, s, "e_result", "out")
}

const household = `
| survey |
|  | type            | name   | label               | relevant     | constraint | calculation                        | repeat_count | required | default  |
|  | text            | town   | Town                |              |            |                                    |              | yes      |          |
|  | integer         | n      | How many people?    |              | . <= 20    |                                    |              |          |          |
|  | begin repeat    | person | Person              |              |            |                                    | ${n}         |          |          |
|  | text            | name   | Name                |              |            |                                    |              |          |          |
|  | integer         | age    | Age of ${name}      | ${name}!=''  | . < 120    |                                    |              |          |          |
|  | calculate       | adult  |                     |              |            | if(${age} >= 18, 1, 0)             |              |          |          |
|  | calculate       | place  |                     |              |            | position(..)                       |              |          |          |
|  | end repeat      |        |                     |              |            |                                    |              |          |          |
|  | calculate       | adults |                     |              |            | sum(${adult})                      |              |          |          |
|  | calculate       | rows   |                     |              |            | count(${person})                   |              |          |          |
|  | calculate       | second |                     |              |            | indexed-repeat(${name}, ${person}, 2) |           |          |          |
|  | begin repeat    | visit  | Visit               |              |            |                                    |              |          |          |
|  | text            | who    | Who                 |              |            |                                    |              |          | somebody |
|  | end repeat      |        |                     |              |            |                                    |              |          |          |
|  | calculate       | visits |                     |              |            | join(', ', ${who})                 |              |          |          |
|  | note            | thanks | ${adults} of ${n}   | ${adults}>0  |            |                                    |              |          |          |
`

func TestRepeats(t *testing.T) {
	s, _ := form(t, household).Start(world())
	set(t, s, "n", "2")
	wantValue(t, s, "rows", "2")
	set(t, s, "person[1]/name", "Asha")
	set(t, s, "person[2]/name", "Bina")
	set(t, s, "person[1]/age", "40")
	wantValue(t, s, "adults", "1")
	set(t, s, "person[2]/age", "41")
	wantValue(t, s, "adults", "2")
	wantValue(t, s, "second", "Bina")
	wantValue(t, s, "person[2]/place", "2")
	if got := s.Label("person[2]/age", ""); got != "Age of Bina" {
		t.Errorf("label %q", got)
	}
	if got := s.Label("thanks", ""); got != "2 of 2" {
		t.Errorf("note %q", got)
	}
	t.Run("fewer rows hide answers and more bring them back", func(t *testing.T) {
		set(t, s, "n", "1")
		wantValue(t, s, "adults", "1")
		set(t, s, "n", "2")
		wantValue(t, s, "adults", "2")
		wantValue(t, s, "person[2]/name", "Bina")
	})
	t.Run("what is hidden counts as blank", func(t *testing.T) {
		set(t, s, "person[2]/name", "")
		wantValue(t, s, "adults", "1")
		if _, err := s.Set("person[2]/age", survey.Of("3")); err == nil {
			t.Error("a hidden question took an answer")
		}
	})
}

func TestRowsByHand(t *testing.T) {
	s, _ := form(t, household).Start(world())
	one, changes, err := s.AddRow("visit")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]interview.Change{{"visit[1-t1]", survey.Of("1")}, {"visit[1-t1]/who", survey.Of("somebody")}, {"visits", survey.Of("somebody")}}, changes); d != "" {
		t.Error(d)
	}
	two, _, err := s.AddRow("visit")
	if err != nil {
		t.Fatal(err)
	}
	set(t, s, two+"/who", "Dipa")
	wantValue(t, s, "visits", "somebody, Dipa")
	if got, err := s.Resolve("visit[2]/who"); err != nil || got != two+"/who" {
		t.Errorf("resolve: %v %v", got, err)
	}
	if _, err := s.RemoveRow(one); err != nil {
		t.Fatal(err)
	}
	wantValue(t, s, "visits", "Dipa")
	if _, _, err := s.AddRow("person"); err == nil {
		t.Error("a row was added to a repeat that follows a count")
	}
}

func TestInsertRow(t *testing.T) {
	s, _ := form(t, household).Start(world())
	rows := func() string {
		out := ""
		for _, l := range s.Lines() {
			if l.Row > 0 {
				out += s.Value(l.Field+"/who").Text + " "
			}
		}
		return out
	}
	for _, name := range []string{"a", "d"} {
		row, _, err := s.AddRow("visit")
		if err != nil {
			t.Fatal(err)
		}
		set(t, s, row+"/who", name)
	}
	for _, name := range []string{"b", "c"} { // each in front of the last
		last, err := s.Resolve(fmt.Sprintf("visit[%d]", len(strings.Fields(rows()))))
		if err != nil {
			t.Fatal(err)
		}
		row, changes, err := s.InsertRow(last)
		if err != nil || changes[0].Field != row {
			t.Fatal(changes, err)
		}
		set(t, s, row+"/who", name)
	}
	first, _ := s.Resolve("visit[1]")
	row, _, err := s.InsertRow(first)
	if err != nil {
		t.Fatal(err)
	}
	set(t, s, row+"/who", "0")
	if got := rows(); got != "0 a b c d " {
		t.Errorf("rows %s", got)
	}
	wantValue(t, s, "visits", "0, a, b, c, d")
	set(t, s, "n", "1")
	if _, _, err := s.InsertRow("person[1]"); err == nil {
		t.Error("a row was put into a repeat that follows a count")
	}
}

func TestAccept(t *testing.T) {
	p := shipped(t)
	cases := map[string]struct {
		field survey.Field
		value survey.Value
		want  string // stored, or what the error says
		fails bool
	}{
		"whole number":       {"b_year", survey.Of(" 1998 "), "1998", false},
		"no number":          {"b_year", survey.Of("ninety"), "no whole number", true},
		"don't know":         {"b_year", survey.Value{Special: survey.DontKnow}, "", false},
		"na is not offered":  {"b_year", survey.Value{Special: survey.NotApplicable}, "not offered", true},
		"choice":             {"d_form", survey.Of("mutual"), "mutual", false},
		"no such choice":     {"d_form", survey.Of("company"), "not among the choices", true},
		"filtered choice":    {"d_legal", survey.Of("IDN_KSP"), "not among the choices", true},
		"several choices":    {"c_area", survey.Of("village  national"), "not among", true},
		"unknown question":   {"nothing", survey.Of("1"), "no such question", true},
		"calculated":         {"e_result", survey.Of("in"), "computed", true},
		"hidden":             {"a_refusal", survey.Of("busy"), "not asked", true},
		"position":           {"c_gps", survey.Of("27.7172, 85.3240"), "27.7172 85.324 0.0 0.0", false},
		"position off earth": {"c_gps", survey.Of("97 85"), "latitude", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, _ := p.Start(world())
			set(t, s, "a_consent", "yes")
			set(t, s, "a_consent_geo", "yes")
			set(t, s, "c_country", "NPL")
			before := s.Answers()
			_, err := s.Set(c.field, c.value)
			if c.fails {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want …%s…", err, c.want)
				}
				if d := cmp.Diff(before, s.Answers()); d != "" {
					t.Errorf("a refused answer changed something:\n%s", d)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Value(c.field); got.Text != c.want || got.Special != c.value.Special {
				t.Errorf("stored %+v", got)
			}
		})
	}
}

// TestStoredForms makes sure that what defaults and calculations give has the form
// of the question's kind, or is blank.
func TestStoredForms(t *testing.T) {
	cases := map[string]struct{ kind, given, want string }{
		"whole number":         {"integer", "12", "12"},
		"part of a number":     {"integer", "12.9", "12"},
		"no number":            {"integer", "many", ""},
		"decimal":              {"decimal", "2.50", "2.5"},
		"in the range":         {"range", "7", "7"},
		"out of the range":     {"range", "70", ""},
		"date":                 {"date", "2026-03-01", "2026-03-01"},
		"date of a date-time":  {"date", "2026-03-01T10:00:00+05:45", "2026-03-01"},
		"days since 1970":      {"date", "20513", "2026-03-01"},
		"no date":              {"date", "soon", ""},
		"impossible date":      {"date", "2026-02-30", ""},
		"confirmation":         {"acknowledge", "OK", "OK"},
		"no confirmation":      {"acknowledge", "yes", ""},
		"position":             {"geopoint", "27.7 85.3", "27.7 85.3 0.0 0.0"},
		"no position":          {"geopoint", "here", ""},
		"text is left alone":   {"text", " as it is", "as it is"},
		"not a number as text": {"text", "NaN", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, _ := form(t, `
| survey |
| | type         | name | label | default        | calculation |
| | `+c.kind+` | q    | Q     | `+c.given+`    |             |
| | `+c.kind+` | z    | Z     |                | '`+c.given+`' |`).Start(world())
			wantValue(t, s, "q", c.want)
			if want := c.want; name != "text is left alone" {
				wantValue(t, s, "z", want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	s, _ := form(t, household).Start(world())
	set(t, s, "n", "21")
	ps := s.Problems("")
	if len(ps) < 2 || !ps[0].Missing || ps[0].Field != "town" || ps[1].Missing || ps[1].Field != "n" {
		t.Errorf("problems: %+v", ps)
	}
	set(t, s, "town", "Pokhara")
	set(t, s, "n", "3")
	if ps := s.Problems(""); len(ps) != 0 {
		t.Errorf("problems: %+v", ps)
	}
}

func TestCycle(t *testing.T) {
	b, err := xlsform.ReadMarkdown(`
| survey |
| | type      | name | label | calculation | relevant   |
| | calculate | a    |       | ${b} + 1    |            |
| | calculate | b    |       | ${c} + 1    |            |
| | calculate | c    |       | ${a} + 1    |            |
| | text      | d    | D     |             | ${d} = 'x' |`)
	if err != nil {
		t.Fatal(err)
	}
	f, ps := xlsform.Parse(b)
	if f == nil {
		t.Fatal(ps)
	}
	p, ps := interview.Compile(f)
	if p != nil || len(ps) != 2 {
		t.Fatalf("program %v, problems %v", p, ps)
	}
	for _, want := range []string{"a (row 2)", "b (row 3)", "c (row 4)"} {
		if !strings.Contains(ps[1].Text+ps[0].Text, want) {
			t.Errorf("%v does not name %s", ps, want)
		}
	}
}

// TestResumeGivesTheSame answers at random and compares the interview with one
// that is resumed from what was to be stored.
func TestResumeGivesTheSame(t *testing.T) {
	for name, p := range map[string]*interview.Program{"household": form(t, household), "shipped": shipped(t)} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s, changes := p.Start(world())
				stored := map[survey.Field]survey.Value{}
				keep := func(cs []interview.Change) {
					for _, c := range cs {
						stored[c.Field] = c.Value
					}
				}
				keep(changes)
				for range rapid.IntRange(1, 25).Draw(t, "steps") {
					keep(surveytest.RandomAct(t, s))
				}
				again := p.Resume(world(), stored)
				if d := cmp.Diff(s.Answers(), again.Answers()); d != "" {
					t.Fatalf("answers (-held +resumed):\n%s", d)
				}
				a, _ := s.FirstOpen()
				b, _ := again.FirstOpen()
				if a != b {
					t.Fatalf("first open question %s, resumed %s", a, b)
				}
			})
		})
	}
}

func TestFieldsOfShippedFormAreNames(t *testing.T) {
	s, _ := shipped(t).Start(world())
	for _, l := range s.Lines() {
		if strings.Contains(string(l.Field), "/") {
			t.Errorf("field %s", l.Field)
		}
	}
	fields := s.Lines()
	if !slices.ContainsFunc(fields, func(l interview.Line) bool { return l.Field == "a_consent" }) {
		t.Error("a_consent is not asked")
	}
}

func Example() {
	b, _ := xlsform.ReadMarkdown(`
| survey |
| | type    | name    | label                | relevant       |
| | integer | members | How many members?    |                |
| | integer | women   | How many are women?  | ${members} > 0 |`)
	f, _ := xlsform.Parse(b)
	p, _ := interview.Compile(f)
	s, _ := p.Start(interview.World{})
	_, err := s.Set("women", survey.Of("3"))
	fmt.Println(err)
	s.Set("members", survey.Of("7"))
	next, _ := s.FirstOpen()
	fmt.Println(next, "-", s.Label(next, ""))
	// Output:
	// women: the question is not asked, given the answers so far
	// women - How many are women?
}

func BenchmarkCompileShipped(b *testing.B) {
	book, err := xlsform.ReadCSV(os.DirFS("../../assets/forms/sse_unit"))
	if err != nil {
		b.Fatal(err)
	}
	f, _ := xlsform.Parse(book)
	b.ReportAllocs()
	for b.Loop() {
		interview.Compile(f)
	}
}

func BenchmarkStartShipped(b *testing.B) {
	p := shipped(b)
	b.ReportAllocs()
	for b.Loop() {
		p.Start(world())
	}
}

func BenchmarkAnswerShipped(b *testing.B) {
	s, _ := shipped(b).Start(world())
	set(b, s, "a_consent", "yes")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		set(b, s, "e_purpose", []string{"members", "community"}[i%2])
	}
}

func BenchmarkConsentShipped(b *testing.B) {
	s, _ := shipped(b).Start(world())
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		set(b, s, "a_consent", []string{"yes", "no"}[i%2])
	}
}
