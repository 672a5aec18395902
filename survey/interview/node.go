package interview

import (
	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// node is one place of an interview: the root, a group, a question, a repeat as
// a whole (with rows) or one row of it.
type node struct {
	slot   *slot
	parent *node
	kids   []*node // of the root, a group or a row; by slot.place
	rows   []*node // of a repeat as a whole
	spare  []*node // rows beyond the count; they come back with their answers
	key    survey.RowKey
	isRow  bool

	value    survey.Value
	relevant bool
	required bool
	readOnly bool
	broken   bool  // the constraint does not hold
	touched  bool  // answered, or passed with Enter
	waiting  uint8 // aspects that are to be computed, as bits
	single   [1]expr.Node
}

func newNode(s *slot, parent *node) *node {
	n := &node{slot: s, parent: parent, relevant: true}
	n.single[0] = n
	if s.repeat == nil {
		n.addKids()
	}
	return n
}

func newRow(repeat *node, key survey.RowKey) *node {
	n := &node{slot: repeat.slot, parent: repeat, key: key, isRow: true, relevant: repeat.relevant}
	n.single[0] = n
	n.addKids()
	return n
}

func (n *node) addKids() {
	for _, k := range n.slot.kids {
		n.kids = append(n.kids, newNode(k, n))
	}
}

// whole says whether the node is a repeat as a whole, which XML does not show.
func (n *node) whole() bool { return n.slot.repeat != nil && !n.isRow }

// NodeName implements expr.Node.
func (n *node) NodeName() string { return n.slot.name() }

// Text implements expr.Node: what is not relevant or a special answer is blank.
func (n *node) Text() string {
	if !n.relevant || n.value.Special != "" {
		return ""
	}
	return n.value.Text
}

// Parent implements expr.Node.
func (n *node) Parent() expr.Node {
	switch {
	case n.parent == nil:
		return document{n}
	case n.parent.whole():
		return n.parent.parent
	}
	return n.parent
}

// Children implements expr.Node.
func (n *node) Children() []expr.Node {
	out := make([]expr.Node, 0, len(n.kids))
	for _, k := range n.kids {
		if !k.whole() {
			out = append(out, k)
			continue
		}
		for _, r := range k.rows {
			out = append(out, r)
		}
	}
	return out
}

// Attribute implements expr.Node.
func (n *node) Attribute(string) (string, bool) { return "", false }

// document is the document node above the root.
type document struct{ root *node }

func (d document) NodeName() string              { return "" }
func (d document) Text() string                  { return "" }
func (d document) Parent() expr.Node             { return nil }
func (d document) Children() []expr.Node         { return []expr.Node{d.root} }
func (document) Attribute(string) (string, bool) { return "", false }

// row climbs to the row of the depth-th repeat around the node; depth 0 is the
// root.
func (n *node) row(depth int) *node {
	at := n
	for {
		d := len(at.slot.repeats)
		if at.isRow {
			d++
		}
		if at.parent == nil || at.isRow && d == depth {
			return at
		}
		at = at.parent
	}
}

// reach gives the nodes of a slot below the row that both share.
func (n *node) reach(t *slot, shared int) expr.Value {
	top := n.row(shared)
	if top.slot == t {
		return expr.Nodes(top.single[:]...)
	}
	if len(t.repeats) == shared && t.repeat == nil {
		if found := top.descend(t); found != nil {
			return expr.Nodes(found.single[:]...)
		}
		return expr.Value{}
	}
	var out []expr.Node
	top.each(t, func(m *node) {
		if m.relevant {
			out = append(out, m)
		}
	})
	return expr.Nodes(out...)
}

// descend finds the one node of a slot below n where no repeat lies between.
func (n *node) descend(t *slot) *node {
	if t == n.slot {
		return n
	}
	p := n
	if t.parent != n.slot {
		if p = n.descend(t.parent); p == nil {
			return nil
		}
	}
	return p.kids[t.place]
}

// each visits the nodes of a slot below n: of a repeat its rows.
func (n *node) each(t *slot, visit func(*node)) {
	n.eachPlace(t, func(m *node) {
		if !m.whole() {
			visit(m)
			return
		}
		for _, r := range m.rows {
			visit(r)
		}
	})
}

// eachPlace visits the nodes of a slot below n: of a repeat the whole.
func (n *node) eachPlace(t *slot, visit func(*node)) {
	depth := len(n.slot.repeats)
	if n.isRow {
		depth++
	}
	if depth >= len(t.repeats) {
		if m := n.descend(t); m != nil {
			visit(m)
		}
		return
	}
	whole := n.descend(t.repeats[depth])
	if whole == nil {
		return
	}
	for _, r := range whole.rows {
		r.eachPlace(t, visit)
	}
}

// field writes the node's place as a Field.
func (n *node) field() survey.Field {
	prefix := survey.Field("")
	switch {
	case n.isRow:
		return n.parent.field() + survey.Field("["+string(n.key)+"]")
	case len(n.slot.repeats) > 0:
		prefix = n.row(len(n.slot.repeats)).field() + "/"
	}
	return prefix + survey.Field(n.slot.step)
}
