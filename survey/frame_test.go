package survey_test

import (
	"testing"

	"sselandscape/survey"
)

func TestListedAndTarget(t *testing.T) {
	for _, name := range []string{"Turnover", "वार्षिक: कारोबार", "a/b[1]", ""} {
		if got, ok := survey.Listed(name).Column(); !ok || got != name {
			t.Errorf("column %q came back as %q", name, got)
		}
		by, value, ok := survey.Target("stratum", name).Target()
		if !ok || by != "stratum" || value != name {
			t.Errorf("target %q came back as %q of %q", name, value, by)
		}
	}
	if _, ok := survey.FieldName.Column(); ok {
		t.Error("the name is a column of a list")
	}
	if _, _, ok := survey.FieldName.Target(); ok {
		t.Error("the name is a target")
	}
}
