package screen

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// boundariesTitle is the name of the page; it is not in the rail.
const boundariesTitle = "Boundaries of one's own"

// boundariesPage takes in boundaries: a file, what its columns are, and what would come of
// it. Below are the packs that the study has.
type boundariesPage struct {
	w       *Window
	head    *job.BoundaryHead
	plan    *job.BoundaryPlan
	path    *view.Field
	chooser *widget.Button
	how     *fyne.Container // how the file was read
	columns *fyne.Container
	counts  *widget.Label
	place   *fyne.Container // of the table of problems
	take    *widget.Button
	kept    *fyne.Container // the packs of the study
}

// boundariesImport shows the page; a file that is dropped on it is read.
func (w *Window) boundariesImport() {
	p := w.newBoundaries()
	w.showFilePage(boundariesTitle, p.page(), p.choose)
	w.say("Nothing is taken in before you say so.")
	w.win.Canvas().Focus(p.path)
}

func (w *Window) newBoundaries() *boundariesPage {
	p := &boundariesPage{w: w, how: container.NewHBox(), columns: container.NewStack(), counts: wrapped(""), place: container.NewStack(), kept: container.NewVBox()}
	p.path, p.chooser = w.fileField("file: GeoJSON, GeoPackage, TopoJSON or shapefile (.shp, .zip); drop it here, or type its path", func(s string) { p.choose(s) }, "Map")
	p.take = widget.NewButtonWithIcon("Nothing to take in", theme.DownloadIcon(), p.apply)
	p.take.Importance = widget.HighImportance
	p.take.Disable()
	p.listKept()
	return p
}

func (p *boundariesPage) page() fyne.CanvasObject {
	top := container.NewVBox(heading(boundariesTitle), container.NewBorder(nil, nil, nil, p.chooser, p.path), container.NewHScroll(p.how))
	p.columns.Objects = []fyne.CanvasObject{container.NewCenter(wrappedIn(280, "Regions, districts or communes take the place of the built-in ones in this study, and travel in its packages. The columns of the file appear here."))}
	leave := widget.NewButton("Leave it", func() { p.w.show("Map") })
	do := container.NewHBox(p.take)
	foot := container.New(layout.NewBorderLayout(nil, nil, leave, do), leave, do)
	right := container.New(layout.NewBorderLayout(p.counts, p.kept, nil, nil), p.counts, p.place, p.kept)
	split := container.NewHSplit(p.columns, container.NewScroll(right))
	split.Offset = 0.46
	return container.New(layout.NewBorderLayout(top, foot, nil, nil), top, split, foot)
}

// choose reads a file.
func (p *boundariesPage) choose(path string) {
	if path = strings.Trim(strings.TrimSpace(path), `"`); path == "" {
		return
	}
	p.path.SetText(path)
	p.read(path, 0, exchange.BoundaryOptions{})
}

// read reads the beginning of a file and plans it where its columns are clear.
func (p *boundariesPage) read(path string, level int, o exchange.BoundaryOptions) {
	p.planning("Reading "+filepath.Base(path), func(ctx context.Context) (*job.BoundaryHead, error) { return job.ReadBoundaryHead(ctx, path, level, o) })
}

// planned is a head with its plan, or why there is none.
type planned struct {
	head *job.BoundaryHead
	plan *job.BoundaryPlan
	why  error
}

func (p *boundariesPage) planning(what string, head func(context.Context) (*job.BoundaryHead, error)) {
	working(p.w, what, func(ctx context.Context, progress job.Progress) (planned, error) {
		h, err := head(ctx)
		if err != nil {
			return planned{}, err
		}
		plan, err := p.w.study.PlanBoundaries(ctx, h, func(n int) { progress(fmt.Sprintf("Reading %d features", n), 0, 0) })
		if ctx.Err() != nil {
			return planned{}, ctx.Err()
		}
		return planned{h, plan, err}, nil
	}, func(x planned) {
		p.head, p.plan = x.head, x.plan
		p.show(x.why)
	})
}

// again plans anew with what is chosen of the columns.
func (p *boundariesPage) again() {
	h := p.head
	p.planning("Comparing "+h.Name, func(context.Context) (*job.BoundaryHead, error) { return h, nil })
}

// show shows how the file was read, its columns and what would come of it.
func (p *boundariesPage) show(why error) {
	p.showHow()
	p.showColumns()
	p.take.Disable()
	p.take.SetText("Nothing to take in")
	var lines []survey.Problem
	switch {
	case why != nil:
		p.counts.SetText(sentence(why))
	case p.plan != nil:
		lines = p.plan.Problems
		p.counts.SetText(p.plan.Sentence() + ".")
		if p.plan.Areas > 0 {
			p.take.SetText(fmt.Sprintf("Take in %d areas", p.plan.Areas))
			p.take.Enable()
		}
	}
	table := view.NewTable(job.Face(), []view.TableColumn{{Title: "Feature", Width: 70, Right: true}, {Title: "What", Width: 90}, {Title: "Why", Width: 150, Share: 5}}, view.Count(len(lines)), func(i int) []view.Cell {
		x := lines[i]
		number := ""
		if x.Row > 0 {
			number = fmt.Sprint(x.Row)
		}
		what := view.Cell{Icon: "⚠", Text: "note", Color: theme.ColorNameWarning}
		if x.Severity == survey.Error {
			what = view.Cell{Icon: "✗", Text: "left out", Color: theme.ColorNameError}
		}
		return []view.Cell{{Text: number}, what, {Text: x.Text}}
	})
	table.Empty = "Nothing needs a look."
	p.place.Objects = []fyne.CanvasObject{p.w.withWords(table, p.path, func(i int) string { return job.FeatureProblem(lines[i]) })}
	p.place.Refresh()
}

// showHow says how the file was read, and lets the layer and level be chosen.
func (p *boundariesPage) showHow() {
	h := p.head
	text := h.Format
	if h.Encoding != "" {
		text += ", " + h.Encoding
	}
	if h.Projection != "" {
		text += ", converted from " + h.Projection
	}
	p.how.Objects = []fyne.CanvasObject{widget.NewLabel(text)}
	if len(h.Layers) > 1 {
		p.how.Add(widget.NewLabel("Layer"))
		p.how.Add(pickOne(h.Layers, slices.Index(h.Layers, h.Layer), func(i int) {
			p.read(h.File, 0, exchange.BoundaryOptions{Layer: h.Layers[i]})
		}))
	}
	p.how.Add(widget.NewLabel("These are"))
	level := pickOne(levelNames, h.Level-1, func(i int) { p.read(h.File, i+1, exchange.BoundaryOptions{Layer: h.Layer}) })
	p.how.Add(container.NewGridWrap(fyne.NewSize(210*textZoom(), level.MinSize().Height), level))
	p.how.Refresh()
}

// levelNames are those of levels, from 1.
var levelNames = []string{"regions (level 1)", "districts (level 2)", "communes (level 3)", "areas of level 4", "areas of level 5", "areas of level 6"}

// boundaryRoles are what columns may be, with words for them.
var boundaryRoles = []struct {
	role  job.BoundaryRole
	words string
}{{job.BoundaryOther, "left out"}, {job.BoundaryCode, "code"}, {job.BoundaryName, "name"}, {job.BoundaryParent, "part of (code or name)"}, {job.BoundaryCountry, "country"}}

// showColumns lists the columns with what they are and examples.
func (p *boundariesPage) showColumns() {
	box := container.NewVBox()
	for i, name := range p.head.Columns {
		var words []string
		at := -1
		for k, r := range boundaryRoles {
			words = append(words, r.words)
			if r.role == p.head.Roles[i] {
				at = k
			}
		}
		if at < 0 { // a name in a language
			words, at = append(words, strings.Replace(string(p.head.Roles[i]), ":", " in ", 1)), len(words)
		}
		choice := pickOne(words, at, func(k int) {
			if k < len(boundaryRoles) {
				if err := p.head.Map(boundaryRoles[k].role, name); err != nil {
					p.w.fail(err)
					return
				}
				p.again()
			}
		})
		row := container.NewGridWithColumns(2, container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewLabel(cut(name, 28)), container.New(layout.NewCustomPaddedLayout(0, 6, 8, 4), small(p.examples(i)))), container.NewVBox(choice))
		box.Add(row)
	}
	p.columns.Objects = []fyne.CanvasObject{container.NewVScroll(box)}
	p.columns.Refresh()
}

// examples are the first different cells of a column.
func (p *boundariesPage) examples(column int) string {
	var out []string
	for _, r := range p.head.Rows {
		if c := strings.TrimSpace(r[column]); c != "" && !slices.Contains(out, cut(c, 24)) && len(out) < 3 {
			out = append(out, cut(c, 24))
		}
	}
	return strings.Join(out, ", ")
}

// apply takes the areas in.
func (p *boundariesPage) apply() {
	plan := p.plan
	background(p.w, "Taking in the areas", func(ctx context.Context) (int, error) { return plan.Areas, plan.Apply(ctx) }, func(n int) {
		p.w.show("Map")
		p.w.say("✓ Took in %d areas. They are in your next package.", n)
	})
}

// listKept lists the packs of the study; each can be put aside and taken again.
func (p *boundariesPage) listKept() {
	bs, err := p.w.study.Boundaries()
	if err != nil {
		p.w.fail(err)
	}
	p.kept.Objects = nil
	if len(bs) > 0 {
		p.kept.Add(heading("In this study"))
	}
	for _, b := range bs {
		text := fmt.Sprintf("%s: %d areas of level %d", b.Name, b.Areas, b.Level)
		if b.Problem != "" {
			text += " – " + b.Problem
		}
		use := widget.NewCheck(cut(text, 90), nil)
		use.SetChecked(b.Use)
		use.OnChanged = func(on bool) {
			if err := p.w.study.UseBoundaries(context.Background(), b.SHA256, on); err != nil {
				p.w.fail(err)
			}
			p.listKept()
		}
		p.kept.Add(use)
	}
	p.kept.Refresh()
}
