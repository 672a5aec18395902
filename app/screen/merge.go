package screen

import (
	"context"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/storage/exchange"
)

func (w *Window) mergePage() fyne.CanvasObject {
	give := widget.NewButtonWithIcon("Make a package …", theme.UploadIcon(), w.makePackage)
	take := widget.NewButtonWithIcon("Take in packages …", theme.DownloadIcon(), func() { w.takePackages("") })
	take.Importance = widget.HighImportance
	box := container.NewVBox(wrapped("A package holds everything in this study, signed by this laptop. Give it to colleagues, and take in theirs: several, a whole folder or stick of them, in any order, twice is fine. The folder of a colleague's study can be taken in, too. Before anything changes you see what would."),
		container.NewHBox(give, take))
	found, _ := filepath.Glob(filepath.Join(w.study.Info().Dir, "packages", "*"+exchange.PackageExt))
	for _, f := range found {
		b := widget.NewButtonWithIcon("Take in "+filepath.Base(f), theme.DownloadIcon(), func() { w.takePackages(f) })
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
