package xlsform

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"sselandscape/survey"
)

// maxNested bounds groups within groups, so that a hostile sheet cannot exhaust
// the stack of whoever walks the form.
const maxNested = 64

// maxItems bounds the questions and groups of a form; loops multiply them.
const maxItems = 50_000

// open is a group, repeat or loop whose end has not come yet.
type open struct {
	item  survey.Item
	block string // group, repeat, loop
	list  string // of a loop
	row   record
	items []survey.Item
}

// survey reads the questions; false means that the rows make no tree.
func (p *parser) survey(s Sheet) bool {
	rs := p.records(s, surveySheet)
	if len(rs) == 0 {
		p.add(survey.Problem{Sheet: s.Name, Row: 1, Text: "the sheet holds no questions", Hint: "write one question a row below the headers type, name and label"})
		return true
	}
	if !slices.ContainsFunc(rs[0].cols, func(c column) bool { return c.name == "type" }) {
		p.add(survey.Problem{Sheet: s.Name, Row: 1, Column: "type", Text: "the sheet has no column type", Hint: "the first row must hold the headers type, name and label"})
		return false
	}
	return p.tree(rs)
}

// tree makes the items of the rows; false means that groups do not close as they
// should, or that there are too many.
func (p *parser) tree(rs []record) bool {
	stack := []*open{{}}
	whole := true
	for _, r := range rs {
		if p.made++; p.made > maxItems {
			p.add(r.problem("type", "divide it into several forms", "the form has more than %d questions and groups", maxItems))
			return false
		}
		t, ok := p.typeOf(r)
		switch {
		case !ok:
		case strings.HasPrefix(t.block, "begin "):
			if len(stack) > maxNested {
				p.add(r.problem("type", "bring groups to the same level", "groups are nested more than %d deep", maxNested))
				return false
			}
			stack = append(stack, p.begin(r, t))
		case strings.HasPrefix(t.block, "end "):
			matched := p.matches(r, t, stack)
			whole = whole && matched
			if len(stack) > 1 {
				stack = p.close(stack)
			}
		default:
			top := stack[len(stack)-1]
			top.items = append(top.items, p.question(r, t)...)
		}
	}
	for ; len(stack) > 1; stack = p.close(stack) {
		o := stack[len(stack)-1]
		p.add(o.row.problem("type", "add a row \"end "+o.block+"\"", "this %s has no end", o.block))
		whole = false
	}
	p.form.Items = stack[0].items
	return whole
}

// typeOf reads the type cell; ok is false for rows that are left out.
func (p *parser) typeOf(r record) (typed, bool) {
	cell := r.get("type")
	if cell == "" {
		if r.get("name") != "" || len(r.text("label")) > 0 {
			p.add(r.problem("type", "write a type such as text, integer or select_one", "the row has no type"))
		}
		return typed{}, false
	}
	t, ok := parseType(cell)
	if !ok {
		hint := ""
		if n := nearestType(cell); n != "" {
			hint = fmt.Sprintf("did you mean %q?", n)
		}
		p.add(r.problem("type", hint, "%q is no type of question", cell))
	}
	return t, ok
}

func (p *parser) begin(r record, t typed) *open {
	o := &open{block: strings.TrimPrefix(t.block, "begin "), list: t.list, row: r}
	n := p.node(r)
	if o.block == "repeat" {
		o.item = &survey.Repeat{Node: n, Count: r.get("repeat_count")}
	} else {
		o.item = &survey.Group{Node: n, Flat: truth(p.form.Settings["flat"]) == "true()"}
	}
	for _, c := range [...][2]string{{"required", "required"}, {"constraint", "constraint"}, {"calculation", "calculate"}} {
		if v := truth(r.get(c[0])); v != "" {
			put(&o.item.Common().Bind, c[1], v)
		}
	}
	if n.SaveTo != "" {
		p.add(r.problem("save_to", "move the cell to a question", "a %s cannot be saved as a property of an entity", o.block))
	}
	if o.block == "repeat" && len(n.Label) == 0 {
		p.add(r.warning("label", "write what a row of it is", "the repeat %s has no label", n.Name))
	}
	p.where[o.item] = r
	return o
}

// matches says whether an end belongs to the group that is open.
func (p *parser) matches(r record, t typed, stack []*open) bool {
	block := strings.TrimPrefix(t.block, "end ")
	top := stack[len(stack)-1]
	if len(stack) == 1 {
		p.add(r.problem("type", "remove the row, or add the begin", "%q ends nothing", t.block))
		return false
	}
	if r.get("save_to") != "" {
		p.add(r.problem("save_to", "move the cell to a question", "the end of a %s cannot be saved as a property of an entity", block))
	}
	if top.block != block {
		p.add(r.problem("type", "", "%q ends the %s that began in row %d", t.block, top.block, top.row.row))
	}
	return top.block == block
}

// close puts the innermost open group into the one around it.
func (p *parser) close(stack []*open) []*open {
	top := stack[len(stack)-1]
	switch it := top.item.(type) {
	case *survey.Group:
		it.Items = top.items
		if top.block == "loop" {
			it.Items = p.loop(top)
		}
	case *survey.Repeat:
		it.Items = top.items
	}
	stack = stack[:len(stack)-1]
	up := stack[len(stack)-1]
	up.items = append(up.items, top.item)
	return stack
}

// loop makes a group of the questions for each choice of a list. In the
// questions %(name)s and %(label)s stand for the choice.
func (p *parser) loop(o *open) []survey.Item {
	l := p.form.Lists[o.list]
	if l == nil {
		p.add(o.row.problem("type", "add it to the sheet choices", "there is no list %q to loop over", o.list))
		return nil
	}
	if p.made += len(l.Choices) * (1 + countItems(o.items)); p.made > maxItems {
		p.add(o.row.problem("type", "use a repeat", "with this loop over %d choices the form has more than %d questions and groups", len(l.Choices), maxItems))
		return nil
	}
	p.add(o.row.warning("type", "a repeat is easier to answer and to analyse", "the loop becomes a group for each choice of the list %s", o.list))
	var out []survey.Item
	for _, c := range l.Choices {
		if !nameRule.MatchString(c.Name) {
			p.add(survey.Problem{Sheet: "choices", Row: c.Row, Column: "name", Text: fmt.Sprintf("the loop in row %d makes a group of each choice, and %q cannot be a name", o.row.row, c.Name), Hint: nameHint})
		}
		g := &survey.Group{Node: survey.Node{Name: c.Name, Row: o.row.row, Label: c.Label, Media: c.Media}}
		p.where[g] = o.row
		for _, it := range o.items {
			k := p.copyItem(it)
			fill(k.Common(), c)
			g.Items = append(g.Items, k)
		}
		out = append(out, g)
	}
	return out
}

// countItems counts items with all that is in them.
func countItems(items []survey.Item) int {
	n := 0
	f := survey.Form{Items: items}
	f.Walk(func(survey.Item, []survey.Item) bool { n++; return true })
	return n
}

// copyItem copies an item with all that is in it.
func (p *parser) copyItem(it survey.Item) survey.Item {
	var out survey.Item
	all := func(items []survey.Item) []survey.Item {
		var kids []survey.Item
		for _, k := range items {
			kids = append(kids, p.copyItem(k))
		}
		return kids
	}
	switch t := it.(type) {
	case *survey.Question:
		c := *t
		out = &c
	case *survey.Group:
		c := *t
		c.Items = all(t.Items)
		out = &c
	case *survey.Repeat:
		c := *t
		c.Items = all(t.Items)
		out = &c
	}
	p.where[out] = p.where[it]
	return out
}

// fill puts a choice into the texts of an item.
func fill(n *survey.Node, c survey.Choice) {
	for _, t := range [...]*survey.Text{&n.Label, &n.Hint} {
		filled := survey.Text{}
		for lang, s := range *t {
			filled[lang] = strings.NewReplacer("%(name)s", c.Name, "%(label)s", c.Label.In(lang, "")).Replace(s)
		}
		if len(filled) > 0 {
			*t = filled
		}
	}
}

var (
	nameRule = regexp.MustCompile(`^[\pL_][\pL\pM\pN_.\-]*$`)
	moment   = regexp.MustCompile(`^(-?\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)?)?|\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)?)`)
	numeral  = regexp.MustCompile(`^(-?\d+(\.\d*)?|-?\.\d+)`)
	word     = regexp.MustCompile(`^[\pL_][\pL\pM\pN_.\-]*(:[\pL_][\pL\pM\pN_.\-]*)?`)
	refs     = regexp.MustCompile(`\$\{\s*([^}]*?)\s*\}`)
)

const nameHint = "begin with a letter or underscore, then letters, digits, - _ ."

func (p *parser) node(r record) survey.Node {
	n := survey.Node{Name: r.get("name"), Row: r.row, Label: r.text("label"), Hint: r.text("hint"), Guidance: r.text("guidance_hint"),
		Relevant: truth(r.get("relevant")), ReadOnly: truth(r.get("readonly")), Appearance: r.get("appearance"), Media: media(r), SaveTo: r.get("save_to"), Extra: extra(r)}
	for i := range r.cols {
		c := &r.cols[i]
		head, k, found := strings.Cut(c.name, "::")
		if !found {
			continue
		}
		v := r.cell(c.index)
		if v == "" {
			continue
		}
		switch own, is := strings.CutPrefix(c.name, "bind::sse:"); {
		case is:
			put(&n.Sse, own, v)
		case head == "bind" && c.name != "bind::jr:noAppErrorString":
			put(&n.Bind, k, v)
		case head == "body":
			put(&n.Body, k, v)
		case head == "instance":
			put(&n.Instance, k, v)
		}
	}
	if n.Name == "" && strings.EqualFold(r.get("type"), "note") {
		n.Name = fmt.Sprintf("generated_note_name_%d", r.row)
	}
	if n.Name == "" && strings.EqualFold(r.get("type"), "audit") {
		n.Name = "audit"
	}
	switch {
	case n.Name == "":
		p.add(r.problem("name", "write a short name such as b_name", "the row has no name"))
	case !nameRule.MatchString(n.Name):
		p.add(r.problem("name", nameHint, "%q cannot be a name", n.Name))
	case n.Name == "meta":
		p.add(r.problem("name", "choose another name", "the name meta is kept for the form's own data"))
	}
	return n
}

// question reads a row; or_other adds a second question.
func (p *parser) question(r record, t typed) []survey.Item {
	q := &survey.Question{Node: p.node(r), Kind: t.kind, Type: r.get("type"), List: t.list, External: t.external,
		Required: truth(r.get("required")), RequiredMessage: r.text("required_message"),
		Constraint: r.get("constraint"), ConstraintMessage: r.text("constraint_message"), NoAppMessage: r.text("bind::jr:noAppErrorString"),
		ChoiceFilter: r.get("choice_filter"), Calculation: r.get("calculation"), Default: r.get("default")}
	if l, ok := legacy[t.name]; ok {
		q.Constraint = cmp.Or(q.Constraint, l.constraint)
		if len(q.Hint) == 0 {
			q.Hint = survey.Text{"": l.hint}
		}
	}
	if strings.HasPrefix(t.name, "uri:") {
		q.Type = t.name
	}
	q.Dynamic = dynamic(q.Default, q.Kind)
	if t.file {
		q.File, q.List = t.list, strings.TrimSuffix(t.list, path.Ext(t.list))
	}
	if t.name == "csv-external" || t.name == "xml-external" {
		q.Type = t.name
	}
	for _, m := range refs.FindAllStringSubmatch(r.get("trigger"), -1) {
		q.Trigger = append(q.Trigger, m[1])
	}
	p.where[q] = r
	p.parameters(r, q)
	if !t.other {
		return []survey.Item{q}
	}
	q.Type = t.name + " " + t.list // written out below
	if q.ChoiceFilter != "" {
		p.add(r.problem("choice_filter", "write the choice other and the question yourself", "or_other cannot stand beside a choice_filter"))
	}
	p.addOther(r, q)
	other := &survey.Question{Node: survey.Node{Name: q.Name + "_other", Row: r.row, Label: survey.Text{"": "Specify other."},
		Relevant: "selected(../" + q.Name + ", 'other')"}, Kind: survey.String, Type: "text"}
	p.where[other] = r
	return []survey.Item{q, other}
}

// addOther adds the choice "other" to the list of a question, once.
func (p *parser) addOther(r record, q *survey.Question) {
	l := p.form.Lists[q.List]
	if l == nil {
		return
	}
	if _, has := l.Find("other"); has {
		return
	}
	label := survey.Text{}
	for _, c := range l.Choices {
		for lang := range c.Label {
			label[lang] = "Other"
		}
	}
	if len(label) == 0 {
		label[""] = "Other"
	}
	if len(label) > 1 || label[""] == "" {
		p.add(r.warning("type", "write the choice other and the question yourself, translated", "or_other adds texts in English only"))
	}
	l.Choices = append(l.Choices, survey.Choice{Name: "other", Label: label})
}
