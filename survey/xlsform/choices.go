package xlsform

import (
	"slices"
	"strings"

	"sselandscape/survey"
)

var choiceColumns = []string{"list_name", "name", "label", "image", "audio", "video", "big-image", "note", "disabled"}

// choices reads the sheet choices, external_choices or osm.
func (p *parser) choices(s Sheet, lists map[string]*survey.List) {
	main := strings.EqualFold(s.Name, "choices")
	duplicates := !main || truth(p.form.Settings["allow_choice_duplicates"]) == "true()"
	rows := p.records(s, choiceSheet)
	if main && len(rows) > 0 && !slices.ContainsFunc(rows[0].cols, func(c column) bool { return c.name == "name" }) {
		p.add(survey.Problem{Sheet: s.Name, Row: 1, Column: "name", Text: "the sheet has no column name", Hint: "add the columns list_name, name and label"})
		return
	}
	type key struct{ list, name string }
	if main {
		p.choiceRows = rows
	}
	seen := make(map[key]int, len(rows))
	sizes := map[string]int{}
	for _, r := range rows {
		sizes[r.get("list_name")]++
	}
	for _, r := range rows {
		list, name := r.get("list_name"), r.get("name")
		if list == "" {
			p.add(r.warning("list_name", "write the name of the list", "the choice %q belongs to no list and is left out", name))
			continue
		}
		if name == "" {
			p.add(r.problem("name", "write the code that is stored", "a choice of the list %s has no name", list))
			continue
		}
		if at, twice := seen[key{list, name}]; twice && !duplicates {
			p.add(r.problem("name", "give each choice a code of its own, or allow it by the setting allow_choice_duplicates", "the list %s already has %q in row %d", list, name, at))
			continue
		}
		seen[key{list, name}] = r.row
		l := lists[list]
		if l == nil {
			l = &survey.List{Name: list, Choices: make([]survey.Choice, 0, sizes[list])}
			lists[list] = l
			if main {
				p.form.ListNames = append(p.form.ListNames, list)
				p.listRows[list] = r
			}
		}
		c := survey.Choice{Name: name, Label: r.text("label"), Media: media(r), Extra: extra(r), Row: r.row}
		for i := range r.cols {
			if r.cols[i].own && !slices.Contains(l.Columns, r.cols[i].name) {
				l.Columns = append(l.Columns, r.cols[i].name)
			}
		}
		if main && len(c.Label) == 0 && len(c.Media) == 0 {
			p.add(r.warning("label", "write what the person sees", "the choice %s of the list %s has no label", name, list))
		}
		l.Choices = append(l.Choices, c)
	}
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
