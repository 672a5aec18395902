package view

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// picture is what widgets drawn as one raster share: focus, keys that go to the
// page, painting at the scale of the screen. The widget hands itself to begin.
type picture struct {
	widget.BaseWidget
	Keys Keys
	// Left is called when the focus leaves.
	Left func()

	focused bool
	raster  *canvas.Raster
	self    fyne.CanvasObject
	paint   func(img *image.RGBA, scale float32)
}

func (p *picture) begin(self fyne.Widget, paint func(img *image.RGBA, scale float32)) {
	p.self, p.paint = self, paint
	p.ExtendBaseWidget(self)
}

// CreateRenderer implements fyne.Widget.
func (p *picture) CreateRenderer() fyne.WidgetRenderer {
	p.raster = canvas.NewRaster(func(w, h int) image.Image {
		img := surface(w, h)
		if width := p.Size().Width; w > 0 && width > 0 {
			p.paint(img, float32(w)/width)
		}
		return img
	})
	return widget.NewSimpleRenderer(p.raster)
}

func (p *picture) changed() {
	p.Refresh()
	if p.raster != nil {
		p.raster.Refresh()
	}
}

// FocusGained implements fyne.Focusable.
func (p *picture) FocusGained() { p.focused = true; p.changed() }

// FocusLost implements fyne.Focusable.
func (p *picture) FocusLost() {
	p.focused = false
	p.changed()
	if p.Left != nil {
		p.Left()
	}
}

func (p *picture) focus() {
	if cv := fyne.CurrentApp().Driver().CanvasForObject(p.self); cv != nil {
		cv.Focus(p.self.(fyne.Focusable))
	}
}

func (p *picture) page(k fyne.KeyName) {
	if p.Keys != nil {
		p.Keys(k, ShiftHeld())
	}
}
