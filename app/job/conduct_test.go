package job_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// ticking is a clock that moves on by ten seconds each time it is read.
func ticking() func() time.Time {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("", 5*3600+45*60))
	return func() time.Time { at = at.Add(10 * time.Second); return at }
}

func fieldwork(t *testing.T) (*job.Study, *job.Interview) { return withForm(t, "") }

// withForm begins an interview about the shipped form, or about one in Markdown.
func withForm(t *testing.T, md string) (*job.Study, *job.Interview) {
	t.Helper()
	n := job.NewStudy{Name: "S", Countries: []string{"NPL"}, Researcher: "ana"}
	if md != "" {
		n.Form = filepath.Join(t.TempDir(), "form.md")
		must(t, os.WriteFile(n.Form, []byte(md), 0o644))
	}
	s, err := job.Create(context.Background(), filepath.Join(t.TempDir(), "s"), n, study.WithClock(ticking()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	iv, err := s.NewInterview(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	if md == "" {
		must(t, iv.Set("a_consent", survey.Of("yes")))
	}
	return s, iv
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func reopened(t *testing.T, s *job.Study, id string) *job.Interview {
	t.Helper()
	iv, err := s.Interview(id)
	must(t, err)
	return iv
}

func TestUndoAndRedo(t *testing.T) {
	s, iv := withForm(t, `
| survey |
| | type         | name        | label   | calculation             |
| | text         | b_name      | Name    |
| | begin repeat | rep_partner | Partner |
| | text         | pt_name     | Name    |
| | end repeat   |             |         |
| | calculate    | partners    |         | count(${rep_partner})   |`)
	must(t, iv.Set("b_name", survey.Of("One")))
	must(t, iv.Set("b_name", survey.Of("Two")))
	row, err := iv.AddRow("rep_partner")
	must(t, err)
	must(t, iv.Set(row+"/pt_name", survey.Of("Partner")))
	must(t, iv.RemoveRow(row))
	want := []survey.Field{row, row + "/pt_name", row, "b_name", "b_name"}
	var got []survey.Field
	for range want {
		f, ok, err := iv.Undo()
		if err != nil || !ok {
			t.Fatal(f, ok, err)
		}
		got = append(got, f)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("undone (-want +got):\n%s", d)
	}
	if v := iv.Session.Value("b_name"); !v.Blank() {
		t.Errorf("the name is %q", v)
	}
	for range 4 {
		if _, ok, err := iv.Redo(); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	again := reopened(t, s, iv.ID)
	if d := cmp.Diff(iv.Session.Answers(), again.Session.Answers()); d != "" {
		t.Errorf("on disk (-held +opened):\n%s", d)
	}
	if v := again.Session.Value(row + "/pt_name"); v.Text != "Partner" {
		t.Errorf("the partner is %q", v)
	}
}

func TestRemarksStay(t *testing.T) {
	s, iv := fieldwork(t)
	must(t, iv.Remark("b_name", survey.RemarkNote, "spelt as on the sign"))
	must(t, iv.Remark("b_year", survey.RemarkFlag, "1"))
	must(t, iv.Comment("b_year", "please ask again"))
	if err := iv.Comment("b_year", " "); err == nil {
		t.Error("a comment without words was taken")
	}
	must(t, iv.Finish(context.Background(), survey.Completed))
	again := reopened(t, s, iv.ID)
	if got := again.Session.Remarks("b_name")[survey.RemarkNote]; got != "spelt as on the sign" {
		t.Errorf("note %q", got)
	}
	cs := again.Comments("")
	if len(cs) != 1 || cs[0].Field != "b_year" || cs[0].Text != "please ask again" || cs[0].Actor != "ana" {
		t.Errorf("comments %+v", cs)
	}
	flagged := again.Session.Remarked(func(k survey.RemarkKind) bool { return k == survey.RemarkFlag })
	if d := cmp.Diff([]survey.Field{"b_year"}, flagged); d != "" {
		t.Error(d)
	}
}

func TestStopAndReview(t *testing.T) {
	s, iv := fieldwork(t)
	ctx := context.Background()
	if err := iv.Stop(ctx, survey.OutcomeCallback, time.Time{}, ""); err == nil {
		t.Error("a callback without a day was taken")
	}
	if err := iv.Review(ctx, survey.Approved, ""); err == nil {
		t.Error("an interview in progress was approved")
	}
	at := time.Date(2026, 3, 1, 18, 0, 0, 0, time.FixedZone("", 5*3600+45*60))
	must(t, iv.Stop(ctx, survey.OutcomeCallback, at, "the chair is away"))
	agenda, err := s.Agenda()
	must(t, err)
	if len(agenda) != 1 || !agenda[0].At.Equal(at) || agenda[0].Remark != "the chair is away" {
		t.Errorf("agenda %+v", agenda)
	}
	o, err := s.Overview()
	must(t, err)
	if !strings.Contains(cmp.Diff(nil, o.Attention), "One callback is due") {
		t.Errorf("attention %+v", o.Attention)
	}
	iv = reopened(t, s, iv.ID)
	must(t, iv.Finish(ctx, survey.Completed))
	if err := iv.Review(ctx, survey.Rejected, ""); err == nil {
		t.Error("an interview was given back without a word")
	}
	must(t, iv.Review(ctx, survey.Rejected, "the year is missing"))
	must(t, iv.Review(ctx, survey.Approved, ""))
	as, err := s.Attempts(iv.ID)
	must(t, err)
	var got []survey.Status
	for _, a := range as {
		got = append(got, a.Status)
	}
	if d := cmp.Diff([]survey.Status{survey.BrokenOff, survey.Completed, survey.Rejected, survey.Approved}, got); d != "" {
		t.Error(d)
	}
	if as[0].Outcome != survey.OutcomeCallback || as[2].Remark != "the year is missing" {
		t.Errorf("attempts %+v", as)
	}
}

func TestAudit(t *testing.T) {
	s, iv := fieldwork(t)
	must(t, iv.Enter("b_name"))
	must(t, iv.Set("b_name", survey.Of("Karuna")))
	must(t, iv.Enter("b_year"))
	must(t, iv.Close(context.Background()))
	iv = reopened(t, s, iv.ID)
	must(t, iv.Finish(context.Background(), survey.Completed))
	es, err := s.Audit(iv.ID)
	must(t, err)
	var kinds []string
	for _, e := range es {
		kinds = append(kinds, e.Kind+" "+e.Node)
	}
	if len(kinds) != 5 || kinds[0] != "form start " || !strings.HasSuffix(kinds[1], "/b_name") || !strings.HasSuffix(kinds[2], "/b_year") ||
		kinds[3] != "form exit " || kinds[4] != "form finalize " {
		t.Errorf("events %q", kinds)
	}
	if e := es[1]; e.New != "Karuna" || e.Old != "" || e.End.Sub(e.Start) <= 0 {
		t.Errorf("event %+v", e)
	}
	var b bytes.Buffer
	must(t, survey.WriteAudit(&b, es))
	again, err := survey.ReadAudit(&b)
	must(t, err)
	if len(again) != len(es) || survey.Minutes(again) != survey.Minutes(es) || survey.Minutes(es) <= 0 {
		t.Errorf("%d events, %v minutes", len(again), survey.Minutes(again))
	}
}

func TestLookout(t *testing.T) {
	made, err := job.Example(context.Background(), filepath.Join(t.TempDir(), "s"), job.ExampleOptions{Units: 12})
	must(t, err)
	s, err := job.Open(made.Study)
	must(t, err)
	defer s.Close()
	us, err := s.Units()
	must(t, err)
	l, err := s.Lookout()
	must(t, err)
	u := us[3]
	if got := l.Like(strings.ToLower(u.Name), ""); len(got) == 0 || got[0].ID != u.ID {
		t.Errorf("%q is like %v", u.Name, got)
	}
	if got := l.Like(u.Name, u.ID); len(got) > 0 && got[0].ID == u.ID {
		t.Error("a unit is like itself")
	}
	if got := l.Like("Zzyzx", ""); len(got) > 0 {
		t.Errorf("nothing is like %v", got)
	}
}
