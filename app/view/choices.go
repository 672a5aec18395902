package view

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// Choice is a line of a list of choices.
type Choice struct{ Name, Label string }

// Choices is a list to pick from, drawn as one picture: by digits, first letters,
// arrows and Space, or by pointer.
type Choices struct {
	widget.BaseWidget
	Keys    Keys
	Changed func(names []string) // after every pick, in the order of the list

	face     *text.Face
	items    []Choice
	multiple bool
	chosen   map[string]bool
	cursor   int
	top      int // first line shown
	focused  bool
	digits   string
	digitAt  time.Time
	raster   *canvas.Raster
}

const (
	choiceHeight = 32 // points of a line
	choiceLines  = 13 // lines shown at the most
	digitPause   = 600 * time.Millisecond
)

// NewChoices makes a list with some items chosen.
func NewChoices(face *text.Face, items []Choice, multiple bool, chosen []string) *Choices {
	c := &Choices{face: face, items: items, multiple: multiple, chosen: map[string]bool{}}
	for _, n := range chosen {
		c.chosen[n] = true
	}
	for i, it := range items {
		if c.chosen[it.Name] {
			c.cursor = i
			break
		}
	}
	c.ExtendBaseWidget(c)
	c.reveal()
	return c
}

func (c *Choices) lines() int { return min(len(c.items), choiceLines) }

// MinSize implements fyne.CanvasObject.
func (c *Choices) MinSize() fyne.Size {
	return fyne.NewSize(200, float32(max(1, c.lines()))*choiceHeight+4)
}

// CreateRenderer implements fyne.Widget.
func (c *Choices) CreateRenderer() fyne.WidgetRenderer {
	c.raster = canvas.NewRaster(func(w, h int) image.Image { return c.draw(w, h) })
	return widget.NewSimpleRenderer(c.raster)
}

func (c *Choices) reveal() {
	c.top = max(0, min(c.top, len(c.items)-c.lines()))
	if c.cursor < c.top {
		c.top = c.cursor
	}
	if c.cursor >= c.top+c.lines() {
		c.top = c.cursor - c.lines() + 1
	}
}

func (c *Choices) draw(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == 0 || c.Size().Width == 0 {
		return img
	}
	s := float32(w) / c.Size().Width
	line := int(choiceHeight * s)
	fore, primary := opaque(themeColor(theme.ColorNameForeground)), opaque(themeColor(theme.ColorNamePrimary))
	grey := opaque(themeColor(theme.ColorNamePlaceHolder))
	for i := 0; i < c.lines(); i++ {
		n := c.top + i
		y := i*line + int(2*s)
		box := image.Rect(int(2*s), y, w-int(2*s), y+line-int(2*s))
		if n == c.cursor && c.focused {
			draw.Draw(img, box, image.NewUniform(themeColor(theme.ColorNameSelection)), image.Point{}, draw.Over)
			frame(img, box, primary, max(1, int(1.5*s)))
		}
		number := c.face.Layout(fmt.Sprint(n+1), text.Style{Size: 12 * s})
		number.Draw(img, 30*s-float32(number.Width), float32(y)+(float32(line)-float32(number.Height))/2-s, grey)
		c.mark(img, image.Pt(int(46*s), y+line/2-int(s)), int(7*s), c.chosen[c.items[n].Name], fore, primary)
		label := c.face.Layout(c.items[n].Label, text.Style{Size: 14.5 * s, Width: w - int(84*s), Lines: 1, Bold: c.chosen[c.items[n].Name], Height: 1.4})
		label.Draw(img, 62*s, float32(y)+(float32(line)-float32(label.Height))/2-s, fore)
	}
	c.scrollBar(img, s, grey)
	return img
}

func frame(img *image.RGBA, r image.Rectangle, c color.Color, n int) {
	for _, e := range []image.Rectangle{{r.Min, image.Pt(r.Max.X, r.Min.Y+n)}, {image.Pt(r.Min.X, r.Max.Y-n), r.Max}, {r.Min, image.Pt(r.Min.X+n, r.Max.Y)}, {image.Pt(r.Max.X-n, r.Min.Y), r.Max}} {
		draw.Draw(img, e, image.NewUniform(c), image.Point{}, draw.Src)
	}
}

// mark draws a circle for one answer and a square for several, filled if chosen.
func (c *Choices) mark(img *image.RGBA, at image.Point, r int, on bool, fore, primary color.Color) {
	for y := -r - 1; y <= r+1; y++ {
		for x := -r - 1; x <= r+1; x++ {
			d := math.Hypot(float64(x), float64(y))
			if c.multiple {
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
	img.SetRGBA(x, y, color.RGBA{mix(o.R, r), mix(o.G, g), mix(o.B, b), uint8(max(uint32(o.A), a>>8))})
}

func (c *Choices) scrollBar(img *image.RGBA, s float32, col color.Color) {
	if len(c.items) <= c.lines() {
		return
	}
	h := img.Bounds().Dy()
	from, to := c.top*h/len(c.items), (c.top+c.lines())*h/len(c.items)
	draw.Draw(img, image.Rect(img.Bounds().Dx()-int(5*s), from, img.Bounds().Dx()-int(2*s), to), image.NewUniform(col), image.Point{}, draw.Src)
}

func (c *Choices) changed() {
	c.Refresh()
	if c.raster != nil {
		c.raster.Refresh()
	}
}

// pick chooses a line, or takes the choice back where several are allowed.
func (c *Choices) pick(i int) {
	if i < 0 || i >= len(c.items) {
		return
	}
	c.cursor = i
	n := c.items[i].Name
	if c.multiple {
		c.chosen[n] = !c.chosen[n]
	} else {
		c.chosen = map[string]bool{n: true}
	}
	c.reveal()
	c.changed()
	if c.Changed != nil {
		c.Changed(c.Chosen())
	}
}

// Chosen returns the names that are chosen, in the order of the list.
func (c *Choices) Chosen() []string {
	var out []string
	for _, it := range c.items {
		if c.chosen[it.Name] {
			out = append(out, it.Name)
		}
	}
	return out
}

// Any says whether something is chosen.
func (c *Choices) Any() bool { return len(c.Chosen()) > 0 }

// PickCursor chooses the line under the cursor.
func (c *Choices) PickCursor() { c.pick(c.cursor) }

// Tapped implements fyne.Tappable.
func (c *Choices) Tapped(e *fyne.PointEvent) {
	if cv := fyne.CurrentApp().Driver().CanvasForObject(c); cv != nil {
		cv.Focus(c)
	}
	c.pick(c.top + int((e.Position.Y-2)/choiceHeight))
}

// Scrolled implements fyne.Scrollable.
func (c *Choices) Scrolled(e *fyne.ScrollEvent) {
	step := 1
	if e.Scrolled.DY > 0 {
		step = -1
	}
	c.top = max(0, min(c.top+step, len(c.items)-c.lines()))
	c.changed()
}

// FocusGained implements fyne.Focusable.
func (c *Choices) FocusGained() { c.focused = true; c.changed() }

// FocusLost implements fyne.Focusable.
func (c *Choices) FocusLost() { c.focused = false; c.changed() }

// TypedRune implements fyne.Focusable: digits pick, letters lead to the next line
// that begins with them, Space toggles.
func (c *Choices) TypedRune(r rune) {
	switch {
	case r == ' ':
		c.pick(c.cursor)
	case r >= '0' && r <= '9':
		c.digit(r)
	case unicode.IsLetter(r):
		for i := 1; i <= len(c.items); i++ {
			n := (c.cursor + i) % len(c.items)
			if strings.HasPrefix(strings.ToLower(c.items[n].Label), strings.ToLower(string(r))) {
				c.cursor = n
				c.reveal()
				c.changed()
				return
			}
		}
	}
}

// digit picks by number. Two digits within 0.6 seconds make one number where the
// list is long.
func (c *Choices) digit(r rune) {
	now := time.Now()
	if now.Sub(c.digitAt) > digitPause {
		c.digits = ""
	}
	c.digits, c.digitAt = c.digits+string(r), now
	n := 0
	fmt.Sscan(c.digits, &n)
	if n > len(c.items) {
		c.digits = string(r)
		fmt.Sscan(c.digits, &n)
	}
	if n < 1 || n > len(c.items) {
		return
	}
	if c.multiple && len(c.digits) == 2 { // the first digit toggled another line
		c.pick(n/10 - 1)
	}
	c.pick(n - 1)
}

// TypedKey implements fyne.Focusable.
func (c *Choices) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		c.cursor = min(c.cursor+1, len(c.items)-1)
	case fyne.KeyUp:
		c.cursor = max(c.cursor-1, 0)
	case fyne.KeyHome:
		c.cursor = 0
	case fyne.KeyEnd:
		c.cursor = len(c.items) - 1
	case fyne.KeySpace:
		return // comes as a rune
	default:
		if c.Keys != nil {
			c.Keys(e.Name, ShiftHeld())
		}
		return
	}
	c.reveal()
	c.changed()
}
