package screen

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sselandscape/survey"
)

func TestChords(t *testing.T) {
	for _, c := range []struct {
		text string
		want chord
		ok   bool
	}{
		{"Ctrl+N", ctrl(fyne.KeyN), true},
		{"Ctrl+Shift+F", ctrlShift(fyne.KeyF), true},
		{"Ctrl+Enter", ctrl(fyne.KeyReturn), true},
		{"F12", function(fyne.KeyF12), true},
		{"Shift+F5", chord{key: fyne.KeyF5, shift: true}, true},
		{"Ctrl+=", ctrl(fyne.KeyEqual), true},
		{"Ctrl+Shift+C", ctrlShift(fyne.KeyC), true},
		{"Ctrl+C", ctrl(fyne.KeyC), false},
		{"N", chord{key: fyne.KeyN}, false},
		{"F", chord{key: fyne.KeyF}, false},
		{"F13", chord{key: "F13"}, false},
		{"Ctrl+F1", ctrl(fyne.KeyF1), false},
		{"Enter", chord{key: fyne.KeyReturn}, false},
		{"", chord{}, false},
	} {
		got, ok := parseChord(c.text)
		if got != c.want || ok != c.ok || got.String() != c.text {
			t.Errorf("%q: %v %v, written %q", c.text, got, ok, got)
		}
	}
}

// TestKeysAreApart finds two actions with one key, an action without a menu, and keys
// that may not be used.
func TestKeysAreApart(t *testing.T) {
	w := opened(t)
	seen, ids := map[chord]string{}, map[string]bool{}
	for _, a := range w.actions.all {
		if a.menu == "" || ids[a.id] {
			t.Errorf("%s: menu %q, twice: %v", a.id, a.menu, ids[a.id])
		}
		ids[a.id] = true
		if a.first.key == "" {
			continue
		}
		if !a.first.usable() || seen[a.first] != "" {
			t.Errorf("%s has %s, as %q", a.id, a.first, seen[a.first])
		}
		seen[a.first] = a.id
	}
}

// TestChangeKey gives an action the key of another, uses it, finds it again after a
// start, and puts all back.
func TestChangeKey(t *testing.T) {
	w := opened(t)
	w.newInterview()
	p := w.interview
	p.goTo("a_consent")
	test.Type(focused(w), "1")
	p.press(fyne.KeyReturn)
	p.goTo("b_year")
	p.press(fyne.KeyF1)
	typed(w, "don't know")                                // finds the action
	focused(w).TypedKey(&fyne.KeyEvent{Name: fyne.KeyF9}) // is that of the languages
	if l := w.actions.named("interview.language"); l.now != function(fyne.KeyF4) {
		t.Errorf("the languages have %s", l.now)
	}
	p.press(fyne.KeyF9)
	if v := p.iv.Session.Value("b_year"); v.Special != survey.DontKnow {
		t.Errorf("F9 gave %v", v)
	}
	w.newKeyDialog(w.actions.named("interview.flag"))
	focused(w).(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierShortcutDefault})
	if !w.asking() || w.actions.named("interview.flag").now != function(fyne.KeyF3) {
		t.Error("Ctrl+C was taken")
	}
	focused(w).TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if w.actions.named("interview.flag").now.key != "" {
		t.Error("the key was not taken away")
	}
	if focused(w) != p.editor.focus() {
		t.Error("the question has lost the keys")
	}
	again := Show(test.NewTempWindow(t, nil), "")
	for id, want := range map[string]string{"interview.dontknow": "F9", "interview.language": "F4", "interview.flag": "", "interview.note": "F2"} {
		if got := again.actions.named(id).now.String(); got != want {
			t.Errorf("after a start %s has %q", id, got)
		}
	}
	again.actions.reset()
	if kept := fyne.CurrentApp().Preferences().StringList(keysKept); len(kept) != 0 {
		t.Errorf("kept %v", kept)
	}
	if !slices.ContainsFunc(again.actions.all, func(a *action) bool { return a.now == function(fyne.KeyF3) }) {
		t.Error("F3 did not come back")
	}
}

// TestMenuKeyWhileAsked takes a key of the menu for the new key instead of doing what
// it does.
func TestMenuKeyWhileAsked(t *testing.T) {
	w := opened(t)
	w.newKeyDialog(w.actions.named("list.header"))
	w.actions.named("page.map").item.Action()
	if w.page == "Map" || w.actions.named("list.header").now != ctrl(fyne.Key4) || w.actions.named("page.map").now.key != "" {
		t.Errorf("page %s, header %s, map %s", w.page, w.actions.named("list.header").now, w.actions.named("page.map").now)
	}
}
