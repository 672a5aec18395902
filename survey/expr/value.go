package expr

import (
	"math"
	"strconv"
	"strings"
	"time"
)

type kind uint8

const (
	stringKind kind = iota
	numberKind
	booleanKind
	nodesKind
)

// Value is the result of an expression: a string, a number, a boolean or nodes.
// The zero Value is the empty string.
type Value struct {
	kind  kind
	b     bool
	n     float64
	s     string
	nodes []Node
}

// Text makes a string value.
func Text(s string) Value { return Value{s: s} }

// Num makes a number value.
func Num(n float64) Value { return Value{kind: numberKind, n: n} }

// Bool makes a boolean value.
func Bool(b bool) Value { return Value{kind: booleanKind, b: b} }

// Nodes makes a node-set, in the order given.
func Nodes(ns ...Node) Value { return Value{kind: nodesKind, nodes: ns} }

// NodeSet returns the nodes, which must not be changed, and whether the value is a
// node-set.
func (v Value) NodeSet() ([]Node, bool) { return v.nodes, v.kind == nodesKind }

// IsNumber says whether the value is a number.
func (v Value) IsNumber() bool { return v.kind == numberKind }

// String converts as XPath string() does (XPath 1.0, 4.2); a node-set gives its
// first node's text.
func (v Value) String() string {
	switch v.kind {
	case numberKind:
		return FormatNumber(v.n)
	case booleanKind:
		return strconv.FormatBool(v.b)
	case nodesKind:
		if len(v.nodes) == 0 {
			return ""
		}
		return v.nodes[0].Text()
	}
	return v.s
}

// Bool converts as XPath boolean() does (XPath 1.0, 4.3): a node-set is true if it
// is not empty.
func (v Value) Bool() bool {
	switch v.kind {
	case numberKind:
		return v.n != 0 && !math.IsNaN(v.n)
	case booleanKind:
		return v.b
	case nodesKind:
		return len(v.nodes) > 0
	}
	return v.s != ""
}

// Number converts a value where one is reckoned with: text in the form of a date
// is the count of local days since 1970-01-01 (with the time of day as a part of
// a day where there is one), other text that is no number is NaN.
func (v Value) Number(loc *time.Location) float64 { return v.number(zone{loc: loc}) }

func (v Value) number(z zone) float64 {
	switch v.kind {
	case numberKind:
		return v.n
	case booleanKind:
		if v.b {
			return 1
		}
		return 0
	}
	return parseNumber(v.String(), z)
}

// zone is a location that is asked for only where a time of day needs it.
type zone struct {
	env *Env
	loc *time.Location
}

func (e *Env) zone() zone { return zone{env: e} }

func (z zone) location() *time.Location {
	if z.loc != nil {
		return z.loc
	}
	return z.env.location()
}

// parseNumber reads a number, or a date as a number of days.
func parseNumber(s string, z zone) float64 {
	s = trim(s)
	if n, ok := plainNumber(s); ok {
		return n
	}
	if m, ok := parseDate(s, z); ok {
		return m.days(z)
	}
	return math.NaN()
}

// plainNumber reads digits with an optional minus and decimal point: no exponent,
// no Infinity (XPath 1.0, 3.7). A comma counts as the point, as in JavaRosa.
func plainNumber(s string) (float64, bool) {
	if len(s) > 1000 { // a sane number has some 300 digits at most
		return 0, false
	}
	digits, point := 0, -1
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case (c == '.' || c == ',') && point < 0:
			point = i
		case c == '-' && i == 0:
		default:
			return 0, false
		}
	}
	if digits == 0 {
		return 0, false
	}
	if point < 0 && digits < 16 {
		n, _ := strconv.ParseInt(s, 10, 64)
		if n == 0 && s[0] == '-' {
			return math.Copysign(0, -1), true
		}
		return float64(n), true
	}
	if point >= 0 && s[point] == ',' {
		s = s[:point] + "." + s[point+1:]
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// trim takes off the white space of XML.
func trim(s string) string { return strings.Trim(s, " \t\r\n") }

// FormatNumber writes a number as XPath string() does (XPath 1.0, 4.2): no
// exponent, no trailing zeros, "NaN", "Infinity", and "0" for the negative zero.
func FormatNumber(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	case n == 0:
		return "0"
	case n == math.Trunc(n) && math.Abs(n) < 1e15:
		return strconv.FormatInt(int64(n), 10)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}
