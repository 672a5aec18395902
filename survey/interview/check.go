package interview

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// inspect warns of what looks wrong in an expression: comparisons that can never
// hold, with a code that is in no list or text where there are only numbers, and
// what expr.Check finds.
func (c *compilation) inspect(s *slot, column string, e expr.Expr) {
	for _, f := range expr.Check(e) {
		c.warn(s, column, f.Hint, "%s", f.Text)
	}
	elsewhere := conditions(e)
	for x := range expr.Comparisons(e) {
		p, relative := x.Subject.(*expr.Path)
		if relative && !p.Absolute && elsewhere[x.Subject] {
			continue // a condition is about the nodes that it picks
		}
		if (x.Op == "=" || x.Op == "!=") && (x.Via == "" || x.Via == "selected") {
			c.comparison(s, column, x)
		}
	}
}

// conditions lists what stands in [ ].
func conditions(e expr.Expr) map[expr.Expr]bool {
	out := map[expr.Expr]bool{}
	mark := func(preds []expr.Expr) {
		for _, p := range preds {
			expr.Walk(p, func(x expr.Expr) bool { out[x] = true; return true })
		}
	}
	expr.Walk(e, func(x expr.Expr) bool {
		switch t := x.(type) {
		case *expr.Filter:
			mark(t.Preds)
		case *expr.Path:
			for _, st := range t.Steps {
				mark(st.Preds)
			}
		}
		return true
	})
	return out
}

// comparison looks at a question beside a literal.
func (c *compilation) comparison(s *slot, column string, x expr.Comparison) {
	text := x.Text()
	if text == "" || text == "NaN" { // a blank in arithmetic is NaN, and forms ask for it
		return
	}
	for _, q := range c.questions(s, x.Subject) {
		switch {
		case q.Calculation != "" || len(q.Trigger) > 0:
		case q.Kind.Selects():
			c.codes(s, column, q, text)
		case q.Kind.Numeric():
			if _, err := strconv.ParseFloat(text, 64); err != nil {
				c.warn(s, column, "", "%s is a number and never %q", q.Name, text)
			}
		}
	}
}

func literalText(e expr.Expr) (string, bool) {
	switch x := e.(type) {
	case *expr.String:
		return x.Value, true
	case *expr.Number:
		return expr.FormatNumber(x.Value), true
	}
	return "", false
}

// questions lists the questions that a reference or a plain path means.
func (c *compilation) questions(s *slot, e expr.Expr) []*survey.Question {
	switch x := e.(type) {
	case *expr.Ref:
	case *expr.Path:
		if x.From != nil || slices.ContainsFunc(x.Steps, func(st expr.Step) bool { return len(st.Preds) > 0 }) {
			return nil
		}
	default:
		return nil
	}
	d := &dependencies{compilation: c, from: s, scope: scope{program: c.program, from: s}}
	var out []*survey.Question
	for _, t := range d.nodes(e, d.self()) {
		if t.slot.q != nil {
			out = append(out, t.slot.q)
		}
	}
	return out
}

// codes warns where a code is not among the choices of a question. Of choices that
// come from files or from answers nothing is known.
func (c *compilation) codes(s *slot, column string, q *survey.Question, text string) {
	l := c.program.Form.Lists[q.List]
	if q.File != "" || q.External || q.Itemset != nil || l == nil {
		return
	}
	for _, code := range codes(q, text) {
		if _, found := l.Find(code); found {
			continue
		}
		hint := ""
		if near := expr.Nearest(code, choiceNames(l)); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.warn(s, column, hint, "%q is no choice of %s, so the comparison never holds", code, q.Name)
	}
}

func choiceNames(l *survey.List) []string {
	out := make([]string, len(l.Choices))
	for i := range l.Choices {
		out[i] = l.Choices[i].Name
	}
	return out
}

// maxWarnings bounds what is said about comparisons and paths in one form.
const maxWarnings = 500

func (c *compilation) warn(s *slot, column, hint, format string, args ...any) {
	if c.warnings >= maxWarnings {
		return
	}
	p := survey.Problem{Sheet: "survey", Row: s.item.Common().Row, Column: column, Severity: survey.Warning, Text: s.name() + ": " + fmt.Sprintf(format, args...), Hint: hint}
	if !slices.Contains(c.problems, p) {
		c.problems = append(c.problems, p)
		c.warnings++
	}
}

// filter looks at the condition of a choice_filter: columns that the list has not,
// values that no choice has.
func (c *compilation) filter(s *slot, q *survey.Question) {
	l := c.program.Form.Lists[q.List]
	if q.External {
		l = c.program.Form.External[q.List]
	}
	if q.ChoiceFilter == "" || l == nil || q.File != "" {
		return
	}
	e, err := expr.Parse(q.ChoiceFilter)
	if err != nil {
		return // said where the choices are compiled
	}
	values := columnValues(l)
	seen := func(x expr.Expr) map[string]bool {
		name := childName(x)
		if name == "" {
			return nil
		}
		vs, has := values[name]
		if !has {
			hint := "add the column, or write ${" + name + "} for an answer"
			if near := expr.Nearest(name, slices.Sorted(maps.Keys(values))); near != "" {
				hint = fmt.Sprintf("did you mean %s?", near)
			}
			c.warn(s, "choice_filter", hint, "the list %s has no column %s", l.Name, name)
		}
		return vs
	}
	expr.Walk(e, func(x expr.Expr) bool {
		b, ok := x.(*expr.Binary)
		if !ok || b.Op != "=" {
			return true
		}
		for _, pair := range [...][2]expr.Expr{{b.L, b.R}, {b.R, b.L}} {
			vs := seen(pair[0])
			if text, ok := literalText(pair[1]); ok && len(vs) > 0 && !vs[text] {
				c.warn(s, "choice_filter", "", "no choice of the list %s has %s = %q", l.Name, childName(pair[0]), text)
			}
		}
		return true
	})
}

// columnValues gives the values of each column of a list.
func columnValues(l *survey.List) map[string]map[string]bool {
	out := map[string]map[string]bool{"name": {}, "label": nil}
	for _, col := range l.Columns {
		out[col] = map[string]bool{}
	}
	for i := range l.Choices {
		out["name"][l.Choices[i].Name] = true
		for k, v := range l.Choices[i].Extra {
			if out[k] != nil {
				out[k][v] = true
			}
		}
	}
	return out
}

// childName is the name in an expression that is nothing but the name of a child.
func childName(e expr.Expr) string {
	p, ok := e.(*expr.Path)
	if !ok || p.Absolute || p.From != nil || len(p.Steps) != 1 || p.Steps[0].Axis != "child" || len(p.Steps[0].Preds) > 0 ||
		strings.ContainsAny(p.Steps[0].Name, "*()") {
		return ""
	}
	return p.Steps[0].Name
}

// lost warns of a step that leads nowhere.
func (d *dependencies) lost(from []target, st expr.Step) {
	if d.warnings >= maxWarnings || st.Axis != "child" || strings.ContainsAny(st.Name, "*():") || st.Name == "meta" || strings.HasPrefix(st.Name, "generated_") || d.from.item == nil {
		return
	}
	var names []string
	for _, t := range from {
		if t.slot.q != nil {
			return // metadata below a question, known to no form
		}
		for _, k := range t.slot.kids {
			names = append(names, k.name())
		}
	}
	hint := "check the path"
	if near := expr.Nearest(st.Name, names); near != "" {
		hint = "did you mean " + near + "?"
	} else if t := d.program.byName[st.Name]; t != nil {
		hint = "write ${" + st.Name + "}"
	}
	d.warn(d.from, d.where, hint, "a path leads to %s, which is not there", st.Name)
}
