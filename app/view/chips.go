package view

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// Chip is a filter that is on or off.
type Chip struct {
	Text  string
	Icon  string
	Color fyne.ThemeColorName // of the icon; "" as text
	Count int
	On    bool
}

// ChipGroup is a row of filters of one kind.
type ChipGroup struct {
	Title string
	Chips []Chip
}

// Chips are filters, drawn as one picture in as many lines as they need, or scrolled
// where there is room for fewer. Arrows go from one to the next, Space and Enter
// switch.
type Chips struct {
	widget.BaseWidget
	// Keys gets the keys that the chips do not need, and those that lead out of
	// them.
	Keys Keys
	// OnToggle is called when a filter is switched.
	OnToggle func(group, chip int, on bool)
	// OnNeeds is called when more or fewer lines are needed than before.
	OnNeeds func()

	face    *text.Face
	groups  []ChipGroup
	widest  map[string]float32 // by text of a chip: its width so far, points at 100 %
	open    map[int]bool       // groups that show all their chips
	cursor  int                // in boxes
	over    int
	focused bool
	top     float32 // points scrolled away
	raster  *canvas.Raster
}

var (
	_ fyne.Focusable    = (*Chips)(nil)
	_ fyne.Tappable     = (*Chips)(nil)
	_ fyne.Scrollable   = (*Chips)(nil)
	_ desktop.Hoverable = (*Chips)(nil)
)

// Sizes in points at a text scale of 100 %.
const (
	chipHeight = 25
	chipLine   = 30
	chipPad    = 7
	chipIcon   = 17
	chipBar    = 8 // for a scroll bar
	chipText   = 12.5
	chipsShown = 6 // of a group until it is unfolded
)

// NewChips makes filters.
func NewChips(face *text.Face, groups []ChipGroup) *Chips {
	c := &Chips{face: face, groups: groups, open: map[int]bool{}, widest: map[string]float32{}, over: -1}
	c.ExtendBaseWidget(c)
	return c
}

// SetGroups changes the filters: their counts, which are on.
func (c *Chips) SetGroups(groups []ChipGroup) {
	h := c.Needs(c.Size().Width)
	c.groups = groups
	c.changed(h)
}

// changed draws anew, and says so if the height is no longer h.
func (c *Chips) changed(h float32) {
	c.cursor = max(0, min(c.cursor, len(c.boxes())-1))
	c.Refresh()
	if c.Needs(c.Size().Width) != h && c.OnNeeds != nil {
		c.OnNeeds()
	}
}

// chipBox is where a chip, the title of a group or the fold of its chips stands, in
// points.
type chipBox struct {
	group, chip int // chip -1: unfolds or folds
	text        string
	x, y, w     float32
}

// place puts titles and chips one behind the other, into a new line where one is
// full.
func (c *Chips) place(width float32) (titles, boxes []chipBox) {
	k := textScale()
	width -= chipBar * k
	x, y := float32(0), float32(0)
	put := func(b chipBox, w, gap, with float32) chipBox {
		if x+w+with > width && x > 0 {
			x, y = 0, y+chipLine*k
		}
		b.x, b.y, b.w = x, y, w
		x += w + gap*k
		return b
	}
	for g, group := range c.groups {
		if len(group.Chips) == 0 {
			continue
		}
		shown := len(group.Chips)
		if !c.open[g] && shown > chipsShown+1 {
			shown = chipsShown
		}
		title := chipBox{text: group.Title, group: g} // stays with the first of its chips
		titles = append(titles, put(title, c.measure(group.Title)+2*k, 5, c.wide(group.Chips[0])))
		for i, chip := range group.Chips[:shown] {
			boxes = append(boxes, put(chipBox{group: g, chip: i, text: chipLabel(chip)}, c.wide(chip), 5, 0))
		}
		if len(group.Chips) > chipsShown+1 {
			b := chipBox{group: g, chip: -1, text: fmt.Sprintf("%d more …", len(group.Chips)-shown)}
			if c.open[g] {
				b.text = "fewer"
			}
			boxes = append(boxes, put(b, c.measure(b.text)+2*chipPad*k, 5, 0))
		}
		x += 9 * k
	}
	return titles, boxes
}

// wide is the width of a chip, in points. It has room for an icon and never shrinks:
// chips do not move away from under the pointer when they are switched or count
// less.
func (c *Chips) wide(chip Chip) float32 {
	k := textScale()
	w := c.measure(chipLabel(chip))/k + 2*chipPad + chipIcon
	c.widest[chip.Text] = max(w, c.widest[chip.Text])
	return c.widest[chip.Text] * k
}

func (c *Chips) boxes() []chipBox {
	_, boxes := c.place(c.Size().Width)
	return boxes
}

func chipLabel(c Chip) string { return fmt.Sprintf("%s (%d)", c.Text, c.Count) }

// widestChip is how wide a chip's text may be, in points at 100 %.
const widestChip = 220

func (c *Chips) measure(s string) float32 {
	return float32(c.face.Layout(s, c.style(1)).Width) + 1
}

func (c *Chips) style(s float32) text.Style {
	k := textScale()
	return text.Style{Size: chipText * k * s, Width: int(widestChip * k * s), Lines: 1, Align: text.Left, Height: 1.4}
}

// Needs is the height that all lines need in a width.
func (c *Chips) Needs(width float32) float32 {
	_, boxes := c.place(width)
	if len(boxes) == 0 {
		return 0
	}
	return boxes[len(boxes)-1].y + chipLine*textScale()
}

// MinSize implements fyne.CanvasObject: one line.
func (c *Chips) MinSize() fyne.Size {
	k := textScale()
	return fyne.NewSize(120*k, chipLine*k)
}

// Resize implements fyne.CanvasObject.
func (c *Chips) Resize(s fyne.Size) {
	c.BaseWidget.Resize(s)
	c.clamp()
}

func (c *Chips) clamp() { c.top = max(0, min(c.top, c.Needs(c.Size().Width)-c.Size().Height)) }

// reveal scrolls so far that the chip with the keys shows.
func (c *Chips) reveal() {
	if boxes := c.boxes(); c.cursor < len(boxes) {
		y := boxes[c.cursor].y
		c.top = min(y, max(c.top, y+chipLine*textScale()-c.Size().Height))
	}
	c.clamp()
}

// Scrolled implements fyne.Scrollable: a notch of the wheel is a line.
func (c *Chips) Scrolled(e *fyne.ScrollEvent) {
	c.top -= e.Scrolled.DY / 25 * chipLine * textScale()
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *Chips) CreateRenderer() fyne.WidgetRenderer {
	c.raster = canvas.NewRaster(func(w, h int) image.Image { return c.draw(w, h) })
	return widget.NewSimpleRenderer(c.raster)
}

// Refresh implements fyne.CanvasObject.
func (c *Chips) Refresh() {
	c.clamp()
	if c.raster != nil {
		c.raster.Refresh()
	}
}

func (c *Chips) draw(w, h int) image.Image {
	img := surface(w, h)
	if w == 0 || c.Size().Width == 0 {
		return img
	}
	fill(img, img.Bounds(), opaque(themeColor(theme.ColorNameBackground)))
	s := float32(w) / c.Size().Width
	titles, boxes := c.place(c.Size().Width)
	for _, t := range titles {
		t.y -= c.top
		c.put(img, s, t, t.text, t.x, opaque(themeColor(theme.ColorNamePlaceHolder)))
	}
	for i, b := range boxes {
		b.y -= c.top
		c.chip(img, s, b, i)
	}
	if all := c.Needs(c.Size().Width); all > c.Size().Height+1 {
		from, long := thumb(float64(c.top), float64(c.Size().Height), float64(all), textScale()/2)
		fill(img, image.Rect(w-int(6*s), int(from*s), w-int(s), int((from+long)*s)), opaque(themeColor(theme.ColorNameInputBorder)))
	}
	return img
}

// chip draws one: an outline, or filled with a tick if it is on.
func (c *Chips) chip(img *image.RGBA, s float32, b chipBox, i int) {
	k := textScale()
	var chip Chip
	if b.chip >= 0 {
		chip = c.groups[b.group].Chips[b.chip]
	}
	fore := opaque(themeColor(theme.ColorNameForeground))
	if chip.Count == 0 && !chip.On && b.chip >= 0 {
		fore = opaque(themeColor(theme.ColorNamePlaceHolder))
	}
	r := image.Rect(int(b.x*s+0.5), int((b.y+2*k)*s+0.5), int((b.x+b.w)*s+0.5), int((b.y+2*k+chipHeight*k)*s+0.5))
	primary := opaque(themeColor(theme.ColorNamePrimary))
	icon, tone, x := chip.Icon, color.Color(fore), b.x+chipPad*k
	if chip.Color != "" {
		tone = opaque(themeColor(chip.Color))
	}
	switch {
	case chip.On:
		pill(img, r, primary, primary, 0)
		fore = opaque(themeColor(theme.ColorNameForegroundOnPrimary))
		icon, tone = "✓", fore
	case i == c.over:
		pill(img, r, opaque(themeColor(theme.ColorNameButton)), opaque(themeColor(theme.ColorNameInputBorder)), s)
	default:
		pill(img, r, opaque(themeColor(theme.ColorNameBackground)), opaque(themeColor(theme.ColorNameInputBorder)), s)
	}
	if i == c.cursor && c.focused {
		c.ring(img, r, s, chip.On)
	}
	room := b.w - 2*chipPad*k
	if icon != "" {
		c.put(img, s, b, icon, x, tone)
		x, room = x+chipIcon*k, room-chipIcon*k
	}
	c.put(img, s, b, b.text, x+max(0, room-c.measure(b.text))/2, fore)
}

// ring shows which chip has the keys, inside of its edge.
func (c *Chips) ring(img *image.RGBA, r image.Rectangle, s float32, on bool) {
	line, n := opaque(themeColor(theme.ColorNamePrimary)), max(2, int(2*s))
	if on {
		line = opaque(themeColor(theme.ColorNameForegroundOnPrimary))
		r = r.Inset(n)
	}
	pill(img, r, nil, line, float32(n))
}

func (c *Chips) put(img *image.RGBA, s float32, b chipBox, label string, x float32, col color.Color) {
	k := textScale()
	l := c.face.Layout(label, c.style(s))
	l.Draw(img, x*s, (b.y+2*k)*s+(chipHeight*k*s-float32(l.Height))/2, col)
}

// pill draws a box with round ends; inside nil leaves the middle as it is.
func pill(img *image.RGBA, r image.Rectangle, inside, line color.Color, wide float32) {
	radius := float64(r.Dy()) / 2
	for y := range r.Dy() {
		for x := range r.Dx() {
			dx := max(0, radius-(float64(x)+0.5), float64(x)+0.5-(float64(r.Dx())-radius))
			dy := math.Abs(float64(y) + 0.5 - radius)
			in := radius - math.Hypot(dx, dy)
			outer, inner := cover(in), cover(in-float64(wide))
			blend(img, r.Min.X+x, r.Min.Y+y, line, outer-inner)
			if inside != nil {
				blend(img, r.Min.X+x, r.Min.Y+y, inside, inner)
			}
		}
	}
}

// toggle switches a chip, or unfolds its group.
func (c *Chips) toggle(i int) {
	boxes := c.boxes()
	if i < 0 || i >= len(boxes) {
		return
	}
	b := boxes[i]
	h := c.Needs(c.Size().Width)
	if c.cursor = i; b.chip < 0 {
		c.open[b.group] = !c.open[b.group]
		c.changed(h)
		return
	}
	chip := &c.groups[b.group].Chips[b.chip]
	chip.On = !chip.On
	c.changed(h)
	if c.OnToggle != nil {
		c.OnToggle(b.group, b.chip, chip.On)
	}
}

// at is the number of the chip at a position, -1 if none.
func (c *Chips) at(p fyne.Position) int {
	p.Y += c.top
	for i, b := range c.boxes() {
		if p.X >= b.x && p.X < b.x+b.w && p.Y >= b.y && p.Y < b.y+chipLine*textScale() {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (c *Chips) Tapped(e *fyne.PointEvent) {
	if cv := fyne.CurrentApp().Driver().CanvasForObject(c); cv != nil {
		cv.Focus(c)
	}
	c.toggle(c.at(e.Position))
}

// MouseIn implements desktop.Hoverable.
func (c *Chips) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (c *Chips) MouseMoved(e *desktop.MouseEvent) { c.hover(c.at(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (c *Chips) MouseOut() { c.hover(-1) }

func (c *Chips) hover(i int) {
	if i != c.over {
		c.over = i
		c.Refresh()
	}
}

// FocusGained implements fyne.Focusable.
func (c *Chips) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost implements fyne.Focusable.
func (c *Chips) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune implements fyne.Focusable.
func (c *Chips) TypedRune(r rune) {
	if r == ' ' {
		c.toggle(c.cursor)
	}
}

// TypedKey implements fyne.Focusable.
func (c *Chips) TypedKey(e *fyne.KeyEvent) {
	last := len(c.boxes()) - 1
	switch e.Name {
	case fyne.KeyLeft:
		c.cursor = max(0, c.cursor-1)
	case fyne.KeyRight:
		c.cursor = min(c.cursor+1, last)
	case fyne.KeyHome:
		c.cursor = 0
	case fyne.KeyEnd:
		c.cursor = last
	case fyne.KeyUp, fyne.KeyDown:
		if !c.vertical(e.Name == fyne.KeyDown) {
			c.handOn(e.Name)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		c.toggle(c.cursor)
	case fyne.KeySpace: // comes as a rune
	default:
		c.handOn(e.Name)
	}
	c.reveal()
	c.Refresh()
}

func (c *Chips) handOn(k fyne.KeyName) {
	if c.Keys != nil {
		c.Keys(k, ShiftHeld())
	}
}

// vertical goes to the nearest chip of the next line and says whether there is one.
func (c *Chips) vertical(down bool) bool {
	boxes := c.boxes()
	if len(boxes) == 0 {
		return false
	}
	from := boxes[c.cursor]
	best, line, near := -1, float32(0), float32(0)
	for i, b := range boxes {
		away, off := b.y-from.y, float32(math.Abs(float64(b.x+b.w/2-from.x-from.w/2)))
		if !down {
			away = -away
		}
		if away > 0 && (best < 0 || away < line || away == line && off < near) {
			best, line, near = i, away, off
		}
	}
	if best < 0 {
		return false
	}
	c.cursor = best
	return true
}
