package text

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-text/typesetting/di"
	"golang.org/x/image/font/gofont/goregular"
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
	} {
		t.Run(name, func(t *testing.T) {
			sl := f.shape([]Span{{Text: c.in}}, Style{Size: 16})[0]
			var got strings.Builder
			for _, r := range visualOrder(sl) {
				text := slices.Clone(sl.of.text[r.Runes.Offset : r.Runes.Offset+r.Runes.Count])
				if r.Direction == di.DirectionRTL {
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
