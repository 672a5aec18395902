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
	kids   []*node  // of the root, a group or a row; by slot.place
	rows   []*node  // of a repeat as a whole
	spare  []*node  // rows beyond the count; they come back with their answers
	attrs  []string // values of the instance node's attributes, where one is computed
	key    survey.RowKey
	isRow  bool
	at     int // of a row: its place among the rows, from 0

	value    survey.Value
	lost     bool   // some of the value is not among the choices
	kept     string // then: what is
	relevant bool
	required bool
	readOnly bool
	broken   bool // the constraint does not hold
	doubted  bool // the soft check does not hold
	remarks  map[survey.RemarkKind]string
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

// Text implements expr.Node: what is not relevant or a special answer is blank;
// the text of a group is that of all inside.
func (n *node) Text() string {
	if !n.relevant {
		return ""
	}
	if n.slot.q != nil {
		return n.current()
	}
	text := ""
	for _, k := range n.kids {
		text += k.Text()
	}
	for _, r := range n.rows {
		text += r.Text()
	}
	return text
}

// current is the answer as it counts: without a special answer, and without what
// is not among the choices.
func (n *node) current() string {
	switch {
	case n.value.Special != "":
		return ""
	case n.lost:
		return n.kept
	}
	return n.value.Text
}

// Parent implements expr.Node.
func (n *node) Parent() expr.Node {
	p := n.parent
	for p != nil && (p.whole() || p.slot.flat) {
		p = p.parent
	}
	if p == nil {
		return document{n}
	}
	return p
}

// Children implements expr.Node. Rows that are not relevant are not there.
func (n *node) Children() []expr.Node { return n.appendChildren(make([]expr.Node, 0, len(n.kids))) }

func (n *node) appendChildren(out []expr.Node) []expr.Node {
	for _, k := range n.kids {
		switch {
		case k.slot.flat:
			out = k.appendChildren(out)
		case !k.whole():
			out = append(out, k)
		default:
			for _, r := range k.rows {
				if r.relevant {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// Absent implements expr.Absent.
func (n *node) Absent() bool { return !n.relevant }

// Place returns the node's number among its siblings of the same name.
func (n *node) Place() int { return n.at + 1 }

// Attribute implements expr.Node.
func (n *node) Attribute(name string) (string, bool) {
	if n.slot.item == nil {
		return "", false
	}
	for i, a := range n.slot.item.Common().Attrs {
		if a.Name == name {
			if n.attrs != nil {
				return n.attrs[i], true
			}
			return a.Value, true
		}
	}
	return "", false
}

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
