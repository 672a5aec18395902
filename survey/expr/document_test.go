package expr_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"sselandscape/survey/expr"
)

// element is a node of an XML document: an element, the document, a text, a
// comment, an instruction or an attribute.
type element struct {
	kind     expr.NodeKind
	name     string
	space    string // namespace URI
	text     string
	parent   *element
	children []expr.Node // elements
	all      []expr.Node // everything
	attrs    []expr.Node
}

func (e *element) NodeName() string { return e.name }
func (e *element) Text() string {
	if len(e.all) == 0 {
		return e.text
	}
	var b strings.Builder
	for _, c := range e.all {
		if k := c.(expr.Kinded).Kind(); k == expr.ElementNode || k == expr.TextNode {
			b.WriteString(c.Text())
		}
	}
	return b.String()
}
func (e *element) Parent() expr.Node {
	if e.parent == nil {
		return nil
	}
	return e.parent
}
func (e *element) Children() []expr.Node { return e.children }
func (e *element) Contents() []expr.Node {
	if len(e.all) == 0 && e.text != "" && e.kind == expr.ElementNode {
		return []expr.Node{&element{kind: expr.TextNode, text: e.text, parent: e}}
	}
	return e.all
}
func (e *element) Attributes() []expr.Node { return e.attrs }
func (e *element) Namespace() string       { return e.space }
func (e *element) Kind() expr.NodeKind     { return e.kind }
func (e *element) Attribute(n string) (string, bool) {
	for _, a := range e.attrs {
		if a.NodeName() == n {
			return a.Text(), true
		}
	}
	return "", false
}

func (e *element) add(c *element) *element {
	c.parent = e
	e.all = append(e.all, c)
	if c.kind == expr.ElementNode {
		e.children = append(e.children, c)
	}
	return c
}

func (e *element) attr(name, space, text string) {
	e.attrs = append(e.attrs, &element{kind: expr.AttributeNode, name: name, space: space, text: text, parent: e})
}

// path writes where a node stands, as the recorded cases do.
func (e *element) path() string {
	if e.parent == nil {
		return "/"
	}
	up := e.parent.path()
	if up != "/" {
		up += "/"
	}
	if e.kind == expr.AttributeNode {
		return up + "@" + e.name
	}
	i := 0
	for _, c := range e.parent.all {
		if c.(*element).kind == e.kind {
			i++
		}
		if c == expr.Node(e) {
			break
		}
	}
	test := map[expr.NodeKind]string{expr.ElementNode: "*", expr.TextNode: "text()", expr.CommentNode: "comment()",
		expr.InstructionNode: "processing-instruction()"}[e.kind]
	return fmt.Sprintf("%s%s[%d]", up, test, i)
}

// parseXML reads a document; the result is its document node.
func parseXML(text string) (*element, error) {
	doc := &element{kind: expr.DocumentNode}
	at, spaces := doc, []map[string]string{{"xml": "http://www.w3.org/XML/1998/namespace"}}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return doc, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := t.(type) {
		case xml.StartElement:
			space := bound(spaces[len(spaces)-1], x.Attr)
			spaces = append(spaces, space)
			at = at.add(&element{name: qualified(x.Name), space: space[x.Name.Space]})
			for _, a := range x.Attr {
				switch {
				case a.Name.Space == "xmlns" || qualified(a.Name) == "xmlns":
				case a.Name.Space == "":
					at.attr(a.Name.Local, "", a.Value)
				default:
					at.attr(qualified(a.Name), space[a.Name.Space], a.Value)
				}
			}
		case xml.EndElement:
			if at.parent == nil {
				return nil, fmt.Errorf("unbalanced")
			}
			at, spaces = at.parent, spaces[:len(spaces)-1]
		case xml.CharData:
			if at != doc {
				addText(at, string(x))
			}
		case xml.Comment:
			at.add(&element{kind: expr.CommentNode, text: string(x)})
		case xml.ProcInst:
			if x.Target != "xml" {
				at.add(&element{kind: expr.InstructionNode, name: x.Target, text: string(x.Inst)})
			}
		}
	}
}

func addText(at *element, s string) {
	if n := len(at.all); n > 0 && at.all[n-1].(*element).kind == expr.TextNode {
		at.all[n-1].(*element).text += s
		return
	}
	at.add(&element{kind: expr.TextNode, text: s})
}

// bound adds the namespaces that an element declares to those around it.
func bound(around map[string]string, attrs []xml.Attr) map[string]string {
	out := map[string]string{}
	for k, v := range around {
		out[k] = v
	}
	for _, a := range attrs {
		switch {
		case a.Name.Space == "xmlns":
			out[a.Name.Local] = a.Value
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			out[""] = a.Value
		}
	}
	return out
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
