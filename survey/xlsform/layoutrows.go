package xlsform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
)

// survey lists the items, one a row, with a row where each group ends.
func (l *layout) survey() *table {
	t := &table{}
	t.column("type", "")
	t.column("name", "")
	for _, lang := range l.form.Languages {
		t.column("label", lang)
	}
	l.items(t, l.form.Items, l.entityOf(nil, ""))
	return t
}

// items writes rows; entity is the list that the answers of the items are saved
// to, unless a group describes an entity of its own.
func (l *layout) items(t *table, items []survey.Item, entity string) {
	for _, it := range items {
		t.row()
		switch x := it.(type) {
		case *survey.Group:
			t.put("type", "begin group")
			l.node(t, it, entity)
			l.groupBind(t, x.Bind)
			l.items(t, x.Items, l.entityOf(it, entity))
			t.row()
			t.put("type", "end group")
		case *survey.Repeat:
			t.put("type", "begin repeat")
			l.node(t, it, entity)
			l.groupBind(t, x.Bind)
			t.put("repeat_count", x.Count)
			if x.Fixed {
				t.put("body::jr:noAddRemove", "true()")
			}
			l.items(t, x.Items, l.entityOf(it, entity))
			t.row()
			t.put("type", "end repeat")
		case *survey.Question:
			t.put("type", x.Type)
			l.node(t, it, entity)
			l.question(t, x)
		}
	}
}

// entityOf gives the list of the entity that an item describes, nil standing for
// the form; where it describes none, that of the item around it.
func (l *layout) entityOf(in survey.Item, around string) string {
	for _, e := range l.form.Entities {
		if e.In == in {
			return e.List
		}
	}
	return around
}

// node writes what all items share.
func (l *layout) node(t *table, it survey.Item, entity string) {
	n := it.Common()
	t.put("name", n.Name)
	t.text("label", n.Label)
	t.text("hint", n.Hint)
	t.text("guidance_hint", n.Guidance)
	t.put("relevant", n.Relevant)
	t.put("readonly", n.ReadOnly)
	t.put("appearance", n.Appearance)
	t.media(n.Media)
	switch {
	case n.SaveTo == "":
	case len(l.form.Entities) > 1:
		t.put("save_to", entity+"#"+n.SaveTo)
	default:
		t.put("save_to", n.SaveTo)
	}
	for _, k := range slices.Sorted(maps.Keys(n.Bind)) {
		if !slices.Contains(groupBinds, k) {
			t.put("bind::"+k, n.Bind[k])
		}
	}
	t.pairs("body::", n.Body)
	t.pairs("instance::", n.Instance)
	t.pairs("bind::sse:", n.Sse)
	t.pairs("", n.Extra)
	l.sse = l.sse || len(n.Sse) > 0
	if !nameRule.MatchString(n.Name) || n.Name == "meta" {
		l.problem(t, survey.Error, "name", "rename it in the form that the workbook is made from", "%q cannot be a name in a workbook", n.Name)
	}
}

// groupBinds are the attributes of a group's bind that have a column of their
// own; questions hold them elsewhere.
var groupBinds = []string{"required", "constraint", "calculate"}

func (l *layout) groupBind(t *table, bind map[string]string) {
	t.put("required", bind["required"])
	t.put("constraint", bind["constraint"])
	t.put("calculation", bind["calculate"])
}

func (l *layout) question(t *table, q *survey.Question) {
	t.put("required", q.Required)
	t.text("required_message", q.RequiredMessage)
	t.put("constraint", q.Constraint)
	t.text("constraint_message", q.ConstraintMessage)
	t.text("noAppErrorString", q.NoAppMessage)
	t.put("choice_filter", q.ChoiceFilter)
	t.put("calculation", q.Calculation)
	t.put("default", q.Default)
	var triggers []string
	for _, name := range q.Trigger {
		triggers = append(triggers, "${"+name+"}")
	}
	t.put("trigger", strings.Join(triggers, ", "))
	var parameters []string
	for _, k := range slices.Sorted(maps.Keys(q.Parameters)) {
		if !slices.Contains(accepted(q), k) {
			l.problem(t, survey.Warning, "parameters", "", "a question of the type %s has no parameter %s; %q is left out", q.Kind, k, q.Parameters[k])
			continue
		}
		parameters = append(parameters, k+"="+q.Parameters[k])
	}
	t.put("parameters", strings.Join(parameters, " "))
}

// problem is about the row being written.
func (l *layout) problem(t *table, severity survey.Severity, column, hint, format string, args ...any) {
	l.problems = append(l.problems, survey.Problem{Sheet: "survey", Row: len(t.rows) + 1, Column: column, Severity: severity, Text: fmt.Sprintf(format, args...), Hint: hint})
}
