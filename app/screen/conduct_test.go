package screen

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// tapped presses the button with a text among the objects of the top dialog, or of
// the page.
func tapped(t *testing.T, w *Window, text string) {
	t.Helper()
	var root fyne.CanvasObject = w.body
	if top := w.win.Canvas().Overlays().Top(); top != nil {
		root = top
	}
	for _, o := range test.LaidOutObjects(root) {
		if b, ok := o.(*widget.Button); ok && b.Text == text {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

func focused(w *Window) fyne.Focusable { return w.win.Canvas().Focused() }

// typed writes into what has the focus and presses Enter.
func typed(w *Window, text string) {
	test.Type(focused(w), text)
	focused(w).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

// said is the remarks at the question.
func (p *interviewPage) said() string {
	var b strings.Builder
	for _, r := range p.iv.Session.Remarks(p.at) {
		b.WriteString(r + "\n")
	}
	return b.String()
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// studyOf makes a study with a form.
func studyOf(t testing.TB, form string) *job.Study {
	t.Helper()
	s, err := job.Create(context.Background(), filepath.Join(t.TempDir(), "s"), job.NewStudy{Name: "S", Countries: []string{"NPL"}, Researcher: "ana", Form: form})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNoteFlagAndBack(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	p.goTo("a_interviewer")
	p.press(fyne.KeyF2)
	typed(w, "the new secretary")
	p.press(fyne.KeyF3)
	if got := p.said(); !strings.Contains(got, "the new secretary") || p.remarkSigns("a_interviewer") == "" {
		t.Errorf("remarks %q", got)
	}
	p.press(fyne.KeyF2)
	focused(w).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.asking() {
		t.Error("Esc did not close the note")
	}
	p.press(fyne.KeyF3)
	if strings.Contains(p.said(), "1\n") {
		t.Error("the flag is still there")
	}
	p.jump("a_consent")
	p.jump("a_mode")
	p.press(fyne.KeyF7)
	if p.at != "a_consent" {
		t.Errorf("back at %s", p.at)
	}
	p.press(fyne.KeyF7)
	if p.at != "a_interviewer" {
		t.Errorf("back at %s", p.at)
	}
}

func TestUndoOnThePage(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	p.goTo("a_interviewer")
	typed(w, "A17")
	p.goTo("a_interviewer")
	p.undo()
	if v := p.iv.Session.Value("a_interviewer"); !v.Blank() || p.at != "a_interviewer" {
		t.Errorf("%v at %s", v, p.at)
	}
	p.redo()
	if v := p.iv.Session.Value("a_interviewer"); v.Text != "A17" {
		t.Errorf("%v", v)
	}
	test.Type(p.editor.focus(), "xyz")
	p.undo() // what is being typed, not the answer before
	if v := p.iv.Session.Value("a_interviewer"); v.Text != "A17" || p.editing {
		t.Errorf("%v", v)
	}
}

func TestWhySkipped(t *testing.T) {
	w := opened(t)
	w.newInterview()
	got := w.interview.whyNotAsked("b_name")
	if !strings.Contains(got, "is not asked now. Skipped") || !strings.Contains(got, "has no answer") {
		t.Errorf("said %q", got)
	}
	if got := w.interview.whyNotAsked("nonsense"); got != "No question has this number, name or words." {
		t.Errorf("said %q", got)
	}
}

func TestStopReopenAndReview(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	p.goTo("a_consent")
	test.Type(p.editor.focus(), "1")
	p.press(fyne.KeyReturn)
	id, stopped := p.iv.ID, p.at
	p.stopDialog()
	tapped(t, w, "Stop the interview")
	if w.interview != nil || w.page != "Interviews" {
		t.Fatal("the interview is on screen still")
	}
	w.openInterview(id)
	if p = w.interview; p.iv.Status() != survey.BrokenOff {
		t.Errorf("status %s", p.iv.Status())
	}
	p.goTo(stopped)
	p.confirm()
	w.show("Interviews")
	w.openInterview(id)
	if p = w.interview; p.iv.Status() != survey.InProgress {
		t.Errorf("status after an answer %s", p.iv.Status())
	}
	p.finishDialog()
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if b, ok := o.(*widget.Button); ok && strings.HasPrefix(b.Text, "Finish") {
			test.Tap(b)
			break
		}
	}
	w.openInterview(id)
	p = w.interview
	p.goTo("a_interviewer")
	typed(w, "A18") // an answer of a finished interview
	typed(w, "a slip of the pen")
	if got := p.iv.Session.Remarks("a_interviewer")[survey.RemarkReason]; got != "a slip of the pen" {
		t.Errorf("reason %q", got)
	}
	w.show("Interviews")
	w.openInterview(id)
	w.interview.reviewDialog()
	tapped(t, w, "Approve it")
	d, err := w.study.Document(id)
	if err != nil {
		t.Fatal(err)
	}
	if d.Text(survey.FieldStatus) != string(survey.Approved) || d.Text("a_interviewer") != "A18" {
		t.Errorf("status %s, interviewer %s", d.Text(survey.FieldStatus), d.Text("a_interviewer"))
	}
}

func TestDoubtIsConfirmedWithAReason(t *testing.T) {
	w := opened(t)
	w.leave()
	form := filepath.Join(t.TempDir(), "form.md")
	write(t, form, `
| survey |
| | type    | name | label             | bind::sse:warning | bind::sse:warning_message |
| | integer | n    | How many members? | . < 500           | That is a lot.            |
| | text    | next | Next?             |                   |                           |`)
	w.enter(studyOf(t, form))
	w.newInterview()
	p := w.interview
	typed(w, "900")
	if p.at != "n" || p.doubt == nil {
		t.Fatalf("at %s, doubt %v", p.at, p.doubt)
	}
	typed(w, "two villages joined")
	if p.at != "next" {
		t.Errorf("at %s", p.at)
	}
	if got := p.iv.Session.Remarks("n")[survey.RemarkBecause]; got != "two villages joined" {
		t.Errorf("because %q", got)
	}
	if ps := p.iv.Session.Problems(""); len(ps) != 0 {
		t.Errorf("problems %v", ps)
	}
}

func TestOverviewOpensTheListBehindANumber(t *testing.T) {
	w := opened(t)
	w.show("Overview")
	o, err := w.study.Overview()
	if err != nil || len(o.Groups) != 5 {
		t.Fatal(err, o)
	}
	c := o.Groups[0].Counts[0]
	w.showOnly("Status: "+c.Label, c.Interviews)
	if w.page != "Interviews" || w.only == nil {
		t.Fatal("the list does not show")
	}
	tapped(t, w, "Status: "+c.Label)
	if w.only != nil {
		t.Error("the list is still a part")
	}
}

func TestPlaceIsPickedOnTheMap(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	got := ""
	p.pickOnMap("27.7 85.3 0.0 0.0", func(s string) { got = s })
	m, ok := focused(w).(*view.Map)
	if !ok {
		t.Fatalf("the focus is on %T", focused(w))
	}
	m.LookAt(orb.Point{126.978, 37.566}, 12)
	m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if at, ok := lonLat(got); !ok || math.Abs(at.Lon()-126.978) > 1e-3 || math.Abs(at.Lat()-37.566) > 1e-3 {
		t.Errorf("picked %q", got)
	}
	if w.asking() {
		t.Error("the map is open still")
	}
	p.pickOnMap("", func(string) { t.Error("Esc picked something") })
	focused(w).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.asking() {
		t.Error("Esc did not close the map")
	}
}

func TestWhoElseHasTheName(t *testing.T) {
	w := opened(t)
	us, err := w.study.Units()
	if err != nil {
		t.Fatal(err)
	}
	w.newInterview()
	read := w.interview.whoElse()
	if got := read(strings.ToUpper(us[0].Name)); !strings.Contains(got.Words, us[0].Name) || got.Stored != strings.ToUpper(us[0].Name) {
		t.Errorf("reading %+v", got)
	}
	if got := read("Zzyzx"); got.Words != "" {
		t.Errorf("reading %+v", got)
	}
}

func TestOnlyWhatIsInDoubt(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	p.goTo("a_interviewer")
	p.flag()
	p.showFew()
	if got := p.listed(); len(got) != 1 || got[0].Field != "a_interviewer" {
		t.Errorf("listed %v", got)
	}
	p.goTo("a_mode") // stays findable though it is not listed
	p.showFew()
	if len(p.listed()) != len(p.lines) {
		t.Error("not everything is listed again")
	}
}

func TestHistoryAndNextReview(t *testing.T) {
	w := opened(t)
	id, err := w.study.NextToReview("")
	if err != nil || id == "" {
		t.Fatal(id, err)
	}
	w.openInterview(id)
	p := w.interview
	p.goTo("b_name")
	was := p.iv.Session.Value("b_name")
	if err := p.iv.Set("b_name", survey.Of("Another name")); err != nil {
		t.Fatal(err)
	}
	if err := p.iv.Remark("b_name", survey.RemarkReason, "misheard"); err != nil {
		t.Fatal(err)
	}
	p.nextReview()
	if w.interview == nil || w.interview.iv.ID == id {
		t.Error("the next one does not open")
	}
	es, err := w.study.Edits(id, "b_name")
	if err != nil || len(es) != 2 {
		t.Fatal(es, err)
	}
	if e := es[1]; e.From != was || e.To.Text != "Another name" || e.Reason != "misheard" || e.Actor == "" {
		t.Errorf("edit %+v", e)
	}
	w.openInterview(id)
	w.interview.goTo("b_name")
	w.interview.historyDialog()
	if !w.asking() {
		t.Error("the history does not show")
	}
}
