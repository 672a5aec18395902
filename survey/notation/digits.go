package notation

import (
	"strings"
	"unicode"
)

// Digits writes the decimal digits of every script as 0 to 9: १२ is 12. Other
// characters stay.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 || !unicode.Is(unicode.Nd, r) {
			return r
		}
		return '0' + digit(r)
	}, s)
}

// digit is the value of a decimal digit. Unicode keeps the ten digits of a script
// together, zero first (The Unicode Standard, 4.6 Numeric Value); ranges of more
// than ten hold several such rows.
func digit(r rune) rune {
	for _, x := range unicode.Nd.R16 {
		if rune(x.Lo) <= r && r <= rune(x.Hi) {
			return (r - rune(x.Lo)) % 10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if rune(x.Lo) <= r && r <= rune(x.Hi) {
			return (r - rune(x.Lo)) % 10
		}
	}
	return 0
}

// tidy is a text with plain digits, one space in place of any white space, and no
// marks of direction, which phones paste along.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u2212':
			return '-'
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, Digits(s))
	return strings.Join(strings.Fields(s), " ")
}

// allDigits says whether a text is one or more of 0 to 9.
func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
