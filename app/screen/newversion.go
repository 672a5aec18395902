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
	"sselandscape/survey"
)

// versionTitle is the name of the page; it is not in the rail.
const versionTitle = "New version of the questionnaire"

// newVersion is the page that compares a questionnaire with the one in use.
type newVersion struct {
	w       *Window
	plan    *job.FormPlan
	renamed map[string]bool // confirmed renamings, by the new name

	path    *view.Field
	chooser *widget.Button
	counts  *widget.Label
	place   *fyne.Container // of the table
	use     *widget.Button
	table   *view.Table
	foot    *fyne.Container
}

// versionPage shows the page; a file that is dropped on it is read.
func (w *Window) versionPage() {
	p := w.newVersionPage()
	w.showFilePage(versionTitle, p.page(), p.read)
	w.say("Nothing changes before you say so.")
	w.win.Canvas().Focus(p.path)
}

func (w *Window) newVersionPage() *newVersion {
	p := &newVersion{w: w, renamed: map[string]bool{}, counts: wrapped(""), place: container.NewStack()}
	p.path, p.chooser = w.fileField("questionnaire: .xlsx, .csv, .md or XForm .xml; drop it here, or type or paste its path", func(s string) { p.read(s) }, "Interviews")
	p.use = widget.NewButtonWithIcon("Nothing to use yet", theme.ConfirmIcon(), p.apply)
	p.use.Importance = widget.HighImportance
	p.use.Disable()
	return p
}

func (p *newVersion) page() fyne.CanvasObject {
	top := container.NewVBox(heading(versionTitle), container.NewBorder(nil, nil, nil, p.chooser, p.path), p.counts)
	p.place.Objects = []fyne.CanvasObject{container.NewCenter(wrappedIn(420, "What the new version changes appears here, with what happens to the answers that are given. Interviews go on with the version they were begun with; nothing is lost."))}
	leave := widget.NewButton("Leave it", func() { p.w.show("Interviews") })
	do := container.NewHBox(widget.NewButtonWithIcon("Copy what is listed", theme.ContentCopyIcon(), p.copy), p.use)
	p.foot = container.New(layout.NewBorderLayout(nil, nil, leave, do), leave, do)
	return container.New(layout.NewBorderLayout(top, p.foot, nil, nil), top, p.place, p.foot)
}

// read compares a file with the version in use.
func (p *newVersion) read(path string) {
	if path = strings.Trim(strings.TrimSpace(path), `"`); path == "" {
		return
	}
	p.path.SetText(path)
	background(p.w, "Comparing "+filepath.Base(path), func(ctx context.Context) (*job.FormPlan, error) { return p.w.study.PlanForm(ctx, path) }, p.show)
}

// outcomeCells say what happens to answers.
var outcomeCells = map[job.FormOutcome]view.Cell{
	job.OutcomeConfirm: {Icon: "?", Text: "to be confirmed", Color: theme.ColorNameWarning},
	job.OutcomeMarked:  {Icon: "⚠", Text: "no longer fits", Color: theme.ColorNameWarning},
	job.OutcomeOldName: {Icon: "←", Text: "under the old name", Color: theme.ColorNamePrimary},
	job.OutcomeAsked:   {Icon: "+", Text: "asked from now on", Color: theme.ColorNameSuccess},
	job.OutcomeKept:    {Icon: "✓", Text: "kept as it is", Color: theme.ColorNameSuccess},
	job.OutcomeNothing: {Icon: "–", Text: "never answered", Color: theme.ColorNamePlaceHolder},
}

func (p *newVersion) outcome(l *job.FormLine) view.Cell {
	if l.Outcome == job.OutcomeConfirm && p.renamed[l.NewField] {
		return view.Cell{Icon: "✓", Text: "the same question", Color: theme.ColorNameSuccess}
	}
	return outcomeCells[l.Outcome]
}

// show shows the comparison, grouped by what happens to the answers.
func (p *newVersion) show(plan *job.FormPlan) {
	p.plan, p.renamed = plan, map[string]bool{}
	p.counts.TextStyle.Bold = true
	p.counts.SetText(plan.Sentence() + " " + plan.Interviewed())
	p.table = view.NewTable(job.Face(), []view.TableColumn{{Title: "Answers", Width: 170}, {Title: "Question or choice", Width: 150, Share: 3}, {Title: "Change", Width: 150, Share: 3}, {Title: "Given", Width: 64, Right: true}, {Title: "Unfit", Width: 60, Right: true}},
		view.Count(len(plan.Lines)), func(i int) []view.Cell {
			l := &plan.Lines[i]
			given, unfit := "", ""
			if l.Answers > 0 {
				given = fmt.Sprint(l.Answers)
			}
			if l.Affected > 0 {
				unfit = fmt.Sprint(l.Affected)
			}
			return []view.Cell{p.outcome(l), {Text: oneLine(l.Subject)}, {Text: oneLine(l.What)}, {Text: given}, {Text: unfit}}
		})
	p.table.Empty = "The two versions ask the same."
	p.place.Objects = []fyne.CanvasObject{p.w.withWords(p.table, p.path, func(i int) string { return p.words(&plan.Lines[i]) })}
	p.table.OnOpen = func(i int) {
		p.confirm(&plan.Lines[i])
		p.table.OnCursor(i)
	}
	p.label()
	if c := p.w.win.Canvas(); len(plan.Lines) > 0 {
		c.Focus(p.table)
	} else if !p.use.Disabled() {
		c.Focus(p.use)
	}
}

// words is all that is said of a change.
func (p *newVersion) words(l *job.FormLine) string {
	text := oneLine(l.Subject) + ": " + oneLine(l.What) + ". " + l.Effect
	if l.Outcome == job.OutcomeConfirm {
		text += " Enter says that it is the same question, or takes that back."
	}
	return text
}

// confirm says of a guessed renaming that it is one, or takes that back.
func (p *newVersion) confirm(l *job.FormLine) {
	if l.Kind == survey.ItemRenamed {
		p.renamed[l.NewField] = !p.renamed[l.NewField]
		p.table.Refresh()
	}
}

func (p *newVersion) label() {
	switch {
	case p.plan.Current:
		p.use.SetText("In use already")
		p.use.Disable()
	default:
		p.use.SetText(fmt.Sprintf("Use version %s for new interviews", p.plan.Version))
		p.use.Enable()
	}
	p.foot.Refresh()
	p.place.Refresh()
}

// copy puts what is listed into the clipboard, a line each.
func (p *newVersion) copy() {
	if p.plan == nil {
		return
	}
	var b strings.Builder
	for i := range p.plan.Lines {
		l := &p.plan.Lines[i]
		b.WriteString(strings.Join([]string{string(l.Outcome), oneLine(l.Subject), oneLine(l.What), l.Effect}, "\t") + "\n")
	}
	fyne.CurrentApp().Clipboard().SetContent(b.String())
	p.w.say("✓ Copied %d lines.", len(p.plan.Lines))
}

// apply gives the version to new interviews.
func (p *newVersion) apply() {
	var renamed []string
	for name, on := range p.renamed {
		if on {
			renamed = append(renamed, name)
		}
	}
	slices.Sort(renamed)
	background(p.w, p.use.Text, func(ctx context.Context) (struct{}, error) { return struct{}{}, p.plan.Use(ctx, renamed...) }, func(struct{}) {
		p.w.show("Interviews")
		p.w.say("✓ New interviews take version %s of %s. It travels in packages.", p.plan.Version, p.plan.Title)
	})
}
