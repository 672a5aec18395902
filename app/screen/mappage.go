package screen

import (
	"context"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/maps/tile"
	"sselandscape/survey/table"
)

func (w *Window) mapPage() fyne.CanvasObject {
	us, err := w.study.Units()
	if err != nil {
		w.fail(err)
	}
	byID := map[string]table.Unit{}
	without := 0
	for _, u := range us {
		byID[u.ID] = u
		if u.Point == nil {
			without++
		}
	}
	scene := w.study.Scene(us, 800, 600)
	scene.Title = ""
	m := view.NewMap(job.Face(), w.study.Painter(), scene, func(width, height int) tile.View { return w.study.Scene(nil, width, height).View })
	side := container.NewStack(container.NewVBox(wrapped("Click a unit to see its card.")))
	m.OnTapped = func(ids []string) {
		side.Objects = []fyne.CanvasObject{w.tapped(ids, byID)}
		side.Refresh()
		s := m.Scene()
		s.Selected = ""
		if len(ids) == 1 {
			s.Selected = ids[0]
		}
		m.SetScene(s)
	}
	bar := container.NewHBox(widget.NewButtonWithIcon("", theme.ZoomInIcon(), m.ZoomIn), widget.NewButtonWithIcon("", theme.ZoomOutIcon(), m.ZoomOut),
		widget.NewButtonWithIcon("Fit", theme.ZoomFitIcon(), m.Home), widget.NewButtonWithIcon("Save as picture …", theme.DocumentSaveIcon(), func() { w.savePicture(m) }))
	w.say("%d units on the map, %d without a point. Drag, wheel, arrows, + and -, Home.%s", len(us)-without, without, w.fictional())
	split := container.NewHSplit(container.NewBorder(bar, nil, nil, nil, container.NewScroll(m)), side)
	split.Offset = 0.76
	w.focusSoon(m)
	return split
}

// focusSoon gives a widget the focus once it is on the canvas.
func (w *Window) focusSoon(f fyne.Focusable) {
	fyne.Do(func() { w.win.Canvas().Focus(f) })
}

// tapped shows the card of one unit, or the list of several.
func (w *Window) tapped(ids []string, byID map[string]table.Unit) fyne.CanvasObject {
	switch len(ids) {
	case 0:
		return container.NewVBox(wrapped("Click a unit to see its card."))
	case 1:
		return w.card(byID[ids[0]])
	}
	box := container.NewVBox(widget.NewLabel(fmt.Sprintf("%d units stand here", len(ids))))
	stack := container.NewStack(container.NewVScroll(box))
	for _, id := range ids {
		b := widget.NewButton(cut(byID[id].Name, 44), func() {
			stack.Objects = []fyne.CanvasObject{w.card(byID[id])}
			stack.Refresh()
		})
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	return stack
}

// savePicture asks for a file, whose ending says what kind of picture it is, and draws
// what a map shows.
func (w *Window) savePicture(m *view.Map) {
	v := m.Scene().View
	scale := float32(v.Width) / max(1, m.Size().Width)
	w.pathDialog("Save as picture (.png, .svg or .pdf)", "Save the picture", filepath.Join(w.study.Info().Dir, "map.png"), false, func(path string) {
		if !job.IsPicture(path) {
			w.fail(fmt.Errorf("the name of the picture %q ends in none of .png, .svg and .pdf; choose one of them", filepath.Base(path)))
			return
		}
		background(w, "Drawing the map", func(ctx context.Context) (string, error) {
			return path, w.study.Map(ctx, path, job.MapOptions{View: &v, Scale: scale})
		}, func(path string) { w.say("✓ Drew %s", path) })
	})
}
