package expr

import (
	"errors"
	"math"
)

// tolerance is the distance within which JavaRosa takes two numbers for equal.
const tolerance = 1e-12

func sameNumber(a, b float64) bool { return a == b || math.Abs(a-b) < tolerance }

// equal compares with = or, where want is false, with != (XPath 1.0, 3.4).
func equal(a, b Value, want bool, z zone) bool {
	switch {
	case a.kind == booleanKind || b.kind == booleanKind:
		return (a.Bool() == b.Bool()) == want
	case a.kind == nodesKind && b.kind == nodesKind:
		return equalSets(a.nodes, b.nodes, want)
	case a.kind == nodesKind:
		return equalSet(a.nodes, b, want, z)
	case b.kind == nodesKind:
		return equalSet(b.nodes, a, want, z)
	case a.kind == numberKind || b.kind == numberKind:
		return sameNumber(a.number(z), b.number(z)) == want
	}
	return (a.s == b.s) == want
}

// equalSet looks for a node that compares as wanted with a string or a number.
func equalSet(nodes []Node, b Value, want bool, z zone) bool {
	for _, n := range nodes {
		if b.kind == numberKind {
			if sameNumber(parseNumber(n.Text(), z), b.n) == want {
				return true
			}
		} else if (n.Text() == b.s) == want {
			return true
		}
	}
	return false
}

// equalSets looks for two nodes with the same text, or with different texts.
func equalSets(a, b []Node, want bool) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if len(a) == 1 || len(b) == 1 {
		if len(a) != 1 {
			a, b = b, a
		}
		return equalSet(b, Text(a[0].Text()), want, zone{})
	}
	texts := make(map[string]bool, len(a))
	for _, n := range a {
		texts[n.Text()] = true
	}
	for _, n := range b {
		if want == texts[n.Text()] || !want && len(texts) > 1 {
			return true
		}
	}
	return false
}

// less compares numbers with < or <=; dates are numbers of days. Of node-sets some
// pair has to hold; the extremes decide, so that no pairs are gone through.
func less(a, b Value, orEqual bool, z zone) bool {
	x, y := a.extreme(false, z), b.extreme(true, z)
	if orEqual {
		return x < y || sameNumber(x, y)
	}
	return x < y && !sameNumber(x, y)
}

// extreme is the number of a value; of a node-set the greatest or the least, NaN
// where no node is a number.
func (v Value) extreme(greatest bool, z zone) float64 {
	if v.kind != nodesKind {
		return v.number(z)
	}
	best := math.NaN()
	for _, n := range v.nodes {
		x := parseNumber(n.Text(), z)
		if math.IsNaN(best) || x > best && greatest || x < best && !greatest {
			best = x
		}
	}
	return best
}

var errNoNodes = errors.New("nodes are needed here, not a value")
