package xlsform

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
)

// sseNamespace is the namespace of the bind::sse: columns.
const sseNamespace = `sse="urn:sse-landscape:xlsform:1"`

// BookOf lays a form out as the sheets of an XLSForm, the way back from Parse:
// Parse gives an equal form, except for row numbers. What Parse made of a short
// form is written in full: or_other as a choice and a question, loops as groups.
//
// A form that was read from an XForm is brought into the terms of XLSForm first:
// absolute paths to ${name}, itemsets to lists, actions to defaults and triggers.
// What a workbook cannot say is among the problems: as an error where answers
// would be lost or differ, else as a warning.
func BookOf(f *survey.Form) (Book, []survey.Problem) {
	var problems []survey.Problem
	if f.Document != nil {
		f, problems = adopt(f)
	}
	l := &layout{form: f, problems: problems}
	b := Book{Name: f.ID}
	add := func(name string, t *table, order []string) {
		if t != nil {
			b.Sheets = append(b.Sheets, Sheet{Name: name, Rows: t.cells(order, f.Languages)})
		}
	}
	add("survey", l.survey(), surveyColumns)
	if len(f.ListNames) > 0 {
		add("choices", l.choices(f.Lists, f.ListNames), choiceColumns)
	}
	if f.External != nil {
		add("external_choices", l.choices(f.External, slices.Sorted(maps.Keys(f.External))), choiceColumns)
	}
	if f.OSM != nil {
		add("osm", l.choices(f.OSM, slices.Sorted(maps.Keys(f.OSM))), choiceColumns)
	}
	if len(f.Entities) > 0 {
		add("entities", l.entities(), entityColumns)
	}
	add("settings", l.settings(), settingsColumns)
	return b, l.problems
}

// layout writes the sheets of one form.
type layout struct {
	form     *survey.Form
	problems []survey.Problem
	sse      bool // a bind::sse: column is used
}

// head is a column of a table.
type head struct{ name, lang string }

// table is a sheet that grows by rows and columns.
type table struct {
	heads []head // in order of first use
	rows  []map[head]string
}

// row begins a row.
func (t *table) row() { t.rows = append(t.rows, map[head]string{}) }

// column makes sure that a column exists.
func (t *table) column(name, lang string) {
	if h := (head{name, lang}); !slices.Contains(t.heads, h) {
		t.heads = append(t.heads, h)
	}
}

// put fills a cell of the last row.
func (t *table) put(name, value string) { t.say(name, "", value) }

func (t *table) say(name, lang, value string) {
	if value != "" {
		t.column(name, lang)
		t.rows[len(t.rows)-1][head{name, lang}] = value
	}
}

// text fills the cells of a translated column.
func (t *table) text(name string, text survey.Text) {
	for _, lang := range text.Languages() {
		t.say(name, lang, text[lang])
	}
}

func (t *table) media(m map[string]survey.Text) {
	for _, kind := range slices.Sorted(maps.Keys(m)) {
		t.text(kind, m[kind])
	}
}

// pairs fills a column for each entry, with a prefix before its name.
func (t *table) pairs(prefix string, m map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		t.put(prefix+k, m[k])
	}
}

// cells gives the header row and the rows, the columns of order first. Where the
// sheet is translated, its label stands in every language of the form, so that
// the order of languages can be read off.
func (t *table) cells(order, langs []string) [][]string {
	if slices.ContainsFunc(t.heads, func(h head) bool { return h.lang != "" }) {
		for _, lang := range langs {
			t.column("label", lang)
		}
	}
	place := func(h head) int {
		if i := slices.Index(order, h.name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(t.heads, func(a, b head) int {
		switch c := cmp.Compare(place(a), place(b)); {
		case c != 0 || a.name != b.name:
			return c
		}
		return cmp.Compare(slices.Index(langs, a.lang), slices.Index(langs, b.lang))
	})
	out := make([][]string, 1, len(t.rows)+1)
	for _, h := range t.heads {
		title := h.name
		if h.lang != "" {
			title += "::" + h.lang
		}
		out[0] = append(out[0], title)
	}
	for _, r := range t.rows {
		cells := make([]string, len(t.heads))
		for i, h := range t.heads {
			cells[i] = r[h]
		}
		out = append(out, cells)
	}
	return out
}

// choices lists the choices of the named lists.
func (l *layout) choices(lists map[string]*survey.List, names []string) *table {
	t := &table{}
	t.column("list_name", "")
	t.column("name", "")
	for _, name := range names {
		for _, c := range lists[name].Columns {
			t.column(c, "")
		}
		for _, c := range lists[name].Choices {
			t.row()
			t.put("list_name", name)
			t.put("name", c.Name)
			t.text("label", c.Label)
			t.media(c.Media)
			t.pairs("", c.Extra)
		}
	}
	return t
}

func (l *layout) entities() *table {
	t := &table{}
	t.column("list_name", "")
	for _, e := range l.form.Entities {
		t.row()
		t.put("list_name", e.List)
		t.put("label", e.Label)
		t.put("entity_id", e.ID)
		t.put("create_if", e.CreateIf)
		t.put("update_if", e.UpdateIf)
	}
	return t
}

// settings writes the settings as they were read; what a form holds without a
// setting gets one where it is not what a workbook would mean anyway. The id is
// always written, since a file can be renamed.
func (l *layout) settings() *table {
	f := l.form
	set := maps.Clone(f.Settings)
	if set == nil {
		set = map[string]string{}
	}
	def := func(k, v string) {
		if set[k] == "" && v != "" {
			set[k] = v
		}
	}
	def("form_id", f.ID)
	if f.Title != f.ID {
		def("form_title", f.Title)
	}
	def("version", f.Version)
	def("name", f.Root)
	def("instance_name", f.InstanceName)
	def("style", f.Style)
	if len(f.Languages) > 0 && f.DefaultLanguage != f.Languages[0] {
		def("default_language", f.DefaultLanguage)
	}
	if ns := l.declared(set["namespaces"]); ns != "" {
		set["namespaces"] = ns
	}
	if l.duplicates() {
		def("allow_choice_duplicates", "yes")
	}
	if v := set["omit_instanceid"]; v != "" { // pyxform minds the capitals of this one
		delete(set, "omit_instanceid")
		set["omit_instanceID"] = v
	}
	t := &table{}
	t.row()
	t.pairs("", set)
	return t
}

// declared adds to the cell namespaces what it lacks: prefixes of the form, and
// the one of our own columns where they are used.
func (l *layout) declared(cell string) string {
	given := namespaces(cell)
	for _, prefix := range slices.Sorted(maps.Keys(l.form.Namespaces)) {
		if _, has := given[prefix]; !has {
			cell += fmt.Sprintf(" %s=%q", prefix, l.form.Namespaces[prefix])
		}
	}
	if _, has := namespaces(cell)["sse"]; l.sse && !has {
		cell += " " + sseNamespace
	}
	return strings.TrimSpace(cell)
}

// duplicates says whether a list has the same code twice.
func (l *layout) duplicates() bool {
	for _, list := range l.form.Lists {
		seen := make(map[string]bool, len(list.Choices))
		for _, c := range list.Choices {
			if seen[c.Name] {
				return true
			}
			seen[c.Name] = true
		}
	}
	return false
}
