package view

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"sselandscape/maps/text"
)

// Side is one of several answers that stand against each other.
type Side struct {
	Title  string // who
	Line   string // when, on which laptop
	Value  string
	Reason string // why, where somebody said so
}

// Sides shows answers beside each other, as many in a row as there is room for, one of
// them picked. It is drawn as one picture and has no keys of its own.
type Sides struct {
	picture
	// Tap is called with the side that was tapped.
	Tap func(i int)

	face   *text.Face
	sides  []Side
	picked int
	top    float32 // points scrolled away
}

// Sizes in points at a text scale of 100 %.
const (
	sideWidth = 220
	sideGap   = 10
	sidePad   = 12
)

// NewSides makes it without sides.
func NewSides(face *text.Face) *Sides {
	s := &Sides{face: face}
	s.begin(s, s.draw)
	return s
}

// Set shows other sides, the first of them picked.
func (s *Sides) Set(sides []Side, picked int) {
	s.sides, s.picked, s.top = sides, picked, 0
	s.reveal()
	s.changed()
}

// Picked is the side that is picked, -1 where there is none.
func (s *Sides) Picked() int { return min(s.picked, len(s.sides)-1) }

// Turn picks the side so many further on.
func (s *Sides) Turn(by int) {
	s.picked = max(0, min(s.picked+by, len(s.sides)-1))
	s.reveal()
	s.changed()
}

// MinSize implements fyne.CanvasObject.
func (s *Sides) MinSize() fyne.Size { return fyne.NewSize(200, 120*textScale()) }

// Resize implements fyne.CanvasObject.
func (s *Sides) Resize(size fyne.Size) {
	s.picture.Resize(size)
	s.reveal()
}

// card is a side where it stands, in points.
type card struct {
	x, y, w, h                 float32
	title, line, value, reason *text.Layout
}

// cards lays the sides out at a number of pixels a point; rows are as high as their
// highest card.
func (s *Sides) cards(scale float32) (out []card, height float32) {
	k := textScale()
	width := s.Size().Width - 1 // room for the last frame
	across := max(1, min(len(s.sides), int((width+sideGap)/(sideWidth*k+sideGap))))
	w := (width - float32(across-1)*sideGap) / float32(across)
	lay := func(t string, size float32, bold bool) *text.Layout {
		return s.face.Layout(t, text.Style{Size: size * k * scale, Width: int((w - 2*sidePad) * scale), Bold: bold, Height: 1.4})
	}
	y, row := float32(0), float32(0)
	for i, d := range s.sides {
		if i > 0 && i%across == 0 {
			y, row = y+row+sideGap, 0
		}
		c := card{x: float32(i%across) * (w + sideGap), y: y, w: w, title: lay(d.Title, 14, true), line: lay(d.Line, 12.5, false), value: lay(d.Value, 17, true)}
		h := c.title.Height + c.line.Height + c.value.Height
		if d.Reason != "" {
			c.reason = lay(d.Reason, 13, false)
			h += c.reason.Height + int(8*scale)
		}
		c.h = float32(h)/scale + 2*sidePad + 10
		row = max(row, c.h)
		out = append(out, c)
	}
	for i := range out { // of one height in a row
		for j := range out {
			if out[j].y == out[i].y {
				out[i].h = max(out[i].h, out[j].h)
			}
		}
	}
	return out, y + row
}

func (s *Sides) reveal() {
	if s.Size().Width <= 0 || s.Picked() < 0 {
		return
	}
	cards, all := s.cards(1)
	c := cards[s.Picked()]
	s.top = min(max(s.top, c.y+c.h-s.Size().Height), c.y)
	s.top = max(0, min(s.top, all-s.Size().Height))
}

// Scrolled implements fyne.Scrollable.
func (s *Sides) Scrolled(e *fyne.ScrollEvent) {
	_, all := s.cards(1)
	s.top = max(0, min(s.top-e.Scrolled.DY*1.3, all-s.Size().Height))
	s.changed()
}

// Tapped implements fyne.Tappable.
func (s *Sides) Tapped(e *fyne.PointEvent) {
	cards, _ := s.cards(1)
	for i, c := range cards {
		if x, y := e.Position.X, e.Position.Y+s.top; s.Tap != nil && x >= c.x && x < c.x+c.w && y >= c.y && y < c.y+c.h {
			s.Tap(i)
		}
	}
}

func (s *Sides) draw(img *image.RGBA, scale float32) {
	p := colours()
	cards, all := s.cards(scale)
	for i, c := range cards {
		box := image.Rect(int(c.x*scale), int((c.y-s.top)*scale), int((c.x+c.w)*scale), int((c.y+c.h-s.top)*scale))
		if !box.Overlaps(img.Bounds()) {
			continue
		}
		fill(img, box, opaque(themeColor(theme.ColorNameInputBackground)))
		if i == s.Picked() {
			wash(img, box, p.select_)
			frame(img, box, p.primary, max(1, int(2.5*scale)))
			mark := s.face.Layout("✓", text.Style{Size: 16 * textScale() * scale, Bold: true})
			mark.Draw(img, float32(box.Max.X)-float32(mark.Width)-sidePad*scale, float32(box.Min.Y)+sidePad*scale*0.7, p.primary)
		} else {
			frame(img, box, opaque(themeColor(theme.ColorNameInputBorder)), max(1, int(scale)))
		}
		in := img.SubImage(box).(*image.RGBA)
		x, y := float32(box.Min.X)+sidePad*scale, float32(box.Min.Y)+sidePad*scale
		c.title.Draw(in, x, y, p.fore)
		y += float32(c.title.Height)
		c.line.Draw(in, x, y, p.grey)
		y += float32(c.line.Height) + 10*scale
		c.value.Draw(in, x, y, p.fore)
		if y += float32(c.value.Height) + 8*scale; c.reason != nil {
			c.reason.Draw(in, x, y, p.primary)
		}
	}
	if h := s.Size().Height; all > h+1 {
		from, to := s.top/all*h, (s.top+h)/all*h
		fill(img, image.Rect(int((s.Size().Width-4)*scale), int(from*scale), int((s.Size().Width-1)*scale), int(to*scale)), p.grey)
	}
}
