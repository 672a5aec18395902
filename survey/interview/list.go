package interview

import (
	"strings"
	"sync"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// listNode is a node of a secondary instance. A list of choices is
// root/item/{name, label, other columns}.
type listNode struct {
	name, text string
	parent     *listNode
	children   []expr.Node
	attrs      []survey.Attr
	choice     *survey.Choice

	mu    sync.Mutex
	index map[string]map[string]map[string][]expr.Node // child → column → text → children
}

func newList(l *survey.List) *listNode {
	doc := &listNode{}
	root := &listNode{name: "root", parent: doc}
	doc.children = []expr.Node{root}
	root.children = make([]expr.Node, 0, len(l.Choices))
	for i := range l.Choices {
		c := &l.Choices[i]
		item := &listNode{name: "item", parent: root, choice: c}
		item.children = make([]expr.Node, 0, 2+len(c.Extra))
		item.add("name", c.Name)
		item.add("label", c.Label.In("", ""))
		for _, col := range l.Columns {
			if v := c.Extra[col]; v != "" {
				item.add(col, v)
			}
		}
		root.children = append(root.children, item)
	}
	return doc
}

// newTree makes the nodes of an instance; nil is an empty document.
func newTree(root *survey.Element) *listNode {
	doc := &listNode{}
	if root == nil {
		return doc
	}
	var grow func(e *survey.Element, parent *listNode) *listNode
	grow = func(e *survey.Element, parent *listNode) *listNode {
		n := &listNode{name: e.Name, text: e.Text, parent: parent, attrs: e.Attrs}
		for _, k := range e.Children {
			if k.Name == "" {
				n.text += k.Text
				continue
			}
			n.children = append(n.children, grow(k, n))
		}
		return n
	}
	doc.children = []expr.Node{grow(root, doc)}
	return doc
}

func (n *listNode) add(name, text string) {
	n.children = append(n.children, &listNode{name: name, text: text, parent: n})
}

// items returns the item nodes of a list's document node.
func (n *listNode) items() []expr.Node {
	if len(n.children) == 0 {
		return nil
	}
	return n.children[0].Children()
}

// NodeName implements expr.Node.
func (n *listNode) NodeName() string { return n.name }

// Text implements expr.Node: of a node with children it is all their text.
func (n *listNode) Text() string {
	if len(n.children) == 0 {
		return n.text
	}
	text := ""
	for _, k := range n.children {
		text += k.Text()
	}
	return text
}

// Children implements expr.Node.
func (n *listNode) Children() []expr.Node { return n.children }

// Attribute implements expr.Node.
func (n *listNode) Attribute(name string) (string, bool) {
	for _, a := range n.attrs {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// Parent implements expr.Node.
func (n *listNode) Parent() expr.Node {
	if n.parent == nil {
		return nil
	}
	return n.parent
}

// Lookup implements expr.Index for the children of a list's root.
func (n *listNode) Lookup(child, column, value string) ([]expr.Node, bool) {
	if n.parent == nil || n.parent.parent != nil {
		return nil, false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	byText, ok := n.index[child][column]
	if !ok {
		byText = n.indexed(child, column)
		if n.index == nil {
			n.index = map[string]map[string]map[string][]expr.Node{}
		}
		if n.index[child] == nil {
			n.index[child] = map[string]map[string][]expr.Node{}
		}
		n.index[child][column] = byText
	}
	return byText[value], true
}

func (n *listNode) indexed(child, column string) map[string][]expr.Node {
	byText := map[string][]expr.Node{}
	for _, it := range n.children {
		if it.NodeName() != child {
			continue
		}
		if name, ok := strings.CutPrefix(column, "@"); ok {
			if v, has := it.Attribute(name); has {
				byText[v] = append(byText[v], it)
			}
			continue
		}
		for _, c := range it.Children() {
			if c.NodeName() == column {
				byText[c.Text()] = append(byText[c.Text()], it)
				break
			}
		}
	}
	return byText
}
