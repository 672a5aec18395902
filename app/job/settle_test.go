package job_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

const contestedForm = `
| survey |
| | type          | name   | label       | constraint | constraint_message   | calculation |
| | text          | name   | Name        |            |                      |             |
| | begin group   | size   | How large   |            |                      |             |
| | integer       | people | How many?   | . > 0      | At least one person. |             |
| | select_one yn | fair   | Is it fair? |            |                      |             |
| | end group     |        |             |            |                      |             |
| | calculate     | twice  |             |            |                      | ${people}*2 |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |
| settings |
| | form_title   | form_id | version |
| | Cooperatives | coop    | 1       |
`

// disagreed are the studies of Ana and Ben, who answered one interview differently:
// people, fair and with it twice.
func disagreed(t testing.TB) (ana, ben *job.Study, interview string) {
	t.Helper()
	dir := t.TempDir()
	ana = got[*job.Study](t)(job.Create(ctx, filepath.Join(dir, "ana"), job.NewStudy{Name: "Trial", Researcher: "ana", Form: written(t, contestedForm)}))
	t.Cleanup(func() { ana.Close() })
	iv := got[*job.Interview](t)(ana.NewInterview(ctx, ""))
	answer := func(s *job.Study, id string, answers ...string) {
		t.Helper()
		iv := got[*job.Interview](t)(s.Interview(id))
		for i := 0; i < len(answers); i += 2 {
			if err := iv.Set(survey.Field(answers[i]), survey.Of(answers[i+1])); err != nil {
				t.Fatal(err)
			}
		}
		if err := iv.Finish(ctx, survey.Completed); err != nil {
			t.Fatal(err)
		}
	}
	answer(ana, iv.ID, "name", "Karuna", "people", "12", "fair", "y")
	ben = got[*job.Study](t)(job.Join(ctx, filepath.Join(dir, "ben"), handed(t, ana), "ben", job.Keys{}))
	t.Cleanup(func() { ben.Close() })
	answer(ben, iv.ID, "people", "30", "fair", "n")
	answer(ana, iv.ID, "people", "13", "fair", "")
	exchanged(t, ana, ben)
	return ana, ben, iv.ID
}

func exchanged(t testing.TB, a, b *job.Study) {
	t.Helper()
	fromA, fromB := handed(t, a), handed(t, b)
	taken(t, a, fromB)
	taken(t, b, fromA)
	if x, y := got[*study.Report](t)(a.Verify(false)), got[*study.Report](t)(b.Verify(false)); x.Digest != y.Digest || len(x.Problems)+len(y.Problems) > 0 {
		t.Fatalf("%+v\n%+v", x, y)
	}
}

func fieldsOf(cs []job.Conflict) (out []string) {
	for _, c := range cs {
		out = append(out, string(c.Field))
	}
	return out
}

func conflictOf(t testing.TB, s *job.Study, f survey.Field) job.Conflict {
	t.Helper()
	cs := got[[]job.Conflict](t)(s.Conflicts())
	i := slices.IndexFunc(cs, func(c job.Conflict) bool { return c.Field == f })
	if i < 0 {
		t.Fatalf("%s is not contested: %v", f, fieldsOf(cs))
	}
	return cs[i]
}

func TestConflictsInWords(t *testing.T) {
	ana, _, _ := disagreed(t)
	cs := got[[]job.Conflict](t)(ana.Conflicts())
	if d := cmp.Diff([]string{"people", "fair", "twice"}, fieldsOf(cs)); d != "" {
		t.Fatal(d)
	}
	c := cs[1]
	values := slices.Sorted(slices.Values(c.Values))
	if c.Question != "Is it fair?" || c.Section != "How large" || !slices.Equal(values, []string{"No", "no answer"}) || !cs[2].Computed {
		t.Errorf("%+v", c)
	}
}

// TestComputedFollows settles the answers: what is computed from them is settled, too,
// and again after another decision.
func TestComputedFollows(t *testing.T) {
	ana, ben, id := disagreed(t)
	people, fair := conflictOf(t, ana, "people"), conflictOf(t, ana, "fair")
	typed := survey.Of("20")
	first := got[*job.Settlement](t)(ana.Settle(ctx, people.ID, "", &typed, "asked again"))
	got[*job.Settlement](t)(ana.Settle(ctx, fair.ID, fair.Heads[0].Revision, nil, ""))
	twice := func(want string) {
		t.Helper()
		if cs := got[[]job.Conflict](t)(ana.Conflicts()); len(cs) > 0 {
			t.Fatalf("left: %v", fieldsOf(cs))
		}
		if d := got[*survey.Document](t)(ana.Document(id)); d.Text("twice") != want {
			t.Errorf("twice %s, want %s", d.Text("twice"), want)
		}
	}
	twice("40")
	if err := ana.TakeBack(ctx, first); err != nil {
		t.Fatal(err)
	}
	people = conflictOf(t, ana, "people")
	if who := []string{people.Sides[0].Actor, people.Sides[1].Actor}; !slices.Contains(who, "ben") || !slices.Contains(who, "ana") {
		t.Errorf("taken back: by %v", who)
	}
	if err := ana.TakeBack(ctx, first); err == nil {
		t.Error("taken back twice")
	}
	got[*job.Settlement](t)(ana.SettleFor(ctx, id, "ben", "he was there"))
	twice("60")
	exchanged(t, ana, ben)
	if cs := got[[]job.Conflict](t)(ben.Conflicts()); len(cs) > 0 {
		t.Errorf("left at ben's: %v", fieldsOf(cs))
	}
}

// TestTypedIsChecked types what the questionnaire refuses.
func TestTypedIsChecked(t *testing.T) {
	ana, _, _ := disagreed(t)
	c := conflictOf(t, ana, "people")
	for text, want := range map[string]string{"0": "At least one person.", "many": "whole number"} {
		v := survey.Of(text)
		if _, err := ana.Settle(ctx, c.ID, "", &v, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	fair := conflictOf(t, ana, "fair")
	v := survey.Of("perhaps")
	if _, err := ana.Settle(ctx, fair.ID, "", &v, ""); err == nil {
		t.Error("a choice that is not offered")
	}
}

// TestBothAreTrue decides so on both laptops: they make the same interview, with the
// other side's answers; taking it back on one of them leaves nothing lost.
func TestBothAreTrue(t *testing.T) {
	ana, ben, id := disagreed(t)
	a := got[*job.Settlement](t)(ana.BothTrue(ctx, id, ""))
	b := got[*job.Settlement](t)(ben.BothTrue(ctx, id, ""))
	if len(a.Made) != 1 || !slices.Equal(a.Made, b.Made) {
		t.Fatalf("made %v and %v", a.Made, b.Made)
	}
	exchanged(t, ana, ben)
	for _, s := range []*job.Study{ana, ben} {
		if cs := got[[]job.Conflict](t)(s.Conflicts()); len(cs) > 0 {
			t.Errorf("left: %v", fieldsOf(cs))
		}
		us := got[[]unitNamed](t)(unitsNamed(s))
		if len(us) != 1 || us[0].interviews != 2 {
			t.Errorf("units %+v", us)
		}
		pairs := map[string]string{}
		for _, x := range []string{id, a.Made[0]} {
			iv := got[*job.Interview](t)(s.Interview(x))
			v := func(f survey.Field) string { return iv.Session.Value(f).Text }
			pairs[v("people")] = v("name") + " " + v("fair") + " " + v("twice")
		}
		if d := cmp.Diff(map[string]string{"13": "Karuna  26", "30": "Karuna n 60"}, pairs); d != "" {
			t.Error(d)
		}
	}
	if d := got[*survey.Document](t)(ana.Document(a.Made[0])); d.Text(survey.FieldSplit) != id || len(d.Contested()) > 0 {
		t.Errorf("%v", d.Heads)
	}
	if err := ben.TakeBack(ctx, b); err == nil {
		t.Error("what another laptop settled, too, was taken back as if it had not")
	}
}

// TestBothTakenBack takes it back where nobody else decided.
func TestBothTakenBack(t *testing.T) {
	ana, ben, id := disagreed(t)
	a := got[*job.Settlement](t)(ana.BothTrue(ctx, id, "two visits"))
	if err := ana.TakeBack(ctx, a); err != nil {
		t.Fatal(err)
	}
	exchanged(t, ana, ben)
	for _, s := range []*job.Study{ana, ben} {
		if d := cmp.Diff([]string{"people", "fair", "twice"}, fieldsOf(got[[]job.Conflict](t)(s.Conflicts()))); d != "" {
			t.Error(d)
		}
		if us := got[[]unitNamed](t)(unitsNamed(s)); len(us) != 1 || us[0].interviews != 1 {
			t.Errorf("units %+v", us)
		}
	}
	again := got[*job.Settlement](t)(ana.BothTrue(ctx, id, ""))
	if d := got[*survey.Document](t)(ana.Document(again.Made[0])); d.Deleted() {
		t.Error("made again and deleted still")
	}
}

type unitNamed struct {
	name       string
	interviews int
}

func unitsNamed(s *job.Study) (out []unitNamed, err error) {
	us, err := s.Units()
	for _, u := range us {
		out = append(out, unitNamed{u.Name, len(u.Interviews)})
	}
	return out, err
}

// manyConflicts is a study with so many conflicts, ten an interview.
func manyConflicts(b testing.TB, n int) *job.Study {
	b.Helper()
	dir := b.TempDir()
	ana := got[*job.Study](b)(job.Create(ctx, filepath.Join(dir, "ana"), job.NewStudy{Name: "Trial", Researcher: "ana"}))
	ben := got[*job.Study](b)(job.Join(ctx, filepath.Join(dir, "ben"), handed(b, ana), "ben", job.Keys{}))
	for i, s := range []*job.Study{ana, ben} {
		s.Close()
		st := got[*study.Study](b)(study.Open(s.Info().Dir))
		var changes []study.Change
		for k := range n / 10 {
			patch := map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(fmt.Sprint("u", k/2)), "b_name": survey.Of(fmt.Sprint("Cooperative ", k/2)), survey.FieldStatus: survey.Of("completed")}
			for q := range 10 {
				patch[survey.Field([]string{"b_year", "b_phone", "b_email", "b_web", "c_locality", "c_admin2", "d_form", "d_reg", "e_econ", "e_purpose"}[q])] = survey.Of(fmt.Sprint(i, q))
			}
			changes = append(changes, study.Change{Entity: fmt.Sprintf("iv%06d", k), Kind: survey.InterviewKind, Form: "sse_unit", FormVersion: "0.1.0", Patch: patch})
		}
		_, err := st.Import(ctx, "trial", "", changes, nil)
		if err != nil {
			b.Fatal(err)
		}
		st.Close()
	}
	ana, ben = got[*job.Study](b)(job.Open(ana.Info().Dir)), got[*job.Study](b)(job.Open(ben.Info().Dir))
	taken(b, ana, handed(b, ben))
	ben.Close()
	b.Cleanup(func() { ana.Close() })
	return ana
}

func BenchmarkConflicts(b *testing.B) {
	s := manyConflicts(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		if cs := got[[]job.Conflict](b)(s.Conflicts()); len(cs) != 10_000 {
			b.Fatalf("%d conflicts", len(cs))
		}
	}
}

func BenchmarkSettle(b *testing.B) {
	s := manyConflicts(b, 10_000)
	cs := got[[]job.Conflict](b)(s.Conflicts())
	for i := 0; b.Loop(); i++ {
		c := cs[i%len(cs)]
		t := got[*job.Settlement](b)(s.Settle(ctx, c.ID, c.Heads[0].Revision, nil, ""))
		if i >= len(cs)/2 {
			b.Fatal("too many")
		}
		_ = t
	}
}

// TestSettledDifferentlyInWords settles one conflict on both laptops.
func TestSettledDifferentlyInWords(t *testing.T) {
	ana, ben, _ := disagreed(t)
	for s, text := range map[*job.Study]string{ana: "14", ben: "31"} {
		c, v := conflictOf(t, s, "people"), survey.Of(text)
		got[*job.Settlement](t)(s.Settle(ctx, c.ID, "", &v, "counted: "+text))
	}
	exchanged(t, ana, ben)
	for _, s := range []*job.Study{ana, ben} {
		c := conflictOf(t, s, "people")
		by := c.SettledBy()
		if c.Sort() != job.ConflictSettled || !strings.Contains(by, "ana") || !strings.Contains(by, " and ") || !strings.Contains(by, "ben") {
			t.Errorf("%s by %q", c.Sort(), by)
		}
		if reasons := c.Sides[0].Reason + " " + c.Sides[1].Reason; !strings.Contains(reasons, "counted: 14") || !strings.Contains(reasons, "counted: 31") {
			t.Errorf("reasons %q", reasons)
		}
	}
	// settled once more, for all
	c := conflictOf(t, ana, "people")
	got[*job.Settlement](t)(ana.Settle(ctx, c.ID, c.Heads[0].Revision, nil, ""))
	exchanged(t, ana, ben)
	for _, s := range []*job.Study{ana, ben} {
		if cs := got[[]job.Conflict](t)(s.Conflicts()); slices.Contains(fieldsOf(cs), "people") {
			t.Error("contested still")
		}
	}
}
