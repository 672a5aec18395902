package region_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/maps/region"
)

func atlas(t testing.TB) *region.Atlas {
	t.Helper()
	b, err := os.ReadFile("../../assets/boundaries/asia-pacific.sser")
	if err != nil {
		t.Fatal(err)
	}
	a, err := region.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestKnownPlaces(t *testing.T) {
	a := atlas(t)
	for name, c := range map[string]struct {
		at   orb.Point
		want string
	}{
		"Kathmandu": {orb.Point{85.324, 27.717}, "NP-P3"},
		"Pokhara":   {orb.Point{83.985, 28.210}, "NP-P4"},
		"Seoul":     {orb.Point{126.978, 37.566}, "KR-11"},
		"Jeju":      {orb.Point{126.53, 33.38}, "KR-49"},
		"Davao":     {orb.Point{125.55, 7.10}, "PH-11"},
		"Hanoi":     {orb.Point{105.85, 21.02}, "VN.01"},
		"Colombo":   {orb.Point{79.90, 6.92}, "LK-1"},
		"Peshawar":  {orb.Point{71.57, 34.01}, "PK-KP"},
		"mid ocean": {orb.Point{-150, 20}, ""},
		"Europe":    {orb.Point{2.35, 48.85}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if r, ok := a.Locate(c.at); ok {
				got = r.Code
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestShippedCountries(t *testing.T) {
	a := atlas(t)
	for country, n := range map[string]int{"NPL": 7, "KOR": 17, "PHL": 17, "VNM": 34, "LKA": 9, "PAK": 7, "THA": 77} {
		named := 0
		for _, r := range a.In(country) {
			if r.Name != "(no name)" {
				named++
			}
		}
		if named != n {
			t.Errorf("%s has %d regions, want %d", country, named, n)
		}
	}
	if c, ok := a.Country("NPL"); !ok || c.Name != "Nepal" || c.Note == "" {
		t.Errorf("%+v", c)
	}
}

// brute counts, with exact integers, the edges to the east of a point in
// quantised units; regions that hold it.
func brute(a *region.Atlas, p orb.Point) []string {
	var out []string
	for i := range a.Regions {
		in := false
		r := &a.Regions[i]
		for _, poly := range a.Polygon(r.Code) {
			for _, ring := range poly {
				for j := 1; j < len(ring); j++ {
					u, v := ring[j-1], ring[j]
					if (u[1] > p[1]) != (v[1] > p[1]) && p[0] < (v[0]-u[0])*(p[1]-u[1])/(v[1]-u[1])+u[0] {
						in = !in
					}
				}
			}
		}
		if in {
			out = append(out, r.Code)
		}
	}
	return out
}

func TestLocateIsBruteForce(t *testing.T) {
	a := atlas(t)
	rng := rand.New(rand.NewPCG(1, 2))
	n := 400
	if testing.Short() {
		n = 40
	}
	for range n {
		p := orb.Point{40 + rng.Float64()*140, -45 + rng.Float64()*90}
		want := brute(a, p)
		r, ok := a.Locate(p)
		if ok != (len(want) > 0) || ok && want[0] != r.Code {
			t.Errorf("%v: got %v, want %v", p, r, want)
		}
	}
}

// TestBordersBelongToOneSide looks at vertices and at the middles of edges.
func TestBordersBelongToOneSide(t *testing.T) {
	a := atlas(t)
	inland := 0
	for i, arc := range a.Arcs {
		if b := a.Border(i); b.Class != region.Internal || len(arc) < 3 {
			continue
		}
		v, w := a.Position(arc[1]), a.Position(arc[2])
		for _, p := range []orb.Point{v, {(v[0] + w[0]) / 2, (v[1] + w[1]) / 2}} {
			if _, ok := a.Locate(p); ok {
				inland++
			} else if _, d, _ := a.Nearest(p, 200); d > 100 {
				t.Errorf("%v on an internal border lies %v m from any region", p, d)
			}
		}
	}
	if inland < 1000 {
		t.Errorf("only %d points on borders were found", inland)
	}
}

func TestNearest(t *testing.T) {
	a := atlas(t)
	off := orb.Point{126.95, 33.1} // at sea, south of Jeju
	if r, d, ok := a.Nearest(off, 30_000); !ok || r.Code != "KR-49" || d < 5_000 || d > 30_000 {
		t.Errorf("%v %v %v", r, d, ok)
	}
	if _, _, ok := a.Nearest(off, 1000); ok {
		t.Error("something lies within a kilometre")
	}
}

func TestDisputedLines(t *testing.T) {
	a := atlas(t)
	count := map[region.BorderClass]int{}
	for i := range a.Arcs {
		count[a.Border(i).Class]++
	}
	for c := region.Unused; c <= region.Disputed; c++ {
		if count[c] == 0 {
			t.Errorf("no border of class %d", c)
		}
	}
}

func TestRankKeepsEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vertex := rapid.Custom(func(t *rapid.T) region.Vertex {
			return region.Vertex{X: rapid.Int32Range(0, 1000).Draw(t, "x"), Y: rapid.Int32Range(0, 1000).Draw(t, "y")}
		})
		arc := rapid.SliceOfN(vertex, 2, 50).Draw(t, "arc")
		if rapid.Bool().Draw(t, "closed") {
			arc = append(arc, arc[0])
		}
		ranks := region.Rank(arc)
		kept := 0
		for _, r := range ranks {
			if r == 255 {
				kept++
			}
		}
		if ranks[0] != 255 || ranks[len(ranks)-1] != 255 || arc[0] == arc[len(arc)-1] && kept < min(len(arc), 5) {
			t.Fatalf("ranks %v", ranks)
		}
	})
}

func small() *region.Pack {
	arcs := [][]region.Vertex{{{10, 0}, {10, 10}}, {{10, 10}, {0, 10}, {0, 0}, {10, 0}}, {{10, 0}, {20, 0}, {20, 10}, {10, 10}}}
	p := &region.Pack{Scale: [2]float64{1, 1}, Arcs: arcs,
		Regions: []region.Region{{Code: "W", Country: "AAA", Rings: [][]int32{{^0, ^1}}}, {Code: "E", Country: "AAA", Rings: [][]int32{{0, ^2}}}}}
	for _, arc := range arcs {
		p.Ranks = append(p.Ranks, region.Rank(arc))
	}
	return p
}

func TestDissolve(t *testing.T) {
	p := small()
	rings := region.Dissolve(p.Arcs, [][][]int32{p.Regions[0].Rings, p.Regions[1].Rings})
	if len(rings) != 1 || len(rings[0]) != 2 {
		t.Errorf("rings %v", rings)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := small().Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := region.Read(bytes.NewReader(b)); err == nil {
			a.Locate(orb.Point{5, 5})
		}
	})
}

func Example() {
	a := region.New(small())
	r, ok := a.Locate(orb.Point{15, 5}) // lon, lat
	fmt.Println(r.Code, ok)
	// Output: E true
}

func BenchmarkRead(b *testing.B) {
	data, err := os.ReadFile("../../assets/boundaries/asia-pacific.sser")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := region.Read(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLocate(b *testing.B) {
	a := atlas(b)
	rng := rand.New(rand.NewPCG(1, 2))
	ps := make([]orb.Point, 1<<16)
	for i := range ps {
		ps[i] = orb.Point{60 + rng.Float64()*90, -10 + rng.Float64()*60}
	}
	a.Locate(ps[0])
	for i := 0; b.Loop(); i++ {
		a.Locate(ps[i&(1<<16-1)])
	}
}
