package screen

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
	"sselandscape/survey/notation"
)

// textEditor takes typed answers.
type textEditor struct {
	field *view.Field
	typed *view.Typed
	p     *interviewPage
}

func (p *interviewPage) newTextEditor(q *survey.Question, looks map[string]bool, v survey.Value) editor {
	e := &textEditor{p: p}
	multi := looks["multiline"] || q.Kind == survey.Geotrace || q.Kind == survey.Geoshape
	begin, draft := p.kept()
	if !draft {
		begin = shown(q, looks, v.Text)
	}
	e.typed = view.NewTyped(job.Face(), multi, begin, p.reader(q, looks), p.beside(q, e)...)
	e.field = e.typed.Field
	e.field.SetPlaceHolder(placeholder(q, looks, multi))
	e.field.Keys = p.keys
	e.field.Left = p.left(func() editor { return e })
	if looks["masked"] || looks["hidden-answer"] {
		e.field.Password = true
	}
	if q.Kind.Numeric() && looks["thousands-sep"] {
		e.typed.Group = notation.GroupTyped
	}
	if looks["counter"] {
		e.field.Arrows = e.count
	}
	e.typed.Changed = func(r view.Reading) {
		p.sheet.Arrange() // the card grows with what is said of the text
		p.editing = true
		p.keep("")
		if r.Problem != "" {
			p.keep(e.field.Text)
		}
	}
	p.editing = draft
	return e
}

// count adds or takes away one.
func (e *textEditor) count(k fyne.KeyName) bool {
	by := map[fyne.KeyName]int64{fyne.KeyUp: 1, fyne.KeyDown: -1}[k]
	n, err := strconv.ParseInt(cmp.Or(e.typed.Reading().Stored, "0"), 10, 64)
	if by == 0 || err != nil {
		return false
	}
	e.typed.Say(strconv.FormatInt(n+by, 10))
	return true
}

// beside is what stands behind the field: a unit, and for positions buttons.
func (p *interviewPage) beside(q *survey.Question, e *textEditor) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if unit := cmp.Or(q.Sse["unit"], q.Extra["unit"]); unit != "" {
		out = append(out, widget.NewLabel(unit))
	}
	if q.Kind != survey.Geopoint && q.Kind != survey.Geotrace && q.Kind != survey.Geoshape {
		return out
	}
	if pick := p.typing.pickOnMap; pick != nil {
		out = append(out, p.button("Map …", theme.SearchIcon(), func() {
			pick(e.typed.Reading().Stored, func(stored string) { e.typed.Say(position(stored)) })
		}))
	}
	return append(out, p.button("GPX …", theme.FolderOpenIcon(), func() { p.chooseGPX(q, e) }))
}

// chooseGPX takes a waypoint or a track out of a file.
func (p *interviewPage) chooseGPX(q *survey.Question, e *textEditor) {
	dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		defer r.Close()
		places, err := notation.GPX(r)
		if err != nil {
			p.w.fail(err)
			return
		}
		p.choosePlace(q, e, places)
	}, p.w.win)
}

// choosePlace offers the places of a file that suit the question; one alone is
// taken as it is.
func (p *interviewPage) choosePlace(q *survey.Question, e *textEditor, places []notation.Place) {
	var items []view.Choice
	for i, pl := range places {
		if (q.Kind == survey.Geopoint) == (len(pl.Points) == 1) {
			label := cmp.Or(pl.Name, "without a name") + " · " + pl.Points[0].Decimal()
			items = append(items, view.Choice{Name: strconv.Itoa(i), Label: label})
		}
	}
	take := func(name string) {
		i, _ := strconv.Atoi(name)
		e.typed.Say(strings.ReplaceAll(places[i].Lexical(), ";", "\n"))
		p.w.win.Canvas().Focus(e.field)
	}
	switch len(items) {
	case 0:
		p.w.say("The file holds nothing that suits this question: it asks for %s.", map[bool]string{true: "a single point", false: "a track or route"}[q.Kind == survey.Geopoint])
	case 1:
		take(items[0].Name)
	default:
		p.placeDialog(items, take)
	}
}

func (p *interviewPage) placeDialog(items []view.Choice, take func(name string)) {
	s := view.NewChoiceSearch(job.Face(), items, false, nil)
	d := dialog.NewCustom("Which place?", "Take none", s.Object(), p.w.win)
	s.Keys = escape(d.Hide)
	s.List.Changed = func(names []string) {
		d.Hide()
		take(names[0])
	}
	d.Resize(fyne.NewSize(620, 520))
	d.Show()
	p.w.win.Canvas().Focus(s.Field)
}

// shown writes a stored answer as people type it.
func shown(q *survey.Question, looks map[string]bool, stored string) string {
	switch {
	case q.Kind.Numeric() && looks["thousands-sep"]:
		return notation.Group(stored)
	case q.Kind == survey.Date && looks["year"] && len(stored) == 10:
		return stored[:4]
	case q.Kind == survey.Date && looks["month-year"] && len(stored) == 10:
		return stored[:7]
	case q.Kind == survey.DateTime && len(stored) == 16:
		return strings.Replace(stored, "T", " ", 1)
	case q.Kind == survey.Geopoint:
		return position(stored)
	case q.Kind == survey.Geotrace || q.Kind == survey.Geoshape:
		return strings.ReplaceAll(stored, ";", "\n")
	}
	return stored
}

// position leaves an unknown altitude and accuracy out.
func position(stored string) string {
	if both, ok := strings.CutSuffix(stored, " 0.0 0.0"); ok {
		return strings.Replace(both, " ", ", ", 1)
	}
	return stored
}

func placeholder(q *survey.Question, looks map[string]bool, multi bool) string {
	switch q.Kind {
	case survey.Integer:
		return "a whole number"
	case survey.Decimal:
		return "a number"
	case survey.Date:
		switch {
		case looks["year"]:
			return "2026"
		case looks["month-year"]:
			return "2026-03 or March 2026"
		}
		return "2026-03-01, 1 mar, yesterday, 2082-11-17 BS"
	case survey.Time:
		return "14:30 or 2.30 pm"
	case survey.DateTime:
		return "2026-03-01 14:30"
	case survey.Geopoint:
		return "27.7172, 85.3240 or 27°43′02″N 85°19′26″E or a plus code"
	case survey.Geotrace, survey.Geoshape:
		return "one position a line; Alt+Enter begins a line"
	}
	if multi {
		return "Alt+Enter begins a new line"
	}
	return ""
}

// reader is how the text of a question is read.
func (p *interviewPage) reader(q *survey.Question, looks map[string]bool) func(string) view.Reading {
	dates := notation.Dates{Today: time.Now()}
	numbers := notation.Numbers{Grouped: looks["thousands-sep"]}
	switch q.Kind {
	case survey.Integer:
		return reading(numbers.Integer, nil)
	case survey.Decimal:
		return reading(numbers.Decimal, nil)
	case survey.Date:
		words := func(iso string) string { return notation.DateWords(iso, beside(looks)...) }
		switch {
		case looks["year"]:
			return reading(dates.Year, func(iso string) string { return iso[:4] })
		case looks["month-year"]:
			return reading(dates.Month, monthWords)
		}
		return reading(dates.Date, words)
	case survey.Time:
		return reading(notation.Time, notation.TimeWords)
	case survey.DateTime:
		return reading(dates.DateTime, func(s string) string {
			return notation.DateWords(s[:10], beside(looks)...) + " · " + notation.TimeWords(s[11:])
		})
	case survey.Geopoint:
		return p.readPosition
	case survey.Geotrace, survey.Geoshape:
		return reading(func(s string) (string, error) { return notation.ParseTrace(s, q.Kind == survey.Geoshape) }, func(s string) string {
			return strconv.Itoa(strings.Count(s, ";")+1) + " points"
		})
	}
	if role := q.Sse["role"]; role == "unit.name" || role == "unit.name.local" {
		return p.whoElse()
	}
	return func(s string) view.Reading { return view.Reading{Stored: s} }
}

func monthWords(iso string) string {
	t, err := time.Parse("2006-01-02", iso)
	if err != nil {
		return ""
	}
	return t.Format("January 2006")
}

// beside lists the calendars that stand beside a date, the one that the
// appearance asks for first.
func beside(looks map[string]bool) []notation.Calendar {
	all := []notation.Calendar{notation.Nepali, notation.Buddhist, notation.Islamic}
	for i, name := range []string{"bikram-sambat", "buddhist", "islamic"} {
		if looks[name] {
			all[0], all[i] = all[i], all[0]
		}
	}
	return all
}

// reading joins a parser and what is said of its result. A blank text is a blank
// answer.
func reading(parse func(string) (string, error), words func(stored string) string) func(string) view.Reading {
	return func(s string) view.Reading {
		if strings.TrimSpace(s) == "" {
			return view.Reading{}
		}
		stored, err := parse(s)
		if err != nil {
			return view.Reading{Problem: sentence(err)}
		}
		r := view.Reading{Stored: stored}
		if words != nil {
			r.Words = words(stored)
		} else if stored != s && strings.ReplaceAll(s, ",", "") != stored {
			r.Words = "= " + stored
		}
		return r
	}
}

func (p *interviewPage) readPosition(s string) view.Reading {
	if strings.TrimSpace(s) == "" {
		return view.Reading{}
	}
	at, note, err := notation.ParsePosition(s)
	if err != nil {
		return view.Reading{Problem: sentence(err)}
	}
	r := view.Reading{Stored: at.Lexical(), Words: at.Words()}
	if _, name := p.w.study.RegionAt(r.Stored); name != "" {
		r.Words += " · " + name
	}
	if note != "" {
		r.Words += "\n" + note
	}
	return r
}

// sentence writes an error as a sentence.
func sentence(err error) string {
	r := []rune(err.Error())
	return strings.ToUpper(string(r[:1])) + string(r[1:]) + "."
}

func (e *textEditor) object() fyne.CanvasObject { return e.typed.Object() }
func (e *textEditor) focus() fyne.Focusable     { return e.field }
func (e *textEditor) value() survey.Value       { return survey.Of(e.typed.Reading().Stored) }
func (e *textEditor) refused() string           { return e.typed.Reading().Problem }
