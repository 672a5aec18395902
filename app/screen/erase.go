package screen

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// erasable is something that can be erased for good, in words.
type erasable struct {
	words string
	what  job.Erasing
	again func() // shows what is left
}

// eraseDialog asks what is to be erased of what is on the screen, and why.
func (w *Window) eraseDialog() {
	all, err := w.erasables()
	if err != nil {
		w.fail(err)
		return
	}
	if len(all) == 0 {
		w.say("Open an interview first, or choose one or an organization in a list.")
		return
	}
	var words []string
	for _, x := range all {
		words = append(words, x.words)
	}
	which := widget.NewRadioGroup(words, nil)
	which.Required = true
	which.SetSelected(words[0])
	why := view.NewField(false)
	why.SetPlaceHolder("Why, for instance: withdrew consent on 3 March")
	backups := widget.NewCheck("Delete the older backups of this laptop, which hold it, too", nil)
	var d *dialog.ConfirmDialog
	d = dialog.NewCustomConfirm("Erase for good", "See what goes …", "Erase nothing", container.NewVBox(
		wrapped("For respondents who withdraw. An answer that is only wrong is corrected instead: that keeps its history."), which, why, backups), func(ok bool) {
		if !ok {
			return
		}
		for _, x := range all {
			if x.words == which.Selected {
				x.what.Reason, x.what.Backups = strings.TrimSpace(why.Text), backups.Checked
				w.confirmErase(x)
			}
		}
	}, w.win)
	why.Keys = escape(func() { d.Hide() })
	why.OnSubmitted = func(string) { d.Confirm() }
	d.Resize(fyne.NewSize(640, 340))
	d.Show()
	w.win.Canvas().Focus(why)
}

// erasables lists what can be erased here: at a question its answer first, then the whole
// interview, then the organization.
func (w *Window) erasables() ([]erasable, error) {
	var out []erasable
	interview, unit := "", ""
	switch {
	case w.interview != nil:
		p := w.interview
		if !p.leave() {
			return nil, nil
		}
		interview, unit = p.iv.ID, p.iv.Unit
		if p.at != "" {
			label := oneLine(cut(p.iv.Session.Label(p.at, p.lang), 60))
			out = append(out, erasable{"The answer to “" + label + "”, with its history", job.Erasing{ID: interview, Fields: []survey.Field{p.at}}, func() { w.openInterview(interview) }})
		}
	case w.list != nil && w.list.table.Current() >= 0:
		id := w.list.rows[w.list.table.Current()].id
		if w.page == "Units" {
			unit = id
			break
		}
		d, err := w.study.Document(id)
		if err != nil || d == nil {
			return nil, err
		}
		interview, unit = id, d.Text(survey.FieldUnit)
	}
	page := w.page
	back := func() { w.show(page) }
	if interview != "" {
		out = append(out, erasable{"The whole interview", job.Erasing{ID: interview}, back})
	}
	if unit != "" {
		out = append(out, erasable{"The organization with all its interviews", job.Erasing{ID: unit}, back})
	}
	return out, nil
}

// confirmErase finds out what goes, and asks once more.
func (w *Window) confirmErase(x erasable) {
	if x.what.Reason == "" {
		w.fail(errors.New("nothing was erased: say why first, as the reason is what stays in its place"))
		return
	}
	s := w.study
	background(w, "Looking what goes", func(ctx context.Context) (*study.ErasurePlan, error) { return s.PlanErase(ctx, x.what) }, func(p *study.ErasurePlan) { w.askErase(x, p) })
}

// askErase is the second question, beside the answer that changes nothing.
func (w *Window) askErase(x erasable, p *study.ErasurePlan) {
	text := fmt.Sprintf("%s: %s.\n\nIt is erased here, and on every laptop that takes in your next package. Neither Undo nor an old package brings it back.", x.words, job.ErasureSentence(p))
	if x.what.Backups {
		text += " The older backups of this laptop are deleted; a new one is made."
	} else {
		text += " Backups and packages made before still hold it."
	}
	yes := widget.NewButtonWithIcon("Erase for good", theme.DeleteIcon(), nil)
	yes.Importance = widget.DangerImportance
	no := widget.NewButton("Erase nothing", nil)
	d := dialog.NewCustomWithoutButtons("Erase for good?", wrapped(text), w.win)
	d.SetButtons([]fyne.CanvasObject{no, yes})
	no.OnTapped = d.Hide
	yes.OnTapped = func() {
		d.Hide()
		w.erase(x)
	}
	d.Resize(fyne.NewSize(560, 260))
	d.Show()
	w.win.Canvas().Focus(no)
}

func (w *Window) erase(x erasable) {
	s := w.study
	w.show(w.page) // nothing that goes is on the screen
	background(w, "Erasing", func(ctx context.Context) (*study.ErasurePlan, error) { return s.Erase(ctx, x.what) }, func(p *study.ErasurePlan) {
		x.again()
		w.say("✓ Erased for good: %s.", job.ErasureSentence(p))
	})
}
