package job_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/survey"
)

func framed(t *testing.T, n int) *job.Study {
	t.Helper()
	s := studyAt(t, filepath.Join(t.TempDir(), "s"), "ana", "NPL")
	apply(t, planned(t, s, write(t, "frame.csv", frameOf(n))), job.ListTake{})
	return s
}

func TestAssign(t *testing.T) {
	ctx := context.Background()
	s := framed(t, 20)
	us, err := s.Chosen(job.Choose{Region: "Bagmati Province", Stratum: "rural"})
	if err != nil || len(us) != 5 {
		t.Fatal(len(us), err)
	}
	var ids []string
	for _, u := range us {
		ids = append(ids, u.ID)
	}
	shares, changed, err := s.Assign(ctx, ids, "bo", "chi")
	if d := cmp.Diff([]job.Assigned{{"bo", 3}, {"chi", 2}}, shares); d != "" || changed != 5 || err != nil {
		t.Error(d, changed, err)
	}
	if _, changed, _ = s.Assign(ctx, ids, "bo", "chi"); changed != 0 {
		t.Error("assigning the same again changed", changed)
	}
	given, err := job.ReadIDs(strings.NewReader("\ufeffN000003,x\n\"N000004\"\tz\n\n"))
	if us, err2 := s.Chosen(job.Choose{IDs: given}); len(us) != 2 || err != nil || err2 != nil {
		t.Error(us, err, err2)
	}
	for _, c := range []job.Choose{{IDs: []string{"nobody"}}, {Region: "Atlantis"}, {Country: "Atlantis"}} {
		if _, err := s.Chosen(c); err == nil {
			t.Errorf("%v chose something", c)
		}
	}
}

func TestTargets(t *testing.T) {
	ctx := context.Background()
	s := framed(t, 20)
	if err := s.SetTargets(ctx, job.ByStratum, map[string]int{"rural": 2, "urban": 30, "hill": 1}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetTargets(ctx, job.ByRegion, map[string]int{"Koshi": 3}); err != nil {
		t.Fatal(err)
	}
	us, err := s.Chosen(job.Choose{IDs: []string{"N000000", "N000001"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, status := range []survey.Status{survey.Completed, survey.BrokenOff} {
		iv, err := s.NewInterview(ctx, us[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := iv.Finish(ctx, status); err != nil {
			t.Fatal(err)
		}
	}
	o, err := s.Overview()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range o.Targets {
		got = append(got, x.By+" "+x.Label+": "+x.Sentence())
	}
	want := []string{"stratum hill: 0 of 1, only 0 listed", "stratum rural: 1 of 2, 1 to go", "stratum urban: 0 of 30, only 10 listed", "region Koshi: 0 of 3, 3 to go"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if err := s.SetTargets(ctx, job.ByStratum, map[string]int{"rural": 1, "hill": 0}); err != nil {
		t.Fatal(err)
	}
	ts, err := s.Targets()
	if err != nil || len(ts) != 3 || ts[0].Sentence() != "1 of 1, reached" {
		t.Error(ts, err)
	}
	for by, name := range map[string]string{"colour": "x", job.ByRegion: "Atlantis", job.ByForm: "club", job.ByStratum: " "} {
		if err := s.SetTargets(ctx, by, map[string]int{name: 1}); err == nil {
			t.Errorf("a target for %s %q", by, name)
		}
	}
}

// TestTargetsMerge sets targets on two laptops: different ones stand beside each
// other, and the same one with two numbers is a conflict that can be settled.
func TestTargetsMerge(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	a := studyAt(t, filepath.Join(dir, "a"), "ana", "NPL")
	start, back := filepath.Join(dir, "start.ssepkg"), filepath.Join(dir, "back.ssepkg")
	if _, err := a.Package(ctx, start, job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	b, err := job.Join(ctx, filepath.Join(dir, "b"), start, "bo", job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for s, set := range map[*job.Study]map[string]int{a: {"rural": 2, "urban": 1}, b: {"rural": 2, "urban": 4, "hill": 1}} {
		if err := s.SetTargets(ctx, job.ByStratum, set); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Package(ctx, back, job.PackageOptions{}); err != nil {
		t.Fatal(err)
	}
	m, err := a.Merge(ctx, back, job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	cs, err := a.Conflicts()
	if err != nil || len(cs) != 1 || !strings.Contains(cs[0].Question, "stratum urban") {
		t.Fatal(cs, err)
	}
	if err := a.SetTargets(ctx, job.ByStratum, map[string]int{"urban": 3}); err != nil {
		t.Fatal(err)
	}
	if cs, _ := a.Conflicts(); len(cs) > 0 {
		t.Error(cs)
	}
	if ts, _ := a.Targets(); len(ts) != 3 {
		t.Error(ts)
	}
}

func TestViews(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := studyAt(t, dir, "ana", "NPL")
	v := job.SavedView{Name: "मेरो / mine", Query: "coop", Filters: map[string][]string{"Stratum": {"rural", ""}}, Sort: "Place", Desc: true, Hidden: []string{"Form"}, Widths: map[string]float32{"Place": 90}}
	for _, x := range []job.SavedView{v, {Name: "other"}} {
		if err := s.SaveView("Units", x); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RenameView("Units", "other", v.Name); err == nil {
		t.Error("a name was taken twice")
	}
	if err := s.RenameView("Units", "other", "third"); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveView("Units", job.SavedView{Name: " "}); err == nil {
		t.Error("a view without a name")
	}
	s.Close()
	s, err := job.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.DeleteView("Units", "third"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Views("Units")
	if d := cmp.Diff([]job.SavedView{v}, got); d != "" || err != nil {
		t.Error(d, err)
	}
	if vs, _ := s.Views("Interviews"); len(vs) > 0 {
		t.Error("another page has views")
	}
}

// TestProposals holds an interview with a unit of a list: what identifies it is
// answered, the rest is not, and what the interviewer clears stays clear.
func TestProposals(t *testing.T) {
	ctx := context.Background()
	s := studyAt(t, filepath.Join(t.TempDir(), "s"), "ana", "NPL", "KOR")
	apply(t, planned(t, s, write(t, "first.csv", trialList)), job.ListTake{})
	us, err := s.Chosen(job.Choose{IDs: []string{"1"}})
	if err != nil {
		t.Fatal(err)
	}
	iv, err := s.NewInterview(ctx, us[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	want := func(answers map[survey.Field]string) {
		t.Helper()
		for f, v := range answers {
			if got := iv.Session.Value(f).Text; got != v {
				t.Errorf("%s: %q, want %q", f, got, v)
			}
		}
	}
	set := func(f survey.Field, v string) {
		t.Helper()
		if err := iv.Set(f, survey.Of(v)); err != nil {
			t.Fatal(err)
		}
	}
	want(map[survey.Field]string{"b_name": ""}) // not asked before consent
	set("a_version", "core")
	set("a_consent", "yes")
	want(map[survey.Field]string{"b_name": "Karuna Savings Group", "c_country": "NPL", "c_admin1": us[0].Region, "d_form": "", "c_gps": "", "b_name_local": "", "c_locality": "", "a_frame_id": ""})
	set("b_name", "")
	set("a_version", "full")
	set("a_frame", "register")
	want(map[survey.Field]string{"b_name": "", "b_name_local": "करुणा", "c_locality": "Dhulikhel", "a_frame_id": "1"})
	if iv, err = s.Interview(iv.ID); err != nil {
		t.Fatal(err)
	}
	set("b_year", "2001")
	want(map[survey.Field]string{"b_name": "", "b_name_local": "करुणा", "c_country": "NPL"})
	if f, ok, err := iv.Undo(); !ok || err != nil || f != "b_year" {
		t.Error(f, ok, err)
	}
	fresh, err := s.NewInterview(ctx, "")
	if err != nil || !fresh.Session.Value("b_name").Blank() {
		t.Error("a new unit has a name", err)
	}
}
