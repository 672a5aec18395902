package screen

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// importTitle is the name of the page; it is not in the rail.
const importTitle = "Import a list of organizations"

// listImport is the page that takes in a list of organizations: a file, what its
// columns are, and what taking it in would do.
type listImport struct {
	importParts
	file    string
	options exchange.ListOptions
	plan    *job.ListPlan
	take    job.ListTake
	lines   []listLine
	checks  *fyne.Container
}

// listLine is a row of the list that somebody should look at.
type listLine struct {
	row          int
	verdict      view.Cell
	name, column string
	text         string
}

func (l listLine) String() string {
	at := "file"
	if l.row > 0 {
		at = fmt.Sprintf("row %d", l.row)
	}
	return strings.Join([]string{at, l.verdict.Text, l.name, l.column, l.text}, "\t")
}

// words is all that is said of the row, for the foot of the table.
func (l listLine) words() string {
	text := l.text
	if l.column != "" {
		text = l.column + ": " + text
	}
	if l.row > 0 {
		text = fmt.Sprintf("Row %d: %s", l.row, text)
	}
	return text
}

// importPage shows the page; a file that is dropped on it is read.
func (w *Window) importPage() {
	p := w.newListImport()
	w.showFilePage(importTitle, p.page(), p.choose)
	w.say("Nothing is added before you say so.")
	w.win.Canvas().Focus(p.path)
}

func (w *Window) newListImport() *listImport {
	p := &listImport{checks: container.NewVBox()}
	p.importParts = w.newImportParts("file: .csv, .xlsx, .geojson, .gpkg, .kml, .gpx, .shp …; drop it here, or type or paste its path", "Units", func(s string) { p.choose(s) }, func() { p.read() }, func() { p.apply() })
	return p
}

func (p *listImport) page() fyne.CanvasObject {
	p.columns.Objects = []fyne.CanvasObject{container.NewCenter(wrappedIn(250, "The columns of the file appear here, with what each of them says of an organization. The first row must name the columns; only the name of the organization is needed."))}
	return p.layOut(importTitle, "Units", 0.46, container.NewVBox(p.counts, p.checks), func() { copyLines(p.w, p.lines) })
}

// wrappedIn is text in lines of a width.
func wrappedIn(width float32, s string) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(width*textZoom(), 90*textZoom()), wrapped(s))
}

// choose reads a file.
func (p *listImport) choose(path string) {
	if path = strings.Trim(strings.TrimSpace(path), `"`); path == "" {
		return
	}
	p.file, p.options = path, exchange.ListOptions{}
	p.path.SetText(path)
	p.read()
}

// read reads the file from its beginning and guesses its columns.
func (p *listImport) read() { p.planning("Reading "+filepath.Base(p.file), p.head) }

// head reads the beginning of the file: of several layers of the first, as of sheets, until
// another is chosen.
func (p *listImport) head(ctx context.Context) (*job.ListHead, error) {
	o := p.options
	h, err := job.ReadListHead(ctx, p.file, o)
	if several := (*exchange.LayerError)(nil); errors.As(err, &several) {
		o.Layer = several.Layers[0]
		h, err = job.ReadListHead(ctx, p.file, o)
	}
	return h, err
}

// planning compares the list with the study, in the background.
func (p *listImport) planning(what string, head func(context.Context) (*job.ListHead, error)) {
	background(p.w, what, func(ctx context.Context) (*job.ListPlan, error) {
		h, err := head(ctx)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(h.Roles, job.ColumnName) {
			return &job.ListPlan{Head: h}, nil
		}
		return p.w.study.PlanList(ctx, p.file, h, nil)
	}, func(plan *job.ListPlan) {
		p.plan = plan
		p.show()
		p.focus(len(p.lines))
	})
}

// show shows what was read and what it would do.
func (p *listImport) show() {
	h := p.plan.Head
	p.showHow(h)
	p.showColumns(h)
	p.lines = linesOf(p.plan)
	p.checks.Objects = nil
	c := p.plan.Counts
	if c.Likely > 0 {
		p.check(fmt.Sprintf("Leave out the %d that may be here already", c.Likely), p.take.NotLikely, func(on bool) { p.take.NotLikely = on })
	}
	if c.Doubt > 0 {
		p.check(fmt.Sprintf("Also the %d in doubt, without place", c.Doubt), p.take.Doubtful, func(on bool) { p.take.Doubtful = on })
	}
	p.checks.Refresh()
	p.counts.TextStyle.Bold = true
	p.counts.SetText(job.ListSentence(c) + ".")
	if len(p.plan.Rows) == 0 {
		p.counts.SetText("No column is the name of the organization: choose one at the left.")
	}
	p.showLines()
	p.label()
}

func (p *listImport) check(label string, on bool, set func(bool)) {
	c := widget.NewCheck(label, nil)
	c.SetChecked(on)
	c.OnChanged = func(on bool) {
		set(on)
		p.label()
	}
	p.checks.Add(c)
}

// label names on the button what it does, in numbers.
func (p *listImport) label() {
	added, updated := p.plan.Count(p.take)
	p.importParts.label("organization", "Update", added, updated)
}

// delimiterNames are the separators of text, by what they are called.
var delimiterNames = [][2]string{{",", "comma"}, {";", "semicolon"}, {"\t", "tab"}, {"|", "bar"}}

// showHow shows how the file was read; what can be told otherwise can be chosen.
func (p *listImport) showHow(h *job.ListHead) {
	p.how.Objects = nil
	if h.Delimiter != "" || h.Format == "shapefile" {
		p.pick(encodingLabel(h.Guessed), exchange.Encodings(), h.Encoding, func(v string) { p.options.Encoding, p.options.Layer = v, h.Layer })
	}
	if h.Delimiter != "" {
		var names []string
		now := fmt.Sprintf("%q", h.Delimiter)
		for _, d := range delimiterNames {
			names = append(names, d[1])
			if d[0] == h.Delimiter {
				now = d[1]
			}
		}
		p.pick("Between cells", names, now, func(v string) {
			for _, d := range delimiterNames {
				if d[1] == v {
					p.options.Delimiter = d[0]
				}
			}
		})
		decimal := "Decimal point"
		if h.Comma {
			decimal = "Decimal comma"
		}
		p.how.Add(widget.NewLabel(decimal))
	}
	if len(h.Sheets) > 1 {
		p.pick("Sheet", h.Sheets, h.Sheet, func(v string) { p.options.Sheet = v })
	}
	if len(h.Layers) > 1 {
		p.pick("Layer", h.Layers, h.Layer, func(v string) { p.options = exchange.ListOptions{Layer: v} })
	}
	if h.Projection != "" {
		p.how.Add(widget.NewLabel("Converted from " + h.Projection))
	}
	p.how.Add(widget.NewLabel(fmt.Sprintf("%d columns", len(h.Columns))))
	p.how.Refresh()
}

// columnsShown is how many columns have a choice of their own; those behind are kept
// as they are.
const columnsShown = 60

// showColumns shows each column with what it says and what its first rows hold.
func (p *listImport) showColumns(h *job.ListHead) {
	var labels []string
	for _, r := range job.AllColumnRoles {
		labels = append(labels, r.Label)
	}
	box := container.NewVBox()
	for i, name := range h.Columns[:min(len(h.Columns), columnsShown)] {
		s := widget.NewSelect(labels, nil)
		for k, r := range job.AllColumnRoles {
			if r.Role == h.Roles[i] {
				s.Selected = labels[k]
			}
		}
		s.OnChanged = func(v string) { p.remap(name, v) }
		title := widget.NewLabelWithStyle(name, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		title.Truncation = fyne.TextTruncateEllipsis
		held := widget.NewLabel(firstCells(h, i))
		held.Truncation = fyne.TextTruncateEllipsis
		room := container.NewBorder(nil, nil, nil, widget.NewLabel(""), container.NewCenter(container.NewGridWrap(fyne.NewSize(180*textZoom(), s.MinSize().Height), s)))
		box.Add(container.NewBorder(nil, nil, nil, room, container.New(&tight{}, title, held)))
	}
	if n := len(h.Columns) - columnsShown; n > 0 {
		box.Add(wrapped(fmt.Sprintf("… and %d more columns, which are kept as they are.", n)))
	}
	p.columns.Objects = []fyne.CanvasObject{container.NewVScroll(box)}
	p.columns.Refresh()
}

// textZoom is how much larger than usual the theme wants text.
func textZoom() float32 { return theme.TextSize() / 14 }

// tight puts two lines close below each other.
type tight struct{}

// Layout implements fyne.Layout.
func (*tight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		h := o.MinSize().Height
		o.Resize(fyne.NewSize(size.Width, h))
		o.Move(fyne.NewPos(0, y))
		y += h - 12*textZoom()
	}
}

// MinSize implements fyne.Layout.
func (*tight) MinSize(objects []fyne.CanvasObject) fyne.Size {
	out := fyne.NewSize(60, 12*textZoom())
	for _, o := range objects {
		out.Height += o.MinSize().Height - 12*textZoom()
	}
	return out
}

// firstCells joins what the first rows hold in a column.
func firstCells(h *job.ListHead, i int) string {
	var out []string
	for _, r := range h.Rows {
		if c := oneLine(r[i]); c != "" && !slices.Contains(out, c) {
			if out = append(out, cut(c, 40)); len(out) == 3 {
				break
			}
		}
	}
	if len(out) == 0 {
		return "(blank)"
	}
	return strings.Join(out, " · ")
}

// remap gives a column another meaning.
func (p *listImport) remap(column, label string) {
	h := p.plan.Head
	for _, r := range job.AllColumnRoles {
		if r.Label == label {
			if err := h.Map(column, r.Role); err != nil {
				p.w.fail(err)
				return
			}
		}
	}
	p.planning("Comparing "+h.Name, func(context.Context) (*job.ListHead, error) { return h, nil })
}

// linesOf are the rows that somebody should look at: problems first.
func linesOf(plan *job.ListPlan) []listLine {
	var out []listLine
	names := map[int]*job.ListRow{}
	for i := range plan.Rows {
		names[plan.Rows[i].Row] = &plan.Rows[i]
	}
	for _, x := range plan.Problems {
		l := listLine{row: x.Row, column: x.Column, text: x.Text, verdict: view.Cell{Icon: "✗", Text: "problem", Color: theme.ColorNameError}}
		if x.Hint != "" {
			l.text += " (" + x.Hint + ")"
		}
		if x.Severity == survey.Warning {
			l.verdict = view.Cell{Icon: "⚠", Text: "note", Color: theme.ColorNameWarning}
		}
		if r := names[x.Row]; r != nil {
			l.name = r.Name
			if r.Verdict == job.ListDoubt {
				l.verdict.Text = "in doubt"
			}
		}
		out = append(out, l)
	}
	for i := range plan.Rows {
		switch r := &plan.Rows[i]; {
		case r.Likely != "":
			out = append(out, listLine{row: r.Row, name: r.Name, text: "may be here as " + r.Likely, verdict: view.Cell{Icon: "⚠", Text: "new", Color: theme.ColorNameWarning}})
		case r.Verdict == job.ListUpdated:
			out = append(out, listLine{row: r.Row, name: r.Name, text: "changes " + job.FieldLabels(r.Changed), verdict: view.Cell{Icon: "✓", Text: "updated", Color: theme.ColorNameSuccess}})
		}
	}
	slices.SortStableFunc(out, func(a, b listLine) int { return lineRank(a) - lineRank(b) })
	return out
}

func lineRank(l listLine) int {
	return slices.Index([]string{"problem", "in doubt", "new", "updated", "note"}, l.verdict.Text)
}

func (p *listImport) showLines() {
	p.table = view.NewTable(job.Face(), []view.TableColumn{{Title: "Row", Width: 58, Right: true}, {Title: "What", Width: 98}, {Title: "Organization", Width: 100, Share: 2}, {Title: "Why", Width: 150, Share: 5}},
		view.Count(len(p.lines)), func(i int) []view.Cell {
			l := p.lines[i]
			row, text := "", l.text
			if l.row > 0 {
				row = fmt.Sprint(l.row)
			}
			if l.column != "" {
				text = l.column + ": " + text
			}
			return []view.Cell{{Text: row}, l.verdict, {Text: l.name}, {Text: text}}
		})
	p.table.Empty = "Nothing needs a look."
	p.place.Objects = []fyne.CanvasObject{p.w.withWords(p.table, p.path, func(i int) string { return p.lines[i].words() })}
	p.place.Refresh()
}

// apply takes the list in.
func (p *listImport) apply() {
	added, updated := p.plan.Count(p.take)
	background(p.w, p.add.Text, func(ctx context.Context) (string, error) { return p.plan.Apply(ctx, p.take, nil) }, func(string) {
		p.w.show("Units")
		p.w.say("✓ Added %s, updated %d. The page Merge can undo it.", job.Counted(added, "organization"), updated)
	})
}
