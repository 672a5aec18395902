package xlsform

import (
	"slices"
	"strings"

	"sselandscape/survey"
)

var choiceColumns = []string{"list_name", "name", "label", "image", "audio", "video", "big-image", "note", "disabled"}

// choiceKey is what tells the choices of a form apart.
type choiceKey struct{ list, name string }

// choices reads the sheet choices, external_choices or osm.
func (p *parser) choices(s Sheet, lists map[string]*survey.List) {
	main := strings.EqualFold(strings.TrimSpace(s.Name), "choices")
	duplicates := !main || truth(p.form.Settings["allow_choice_duplicates"]) == "true()"
	rows := p.records(s, choiceSheet)
	if main && len(rows) > 0 && !slices.ContainsFunc(rows[0].cols, func(c column) bool { return c.name == "name" }) {
		p.add(survey.Problem{Sheet: s.Name, Row: 1, Column: "name", Text: "the sheet has no column name", Hint: "add the columns list_name, name and label"})
		return
	}
	if main {
		p.choiceRows = rows
	}
	sizes := map[string]int{}
	for _, r := range rows {
		sizes[r.get("list_name")]++
	}
	seen := make(map[choiceKey]int, len(rows)) // rows by choice
	for _, r := range rows {
		key := choiceKey{r.get("list_name"), r.get("name")}
		if !p.usable(r, key, seen, duplicates) {
			continue
		}
		seen[key] = r.row
		l := lists[key.list]
		if l == nil {
			l = newList(key.list, sizes[key.list], r)
			lists[key.list] = l
			if main {
				p.form.ListNames = append(p.form.ListNames, key.list)
				p.listRows[key.list] = r
			}
		}
		c := survey.Choice{Name: key.name, Label: r.text("label"), Media: media(r), Extra: extra(r), Row: r.row}
		if main && len(c.Label) == 0 && len(c.Media) == 0 {
			p.add(r.warning("label", "write what the person sees", "the choice %s of the list %s has no label", key.name, key.list))
		}
		l.Choices = append(l.Choices, c)
	}
}

// usable reports rows that make no choice.
func (p *parser) usable(r record, key choiceKey, seen map[choiceKey]int, duplicates bool) bool {
	at, twice := seen[key]
	switch {
	case key.list == "":
		p.add(r.warning("list_name", "write the name of the list", "the choice %q belongs to no list and is left out", key.name))
	case key.name == "":
		p.add(r.problem("name", "write the code that is stored", "a choice of the list %s has no name", key.list))
	case twice && !duplicates:
		p.add(r.problem("name", "give each choice a code of its own, or allow it by the setting allow_choice_duplicates", "the list %s already has %q in row %d", key.list, key.name, at))
	default:
		return true
	}
	return false
}

// newList makes a list with room for its choices and the columns of the sheet
// that XLSForm does not know.
func newList(name string, size int, r record) *survey.List {
	l := &survey.List{Name: name, Choices: make([]survey.Choice, 0, size)}
	for _, c := range r.cols {
		if c.own && !slices.Contains(l.Columns, c.name) {
			l.Columns = append(l.Columns, c.name)
		}
	}
	return l
}

func media(r record) map[string]survey.Text {
	var out map[string]survey.Text
	for _, m := range []string{"image", "audio", "video", "big-image"} {
		if t := r.text(m); t != nil {
			if out == nil {
				out = map[string]survey.Text{}
			}
			out[m] = t
		}
	}
	return out
}

// extra collects the columns that XLSForm does not know.
func extra(r record) map[string]string {
	var out map[string]string
	for i := range r.cols {
		if c := &r.cols[i]; c.own {
			if v := r.cell(c.index); v != "" {
				put(&out, c.name, v)
			}
		}
	}
	return out
}

func put(m *map[string]string, k, v string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[k] = v
}
