package expr

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// nodesOf returns the nodes of a value that are in play.
func nodesOf(v Value) ([]Node, error) {
	if ns, ok := v.NodeSet(); ok {
		return present(ns), nil
	}
	return nil, errNoNodes
}

func count(_ *Context, a []Value) (Value, error) {
	ns, err := nodesOf(a[0])
	return Num(float64(len(ns))), err
}

// countNonEmpty counts the nodes that hold text or other nodes (JavaRosa).
func countNonEmpty(_ *Context, a []Value) (Value, error) {
	ns, err := nodesOf(a[0])
	n := 0
	for _, x := range ns {
		if x.Text() != "" || len(x.Children()) > 0 {
			n++
		}
	}
	return Num(float64(n)), err
}

// position() is the place among the nodes being filtered; position(node) the
// place among the siblings of the same name; both count from 1.
func position(k *Context, a []Value) (Value, error) {
	if len(a) == 0 {
		if k.Position == 0 && k.Node != nil {
			return Num(float64(place(k.Node))), nil
		}
		return Num(float64(k.Position)), nil
	}
	ns, ok := a[0].NodeSet() // whatever is in play: a place does not depend on it
	if !ok {
		_, err := nodesOf(a[0])
		return Num(math.NaN()), err
	}
	if len(ns) == 0 {
		return Num(math.NaN()), nil
	}
	return Num(float64(place(ns[0]))), nil
}

func current(k *Context, _ []Value) (Value, error) {
	if k.Current == nil {
		return Nodes(), nil
	}
	return Nodes(k.Current), nil
}

func instance(k *Context, a []Value) (Value, error) {
	n, err := instanceNode(k, a[0].String())
	return Nodes(n), err
}

func instanceNode(k *Context, id string) (Node, error) {
	if k.Env != nil && k.Env.Instance != nil {
		if n, ok := k.Env.Instance(id); ok {
			return n, nil
		}
	}
	return nil, fmt.Errorf("there is no list %q", id)
}

// pulldata(list, column, key column, key) gives the first hit, blank if none.
func pulldata(k *Context, a []Value) (Value, error) {
	doc, err := instanceNode(k, a[0].String())
	if err != nil {
		return Value{}, err
	}
	column, key, want := a[1].String(), a[2].String(), a[3].String()
	for _, root := range doc.Children() {
		items := root.Children()
		if ix, ok := root.(Index); ok {
			if found, ok := ix.Lookup("item", key, want); ok {
				items = found
			}
		}
		for _, it := range items {
			if childText(it, key) == want {
				return Text(childText(it, column)), nil
			}
		}
	}
	return Value{}, nil
}

func childText(n Node, name string) string {
	if attr, ok := strings.CutPrefix(name, "@"); ok {
		v, _ := n.Attribute(attr)
		return v
	}
	for _, c := range n.Children() {
		if c.NodeName() == name {
			return c.Text()
		}
	}
	return ""
}

func choiceName(k *Context, a []Value) (Value, error) {
	if k.Env == nil || k.Env.ChoiceName == nil {
		return Text(a[0].String()), nil
	}
	return Text(k.Env.ChoiceName(k, a[0].String(), a[1].String())), nil
}

func itext(k *Context, a []Value) (Value, error) {
	switch {
	case k.Env != nil && k.Env.TextNodes != nil:
		return Nodes(k.Env.TextNodes(a[0].String())...), nil
	case k.Env != nil && k.Env.Text != nil:
		return Text(k.Env.Text(a[0].String())), nil
	}
	return Value{}, nil
}

// indexedRepeat(question, repeat, index, repeat, index …) gives the question in
// the row with the index; a blank index means the first row. The specification
// has three levels, JavaRosa five.
func indexedRepeat(k *Context, a []Value) (Value, error) {
	found, err := nodesOf(a[0])
	if err != nil {
		return Value{}, err
	}
	for i := 1; i+1 < len(a); i += 2 {
		rows, err := nodesOf(a[i])
		if err != nil {
			return Value{}, err
		}
		if ns, ok := a[i+1].NodeSet(); ok && len(ns) == 0 {
			return Nodes(), nil // the index leads nowhere, which is not a blank
		}
		want := a[i+1].number(k.Env.zone())
		if math.IsNaN(want) || want < 1 {
			want = 1
		}
		found = insideRow(found, placed(rows, int(math.Min(want, 1e9))))
	}
	return Nodes(found...), nil
}

// insideRow keeps the nodes that lie in a chosen row.
func insideRow(nodes []Node, chosen map[Node]bool) []Node {
	var out []Node
	for _, n := range nodes {
		for p := n; p != nil; p = p.Parent() {
			if in, isRow := chosen[p]; isRow {
				if in {
					out = append(out, n)
				}
				break
			}
		}
	}
	return out
}

// firstOf returns the node that name(), local-name() and namespace-uri() are about.
func firstOf(k *Context, a []Value) (Node, error) {
	v, err := own(k, a)
	if err != nil {
		return nil, err
	}
	if ns, ok := v.NodeSet(); !ok {
		return nil, errNoNodes
	} else if len(ns) > 0 {
		return ns[0], nil
	}
	return nil, nil
}

func nodeName(k *Context, a []Value) (Value, error) {
	n, err := firstOf(k, a)
	if n == nil {
		return Value{}, err
	}
	return Text(n.NodeName()), nil
}

func localName(k *Context, a []Value) (Value, error) {
	n, err := firstOf(k, a)
	if n == nil {
		return Value{}, err
	}
	_, local := splitName(n.NodeName())
	return Text(local), nil
}

func namespaceURI(k *Context, a []Value) (Value, error) {
	n, err := firstOf(k, a)
	if d, ok := n.(Named); ok {
		return Text(d.Namespace()), nil
	}
	return Value{}, err
}

// lang says whether the context node is in a language or a variety of it (XPath
// 1.0, 4.3).
func lang(k *Context, a []Value) (Value, error) {
	want := strings.ToLower(a[0].String())
	for n := k.Node; n != nil; n = n.Parent() {
		if has, ok := n.Attribute("xml:lang"); ok {
			has = strings.ToLower(has)
			return Bool(has == want || strings.HasPrefix(has, want+"-")), nil
		}
	}
	return Bool(false), nil
}

// byID finds the elements whose attribute id is one of the names in a text or in
// the texts of nodes (XPath 1.0, 4.1).
func byID(k *Context, a []Value) (Value, error) {
	top := k.Node
	if top == nil {
		return Value{}, errors.New("there is no node to look at here")
	}
	for p := top; p != nil; p = p.Parent() {
		top = p
	}
	wanted := map[string]bool{}
	each(a, func(v Value) {
		for _, id := range strings.Fields(v.String()) {
			wanted[id] = true
		}
	})
	t := nodeTest{any: true, names: true}
	var out []Node
	for _, n := range t.below(k, top, nil, 0) {
		if id, ok := n.Attribute("id"); ok && wanted[id] {
			wanted[id] = false
			out = append(out, n)
		}
	}
	return Nodes(out...), nil
}
