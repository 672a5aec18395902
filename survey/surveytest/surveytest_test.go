package surveytest_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xlsform"
)

const town = `
| survey |
| | type             | name    | label              | relevant   | constraint | choice_filter   |
| | integer          | people  | How many?          |            | . < 100    |                 |
| | select_one land  | land    | Country            |            |            |                 |
| | select_one city  | city    | City               | ${land}!='' |           | land = ${land}  |
| | begin repeat     | member  | Member ${name}     |            |            |                 |
| | text             | name    | Name               |            |            |                 |
| | end repeat       |         |                    |            |            |                 |
| choices |
| | list_name | name | label     | land |
| | land      | npl  | Nepal     |      |
| | land      | kor  | Korea     |      |
| | city      | ktm  | Kathmandu | npl  |
| | city      | sel  | Seoul     | kor  |
`

func TestScenario(t *testing.T) {
	surveytest.Start(t, town).
		Hidden("city").
		Answer("people", 12).Is("people", "12").
		Refuses("people", "many", "no whole number").
		Answer("land", "npl").Asked("city").Offers("city", "ktm").
		Answer("city", "ktm").
		Answer("people", 100).Wrong("people").Answer("people", nil).Wrong().
		Add("member").Add("member").Answer("member[2]/name", "Bina").Says("member[2]/name", "Name").
		Remove("member[1]").Is("member[1]/name", "Bina")
}

// failures records what a test would have failed with.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper()                   {}
func (f *failures) Error(args ...any)         { f.said = append(f.said, fmt.Sprint(args...)) }
func (f *failures) Errorf(s string, a ...any) { f.said = append(f.said, fmt.Sprintf(s, a...)) }

// TestExpectationsFail makes sure that each expectation can fail.
func TestExpectationsFail(t *testing.T) {
	cases := map[string]func(iv *surveytest.Interview){
		"Answer":  func(iv *surveytest.Interview) { iv.Answer("city", "ktm") },
		"Refuses": func(iv *surveytest.Interview) { iv.Refuses("people", 3, "") },
		"Hidden":  func(iv *surveytest.Interview) { iv.Hidden("people") },
		"Asked":   func(iv *surveytest.Interview) { iv.Asked("city") },
		"Is":      func(iv *surveytest.Interview) { iv.Is("people", 3) },
		"Says":    func(iv *surveytest.Interview) { iv.Says("people", "x") },
		"Offers":  func(iv *surveytest.Interview) { iv.Offers("land", "npl") },
		"Wrong":   func(iv *surveytest.Interview) { iv.Wrong("people") },
		"Add":     func(iv *surveytest.Interview) { iv.Add("people") },
		"Remove":  func(iv *surveytest.Interview) { iv.Remove("people") },
	}
	for name, expect := range cases {
		t.Run(name, func(t *testing.T) {
			f := &failures{TB: t}
			expect(surveytest.Start(f, town))
			if len(f.said) != 1 {
				t.Errorf("said %q", f.said)
			}
		})
	}
}

// TestRandomFormsCompile keeps the promise of RandomForm, and that the forms are
// not all alike.
func TestRandomFormsCompile(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		f, ps := xlsform.Parse(surveytest.RandomForm(t))
		if f == nil || survey.Unusable(ps) {
			t.Fatal(ps)
		}
		p, ps := interview.Compile(f)
		if p == nil {
			t.Fatal(ps)
		}
		f.Walk(func(it survey.Item, within []survey.Item) bool {
			seen[fmt.Sprintf("%T %d", it, len(within))]++
			return true
		})
	})
	for _, want := range []string{"*survey.Repeat 0", "*survey.Repeat 1", "*survey.Group 1", "*survey.Question 2"} {
		if seen[want] == 0 {
			t.Errorf("no %s in %v", want, seen)
		}
	}
}

func Example() {
	t := &failures{}
	surveytest.Start(t, `
| survey |
| | type    | name  | label             | relevant      |
| | integer | age   | How old are you?  |               |
| | text    | job   | What do you do?   | ${age} >= 15  |`).
		Answer("age", 17).
		Hidden("job")
	fmt.Println(strings.Join(t.said, "\n"))
	// Output: job is asked
}
