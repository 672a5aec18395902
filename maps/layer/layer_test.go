package layer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/maps/layer"
)

func TestChoropleth(t *testing.T) {
	f := layer.Figures{Title: "Units", Codes: []string{"a", "b", "c", "d"}, Values: map[string]float64{"a": 0, "b": 5, "c": 10}}
	r := f.Choropleth(layer.Style{Method: layer.Equal})
	if r.Fill["d"] != layer.NoData || r.Fill["a"] == layer.NoData || r.Fill["a"] == r.Fill["c"] {
		t.Errorf("%v", r.Fill)
	}
	var texts []string
	for _, e := range r.Legend() {
		texts = append(texts, e.Text)
	}
	if d := cmp.Diff([]string{"Units", "0 – <2", "2 – <4", "4 – <6", "6 – <8", "8 – 10", "no data"}, texts); d != "" {
		t.Error(d)
	}
}

func TestOwnClasses(t *testing.T) {
	for name, c := range map[string]struct {
		breaks []float64
		want   []string
	}{
		"in the middle":     {[]float64{4}, []string{"1 – <4", "4 – 9"}},
		"in any order":      {[]float64{6, 4, 4}, []string{"1 – <4", "4 – <6", "6 – 9"}},
		"below the least":   {[]float64{0}, []string{"<0", "0 – 9"}},
		"above the largest": {[]float64{20}, []string{"1 – <20", "20"}},
		"none":              {[]float64{}, []string{"1 – 9"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			f := layer.Figures{Codes: []string{"a", "b"}, Values: map[string]float64{"a": 1, "b": 9}}
			for _, e := range f.Choropleth(layer.Style{Breaks: c.breaks}).Legend() {
				got = append(got, e.Text)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestManyClassesDiffer(t *testing.T) {
	values, codes, breaks := map[string]float64{}, []string{}, []float64{}
	for i := range 9 {
		codes = append(codes, fmt.Sprint(i))
		values[codes[i]] = float64(i)
		breaks = append(breaks, float64(i)+0.5)
	}
	seen := map[layer.Fill]bool{}
	figures := layer.Figures{Codes: codes, Values: values}
	for _, f := range figures.Choropleth(layer.Style{Breaks: breaks[:8]}).Fill {
		seen[f] = true
	}
	if len(seen) != 9 {
		t.Errorf("9 classes have %d colours", len(seen))
	}
}

func TestBreaksRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vs := rapid.SliceOf(rapid.Float64Range(-1e6, 1e6)).Draw(t, "values")
		slices.Sort(vs)
		m := rapid.SampledFrom([]layer.Method{layer.Quantile, layer.Equal}).Draw(t, "method")
		bs := layer.Breaks(vs, 5, m)
		if len(bs) > 4 || !slices.IsSorted(bs) || len(slices.Compact(slices.Clone(bs))) != len(bs) {
			t.Fatalf("breaks %v", bs)
		}
	})
}

func Example() {
	p := &layer.Points{Title: "Form", Classes: layer.Palette("Cooperative", "Association"), Points: []layer.Point{{ID: "u1", Class: 1}}}
	for _, e := range p.Legend() {
		fmt.Println(e.Text)
	}
	// Output:
	// Form
	// Association
}
