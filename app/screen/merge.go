package screen

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

func (w *Window) mergePage() fyne.CanvasObject {
	give := widget.NewButtonWithIcon("Make a package …", theme.UploadIcon(), w.makePackage)
	take := widget.NewButtonWithIcon("Take in a package …", theme.DownloadIcon(), func() {
		w.pathDialog("Take in a package", "Show the plan", w.study.Info().Dir, false, w.plan)
	})
	take.Importance = widget.HighImportance
	box := container.NewVBox(wrapped("A package holds everything in this study, signed by this laptop. Give it to colleagues, and take in theirs: several, in any order, twice is fine. Before anything changes you see what would."),
		container.NewHBox(give, take))
	found, _ := filepath.Glob(filepath.Join(w.study.Info().Dir, "packages", "*"+exchange.PackageExt))
	for _, f := range found {
		b := widget.NewButtonWithIcon("Take in "+filepath.Base(f), theme.DownloadIcon(), func() { w.plan(f) })
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	bs, err := w.study.Batches()
	if err != nil {
		w.fail(err)
	}
	if len(bs) > 0 {
		box.Add(widget.NewLabelWithStyle("Taken in so far", fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
	}
	for _, b := range bs {
		state := fmt.Sprintf("%s   %s   %d revisions", b.At, b.Source, b.New)
		if b.Undone {
			box.Add(widget.NewLabel(state + "   (undone)"))
			continue
		}
		box.Add(container.NewBorder(nil, nil, nil, widget.NewButtonWithIcon("Undo", theme.ContentUndoIcon(), func() {
			background(w, "Undoing "+b.Source, func(ctx context.Context) (struct{}, error) { return struct{}{}, w.study.Undo(ctx, b.ID) }, func(struct{}) {
				w.show("Merge")
				w.say("Undone: %s. Take it in again to have it back.", b.Source)
			})
		}), widget.NewLabel(state)))
	}
	box.Add(widget.NewLabelWithStyle("The team", fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
	box.Add(w.teamBox())
	w.say("")
	return container.NewVScroll(box)
}

// plan reads a package, shows what it would change and takes it in on demand.
func (w *Window) plan(file string) {
	unlocked(w, "Reading the package", func(ctx context.Context, k job.Keys) (*job.Merge, error) { return w.study.Merge(ctx, file, k) }, func(m *job.Merge) {
		text := fmt.Sprintf("%s, from %s, made %s.\n\n%s.", filepath.Base(file), m.From, m.Made, job.PlanSentence(m.Plan.Counts))
		for _, kind := range survey.AllEntityKinds {
			if v, ok := m.Plan.ByKind[kind]; ok {
				text += fmt.Sprintf("\n%ss: %s", kind, job.PlanSentence(v))
			}
		}
		for _, who := range slices.Sorted(maps.Keys(m.Plan.ByActor)) {
			text += fmt.Sprintf("\nby %s: %s", who, job.PlanSentence(m.Plan.ByActor[who]))
		}
		for _, n := range m.Plan.Notices {
			text += "\n⚠ " + n
		}
		for _, it := range m.Plan.Items {
			if it.Reason != "" {
				text += fmt.Sprintf("\nline %d: %s", it.Line, it.Reason)
			}
		}
		if m.Plan.Nothing() {
			dialog.ShowCustom("Nothing to do", "Close", wrapped(text+"\n\nEverything in the package is already here."), w.win)
			return
		}
		d := dialog.NewCustomConfirm("Take in this package?", fmt.Sprintf("Take in %d revisions", m.Plan.New), "Leave it", container.NewVScroll(wrapped(text)), func(ok bool) {
			if ok {
				w.apply(m)
			}
		}, w.win)
		d.Resize(fyne.NewSize(620, 380))
		d.Show()
	})
}

func (w *Window) apply(m *job.Merge) {
	background(w, "Taking in the package", func(ctx context.Context) (string, error) { return m.Apply(ctx, nil) }, func(string) {
		cs, err := w.study.Conflicts()
		if err != nil {
			w.fail(err)
			return
		}
		if len(cs) > 0 {
			w.show("Conflicts")
		} else {
			w.show("Merge")
		}
		w.say("✓ Taken in: %s. %d conflicts to settle.", job.PlanSentence(m.Plan.Counts), len(cs))
	})
}
