package screen

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// press types keys into what has the focus.
func (w *Window) press(keys ...fyne.KeyName) {
	for _, k := range keys {
		w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
	}
}

// shortcut does what the menu does for a key with Ctrl.
func (w *Window) shortcut(t *testing.T, k fyne.KeyName) {
	t.Helper()
	want := (&desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault}).ShortcutName()
	for _, m := range w.menu().Items {
		for _, it := range m.Items {
			if it.Shortcut != nil && it.Shortcut.ShortcutName() == want {
				it.Action()
				return
			}
		}
	}
	t.Fatalf("no line of the menu has Ctrl+%s", k)
}

// has says which part of the list has the focus.
func (w *Window) has() string {
	switch w.win.Canvas().Focused() {
	case fyne.Focusable(w.list.table):
		return "table"
	case fyne.Focusable(w.list.search):
		return "search"
	case fyne.Focusable(w.list.chips):
		return "filters"
	}
	return "other"
}

func TestListByKeyboard(t *testing.T) {
	w := opened(t)
	l := w.list
	at := func(focus string, shown int) {
		t.Helper()
		if w.has() != focus || l.index.Len() != shown {
			t.Fatalf("%s has the focus, %d shown; want %s and %d", w.has(), l.index.Len(), focus, shown)
		}
	}
	all := len(l.rows)
	name := strings.Fields(l.rows[all-1].cells[0].Text)[0] // of a country record, the last
	matching := func(s string) int {
		return len(slices.DeleteFunc(slices.Clone(l.rows), func(r listRow) bool {
			return !slices.ContainsFunc(r.cells, func(c view.Cell) bool { return strings.Contains(strings.ToLower(c.Text), strings.ToLower(s)) })
		}))
	}
	at("table", all)
	test.Type(w.win.Canvas().Focused(), "x") // a letter begins a search
	test.Type(w.win.Canvas().Focused(), "yzzy")
	at("search", 0)
	w.press(fyne.KeyEscape)
	at("search", all)
	test.Type(w.win.Canvas().Focused(), strings.ToUpper(name))
	at("search", matching(name))
	w.press(fyne.KeyDown)
	at("table", matching(name))
	w.press(fyne.KeyEscape)
	at("table", all)
	w.shortcut(t, fyne.KeyG)
	w.press(fyne.KeyReturn)
	first := l.facets[0][0]
	at("filters", matching(first))
	if want := fmt.Sprintf("%d of %d", l.index.Len(), all); l.count.Text != want {
		t.Errorf("it says %q, want %q", l.count.Text, want)
	}
	w.press(fyne.KeyEnd, fyne.KeyDown)
	at("table", matching(first))
	w.shortcut(t, fyne.KeyK)
	at("table", all)
	w.shortcut(t, fyne.KeyF)
	at("search", all)
	test.Type(w.win.Canvas().Focused(), " ")
	w.press(fyne.KeyPageDown, fyne.KeyReturn)
	if w.interview == nil || w.interview.iv.ID != l.rows[l.table.Current()].id {
		t.Error("Enter in the search did not open the row with the cursor")
	}
}

// TestListLook leaves a list and comes back: search, filters, order, widths and
// cursor are as they were.
func TestListLook(t *testing.T) {
	w := opened(t)
	w.press(fyne.KeyUp, fyne.KeyReturn, fyne.KeyReturn, fyne.KeyRight)
	test.Type(w.win.Canvas().Focused(), "+")
	w.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
	w.list.toggle(0, 0, true)
	w.list.search.SetText("a")
	was, current := order(w.list), w.list.rows[w.list.table.Current()].id
	widths := w.list.table.Widths()
	w.press(fyne.KeyReturn)
	if w.interview == nil {
		t.Fatal("no interview was opened")
	}
	w.show("Units")
	if by, _ := w.list.table.Sorted(); by != -1 || w.list.search.Text != "" {
		t.Errorf("the other list looks like the first")
	}
	w.show("Interviews")
	if by, desc := w.list.table.Sorted(); by != 0 || !desc {
		t.Errorf("sorted by %d %v", by, desc)
	}
	if d := cmp.Diff(was, order(w.list)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(widths, w.list.table.Widths()); d != "" || widths[1] == 0 {
		t.Errorf("widths %v %s", widths, d)
	}
	if got := w.list.rows[w.list.table.Current()].id; got != current {
		t.Errorf("the cursor is at %s, was at %s", got, current)
	}
}

// TestKeysDoNotReachPagesThatAreGone goes from a list to a page without one.
func TestKeysDoNotReachPagesThatAreGone(t *testing.T) {
	w := opened(t)
	gone := w.list.table
	for _, p := range []string{"Merge", "Conflicts", "Export"} {
		w.show(p)
		if w.list != nil || w.win.Canvas().Focused() == fyne.Focusable(gone) {
			t.Errorf("on %s the list has the keys still", p)
		}
	}
}

func order(l *list) []string {
	var out []string
	for i := range l.index.Len() {
		out = append(out, l.rows[l.index.Row(i)].id)
	}
	return out
}

func TestUnitsShowTheirCard(t *testing.T) {
	w := opened(t)
	w.show("Units")
	w.press(fyne.KeyDown)
	id := w.list.rows[w.list.table.Current()].id
	w.press(fyne.KeyReturn)
	if w.interview == nil {
		t.Fatal("Enter opened nothing")
	}
	if got := w.interview.iv.Unit; got != id {
		t.Errorf("opened an interview about %s, want %s", got, id)
	}
}

// TestEmptyStudy has no table, but says how to begin.
func TestEmptyStudy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s, err := job.Create(context.Background(), dir, job.NewStudy{Name: "Empty", Countries: []string{"NPL"}, Researcher: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(t, nil), dir)
	t.Cleanup(w.close)
	if w.list == nil || w.list.count.Text != "0 of 0" {
		t.Fatal("the list does not show")
	}
	for _, p := range []string{"Units", "Interviews"} {
		w.show(p)
		for _, k := range []fyne.KeyName{fyne.KeyF, fyne.KeyG, fyne.KeyK} {
			w.shortcut(t, k)
		}
	}
	w.shortcut(t, fyne.KeyN)
	if w.interview == nil {
		t.Error("Ctrl+N starts nothing")
	}
}
