package interview

import (
	"strings"

	"sselandscape/survey/expr"
)

// target is a slot that an expression looks at, with the number of repeats whose
// row it has in common with the slot the expression belongs to.
type target struct {
	slot   *slot
	shared int
}

// dependencies follows the references of one expression.
type dependencies struct {
	*compilation
	from  *slot
	to    int // vertex
	scope scope
}

// depend adds an edge to a vertex from everything an expression looks at.
func (c *compilation) depend(s *slot, to int, e expr.Expr) {
	d := &dependencies{compilation: c, from: s, to: to, scope: scope{c.program, s, anyRow(e)}}
	d.expr(e, d.self(), false)
}

// self is the context of the expression: its own node. Of a repeat that is a row.
func (d *dependencies) self() []target {
	n := len(d.from.repeats)
	if d.from.repeat != nil {
		n++
	}
	return []target{{d.from, n}}
}

// expr follows an expression evaluated at the targets at. A shallow use needs to
// know which nodes there are, not what they hold.
func (d *dependencies) expr(e expr.Expr, at []target, shallow bool) {
	switch x := e.(type) {
	case *expr.Ref, *expr.Path, *expr.Filter:
		for _, t := range d.nodes(e, at) {
			d.reads(t, shallow)
		}
	case *expr.Call:
		for _, a := range x.Args {
			d.expr(a, at, x.Name == "count" || x.Name == "position")
		}
		if x.Name == "count" && len(x.Args) == 1 {
			d.counts(x.Args[0], at)
		}
		if x.Name == "jr:choice-name" {
			d.choiceName(x)
		}
		if len(x.Args) == 0 && contextCalls[x.Name] {
			for _, t := range at {
				d.reads(t, false)
			}
		}
	case *expr.Binary:
		d.expr(x.L, at, shallow && x.Op == "|")
		d.expr(x.R, at, shallow && x.Op == "|")
	case *expr.Negate:
		d.expr(x.X, at, false)
	}
}

// counts depends on the relevance of groups that are counted.
func (d *dependencies) counts(e expr.Expr, at []target) {
	for _, t := range d.nodes(e, at) {
		if from := vertex(t.slot, relevance); t.slot.item != nil && t.slot.q == nil && t.slot.repeat == nil && from != d.to {
			d.link(from, d.to, t.shared)
		}
	}
}

// contextCalls read the context node where they have no argument.
var contextCalls = map[string]bool{"string": true, "number": true, "string-length": true, "normalize-space": true, "position": true}

// nodes follows an expression that gives nodes and returns what they may be; of
// other instances than the primary one that is nothing.
func (d *dependencies) nodes(e expr.Expr, at []target) []target {
	switch x := e.(type) {
	case *expr.Ref:
		t := d.program.byName[x.Name]
		if t == nil || x.LastSaved {
			return nil
		}
		return []target{{t, d.scope.shared(t, x)}}
	case *expr.Filter:
		out := d.nodes(x.X, at)
		for _, p := range x.Preds {
			d.expr(p, out, false)
		}
		return out
	case *expr.Call:
		if x.Name == "current" {
			return d.self()
		}
		d.expr(e, at, true)
		if x.Name == "randomize" && len(x.Args) > 0 {
			return d.nodes(x.Args[0], at)
		}
		return nil
	case *expr.Path:
		return d.path(x, at)
	case *expr.Binary:
		return append(d.nodes(x.L, at), d.nodes(x.R, at)...)
	}
	d.expr(e, at, false)
	return nil
}

func (d *dependencies) path(x *expr.Path, at []target) []target {
	steps := x.Steps
	switch {
	case x.From != nil:
		at = d.nodes(x.From, at)
	case x.Absolute:
		at = []target{{d.program.root, 0}}
		if len(steps) > 0 && steps[0].Axis == "child" {
			steps = steps[1:] // the root element
		}
	}
	for _, st := range steps {
		var next []target
		for _, t := range at {
			next = append(next, d.step(t, st)...)
		}
		if len(at) > 0 && len(next) == 0 {
			d.lost(at, st)
		}
		at = next
		for _, p := range st.Preds {
			for _, t := range at {
				d.reads(t, true) // which nodes there are
			}
			d.expr(p, at, false)
		}
	}
	return at
}

// step follows one step of a path. The parent of a row is outside of its repeat.
func (d *dependencies) step(t target, st expr.Step) []target {
	switch st.Axis {
	case "self":
		return []target{t}
	case "parent":
		p := t.slot.parent
		for p != nil && p.flat {
			p = p.parent
		}
		if p == nil {
			return nil
		}
		if t.slot.repeat != nil {
			t.shared = min(t.shared, len(t.slot.repeats))
		}
		return []target{{p, t.shared}}
	case "child":
		return children(t, st.Name)
	case "attribute":
		return nil
	}
	var all []target // other axes may go anywhere
	for _, s := range d.program.slots[1:] {
		if st.Name == "*" || st.Name == "node()" || st.Name == s.name() {
			all = append(all, target{s, 0})
		}
	}
	return all
}

func children(t target, name string) []target {
	var out []target
	for _, k := range t.slot.kids {
		switch {
		case k.flat:
			out = append(out, children(target{k, t.shared}, name)...)
		case name == "*" || name == "node()" || name == k.name():
			shared := t.shared
			if k.repeat != nil {
				shared = min(shared, len(k.repeats))
			}
			out = append(out, target{k, shared})
		}
	}
	return out
}

// valueOf is the vertex that others read a slot's value from.
func valueOf(s *slot) int {
	if s.choices != nil && s.choices.filtered {
		return offer
	}
	return value
}

// reads adds the edges for an expression that looks at a target.
func (d *dependencies) reads(t target, shallow bool) {
	s := t.slot
	if s.item == nil {
		return
	}
	if from := vertex(s, valueOf(s)); s.q != nil && from != d.to {
		d.link(from, d.to, t.shared)
	}
	for i := t.shared; i < len(s.repeats); i++ {
		d.rowsOf(s.repeats[i], min(t.shared, i))
	}
	if s.repeat != nil && t.shared > len(s.repeats) { // the row at hand: only its place matters
		if from := vertex(s, rows); from != d.to {
			d.add(from, edge{to: d.to, shared: t.shared, place: true})
		}
	} else if s.repeat != nil {
		d.rowsOf(s, t.shared)
	}
	if shallow || s.q != nil || s == d.from && s.repeat != nil {
		return
	}
	for _, k := range s.kids { // the text of a group is that of all inside
		if k != d.from {
			d.reads(target{k, t.shared}, false)
		}
	}
}

func (d *dependencies) rowsOf(repeat *slot, shared int) {
	if from := vertex(repeat, rows); from != d.to {
		d.link(from, d.to, shared)
	}
	if from := vertex(repeat, relevance); from != d.to {
		d.link(from, d.to, better) // its rows count once they are known to be relevant
	}
}

// choiceName depends on the choices of the question that the path names.
func (d *dependencies) choiceName(x *expr.Call) {
	if len(x.Args) < 2 {
		return
	}
	if s, ok := x.Args[1].(*expr.String); ok {
		if t := d.program.named(s.Value); t != nil && t.choices != nil && t.choices.filtered {
			d.link(vertex(t, offer), d.to, sharedRepeats(t, d.from))
		}
	}
}

// named finds the slot that a path or reference written as text means.
func (p *Program) named(path string) *slot {
	path = strings.TrimSpace(strings.Trim(strings.TrimSpace(path), "${}"))
	return p.byName[path[strings.LastIndexByte(path, '/')+1:]]
}
