package job_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/survey"
	"sselandscape/survey/table"
	"sselandscape/survey/xform"
)

// exampleOf is the study of fictional organizations.
func exampleOf(t testing.TB, units int) *job.Study {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "example")
	if _, err := job.Example(ctx, dir, job.ExampleOptions{Units: units, Researchers: 1}); err != nil {
		t.Fatal(err)
	}
	s, err := job.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// held are the interviews of a study with its own questionnaire.
func held(t testing.TB, s *job.Study, form string) []*survey.Document {
	t.Helper()
	ds, err := s.Interviews()
	if err != nil {
		t.Fatal(err)
	}
	var out []*survey.Document
	for _, d := range ds {
		if d.Form == form {
			out = append(out, d)
		}
	}
	return out
}

// submissionXML writes an interview as a client of ODK would send it.
func submissionXML(t testing.TB, s *job.Study, id string) []byte {
	t.Helper()
	iv, err := s.Interview(id)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := xform.WriteSubmission(&b, iv.Session.Program().Form, iv.Session.Instance(), id); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var rowKey = regexp.MustCompile(`\[[^\]]*\]`)

// tableLines is the table of interviews as text, a line for each row and each of its
// answers. Rows of repeats have a place, not a key.
func tableLines(f *survey.Form, ds []*survey.Document) []string {
	var out []string
	var walk func(t *table.Table)
	walk = func(t *table.Table) {
		n := map[string]int{}
		for _, r := range t.Rows {
			n[r.Parent]++
			at := rowKey.ReplaceAllString(r.ID, fmt.Sprintf("[%d]", n[r.Parent]))
			if t.Name == "" {
				at = r.ID
			}
			out = append(out, t.Name+" "+at)
			for i, v := range r.Values {
				if !v.Blank() {
					out = append(out, fmt.Sprintf("%s %s %s=%s %s", t.Name, at, t.Columns[i].Name, v.Text, v.Special))
				}
			}
		}
		for _, r := range t.Repeats {
			walk(r)
		}
	}
	walk(table.From(f, ds))
	return out
}

func planInterviews(t testing.TB, s *job.Study, file string, o job.InterviewOptions) *job.InterviewPlan {
	t.Helper()
	p, err := s.PlanInterviews(ctx, file, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// submissionsOf writes the interviews of a study into a folder as Collect keeps them.
func submissionsOf(t testing.TB, s *job.Study) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "instances")
	for i, d := range held(t, s, job.ShippedForm) {
		name := fmt.Sprintf("sse_unit_%03d", i)
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, name+".xml"), submissionXML(t, s, d.Entity), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The interviews of the example come back as they were from submission XML.
func TestExampleComesBackFromSubmissions(t *testing.T) {
	from := exampleOf(t, 50)
	ds := held(t, from, job.ShippedForm)
	dir := submissionsOf(t, from)
	to := studyAt(t, t.TempDir()+"/to", "asha", "NPL", "PHL", "KOR")
	p := planInterviews(t, to, dir, job.InterviewOptions{})
	if len(ds) < 50 || p.Counts.New != len(ds) || p.Counts != (job.InterviewCounts{New: len(ds), Likely: p.Counts.Likely}) {
		t.Fatalf("%d interviews: %+v", len(ds), p.Counts)
	}
	for _, x := range p.Problems {
		t.Log(x, x.Column)
	}
	if _, err := p.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	prog, err := to.Program("", "")
	if err != nil {
		t.Fatal(err)
	}
	got, want := held(t, to, job.ShippedForm), ds
	byID := map[string]*survey.Document{}
	for _, d := range got {
		byID[d.Entity] = d
	}
	got = nil
	for _, d := range want {
		got = append(got, byID[d.Entity])
	}
	a, b := tableLines(prog.Form, want), tableLines(prog.Form, got)
	if len(a) < 50*60 {
		t.Fatalf("only %d lines", len(a))
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Fatal(d)
	}
	again := planInterviews(t, to, dir, job.InterviewOptions{})
	if again.Counts != (job.InterviewCounts{Same: len(ds)}) {
		t.Fatalf("the second time: %+v", again.Counts)
	}
}
