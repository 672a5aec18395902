package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// importParts are those of a page that takes rows of a file in: the file and how it was
// read, its columns at the left, at the right what should be looked at, and the buttons.
type importParts struct {
	w       *Window
	path    *view.Field
	chooser *widget.Button
	how     *fyne.Container // how the file was read
	columns *fyne.Container
	counts  *widget.Label
	table   *view.Table
	place   *fyne.Container // of the table
	add     *widget.Button
	foot    *fyne.Container
	right   *fyne.Container
	again   func() // reads the file
}

// newImportParts makes the parts; hint is that of the field, and page the one before;
// again reads the file anew.
func (w *Window) newImportParts(hint, page string, choose func(path string), again, apply func()) importParts {
	p := importParts{w: w, again: again, how: container.NewHBox(), columns: container.NewStack(), counts: wrapped(""), place: container.NewStack()}
	p.path, p.chooser = w.fileField(hint, choose, page)
	p.add = widget.NewButtonWithIcon("Nothing to add", theme.ContentAddIcon(), apply)
	p.add.Importance = widget.HighImportance
	p.add.Disable()
	return p
}

// layOut puts the parts in their places: columns takes that share of the width, and over
// stands above the table.
func (p *importParts) layOut(title, page string, share float64, over fyne.CanvasObject, copyLines func()) fyne.CanvasObject {
	top := container.NewVBox(heading(title), container.NewBorder(nil, nil, nil, p.chooser, p.path), container.NewHScroll(p.how))
	leave := widget.NewButton("Leave it", func() { p.w.show(page) })
	do := container.NewHBox(widget.NewButtonWithIcon("Copy what is listed", theme.ContentCopyIcon(), copyLines), p.add)
	p.foot = container.New(layout.NewBorderLayout(nil, nil, leave, do), leave, do)
	p.right = container.New(layout.NewBorderLayout(over, nil, nil, nil), over, p.place)
	split := container.NewHSplit(p.columns, container.NewScroll(p.right))
	split.Offset = share
	return container.New(layout.NewBorderLayout(top, p.foot, nil, nil), top, split, p.foot) // Tab goes in reading order
}

// focus goes to what is next: the lines, or the button.
func (p *importParts) focus(lines int) {
	switch c := p.w.win.Canvas(); {
	case lines > 0:
		c.Focus(p.table)
	case !p.add.Disabled():
		c.Focus(p.add)
	}
}

// label names on the button what it does, in numbers; change is the verb for what is here
// already.
func (p *importParts) label(what, change string, added, changed int) {
	text := "Nothing to add"
	switch {
	case added > 0 && changed > 0:
		text = fmt.Sprintf("Add %s, %s %d", job.Counted(added, what), strings.ToLower(change), changed)
	case added > 0:
		text = "Add " + job.Counted(added, what)
	case changed > 0:
		text = change + " " + job.Counted(changed, what)
	}
	p.add.SetText(text)
	if added+changed > 0 {
		p.add.Enable()
	} else {
		p.add.Disable()
	}
	p.foot.Refresh() // the button may need more room now
	p.right.Refresh()
}

// pick adds a choice of how the file is read; another choice reads it again.
func (p *importParts) pick(label string, options []string, now string, set func(string)) {
	s := widget.NewSelect(options, nil)
	s.Selected = now
	s.OnChanged = func(v string) {
		set(v)
		p.again()
	}
	p.how.Add(widget.NewLabel(label))
	p.how.Add(s)
}

func encodingLabel(guessed bool) string {
	if guessed {
		return "Encoding (a guess)"
	}
	return "Encoding"
}

// copyLines puts what is listed into the clipboard, a line each.
func copyLines[L fmt.Stringer](w *Window, lines []L) {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	fyne.CurrentApp().Clipboard().SetContent(b.String())
	w.say("✓ Copied %d lines.", len(lines))
}
