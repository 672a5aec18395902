package interview_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey/interview"
)

const odd = `
| survey |
| | type             | name    | label::English (en) | label::Nepali (ne) | relevant                    | constraint       | choice_filter   | bind::sse:warning |
| | integer          | n       | How many?           | कति?               |                             |                  |                 |                   |
| | select_one yn    | pay     | Pay?                | तिर्ने?             | ${n} = 417                  |                  |                 |                   |
| | text             | deep    | Why?                | -                  | ${pay} = 'no'               |                  |                 |                   |
| | text             | never   | Never?              | कहिल्यै?            | ${n} > 5 and ${n} < 5       |                  |                 |                   |
| | integer          | none    | None?               | कुनै?               |                             | . > 5 and . < 5  |                 |                   |
| | integer          | strange | Strange?            | अनौठो?              |                             |                  |                 | . < 0 and . > 0   |
| | select_one town  | town    | Town?               | सहर?               |                             |                  | open = 'yes'    |                   |
| | begin repeat     | person  | Person              | व्यक्ति             |                             |                  |                 |                   |
| | integer          | age     | Age?                | उमेर?              |                             |                  |                 |                   |
| | text             | old     | Old?                | बुढो?               | ${age} = 99                 |                  |                 |                   |
| | end repeat       |         |                     |                    |                             |                  |                 |                   |
| choices |
| | list_name | name | label::English (en) | label::Nepali (ne) | open |
| | yn        | yes  | Yes                 | हो                 |      |
| | yn        | no   | No                  |                    |      |
| | town      | a    | A                   | क                  | yes  |
| | town      | b    | B                   | ख                  | no   |
`

func TestExplore(t *testing.T) {
	e := interview.Explore(form(t, odd), 1, 60)
	var got []string
	for _, p := range e.Problems {
		got = append(got, p.String())
	}
	want := []string{
		"survey!5: warning: never was never asked in 60 random interviews (look at its condition and at those around it)",
		"survey!6: warning: no answer of many satisfied the constraint of none",
		"survey!7: warning: no answer of many satisfied the soft check of strange",
		"survey!8: warning: town never offered b",
		"survey!4: warning: the label of deep is missing in Nepali (ne)",
		"choices!3: warning: the label of yn no is missing in Nepali (ne)",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
	if e.Reached != e.Questions-1 || e.Interviews != 60 {
		t.Errorf("reached %d of %d", e.Reached, e.Questions)
	}
}

func TestExploreAgainIsTheSame(t *testing.T) {
	p := shipped(t)
	a, b := interview.Explore(p, 7, 3), interview.Explore(p, 7, 3)
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("the same seed gave another exploration:\n%s", d)
	}
}

// TestExploreShipped keeps the shipped questionnaire without dead branches.
func TestExploreShipped(t *testing.T) {
	e := interview.Explore(shipped(t), 1, 400)
	for _, p := range e.Problems {
		if p.Column == "relevant" || p.Column == "constraint" {
			t.Error(p)
		}
	}
	if e.Reached != e.Questions || e.Questions < 200 {
		t.Errorf("%d of %d questions were reached", e.Reached, e.Questions)
	}
}

func BenchmarkExploreShipped(b *testing.B) {
	p := shipped(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		interview.Explore(p, uint64(i), 1)
	}
}
