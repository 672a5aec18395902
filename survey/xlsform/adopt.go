package xlsform

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
)

// adopter brings a form that was read from an XForm into the terms of XLSForm.
type adopter struct {
	from, to *survey.Form
	names    *names
	copies   map[survey.Item]survey.Item // items of to by those of from
	lists    map[string]listShape        // instances that became lists
	attached map[string]bool             // instances that are files of selects
	pulled   map[string]bool             // instances that pulldata() attaches
	problems []survey.Problem
}

// adopt copies a form in the terms of XLSForm. The problems say what is lost.
func adopt(f *survey.Form) (*survey.Form, []survey.Problem) {
	to := *f
	to.Items, to.Actions, to.Initial, to.Texts, to.RootAttrs, to.Instances, to.Document = nil, nil, nil, nil, nil, nil, nil
	to.Lists, to.ListNames = maps.Clone(f.Lists), slices.Clone(f.ListNames)
	to.Settings, to.Namespaces = maps.Clone(f.Settings), maps.Clone(f.Namespaces)
	if to.Settings == nil {
		to.Settings = map[string]string{}
	}
	a := &adopter{from: f, to: &to, names: newNames(f), copies: map[survey.Item]survey.Item{}, lists: map[string]listShape{},
		attached: map[string]bool{}, pulled: map[string]bool{}}
	a.settings()
	a.to.Items = a.items(f.Items, nil)
	a.actions()
	a.instances()
	a.rows()
	a.finish(a.to.Items)
	return a.to, a.problems
}

func (a *adopter) lost(severity survey.Severity, hint, format string, args ...any) {
	a.problems = append(a.problems, survey.Problem{Severity: severity, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// settings takes over the attributes of the primary instance.
func (a *adopter) settings() {
	set := a.to.Settings
	for _, at := range a.from.RootAttrs {
		switch {
		case at.Name == "id" || at.Name == "version" || at.Name == "orx:version" || strings.HasPrefix(at.Name, "xmlns:"):
		case at.Name == "xmlns":
			if !strings.HasPrefix(at.Value, "http://www.w3.org/2002/xforms") && at.Value != a.from.ID {
				set["instance_xmlns"] = at.Value
			}
		case at.Name == "odk:prefix" || at.Name == "odk:delimiter":
			set[strings.TrimPrefix(at.Name, "odk:")] = at.Value
		default:
			set["attribute::"+at.Name] = at.Value
		}
	}
	if d := a.from.DefaultLanguage; d != "" && d != "default" {
		set["default_language"] = d
	}
	for _, t := range a.from.Texts {
		for _, s := range t {
			if strings.Contains(s, "  ") {
				set["clean_text_values"] = "no"
			}
		}
	}
}

// items copies items; the block meta becomes settings and entities.
func (a *adopter) items(items []survey.Item, within survey.Item) []survey.Item {
	var out []survey.Item
	for _, it := range items {
		switch x := it.(type) {
		case *survey.Group:
			if local(x.Name) == "meta" {
				out = append(out, a.meta(x, within)...)
				continue
			}
			g := *x
			g.Node = a.node(it)
			a.copies[it] = &g
			g.Items = a.items(x.Items, &g)
			out = append(out, &g)
		case *survey.Repeat:
			r := *x
			r.Node = a.node(it)
			r.Count = a.names.replace(x.Count, it)
			a.copies[it] = &r
			r.Items = a.items(x.Items, &r)
			out = append(out, &r)
		case *survey.Question:
			if local(x.Name) == "meta" {
				continue
			}
			q := a.question(x)
			a.copies[it] = q
			out = append(out, q)
		}
	}
	return out
}

// local takes the prefix off a name.
func local(name string) string { return name[strings.IndexByte(name, ':')+1:] }

// meta reads the block of data about the interview: an XLSForm writes it by
// itself.
func (a *adopter) meta(g *survey.Group, within survey.Item) []survey.Item {
	var out []survey.Item
	for _, it := range g.Items {
		n := it.Common()
		q, _ := it.(*survey.Question)
		switch {
		case local(n.Name) == "instanceID":
		case local(n.Name) == "instanceName" && q != nil:
			a.to.InstanceName = a.names.replace(q.Calculation, it)
		case local(n.Name) == "audit":
			out = append(out, &survey.Question{Kind: survey.Audit, Type: "audit", Node: survey.Node{Name: "audit"}})
		case local(n.Name) == "entity":
			a.entity(it, within)
		default:
			a.lost(survey.Warning, "", "the node %s of the block meta is left out: a workbook cannot ask for it", n.Name)
		}
	}
	return out
}

// entity reads the declaration of an entity (ODK Entities specification).
func (a *adopter) entity(it, within survey.Item) {
	e := &survey.Entity{In: within}
	for _, at := range it.Common().Attrs {
		switch calc := a.names.replaceAll(at.Calculation, a.names.path[it]+"/@"+at.Name); at.Name {
		case "dataset":
			e.List = at.Value
		case "id":
			e.ID = calc
		case "create":
			e.CreateIf = calc
		case "update":
			e.UpdateIf = calc
		}
	}
	if g, ok := it.(*survey.Group); ok {
		for _, k := range g.Items {
			if q, ok := k.(*survey.Question); ok && q.Name == "label" {
				e.Label = a.names.replaceAll(q.Calculation, a.names.path[k])
			}
		}
	}
	a.to.Entities = append(a.to.Entities, e)
}

// node copies what all items share.
func (a *adopter) node(it survey.Item) survey.Node {
	n := *it.Common()
	for _, at := range n.Attrs {
		put(&n.Instance, at.Name, at.Value)
		if at.Calculation != "" {
			a.lost(survey.Error, "", "%s: its attribute %s is computed, which a workbook cannot say", n.Name, at.Name)
		}
	}
	n.Attrs, n.ModelOnly = nil, false
	n.Relevant, n.ReadOnly = a.names.replace(n.Relevant, it), a.names.replace(n.ReadOnly, it)
	n.Label, n.Hint, n.Guidance = a.text(n.Label, it), a.text(n.Hint, it), a.text(n.Guidance, it)
	n.Sse = maps.Clone(n.Sse)
	for k, v := range n.Sse {
		n.Sse[k] = a.names.replace(v, it)
	}
	return n
}

// text writes the computed parts of a text as ${name} or instance(…)….
func (a *adopter) text(t survey.Text, it survey.Item) survey.Text {
	if t == nil {
		return nil
	}
	out := survey.Text{}
	for lang, s := range t {
		var b strings.Builder
		for {
			before, expression, after, found := survey.CutOutput(s)
			b.WriteString(before)
			if !found {
				break
			}
			e := a.names.replace(expression, it)
			if !plainRef.MatchString(e) && !pathIntoInstance(e) {
				a.lost(survey.Warning, "compute it in a question of the type calculate and write ${its name}",
					"%s: its text shows %q, which is no answer; other programs will show it as it stands", it.Common().Name, expression)
				e = survey.Output(e)
			}
			b.WriteString(e)
			s = after
		}
		out[lang] = b.String()
	}
	return out
}

// bindNames are the types of binds by kind, of questions without a control.
var bindNames = map[survey.Kind]string{survey.Integer: "int", survey.Decimal: "decimal", survey.Date: "date", survey.Time: "time", survey.DateTime: "dateTime",
	survey.Geopoint: "geopoint", survey.Geotrace: "geotrace", survey.Geoshape: "geoshape", survey.Barcode: "barcode", survey.File: "binary"}

func (a *adopter) question(from *survey.Question) *survey.Question {
	q := *from
	q.Node = a.node(from)
	q.Required, q.Constraint, q.Calculation = a.names.replace(q.Required, from), a.names.replace(q.Constraint, from), a.names.replace(q.Calculation, from)
	q.RequiredMessage, q.ConstraintMessage = a.text(q.RequiredMessage, from), a.text(q.ConstraintMessage, from)
	q.Parameters = maps.Clone(q.Parameters)
	for _, m := range pulled.FindAllStringSubmatch(strings.Join([]string{q.Relevant, q.Calculation, q.Constraint, q.Required}, " "), -1) {
		a.pulled[m[1]] = true
	}
	switch typed, stored := bindNames[q.Kind]; {
	case from.ModelOnly && q.Calculation != "":
		if stored {
			put(&q.Bind, "type", typed)
		}
		q.Kind = survey.Calculate
	case from.ModelOnly && stored:
		put(&q.Bind, "type", typed)
		q.Kind = survey.Hidden
	case q.Kind == survey.InstanceID:
		q.Kind = survey.Hidden
		a.lost(survey.Error, "", "%s: a workbook gives the interview an id only in its own place", q.Name)
	case q.Kind == survey.Note && q.ReadOnly == "true()":
		q.ReadOnly = ""
	}
	q.Type = q.Kind.String()
	switch {
	case q.Kind.Selects():
		a.choices(&q, from)
	case q.Itemset != nil:
		a.beside(&q, from)
	}
	if q.Default != "" && dynamic(q.Default, q.Kind) {
		q.Default = "string(" + quote(q.Default) + ")"
	}
	q.Dynamic = dynamic(q.Default, q.Kind)
	return &q
}

// quote writes a text as an expression.
func quote(s string) string {
	if !strings.Contains(s, "'") {
		return "'" + s + "'"
	}
	if !strings.Contains(s, `"`) {
		return `"` + s + `"`
	}
	return "concat('" + strings.ReplaceAll(s, "'", `', "'", '`) + "')"
}

// actions makes defaults of values that are set as the form or a row begins, and
// triggered calculations of those that are set as an answer changes.
func (a *adopter) actions() {
	for _, act := range a.from.Actions {
		q, ok := a.copies[act.Target].(*survey.Question)
		if !ok {
			continue // of the block meta
		}
		value := a.names.replaceAll(act.Value, a.names.path[act.Target])
		if act.Value == "" && act.Text != "" {
			value = quote(act.Text)
		}
		for _, event := range act.Events {
			said := false
			switch event {
			case "odk-instance-first-load", "odk-new-repeat":
				said = act.Nodes == "" && a.setDefault(q, value)
			case "xforms-value-changed":
				said = act.Nodes == "" && a.setTrigger(q, act.On, value)
			}
			if !said {
				a.lost(survey.Error, "set the value by a default, a calculation or a trigger", "%s: a workbook cannot say that it is set to %s on the event %s", q.Name, cmp.Or(value, "nothing"), event)
			}
		}
	}
}

func (a *adopter) setDefault(q *survey.Question, value string) bool {
	if value != "" && !dynamic(value, q.Kind) {
		value = "string(" + value + ")"
	}
	if q.Dynamic && q.Default != value {
		return false
	}
	q.Default, q.Dynamic = value, value != ""
	return true
}

func (a *adopter) setTrigger(q *survey.Question, on survey.Item, value string) bool {
	from, ok := a.copies[on].(*survey.Question)
	if !ok || !labelledLater(from) || !a.names.unique(from.Name) || q.Calculation != "" && q.Calculation != value || q.Calculation == "" && len(q.Trigger) > 0 {
		return false
	}
	q.Calculation = value
	if !slices.Contains(q.Trigger, from.Name) {
		q.Trigger = append(q.Trigger, from.Name)
	}
	return true
}

// labelledLater says whether people see a question, if only by the label that
// finish gives it.
func labelledLater(q *survey.Question) bool {
	if !q.Kind.Asked() && q.Kind != survey.Note {
		return false
	}
	return len(q.Label)+len(q.Hint)+len(q.Media) > 0 || q.Calculation == "" && !q.Dynamic
}

// rows reports what the primary instance holds beyond one row with the values of
// the template.
func (a *adopter) rows() {
	defaults := map[string]string{}
	a.from.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && a.names.unique(q.Name) {
			defaults[q.Name] = q.Default
		}
		return true
	})
	for _, field := range slices.Sorted(maps.Keys(a.from.Initial)) {
		text, value := string(field), a.from.Initial[field].Text
		name := text[strings.LastIndexByte(text, '/')+1:]
		repeat, row, is := strings.Cut(name, "[")
		was, known := defaults[name]
		switch {
		case is && row == "2]":
			a.lost(survey.Error, "ask for the number of rows by repeat_count", "the repeat %s begins with several rows, which a workbook cannot say", repeat)
		case !is && known && value != "" && value != was && strings.Contains(text, "[1]"):
			a.lost(survey.Error, "give the question a default", "%s: the first row of its repeat begins with %q, which a workbook cannot say", name, value)
		}
	}
}

// finish gives a label to what would show nothing, which XLSForm refuses.
func (a *adopter) finish(items []survey.Item) {
	for _, it := range items {
		switch x := it.(type) {
		case *survey.Group:
			a.finish(x.Items)
		case *survey.Repeat:
			a.finish(x.Items)
		case *survey.Question:
			computed := x.Calculation != "" || len(x.Trigger) > 0 || x.Dynamic
			if (x.Kind.Asked() || x.Kind == survey.Note) && len(x.Label)+len(x.Hint)+len(x.Media) == 0 && !computed {
				x.Label = survey.Text{"": x.Name}
				a.lost(survey.Warning, "write the question", "%s: it has no label; its name stands in for one", x.Name)
			}
		}
	}
}
