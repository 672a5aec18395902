package screen

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

const koboTable = `_uuid;a_consent;b_name;c_country;b_year;village head;_submission_time
5f0c8f9e-1111-4222-8333-944455566601;yes;Karuna Savings Group;NPL;2001;Sita;2026-03-01T10:00:00
5f0c8f9e-1111-4222-8333-944455566602;yes;महिला सहकारी;Nepal;20x1;;2026-03-01T11:00:00
;yes;Nobody;NPL;2001;;2026-03-01T12:00:00
`

// submitted shows the page with a file of interviews.
func (w *Window) submitted(t *testing.T, text string, o job.InterviewOptions) *interviewsImport {
	t.Helper()
	p := w.newInterviewsImport()
	w.leaveInterview()
	w.page = interviewsTitle
	w.drawRail()
	w.put(p.page())
	p.file, p.options = filepath.Join(t.TempDir(), "kobo.csv"), o
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.compared(t)
	return p
}

func (p *interviewsImport) compared(t *testing.T) {
	t.Helper()
	var err error
	if p.plan, err = p.w.study.PlanInterviews(context.Background(), p.file, p.options, nil); err != nil {
		t.Fatal(err)
	}
	p.path.SetText("/home/ana/kobo/kobo.csv")
	p.show()
}

func TestInterviewsPage(t *testing.T) {
	w := opened(t)
	p := w.submitted(t, koboTable, job.InterviewOptions{})
	if p.add.Text != "Add 2 interviews" || p.add.Disabled() {
		t.Error(p.add.Text)
	}
	copyLines(p.w, p.lines)
	text := fyne.CurrentApp().Clipboard().Content()
	for _, want := range []string{"3\tproblem\tb_year: \"20x1\" is no answer", "4\tproblem\tit has no id"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	first := func() *widget.Select {
		for _, o := range test.LaidOutObjects(p.columns) {
			if s, ok := o.(*widget.Select); ok {
				return s
			}
		}
		t.Fatal("no column can be given to a question")
		return nil
	}
	if s := first(); s.Selected != useNothing || !strings.Contains(strings.Join(s.Options, " "), "b_name_local") {
		t.Error(s.Selected, s.Options)
	}
	p.options.Map = [][2]string{{"village head", "b_name_local"}}
	p.compared(t)
	if len(p.plan.Unknown()) != 0 {
		t.Error(p.plan.Unknown())
	}
	batch, err := p.plan.Apply(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p.compared(t)
	if p.add.Text != "Nothing to add" || !p.add.Disabled() {
		t.Error(p.add.Text)
	}
	if err := w.study.Undo(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	p.compared(t)
	if p.add.Text != "Add 2 interviews" {
		t.Error(p.add.Text)
	}
}

// TestInterviewsGolden compares the page with those in testdata.
func TestInterviewsGolden(t *testing.T) {
	w := opened(t)
	for name, c := range map[string]struct {
		size fyne.Size
		dark bool
		text string
	}{
		"interviews-import-light": {fyne.NewSize(1280, 800), false, koboTable},
		"interviews-import-dark":  {fyne.NewSize(1024, 640), true, koboTable},
	} {
		t.Run(name, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			w.submitted(t, c.text, job.InterviewOptions{})
			w.say("")
			w.win.Canvas().Unfocus() // no blinking cursor
			compare(t, name, w.win.Canvas().Capture())
		})
	}
}
