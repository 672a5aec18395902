package layer_test

import (
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/maps/layer"
)

// within is the sum of squared differences from the means of classes.
func within(values, breaks []float64) float64 {
	sum := 0.0
	for i := 0; i <= len(breaks); i++ {
		var class []float64
		for _, v := range values {
			if (i == 0 || v >= breaks[i-1]) && (i == len(breaks) || v < breaks[i]) {
				class = append(class, v)
			}
		}
		mean := 0.0
		for _, v := range class {
			mean += v / float64(len(class))
		}
		for _, v := range class {
			sum += (v - mean) * (v - mean)
		}
	}
	return sum
}

// best tries all breaks.
func best(values []float64, n int) float64 {
	distinct := slices.Compact(slices.Clone(values))
	least := within(values, nil)
	var try func(from int, breaks []float64)
	try = func(from int, breaks []float64) {
		least = min(least, within(values, breaks))
		for i := from; i < len(distinct) && len(breaks) < n-1; i++ {
			try(i+1, append(slices.Clone(breaks), distinct[i]))
		}
	}
	try(1, nil)
	return least
}

func TestNaturalBreaksAreBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-50, 50).Draw(t, "v")) / 4 }), 1, 12).Draw(t, "values")
		shift := rapid.SampledFrom([]float64{0, 1e6}).Draw(t, "shift")
		for i := range values {
			values[i] += shift
		}
		slices.Sort(values)
		n := rapid.IntRange(2, 5).Draw(t, "classes")
		got, want := within(values, layer.Breaks(values, n, layer.NaturalBreaks)), best(values, n)
		if got > want+1e-6 {
			t.Fatalf("%v is not the least, %v", got, want)
		}
	})
}

// TestNaturalBreaksAreCkmeans compares with npm simple-statistics.
func TestNaturalBreaksAreCkmeans(t *testing.T) {
	dir := peers(t, "simple-statistics")
	rng := rand.New(rand.NewPCG(5, 6))
	values := make([]float64, 4000)
	for i := range values {
		values[i] = math.Round(math.Exp(rng.NormFloat64()*2)*1000) / 100
	}
	slices.Sort(values)
	b, _ := json.Marshal(values)
	file := filepath.Join(t.TempDir(), "values")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for n := 3; n <= 7; n++ {
		var theirs struct {
			Breaks []float64
			MS     float64
		}
		node(t, &theirs, "testdata/ckmeans.mjs", dir, file, fmt.Sprint(n))
		got := layer.Breaks(values, n, layer.NaturalBreaks)
		if a, b := within(values, got), within(values, theirs.Breaks); math.Abs(a-b) > 1e-9*b {
			t.Errorf("%d classes: %v at %v, simple-statistics %v at %v", n, a, got, b, theirs.Breaks)
		}
	}
}

func TestFigures(t *testing.T) {
	f := layer.Figures{Title: "Members", Codes: []string{"a", "b", "c", "d", "e", "f"}, Least: 5,
		Values: map[string]float64{"a": 0, "b": 40, "c": 9000, "d": 100, "f": math.Inf(1)},
		Units:  map[string]int{"a": 0, "b": 5, "c": 4, "d": 12}}
	r := f.Choropleth(layer.Style{Method: layer.Equal, Classes: 4})
	var texts []string
	for _, e := range r.Legend() {
		texts = append(texts, e.Text)
	}
	// The legend does not tell what is suppressed.
	if d := cmp.Diff([]string{"Members", "0 – <25", "25 – <50", "50 – <75", "75 – 100", "not shown: fewer than 5 units", "no data"}, texts); d != "" {
		t.Error(d)
	}
	for code, want := range map[string]layer.Fill{"c": layer.TooFew, "e": layer.NoData, "f": layer.NoData} {
		if r.Fill[code] != want {
			t.Errorf("%s is %v, want %v", code, r.Fill[code], want)
		}
	}
	for _, code := range []string{"a", "b", "d"} {
		if r.Fill[code].Hatched {
			t.Errorf("%s is not shown", code)
		}
	}
}

func TestDivergingChangesAtTheMiddle(t *testing.T) {
	for name, c := range map[string]struct {
		values []float64
		style  layer.Style
		breaks int
	}{
		"both sides":   {[]float64{-9, -4, -1, 2, 5, 8}, layer.Style{Scheme: layer.PuOr, Classes: 7}, 5},
		"one side":     {[]float64{1, 2, 5, 8}, layer.Style{Scheme: layer.BrBG, Classes: 5}, 2},
		"own classes":  {[]float64{-9, 8}, layer.Style{Scheme: layer.RdBu, Breaks: []float64{-5, 5}}, 3},
		"no values":    {nil, layer.Style{Scheme: layer.RdBu}, 0},
		"other middle": {[]float64{90, 95, 105, 120}, layer.Style{Scheme: layer.RdBu, Classes: 4, Middle: 100}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			f := layer.Figures{Values: map[string]float64{}}
			for i, v := range c.values {
				f.Codes = append(f.Codes, fmt.Sprint(i))
				f.Values[fmt.Sprint(i)] = v
			}
			r := f.Choropleth(c.style)
			if n := max(len(r.Entries)-1, 0); n != c.breaks {
				t.Errorf("%d breaks: %v", n, r.Entries)
			}
			all := c.style.Scheme.Colors(6)
			for i, v := range c.values {
				k := r.Fill[fmt.Sprint(i)].Color
				if warm := lab(k)[1]+lab(k)[2] > 0; (v < c.style.Middle) != (warm == (lab(all[0])[1]+lab(all[0])[2] > 0)) {
					t.Errorf("%v has the colour of the other side, %v", v, k)
				}
			}
		})
	}
}

func TestSymbolsAreInProportion(t *testing.T) {
	f := layer.Figures{Title: "Members", Codes: []string{"a", "b", "c", "d", "e"}, Values: map[string]float64{"a": 25, "b": 130, "c": 0, "d": 3}, Units: map[string]int{"d": 2}, Least: 5}
	s, gaps := f.Symbols(func(string) (orb.Point, bool) { return orb.Point{1, 2}, true }, 30, color.RGBA{1, 2, 3, 255})
	if len(s.Symbols) != 2 || s.Symbols[0].Code != "b" || s.Symbols[0].Radius != 30 {
		t.Fatalf("%+v", s.Symbols)
	}
	area := func(s layer.Symbol) float64 { return s.Radius * s.Radius / s.Value }
	if a, b := area(s.Symbols[0]), area(s.Symbols[1]); math.Abs(a-b) > 1e-9 {
		t.Errorf("areas of a unit are %v and %v", a, b)
	}
	if len(gaps.Fill) != 2 || gaps.Fill["d"] != layer.TooFew || gaps.Fill["e"] != layer.NoData {
		t.Errorf("gaps %v", gaps.Fill)
	}
	var texts []string
	for _, e := range s.Legend() {
		texts = append(texts, e.Text)
		for _, c := range e.Circles {
			texts = append(texts, c.Text)
		}
	}
	if d := cmp.Diff([]string{"Members", "", "100", "20", "5", "not shown: fewer than 5 units", "no data"}, texts); d != "" {
		t.Error(d)
	}
}

func TestLegendOfSymbols(t *testing.T) {
	for most, want := range map[float64][]string{1: {"1", "0.2", "0.05"}, 0.3: {"0.2", "0.05", "0.02"}, 7: {"5", "2", "0.5"}, 99999: {"50000", "20000", "5000"}, 1e-320: nil} {
		f := layer.Figures{Codes: []string{"a", "b"}, Values: map[string]float64{"a": most, "b": most / 3}}
		s, _ := f.Symbols(func(string) (orb.Point, bool) { return orb.Point{}, true }, 30, color.RGBA{})
		var got []string
		for _, c := range s.Legend()[0].Circles {
			got = append(got, c.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", most, got, want)
		}
	}
}

func TestDensityClasses(t *testing.T) {
	d := layer.Density{}
	for most, want := range map[int][]string{0: nil, 1: {"1"}, 3: {"1", "2 – 3"}, 9: {"1", "2 – 3", "4 – 5", "6 – 9"}, 1000: {"1 – 3", "4 – 19", "20 – 59", "60 – 299", "300 – 1000"}} {
		if got := d.ClassTexts(d.Classes(most), most); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", most, got, want)
		}
	}
}

func TestByClass(t *testing.T) {
	p := layer.Points{Classes: layer.Palette("a", "b", "c"), Points: []layer.Point{{ID: "1", Class: 2}, {ID: "2"}, {ID: "3", Class: 2}, {ID: "4", Class: 9}}}
	var got [][]string
	for _, l := range p.ByClass() {
		var ids []string
		for _, u := range l.Points {
			ids = append(ids, u.ID)
		}
		got = append(got, ids)
	}
	if d := cmp.Diff([][]string{{"2"}, nil, {"1", "3"}}, got); d != "" {
		t.Error(d)
	}
}

// deficiencies are the simulations of Machado, Oliveira and Fernandes (2009), table of
// severity 1, on linear RGB.
var deficiencies = map[string][3][3]float64{
	"none":         {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func linear(c color.RGBA) (out [3]float64) {
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		f := float64(v) / 255
		if f <= 0.04045 {
			out[i] = f / 12.92
		} else {
			out[i] = math.Pow((f+0.055)/1.055, 2.4)
		}
	}
	return out
}

func seen(c color.RGBA, m [3][3]float64) (out [3]float64) {
	l := linear(c)
	for i := range out {
		out[i] = min(max(m[i][0]*l[0]+m[i][1]*l[1]+m[i][2]*l[2], 0), 1)
	}
	return out
}

// labOf is CIELAB of linear sRGB, white D65 (IEC 61966-2-1, CIE 15).
func labOf(l [3]float64) [3]float64 {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*l[0] + 0.3575761*l[1] + 0.1804375*l[2]) / 0.95047)
	y := f(0.2126729*l[0] + 0.7151522*l[1] + 0.0721750*l[2])
	z := f((0.0193339*l[0] + 0.1191920*l[1] + 0.9503041*l[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func lab(c color.RGBA) [3]float64 { return labOf(linear(c)) }

func distance(a, b [3]float64) float64 {
	return math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2])
}

// TestSchemesAreToldApart: neighbouring classes differ by 7 or more (CIE 1976) for all
// readers, the lightness of sequential schemes falls by 7 or more from class to class,
// and that of diverging ones rises to the middle and falls again; their sides differ.
func TestSchemesAreToldApart(t *testing.T) {
	for _, s := range layer.Schemes {
		for n := 3; n <= 7; n++ {
			if s.Diverging() && n%2 == 1 {
				continue // it has as many on both sides
			}
			k := s.Colors(n)
			if len(k) != n {
				t.Fatalf("%q: %d colours of %d", s, len(k), n)
			}
			least := map[string]float64{}
			for name, m := range deficiencies {
				least[name] = math.Inf(1)
				for i := 1; i < n; i++ {
					least[name] = min(least[name], distance(labOf(seen(k[i], m)), labOf(seen(k[i-1], m))))
				}
				if least[name] < 7 {
					t.Errorf("%q of %d, %s: neighbours differ by %.1f", s, n, name, least[name])
				}
				for i := range n / 2 {
					if d := distance(labOf(seen(k[i], m)), labOf(seen(k[n-1-i], m))); s.Diverging() && d < 10 {
						t.Errorf("%q of %d, %s: the sides differ by %.1f", s, n, name, d)
					}
				}
			}
			fall := math.Inf(1)
			for i := 1; i < n; i++ {
				d := lab(k[i-1])[0] - lab(k[i])[0]
				if s.Diverging() && 2*i < n {
					d = -d
				}
				if s.Diverging() && 2*i == n {
					continue // the two palest of an even number
				}
				fall = min(fall, d)
			}
			if fall < 7 {
				t.Errorf("%q of %d: lightness falls by %.1f", s, n, fall)
			}
			t.Logf("%q of %d: least difference %v; least fall of lightness %.1f", s, n, least, fall)
		}
	}
}

func BenchmarkNaturalBreaks(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	values := make([]float64, 4000)
	for i := range values {
		values[i] = math.Exp(rng.NormFloat64() * 2)
	}
	slices.Sort(values)
	for b.Loop() {
		layer.Breaks(values, 7, layer.NaturalBreaks)
	}
}

// TestCirclesOfCounts shows no parts of units in the legend.
func TestCirclesOfCounts(t *testing.T) {
	for most, want := range map[float64]string{1: "1", 2: "2 1", 3: "2 1", 12: "10 2 1", 900: "500 200 50", 0.9: "0.5 0.2 0.05"} {
		s := &layer.Symbols{Radius: 20, Symbols: []layer.Symbol{{Value: most}, {Value: most}}}
		var got []string
		for _, e := range s.Legend() {
			for _, c := range e.Circles {
				got = append(got, c.Text)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("up to %v: %v, want %s", most, got, want)
		}
	}
}
