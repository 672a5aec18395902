package gazetteer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sselandscape/maps/gazetteer"
)

// towns are names with populations in thousands.
var towns = []gazetteer.Entry{
	{[]string{"Kathmandu", "काठमाडौं"}, 1442}, {[]string{"Seoul", "서울"}, 10349}, {[]string{"Đà Nẵng"}, 988}, {[]string{"New Delhi", "नई दिल्ली"}, 317}, {[]string{"Delhi"}, 10927},
	{[]string{"Ulaanbaatar", "Улаанбаатар"}, 844}, {[]string{"Nuku'alofa"}, 22}, {[]string{"Port Moresby"}, 283}, {[]string{"Moresby Island"}, 1}, {[]string{"Beijing", "北京"}, 18960},
	{[]string{"Kathu"}, 12}, {[]string{"Lahore", "لاہور"}, 6310}, {[]string{"Bhaktapur", "भक्तपुर"}, 81}, {[]string{"Chiang Mai", "เชียงใหม่"}, 200}, {[]string{"Ho Chi Minh City"}, 3467}, {[]string{"Osh"}, 200},
}

func names(x *gazetteer.Index, query string) (out []string) {
	for _, f := range x.Find(query, 5) {
		out = append(out, f.Name)
	}
	return out
}

func TestFind(t *testing.T) {
	x := gazetteer.New(towns)
	for name, c := range map[string]struct {
		query string
		want  []string // the first ones
	}{
		"whole before longer":      {"delhi", []string{"Delhi", "New Delhi"}},
		"the beginning of a word":  {"mores", []string{"Port Moresby", "Moresby Island"}},
		"the larger first":         {"kath", []string{"Kathmandu", "Kathu"}},
		"no accents":               {"da nang", []string{"Đà Nẵng"}},
		"another script":           {"काठ", []string{"काठमाडौं"}},
		"two signs of Han":         {"北京", []string{"北京"}},
		"a syllable being written": {"서우", []string{"서울"}},
		"Urdu on an Arabic board":  {"لاهور", []string{"لاہور"}},
		"Thai":                     {"เชียง", []string{"เชียงใหม่"}},
		"Cyrillic capitals":        {"УЛААН", []string{"Улаанбаатар"}},
		"a sign between":           {"nuku alofa", []string{"Nuku'alofa"}},
		"one letter wrong":         {"katmandu", []string{"Kathmandu"}},
		"two swapped":              {"bahktapur", []string{"Bhaktapur"}},
		"two errors":               {"ulanbatar", []string{"Ulaanbaatar"}},
		"a wrong beginning":        {"cathma", []string{"Kathmandu"}},
		"an error in a later word": {"min city", []string{}},
		"too short for errors":     {"ohs", nil},
		"nothing":                  {"  - ", nil},
		"not there":                {"reykjavik", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := names(x, c.query)
			if len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) || c.want == nil && len(got) > 0 {
				t.Errorf("%q: %q, want %q", c.query, got, c.want)
			}
		})
	}
}

// TestEveryNameIsFound finds each name by itself, first but for others of the same name,
// by its beginning, and with an error.
func TestEveryNameIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zé가-힣क-ह]{1,9}`)
		text := rapid.Map(rapid.SliceOfN(word, 1, 3), func(ws []string) string { return strings.Join(ws, " ") })
		entries := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(text, 1, 2), func(ns []string) gazetteer.Entry { return gazetteer.Entry{Names: ns} }), 1, 40).Draw(t, "entries")
		x := gazetteer.New(entries)
		i := rapid.IntRange(0, len(entries)-1).Draw(t, "entry")
		name := entries[i].Names[0]
		has := func(fs []gazetteer.Found) bool {
			return slices.ContainsFunc(fs, func(f gazetteer.Found) bool { return f.Entry == i })
		}
		all := x.Find(name, len(entries))
		if len(all) == 0 || all[0].Fit != gazetteer.Whole || !has(all) {
			t.Fatalf("%q is not found: %+v", name, all)
		}
		if !slices.IsSortedFunc(all, func(a, b gazetteer.Found) int { return int(a.Off - b.Off) }) {
			t.Fatal("what has errors comes before what has none")
		}
		rs := []rune(name)
		if begin := string(rs[:rapid.IntRange(1, len(rs)).Draw(t, "length")]); strings.TrimSpace(begin) != "" && !has(x.Find(begin, len(entries))) {
			t.Fatalf("%q is not found by %q", name, begin)
		}
		if k := rapid.IntRange(0, len(rs)-1).Draw(t, "wrong"); len(rs) >= 8 && rs[k] > 0x20 && rs[k] < 0x7f {
			rs[k] = 'q'
			if !has(x.Find(string(rs), len(entries))) {
				t.Fatalf("%q is not found by %q", name, string(rs))
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	var entries []gazetteer.Entry
	for i := range 50_000 {
		entries = append(entries, gazetteer.Entry{Names: []string{fmt.Sprintf("%s%s %x", towns[i%len(towns)].Names[0], towns[i/7%len(towns)].Names[0], i)}, Weight: i})
	}
	x := gazetteer.New(entries)
	for _, q := range []string{"kath", "katmandubeijink"} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				x.Find(q, 20)
			}
		})
	}
}

func ExampleIndex_Find() {
	x := gazetteer.New([]gazetteer.Entry{{Names: []string{"Kathmandu", "काठमाडौं"}, Weight: 1_442_271}, {Names: []string{"Kathu"}, Weight: 12_000}})
	for _, f := range x.Find("katmandu", 3) {
		fmt.Println(f.Name, f.Off)
	}
	// Output: Kathmandu 1
}
