package screen

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// row is a line of a list page.
type row struct {
	id     string
	cells  []string
	search string // lower case
}

// listPage is a search box above a list of rows with columns.
func (w *Window) listPage(heads []string, widths []float32, rows []row, empty fyne.CanvasObject, open func(id string), tools ...fyne.CanvasObject) fyne.CanvasObject {
	shown := rows
	list := widget.NewList(func() int { return len(shown) }, func() fyne.CanvasObject { return columns(widths, make([]string, len(widths))) },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			for j, l := range o.(*fyne.Container).Objects {
				l.(*widget.Label).SetText(shown[i].cells[j])
			}
		})
	list.OnSelected = func(i widget.ListItemID) {
		list.Unselect(i)
		open(shown[i].id)
	}
	search := widget.NewEntry()
	search.SetPlaceHolder("search name, place, status …")
	count := widget.NewLabel("")
	filter := func(s string) {
		s = strings.ToLower(strings.TrimSpace(s))
		shown = nil
		for _, r := range rows {
			if s == "" || strings.Contains(r.search, s) {
				shown = append(shown, r)
			}
		}
		count.SetText(fmt.Sprintf("%d of %d", len(shown), len(rows)))
		list.Refresh()
	}
	search.OnChanged = filter
	search.OnSubmitted = func(string) {
		if len(shown) > 0 {
			open(shown[0].id)
		}
	}
	filter("")
	bar := container.NewBorder(nil, nil, container.NewHBox(tools...), count, search)
	head := columns(widths, heads)
	for _, o := range head.Objects {
		o.(*widget.Label).TextStyle.Bold = true
	}
	var body fyne.CanvasObject = list
	if len(rows) == 0 {
		body = empty
	}
	return container.NewBorder(container.NewVBox(bar, head, widget.NewSeparator()), nil, nil, nil, body)
}

// shares lays cells out by shares of the width.
type shares []float32

func (s shares) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	total, x := float32(0), float32(0)
	for _, v := range s {
		total += v
	}
	for i, o := range objects {
		w := size.Width * s[i] / total
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w
	}
}

func (s shares) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(300, h)
}

func columns(widths []float32, texts []string) *fyne.Container {
	c := container.New(shares(widths))
	for _, t := range texts {
		l := widget.NewLabel(t)
		l.Truncation = fyne.TextTruncateEllipsis
		c.Add(l)
	}
	return c
}

func newRow(id string, cells ...string) row {
	return row{id, cells, strings.ToLower(strings.Join(cells, " "))}
}

// statusWord says where an interview stands, in words with a sign.
func statusWord(s string) string {
	switch survey.Status(s) {
	case survey.InProgress:
		return "◐ in progress"
	case survey.Completed:
		return "✓ completed"
	case survey.BrokenOff:
		return "– broken off"
	}
	return s
}

func screeningWord(s string) string {
	switch s {
	case "in":
		return "● in"
	case "borderline":
		return "◑ borderline"
	case "out":
		return "○ out"
	}
	return ""
}

// unitName is what a unit is called on screen.
func unitName(u table.Unit) string {
	name := u.Name
	if name == "" {
		name = "(no name yet)"
	}
	if u.LocalName != "" && u.LocalName != u.Name {
		name += "  ·  " + u.LocalName
	}
	return name
}

func (w *Window) interviewsPage() fyne.CanvasObject {
	us, err := w.study.Units()
	if err != nil {
		w.fail(err)
	}
	var rows []row
	for _, u := range us {
		for _, d := range u.Interviews {
			started := strings.Replace(d.Text(survey.FieldStarted), "T", " ", 1)
			rows = append(rows, newRow(d.Entity, unitName(u), place(u), statusWord(d.Text(survey.FieldStatus)), screeningWord(u.Screening), d.Text(survey.FieldInterviewer), started[:min(16, len(started))]))
		}
	}
	records, err := w.study.Records()
	if err != nil {
		w.fail(err)
	}
	for _, d := range records {
		started := strings.Replace(d.Text(survey.FieldStarted), "T", " ", 1)
		rows = append(rows, newRow(d.Entity, w.study.Title(d), "", statusWord(d.Text(survey.FieldStatus)), "", d.Text(survey.FieldInterviewer), started[:min(16, len(started))]))
	}
	fresh := widget.NewButtonWithIcon("New interview", theme.ContentAddIcon(), w.newInterview)
	fresh.Importance = widget.HighImportance
	empty := container.NewCenter(container.NewVBox(widget.NewLabel("Interviews appear here."), widget.NewButtonWithIcon("Start the first interview", theme.ContentAddIcon(), w.newInterview)))
	w.say("%d interviews. Ctrl+N starts a new one.%s", len(rows), w.fictional())
	return w.listPage([]string{"Organization", "Place", "Status", "Screening", "By", "Started"}, []float32{5, 2.4, 1.7, 1.6, 1, 1.8}, rows, empty, w.openInterview, fresh)
}

func (w *Window) fictional() string {
	if w.study.Info().Fictional {
		return " All organizations of this study are fictional."
	}
	return ""
}

func place(u table.Unit) string {
	if u.Region == "" {
		return u.Country
	}
	return job.RegionName(u.Region) + ", " + u.Country
}

func (w *Window) unitsPage() fyne.CanvasObject {
	us, err := w.study.Units()
	if err != nil {
		w.fail(err)
	}
	var rows []row
	byID := map[string]table.Unit{}
	for _, u := range us {
		conflicts := ""
		if u.Contested > 0 {
			conflicts = fmt.Sprintf("⚠ %d in conflict", u.Contested)
		}
		byID[u.ID] = u
		rows = append(rows, newRow(u.ID, unitName(u), w.study.FormLabel(u.Form), place(u), screeningWord(u.Screening), conflicts))
	}
	card := container.NewStack(container.NewCenter(widget.NewLabel("Choose an organization to see its card.")))
	list := w.listPage([]string{"Organization", "Form", "Place", "Screening", ""}, []float32{4.6, 2.2, 2.6, 1.9, 1.9}, rows,
		container.NewCenter(widget.NewLabel("Organizations appear here with their first interview.")), func(id string) {
			card.Objects = []fyne.CanvasObject{w.card(byID[id])}
			card.Refresh()
		})
	w.say("%d organizations.%s", len(rows), w.fictional())
	split := container.NewHSplit(list, card)
	split.Offset = 0.7
	return split
}

// card shows a unit with its screening, its interviews and who changed it.
func (w *Window) card(u table.Unit) fyne.CanvasObject {
	line := func(k, v string) fyne.CanvasObject {
		if v == "" {
			return container.NewVBox()
		}
		l := wrapped(k + ": " + v)
		return l
	}
	name := wrapped(u.Name)
	name.TextStyle.Bold = true
	box := container.NewVBox(name, wrapped(u.LocalName), line("Form", w.study.FormLabel(u.Form)), line("Place", strings.TrimPrefix(u.Place+", "+place(u), ", ")),
		line("Screening", strings.TrimSpace(screeningWord(u.Screening)+" "+u.Reason)))
	if u.Fictional {
		box.Add(wrapped("This organization is fictional."))
	}
	for _, d := range u.Interviews {
		box.Add(widget.NewButtonWithIcon("Open the interview of "+d.Text(survey.FieldInterviewer), theme.DocumentIcon(), func() { w.openInterview(d.Entity) }))
		if revs, err := w.study.History(d.Entity); err == nil {
			for _, r := range revs {
				box.Add(widget.NewLabel(fmt.Sprintf("%s  %s: %d fields", r.Time().Format("2006-01-02 15:04"), r.Actor, len(r.Patch))))
			}
		}
	}
	return container.NewVScroll(box)
}

func (w *Window) newInterview() {
	iv, err := w.study.NewInterview(context.Background(), "")
	if err != nil {
		w.fail(err)
		return
	}
	w.hold(iv, true)
}

func (w *Window) openInterview(id string) {
	iv, err := w.study.Interview(id)
	if err != nil {
		w.fail(err)
		return
	}
	w.hold(iv, false)
}
