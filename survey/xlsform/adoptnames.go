package xlsform

import (
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// names knows the items of a form by the paths of its XForm.
type names struct {
	root   string
	byPath map[string]survey.Item
	path   map[survey.Item]string
	repeat map[string]bool // paths of repeats
	count  map[string]int  // items by name
}

func newNames(f *survey.Form) *names {
	ns := &names{root: "/" + f.RootName(), byPath: map[string]survey.Item{}, path: map[survey.Item]string{}, repeat: map[string]bool{}, count: map[string]int{}}
	f.Walk(func(it survey.Item, within []survey.Item) bool {
		path := ns.root
		for _, up := range within {
			path += "/" + up.Common().Name
		}
		path += "/" + it.Common().Name
		ns.byPath[path], ns.path[it] = it, path
		ns.count[it.Common().Name]++
		_, ns.repeat[path] = it.(*survey.Repeat)
		return true
	})
	return ns
}

// unique says whether ${name} can mean one item only.
func (ns *names) unique(name string) bool { return ns.count[name] == 1 && "/"+name != ns.root }

// span is a part of an expression with what replaces it.
type span struct {
	from, to int
	name     string
}

// replace writes the absolute paths of an expression as ${name}, where they name
// one item whose name is unique. Other paths stay: a workbook may hold them too.
// An expression that cannot be read stays as it is.
func (ns *names) replace(text string, at survey.Item) string {
	return ns.rewrite(text, ns.path[at], false)
}

// replaceAll is replace for expressions of the node at a path that a workbook
// writes without saying where they stand: relative paths become ${name} too.
func (ns *names) replaceAll(text, at string) string { return ns.rewrite(text, at, true) }

func (ns *names) rewrite(text, at string, relative bool) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "/") {
		return text
	}
	e, err := expr.Parse(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	done := 0
	for _, s := range ns.spans(e, text, at, relative) {
		if s.from < done {
			continue
		}
		b.WriteString(oneSpace(text[done:s.from]))
		b.WriteString("${" + s.name + "}")
		if done = s.to; strings.HasPrefix(text[done:], "  ") {
			done++
		}
	}
	b.WriteString(text[done:])
	return strings.TrimSpace(b.String())
}

// spans finds the paths that can be references, in order.
func (ns *names) spans(e expr.Expr, text, at string, relative bool) []span {
	var out []span
	sets := map[expr.Expr]bool{}   // paths that stand for many nodes
	inside := map[expr.Expr]bool{} // what stands in predicates, where relative paths begin elsewhere
	expr.Walk(e, func(e expr.Expr) bool {
		switch x := e.(type) {
		case *expr.Call:
			if slices.Contains(ofNodes, x.Name) {
				for _, arg := range x.Args {
					sets[arg] = true
				}
			}
		case *expr.Path:
			for _, s := range x.Steps {
				for _, p := range s.Preds {
					expr.Walk(p, func(e expr.Expr) bool { inside[e] = true; return true })
				}
			}
			base := ""
			if relative && !inside[e] {
				base = at
			}
			if s, ok := ns.reference(text, x, base, relative, at); ok && !(sets[e] && x.Absolute && ns.share(at, s.path)) {
				out = append(out, s.span)
			}
		}
		return true
	})
	slices.SortFunc(out, func(a, b span) int { return a.from - b.from })
	return out
}

// oneSpace takes one of two spaces off the end.
func oneSpace(s string) string {
	if strings.HasSuffix(s, "  ") {
		return s[:len(s)-1]
	}
	return s
}

// ofNodes are the functions that take all nodes of a path: there a reference
// within a row would stand for the row's own node alone.
var ofNodes = []string{"sum", "count", "count-non-empty", "max", "min", "join", "concat", "position", "indexed-repeat", "area", "distance", "randomize", "name", "local-name"}

// share says whether two paths lie in the same repeat.
func (ns *names) share(a, b string) bool {
	for path, is := range ns.repeat {
		if is && strings.HasPrefix(a+"/", path+"/") && strings.HasPrefix(b+"/", path+"/") {
			return true
		}
	}
	return false
}

type located struct {
	span
	path string
}

// reference finds the item that a path names, and where the path stands. A path
// without a beginning starts at base, one from current() at the node itself where
// relative paths count.
func (ns *names) reference(text string, p *expr.Path, base string, relative bool, node string) (located, bool) {
	start, prefix := p.Offset(), ""
	at := start
	switch from := p.From.(type) {
	case nil:
		if !p.Absolute && base == "" {
			return located{}, false
		}
		if p.Absolute {
			base = ""
		}
	case *expr.Call:
		n := strings.IndexByte(text[start:], ')')
		id, ok := instanceID(from)
		switch {
		case n >= 0 && ok && id == "__last-saved":
			prefix, base = "last-saved#", ""
		case n >= 0 && relative && from.Name == "current":
			base = node
		default:
			return located{}, false
		}
		at = start + n + 1
	default:
		return located{}, false
	}
	path, end, ok := follow(text, at, base, p.Steps)
	if !ok {
		return located{}, false
	}
	if path == ns.root+"/meta/instanceID" {
		return located{span{start, end, prefix + "instanceID"}, path}, true
	}
	it := ns.byPath[path]
	if it == nil || !ns.unique(it.Common().Name) || strings.Contains(path, "/meta/") || ns.repeat[path] && !p.Absolute {
		return located{}, false // ${repeat} is all rows, ../.. the one at hand
	}
	return located{span{start, end, prefix + it.Common().Name}, path}, true
}

// follow walks the steps of a path from base and finds where they end in the
// text.
func follow(text string, at int, base string, steps []expr.Step) (path string, end int, ok bool) {
	path = base
	for _, s := range steps {
		if len(s.Preds) > 0 {
			return "", 0, false
		}
		rest := strings.TrimLeft(text[at:], " \n\t/")
		switch {
		case s.Axis == "child" && word.FindString(rest) == s.Name:
			path += "/" + s.Name
			at = len(text) - len(rest) + len(s.Name)
		case s.Axis == "parent" && strings.HasPrefix(rest, ".."):
			path = path[:max(strings.LastIndexByte(path, '/'), 0)]
			at = len(text) - len(rest) + len("..")
		default:
			return "", 0, false
		}
	}
	return path, at, true
}

// instanceID reads instance('id').
func instanceID(c *expr.Call) (string, bool) {
	if c.Name != "instance" || len(c.Args) != 1 {
		return "", false
	}
	s, ok := c.Args[0].(*expr.String)
	if !ok {
		return "", false
	}
	return s.Value, true
}

// pathIntoInstance says whether an expression is nothing but a path into a
// secondary instance.
func pathIntoInstance(text string) bool {
	e, err := expr.Parse(text)
	if err != nil {
		return false
	}
	p, ok := e.(*expr.Path)
	if !ok {
		return false
	}
	c, ok := p.From.(*expr.Call)
	if !ok {
		return false
	}
	_, is := instanceID(c)
	return is
}
