package layer

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Method says where classes of numbers begin.
type Method uint8

// The methods.
const (
	Quantile      Method = iota // as many regions in each class
	Equal                       // classes of the same width
	NaturalBreaks               // classes whose numbers differ least from their means
)

// Breaks returns the values at which classes above the first begin, at most n-1
// of them, all different. Values are in order.
func Breaks(values []float64, n int, method Method) []float64 {
	if len(values) == 0 {
		return nil
	}
	if method == NaturalBreaks {
		return naturalBreaks(values, n)
	}
	var out []float64
	lo, hi := values[0], values[len(values)-1]
	for i := 1; i < n; i++ {
		b := lo + (hi-lo)*float64(i)/float64(n)
		if method == Quantile {
			b = values[len(values)*i/n]
		}
		if b > lo && (len(out) == 0 || b > out[len(out)-1]) {
			out = append(out, b)
		}
	}
	return out
}

// naturalBreaks finds the classes with the least sum of squared differences from
// their means (W. D. Fisher, On Grouping for Maximum Homogeneity, JASA 53, 1958;
// G. F. Jenks, The Data Model Concept in Statistical Mapping, 1967). It is exact: the
// best last class never begins earlier when a value is added, so that halves can be
// searched one by one.
func naturalBreaks(values []float64, n int) []float64 {
	g := fisher(values)
	n = min(n, len(g.values))
	if n < 2 {
		return nil
	}
	for class := 1; class < n; class++ {
		from := make([]int32, len(g.values)+1)
		next := make([]float64, len(g.values)+1)
		g.search(from, next, class+1, len(g.values), class, len(g.values)-1)
		g.best, g.from = next, append(g.from, from)
	}
	out := make([]float64, n-1)
	end := len(g.values)
	for class := n - 2; class >= 0; class-- {
		end = int(g.from[class][end])
		out[class] = g.values[end]
	}
	return out
}

// fisherGroups is a search for natural breaks over different values in order.
type fisherGroups struct {
	values        []float64
	n, sum, sumSq []float64 // of the values before each, counted from the mean of all
	best          []float64 // of the first i values in so many classes
	from          [][]int32 // where the last of those classes begins, by number of classes
}

func fisher(values []float64) *fisherGroups {
	g := &fisherGroups{n: []float64{0}, sum: []float64{0}, sumSq: []float64{0}}
	mean := 0.0
	for i, v := range values {
		mean += (v - mean) / float64(i+1)
	}
	for i, v := range values {
		d := v - mean
		if i > 0 && v == values[i-1] {
			k := len(g.n) - 1
			g.n[k], g.sum[k], g.sumSq[k] = g.n[k]+1, g.sum[k]+d, g.sumSq[k]+d*d
			continue
		}
		k := len(g.n) - 1
		g.values = append(g.values, v)
		g.n, g.sum, g.sumSq = append(g.n, g.n[k]+1), append(g.sum, g.sum[k]+d), append(g.sumSq, g.sumSq[k]+d*d)
	}
	g.best = make([]float64, len(g.values)+1)
	for i := range g.best {
		g.best[i] = g.cost(0, i)
	}
	return g
}

// cost is the sum of squared differences from the mean.
func (g *fisherGroups) cost(from, to int) float64 {
	if to-from < 2 {
		return 0
	}
	s := g.sum[to] - g.sum[from]
	return max(0, g.sumSq[to]-g.sumSq[from]-s*s/(g.n[to]-g.n[from]))
}

// search finds the best last class of the first lo to hi values, which begins between
// two places.
func (g *fisherGroups) search(from []int32, best []float64, lo, hi, first, last int) {
	if lo > hi {
		return
	}
	mid := (lo + hi) / 2
	best[mid] = math.Inf(1)
	for at := first; at <= min(last, mid-1); at++ {
		if c := g.best[at] + g.cost(at, mid); c < best[mid] {
			best[mid], from[mid] = c, int32(at)
		}
	}
	g.search(from, best, lo, mid-1, first, int(from[mid]))
	g.search(from, best, mid+1, hi, int(from[mid]), last)
}

// ClassOf is the number of the class of a value, by where those above the first begin.
func ClassOf(v float64, breaks []float64) int {
	i, found := slices.BinarySearch(breaks, v)
	if found {
		i++
	}
	return i
}

// RangeTexts has a line for each class. The outer classes reach to the least and the
// greatest value, or as far as their break where no value lies beyond it. Values are in
// order; of none there is no class.
func RangeTexts(values, breaks []float64) []string {
	if len(values) == 0 {
		return nil
	}
	lo, hi := values[0], values[len(values)-1]
	if len(breaks) > 0 {
		lo, hi = min(lo, breaks[0]), max(hi, breaks[len(breaks)-1])
	}
	edges := append(append([]float64{lo}, breaks...), hi)
	var out []string
	for i := range len(edges) - 1 {
		from, to := number(edges[i]), number(edges[i+1])
		text, last := from+" – "+to, i == len(edges)-2
		switch {
		case last && from == to:
			text = from
		case !last && from == to: // no value lies below the first break
			text = "<" + to
		case !last:
			text = from + " – <" + to
		}
		out = append(out, text)
	}
	return out
}

// number writes a number for readers; the minus is no hyphen, beside a dash.
func number(v float64) string {
	text := fmt.Sprintf("%.4g", v)
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		text = strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strings.Replace(text, "-", "−", 1)
}
