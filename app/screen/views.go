package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// wholeList is what the choice of views calls the list as it is at first.
const wholeList = "All, as at first"

// viewSelect chooses among the views that are kept; nil if there are none.
func (l *list) viewSelect() fyne.CanvasObject {
	vs, err := l.w.study.Views(l.name)
	if err != nil {
		l.w.fail(err)
	}
	if len(vs) == 0 {
		return nil
	}
	options := []string{wholeList}
	for _, v := range vs {
		options = append(options, v.Name)
	}
	s := widget.NewSelect(options, nil)
	s.PlaceHolder = "View"
	s.Selected = l.look.view
	s.OnChanged = func(name string) {
		i := slices.IndexFunc(vs, func(v job.SavedView) bool { return v.Name == name })
		if i < 0 {
			l.w.look(l.name, newLook())
			return
		}
		l.showView(vs[i])
	}
	return container.NewGridWrap(fyne.NewSize(124*textZoom(), s.MinSize().Height), s)
}

// showView makes the list look as it did when the view was kept.
func (l *list) showView(v job.SavedView) {
	k := newLook()
	k.view, k.query, k.desc = v.Name, v.Query, v.Desc
	for i, c := range l.columns {
		if texts, ok := v.Filters[c.Title]; ok {
			k.filters[i] = slices.Clone(texts)
		}
		if c.Title == v.Sort {
			k.by = i
		}
		k.hidden[i] = slices.Contains(v.Hidden, c.Title)
		k.widths[i] = v.Widths[c.Title]
	}
	l.w.look(l.name, k)
}

// look shows a list in another way.
func (w *Window) look(name string, k *listLook) {
	w.leaveList()
	w.looks[name] = k
	w.turnTo(name)
}

// asView is how the list looks now.
func (l *list) asView(name string) job.SavedView {
	l.keep()
	v := job.SavedView{Name: name, Query: l.look.query, Desc: l.look.desc, Filters: map[string][]string{}, Widths: map[string]float32{}}
	for i, c := range l.columns {
		if texts := l.look.filters[i]; len(texts) > 0 {
			v.Filters[c.Title] = slices.Clone(texts)
		}
		if l.look.by == i {
			v.Sort = c.Title
		}
		if l.look.hidden[i] {
			v.Hidden = append(v.Hidden, c.Title)
		}
		if w := l.look.widths[i]; w > 0 {
			v.Widths[c.Title] = w
		}
	}
	return v
}

// viewsDialog keeps how the list looks under a name, and shows, renames and deletes
// what was kept.
func (l *list) viewsDialog() {
	w := l.w
	vs, err := w.study.Views(l.name)
	if err != nil {
		w.fail(err)
		return
	}
	name := view.NewField(false)
	name.SetPlaceHolder("Name of the view, such as Mine to do")
	name.SetText(l.look.view)
	box := container.NewVBox(wrapped("The search, the filters, the order and the columns as they are now are kept on this laptop."))
	var d *dialog.CustomDialog
	keep := widget.NewButtonWithIcon("Keep this view", theme.DocumentSaveIcon(), func() {
		v := l.asView(name.Text)
		if err := w.study.SaveView(l.name, v); err != nil {
			w.fail(err)
			return
		}
		d.Hide()
		l.look.view = v.Name
		w.turnTo(l.name)
		w.say("✓ Kept the view %s.", v.Name)
	})
	keep.Importance = widget.HighImportance
	name.Keys = func(k fyne.KeyName, _ bool) bool {
		switch k {
		case fyne.KeyReturn, fyne.KeyEnter:
			keep.OnTapped()
		case fyne.KeyEscape:
			d.Hide()
		default:
			return false
		}
		return true
	}
	box.Add(container.NewBorder(nil, nil, nil, keep, name))
	for _, v := range vs {
		box.Add(l.viewLine(v, name, func() { d.Hide() }))
	}
	d = dialog.NewCustom("Views of "+l.name, "Close", container.NewVScroll(box), w.win)
	d.Resize(fyne.NewSize(620, min(480, 260+46*float32(len(vs)))))
	d.Show()
	w.win.Canvas().Focus(name)
}

// viewLine is a view with what can be done with it; Rename gives it the name in the
// field.
func (l *list) viewLine(v job.SavedView, name *view.Field, hide func()) fyne.CanvasObject {
	w := l.w
	done := func(err error, said string) {
		if err != nil {
			w.fail(err)
			return
		}
		hide()
		l.look.view = ""
		w.turnTo(l.name)
		w.say("%s", said)
	}
	show := widget.NewButtonWithIcon(v.Name, theme.VisibilityIcon(), func() { hide(); l.showView(v) })
	show.Alignment = widget.ButtonAlignLeading
	return container.NewBorder(nil, nil, nil, container.NewHBox(
		widget.NewButton("Rename to the name above", func() {
			done(w.study.RenameView(l.name, v.Name, name.Text), "✓ Renamed to "+name.Text+".")
		}),
		widget.NewButtonWithIcon("Delete", theme.DeleteIcon(), func() {
			done(w.study.DeleteView(l.name, v.Name), "Deleted the view "+v.Name+". No interview and no unit was touched.")
		})), show)
}

// columnsDialog chooses which columns show; the first one always does.
func (l *list) columnsDialog() {
	var titles, on []string
	at := map[string]int{}
	for i, c := range l.columns {
		if i > 0 && !c.unseen {
			titles = append(titles, c.Title)
			at[c.Title] = i
			if !l.look.hidden[i] {
				on = append(on, c.Title)
			}
		}
	}
	group := widget.NewCheckGroup(titles, nil)
	group.SetSelected(on)
	d := dialog.NewCustomConfirm("Columns", "Show these columns", "Not now", group, func(ok bool) {
		if !ok {
			return
		}
		l.keep()
		k := l.look
		for title, i := range at {
			k.hidden[i] = !slices.Contains(group.Selected, title)
		}
		l.w.turnTo(l.name)
	}, l.w.win)
	d.Show()
	l.w.focusIn(group)
}

// focusIn gives the keys to the first part of a dialog that takes them.
func (w *Window) focusIn(o fyne.CanvasObject) {
	if f, ok := firstFocusable(o); ok {
		w.win.Canvas().Focus(f)
	}
}

func firstFocusable(o fyne.CanvasObject) (fyne.Focusable, bool) {
	if f, ok := o.(fyne.Focusable); ok {
		return f, true
	}
	switch c := o.(type) {
	case *fyne.Container:
		for _, x := range c.Objects {
			if f, ok := firstFocusable(x); ok {
				return f, true
			}
		}
	case fyne.Widget:
		for _, x := range c.CreateRenderer().Objects() {
			if f, ok := firstFocusable(x); ok {
				return f, true
			}
		}
	}
	return nil, false
}
