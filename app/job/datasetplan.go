package job

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// questions chooses the columns of answers, and the tables of repeats.
func (x *dataset) questions() error {
	fs, err := x.study.store.Forms()
	if err != nil {
		return err
	}
	slices.SortStableFunc(fs, func(a, b study.Form) int { return int(a.Added - b.Added) })
	c := &columnChooser{dataset: x, classes: x.classes, at: map[string]int{}, used: map[string]bool{}, decided: map[string]bool{}}
	for _, f := range x.fields {
		c.used[strings.ToLower(f.Name)] = true
	}
	c.asked()
	given := x.snap.Fields()
	for _, v := range slices.SortedFunc(maps.Keys(given), func(a, b study.FormVersion) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	}) {
		plan := &formPlan{columns: map[string]int{}, roles: map[string]int{}, renamed: map[string]string{}}
		x.plans[v] = plan
		for _, name := range given[v] {
			to := renamedAll(name, v, fs)
			if _, taken := slices.BinarySearch(given[v], to); taken && to != name {
				to = name
			}
			if to != name {
				plan.renamed[strings.ReplaceAll(name, "[]", "")] = strings.ReplaceAll(to, "[]", "")
			}
			c.unknown(to)
			if at, ok := c.at[to]; ok {
				plan.columns[name] = at
			}
		}
		x.rolesOf(v, plan)
	}
	x.repeats = slices.DeleteFunc(x.repeats, func(t *repeatTable) bool { return len(t.fields) == 0 })
	return nil
}

// rolesOf notes which questions of a version say something about the unit.
func (x *dataset) rolesOf(v study.FormVersion, plan *formPlan) {
	form := x.study.form(v.ID, v.Version)
	if form == nil {
		return
	}
	form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Sse["role"] != "" {
			plan.roles[q.Name] = len(plan.order)
			plan.order = append(plan.order, q.Sse["role"])
		}
		return true
	})
}

// plan is that of a version; nothing of one that the snapshot does not have is known.
func (x *dataset) plan(form, version string) *formPlan {
	if p := x.plans[study.FormVersion{ID: form, Version: version}]; p != nil {
		return p
	}
	return &formPlan{}
}

// renamedAll is the pattern under which a field of a version stands now, where a person
// confirmed renamings.
func renamedAll(name string, v study.FormVersion, fs []study.Form) string {
	from := slices.IndexFunc(fs, func(f study.Form) bool { return f.ID == v.ID && f.Version == v.Version })
	if from < 0 {
		return name
	}
	for _, f := range fs[from+1:] {
		if f.ID != v.ID {
			continue
		}
		for now, old := range f.Was {
			if to, ok := renamedField(survey.Field(name), old, now); ok {
				name = string(to)
				break
			}
		}
	}
	return name
}

// columnChooser decides which questions become columns.
type columnChooser struct {
	*dataset
	classes map[string]survey.Class
	at      map[string]int  // columns by field
	used    map[string]bool // names of columns, in small letters
	decided map[string]bool // fields
}

// asked goes through the questionnaire that new interviews take.
func (c *columnChooser) asked() {
	patterns := c.form.Patterns()
	tables := map[survey.Item]*repeatTable{}
	c.form.Walk(func(it survey.Item, within []survey.Item) bool {
		var about *repeatTable
		group := ""
		for _, w := range within {
			switch w.(type) {
			case *survey.Repeat:
				about = tables[w]
			case *survey.Group:
				group = w.Common().Name
			}
		}
		switch q := it.(type) {
		case *survey.Repeat:
			t := &repeatTable{pattern: patterns[it], about: about, label: c.words(q.Label), columns: map[string]int{}}
			tables[it] = t
			c.repeats = append(c.repeats, t)
		case *survey.Question:
			if q.Kind == survey.Note || q.Kind == survey.Audit || q.Kind == survey.External {
				return true
			}
			f := c.fieldOf(q, patterns[it])
			f.Group = group
			f.Class = mostCareful(f.Class, c.classes[q.Name])
			why := ""
			if !c.wanted(q, within) {
				why = notWanted
			} else if why = c.withheld(f.Class); why == "" && c.o.Profile != Internal && tellsUnit(q.Sse["role"]) {
				why = "tells which unit it is"
			}
			c.decide(f, about, why)
		}
		return true
	})
}

// notWanted is why columns are left out that nobody asked for; it is not said.
const notWanted = "not asked for"

// decide makes a column of a field, in the table of its repeat if it is in one, or says why
// not.
func (c *columnChooser) decide(f exchange.Field, about *repeatTable, why string) {
	key := f.Name
	if about != nil {
		key = fieldInRows(about, strings.TrimPrefix(f.Name, about.pattern+"/"))
	}
	c.decided[key] = true
	if why != "" {
		if why != notWanted {
			c.leave(f.Name, why)
		}
		return
	}
	if about == nil {
		f.Source = key
		f.Name = columnName(f.Name, c.used)
		c.at[key] = len(c.fields)
		c.fields = append(c.fields, f)
		return
	}
	f.Name = strings.TrimPrefix(f.Name, about.pattern+"/")
	about.columns[f.Name] = len(about.fields)
	about.fields = append(about.fields, f)
}

// fieldInRows is a field of any row of a repeat.
func fieldInRows(t *repeatTable, name string) string {
	path := strings.TrimPrefix(t.pattern, "")
	if t.about != nil {
		return fieldInRows(t.about, strings.TrimPrefix(t.pattern, t.about.pattern+"/")) + "[]/" + name
	}
	return path + "[]/" + name
}

// unknown decides on a field that the questionnaire does not have: of an earlier version, or
// beside an answer.
func (c *columnChooser) unknown(name string) {
	if name == "" || name[0] == '_' || c.decided[name] || strings.HasSuffix(name, "[]") {
		return
	}
	var about *repeatTable
	plain := strings.ReplaceAll(name, "[]", "")
	if cut := strings.LastIndex(name, "[]/"); cut >= 0 {
		about = c.tableOf(name[:cut])
		plain = about.pattern + "/" + name[cut+len("[]/"):]
	}
	last := lastName(plain)
	class, known := c.classes[last]
	if !known {
		class = survey.ClassText
	}
	why := c.withheld(class)
	if len(c.o.Columns) > 0 && !slices.Contains(c.o.Columns, plain) {
		why = notWanted
	}
	c.decide(exchange.Field{Name: plain, Kind: survey.String, Class: class, Wording: exchange.Wording{Note: "of an earlier version of the questionnaire, or beside an answer"}}, about, why)
	c.decided[name] = true
}

// tableOf is the table of a repeat, also of one that the questionnaire does not have.
func (c *columnChooser) tableOf(path string) *repeatTable {
	pattern := strings.ReplaceAll(path, "[]", "")
	for _, t := range c.repeats {
		if t.pattern == pattern {
			return t
		}
	}
	var about *repeatTable
	if cut := strings.LastIndex(path, "[]/"); cut >= 0 {
		about = c.tableOf(path[:cut])
	}
	t := &repeatTable{pattern: pattern, about: about, columns: map[string]int{}}
	c.repeats = append(c.repeats, t)
	return t
}

// wanted says whether a question is among the columns that are asked for: by its name, that
// of a group or repeat around it, or a tag, column=value of the questionnaire.
func (c *columnChooser) wanted(q *survey.Question, within []survey.Item) bool {
	if len(c.o.Columns) == 0 {
		return true
	}
	for _, it := range append(within[:len(within):len(within)], survey.Item(q)) {
		n := it.Common()
		if slices.Contains(c.o.Columns, n.Name) {
			return true
		}
		for k, v := range n.Extra {
			if v != "" && slices.Contains(c.o.Columns, k+"="+v) {
				return true
			}
		}
	}
	return false
}

// tellsUnit says whether a role is of something by which an organization is found.
func tellsUnit(role string) bool {
	switch role {
	case "unit.name", "unit.name.local", "unit.phone", "unit.email", "unit.web", "unit.registration", "unit.place", "unit.point", "site.name", "site.point", "frame.id", "interviewer":
		return true
	}
	return false
}

// eachForm visits all versions of all questionnaires whose files are here.
func (s *Study) eachForm(visit func(f *survey.Form)) error {
	fs, err := s.store.Forms()
	if err != nil {
		return err
	}
	for _, f := range fs {
		p, err := s.Program(f.ID, f.Version)
		if errors.Is(err, os.ErrNotExist) {
			continue // its file is on another laptop still
		}
		if err != nil {
			return err
		}
		visit(p.Form)
	}
	return nil
}

// classes are the classes of questions by name, the most careful of all versions of all
// questionnaires that are here, of the groups around them, and of the names that they had.
// What is computed, chosen or taken over from other answers says as much as these, unless the
// questionnaire gives it a class of its own.
func (s *Study) classes() (map[string]survey.Class, error) {
	out := map[string]survey.Class{}
	from := map[string][]string{}
	err := s.eachForm(func(f *survey.Form) {
		f.Walk(func(it survey.Item, within []survey.Item) bool {
			n := it.Common()
			for _, w := range within {
				out[n.Name] = mostCareful(out[n.Name], w.Common().DeclaredClass())
			}
			q, ok := it.(*survey.Question)
			if !ok {
				out[n.Name] = mostCareful(out[n.Name], n.DeclaredClass())
				return true
			}
			out[n.Name] = mostCareful(out[n.Name], q.Class())
			if q.DeclaredClass() == "" {
				from[n.Name] = append(from[n.Name], references(q)...)
			}
			return true
		})
	})
	if err != nil {
		return nil, err
	}
	fs, err := s.store.Forms()
	if err != nil {
		return nil, err
	}
	for _, f := range fs {
		for now, old := range f.Was {
			now, old = lastName(now), lastName(old)
			out[now] = mostCareful(out[now], out[old])
			from[now] = append(from[now], from[old]...)
		}
	}
	inherit(out, from)
	return out, nil
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// inherit gives answers the classes of those that they come from, until nothing changes.
func inherit(classes map[string]survey.Class, from map[string][]string) {
	for changed := true; changed; {
		changed = false
		for name, others := range from {
			for _, o := range others {
				if more := mostCareful(classes[name], classes[o]); more != classes[name] {
					classes[name], changed = more, true
				}
			}
		}
	}
}

// word is what may be the name of a question in an expression.
var word = regexp.MustCompile(`[\p{L}_][\p{L}\p{N}_.-]*`)

// references are all words of the expressions from which an answer comes, names of
// questions among them, whatever the way to these.
func references(q *survey.Question) (names []string) {
	expressions := []string{q.Calculation}
	if strings.Contains(q.List, "${") { // the answers to a question in a repeat
		expressions = append(expressions, q.List)
	}
	if q.Dynamic {
		expressions = append(expressions, q.Default)
	}
	if q.Itemset != nil {
		expressions = append(expressions, q.Itemset.Nodes, q.Itemset.Value, q.Itemset.Label)
	}
	for _, e := range expressions {
		names = append(names, word.FindAllString(e, -1)...)
	}
	return names
}

func mostCareful(a, b survey.Class) survey.Class {
	if slices.Index(survey.AllClasses, b) > slices.Index(survey.AllClasses, a) {
		return b
	}
	return a
}
