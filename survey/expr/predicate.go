package expr

// predicate is a compiled condition in [ ].
type predicate struct {
	keep    func(k *Context, nodes []Node) ([]Node, error)
	columns []column // equalities that every kept node fulfils, for an Index
	one     bool     // the condition is one equality and nothing else
}

// column is the condition that some child (or the attribute) called name has a
// value that is the same for all nodes filtered.
type column struct {
	name  string // "@name" of an attribute
	value eval
}

func (c *compiler) predicates(es []Expr) ([]predicate, error) {
	out := make([]predicate, len(es))
	for i, e := range es {
		p, err := c.predicate(e)
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// predicate compiles a condition. A place and equalities of columns are found
// without evaluating the condition for each node.
func (c *compiler) predicate(e Expr) (predicate, error) {
	c.inside++
	defer func() { c.inside-- }()
	test, err := c.expr(e)
	if err != nil {
		return predicate{}, err
	}
	all := func(k *Context, nodes []Node) ([]Node, error) { return keep(k, nodes, test) }
	if at := placeAsked(e); at != nil {
		f, err := c.expr(at)
		return predicate{keep: atPlace(f, all)}, err
	}
	if positional(e) {
		return predicate{keep: all}, nil
	}
	columns, rest, err := c.columns(e)
	if err != nil || len(columns) == 0 {
		return predicate{keep: all}, err
	}
	one := len(columns) == 1 && len(rest) == 0
	return predicate{keep: inColumns(columns, rest, all), columns: columns, one: one}, nil
}

// keep evaluates a condition for each node; a number is a place.
func keep(k *Context, nodes []Node, test eval) ([]Node, error) {
	if len(nodes) == 0 {
		return nil, nil
	}
	var out []Node
	sub := *k
	sub.Size = len(nodes)
	if sub.work == nil {
		sub.work = new(int)
	}
	for i, n := range nodes {
		if sub.look(1); sub.exhausted() {
			return nil, errTooMuch
		}
		sub.Node, sub.Position = n, i+1
		v, err := test(&sub)
		if err != nil {
			return nil, err
		}
		if v.kind == numberKind && v.n == float64(i+1) || v.kind != numberKind && v.Bool() {
			out = append(out, n)
		}
	}
	return out, nil
}

// placeAsked returns the number in [number], [last()] and [position() = number],
// if it is the same for all nodes.
func placeAsked(e Expr) Expr {
	if b, ok := e.(*Binary); ok && b.Op == "=" {
		switch {
		case isCall(b.L, "position"):
			e = b.R
		case isCall(b.R, "position"):
			e = b.L
		default:
			return nil
		}
		if isCall(e, "last") || independent(e) {
			return e
		}
		return nil
	}
	if isCall(e, "last") || typeOf(e) == numberKind && independent(e) {
		return e
	}
	return nil
}

func isCall(e Expr, name string) bool {
	c, ok := e.(*Call)
	return ok && c.Name == name && len(c.Args) == 0
}

func atPlace(place eval, otherwise func(*Context, []Node) ([]Node, error)) func(*Context, []Node) ([]Node, error) {
	return func(k *Context, nodes []Node) ([]Node, error) {
		if len(nodes) == 0 {
			return nil, nil
		}
		sub := *k
		sub.Size = len(nodes)
		v, err := place(&sub)
		if err != nil {
			return nil, err
		}
		if v.kind == booleanKind || v.kind == nodesKind && len(v.nodes) != 1 {
			return otherwise(k, nodes)
		}
		at := v.number(k.Env.zone())
		if i := int(at); at >= 1 && at <= float64(len(nodes)) && float64(i) == at {
			return nodes[i-1 : i : i], nil
		}
		return nil, nil
	}
}

// columns splits a chain of ands into equalities of columns and the rest.
func (c *compiler) columns(e Expr) (columns []column, rest []eval, err error) {
	for _, part := range conjuncts(e, nil) {
		name, value := columnEquality(part)
		if value == nil {
			value = part
		}
		f, err := c.expr(value)
		switch {
		case err != nil:
			return nil, nil, err
		case name != "":
			columns = append(columns, column{name, f})
		default:
			rest = append(rest, asCondition(f))
		}
	}
	return columns, rest, nil
}

func conjuncts(e Expr, into []Expr) []Expr {
	if b, ok := e.(*Binary); ok && b.Op == "and" {
		return conjuncts(b.R, conjuncts(b.L, into))
	}
	return append(into, e)
}

// columnEquality recognises name = value and value = name.
func columnEquality(e Expr) (name string, value Expr) {
	eq, ok := e.(*Binary)
	if !ok || eq.Op != "=" {
		return "", nil
	}
	if name := columnOf(eq.L); name != "" && independent(eq.R) {
		return name, eq.R
	}
	if name := columnOf(eq.R); name != "" && independent(eq.L) {
		return name, eq.L
	}
	return "", nil
}

// columnOf returns the name in an expression that is just the name of a child, or
// "@name" of an attribute.
func columnOf(e Expr) string {
	p, ok := e.(*Path)
	if !ok || p.Absolute || p.From != nil || len(p.Steps) != 1 || len(p.Steps[0].Preds) > 0 {
		return ""
	}
	s := p.Steps[0]
	if t := newTest(&s); t.name == "" || t.local == "*" {
		return ""
	}
	switch s.Axis {
	case "child":
		return s.Name
	case "attribute":
		return "@" + s.Name
	}
	return ""
}

// inColumns keeps the nodes that fulfil the equalities and then the rest. Where a
// value cannot be had, or names have namespaces, each condition is evaluated in
// its turn.
func inColumns(columns []column, rest []eval, otherwise func(*Context, []Node) ([]Node, error)) func(*Context, []Node) ([]Node, error) {
	return func(k *Context, nodes []Node) ([]Node, error) {
		if len(nodes) == 0 {
			return nil, nil
		}
		values := make([]Value, len(columns))
		for i, c := range columns {
			v, err := c.value(k)
			if err != nil || v.kind == booleanKind || k.Env != nil && k.Env.Namespaces != nil {
				return otherwise(k, nodes)
			}
			values[i] = v
			if v.kind == nodesKind && len(v.nodes) == 1 {
				values[i] = Text(v.String())
			}
		}
		from := 0
		for from < len(nodes) && fulfils(k, nodes[from], columns, values) {
			from++
		}
		out := nodes[:from:from]
		for _, n := range nodes[min(from+1, len(nodes)):] {
			if fulfils(k, n, columns, values) {
				out = append(out, n)
			}
		}
		var err error
		for i := 0; i < len(rest) && err == nil; i++ {
			out, err = keep(k, out, rest[i])
		}
		return out, err
	}
}

// asCondition makes a part of an and chain a truth value, so that a number is no
// place there.
func asCondition(f eval) eval {
	return func(k *Context) (Value, error) {
		v, err := f(k)
		return Bool(v.Bool()), err
	}
}

func fulfils(k *Context, n Node, columns []column, values []Value) bool {
	for i, c := range columns {
		if !holds(k, n, c.name, values[i]) {
			return false
		}
	}
	return true
}

func holds(k *Context, n Node, name string, v Value) bool {
	if name[0] == '@' {
		text, ok := n.Attribute(name[1:])
		return ok && equal(Text(text), v, true, k.Env.zone())
	}
	for _, c := range n.Children() {
		if c.NodeName() == name && equal(Text(c.Text()), v, true, k.Env.zone()) {
			return true
		}
	}
	return false
}
