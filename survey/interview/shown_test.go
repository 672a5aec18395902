package interview_test

import (
	"strings"
	"testing"

	"sselandscape/survey"
)

func TestShown(t *testing.T) {
	s, _ := form(t, members).Start(world())
	for _, g := range [][2]survey.Field{{"n", "12"}, {"pay", "yes"}, {"fee", "2"}, {"uses", "loan other"}} {
		if _, err := s.Set(g[0], survey.Of(string(g[1]))); err != nil {
			t.Fatal(err)
		}
	}
	for f, want := range map[survey.Field]string{"n": "12", "pay": "Yes", "uses": "Loans|Other uses", "other": "", "nobody": "", "dues": ""} {
		if got := strings.Join(s.Shown(f, ""), "|"); got != want {
			t.Errorf("%s is shown as %q, want %q", f, got, want)
		}
	}
	if _, err := s.Set("n", survey.Value{Special: survey.DontKnow}); err != nil {
		t.Fatal(err)
	}
	if got := s.Shown("n", ""); len(got) != 1 || got[0] != "don't know" {
		t.Errorf("a special answer is shown as %q", got)
	}
	if got := s.Shown("pay", ""); got != nil {
		t.Errorf("what is not asked any more is shown as %q", got)
	}
}
