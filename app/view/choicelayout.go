package view

import (
	"slices"

	"fyne.io/fyne/v2"

	"sselandscape/maps/text"
)

// cell is where a choice stands, in points from the corner of the whole list.
// Points are those of the usual size; zoom applies when they are drawn.
type cell struct{ x, y, w, h float32 }

const (
	choiceHeight = 32  // points of a line
	choiceTall   = 418 // points of a list at the most; longer ones scroll
	choiceMany   = 300 // longer lists are not measured: every line has one height
	choiceColumn = 230 // points that a column should have
	choiceMarks  = 84  // points of a cell that are not its label
	choiceLines  = 8   // lines of a label at the most
	choiceSize   = 14.5
	countHeight  = 24

	stillHeight = 56  // points of a picture beside a label
	stillWidth  = 76  // points that it takes
	tileHeight  = 120 // points of a picture above a label
	tileWidth   = 168 // points that a column of such should have
)

// tiled says whether choices stand in a grid of pictures.
func (c *Choices) tiled() bool {
	return (c.look.Shape == Columns || c.look.Shape == Packed) && c.measured() && c.pictured()
}

// pictured says whether any choice has a picture.
func (c *Choices) pictured() bool {
	return slices.ContainsFunc(c.items, func(it Choice) bool { return it.Picture != nil })
}

// measured says whether cells are measured one by one.
func (c *Choices) measured() bool { return c.count() <= choiceMany }

// rtl says whether lines begin at their right end and columns stand from right to
// left: where most of the first labels run to the left.
func (c *Choices) rtl() bool { return leftward(c.items) }

// leftward says whether most of the first labels run to the left.
func leftward(items []Choice) bool {
	first := items[:min(len(items), 12)]
	n := 0
	for _, it := range first {
		if text.RightToLeft(it.Label) {
			n++
		}
	}
	return 2*n > len(first)
}

// width is that of the cells, leaving room for the scroll bar.
func (c *Choices) width() float32 {
	if w := c.Size().Width; w > 0 {
		return w / c.zoom
	}
	return 400
}

// columns is the number of cells in a row.
func (c *Choices) columns() int {
	switch {
	case c.look.Shape == Likert:
		return max(1, c.count())
	case c.tiled() && c.look.Columns == 0:
		return max(1, min(int(c.width()/tileWidth), c.count()))
	case c.tiled():
		return max(1, min(c.look.Columns, int(c.width()/90)))
	case c.look.Shape != Columns:
		return 1
	case c.look.Columns > 0:
		return max(1, min(c.look.Columns, int(c.width()/90)))
	}
	return max(1, min(int(c.width()/choiceColumn), 4, c.count()))
}

// cell says where a choice stands.
func (c *Choices) cell(i int) cell {
	if !c.measured() {
		n := c.columns()
		w := c.width() / float32(n)
		at := i % n
		if c.rtl() {
			at = n - 1 - at
		}
		return cell{float32(at) * w, float32(i/n) * choiceHeight, w, choiceHeight}
	}
	if c.cellsFor != c.width() || len(c.cells) != c.count() {
		c.cellsFor = c.width()
		c.cells = c.measure()
		if c.rtl() {
			for i := range c.cells {
				c.cells[i].x = c.width() - c.cells[i].x - c.cells[i].w
			}
		}
	}
	return c.cells[i]
}

func (c *Choices) measure() []cell {
	switch {
	case c.tiled():
		return c.tiles()
	case c.look.Shape == Packed:
		return c.pack()
	case c.look.Shape == Likert:
		return c.likert()
	}
	n := c.columns()
	w := c.width() / float32(n)
	out := make([]cell, c.count())
	y := float32(0)
	for row := 0; row < len(out); row += n {
		h := float32(choiceHeight)
		for i := row; i < min(row+n, len(out)); i++ {
			h = max(h, c.lineHeight(c.item(i).Label, w-c.stillRoom()))
			if c.item(i).Picture != nil {
				h = max(h, stillHeight+8)
			}
		}
		for i := row; i < min(row+n, len(out)); i++ {
			out[i] = cell{float32(i-row) * w, y, w, h}
		}
		y += h
	}
	return out
}

// stillRoom is what pictures beside labels take of a line.
func (c *Choices) stillRoom() float32 {
	if c.look.Shape == List && c.measured() && c.pictured() {
		return stillWidth
	}
	return 0
}

// tiles puts pictures with labels below them row by row.
func (c *Choices) tiles() []cell {
	n := c.columns()
	w := c.width() / float32(n)
	out := make([]cell, c.count())
	y := float32(0)
	for row := 0; row < len(out); row += n {
		h := float32(0)
		for i := row; i < min(row+n, len(out)); i++ {
			h = max(h, float32(c.tileLabel(i, w, 1, true).Height))
		}
		for i := row; i < min(row+n, len(out)); i++ {
			out[i] = cell{float32(i-row) * w, y, w, tileHeight + h + 22}
		}
		y += tileHeight + h + 22
	}
	return out
}

// tileLabel is the number and label of a choice below its picture.
func (c *Choices) tileLabel(i int, w, s float32, bold bool) *text.Layout {
	return c.face.Layout(c.item(i).Label, text.Style{Size: choiceSize * s, Width: int((w - c.tileSide()) * s), Lines: 4, Align: text.Center, Bold: bold, Height: 1.35})
}

// tileSide is what number and mark take beside a label in a grid.
func (c *Choices) tileSide() float32 {
	if c.look.Bare {
		return 16
	}
	return 88
}

// lineHeight is the height of a cell whose label breaks into lines.
func (c *Choices) lineHeight(label string, w float32) float32 {
	l := c.face.Layout(label, text.Style{Size: choiceSize, Width: int(w - choiceMarks), Lines: choiceLines, Bold: true, Height: 1.4})
	if l.Lines() <= 1 {
		return choiceHeight
	}
	return float32(l.Height) + 11
}

// pack puts cells one behind the other.
func (c *Choices) pack() []cell {
	out := make([]cell, c.count())
	x, y, h := float32(0), float32(0), float32(choiceHeight)
	for i := range out {
		label := c.item(i).Label
		natural := c.face.Layout(label, text.Style{Size: choiceSize, Bold: true, Height: 1.4})
		w := min(float32(natural.Width)+choiceMarks+2, c.width())
		if x > 0 && x+w > c.width() {
			x, y, h = 0, y+h, choiceHeight
		}
		h = max(h, c.lineHeight(label, w))
		out[i] = cell{x, y, w, h}
		x += w
	}
	return out
}

// likert puts all cells into one row, as high as the longest label.
func (c *Choices) likert() []cell {
	out := make([]cell, c.count())
	w := c.width() / float32(max(1, len(out)))
	h := float32(0)
	for i := range out {
		l := c.face.Layout(c.item(i).Label, text.Style{Size: likertSize, Width: int(w - 8), Lines: choiceLines, Align: text.Center, Bold: true, Height: 1.4})
		h = max(h, float32(l.Height))
	}
	for i := range out {
		out[i] = cell{float32(i) * w, 0, w, h + likertTop + 6}
	}
	return out
}

// high is the height of the whole list.
func (c *Choices) high() float32 {
	n := c.count()
	if n == 0 {
		return choiceHeight
	}
	last := c.cell(n - 1)
	return last.y + last.h
}

// inner is the height of the part in which choices are drawn.
func (c *Choices) inner() float32 {
	h := c.Size().Height/c.zoom - 4 - c.foot()
	if h <= 0 {
		h = min(c.high(), c.tall()/c.zoom)
	}
	return h
}

// tall is the most of points that the list takes.
func (c *Choices) tall() float32 {
	if c.look.Tall > 0 {
		return c.look.Tall
	}
	return choiceTall
}

func (c *Choices) foot() float32 {
	if c.look.Count {
		return countHeight
	}
	return 0
}

// MinSize implements fyne.CanvasObject for the width it was given last.
func (c *Choices) MinSize() fyne.Size {
	return fyne.NewSize(200, (min(c.high(), c.tall()/c.zoom)+4+c.foot())*c.zoom)
}

// reveal scrolls until the cursor is in view.
func (c *Choices) reveal() {
	if c.count() == 0 {
		c.top = 0
		return
	}
	c.cursor = max(0, min(c.cursor, c.count()-1))
	at, h := c.cell(c.cursor), c.inner()
	c.top = min(c.top, at.y)
	c.top = max(c.top, at.y+at.h-h)
	c.top = max(0, min(c.top, c.high()-h))
}

// at finds the choice at a point of the widget.
func (c *Choices) at(p fyne.Position) (int, bool) {
	p = fyne.NewPos(p.X/c.zoom, p.Y/c.zoom)
	y := p.Y - 2 + c.top
	if p.Y-2 > c.inner() || c.count() == 0 {
		return 0, false
	}
	for i := c.first(y); i < c.count(); i++ {
		b := c.cell(i)
		if b.y > y {
			break
		}
		if y < b.y+b.h && p.X >= b.x && p.X < b.x+b.w {
			return i, true
		}
	}
	return 0, false
}

// first is the first choice that reaches below a height.
func (c *Choices) first(y float32) int {
	if !c.measured() {
		return max(0, int(y/choiceHeight)*c.columns())
	}
	for i := range c.count() {
		if b := c.cell(i); b.y+b.h > y {
			return i
		}
	}
	return c.count()
}

// below is the choice one row down or up, nearest to the cursor.
func (c *Choices) below(by int) int {
	if c.count() == 0 {
		return 0
	}
	if c.look.Shape == Likert || c.look.Shape == List {
		return c.cursor + by
	}
	from := c.cell(c.cursor)
	best, far := c.cursor, float32(0)
	row := float32(-1)
	for i := c.cursor + by; i >= 0 && i < c.count(); i += by {
		b := c.cell(i)
		if b.y == from.y {
			continue
		}
		if row >= 0 && b.y != row {
			break
		}
		gap := b.x - from.x
		if gap < 0 {
			gap = -gap
		}
		if row < 0 || gap < far {
			best, far = i, gap
		}
		row = b.y
	}
	return best
}
