package expr

import "fmt"

// attribute is an attribute seen as a node.
type attribute struct {
	owner      Node
	name, text string
}

func (a attribute) NodeName() string                { return a.name }
func (a attribute) Text() string                    { return a.text }
func (a attribute) Parent() Node                    { return a.owner }
func (a attribute) Children() []Node                { return nil }
func (a attribute) Attribute(string) (string, bool) { return "", false }

func (c *compiler) path(x *Path) (eval, error) {
	start, err := c.start(x)
	if err != nil {
		return nil, err
	}
	steps := make([]func(*Context, []Node) ([]Node, error), len(x.Steps))
	for i := range x.Steps {
		if steps[i], err = c.step(x, &x.Steps[i]); err != nil {
			return nil, err
		}
	}
	return func(k *Context) (Value, error) {
		nodes, err := start(k)
		for i := 0; i < len(steps) && err == nil && len(nodes) > 0; i++ {
			nodes, err = steps[i](k, nodes)
		}
		return Nodes(nodes...), err
	}, nil
}

func (c *compiler) start(x *Path) (func(*Context) ([]Node, error), error) {
	if x.From != nil {
		from, err := c.expr(x.From)
		return func(k *Context) ([]Node, error) {
			v, err := from(k)
			if ns, ok := v.NodeSet(); ok || err != nil {
				return ns, err
			}
			return nil, fmt.Errorf("a path needs nodes to start from")
		}, err
	}
	if x.Absolute {
		return func(k *Context) ([]Node, error) {
			if k.Env == nil || k.Env.Root == nil {
				return nil, nil
			}
			return []Node{k.Env.Root}, nil
		}, nil
	}
	return func(k *Context) ([]Node, error) {
		if k.Node == nil {
			return nil, nil
		}
		return []Node{k.Node}, nil
	}, nil
}

func (c *compiler) step(x *Path, s *Step) (func(*Context, []Node) ([]Node, error), error) {
	pick, err := axis(x, s)
	if err != nil {
		return nil, err
	}
	indexed, preds := c.index(s)
	filters, err := c.exprs(preds)
	if err != nil {
		return nil, err
	}
	return func(k *Context, from []Node) ([]Node, error) {
		var out []Node
		for _, n := range from {
			kept, all := []Node(nil), []Node(nil)
			var err error
			if indexed != nil {
				kept, err = indexed(k, n, pick)
			} else {
				all = pick(n, nil)
				kept, err = keep(k, all, filters)
			}
			if indexed != nil && err == nil {
				kept, err = keep(k, kept, filters)
			}
			if err != nil {
				return nil, err
			}
			if len(from) == 1 {
				return kept, nil
			}
			out = append(out, missing(out, kept)...)
		}
		return out, nil
	}, nil
}

// index recognises name[col = value] where value does not depend on the nodes
// that are filtered, so that an Index can answer. It returns the predicates that
// are left to check.
func (c *compiler) index(s *Step) (func(*Context, Node, pick) ([]Node, error), []Expr) {
	if len(s.Preds) == 0 || s.Axis != "child" {
		return nil, s.Preds
	}
	eq, ok := s.Preds[0].(*Binary)
	if !ok || eq.Op != "=" {
		return nil, s.Preds
	}
	column, value := columnOf(eq.L), eq.R
	if column == "" {
		column, value = columnOf(eq.R), eq.L
	}
	if column == "" || !constantIn(value) {
		return nil, s.Preds
	}
	f, err := c.expr(value)
	test, err2 := c.expr(s.Preds[0])
	if err != nil || err2 != nil {
		return nil, s.Preds
	}
	return func(k *Context, parent Node, all pick) ([]Node, error) {
		ix, ok := parent.(Index)
		if !ok {
			return keep(k, all(parent, nil), []eval{test})
		}
		v, err := f(k)
		if err != nil {
			return nil, err
		}
		if v.kind == stringKind || v.kind == nodesKind && len(v.nodes) == 1 {
			if found, ok := ix.Lookup(s.Name, column, v.String()); ok {
				return found, nil
			}
		}
		return keep(k, all(parent, nil), []eval{test})
	}, s.Preds[1:]
}

// columnOf returns the name in an expression that is just the name of a child.
func columnOf(e Expr) string {
	p, ok := e.(*Path)
	if !ok || p.Absolute || p.From != nil || len(p.Steps) != 1 || p.Steps[0].Axis != "child" ||
		len(p.Steps[0].Preds) > 0 || p.Steps[0].Name == "*" || p.Steps[0].Name == "node()" || p.Steps[0].Name == "text()" {
		return ""
	}
	return p.Steps[0].Name
}

// constantIn says whether a predicate's operand is the same for every node.
func constantIn(e Expr) bool {
	switch x := e.(type) {
	case *String, *Ref:
		return true
	case *Path:
		if call, ok := x.From.(*Call); ok {
			return call.Name == "current"
		}
		return x.Absolute
	}
	return false
}

// keep applies predicates; a number is a position.
func keep(k *Context, nodes []Node, preds []eval) ([]Node, error) {
	for _, p := range preds {
		var out []Node
		sub := Context{Current: k.Current, Size: len(nodes), Env: k.Env}
		for i, n := range nodes {
			sub.Node, sub.Position = n, i+1
			v, err := p(&sub)
			if err != nil {
				return nil, err
			}
			if v.kind == numberKind && v.n == float64(i+1) || v.kind != numberKind && v.Bool() {
				out = append(out, n)
			}
		}
		nodes = out
	}
	return nodes, nil
}

func (c *compiler) filter(x *Filter) (eval, error) {
	f, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	preds, err := c.exprs(x.Preds)
	if err != nil {
		return nil, err
	}
	return func(k *Context) (Value, error) {
		v, err := f(k)
		if err != nil {
			return Value{}, err
		}
		if v.kind != nodesKind {
			return Value{}, fmt.Errorf("a condition in [ ] needs nodes")
		}
		ns, err := keep(k, v.nodes, preds)
		return Nodes(ns...), err
	}, nil
}

// pick appends the nodes of an axis that pass the node test.
type pick func(n Node, into []Node) []Node

func axis(x *Path, s *Step) (pick, error) {
	name := s.Name
	fits := func(n Node) bool {
		return name == "*" && n.NodeName() != "" || name == "node()" || n.NodeName() == name
	}
	switch s.Axis {
	case "child":
		return func(n Node, out []Node) []Node {
			for _, k := range n.Children() {
				if fits(k) {
					out = append(out, k)
				}
			}
			return out
		}, nil
	case "self":
		return func(n Node, out []Node) []Node {
			if fits(n) {
				out = append(out, n)
			}
			return out
		}, nil
	case "parent":
		return func(n Node, out []Node) []Node {
			if p := n.Parent(); p != nil && (fits(p) || p.NodeName() == "" && name == "node()") {
				out = append(out, p)
			}
			return out
		}, nil
	case "attribute":
		return func(n Node, out []Node) []Node {
			if v, ok := n.Attribute(name); ok {
				out = append(out, attribute{n, name, v})
			}
			return out
		}, nil
	case "ancestor", "ancestor-or-self":
		return ancestors(fits, s.Axis == "ancestor-or-self"), nil
	case "descendant", "descendant-or-self":
		return descendants(fits, s.Axis == "descendant-or-self"), nil
	case "following-sibling", "preceding-sibling":
		return siblings(fits, s.Axis == "following-sibling"), nil
	}
	return nil, fail(x.Offset(), "the axis %s is not supported in questionnaires", s.Axis)
}

func ancestors(fits func(Node) bool, self bool) pick {
	return func(n Node, out []Node) []Node {
		if !self {
			n = n.Parent()
		}
		for ; n != nil; n = n.Parent() {
			if fits(n) {
				out = append(out, n)
			}
		}
		return out
	}
}

func descendants(fits func(Node) bool, self bool) pick {
	var walk func(n Node, out []Node) []Node
	walk = func(n Node, out []Node) []Node {
		for _, k := range n.Children() {
			if fits(k) {
				out = append(out, k)
			}
			out = walk(k, out)
		}
		return out
	}
	return func(n Node, out []Node) []Node {
		if self && fits(n) {
			out = append(out, n)
		}
		return walk(n, out)
	}
}

func siblings(fits func(Node) bool, after bool) pick {
	return func(n Node, out []Node) []Node {
		p := n.Parent()
		if p == nil {
			return out
		}
		seen := false
		for _, k := range p.Children() {
			switch {
			case k == n:
				seen = true
			case seen == after && fits(k):
				out = append(out, k)
			}
		}
		return out
	}
}
