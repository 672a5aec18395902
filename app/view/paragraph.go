package view

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// Paragraph shows text in any script and direction, with **bold** and *italic*,
// broken into lines at its width. Its height follows from its width: give it a
// width first, as Column does.
type Paragraph struct {
	widget.BaseWidget
	// Plain shows stars as they are.
	Plain bool

	face  *text.Face
	text  string
	size  float32
	bold  bool
	name  fyne.ThemeColorName
	width float32
}

// NewParagraph makes a paragraph in a size (points) and a colour of the theme.
func NewParagraph(face *text.Face, s string, size float32, bold bool, name fyne.ThemeColorName) *Paragraph {
	p := &Paragraph{face: face, text: s, size: size, bold: bold, name: name, width: 400}
	p.ExtendBaseWidget(p)
	return p
}

// SetText changes the text.
func (p *Paragraph) SetText(s string) {
	p.text = s
	p.Refresh()
}

// Text is the text that is shown.
func (p *Paragraph) Text() string { return p.text }

func (p *Paragraph) layout(scale float32) *text.Layout {
	spans := []text.Span{{Text: p.text}}
	if !p.Plain {
		spans = text.Markup(p.text)
	}
	for i := range spans {
		if spans[i].Italic {
			spans[i].Color = themeColor(theme.ColorNamePrimary)
		}
	}
	width := p.width * scale
	if scale != 1 { // never narrower than what the height was measured with
		width += 0.999
	}
	return p.face.Spans(spans, text.Style{Size: p.size * scale, Width: int(width), Bold: p.bold, Height: 1.45})
}

// MinSize implements fyne.CanvasObject for the width it was given last.
func (p *Paragraph) MinSize() fyne.Size {
	if p.text == "" {
		return fyne.NewSize(0, 0)
	}
	return fyne.NewSize(40, float32(p.layout(1).Height))
}

// Resize implements fyne.CanvasObject.
func (p *Paragraph) Resize(s fyne.Size) {
	p.width = s.Width
	p.BaseWidget.Resize(s)
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := canvas.NewRaster(func(w, h int) image.Image { return p.draw(w, h) })
	return widget.NewSimpleRenderer(r)
}

func (p *Paragraph) draw(w, h int) image.Image {
	img := surface(w, h)
	if p.width > 0 && w > 0 {
		p.layout(float32(w)/p.width).Draw(img, 0, 0, opaque(themeColor(p.name)))
	}
	return img
}

func opaque(c color.Color) color.Color {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
}

// Column is a layout: one below the other, each as wide as the column. Objects
// get their width before they are asked for their height.
type Column struct {
	Gap   float32
	width float32
}

// Layout implements fyne.Layout.
func (c *Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.width = size.Width
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		h := o.MinSize().Height
		o.Resize(fyne.NewSize(size.Width, h))
		o.Move(fyne.NewPos(0, y))
		if h > 0 {
			y += h + c.Gap
		}
	}
}

// MinSize implements fyne.Layout for the width of the last layout.
func (c *Column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	out := fyne.NewSize(0, 0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		out.Width = max(out.Width, m.Width)
		if m.Height > 0 {
			out.Height += m.Height + c.Gap
		}
	}
	return out
}
