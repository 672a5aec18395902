package interview_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xlsform"
)

const before = `
| survey |
| | type            | name   | label                         | relevant    | required | constraint | calculation |
| | integer         | people | How many people work here?    |             | yes      | . > 0      |             |
| | select_one yn   | fair   | Is it fair?                   |             |          |            |             |
| | text            | why    | Why is it so?                 | ${fair}='n' |          |            |             |
| | begin group     | where  | Where                         |             |          |            |             |
| | text            | town   | Town                          |             |          |            |             |
| | end group       |        |                               |             |          |            |             |
| | begin repeat    | member | Members                       |             |          |            |             |
| | text            | name   | Name                          |             |          |            |             |
| | end repeat      |        |                               |             |          |            |             |
| | calculate       | twice  |                               |             |          |            | ${people}*2 |
| choices |
| | list_name | name | label |
| | yn        | y    | Yes   |
| | yn        | n    | No    |
| | yn        | m    | Maybe |
`

// changeLines writes changes for tests.
func changeLines(cs []survey.FormChange) []string {
	var out []string
	for _, c := range cs {
		switch {
		case c.List != "":
			out = append(out, fmt.Sprintf("%s %s.%s", c.Kind, c.List, c.Code))
		case c.OldField == c.NewField || c.NewField == "":
			out = append(out, fmt.Sprintf("%s %s", c.Kind, c.OldField))
		default:
			out = append(out, fmt.Sprintf("%s %s>%s", c.Kind, c.OldField, c.NewField))
		}
	}
	return out
}

func replaced(md string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(md, pairs[i]) {
			panic("the form has no " + pairs[i])
		}
		md = strings.ReplaceAll(md, pairs[i], pairs[i+1])
	}
	return md
}

func TestCompareForms(t *testing.T) {
	cases := map[string]struct {
		edits []string
		want  []string
	}{
		"nothing":                     {nil, nil},
		"label":                       {[]string{"Is it fair?", "Do you think that it is fair?"}, []string{"label fair"}},
		"languages named later":       {[]string{"| name   | label    ", "| name   | label::English (en)", "| list_name | name | label |", "| list_name | name | label::English (en) |"}, nil},
		"type":                        {[]string{"integer         | people", "decimal         | people"}, []string{"type people"}},
		"one to several":              {[]string{"select_one yn   | fair", "select_multiple yn | fair"}, []string{"type fair"}},
		"required and constraint":     {[]string{"yes      | . > 0 ", "         | . > 1 "}, []string{"required people", "constraint people"}},
		"relevance":                   {[]string{"${fair}='n'", "${fair}='m'"}, []string{"relevant why"}},
		"calculation":                 {[]string{"${people}*2", "${people}*3"}, []string{"calculation twice"}},
		"gone":                        {[]string{"| | text            | why    | Why is it so?                 | ${fair}='n' |          |            |             |\n", ""}, []string{"gone why"}},
		"added":                       {[]string{"| | begin group     | where", "| | date | day | Which day? | | | | |\n| | begin group     | where"}, []string{"added >day"}},
		"renamed with the same label": {[]string{"| people |", "| staff |", "${people}*2", "${staff}*2"}, []string{"renamed people>staff"}},
		"renamed in the same place":   {[]string{"| people | How many people work here?", "| staff | How many people work here now?", "${people}*2", "${staff}*2"}, []string{"renamed people>staff", "label people>staff"}},
		"another question":            {[]string{"| people | How many people work here?", "| cows | Cows", "${people}*2", "${cows}*2"}, []string{"added >cows", "calculation twice", "gone people"}},
		"into the repeat":             {[]string{"| | text            | town   | Town                          |             |          |            |             |\n", "", "| | text            | name   | Name                          |             |          |            |             |\n", "| | text            | name   | Name | | | | |\n| | text | town | Town | | | | |\n"}, []string{"moved town>member/town"}},
		"out of the group":            {[]string{"| | begin group     | where  | Where                         |             |          |            |             |\n| | text            | town   | Town                          |             |          |            |             |\n", "| | text            | town   | Town                          |             |          |            |             |\n| | begin group     | where  | Where                         |             |          |            |             |\n| | note | hello | Hello | | | | |\n"}, []string{"moved town", "added >hello"}},
		"repeat renamed":              {[]string{"member | Members", "person | Members"}, []string{"renamed member>person"}},
		"choice added":                {[]string{"| | yn        | m    | Maybe |", "| | yn        | m    | Maybe |\n| | yn | d | Depends |"}, []string{"choice added yn.d"}},
		"choice gone":                 {[]string{"| | yn        | m    | Maybe |\n", ""}, []string{"choice gone yn.m"}},
		"choice renamed":              {[]string{"| m    | Maybe |", "| x    | Maybe |"}, []string{"choice renamed yn.m"}},
		"choice relabelled":           {[]string{"| m    | Maybe |", "| m    | Perhaps |"}, []string{"choice label yn.m"}},
		"another list":                {[]string{"select_one yn   | fair", "select_one yd   | fair", "| | yn        | y    | Yes   |", "| | yn        | y    | Yes   |\n| | yd | y | Yes |\n| | yd | d | Depends |"}, []string{"list fair"}},
		"list renamed":                {[]string{"select_one yn   | fair", "select_one yd   | fair", "| | yn        |", "| | yd        |"}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := changeLines(survey.CompareForms(surveytest.Form(t, before), surveytest.Form(t, replaced(before, c.edits...))))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFits(t *testing.T) {
	q := func(k survey.Kind) *survey.Question { return &survey.Question{Kind: k} }
	cases := map[string]struct {
		kind survey.Kind
		text string
		want bool
	}{
		"whole number as decimal": {survey.Decimal, "12", true}, "decimal as whole number": {survey.Integer, "12.5", false}, "text as number": {survey.Integer, "twelve", false},
		"digits as number": {survey.Integer, "12", true}, "two codes as one": {survey.SelectOne, "a b", false}, "one code as several": {survey.SelectMultiple, "a", true},
		"anything as text": {survey.String, "a b", true}, "blank": {survey.Date, "", true},
	}
	for name, c := range cases {
		if got := interview.Fits(q(c.kind), survey.Of(c.text)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !interview.Fits(q(survey.Integer), survey.Value{Special: survey.Refused}) {
		t.Error("a special answer does not fit")
	}
}

func oldQuestion(f *survey.Form, name string) (out *survey.Question) {
	f.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Name == name {
			out = q
		}
		return true
	})
	return out
}

// takeOut removes an item from a form.
func takeOut(items *[]survey.Item, gone survey.Item) {
	*items = slices.DeleteFunc(*items, func(it survey.Item) bool { return it == gone })
	for _, it := range *items {
		switch t := it.(type) {
		case *survey.Group:
			takeOut(&t.Items, gone)
		case *survey.Repeat:
			takeOut(&t.Items, gone)
		case *survey.Question:
		}
	}
}

// TestCompareFindsEdits edits random forms: each edit is found, and no change is
// reported twice.
func TestCompareFindsEdits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		book := surveytest.RandomForm(t)
		read := func() *survey.Form {
			f, ps := xlsform.Parse(book)
			if f == nil {
				t.Fatal(ps)
			}
			return f
		}
		old, now := read(), read()
		if cs := survey.CompareForms(old, now); len(cs) > 0 {
			t.Fatalf("compared with itself: %v", changeLines(cs))
		}
		var want []string
		var questions []*survey.Question
		now.Walk(func(it survey.Item, _ []survey.Item) bool {
			if q, ok := it.(*survey.Question); ok {
				questions = append(questions, q)
			}
			return true
		})
		fields := old.Patterns()
		at := map[string]string{}
		for it, f := range fields {
			at[it.Common().Name] = f
		}
		for i, q := range questions {
			if !rapid.Bool().Draw(t, "edit") {
				continue
			}
			field := at[q.Name]
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				q.Label = survey.Text{"": fmt.Sprint("Entirely other words ", i)}
				want = append(want, "label "+field)
			case 1:
				q.Relevant += " or 1 = 2"
				want = append(want, "relevant "+field)
			case 2:
				q.Required += " or 1 = 3"
				want = append(want, "required "+field)
			case 3:
				if q.Kind == survey.Integer {
					q.Kind, q.Type = survey.Date, "date"
					want = append(want, "type "+field)
				}
			case 4:
				q.Constraint += " or 1 = 4"
				want = append(want, "constraint "+field)
			}
		}
		if one := rapid.IntRange(0, 3).Draw(t, "structure"); one > 0 && len(questions) > 0 {
			q := questions[rapid.IntRange(0, len(questions)-1).Draw(t, "which")]
			field := at[q.Name]
			want = slices.DeleteFunc(want, func(w string) bool { return strings.HasSuffix(w, " "+field) })
			switch kept := oldQuestion(old, q.Name); one {
			case 1: // taken out
				takeOut(&now.Items, q)
				want = append(want, "gone "+field)
			case 2: // named otherwise, with the label it had
				*q = *kept
				q.Name += "_x"
				if len(q.Label) == 0 || q.Calculation != "" {
					q.Label = survey.Text{"": "The only label of its kind"}
					kept.Label = q.Label
				}
				want = append(want, "renamed "+field+">"+field+"_x")
			case 3: // into a group; the name of its field stays
				*q = *kept
				takeOut(&now.Items, q)
				now.Items = append(now.Items, &survey.Group{Node: survey.Node{Name: "around_it", Label: survey.Text{"": "Around"}}, Items: []survey.Item{q}})
				want = append(want, "added >around_it")
				if field == q.Name {
					want = append(want, "moved "+field)
				} else {
					want = append(want, "moved "+field+">"+q.Name)
				}
			}
		}
		if rapid.Bool().Draw(t, "group") && len(now.Items) > 0 {
			now.Items = append(now.Items, &survey.Group{Node: survey.Node{Name: "of_the_edit", Label: survey.Text{"": "New"}}, Items: []survey.Item{
				&survey.Question{Node: survey.Node{Name: "new_one", Label: survey.Text{"": "Nothing like it 42"}}, Kind: survey.Geopoint, Type: "geopoint"}}})
			want = append(want, "added >of_the_edit", "added >new_one")
		}
		if l := now.Lists["spot"]; l != nil && rapid.Bool().Draw(t, "choices") {
			l.Choices = append(slices.Clone(l.Choices[1:]), survey.Choice{Name: "z", Label: survey.Text{"": "Z"}})
			want = append(want, "choice gone spot.a", "choice added spot.z")
		}
		cs := survey.CompareForms(old, now)
		got := changeLines(cs)
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		if len(slices.Compact(got)) != len(cs) {
			t.Fatalf("reported twice: %v", got)
		}
	})
}

// TestCompareSurvives compares forms that have nothing to do with each other: what
// is in one only is gone or added, nothing is reported twice.
func TestCompareSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, _ := xlsform.Parse(surveytest.RandomForm(t))
		now, _ := xlsform.Parse(surveytest.RandomForm(t))
		got := changeLines(survey.CompareForms(old, now))
		slices.Sort(got)
		if n := len(got); len(slices.Compact(got)) != n {
			t.Fatalf("reported twice: %v", got)
		}
	})
}
