package region_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
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
		"Hanoi":     {orb.Point{105.85, 21.02}, "VN-HN"},
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
			if r.Name != "" && r.ISO == r.Code {
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

// brute looks at every edge of every region, in quantised units, and lists the
// regions that hold a point: those with an odd number of edges to the east of it.
func brute(a *region.Atlas, p orb.Point) []string {
	x, y := (p[0]-a.Translate[0])/a.Scale[0], (p[1]-a.Translate[1])/a.Scale[1]
	odd := make([]bool, len(a.Arcs))
	for i, arc := range a.Arcs {
		for j := 1; j < len(arc); j++ {
			u, v := arc[j-1], arc[j]
			if u.Y > v.Y {
				u, v = v, u
			}
			if float64(u.Y) <= y && y < float64(v.Y) && x < float64(u.X)+(y-float64(u.Y))*(float64(v.X-u.X)/float64(v.Y-u.Y)) {
				odd[i] = !odd[i]
			}
		}
	}
	var out []string
	for _, r := range a.Regions {
		in := false
		for _, ring := range r.Rings {
			for _, ref := range ring {
				in = in != odd[max(ref, ^ref)]
			}
		}
		if in {
			out = append(out, r.Code)
		}
	}
	return out
}

// agrees compares Locate with what brute force finds. A few regions overlap by less
// than a quantum (TestShippedBordersCrossSeldom): the first counts.
func agrees(t interface{ Fatalf(string, ...any) }, a *region.Atlas, p orb.Point) {
	want := brute(a, p)
	got, ok := a.Locate(p)
	if ok != (len(want) > 0) || ok && want[0] != got.Code {
		t.Fatalf("%v: located in %v, brute force says %v", p, got, want)
	}
}

func TestLocateIsBruteForce(t *testing.T) {
	a := atlas(t)
	t.Run("anywhere", rapid.MakeCheck(func(t *rapid.T) {
		agrees(t, a, orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")})
	}))
	t.Run("beside a border", rapid.MakeCheck(func(t *rapid.T) {
		arc := a.Arcs[rapid.IntRange(0, len(a.Arcs)-1).Draw(t, "arc")]
		p := a.Position(arc[rapid.IntRange(0, len(arc)-1).Draw(t, "vertex")])
		agrees(t, a, orb.Point{p[0] + rapid.Float64Range(-0.1, 0.1).Draw(t, "dx"), p[1] + rapid.Float64Range(-0.1, 0.1).Draw(t, "dy")})
	}))
	t.Run("on a border", rapid.MakeCheck(func(t *rapid.T) {
		arc := a.Arcs[rapid.IntRange(0, len(a.Arcs)-1).Draw(t, "arc")]
		i := rapid.IntRange(1, len(arc)-1).Draw(t, "edge")
		p, q := a.Position(arc[i-1]), a.Position(arc[i])
		agrees(t, a, p)
		agrees(t, a, orb.Point{(p[0] + q[0]) / 2, (p[1] + q[1]) / 2})
	}))
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

// TestDisputedLines looks at which pairs of neighbours have dashed lines.
func TestDisputedLines(t *testing.T) {
	a := atlas(t)
	got := between(a)
	for pair, want := range map[[2]string]region.BorderClass{
		{"IN-LA", "PK-GB"}: region.Disputed, {"IN-JK", "PK-JK"}: region.Disputed, {"CN-XJ", "IN-LA"}: region.Disputed, {"CN-XZ", "IN-AR"}: region.Disputed,
		{"KP-07", "KR-42"}: region.Disputed, {"UA-43", "UKR"}: region.Disputed, {"CYN+00?", "CY-04"}: region.Disputed,
		{"IN-HP", "IN-JK"}: region.Internal, {"NP-P3", "NP-P4"}: region.Internal, {"IN-BR", "NP-P2"}: region.International, {"IN-RJ", "PK-SD"}: region.International,
	} {
		if c, ok := got[[2]string{min(pair[0], pair[1]), max(pair[0], pair[1])}]; !ok || c != want {
			t.Errorf("%v: class %d, want %d (neighbours: %v)", pair, c, want, ok)
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
	p := &region.Pack{Scale: [2]float64{1, 1}, Arcs: arcs, ArcCount: len(arcs),
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

// TestReadRefuses packs whose parts do not fit together.
func TestReadRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*region.Pack){
		"an arc that is not there": func(p *region.Pack) { p.Regions[0].Rings[0][0] = 99 },
		"arcs that do not meet":    func(p *region.Pack) { p.Regions[0].Rings[0][0] = 0 },
		"an open ring":             func(p *region.Pack) { p.Lakes = []region.Area{{Rings: [][]int32{{0}}}} },
		"an empty ring":            func(p *region.Pack) { p.Context = []region.Area{{Rings: [][]int32{{}}}} },
		"a code twice":             func(p *region.Pack) { p.Regions[1].Code = "W" },
		"a world too large":        func(p *region.Pack) { p.Scale[0] = 20 },
		"no scale":                 func(p *region.Pack) { p.Scale[1] = 0 },
		"a border that takes for ever": func(p *region.Pack) {
			for range 1_000_000 {
				p.Regions[0].Rings = append(p.Regions[0].Rings, []int32{^0, ^1})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := small()
			spoil(p)
			var b bytes.Buffer
			if err := p.Write(&b); err != nil {
				t.Fatal(err)
			}
			if _, err := region.Read(&b); !errors.Is(err, region.ErrPack) {
				t.Errorf("read with error %v", err)
			}
		})
	}
}

func TestWriteReadWrite(t *testing.T) {
	var first, second bytes.Buffer
	if err := small().Write(&first); err != nil {
		t.Fatal(err)
	}
	once := bytes.Clone(first.Bytes())
	p, err := region.ReadPack(&first)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(&second); err != nil || !bytes.Equal(once, second.Bytes()) {
		t.Errorf("written again it differs (%v)", err)
	}
}

func TestPolygon(t *testing.T) {
	a := region.New(small())
	for code, area := range map[string]float64{"W": 100, "E": 100, "AAA": 200} {
		if got := planar.Area(a.Polygon(code)); got != area {
			t.Errorf("%s has area %v, want %v", code, got, area)
		}
	}
	if a.Polygon("none") != nil {
		t.Error("an unknown code has a polygon")
	}
}

func TestNamesByProfile(t *testing.T) {
	a := atlas(t)
	for profile, want := range map[region.Profile]string{region.ILO: "Taiwan, China", region.UN: "Taiwan, Province of China", region.ISO: "Taiwan, Province of China"} {
		c, _ := a.Country("TWN")
		if got := c.NameBy(profile); got != want {
			t.Errorf("%q: %q, want %q", profile, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := small().Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	p := small()
	p.Claims = []region.Claim{{By: "A", Of: "B", Lines: [][]int32{{0}}}}
	p.Parts = []region.Part{{Of: p.Regions[0].Code, Views: map[region.Viewpoint]string{"A": p.Regions[1].Code}, Rings: p.Regions[0].Rings}}
	p.Regions[1].Views = map[region.Viewpoint]string{"C": "D", "": "E"}
	var marked bytes.Buffer
	if err := p.Write(&marked); err != nil {
		f.Fatal(err)
	}
	f.Add(marked.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := region.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		a.Locate(orb.Point{5, 5})
		for _, v := range a.Viewpoints() {
			other, err := a.As(v)
			if err != nil {
				t.Fatal(err)
			}
			other.Locate(orb.Point{5, 5})
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

// BenchmarkLocate is for a million points on and around Asia; the first of them
// pays for the index.
func BenchmarkLocate(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	ps := make([]orb.Point, 1_000_000)
	for i := range ps {
		ps[i] = orb.Point{60 + rng.Float64()*90, -10 + rng.Float64()*60}
	}
	for b.Loop() {
		b.StopTimer()
		a := atlas(b)
		b.StartTimer()
		for _, p := range ps {
			a.Locate(p)
		}
	}
}
