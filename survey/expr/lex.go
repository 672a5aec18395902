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
	tokName     // NCName, prefix:name, prefix:*
	tokRef      // ${name}
	tokVariable // $name
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
	case tokVariable:
		return "$" + t.text
	}
	return "'" + t.text + "'"
}

// lastSaved begins a reference to the answer in the last finished interview.
const lastSaved = "last-saved#"

var symbols = [...]string{"!=", "<=", ">=", "//", "::", "..", "(", ")", "[", "]", "/", "|", "+", "-", "=", "<", ">", "*", ",", "@", "."}

// lex splits text into tokens, the last of kind tokEnd.
func lex(text string) ([]token, error) {
	var out []token
	closed := false
	for i := 0; i < len(text); {
		if c := text[i]; c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			i++
			continue
		}
		t, next, err := scan(text, i)
		if err != nil {
			return nil, err
		}
		if t.kind == tokName && closed {
			if n := len(operatorName(t.text)); n > 0 {
				t.text, next = t.text[:n], t.at+n
			}
		}
		out, i, closed = append(out, t), next, t.closes(closed)
	}
	return append(out, token{kind: tokEnd, at: len(text)}), nil
}

// closes says whether the token closes an operand, so that an operator must
// follow; closed says so of the token before it (XPath 1.0, 3.7).
func (t token) closes(closed bool) bool {
	switch t.kind {
	case tokSymbol:
		return t.text == ")" || t.text == "]" || t.text == "." || t.text == ".." || t.text == "*" && !closed
	case tokName:
		return !closed
	}
	return true
}

// operatorName returns the operator that a name begins with. Where an operator is
// expected no other name can stand, so 3mod4 and 5or2 are read as people mean them
// (XPath 1.0, 3.7 would take mod4 for one name).
func operatorName(name string) string {
	for _, op := range [...]string{"and", "div", "mod", "or"} {
		if strings.HasPrefix(name, op) {
			return op
		}
	}
	return ""
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
		j += exponentLength(text[j:])
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
	return token{}, 0, fail(i, "%q has no meaning in an expression%s", r, advice(r))
}

// advice names what people mean by a sign of other languages.
func advice(r rune) string {
	switch r {
	case '‘', '’', '“', '”', '«', '»', '„':
		return "; write straight quotes: 'text'"
	case '&':
		return "; write and"
	case '!':
		return "; write not(…), or != between two values"
	case '≤', '≥', '≠':
		return "; write <=, >= or !="
	case '×', '÷', '%':
		return "; write *, div or mod"
	case '−', '–':
		return "; write a plain minus"
	}
	return ""
}

// exponentLength returns the length of e-12 at the start of s, which XPath 1.0 does
// not have but other engines read.
func exponentLength(s string) int {
	i := 1
	if len(s) > 2 && (s[1] == '-' || s[1] == '+') {
		i = 2
	}
	if len(s) <= i || s[0] != 'e' && s[0] != 'E' || !isDigit(s[i]) {
		return 0
	}
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if nameLength(s[i:]) > 0 {
		return 0
	}
	return i
}

func scanRef(text string, i int) (token, int, error) {
	if !strings.HasPrefix(text[i:], "${") {
		n := nameLength(text[i+1:])
		if n == 0 {
			return token{}, 0, fail(i, "a reference is written ${name}")
		}
		if p := prefixLength(text[i+1+n:]); p > 0 && text[i+n+p] != '*' {
			n += p
		}
		return token{tokVariable, i, text[i+1 : i+1+n]}, i + 1 + n, nil
	}
	n := strings.IndexByte(text[i:], '}')
	if n < 0 {
		return token{}, 0, fail(i, "this ${ has no closing }")
	}
	name := strings.TrimSpace(text[i+2 : i+n])
	bare := strings.TrimPrefix(name, lastSaved)
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
