package interview_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xlsform"
)

// places lists how every node of an interview stands.
func places(s *interview.Session) []interview.Place {
	var out []interview.Place
	s.Places(func(p interview.Place) {
		p.Item = nil
		out = append(out, p)
	})
	return out
}

// relevant lists the nodes that are relevant. What was computed in hidden places,
// and the rows counted there, are computed anew when they show.
func relevant(s *interview.Session) []interview.Place {
	return slices.DeleteFunc(places(s), func(p interview.Place) bool { return !p.Relevant })
}

// randomProgram draws a form and compiles it.
func randomProgram(t *rapid.T) *interview.Program {
	book := surveytest.RandomForm(t)
	for _, row := range book.Sheets[0].Rows {
		t.Logf("%q", row)
	}
	f, ps := xlsform.Parse(book)
	if f == nil {
		t.Fatal(ps)
	}
	p, ps := interview.Compile(f)
	if p == nil {
		t.Fatal(ps)
	}
	return p
}

// TestIncrementalIsWhole holds random interviews about random forms. After every
// act, computing everything anew must change nothing; and the interview resumed
// from what was to be stored must be the same.
func TestIncrementalIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomProgram(t)
		s, changes := p.Start(surveytest.World())
		stored := map[survey.Field]survey.Value{}
		keep := func(cs []interview.Change) {
			for _, c := range cs {
				stored[c.Field] = c.Value
			}
		}
		keep(changes)
		for range rapid.IntRange(1, 20).Draw(t, "acts") {
			cs := surveytest.RandomAct(t, s)
			t.Logf("%v", cs)
			keep(cs)
			before := places(s)
			if cs := s.Recompute(); len(cs) > 0 {
				t.Fatalf("computing everything anew changes %v", cs)
			}
			if after := places(s); !slices.Equal(before, after) {
				t.Fatalf("step by step and all at once differ (-step +all):\n%s", cmp.Diff(before, after))
			}
		}
		again := p.Resume(surveytest.World(), stored)
		if d := cmp.Diff(s.Answers(), again.Answers()); d != "" {
			t.Fatalf("answers (-held +resumed):\n%s", d)
		}
		if d := cmp.Diff(relevant(s), relevant(again)); d != "" {
			t.Fatalf("places (-held +resumed):\n%s", d)
		}
		if len(s.Notes()) > 0 {
			t.Fatal(s.Notes())
		}
	})
}
