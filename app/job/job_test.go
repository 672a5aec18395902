package job_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sselandscape/app/job"
	"sselandscape/survey"
)

var ctx = context.Background()

func example(t testing.TB, o job.ExampleOptions) (*job.Study, *job.ExampleMade) {
	t.Helper()
	made, err := job.Example(ctx, filepath.Join(t.TempDir(), "example"), o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := job.Open(made.Study)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, made
}

// TestExample makes the shipped example, takes in both packages and looks for what
// it promises.
func TestExample(t *testing.T) {
	s, made := example(t, job.ExampleOptions{})
	if len(made.Packages) != 2 {
		t.Fatalf("packages %v", made.Packages)
	}
	before, err := s.Units()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range made.Packages {
		m, err := s.Merge(ctx, file, job.Keys{})
		if err != nil {
			t.Fatal(err)
		}
		if m.Plan.Counts.Invalid > 0 || m.Plan.Counts.New == 0 {
			t.Errorf("%s: %s", file, job.PlanSentence(m.Plan.Counts))
		}
		if _, err := m.Apply(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	us, err := s.Units()
	if err != nil {
		t.Fatal(err)
	}
	if len(us) != 61 || len(before) >= len(us) {
		t.Errorf("%d units before, %d after, want 61: sixty and one entered twice", len(before), len(us))
	}
	results := map[string]int{}
	for _, u := range us {
		results[u.Screening]++
		if u.Name == "" || u.Country == "" || u.Region == "" || u.Point == nil || !u.Fictional {
			t.Errorf("unit %+v", u)
		}
	}
	if results["in"] < 20 || results["borderline"] == 0 || results["out"] == 0 {
		t.Errorf("screening results %v", results)
	}
	cs, err := s.Conflicts()
	if err != nil {
		t.Fatal(err)
	}
	if len(cs) != 5 {
		for _, c := range cs {
			t.Log(c.Unit, c.Field, c.Values)
		}
		t.Errorf("%d conflicts, want 5", len(cs))
	}
	r, err := s.Verify(false)
	if err != nil || len(r.Problems) > 0 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestEveryExampleInterviewIsSound opens each interview and looks for problems.
func TestEveryExampleInterviewIsSound(t *testing.T) {
	s, _ := example(t, job.ExampleOptions{Units: 12, Researchers: 1, Seed: 7})
	ds, err := s.Interviews()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		iv, err := s.Interview(d.Entity)
		if err != nil {
			t.Fatal(err)
		}
		record := d.Text(survey.FieldUnit) == ""
		for _, p := range iv.Session.Problems("") {
			if !record || !p.Missing { // records hold only what their sources say
				t.Errorf("%s: %+v", s.Title(d), p)
			}
		}
		if n := iv.Session.Notes(); len(n) > 0 {
			t.Error(n)
		}
	}
}

func TestRecords(t *testing.T) {
	s, _ := example(t, job.ExampleOptions{Units: 3, Researchers: 1})
	ds, err := s.Records()
	if err != nil || len(ds) != 2 {
		t.Fatalf("%d records, %v", len(ds), err)
	}
	for _, d := range ds {
		if d.Text("la_country") == "THA" && d.Text("rep_policy[1]/pl_year") != "2019" {
			t.Errorf("Thailand: %v", d.Fields())
		}
	}
	if us, err := s.Units(); err != nil || len(us) != 3 {
		t.Errorf("%d units, %v", len(us), err)
	}
}

func TestAnswersSurviveWithoutClosing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s, err := job.Create(ctx, dir, job.NewStudy{Name: "Trial", Countries: []string{"NPL"}, Researcher: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	iv, err := s.NewInterview(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := iv.Set("a_consent", survey.Of("yes")); err != nil {
		t.Fatal(err)
	}
	if err := iv.Set("b_name", survey.Of("Karuna")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // without finishing
		t.Fatal(err)
	}
	if s, err = job.Open(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	again, err := s.Interview(iv.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Session.Value("b_name").Text; got != "Karuna" {
		t.Errorf("b_name %q", got)
	}
	us, err := s.Units()
	if err != nil || len(us) != 1 || us[0].Name != "Karuna" {
		t.Errorf("units %+v %v", us, err)
	}
}

func TestAnswerFile(t *testing.T) {
	s, err := job.Create(ctx, filepath.Join(t.TempDir(), "s"), job.NewStudy{Name: "Trial", Researcher: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	iv, err := s.NewInterview(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	given, err := job.ReadAnswers(strings.NewReader(`{"a_consent":"yes","b_name":"Karuna","b_year":1700,"a_refusal":"busy","b_level":{"special":"na"},
		"c_country":"NPL","c_branches":"yes","c_n_branches":2,"rep_branch[2]/br_name":"East","a_share":["public"]}`))
	if err != nil {
		t.Fatal(err)
	}
	refused, err := iv.Answer(given)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range refused {
		said = append(said, r.Error())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"b_year", "a_refusal", "b_level"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s was not refused:\n%s", want, all)
		}
	}
	if v := iv.Session.Value("b_year"); !v.Blank() {
		t.Errorf("the refused year was kept: %v", v)
	}
	if v := iv.Session.Value("rep_branch[2]/br_name").Text; v != "East" {
		t.Errorf("branch %q\n%s", v, all)
	}
}

func TestExportAndMap(t *testing.T) {
	s, made := example(t, job.ExampleOptions{Units: 9, Researchers: 1})
	file := filepath.Join(made.Study, "units.geojson")
	e, err := s.Export(ctx, job.ExportOptions{Format: "geojson"}, file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if e.Rows != 9 || !strings.Contains(string(b), `"region_name":"Bagmati"`) || !strings.Contains(string(b), `"fictional":true`) || strings.Contains(string(b), `"b_phone"`) {
		t.Errorf("%+v", e)
	}
	if err := s.Map(ctx, filepath.Join(made.Study, "map.png"), job.MapOptions{Width: 320, Height: 200}); err != nil {
		t.Error(err)
	}
	if err := s.Map(ctx, filepath.Join(made.Study, "map.png"), job.MapOptions{Width: 1, Height: 200}); err == nil {
		t.Error("a picture one pixel wide")
	}
}

func Example() {
	dir, _ := os.MkdirTemp("", "sse")
	defer os.RemoveAll(dir)
	s, err := job.Create(context.Background(), filepath.Join(dir, "nepal"), job.NewStudy{Name: "Nepal 2026", Countries: []string{"NPL"}, Researcher: "ana"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	iv, _ := s.NewInterview(context.Background(), "")
	fmt.Println(iv.Set("a_consent", survey.Of("yes")))
	fmt.Println(iv.Set("b_year", survey.Of("ninety")))
	// Output:
	// <nil>
	// b_year: this is no whole number
}

func BenchmarkOpenForm(b *testing.B) {
	s, made := example(b, job.ExampleOptions{Units: 3, Researchers: 1})
	s.Close()
	for b.Loop() {
		s, err := job.Open(made.Study)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Program("", ""); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// TestRegionsAreChoices keeps the list admin1 of the questionnaire and the
// boundaries equal.
func TestRegionsAreChoices(t *testing.T) {
	f, _, err := job.ReadForm("../../assets/forms/sse_unit")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Lists["country"].Choices {
		var want, got []string
		for _, r := range job.Atlas().In(c.Name) {
			want = append(want, r.Code)
		}
		for _, a := range f.Lists["admin1"].Choices {
			if a.Extra["country"] == c.Name {
				got = append(got, a.Name)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s: regions %v, choices %v", c.Name, want, got)
		}
	}
}
