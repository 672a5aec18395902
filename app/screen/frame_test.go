package screen

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

const trialList = `id,Name of organization,नाम,Province,Town,Latitude,Longitude,Legal form,Stratum,Assigned to,Turnover
1,Karuna Savings Group,करुणा,Bagmati,Dhulikhel,27.62,85.55,self-help group,rural,asha,1200
2,Tara Farmers' Cooperative,तारा,Gandaki,Pokhara,28.2096,83.9856,cooperative,urban,bo,
3,Hill Top Mothers' Group,,Karnali,Jumla,29.2747,82.1838,self-help group,rural,bo,300
4,Blue Lake Health Mutual,,Gandaki,Pokhara,28.21,83.98,mutual,urban,asha,
5,,,Koshi,Ilam,,,,rural,,
6,Asha Weavers,,Kosshi,Ilam,,,association,rural,,
7,Uma Dairy,,Koshi,Ilam,27.70,85.32,cooperative,rural,,
8,Forest Users of the Long Valley between the Two Rivers and the Old Bridge at Dhulikhel,,Bagmati,Dhulikhel,,,association,rural,chi,
8,Twice,,Bagmati,,,,,,,
`

// listed writes the list into a file and compares it with the window's study.
func (p *listImport) compared(t *testing.T, name, text string) {
	t.Helper()
	p.file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := job.ReadListHead(context.Background(), p.file, exchange.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if p.plan, err = p.w.study.PlanList(context.Background(), p.file, h, nil); err != nil {
		t.Fatal(err)
	}
	p.path.SetText("/home/ana/lists/" + name)
	p.show()
}

// withList shows an example whose study has taken in the list.
func withList(t *testing.T) *Window {
	t.Helper()
	w := opened(t)
	p := w.newListImport()
	p.page()
	p.compared(t, "frame.csv", trialList)
	if _, err := p.plan.Apply(context.Background(), job.ListTake{}, nil); err != nil {
		t.Fatal(err)
	}
	w.show("Units")
	return w
}

// importing shows the page with a list.
func (w *Window) importing(t *testing.T, text string) *listImport {
	t.Helper()
	p := w.newListImport()
	w.leaveInterview()
	w.page = importTitle
	w.drawRail()
	w.put(p.page())
	if text != "" {
		p.compared(t, "frame.csv", text)
	}
	return p
}

func TestImportPage(t *testing.T) {
	w := opened(t)
	p := w.importing(t, trialList)
	if p.add.Text != "Add 5 organizations" {
		t.Error(p.add.Text)
	}
	for _, o := range test.LaidOutObjects(w.body) {
		if c, ok := o.(*widget.Check); ok && strings.Contains(c.Text, "in doubt") {
			test.Tap(c)
		}
	}
	if p.add.Text != "Add 7 organizations" {
		t.Error(p.add.Text)
	}
	copyLines(p.w, p.lines)
	text := fyne.CurrentApp().Clipboard().Content()
	for _, want := range []string{"row 6\tproblem\t\tName of organization\tthe name is missing", "row 7\tin doubt\tAsha Weavers\tProvince\t\"Kosshi\" is no region that is known (do you mean Koshi?)", "row 10\tproblem\tTwice"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if err := p.plan.Head.Map("Stratum", job.ColumnLeftOut); err != nil {
		t.Fatal(err)
	}
	p.compared(t, "again.csv", "name\nKaruna\n")
	if p.add.Text != "Add 1 organization" {
		t.Error(p.add.Text)
	}
}

func TestUnitsOfList(t *testing.T) {
	w := withList(t)
	l := w.list
	chips := func() (out []string) {
		for g, c := range l.filters {
			for _, f := range l.facets[g] {
				out = append(out, l.columns[c].filter+": "+f)
			}
		}
		return out
	}
	for _, want := range []string{"Assigned to: asha (me)", "Assigned to: bo", "Stratum: rural", "Interview: none yet"} {
		if !slices.Contains(chips(), want) {
			t.Errorf("%q is not among %v", want, chips())
		}
	}
	l.index.Filter(3, "asha (me)", true)
	l.index.Filter(5, "none yet", true)
	l.changed()
	if l.index.Len() != 2 {
		t.Errorf("%d units are mine and not interviewed", l.index.Len())
	}
	l.table.MarkAll()
	ids := l.chosenUnits()
	if len(ids) != 2 {
		t.Fatal(ids)
	}
	if d := cmp.Diff([]string{"asha", "bo", "chi"}, l.people()); d != "" {
		t.Error(d)
	}
	w.assignDialog()
	if w.asking() != true {
		t.Fatal("nobody is asked for")
	}
	w.unfocusedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if _, _, err := w.study.Assign(context.Background(), ids, "chi"); err != nil {
		t.Fatal(err)
	}
	w.show("Units")
	w.list.search.SetText("karuna")
	w.press(fyne.KeyDown)
	w.interviewUnit()
	if w.interview == nil {
		t.Fatal("no interview began")
	}
	if err := w.interview.iv.Set("a_consent", survey.Of("yes")); err != nil {
		t.Fatal(err)
	}
	if got := w.interview.iv.Session.Value("b_name").Text; got != "Karuna Savings Group" {
		t.Errorf("the name is %q", got)
	}
}

func TestSavedViews(t *testing.T) {
	w := withList(t)
	l := w.list
	l.seek("group")
	l.look.filters[4] = []string{"rural"}
	l.look.by, l.look.desc = 2, true
	l.look.hidden[1] = true
	l.look.widths[2] = 133
	w.turnTo("Units")
	l = w.list
	shown := l.index.Len()
	l.table.SetWidths([]float32{0, 133, 0, 0, 0, 0})
	if err := w.study.SaveView("Units", l.asView("Rural groups")); err != nil {
		t.Fatal(err)
	}
	dir := w.study.Info().Dir
	w.leave()
	w.open(dir)
	w.show("Units")
	if w.list.index.Len() == shown || shown != 2 {
		t.Fatalf("%d of %d units show", shown, w.list.index.Len())
	}
	vs, err := w.study.Views("Units")
	if err != nil || len(vs) != 1 {
		t.Fatal(vs, err)
	}
	w.list.showView(vs[0])
	l = w.list
	by, desc := l.table.Sorted()
	if l.index.Len() != shown || by != 1 || !desc || slices.Contains(l.shown, 1) || l.table.Widths()[1] != 133 || l.search.Text != "group" || l.look.view != "Rural groups" {
		t.Errorf("%d rows, sorted by %d %v, columns %v, widths %v", l.index.Len(), by, desc, l.shown, l.table.Widths())
	}
	w.look("Units", newLook())
	if w.list.filtered() || w.list.search.Text != "" {
		t.Error("the whole list is filtered")
	}
}

func TestTargetsDialog(t *testing.T) {
	w := withList(t)
	w.setTargets(job.ByStratum, map[string]string{"rural": "4", "urban": "", "hill": "2"})
	ts, err := w.study.Targets()
	if err != nil || len(ts) != 2 || ts[0].Label != "hill" || ts[1].Target != 4 {
		t.Fatal(ts, err)
	}
	w.setTargets(job.ByStratum, map[string]string{"rural": "many"})
	if again, _ := w.study.Targets(); len(again) != 2 || !w.asking() {
		t.Error(again)
	}
	w.unfocusedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	w.targetsDialog()
	test.Type(w.win.Canvas().Focused(), "")
	w.win.Canvas().FocusNext()
	test.Type(w.win.Canvas().Focused(), "9")
	w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if again, _ := w.study.Targets(); w.asking() || again[0].Target != 92 && again[0].Target != 29 {
		t.Error("by keyboard:", again)
	}
	var bar *view.Bar
	w.show("Overview")
	for _, o := range test.LaidOutObjects(w.body) {
		if b, ok := o.(*view.Bar); ok && bar == nil && strings.HasPrefix(b.Says(), "rural: 0 of 4") {
			bar = b
		}
	}
	if bar == nil {
		t.Fatal("there is no bar")
	}
	test.Tap(bar)
	if w.page != "Units" || w.list.index.Len() != 3 {
		t.Errorf("%s with %d rows", w.page, w.list.index.Len())
	}
}

// TestFrameGolden compares the pages about a list with those in testdata.
func TestFrameGolden(t *testing.T) {
	w := withList(t)
	if err := w.study.SetTargets(context.Background(), job.ByStratum, map[string]int{"rural": 4, "urban": 2}); err != nil {
		t.Fatal(err)
	}
	if err := w.study.SetTargets(context.Background(), job.ByForm, map[string]int{"cooperative": 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.study.SaveView("Units", job.SavedView{Name: "Mine, not interviewed"}); err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(trialList, "1,Karuna Savings Group", "1,Karuna Savings and Credit Group", 1) + "9,Tara Farmer Cooperative,,Gandaki,Pokhara,,,,,,\n"
	for name, c := range map[string]struct {
		size fyne.Size
		dark bool
		show func()
	}{
		"import-light":         {fyne.NewSize(1280, 800), false, func() { w.importing(t, more) }},
		"import-dark":          {fyne.NewSize(1024, 640), true, func() { w.importing(t, more) }},
		"import-empty":         {fyne.NewSize(1024, 640), false, func() { w.importing(t, "") }},
		"units-assigned-light": {fyne.NewSize(1280, 800), false, func() { w.show("Units"); w.list.table.MarkAll() }},
		"units-assigned-dark":  {fyne.NewSize(1024, 640), true, func() { w.show("Units"); w.list.search.SetText("karuna") }},
		"targets-light":        {fyne.NewSize(1024, 640), false, func() { w.show("Overview") }},
		"targets-dark":         {fyne.NewSize(1280, 800), true, func() { w.show("Overview"); w.targetsDialog() }},
		"views-light":          {fyne.NewSize(1024, 640), false, func() { w.show("Units"); w.list.viewsDialog() }},
	} {
		t.Run(name, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			w.looks = nil
			c.show()
			w.say("")
			w.win.Canvas().Unfocus() // no blinking cursor
			compare(t, name, w.win.Canvas().Capture())
			w.unfocusedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
			for w.win.Canvas().Overlays().Top() != nil {
				w.win.Canvas().Overlays().Remove(w.win.Canvas().Overlays().Top())
			}
		})
	}
}
