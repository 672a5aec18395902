package view

import (
	"fmt"
	"image"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// Choice is a line of a list of choices.
type Choice struct {
	Name, Label string
	Picture     *Still // or nil: small beside the label, or above it in columns
}

// Shape says how choices are arranged.
type Shape uint8

// The shapes.
const (
	List    Shape = iota // one below the other
	Columns              // in columns of one width, row by row
	Packed               // one behind the other, as many in a row as fit
	Likert               // one row, the marks on a line, the labels below
)

// Look is how choices are shown.
type Look struct {
	Shape   Shape
	Columns int  // of the shape Columns; 0: as many as have room
	Count   bool // say below how many are chosen
	// Tall is the most of points that the list takes, more scrolls; 0 is 418.
	Tall float32
	Bare bool // pictures without a mark; a frame says what is chosen
}

// Choices is a list to pick from, drawn as one picture: by digits, first letters,
// arrows and Space, or by pointer.
type Choices struct {
	widget.BaseWidget
	Keys    Keys
	Changed func(names []string) // after every pick, in the order of the list
	// Picked is called after Changed when one key has settled the answer: the list
	// takes one choice and no second digit can follow.
	Picked func()
	// Moved is called when the cursor moves by keyboard, with the upper and lower edge of
	// its choice in points from the top of the widget, so that the page can show it.
	Moved func(top, bottom float32)

	face     *text.Face
	items    []Choice
	shown    []int // numbers of the items that a search leaves; nil: all
	multiple bool
	look     Look
	zoom     float32 // how much larger than usual it shows
	chosen   map[string]bool
	cursor   int     // among those shown
	top      float32 // points scrolled away
	focused  bool
	awake    bool // a search field drives the cursor
	digits   string
	digitAt  time.Time
	cells    []cell
	cellsFor float32 // width for which cells were measured
	raster   *canvas.Raster
}

const digitPause = 600 * time.Millisecond

// NewChoices makes a list with some items chosen.
func NewChoices(face *text.Face, items []Choice, multiple bool, chosen []string) *Choices {
	c := &Choices{face: face, items: items, multiple: multiple, zoom: 1, chosen: map[string]bool{}}
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

// SetLook changes how the choices are shown.
func (c *Choices) SetLook(l Look) {
	c.look, c.cellsFor = l, 0
	c.reveal()
	c.changed()
}

// SetZoom shows the choices larger, by a factor.
func (c *Choices) SetZoom(z float32) {
	c.zoom, c.cellsFor = z, 0
	c.reveal()
	c.changed()
}

// count is the number of choices that are shown.
func (c *Choices) count() int {
	if c.shown != nil {
		return len(c.shown)
	}
	return len(c.items)
}

// item is one of those shown.
func (c *Choices) item(i int) Choice {
	if c.shown != nil {
		return c.items[c.shown[i]]
	}
	return c.items[i]
}

// show leaves only some items in view, in this order; nil shows all again.
func (c *Choices) show(numbers []int) {
	c.shown, c.cursor, c.top, c.cellsFor = numbers, 0, 0, 0
	c.changed()
}

// CreateRenderer implements fyne.Widget.
func (c *Choices) CreateRenderer() fyne.WidgetRenderer {
	c.raster = canvas.NewRaster(func(w, h int) image.Image { return c.draw(w, h) })
	return widget.NewSimpleRenderer(c.raster)
}

// Resize implements fyne.CanvasObject.
func (c *Choices) Resize(s fyne.Size) {
	if s.Width != c.Size().Width {
		c.cellsFor = 0
	}
	c.BaseWidget.Resize(s)
	c.reveal()
}

func (c *Choices) changed() {
	c.Refresh()
	if c.raster != nil {
		c.raster.Refresh()
	}
}

// pick chooses a line, or takes the choice back where several are allowed.
func (c *Choices) pick(i int) {
	if i < 0 || i >= c.count() {
		return
	}
	c.cursor = i
	n := c.item(i).Name
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

// settle tells that an answer is complete.
func (c *Choices) settle() {
	if c.Picked != nil && !c.multiple && c.Any() {
		c.Picked()
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
	if cv := fyne.CurrentApp().Driver().CanvasForObject(c); cv != nil && !c.awake {
		cv.Focus(c)
	}
	if i, ok := c.at(e.Position); ok {
		c.pick(i)
		c.settle()
	}
}

// Scrolled implements fyne.Scrollable.
func (c *Choices) Scrolled(e *fyne.ScrollEvent) {
	c.top = max(0, min(c.top-e.Scrolled.DY*1.3/c.zoom, c.high()-c.inner()))
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
		c.settle()
	case r >= '0' && r <= '9':
		c.digit(r)
	case unicode.IsLetter(r):
		for i := 1; i <= c.count(); i++ {
			n := (c.cursor + i) % c.count()
			if strings.HasPrefix(strings.ToLower(c.item(n).Label), strings.ToLower(string(r))) {
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
	if n > c.count() {
		c.digits = string(r)
		fmt.Sscan(c.digits, &n)
	}
	if n < 1 || n > c.count() {
		return
	}
	if c.multiple && len(c.digits) == 2 { // the first digit toggled another line
		c.pick(n/10 - 1)
	}
	c.pick(n - 1)
	if n*10 > c.count() {
		c.settle()
	}
}

// TypedKey implements fyne.Focusable.
func (c *Choices) TypedKey(e *fyne.KeyEvent) {
	if !c.move(e.Name) && c.Keys != nil {
		c.Keys(e.Name, ShiftHeld())
	}
}

// move follows the keys that move the cursor. It returns false for others.
func (c *Choices) move(k fyne.KeyName) bool {
	wide := c.look.Shape != List
	if wide && c.rtl() && (k == fyne.KeyLeft || k == fyne.KeyRight) {
		k = map[fyne.KeyName]fyne.KeyName{fyne.KeyLeft: fyne.KeyRight, fyne.KeyRight: fyne.KeyLeft}[k]
	}
	switch {
	case k == fyne.KeyDown:
		c.cursor = c.below(1)
	case k == fyne.KeyUp:
		c.cursor = c.below(-1)
	case k == fyne.KeyRight && wide:
		c.cursor++
	case k == fyne.KeyLeft && wide:
		c.cursor--
	case k == fyne.KeyHome:
		c.cursor = 0
	case k == fyne.KeyEnd:
		c.cursor = c.count() - 1
	case k == fyne.KeySpace: // comes as a rune
		return true
	default:
		return false
	}
	c.cursor = max(0, min(c.cursor, c.count()-1))
	c.reveal()
	c.changed()
	if c.Moved != nil && c.count() > 0 {
		at := c.cell(c.cursor)
		c.Moved((at.y-c.top)*c.zoom, (at.y-c.top+at.h+4)*c.zoom)
	}
	return true
}
