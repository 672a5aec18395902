package expr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is a mistake in an expression, with its place.
type Error struct {
	Offset int    // bytes from the start of the text
	Text   string // what is wrong and what was expected
}

func (e *Error) Error() string { return fmt.Sprintf("at character %d: %s", e.Offset+1, e.Text) }

func fail(at int, format string, args ...any) error {
	return &Error{Offset: at, Text: fmt.Sprintf(format, args...)}
}

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokNumber
	tokString
	tokName // NCName, prefix:name, prefix:*
	tokRef  // ${name}
	tokSymbol
)

type token struct {
	kind tokenKind
	at   int
	text string // symbol, name, digits, or the content of a string or reference
}

func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokString:
		return "text '" + t.text + "'"
	case tokRef:
		return "${" + t.text + "}"
	}
	return "'" + t.text + "'"
}

var symbols = [...]string{"!=", "<=", ">=", "//", "::", "..", "(", ")", "[", "]", "/", "|", "+", "-", "=", "<", ">", "*", ",", "@", "."}

// lex splits text into tokens, the last of kind tokEnd.
func lex(text string) ([]token, error) {
	var out []token
	for i := 0; i < len(text); {
		if c := text[i]; c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			i++
			continue
		}
		t, next, err := scan(text, i)
		if err != nil {
			return nil, err
		}
		out, i = append(out, t), next
	}
	return append(out, token{kind: tokEnd, at: len(text)}), nil
}

func scan(text string, i int) (token, int, error) {
	c := text[i]
	switch {
	case c == '\'' || c == '"':
		n := strings.IndexByte(text[i+1:], c)
		if n < 0 {
			return token{}, 0, fail(i, "this text has no closing %c", c)
		}
		return token{tokString, i, text[i+1 : i+1+n]}, i + n + 2, nil
	case c == '$':
		return scanRef(text, i)
	case isDigit(c) || c == '.' && i+1 < len(text) && isDigit(text[i+1]):
		j := i
		for j < len(text) && isDigit(text[j]) {
			j++
		}
		if j < len(text) && text[j] == '.' {
			for j++; j < len(text) && isDigit(text[j]); j++ {
			}
		}
		return token{tokNumber, i, text[i:j]}, j, nil
	}
	if n := nameLength(text[i:]); n > 0 {
		n += prefixLength(text[i+n:])
		return token{tokName, i, text[i : i+n]}, i + n, nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(text[i:], s) {
			return token{tokSymbol, i, s}, i + len(s), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return token{}, 0, fail(i, "%q has no meaning in an expression", r)
}

func scanRef(text string, i int) (token, int, error) {
	if !strings.HasPrefix(text[i:], "${") {
		return token{}, 0, fail(i, "a reference is written ${name}")
	}
	n := strings.IndexByte(text[i:], '}')
	if n < 0 {
		return token{}, 0, fail(i, "this ${ has no closing }")
	}
	name := strings.TrimSpace(text[i+2 : i+n])
	bare := strings.TrimPrefix(name, "last-saved#")
	if k := nameLength(bare); bare == "" || k != len(bare) && prefixLength(bare[k:]) != len(bare)-k {
		return token{}, 0, fail(i, "${%s} does not hold the name of a question", name)
	}
	return token{tokRef, i, name}, i + n + 1, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// nameLength returns the length of the NCName at the start of s (Namespaces in
// XML 1.0, production 4), 0 if there is none.
func nameLength(s string) int {
	n := 0
	for i, r := range s {
		if !(r == '_' || unicode.IsLetter(r) || i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r) || unicode.IsMark(r) || r == '·')) {
			break
		}
		n = i + utf8.RuneLen(r)
	}
	return n
}

// prefixLength returns the length of ":name" or ":*" at the start of s.
func prefixLength(s string) int {
	if len(s) < 2 || s[0] != ':' || s[1] == ':' {
		return 0
	}
	if s[1] == '*' {
		return 2
	}
	if n := nameLength(s[1:]); n > 0 {
		return n + 1
	}
	return 0
}
