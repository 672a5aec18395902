package interview

import (
	"sync"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// listNode is a list of choices as a secondary instance:
// root/item/{name, label, other columns}.
type listNode struct {
	name, text string
	parent     *listNode
	children   []expr.Node
	choice     *survey.Choice

	mu    sync.Mutex
	index map[string]map[string][]expr.Node // column → text → items; of root
}

func newList(l *survey.List) *listNode {
	doc := &listNode{}
	root := &listNode{name: "root", parent: doc}
	doc.children = []expr.Node{root}
	for i := range l.Choices {
		c := &l.Choices[i]
		item := &listNode{name: "item", parent: root, choice: c}
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

func (n *listNode) add(name, text string) {
	n.children = append(n.children, &listNode{name: name, text: text, parent: n})
}

// items returns the item nodes of a list's document node.
func (n *listNode) items() []expr.Node { return n.children[0].Children() }

func (n *listNode) NodeName() string              { return n.name }
func (n *listNode) Text() string                  { return n.text }
func (n *listNode) Children() []expr.Node         { return n.children }
func (*listNode) Attribute(string) (string, bool) { return "", false }
func (n *listNode) Parent() expr.Node {
	if n.parent == nil {
		return nil
	}
	return n.parent
}

// Lookup implements expr.Index for the root of a list.
func (n *listNode) Lookup(child, column, value string) ([]expr.Node, bool) {
	if n.name != "root" || child != "item" || n.parent == nil {
		return nil, false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	byText, ok := n.index[column]
	if !ok {
		byText = map[string][]expr.Node{}
		for _, it := range n.children {
			for _, c := range it.Children() {
				if c.NodeName() == column {
					byText[c.Text()] = append(byText[c.Text()], it)
				}
			}
		}
		if n.index == nil {
			n.index = map[string]map[string][]expr.Node{}
		}
		n.index[column] = byText
	}
	return byText[value], true
}
