package screen

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/exchange"
)

// takeTitle is the name of the page; it is not in the rail.
const takeTitle = "Take in packages"

// takePage is the page that takes in packages, folders of them, and the folders of
// colleagues' studies: what they would do, by package, researcher, organization and day.
type takePage struct {
	w    *Window
	from string
	g    *job.Gathering // nil before something is read
	done bool           // it was taken in, or broken off

	path   *view.Field
	counts *widget.Label
	by     *widget.RadioGroup
	place  *fyne.Container // of the table
	table  *view.Table
	locked *widget.Button
	take   *widget.Button
	foot   *fyne.Container
}

// takenLine is a row of the table, with all that is said of it for the foot.
type takenLine struct {
	cells []view.Cell
	words string
}

const (
	byPackage      = "Packages"
	byResearcher   = "Researchers"
	byOrganization = "Organizations"
	byDay          = "Days"
)

// takePackages shows the page; path is read at once unless it is "".
func (w *Window) takePackages(path string) {
	p := &takePage{w: w, counts: wrapped(""), place: container.NewStack()}
	hint := "package, or folder of packages or of a study; drop it here, or type or paste its path"
	field, file := w.fileField(hint, p.read, "Merge")
	folder := widget.NewButtonWithIcon("Choose a folder …", theme.FolderIcon(), func() {
		dialog.ShowFolderOpen(func(u fyne.ListableURI, err error) {
			if err == nil && u != nil {
				p.read(u.Path())
			}
		}, w.win)
	})
	p.path = field
	p.by = widget.NewRadioGroup([]string{byPackage, byResearcher, byOrganization, byDay}, func(string) { p.showTable() })
	p.by.Horizontal, p.by.Required, p.by.Selected = true, true, byPackage
	p.locked = widget.NewButtonWithIcon("Passphrase …", theme.LoginIcon(), func() { p.ask(false) })
	p.take = widget.NewButtonWithIcon("Nothing to take in", theme.DownloadIcon(), p.apply)
	p.take.Importance = widget.HighImportance
	leave := widget.NewButton("Leave it", func() { w.show("Merge") })
	do := container.NewHBox(p.locked, p.take)
	p.foot = container.New(layout.NewBorderLayout(nil, nil, leave, do), leave, do)
	top := container.NewVBox(heading(takeTitle), container.NewBorder(nil, nil, nil, container.NewHBox(file, folder), field), p.counts, p.by)
	w.showFilePage(takeTitle, container.New(layout.NewBorderLayout(top, p.foot, nil, nil), top, p.place, p.foot), p.read)
	w.taking = p
	p.show()
	w.say("Nothing is taken in before you say so.")
	w.win.Canvas().Focus(field)
	if path != "" {
		p.read(path)
	}
}

// close removes what was unpacked.
func (p *takePage) close() {
	if p.g != nil {
		if err := p.g.Close(); err != nil {
			p.w.fail(err)
		}
	}
	p.g = nil
}

func (p *takePage) read(path string) {
	if p.from = strings.Trim(strings.TrimSpace(path), `"`); p.from != "" {
		p.path.SetText(p.from)
		p.gather(job.Keys{})
	}
}

// gather reads what there is, in the background.
func (p *takePage) gather(k job.Keys) {
	p.close()
	p.done = false
	working(p.w, "Reading", func(ctx context.Context, progress job.Progress) (*job.Gathering, error) {
		return p.w.study.Gather(ctx, []string{p.from}, k, progress)
	}, func(g *job.Gathering) {
		p.g = g
		p.by.SetSelected(byPackage)
		p.show()
		switch {
		case len(g.Found) == 1 && p.asks():
			p.ask(k.Passphrase != "")
		case !p.take.Disabled():
			p.w.win.Canvas().Focus(p.take)
		default:
			p.w.win.Canvas().Focus(p.table)
		}
	})
}

// asks says whether a passphrase opens what cannot be opened without.
func (p *takePage) asks() bool {
	return p.g != nil && slices.ContainsFunc(p.g.Found, func(x *job.Gathered) bool { return errors.Is(x.Err, exchange.ErrPassphrase) })
}

func (p *takePage) ask(again bool) {
	p.w.askPassphrase(again, func(s string) { p.gather(job.Keys{Passphrase: s}) })
}

// show shows what was read.
func (p *takePage) show() {
	p.locked.Hide()
	if p.asks() {
		p.locked.Show()
	}
	p.take.SetText("Nothing to take in")
	p.take.Disable()
	p.counts.TextStyle.Bold = p.g != nil
	p.counts.SetText("What colleagues bring shows here before anything changes: by package, researcher, organization and day. Of a folder all packages in it, and in the folders in it, are read. Several times, and in any order, is fine.")
	if p.g != nil {
		p.counts.SetText(p.sentence())
		if n := p.g.Usable(); n > 0 && !p.done {
			p.take.Enable()
			p.take.SetText(fmt.Sprintf("Take in %d revisions", p.g.Plan.New))
			if p.g.Plan.Nothing() {
				p.take.SetText("Take in files only")
			}
		}
	}
	p.foot.Refresh()
	p.showTable()
}

// sentence says in numbers what all of them do.
func (p *takePage) sentence() string {
	taken, bad, other := 0, 0, 0
	for _, x := range p.g.Found {
		switch {
		case x.Taken:
			taken++
		case x.Other != "":
			other++
		case x.Err != nil:
			bad++
		}
	}
	text := fmt.Sprintf("%d found", len(p.g.Found))
	if p.done {
		text += fmt.Sprintf(", %d taken in", taken)
	}
	if bad > 0 {
		text += fmt.Sprintf(", %d cannot be opened", bad)
	}
	if other > 0 {
		text += fmt.Sprintf(", %d of another study", other)
	}
	switch {
	case p.g.Cancelled:
		text += ". Cancelled: those taken in stay, the one under way left nothing"
	case p.g.Plan != nil && p.g.Plan.Nothing() && !p.done:
		text += ". Everything is already here"
	case p.g.Plan != nil:
		text += ". " + job.PlanSentence(p.g.Plan.Counts)
	}
	return text + "."
}

// countColumns head the numbers of a row.
var countColumns = []view.TableColumn{{Title: "New", Width: 64, Right: true}, {Title: "Here", Width: 64, Right: true}, {Title: "Updated", Width: 84, Right: true},
	{Title: "Conflict", Width: 84, Right: true}, {Title: "Invalid", Width: 76, Right: true}}

func countCells(v job.Verdicts) (out []view.Cell) {
	for _, n := range []int{v.New, v.Same, v.Updated, v.Conflict, v.Invalid} {
		out = append(out, view.Cell{Text: fmt.Sprint(n)})
	}
	return out
}

func (p *takePage) showTable() {
	columns, lines := p.lines()
	p.table = view.NewTable(job.Face(), columns, view.Count(len(lines)), func(i int) []view.Cell { return lines[i].cells })
	p.table.Empty = "Nothing to show."
	p.place.Objects = []fyne.CanvasObject{p.w.withWords(p.table, p.path, func(i int) string { return lines[i].words })}
	if p.g == nil {
		p.place.Objects = nil
	}
	p.place.Refresh()
}

// lines are the rows of what is chosen.
func (p *takePage) lines() (columns []view.TableColumn, lines []takenLine) {
	if p.g == nil {
		return nil, nil
	}
	line := func(words string, cells ...view.Cell) { lines = append(lines, takenLine{cells, words}) }
	switch p.by.Selected {
	case byResearcher:
		columns = append([]view.TableColumn{{Title: "Researcher", Width: 160, Share: 1}}, countColumns...)
		if p.g.Plan != nil {
			for _, who := range slices.Sorted(maps.Keys(p.g.Plan.ByActor)) {
				v := p.g.Plan.ByActor[who]
				line(who+": "+job.PlanSentence(v), append([]view.Cell{{Text: who}}, countCells(v)...)...)
			}
		}
	case byDay:
		columns = append([]view.TableColumn{{Title: "Day of the newest revision", Width: 160, Share: 1}}, countColumns...)
		for _, d := range p.g.Days {
			line(d.Day+": "+job.PlanSentence(d.Verdicts), append([]view.Cell{{Text: d.Day}}, countCells(d.Verdicts)...)...)
		}
	case byOrganization:
		columns = []view.TableColumn{{Title: "What", Width: 110}, {Title: "Organization", Width: 200, Share: 3}, {Title: "Interviews", Width: 100, Right: true}, {Title: "By", Width: 130, Share: 1}, {Title: "Day", Width: 110}}
		for _, u := range p.g.Units {
			who := strings.Join(u.Actors, ", ")
			line(fmt.Sprintf("%s: %s, by %s", u.Name, u.Verdict, who), verdictCell(u), view.Cell{Text: u.Name}, view.Cell{Text: fmt.Sprint(u.Interviews)}, view.Cell{Text: who}, view.Cell{Text: u.Day})
		}
		if p.g.More > 0 {
			line("", view.Cell{}, view.Cell{Text: fmt.Sprintf("… and %d more", p.g.More)}, view.Cell{}, view.Cell{}, view.Cell{})
		}
	default:
		columns = append([]view.TableColumn{{Title: "What", Width: 168}, {Title: "Package", Width: 170, Share: 3}, {Title: "From", Width: 90, Share: 1}}, countColumns...)
		for _, x := range p.g.Found {
			line(p.words(x), append([]view.Cell{p.stateCell(x), {Text: x.Name}, {Text: x.From}}, packageCells(x)...)...)
		}
	}
	return columns, lines
}

func packageCells(x *job.Gathered) []view.Cell {
	if x.Plan == nil {
		return make([]view.Cell, len(countColumns))
	}
	return countCells(x.Plan.Counts)
}

func verdictCell(u job.UnitVerdict) view.Cell {
	switch {
	case u.Contested():
		return view.Cell{Icon: "⚠", Text: "conflict", Color: theme.ColorNameWarning}
	case u.New():
		return view.Cell{Icon: "+", Text: "new", Color: theme.ColorNameSuccess}
	}
	return view.Cell{Icon: "✓", Text: string(u.Verdict), Color: theme.ColorNameSuccess}
}

// stateCell says where a package stands.
func (p *takePage) stateCell(x *job.Gathered) view.Cell {
	switch {
	case x.Taken:
		return view.Cell{Icon: "✓", Text: "taken in", Color: theme.ColorNameSuccess}
	case x.Other != "":
		return view.Cell{Icon: "–", Text: "other study"}
	case x.Err != nil:
		return view.Cell{Icon: "✗", Text: "cannot be opened", Color: theme.ColorNameError}
	case p.done:
		return view.Cell{Icon: "–", Text: "not taken in"}
	case len(x.Plan.Notices) > 0 || x.Plan.Counts.Invalid > 0:
		return view.Cell{Icon: "⚠", Text: "ready", Color: theme.ColorNameWarning}
	case x.Plan.Nothing():
		return view.Cell{Icon: "✓", Text: "all is here"}
	}
	return view.Cell{Icon: "✓", Text: "ready", Color: theme.ColorNameSuccess}
}

// wordsShown is how many sentences stand below the table.
const wordsShown = 3

// words says all of a package that a person should know.
func (p *takePage) words(x *job.Gathered) string {
	switch {
	case x.Other != "":
		return fmt.Sprintf("It belongs to another study, “%s”, and is skipped.", x.Other)
	case x.Err != nil:
		return x.Err.Error()
	case x.Plan == nil:
		return ""
	}
	out := slices.Clone(x.Plan.Notices)
	for _, it := range x.Plan.Items {
		if it.Reason != "" {
			out = append(out, fmt.Sprintf("Line %d: %s.", it.Line, it.Reason))
		}
	}
	if n := len(out) - wordsShown; n > 0 {
		out = append(out[:wordsShown], fmt.Sprintf("And %d more.", n))
	}
	if at, err := time.Parse(time.RFC3339, x.Made); err == nil {
		out = append(out, "Made on "+at.Format("2 January 2006, 15:04")+".")
	}
	return strings.Join(out, " ")
}

// apply takes in what can be taken in. Those that were taken in when it is cancelled stay.
func (p *takePage) apply() {
	g := p.g
	working(p.w, "Taking in", func(ctx context.Context, progress job.Progress) (error, error) { return g.Apply(ctx, progress), nil }, func(err error) {
		p.done = true
		p.w.fail(err)
		whole := err == nil && !g.Cancelled && !slices.ContainsFunc(g.Found, func(x *job.Gathered) bool { return !x.Taken })
		if !whole {
			p.by.SetSelected(byPackage)
			p.show()
			p.w.say("%s", p.sentence())
			return
		}
		cs, err := p.w.study.Conflicts()
		if err != nil {
			p.w.fail(err)
			return
		}
		if len(cs) > 0 {
			p.w.show("Conflicts")
		} else {
			p.w.show("Merge")
		}
		p.w.say("✓ Taken in: %s. %d conflicts to settle.", job.PlanSentence(g.Plan.Counts), len(cs))
	})
}
