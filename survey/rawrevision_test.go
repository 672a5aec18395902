package survey_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
)

// canonicalOf decodes bytes and writes them again; ok says whether they could be.
func canonicalOf(b []byte) (r survey.Revision, again []byte, ok bool) {
	if json.Unmarshal(b, &r) != nil {
		return r, nil, false
	}
	again, err := r.Canonical()
	return r, again, err == nil
}

// checkScan compares the scanner with the standard library: it accepts what is written
// the same way again, nothing else, and finds the same in it.
func checkScan(t interface{ Fatalf(string, ...any) }, b []byte) {
	var raw survey.RawRevision
	err := survey.ScanRevision(b, &raw)
	want, again, ok := canonicalOf(b)
	if ok = ok && string(again) == string(b); ok != (err == nil) {
		t.Fatalf("%q: canonical %v, scanned: %v", b, ok, err)
	}
	if err != nil {
		return
	}
	got, err := raw.Decode()
	if err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%q: %s", b, d)
	}
	gone := 0
	for _, ids := range want.Replaces {
		gone += len(ids)
	}
	if len(raw.Fields) != len(want.Patch) || len(raw.Gone) != gone {
		t.Fatalf("%q: %d fields, %d replaced", b, len(raw.Fields), len(raw.Gone))
	}
	for _, f := range raw.Fields {
		v, ok := want.Patch[survey.Field(f.Name)]
		if j, _ := survey.MarshalPlain(v); !ok || string(j) != string(f.Value) || f.Blank() != v.Blank() {
			t.Fatalf("%q: field %q is %q", b, f.Name, f.Value)
		}
	}
}

func drawRevision(t *rapid.T) survey.Revision {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a", "\u2028\x01\"\\\n", "<b>&", "नेपाल", "\x7f"}))
	value := rapid.Custom(func(t *rapid.T) survey.Value {
		if sp := rapid.SampledFrom([]survey.Special{"", "", "", survey.DontKnow, survey.Refused, survey.NotApplicable}).Draw(t, "special"); sp != "" {
			return survey.Value{Special: sp}
		}
		return survey.Of(text.Draw(t, "text"))
	})
	field := rapid.Map(text, func(s string) survey.Field { return survey.Field(s) })
	return survey.Revision{ID: text.Draw(t, "id"), Entity: text.Draw(t, "entity"), Kind: survey.EntityKind(text.Draw(t, "kind")), Form: text.Draw(t, "form"), FormVersion: text.Draw(t, "version"),
		Device: text.Draw(t, "device"), Seq: rapid.Int64().Draw(t, "seq"), Actor: text.Draw(t, "actor"), Wall: text.Draw(t, "wall"), TZ: text.Draw(t, "tz"), Lamport: rapid.Int64().Draw(t, "lamport"),
		Patch: rapid.MapOfN(field, value, 0, 5).Draw(t, "patch"), Replaces: rapid.MapOfN(field, rapid.SliceOfN(text, 0, 3), 0, 3).Draw(t, "replaces")}
}

// TestScanRevision scans what is written, and what is written with one byte changed.
func TestScanRevision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRevision(t)
		b, err := r.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		checkScan(t, b)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			b[i] = rapid.SampledFrom([]byte(`"\{}[]:,nu0 1a`)).Draw(t, "byte")
		case 1:
			b = append(b[:i], b[i+1:]...)
		default:
			b = append(b[:i], append([]byte{rapid.Byte().Draw(t, "byte")}, b[i:]...)...)
		}
		checkScan(t, b)
	})
}

func TestScanRefuses(t *testing.T) {
	head, tail := `{"id":"1","entity":"u","kind":"unit","device":"d","seq":1,"actor":"a","wall":"w","tz":"z","lamport":1,"patch":`, `}`
	for name, c := range map[string]struct {
		patch string
		ok    bool
	}{
		"answers":                {`{"a":"x","b":null,"c":{"special":"dk"}}`, true},
		"nothing":                {`{}`, true},
		"no patch":               {`null`, true},
		"escapes":                {`{"a":"\u2028\u0001\n"}`, true},
		"fields in disorder":     {`{"b":"x","a":"x"}`, false},
		"a field twice":          {`{"a":"x","a":"x"}`, false},
		"white space":            {`{"a": "x"}`, false},
		"a blank text":           {`{"a":""}`, false},
		"a number":               {`{"a":1}`, false},
		"a needless escape":      {`{"a":"\u0041"}`, false},
		"a long escape":          {`{"a":"\u000a"}`, false},
		"capitals in an escape":  {`{"a":"\u001F"}`, false},
		"a slash escaped":        {`{"a":"\/"}`, false},
		"a bare line separator":  {"{\"a\":\"\u2028\"}", false},
		"broken UTF-8":           {"{\"a\":\"\xff\"}", false},
		"an unknown special":     {`{"a":{"special":"?"}}`, false},
		"nothing replaced":       {`{},"replaces":{}`, false},
		"replaced":               {`{},"replaces":{"a":["1","2"]}`, true},
		"a form after the patch": {`{},"form":"f"`, false},
	} {
		b := []byte(head + c.patch + tail)
		checkScan(t, b)
		if err := survey.ScanRevision(b, &survey.RawRevision{}); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzScanRevision(f *testing.F) {
	f.Add([]byte(`{"id":"1","entity":"u","kind":"unit","device":"d","seq":1,"actor":"a","wall":"w","tz":"z","lamport":1,"patch":{"a":"x"},"replaces":{"a":["0"]}}`))
	f.Fuzz(func(t *testing.T, b []byte) { checkScan(t, b) })
}

func BenchmarkScanRevision(b *testing.B) {
	r := survey.Revision{ID: "01a21073-1191-7a0b-ad6d-45cb70a80d4c", Entity: "01a21073-1191-7a0b-ad6d-45cb70a80d4d", Kind: survey.InterviewKind, Form: "sse_unit", FormVersion: "2026", Device: "d", Seq: 7, Actor: "Ana",
		Wall: "2026-11-11T10:10:10.000Z", TZ: "+05:45", Lamport: 9, Patch: map[survey.Field]survey.Value{}}
	for i := range 60 {
		r.Patch[survey.Field(string(rune('a'+i%26))+"_question")+survey.Field(rune('a'+i/26))] = survey.Of("an answer")
	}
	line, _ := r.Canonical()
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	var raw survey.RawRevision
	for b.Loop() {
		if err := survey.ScanRevision(line, &raw); err != nil {
			b.Fatal(err)
		}
	}
}
