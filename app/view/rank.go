package view

import (
	"fmt"
	"image"
	"image/draw"
	"slices"

	"fyne.io/fyne/v2"

	"sselandscape/maps/text"
)

// Rank puts choices in order: Space picks a line up and puts it down, arrows move
// it, a digit puts it at that place, and the pointer drags it.
type Rank struct {
	picture
	Changed func(names []string)

	face    *text.Face
	items   []Choice
	touched bool
	cursor  int
	held    bool
	dragged float32 // points since the line was last moved
}

const (
	rankLow  = 34 // points of a line
	rankHigh = 54 // where some label takes two
)

// line is the height of a line in points.
func (r *Rank) line() float32 {
	if w := r.Size().Width; w > 0 {
		for _, it := range r.items {
			if r.label(it, 1, int(w), true).Lines() > 1 {
				return rankHigh
			}
		}
	}
	return rankLow
}

func (r *Rank) label(it Choice, s float32, w int, bold bool) *text.Layout {
	side := text.Left
	if leftward(r.items) {
		side = text.Right
	}
	return r.face.Layout(it.Label, text.Style{Size: choiceSize * s, Width: w - int(90*s), Lines: 2, Align: side, Bold: bold, Height: 1.4})
}

// NewRank makes a list in the order given; items that it leaves out follow. With
// no order it is blank until something is picked up and put down.
func NewRank(face *text.Face, items []Choice, order []string) *Rank {
	r := &Rank{face: face, touched: len(order) > 0}
	for _, n := range order {
		if i := slices.IndexFunc(items, func(c Choice) bool { return c.Name == n }); i >= 0 {
			r.items = append(r.items, items[i])
		}
	}
	for _, it := range items {
		if !slices.Contains(r.items, it) {
			r.items = append(r.items, it)
		}
	}
	r.begin(r, r.draw)
	return r
}

// Order returns the names in their order, nil if nothing was ordered yet.
func (r *Rank) Order() []string {
	if !r.touched {
		return nil
	}
	out := make([]string, len(r.items))
	for i, it := range r.items {
		out[i] = it.Name
	}
	return out
}

// MinSize implements fyne.CanvasObject.
func (r *Rank) MinSize() fyne.Size {
	return fyne.NewSize(200, float32(len(r.items))*r.line()+28)
}

// place moves the line under the cursor to another place.
func (r *Rank) place(to int) {
	to = max(0, min(to, len(r.items)-1))
	it := r.items[r.cursor]
	r.items = slices.Insert(slices.Delete(r.items, r.cursor, r.cursor+1), to, it)
	r.cursor = to
	r.tell()
}

func (r *Rank) tell() {
	r.touched = true
	r.changed()
	if r.Changed != nil {
		r.Changed(r.Order())
	}
}

// TypedRune implements fyne.Focusable.
func (r *Rank) TypedRune(c rune) {
	switch {
	case len(r.items) == 0:
	case c == ' ':
		if r.held = !r.held; !r.held {
			r.tell()
		}
		r.changed()
	case c >= '1' && c <= '9' && int(c-'1') < len(r.items):
		r.held = false
		r.place(int(c - '1'))
	}
}

// TypedKey implements fyne.Focusable.
func (r *Rank) TypedKey(e *fyne.KeyEvent) {
	to := r.cursor
	switch e.Name {
	case fyne.KeyUp:
		to--
	case fyne.KeyDown:
		to++
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = len(r.items) - 1
	case fyne.KeySpace: // comes as a rune
		return
	default:
		if r.held && (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter || e.Name == fyne.KeyEscape) { // put down first
			r.held = false
			r.tell()
			return
		}
		r.page(e.Name)
		return
	}
	to = max(0, min(to, len(r.items)-1))
	if r.held && to != r.cursor {
		r.place(to)
	}
	r.cursor = to
	r.changed()
}

// Tapped implements fyne.Tappable.
func (r *Rank) Tapped(e *fyne.PointEvent) {
	r.focus()
	if i := int(e.Position.Y / r.line()); i < len(r.items) {
		r.cursor = i
		r.changed()
	}
}

// Dragged implements fyne.Draggable: the line follows the pointer.
func (r *Rank) Dragged(e *fyne.DragEvent) {
	if len(r.items) == 0 {
		return
	}
	if !r.held {
		r.focus()
		r.held = true
		r.cursor = max(0, min(int((e.Position.Y-e.Dragged.DY)/r.line()), len(r.items)-1))
	}
	if to := max(0, min(int(e.Position.Y/r.line()), len(r.items)-1)); to != r.cursor {
		r.place(to)
	}
}

// DragEnd implements fyne.Draggable.
func (r *Rank) DragEnd() {
	if r.held {
		r.held = false
		r.tell()
	}
}

func (r *Rank) draw(img *image.RGBA, s float32) {
	p := colours()
	w, high := img.Bounds().Dx(), r.line()
	for i, it := range r.items {
		y := float32(i) * high * s
		box := image.Rect(int(2*s), int(y+2*s), w-int(2*s), int(y+(high-2)*s))
		held := r.held && i == r.cursor
		if i == r.cursor && r.focused || held {
			draw.Draw(img, box, image.NewUniform(p.select_), image.Point{}, draw.Over)
			frame(img, box, p.primary, max(1, int(1.5*s)))
		}
		number := fmt.Sprint(i + 1)
		if !r.touched {
			number = "–"
		}
		n := r.face.Layout(number, text.Style{Size: 14 * s, Bold: true, Height: 1.4})
		l := r.label(it, s, w, held)
		numberAt, gripAt, labelAt := 34*s-float32(n.Width), 50*s, 68*s
		if leftward(r.items) {
			end := float32(w)
			numberAt, gripAt, labelAt = end-34*s, end-50*s, end-68*s-float32(l.Width)
		}
		n.Draw(img, numberAt, y+(high*s-float32(n.Height))/2, p.primary)
		grip(img, int(gripAt), int(y+high*s/2), s, p)
		l.Draw(img, labelAt, y+(high*s-float32(l.Height))/2, p.fore)
	}
	r.face.Layout(r.help(), text.Style{Size: 12.5 * s, Width: w - int(8*s), Lines: 1, Height: 1.4}).Draw(img, 8*s, (float32(len(r.items))*high+4)*s, p.grey)
}

func (r *Rank) help() string {
	switch {
	case r.held:
		return "Picked up: arrows move it, Space puts it down."
	case !r.touched:
		return "Not ordered yet. Space picks up and puts down, a digit gives the place."
	}
	return "Space picks up and puts down, a digit gives the place."
}

// grip is the sign that a line can be moved.
func grip(img *image.RGBA, x, y int, s float32, p palette) {
	for i := -1; i <= 1; i++ {
		r := image.Rect(x-int(5*s), y+int(float32(i)*4*s), x+int(5*s), y+int(float32(i)*4*s)+max(1, int(s)))
		draw.Draw(img, r, image.NewUniform(p.grey), image.Point{}, draw.Src)
	}
}
