package screen

import (
	"testing"

	"sselandscape/app/job"
	"sselandscape/survey"
)

// TestEraseInWindow erases an answer at its question, and then the organization from the
// list; without a reason, and where the second question is answered no, nothing.
func TestEraseInWindow(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	id, unit := p.iv.ID, p.iv.Unit
	p.goTo("a_interviewer")
	typed(w, "Tara Secret")
	if err := p.iv.Finish(t.Context(), survey.Completed); err != nil {
		t.Fatal(err)
	}
	text := func() string {
		d, err := w.study.Document(id)
		if err != nil {
			t.Fatal(err)
		}
		return d.Text("a_interviewer")
	}
	w.openInterview(id)
	w.interview.goTo("a_interviewer")
	if all, err := w.erasables(); err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	w.eraseDialog()
	tapped(t, w, "See what goes …")
	wantShown(t, w, "say why first")
	w.win.Canvas().Overlays().Top().Hide()

	eraseIn(t, w, 0, "Erase nothing")
	if text() != "Tara Secret" {
		t.Fatal("erased all the same")
	}
	eraseIn(t, w, 0, "")
	if text() != "" || w.interview == nil || w.interview.iv.ID != id {
		t.Error("not erased, or the interview is not open", text())
	}

	w.show("Units")
	for i, r := range w.list.rows {
		if r.id == unit {
			w.list.table.SetCurrent(i)
		}
	}
	before := len(w.list.rows)
	eraseIn(t, w, 0, "")
	if d, err := w.study.Document(unit); err != nil || !d.Deleted() {
		t.Error("the organization is still here", err)
	}
	if d, err := w.study.Document(id); err != nil || !d.Deleted() {
		t.Error("its interview is still here", err)
	}
	if w.page != "Units" || len(w.list.rows) != before-1 {
		t.Error("the list still has it", w.page, len(w.list.rows))
	}
}

// eraseIn erases what the dialog offers under a number, or leaves it by a button.
func eraseIn(t *testing.T, w *Window, i int, button string) {
	t.Helper()
	all, err := w.erasables()
	if err != nil || len(all) <= i {
		t.Fatal(all, err)
	}
	x := all[i]
	x.what.Reason = "withdrew consent"
	plan, err := w.study.PlanErase(t.Context(), x.what)
	if err != nil {
		t.Fatal(err)
	}
	w.askErase(x, plan)
	wantShown(t, w, job.ErasureSentence(plan), "brings it back", "[Erase for good]")
	if button != "" {
		tapped(t, w, button)
		return
	}
	w.win.Canvas().Overlays().Top().Hide()
	w.show(w.page)
	if _, err := w.study.Erase(t.Context(), x.what); err != nil {
		t.Fatal(err)
	}
	x.again()
}
