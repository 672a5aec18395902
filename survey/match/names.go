package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Key brings a name into the form in which names are compared: small letters
// without accents, one space between words, no punctuation. Vowel signs of Indic
// and other scripts are letters and stay; Hangul becomes single letters.
func Key(name string) string {
	var b strings.Builder
	space := false
	latin := false
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r) && latin: // an accent
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			latin = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) || latin && unicode.IsMark(r)
			b.WriteRune(unicode.ToLower(r))
		case r == '\'' || r == '’': // "mothers' group"
		default:
			space = true
		}
	}
	return b.String()
}

// Hit is a name like the one that was asked for.
type Hit struct {
	Index int     // among the names
	Score float64 // 0 to 1; 1 is the same key
}

// Names are names made ready to be compared with many others.
type Names struct{ grams [][]uint64 }

// NewNames makes names ready.
func NewNames(names []string) *Names {
	n := &Names{grams: make([][]uint64, len(names))}
	for i, s := range names {
		n.grams[i] = grams(Key(s))
	}
	return n
}

// Like lists the names that are like one, the most similar first: those whose
// score is at least floor, at most limit of them. The score is the Sørensen–Dice
// coefficient of the groups of three letters that the words have.
func (n *Names) Like(name string, floor float64, limit int) []Hit {
	want := grams(Key(name))
	if len(want) == 0 {
		return nil
	}
	var out []Hit
	for i, g := range n.grams {
		if s := likeness(want, g); s >= floor {
			out = append(out, Hit{i, s})
		}
	}
	slices.SortStableFunc(out, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(len(out), limit)]
}

// grams lists the groups of three letters of a key in order, with the ends of
// words; a letter takes 21 bits.
func grams(key string) []uint64 {
	var out []uint64
	for _, word := range strings.Fields(key) {
		group := uint64(' ')
		for i, r := range word + " " {
			group = (group<<21 | uint64(r)) & (1<<63 - 1)
			if i > 0 {
				out = append(out, group)
			}
		}
	}
	slices.Sort(out)
	return out
}

// likeness compares two sorted lists of groups.
func likeness(a, b []uint64) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(both) / float64(len(a)+len(b))
}
