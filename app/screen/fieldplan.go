package screen

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey/table"
)

// inUnits is the list of units if it is shown, else it goes there.
func (w *Window) inUnits() *list {
	if w.page != "Units" || w.list == nil || w.interview != nil {
		w.show("Units")
	}
	return w.list
}

// chosenUnits are the ids of the units that are marked, or else of the one at the
// cursor.
func (l *list) chosenUnits() []string {
	rows := l.table.Marked()
	if len(rows) == 0 && l.table.Current() >= 0 {
		rows = []int{l.table.Current()}
	}
	var out []string
	for _, r := range rows {
		out = append(out, l.rows[r].id)
	}
	return out
}

// interviewUnit opens the newest interview of the unit at the cursor, or begins one.
func (w *Window) interviewUnit() {
	if l := w.inUnits(); l.table.Current() >= 0 {
		l.table.OnOpen(l.table.Current())
	}
}

func (w *Window) interviewWith(u table.Unit) {
	if len(u.Interviews) > 0 {
		w.openInterview(u.Interviews[0].Entity)
		return
	}
	w.beginWith(u.ID)
}

// beginWith begins an interview with a unit; what its list says of it stands there.
func (w *Window) beginWith(unit string) {
	iv, err := w.study.NewInterview(context.Background(), unit)
	if err != nil {
		w.fail(err)
		return
	}
	w.hold(iv, true)
}

// assignDialog gives the marked units to a researcher.
func (w *Window) assignDialog() {
	l := w.inUnits()
	units := l.chosenUnits()
	if len(units) == 0 {
		w.say("Mark the units first: Space, Shift with the arrows, or Ctrl+A.")
		return
	}
	who := newNameEntry(l.people())
	who.SetPlaceHolder("name of the researcher; several with commas share evenly")
	d := dialog.NewForm("Assign "+job.Counted(len(units), "unit"), "Assign "+job.Counted(len(units), "unit"), "Not now",
		[]*widget.FormItem{widget.NewFormItem("To", who), {Text: "", Widget: wrapped("Blank takes them back from everybody. Assignments travel in packages.")}}, func(ok bool) {
			if ok {
				w.assign(units, strings.Split(who.Text, ","))
			}
		}, w.win)
	who.OnSubmitted = func(string) { d.Submit() }
	who.escape = d.Hide
	d.Resize(fyne.NewSize(560, 230))
	d.Show()
	w.win.Canvas().Focus(who)
}

// people are the names in the columns of the list for who has a unit and who
// interviewed it, and who works on this laptop.
func (l *list) people() []string {
	out := []string{l.w.study.Info().Researcher}
	for c, col := range l.columns {
		if col.Title == "Assigned to" || col.Title == "By" {
			for _, f := range l.index.Facets(c) {
				out = append(out, strings.TrimSuffix(f.Text, " (me)"))
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(n string) bool { return n == "" })
}

// nameEntry is a field for a name that is typed or chosen; Esc closes its dialog.
type nameEntry struct {
	widget.SelectEntry
	escape func()
}

func newNameEntry(names []string) *nameEntry {
	e := &nameEntry{}
	e.ExtendBaseWidget(e)
	e.SetOptions(names)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *nameEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape && e.escape != nil {
		e.escape()
		return
	}
	e.SelectEntry.TypedKey(k)
}

func (w *Window) assign(units, to []string) {
	type result struct {
		shares  []job.Assigned
		changed int
	}
	background(w, "Assigning "+job.Counted(len(units), "unit"), func(ctx context.Context) (result, error) {
		shares, changed, err := w.study.Assign(ctx, units, to...)
		return result{shares, changed}, err
	}, func(r result) {
		w.turnTo("Units")
		var said []string
		for _, s := range r.shares {
			if s.To == "" {
				s.To = "nobody"
			}
			said = append(said, fmt.Sprintf("%s to %s", job.Counted(s.Units, "unit"), s.To))
		}
		w.say("✓ Assigned %s; %d were changed.", strings.Join(said, ", "), r.changed)
	})
}

// showUnits opens the units behind a number.
func (w *Window) showUnits(label string, ids []string) {
	if ids == nil {
		ids = []string{}
	}
	w.leaveList()
	delete(w.looks, "Units")
	w.only = &selection{label, ids}
	w.turnTo("Units")
}

// targets shows how far each target is, as a bar with words.
func (w *Window) targets(o *job.Overview) fyne.CanvasObject {
	box := container.NewVBox(heading("Targets"))
	by := ""
	for _, t := range o.Targets {
		label := t.Label
		if t.By != by && by != "" {
			box.Add(widget.NewSeparator())
		}
		by = t.By
		words := t.Sentence()
		if t.Done >= t.Target {
			words = "✓ " + words
		}
		box.Add(view.NewShareBar(job.Face(), label, words, t.Done, t.Target, func() { w.showUnits(label+": "+t.Sentence(), t.Units) }))
	}
	change := widget.NewButtonWithIcon("Change the targets …", theme.DocumentCreateIcon(), w.targetsDialog)
	change.Alignment = widget.ButtonAlignLeading
	change.Importance = widget.LowImportance
	box.Add(change)
	return box
}

// partsShown is how many values of a property have a field in the dialog of targets.
const partsShown = 120

// targetsDialog sets how many interviews are wanted of each part of the units.
func (w *Window) targetsDialog() {
	var labels []string
	for _, p := range job.AllTargetProperties {
		labels = append(labels, p.Label)
	}
	rows := container.NewVBox()
	fields := map[string]*view.Field{}
	var d *dialog.ConfirmDialog
	field := func() *view.Field { // Enter sets the targets, Esc leaves them
		f := view.NewField(false)
		f.OnSubmitted = func(string) { d.Confirm() }
		f.Keys = func(k fyne.KeyName, _ bool) bool {
			if k == fyne.KeyEscape {
				d.Hide()
			}
			return k == fyne.KeyEscape
		}
		return f
	}
	more, count := field(), field()
	by := ""
	fill := func(label string) {
		by = job.AllTargetProperties[slices.Index(labels, label)].By
		parts, err := w.study.Parts(by)
		if err != nil {
			w.fail(err)
			return
		}
		clear(fields)
		rows.Objects = nil
		grid := container.NewGridWithColumns(2)
		for _, p := range parts[:min(len(parts), partsShown)] {
			e := field()
			if p.Target > 0 {
				e.SetText(strconv.Itoa(p.Target))
			}
			e.SetPlaceHolder("no target")
			fields[p.Value] = e
			grid.Add(wrapped(fmt.Sprintf("%s (%s)", p.Label, job.Counted(p.Units, "unit"))))
			grid.Add(e)
		}
		more.SetText("")
		count.SetText("")
		more.SetPlaceHolder("another " + strings.ToLower(label))
		count.SetPlaceHolder("interviews wanted")
		grid.Add(more)
		grid.Add(count)
		rows.Add(grid)
		if n := len(parts) - partsShown; n > 0 {
			rows.Add(wrapped(fmt.Sprintf("… and %d more; `sse targets` sets them.", n)))
		}
		rows.Refresh()
	}
	choose := widget.NewSelect(labels, fill)
	choose.SetSelectedIndex(0)
	top := container.NewVBox(wrapped("How many interviews are wanted of each part of the units. The Overview shows how far they are; targets travel in packages."), choose)
	scroll := container.NewVScroll(rows)
	d = dialog.NewCustomConfirm("Targets", "Set the targets", "Not now", container.New(layout.NewBorderLayout(top, nil, nil, nil), top, scroll), func(ok bool) {
		if !ok {
			return
		}
		typed := map[string]string{}
		for value, f := range fields {
			typed[value] = f.Text
		}
		if v := strings.TrimSpace(more.Text); v != "" {
			typed[v] = count.Text
		}
		w.setTargets(by, typed)
	}, w.win)
	d.Resize(fyne.NewSize(600, 520))
	d.Show()
	w.win.Canvas().Focus(choose)
}

// setTargets sets targets as they were typed; blank is none.
func (w *Window) setTargets(by string, typed map[string]string) {
	wanted := map[string]int{}
	for value, text := range typed {
		text = strings.TrimSpace(text)
		n, err := strconv.Atoi(cmp.Or(text, "0"))
		if err != nil || n < 0 {
			w.fail(fmt.Errorf("%q is no number of interviews; nothing was set", text))
			return
		}
		wanted[value] = n
	}
	if err := w.study.SetTargets(context.Background(), by, wanted); err != nil {
		w.fail(err)
		return
	}
	w.show("Overview")
	w.say("✓ The targets are set.")
}
