package screen

import (
	"strings"
	"testing"
)

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{"NPL - Karuna": "NPL - Karuna", "a/b:c?": "a-b-c", " .. ": "print", "करुणा": "करुणा", strings.Repeat("x", 99): strings.Repeat("x", 60)} {
		if got := fileName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// TestPrintMenu chooses both lines of the menu that print: each asks for a file
// first, and the interview only where one is held.
func TestPrintMenu(t *testing.T) {
	w := opened(t)
	choose := func(label string) {
		t.Helper()
		for _, m := range w.win.MainMenu().Items {
			for _, it := range m.Items {
				if it.Label == label {
					it.Action()
					return
				}
			}
		}
		t.Fatalf("there is no line %q", label)
	}
	choose("Print the interview …")
	if w.asking() {
		t.Error("it prints where no interview is held")
	}
	choose("Print the blank form …")
	if !w.asking() {
		t.Error("it does not ask where to write the form")
	}
	w.win.Canvas().Overlays().Top().Hide()
	w.newInterview()
	choose("Print the interview …")
	if !w.asking() {
		t.Error("it does not ask where to write the interview")
	}
}
