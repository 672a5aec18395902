package expr

import "slices"

// Node is one node of an instance: an element with a text value. The interview
// and its choice lists implement it; attribute and text nodes are made as needed.
// The dynamic types of nodes must be comparable, and the same node equal to itself.
type Node interface {
	NodeName() string // as written, with its prefix; "" for the document node
	Text() string     // string-value (XPath 1.0, 5)
	Parent() Node     // nil above the document node
	Children() []Node // the elements below, in document order
	Attribute(name string) (string, bool)
}

// Placed is implemented by nodes that know their number, from 1, among their
// siblings of the same name.
type Placed interface{ Place() int }

// Absent is implemented by nodes that may be out of play: a question that is not
// relevant. Where one value is asked for, such a node is a blank; where nodes are
// counted, added up or joined it is not there (as in JavaRosa).
type Absent interface{ Absent() bool }

// Index is implemented by nodes that find children by the value of one of their
// columns faster than by looking at each: item[col = value].
type Index interface {
	// Lookup returns the children called child whose own child column has the text
	// value, in document order; ok is false if the node has no index for that.
	Lookup(child, column, value string) (found []Node, ok bool)
}

// Named is implemented by nodes of documents with namespaces. It has an effect
// where Env.Namespaces binds prefixes; other nodes are known by their written name.
type Named interface {
	Namespace() string // URI, "" for none
}

// NodeKind is the kind of a node (XPath 1.0, 5).
type NodeKind uint8

// The kinds of nodes. Namespace nodes do not exist in questionnaires.
const (
	ElementNode NodeKind = iota
	DocumentNode
	AttributeNode
	TextNode
	CommentNode
	InstructionNode // a processing instruction; its NodeName is the target
)

// Kinded is implemented by nodes that say their kind. Others are elements, or the
// document node where they have no name.
type Kinded interface{ Kind() NodeKind }

// Mixed is implemented by nodes that keep text, comments and instructions among
// their elements. Of other nodes the text() is what Text gives, where there are no
// elements inside.
type Mixed interface {
	Contents() []Node // all children, in document order
}

// Attributed is implemented by nodes that can list their attributes, for @*.
type Attributed interface{ Attributes() []Node }

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
func (a attribute) Kind() NodeKind                  { return AttributeNode }

// leafText is the text inside an element that is not Mixed.
type leafText struct{ owner Node }

func (t leafText) NodeName() string                { return "" }
func (t leafText) Text() string                    { return t.owner.Text() }
func (t leafText) Parent() Node                    { return t.owner }
func (t leafText) Children() []Node                { return nil }
func (t leafText) Attribute(string) (string, bool) { return "", false }
func (t leafText) Kind() NodeKind                  { return TextNode }

func kindOf(n Node) NodeKind {
	if k, ok := n.(Kinded); ok {
		return k.Kind()
	}
	if n.NodeName() == "" {
		return DocumentNode
	}
	return ElementNode
}

// contents returns all children of a node, its text too.
func contents(n Node) []Node {
	if m, ok := n.(Mixed); ok {
		return m.Contents()
	}
	kids := n.Children()
	if len(kids) == 0 && kindOf(n) == ElementNode && n.Text() != "" {
		return []Node{leafText{n}}
	}
	return kids
}

func attributes(n Node) []Node {
	if a, ok := n.(Attributed); ok {
		return a.Attributes()
	}
	return nil
}

// present takes out the nodes that are out of play.
func present(nodes []Node) []Node {
	gone := func(n Node) bool { a, ok := n.(Absent); return ok && a.Absent() }
	if !slices.ContainsFunc(nodes, gone) {
		return nodes
	}
	return slices.DeleteFunc(slices.Clone(nodes), gone)
}

// place is the node's number among its siblings of the same name, from 1.
func place(n Node) int {
	if p, ok := n.(Placed); ok {
		return p.Place()
	}
	p := n.Parent()
	if p == nil {
		return 1
	}
	i := 0
	for _, s := range p.Children() {
		if s.NodeName() == n.NodeName() {
			i++
		}
		if s == n {
			break
		}
	}
	return i
}

// placed returns the nodes whose place is the wanted one. Siblings are counted
// once, not once for each node.
func placed(nodes []Node, want int) map[Node]bool {
	out := make(map[Node]bool, len(nodes))
	counted := map[Node]map[string]Node{} // parent → name → the child in that place
	for _, n := range nodes {
		p := n.Parent()
		if _, ok := n.(Placed); ok || p == nil {
			out[n] = place(n) == want
			continue
		}
		at, ok := counted[p]
		if !ok {
			at = inPlace(p, want)
			counted[p] = at
		}
		out[n] = at[n.NodeName()] == n
	}
	return out
}

// inPlace returns by name the child of p that is the want-th of that name.
func inPlace(p Node, want int) map[string]Node {
	count, out := map[string]int{}, map[string]Node{}
	for _, s := range p.Children() {
		name := s.NodeName()
		if count[name]++; count[name] == want {
			out[name] = s
		}
	}
	return out
}
