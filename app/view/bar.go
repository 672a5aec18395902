package view

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// Bar is a line of a bar chart: a label, a bar and a number. A tap, Enter or Space
// opens what is behind it.
type Bar struct {
	widget.BaseWidget
	open    func()
	face    *text.Face
	label   string
	n, most int
	words   string // in place of the number
	focused bool
	hovered bool
	raster  *canvas.Raster
}

const barHeight = 28 // points

// NewBar makes a line for n of at most most.
func NewBar(face *text.Face, label string, n, most int, open func()) *Bar {
	b := &Bar{face: face, label: label, n: n, most: max(1, most), open: open}
	b.ExtendBaseWidget(b)
	return b
}

// NewShareBar makes a line for n of most with words that say it; n may be more than
// most, which fills the bar.
func NewShareBar(face *text.Face, label, words string, n, most int, open func()) *Bar {
	b := NewBar(face, label, min(n, most), most, open)
	b.words = words
	return b
}

// Says is what the line says, as text.
func (b *Bar) Says() string {
	if b.words != "" {
		return b.label + ": " + b.words
	}
	return fmt.Sprintf("%s: %d", b.label, b.n)
}

// MinSize implements fyne.CanvasObject.
func (b *Bar) MinSize() fyne.Size { return fyne.NewSize(180, barHeight) }

// CreateRenderer implements fyne.Widget.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	b.raster = canvas.NewRaster(func(w, h int) image.Image { return b.draw(w, h) })
	return widget.NewSimpleRenderer(b.raster)
}

// Refresh implements fyne.CanvasObject.
func (b *Bar) Refresh() {
	if b.raster != nil {
		b.raster.Refresh()
	}
}

func (b *Bar) draw(w, h int) image.Image {
	img := surface(w, h)
	if w == 0 || b.Size().Width == 0 {
		return img
	}
	s := float32(w) / b.Size().Width
	fill := func(x0, y0, x1, y1 float32, c color.Color) {
		draw.Draw(img, image.Rect(int(x0), int(y0), int(x1), int(y1)), image.NewUniform(c), image.Point{}, draw.Over)
	}
	wide, high := float32(w), float32(h)
	words, room := fmt.Sprint(b.n), 52*s
	if b.words != "" {
		words, room = b.words, wide*0.55
		fill(0, high-5*s, wide-4*s, high-2*s, opaque(themeColor(theme.ColorNameSeparator)))
	}
	if b.hovered || b.focused {
		fill(0, 0, wide, high, themeColor(theme.ColorNameHover))
	}
	fill(0, high-5*s, b.long(wide, s), high-2*s, opaque(themeColor(theme.ColorNamePrimary)))
	if b.focused {
		ring := opaque(themeColor(theme.ColorNameFocus))
		fill(0, 0, wide, 2*s, ring)
		fill(0, 0, 2*s, high, ring)
		fill(wide-2*s, 0, wide, high, ring)
		fill(0, high-2*s, wide, high, ring)
	}
	fore := opaque(themeColor(theme.ColorNameForeground))
	lay := b.face.Layout(b.label, text.Style{Size: 13.5 * s, Width: max(20, w-int(room+8*s)), Lines: 1, Height: 1.4})
	lay.Draw(img, 4*s, (high-5*s-float32(lay.Height))/2, fore)
	num := b.face.Layout(words, text.Style{Size: 13.5 * s, Width: int(room), Lines: 1, Bold: true, Align: text.Left, Height: 1.4})
	if b.words != "" {
		num.Draw(img, wide-4*s-float32(num.Width), (high-5*s-float32(num.Height))/2, fore)
	} else {
		num.Draw(img, wide-48*s, (high-float32(num.Height))/2, fore)
	}
	return img
}

// long is how long the bar is in pixels: a bar with a number leaves room for it.
func (b *Bar) long(wide, s float32) float32 {
	if b.words != "" {
		if b.n == 0 {
			return 0
		}
		return (wide - 4*s) * float32(b.n) / float32(b.most)
	}
	return max(3*s, (wide-52*s)*float32(b.n)/float32(b.most))
}

// Tapped implements fyne.Tappable.
func (b *Bar) Tapped(*fyne.PointEvent) { b.open() }

// FocusGained implements fyne.Focusable.
func (b *Bar) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *Bar) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *Bar) TypedRune(r rune) {
	if r == ' ' {
		b.open()
	}
}

// TypedKey implements fyne.Focusable.
func (b *Bar) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		b.open()
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Bar) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (b *Bar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Bar) MouseOut() { b.hovered = false; b.Refresh() }
