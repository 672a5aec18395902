package expr

import "slices"

// step is a compiled location step.
type step struct {
	axis    string
	name    string
	pick    pick
	reverse bool
	preds   []predicate
}

// path compiles a location path. Nodes come in document order, each once; they are
// sorted only where the steps can have brought them out of it.
func (c *compiler) path(x *Path) (eval, error) {
	start, flat, err := c.start(x)
	if err != nil {
		return nil, err
	}
	steps, err := c.steps(x.Steps)
	if err != nil {
		return nil, err
	}
	if x.From == nil && !x.Absolute && len(steps) == 1 {
		only := steps[0]
		return func(k *Context) (Value, error) {
			if k.Node == nil {
				return Nodes(), nil
			}
			nodes, err := only.from(k, k.Node)
			return Value{kind: nodesKind, nodes: nodes}, err
		}, nil
	}
	return func(k *Context) (Value, error) {
		nodes, err := start(k)
		flat := flat
		for i := 0; i < len(steps) && err == nil && len(nodes) > 0; i++ {
			nodes, flat, err = steps[i].apply(k, nodes, flat)
		}
		return Value{kind: nodesKind, nodes: nodes}, err
	}, nil
}

// start gives the nodes that a path starts from; flat says that none of them lies
// inside another and that they are in document order.
func (c *compiler) start(x *Path) (nodes func(*Context) ([]Node, error), flat bool, err error) {
	if x.From != nil {
		from, err := c.expr(x.From)
		return func(k *Context) ([]Node, error) {
			v, err := from(k)
			if ns, ok := v.NodeSet(); ok || err != nil {
				return ns, err
			}
			return nil, errNoNodes
		}, startsFlat(x.From), err
	}
	if x.Absolute {
		return func(k *Context) ([]Node, error) {
			if k.Env == nil || k.Env.Root == nil {
				return nil, nil
			}
			return []Node{k.Env.Root}, nil
		}, true, nil
	}
	return func(k *Context) ([]Node, error) {
		if k.Node == nil {
			return nil, nil
		}
		return []Node{k.Node}, nil
	}, true, nil
}

func startsFlat(e Expr) bool {
	switch x := e.(type) {
	case *Ref, *Call:
		return true
	case *Filter:
		return startsFlat(x.X)
	}
	return false
}

func (c *compiler) steps(ss []Step) ([]step, error) {
	var out []step
	for i := 0; i < len(ss); i++ {
		s := ss[i]
		if deep(s) && i+1 < len(ss) && ss[i+1].Axis == "child" && !anyPositional(ss[i+1].Preds) {
			i++
			s = ss[i]
			s.Axis = "descendant" // //x is descendant::x where no place is asked for
		}
		compiled, err := c.step(&s)
		if err != nil {
			return nil, err
		}
		out = append(out, compiled)
	}
	return out, nil
}

func (c *compiler) step(s *Step) (step, error) {
	p, reverse := axis(s)
	preds, err := c.predicates(s.Preds)
	return step{axis: s.Axis, name: s.Name, pick: p, reverse: reverse, preds: preds}, err
}

// apply takes one step from each of the nodes.
func (s *step) apply(k *Context, from []Node, flat bool) ([]Node, bool, error) {
	if len(from) == 1 {
		out, err := s.from(k, from[0])
		switch s.axis {
		case "child", "attribute", "self", "parent", "following-sibling", "preceding-sibling":
			return out, true, err
		}
		return out, false, err
	}
	out := make([]Node, 0, len(from))
	k = k.working()
	for _, n := range from {
		if k.look(1); k.exhausted() {
			return nil, false, errTooMuch
		}
		found, err := s.from(k, n)
		if err != nil {
			return nil, false, err
		}
		out = append(out, found...)
	}
	switch s.axis {
	case "self", "attribute":
		return out, flat, nil
	case "child":
		if flat {
			return out, true, nil
		}
	case "descendant", "descendant-or-self":
		if flat {
			return out, false, nil
		}
	}
	return arrange(out), false, nil
}

// from takes the step from one node; its nodes are in document order.
func (s *step) from(k *Context, n Node) ([]Node, error) {
	nodes, found := s.lookup(k, n)
	preds := s.preds
	if found && preds[0].one {
		preds = preds[1:] // the index has answered it
	}
	if !found {
		if nodes = s.pick(k, n, nil); k.exhausted() {
			return nil, errTooMuch
		}
	}
	var err error
	for i := 0; i < len(preds) && err == nil; i++ {
		nodes, err = preds[i].keep(k, nodes)
	}
	if s.reverse && len(nodes) > 1 {
		nodes = slices.Clone(nodes)
		slices.Reverse(nodes)
	}
	return nodes, err
}

// lookup lets an Index narrow the children down to those that can pass the first
// predicate, by the column that leaves the fewest.
func (s *step) lookup(k *Context, n Node) (fewest []Node, any bool) {
	if len(s.preds) == 0 || len(s.preds[0].columns) == 0 || s.axis != "child" {
		return nil, false
	}
	ix, ok := n.(Index)
	if !ok {
		return nil, false
	}
	for _, c := range s.preds[0].columns {
		v, err := c.value(k)
		if err != nil {
			continue // the condition says so in its turn
		}
		if v.kind == stringKind || v.kind == nodesKind && len(v.nodes) == 1 {
			if found, ok := ix.Lookup(s.name, c.name, v.String()); ok && (!any || len(found) < len(fewest)) {
				fewest, any = found, true
			}
		}
	}
	return fewest, any
}

func (c *compiler) filter(x *Filter) (eval, error) {
	f, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	preds, err := c.predicates(x.Preds)
	if err != nil {
		return nil, err
	}
	return func(k *Context) (Value, error) {
		v, err := f(k)
		if err != nil {
			return Value{}, err
		}
		if v.kind != nodesKind {
			return Value{}, errNoNodes
		}
		nodes := v.nodes
		for i := 0; i < len(preds) && err == nil; i++ {
			nodes, err = preds[i].keep(k, nodes)
		}
		return Value{kind: nodesKind, nodes: nodes}, err
	}, nil
}
