package view_test

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"sselandscape/app/view"
)

// trial is a table in a window of 400 × 500 that writes down what happens to it:
// 34 points of header, then rows of 30.
type trial struct {
	*view.Table
	index *view.Index
	log   []string
	asked map[int]bool // rows whose cells were asked for
}

func newTrial(t *testing.T, n int, columns ...view.TableColumn) *trial {
	t.Helper()
	if columns == nil {
		columns = []view.TableColumn{{Title: "Name", Width: 80, Share: 2}, {Title: "Members", Width: 60, Share: 1, Right: true}}
	}
	tr := &trial{asked: map[int]bool{}}
	cells := func(row int) []string { return []string{fmt.Sprintf("name %d", row), fmt.Sprint(n - row)} }
	tr.index = view.NewIndex(n, view.IndexColumn{Text: func(r int) string { return cells(r)[0] }}, view.IndexColumn{Text: func(r int) string { return cells(r)[1] }, Number: true})
	tr.Table = view.NewTable(face(t), columns, tr.index, func(row int) []view.Cell {
		tr.asked[row] = true
		c := cells(row)
		return []view.Cell{{Text: c[0]}, {Text: c[1]}}
	})
	note := func(format string, args ...any) { tr.log = append(tr.log, fmt.Sprintf(format, args...)) }
	tr.OnOpen = func(row int) { note("open %d", row) }
	tr.OnSort = func(c int, desc bool) {
		note("sort %d %v", c, desc)
		tr.index.Sort(c, desc)
		tr.Changed()
	}
	tr.OnMarks = func() {}
	tr.OnRune = func(r rune) { note("type %c", r) }
	tr.Keys = func(k fyne.KeyName, _ bool) bool { note("key %s", k); return true }
	w := window(t, tr.Table)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 500))
	w.Canvas().Focus(tr.Table)
	return tr
}

// TestTableWithoutMarks shows no boxes where nothing is done with marks.
func TestTableWithoutMarks(t *testing.T) {
	tr := newTrial(t, 20)
	tr.OnMarks = nil
	tr.press(fyne.KeySpace)
	tr.MarkAll()
	if got := tr.Marked(); len(got) > 0 {
		t.Error("marked", got)
	}
}

func (tr *trial) press(keys ...fyne.KeyName) {
	for _, k := range keys {
		tr.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func (tr *trial) down(x, y float32, m fyne.KeyModifier) {
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: m}
	e.Position = fyne.NewPos(x, y)
	tr.MouseDown(e)
}

// click goes through what the window does with a click.
func (tr *trial) click(x, y float32, m fyne.KeyModifier) {
	tr.down(x, y, m)
	tr.MouseUp(&desktop.MouseEvent{})
	tr.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)})
}

func (tr *trial) drag(x, y, toX, toY float32) {
	tr.down(x, y, 0)
	e := &fyne.DragEvent{}
	e.Position = fyne.NewPos(toX, toY)
	tr.Dragged(e)
	tr.DragEnd()
}

func TestTableKeys(t *testing.T) {
	const up, down, left, right, home, end = fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd
	cases := map[string]struct {
		keys   []fyne.KeyName
		type_  string
		at     int
		marked []int
		log    []string
	}{
		"down and up":                 {[]fyne.KeyName{down, down, up}, "", 1, nil, nil},
		"end stays at the end":        {[]fyne.KeyName{end, down}, "", 99, nil, nil},
		"home":                        {[]fyne.KeyName{end, home}, "", 0, nil, nil},
		"a screen down":               {[]fyne.KeyName{fyne.KeyPageDown}, "", 14, nil, nil},
		"screens end at the end":      {[]fyne.KeyName{end, fyne.KeyPageDown, fyne.KeyPageUp}, "", 85, nil, nil},
		"enter opens":                 {[]fyne.KeyName{down, fyne.KeyReturn}, "", 1, nil, []string{"open 1"}},
		"space marks":                 {[]fyne.KeyName{down}, " ", 1, []int{1}, nil},
		"space takes the mark away":   {nil, "  ", 0, nil, nil},
		"letters go to the search":    {nil, "kö", 0, nil, []string{"type k", "type ö"}},
		"escape goes on":              {[]fyne.KeyName{fyne.KeyEscape}, "", 0, nil, []string{"key Escape"}},
		"other keys go on":            {[]fyne.KeyName{fyne.KeyF1}, "", 0, nil, []string{"key F1"}},
		"up to the header, sort":      {[]fyne.KeyName{up, fyne.KeyReturn}, "", 0, nil, []string{"sort 0 false"}},
		"sort turned round":           {[]fyne.KeyName{up, right, fyne.KeyReturn, fyne.KeyReturn}, "", 0, nil, []string{"sort 1 false", "sort 1 true"}},
		"space sorts in the header":   {[]fyne.KeyName{up}, " ", 0, nil, []string{"sort 0 false"}},
		"header and back":             {[]fyne.KeyName{up, right, down, fyne.KeyReturn}, "", 0, nil, []string{"open 0"}},
		"escape leaves the header":    {[]fyne.KeyName{up, fyne.KeyEscape, fyne.KeyReturn}, "", 0, nil, []string{"open 0"}},
		"header stops at its ends":    {[]fyne.KeyName{up, left, right, right, right, fyne.KeyReturn}, "", 99, nil, []string{"sort 1 false"}},
		"a screen down leaves header": {[]fyne.KeyName{up, fyne.KeyPageDown, fyne.KeyReturn}, "", 14, nil, []string{"open 14"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tr := newTrial(t, 100)
			tr.press(c.keys...)
			for _, r := range c.type_ {
				tr.TypedRune(r)
			}
			if tr.Current() != c.at {
				t.Errorf("at %d, want %d", tr.Current(), c.at)
			}
			if d := cmp.Diff(c.marked, tr.Marked()); d != "" {
				t.Errorf("marked %s", d)
			}
			if d := cmp.Diff(c.log, tr.log); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTableMarksAll(t *testing.T) {
	tr := newTrial(t, 100)
	marks := 0
	tr.OnMarks = func() { marks++ }
	tr.index.Search("9")
	tr.Changed()
	tr.TypedShortcut(&fyne.ShortcutSelectAll{})
	if n := len(tr.Marked()); n != tr.index.Len() || n == 100 || marks != 1 {
		t.Errorf("%d marked, told %d times", n, marks)
	}
	tr.press(fyne.KeyEscape)
	if len(tr.Marked()) != 0 || marks != 2 || tr.log != nil {
		t.Errorf("%v marked, told %d times, %v", tr.Marked(), marks, tr.log)
	}
}

func TestTablePointer(t *testing.T) {
	const row2 = 34 + 2*30 + 15
	cases := map[string]struct {
		do     func(tr *trial)
		at     int
		marked []int
		log    []string
	}{
		"click chooses":                {func(tr *trial) { tr.click(100, row2, 0) }, 2, nil, nil},
		"second click opens":           {func(tr *trial) { tr.click(100, row2, 0); tr.click(200, row2, 0) }, 2, nil, []string{"open 2"}},
		"clicks on two rows":           {func(tr *trial) { tr.click(100, row2, 0); tr.click(100, row2+30, 0); tr.click(100, row2, 0) }, 2, nil, nil},
		"a key between":                {func(tr *trial) { tr.click(100, row2, 0); tr.press(fyne.KeyDown, fyne.KeyUp); tr.click(100, row2, 0) }, 2, nil, nil},
		"the first row at first":       {func(tr *trial) { tr.click(100, 40, 0) }, 0, nil, nil},
		"below the rows":               {func(tr *trial) { tr.index.Search("name 77"); tr.Changed(); tr.click(100, 490, 0) }, 23, nil, nil},
		"box marks":                    {func(tr *trial) { tr.click(15, row2, 0) }, 2, []int{2}, nil},
		"box twice":                    {func(tr *trial) { tr.click(15, row2, 0); tr.click(15, row2, 0) }, 2, nil, nil},
		"ctrl marks":                   {func(tr *trial) { tr.click(100, row2, fyne.KeyModifierShortcutDefault) }, 2, []int{2}, nil},
		"shift marks all between":      {func(tr *trial) { tr.click(100, row2+30, 0); tr.click(100, row2, fyne.KeyModifierShift) }, 2, []int{2, 3}, nil},
		"header sorts":                 {func(tr *trial) { tr.click(60, 10, 0) }, 0, nil, []string{"sort 0 false"}},
		"header twice":                 {func(tr *trial) { tr.click(60, 10, 0); tr.click(60, 10, 0) }, 99, nil, []string{"sort 0 false", "sort 0 true"}},
		"another header":               {func(tr *trial) { tr.click(60, 10, 0); tr.click(330, 10, 0) }, 99, nil, []string{"sort 0 false", "sort 1 false"}},
		"an edge does not sort":        {func(tr *trial) { tr.click(258, 10, 0) }, 0, nil, nil},
		"wheel":                        {func(tr *trial) { wheel(tr, 0, -45); tr.click(100, 34+15, 0) }, 3, nil, nil},
		"wheel stops at the beginning": {func(tr *trial) { wheel(tr, 0, 45); tr.click(100, 34+15, 0) }, 0, nil, nil},
		"wheel by pixels":              {func(tr *trial) { wheel(tr, 0, -7); tr.click(100, 34+18, 0) }, 1, nil, nil},
		"bar to the end":               {func(tr *trial) { tr.drag(394, 40, 394, 600); tr.click(100, 490, 0) }, 99, nil, nil},
		"bar clicked in the middle":    {func(tr *trial) { tr.click(394, 34+233, 0); tr.click(100, 34+233, 0) }, 50, nil, nil},
		"press here, let go there": {func(tr *trial) {
			tr.down(60, 10, 0)
			tr.Tapped(&fyne.PointEvent{Position: fyne.NewPos(330, 10)})
		}, 0, nil, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tr := newTrial(t, 100)
			c.do(tr)
			if tr.Current() != c.at {
				t.Errorf("at %d, want %d", tr.Current(), c.at)
			}
			if d := cmp.Diff(c.marked, tr.Marked()); d != "" {
				t.Errorf("marked %s", d)
			}
			if d := cmp.Diff(c.log, tr.log); d != "" {
				t.Error(d)
			}
		})
	}
}

func wheel(tr *trial, dx, dy float32) {
	tr.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(dx, dy)})
}

func TestTableColumnsAreDragged(t *testing.T) {
	tr := newTrial(t, 100)
	tr.drag(258, 10, 158, 10) // the edge of the first column is at 30 + 80 + 2/3 of what is left
	got := tr.Widths()
	if got[0] < 120 || got[0] > 135 || got[1] != 0 {
		t.Errorf("widths %v", got)
	}
	tr.drag(158, 10, 0, 10)
	if got := tr.Widths(); got[0] != 44 {
		t.Errorf("widths %v, want 44 at the least", got)
	}
	other := newTrial(t, 100)
	other.SetWidths(tr.Widths())
	if d := cmp.Diff(tr.Widths(), other.Widths()); d != "" {
		t.Error(d)
	}
	tr.press(fyne.KeyUp)
	tr.TypedRune('+')
	if got := tr.Widths(); got[0] != 60 {
		t.Errorf("widths %v, want 60 after +", got)
	}
}

func TestTableCursorShape(t *testing.T) {
	tr := newTrial(t, 100)
	for x, want := range map[float32]desktop.Cursor{258: desktop.HResizeCursor, 200: desktop.DefaultCursor} {
		e := &desktop.MouseEvent{}
		e.Position = fyne.NewPos(x, 10)
		tr.MouseMoved(e)
		if tr.Cursor() != want {
			t.Errorf("cursor %v at %v", tr.Cursor(), x)
		}
	}
}

// TestTableKeepsItsRow sorts and searches: the cursor stays with its row as long as
// that is shown.
func TestTableKeepsItsRow(t *testing.T) {
	tr := newTrial(t, 100)
	var told []int
	tr.OnCursor = func(row int) { told = append(told, row) }
	tr.SetCurrent(42)
	tr.index.Sort(0, true)
	tr.Changed()
	if tr.Current() != 42 {
		t.Errorf("at %d after a sort", tr.Current())
	}
	tr.index.Search("name 4")
	tr.Changed()
	if tr.Current() != 42 {
		t.Errorf("at %d after a search that finds it", tr.Current())
	}
	tr.index.Search("77")
	tr.Changed()
	tr.index.Search("nothing of the kind")
	tr.Changed()
	tr.press(fyne.KeyReturn, fyne.KeyDown, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyHome)
	tr.TypedRune(' ')
	if d := cmp.Diff([]int{42, 77, -1}, told); d != "" || tr.log != nil {
		t.Error(d, tr.log)
	}
}

// TestTableAsksForRowsInView counts the rows whose cells are asked for when the
// table shows and when it is scrolled to the end of 100,000.
func TestTableAsksForRowsInView(t *testing.T) {
	tr := newTrial(t, many)
	c := fyne.CurrentApp().Driver().CanvasForObject(tr.Table)
	c.Capture()
	tr.press(fyne.KeyEnd)
	c.Capture()
	var rows []int
	for r := range tr.asked {
		rows = append(rows, r)
	}
	slices.Sort(rows)
	if len(rows) > 2*18 || rows[len(rows)-1] != many-1 || !slices.Contains(rows, many-15) {
		t.Errorf("%d rows were asked for: %v", len(rows), rows)
	}
}

func TestTableScrollsSideways(t *testing.T) {
	columns := []view.TableColumn{{Title: "Name", Width: 300}, {Title: "Members", Width: 300}}
	tr := newTrial(t, 100, columns...)
	tr.click(60, 495, 0) // the bar of columns
	tr.drag(60, 495, 600, 495)
	tr.click(380, 10, 0) // the header that is at the right now
	tr.press(fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft)
	tr.click(300, 10, 0)
	tr.press(fyne.KeyUp, fyne.KeyUp)
	if d := cmp.Diff([]string{"sort 1 false", "sort 0 false"}, tr.log); d != "" {
		t.Error(d)
	}
}

func TestTableFollowsTheTextScale(t *testing.T) {
	tr := newTrial(t, 100)
	small := tr.MinSize().Height
	fyne.CurrentApp().Settings().SetTheme(&large{view.NewTheme(false)})
	tr.Refresh()
	if got := tr.MinSize().Height; got != 2*small {
		t.Errorf("%v high, want %v", got, 2*small)
	}
	tr.click(150, 34*2+60+30, 0) // the second row of 60 points
	if tr.Current() != 1 {
		t.Errorf("at %d", tr.Current())
	}
	test.WidgetRenderer(tr.Table).Refresh()
}

// large is the theme with text at 200 %.
type large struct{ *view.Theme }

func (l *large) Size(n fyne.ThemeSizeName) float32 { return 2 * l.Theme.Size(n) }
