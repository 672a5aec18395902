package view

import (
	"image"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// OutlineLine is a line of an outline.
type OutlineLine struct {
	Text  string
	Bold  bool
	Depth int
}

// Outline is a long list of lines, one of them marked, drawn as one picture: only
// the lines in view are asked for.
type Outline struct {
	widget.BaseWidget
	Tap func(i int)

	face     *text.Face
	count    func() int
	line     func(i int) OutlineLine
	selected int
	top      float32 // points scrolled away
	raster   *canvas.Raster
}

const outlineHeight = 30 // points of a line

// NewOutline makes an outline of lines that are asked for when they show.
func NewOutline(face *text.Face, count func() int, line func(i int) OutlineLine) *Outline {
	o := &Outline{face: face, count: count, line: line, selected: -1}
	o.ExtendBaseWidget(o)
	return o
}

// MinSize implements fyne.CanvasObject.
func (o *Outline) MinSize() fyne.Size { return fyne.NewSize(120, 100) }

// CreateRenderer implements fyne.Widget.
func (o *Outline) CreateRenderer() fyne.WidgetRenderer {
	o.raster = canvas.NewRaster(func(w, h int) image.Image { return o.draw(w, h) })
	return widget.NewSimpleRenderer(o.raster)
}

// Refresh implements fyne.CanvasObject.
func (o *Outline) Refresh() {
	o.top = max(0, min(o.top, float32(o.count())*outlineHeight-o.Size().Height))
	if o.raster != nil {
		o.raster.Refresh()
	}
}

// Select marks a line and brings it into view.
func (o *Outline) Select(i int) {
	o.selected = i
	y := float32(i) * outlineHeight
	if h := o.Size().Height; h > 0 {
		if y < o.top+outlineHeight {
			o.top = y - outlineHeight
		}
		if y+2*outlineHeight > o.top+h {
			o.top = y + 2*outlineHeight - h
		}
	}
	o.Refresh()
}

func (o *Outline) draw(w, h int) image.Image {
	img := surface(w, h)
	if w == 0 || o.Size().Width == 0 {
		return img
	}
	s := float32(w) / o.Size().Width
	fore := opaque(themeColor(theme.ColorNameForeground))
	for i := int(o.top / outlineHeight); i < o.count(); i++ {
		y := (float32(i)*outlineHeight - o.top) * s
		if int(y) > h {
			break
		}
		if i == o.selected {
			draw.Draw(img, image.Rect(0, int(y), w-int(6*s), int(y+outlineHeight*s)), image.NewUniform(themeColor(theme.ColorNameSelection)), image.Point{}, draw.Over)
		}
		l := o.line(i)
		x := (6 + 12*float32(l.Depth)) * s
		lay := o.face.Layout(l.Text, text.Style{Size: 13.5 * s, Width: max(20, w-int(x)-int(10*s)), Lines: 1, Bold: l.Bold, Height: 1.4})
		if lay.RightToLeft() { // the indent is at the right
			x = float32(int(4 * s))
		}
		lay.Draw(img, x, y+(outlineHeight*s-float32(lay.Height))/2, fore)
	}
	if all := float32(o.count()) * outlineHeight; all > o.Size().Height {
		from, to := int(o.top/all*float32(h)), int((o.top+o.Size().Height)/all*float32(h))
		draw.Draw(img, image.Rect(w-int(4*s), from, w-int(s), to), image.NewUniform(opaque(themeColor(theme.ColorNamePlaceHolder))), image.Point{}, draw.Src)
	}
	return img
}

// Tapped implements fyne.Tappable.
func (o *Outline) Tapped(e *fyne.PointEvent) {
	if i := int((e.Position.Y + o.top) / outlineHeight); o.Tap != nil && i < o.count() {
		o.Tap(i)
	}
}

// Scrolled implements fyne.Scrollable.
func (o *Outline) Scrolled(e *fyne.ScrollEvent) {
	o.top -= e.Scrolled.DY * 2
	o.Refresh()
}
