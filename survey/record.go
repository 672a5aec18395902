package survey

import (
	"errors"
	"strings"
)

// Record is the current state of an entity without its history: what most of the
// millions of entities that an export reads need, in a flat list.
type Record struct {
	Entity      string
	Form        string // id of the form, for interviews
	FormVersion string
	Lamport     int64   // the highest of its values
	Contested   []Field // fields that are
	// Fields hold a value each, that which is shown, in the order of their names.
	Fields []RecordField
}

// RecordField is a field that holds a value.
type RecordField struct {
	Name  string
	Value Value
}

// RecordOf is the record of a document.
func RecordOf(d *Document) Record {
	r := Record{Entity: d.Entity, Form: d.Form, FormVersion: d.FormVersion, Contested: d.Contested()}
	for _, f := range d.Fields() {
		r.Fields = append(r.Fields, RecordField{string(f), d.Value(f)})
	}
	for _, hs := range d.Heads {
		for _, h := range hs {
			r.Lamport = max(r.Lamport, h.Lamport)
		}
	}
	return r
}

// Text is the text of a field, "" if it holds none.
func (r *Record) Text(f Field) string {
	for i := range r.Fields {
		if r.Fields[i].Name == string(f) {
			return r.Fields[i].Value.Text
		}
	}
	return ""
}

// errNotPatch means that a text is no patch in canonical JSON.
var errNotPatch = errors.New("it is no patch in canonical JSON")

// AppendFields adds the fields of a patch, canonical JSON as ScanRevision accepts it,
// that hold a value. It is meant for patches that were checked when they came: it looks
// at no more of them than it needs, and most texts are parts of the patch, not copies. Of
// what is no patch it says so, or adds other texts, and never more than that.
func AppendFields(to []RecordField, patch string) ([]RecordField, error) {
	if patch == "null" || patch == "{}" {
		return to, nil
	}
	s := patchScanner{rest: patch}
	s.skip("{")
	for !s.bad {
		name := s.text()
		s.skip(":")
		v, ok := s.value()
		if ok && !s.bad {
			to = append(to, RecordField{name, v})
		}
		if s.rest == "}" {
			return to, nil
		}
		s.skip(",")
	}
	return to, errNotPatch
}

// patchScanner reads canonical JSON; after a mistake it is bad.
type patchScanner struct {
	rest string
	bad  bool
}

func (s *patchScanner) skip(lit string) {
	var ok bool
	if s.rest, ok = strings.CutPrefix(s.rest, lit); !ok {
		s.bad, s.rest = true, ""
	}
}

// text reads a string. Where it has escapes it is decoded, else it is a part of the patch.
func (s *patchScanner) text() string {
	s.skip(`"`)
	end := strings.IndexByte(s.rest, '"')
	if end < 0 {
		s.bad, s.rest = true, ""
		return ""
	}
	if t := s.rest[:end]; strings.IndexByte(t, '\\') < 0 {
		s.rest = s.rest[end+1:]
		return t
	}
	raw := rawScanner{b: []byte(`"` + s.rest)}
	t := raw.raw()
	if s.bad = raw.bad; s.bad {
		s.rest = ""
		return ""
	}
	s.rest = s.rest[raw.at-1:]
	return string(t)
}

// value reads a value; blank ones are not ok.
func (s *patchScanner) value() (v Value, ok bool) {
	switch {
	case strings.HasPrefix(s.rest, `"`):
		v.Text = s.text()
		return v, v.Text != ""
	case strings.HasPrefix(s.rest, "null"):
		s.rest = s.rest[len("null"):]
		return v, false
	}
	s.skip(`{"special":`)
	v.Special = Special(s.text())
	s.skip("}")
	s.bad = s.bad || !v.Special.Valid()
	return v, !s.bad
}
