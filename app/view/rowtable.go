package view

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"sselandscape/maps/text"
)

// RowTable shows the rows of a repeat as a table, a column for each question. One
// cell is the question that is being answered; it stays in view. Only cells in
// view are asked for.
type RowTable struct {
	picture
	// Tap is called with a cell that was tapped.
	Tap func(row, column int)

	face     *text.Face
	columns  []string
	rows     int
	cell     func(row, column int) Cell
	row, col int
	top      float32 // points scrolled away
	side     float32
}

// Sizes in points.
const (
	rowTableLine   = 30
	rowTableHead   = 48
	rowTableNumber = 40
	rowTableCell   = 150
	rowTableText   = 13.5
)

// NewRowTable makes a table whose columns have titles; cell gives what stands in
// row and column, both from 0.
func NewRowTable(face *text.Face, columns []string, rows int, cell func(row, column int) Cell) *RowTable {
	t := &RowTable{face: face, columns: columns, rows: rows, cell: cell}
	t.begin(t, t.draw)
	return t
}

// Select marks the cell that is being answered and brings it into view; a column
// of -1 marks none of the row's.
func (t *RowTable) Select(row, column int) {
	t.row, t.col = row, column
	t.reveal()
	t.changed()
}

// wide is the width of a column: they share the room that there is.
func (t *RowTable) wide() float32 {
	return max(rowTableCell, (t.Size().Width-rowTableNumber)/float32(max(1, len(t.columns))))
}

func (t *RowTable) reveal() {
	w, h := t.Size().Width-rowTableNumber, t.Size().Height-rowTableHead
	if w <= 0 || h <= 0 {
		return
	}
	y, x := float32(t.row)*rowTableLine, float32(max(0, t.col))*t.wide()
	t.top = max(min(t.top, y), y+rowTableLine-h)
	t.side = max(min(t.side, x), x+t.wide()-w)
	t.clamp()
}

func (t *RowTable) clamp() {
	w, h := t.Size().Width-rowTableNumber, t.Size().Height-rowTableHead
	t.top = max(0, min(t.top, float32(t.rows)*rowTableLine-h))
	t.side = max(0, min(t.side, float32(len(t.columns))*t.wide()-w))
}

// MinSize implements fyne.CanvasObject.
func (t *RowTable) MinSize() fyne.Size { return fyne.NewSize(200, rowTableHead+2*rowTableLine) }

// Needs is the height in which all rows show.
func (t *RowTable) Needs() float32 { return rowTableHead + float32(max(1, t.rows))*rowTableLine + 6 }

// Resize implements fyne.CanvasObject.
func (t *RowTable) Resize(s fyne.Size) {
	t.picture.Resize(s)
	t.reveal()
}

// Scrolled implements fyne.Scrollable.
func (t *RowTable) Scrolled(e *fyne.ScrollEvent) {
	t.top -= e.Scrolled.DY * 1.3
	t.side -= e.Scrolled.DX * 1.3
	t.clamp()
	t.changed()
}

// Tapped implements fyne.Tappable.
func (t *RowTable) Tapped(e *fyne.PointEvent) {
	x, y := e.Position.X-rowTableNumber, e.Position.Y-rowTableHead
	if x < 0 || y < 0 || t.Tap == nil {
		return
	}
	if row, col := int((y+t.top)/rowTableLine), int((x+t.side)/t.wide()); row < t.rows && col < len(t.columns) {
		t.Tap(row, col)
	}
}

func (t *RowTable) draw(img *image.RGBA, s float32) {
	p := colours()
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	head, left, wide := int(rowTableHead*s), int(rowTableNumber*s), t.wide()
	line := opaque(themeColor(theme.ColorNameSeparator))
	body := img.SubImage(image.Rect(left, head, w, h)).(*image.RGBA)
	titles := img.SubImage(image.Rect(left, 0, w, head)).(*image.RGBA)
	numbers := img.SubImage(image.Rect(0, head, left, h)).(*image.RGBA)
	first := max(0, int(t.side/wide))
	last := min(len(t.columns), int((t.side+t.Size().Width)/wide)+1)
	for c := first; c < last; c++ {
		x := (rowTableNumber + float32(c)*wide - t.side) * s
		l := t.face.Layout(t.columns[c], text.Style{Size: 12.5 * s, Width: int((wide - 12) * s), Lines: 2, Bold: c == t.col, Align: text.Left, Height: 1.35})
		l.Draw(titles, x+6*s, (rowTableHead*s-float32(l.Height))/2, p.grey)
		fill(img, image.Rect(int(x), 0, int(x)+max(1, int(s)), h), line)
	}
	for r := max(0, int(t.top/rowTableLine)); r < t.rows; r++ {
		y := (rowTableHead + float32(r)*rowTableLine - t.top) * s
		if int(y) > h {
			break
		}
		n := t.face.Layout(strconv.Itoa(r+1), text.Style{Size: 12.5 * s, Bold: r == t.row, Height: 1.35})
		n.Draw(numbers, (rowTableNumber-8)*s-float32(n.Width), y+(rowTableLine*s-float32(n.Height))/2, p.grey)
		if r == t.row {
			wash(body, image.Rect(left, int(y), w, int(y+rowTableLine*s)), themeColor(theme.ColorNameHover))
		}
		for c := first; c < last; c++ {
			t.drawCell(body, r, c, (rowTableNumber+float32(c)*wide-t.side)*s, y, s, p)
		}
		fill(body, image.Rect(left, int(y+rowTableLine*s)-max(1, int(s)), w, int(y+rowTableLine*s)), line)
	}
	fill(img, image.Rect(0, head-max(1, int(1.5*s)), w, head), p.grey)
	t.bars(img, s, p)
}

// bars show which part is in view where there is more.
func (t *RowTable) bars(img *image.RGBA, s float32, p palette) {
	size := t.Size()
	if all, w := float32(len(t.columns))*t.wide(), size.Width-rowTableNumber; all > w+1 {
		at := rowTableNumber + t.side/all*w
		fill(img, image.Rect(int(at*s), int((size.Height-4)*s), int((at+w/all*w)*s), int((size.Height-1)*s)), p.grey)
	}
	if all, h := float32(t.rows)*rowTableLine, size.Height-rowTableHead; all > h+1 {
		at := rowTableHead + t.top/all*h
		fill(img, image.Rect(int((size.Width-4)*s), int(at*s), int((size.Width-1)*s), int((at+h/all*h)*s)), p.grey)
	}
}

func (t *RowTable) drawCell(img *image.RGBA, r, c int, x, y, s float32, p palette) {
	wide := t.wide()
	if r == t.row && c == t.col {
		box := image.Rect(int(x), int(y), int(x+wide*s), int(y+rowTableLine*s))
		wash(img, box, p.select_)
		frame(img, box, p.primary, max(1, int(2*s)))
	}
	v := t.cell(r, c)
	fore := p.fore
	if v.Color != "" {
		fore = opaque(themeColor(v.Color))
	}
	str := v.Text
	if v.Icon != "" {
		str = v.Icon + " " + str
	}
	l := t.face.Layout(str, text.Style{Size: rowTableText * s, Width: int((wide - 12) * s), Lines: 1, Align: text.Left, Bold: v.Bold, Height: 1.4})
	l.Draw(img, x+6*s, y+(rowTableLine*s-float32(l.Height))/2, fore)
}
