package screen

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

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

// exportChoice is what is exported and how; it comes back with the page.
type exportChoice struct {
	job.ExportOptions
	preset string // that it began with
	listed string // where the units that leave are listed, "" for all
}

// exportPage is the page on which somebody says for whom an export is, sees what leaves, and
// writes it.
type exportPage struct {
	w       *Window
	choice  *exportChoice
	options *fyne.Container
	leaves  *fyne.Container
	write   *widget.Button
	units   int
}

func (w *Window) exportPage() fyne.CanvasObject {
	if w.exporting == nil {
		w.exporting = &exportChoice{ExportOptions: job.ExportOptions{Format: exchange.Formats()[0].Name, Profile: job.Internal}}
	}
	p := &exportPage{w: w, choice: w.exporting, options: container.NewVBox(), leaves: container.NewVBox()}
	p.write = newWriteButton(p)
	p.draw()
	w.say("Nothing leaves before you say so.%s", w.fictional())
	return p.split()
}

func newWriteButton(p *exportPage) *widget.Button {
	b := widget.NewButtonWithIcon("Export …", theme.UploadIcon(), p.ask)
	b.Importance = widget.HighImportance
	return b
}

// split lays the page out.
func (p *exportPage) split() fyne.CanvasObject {
	left := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 14), p.options))
	right := container.New(layout.NewBorderLayout(nil, p.write, nil, nil), container.NewVScroll(p.leaves), p.write)
	split := container.NewHSplit(left, right)
	split.Offset = 0.42
	return split
}

// changed shows what leaves now; anew says that other choices follow from it.
func (p *exportPage) changed(anew bool) {
	if anew {
		p.draw()
		return
	}
	p.look()
}

// draw offers what can be chosen.
func (p *exportPage) draw() {
	box := container.NewVBox()
	p.presets(box)
	p.forWhom(box)
	p.asWhat(box)
	p.options.Objects = []fyne.CanvasObject{box}
	p.options.Refresh()
	p.look()
}

func (p *exportPage) presets(box *fyne.Container) {
	kept, err := p.w.study.ExportPresets()
	if err != nil {
		p.w.fail(err)
	}
	names := []string{"As chosen below"}
	for _, k := range kept {
		names = append(names, k.Name)
	}
	at := max(0, slices.Index(names, p.choice.preset))
	pick := pickOne(names, at, func(i int) {
		if i > 0 {
			p.choice.ExportOptions, p.choice.preset = kept[i-1].ExportOptions, kept[i-1].Name
		}
		p.changed(true)
	})
	keep := widget.NewButtonWithIcon("Keep as …", theme.DocumentSaveIcon(), p.keep)
	tools := container.NewHBox(keep)
	if at > 0 {
		tools.Add(widget.NewButtonWithIcon("", theme.DeleteIcon(), func() {
			p.w.fail(p.w.study.DeleteExportPreset(p.choice.preset))
			p.choice.preset = ""
			p.changed(true)
		}))
	}
	box.Add(labelled("Preset", container.NewBorder(nil, nil, nil, tools, pick)))
}

// keep asks for a name under which the options are kept.
func (p *exportPage) keep() {
	name := view.NewField(false)
	name.SetText(p.choice.preset)
	d := dialog.NewForm("Keep these options", "Keep them", "Not now", []*widget.FormItem{widget.NewFormItem("Name", name)}, func(ok bool) {
		if !ok {
			return
		}
		if err := p.w.study.SaveExportPreset(name.Text, p.choice.ExportOptions); err != nil {
			p.w.fail(err)
			return
		}
		p.choice.preset = strings.TrimSpace(name.Text)
		p.changed(true)
	}, p.w.win)
	name.Keys = escape(d.Hide)
	name.OnSubmitted = func(string) { d.Submit() }
	d.Resize(fyne.NewSize(420, 160))
	d.Show()
	p.w.win.Canvas().Focus(name)
}

// placeWords are how exact places are, in words.
var placeWords = map[job.WhereIs]string{job.Exact: "Exact", job.Displaced: "Moved by 1 to 5 km, within the area", job.Central: "In the middle of the region", job.Nowhere: "None"}

func (p *exportPage) forWhom(box *fyne.Container) {
	o := &p.choice.ExportOptions
	box.Add(heading("For whom"))
	var titles []string
	at := 0
	for i, k := range job.AllProfiles {
		titles = append(titles, k.Title)
		if k.Profile == o.Profile {
			at = i
		}
	}
	box.Add(pickOne(titles, at, func(i int) {
		o.Profile, o.Where, o.Identifiers = job.AllProfiles[i].Profile, "", false
		p.changed(true)
	}))
	box.Add(small(job.AllProfiles[at].Leaves))
	places := o.Profile.Places()
	words := make([]string, len(places))
	for i, x := range places {
		words[i] = placeWords[x]
	}
	box.Add(labelled("Places", pickOne(words, max(0, slices.Index(places, o.Where)), func(i int) {
		o.Where = places[i]
		p.changed(false)
	})))
	if o.Profile == job.Internal {
		box.Add(p.check("With what identifies persons", &o.Identifiers))
	}
	if o.Units != nil {
		box.Add(container.NewBorder(nil, nil, nil, widget.NewButtonWithIcon("All units", theme.CancelIcon(), func() {
			o.Units, p.choice.listed = nil, ""
			p.changed(true)
		}), small(fmt.Sprintf("Only the %d units that were listed on the page %s.", len(o.Units), p.choice.listed))))
	}
}

func (p *exportPage) check(text string, on *bool) fyne.CanvasObject {
	c := widget.NewCheck(text, nil)
	c.SetChecked(*on)
	c.OnChanged = func(b bool) {
		*on = b
		p.changed(false)
	}
	return c
}

func (p *exportPage) asWhat(box *fyne.Container) {
	o := &p.choice.ExportOptions
	box.Add(heading("As what"))
	fs := exchange.Formats()
	var titles []string
	at := 0
	for i, f := range fs {
		titles = append(titles, f.Title)
		if f.Name == o.Format {
			at = i
		}
	}
	box.Add(labelled("Format", pickOne(titles, at, func(i int) {
		o.Format = fs[i].Name
		p.changed(true)
	})))
	if program, err := p.w.study.Program("", ""); err == nil && len(program.Form.Languages) > 1 {
		langs := program.Form.Languages
		box.Add(labelled("Language of questions and choices", pickOne(langs, max(0, slices.Index(langs, o.Language)), func(i int) {
			o.Language = langs[i]
			p.changed(false)
		})))
	}
	if !fs[at].Coded {
		box.Add(p.check("Words in place of codes", &o.Labels))
	}
	if o.Format == "csv" {
		box.Add(p.check("Without the mark by which Excel knows UTF-8", &o.Unmarked))
	}
	repeats := "Rows of repeats as columns of their unit"
	if !fs[at].Tables {
		repeats += " (this format has no tables for them)"
	}
	box.Add(p.check(repeats, &o.Wide))
	box.Add(p.check("A file for each region", &o.PerRegion))
	columns := view.NewField(false)
	columns.SetPlaceHolder("all")
	columns.SetText(strings.Join(o.Columns, ", "))
	columns.OnChanged = func(s string) {
		o.Columns = strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	}
	columns.OnSubmitted = func(string) { p.changed(false) }
	box.Add(labelled("Columns: questions, groups, or tags such as module=B", columns))
}

// look finds out what would leave.
func (p *exportPage) look() {
	o := p.choice.ExportOptions
	p.write.Disable()
	quietly(p.w, func(ctx context.Context, s *job.Study) (*exportLook, error) {
		out := &exportLook{}
		out.plan, out.err = s.PlanExport(ctx, o)
		var err error
		out.log, err = s.Releases()
		return out, err
	}, p.looked)
}

// exportLook is what would leave, or why nothing can, and what left before.
type exportLook struct {
	plan *job.Exported
	err  error
	log  []job.Release
}

func (p *exportPage) looked(l *exportLook) {
	box := container.NewVBox(heading("What leaves"))
	if l.err != nil {
		box.Add(wrapped(strings.ToUpper(l.err.Error()[:1]) + l.err.Error()[1:] + "."))
	} else {
		p.units = l.plan.Rows
		for _, s := range l.plan.Sentences() {
			box.Add(wrapped(strings.ToUpper(s[:1]) + s[1:]))
		}
		p.write.SetText(fmt.Sprintf("Export %s …", job.Counted(l.plan.Rows, "unit")))
		if l.plan.Rows > 0 {
			p.write.Enable()
		}
	}
	box.Add(heading("What left before"))
	if len(l.log) == 0 {
		box.Add(small("Each export is noted here, with the SHA-256 of every file, and travels in packages."))
	}
	for _, r := range l.log[:min(len(l.log), 20)] {
		box.Add(wrapped(releaseLine(r)))
	}
	p.leaves.Objects = []fyne.CanvasObject{box}
	p.leaves.Refresh()
}

func releaseLine(r job.Release) string {
	at, _, _ := strings.Cut(r.At, ".")
	line := fmt.Sprintf("%s UTC, %s: %s as %s, profile %s, places %s", strings.Replace(at, "T", " ", 1), r.By, job.Counted(r.Rows, "unit"), r.Format, r.Profile, r.Where)
	if len(r.Files) > 0 {
		line += fmt.Sprintf("\n%s  %s…", r.Files[0].Name, r.Files[0].SHA256[:min(16, len(r.Files[0].SHA256))])
	}
	if n := len(r.Files) - 1; n > 0 {
		line += fmt.Sprintf(" and %s more", job.Counted(n, "file"))
	}
	return line
}

// ask asks where to, and writes.
func (p *exportPage) ask() {
	f, _ := exchange.ByName(p.choice.Format)
	folder := p.w.exportFolder
	if folder == "" {
		folder = home()
	}
	p.w.pathDialog("Export as "+f.Title, p.write.Text[:len(p.write.Text)-len(" …")], filepath.Join(folder, folderName(p.w.study.Info().Name)+f.Ext), false, p.export)
}

func (p *exportPage) export(path string) {
	o := p.choice.ExportOptions
	working(p.w, "Exporting", func(ctx context.Context, progress job.Progress) (*job.Exported, error) {
		return p.w.study.ExportWith(ctx, o, path, progress)
	}, func(e *job.Exported) {
		p.w.exportFolder = filepath.Dir(e.Path)
		p.w.say("✓ %s", e.Sentences()[0])
		lines := container.NewVBox()
		for _, s := range e.Sentences() {
			lines.Add(wrapped(strings.ToUpper(s[:1]) + s[1:]))
		}
		show := widget.NewButtonWithIcon("Show in folder", theme.FolderOpenIcon(), func() {
			if err := fyne.CurrentApp().OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(e.Path))}); err != nil {
				p.w.fail(fmt.Errorf("open the folder %q: %w", filepath.Dir(e.Path), err))
			}
		})
		d := dialog.NewCustom("Exported", "Close", container.NewBorder(nil, container.NewHBox(show), nil, nil, container.NewVScroll(lines)), p.w.win)
		d.Resize(fyne.NewSize(640, 420))
		d.Show()
		p.look()
	})
}

// exportListed shows the page of exports for the units that a list shows.
func (w *Window) exportListed(l *list) {
	if w.exporting == nil {
		w.exportPage()
	}
	w.exporting.Units, w.exporting.listed = map[string]bool{}, l.name
	for i := range l.index.Len() {
		w.exporting.Units[l.rows[l.index.Row(i)].id] = true
	}
	w.show("Export")
}
