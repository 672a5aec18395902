package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// gridEditor takes the answers to neighbouring questions that share their choices:
// the questions of a group with the appearance table-list, or those with list-nolabel
// behind one with label. A row that is picked is stored at once.
type gridEditor struct {
	grid        *view.Grid
	fields      []survey.Field // a row each
	from, until int            // their lines, with the one that only labels the choices
}

// gridMost is how many choices have room beside each other.
const gridMost = 11

// newGridEditor makes a grid of the questions around the current one; nil where they
// make none.
func (p *interviewPage) newGridEditor() *gridEditor {
	at := p.index()
	q := p.question()
	if q == nil || !p.inGrid(at) {
		return nil
	}
	e := &gridEditor{from: at, until: at + 1}
	for e.from > 0 && p.joins(e.from-1, at) {
		e.from--
	}
	for e.until < len(p.lines) && p.joins(e.until, at) {
		e.until++
	}
	var rows []view.GridRow
	now := 0
	for _, l := range p.lines[e.from:e.until] {
		if looksOf(l.Question().Appearance)["label"] {
			continue
		}
		if l.Field == p.at {
			now = len(rows)
		}
		e.fields = append(e.fields, l.Field)
		chosen := strings.Fields(p.iv.Session.Value(l.Field).Text)
		rows = append(rows, view.GridRow{Label: oneLine(p.iv.Session.Label(l.Field, p.lang)), Chosen: chosen})
	}
	items := p.options()
	if len(rows) < 2 || len(items) > gridMost || len(items) == 0 {
		return nil
	}
	e.grid = view.NewGrid(job.Face(), items, rows, q.Kind == survey.SelectMultiple)
	e.grid.Select(now)
	e.grid.Keys = p.keys
	e.grid.Changed = func(row int, names []string) { p.setInGrid(e, e.fields[row], survey.Of(strings.Join(names, " "))) }
	e.grid.Moved = func(row int) { p.moveInGrid(e, e.fields[row]) }
	return e
}

// inGrid says whether the question of a line is part of a grid.
func (p *interviewPage) inGrid(i int) bool {
	q := p.lines[i].Question()
	if q == nil || q.Kind != survey.SelectOne && q.Kind != survey.SelectMultiple || q.ChoiceFilter != "" {
		return false
	}
	looks := looksOf(q.Appearance)
	if looks["list-nolabel"] || looks["label"] {
		return true
	}
	for up := i - 1; up >= 0; up-- {
		if p.lines[up].Depth < p.lines[i].Depth {
			return looksOf(p.lines[up].Item.Common().Appearance)["table-list"]
		}
	}
	return false
}

// joins says whether two lines are of one grid.
func (p *interviewPage) joins(i, with int) bool {
	a, b := p.lines[i], p.lines[with]
	return p.inGrid(i) && a.Depth == b.Depth && a.Question().Kind == b.Question().Kind && a.Question().List == b.Question().List
}

// setInGrid stores an answer of a row, which need not be the current question. Where
// other questions are asked because of it, the page is made anew.
func (p *interviewPage) setInGrid(e *gridEditor, f survey.Field, v survey.Value) {
	p.moveInGrid(e, f)
	if !p.set(v) {
		return
	}
	p.editing = false
	before := len(p.lines)
	if p.read(); len(p.lines) != before {
		p.goTo(p.at)
		return
	}
	p.drawBelow()
	p.outline.Refresh()
}

// moveInGrid makes another row's question the current one; the grid stays, or the one
// that took its place follows.
func (p *interviewPage) moveInGrid(e *gridEditor, f survey.Field) {
	if f == p.at {
		return
	}
	if now := p.editor; now != editor(e) {
		if p.fieldLine(f) != nil {
			p.goTo(f)
		}
		return
	}
	p.enter(f)
	p.drawBelow()
	p.drawHelp(p.question())
	p.drawApart()
	p.pointOut()
}

func (e *gridEditor) object() fyne.CanvasObject { return e.grid }
func (e *gridEditor) focus() fyne.Focusable     { return e.grid }

// value is not asked for: a row is stored when it is picked.
func (e *gridEditor) value() survey.Value { return survey.Value{} }
