package view

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2/theme"

	"sselandscape/maps/text"
)

const (
	likertSize = 13
	likertTop  = 44 // points above the labels
)

// palette is what pictures of widgets are drawn with.
type palette struct{ fore, primary, grey, select_, error color.Color }

func colours() palette {
	return palette{opaque(themeColor(theme.ColorNameForeground)), opaque(themeColor(theme.ColorNamePrimary)),
		opaque(themeColor(theme.ColorNamePlaceHolder)), themeColor(theme.ColorNameSelection), opaque(themeColor(theme.ColorNameError))}
}

func (c *Choices) draw(w, h int) image.Image {
	img := surface(w, h)
	if w == 0 || c.Size().Width == 0 {
		return img
	}
	s := float32(w) / c.Size().Width * c.zoom
	p := colours()
	if c.count() == 0 {
		l := c.face.Layout("No choice fits.", text.Style{Size: choiceSize * s, Height: 1.4})
		l.Draw(img, 62*s, 6*s, p.grey)
	}
	body := img.SubImage(image.Rect(0, 0, w, int((c.inner()+4)*s))).(*image.RGBA)
	if c.look.Shape == Likert && c.count() > 1 {
		c.likertLine(body, s, p)
	}
	for i := c.first(c.top); i < c.count(); i++ {
		b := c.cell(i)
		if b.y-c.top > c.inner() {
			break
		}
		c.drawCell(body, i, b, s, p)
	}
	c.scrollBar(body, s, p.grey)
	if c.look.Count {
		l := c.face.Layout(fmt.Sprintf("%d of %d chosen", len(c.Chosen()), len(c.items)), text.Style{Size: 12.5 * s, Height: 1.4})
		l.Draw(img, 62*s, (c.inner()+5)*s, p.grey)
	}
	return img
}

// drawCell draws a choice: number, mark, label; a frame if the cursor is there.
func (c *Choices) drawCell(img *image.RGBA, i int, b cell, s float32, p palette) {
	x, y := b.x*s, float32(int((b.y-c.top)*s)+int(2*s))
	line := float32(int(b.h * s))
	right := int(x+b.w*s) - int(2*s)
	if i == c.cursor && (c.focused || c.awake) {
		box := image.Rect(int(x+2*s), int(y), right, int(y+line)-int(2*s))
		draw.Draw(img, box, image.NewUniform(p.select_), image.Point{}, draw.Over)
		frame(img, box, p.primary, max(1, int(1.5*s)))
	}
	it := c.item(i)
	on := c.chosen[it.Name]
	if c.look.Shape == Likert {
		c.drawLikert(img, i, b, s, p)
		return
	}
	if c.tiled() {
		c.drawTile(img, i, x, y, b, s, p)
		return
	}
	still := c.stillRoom()
	lines := 1
	if c.measured() {
		lines = choiceLines
	}
	rtl, side := c.rtl(), text.Left
	if rtl {
		side = text.Right
	}
	label := c.face.Layout(it.Label, text.Style{Size: choiceSize * s, Width: int(b.w*s) - int((choiceMarks+still)*s), Lines: lines, Align: side, Bold: on, Height: 1.4})
	number := c.face.Layout(fmt.Sprint(i+1), text.Style{Size: 12 * s})
	mark, labelAt, numberAt := x+46*s, x+(62+still)*s, x+30*s-float32(number.Width)
	picture := x + 62*s
	if rtl { // the line begins at its right end
		end := x + b.w*s - 8*s
		mark, labelAt, numberAt = end-46*s, end-(62+still)*s-float32(label.Width), end-30*s
		picture = end - (62+stillWidth-8)*s
	}
	number.Draw(img, numberAt, y+(line-float32(number.Height))/2-s, p.grey)
	c.mark(img, image.Pt(int(mark), int(y)+int(line)/2-int(s)), int(7*s), on, p.fore, p.primary)
	label.Draw(img, labelAt, y+(line-float32(label.Height))/2-s, p.fore)
	if still > 0 && it.Picture != nil {
		top := int(y + (line-stillHeight*s)/2 - s)
		c.drawStill(img, it.Picture, image.Rect(int(picture), top, int(picture+(stillWidth-8)*s), top+int(stillHeight*s)), s, p)
	}
}

// drawTile draws a choice of a grid: picture, and below it number, mark and label.
func (c *Choices) drawTile(img *image.RGBA, i int, x, y float32, b cell, s float32, p palette) {
	it := c.item(i)
	on := c.chosen[it.Name]
	if it.Picture != nil {
		c.drawStill(img, it.Picture, image.Rect(int(x+8*s), int(y+8*s), int(x+(b.w-8)*s), int(y+(8+tileHeight)*s)), s, p)
	}
	if on && c.look.Bare {
		frame(img, image.Rect(int(x+4*s), int(y+4*s), int(x+(b.w-4)*s), int(y+(b.h-4)*s)), p.primary, max(2, int(3*s)))
	}
	label := c.tileLabel(i, b.w, s, on)
	top := y + (tileHeight+12)*s
	label.Draw(img, x+c.tileSide()/2*s, top, p.fore)
	if c.look.Bare {
		return
	}
	number := c.face.Layout(fmt.Sprint(i+1), text.Style{Size: 12 * s})
	mark, numberAt := x+34*s, x+20*s-float32(number.Width)
	if c.rtl() {
		mark, numberAt = x+(b.w-34)*s, x+(b.w-20)*s
	}
	number.Draw(img, numberAt, top+(float32(label.Pitch())-float32(number.Height))/2, p.grey)
	c.mark(img, image.Pt(int(mark), int(top+float32(label.Pitch())/2)), int(7*s), on, p.fore, p.primary)
}

// drawStill draws a picture, a frame while there is none, a cross if there will be
// none.
func (c *Choices) drawStill(img *image.RGBA, still *Still, box image.Rectangle, s float32, p palette) {
	if _, err := still.Size(); err != nil || still.err != nil {
		l := c.face.Layout("✗", text.Style{Size: 16 * s})
		l.Draw(img, float32(box.Min.X)+float32(box.Dx()-l.Width)/2, float32(box.Min.Y)+float32(box.Dy()-l.Height)/2, p.error)
		return
	}
	still.draw(img, box, s, c.changed)
	if still.img == nil {
		frame(img, box, p.grey, max(1, int(s)))
	}
}

func (c *Choices) likertLine(img *image.RGBA, s float32, p palette) {
	first, last := c.cell(0), c.cell(c.count()-1)
	y := int(28 * s)
	if first.x > last.x {
		first, last = last, first
	}
	r := image.Rect(int((first.x+first.w/2)*s), y, int((last.x+last.w/2)*s), y+max(1, int(1.5*s)))
	draw.Draw(img, r, image.NewUniform(p.grey), image.Point{}, draw.Src)
}

func (c *Choices) drawLikert(img *image.RGBA, i int, b cell, s float32, p palette) {
	it := c.item(i)
	mid := (b.x + b.w/2) * s
	number := c.face.Layout(fmt.Sprint(i+1), text.Style{Size: 12 * s})
	number.Draw(img, mid-float32(number.Width)/2, 3*s, p.grey)
	at := image.Pt(int(mid), int(28*s))
	disc(img, at, int(8*s), opaque(themeColor(theme.ColorNameBackground)))
	c.mark(img, at, int(8*s), c.chosen[it.Name], p.fore, p.primary)
	l := c.face.Layout(it.Label, text.Style{Size: likertSize * s, Width: int((b.w - 8) * s), Lines: choiceLines, Align: text.Center, Bold: c.chosen[it.Name], Height: 1.4})
	l.Draw(img, (b.x+4)*s, likertTop*s, p.fore)
}

func frame(img *image.RGBA, r image.Rectangle, c color.Color, n int) {
	for _, e := range []image.Rectangle{{r.Min, image.Pt(r.Max.X, r.Min.Y+n)}, {image.Pt(r.Min.X, r.Max.Y-n), r.Max}, {r.Min, image.Pt(r.Min.X+n, r.Max.Y)}, {image.Pt(r.Max.X-n, r.Min.Y), r.Max}} {
		draw.Draw(img, e, image.NewUniform(c), image.Point{}, draw.Src)
	}
}

// mark draws a circle for one answer and a square for several, filled if chosen.
func (c *Choices) mark(img *image.RGBA, at image.Point, r int, on bool, fore, primary color.Color) {
	drawMark(img, at, r, on, c.multiple, fore, primary)
}

func drawMark(img *image.RGBA, at image.Point, r int, on, square bool, fore, primary color.Color) {
	for y := -r - 1; y <= r+1; y++ {
		for x := -r - 1; x <= r+1; x++ {
			d := math.Hypot(float64(x), float64(y))
			if square {
				d = math.Max(math.Abs(float64(x)), math.Abs(float64(y)))
			}
			R := float64(r)
			blend(img, at.X+x, at.Y+y, fore, cover(R-d)-cover(R-1.6-d))
			if on {
				blend(img, at.X+x, at.Y+y, primary, cover(R-3.4-d))
			}
		}
	}
}

// disc draws a filled circle.
func disc(img *image.RGBA, at image.Point, r int, c color.Color) {
	for y := -r - 1; y <= r+1; y++ {
		for x := -r - 1; x <= r+1; x++ {
			blend(img, at.X+x, at.Y+y, c, cover(float64(r)-math.Hypot(float64(x), float64(y))))
		}
	}
}

// cover is how much of a pixel lies inside an edge that is so many pixels away.
func cover(inside float64) float64 { return math.Max(0, math.Min(1, inside+0.5)) }

func blend(img *image.RGBA, x, y int, c color.Color, part float64) {
	if part <= 0 || !image.Pt(x, y).In(img.Bounds()) {
		return
	}
	r, g, b, _ := c.RGBA()
	a := uint32(part * 0xffff)
	o := img.RGBAAt(x, y)
	mix := func(old uint8, new uint32) uint8 {
		return uint8((uint32(old)*257*(0xffff-a)/0xffff + new*a/0xffff) >> 8)
	}
	img.SetRGBA(x, y, color.RGBA{mix(o.R, r), mix(o.G, g), mix(o.B, b), mix(o.A, 0xffff)})
}

func (c *Choices) scrollBar(img *image.RGBA, s float32, col color.Color) {
	all, part := c.high(), c.inner()
	if all <= part+1 {
		return
	}
	h := float32(img.Bounds().Dy())
	from, to := int(c.top/all*h), int((c.top+part)/all*h)
	draw.Draw(img, image.Rect(img.Bounds().Dx()-int(5*s), from, img.Bounds().Dx()-int(2*s), max(to, from+int(8*s))), image.NewUniform(col), image.Point{}, draw.Src)
}
