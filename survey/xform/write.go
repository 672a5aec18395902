package xform

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Write writes a form as an XForm, as pyxform would; a form that was read from an
// XForm is written as it was.
func Write(w io.Writer, f *survey.Form) error { return writeXML(w, Document(f)) }

// Document builds the XForm of a form as a tree of elements.
func Document(f *survey.Form) *survey.Element {
	if f.Document != nil {
		return withNamespaces(f.Document)
	}
	w := &writer{form: f, paths: newPaths(f), itext: newItext(), within: map[survey.Item]*survey.Repeat{},
		triggered: map[survey.Item][]*survey.Question{}, tables: map[*survey.Group][]survey.Item{}, looks: map[survey.Item]string{}}
	w.prepare()
	return w.document()
}

type writer struct {
	form      *survey.Form
	paths     *paths
	itext     *itext
	within    map[survey.Item]*survey.Repeat     // innermost repeat around an item
	triggered map[survey.Item][]*survey.Question // questions that an item sets off
	tables    map[*survey.Group][]survey.Item    // items of a table-list, with those that make the table
	frames    []survey.Item                      // groups without a node around the item at hand
	looks     map[survey.Item]string             // appearances in a table-list
}

var namespaceURIs = [][2]string{{"xmlns", "http://www.w3.org/2002/xforms"}, {"xmlns:h", "http://www.w3.org/1999/xhtml"},
	{"xmlns:ev", "http://www.w3.org/2001/xml-events"}, {"xmlns:xsd", "http://www.w3.org/2001/XMLSchema"},
	{"xmlns:jr", "http://openrosa.org/javarosa"}, {"xmlns:orx", "http://openrosa.org/xforms"},
	{"xmlns:odk", "http://www.opendatakit.org/xforms"}}

// withNamespaces declares the usual prefixes, which the names of a tree that was
// read have, beside those that the document declared.
func withNamespaces(html *survey.Element) *survey.Element {
	out := &survey.Element{Name: html.Name, Text: html.Text, Children: html.Children}
	for _, ns := range namespaceURIs {
		set(out, ns[0], ns[1])
	}
	set(out, "xmlns:entities", entitiesURI)
	for _, a := range html.Attrs {
		if out.Attr(a.Name) == "" {
			out.Attrs = append(out.Attrs, a)
		}
	}
	return out
}

const entitiesURI = "http://www.opendatakit.org/xforms/entities"

// prepare learns what stands in what and what sets off what.
func (w *writer) prepare() {
	byName := map[string]survey.Item{}
	w.form.Walk(func(it survey.Item, within []survey.Item) bool {
		byName[it.Common().Name] = it
		for _, up := range within {
			if r, ok := up.(*survey.Repeat); ok {
				w.within[it] = r
			}
		}
		if g, ok := it.(*survey.Group); ok && slices.Contains(strings.Fields(g.Appearance), "table-list") {
			w.tableList(g)
		}
		return true
	})
	w.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok {
			for _, t := range q.Trigger {
				if from := byName[t]; from != nil {
					w.triggered[from] = append(w.triggered[from], q)
				}
			}
		}
		return true
	})
}

// kids lists the items of a group.
func (w *writer) kids(g *survey.Group) []survey.Item {
	if items, ok := w.tables[g]; ok {
		return items
	}
	return g.Items
}

// look returns the appearance of an item.
func (w *writer) look(it survey.Item) string {
	if a, ok := w.looks[it]; ok {
		return a
	}
	return it.Common().Appearance
}

// tableList makes a table of the questions of a group: its label becomes a note,
// and in front of the first question stands one that shows only the choices.
func (w *writer) tableList(g *survey.Group) {
	w.looks[g] = strings.Replace(g.Appearance, "table-list", "field-list", 1)
	var items []survey.Item
	addItem := func(q *survey.Question) {
		items = append(items, q)
		w.within[q] = w.within[g]
		pl := w.paths.byItem[g].below(q.Name)
		w.paths.byItem[q] = pl
	}
	if len(g.Label)+len(g.Media) > 0 {
		addItem(&survey.Question{Kind: survey.Note, Type: "note", Node: survey.Node{Label: g.Label, Media: g.Media, Row: g.Row,
			Name: fmt.Sprintf("generated_table_list_label_%d", g.Row)}})
	}
	header := false
	for _, it := range g.Items {
		q, ok := it.(*survey.Question)
		if ok && q.Kind.Selects() {
			if !header {
				header = true
				addItem(&survey.Question{Kind: q.Kind, Type: q.Type, List: q.List, File: q.File, ChoiceFilter: q.ChoiceFilter,
					Node: survey.Node{Row: q.Row, Appearance: "label", Relevant: q.Relevant, Name: fmt.Sprintf("reserved_name_for_field_list_labels_%d", q.Row)}})
			}
			w.looks[q] = strings.TrimSpace("list-nolabel " + q.Appearance)
		}
		items = append(items, it)
	}
	w.tables[g] = items
}

func (w *writer) document() *survey.Element {
	html := element("h:html")
	for _, ns := range namespaceURIs {
		set(html, ns[0], ns[1])
	}
	if len(w.form.Entities) > 0 {
		set(html, "xmlns:entities", entitiesURI)
	}
	for _, prefix := range slices.Sorted(maps.Keys(w.form.Namespaces)) {
		set(html, "xmlns:"+prefix, w.form.Namespaces[prefix])
	}
	model := element("model", "odk:xforms-version", "1.0.0")
	if v := w.entitiesVersion(); v != "" {
		set(model, "entities:entities-version", v)
	}
	instance := add(element("instance"), w.instance())
	binds := w.binds()
	body := w.body()
	secondary := w.secondary()
	add(model, w.itext.element(w.language("")), w.submission(), instance)
	add(model, secondary...)
	add(model, binds...)
	head := add(element("h:head"), textElement("h:title", w.form.Title), model)
	return add(html, head, body)
}

func (w *writer) entitiesVersion() string {
	es := w.form.Entities
	switch {
	case len(es) == 0:
		return ""
	case len(es) == 1 && es[0].In == nil:
		return "2024.1.0"
	}
	return "2025.1.0"
}

func (w *writer) submission() *survey.Element {
	s := w.form.Settings
	e := element("submission")
	if s["submission_url"] != "" {
		set(e, "action", s["submission_url"])
		set(e, "method", "post")
	}
	for _, pair := range [...][2]string{{"public_key", "base64RsaPublicKey"}, {"auto_send", "orx:auto-send"}, {"auto_delete", "orx:auto-delete"}} {
		if v := s[pair[0]]; v != "" {
			set(e, pair[1], v)
		}
	}
	if v := strings.ToLower(s["client_editable"]); v == "yes" || v == "true" || v == "true()" {
		set(e, "odk:client-editable", "true")
	}
	if len(e.Attrs) == 0 {
		return nil
	}
	return e
}

// instance writes the primary instance.
func (w *writer) instance() *survey.Element {
	root := element(w.form.RootName())
	s := w.form.Settings
	if s["instance_xmlns"] != "" {
		set(root, "xmlns", s["instance_xmlns"])
	}
	for _, k := range slices.Sorted(maps.Keys(s)) {
		if name, ok := strings.CutPrefix(k, "attribute::"); ok {
			set(root, name, s[k])
		}
	}
	set(root, "id", w.form.ID)
	if w.form.Version != "" {
		set(root, "version", w.form.Version)
	}
	for _, k := range [...]string{"prefix", "delimiter"} {
		if s[k] != "" {
			set(root, "odk:"+k, s[k])
		}
	}
	w.nodes(root, w.form.Items, false)
	add(root, w.meta(nil))
	return root
}

func (w *writer) nodes(into *survey.Element, items []survey.Item, template bool) {
	for _, it := range items {
		switch t := it.(type) {
		case *survey.Group:
			if t.Flat {
				w.nodes(into, w.kids(t), template)
				continue
			}
			e := w.node(it)
			w.nodes(e, w.kids(t), false)
			add(into, add(e, w.meta(it)))
		case *survey.Repeat:
			if counted(t) {
				add(into, element(t.Name+"_count"))
			}
			model := element(t.Name, "jr:template", "")
			w.nodes(model, t.Items, true)
			add(into, add(model, w.meta(it)))
			if template {
				continue
			}
			row := w.node(it)
			w.nodes(row, t.Items, false)
			w.plainRows(row)
			add(into, add(row, w.meta(it)))
		case *survey.Question:
			if t.Kind != survey.External && t.Kind != survey.Audit {
				e := w.node(it)
				e.Text = w.initial(t)
				add(into, e)
			}
		}
	}
}

// plainRows takes the templates out of a row that is no template.
func (w *writer) plainRows(row *survey.Element) {
	row.Children = slices.DeleteFunc(row.Children, func(e *survey.Element) bool {
		return slices.ContainsFunc(e.Attrs, func(a survey.Attr) bool { return a.Name == "jr:template" })
	})
	for _, k := range row.Children {
		w.plainRows(k)
	}
}

func (w *writer) node(it survey.Item) *survey.Element {
	n := it.Common()
	e := element(n.Name)
	for _, k := range slices.Sorted(maps.Keys(n.Instance)) {
		set(e, k, strings.TrimSpace(w.paths.link(n.Instance[k], w.paths.byItem[it], false)))
	}
	return e
}

// initial is the text of a question's node before anything is answered.
func (w *writer) initial(q *survey.Question) string {
	switch {
	case q.Default == "" || q.Dynamic:
		return ""
	case q.Kind == survey.Image && !strings.Contains(q.Default, "://"):
		return "jr://images/" + q.Default
	}
	return q.Default
}

// meta writes the block of data about the interview, or about the entities that
// a group or repeat describes.
func (w *writer) meta(in survey.Item) *survey.Element {
	m := element("meta")
	if in == nil {
		w.form.Walk(func(it survey.Item, _ []survey.Item) bool {
			if q, ok := it.(*survey.Question); ok && q.Kind == survey.Audit {
				add(m, element(q.Name))
			}
			return true
		})
	}
	for _, e := range w.form.Entities {
		if e.In == in {
			add(m, entityNode(e))
		}
	}
	if in == nil {
		if !truthy(w.form.Settings["omit_instanceid"]) {
			add(m, element("instanceID"))
		}
		if w.form.InstanceName != "" {
			add(m, element("instanceName"))
		}
	}
	if len(m.Children) == 0 {
		return nil
	}
	return m
}

func truthy(s string) bool {
	s = strings.ToLower(s)
	return s == "yes" || s == "true" || s == "true()"
}

func creates(e *survey.Entity) bool { return e.ID == "" || e.CreateIf != "" }
func updates(e *survey.Entity) bool { return e.ID != "" }

func entityNode(e *survey.Entity) *survey.Element {
	n := element("entity", "dataset", e.List)
	if creates(e) {
		set(n, "create", "1")
	}
	if updates(e) {
		set(n, "update", "1")
	}
	set(n, "id", "")
	if updates(e) {
		set(n, "baseVersion", "")
		set(n, "branchId", "")
		set(n, "trunkVersion", "")
	}
	if e.Label != "" {
		add(n, element("label"))
	}
	return n
}

var justReference = regexp.MustCompile(`^\$\{[^}]+\}$`)

// counted says whether a repeat's count is computed by a node of its own.
func counted(r *survey.Repeat) bool { return r.Count != "" && !justReference.MatchString(r.Count) }
