package screen

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// contested shows the conflicts of a small study: two people answered the same
// interviews differently, in several scripts and at length.
func contested(t testing.TB, units int) *Window {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	n := 0
	ids := study.WithIDs(func() string { n++; return fmt.Sprintf("0199%04d-0000-7000-8000-%012d", n, n) })
	ana, err := job.Create(ctx, filepath.Join(dir, "ana"), job.NewStudy{Name: "Trial", Countries: []string{"NPL"}, Researcher: "Ana"}, ids)
	must(err)
	file := filepath.Join(dir, "p.ssepkg")
	_, err = ana.Package(ctx, file, job.PackageOptions{Clear: true})
	must(err)
	ben, err := job.Join(ctx, filepath.Join(dir, "ben"), file, "Ben", job.Keys{}, ids)
	must(err)
	names := []string{"Karuna Savings and Farmers' Cooperative", "करुणा बचत तथा कृषि सहकारी संस्था", "원주 생활협동조합", "สหกรณ์ออมทรัพย์บ้านดอนมูล จำกัด", "جمعية الكرم الزراعية"}
	for who, s := range []*job.Study{ana, ben} {
		must(s.Close())
		st, err := study.Open(s.Info().Dir, ids)
		must(err)
		var changes []study.Change
		for k := range units {
			unit, iv := fmt.Sprintf("unit%04d", k), fmt.Sprintf("01990000-%04d-7000-8000-000000000000", k)
			patch := map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(unit), survey.FieldStatus: survey.Of("completed"), survey.FieldInterviewer: survey.Of("Ana"), survey.FieldStarted: survey.Of("2026-03-02T10:00:00+05:45"),
				"a_consent": survey.Of("yes"), "b_name": survey.Of(names[k%len(names)]), "b_year": survey.Of(fmt.Sprint(1990 + k + who)), "d_form": survey.Of([]string{"cooperative", "self_help_group"}[who]),
				"c_locality": survey.Of([]string{"Jumla", "जुम्ला, बजारको माथिल्लो टोल, विद्यालयको छेउमा, पुरानो पुलबाट पाँच मिनेटको बाटो"}[who])}
			changes = append(changes, study.Change{Entity: unit, Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of(names[k%len(names)])}},
				study.Change{Entity: iv, Kind: survey.InterviewKind, Form: "sse_unit", FormVersion: "0.1.0", Patch: patch})
		}
		_, err = st.Append(ctx, changes...)
		must(err)
		must(st.Close())
	}
	ben, err = job.Open(ben.Info().Dir, ids)
	must(err)
	_, err = ben.Package(ctx, file, job.PackageOptions{Clear: true})
	must(err)
	must(ben.Close())
	ana, err = job.Open(ana.Info().Dir, ids)
	must(err)
	m, err := ana.Merge(ctx, file, job.Keys{})
	must(err)
	_, err = m.Apply(ctx, nil)
	must(err)
	must(ana.Close())
	a := test.NewTempApp(t)
	a.Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(t, nil), ana.Info().Dir)
	t.Cleanup(w.close)
	w.win.Resize(fyne.NewSize(1024, 640))
	w.show("Conflicts")
	return w
}

func (p *conflictsPage) fields() (out []string) {
	for _, c := range p.all {
		out = append(out, c.Unit+": "+string(c.Field))
	}
	return out
}

// TestConflictsByKeyboard settles conflicts by keys alone.
func TestConflictsByKeyboard(t *testing.T) {
	w := contested(t, 4)
	p := w.conflicts
	left := func(want int) {
		t.Helper()
		if len(p.all) != want {
			t.Fatalf("%d left, want %d: %v", len(p.all), want, p.fields())
		}
	}
	left(12)
	first := *p.at()
	value := func(id string, f survey.Field) string {
		t.Helper()
		d, err := w.study.Document(id)
		if err != nil {
			t.Fatal(err)
		}
		return d.Text(f)
	}
	theirs := first.Heads[p.order[1]].Value.Text
	if first.Sides[p.order[0]].Actor != "Ana" {
		t.Errorf("left is the answer of %s", first.Sides[p.order[0]].Actor)
	}
	// right picks the other one, Enter takes it, with a reason
	test.Type(w.win.Canvas().Focused(), "r")
	test.Type(w.win.Canvas().Focused(), "seen the certificate")
	w.press(fyne.KeyEscape, fyne.KeyRight, fyne.KeyReturn)
	left(11)
	if got := value(first.Entity, first.Field); got != theirs {
		t.Errorf("%s: %q, want %q", first.Field, got, theirs)
	}
	revs, err := w.study.History(first.Entity)
	if err != nil || revs[len(revs)-1].Patch[survey.FieldReason+":"+first.Field].Text != "seen the certificate" {
		t.Errorf("%v %v", revs[len(revs)-1].Patch, err)
	}
	if p.reason.Text != "" {
		t.Error("the reason stands for the next one, too")
	}
	// taken back, and taken again
	w.undoLast()
	left(12)
	if c := p.at(); c == nil || c.ID != first.ID {
		t.Fatalf("at %v", p.at())
	}
	w.press(fyne.KeyReturn)
	left(11)
	// type another: a year that cannot be, then one that can
	for p.at().Field != "b_year" {
		w.press(fyne.KeyDown)
	}
	year := *p.at()
	test.Type(w.win.Canvas().Focused(), "t")
	test.Type(w.win.Canvas().Focused(), "nineteen")
	w.press(fyne.KeyReturn)
	left(11)
	w.press(fyne.KeyEscape)
	test.Type(w.win.Canvas().Focused(), "t")
	test.Type(w.win.Canvas().Focused(), "1977")
	w.press(fyne.KeyReturn)
	left(10)
	if got := value(year.Entity, "b_year"); got != "1977" {
		t.Errorf("b_year %q", got)
	}
	// a whole interview for one side, another as two visits
	entity := p.at().Entity
	n := len(p.inEntity(entity))
	test.Type(w.win.Canvas().Focused(), "s")
	test.Type(w.win.Canvas().Focused(), "1")
	left(10 - n)
	both := *p.at()
	n = len(p.all) - len(p.inEntity(both.Entity))
	test.Type(w.win.Canvas().Focused(), "b")
	w.press(fyne.KeyReturn)
	left(n)
	us, err := w.study.Units()
	if err != nil || !slices.ContainsFunc(us, func(u table.Unit) bool { return u.ID == both.UnitID && len(u.Interviews) == 2 }) {
		t.Errorf("no second interview of %s: %v", both.UnitID, err)
	}
	w.undoLast()
	left(n + len(p.inEntity(both.Entity)))
	for len(p.all) > 0 {
		before := len(p.all)
		w.press(fyne.KeyReturn)
		if len(p.all) >= before {
			t.Fatalf("%d left after Enter: %v", len(p.all), p.fields())
		}
	}
	w.undoLast()
	if len(p.all) == 0 {
		t.Error("the last decision was not taken back")
	}
}

func TestConflictFilters(t *testing.T) {
	w := contested(t, 4)
	w.list.search.SetText("करुणा")
	if n := w.list.index.Len(); n != 3 {
		t.Errorf("%d rows of the unit", n)
	}
	w.press(fyne.KeyReturn)
	if n := w.list.index.Len(); n != 2 {
		t.Errorf("%d rows of the unit after one was settled", n)
	}
	w.list.clear()
	if n := w.list.index.Len(); n != 11 {
		t.Errorf("%d rows", n)
	}
}

// TestConflictGolden compares the page with pictures.
func TestConflictGolden(t *testing.T) {
	w := contested(t, 8)
	for name, c := range map[string]struct {
		size fyne.Size
		dark bool
		then func()
	}{
		"conflicts-light": {fyne.NewSize(1280, 800), false, func() { w.press(fyne.KeyDown, fyne.KeyRight) }},
		"conflicts-dark":  {fyne.NewSize(1024, 640), true, func() { w.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown) }},
		"conflicts-type":  {fyne.NewSize(1024, 640), false, func() { w.press(fyne.KeyEnd); w.conflicts.typeDialog(); w.win.Canvas().Unfocus() }},
		"conflicts-settled": {fyne.NewSize(1024, 640), false, func() {
			c := w.conflicts.at()
			for i, why := range []string{"the chair showed the certificate of registration, which says so on its second page", "วันที่ก่อตั้งตามหนังสือรับรอง"} {
				c.Sides[i].Settled, c.Sides[i].Reason = true, why
			}
			third := c.Sides[0]
			third.Actor, third.Device, third.Reason = "Chandrakala Shrestha", "another", "협동조합 등기부등본에 그렇게 적혀 있습니다"
			c.Sides, c.Values, c.Laptops = append(c.Sides, third), append(c.Values, "1987"), append(c.Laptops, "Chandrakala …f00d")
		}},
		"conflicts-150": {fyne.NewSize(683, 427), false, func() { w.press(fyne.KeyDown) }}, // 1024x640 at 150 %
		"conflicts-deleted": {fyne.NewSize(1280, 800), true, func() {
			c := w.conflicts.at()
			c.Field, c.Question, c.Values = survey.FieldDeleted, "Deleted by one, edited by another", []string{"Keep it deleted", "Bring it back"}
		}},
		"conflicts-side": {fyne.NewSize(1024, 640), true, func() { w.conflicts.sideDialog() }},
	} {
		t.Run(name, func(t *testing.T) {
			if top := w.win.Canvas().Overlays().Top(); top != nil {
				w.win.Canvas().Overlays().Remove(top)
			}
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			w.looks = nil
			w.show("Conflicts")
			for i := range w.conflicts.all { // clocks differ between runs
				for k := range w.conflicts.all[i].Sides {
					w.conflicts.all[i].Sides[k].Wall = "2026-03-02T10:00:00.000Z"
				}
			}
			c.then()
			w.conflicts.show()
			w.say("")
			compare(t, name, w.win.Canvas().Capture())
		})
	}
}

const newForm = `
| survey |
| | type | name | label |
| | text | b_name | What is the name of the organization? |
| | integer | b_founded | B3. Year in which activities began |
| | select_one yn | fair | Is it fair? |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| settings |
| | form_title | form_id | version |
| | SSE unit questionnaire | sse_unit | 9 |
`

// TestNewVersionPage compares a version, confirms a renaming by keyboard and uses it.
func TestNewVersionPage(t *testing.T) {
	w := opened(t)
	w.versionPage()
	file := filepath.Join(t.TempDir(), "new.md")
	if err := os.WriteFile(file, []byte(newForm), 0o644); err != nil {
		t.Fatal(err)
	}
	p := w.newVersionPage()
	w.put(p.page())
	plan, err := w.study.PlanForm(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	p.show(plan)
	if len(plan.Lines) < 100 || !strings.Contains(p.use.Text, "version 9") {
		t.Fatalf("%d lines, button %q", len(plan.Lines), p.use.Text)
	}
	if i := slices.Index(plan.Renamed(), "b_founded"); i < 0 {
		t.Fatalf("guessed: %v", plan.Renamed())
	}
	for p.plan.Lines[p.table.Current()].NewField != "b_founded" {
		w.press(fyne.KeyDown)
	}
	w.press(fyne.KeyReturn)
	if !p.renamed["b_founded"] {
		t.Error("the renaming is not confirmed")
	}
	for name, c := range map[string]struct {
		size fyne.Size
		dark bool
	}{"version-light": {fyne.NewSize(1280, 800), false}, "version-dark": {fyne.NewSize(1024, 640), true}} {
		fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
		w.win.Resize(c.size)
		p.path.SetText("new.md")
		w.say("")
		compare(t, name, w.win.Canvas().Capture())
	}
	if err := plan.Use(context.Background()); err != nil {
		t.Fatal(err)
	}
	iv, err := w.study.NewInterview(context.Background(), "")
	if err != nil || iv.Session.Program().Form.Version != "9" {
		t.Errorf("%v", err)
	}
}

func BenchmarkConflictsPage(b *testing.B) {
	w := contested(b, 3400) // 10,200 conflicts
	b.ReportAllocs()
	for b.Loop() {
		w.conflicts.reread(w.conflicts.all[0].Entity, "")
		w.win.Canvas().Capture()
	}
}

// TestInterviewWithoutItsForm opens an interview of which the questionnaire is not on
// this laptop: it can be read, and leaving it changes nothing.
func TestInterviewWithoutItsForm(t *testing.T) {
	w := contested(t, 1)
	dir := w.study.Info().Dir
	w.leave()
	st, err := study.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	patch := map[survey.Field]survey.Value{survey.FieldUnit: survey.Of("unit0000"), survey.FieldStatus: survey.Of("completed"), "town": survey.Of("Jumla"), "farm[1-k]/crop": survey.Of("rice")}
	if _, err := st.Append(context.Background(), study.Change{Entity: "elsewhere", Kind: survey.InterviewKind, Form: "coop", FormVersion: "3", Patch: patch}); err != nil {
		t.Fatal(err)
	}
	st.Close()
	w.open(dir)
	w.openInterview("elsewhere")
	if w.interview == nil {
		t.Fatal("it does not open")
	}
	w.interview.goTo("town")
	w.win.Canvas().Capture()
	w.show("Interviews")
	d, err := w.study.Document("elsewhere")
	if err != nil || d.Text("town") != "Jumla" || d.Text("farm[1-k]/crop") != "rice" || d.Revisions != 1 {
		t.Errorf("%v %v", d, err)
	}
}
