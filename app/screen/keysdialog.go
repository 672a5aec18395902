package screen

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// fixedKeys are those that belong to typing and moving; they cannot be changed.
const fixedKeys = "**In an interview.** Enter: confirm, next · Shift+Enter: back · 1–9, two digits within 0.6 s: pick a choice · letters in a list: jump to the choice · Space: toggle · PgUp, PgDn: section · Esc: back to the list; answers are on disk already\n" +
	"**In a list.** Letters: search · Enter: open · Space, Shift+arrows, Ctrl+A: mark · ↑ in the first row: header, where Enter sorts, + and - change the width"

// keysDialog lists all keys, finds one by words, and changes it. In an interview it
// begins with the guidance to the question.
func (w *Window) keysDialog() {
	var items []view.Choice
	for _, a := range w.actions.all {
		label := strings.TrimSuffix(a.item.Label, " …")
		if a.now.key != "" {
			label = a.now.String() + " · " + label
		}
		items = append(items, view.Choice{Name: a.id, Label: label + " · " + a.menu})
	}
	search := view.NewChoiceSearch(job.Face(), items, false, nil)
	search.List.SetLook(view.Look{Tall: max(100, min(418, w.win.Canvas().Size().Height-360))})
	top := container.New(&view.Column{Gap: 8})
	if p := w.interview; p != nil {
		if g := p.iv.Session.Guidance(p.at, p.lang); g != "" {
			top.Add(view.NewParagraph(job.Face(), g, 14, false, theme.ColorNameForeground))
		}
	}
	top.Add(view.NewParagraph(job.Face(), fixedKeys, 13.5, false, theme.ColorNameForeground))
	top.Add(view.NewParagraph(job.Face(), "Choose an action to give it another key:", 13.5, true, theme.ColorNamePrimary))
	d := dialog.NewCustomWithoutButtons("Keys", container.NewBorder(top, nil, nil, nil, search.Object()), w.win)
	close := func() {
		d.Hide()
		w.refocus()
	}
	d.SetButtons([]fyne.CanvasObject{
		widget.NewButton("Guide: your first interview", func() { close(); w.showGuide() }),
		widget.NewButton("All keys as at first", func() {
			w.actions.reset()
			w.win.SetMainMenu(w.win.MainMenu())
			close()
			w.say("All keys are as at first.")
		}),
		widget.NewButton("Close", close)})
	search.Keys = escape(close)
	search.List.Changed = func(names []string) {
		d.Hide()
		w.newKeyDialog(w.actions.named(names[0]))
	}
	d.Resize(fyne.NewSize(720, min(600, w.win.Canvas().Size().Height-40)))
	d.Show()
	w.win.Canvas().Focus(search.Field)
}

// refocus gives the keys back to the page.
func (w *Window) refocus() {
	switch {
	case w.interview != nil && w.interview.editor != nil:
		w.win.Canvas().Focus(w.interview.editor.focus())
	case w.list != nil:
		w.list.focus(w.list.table)
	}
}

// newKeyDialog waits for the new key of an action.
func (w *Window) newKeyDialog(a *action) {
	name := strings.TrimSuffix(a.item.Label, " …")
	catcher := newKeyCatcher()
	text := "Press the new key of “" + name + "”: Ctrl with a letter or a digit, or one of F1 to F12.\n\nEsc leaves it as it is, Backspace takes its key away."
	d := dialog.NewCustom("Another key", "Leave it as it is", container.NewStack(catcher, view.NewParagraph(job.Face(), text, 15, false, theme.ColorNameForeground)), w.win)
	d.SetOnClosed(func() { w.actions.catch = nil; w.refocus() })
	caught := func(c chord) {
		if c.key == fyne.KeyEscape {
			d.Hide()
			return
		}
		if c.key == fyne.KeyBackspace {
			c = chord{}
		}
		swapped, err := w.actions.change(a, c)
		if err != nil {
			w.say("%s.", strings.TrimSuffix(sentence(err), "."))
			return
		}
		d.Hide()
		w.win.SetMainMenu(w.win.MainMenu()) // shows the new keys
		switch {
		case swapped != nil && swapped.now.key == "":
			w.say("%s is the key of “%s” now; “%s” has none.", c, name, swapped.item.Label)
		case swapped != nil:
			w.say("%s is the key of “%s” now; “%s” has %s.", c, name, swapped.item.Label, swapped.now)
		case c.key == "":
			w.say("“%s” has no key now.", name)
		default:
			w.say("%s is the key of “%s” now.", c, name)
		}
	}
	catcher.caught, w.actions.catch = caught, caught
	d.Resize(fyne.NewSize(560, 240))
	d.Show()
	w.win.Canvas().Focus(catcher)
}

// keyCatcher takes any key.
type keyCatcher struct {
	widget.BaseWidget
	caught func(chord)
}

func newKeyCatcher() *keyCatcher {
	c := &keyCatcher{}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *keyCatcher) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// FocusGained implements fyne.Focusable.
func (c *keyCatcher) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (c *keyCatcher) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (c *keyCatcher) TypedRune(rune) {}

// AcceptsTab implements fyne.Tabbable.
func (c *keyCatcher) AcceptsTab() bool { return true }

// TypedKey implements fyne.Focusable.
func (c *keyCatcher) TypedKey(e *fyne.KeyEvent) {
	if k := (chord{key: e.Name, shift: view.ShiftHeld()}); k.usable() || e.Name == fyne.KeyEscape || e.Name == fyne.KeyBackspace {
		if !k.usable() {
			k.shift = false
		}
		c.caught(k)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (c *keyCatcher) TypedShortcut(s fyne.Shortcut) {
	if k, ok := s.(fyne.KeyboardShortcut); ok {
		c.caught(chord{k.Key(), k.Mod()&fyne.KeyModifierShortcutDefault != 0, k.Mod()&fyne.KeyModifierShift != 0})
	}
}
