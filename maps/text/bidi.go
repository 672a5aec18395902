package text

import (
	"slices"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/text/unicode/bidi"
)

// rightToLeft looks at the first strong character (Unicode Annex 9, P2 and P3).
func rightToLeft(text []rune) bool {
	for _, r := range text {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

// splitAt cuts a run where spans end.
func splitAt(in shaping.Input, ends []int) []shaping.Input {
	var out []shaping.Input
	for _, e := range ends {
		if e > in.RunStart && e < in.RunEnd {
			head := in
			head.RunEnd, in.RunStart = e, e
			out = append(out, head)
		}
	}
	return append(out, in)
}

// numberLength is how many runes at the start of a text are a number.
func numberLength(text []rune) int {
	n := 0
	for i, r := range text {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.EN, bidi.AN:
			n = i + 1
		case bidi.ES, bidi.CS, bidi.ET:
		default:
			return n
		}
	}
	return n
}

// visualOrder puts the runs of a line in the order in which they stand (Unicode
// Annex 9, L2).
func visualOrder(sl shapedLine) []shaping.Output {
	levels := levels(sl)
	out := slices.Clone(sl.runs)
	for level := 2; level > 0; level-- {
		for i := 0; i < len(out); i++ {
			from := i
			for i < len(out) && levels[i] >= level {
				i++
			}
			slices.Reverse(out[from:i])
			slices.Reverse(levels[from:i])
		}
	}
	return out
}

// levels gives the embedding level of each run. Runs know only their direction;
// what is missing is that numbers among words that run to the left belong to
// these, though they run to the right (I1).
func levels(sl shapedLine) []int {
	out := make([]int, len(sl.runs))
	for i, r := range sl.runs {
		switch {
		case r.Direction == di.DirectionRTL:
			out[i] = 1
		case sl.rtl:
			out[i] = 2
		case i > 0 && out[i-1] > 0:
			text := sl.of.text[r.Runes.Offset:min(len(sl.of.text), r.Runes.Offset+r.Runes.Count)]
			if len(text) > 0 && numberLength(text) == len(text) {
				out[i] = 2
			}
		}
	}
	return out
}
