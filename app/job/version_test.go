package job_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/merge"
)

const versionOne = `
| survey |
| | type          | name   | label     |
| | text          | name   | Name      |
| | integer       | people | How many? |
| | begin repeat  | branch | Branches  |
| | text          | town   | Town      |
| | end repeat    |        |           |
| settings |
| | form_title   | form_id | version |
| | Cooperatives | coop    | 1       |
`

// written puts a form into a file.
func written(t testing.TB, md string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "form.md")
	if err := os.WriteFile(path, []byte(md), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// versionOf is the form with another version, in which people has another name.
func versionOf(v string) string {
	return strings.Replace(strings.Replace(versionOne, "| coop    | 1 ", "| coop    | "+v+" ", 1), "| people |", "| staff"+v+" |", 1)
}

func got[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newVersion(t testing.TB, s *job.Study, md string, renamed ...string) {
	t.Helper()
	p := got[*job.FormPlan](t)(s.PlanForm(ctx, written(t, md)))
	if err := p.Use(ctx, renamed...); err != nil {
		t.Fatal(err)
	}
}

// handed makes a package of a study for another one.
func handed(t testing.TB, from *job.Study) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "p.ssepkg")
	got[*exchange.Packed](t)(from.Package(ctx, file, job.PackageOptions{Clear: true}))
	return file
}

func taken(t testing.TB, s *job.Study, file string) {
	t.Helper()
	m := got[*job.Merge](t)(s.Merge(ctx, file, job.Keys{}))
	got[string](t)(m.Apply(ctx, nil))
}

// answersOf are the answers of an interview as it opens.
func answersOf(t testing.TB, s *job.Study, id string) (version string, answers map[survey.Field]survey.Value) {
	t.Helper()
	iv := got[*job.Interview](t)(s.Interview(id))
	return iv.Session.Program().Form.Version, iv.Session.Answers()
}

// TestOldInterviewsKeepTheirVersion adds versions on two laptops and exchanges them.
func TestOldInterviewsKeepTheirVersion(t *testing.T) {
	dir := t.TempDir()
	ana := got[*job.Study](t)(job.Create(ctx, filepath.Join(dir, "ana"), job.NewStudy{Name: "Trial", Researcher: "ana", Form: written(t, versionOne)}))
	defer ana.Close()
	held := func(s *job.Study, answers ...string) string {
		t.Helper()
		iv := got[*job.Interview](t)(s.NewInterview(ctx, ""))
		for i := 0; i < len(answers); i += 2 {
			if why := got[[]error](t)(iv.Answer([]job.Given{{Path: answers[i], Value: survey.Of(answers[i+1])}})); len(why) > 0 {
				t.Fatal(why)
			}
		}
		if err := iv.Finish(ctx, survey.Completed); err != nil {
			t.Fatal(err)
		}
		return iv.ID
	}
	first := held(ana, "name", "Karuna", "people", "12", "branch[1]/town", "Jumla")
	ben := got[*job.Study](t)(job.Join(ctx, filepath.Join(dir, "ben"), handed(t, ana), "ben", job.Keys{}))
	defer ben.Close()
	newVersion(t, ana, versionOf("2"), "staff2")
	begun := got[*job.Interview](t)(ben.NewInterview(ctx, "")) // goes on with version 1
	newVersion(t, ben, versionOf("3"))
	second := held(ben, "name", "Asha", "staff3", "5")
	fromAna, fromBen := handed(t, ana), handed(t, ben)
	taken(t, ana, fromBen)
	taken(t, ben, fromAna)
	for name, s := range map[string]*job.Study{"ana": ana, "ben": ben} {
		v, answers := answersOf(t, s, first)
		if v != "1" || answers["people"].Text != "12" {
			t.Errorf("%s: the first opens with version %s: %v", name, v, answers)
		}
		if v, answers = answersOf(t, s, second); v != "3" || answers["staff3"].Text != "5" {
			t.Errorf("%s: the second opens with version %s: %v", name, v, answers)
		}
	}
	if v, _ := answersOf(t, ben, begun.ID); v != "1" {
		t.Errorf("an interview in progress goes on with version %s", v)
	}
	// the newest is the same on both, whoever took in first
	a, b := got[[]job.Version](t)(ana.Versions()), got[[]job.Version](t)(ben.Versions())
	names := func(vs []job.Version) (out []string) {
		for _, v := range vs {
			out = append(out, v.Version+map[bool]string{true: " current"}[v.Current])
		}
		return out
	}
	if d := cmp.Diff(names(a), names(b)); d != "" {
		t.Error(d)
	}
	if now := got[*job.Interview](t)(ana.NewInterview(ctx, "")).Session.Program().Form.Version; now+" current" != names(a)[len(a)-1] {
		t.Errorf("a new interview takes version %s of %v", now, names(a))
	}
}

// TestSameVersionOtherContent adds one version with two contents on two laptops: that
// is a conflict, and nothing is lost.
func TestSameVersionOtherContent(t *testing.T) {
	dir := t.TempDir()
	ana := got[*job.Study](t)(job.Create(ctx, filepath.Join(dir, "ana"), job.NewStudy{Name: "Trial", Researcher: "ana", Form: written(t, versionOne)}))
	defer ana.Close()
	ben := got[*job.Study](t)(job.Join(ctx, filepath.Join(dir, "ben"), handed(t, ana), "ben", job.Keys{}))
	defer ben.Close()
	newVersion(t, ana, versionOf("2"))
	other := strings.Replace(versionOf("2"), "Town", "Village", 1)
	newVersion(t, ben, other)
	if _, err := ana.PlanForm(ctx, written(t, other)); err == nil || !strings.Contains(err.Error(), "raise the version") {
		t.Errorf("other content under one version: %v", err)
	}
	taken(t, ana, handed(t, ben))
	cs := got[[]job.Conflict](t)(ana.Conflicts())
	if !slices.ContainsFunc(cs, func(c job.Conflict) bool { return c.Kind == survey.FormKind }) {
		t.Errorf("no conflict about the form: %v", cs)
	}
	theirs := slices.IndexFunc(cs[0].Sides, func(s merge.Side) bool { return s.Actor == "ben" })
	if _, err := ana.Settle(ctx, cs[0].ID, "", &survey.Value{Text: "x"}, ""); err == nil {
		t.Error("a questionnaire was typed")
	}
	got[*job.Settlement](t)(ana.Settle(ctx, cs[0].ID, cs[0].Heads[theirs].Revision, nil, ""))
	if cs := got[[]job.Conflict](t)(ana.Conflicts()); len(cs) > 0 {
		t.Errorf("left: %v", cs)
	}
	iv := got[*job.Interview](t)(ana.NewInterview(ctx, ""))
	row := got[survey.Field](t)(iv.AddRow("branch"))
	if l := iv.Session.Label(row+"/town", ""); l != "Village" {
		t.Errorf("the questionnaire asks for %q", l)
	}
}

// TestFormNotHere opens an interview of which the questionnaire is not here: names
// stand for labels, and recording it loses nothing.
func TestFormNotHere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := got[*job.Study](t)(job.Create(ctx, dir, job.NewStudy{Name: "Trial", Researcher: "ana", Form: written(t, versionOne)}))
	s.Close()
	store, err := study.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	given := map[survey.Field]survey.Value{"name": survey.Of("Karuna"), "address/town": survey.Of("Jumla"), "farm[1-k]": survey.Of("1"), "farm[1-k]/crop[2]/kind": survey.Of("rice"),
		"name/_note": survey.Of("a note"), "people": {Special: survey.Refused}}
	patch := map[survey.Field]survey.Value{survey.FieldUnit: survey.Of("u"), survey.FieldStatus: survey.Of("completed")}
	for f, v := range given {
		patch[f] = v
	}
	got[[]survey.Revision](t)(store.Append(ctx, study.Change{Entity: "iv", Kind: survey.InterviewKind, Form: "coop", FormVersion: "9", Patch: patch}))
	store.Close()
	s = got[*job.Study](t)(job.Open(dir))
	defer s.Close()
	iv := got[*job.Interview](t)(s.Interview("iv"))
	if l := iv.Session.Label("farm[1-k]/crop[2]/kind", ""); l != "kind" {
		t.Errorf("label %q", l)
	}
	if err := iv.Set("name", survey.Of("x")); err == nil {
		t.Error("an answer was changed without its questionnaire")
	}
	if err := iv.Finish(ctx, survey.Completed); err != nil {
		t.Fatal(err)
	}
	d := got[*survey.Document](t)(s.Document("iv"))
	for f, v := range given {
		if d.Value(f) != v {
			t.Errorf("%s: %v, was %v", f, d.Value(f), v)
		}
	}
	got[[]*survey.Document](t)(s.Interviews())
}
