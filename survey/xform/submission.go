package xform

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"sselandscape/survey"
)

// specialAttr is the attribute of an element that holds a special answer, which
// XForms has no value for, and specialURI the namespace of its prefix.
const (
	specialAttr = "sse:special"
	specialURI  = "urn:sse-landscape:xlsform:1"
)

// ReadSubmission reads the answers of an interview from submission XML. Rows of
// repeats are numbered from 1. What the form does not know is left out.
func ReadSubmission(r io.Reader, f *survey.Form) (map[survey.Field]survey.Value, error) {
	root, err := ReadXML(r)
	if err != nil {
		return nil, fmt.Errorf("read submission: %w", err)
	}
	if root.Name != f.RootName() {
		return nil, fmt.Errorf("read submission: the root element is %s, that of the form is %s", root.Name, f.RootName())
	}
	if id := root.Attr("id"); id != "" && id != f.ID {
		return nil, fmt.Errorf("read submission: it belongs to the form %q, not to %q", id, f.ID)
	}
	out := map[survey.Field]survey.Value{}
	for _, e := range Entries(root, f) {
		if e.Item != nil {
			out[e.Field] = e.Value
		}
	}
	return out, nil
}

// Entry is an element of a submission that holds an answer, or a row of a repeat.
type Entry struct {
	Path  string       // from below the root, rows by number: "farm[2]/crop"
	Item  survey.Item  // the question or repeat; nil where the form does not know it
	Field survey.Field // of an element that is not known: the row around it, or ""
	Value survey.Value // of a row "1"
}

// Entries lists what a submission holds, in its order. Rows of repeats are numbered
// from 1. Elements that the form does not know are there where they hold text; the
// metadata that Meta reads are not.
func Entries(root *survey.Element, f *survey.Form) []Entry {
	w := &entryReader{patterns: f.Patterns()}
	w.read(root, f.Items, scope{})
	return w.out
}

type entryReader struct {
	patterns map[survey.Item]string
	out      []Entry
}

// scope is what is around an element: its path, and the row with the pattern of its
// repeat.
type scope struct {
	path, pattern string
	row           survey.Field
}

// field is the field of an item in the row.
func (s scope) field(pattern string) survey.Field {
	if s.row == "" {
		return survey.Field(pattern)
	}
	return s.row + survey.Field(strings.TrimPrefix(pattern, s.pattern))
}

func (w *entryReader) read(e *survey.Element, items []survey.Item, at scope) {
	byName := map[string]survey.Item{}
	index(items, byName)
	count := map[string]int{}
	for _, k := range kids(e) {
		in := at
		in.path += k.Name
		switch it := byName[k.Name].(type) {
		case *survey.Group:
			in.path += "/"
			w.read(k, it.Items, in)
		case *survey.Repeat:
			count[k.Name]++
			n := "[" + strconv.Itoa(count[k.Name]) + "]"
			in.path += n
			in.row, in.pattern = at.field(w.patterns[it])+survey.Field(n), w.patterns[it]
			w.out = append(w.out, Entry{in.path, it, in.row, survey.Of("1")})
			in.path += "/"
			w.read(k, it.Items, in)
		case *survey.Question:
			v := survey.Of(content(k))
			if s := survey.Special(k.Attr(specialAttr)); s.Valid() && v.Blank() {
				v = survey.Value{Special: s}
			}
			w.out = append(w.out, Entry{in.path, it, at.field(w.patterns[it]), v})
		default:
			if k.Name != "meta" && k.Name != "orx:meta" {
				w.unknown(k, in)
			}
		}
	}
}

// index finds items by the names of their elements. Groups that are only frames have
// none.
func index(items []survey.Item, byName map[string]survey.Item) {
	for _, it := range items {
		if g, ok := it.(*survey.Group); ok && g.Flat {
			index(g.Items, byName)
			continue
		}
		byName[it.Common().Name] = it
	}
}

// unknown lists the elements below one that the form does not know.
func (w *entryReader) unknown(e *survey.Element, at scope) {
	below := kids(e)
	if len(below) == 0 {
		if text := content(e); strings.TrimSpace(text) != "" {
			w.out = append(w.out, Entry{Path: at.path, Field: at.row, Value: survey.Of(text)})
		}
		return
	}
	for _, k := range below {
		in := at
		in.path += "/" + k.Name
		w.unknown(k, in)
	}
}

// Meta is a metadatum of a submission by its name in the OpenRosa metadata schema
// (instanceID, deprecatedID, rootUuid …), "" if there is none. The instanceID may
// also be an attribute of the root, as ODK Briefcase writes it.
func Meta(root *survey.Element, name string) string {
	for _, m := range [...][2]string{{"orx:meta", "orx:"}, {"meta", ""}, {"meta", "orx:"}} {
		if meta := child(root, m[0]); meta != nil {
			if e := child(meta, m[1]+name); e != nil {
				return strings.TrimSpace(content(e))
			}
		}
	}
	return strings.TrimSpace(root.Attr(name))
}

// WriteSubmission writes an interview as submission XML: the tree of
// interview.Session.Instance, with the attributes that servers ask for and
// orx:meta with an instanceID (OpenRosa metadata schema) where the form has none.
func WriteSubmission(w io.Writer, f *survey.Form, instance *survey.Element, instanceID string) error {
	root := &survey.Element{Name: instance.Name, Children: instance.Children}
	root.Attrs = append(root.Attrs, instance.Attrs...)
	set(root, "id", f.ID)
	if f.Version != "" {
		set(root, "version", f.Version)
	}
	set(root, "xmlns:orx", "http://openrosa.org/xforms")
	if special(root) {
		set(root, "xmlns:sse", specialURI)
	}
	if child(root, "meta") == nil && child(root, "orx:meta") == nil {
		root.Children = append(root.Children[:len(root.Children):len(root.Children)],
			add(element("orx:meta"), textElement("orx:instanceID", "uuid:"+instanceID)))
	}
	return writeXML(w, root)
}

// special says whether a special answer is among the elements.
func special(e *survey.Element) bool {
	if e.Attr(specialAttr) != "" {
		return true
	}
	for _, k := range e.Children {
		if special(k) {
			return true
		}
	}
	return false
}
