package expr

import "slices"

// arrange puts nodes in document order, each once (XPath 1.0, 5). It walks only
// the branches that hold some of the nodes, so that its time grows with them.
func arrange(nodes []Node) []Node {
	if len(nodes) < 2 {
		return nodes
	}
	w := walker{wanted: make(map[Node]bool, len(nodes)), branch: make(map[Node]bool, len(nodes)), attrs: map[Node][]Node{}, out: make([]Node, 0, len(nodes))}
	var roots []Node
	for _, n := range nodes {
		if w.wanted[n] {
			continue
		}
		w.wanted[n] = true
		if a, ok := n.(attribute); ok {
			w.attrs[a.owner] = append(w.attrs[a.owner], a)
		}
		if r := w.climb(n); r != nil {
			roots = append(roots, r)
		}
	}
	for _, r := range roots {
		w.walk(r, 0)
	}
	if len(w.out) == len(w.wanted) {
		return w.out
	}
	for _, n := range nodes { // nodes that their parents do not list come last
		if w.wanted[n] {
			w.wanted[n] = false
			w.out = append(w.out, n)
		}
	}
	return w.out
}

type walker struct {
	wanted map[Node]bool // false once it is out
	branch map[Node]bool // nodes with wanted ones below
	attrs  map[Node][]Node
	out    []Node
}

// climb marks the way from a node to its root, and returns the root if it is new.
func (w *walker) climb(n Node) Node {
	for {
		if _, known := w.branch[n]; known {
			return nil
		}
		p := n.Parent()
		w.branch[n] = true
		if p == nil {
			return n
		}
		n = p
	}
}

func (w *walker) walk(n Node, depth int) {
	if !w.branch[n] || depth > maxTree {
		return
	}
	w.emit(n)
	for _, a := range attributes(n) {
		w.emit(a)
	}
	for _, a := range w.attrs[n] {
		w.emit(a)
	}
	for _, k := range contents(n) {
		w.walk(k, depth+1)
	}
}

func (w *walker) emit(n Node) {
	if w.wanted[n] {
		w.wanted[n] = false
		w.out = append(w.out, n)
	}
}

// maxTree bounds how deep a document is walked.
const maxTree = 10000

// union joins node-sets in document order.
func union(l, r eval) eval {
	return func(k *Context) (Value, error) {
		a, err := l(k)
		if err != nil {
			return Value{}, err
		}
		b, err := r(k)
		if err != nil {
			return Value{}, err
		}
		if a.kind != nodesKind || b.kind != nodesKind {
			return Value{}, errNoNodes
		}
		return Nodes(arrange(slices.Concat(a.nodes, b.nodes))...), nil
	}
}
