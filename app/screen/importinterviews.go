package screen

import (
	"context"
	"fmt"
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

// interviewsTitle is the name of the page; it is not in the rail.
const interviewsTitle = "Import interviews"

// interviewsImport is the page that takes in interviews held with ODK Collect or
// KoboCollect: a file, what its columns are, and what taking it in would do.
type interviewsImport struct {
	importParts
	file    string
	options job.InterviewOptions
	plan    *job.InterviewPlan
	lines   []submissionLine
}

// submissionLine is something of the file that somebody should look at.
type submissionLine struct {
	at, text string
	verdict  view.Cell
}

func (l submissionLine) String() string {
	return strings.Join([]string{l.at, l.verdict.Text, l.text}, "\t")
}

// submissionsPage shows the page; a file or folder that is dropped on it is read.
func (w *Window) submissionsPage() {
	p := w.newInterviewsImport()
	w.showFilePage(interviewsTitle, p.page(), p.choose)
	w.say("Nothing is added before you say so.")
	w.win.Canvas().Focus(p.path)
}

func (w *Window) newInterviewsImport() *interviewsImport {
	p := &interviewsImport{}
	p.importParts = w.newImportParts("file of ODK Central or KoboToolbox (.zip, .csv, .xlsx), a submission (.xml), a folder, or a GeoPackage of this study that was changed (.gpkg); drop it here, or type its path", "Interviews", func(s string) { p.choose(s) }, func() { p.read() }, func() { p.apply() })
	return p
}

func (p *interviewsImport) page() fyne.CanvasObject {
	p.columns.Objects = []fyne.CanvasObject{container.NewCenter(wrappedIn(260, "The columns of the file appear here, with the questions that they answer. Photos are taken along where they stand beside the file or in its folder media."))}
	return p.layOut(interviewsTitle, "Interviews", 0.42, p.counts, func() { copyLines(p.w, p.lines) })
}

// choose reads a file or a folder.
func (p *interviewsImport) choose(path string) {
	if path = strings.Trim(strings.TrimSpace(path), `"`); path == "" {
		return
	}
	p.file, p.options = path, job.InterviewOptions{}
	p.path.SetText(path)
	p.read()
}

// read compares the file with the study, in the background.
func (p *interviewsImport) read() {
	file, o := p.file, p.options
	working(p.w, "Reading interviews", func(ctx context.Context, progress job.Progress) (*job.InterviewPlan, error) {
		return p.w.study.PlanInterviews(ctx, file, o, func(n int) { progress(fmt.Sprintf("Comparing %d interviews", n), 0, 0) })
	}, func(plan *job.InterviewPlan) {
		p.plan = plan
		p.show()
		p.focus(len(p.lines))
	})
}

// show shows what was read and what it would do.
func (p *interviewsImport) show() {
	p.showHow()
	p.showColumns()
	p.counts.TextStyle.Bold = true
	p.counts.SetText(job.InterviewSentence(p.plan.Counts) + ".")
	p.showLines()
	p.label("interview", "Correct", p.plan.Counts.New, p.plan.Counts.Changed+p.plan.Counts.Contested)
}

// showHow shows how the file was read; what can be told otherwise can be chosen.
func (p *interviewsImport) showHow() {
	p.how.Objects = nil
	if fs, err := p.w.study.Forms(); err == nil {
		var ids []string
		for _, f := range fs {
			if !slices.Contains(ids, f.ID) {
				ids = append(ids, f.ID)
			}
		}
		p.pick("Questionnaire", ids, p.plan.Form, func(v string) { p.options.Form = v })
	}
	if p.plan.Delimiter != "" {
		p.pick(encodingLabel(p.plan.Guessed), exchange.Encodings(), p.plan.Encoding, func(v string) { p.options.Encoding = v })
	}
	p.how.Add(widget.NewLabel(fmt.Sprintf("%d columns, %d photos and other files", len(p.plan.Columns), p.plan.Files)))
	p.how.Refresh()
}

// columnUses are the words for what a column may be beside a question.
const (
	useNothing = "left out"
	useUnit    = "id of the organization in its list"
)

// showColumns shows the columns with the questions that they answer; first those that
// are left out, which can be given to one.
func (p *interviewsImport) showColumns() {
	cols := slices.DeleteFunc(slices.Clone(p.plan.Columns), func(c job.SubmissionColumn) bool { return c.Use == job.UseMeta })
	rank := func(c job.SubmissionColumn) int {
		return slices.Index([]job.ColumnUse{job.UseUnknown, job.UseLeftOut, job.UseUnitCode, job.UseAnswer, job.UsePosition, job.UseChoice}, c.Use)
	}
	slices.SortStableFunc(cols, func(a, b job.SubmissionColumn) int { return rank(a) - rank(b) })
	options := append([]string{useNothing, useUnit}, p.plan.Questions...)
	box := container.NewVBox()
	for _, c := range cols[:min(len(cols), columnsShown)] {
		now := slices.Index(options, c.Question)
		switch c.Use {
		case job.UseUnknown, job.UseLeftOut:
			now = 0
		case job.UseUnitCode:
			now = 1
		}
		var what fyne.CanvasObject = widget.NewLabel(cut(strings.TrimSpace(c.Question+" "+c.Choice), 40))
		if c.Use != job.UseChoice && c.Use != job.UsePosition {
			s := pickOne(options, now, func(i int) { p.remap(c.Name, options[i]) })
			what = container.NewGridWrap(fyne.NewSize(200*textZoom(), s.MinSize().Height), s)
		}
		title := widget.NewLabelWithStyle(c.Name, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		title.Truncation = fyne.TextTruncateEllipsis
		text := fmt.Sprintf("in %d rows", c.Filled)
		if c.Table != "" {
			text = c.Table + ", " + text
		}
		if c.Why != "" {
			text = c.Why
		}
		under := widget.NewLabel(text)
		under.Truncation = fyne.TextTruncateEllipsis
		box.Add(container.NewBorder(nil, nil, nil, container.NewBorder(nil, nil, nil, widget.NewLabel(""), container.NewCenter(what)), container.New(&tight{}, title, under)))
	}
	if n := len(cols) - columnsShown; n > 0 {
		box.Add(wrapped(fmt.Sprintf("… and %d more columns that have a question.", n)))
	}
	p.columns.Objects = []fyne.CanvasObject{container.NewVScroll(box)}
	p.columns.Refresh()
}

// remap gives a column to another question.
func (p *interviewsImport) remap(column, use string) {
	switch use {
	case useNothing:
		use = job.LeftOutColumn
	case useUnit:
		use = job.UnitCodeColumn
	}
	m := slices.DeleteFunc(slices.Clone(p.options.Map), func(m [2]string) bool { return m[0] == column })
	p.options.Map = append(m, [2]string{column, use})
	p.read()
}

// submissionLines are what somebody should look at: problems first.
func submissionLines(plan *job.InterviewPlan) []submissionLine {
	var out, later []submissionLine
	add := func(to *[]submissionLine, at, icon, what string, color fyne.ThemeColorName, text string) {
		*to = append(*to, submissionLine{at, text, view.Cell{Icon: icon, Text: what, Color: color}})
	}
	for _, x := range plan.Problems {
		at := strings.TrimSpace(x.Sheet)
		if x.Row > 0 {
			at = strings.TrimSpace(fmt.Sprintf("%s %d", at, x.Row))
		}
		x.Sheet, x.Row = "", 0
		if x.Severity == survey.Warning {
			add(&later, at, "⚠", "note", theme.ColorNameWarning, job.SubmissionProblem(survey.Problem{Column: x.Column, Text: x.Text, Hint: x.Hint}))
			continue
		}
		add(&out, at, "✗", "problem", theme.ColorNameError, job.SubmissionProblem(x))
	}
	for i := range plan.Rows {
		r := &plan.Rows[i]
		name := strings.TrimPrefix(r.Name+": ", ": ")
		switch {
		case len(r.Contested) > 0:
			add(&out, r.Place(), "⚠", "conflict", theme.ColorNameWarning, name+"edited here and corrected in the file: "+job.FieldLabels(r.Contested))
		case r.Likely != "":
			add(&out, r.Place(), "⚠", "new", theme.ColorNameWarning, name+"may be here as "+r.Likely)
		case r.Verdict == job.InterviewChanged:
			add(&out, r.Place(), "✓", "corrected", theme.ColorNameSuccess, name+"changes "+job.FieldLabels(r.Changed))
		case r.Verdict == job.InterviewSame && r.Why != "":
			add(&later, r.Place(), "✓", "here", theme.ColorNameSuccess, name+r.Why)
		}
	}
	return append(out, later...)
}

func (p *interviewsImport) showLines() {
	p.lines = submissionLines(p.plan)
	p.table = view.NewTable(job.Face(), []view.TableColumn{{Title: "Row", Width: 90}, {Title: "What", Width: 98}, {Title: "Why", Width: 150, Share: 5}},
		view.Count(len(p.lines)), func(i int) []view.Cell {
			l := p.lines[i]
			return []view.Cell{{Text: l.at}, l.verdict, {Text: l.text}}
		})
	p.table.Empty = "Nothing needs a look."
	p.place.Objects = []fyne.CanvasObject{p.w.withWords(p.table, p.path, func(i int) string { return strings.TrimSpace(p.lines[i].at + ": " + p.lines[i].text) })}
	p.place.Refresh()
}

// apply takes the interviews in.
func (p *interviewsImport) apply() {
	plan := p.plan
	working(p.w, p.add.Text, func(ctx context.Context, progress job.Progress) (string, error) {
		return plan.Apply(ctx, func(done, total int) { progress("Adding interviews", done, total) })
	}, func(string) {
		p.w.show("Interviews")
		p.w.say("✓ Added %s, corrected %d. The page Merge can undo it.", job.Counted(plan.Counts.New, "interview"), plan.Counts.Changed+plan.Counts.Contested)
	})
}
