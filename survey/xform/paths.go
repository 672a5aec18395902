package xform

import (
	"regexp"
	"strings"

	"sselandscape/survey"
)

// place is where an item stands in the primary instance.
type place struct {
	name   string
	path   string // "/data/r1/q1"
	parent *place
	repeat bool
}

// paths knows the places of a form's items.
type paths struct {
	form   *survey.Form
	root   *place
	byItem map[survey.Item]*place
	byName map[string]*place
}

func newPaths(f *survey.Form) *paths {
	ps := &paths{form: f, byItem: map[survey.Item]*place{}, byName: map[string]*place{}}
	ps.root = &place{name: f.RootName(), path: "/" + f.RootName()}
	ps.byName[ps.root.name] = ps.root
	ps.items(f.Items, ps.root)
	return ps
}

func (ps *paths) items(items []survey.Item, parent *place) {
	for _, it := range items {
		n := it.Common()
		pl := parent.below(n.Name)
		if g, ok := it.(*survey.Group); ok && g.Flat {
			pl = parent
		}
		ps.byItem[it] = pl
		if _, taken := ps.byName[n.Name]; !taken || ps.byName[n.Name] == ps.root {
			ps.byName[n.Name] = pl
		}
		switch t := it.(type) {
		case *survey.Group:
			ps.items(t.Items, pl)
		case *survey.Repeat:
			pl.repeat = true
			ps.items(t.Items, pl)
		case *survey.Question:
			if t.Kind == survey.Audit {
				*pl = *ps.root.below("meta").below(n.Name)
			}
		}
	}
}

func (pl *place) below(name string) *place {
	return &place{name: name, path: pl.path + "/" + name, parent: pl}
}

// lineage lists the places from the root to pl.
func (pl *place) lineage() []*place {
	var out []*place
	for ; pl != nil; pl = pl.parent {
		out = append([]*place{pl}, out...)
	}
	return out
}

// relative writes the way from a place to another inside the same row of a
// repeat; ok is false where they share no repeat. A repeat as target is not
// inside itself.
func relative(from, to *place) (way string, ok bool) {
	a, b := from.lineage(), to.lineage()
	n, shared := 0, false
	for n < len(a) && n < len(b) && a[n].path == b[n].path {
		shared = shared || a[n].repeat && a[n].path != to.path
		n++
	}
	if !shared {
		return "", false
	}
	if n == len(b) { // the target is around the source
		n--
	}
	parts := make([]string, 0, len(a)-n+len(b)-n)
	for range a[n:] {
		parts = append(parts, "..")
	}
	for _, pl := range b[n:] {
		parts = append(parts, pl.name)
	}
	return strings.Join(parts, "/"), true
}

var (
	reference     = regexp.MustCompile(`\$\{\s*(last-saved#)?([^}\s]+)\s*\}`)
	indexedRepeat = regexp.MustCompile(`indexed-repeat\([^)]+\)`)
	inInstance    = regexp.MustCompile(`instance\(['"][^'"]*['"]\)`)
)

// link replaces ${name} in an expression that belongs to a place: by a relative
// path within a row of a repeat, else by an absolute one. In the predicates of
// secondary instances, and where choices are filtered, relative paths start at
// current().
func (ps *paths) link(text string, from *place, filter bool) string {
	if !strings.Contains(text, "${") {
		return text
	}
	var b strings.Builder
	at := 0
	for _, m := range reference.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[at:m[0]])
		at = m[1]
		name := text[m[4]:m[5]]
		to := ps.byName[name]
		switch {
		case m[2] >= 0 && to != nil:
			b.WriteString(" instance('__last-saved')" + to.path + " ")
		case name == "instanceID" && to == nil:
			b.WriteString(" " + ps.root.path + "/meta/instanceID ")
		case to == nil:
			b.WriteString(text[m[0]:m[1]])
		default:
			b.WriteString(" " + ps.way(text, m[0], m[1], from, to, filter) + " ")
		}
	}
	b.WriteString(text[at:])
	return b.String()
}

func (ps *paths) way(text string, start, end int, from, to *place, filter bool) string {
	if from == nil || absoluteArgument(text, start, end) {
		return to.path
	}
	way, ok := relative(from, to)
	switch {
	case !ok:
		return to.path
	case filter || inPredicate(text, start, end):
		return "current()/" + way
	}
	return way
}

// absoluteArgument says whether a reference is an argument of indexed-repeat()
// that stands for all rows: the question and the repeats, not the indexes.
func absoluteArgument(text string, start, end int) bool {
	for _, m := range indexedRepeat.FindAllStringIndex(text, -1) {
		if start < m[0] || end > m[1] {
			continue
		}
		i := strings.Count(text[m[0]:start], ",")
		return i == 0 || i%2 == 1
	}
	return false
}

// inPredicate says whether a reference stands in the predicate of a path into a
// secondary instance.
func inPredicate(text string, start, end int) bool {
	for _, m := range inInstance.FindAllStringIndex(text, -1) {
		depth, open := 0, -1
		for i := m[1]; i < len(text); i++ {
			switch text[i] {
			case '[':
				if depth == 0 {
					open = i
				}
				depth++
			case ']':
				if depth--; depth == 0 && open < start && end <= i {
					return true
				}
			}
			if depth < 0 {
				break
			}
		}
	}
	return false
}
