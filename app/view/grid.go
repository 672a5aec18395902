package view

import (
	"image"
	"image/draw"

	"fyne.io/fyne/v2"

	"sselandscape/maps/text"
)

// GridRow is a question in a Grid.
type GridRow struct {
	Label  string
	Chosen []string // names of columns
}

// Grid shows several questions with the same choices as one table: a row for each
// question, a column for each choice. Up and down lead from row to row, digits
// and Space pick.
type Grid struct {
	picture
	Changed func(row int, names []string)
	// Moved is called when another row has the cursor.
	Moved func(row int)

	face     *text.Face
	columns  []Choice
	rows     []GridRow
	multiple bool
	row, col int
	told     int       // row that Moved was told of
	tops     []float32 // of rows and the end, for the width topsFor
	topsFor  float32
}

const gridLabel = 0.38 // part of the width that the labels of rows take

// NewGrid makes a grid.
func NewGrid(face *text.Face, columns []Choice, rows []GridRow, multiple bool) *Grid {
	g := &Grid{face: face, columns: columns, rows: rows, multiple: multiple}
	g.begin(g, g.draw)
	return g
}

// Select puts the cursor on a row, on what is chosen there.
func (g *Grid) Select(row int) {
	g.row, g.told = row, row
	for i := range g.columns {
		if g.chosen(row, i) {
			g.col = i
			break
		}
	}
	g.changed()
}

// move puts the cursor on a row and tells so.
func (g *Grid) move(row int) {
	g.row = max(0, min(row, len(g.rows)-1))
	if g.row != g.told && g.Moved != nil {
		g.Moved(g.row)
	}
	g.told = g.row
	g.changed()
}

// Chosen returns what is chosen in a row, in the order of the columns.
func (g *Grid) Chosen(row int) []string { return g.rows[row].Chosen }

func (g *Grid) chosen(row, col int) bool {
	for _, n := range g.rows[row].Chosen {
		if n == g.columns[col].Name {
			return true
		}
	}
	return false
}

func (g *Grid) pick(row, col int) {
	if row < 0 || row >= len(g.rows) || col < 0 || col >= len(g.columns) {
		return
	}
	was := g.chosen(row, col)
	var out []string
	for i, c := range g.columns {
		on := g.chosen(row, i) && g.multiple
		if i == col {
			on = !was || !g.multiple
		}
		if on {
			out = append(out, c.Name)
		}
	}
	g.col, g.rows[row].Chosen = col, out
	g.move(row)
	if g.Changed != nil {
		g.Changed(row, out)
	}
}

// TypedRune implements fyne.Focusable.
func (g *Grid) TypedRune(r rune) {
	switch {
	case r == ' ':
		g.pick(g.row, g.col)
	case r >= '1' && r <= '9' && int(r-'1') < len(g.columns):
		g.pick(g.row, int(r-'1'))
		if !g.multiple {
			g.move(g.row + 1)
		}
	}
}

// TypedKey implements fyne.Focusable.
func (g *Grid) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		g.move(g.row + 1)
	case fyne.KeyUp:
		g.move(g.row - 1)
	case fyne.KeyRight:
		g.col = min(g.col+1, len(g.columns)-1)
	case fyne.KeyLeft:
		g.col = max(g.col-1, 0)
	case fyne.KeyHome:
		g.move(0)
	case fyne.KeyEnd:
		g.move(len(g.rows) - 1)
	case fyne.KeySpace: // comes as a rune
		return
	default:
		g.page(e.Name)
		return
	}
	g.changed()
}

// Tapped implements fyne.Tappable.
func (g *Grid) Tapped(e *fyne.PointEvent) {
	g.focus()
	tops := g.layout()
	for i := range g.rows {
		if e.Position.Y >= tops[i] && e.Position.Y < tops[i+1] {
			g.pick(i, int((e.Position.X-g.left())/g.column()))
		}
	}
}

func (g *Grid) width() float32 {
	if w := g.Size().Width; w > 0 {
		return w
	}
	return 500
}

func (g *Grid) left() float32   { return g.width() * gridLabel }
func (g *Grid) column() float32 { return (g.width() - g.left()) / float32(max(1, len(g.columns))) }

func (g *Grid) heading(i int, s float32) *text.Layout {
	return g.face.Layout(g.columns[i].Label, text.Style{Size: 12.5 * s, Width: int((g.column() - 6) * s), Lines: choiceLines, Align: text.Center, Bold: true, Height: 1.35})
}

func (g *Grid) label(i int, s float32) *text.Layout {
	return g.face.Layout(g.rows[i].Label, text.Style{Size: 14 * s, Width: int((g.left() - 16) * s), Lines: choiceLines, Height: 1.4})
}

// layout is where rows begin, in points, and where the last ends.
func (g *Grid) layout() []float32 {
	if g.topsFor == g.width() {
		return g.tops
	}
	g.topsFor = g.width()
	y := float32(0)
	for i := range g.columns {
		y = max(y, float32(g.heading(i, 1).Height))
	}
	y += 8
	g.tops = nil
	for i := range g.rows {
		g.tops = append(g.tops, y)
		y += max(choiceHeight, float32(g.label(i, 1).Height)+10)
	}
	g.tops = append(g.tops, y)
	return g.tops
}

// MinSize implements fyne.CanvasObject for the width it was given last.
func (g *Grid) MinSize() fyne.Size {
	tops := g.layout()
	return fyne.NewSize(300, tops[len(tops)-1]+2)
}

func (g *Grid) draw(img *image.RGBA, s float32) {
	p := colours()
	tops := g.layout()
	w := img.Bounds().Dx()
	for i := range g.columns {
		g.heading(i, s).Draw(img, (g.left()+float32(i)*g.column()+3)*s, 2*s, p.fore)
	}
	for r := range g.rows {
		y, h := tops[r]*s, (tops[r+1]-tops[r])*s
		draw.Draw(img, image.Rect(0, int(y), w, int(y)+max(1, int(s/2))), image.NewUniform(p.grey), image.Point{}, draw.Src)
		if r == g.row && g.focused {
			draw.Draw(img, image.Rect(0, int(y), w, int(y+h)), image.NewUniform(p.select_), image.Point{}, draw.Over)
			x := g.left() + float32(g.col)*g.column()
			frame(img, image.Rect(int((x+2)*s), int(y+2*s), int((x+g.column()-2)*s), int(y+h-2*s)), p.primary, max(1, int(1.5*s)))
		}
		l := g.label(r, s)
		l.Draw(img, 6*s, y+(h-float32(l.Height))/2, p.fore)
		for c := range g.columns {
			at := image.Pt(int((g.left()+(float32(c)+0.5)*g.column())*s), int(y+h/2))
			drawMark(img, at, int(8*s), g.chosen(r, c), g.multiple, p.fore, p.primary)
		}
	}
}
