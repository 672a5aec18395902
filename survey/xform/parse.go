package xform

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"sselandscape/survey"
)

// Limits of what is read, so that a hostile file cannot exhaust memory.
const (
	maxBytes = 64 << 20
	maxDepth = 100
	maxNodes = 2_000_000
)

// prefixes are the names under which elements of the known namespaces are found,
// whatever prefix a document uses.
var prefixes = map[string]string{
	"http://www.w3.org/2002/xforms": "", "http://www.w3.org/1999/xhtml": "h:", "http://openrosa.org/javarosa": "jr:",
	"http://openrosa.org/xforms": "orx:", "http://www.opendatakit.org/xforms": "odk:", "http://www.w3.org/2001/xml-events": "ev:",
	"http://www.opendatakit.org/xforms/entities": "entities:",
}

// ReadXML reads a document into a tree. Elements and attributes of the XForms
// namespaces get their usual prefixes; other names stay as written. Document
// types, entities of a document's own and what exceeds the limits are refused.
func ReadXML(r io.Reader) (*survey.Element, error) {
	d := xml.NewDecoder(io.LimitReader(r, maxBytes+1))
	d.Strict = true
	t := &treeReader{doc: &survey.Element{}, scopes: []map[string]string{{}}}
	t.stack = []*survey.Element{t.doc}
	for {
		tok, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return t.end()
		case d.InputOffset() > maxBytes:
			return nil, fmt.Errorf("the file is larger than %d MB", maxBytes>>20)
		case err != nil:
			line, _ := d.InputPos()
			return nil, fmt.Errorf("line %d: this is no well-formed XML: %w", line, err)
		}
		if err := t.token(tok); err != nil {
			line, _ := d.InputPos()
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

type treeReader struct {
	doc    *survey.Element
	stack  []*survey.Element
	data   int                 // elements open since <instance>; inside, names stay as written
	scopes []map[string]string // prefix → namespace
	nodes  int
}

func (t *treeReader) end() (*survey.Element, error) {
	if len(t.stack) > 1 {
		return nil, fmt.Errorf("the file ends inside the element %s", t.stack[len(t.stack)-1].Name)
	}
	for _, e := range t.doc.Children {
		if e.Name != "" {
			return e, nil
		}
	}
	return nil, errors.New("the file holds no XML element")
}

func (t *treeReader) token(tok xml.Token) error {
	top := t.stack[len(t.stack)-1]
	switch x := tok.(type) {
	case xml.StartElement:
		if t.nodes++; t.nodes > maxNodes {
			return fmt.Errorf("the file holds more than %d elements", maxNodes)
		}
		if len(t.stack) > maxDepth {
			return fmt.Errorf("elements are nested more than %d deep", maxDepth)
		}
		e := t.start(x)
		if t.data > 0 || e.Name == "instance" {
			t.data++
		}
		top.Children = append(top.Children, e)
		t.stack = append(t.stack, e)
	case xml.EndElement:
		if len(t.stack) == 1 {
			return fmt.Errorf("the element %s ends, but did not begin", x.Name.Local)
		}
		if name, _ := t.resolve(x.Name, true); name != top.Name {
			return fmt.Errorf("the element %s ends where %s is open", name, top.Name)
		}
		if t.data > 0 {
			t.data--
		}
		t.stack = t.stack[:len(t.stack)-1]
		t.scopes = t.scopes[:len(t.scopes)-1]
	case xml.CharData:
		t.text(top, string(x))
	case xml.Directive:
		return errors.New("document types and entities are not accepted; take the <! … > out")
	}
	return nil
}

func (t *treeReader) start(x xml.StartElement) *survey.Element {
	scope := t.scopes[len(t.scopes)-1]
	copied := false
	for _, a := range x.Attr {
		if a.Name.Space != "xmlns" && !(a.Name.Space == "" && a.Name.Local == "xmlns") {
			continue
		}
		if !copied {
			fresh := make(map[string]string, len(scope)+1)
			for k, v := range scope {
				fresh[k] = v
			}
			scope, copied = fresh, true
		}
		if a.Name.Space == "xmlns" {
			scope[a.Name.Local] = a.Value
		} else {
			scope[""] = a.Value
		}
	}
	t.scopes = append(t.scopes, scope)
	e := &survey.Element{}
	e.Name, _ = t.resolve(x.Name, true)
	for _, a := range x.Attr {
		name, _ := t.resolve(a.Name, false)
		e.Attrs = append(e.Attrs, survey.Attr{Name: name, Value: a.Value})
	}
	return e
}

// resolve writes a name with the usual prefix of its namespace.
func (t *treeReader) resolve(n xml.Name, element bool) (name string, known bool) {
	if n.Space == "xmlns" || n.Space == "" && !element {
		if n.Space == "" {
			return n.Local, false
		}
		return n.Space + ":" + n.Local, false
	}
	uri := t.scopes[len(t.scopes)-1][n.Space]
	if p, ok := prefixes[uri]; ok && t.data < 2 {
		return p + n.Local, true
	}
	if n.Space == "" {
		return n.Local, false
	}
	return n.Space + ":" + n.Local, false
}

// text adds character data: to the element itself where it holds nothing else,
// as a child of its own between elements.
func (t *treeReader) text(top *survey.Element, s string) {
	switch n := len(top.Children); {
	case top == t.doc:
	case n == 0:
		top.Text += s
	case top.Children[n-1].Name == "":
		top.Children[n-1].Text += s
	default:
		top.Children = append(top.Children, &survey.Element{Text: s})
	}
}

// kids lists the child elements without the text between them.
func kids(e *survey.Element) []*survey.Element {
	var out []*survey.Element
	for _, k := range e.Children {
		if k.Name != "" {
			out = append(out, k)
		}
	}
	return out
}

// child returns the first child element with the name, or nil.
func child(e *survey.Element, name string) *survey.Element {
	for _, k := range e.Children {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// content is the text of an element and all that is in it.
func content(e *survey.Element) string {
	if len(e.Children) == 0 {
		return e.Text
	}
	var b strings.Builder
	b.WriteString(e.Text)
	for _, k := range e.Children {
		b.WriteString(content(k))
	}
	return b.String()
}
