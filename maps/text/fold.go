package text

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters are letters that people do not tell apart when they search, beyond
// what Unicode decomposes: Latin letters with strokes, ligatures, the final
// sigma, and the letters that Arabic, Persian and Urdu keyboards write
// differently.
var letters = map[rune]string{
	'đ': "d", 'ð': "d", 'ø': "o", 'ł': "l", 'ħ': "h", 'ı': "i", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ς': "σ",
	'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه", 'ہ': "ه", 'ھ': "ه", 'ە': "ه",
}

// Fold gives a text the form in which texts are compared when searching: small
// letters without accents, digits of every script as 0 to 9, Hangul as single
// letters (so that a syllable is found while it is being composed), nothing that
// does not show. Vowel signs of Indic and other scripts stay: they are letters,
// not accents.
func Fold(s string) string {
	if out, ok := foldASCII(s); ok {
		return out
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/2)
	known := kinds()
	for _, r := range norm.NFKD.String(s) {
		if r < utf8.RuneSelf || unicode.IsUpper(r) {
			r = unicode.ToLower(r)
		}
		foldRune(&b, r, known)
	}
	return b.String()
}

// foldASCII takes the short way for what most texts are; ok is false if it cannot.
func foldASCII(s string) (out string, ok bool) {
	upper := false
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == 0x7f {
			return "", false
		}
		upper = upper || c >= 'A' && c <= 'Z'
	}
	if upper {
		return strings.ToLower(s), true
	}
	return s, true
}

// kind is what folding does with a character.
type kind uint8

const (
	kept kind = iota
	left      // left out
	space
	digit
	same // as other letters
)

func kindOf(r rune) kind {
	switch {
	case accent(r) || unicode.Is(unicode.Cf, r):
		return left
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return space
	case unicode.Is(unicode.Nd, r):
		return digit
	case letters[r] != "":
		return same
	}
	return kept
}

// kinds knows the kinds of the characters up to those of Han, which are asked for
// again and again.
var kinds = sync.OnceValue(func() *[0x3100]kind {
	var out [0x3100]kind
	for r := range out {
		out[r] = kindOf(rune(r))
	}
	return &out
})

func foldRune(b *strings.Builder, r rune, known *[0x3100]kind) {
	k := kept
	if int(r) < len(known) {
		k = known[r]
	} else {
		k = kindOf(r)
	}
	switch k {
	case kept:
		b.WriteRune(r)
	case space:
		b.WriteByte(' ')
	case digit:
		b.WriteByte('0' + digitOf(r))
	case same:
		b.WriteString(letters[r])
	}
}

// accents are the marks that a search passes over: those of Latin, Greek and
// Cyrillic, the points of Hebrew, the vowel points, hamza and stretching of Arabic,
// and the nukta of Indic scripts.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036f, Stride: 1}, {Lo: 0x0591, Hi: 0x05bd, Stride: 1}, {Lo: 0x05bf, Hi: 0x05c2, Stride: 1},
	{Lo: 0x0610, Hi: 0x061a, Stride: 1}, {Lo: 0x0640, Hi: 0x0640, Stride: 1}, {Lo: 0x064b, Hi: 0x065f, Stride: 1}, {Lo: 0x0670, Hi: 0x0670, Stride: 1},
	{Lo: 0x093c, Hi: 0x093c, Stride: 1}, {Lo: 0x09bc, Hi: 0x09bc, Stride: 1}, {Lo: 0x0a3c, Hi: 0x0a3c, Stride: 1}, {Lo: 0x0abc, Hi: 0x0abc, Stride: 1}, {Lo: 0x0b3c, Hi: 0x0b3c, Stride: 1},
	{Lo: 0x1ab0, Hi: 0x1aff, Stride: 1}, {Lo: 0x1dc0, Hi: 0x1dff, Stride: 1}, {Lo: 0x20d0, Hi: 0x20ff, Stride: 1},
}}

func accent(r rune) bool { return r >= 0x300 && unicode.Is(accents, r) }

// digitOf is the value of a decimal digit: Unicode keeps the ten digits of a script
// together, sets of ten one after the other.
func digitOf(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	return 0
}
