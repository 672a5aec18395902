package text

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	other "github.com/go-text/typesetting/bidi"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/text/unicode/bidi"
	"pgregory.net/rapid"
)

// TestVisualOrder writes what stands on a line from left to right. Letters that run
// to the left are Hebrew, in their alphabet's order.
func TestVisualOrder(t *testing.T) {
	f, err := New(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ in, want string }{
		"to the right":               {"abc 12 def", "abc 12 def"},
		"to the left":                {"אבג דה", "הד גבא"},
		"number among them":          {"אב 12 גד", "דג 12 בא"},
		"brackets around a number":   {"אב (12) גד", "דג )12( בא"}, // each drawn as its mirror
		"a word within":              {"אב cd גד", "דג cd בא"},
		"words within to the left":   {"ab אב גד cd", "ab דג בא cd"},
		"number after, to the right": {"ab אב 12 cd", "ab 12 בא cd"},
		"brackets, to the right":     {"ab אב (12) גד", "ab דג )12( בא"},
		"a question's number":        {"B6a. אב 12", "12 בא .B6a"},
		"a mark and a number":        {"○ A1. אב 12", "12 בא .A1 ○"},
		"a name with a full stop":    {"Dr. ab אב", "Dr. ab בא"},
	} {
		t.Run(name, func(t *testing.T) {
			ln := f.lines([]Span{{Text: c.in}}, Style{Size: 16})[0]
			ps := ln.pieces(f)
			levels := make([]level, len(ps))
			for i, p := range ps {
				levels[i] = p.level
			}
			visualOrder(ps, levels)
			var got strings.Builder
			for _, p := range ps {
				text := slices.Clone(ln.of.text[p.from:p.to])
				if p.level%2 == 1 {
					slices.Reverse(text)
				}
				got.WriteString(string(text))
			}
			if got.String() != c.want {
				t.Errorf("%q stands as %q, want %q", c.in, got.String(), c.want)
			}
		})
	}
}

// conformance opens a file of Unicode's own test data, which comes with the sources
// of another library.
func conformance(t *testing.T, path string) *os.File {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/go-text/typesetting").Output()
	if err != nil {
		t.Skip("skipped: the sources of typesetting are not here:", err)
	}
	f, err := os.Open(filepath.Join(strings.TrimSpace(string(dir)), path))
	if err != nil {
		t.Skip("skipped: no test data of Unicode:", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestLevels follows Unicode's own cases of the bidirectional algorithm: levels of
// runes, and their order on a line.
func TestLevels(t *testing.T) {
	cases, failed := 0, 0
	for in := bufio.NewScanner(conformance(t, "bidi/test/BidiCharacterTest.txt")); in.Scan(); {
		fields := strings.Split(in.Text(), ";")
		if len(fields) != 5 {
			continue
		}
		cases++
		var text []rune
		for _, h := range strings.Fields(fields[0]) {
			n, _ := strconv.ParseInt(h, 16, 32)
			text = append(text, rune(n))
		}
		rtl := fields[1] == "1" || fields[1] == "2" && rightToLeft(text)
		got, order := levelsAndOrder(text, rtl)
		if got != fields[3] || order != fields[4] {
			if failed++; failed < 20 {
				t.Errorf("%s: levels %s order %s, want %s order %s", fields[0], got, order, fields[3], fields[4])
			}
		}
	}
	if cases < 90000 || failed > 0 {
		t.Errorf("%d of %d cases failed", failed, cases)
	}
}

// levelsAndOrder writes both as the test data does.
func levelsAndOrder(text []rune, rtl bool) (string, string) {
	ls := levels(text, rtl)
	if ls == nil {
		ls = make([]level, len(text))
	}
	base := level(0)
	if rtl {
		base = 1
	}
	for i := range text {
		c := classOf(text[i])
		if last := i == len(text)-1; last && hangs(text[i]) || c == bidi.S || c == bidi.B {
			for j := i; j >= 0 && (j == i || hangs(text[j])); j-- {
				ls[j] = base
			}
		}
	}
	var shown []string
	var places []string
	var kept []level
	for i, r := range text {
		if removed(classOf(r)) {
			shown = append(shown, "x")
			continue
		}
		shown = append(shown, strconv.Itoa(int(ls[i])))
		places, kept = append(places, strconv.Itoa(i)), append(kept, ls[i])
	}
	visualOrder(places, kept)
	return strings.Join(shown, " "), strings.Join(places, " ")
}

// TestLevelsAgree compares with another implementation, which tells directions only.
func TestLevelsAgree(t *testing.T) {
	signs := []rune("ab1 2,.-+()[]%$אבجد٣٤\u2067\u2066\u2068\u2069\u202b\u202a\u202c\u202e\u0301\u200d")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom(signs), 1, 30).Draw(t, "text")
		rtl := rapid.Bool().Draw(t, "rtl")
		base := other.LeftToRight
		if rtl {
			base = other.RightToLeft
		}
		got := levels(text, rtl)
		var p other.Paragraph
		runs := p.Segment(text, base)
		for n := range runs.NumRuns() {
			r := runs.Run(n)
			for i := r.Start; i < r.End; i++ {
				odd := got != nil && got[i]%2 == 1
				if odd == r.IsLeftToRight() && !removed(classOf(text[i])) && !hangs(text[i]) {
					t.Fatalf("%q: rune %d", string(text), i)
				}
			}
		}
	})
}
