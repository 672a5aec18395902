package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// selection is the interviews behind a number of the overview.
type selection struct {
	label string
	ids   []string
}

// showOnly opens the list behind a number.
func (w *Window) showOnly(label string, ids []string) {
	w.only = &selection{label, ids}
	w.turnTo("Interviews")
}

// overviewPage says where the study stands: what needs attention, the callbacks,
// and the interviews counted in several ways. Every number opens its list.
func (w *Window) overviewPage() fyne.CanvasObject {
	o, err := w.study.Overview()
	if err != nil {
		w.fail(err)
		return widget.NewLabel("")
	}
	w.say("%d organizations, %d interviews.%s", o.Units, o.Interviews, w.fictional())
	if o.Interviews == 0 && len(o.Targets) == 0 {
		return container.NewCenter(container.NewVBox(widget.NewLabel("Here you will see where the study stands."),
			widget.NewButtonWithIcon("Start the first interview", theme.ContentAddIcon(), w.newInterview)))
	}
	left := container.New(&view.Column{Gap: 8}, w.attention(o), w.agenda())
	columns := [2]*fyne.Container{container.New(&view.Column{Gap: 14}), container.New(&view.Column{Gap: 14})}
	if len(o.Targets) > 0 {
		columns[1].Add(w.targets(o))
	}
	for i, g := range o.Groups {
		columns[i%2].Add(w.counts(g))
	}
	return container.NewVScroll(container.NewPadded(container.New(&view.Flow{Wide: max(300, left.MinSize().Width), Gap: 24}, left, columns[0], columns[1])))
}

func heading(s string) fyne.CanvasObject {
	return view.NewParagraph(job.Face(), s, 16, true, theme.ColorNameForeground)
}

// attention lists what somebody should look at, each with a way there.
func (w *Window) attention(o *job.Overview) fyne.CanvasObject {
	box := container.NewVBox(heading("What needs attention"))
	for _, a := range o.Attention {
		b := widget.NewButtonWithIcon(a.Text, theme.WarningIcon(), func() {
			switch {
			case a.Interviews != nil:
				w.showOnly(a.Text, a.Interviews)
			case a.Page == "Backups":
				w.backupsDialog()
			case a.Page != "":
				w.show(a.Page)
			}
		})
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	if len(o.Attention) == 0 {
		box.Add(widget.NewLabel("✓ Nothing."))
	}
	return box
}

// agenda lists the callbacks, the next first.
func (w *Window) agenda() fyne.CanvasObject {
	box := container.NewVBox(heading("Callbacks"))
	cs, err := w.study.Agenda()
	if err != nil {
		w.fail(err)
	}
	for i, c := range cs {
		if i == 12 {
			box.Add(widget.NewLabel(fmt.Sprintf("… and %d more", len(cs)-i)))
			break
		}
		name := c.Unit
		if name == "" {
			name = "(no name yet)"
		}
		b := widget.NewButtonWithIcon(c.At.Format("Mon 2 Jan 15:04")+"  "+cut(name, 40), theme.HistoryIcon(), func() { w.openInterview(c.Interview) })
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	if len(cs) == 0 {
		box.Add(widget.NewLabel("None are arranged."))
	}
	return box
}

// countsShown is how many lines of a group are shown.
const countsShown = 8

// counts shows a group as lines with bars.
func (w *Window) counts(g job.CountGroup) fyne.CanvasObject {
	box := container.NewVBox(heading(g.Name))
	most := 1
	for _, c := range g.Counts {
		most = max(most, len(c.Interviews))
	}
	for i, c := range g.Counts {
		if i == countsShown {
			box.Add(widget.NewLabel(fmt.Sprintf("… and %d more", len(g.Counts)-i)))
			break
		}
		label := c.Label
		if g.Name == "Status" {
			cell := statusCell(c.Key)
			label = cell.Icon + " " + cell.Text
		}
		box.Add(view.NewBar(job.Face(), label, len(c.Interviews), most, func() { w.showOnly(g.Name+": "+label, c.Interviews) }))
	}
	return box
}
