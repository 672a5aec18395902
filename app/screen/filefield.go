package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/view"
)

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
