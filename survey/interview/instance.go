package interview

import (
	"fmt"

	"golang.org/x/text/unicode/norm"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// attributes compiles the attributes of an instance node that a bind computes.
func (c *compilation) attributes(s *slot) {
	attrs := s.item.Common().Attrs
	for i, a := range attrs {
		if a.Calculation == "" {
			continue
		}
		if s.attrs == nil {
			s.attrs = make([]*expr.Program, len(attrs))
		}
		s.attrs[i] = c.expression(s, value, "attribute "+a.Name, a.Calculation)
	}
}

// attributeNode is an attribute as the context of its own calculation.
type attributeNode struct{ owner *node }

func (a attributeNode) NodeName() string              { return "" }
func (a attributeNode) Text() string                  { return "" }
func (a attributeNode) Parent() expr.Node             { return a.owner }
func (a attributeNode) Children() []expr.Node         { return nil }
func (attributeNode) Attribute(string) (string, bool) { return "", false }

func (s *Session) computeAttributes(n *node) {
	if n.whole() {
		return
	}
	if n.attrs == nil {
		for _, a := range n.slot.item.Common().Attrs {
			n.attrs = append(n.attrs, a.Value)
		}
	}
	for i, p := range n.slot.attrs {
		if p == nil {
			continue
		}
		at := attributeNode{n}
		v, err := p.Eval(&expr.Context{Node: at, Current: at, Env: s.env})
		if err != nil {
			s.note(n, err.Error())
		}
		n.attrs[i] = v.String()
	}
}

// Instance gives the interview as the primary instance of an XForm: what is
// relevant, with its values, the rows of repeats as siblings.
func (s *Session) Instance() *survey.Element {
	root := &survey.Element{Name: s.program.root.name(), Attrs: s.program.Form.RootAttrs}
	s.instanceBelow(s.root, root)
	return root
}

func (s *Session) instanceBelow(n *node, into *survey.Element) {
	for _, k := range n.kids {
		switch {
		case k.slot.flat:
			s.instanceBelow(k, into)
		case k.whole():
			for _, r := range k.rows {
				s.instanceNode(r, into)
			}
		default:
			s.instanceNode(k, into)
		}
	}
}

func (s *Session) instanceNode(n *node, into *survey.Element) {
	if !n.relevant || n.slot.q != nil && n.slot.q.Kind == survey.External {
		return
	}
	e := &survey.Element{Name: n.slot.name()}
	for i, a := range n.slot.item.Common().Attrs {
		v := a.Value
		if n.attrs != nil {
			v = n.attrs[i]
		}
		e.Attrs = append(e.Attrs, survey.Attr{Name: a.Name, Value: v})
	}
	into.Children = append(into.Children, e)
	if n.slot.q != nil {
		if n.value.Special != "" { // XForms has no value for it
			e.Attrs = append(e.Attrs, survey.Attr{Name: "sse:special", Value: string(n.value.Special)})
		}
		e.Text = norm.NFC.String(n.current()) // keyboards compose letters in several ways
		return
	}
	s.instanceBelow(n, e)
}

// Place is a node of an interview as XForms sees it.
type Place struct {
	Path     string // "/data/household[2]/name"; of a repeat as a whole without a number
	Field    survey.Field
	Item     survey.Item // nil for the root
	Row      bool        // a row of a repeat; else, of a repeat, the whole
	Rows     int         // of a repeat as a whole
	Value    survey.Value
	Relevant bool
	Required bool
	ReadOnly bool
	Broken   bool // the constraint does not hold
}

// Path is the place of a field as XPath: "/data/household[2]/name"; "" if there is
// none.
func (s *Session) Path(f survey.Field) string {
	n := s.walk(f, nil)
	if n == nil {
		return ""
	}
	path := ""
	for at := n; at != nil; at = at.parent {
		switch {
		case at.isRow:
			path = fmt.Sprintf("/%s[%d]", at.slot.name(), at.at+1) + path
		case at.slot.flat || at.whole() && at != n:
		default:
			path = "/" + at.slot.name() + path
		}
	}
	return path
}

// Places visits every node in document order, relevant or not.
func (s *Session) Places(visit func(Place)) {
	var walk func(n *node, path string)
	walk = func(n *node, path string) {
		if n.slot.item != nil && !n.slot.flat {
			path += "/" + n.slot.name()
		}
		p := Place{Path: path, Item: n.slot.item, Rows: len(n.rows), Relevant: n.relevant, Required: n.required, ReadOnly: n.readOnly, Broken: n.broken}
		if n.slot.item != nil {
			p.Field = n.field()
		}
		if n.slot.q != nil {
			p.Value = n.answer()
		}
		if !n.slot.flat {
			visit(p)
		}
		for i, r := range n.rows {
			at := fmt.Sprintf("%s[%d]", path, i+1)
			visit(Place{Path: at, Field: r.field(), Item: n.slot.item, Row: true, Relevant: r.relevant, ReadOnly: r.readOnly})
			for _, k := range r.kids {
				walk(k, at)
			}
		}
		for _, k := range n.kids {
			walk(k, path)
		}
	}
	walk(s.root, "/"+s.root.slot.name())
}
