package screen

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// listColumn is a column of a list.
type listColumn struct {
	view.TableColumn
	number bool   // sorts as numbers
	filter string // title of its filter chips; "" none
	unseen bool   // searched and filtered by only
	spare  bool   // not shown while no row has anything in it
	once   bool   // said once where rows of one group stand below each other
}

// listRow is a line of a list, with a cell per column.
type listRow struct {
	id    string
	cells []view.Cell
	group string // rows of one group say some things once
}

// listLook is how a list was left: it comes back with it when the page is shown
// again.
type listLook struct {
	query   string
	filters map[int][]string // texts wanted, by column
	by      int
	desc    bool
	widths  map[int]float32 // set by hand, by column
	hidden  map[int]bool    // columns
	id      string          // row with the cursor
	view    string          // name of the saved view that it began with
}

// list is a page with a search, filter chips and a table.
type list struct {
	w       *Window
	name    string
	columns []listColumn
	shown   []int // columns of the table
	rows    []listRow
	look    *listLook
	index   *view.Index
	table   *view.Table
	search  *view.Search
	chips   *view.Chips
	count   *widget.Label
	bar     *fyne.Container // search and count
	filters []int           // column of each group of chips
	facets  [][]string      // texts of the chips of each group
	cool    func()          // stops what the index prepares
}

// newList makes a list under a name, by which the window remembers its look.
func (w *Window) newList(name string, columns []listColumn, rows []listRow) *list {
	look := w.looks[name]
	if look == nil {
		look = newLook()
		if w.looks == nil {
			w.looks = map[string]*listLook{}
		}
		w.looks[name] = look
	}
	l := &list{w: w, name: name, columns: columns, rows: rows, look: look, count: widget.NewLabel("")}
	l.index = l.makeIndex()
	l.table = l.makeTable()
	l.search = view.NewSearch("Search in any script" + w.keyHint("list.search", " (%s)"))
	l.search.OnChanged = l.seek
	l.search.Keys = l.searchKeys
	l.chips = view.NewChips(job.Face(), nil)
	l.chips.OnToggle = l.toggle
	l.chips.Keys = l.chipKeys
	l.restore()
	w.list = l
	return l
}

func (l *list) makeIndex() *view.Index {
	var columns []view.IndexColumn
	for c, col := range l.columns {
		columns = append(columns, view.IndexColumn{Number: col.number, Text: func(row int) string { return l.rows[row].cells[c].Text }})
		if col.filter != "" {
			l.filters = append(l.filters, c)
		}
	}
	x := view.NewIndex(len(l.rows), columns...)
	l.cool = x.Warm()
	return x
}

func (l *list) makeTable() *view.Table {
	var seen []view.TableColumn
	for i, c := range l.columns {
		if !c.unseen && !l.look.hidden[i] && !(c.spare && l.blank(i)) {
			seen, l.shown = append(seen, c.TableColumn), append(l.shown, i)
		}
	}
	cells := make([]view.Cell, len(l.shown))
	t := view.NewTable(job.Face(), seen, l.index, func(row int) []view.Cell {
		for k, i := range l.shown {
			cells[k] = l.rows[row].cells[i]
			if p := l.index.Place(row); l.columns[i].once && p > 0 && l.rows[l.index.Row(p-1)].group == l.rows[row].group {
				cells[k] = view.Cell{}
			}
		}
		return cells
	})
	t.OnSort = func(column int, desc bool) {
		l.look.by, l.look.desc = l.shown[column], desc
		l.index.Sort(l.shown[column], desc)
		t.Changed()
	}
	t.OnMarks = l.say
	t.OnRune = func(r rune) {
		l.focus(l.search)
		l.search.Append(r)
	}
	t.Keys = l.tableKeys
	return t
}

// restore brings the look back. Texts that no row has any more are forgotten.
func (l *list) restore() {
	k := l.look
	for c, texts := range k.filters {
		for _, s := range texts {
			l.index.Filter(c, s, true)
		}
	}
	l.index.Search(k.query)
	l.index.Sort(k.by, k.desc)
	l.search.Text = k.query
	l.table.SetSorted(slices.Index(l.shown, k.by), k.desc)
	widths := make([]float32, len(l.shown))
	for at, c := range l.shown {
		widths[at] = k.widths[c]
	}
	l.table.SetWidths(widths)
	l.changed()
	if i := slices.IndexFunc(l.rows, func(r listRow) bool { return r.id == k.id }); i >= 0 {
		l.table.SetCurrent(i)
	}
}

// newLook is how a list looks at first.
func newLook() *listLook {
	return &listLook{by: -1, filters: map[int][]string{}, widths: map[int]float32{}, hidden: map[int]bool{}}
}

// blank says whether no row has anything in a column.
func (l *list) blank(column int) bool {
	for i := range l.rows {
		if l.rows[i].cells[column].Text != "" {
			return false
		}
	}
	return true
}

// leaveList remembers how the list looks that is shown.
func (w *Window) leaveList() {
	if w.list != nil {
		w.list.keep()
		w.list.cool()
		w.list = nil
	}
}

func (l *list) keep() {
	for at, width := range l.table.Widths() {
		l.look.widths[l.shown[at]] = width
	}
	if row := l.table.Current(); row >= 0 {
		l.look.id = l.rows[row].id
	}
}

// page puts the parts of the list together; empty shows in place of a table without
// rows.
func (l *list) page(empty fyne.CanvasObject, tools ...fyne.CanvasObject) fyne.CanvasObject {
	if views := l.viewSelect(); views != nil {
		tools = append(tools, views)
	}
	l.bar = container.NewBorder(nil, nil, container.NewHBox(tools...), l.count, l.search)
	var table fyne.CanvasObject = l.table
	if len(l.rows) == 0 {
		table = empty
	}
	page := container.New(&listLayout{l.chips}, l.bar, l.chips, table)
	l.chips.OnNeeds = page.Refresh
	return page
}

// listLayout puts the search above the filters above the table. Filters may take a
// part of the height, the table gets the rest.
type listLayout struct{ chips *view.Chips }

// chipsPart is the most of a list's height that filters take.
const chipsPart = 0.28

// Layout implements fyne.Layout.
func (l *listLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	bar, table := objects[0], objects[2]
	y := bar.MinSize().Height
	bar.Resize(fyne.NewSize(size.Width, y))
	bar.Move(fyne.NewPos(0, 0))
	if l.chips.Visible() {
		line := l.chips.MinSize().Height
		lines := max(1, float32(int(size.Height*chipsPart/line)))
		h := min(l.chips.Needs(size.Width), lines*line)
		l.chips.Move(fyne.NewPos(0, y+4))
		l.chips.Resize(fyne.NewSize(size.Width, h))
		y += h + 4
	}
	table.Move(fyne.NewPos(0, y+4))
	table.Resize(fyne.NewSize(size.Width, max(0, size.Height-y-4)))
}

// MinSize implements fyne.Layout.
func (*listLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	out := fyne.NewSize(0, 8)
	for _, o := range objects {
		m := o.MinSize()
		out = fyne.NewSize(max(out.Width, m.Width), out.Height+m.Height)
	}
	return out
}

func (l *list) seek(query string) {
	l.look.query = query
	l.index.Search(query)
	l.changed()
}

func (l *list) toggle(group, chip int, on bool) {
	c, s := l.filters[group], l.facets[group][chip]
	l.index.Filter(c, s, on)
	l.look.filters[c] = slices.DeleteFunc(l.look.filters[c], func(t string) bool { return t == s })
	if on {
		l.look.filters[c] = append(l.look.filters[c], s)
	}
	l.changed()
}

// clear shows all rows again.
func (l *list) clear() {
	for c, texts := range l.look.filters {
		for _, s := range texts {
			l.index.Filter(c, s, false)
		}
	}
	clear(l.look.filters)
	l.search.SetText("")
	l.changed()
}

// filtered says whether a filter is on.
func (l *list) filtered() bool {
	for _, texts := range l.look.filters {
		if len(texts) > 0 {
			return true
		}
	}
	return false
}

// changed shows what the search and the filters leave.
func (l *list) changed() {
	var groups []view.ChipGroup
	l.facets = make([][]string, len(l.filters))
	for g, c := range l.filters {
		group := view.ChipGroup{Title: l.columns[c].filter}
		for _, f := range l.index.Facets(c) {
			group.Chips = append(group.Chips, l.chip(c, f))
			l.facets[g] = append(l.facets[g], f.Text)
		}
		if len(group.Chips) < 2 && !slices.ContainsFunc(group.Chips, func(c view.Chip) bool { return c.On }) {
			group = view.ChipGroup{} // nothing to choose from
		}
		groups = append(groups, group)
	}
	l.chips.SetGroups(groups)
	if slices.ContainsFunc(groups, func(g view.ChipGroup) bool { return len(g.Chips) > 0 }) {
		l.chips.Show()
	} else {
		l.chips.Hide()
	}
	l.table.Empty = "Nothing is found." + l.w.keyHint("list.clear", " %s clears the search and the filters.")
	l.table.Changed()
	l.say()
}

// chip is the filter for a text, with the icon that its cells have.
func (l *list) chip(column int, f view.Facet) view.Chip {
	out := view.Chip{Text: f.Text, Count: f.Count, On: f.On}
	if f.Text == "" {
		out.Text = "none"
	}
	c := l.rows[f.Row].cells[column]
	out.Icon, out.Color = c.Icon, c.Color
	return out
}

// say writes how many rows are shown and marked.
func (l *list) say() {
	text := fmt.Sprintf("%d of %d", l.index.Len(), l.index.All())
	if n := len(l.table.Marked()); n > 0 {
		text += fmt.Sprintf(" · %d marked", n)
	}
	if l.count.SetText(text); l.bar != nil {
		l.bar.Refresh() // the count may need more room
	}
}

// focus gives the keys to a part of the page, unless a dialog has them. What does
// not show does not get them.
func (l *list) focus(o fyne.Focusable) {
	if o == fyne.Focusable(l.chips) && !l.chips.Visible() || o == fyne.Focusable(l.table) && len(l.rows) == 0 {
		o = l.search
	}
	if c := l.w.win.Canvas(); c.Overlays().Top() == nil {
		c.Focus(o)
	}
}

func (l *list) searchKeys(k fyne.KeyName, shift bool) bool {
	switch k {
	case fyne.KeyDown:
		l.focus(l.table)
	case fyne.KeyPageDown, fyne.KeyPageUp, fyne.KeyReturn, fyne.KeyEnter:
		l.table.TypedKey(&fyne.KeyEvent{Name: k})
	case fyne.KeyEscape:
		if l.search.Text == "" {
			l.focus(l.table)
		}
		l.search.SetText("")
	case fyne.KeyUp:
	default:
		return l.w.functionKey(k, shift)
	}
	return true
}

func (l *list) chipKeys(k fyne.KeyName, shift bool) bool {
	switch k {
	case fyne.KeyUp:
		l.focus(l.search)
	case fyne.KeyDown, fyne.KeyEscape:
		l.focus(l.table)
	default:
		l.w.functionKey(k, shift)
	}
	return true
}

// tableKeys is what Esc does when no row is marked: first the search goes, then the
// filters.
func (l *list) tableKeys(k fyne.KeyName, shift bool) bool {
	switch {
	case k != fyne.KeyEscape:
		return l.w.functionKey(k, shift)
	case l.search.Text != "":
		l.search.SetText("")
	case l.filtered():
		l.clear()
	}
	return true
}

// listMenu is what can be done with a list.
func (w *Window) listMenu() *fyne.Menu {
	inList := func(f func(l *list)) func() {
		return func() {
			if w.list != nil {
				f(w.list)
			}
		}
	}
	return fyne.NewMenu("List",
		w.act("list.search", "Search", ctrl(fyne.KeyF), inList(func(l *list) { l.focus(l.search) })),
		w.act("list.filters", "Filters", ctrl(fyne.KeyG), inList(func(l *list) { l.focus(l.chips) })),
		w.act("list.clear", "Clear the search and the filters", ctrl(fyne.KeyK), inList((*list).clear)),
		w.act("list.mark", "Mark all rows (Ctrl+A)", chord{}, inList(func(l *list) {
			l.focus(l.table)
			l.table.MarkAll()
		})),
		w.act("list.header", "Sort, column widths (↑ in the first row)", chord{}, inList(func(l *list) {
			l.focus(l.table)
			l.table.ToHeader()
		})),
		fyne.NewMenuItemSeparator(),
		w.act("list.views", "Views: how the list looks, kept under a name …", ctrl(fyne.KeyS), inList(func(l *list) { w.unasked(l.viewsDialog) })),
		w.act("list.columns", "Columns …", ctrlShift(fyne.KeyC), inList(func(l *list) { w.unasked(l.columnsDialog) })),
		fyne.NewMenuItemSeparator(),
		w.act("units.import", "Import a list of organizations …", ctrl(fyne.KeyI), func() { w.unasked(w.importPage) }),
		w.act("units.interview", "Interview the unit at the cursor", ctrlShift(fyne.KeyN), func() { w.unasked(w.interviewUnit) }),
		w.act("units.assign", "Assign the marked units to …", ctrlShift(fyne.KeyA), func() { w.unasked(w.assignDialog) }),
		w.act("study.targets", "Targets …", ctrlShift(fyne.KeyT), func() { w.unasked(w.targetsDialog) }))
}

// unasked does something unless a dialog is open or there is no study.
func (w *Window) unasked(do func()) {
	if w.study != nil && !w.asking() {
		do()
	}
}
