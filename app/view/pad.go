package view

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"fyne.io/fyne/v2"

	"sselandscape/maps/text"
)

// Pad takes a signature or a drawing by pointer. Del and Backspace take the last
// line back.
type Pad struct {
	picture
	Changed func()

	face    *text.Face
	strokes [][]fyne.Position // points
	drawing bool
	most    int
}

const (
	padInk    = 2.2   // points that a line is wide
	padPoints = 50000 // of all lines; more are left out
	padScale  = 2     // pixels a point in the file
)

// NewPad makes an empty pad.
func NewPad(face *text.Face) *Pad {
	p := &Pad{face: face}
	p.begin(p, p.draw)
	return p
}

// MinSize implements fyne.CanvasObject.
func (p *Pad) MinSize() fyne.Size { return fyne.NewSize(300, 180) }

// Blank says whether nothing is drawn.
func (p *Pad) Blank() bool { return len(p.strokes) == 0 }

// Clear takes all lines away.
func (p *Pad) Clear() { p.strokes = nil; p.most = 0; p.tell() }

func (p *Pad) tell() {
	p.changed()
	if p.Changed != nil {
		p.Changed()
	}
}

// Dragged implements fyne.Draggable.
func (p *Pad) Dragged(e *fyne.DragEvent) {
	if p.most++; p.most > padPoints {
		return
	}
	if !p.drawing {
		p.focus()
		p.drawing = true
		p.strokes = append(p.strokes, []fyne.Position{e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)})
	}
	last := &p.strokes[len(p.strokes)-1]
	*last = append(*last, e.Position)
	p.changed()
}

// DragEnd implements fyne.Draggable.
func (p *Pad) DragEnd() { p.drawing = false; p.tell() }

// Tapped implements fyne.Tappable: a dot.
func (p *Pad) Tapped(e *fyne.PointEvent) {
	p.focus()
	p.strokes = append(p.strokes, []fyne.Position{e.Position, e.Position.AddXY(0.5, 0)})
	p.tell()
}

// TypedRune implements fyne.Focusable.
func (p *Pad) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (p *Pad) TypedKey(e *fyne.KeyEvent) {
	if (e.Name == fyne.KeyBackspace || e.Name == fyne.KeyDelete) && len(p.strokes) > 0 {
		p.strokes = p.strokes[:len(p.strokes)-1]
		p.tell()
		return
	}
	p.page(e.Name)
}

func (p *Pad) draw(img *image.RGBA, s float32) {
	c := colours()
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src) // paper, in both themes
	edge, n := c.grey, max(1, int(s))
	if p.focused {
		edge, n = c.primary, max(2, int(2*s))
	}
	frame(img, img.Bounds(), edge, n)
	if p.Blank() {
		l := p.face.Layout("Sign here with the pointer", text.Style{Size: 14 * s, Height: 1.4})
		l.Draw(img, (float32(img.Bounds().Dx())-float32(l.Width))/2, float32(img.Bounds().Dy())/2-10*s, color.Gray{96})
	}
	p.ink(img, s)
}

// ink draws the lines.
func (p *Pad) ink(img *image.RGBA, s float32) {
	for _, st := range p.strokes {
		for i := 1; i < len(st); i++ {
			a, b := st[i-1], st[i]
			n := max(1, int(math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))*float64(s)))
			for j := range n + 1 {
				t := float32(j) / float32(n)
				dot(img, (a.X+(b.X-a.X)*t)*s, (a.Y+(b.Y-a.Y)*t)*s, padInk*s/2)
			}
		}
	}
}

// dot is a spot of ink; where spots overlap the darker wins, so that lines have
// smooth edges.
func dot(img *image.RGBA, cx, cy, r float32) {
	for y := int(cy - r - 1); y <= int(cy+r+1); y++ {
		for x := int(cx - r - 1); x <= int(cx+r+1); x++ {
			if !image.Pt(x, y).In(img.Bounds()) {
				continue
			}
			v := uint8(255 * (1 - cover(float64(r)-math.Hypot(float64(x)+0.5-float64(cx), float64(y)+0.5-float64(cy)))))
			if o := img.RGBAAt(x, y); v < o.R {
				img.SetRGBA(x, y, color.RGBA{v, v, v, 255})
			}
		}
	}
}

// PNG writes the drawing, black on white.
func (p *Pad) PNG() ([]byte, error) {
	if p.Blank() {
		return nil, errors.New("there is nothing drawn yet")
	}
	size := p.Size().Max(p.MinSize())
	img := image.NewRGBA(image.Rect(0, 0, int(size.Width)*padScale, int(size.Height)*padScale))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	p.ink(img, padScale)
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
