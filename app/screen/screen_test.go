package screen

import (
	"context"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// opened makes a small example and shows it in a window in memory.
func opened(t *testing.T) *Window {
	t.Helper()
	made, err := job.Example(context.Background(), filepath.Join(t.TempDir(), "s"), job.ExampleOptions{Units: 6, Researchers: 2})
	if err != nil {
		t.Fatal(err)
	}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(t, nil), made.Study)
	t.Cleanup(w.close)
	if w.study == nil {
		t.Fatal("the study did not open")
	}
	return w
}

func TestEveryPageShows(t *testing.T) {
	w := opened(t)
	for _, p := range pages() {
		w.show(p.name)
		if w.page != p.name || len(w.body.Objects) != 1 {
			t.Errorf("%s does not show", p.name)
		}
	}
	w.leave()
	if w.study != nil {
		t.Error("the study is open still")
	}
}

func (p *interviewPage) press(k fyne.KeyName) { p.keys(k, false) }

// TestInterviewByKeyboard answers, goes back, breaks a constraint, says don't know
// and finds the answers in the study.
func TestInterviewByKeyboard(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	at := func(want survey.Field) {
		t.Helper()
		if p.at != want {
			t.Fatalf("at %s, want %s", p.at, want)
		}
	}
	at("a_version")
	p.press(fyne.KeyReturn)
	at("a_interviewer")
	test.Type(p.editor.focus(), "a!")
	p.press(fyne.KeyReturn)
	at("a_interviewer") // says what is wrong, once
	p.press(fyne.KeyReturn)
	at("a_frame") // and lets go, marked
	if got := p.mark("a_interviewer", p.iv.Session.Program().Form.ByRole("interviewer")); got != "✗" {
		t.Errorf("mark %s", got)
	}
	p.keys(fyne.KeyReturn, true)
	at("a_interviewer")
	p.press(fyne.KeyF8)
	p.goTo("a_consent")
	test.Type(p.editor.focus(), "1")
	p.press(fyne.KeyReturn)
	at("a_consent_form")
	p.goTo("b_year")
	p.press(fyne.KeyF4)
	at("b_status")
	if v := p.iv.Session.Value("b_year"); v.Special != survey.DontKnow {
		t.Errorf("b_year %v", v)
	}
	p.goTo("b_year")
	test.Type(p.editor.focus(), "nineteen")
	if p.leave() {
		t.Error("a word was taken for a year")
	}
	p.press(fyne.KeyPageDown)
	id := p.iv.ID
	w.show("Interviews")
	iv, err := w.study.Interview(id)
	if err != nil {
		t.Fatal(err)
	}
	if v := iv.Session.Value("a_consent").Text; v != "yes" {
		t.Errorf("a_consent %q on disk", v)
	}
}

func TestFind(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	for text, want := range map[string]survey.Field{"A6": "a_consent", "a_mode": "a_mode", "language of": "a_language"} {
		if found := p.find(text); len(found) == 0 || found[0].Field != want {
			t.Errorf("%q: %v", text, found)
		}
	}
	if found := p.find("no such thing"); len(found) != 0 {
		t.Errorf("%v", found)
	}
}

func TestFolderName(t *testing.T) {
	for in, want := range map[string]string{"Nepal 2026": "Nepal 2026", "a/b:c": "a-b-c", "..": "Study", "  ": "Study", "नेपाल": "नेपाल"} {
		if got := folderName(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestKeysInTheMenuAreUnique(t *testing.T) {
	w := opened(t)
	seen := map[string]string{}
	for _, m := range w.menu().Items {
		for _, it := range m.Items {
			if it.Shortcut == nil {
				continue
			}
			name := it.Shortcut.ShortcutName()
			if other, twice := seen[name]; twice {
				t.Errorf("%s and %s share %s", other, it.Label, name)
			}
			seen[name] = it.Label
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d keys", len(seen))
	}
}
