package xform

import (
	"fmt"
	"io"
	"strconv"

	"sselandscape/survey"
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
	readAnswers(root, f.Items, "", out)
	return out, nil
}

func readAnswers(e *survey.Element, items []survey.Item, within survey.Field, out map[survey.Field]survey.Value) {
	byName := map[string]survey.Item{}
	var index func(items []survey.Item)
	index = func(items []survey.Item) {
		for _, it := range items {
			if g, ok := it.(*survey.Group); ok && g.Flat {
				index(g.Items)
				continue
			}
			byName[it.Common().Name] = it
		}
	}
	index(items)
	count := map[string]int{}
	for _, k := range kids(e) {
		switch it := byName[k.Name].(type) {
		case *survey.Group:
			readAnswers(k, it.Items, within, out)
		case *survey.Repeat:
			count[k.Name]++
			row := within + survey.Field(k.Name+"["+strconv.Itoa(count[k.Name])+"]")
			out[row] = survey.Of("1")
			readAnswers(k, it.Items, row+"/", out)
		case *survey.Question:
			out[within+survey.Field(k.Name)] = survey.Of(content(k))
		}
	}
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
	if child(root, "meta") == nil && child(root, "orx:meta") == nil {
		root.Children = append(root.Children[:len(root.Children):len(root.Children)],
			add(element("orx:meta"), textElement("orx:instanceID", "uuid:"+instanceID)))
	}
	return writeXML(w, root)
}
