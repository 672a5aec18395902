package xlsform

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// check looks at the form as a whole: names, lists, references, expressions.
func (p *parser) check(b Book) {
	p.names = map[string][]survey.Item{}
	p.within = map[survey.Item][]survey.Item{}
	p.siblings(p.form.Items)
	repeats := map[string]int{p.form.RootName(): 0}
	p.form.Walk(func(it survey.Item, within []survey.Item) bool {
		n := it.Common()
		p.names[n.Name] = append(p.names[n.Name], it)
		p.within[it] = within
		if _, is := it.(*survey.Repeat); !is {
			return true
		}
		switch at, twice := repeats[n.Name]; {
		case twice && at == 0:
			p.add(p.where[it].problem("name", "rename the repeat, or the form by the setting name", "a repeat cannot be called %q like the root of the form", n.Name))
		case twice:
			p.add(p.where[it].problem("name", "give each repeat a name of its own", "the repeat in row %d is called %q too", at, n.Name))
		}
		repeats[n.Name] = n.Row
		return true
	})
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		p.item(b, it)
		p.mediaFiles(p.where[it])
		return true
	})
	p.choiceTexts()
	for _, r := range p.choiceRows {
		p.mediaFiles(r)
	}
	p.references(p.settingRow, "instance_name", p.form.InstanceName)
	p.instances()
	p.searches()
	p.allocate()
}

// siblings reports names used twice inside one group or repeat.
func (p *parser) siblings(items []survey.Item) {
	seen, same := map[string]int{}, map[string]string{}
	see := func(it survey.Item, name string) {
		low := strings.ToLower(name)
		row, twice := seen[name]
		r := p.where[it]
		switch other, near := same[low]; {
		case name == "" || external(it):
			return
		case twice:
			p.add(r.problem("name", "give each question of a group a name of its own", "the name %q is already used in row %d", name, row))
		case near:
			p.add(r.warning("name", "choose names that differ by more than capitals", "the names %s and %s are the same to many programs", other, name))
		}
		seen[name], same[low] = it.Common().Row, name
	}
	for _, it := range items {
		see(it, it.Common().Name)
		switch t := it.(type) {
		case *survey.Group:
			p.siblings(t.Items)
		case *survey.Repeat:
			if counts(t) {
				see(it, t.Name+"_count")
			}
			p.siblings(t.Items)
		case *survey.Question:
		}
	}
}

func external(it survey.Item) bool {
	q, ok := it.(*survey.Question)
	return ok && q.Kind == survey.External
}

var plainRef = regexp.MustCompile(`^\$\{[^}]+\}$`)

// counts says whether an XForm needs a node of its own for the repeat's count.
func counts(r *survey.Repeat) bool { return r.Count != "" && !plainRef.MatchString(r.Count) }

// checked are the columns whose ${references} must exist.
var checked = []string{"label", "hint", "guidance_hint", "required", "required_message", "relevant", "constraint", "constraint_message",
	"choice_filter", "calculation", "repeat_count", "default", "readonly", "trigger", "image", "audio", "video", "big-image", "parameters", "appearance"}

func (p *parser) item(b Book, it survey.Item) {
	r := p.where[it]
	n := it.Common()
	for i := range r.cols {
		c := &r.cols[i]
		if slices.Contains(checked, c.name) || strings.HasPrefix(c.name, "bind::") || strings.HasPrefix(c.name, "body::") {
			p.references(r, c.title, r.cell(c.index))
		}
	}
	p.expression(r, "relevant", n.Relevant)
	p.expression(r, "bind::sse:warning", n.Sse["warning"])
	switch t := it.(type) {
	case *survey.Repeat:
		p.expression(r, "repeat_count", t.Count)
	case *survey.Question:
		p.answering(b, r, t)
	case *survey.Group:
		p.tableList(t)
	}
}

func (p *parser) answering(b Book, r record, q *survey.Question) {
	p.expression(r, "required", q.Required)
	p.expression(r, "constraint", q.Constraint)
	p.expression(r, "choice_filter", q.ChoiceFilter)
	p.expression(r, "calculation", q.Calculation)
	p.expression(r, "readonly", q.ReadOnly)
	if q.Dynamic {
		p.expression(r, "default", q.Default)
	}
	p.triggers(r, q)
	switch {
	case q.Kind.Selects():
		p.list(b, r, q)
	case q.Kind == survey.OSM && q.List != "" && p.form.OSM[q.List] == nil:
		p.add(r.problem("type", "add the list to the sheet osm", "there is no list %q of tags", q.List))
	case q.Kind == survey.Calculate && q.Calculation == "" && !q.Dynamic:
		p.add(r.problem("calculation", "write what is to be computed", "the calculation of %s is empty", q.Name))
	case q.Kind == survey.BackgroundGeopoint && len(q.Trigger) == 0:
		p.add(r.problem("trigger", "name the question, such as ${town}", "%s needs a question that sets it off", q.Name))
	case q.Kind == survey.BackgroundGeopoint && q.Calculation != "":
		p.add(r.problem("calculation", "take the calculation out", "%s takes a position, nothing computed", q.Name))
	case q.Kind == survey.Audit && q.Name != "audit":
		p.add(r.problem("name", "call it audit", "an audit cannot be called %q", q.Name))
	case q.Kind == survey.OSM || q.Kind == survey.SubscriberID || q.Kind == survey.SimSerial || q.Kind == survey.BackgroundAudio:
		p.add(r.warning("type", "", "questions of the type %s are kept, but stay blank on this kind of device", q.Kind))
	}
	if ref := q.Parameters["reference-geometry"]; ref != "" {
		p.geometry(r, q, ref)
	}
	p.labelled(r, q)
}

// labelled reports questions that show nothing.
func (p *parser) labelled(r record, q *survey.Question) {
	silent := len(q.Label) == 0 && len(q.Hint) == 0 && len(q.Media) == 0
	shown := q.Kind.Asked() || q.Kind == survey.Note
	computed := q.Calculation != "" || len(q.Trigger) > 0 || q.Dynamic
	switch {
	case !shown || !silent && len(q.Label)+len(q.Media) > 0:
	case silent && !computed:
		p.add(r.problem("label", "write the question", "the question %s has neither label nor hint", q.Name))
	case !silent:
		p.add(r.warning("label", "write the question", "the question %s has no label", q.Name))
	}
}

func (p *parser) triggers(r record, q *survey.Question) {
	cell := r.get("trigger")
	if rest := strings.Trim(refs.ReplaceAllString(cell, ""), " ,\n\t"); rest != "" {
		p.add(r.problem("trigger", "write references such as ${a}, ${b}", "%q names no question", rest))
	}
	for _, t := range q.Trigger {
		found := p.names[t]
		if len(found) != 1 {
			continue // references says so
		}
		if from, ok := found[0].(*survey.Question); !ok || !p.visible(from) {
			p.add(r.problem("trigger", "name a question that people answer", "${%s} is not shown to anybody and cannot set off %s", t, q.Name))
		}
	}
}

func (p *parser) visible(q *survey.Question) bool {
	if !q.Kind.Asked() && q.Kind != survey.Note && q.Kind != survey.Range {
		return false
	}
	return len(q.Label)+len(q.Hint)+len(q.Media) > 0
}

// list checks where the choices of a question come from.
func (p *parser) list(b Book, r record, q *survey.Question) {
	if strings.HasPrefix(q.List, "${") {
		return // choices come from the rows of a repeat
	}
	lists, sheet := p.form.Lists, "choices"
	if q.External {
		lists, sheet = p.form.External, "external_choices"
	}
	switch {
	case q.List == "":
		p.add(r.problem("type", "write the name of the list behind the type", "%s does not say which list of choices it uses", q.Type))
		return
	case q.File != "":
		if ext := path.Ext(q.File); ext != ".csv" && ext != ".xml" && ext != ".geojson" {
			p.add(r.problem("type", "choices can be in a .csv, .xml or .geojson file", "the file %q cannot hold choices", q.File))
		}
		return
	case lists[q.List] != nil:
		p.spaces(r, q)
		p.defaults(r, q)
		return
	}
	hint := "add it to the sheet " + sheet
	if _, found := b.Sheet(sheet); !found {
		hint = p.similar(b, sheet) + ", with the columns list_name, name and label"
	} else if n := nearest(p, q.List, lists); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	p.add(r.problem("type", hint, "there is no list %q", q.List))
}

// defaults warns where the default answer is none of the choices.
func (p *parser) defaults(r record, q *survey.Question) {
	if q.Default == "" || q.Dynamic || q.External || q.File != "" {
		return
	}
	codes := []string{q.Default}
	if q.Kind != survey.SelectOne {
		codes = strings.Fields(q.Default)
	}
	for _, c := range codes {
		if _, found := p.form.Lists[q.List].Find(c); !found {
			p.add(r.warning("default", "write the name of a choice", "the default %q is no choice of the list %s", c, q.List))
		}
	}
}

// spaces reports codes with spaces where codes are separated by spaces.
func (p *parser) spaces(r record, q *survey.Question) {
	if q.Kind == survey.SelectOne || q.External {
		return
	}
	for _, c := range p.form.Lists[q.List].Choices {
		if strings.ContainsAny(c.Name, " \t\n") {
			p.add(survey.Problem{Sheet: "choices", Row: c.Row, Column: "name", Text: fmt.Sprintf("the code %q has a space, but row %d of the survey stores several codes with spaces between", c.Name, r.row),
				Hint: "write the code without spaces"})
		}
	}
}

// tableList checks that the questions of a table share one list.
func (p *parser) tableList(g *survey.Group) {
	if !slices.Contains(strings.Fields(g.Appearance), "table-list") {
		return
	}
	list := ""
	for _, it := range g.Items {
		q, ok := it.(*survey.Question)
		switch {
		case !ok || !q.Kind.Selects():
		case list == "":
			list = q.List
		case list != q.List:
			p.add(p.where[it].problem("type", "use the same list for all of them", "the questions of the table %s use the lists %s and %s", g.Name, list, q.List))
		}
	}
}

// geometry checks the parameter reference-geometry: a list, a file or a repeat.
func (p *parser) geometry(r record, q *survey.Question, ref string) {
	if m := refs.FindStringSubmatch(ref); m != nil {
		if found := p.names[m[1]]; len(found) == 1 {
			if _, is := found[0].(*survey.Repeat); is {
				return
			}
		}
	} else if p.form.Lists[ref] != nil || p.attached()[ref] != "" {
		return
	}
	p.add(r.problem("parameters", "name a list of choices, a file of choices or a ${repeat}", "reference-geometry=%s is none of these", ref))
}

// attached gives the source of each secondary instance that is a file, by id.
func (p *parser) attached() map[string]string {
	out := map[string]string{}
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok {
			if id, src := q.Source(); id != "" {
				out[id] = src
			}
		}
		return true
	})
	return out
}

var pulled = regexp.MustCompile(`pulldata\s*\(\s*['"]([^'"]+)['"]`)

// instances reports two secondary instances with one name.
func (p *parser) instances() {
	type origin struct {
		source string
		row    int
	}
	seen := map[string]origin{}
	see := func(r record, col, id, source string) {
		switch was, twice := seen[id]; {
		case id == "":
		case !twice:
			seen[id] = origin{source, r.row}
		case was.source != source:
			p.add(r.problem(col, "rename the file or the list", "the name %s stands for %s in row %d and for %s here", id, describe(was.source), was.row, describe(source)))
		}
	}
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		r := p.where[it]
		if q, ok := it.(*survey.Question); ok {
			id, source := q.Source()
			see(r, "type", id, source)
		}
		for i := range r.cols {
			cell := r.cell(r.cols[i].index)
			if !strings.Contains(cell, "pulldata") {
				continue
			}
			for _, m := range pulled.FindAllStringSubmatch(cell, -1) {
				see(r, r.cols[i].title, m[1], "jr://file-csv/"+m[1]+".csv")
			}
		}
		return true
	})
	used, searched := p.listsInUse(), p.searched()
	for _, name := range p.form.ListNames {
		if used[name] || !searched[name] {
			see(p.listRows[name], "list_name", name, "")
		}
	}
}

func describe(source string) string {
	if source == "" {
		return "a list of choices"
	}
	return "the file " + path.Base(source)
}

// searched gives the lists that questions with the appearance search() use.
func (p *parser) searched() map[string]bool { return p.lists(true) }

// listsInUse gives the lists that other questions use.
func (p *parser) listsInUse() map[string]bool { return p.lists(false) }

func (p *parser) lists(search bool) map[string]bool {
	out := map[string]bool{}
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Kind.Selects() && q.File == "" && !q.External && q.Searches() == search {
			out[q.List] = true
		}
		return true
	})
	return out
}

// searches reports uses of search() that cannot work.
func (p *parser) searches() {
	plain := p.listsInUse()
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		q, ok := it.(*survey.Question)
		if !ok || !q.Kind.Selects() || !q.Searches() {
			return true
		}
		r := p.where[it]
		switch {
		case q.File != "":
			p.add(r.problem("appearance", "take out one of the two", "%s takes its choices from a file already and cannot use search()", q.Name))
		case plain[q.List]:
			p.add(r.problem("appearance", "use another list", "the list %s of %s is used by search() here and without it elsewhere", q.List, q.Name))
		}
		return true
	})
}

// expression checks that text can be read and used.
func (p *parser) expression(r record, col, text string) {
	if text == "" {
		return
	}
	e, err := expr.Parse(text)
	var at *expr.Error
	if errors.As(err, &at) {
		p.add(r.problem(col, "", "the expression cannot be read %v", at))
		return
	}
	if _, err := expr.Compile(e, anyRef{}); err != nil {
		p.add(r.problem(col, "", "the expression cannot be used %v", err))
	}
}

// anyRef takes every reference; references are checked one by one elsewhere.
type anyRef struct{}

func (anyRef) Ref(*expr.Ref) (func(*expr.Context) expr.Value, error) {
	return func(*expr.Context) expr.Value { return expr.Value{} }, nil
}

// maxGuesses bounds the names that misspelt ones are compared with, and maxGuess
// their length: comparing takes time, and nobody reads thousands of suggestions.
const (
	maxGuesses = 300_000
	maxGuess   = 100 // bytes
)

// nearest finds the key that a misspelt name may have meant.
func nearest[V any](p *parser, name string, m map[string]V) string {
	if p.guesses += len(m); p.guesses > maxGuesses || len(name) > maxGuess {
		return ""
	}
	names := slices.Sorted(maps.Keys(m))
	return expr.Nearest(name, slices.DeleteFunc(names, func(n string) bool { return len(n) > 2*maxGuess }))
}

// references checks each ${name} in a cell.
func (p *parser) references(r record, col, text string) {
	if !strings.Contains(text, "${") {
		return
	}
	found := refs.FindAllStringSubmatch(text, -1)
	open := strings.Count(text, "${") != len(found) && strings.Contains(refs.ReplaceAllString(text, ""), "${")
	if open || strings.Contains(text, "${}") {
		p.add(r.problemIn(col, "write ${name}", "a reference begins with ${, but does not end"))
	}
	for _, m := range found {
		name := strings.TrimPrefix(m[1], "last-saved#")
		switch found := p.names[name]; {
		case len(found) > 1:
			p.add(r.problemIn(col, "rename one of them", "${%s} may mean row %d or row %d", name, found[0].Common().Row, found[1].Common().Row))
		case len(found) == 0 && name != "instanceID" && name != p.form.RootName():
			hint := "check the spelling, or add the question"
			if n := nearest(p, name, p.names); n != "" {
				hint = "did you mean ${" + n + "}?"
			}
			p.add(r.problemIn(col, hint, "there is no question ${%s}", name))
		}
	}
}

// mediaFiles reports cells of media that name no file that may stand beside the
// form.
func (p *parser) mediaFiles(r record) {
	for _, c := range r.cols {
		name := r.cell(c.index)
		if !slices.Contains(survey.MediaKinds, c.name) || name == "" || name == "-" || survey.MediaFile(name) {
			continue
		}
		w := r.problemIn(c.title, "write the bare name of a file and put the file beside the form, or into the folder FORM-media", "%q is not the name of a file beside the form; it is not shown", name)
		w.Severity = survey.Warning
		p.add(w)
	}
}

// choiceTexts checks the references in labels and media of choices.
func (p *parser) choiceTexts() {
	if len(p.choiceRows) == 0 {
		return
	}
	var texts []column
	for _, c := range p.choiceRows[0].cols {
		if slices.Contains(translated, c.name) {
			texts = append(texts, c)
		}
	}
	for _, r := range p.choiceRows {
		for _, c := range texts {
			if c.index < len(r.cells) && strings.Contains(r.cells[c.index], "${") && r.get("list_name") != "" {
				p.references(r, c.title, r.cell(c.index))
			}
		}
	}
}
