package xform

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"sselandscape/survey"
)

// Limits of what is read, so that a hostile file cannot exhaust memory.
const (
	maxBytes = 32 << 20
	maxTag   = 1 << 20 // bytes of one tag with its attributes
	maxDepth = 100
	maxNodes = 500_000
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
	tags := &tagLimit{r: bufio.NewReader(io.LimitReader(r, maxBytes+1))}
	d := xml.NewDecoder(tags)
	d.Strict = true
	t := &treeReader{doc: &survey.Element{}, scopes: []map[string]string{{}}}
	t.stack = []*survey.Element{t.doc}
	for {
		tok, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return t.end()
		case errors.Is(err, errLongTag):
			line, _ := d.InputPos()
			return nil, fmt.Errorf("line %d: %w", line, errLongTag)
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

// tagLimit refuses tags that are too long, before their attributes are gathered.
type tagLimit struct {
	r     *bufio.Reader
	tag   int  // bytes since "<"; 0 outside tags
	quote byte // that an attribute's value began with, or 0
}

var errLongTag = fmt.Errorf("a tag is longer than %d MB", maxTag>>20)

// ReadByte implements io.ByteReader, which the decoder reads by.
func (t *tagLimit) ReadByte() (byte, error) {
	c, err := t.r.ReadByte()
	switch {
	case err != nil:
		return 0, err
	case t.tag == 0 && c != '<':
		return c, nil
	case t.quote == c:
		t.quote = 0
	case t.quote != 0:
	case c == '"' || c == '\'':
		t.quote = c
	case c == '>':
		t.tag = 0
		return c, nil
	}
	if t.tag++; t.tag > maxTag {
		return 0, errLongTag
	}
	return c, nil
}

// Read implements io.Reader.
func (t *tagLimit) Read(p []byte) (int, error) { return t.r.Read(p) }

type treeReader struct {
	doc    *survey.Element
	chars  strings.Builder // text since the last tag
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
		t.flush(top)
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
		t.flush(top)
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
		t.chars.Write(x)
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

// flush adds the text since the last tag: to the element itself where it holds
// nothing else, as a child of its own between elements.
func (t *treeReader) flush(top *survey.Element) {
	s := t.chars.String()
	t.chars.Reset()
	switch {
	case s == "" || top == t.doc:
	case len(top.Children) == 0:
		top.Text = s
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
