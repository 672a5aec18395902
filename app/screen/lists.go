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
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// statusCell says where an interview stands.
func statusCell(s string) view.Cell {
	switch survey.Status(s) {
	case survey.InProgress:
		return view.Cell{Icon: "◐", Text: "in progress", Color: theme.ColorNameWarning}
	case survey.Completed:
		return view.Cell{Icon: "✓", Text: "completed", Color: theme.ColorNameSuccess}
	case survey.BrokenOff:
		return view.Cell{Icon: "–", Text: "broken off", Color: theme.ColorNameError}
	case survey.Rejected:
		return view.Cell{Icon: "←", Text: "given back", Color: theme.ColorNameWarning}
	case survey.Approved:
		return view.Cell{Icon: "★", Text: "approved", Color: theme.ColorNameSuccess}
	}
	return view.Cell{Text: s}
}

// screeningCell is the result of a screening.
func screeningCell(s string) view.Cell {
	switch s {
	case "in":
		return view.Cell{Icon: "●", Text: "in", Color: theme.ColorNameSuccess}
	case "borderline":
		return view.Cell{Icon: "◑", Text: "borderline", Color: theme.ColorNameWarning}
	case "out":
		return view.Cell{Icon: "○", Text: "out", Color: theme.ColorNameError}
	}
	return view.Cell{}
}

// screeningWord is the result of a screening as text.
func screeningWord(s string) string {
	c := screeningCell(s)
	return strings.TrimSpace(c.Icon + " " + c.Text)
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

// interviewColumns are the columns of the page Interviews.
func interviewColumns() []listColumn {
	return []listColumn{
		{TableColumn: view.TableColumn{Title: "Organization", Width: 200, Share: 5}},
		{TableColumn: view.TableColumn{Title: "Place", Width: 120, Share: 2}},
		{TableColumn: view.TableColumn{Title: "Status", Width: 122}, filter: "Status"},
		{TableColumn: view.TableColumn{Title: "Screening", Width: 122}, filter: "Screening"},
		{TableColumn: view.TableColumn{Title: "By", Width: 80, Share: 1}, filter: "By"},
		{TableColumn: view.TableColumn{Title: "Started", Width: 146}},
		{TableColumn: view.TableColumn{Title: "Country"}, filter: "Country", unseen: true},
	}
}

// interviewRow is an interview about a unit; of a record, the unit is blank but for
// its name.
func interviewRow(d *survey.Document, name, place string, u table.Unit) listRow {
	started := strings.Replace(d.Text(survey.FieldStarted), "T", " ", 1)
	return listRow{id: d.Entity, cells: []view.Cell{{Text: name}, {Text: place}, statusCell(d.Text(survey.FieldStatus)), screeningCell(u.Screening),
		{Text: d.Text(survey.FieldInterviewer)}, {Text: started[:min(16, len(started))]}, {Text: countryName(u.Country)}}}
}

func countryName(code string) string {
	if c, ok := job.Atlas().Country(code); ok {
		return c.Name
	}
	return code
}

func (w *Window) interviewsPage() fyne.CanvasObject {
	us, err := w.study.Units()
	if err != nil {
		w.fail(err)
	}
	var rows []listRow
	region := w.study.RegionNames()
	for _, u := range us {
		for _, d := range u.Interviews {
			if w.only != nil && !slices.Contains(w.only.ids, d.Entity) {
				continue
			}
			rows = append(rows, interviewRow(d, unitName(u), place(u, region), u))
		}
	}
	records, err := w.study.Records()
	if err != nil {
		w.fail(err)
	}
	for _, d := range records {
		if w.only != nil {
			break
		}
		rows = append(rows, interviewRow(d, w.study.Title(d), "", table.Unit{}))
	}
	fresh := widget.NewButtonWithIcon("New interview", theme.ContentAddIcon(), w.newInterview)
	fresh.Importance = widget.HighImportance
	empty := container.NewCenter(container.NewVBox(widget.NewLabel("Interviews appear here."), widget.NewButtonWithIcon("Start the first interview", theme.ContentAddIcon(), w.newInterview)))
	w.say("%d interviews.%s Enter opens one.%s", len(rows), w.keyHint("interview.new", " %s starts a new one."), w.fictional())
	l := w.newList("Interviews", interviewColumns(), rows)
	l.table.OnOpen = func(row int) { w.openInterview(rows[row].id) }
	if w.only != nil {
		return l.page(empty, fresh, widget.NewButtonWithIcon(w.only.label, theme.CancelIcon(), func() { w.show("Interviews") }))
	}
	return l.page(empty, fresh)
}

func (w *Window) fictional() string {
	if w.study.Info().Fictional {
		return " All organizations of this study are fictional."
	}
	return ""
}

func place(u table.Unit, region func(code string) string) string {
	if u.Region == "" {
		return u.Country
	}
	return region(u.Region) + ", " + u.Country
}

// pointPlace names the areas in which a unit's point lies, where the study knows more than
// regions.
func (w *Window) pointPlace(u table.Unit) string {
	if u.Point == nil || w.study.Depth() < 2 {
		return ""
	}
	return w.study.PlaceName(*u.Point)
}

// unitColumns are the columns of the page Units.
func unitColumns() []listColumn {
	return []listColumn{
		{TableColumn: view.TableColumn{Title: "Organization", Width: 150, Share: 5}},
		{TableColumn: view.TableColumn{Title: "Form", Width: 96, Share: 2}, filter: "Form"},
		{TableColumn: view.TableColumn{Title: "Place", Width: 92, Share: 2}},
		{TableColumn: view.TableColumn{Title: "Assigned to", Width: 96, Share: 1}, filter: "Assigned to", spare: true},
		{TableColumn: view.TableColumn{Title: "Stratum", Width: 84, Share: 1}, filter: "Stratum", spare: true},
		{TableColumn: view.TableColumn{Title: "Interview", Width: 118}, filter: "Interview"},
		{TableColumn: view.TableColumn{Title: "Screening", Width: 112}, filter: "Screening"},
		{TableColumn: view.TableColumn{Title: "Conflicts", Width: 116}, spare: true},
		{TableColumn: view.TableColumn{Title: "Id in the list"}, unseen: true},
		{TableColumn: view.TableColumn{Title: "By"}, filter: "By", unseen: true},
		{TableColumn: view.TableColumn{Title: "Country"}, filter: "Country", unseen: true},
	}
}

func (w *Window) unitRow(u table.Unit, region func(code string) string) listRow {
	conflicts, by := view.Cell{}, ""
	if u.Contested > 0 {
		conflicts = view.Cell{Icon: "⚠", Text: fmt.Sprintf("%d in conflict", u.Contested), Color: theme.ColorNameWarning}
	}
	if len(u.Interviews) > 0 {
		by = u.Interviews[0].Text(survey.FieldInterviewer)
	}
	return listRow{id: u.ID, cells: []view.Cell{{Text: unitName(u)}, {Text: w.study.FormLabel(u.Form)}, {Text: place(u, region)}, {Text: w.person(u.Assigned)}, {Text: u.Stratum}, unitStateCell(u),
		screeningCell(u.Screening), conflicts, {Text: u.Code}, {Text: by}, {Text: countryName(u.Country)}}}
}

// unitStateCell says where a unit stands by its interviews.
func unitStateCell(u table.Unit) view.Cell {
	if s := job.UnitState(u); s != "" {
		return statusCell(string(s))
	}
	return view.Cell{Icon: "·", Text: "none yet"}
}

// person is a researcher's name; who works on this laptop finds hers at once.
func (w *Window) person(name string) string {
	if name != "" && name == w.study.Info().Researcher {
		return name + " (me)"
	}
	return name
}

func (w *Window) unitsPage() fyne.CanvasObject {
	us, err := w.study.Units()
	if err != nil {
		w.fail(err)
	}
	if w.only != nil {
		wanted := map[string]bool{}
		for _, id := range w.only.ids {
			wanted[id] = true
		}
		us = slices.DeleteFunc(us, func(u table.Unit) bool { return !wanted[u.ID] })
	}
	var rows []listRow
	region := w.study.RegionNames()
	for _, u := range us {
		rows = append(rows, w.unitRow(u, region))
	}
	card := container.NewStack()
	l := w.newList("Units", unitColumns(), rows)
	l.table.OnCursor = func(row int) {
		card.Objects = []fyne.CanvasObject{wrapped("Choose an organization to see its card.")}
		if row >= 0 {
			card.Objects[0] = w.card(us[row])
		}
		card.Refresh()
	}
	l.table.OnOpen = func(row int) { w.interviewWith(us[row]) }
	l.table.OnCursor(l.table.Current())
	w.say("%d organizations. Enter opens the newest interview, or begins one.%s", len(rows), w.fictional())
	tools := []fyne.CanvasObject{widget.NewButtonWithIcon("Assign …", theme.AccountIcon(), w.assignDialog), widget.NewButtonWithIcon("Export …", theme.UploadIcon(), func() { w.exportListed(l) })}
	if len(rows) == 0 {
		tools = nil
	}
	if w.only != nil {
		tools = append(tools, widget.NewButtonWithIcon(w.only.label, theme.CancelIcon(), func() { w.show("Units") }))
	}
	split := container.NewHSplit(l.page(container.NewCenter(container.NewVBox(wrappedIn(260, "Organizations appear here: from a list, or with their first interview."),
		widget.NewButtonWithIcon("Import a list …", theme.DownloadIcon(), w.importPage))), tools...), card)
	split.Offset = 0.72
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
	box := container.NewVBox(name)
	if u.LocalName != "" && u.LocalName != u.Name {
		box.Add(wrapped(u.LocalName))
	}
	for _, o := range []fyne.CanvasObject{line("Form", w.study.FormLabel(u.Form)), line("Place", strings.TrimPrefix(u.Place+", "+place(u, w.study.RegionName), ", ")),
		line("Screening", strings.TrimSpace(screeningWord(u.Screening)+" "+u.Reason))} {
		box.Add(o)
	}
	if s := w.pointPlace(u); s != "" {
		box.Add(line("Its point lies in", s))
	}
	if u.Fictional {
		box.Add(wrapped("This organization is fictional."))
	}
	lines, err := w.study.Listed(u.ID)
	if err != nil {
		w.fail(err)
	}
	for _, x := range lines {
		box.Add(line(x.Label, x.Text))
	}
	if len(u.Interviews) == 0 {
		box.Add(widget.NewButtonWithIcon("Begin the interview", theme.ContentAddIcon(), func() { w.beginWith(u.ID) }))
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
