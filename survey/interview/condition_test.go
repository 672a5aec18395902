package interview_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey"
	"sselandscape/survey/interview"
)

const conditions = `
| survey |
| | type                | name    | label                          | label::Nepali (ne) | relevant | required | readonly |
| | integer             | n       | How many **members**?          |                    |          | yes      |          |
| | select_one yn       | pay     | Do members pay?                | के सदस्यले तिर्छन्?    |          | ${n} > 5 |          |
| | select_multiple use | uses    | Used for what?                 |                    |          | false()  |          |
| | calculate           | income  |                                |                    |          |          |          |
| | text                | a       | A                              |                    | %s       |          |          |
| choices |
| | list_name | name  | label      | label::Nepali (ne) |
| | yn        | yes   | Yes        | छ                  |
| | yn        | no    | No         | छैन                 |
| | yn        | dk    | Unknown    |                    |
| | use       | loan  | Loans      |                    |
| | use       | other | Other uses |                    |
`

func TestCondition(t *testing.T) {
	cases := map[string]struct{ in, want string }{
		"always":                {"", "always"},
		"always, said":          {"true()", "always"},
		"never":                 {"false()", ""},
		"choice":                {"${pay} = 'yes'", "“Do members pay?” is “Yes”"},
		"another choice":        {"${pay} != 'yes'", "“Do members pay?” is not “Yes”"},
		"one of two":            {"${pay} = 'yes' or ${pay} = 'dk'", "“Do members pay?” is “Yes” or “Unknown”"},
		"one of three":          {"(${pay}='yes' or ${pay}='dk' or ${pay}='no')", "“Do members pay?” is “Yes”, “Unknown” or “No”"},
		"or within and":         {"(${pay}='yes' or ${pay}='dk') and ${n} > 3", "“Do members pay?” is “Yes” or “Unknown” and “How many members?” is more than 3"},
		"mixed or within and":   {"(${pay}='yes' or ${n} < 2) and ${uses} != ''", "(“Do members pay?” is “Yes” or “How many members?” is less than 2) and “Used for what?” has an answer"},
		"and within or":         {"(${pay}='yes' and ${n} < 2) or ${uses} = ''", "(“Do members pay?” is “Yes” and “How many members?” is less than 2) or “Used for what?” has no answer"},
		"neither":               {"not(${pay}='yes' or ${n} < 2)", "“Do members pay?” is not “Yes” and “How many members?” is not less than 2"},
		"not both":              {"not(${pay}='yes' and ${n} < 2)", "“Do members pay?” is not “Yes” or “How many members?” is not less than 2"},
		"included":              {"selected(${uses}, 'loan')", "“Used for what?” includes “Loans”"},
		"one of two included":   {"selected(${uses}, 'loan') or selected(${uses}, 'other')", "“Used for what?” includes “Loans” or “Other uses”"},
		"not included":          {"not(selected(${uses}, 'loan'))", "“Used for what?” does not include “Loans”"},
		"selected of one":       {"selected(${pay}, 'no')", "“Do members pay?” is “No”"},
		"how many":              {"count-selected(${uses}) >= 2", "the number of answers to “Used for what?” is at least 2"},
		"an absolute path":      {"/data/pay = 'yes'", "“Do members pay?” is “Yes”"},
		"a relative path":       {"../n > 2", "“How many members?” is more than 2"},
		"the other way round":   {"3 < ${n}", "“How many members?” is more than 3"},
		"with a blank":          {"coalesce(${n}, 0) > 3", "“How many members?” is more than 3"},
		"two questions":         {"${n} <= ${income}", "“How many members?” is at most income"},
		"reckoned":              {"${n} * 2 > 10", "“How many members?” * 2 is more than 10"},
		"an unknown code":       {"${pay} = 'maybe'", "“Do members pay?” is “maybe”"},
		"said twice":            {"${n} > 1 and ${n} > 1", "“How many members?” is more than 1"},
		"what is no comparison": {"starts-with(${uses}, 'x')", "starts-with(“Used for what?”, 'x') holds"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := conditionForm(t, c.in)
			if got := p.Condition(item(p.Form, "a"), interview.AboutAsked, ""); got != c.want {
				t.Errorf("%s: got %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func conditionForm(t *testing.T, relevant string) *interview.Program {
	t.Helper()
	s, _ := form(t, strings.Replace(conditions, "%s", relevant, 1)).Start(world())
	return s.Program()
}

func item(f *survey.Form, name string) (found survey.Item) {
	f.Walk(func(it survey.Item, _ []survey.Item) bool {
		if it.Common().Name == name {
			found = it
		}
		return found == nil
	})
	return found
}

func TestConditionOfOtherAspects(t *testing.T) {
	p := conditionForm(t, "")
	for name, c := range map[string]struct {
		of    string
		about interview.Aspect
		want  string
	}{
		"required":          {"n", interview.AboutRequired, "always"},
		"required for some": {"pay", interview.AboutRequired, "“How many members?” is more than 5"},
		"required for none": {"uses", interview.AboutRequired, ""},
		"not said":          {"a", interview.AboutRequired, ""},
		"open":              {"n", interview.AboutReadOnly, ""},
		"an unknown aspect": {"n", interview.AboutWrong, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := p.Condition(item(p.Form, c.of), c.about, ""); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := p.Condition(&survey.Group{}, interview.AboutAsked, ""); got != "" {
		t.Errorf("of an item of no form: %q", got)
	}
}

func TestConditionInAnotherLanguage(t *testing.T) {
	p := conditionForm(t, "${pay} = 'yes'")
	if got := p.Condition(item(p.Form, "a"), interview.AboutAsked, "Nepali (ne)"); got != "“के सदस्यले तिर्छन्?” is “छ”" {
		t.Errorf("got %q", got)
	}
}

// TestComputations follows a condition to what is computed, and on from there.
func TestComputations(t *testing.T) {
	s, _ := form(t, `
| survey |
| | type       | name    | label    | relevant   | calculation          |
| | integer    | n       | Members? |            |                      |
| | calculate  | double  |          |            | ${n} * 2             |
| | calculate  | unused  |          |            | ${n} + 1             |
| | calculate  | many    |          |            | ${double} > 10       |
| | text       | a       | A        | ${many}    |                      |
`).Start(world())
	want := []interview.Computation{{Name: "double", Formula: "“Members?” * 2"}, {Name: "many", Formula: "double > 10"}}
	if d := cmp.Diff(want, s.Program().Computations("")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestWording(t *testing.T) {
	p := conditionForm(t, "")
	for in, want := range map[string]string{
		"plain":                             "plain",
		"Do all ${n} pay?":                  "Do all [How many members?] pay?",
		"Of ${ income }, ${nobody}":         "Of [income], [nobody]",
		survey.Output("/data/pay") + " now": "[Do members pay?] now",
	} {
		if got := p.Wording(survey.Text{"": in}, ""); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}
