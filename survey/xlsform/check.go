package xlsform

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// check looks at the form as a whole: names, lists, references, expressions.
func (p *parser) check() {
	names := map[string][]record{}
	p.siblings(p.form.Items)
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		n := it.Common()
		names[n.Name] = append(names[n.Name], p.where[it])
		return true
	})
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		p.item(it, names)
		return true
	})
}

// siblings reports names used twice inside one group or repeat.
func (p *parser) siblings(items []survey.Item) {
	seen := map[string]int{}
	for _, it := range items {
		n := it.Common()
		if row, twice := seen[strings.ToLower(n.Name)]; twice && n.Name != "" {
			p.add(p.where[it].problem("name", "give each question of a group a name of its own", "the name %q is already used in row %d", n.Name, row))
		}
		seen[strings.ToLower(n.Name)] = n.Row
		switch t := it.(type) {
		case *survey.Group:
			p.siblings(t.Items)
		case *survey.Repeat:
			p.siblings(t.Items)
		case *survey.Question:
		}
	}
}

func (p *parser) item(it survey.Item, names map[string][]record) {
	r := p.where[it]
	n := it.Common()
	p.expression(r, "relevant", n.Relevant, names)
	p.expression(r, "bind::sse:warning", n.Sse["warning"], names)
	for _, col := range []string{"label", "hint", "guidance_hint"} {
		t := r.text(col)
		for _, l := range t.Languages() {
			p.references(r, col, t[l], names)
		}
	}
	switch t := it.(type) {
	case *survey.Repeat:
		p.expression(r, "repeat_count", t.Count, names)
	case *survey.Question:
		p.answering(r, t, names)
	case *survey.Group:
	}
}

func (p *parser) answering(r record, q *survey.Question, names map[string][]record) {
	p.expression(r, "required", q.Required, names)
	p.expression(r, "constraint", q.Constraint, names)
	p.expression(r, "choice_filter", q.ChoiceFilter, names)
	p.expression(r, "calculation", q.Calculation, names)
	p.expression(r, "readonly", q.ReadOnly, names)
	p.references(r, "default", q.Default, names)
	for _, t := range q.Trigger {
		p.references(r, "trigger", "${"+t+"}", names)
	}
	switch q.Kind {
	case survey.SelectOne, survey.SelectMultiple, survey.Rank:
		p.list(r, q)
	case survey.Calculate:
		if q.Calculation == "" && q.Default == "" {
			p.add(r.problem("calculation", "write what is to be computed", "the calculation of %s is empty", q.Name))
		}
	default:
	}
	if q.Kind.Asked() && len(q.Label) == 0 && len(q.Hint) == 0 && len(q.Media) == 0 {
		pr := r.problem("label", "write the question", "the question %s has no label", q.Name)
		pr.Severity = survey.Warning
		p.add(pr)
	}
}

func (p *parser) list(r record, q *survey.Question) {
	if q.List == "" {
		p.add(r.problem("type", "write the name of the list behind the type", "%s does not say which list of choices it uses", q.Type))
		return
	}
	if strings.Contains(q.List, "${") {
		return // choices come from the rows of a repeat
	}
	if _, ok := p.form.Lists[q.List]; ok {
		return
	}
	hint := "add it to the sheet choices"
	if n := expr.Nearest(q.List, slices.Sorted(maps.Keys(p.form.Lists))); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	p.add(r.problem("type", hint, "there is no list %q", q.List))
}

// expression checks that text can be read and names questions that exist.
func (p *parser) expression(r record, col, text string, names map[string][]record) {
	if text == "" {
		return
	}
	e, err := expr.Parse(text)
	var at *expr.Error
	if errors.As(err, &at) {
		p.add(r.problem(col, "", "the expression cannot be read %v", at))
		return
	}
	p.references(r, col, text, names)
	if _, err := expr.Compile(e, anyRef{}); err != nil {
		p.add(r.problem(col, "", "the expression cannot be used %v", err))
	}
}

// anyRef takes every reference; references are checked one by one elsewhere.
type anyRef struct{}

func (anyRef) Ref(*expr.Ref) (func(*expr.Context) expr.Value, error) {
	return func(*expr.Context) expr.Value { return expr.Value{} }, nil
}

// references checks each ${name} in a text.
func (p *parser) references(r record, col, text string, names map[string][]record) {
	for _, m := range refs.FindAllStringSubmatch(text, -1) {
		name := strings.TrimPrefix(m[1], "last-saved#")
		switch found := names[name]; {
		case len(found) > 1:
			p.add(r.problem(col, "rename one of them", "${%s} may mean row %d or row %d", name, found[0].row, found[1].row))
		case len(found) == 0 && name != "instanceID":
			hint := "check the spelling, or add the question"
			if n := expr.Nearest(name, slices.Sorted(maps.Keys(names))); n != "" {
				hint = "did you mean ${" + n + "}?"
			}
			p.add(r.problem(col, hint, "there is no question ${%s}", name))
		}
	}
}
