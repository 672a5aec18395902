package view

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// TableColumn is a column of a table. Sizes are points at a text scale of 100 %.
type TableColumn struct {
	Title string
	Width float32 // at least
	Share float32 // of the room that is left; 0 none
	Right bool    // text stands at the right, as numbers do
}

// Cell is what stands in a row and column: text, or a state as icon and word.
type Cell struct {
	Text  string
	Icon  string              // in front of the text
	Color fyne.ThemeColorName // of the icon; "" as text
	Bold  bool
}

// Table shows any number of rows, drawn as one picture: only rows in view are asked
// for. It is moved through by keyboard and pointer, sorted by its header, and rows
// can be marked.
type Table struct {
	widget.BaseWidget
	// Keys gets the keys that the table does not need.
	Keys Keys
	// Empty says why there is nothing to see.
	Empty string
	// OnOpen is called with a row by Enter, a double click or a second click.
	OnOpen func(row int)
	// OnCursor is called when another row has the cursor; -1 if none is left.
	OnCursor func(row int)
	// OnSort is called when a header asks for another order.
	OnSort func(column int, descending bool)
	// OnMarks is called when other rows are marked; nil: rows cannot be marked.
	OnMarks func()
	// OnRune gets letters and digits, for a search.
	OnRune func(r rune)
	// Sideways gets the keys left and right, where the page needs them.
	Sideways func(k fyne.KeyName)

	face    *text.Face
	columns []TableColumn
	set     []float32 // widths set by hand, points at 100 %; 0 none
	rows    Rows
	cells   func(row int) []Cell

	sortBy  int
	desc    bool
	cursor  int // place
	current int // row at the cursor
	touched bool
	marked  map[int]bool // by row
	headAt  int          // column of the header that has the keys, -1: rows have
	top     float64      // points scrolled away
	side    float32
	focused bool
	pointer pointer
	raster  *canvas.Raster
}

var (
	_ fyne.Focusable     = (*Table)(nil)
	_ fyne.Shortcutable  = (*Table)(nil)
	_ fyne.Tappable      = (*Table)(nil)
	_ fyne.Scrollable    = (*Table)(nil)
	_ fyne.Draggable     = (*Table)(nil)
	_ desktop.Mouseable  = (*Table)(nil)
	_ desktop.Hoverable  = (*Table)(nil)
	_ desktop.Cursorable = (*Table)(nil)
)

// Sizes in points at a text scale of 100 %.
const (
	tableRow    = 30
	tableHead   = 34
	tableGutter = 30 // holds the marks
	tableBar    = 12 // scroll bars
	tablePad    = 8  // beside text in a cell
	tableText   = 13.5
	narrowest   = 44 // a column
)

// NewTable makes a table; cells gives the cells of a row, by its number.
func NewTable(face *text.Face, columns []TableColumn, rows Rows, cells func(row int) []Cell) *Table {
	t := &Table{face: face, columns: columns, set: make([]float32, len(columns)), rows: rows, cells: cells, sortBy: -1, current: -1, headAt: -1, marked: map[int]bool{}}
	t.pointer.forget()
	if rows.Len() > 0 {
		t.current = rows.Row(0)
	}
	t.ExtendBaseWidget(t)
	return t
}

// textScale is how much larger than usual the theme wants text.
func textScale() float32 { return fyne.CurrentApp().Settings().Theme().Size(theme.SizeNameText) / 14 }

// MinSize implements fyne.CanvasObject.
func (t *Table) MinSize() fyne.Size {
	k := textScale()
	return fyne.NewSize(200, (tableHead+3*tableRow+tableBar)*k)
}

// CreateRenderer implements fyne.Widget.
func (t *Table) CreateRenderer() fyne.WidgetRenderer {
	t.raster = canvas.NewRaster(t.draw)
	return widget.NewSimpleRenderer(t.raster)
}

// Resize implements fyne.CanvasObject. The row with the cursor stays in view.
func (t *Table) Resize(s fyne.Size) {
	was := t.Size()
	t.BaseWidget.Resize(s)
	if was != s {
		t.clamp()
		if was.IsZero() || s.Height < was.Height {
			t.reveal()
		}
	}
}

// Refresh implements fyne.CanvasObject.
func (t *Table) Refresh() {
	t.clamp()
	if t.raster != nil {
		t.raster.Refresh()
	}
}

// Changed says that other rows are shown, or in another order. The cursor stays on
// its row; if that is gone, or nobody moved it yet, it goes to the first one.
func (t *Table) Changed() {
	place := t.rows.Place(t.current)
	if place < 0 || !t.touched {
		place = 0
	}
	t.pointer.forget()
	t.put(place)
	t.reveal()
	t.Refresh()
}

// Current returns the row with the cursor, -1 if there is none.
func (t *Table) Current() int { return t.current }

// SetCurrent moves the cursor to a row, if it is shown.
func (t *Table) SetCurrent(row int) {
	if place := t.rows.Place(row); place >= 0 {
		t.move(place)
	}
}

// Sorted returns the column whose order the header shows, -1 if none.
func (t *Table) Sorted() (column int, descending bool) { return t.sortBy, t.desc }

// SetSorted shows an order in the header.
func (t *Table) SetSorted(column int, descending bool) {
	t.sortBy, t.desc = column, descending
	t.Refresh()
}

// Widths returns the widths that were set by hand, 0 for columns that were not.
func (t *Table) Widths() []float32 { return slices.Clone(t.set) }

// SetWidths sets widths as Widths returned them.
func (t *Table) SetWidths(ws []float32) {
	if len(ws) == len(t.set) {
		copy(t.set, ws)
		t.Refresh()
	}
}

// Marked returns the rows that are marked, in the order in which they are shown;
// those that are not shown are left out.
func (t *Table) Marked() []int {
	var places []int
	for row := range t.marked {
		if p := t.rows.Place(row); p >= 0 {
			places = append(places, p)
		}
	}
	slices.Sort(places)
	for i, p := range places {
		places[i] = t.rows.Row(p)
	}
	return places
}

// put moves the cursor without asking whether somebody wants it.
func (t *Table) put(place int) {
	old := t.current
	t.cursor, t.current = max(0, min(place, t.rows.Len()-1)), -1
	if t.rows.Len() > 0 {
		t.current = t.rows.Row(t.cursor)
	}
	if t.current != old && t.OnCursor != nil {
		t.OnCursor(t.current)
	}
}

// move takes the cursor to a place and shows it.
func (t *Table) move(place int) {
	t.touched = true
	t.headAt = -1
	t.put(place)
	t.reveal()
	t.Refresh()
}

func (t *Table) open() {
	if t.current >= 0 && t.OnOpen != nil {
		t.OnOpen(t.current)
	}
}

// mark marks rows at places, or takes their marks away.
func (t *Table) mark(on bool, from, to int) {
	if t.OnMarks == nil {
		return
	}
	for p := max(0, min(from, to)); p <= min(max(from, to), t.rows.Len()-1); p++ {
		if on {
			t.marked[t.rows.Row(p)] = true
		} else {
			delete(t.marked, t.rows.Row(p))
		}
	}
	t.marksChanged()
}

func (t *Table) toggle(place int) {
	if place < t.rows.Len() {
		t.mark(!t.marked[t.rows.Row(place)], place, place)
	}
}

func (t *Table) marksChanged() {
	t.Refresh()
	t.OnMarks()
}

// sort asks for the order of a column; the same column again turns it round.
func (t *Table) sort(column int) {
	t.desc = column == t.sortBy && !t.desc
	t.sortBy = column
	if t.OnSort != nil {
		t.OnSort(t.sortBy, t.desc)
	}
	t.Refresh()
}

// grid is where things are, in points from the widget's corner.
type grid struct {
	k         float32   // text scale
	left      []float32 // of columns, before scrolling
	width     []float32
	total     float32   // width of all
	seen      fyne.Size // room for rows
	row, head float32
	tall      float64 // height of all rows
	high      bool    // more rows than room
	wide      bool    // more columns than room
}

func (t *Table) grid() grid {
	k := textScale()
	g := grid{k: k, row: tableRow * k, head: tableHead * k, seen: t.Size()}
	g.tall = float64(t.rows.Len()) * float64(g.row)
	least := tableGutter * k
	for i := range t.columns {
		least += t.least(i) * k
	}
	g.seen.Height -= g.head
	bar := float32(tableBar) * k
	if g.high = g.tall > float64(g.seen.Height); g.high {
		g.seen.Width -= bar
	}
	if g.wide = least > g.seen.Width+0.5; g.wide {
		g.seen.Height -= bar
		if !g.high && g.tall > float64(g.seen.Height) {
			g.high = true
			g.seen.Width -= bar
		}
	}
	t.share(&g, g.seen.Width-least)
	return g
}

// least is the least width of a column at 100 %.
func (t *Table) least(i int) float32 {
	if t.set[i] > 0 {
		return t.set[i]
	}
	return max(narrowest, t.columns[i].Width)
}

// share gives what is left of the width to the columns by their shares.
func (t *Table) share(g *grid, left float32) {
	shares := float32(0)
	for i, c := range t.columns {
		if t.set[i] == 0 {
			shares += c.Share
		}
	}
	x := tableGutter * g.k
	for i, c := range t.columns {
		w := t.least(i) * g.k
		if left > 0 && t.set[i] == 0 && c.Share > 0 {
			w += left * c.Share / shares
		}
		g.left, g.width = append(g.left, x), append(g.width, w)
		x += w
	}
	g.total = x
}

// clamp keeps what is scrolled away within bounds.
func (t *Table) clamp() {
	g := t.grid()
	t.top = max(0, min(t.top, g.tall-float64(g.seen.Height)))
	t.side = max(0, min(t.side, g.total-g.seen.Width))
}

// reveal scrolls so far that the cursor shows.
func (t *Table) reveal() {
	g := t.grid()
	if g.seen.Height <= 0 {
		return
	}
	y, row := float64(t.cursor)*float64(g.row), float64(g.row)
	t.top = min(y, max(t.top, y+row-float64(g.seen.Height)))
	if t.headAt >= 0 {
		x, w := g.left[t.headAt], g.width[t.headAt]
		t.side = min(x-tableGutter*g.k, max(t.side, x+w-g.seen.Width))
	}
	t.clamp()
}
