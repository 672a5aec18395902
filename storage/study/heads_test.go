package study

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
)

// TestHeads reads what was written, whichever way it is read, as encoding/json does.
func TestHeads(t *testing.T) {
	quick := 0
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "plain", "करुणा", `a "b"`, "x\ny", "a\\b", "12"}))
		want := map[survey.Field][]survey.Head{}
		stored := map[survey.Field][]storedHead{}
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			f := survey.Field(text.Draw(t, "field"))
			for range rapid.IntRange(1, 3).Draw(t, "heads") {
				h := survey.Head{Revision: text.Draw(t, "r"), Actor: text.Draw(t, "a"), Device: text.Draw(t, "d"), Wall: text.Draw(t, "w"), Lamport: rapid.Int64().Draw(t, "l"),
					Value: rapid.SampledFrom([]survey.Value{{}, {Special: survey.Refused}, survey.Of(text.Draw(t, "v"))}).Draw(t, "value")}
				want[f], stored[f] = append(want[f], h), append(stored[f], storedHead(h))
			}
		}
		b, err := canonicalJSON(stored)
		if err != nil {
			t.Fatal(err)
		}
		r := &headsReader{}
		got, err := r.heads(string(b))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s\n%s", b, d)
		}
		r.text = string(b)
		if _, ok := r.object(); ok {
			quick++
		}
	})
	if quick == 0 {
		t.Error("nothing was read the quick way")
	}
}

func FuzzHeads(f *testing.F) {
	f.Add(`{"a":[{"r":"1","v":"x","a":"b","d":"c","w":"d","l":1},{"r":"1","v":null,"a":"b","d":"c","w":"d","l":-2}],"b":[{"r":"","v":{"special":"dk"},"a":"","d":"","w":"","l":0}]}`)
	f.Add("{}")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := (&headsReader{}).heads(text)
		var want map[survey.Field][]storedHead
		if json.Unmarshal([]byte(text), &want) != nil {
			if err == nil {
				t.Fatalf("%q was read", text)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for f, hs := range want {
			if len(got[f]) != len(hs) {
				t.Fatalf("%q: %v", text, got)
			}
			for i, h := range hs {
				if got[f][i] != survey.Head(h) {
					t.Fatalf("%q: %v", text, got)
				}
			}
		}
	})
}
