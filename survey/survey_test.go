package survey_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
)

func TestValueJSON(t *testing.T) {
	cases := map[string]struct {
		in   string
		want survey.Value
		fail bool
	}{
		"text":             {`"a \"b\" <c>"`, survey.Of(`a "b" <c>`), false},
		"number as typed":  {`12.50`, survey.Of("12.50"), false},
		"truth":            {`true`, survey.Of("true"), false},
		"blank":            {`null`, survey.Value{}, false},
		"choices":          {`["a", "b"]`, survey.Of("a b"), false},
		"don't know":       {`{"special": "dk"}`, survey.Value{Special: survey.DontKnow}, false},
		"unknown special":  {`{"special": "later"}`, survey.Value{}, true},
		"choices of a mix": {`["a", 1]`, survey.Value{}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var v survey.Value
			if err := json.Unmarshal([]byte(c.in), &v); (err != nil) != c.fail {
				t.Fatal(err)
			}
			if !c.fail && v != c.want {
				t.Errorf("got %+v", v)
			}
		})
	}
}

func TestValueThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := survey.Of(rapid.String().Draw(t, "text"))
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var w survey.Value
		if err := json.Unmarshal(b, &w); err != nil || w != v {
			t.Fatalf("%q became %q: %v", v.Text, w.Text, err)
		}
	})
}

func TestFieldSteps(t *testing.T) {
	got, err := survey.Field("farm[2]/crop[3-k2]/name").Steps()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]survey.Step{{Name: "farm", Row: "2"}, {Name: "crop", Row: "3-k2"}, {Name: "name"}}, got); d != "" {
		t.Error(d)
	}
	for _, bad := range []survey.Field{"", "a/", "a[1", "a[]", "[1]", "a]b", "a[1]x"} {
		if _, err := bad.Steps(); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestRowKeysSort(t *testing.T) {
	keys := []survey.RowKey{"10", "2", "2.5-x", "1-b", "1-a", "1"}
	slices.SortFunc(keys, survey.RowKey.Compare)
	if d := cmp.Diff([]survey.RowKey{"1", "1-a", "1-b", "2", "2.5-x", "10"}, keys); d != "" {
		t.Error(d)
	}
}

// TestCanonicalBytesStay pins the bytes that are hashed and signed: studies of
// today must verify tomorrow.
func TestCanonicalBytesStay(t *testing.T) {
	r := survey.Revision{ID: "1", Entity: "e", Kind: survey.UnitKind, Device: "d", Seq: 1, Actor: "ana", Wall: "2026-03-01T00:00:00.000Z", TZ: "+05:45", Lamport: 2,
		Patch: map[survey.Field]survey.Value{"b": {Special: survey.Refused}, "a": survey.Of("<&>"), "c": {}}, Replaces: map[survey.Field][]string{"a": {"0"}}}
	b, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"1","entity":"e","kind":"unit","device":"d","seq":1,"actor":"ana","wall":"2026-03-01T00:00:00.000Z","tz":"+05:45","lamport":2,"patch":{"a":"<&>","b":{"special":"refused"},"c":null},"replaces":{"a":["0"]}}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestText(t *testing.T) {
	x := survey.Text{"English (en)": "Name", "Nepali (ne)": "-"}
	if got := x.In("Nepali (ne)", "English (en)"); got != "Name" || x.Has("Nepali (ne)") {
		t.Errorf("got %q", got)
	}
	for name, want := range map[string]string{"Nepali (ne)": "ne", "en": "en", "  ": ""} {
		if got := survey.LanguageCode(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func Example() {
	f := &survey.Form{Items: []survey.Item{&survey.Group{Node: survey.Node{Name: "who"}, Items: []survey.Item{
		&survey.Question{Node: survey.Node{Name: "name", Sse: map[string]string{"role": "unit.name"}}, Kind: survey.String}}}}}
	f.Walk(func(it survey.Item, within []survey.Item) bool {
		fmt.Println(len(within), it.Common().Name)
		return true
	})
	fmt.Println(f.ByRole("unit.name").Kind)
	// Output:
	// 0 who
	// 1 name
	// text
}
