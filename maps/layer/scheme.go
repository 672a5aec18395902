package layer

import (
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Scheme is the colours of classes in order. Colour-blind readers tell neighbouring
// classes apart, and those of sequential schemes keep their order in grey print. In
// grey print the two sides of a diverging scheme look alike.
type Scheme string

// The schemes: sequential ones from light to dark, then diverging ones.
const (
	Teal    Scheme = "" // the default, the project's own
	Blues   Scheme = "Blues"
	YlGnBu  Scheme = "YlGnBu"
	YlOrBr  Scheme = "YlOrBr"
	Purples Scheme = "Purples"
	PuOr    Scheme = "PuOr"
	BrBG    Scheme = "BrBG"
	RdBu    Scheme = "RdBu"
)

// Schemes are all of them.
var Schemes = []Scheme{Teal, Blues, YlGnBu, YlOrBr, Purples, PuOr, BrBG, RdBu}

// Diverging says whether the scheme is for numbers on both sides of a middle.
func (s Scheme) Diverging() bool { return len(diverging[s][0]) > 0 }

// sequential are the colours of 3 to 7 classes. Those of Teal are evenly spaced in
// lightness, the others are ColorBrewer's.
var sequential = map[Scheme][5]string{
	Teal: {
		"d9f0e9 5ab19a 036a62", "def2ec 7dc6af 2d9481 006059", "e4f4ef 95d1be 50aa95 1d8173 005852",
		"e6f5f0 a2d7c6 63b7a0 2d9581 0b7066 004d49", "eaf7f1 adddcd 72c1a9 44a38e 1f8375 00645d 004642"},
	Blues: {
		"deebf7 9ecae1 3182bd", "eff3ff bdd7e7 6baed6 2171b5", "eff3ff bdd7e7 6baed6 3182bd 08519c",
		"eff3ff c6dbef 9ecae1 6baed6 3182bd 08519c", "eff3ff c6dbef 9ecae1 6baed6 4292c6 2171b5 084594"},
	YlGnBu: {
		"edf8b1 7fcdbb 2c7fb8", "ffffcc a1dab4 41b6c4 225ea8", "ffffcc a1dab4 41b6c4 2c7fb8 253494",
		"ffffcc c7e9b4 7fcdbb 41b6c4 2c7fb8 253494", "ffffcc c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 0c2c84"},
	YlOrBr: {
		"fff7bc fec44f d95f0e", "ffffd4 fed98e fe9929 cc4c02", "ffffd4 fed98e fe9929 d95f0e 993404",
		"ffffd4 fee391 fec44f fe9929 d95f0e 993404", "ffffd4 fee391 fec44f fe9929 ec7014 cc4c02 8c2d04"},
	Purples: {
		"efedf5 bcbddc 756bb1", "f2f0f7 cbc9e2 9e9ac8 6a51a3", "f2f0f7 cbc9e2 9e9ac8 756bb1 54278f",
		"f2f0f7 dadaeb bcbddc 9e9ac8 756bb1 54278f", "f2f0f7 dadaeb bcbddc 9e9ac8 807dba 6a51a3 4a1486"},
}

// diverging are the colours of 2, 4 and 6 classes, ColorBrewer's.
var diverging = map[Scheme][3]string{
	PuOr: {"998ec3 f1a340", "5e3c99 b2abd2 fdb863 e66101", "542788 998ec3 d8daeb fee0b6 f1a340 b35806"},
	BrBG: {"d8b365 5ab4ac", "a6611a dfc27d 80cdc1 018571", "8c510a d8b365 f6e8c3 c7eae5 5ab4ac 01665e"},
	RdBu: {"ef8a62 67a9cf", "ca0020 f4a582 92c5de 0571b0", "b2182b ef8a62 fddbc7 d1e5f0 67a9cf 2166ac"},
}

// Colors are those of n classes, lowest first: from a table up to 7, between its
// colours for more. A diverging scheme has as many on both sides: n is rounded up.
func (s Scheme) Colors(n int) []color.RGBA {
	if n <= 0 {
		return nil
	}
	if table, ok := diverging[s]; ok {
		n += n % 2
		return spread(parse(table[min(n, 6)/2-1]), n)
	}
	table, ok := sequential[s]
	if !ok {
		table = sequential[Teal]
	}
	list := parse(table[min(max(n, 3), 7)-3])
	if n == 1 {
		return list[1:2]
	}
	return spread(list, n)
}

// parse reads colours of the tables.
func parse(list string) []color.RGBA {
	var out []color.RGBA
	for _, hex := range strings.Fields(list) {
		v, err := strconv.ParseUint(hex, 16, 24)
		if err != nil {
			panic("colour " + hex) // a slip of ours
		}
		out = append(out, color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255})
	}
	return out
}

// spread gives n colours between those of a list.
func spread(list []color.RGBA, n int) []color.RGBA {
	out := make([]color.RGBA, n)
	for i := range out {
		at := float64(i*(len(list)-1)) / float64(n-1)
		k := min(int(at), len(list)-2)
		mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*(at-float64(k)))) }
		a, b := list[k], list[k+1]
		out[i] = color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
	}
	return out
}

// around gives the colours of so many classes below a middle and above it: those next
// to the middle are the palest.
func (s Scheme) around(below, above int) []color.RGBA {
	side := max(below, above)
	all := s.Colors(2 * side)
	half := len(all) / 2
	low, high := all[:half], all[half:]
	return slices.Concat(low[half-below:], high[:above])
}
