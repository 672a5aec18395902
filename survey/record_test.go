package survey_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
)

// TestAppendFields reads what MarshalPlain writes, escapes and special answers among it.
func TestAppendFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		patch := rapid.MapOf(rapid.Map(rapid.String(), func(s string) survey.Field { return survey.Field(strings.ToValidUTF8(s, "?")) }),
			rapid.Custom(func(t *rapid.T) survey.Value {
				if rapid.Bool().Draw(t, "special") {
					return survey.Value{Special: rapid.SampledFrom([]survey.Special{survey.DontKnow, survey.Refused, survey.NotApplicable}).Draw(t, "which")}
				}
				return survey.Of(strings.ToValidUTF8(rapid.OneOf(rapid.String(), rapid.Just("a\"b\\c\n\u2028\x01<&>")).Draw(t, "text"), "?"))
			})).Draw(t, "patch")
		d := &survey.Document{Heads: map[survey.Field][]survey.Head{}}
		for f, v := range patch {
			d.Heads[f] = []survey.Head{{Value: v}}
		}
		b, err := survey.MarshalPlain(patch)
		if err != nil {
			t.Fatal(err)
		}
		got, err := survey.AppendFields(nil, string(b))
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if diff := cmp.Diff(survey.RecordOf(d).Fields, got); diff != "" {
			t.Fatalf("%s: %s", b, diff)
		}
	})
}

// FuzzAppendFields gives it anything.
func FuzzAppendFields(f *testing.F) {
	for _, s := range []string{`null`, `{}`, `{"a":"b"}`, `{"a":"b\"","c":null,"d":{"special":"dk"}}`, `{"a`, `{"a":"b",}`, `{"a":{"special":"x"}}`, `{"a":"\u0`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fields, err := survey.AppendFields(nil, s)
		for _, x := range fields {
			if err == nil && x.Value.Blank() {
				t.Errorf("%q: a blank field", s)
			}
		}
	})
}
