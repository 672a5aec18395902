package view_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"pgregory.net/rapid"

	"sselandscape/app/view"
	"sselandscape/maps/text"
)

// column makes a column of an index from its texts.
func column(number bool, texts ...string) view.IndexColumn {
	return view.IndexColumn{Number: number, Text: func(i int) string { return texts[i] }}
}

func order(x view.Rows) []int {
	var out []int
	for i := range x.Len() {
		out = append(out, x.Row(i))
	}
	return out
}

func TestIndexSort(t *testing.T) {
	cases := map[string]struct {
		texts  []string
		number bool
		desc   bool
		want   string
	}{
		"numbers":                 {[]string{"10", "9", "1,000", "-2"}, true, false, "-2 9 10 1,000"},
		"numbers as text":         {[]string{"10", "9"}, false, false, "10 9"},
		"text behind numbers":     {[]string{"n/a", "9", "", "10"}, true, false, "9 10 n/a "},
		"blank last, downwards":   {[]string{"", "a", " ", "b"}, false, true, "b a  "},
		"case and accents":        {[]string{"Zebra", "éclair", "apple", "Eclair", "eclair"}, false, false, "apple eclair Eclair éclair Zebra"},
		"equal ones keep order":   {[]string{"1", "1.0", "0", "01"}, true, false, "0 1 1.0 01"},
		"downwards too":           {[]string{"1", "1.0", "2", "01"}, true, true, "2 1 1.0 01"},
		"hangul by the alphabet":  {[]string{"하늘", "가람", "나무"}, false, false, "가람 나무 하늘"},
		"devanagari":              {[]string{"सहकारी", "आमा", "बचत"}, false, false, "आमा बचत सहकारी"},
		"thai vowel before":       {[]string{"ขาว", "เกาะ", "กา"}, false, false, "กา เกาะ ขาว"},
		"scripts in one order":    {[]string{"협동", "सहकारी", "Coop", "สหกรณ์", "תאגיד"}, false, false, "Coop תאגיד सहकारी สหกรณ์ 협동"},
		"infinity is not a count": {[]string{"inf", "NaN", "7"}, true, false, "7 inf NaN"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			x := view.NewIndex(len(c.texts), column(c.number, c.texts...))
			x.Sort(0, c.desc)
			var got []string
			for _, r := range order(x) {
				got = append(got, strings.TrimSpace(c.texts[r]))
			}
			if d := cmp.Diff(strings.Split(c.want, " "), got); d != "" && strings.Join(got, " ") != c.want {
				t.Error(d)
			}
		})
	}
}

func TestFacets(t *testing.T) {
	x := view.NewIndex(5, column(false, "Alpha", "Beta", "Gamma", "Beta two", "Beta three"), column(false, "in", "out", "in", "in", ""), column(false, "NPL", "NPL", "KOR", "KOR", "KOR"))
	check := func(what string, col int, want ...view.Facet) {
		t.Helper()
		if d := cmp.Diff(want, x.Facets(col)); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	check("all", 1, view.Facet{Text: "in", Count: 3}, view.Facet{Text: "out", Row: 1, Count: 1}, view.Facet{Text: "", Row: 4, Count: 1})
	x.Search("beta")
	check("searched", 1, view.Facet{Text: "in", Count: 1}, view.Facet{Text: "out", Row: 1, Count: 1}, view.Facet{Text: "", Row: 4, Count: 1})
	x.Filter(1, "in", true)
	check("own filter does not count", 1, view.Facet{Text: "in", Count: 1, On: true}, view.Facet{Text: "out", Row: 1, Count: 1}, view.Facet{Text: "", Row: 4, Count: 1})
	check("others' filters do", 2, view.Facet{Text: "KOR", Row: 2, Count: 1}, view.Facet{Text: "NPL", Count: 0})
	x.Filter(1, "", true)
	if d := cmp.Diff([]int{3, 4}, order(x)); d != "" {
		t.Error(d)
	}
	x.Filter(1, "", false)
	x.Filter(1, "in", false)
	x.Search("")
	if x.Len() != 5 || x.Place(3) != 3 {
		t.Errorf("%d shown, row 3 at %d", x.Len(), x.Place(3))
	}
}

// TestIndexIsBruteForce searches, filters and sorts at random, and compares with
// looking at every row anew.
func TestIndexIsBruteForce(t *testing.T) {
	words := []string{"", " ", "a", "B", "ab", "Ábc", "१२", "12", "9", "3.5", "-4", "사회", "사", "سهم", "c a", "สห", "nope"}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 25).Draw(t, "rows")
		data := make([][]string, 3)
		var columns []view.IndexColumn
		for c := range data {
			data[c] = rapid.SliceOfN(rapid.SampledFrom(words), n, n).Draw(t, fmt.Sprint("column", c))
			columns = append(columns, column(c == 1, data[c]...))
		}
		x := view.NewIndex(n, columns...)
		b := brute{data: data, by: -1, wanted: map[int]map[string]bool{0: {}, 1: {}, 2: {}}}
		t.Repeat(map[string]func(*rapid.T){
			"search": func(t *rapid.T) {
				b.query = strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 2).Draw(t, "query"), " ")
				x.Search(b.query)
			},
			"type on": func(t *rapid.T) {
				b.query += rapid.SampledFrom([]string{"a", "b", " ", "회", "1"}).Draw(t, "more")
				x.Search(b.query)
			},
			"filter": func(t *rapid.T) {
				c, w, on := rapid.IntRange(0, 2).Draw(t, "column"), rapid.SampledFrom(words).Draw(t, "text"), rapid.Bool().Draw(t, "on")
				x.Filter(c, w, on)
				if delete(b.wanted[c], w); on && slices.Contains(data[c], w) {
					b.wanted[c][w] = true
				}
			},
			"sort": func(t *rapid.T) {
				b.by, b.desc = rapid.IntRange(-1, 2).Draw(t, "by"), rapid.Bool().Draw(t, "descending")
				x.Sort(b.by, b.desc)
			},
			"": func(t *rapid.T) {
				want := b.order()
				if d := cmp.Diff(want, order(x)); d != "" {
					t.Fatalf("%+v (-want +got):\n%s", b, d)
				}
				for place, row := range want {
					if x.Place(row) != place {
						t.Fatalf("row %d is at %d, not %d", row, x.Place(row), place)
					}
				}
			},
		})
	})
}

// brute is an index that looks at every row.
type brute struct {
	data   [][]string
	query  string
	wanted map[int]map[string]bool
	by     int
	desc   bool
}

func (b *brute) shows(row int) bool {
	for _, w := range strings.Fields(text.Fold(b.query)) {
		if !slices.ContainsFunc(b.data, func(c []string) bool { return strings.Contains(text.Fold(c[row]), w) }) {
			return false
		}
	}
	for c, w := range b.wanted {
		if len(w) > 0 && !w[b.data[c][row]] {
			return false
		}
	}
	return true
}

func (b *brute) order() []int {
	var out []int
	for row := range b.data[0] {
		if b.shows(row) {
			out = append(out, row)
		}
	}
	if b.by < 0 {
		return out
	}
	col := collate.New(language.Und)
	slices.SortStableFunc(out, func(i, j int) int {
		s, u := strings.TrimSpace(b.data[b.by][i]), strings.TrimSpace(b.data[b.by][j])
		if s == "" || u == "" {
			return strings.Compare(map[bool]string{true: "last", false: "first"}[s == ""], map[bool]string{true: "last", false: "first"}[u == ""])
		}
		v, ok := view.Number(s)
		v2, ok2 := view.Number(u)
		sign := 1
		if b.desc {
			sign = -1
		}
		switch {
		case b.by == 1 && ok && ok2:
			return sign * int(10*(v-v2))
		case b.by == 1 && ok:
			return -sign
		case b.by == 1 && ok2:
			return sign
		}
		return sign * col.CompareString(s, u)
	})
	return out
}
