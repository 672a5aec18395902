package xlsform

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// listShape says which children of an instance's items are the code and the label
// of a choice.
type listShape struct{ value, label string }

var itextRef = regexp.MustCompile(`^jr:itext\(\s*([^()'"\s]+)\s*\)$`)

// choices says in the terms of XLSForm where the choices of a question come from.
// Where it cannot, the question becomes a text.
func (a *adopter) choices(q *survey.Question, from *survey.Question) {
	q.Itemset = nil
	in := from.Itemset
	if in == nil {
		if l := a.to.Lists[q.List]; l != nil && len(l.Choices) > 0 {
			q.Type += " " + q.List
			a.inlineLabels(l, from)
			return
		}
		a.noChoices(q, "it has no choices")
		return
	}
	nodes := a.unshuffled(q, from)
	if id, condition, ok := expr.Items(nodes); ok {
		q.ChoiceFilter = a.names.replace(condition, from)
		a.fromInstance(q, id, listShape{in.Value, in.Label})
		return
	}
	if !a.fromRepeat(q, from, nodes) {
		a.noChoices(q, fmt.Sprintf("its choices come from %s", in.Nodes))
	}
}

// inlineLabels brings the labels of choices that stand in a control into terms of
// XLSForm.
func (a *adopter) inlineLabels(l *survey.List, from *survey.Question) {
	copied := *l
	copied.Choices = slices.Clone(l.Choices)
	for i := range copied.Choices {
		copied.Choices[i].Label = a.text(copied.Choices[i].Label, from)
	}
	a.to.Lists[l.Name] = &copied
}

// noChoices makes a question a text that is answered by its code.
func (a *adopter) noChoices(q *survey.Question, why string) {
	a.lost(survey.Error, "add the list to the sheet choices", "%s: %s, which a workbook cannot say; it is asked as a text", q.Name, why)
	q.Kind, q.Type, q.List, q.Parameters, q.ChoiceFilter = survey.String, "text", "", nil, ""
}

// unshuffled takes randomize() off the nodes of an itemset and makes it a
// parameter.
func (a *adopter) unshuffled(q, from *survey.Question) string {
	nodes := strings.TrimSpace(from.Itemset.Nodes)
	e, err := expr.Parse(nodes)
	c, ok := e.(*expr.Call)
	open, end := strings.IndexByte(nodes, '('), strings.LastIndexByte(nodes, ')')
	if err != nil || !ok || c.Name != "randomize" || open < 0 || end < open {
		return nodes
	}
	put(&q.Parameters, "randomize", "true")
	if len(c.Args) == 2 {
		at := c.Args[1].Offset()
		put(&q.Parameters, "seed", strings.ReplaceAll(a.names.replace(nodes[at:end], from), " ", ""))
		end = at
	}
	return strings.TrimRight(strings.TrimSpace(nodes[open+1:end]), ", ")
}

// fromInstance takes choices from a secondary instance: a file, or a list.
func (a *adopter) fromInstance(q *survey.Question, id string, shape listShape) {
	in := a.from.Instances[id]
	switch {
	case in == nil:
		a.noChoices(q, "its choices come from the instance "+id+" that the form lacks")
	case in.Source == "":
		if a.list(in, shape) {
			q.List = id
			q.Type += " " + id
			return
		}
		a.noChoices(q, "its choices come from the instance "+id)
	default:
		file := path.Base(in.Source)
		ext := path.Ext(file)
		if strings.TrimSuffix(file, ext) != id || ext != ".csv" && ext != ".xml" && ext != ".geojson" {
			a.noChoices(q, fmt.Sprintf("its choices come from the file %s under the name %s", file, id))
			return
		}
		a.attached[id] = true
		q.File, q.List = file, id
		if q.Type += "_from_file " + file; q.Kind == survey.Rank {
			q.Type = "rank " + file
		}
		usual := listShape{"name", "label"}
		if ext == ".geojson" {
			usual = listShape{"id", "title"}
		}
		if shape.value != usual.value {
			put(&q.Parameters, "value", shape.value)
		}
		if shape.label != usual.label && shape.label != "" {
			put(&q.Parameters, "label", shape.label)
		}
	}
}

// choiceTaken are the columns of the sheet choices that mean something.
var choiceTaken = []string{"list_name", "name", "label", "image", "audio", "video", "big-image", "note", "disabled"}

// beside makes a parameter of an itemset that shows something beside a question:
// the features of a map, the labels of a scale.
func (a *adopter) beside(q, from *survey.Question) {
	q.Itemset = nil
	in := from.Itemset
	nodes := strings.TrimSpace(in.Nodes)
	name := map[survey.Kind]string{survey.Range: "tick_labelset", survey.Geopoint: "reference-geometry", survey.Geotrace: "reference-geometry", survey.Geoshape: "reference-geometry"}[q.Kind]
	id, condition, isList := expr.Items(nodes)
	way, filter, _ := strings.Cut(nodes, "[")
	rep := a.names.resolve(strings.TrimSpace(way), from)
	switch {
	case name == "":
	case isList && a.from.Instances[id] != nil:
		if i := a.from.Instances[id]; i.Source != "" || a.list(i, listShape{in.Value, in.Label}) {
			put(&q.Parameters, name, id)
			q.ChoiceFilter = a.names.replace(condition, from)
			return
		}
	case q.Kind != survey.Range && a.names.repeat[rep] && expr.Balanced(strings.TrimSuffix(filter, "]")):
		put(&q.Parameters, name, "${"+path.Base(rep)+"}")
		q.ChoiceFilter = a.names.replace(strings.TrimSuffix(filter, "]"), from)
		return
	}
	a.lost(survey.Warning, "", "%s: what is shown beside it comes from %s, which a workbook cannot say", q.Name, in.Nodes)
}

// list makes a list of choices of an instance; false means that it is none.
func (a *adopter) list(in *survey.Instance, shape listShape) bool {
	if was, done := a.lists[in.ID]; done {
		return was == shape
	}
	if in.Root == nil || a.to.Lists[in.ID] != nil {
		return false
	}
	l := &listed{List: &survey.List{Name: in.ID}}
	for _, e := range in.Root.Children {
		if e.Name == "" {
			continue
		}
		if e.Name != "item" || !flat(e) {
			return false
		}
		c, ok := a.choice(e, l, shape)
		if !ok {
			return false
		}
		l.Choices = append(l.Choices, c)
	}
	if len(l.Choices) == 0 {
		return false
	}
	a.lists[in.ID] = shape
	a.to.Lists[l.Name] = l.List
	if l.renames {
		a.lost(survey.Warning, "write name in place of "+shape.value+" in expressions that use the list", "the list %s: what it calls %s is called name in a workbook", l.Name, shape.value)
	}
	a.to.ListNames = append(a.to.ListNames, l.Name)
	return true
}

// listed is a list being made of an instance.
type listed struct {
	*survey.List
	renames bool // the code is not called name
}

// flat says whether an element holds only elements with text.
func flat(e *survey.Element) bool {
	return !slices.ContainsFunc(e.Children, func(k *survey.Element) bool {
		return k.Name != "" && (len(k.Children) > 0 || len(k.Attrs) > 0)
	})
}

// choice makes a choice of an item. Its other children become columns; they are
// refused where a column of that name means something else.
func (a *adopter) choice(e *survey.Element, l *listed, shape listShape) (survey.Choice, bool) {
	c := survey.Choice{}
	itext := ""
	if m := itextRef.FindStringSubmatch(shape.label); m != nil {
		itext = m[1]
	}
	for _, k := range e.Children {
		text := strings.TrimSpace(k.Text)
		if k.Name == shape.value {
			c.Name = text
		}
		switch {
		case k.Name == "":
			continue
		case k.Name == itext:
			c.Label = a.text(a.from.Texts[text], &survey.Question{})
			continue
		case k.Name == shape.label && text != "":
			c.Label = survey.Text{"": text}
		}
		read := slices.Contains(choiceTaken, choiceSheet.canonical(k.Name)) // a column of the name means something else
		switch used := k.Name == shape.value || k.Name == shape.label; {
		case !used && read:
			return c, false
		case read:
			l.renames = l.renames || k.Name != "name" && k.Name != "label"
		default:
			if !slices.Contains(l.Columns, k.Name) {
				l.Columns = append(l.Columns, k.Name)
			}
			put(&c.Extra, k.Name, text)
		}
	}
	return c, c.Name != ""
}

// fromRepeat takes choices from the answers in the rows of a repeat.
func (a *adopter) fromRepeat(q, from *survey.Question, nodes string) bool {
	in := from.Itemset
	way, filter, _ := strings.Cut(nodes, "[")
	filter = strings.TrimSpace(strings.TrimSuffix(filter, "]"))
	rep := a.names.resolve(strings.TrimSpace(way), from)
	if !a.names.repeat[rep] || in.Value != in.Label || !expr.Balanced(filter) {
		return false
	}
	it := a.names.byPath[rep+"/"+in.Value]
	if it == nil || !a.names.unique(it.Common().Name) {
		return false
	}
	q.List = "${" + it.Common().Name + "}"
	q.Type += " " + q.List
	if filter != "./"+in.Value+" != ''" {
		q.ChoiceFilter = a.names.replace(filter, from)
	}
	return true
}

// resolve makes a path absolute that starts at an item.
func (ns *names) resolve(way string, from survey.Item) string {
	if strings.HasPrefix(way, "/") {
		return way
	}
	at := ns.path[from]
	for way = strings.TrimPrefix(way, "current()/"); strings.HasPrefix(way, "../"); way = way[3:] {
		at = path.Dir(at)
	}
	return at + "/" + strings.TrimPrefix(way, "./")
}

// instances makes lists and rows of the instances that no question names.
func (a *adopter) instances() {
	for _, id := range slices.Sorted(maps.Keys(a.from.Instances)) {
		in := a.from.Instances[id]
		if _, done := a.lists[id]; done || a.attached[id] || in.Source == "jr://instance/last-saved" {
			continue
		}
		kind := map[string]string{".csv": "csv-external", ".xml": "xml-external"}[path.Ext(in.Source)]
		named := strings.TrimSuffix(path.Base(in.Source), path.Ext(in.Source)) == id
		switch {
		case in.Source != "" && kind == "csv-external" && named && a.pulled[id]:
		case in.Source != "" && kind != "" && named:
			a.to.Items = append([]survey.Item{&survey.Question{Kind: survey.External, Type: kind, Node: survey.Node{Name: id}}}, a.to.Items...)
		case in.Source != "":
			a.lost(survey.Error, "rename the file", "the file %s cannot be attached to a workbook under the name %s", path.Base(in.Source), id)
		case !a.list(in, usualShape(in)):
			a.lost(survey.Error, "write it as a list in the sheet choices", "the instance %s is no list of choices and is left out", id)
		}
	}
}

// usualShape is how the items of a list are written that no question names.
func usualShape(in *survey.Instance) listShape {
	if in.Root != nil {
		for _, e := range in.Root.Children {
			if slices.ContainsFunc(e.Children, func(k *survey.Element) bool { return k.Name == "itextId" }) {
				return listShape{"name", "jr:itext(itextId)"}
			}
		}
	}
	return listShape{"name", "label"}
}
