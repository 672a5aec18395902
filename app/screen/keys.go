package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// chord is a key and what is held down with it.
type chord struct {
	key         fyne.KeyName
	ctrl, shift bool // ctrl is Command on macOS
}

func ctrl(k fyne.KeyName) chord      { return chord{key: k, ctrl: true} }
func ctrlShift(k fyne.KeyName) chord { return chord{key: k, ctrl: true, shift: true} }
func function(k fyne.KeyName) chord  { return chord{key: k} }

// String writes a chord as people read it, and parseChord reads it: Ctrl+Shift+F.
func (c chord) String() string {
	if c.key == "" {
		return ""
	}
	s := string(c.key)
	if c.key == fyne.KeyReturn {
		s = "Enter"
	}
	if c.shift {
		s = "Shift+" + s
	}
	if c.ctrl {
		s = "Ctrl+" + s
	}
	return s
}

func parseChord(s string) (chord, bool) {
	var c chord
	s, c.ctrl = strings.CutPrefix(s, "Ctrl+")
	s, c.shift = strings.CutPrefix(s, "Shift+")
	if c.key = fyne.KeyName(s); s == "Enter" {
		c.key = fyne.KeyReturn
	}
	return c, c.usable()
}

// usable says whether a chord can be the key of an action: Ctrl with a letter, digit,
// arrow, sign or Enter, or a function key. All else belongs to typing, and Ctrl with
// A, C, V and X to what is marked in a text.
func (c chord) usable() bool {
	if n, err := strconv.Atoi(strings.TrimPrefix(string(c.key), "F")); err == nil && len(c.key) > 1 && c.key[0] == 'F' {
		return !c.ctrl && n >= 1 && n <= 12
	}
	if !c.ctrl {
		return false
	}
	switch c.key {
	case fyne.KeyA, fyne.KeyC, fyne.KeyV, fyne.KeyX:
		return c.shift
	case fyne.KeyReturn, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight, fyne.KeyEqual, fyne.KeyMinus, fyne.KeyComma, fyne.KeyPeriod:
		return true
	}
	return len(c.key) == 1 && (c.key[0] >= 'A' && c.key[0] <= 'Z' || c.key[0] >= '0' && c.key[0] <= '9')
}

// shortcut is how the menu shows and takes a chord.
func (c chord) shortcut() fyne.Shortcut {
	switch c {
	case chord{}:
		return nil
	case ctrl(fyne.KeyZ): // what the window makes of these
		return &fyne.ShortcutUndo{}
	case ctrl(fyne.KeyY):
		return &fyne.ShortcutRedo{}
	}
	s := &desktop.CustomShortcut{KeyName: c.key}
	if c.ctrl {
		s.Modifier |= fyne.KeyModifierShortcutDefault
	}
	if c.shift {
		s.Modifier |= fyne.KeyModifierShift
	}
	return s
}

// action is something that has a line in the menu and may have a key, which can be
// changed.
type action struct {
	id         string // under which a changed key is kept
	first, now chord
	do         func()
	item       *fyne.MenuItem
	menu       string
}

// actions are those of the menu, in its order.
type actions struct {
	all []*action
	// catch takes the next chord in place of what it does, while a new key is asked for.
	catch func(chord)
}

// keysKept is where changed keys are kept: id=chord, the chord blank for none.
const keysKept = "keys"

// act makes a line of the menu with its key. The id stays when the label changes.
func (w *Window) act(id, label string, first chord, do func()) *fyne.MenuItem {
	a := &action{id: id, first: first, now: first, do: do}
	a.item = fyne.NewMenuItem(label, func() { w.run(a) })
	w.actions.all = append(w.actions.all, a)
	return a.item
}

func (w *Window) run(a *action) {
	if catch := w.actions.catch; catch != nil && a.now.key != "" {
		catch(a.now)
		return
	}
	a.do()
}

// functionKey does what a function key means. It returns false where it means
// nothing.
func (w *Window) functionKey(k fyne.KeyName, shift bool) bool {
	for _, a := range w.actions.all {
		if a.now == (chord{key: k, shift: shift}) {
			w.run(a)
			return true
		}
	}
	return false
}

// name tells the actions in which menu they stand.
func (s *actions) name(m *fyne.MainMenu) {
	for _, menu := range m.Items {
		for _, a := range s.all {
			if slices.Contains(menu.Items, a.item) {
				a.menu = menu.Label
			}
		}
	}
}

// recallKeys gives actions the keys that were chosen.
func (s *actions) recallKeys() {
	for _, kept := range fyne.CurrentApp().Preferences().StringList(keysKept) {
		id, text, _ := strings.Cut(kept, "=")
		c, ok := parseChord(text)
		for _, a := range s.all {
			if a.id == id && (ok || text == "") {
				a.now = c
			}
		}
	}
	s.show()
}

// show writes the keys into the menu.
func (s *actions) show() {
	for _, a := range s.all {
		a.item.Shortcut = a.now.shortcut()
	}
}

// change gives an action another key; an action that had it gets the old one, and is
// returned.
func (s *actions) change(a *action, to chord) (swapped *action, err error) {
	if to.key != "" && !to.usable() {
		return nil, fmt.Errorf("%s cannot be the key of an action; take Ctrl with a letter or a digit, or one of F1 to F12", to)
	}
	for _, b := range s.all {
		if to.key != "" && b != a && b.now == to {
			b.now, swapped = a.now, b
		}
	}
	a.now = to
	s.keep()
	return swapped, nil
}

// reset gives every action the key it had at first.
func (s *actions) reset() {
	for _, a := range s.all {
		a.now = a.first
	}
	s.keep()
}

func (s *actions) keep() {
	kept := []string{}
	for _, a := range s.all {
		if a.now != a.first {
			kept = append(kept, a.id+"="+a.now.String())
		}
	}
	fyne.CurrentApp().Preferences().SetStringList(keysKept, kept)
	s.show()
}

// named finds an action.
func (s *actions) named(id string) *action {
	if i := slices.IndexFunc(s.all, func(a *action) bool { return a.id == id }); i >= 0 {
		return s.all[i]
	}
	return nil
}

// keyHint writes the key of an action into a text with one %s; "" where it has none.
func (w *Window) keyHint(id, text string) string {
	if a := w.actions.named(id); a != nil && a.now.key != "" {
		return fmt.Sprintf(text, a.now)
	}
	return ""
}
