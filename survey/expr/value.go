package expr

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Node is one node of an instance: an element with a text value. The interview
// and its choice lists implement it; attribute and text nodes are made as needed.
type Node interface {
	NodeName() string // "" for the document node
	Text() string     // string-value
	Parent() Node     // nil above the document node
	Children() []Node
	Attribute(name string) (string, bool)
}

// Placed is implemented by nodes that know their number, from 1, among their
// siblings of the same name.
type Placed interface{ Place() int }

// Absent is implemented by nodes that may be out of play: a question that is not
// relevant. Where one value is asked for, such a node is a blank; where nodes are
// counted, added up or joined it is not there (as in JavaRosa).
type Absent interface{ Absent() bool }

// present takes out the nodes that are out of play.
func present(nodes []Node) []Node {
	gone := func(n Node) bool { a, ok := n.(Absent); return ok && a.Absent() }
	if !slices.ContainsFunc(nodes, gone) {
		return nodes
	}
	return slices.DeleteFunc(slices.Clone(nodes), gone)
}

// Index is implemented by nodes that find children by the value of one of their
// columns faster than by looking at each: item[col = value].
type Index interface {
	// Lookup returns the children called child whose own child column has the text
	// value; ok is false if the node has no index for that.
	Lookup(child, column, value string) (found []Node, ok bool)
}

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

// Nodes makes a node-set.
func Nodes(ns ...Node) Value { return Value{kind: nodesKind, nodes: ns} }

// NodeSet returns the nodes and whether the value is a node-set.
func (v Value) NodeSet() ([]Node, bool) { return v.nodes, v.kind == nodesKind }

// IsNumber says whether the value is a number.
func (v Value) IsNumber() bool { return v.kind == numberKind }

// String converts as XPath string() does; a node-set gives its first node's text.
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

// Bool converts as XPath boolean() does: a node-set is true if it is not empty.
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

// Number converts as XForms number() does: text in the form of a date is the
// count of local days since 1970-01-01, other text that is no number is NaN.
func (v Value) Number(loc *time.Location) float64 {
	switch v.kind {
	case numberKind:
		return v.n
	case booleanKind:
		if v.b {
			return 1
		}
		return 0
	}
	return parseNumber(v.String(), loc)
}

// parseNumber reads digits with an optional sign and decimal point (XPath 1.0,
// 3.7: no exponent, no Infinity), or a date.
func parseNumber(s string, loc *time.Location) float64 {
	s = strings.TrimSpace(s)
	digits := strings.TrimPrefix(s, "-")
	dots, n := 0, 0
	for i := 0; i < len(digits); i++ {
		switch c := digits[i]; {
		case isDigit(c):
			n++
		case c == '.':
			dots++
		default:
			if t, ok := parseDate(s, loc); ok {
				return t.days()
			}
			return math.NaN()
		}
	}
	if n == 0 || dots > 1 {
		return math.NaN()
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

// FormatNumber writes a number as XPath string() does: no exponent, no trailing
// zeros, "NaN", "Infinity".
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
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// tolerance is the distance within which JavaRosa takes two numbers for equal.
const tolerance = 1e-12

func sameNumber(a, b float64) bool { return a == b || math.Abs(a-b) < tolerance }

// equal compares by XPath 1.0, 3.4; loc is needed for dates.
func equal(a, b Value, want bool, loc *time.Location) bool {
	switch {
	case a.kind == booleanKind || b.kind == booleanKind:
		return (a.Bool() == b.Bool()) == want
	case a.kind == nodesKind:
		for _, n := range a.nodes {
			if equal(Text(n.Text()), b, want, loc) {
				return true
			}
		}
		return false
	case b.kind == nodesKind:
		return equal(b, a, want, loc)
	case a.kind == numberKind || b.kind == numberKind:
		return sameNumber(a.Number(loc), b.Number(loc)) == want
	}
	return (a.s == b.s) == want
}

// less compares a op b for < and <=, on numbers; dates are numbers of days.
func less(a, b Value, orEqual bool, loc *time.Location) bool {
	switch {
	case a.kind == nodesKind && b.kind != booleanKind:
		for _, n := range a.nodes {
			if less(Text(n.Text()), b, orEqual, loc) {
				return true
			}
		}
		return false
	case b.kind == nodesKind && a.kind != booleanKind:
		for _, n := range b.nodes {
			if less(a, Text(n.Text()), orEqual, loc) {
				return true
			}
		}
		return false
	case a.kind == nodesKind:
		a = Bool(a.Bool())
	case b.kind == nodesKind:
		b = Bool(b.Bool())
	}
	x, y := a.Number(loc), b.Number(loc)
	if orEqual {
		return x < y || sameNumber(x, y)
	}
	return x < y && !sameNumber(x, y)
}
