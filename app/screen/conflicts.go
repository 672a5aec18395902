package screen

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// conflictsPage is the review of contested answers: a list at the left, the answers
// that stand against each other at the right.
type conflictsPage struct {
	w    *Window
	all  []job.Conflict
	done []*job.Settlement // newest last
	was  int               // conflicts when the page was opened
	list *list

	head   *fyne.Container
	sides  *view.Sides
	order  []int // of the sides: ours first
	reason *view.Field
	keys   *fyne.Container
	right  *fyne.Container
}

func (w *Window) conflictsPage() fyne.CanvasObject {
	p := &conflictsPage{w: w}
	var err error
	if p.all, err = w.study.Conflicts(); err != nil {
		w.fail(err)
	}
	p.was = len(p.all)
	w.conflicts = p
	p.sides = view.NewSides(job.Face())
	p.sides.Tap = func(i int) {
		p.sides.Turn(i - p.sides.Picked())
		p.toList()
	}
	p.reason = view.NewField(false)
	p.reason.SetPlaceHolder("reason, kept with the answer (R)")
	p.reason.Keys = func(k fyne.KeyName, _ bool) bool {
		switch k {
		case fyne.KeyReturn, fyne.KeyEnter:
			p.take()
		case fyne.KeyEscape:
			p.toList()
		default:
			return false
		}
		return true
	}
	return p.page()
}

// page makes the page of the conflicts that are left.
func (p *conflictsPage) page() fyne.CanvasObject {
	p.w.say("%s", p.count())
	if len(p.all) == 0 {
		p.w.list = nil
		return p.empty()
	}
	p.list = p.w.newList("Conflicts", conflictColumns, conflictRows(p.all, p.w.study.Info().Researcher))
	t := p.list.table
	t.OnCursor = func(int) { p.show() }
	t.OnOpen = func(int) { p.take() }
	t.OnRune = p.rune
	t.Sideways = func(k fyne.KeyName) {
		p.sides.Turn(map[fyne.KeyName]int{fyne.KeyLeft: -1, fyne.KeyRight: 1}[k])
	}
	p.head, p.keys = container.New(&view.Column{Gap: 4}), container.New(layout.NewRowWrapLayout())
	under := container.New(&view.Column{Gap: 8}, p.reason, p.keys)
	p.right = container.New(&betweenLayout{gap: 10, spare: p.keys}, p.head, p.sides, under)
	left := p.list.page(nil)
	split := container.NewHSplit(left, container.NewPadded(p.right))
	split.Offset = 0.4
	p.show()
	return split
}

func (p *conflictsPage) empty() fyne.CanvasObject {
	text := "No answer is contested. When two people answer the same question differently, both answers appear here."
	if n := len(p.done); n > 0 {
		text = "All conflicts are settled. What was not taken stays in the history, with your reasons." + p.w.keyHint("interview.undo", " %s takes the last decision back.")
	}
	return container.NewCenter(container.NewGridWrap(fyne.NewSize(420*textZoom(), 110*textZoom()), wrapped(text)))
}

// count says how many conflicts are left.
func (p *conflictsPage) count() string {
	switch left := len(p.all); {
	case p.was > left:
		return fmt.Sprintf("%s left, %d settled. What is not taken stays in the history.", job.Counted(left, "conflict"), p.was-left)
	default:
		return job.Counted(left, "conflict") + ". What is not taken stays in the history."
	}
}

// flat takes line breaks and emphasis out of texts.
var flat = strings.NewReplacer("\n", " ", "*", "")

var conflictColumns = []listColumn{
	{TableColumn: view.TableColumn{Title: "Organization", Width: 110, Share: 2}, once: true},
	{TableColumn: view.TableColumn{Title: "Question", Width: 120, Share: 3}},
	{TableColumn: view.TableColumn{Title: "Kind"}, filter: "Kind", unseen: true},
	{TableColumn: view.TableColumn{Title: "With"}, filter: "With", unseen: true},
	{TableColumn: view.TableColumn{Title: "Interview"}, unseen: true},
}

func conflictRows(cs []job.Conflict, me string) []listRow {
	rows := make([]listRow, len(cs))
	for i := range cs {
		c := &cs[i]
		kind := c.Sort()
		cell := view.Cell{Text: flat.Replace(c.Question)}
		switch kind {
		case job.ConflictDeletion:
			cell.Icon, cell.Color = "✗", theme.ColorNameError
		case job.ConflictSettled:
			cell.Icon, cell.Color = "⚠", theme.ColorNameWarning
		case job.ConflictComputed:
			cell.Icon, cell.Color = "=", theme.ColorNamePlaceHolder
		}
		rows[i] = listRow{id: c.ID, group: c.UnitID + "/" + c.Entity, cells: []view.Cell{{Text: flat.Replace(c.Unit)}, cell, {Text: kind, Icon: cell.Icon, Color: cell.Color}, {Text: strings.Join(others(c, me), ", ")}, {Text: c.Interview}}}
	}
	return rows
}

// others are those who gave the values, but for who works on this laptop.
func others(c *job.Conflict, me string) []string {
	var out []string
	for _, s := range c.Sides {
		if s.Actor != me {
			out = append(out, s.Actor)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// at is the conflict at the cursor, nil if there is none.
func (p *conflictsPage) at() *job.Conflict {
	if p.list == nil {
		return nil
	}
	if i := p.list.table.Current(); i >= 0 && i < len(p.all) && p.list.index.Len() > 0 {
		return &p.all[i]
	}
	return nil
}

// show puts the conflict at the cursor at the right.
func (p *conflictsPage) show() {
	c := p.at()
	p.head.Objects, p.keys.Objects = nil, nil
	if c == nil {
		p.sides.Set(nil, 0)
		p.right.Refresh()
		return
	}
	line := func(s string, size float32, bold bool, name fyne.ThemeColorName) {
		if s != "" {
			p.head.Add(view.NewParagraph(job.Face(), flat.Replace(s), size*textZoom(), bold, name))
		}
	}
	line(strings.Join(filled(c.Unit, c.Interview, c.Section), " · "), 13, false, theme.ColorNamePlaceHolder)
	line(c.Question, 18, true, theme.ColorNameForeground)
	switch c.Sort() {
	case job.ConflictSettled:
		line("⚠ Settled differently by "+c.SettledBy(), 14, true, theme.ColorNameWarning)
	case job.ConflictComputed:
		line("= Computed from other answers: it is settled with the last of them.", 14, false, theme.ColorNamePrimary)
	}
	var sides []view.Side
	p.order = p.oursFirst(c)
	for _, i := range p.order {
		s := c.Sides[i]
		side := view.Side{Title: p.w.person(s.Actor), Line: when(s.Wall) + " · laptop " + c.Laptops[i], Value: flat.Replace(c.Values[i])}
		if s.Reason != "" {
			side.Reason = "because: " + s.Reason
		}
		sides = append(sides, side)
	}
	p.sides.Set(sides, 0)
	p.buttons(c)
	p.right.Refresh()
}

// oursFirst are the sides of a conflict with those of this laptop in front.
func (p *conflictsPage) oursFirst(c *job.Conflict) (out []int) {
	device := p.w.study.Info().Device
	for _, own := range []bool{true, false} {
		for i, s := range c.Sides {
			if (s.Device == device) == own {
				out = append(out, i)
			}
		}
	}
	return out
}

func filled(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// when writes the clock of a laptop, which is shown and decides nothing.
func when(wall string) string {
	t := (&survey.Revision{Wall: wall}).Time()
	if t.IsZero() {
		return wall
	}
	return t.In(time.UTC).Format("2 January 2006, 15:04 UTC")
}

// buttons are what can be done with a conflict, each with its key.
func (p *conflictsPage) buttons(c *job.Conflict) {
	add := func(label string, icon fyne.Resource, do func()) *widget.Button {
		b := widget.NewButtonWithIcon(label, icon, do)
		p.keys.Add(b)
		return b
	}
	add("Take what is picked (Enter)", theme.ConfirmIcon(), p.take).Importance = widget.HighImportance
	if !c.Deleted() {
		add("Type another (T)", theme.DocumentCreateIcon(), p.typeDialog)
		if c.Kind == survey.InterviewKind && c.UnitID != "" {
			add("Both are true (B)", theme.ContentCopyIcon(), p.bothDialog)
		}
		add("Settle all for one side (S)", theme.AccountIcon(), p.sideDialog)
	}
	if len(p.done) > 0 {
		add("Take the last back"+p.w.keyHint("interview.undo", " (%s)"), theme.ContentUndoIcon(), p.takeBack)
	}
}

// rune does what a letter means; all else is for the search.
func (p *conflictsPage) rune(r rune) {
	if p.at() != nil {
		switch r {
		case 't', 'T':
			p.typeDialog()
			return
		case 'b', 'B':
			p.bothDialog()
			return
		case 's', 'S':
			p.sideDialog()
			return
		case 'r', 'R':
			p.w.win.Canvas().Focus(p.reason)
			return
		}
	}
	p.w.say("Left and right pick, Enter takes, T types another, B keeps both, S settles all for one side, R is for a reason.%s", p.w.keyHint("list.search", " %s searches."))
}

func (p *conflictsPage) toList() {
	if p.w.list != nil && p.w.list == p.list {
		p.list.focus(p.list.table)
	}
}

// take settles the conflict at the cursor with the side that is picked.
func (p *conflictsPage) take() {
	c, i := p.at(), p.sides.Picked()
	if c == nil || i < 0 {
		return
	}
	p.settled(p.w.study.Settle(context.Background(), c.ID, c.Heads[p.order[i]].Revision, nil, p.because()))
}

func (p *conflictsPage) because() string { return strings.TrimSpace(p.reason.Text) }

// settled shows what is left after a decision, with the cursor on what comes next.
func (p *conflictsPage) settled(t *job.Settlement, err error) {
	if t != nil {
		p.done = append(p.done, t)
		p.reason.SetText("")
		p.reread(t.Entity, p.next(t.Entity))
	}
	if err != nil {
		p.w.fail(err)
	}
}

// next is the id of the row below the cursor that will be left.
func (p *conflictsPage) next(entity string) string {
	left := map[string]bool{}
	cs, _ := p.w.study.ConflictsIn(entity)
	for _, c := range cs {
		left[c.ID] = true
	}
	x, from := p.list.index, p.list.index.Place(p.list.table.Current())
	for _, step := range []int{1, -1} {
		for i := from; i >= 0 && i < x.Len(); i += step {
			if c := &p.all[x.Row(i)]; c.Entity != entity || left[c.ID] {
				return c.ID
			}
		}
	}
	return ""
}

// reread reads the conflicts of an entity again and shows the list with the cursor on
// a conflict.
func (p *conflictsPage) reread(entity, cursor string) {
	cs, err := p.w.study.ConflictsIn(entity)
	if err != nil {
		p.w.fail(err)
		return
	}
	i := slices.IndexFunc(p.all, func(c job.Conflict) bool { return c.Entity == entity })
	if i < 0 { // taken back, and nothing of it was left
		if p.all, err = p.w.study.Conflicts(); err != nil {
			p.w.fail(err)
		}
	} else {
		for k := range cs { // named as before
			cs[k].Unit = p.all[i].Unit
		}
		p.all = slices.DeleteFunc(p.all, func(c job.Conflict) bool { return c.Entity == entity })
		p.all = slices.Insert(p.all, i, cs...)
	}
	p.w.leaveList()
	if look := p.w.looks["Conflicts"]; look != nil {
		look.id = cursor
	}
	p.w.put(p.page())
	p.toList()
}

// takeBack makes the last decision undone.
func (p *conflictsPage) takeBack() {
	if len(p.done) == 0 {
		p.w.say("Nothing was settled since this page was opened.")
		return
	}
	t := p.done[len(p.done)-1]
	p.done = p.done[:len(p.done)-1]
	if err := p.w.study.TakeBack(context.Background(), t); err != nil {
		p.w.fail(err)
		return
	}
	cs, err := p.w.study.ConflictsIn(t.Entity)
	if err != nil || len(cs) == 0 {
		p.w.fail(err)
		return
	}
	p.reread(t.Entity, cs[0].ID)
}

// betweenLayout gives what is between the first and the last the room that they leave.
// Where that is little, the spare part of the last, which the menu has, too, is hidden.
type betweenLayout struct {
	gap   float32
	spare fyne.CanvasObject
}

// littleRoom is the height below which the spare part is hidden, in points.
const littleRoom = 400

// Layout implements fyne.Layout.
func (b *betweenLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	size.Width = float32(int(size.Width)) // whole points, so that text is drawn as it was measured
	top, middle, foot := objects[0], objects[1], objects[2]
	if size.Height < littleRoom {
		b.spare.Hide()
	} else {
		b.spare.Show()
	}
	for _, o := range []fyne.CanvasObject{top, foot} { // heights follow from widths
		o.Resize(fyne.NewSize(size.Width, 0))
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
	}
	y, h := top.MinSize().Height+b.gap, foot.MinSize().Height
	top.Move(fyne.NewPos(0, 0))
	middle.Move(fyne.NewPos(0, y))
	middle.Resize(fyne.NewSize(size.Width, max(0, size.Height-y-h-b.gap)))
	foot.Move(fyne.NewPos(0, size.Height-h))
}

// MinSize implements fyne.Layout.
func (b *betweenLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(260, 240) }
