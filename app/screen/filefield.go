package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/view"
)

// withWords puts below a table all that is said of the row at hand. Escape leads back to
// the field of the file.
func (w *Window) withWords(t *view.Table, back fyne.Focusable, words func(i int) string) fyne.CanvasObject {
	t.Keys = func(k fyne.KeyName, _ bool) bool {
		if k == fyne.KeyEscape {
			w.win.Canvas().Focus(back)
		}
		return k == fyne.KeyEscape
	}
	whole := wrapped("")
	body := container.NewBorder(nil, whole, nil, nil, t)
	t.OnCursor = func(i int) {
		if i >= 0 {
			whole.SetText(words(i))
		}
		body.Refresh()
	}
	t.OnCursor(t.Current())
	return body
}

// fileField takes the path of a file: typed, pasted or chosen by the button. Esc leads
// to another page.
func (w *Window) fileField(hint string, take func(path string), leave string) (*view.Field, *widget.Button) {
	f := view.NewField(false)
	f.SetPlaceHolder(hint)
	f.Keys = func(k fyne.KeyName, _ bool) bool {
		switch k {
		case fyne.KeyReturn, fyne.KeyEnter:
			take(f.Text)
		case fyne.KeyEscape:
			w.show(leave)
		default:
			return false
		}
		return true
	}
	choose := widget.NewButtonWithIcon("Choose a file …", theme.FolderOpenIcon(), func() {
		dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
			if err == nil && r != nil {
				r.Close()
				take(r.URI().Path())
			}
		}, w.win)
	})
	return f, choose
}

// showFilePage shows a page that is not on the rail and takes a file that is dropped on
// it.
func (w *Window) showFilePage(title string, page fyne.CanvasObject, take func(path string)) {
	w.leaveInterview()
	w.page = title
	w.drawRail()
	w.put(page)
	w.win.SetOnDropped(func(_ fyne.Position, files []fyne.URI) {
		if w.page == title && len(files) > 0 && !w.asking() {
			take(files[0].Path())
		}
	})
}
