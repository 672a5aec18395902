package screen

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
)

func (w *Window) exportPage() fyne.CanvasObject {
	box := container.NewVBox(wrapped("Exports hold one line a unit with the answers of its newest interview. Questions that identify persons, and repeats, are left out; what was left out is said."))
	us, err := w.study.Units()
	if err != nil {
		w.fail(err)
	}
	for _, f := range exchange.Formats() {
		b := widget.NewButtonWithIcon(fmt.Sprintf("Export %d units as %s …", len(us), f.Title), theme.UploadIcon(), func() {
			w.pathDialog("Export as "+f.Title, fmt.Sprintf("Export %d units", len(us)), filepath.Join(w.study.Info().Dir, "units"+f.Ext), false, func(path string) { w.export(f.Name, path) })
		})
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	w.say("%d units.%s", len(us), w.fictional())
	return box
}

func (w *Window) export(format, path string) {
	background(w, "Exporting", func(ctx context.Context) (*job.Exported, error) {
		return w.study.Export(ctx, job.ExportOptions{Format: format}, path)
	}, func(e *job.Exported) {
		text := "✓ " + strings.Join(e.Sentences(), " ")
		w.say("%s", text)
	})
}
