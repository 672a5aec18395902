package view

import "fyne.io/fyne/v2"

// Flow is a layout: columns of one width, as many as have room, at most one for each
// object; an object goes to the column that is shortest so far.
type Flow struct {
	Wide float32 // a column at least, in points
	Gap  float32

	height float32 // of the last layout
}

// Layout implements fyne.Layout.
func (f *Flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	n := max(1, min(int((size.Width+f.Gap)/(f.Wide+f.Gap)), len(objects)))
	w := (size.Width - f.Gap*float32(n-1)) / float32(n)
	ends := make([]float32, n)
	f.height = 0
	for _, o := range objects {
		c := 0
		for i := range ends {
			if ends[i] < ends[c] {
				c = i
			}
		}
		o.Resize(fyne.NewSize(w, o.Size().Height))
		h := o.MinSize().Height
		o.Resize(fyne.NewSize(w, h))
		o.Move(fyne.NewPos(float32(c)*(w+f.Gap), ends[c]))
		ends[c] += h + f.Gap
		f.height = max(f.height, ends[c]-f.Gap)
	}
}

// MinSize implements fyne.Layout for the width of the last layout.
func (f *Flow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(f.Wide, f.height) }
