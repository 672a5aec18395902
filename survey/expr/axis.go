package expr

import "strings"

// nodeTest is what follows an axis: a name, *, prefix:*, or a kind of node.
type nodeTest struct {
	name, prefix, local string // of a name
	any                 bool   // *
	kind                NodeKind
	every               bool   // node()
	target              string // of processing-instruction('target')
	names               bool   // a name or *, so that elements (or attributes) are meant
}

func newTest(s *Step) nodeTest {
	t := nodeTest{kind: ElementNode}
	if s.Axis == "attribute" {
		t.kind = AttributeNode
	}
	what, arg, isType := strings.Cut(s.Name, "(")
	switch {
	case isType && what == "node":
		t.every = true
	case isType && what == "text":
		t.kind = TextNode
	case isType && what == "comment":
		t.kind = CommentNode
	case isType:
		t.kind, t.target = InstructionNode, strings.Trim(arg, `'")`)
	case s.Name == "*":
		t.any, t.names = true, true
	default:
		t.name, t.names = s.Name, true
		t.prefix, t.local = splitName(s.Name)
	}
	return t
}

func splitName(name string) (prefix, local string) {
	if p, l, ok := strings.Cut(name, ":"); ok {
		return p, l
	}
	return "", name
}

// fits says whether a node of any kind passes the test.
func (t *nodeTest) fits(k *Context, n Node) bool {
	switch {
	case t.every:
		return true
	case kindOf(n) != t.kind:
		return false
	case !t.names:
		return t.target == "" || n.NodeName() == t.target
	}
	return t.any || t.named(k, n)
}

// named compares names, by namespace where the node and the expression have any
// (XPath 1.0, 2.3).
func (t *nodeTest) named(k *Context, n Node) bool {
	if k.Env == nil || k.Env.Namespaces == nil {
		return n.NodeName() == t.name || t.local == "*" && strings.HasPrefix(n.NodeName(), t.prefix+":")
	}
	d, ok := n.(Named)
	if !ok {
		return n.NodeName() == t.name
	}
	if _, local := splitName(n.NodeName()); local != t.local && t.local != "*" {
		return false
	}
	space, bound := k.Env.Namespaces[t.prefix]
	switch {
	case t.prefix == "":
		return d.Namespace() == "" || t.kind == ElementNode && bound && d.Namespace() == space
	case !bound:
		return n.NodeName() == t.name
	}
	return d.Namespace() == space
}

// pick appends the nodes of an axis that pass the node test, nearest first.
type pick func(k *Context, n Node, into []Node) []Node

// axis gives the picker of a step; reverse says that its order is against the
// document's (XPath 1.0, 2.2).
func axis(s *Step) (p pick, reverse bool) {
	t := newTest(s)
	switch s.Axis {
	case "child":
		return t.children, false
	case "self":
		return t.self, false
	case "parent":
		return t.parent, false
	case "attribute":
		return t.attributes, false
	case "ancestor", "ancestor-or-self":
		return t.ancestors(s.Axis == "ancestor-or-self"), true
	case "descendant":
		return func(k *Context, n Node, out []Node) []Node { return t.below(k, n, out, 0) }, false
	case "descendant-or-self":
		return func(k *Context, n Node, out []Node) []Node { return t.below(k, n, t.self(k, n, out), 0) }, false
	case "following-sibling":
		return t.following(false), false
	case "following":
		return t.following(true), false
	case "preceding-sibling":
		return t.precedingSiblings, true
	case "preceding":
		return t.preceding, true
	}
	return func(_ *Context, _ Node, out []Node) []Node { return out }, false // namespace
}

func (t *nodeTest) children(k *Context, n Node, out []Node) []Node {
	if !t.names {
		for _, c := range contents(n) {
			if t.fits(k, c) {
				out = append(out, c)
			}
		}
		return out
	}
	kids := n.Children()
	k.look(len(kids))
	from := 0
	for from < len(kids) && !t.fitsChild(k, kids[from]) {
		from++
	}
	to := from
	for to < len(kids) && t.fitsChild(k, kids[to]) {
		to++
	}
	if out == nil {
		out = kids[from:to:to] // one run needs no copy
	} else {
		out = append(out, kids[from:to]...)
	}
	for _, c := range kids[to:] {
		if t.fitsChild(k, c) {
			out = append(out, c)
		}
	}
	return out
}

func (t *nodeTest) fitsChild(k *Context, c Node) bool { return t.any || t.named(k, c) }

func (t *nodeTest) self(k *Context, n Node, out []Node) []Node {
	if t.fits(k, n) {
		out = append(out, n)
	}
	return out
}

func (t *nodeTest) parent(k *Context, n Node, out []Node) []Node {
	if p := n.Parent(); p != nil && t.fits(k, p) {
		out = append(out, p)
	}
	return out
}

func (t *nodeTest) attributes(k *Context, n Node, out []Node) []Node {
	if as, ok := n.(Attributed); ok {
		for _, a := range as.Attributes() {
			if t.fits(k, a) {
				out = append(out, a)
			}
		}
		return out
	}
	if t.name != "" {
		if v, ok := n.Attribute(t.name); ok {
			out = append(out, attribute{n, t.name, v})
		}
	}
	return out
}

func (t *nodeTest) ancestors(self bool) pick {
	return func(k *Context, n Node, out []Node) []Node {
		if !self {
			n = n.Parent()
		}
		for ; n != nil; n = n.Parent() {
			if t.fits(k, n) {
				out = append(out, n)
			}
		}
		return out
	}
}

func (t *nodeTest) below(k *Context, n Node, out []Node, depth int) []Node {
	if depth > maxTree {
		return out
	}
	kids := n.Children
	if !t.names {
		kids = func() []Node { return contents(n) }
	}
	if k.exhausted() {
		return out // what asked for the nodes says so
	}
	for _, c := range kids() {
		k.look(1)
		if t.fits(k, c) {
			out = append(out, c)
		}
		out = t.below(k, c, out, depth+1)
	}
	return out
}

// siblings returns the nodes beside n and the place of n among them.
func siblings(n Node) (all []Node, at int) {
	p := n.Parent()
	if p == nil || kindOf(n) == AttributeNode {
		return nil, -1
	}
	all = contents(p)
	for i, c := range all {
		if c == n {
			return all, i
		}
	}
	return nil, -1
}

// following picks the siblings after a node; deep also what is below them and what
// follows its ancestors.
func (t *nodeTest) following(deep bool) pick {
	return func(k *Context, n Node, out []Node) []Node {
		if deep && kindOf(n) == AttributeNode {
			n = n.Parent()
			out = t.below(k, n, out, 0)
		}
		for ; n != nil; n = n.Parent() {
			all, at := siblings(n)
			k.look(len(all))
			for _, c := range all[at+1:] {
				out = t.self(k, c, out)
				if deep {
					out = t.below(k, c, out, 0)
				}
			}
			if !deep {
				break
			}
		}
		return out
	}
}

func (t *nodeTest) precedingSiblings(k *Context, n Node, out []Node) []Node {
	all, at := siblings(n)
	k.look(at)
	for i := at - 1; i >= 0; i-- {
		out = t.self(k, all[i], out)
	}
	return out
}

// preceding picks what ends before a node begins, the nearest first.
func (t *nodeTest) preceding(k *Context, n Node, out []Node) []Node {
	if kindOf(n) == AttributeNode {
		n = n.Parent()
	}
	for ; n != nil; n = n.Parent() {
		all, at := siblings(n)
		k.look(at)
		for i := at - 1; i >= 0; i-- {
			from := len(out)
			out = t.below(k, all[i], t.self(k, all[i], out), 0)
			for a, b := from, len(out)-1; a < b; a, b = a+1, b-1 {
				out[a], out[b] = out[b], out[a]
			}
		}
	}
	return out
}
