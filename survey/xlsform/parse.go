package xlsform

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Parse understands a book. The problems are in the order of the sheets; if one
// of them is an error the form cannot be used and is nil.
func Parse(b Book) (*survey.Form, []survey.Problem) {
	p := &parser{form: &survey.Form{Lists: map[string]*survey.List{}, Settings: map[string]string{}}, where: map[survey.Item]record{}}
	s, ok := b.Sheet("survey")
	if !ok && len(b.Sheets) == 1 {
		s, ok = b.Sheets[0], true
	}
	if !ok {
		return nil, []survey.Problem{{Text: "there is no sheet called survey", Hint: missingSheet(b)}}
	}
	if set, ok := b.Sheet("settings"); ok {
		p.settings(set)
	}
	if c, ok := b.Sheet("choices"); ok {
		p.choices(c)
	}
	p.survey(s)
	p.languages()
	p.check()
	slices.SortStableFunc(p.problems, func(a, b survey.Problem) int {
		return cmp.Or(cmp.Compare(b.Sheet, a.Sheet), cmp.Compare(a.Row, b.Row)) // survey, settings, choices
	})
	if survey.Unusable(p.problems) {
		return nil, p.problems
	}
	return p.form, p.problems
}

func missingSheet(b Book) string {
	var names []string
	for _, s := range b.Sheets {
		names = append(names, s.Name)
	}
	if n := expr.Nearest("survey", names); n != "" {
		return fmt.Sprintf("rename the sheet %q to survey", n)
	}
	return "name the sheet that holds the questions survey"
}

type parser struct {
	form     *survey.Form
	problems []survey.Problem
	where    map[survey.Item]record // rows of items, for problems found later
	langs    []string
}

func (p *parser) add(ps ...survey.Problem) { p.problems = append(p.problems, ps...) }

// records reads the rows below the header row.
func (p *parser) records(s Sheet, known []string) []record {
	top := 0
	for top < len(s.Rows) && isBlank(s.Rows[top]) {
		top++
	}
	if top == len(s.Rows) {
		return nil
	}
	cols, ps := headers(s, s.Rows[top], known)
	p.add(ps...)
	for _, c := range cols {
		if c.lang != "" && !slices.Contains(p.langs, c.lang) && strings.EqualFold(s.Name, "survey") {
			p.langs = append(p.langs, c.lang)
		}
	}
	var out []record
	for i := top + 1; i < len(s.Rows); i++ {
		r := record{sheet: s.Name, row: i + 1, cells: s.Rows[i], cols: cols}
		if !isBlank(s.Rows[i]) && truth(r.get("disabled")) != "true()" {
			out = append(out, r)
		}
	}
	return out
}

var settingsColumns = []string{"form_title", "form_id", "version", "default_language", "instance_name", "style", "name",
	"allow_choice_duplicates", "clean_text_values", "namespaces", "public_key", "submission_url", "client_editable"}

func (p *parser) settings(s Sheet) {
	rs := p.records(s, settingsColumns)
	if len(rs) == 0 {
		return
	}
	f, r := p.form, rs[0]
	for _, c := range r.cols {
		if v := r.cell(c.index); v != "" {
			f.Settings[c.name] = v
		}
	}
	f.Title, f.ID, f.Version = r.get("form_title"), r.get("form_id"), r.get("version")
	if f.Title == "" {
		f.Title = r.get("title")
	}
	if f.ID == "" {
		f.ID = r.get("id_string")
	}
	f.DefaultLanguage, f.InstanceName, f.Style = r.get("default_language"), r.get("instance_name"), r.get("style")
	f.Namespaces = namespaces(f.Settings["namespaces"])
	if f.InstanceName != "" {
		if _, err := expr.Parse(f.InstanceName); err != nil {
			p.add(r.problem("instance_name", "", "the expression cannot be read: %v", err))
		}
	}
}

var namespacePair = regexp.MustCompile(`([\w.-]+)\s*=\s*["']([^"']*)["']`)

func namespaces(cell string) map[string]string {
	var out map[string]string
	for _, m := range namespacePair.FindAllStringSubmatch(cell, -1) {
		if out == nil {
			out = map[string]string{}
		}
		out[m[1]] = m[2]
	}
	return out
}

var choiceColumns = []string{"list_name", "name", "label", "image", "audio", "video", "big-image"}

func (p *parser) choices(s Sheet) {
	duplicates := truth(p.form.Settings["allow_choice_duplicates"]) == "true()"
	seen := map[string]int{}
	for _, r := range p.records(s, choiceColumns) {
		list, name := r.get("list_name"), r.get("name")
		switch {
		case list == "":
			p.add(r.problem("list_name", "write the name of the list", "the choice %q belongs to no list", name))
			continue
		case name == "":
			p.add(r.problem("name", "write the code that is stored", "a choice of the list %s has no name", list))
			continue
		}
		key := list + "\x00" + name
		if at, twice := seen[key]; twice && !duplicates {
			p.add(r.problem("name", "give each choice a code of its own", "the list %s already has %q in row %d", list, name, at))
			continue
		}
		seen[key] = r.row
		l := p.form.Lists[list]
		if l == nil {
			l = &survey.List{Name: list}
			p.form.Lists[list] = l
		}
		l.Choices = append(l.Choices, survey.Choice{Name: name, Label: r.text("label"), Media: media(r), Extra: extra(r, choiceColumns, l), Row: r.row})
	}
}

func media(r record) map[string]survey.Text {
	var out map[string]survey.Text
	for _, m := range []string{"image", "audio", "video", "big-image"} {
		if t := r.text(m); t != nil {
			if out == nil {
				out = map[string]survey.Text{}
			}
			out[m] = t
		}
	}
	return out
}

// extra collects the columns that are not known; a list keeps their order.
func extra(r record, known []string, l *survey.List) map[string]string {
	var out map[string]string
	for _, c := range r.cols {
		if slices.Contains(known, c.name) || strings.HasPrefix(c.name, "bind::") {
			continue
		}
		if l != nil && !slices.Contains(l.Columns, c.name) {
			l.Columns = append(l.Columns, c.name)
		}
		if v := r.cell(c.index); v != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[c.name] = v
		}
	}
	return out
}

// open is a group or repeat whose end has not come yet.
type open struct {
	item  survey.Item
	block string // group, repeat
	row   record
	items []survey.Item
}

func (p *parser) survey(s Sheet) {
	stack := []*open{{}}
	rs := p.records(s, surveyColumns)
	if len(rs) == 0 {
		p.add(survey.Problem{Sheet: s.Name, Text: "the sheet holds no questions", Hint: "write one question a row below the headers type, name and label"})
	}
	for _, r := range rs {
		t, ok := parseType(r.get("type"))
		switch {
		case r.get("type") == "":
			p.add(r.problem("type", "write a type such as text, integer or select_one", "the row has no type"))
		case !ok:
			hint := ""
			if n := nearestType(r.get("type")); n != "" {
				hint = fmt.Sprintf("did you mean %q?", n)
			}
			p.add(r.problem("type", hint, "%q is no type of question", r.get("type")))
		case strings.HasPrefix(t.block, "begin "):
			stack = append(stack, p.begin(r, t))
		case strings.HasPrefix(t.block, "end "):
			stack = p.end(r, t, stack)
		default:
			top := stack[len(stack)-1]
			top.items = append(top.items, p.question(r, t))
		}
	}
	for _, o := range stack[1:] {
		p.add(o.row.problem("type", "add a row \"end "+o.block+"\"", "this %s has no end", o.block))
	}
	p.form.Items = stack[0].items
}

func (p *parser) begin(r record, t typed) *open {
	o := &open{block: strings.TrimPrefix(t.block, "begin "), row: r}
	n := p.node(r)
	if o.block == "repeat" {
		o.item = &survey.Repeat{Node: n, Count: r.get("repeat_count")}
	} else {
		o.item = &survey.Group{Node: n}
	}
	p.where[o.item] = r
	return o
}

func (p *parser) end(r record, t typed, stack []*open) []*open {
	block := strings.TrimPrefix(t.block, "end ")
	top := stack[len(stack)-1]
	if len(stack) == 1 {
		p.add(r.problem("type", "remove the row, or add the begin", "%q ends nothing", t.block))
		return stack
	}
	if top.block != block {
		p.add(r.problem("type", "", "%q ends the %s that began in row %d", t.block, top.block, top.row.row))
	}
	switch it := top.item.(type) {
	case *survey.Group:
		it.Items = top.items
	case *survey.Repeat:
		it.Items = top.items
	}
	stack = stack[:len(stack)-1]
	up := stack[len(stack)-1]
	up.items = append(up.items, top.item)
	return stack
}

var nameRule = regexp.MustCompile(`^[\pL_][\pL\pN_.\-]*$`)

func (p *parser) node(r record) survey.Node {
	n := survey.Node{Name: r.get("name"), Row: r.row, Label: r.text("label"), Hint: r.text("hint"), Guidance: r.text("guidance_hint"),
		Relevant: truth(r.get("relevant")), Appearance: r.get("appearance"), Media: media(r), Extra: extra(r, surveyColumns, nil)}
	for _, c := range r.cols {
		v := r.cell(c.index)
		if v == "" || !strings.HasPrefix(c.name, "bind::") {
			continue
		}
		if k, ok := strings.CutPrefix(c.name, "bind::sse:"); ok {
			put(&n.Sse, k, v)
		} else {
			put(&n.Bind, strings.TrimPrefix(c.name, "bind::"), v)
		}
	}
	if n.Name == "" && strings.EqualFold(r.get("type"), "note") {
		n.Name = fmt.Sprintf("generated_note_%d", r.row)
	}
	switch {
	case n.Name == "":
		p.add(r.problem("name", "write a short name such as b_name", "the row has no name"))
	case !nameRule.MatchString(n.Name):
		p.add(r.problem("name", "begin with a letter or underscore, then letters, digits, - _ .", "%q cannot be a name", n.Name))
	}
	return n
}

func put(m *map[string]string, k, v string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[k] = v
}

func (p *parser) question(r record, t typed) *survey.Question {
	q := &survey.Question{Node: p.node(r), Kind: t.kind, Type: r.get("type"), List: t.list, Other: t.other,
		Required: truth(r.get("required")), RequiredMessage: r.text("required_message"),
		Constraint: r.get("constraint"), ConstraintMessage: r.text("constraint_message"), ReadOnly: truth(r.get("readonly")),
		ChoiceFilter: r.get("choice_filter"), Calculation: r.get("calculation"), Default: r.get("default"),
		Parameters: parameters(r.get("parameters"))}
	for _, m := range refs.FindAllStringSubmatch(r.get("trigger"), -1) {
		q.Trigger = append(q.Trigger, m[1])
	}
	p.where[q] = r
	return q
}

var refs = regexp.MustCompile(`\$\{\s*([^}]*?)\s*\}`)

// parameters reads "start=1 end=5; step=1".
func parameters(cell string) map[string]string {
	var out map[string]string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ';' || r == ',' }) {
		if k, v, ok := strings.Cut(part, "="); ok {
			put(&out, strings.ToLower(k), v)
		}
	}
	return out
}

// languages settles the list of languages and the default one.
func (p *parser) languages() {
	f := p.form
	f.Languages = p.langs
	if f.DefaultLanguage == "" && len(p.langs) > 0 {
		f.DefaultLanguage = p.langs[0]
	}
	if f.ID == "" {
		f.ID = f.Settings["name"]
	}
	if f.ID == "" {
		f.ID = "form"
	}
	if f.Title == "" {
		f.Title = f.ID
	}
}
