package xlsform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Parse understands a book. The problems are in the order of the sheets. The form
// is nil where the sheets do not make one; otherwise it is whole, and may be used
// if none of the problems is an error (survey.Unusable).
func Parse(b Book) (*survey.Form, []survey.Problem) {
	p := &parser{form: &survey.Form{Lists: map[string]*survey.List{}, Settings: map[string]string{}}, where: map[survey.Item]record{},
		listRows: map[string]record{}}
	s, ok := b.Sheet("survey")
	if !ok && len(b.Sheets) == 1 {
		s, ok = b.Sheets[0], true
	}
	if !ok {
		return nil, []survey.Problem{{Sheet: "survey", Text: "there is no sheet called survey", Hint: p.similar(b, "survey")}}
	}
	if set, ok := b.Sheet("settings"); ok {
		p.settings(set)
	}
	p.form.ID = cmp.Or(p.form.ID, b.Name, "data")
	p.form.Title = cmp.Or(p.form.Title, p.form.ID)
	if c, ok := b.Sheet("choices"); ok {
		p.choices(c, p.form.Lists)
	}
	if c, ok := b.Sheet("external_choices"); ok {
		p.form.External = map[string]*survey.List{}
		p.choices(c, p.form.External)
	}
	if c, ok := b.Sheet("osm"); ok {
		p.form.OSM = map[string]*survey.List{}
		p.choices(c, p.form.OSM)
	}
	whole := p.survey(s)
	if e, ok := b.Sheet("entities"); ok {
		p.entities(e)
	}
	p.languages()
	p.check(b)
	if !whole {
		return nil, p.sorted()
	}
	return p.form, p.sorted()
}

// sorted brings the problems into reading order.
func (p *parser) sorted() []survey.Problem {
	order := []string{"settings", "survey", "choices", "external_choices", "osm", "entities"}
	place := func(pr survey.Problem) int {
		if i := slices.Index(order, strings.ToLower(pr.Sheet)); i >= 0 {
			return i
		}
		return 1
	}
	slices.SortStableFunc(p.problems, func(a, b survey.Problem) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Row, b.Row))
	})
	return p.problems
}

// similar suggests renaming a sheet whose name is nearly right.
func (p *parser) similar(b Book, name string) string {
	var near []string
	for _, s := range b.Sheets {
		if len(s.Name) <= maxGuess && expr.Nearest(strings.ToLower(s.Name), []string{name}) != "" && !strings.EqualFold(s.Name, name) {
			near = append(near, fmt.Sprintf("%q", s.Name))
		}
	}
	if len(near) > 0 {
		return fmt.Sprintf("rename the sheet %s to %s", strings.Join(near, " or "), name)
	}
	if name == "survey" {
		return "name the sheet that holds the questions survey"
	}
	return "add a sheet " + name
}

type parser struct {
	form       *survey.Form
	problems   []survey.Problem
	where      map[survey.Item]record // rows of items, for problems found later
	choiceRows []record               // rows of the sheet choices
	listRows   map[string]record      // the first of them by list
	entityRows []record               // of form.Entities
	settingRow record
	names      map[string][]survey.Item
	within     map[survey.Item][]survey.Item // groups and repeats around each item
	langs      []string
	made       int  // items, those that loops make among them
	guesses    int  // names that misspelt ones were compared with
	raw        bool // clean_text_values=no
}

func (p *parser) add(ps ...survey.Problem) { p.problems = append(p.problems, ps...) }

// records reads the rows below the header row.
func (p *parser) records(s Sheet, kind sheetKind) []record {
	top := 0
	for top < len(s.Rows) && isBlank(s.Rows[top]) {
		top++
	}
	if top == len(s.Rows) {
		return nil
	}
	cols, ps := headers(s, top+1, s.Rows[top], kind)
	p.add(ps...)
	for _, c := range cols {
		if c.lang != "" && !slices.Contains(p.langs, c.lang) {
			p.langs = append(p.langs, c.lang)
		}
	}
	out := make([]record, 0, len(s.Rows)-top-1)
	head := &heading{sheet: s.Name, cols: cols, raw: p.raw}
	for i := top + 1; i < len(s.Rows); i++ {
		r := record{heading: head, row: i + 1, cells: s.Rows[i]}
		if !isBlank(s.Rows[i]) && truth(r.get("disabled")) != "true()" {
			out = append(out, r)
		}
	}
	return out
}

// languages settles the list of languages and the default one.
func (p *parser) languages() {
	f := p.form
	f.Languages = p.langs
	switch {
	case len(p.langs) == 0:
	case f.DefaultLanguage == "":
		f.DefaultLanguage = p.langs[0]
	case !slices.Contains(p.langs, f.DefaultLanguage):
		p.add(p.settingRow.warning("default_language", "write it as in the columns: "+strings.Join(p.langs, ", "), "no text is in the default language %s", f.DefaultLanguage))
	}
}
