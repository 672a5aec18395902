package job

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// Figures measures the units in each area of a level of the study's countries. A region
// without units has the number 0; a sum, mean or share of no answers is no number.
func (s *Study) Figures(us []table.Unit, l FiguresLook) (*layer.Figures, error) {
	level := max(1, l.Level)
	f, err := s.noFigures(level)
	if err != nil {
		return nil, err
	}
	f.Least = l.Least
	if l.Measure == "count" {
		f.Title = "Units"
		for _, c := range f.Codes {
			f.Values[c] = 0
		}
		s.inAreas(us, level, func(code string, _ table.Unit) {
			if _, ok := f.Values[code]; ok {
				f.Values[code]++
				f.Units[code]++
			}
		})
		return f, nil
	}
	q, err := s.asked(us, l.Question)
	if err != nil {
		return nil, err
	}
	measure, title, err := l.measure(q)
	if err != nil {
		return nil, err
	}
	f.Title = title
	sums := map[string]float64{}
	s.inAreas(us, level, func(code string, u table.Unit) {
		if v, ok := measure(q.answers[u.ID]); ok {
			sums[code] += v
			f.Units[code]++
		}
	})
	for _, c := range f.Codes {
		n := f.Units[c]
		switch {
		case n == 0:
		case l.Measure == "sum":
			f.Values[c] = sums[c]
		default:
			f.Values[c] = sums[c] / float64(n)
		}
	}
	return f, nil
}

// noFigures lists the areas of a level.
func (s *Study) noFigures(level int) (*layer.Figures, error) {
	f := &layer.Figures{Values: map[string]float64{}, Units: map[string]int{}}
	for _, r := range s.atlasOrBuiltIn().At(level) {
		if slices.Contains(s.Info().Countries, r.Country) {
			f.Codes = append(f.Codes, r.Code)
		}
	}
	if len(f.Codes) == 0 {
		return nil, fmt.Errorf("no areas of level %d are known in the study's countries; take them in with sse import --as boundaries", level)
	}
	return f, nil
}

// inAreas visits units with the area of a level that they are in: regions by what is known
// of the units, deeper ones by where their points lie.
func (s *Study) inAreas(us []table.Unit, level int, visit func(code string, u table.Unit)) {
	a := s.atlasOrBuiltIn()
	for _, u := range us {
		code := u.Region
		if level > 1 {
			if code = ""; u.Point != nil {
				if r, ok := a.LocateAt(*u.Point, level); ok {
					code = r.Code
				}
			}
		}
		if code != "" {
			visit(code, u)
		}
	}
}

// asked is a question with the newest answers of units to it.
type asked struct {
	*survey.Question
	form    *survey.Form
	label   string                  // in words
	answers map[string]survey.Value // by unit
}

// asked finds the answers to a question that maps may show.
func (s *Study) asked(us []table.Unit, question string) (*asked, error) {
	g, err := s.given(us)
	if err != nil {
		return nil, err
	}
	q := questionNamed(g.form, question)
	if q == nil {
		return nil, fmt.Errorf("the questionnaire %q has no question %q", g.form.Title, question)
	}
	at := slices.IndexFunc(g.kept, func(i int) bool { return g.columns[i].Name == question })
	if at < 0 {
		return nil, fmt.Errorf("the answers to %q identify persons or repeat, so they are not on maps", question)
	}
	out := &asked{q, g.form, labelOf(q, g.form), make(map[string]survey.Value, len(us))}
	for _, u := range us {
		out.answers[u.ID] = g.by(u, g.kept[at])
	}
	return out, nil
}

// numberIn is the number of an answer, if it is one.
func numberIn(v survey.Value) (float64, bool) {
	n, err := strconv.ParseFloat(v.Text, 64)
	return n, err == nil && v.Special == ""
}

// measure turns an answer into a number, if it is one.
func (l FiguresLook) measure(q *asked) (of func(survey.Value) (float64, bool), title string, err error) {
	switch list := q.form.Lists[q.List]; {
	case (l.Measure == "sum" || l.Measure == "mean") && q.Kind.Numeric():
		return numberIn, map[string]string{"sum": "Sum: ", "mean": "Mean: "}[l.Measure] + q.label, nil
	case l.Measure == "share" && q.Kind == survey.SelectOne && list != nil:
		i := slices.IndexFunc(list.Choices, func(c survey.Choice) bool { return c.Name == l.Choice })
		if i < 0 {
			return nil, "", fmt.Errorf("the question %q has no choice %q", q.Name, l.Choice)
		}
		title = "Share in %: " + q.label + " – " + cmp.Or(inPlain(list.Choices[i].Label, q.form), l.Choice)
		return func(v survey.Value) (float64, bool) {
			if v.Text == l.Choice {
				return 100, v.Special == ""
			}
			return 0, v.Text != "" && v.Special == ""
		}, title, nil
	}
	return nil, "", fmt.Errorf("%q cannot be measured by %q: sums and means are of numbers, shares of a choice of one", q.Name, l.Measure)
}

// poles are the places in areas that are farthest from their borders.
func poles(a *region.Atlas, level int) func(code string) (orb.Point, bool) {
	return func(code string) (orb.Point, bool) {
		r, ok := a.RegionAt(code, level)
		if !ok {
			return orb.Point{}, false
		}
		return a.Pole(r.Rings), true
	}
}
