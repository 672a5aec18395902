package xform

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"sselandscape/survey"
)

func choiceID(l *survey.List, i int) string { return fmt.Sprintf("%s-%d", l.Name, i) }

// secondary writes the secondary instances: attached files, the last saved
// interview, and the lists of choices.
func (w *writer) secondary() []*survey.Element {
	var out []*survey.Element
	seen := map[string]bool{}
	for _, s := range sources(w.form) {
		seen[s.id] = true
		out = append(out, element("instance", "id", s.id, "src", s.address))
	}
	for _, name := range w.form.ListNames {
		if l := w.form.Lists[name]; !seen[name] {
			if e := w.list(l); !w.onlySearched(name) {
				out = append(out, e)
			}
		}
	}
	return out
}

// source is a secondary instance that comes from outside of the form.
type source struct{ id, address string }

// sources lists what a form takes from outside, each id once: attached files, and
// the interview that was saved last.
func sources(f *survey.Form) []source {
	var out []source
	add := func(id, address string) {
		if id != "" && !slices.ContainsFunc(out, func(s source) bool { return s.id == id }) {
			out = append(out, source{id, address})
		}
	}
	f.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok {
			add(q.Source())
		}
		for _, text := range expressions(it) {
			for _, m := range pulled.FindAllStringSubmatch(text, -1) {
				add(m[1], "jr://file-csv/"+m[1]+".csv")
			}
			if strings.Contains(text, "last-saved#") {
				add(lastSaved, "jr://instance/last-saved")
			}
		}
		return true
	})
	for _, id := range slices.Sorted(maps.Keys(f.Instances)) {
		if src := f.Instances[id].Source; src != "" {
			add(id, src)
		}
	}
	return out
}

const lastSaved = "__last-saved"

// Files lists the names of the files that belong to a form and stand beside it:
// tables that it looks up, and media of its labels.
func Files(f *survey.Form) []string {
	var out []string
	for _, s := range sources(f) {
		if name := path.Base(s.address); s.id != lastSaved && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range f.MediaFiles() {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// onlySearched says whether a list serves nothing but search(), which has its
// choices inside the control.
func (w *writer) onlySearched(list string) bool {
	search, other := false, false
	w.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Kind.Selects() && q.List == list {
			if q.Searches() {
				search = true
			} else {
				other = true
			}
		}
		return true
	})
	return search && !other
}

func (w *writer) list(l *survey.List) *survey.Element {
	root := element("root")
	itext := translatedList(l)
	for i := range l.Choices {
		c := &l.Choices[i]
		item := element("item")
		if itext {
			w.translate(choiceID(l, i), c.Label, c.Media, nil)
			add(item, textElement("itextId", choiceID(l, i)))
		}
		add(item, textElement("name", c.Name))
		if label := c.Label[""]; !itext && label != "" {
			add(item, textElement("label", label))
		}
		for _, col := range l.Columns {
			if v := c.Extra[col]; v != "" {
				add(item, textElement(col, v))
			}
		}
		add(root, item)
	}
	return add(element("instance", "id", l.Name), root)
}

var pulled = regexp.MustCompile(`pulldata\s*\(\s*['"]([^'"]+)['"]`)

// expressions lists the expressions of an item.
func expressions(it survey.Item) []string {
	n := it.Common()
	out := []string{n.Relevant}
	switch t := it.(type) {
	case *survey.Question:
		out = append(out, t.Required, t.Constraint, t.ReadOnly, t.Calculation, t.Default, t.ChoiceFilter)
	case *survey.Repeat:
		out = append(out, t.Count)
	case *survey.Group:
	}
	for _, v := range n.Bind {
		out = append(out, v)
	}
	for _, t := range []survey.Text{n.Label, n.Hint} {
		for _, s := range t {
			out = append(out, s)
		}
	}
	return out
}
