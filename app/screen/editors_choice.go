package screen

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// searchFrom is the number of choices from which a list is searched as one types,
// whatever its appearance.
const searchFrom = 60

// choiceEditor takes one or several choices.
type choiceEditor struct{ list *view.Choices }

func (p *interviewPage) options() []view.Choice {
	options := p.iv.Session.Choices(p.at, p.lang)
	out := make([]view.Choice, len(options))
	for i, o := range options {
		out[i] = view.Choice{Name: o.Name, Label: o.Label}
	}
	return out
}

func (p *interviewPage) newChoiceEditor(q *survey.Question, looks map[string]bool, v survey.Value) editor {
	items, chosen := p.options(), strings.Fields(v.Text)
	p.illustrate(q, items)
	multiple := q.Kind == survey.SelectMultiple
	if q.Kind == survey.SelectOne && v.Text != "" {
		chosen = []string{v.Text}
	}
	if looks["autocomplete"] || looks["search"] || looks["minimal"] && len(items) > 9 || len(items) >= searchFrom {
		return p.newSearchEditor(items, multiple, chosen)
	}
	e := &choiceEditor{view.NewChoices(job.Face(), items, multiple, chosen)}
	e.list.SetLook(choiceLook(looks, multiple, len(items)))
	if modeNow() == questionMode {
		e.list.SetZoom(1.35)
	}
	e.list.Keys = p.keys
	e.list.Changed = p.picked
	e.list.Moved = func(top, bottom float32) { p.reveal(e.list, top, bottom) }
	if looks["quick"] {
		e.list.Picked = p.confirm
	}
	return e
}

// picked stores what was picked.
func (p *interviewPage) picked([]string) {
	p.editing = true
	if p.leave() {
		p.outline.Refresh()
	}
}

// choiceLook reads the appearance of a select.
func choiceLook(looks map[string]bool, multiple bool, n int) view.Look {
	l := view.Look{Count: multiple && n > 2, Bare: looks["no-buttons"]}
	switch {
	case looks["likert"] || looks["label"] || looks["list-nolabel"] || looks["list"]:
		if n <= 11 {
			l.Shape = view.Likert
		}
	case looks["columns-pack"] || looks["horizontal"] || looks["horizontal-compact"] || looks["compact"]:
		l.Shape = view.Packed
	case looks["columns"]:
		l.Shape = view.Columns
	}
	for w := range looks {
		for _, prefix := range []string{"columns-", "compact-", "quickcompact-", "horizontal-"} {
			if k, err := strconv.Atoi(strings.TrimPrefix(w, prefix)); err == nil && strings.HasPrefix(w, prefix) && k > 0 && k <= 20 {
				l.Shape, l.Columns = view.Columns, k
			}
		}
	}
	return l
}

func (e *choiceEditor) object() fyne.CanvasObject { return e.list }
func (e *choiceEditor) focus() fyne.Focusable     { return e.list }
func (e *choiceEditor) value() survey.Value       { return survey.Of(strings.Join(e.list.Chosen(), " ")) }

// searchEditor takes choices of a long list.
type searchEditor struct{ search *view.ChoiceSearch }

func (p *interviewPage) newSearchEditor(items []view.Choice, multiple bool, chosen []string) editor {
	e := &searchEditor{view.NewChoiceSearch(job.Face(), items, multiple, chosen)}
	e.search.Keys = p.keys
	e.search.List.Changed = p.picked
	return e
}

func (e *searchEditor) object() fyne.CanvasObject { return e.search.Object() }
func (e *searchEditor) focus() fyne.Focusable     { return e.search.Field }
func (e *searchEditor) value() survey.Value {
	return survey.Of(strings.Join(e.search.List.Chosen(), " "))
}

// rankEditor puts choices in order.
type rankEditor struct{ list *view.Rank }

func (p *interviewPage) newRankEditor(v survey.Value) editor {
	e := &rankEditor{view.NewRank(job.Face(), p.options(), strings.Fields(v.Text))}
	e.list.Keys = p.keys
	e.list.Changed = func([]string) { p.editing = true }
	e.list.Left = p.left(func() editor { return e })
	return e
}

func (e *rankEditor) object() fyne.CanvasObject { return e.list }
func (e *rankEditor) focus() fyne.Focusable     { return e.list }
func (e *rankEditor) value() survey.Value       { return survey.Of(strings.Join(e.list.Order(), " ")) }

// rangeEditor takes a value of a scale.
type rangeEditor struct{ slider *view.Slider }

func (p *interviewPage) newRangeEditor(q *survey.Question, looks map[string]bool, v survey.Value) editor {
	s := p.scale(q, looks)
	if looks["picker"] {
		return p.newPickerEditor(s, v)
	}
	e := &rangeEditor{view.NewSlider(job.Face(), s, v.Text)}
	e.slider.Keys = p.keys
	e.slider.Left = p.left(func() editor { return e })
	e.slider.Changed = func(string) {
		p.editing = true
		p.keep("")
		if e.slider.Problem() != "" {
			p.keep(e.slider.Typed())
		}
	}
	if text, ok := p.kept(); ok {
		for _, r := range text {
			e.slider.TypedRune(r)
		}
	}
	return e
}

// scale reads the parameters of a range; those left out are 1, 10 and 1 as in
// XLSForm.
func (p *interviewPage) scale(q *survey.Question, looks map[string]bool) view.Scale {
	number := func(name, otherwise string) float64 {
		f, err := strconv.ParseFloat(cmp.Or(q.Parameters[name], otherwise), 64)
		if err != nil {
			f, _ = strconv.ParseFloat(otherwise, 64)
		}
		return f
	}
	s := view.Scale{Start: number("start", "1"), End: number("end", "10"), Step: number("step", "1"), Every: number("tick_interval", "0"),
		Vertical: looks["vertical"], NoTicks: looks["no-ticks"], Stars: looks["rating"], Labels: map[string]string{}}
	if s.Stars && s.Start == 0 && s.End > 0 { // no star is no answer
		s.Start = s.Step
	}
	if l := p.iv.Session.Program().Form.Lists[q.Parameters["tick_labelset"]]; l != nil {
		for _, c := range l.Choices {
			s.Labels[c.Name] = c.Label.In(p.lang, p.iv.Session.Program().Form.DefaultLanguage)
		}
	}
	return s
}

// newPickerEditor offers the values of a scale as a list.
func (p *interviewPage) newPickerEditor(s view.Scale, v survey.Value) editor {
	var items []view.Choice
	for _, value := range s.Values(2000) {
		label := value
		if l := s.Labels[value]; l != "" {
			label += " – " + l
		}
		items = append(items, view.Choice{Name: value, Label: label})
	}
	var chosen []string
	if i := slices.IndexFunc(items, func(c view.Choice) bool { return c.Name == s.Near(v.Text) }); i >= 0 {
		chosen = []string{items[i].Name}
	}
	return p.newSearchEditor(items, false, chosen)
}

func (e *rangeEditor) object() fyne.CanvasObject { return e.slider }
func (e *rangeEditor) focus() fyne.Focusable     { return e.slider }
func (e *rangeEditor) value() survey.Value       { return survey.Of(e.slider.Value()) }
func (e *rangeEditor) refused() string           { return e.slider.Problem() }
