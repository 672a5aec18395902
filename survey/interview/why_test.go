package interview_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey"
	"sselandscape/survey/interview"
)

const members = `
| survey |
| | type                | name    | label               | relevant                                   | required | constraint | constraint_message | calculation        | readonly | bind::sse:warning | bind::sse:warning_message | bind::sse:special |
| | integer             | n       | How many members?   |                                            | yes      | . <= 1000  | Too many.          |                    |          | . <= 500          | That is a lot.            | dk                |
| | select_one yn       | pay     | Do members pay?     | ${n} > 0                                   |          |            |                    |                    |          |                   |                           |                   |
| | begin group         | dues    | Dues                | ${pay} = 'yes'                             |          |            |                    |                    |          |                   |                           |                   |
| | decimal             | fee     | How much?           |                                            | ${n} >= 10 |          |                    |                    |          |                   |                           |                   |
| | select_multiple use | uses    | Used for what?      | ${fee} > 0                                 |          |            |                    |                    |          |                   |                           |                   |
| | text                | other   | For what else?      | selected(${uses}, 'other') and ${fee} != ''|          |            |                    |                    |          |                   |                           |                   |
| | end group           |         |                     |                                            |          |            |                    |                    |          |                   |                           |                   |
| | calculate           | income  |                     |                                            |          |            |                    | ${n} * ${fee}      |          |                   |                           |                   |
| | note                | rich    | Rich                | ${income} > 100 or ${pay} = 'no'           |          |            |                    |                    |          |                   |                           |                   |
| | text                | closed  | Closed              |                                            |          |            |                    |                    | ${n} < 5 |                   |                           |                   |
| choices |
| | list_name | name  | label      |
| | yn        | yes   | Yes        |
| | yn        | no    | No         |
| | use       | loan  | Loans      |
| | use       | other | Other uses |
`

func TestWhy(t *testing.T) {
	cases := map[string]struct {
		given []([2]string)
		of    survey.Field
		want  []string
	}{
		"asked always":        {nil, "n", []string{"Asked always.", "An answer is always needed here."}},
		"blank is not enough": {nil, "pay", []string{"Skipped, because “How many members?” has no answer."}},
		"too small":           {[][2]string{{"n", "0"}}, "pay", []string{"Skipped, because “How many members?” is 0, which is not more than 0."}},
		"with its group": {[][2]string{{"n", "3"}, {"pay", "no"}}, "fee",
			[]string{"Skipped together with “Dues”, because “Do members pay?” is “No”, not “Yes”."}},
		"required for some": {[][2]string{{"n", "12"}, {"pay", "yes"}}, "fee",
			[]string{"“Dues” is asked, because “Do members pay?” is “Yes”.", "An answer is needed, because “How many members?” is 12, which is at least 10."}},
		"not chosen": {[][2]string{{"n", "3"}, {"pay", "yes"}, {"fee", "2"}, {"uses", "loan"}}, "other",
			[]string{"Skipped, because “Used for what?” is “Loans”, without “Other uses”."}},
		"chosen among others": {[][2]string{{"n", "3"}, {"pay", "yes"}, {"fee", "2"}, {"uses", "loan other"}}, "other",
			[]string{"“Dues” is asked, because “Do members pay?” is “Yes”.", "Asked, because “Used for what?” includes “Other uses” and “How much?” has an answer."}},
		"one of two": {[][2]string{{"n", "3"}, {"pay", "no"}}, "rich", []string{"Asked, because “Do members pay?” is “No”."}},
		"none of two": {[][2]string{{"n", "3"}, {"pay", "yes"}}, "rich",
			[]string{"Skipped, because “income” has no answer and “Do members pay?” is “Yes”, not “No”."}},
		"wrong": {[][2]string{{"n", "2000"}}, "n", []string{"Asked always.", "An answer is always needed here.",
			"This answer is not allowed, because it is 2000, which is more than 1000.", "This answer is unusual, because it is 2000, which is more than 500."}},
		"closed": {[][2]string{{"n", "3"}}, "closed", []string{"Asked always.", "Closed, because “How many members?” is 3, which is less than 5."}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, _ := form(t, members).Start(world())
			for _, g := range c.given {
				set(t, s, survey.Field(g[0]), g[1])
			}
			var got []string
			for _, r := range s.Why(c.of, "") {
				got = append(got, r.Text)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("reasons (-want +got):\n%s", d)
			}
		})
	}
}

func TestWhyNamesTheAnswers(t *testing.T) {
	s, _ := form(t, members).Start(world())
	set(t, s, "n", "30")
	set(t, s, "pay", "yes")
	set(t, s, "fee", "20")
	got := s.Why("rich", "")[0]
	want := interview.Reason{About: interview.AboutAsked, Of: "rich", Text: "Asked, because “income” is 600, which is more than 100.",
		Expression: "${income} > 100 or ${pay} = 'no'", Uses: []interview.Used{{"income", "income", "600", true}, {"n", "How many members?", "30", false},
			{"fee", "How much?", "20", false}, {"pay", "Do members pay?", "“Yes”", false}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSoftCheck(t *testing.T) {
	p := form(t, members)
	s, changes := p.Start(world())
	stored := map[survey.Field]survey.Value{}
	keep := func(cs []interview.Change) {
		for _, c := range cs {
			stored[c.Field] = c.Value
		}
	}
	keep(changes)
	if _, err := s.Confirm("n", "counted twice"); err == nil {
		t.Error("an answer without doubt was confirmed")
	}
	keep(set(t, s, "n", "600"))
	st := s.State("n", "")
	if st.Problem == nil || !st.Problem.Soft || st.Problem.Text != "That is a lot." {
		t.Fatalf("problem %+v", st.Problem)
	}
	if _, err := s.Confirm("n", "  "); err == nil {
		t.Error("no reason was needed")
	}
	cs, err := s.Confirm("n", "counted twice")
	if err != nil {
		t.Fatal(err)
	}
	keep(cs)
	if s.State("n", "").Problem != nil {
		t.Error("still in doubt")
	}
	again := p.Resume(world(), stored)
	if again.State("n", "").Problem != nil || again.Answers()["n/_because"] != survey.Of("counted twice") {
		t.Errorf("the reason is gone: %v", again.Answers())
	}
	if cs := set(t, again, "n", "700"); !cmp.Equal(cs[len(cs)-1], interview.Change{Field: "n/_because"}) {
		t.Errorf("the reason outlived the answer: %v", cs)
	}
	if again.State("n", "").Problem == nil {
		t.Error("no doubt about another answer")
	}
}

func TestImpossibleComparisons(t *testing.T) {
	cases := map[string]struct{ relevant, filter, want string }{
		"no such choice":    {"${pay} = 'yess'", "", `survey!3: warning: x: "yess" is no choice of pay, so the comparison never holds (did you mean "yes"?)`},
		"turned around":     {"'y' != ${pay}", "", `survey!3: warning: x: "y" is no choice of pay, so the comparison never holds`},
		"selected":          {"selected(${pay}, 'maybe')", "", `survey!3: warning: x: "maybe" is no choice of pay, so the comparison never holds`},
		"text for a number": {"${n} = 'many'", "", `survey!3: warning: x: n is a number and never "many"`},
		"path":              {"/data/pays = 'yes'", "", `survey!3: warning: x: a path leads to pays, which is not there (did you mean pay?)`},
		"relative path":     {"../../pay = 'yes'", "", ""},
		"column":            {"", "regoin = 'n'", `survey!3: warning: x: the list yn has no column regoin (did you mean region?)`},
		"value of a column": {"", "region = 'x'", `survey!3: warning: x: no choice of the list yn has region = "x"`},
		"fine":              {"${pay} = 'yes' and ${n} = '3' and ${n} = 'NaN'", "region = 'n'", ""},
		"in a condition":    {"count(/data[pay = 'maybe']) = 1", "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, x := range warnings(t, `
| survey |
| | type          | name | label | relevant       | choice_filter |
| | select_one yn | pay  | Pay   |                |               |
| | select_one yn | x    | X     | `+c.relevant+` | `+c.filter+`  |
| | integer       | n    | N     |                |               |
| choices |
| | list_name | name | label | region |
| | yn        | yes  | Yes   | n      |
| | yn        | no   | No    | s      |`) {
				got += x.String()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
