package xform

import (
	"bufio"
	"encoding/xml"
	"io"
	"strings"

	"sselandscape/survey"
)

// element makes an element; attributes come as name, value, name, value.
func element(name string, attrs ...string) *survey.Element {
	e := &survey.Element{Name: name}
	for i := 0; i+1 < len(attrs); i += 2 {
		e.Attrs = append(e.Attrs, survey.Attr{Name: attrs[i], Value: attrs[i+1]})
	}
	return e
}

// textElement makes an element that holds text.
func textElement(name, text string, attrs ...string) *survey.Element {
	e := element(name, attrs...)
	e.Text = text
	return e
}

func add(e *survey.Element, kids ...*survey.Element) *survey.Element {
	for _, k := range kids {
		if k != nil {
			e.Children = append(e.Children, k)
		}
	}
	return e
}

// set writes an attribute, in place of an earlier one of the same name.
func set(e *survey.Element, name, value string) {
	for i := range e.Attrs {
		if e.Attrs[i].Name == name {
			e.Attrs[i].Value = value
			return
		}
	}
	e.Attrs = append(e.Attrs, survey.Attr{Name: name, Value: value})
}

// writeXML writes a document, indented where no text would change by it.
func writeXML(w io.Writer, root *survey.Element) error {
	b := bufio.NewWriter(w)
	b.WriteString("<?xml version=\"1.0\"?>\n")
	writeElement(b, root, "")
	b.WriteByte('\n')
	return b.Flush()
}

func writeElement(b *bufio.Writer, e *survey.Element, indent string) {
	b.WriteByte('<')
	b.WriteString(e.Name)
	for _, a := range e.Attrs {
		b.WriteByte(' ')
		b.WriteString(a.Name)
		b.WriteString(`="`)
		escape(b, a.Value)
		b.WriteByte('"')
	}
	if e.Text == "" && len(e.Children) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	escape(b, e.Text)
	mixed := e.Text != ""
	for _, k := range e.Children {
		mixed = mixed || k.Name == ""
	}
	for _, k := range e.Children {
		if k.Name == "" {
			escape(b, k.Text)
			continue
		}
		if mixed {
			writeElement(b, k, indent)
			continue
		}
		b.WriteString("\n" + indent + "  ")
		writeElement(b, k, indent+"  ")
	}
	if !mixed {
		b.WriteString("\n" + indent)
	}
	b.WriteString("</" + e.Name + ">")
}

func escape(b *bufio.Writer, s string) {
	if strings.ContainsAny(s, "<>&\"'\t\n\r\x00") || !plain(s) {
		xml.EscapeText(b, []byte(s)) //nolint:errcheck // bufio keeps the error for Flush
		return
	}
	b.WriteString(s)
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
