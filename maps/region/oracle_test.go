package region_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sselandscape/maps/region"
)

// sweep finds the regions of many points by brute force: from south to north, it
// looks for each point at every edge of every region that its parallel meets.
func sweep(a *region.Atlas, level int, ps []orb.Point) []string {
	type edge struct {
		p, q    region.Vertex // p is the lower one
		regions []int32
	}
	users := map[int32][]int32{}
	for i, r := range a.At(level) {
		for _, ring := range r.Rings {
			for _, ref := range ring {
				users[max(ref, ^ref)] = append(users[max(ref, ^ref)], int32(i))
			}
		}
	}
	var edges []edge
	for ref, rs := range users {
		arc := a.Arcs[ref]
		for j := 1; j < len(arc); j++ {
			p, q := arc[j-1], arc[j]
			if p.Y > q.Y {
				p, q = q, p
			}
			edges = append(edges, edge{p, q, rs})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.p.Y, b.p.Y) })
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(ps[i][1], ps[j][1]) })
	out := make([]string, len(ps))
	var live []edge
	next := 0
	odd := map[int32]bool{}
	for _, i := range order {
		x, y := (ps[i][0]-a.Translate[0])/a.Scale[0], (ps[i][1]-a.Translate[1])/a.Scale[1]
		for ; next < len(edges) && float64(edges[next].p.Y) <= y; next++ {
			live = append(live, edges[next])
		}
		live = slices.DeleteFunc(live, func(e edge) bool { return float64(e.q.Y) <= y })
		clear(odd)
		for _, e := range live {
			if x < float64(e.p.X)+(y-float64(e.p.Y))*(float64(e.q.X-e.p.X)/float64(e.q.Y-e.p.Y)) {
				for _, r := range e.regions {
					odd[r] = !odd[r]
				}
			}
		}
		first := int32(-1)
		for r, in := range odd {
			if in && (first < 0 || r < first) {
				first = r
			}
		}
		if first >= 0 {
			out[i] = a.At(level)[first].Code
		}
	}
	return out
}

func compareWithSweep(t *testing.T, a *region.Atlas, ps []orb.Point) {
	t.Helper()
	wrong := 0
	for i, want := range sweep(a, 1, ps) {
		got := ""
		if r, ok := a.Locate(ps[i]); ok {
			got = r.Code
		}
		if got != want {
			if wrong++; wrong < 10 {
				t.Errorf("%v: located in %q, brute force says %q", ps[i], got, want)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d points are wrong", wrong, len(ps))
	}
}

// points is how many random points are compared: SSE_POINTS=1000000 is the long form.
func points() int {
	if n, err := strconv.Atoi(os.Getenv("SSE_POINTS")); err == nil {
		return n
	}
	return 20_000
}

func TestLocateIsSweep(t *testing.T) {
	for name, a := range map[string]*region.Atlas{"embedded": atlas(t), "4,000 regions": region.New(tiled(t, 63, 32))} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			ps := make([]orb.Point, points())
			for i := range ps {
				ps[i] = orb.Point{60 + rng.Float64()*90, -10 + rng.Float64()*60}
			}
			compareWithSweep(t, a, ps)
		})
	}
}

// TestLocateOnAllBorders looks at every vertex and the middle of every edge; in the
// short form at every tenth.
func TestLocateOnAllBorders(t *testing.T) {
	a := atlas(t)
	step := 10
	if points() >= 1_000_000 {
		step = 1
	}
	var ps []orb.Point
	n := 0
	for _, arc := range a.Arcs {
		for j := range arc {
			if n++; n%step != 0 {
				continue
			}
			v := a.Position(arc[j])
			ps = append(ps, v)
			if j > 0 {
				w := a.Position(arc[j-1])
				ps = append(ps, orb.Point{(v[0] + w[0]) / 2, (v[1] + w[1]) / 2})
			}
		}
	}
	compareWithSweep(t, a, ps)
}

// tiled is a synthetic pack: n by n areas with rough borders of so many edges, a power of two, on 60
// to 150 east and 10 south to 50 north. Every area is a region of the first level.
func tiled(t testing.TB, n, edges int) *region.Pack {
	t.Helper()
	b := &region.Builder{Level: 1}
	for i, s := range slices.Collect(tiles(n, edges)) {
		if err := b.Add(i+1, region.Region{Code: fmt.Sprint(i), Country: "AAA"}, orb.MultiPolygon{{s}}); err != nil {
			t.Fatal(err)
		}
	}
	p, ps, err := b.Build(context.Background())
	if err != nil || len(ps) > 0 {
		t.Fatal(err, len(ps))
	}
	return p
}

// tiles are the rings of tiled, made one by one as they are asked for.
func tiles(n, edges int) iter.Seq[orb.Ring] {
	w, h := 90/float64(n), 60/float64(n)
	corner := func(i, j int) orb.Point { return orb.Point{60 + float64(i)*w, -10 + float64(j)*h} }
	// Borders are rough as real ones are: each half of a line is bent again. Two tiles make
	// the same line of theirs.
	wave := func(i, j, east int) []orb.Point {
		rng := rand.New(rand.NewPCG(uint64(i), uint64(2*j+east)))
		var bend func(from, to orb.Point, edges int) []orb.Point
		bend = func(from, to orb.Point, edges int) []orb.Point {
			if edges < 2 {
				return []orb.Point{from}
			}
			d := (rng.Float64() - 0.5) * 0.15
			mid := orb.Point{(from[0]+to[0])/2 - d*(to[1]-from[1]), (from[1]+to[1])/2 + d*(to[0]-from[0])}
			return append(bend(from, mid, edges/2), bend(mid, to, edges/2)...)
		}
		to := corner(i+east, j+1-east)
		return append(bend(corner(i, j), to, edges), to)
	}
	back := func(l []orb.Point) []orb.Point {
		slices.Reverse(l)
		return l
	}
	return func(yield func(orb.Ring) bool) {
		for i := range n {
			for j := range n {
				if !yield(slices.Concat(wave(i, j, 1), wave(i+1, j, 0)[1:], back(wave(i, j+1, 1))[1:], back(wave(i, j, 0))[1:])) {
					return
				}
			}
		}
	}
}

// TestLevelsAgree: whatever own packs cover, the area of a point at a level is part
// of that of the level above.
func TestLevelsAgree(t *testing.T) {
	base := atlas(t)
	rapid.Check(t, func(rt *rapid.T) {
		var packs []*region.Pack
		for level := 2; level <= rapid.IntRange(2, 4).Draw(rt, "depth"); level++ {
			b := &region.Builder{Level: level}
			above := []string{"NP-P3", "NP-P4", "IN-BR"}
			if level > 2 {
				above = nil
				for _, r := range packs[len(packs)-1].Levels[0].Regions {
					above = append(above, r.Code)
				}
			}
			for i, s := range coverage(rt) {
				for _, poly := range s {
					for j := range poly[0] {
						poly[0][j] = orb.Point{83 + poly[0][j][0]/2, 26 + poly[0][j][1]/2}
					}
				}
				if len(s) > 0 {
					b.Add(i+1, region.Region{Code: fmt.Sprint(level, ".", i), Parent: rapid.SampledFrom(above).Draw(rt, "parent"), Country: "NPL"}, s)
				}
			}
			p, _, err := b.Build(context.Background())
			if err != nil {
				rt.Fatal(err)
			}
			packs = append(packs, p)
		}
		a, err := base.With(packs...)
		if err != nil {
			rt.Fatal(err)
		}
		for range 20 {
			p := orb.Point{rapid.Float64Range(82, 87.5).Draw(rt, "lon"), rapid.Float64Range(25, 29.5).Draw(rt, "lat")}
			all := a.LocateAll(p)
			for level, r := range all {
				if at, _ := a.LocateAt(p, level); at != r {
					rt.Fatalf("%v at level %d: %v alone, %v among all", p, level, at, r)
				}
				if r == nil || level == 0 {
					continue
				}
				if all[level-1] == nil || all[level-1].Code != r.Parent {
					rt.Fatalf("%v: %s at level %d is part of %s, but above is %v", p, r.Code, level, r.Parent, all[level-1])
				}
			}
		}
	})
}

func TestWith(t *testing.T) {
	base := atlas(t)
	b := &region.Builder{Level: 1, Source: "our own"}
	for i, c := range []string{"NPL", "XKX"} {
		lon := 83 + 40*float64(i)
		b.Add(i+1, region.Region{Code: "own" + c, Country: c, Name: "Own"}, orb.MultiPolygon{{{{lon, 27}, {lon + 2, 27}, {lon + 2, 29}, {lon, 29}, {lon, 27}}}})
	}
	p, _, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	a, err := base.With(p)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[orb.Point]string{{84, 28}: "ownNPL", {85.324, 27.717}: "", {77.2, 28.6}: "IN-DL", {124, 28}: "ownXKX"} {
		got := ""
		if r, ok := a.Locate(at); ok {
			got = r.Code
		}
		if got != want {
			t.Errorf("%v lies in %q, want %q", at, got, want)
		}
	}
	if c, _ := a.Country("NPL"); c.Note != "" {
		t.Errorf("the note on regions that are not drawn any more stays: %q", c.Note)
	}
	if _, ok := a.Country("XKX"); !ok {
		t.Error("the new country is not known")
	}
	if len(a.In("NPL")) != 1 || len(base.In("NPL")) != 7 {
		t.Errorf("%d regions, and %d in the atlas before", len(a.In("NPL")), len(base.In("NPL")))
	}
	b = &region.Builder{Level: 1}
	b.Add(1, region.Region{Code: "IN-DL", Country: "NPL"}, orb.MultiPolygon{{{{83, 27}, {84, 27}, {84, 29}, {83, 27}}}})
	if p, _, err = b.Build(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := base.With(p); err == nil {
		t.Error("a code of another country was taken")
	}
}

func TestNearestIsBruteForce(t *testing.T) {
	a := atlas(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := orb.Point{rapid.Float64Range(-180, 180).Draw(rt, "lon"), rapid.Float64Range(-50, 60).Draw(rt, "lat")}
		limit := rapid.Float64Range(1000, 300_000).Draw(rt, "limit")
		r, d, ok := a.Nearest(p, limit)
		want, best := nearestOfAll(a, p)
		if in, isIn := a.Locate(p); isIn {
			want, best = in.Code, 0
		}
		if ok != (best <= limit) || ok && (r.Code != want && d != best || d-best > 1e-6*best) {
			rt.Fatalf("%v within %v: %v at %v m, brute force says %s at %v m", p, limit, r, d, want, best)
		}
	})
}

// nearestOfAll measures every edge of every region, also across the antimeridian.
func nearestOfAll(a *region.Atlas, p orb.Point) (code string, metres float64) {
	const perDegree = 6371008.8 * math.Pi / 180
	metres = math.Inf(1)
	shrink := math.Cos(p[1] * math.Pi / 180)
	flat := func(q orb.Point, turn float64) orb.Point {
		return orb.Point{(q[0] - p[0] + turn) * shrink, q[1] - p[1]}
	}
	for _, r := range a.Regions {
		for _, ring := range r.Rings {
			for _, ref := range ring {
				arc := a.Arcs[max(ref, ^ref)]
				for i := 1; i < len(arc); i++ {
					for _, turn := range []float64{-360, 0, 360} {
						v, w := flat(a.Position(arc[i-1]), turn), flat(a.Position(arc[i]), turn)
						if min(math.Abs(v[0]), math.Abs(w[0])) > 10 || math.Abs(v[1]) > 10 {
							continue
						}
						if d := planar.DistanceFromSegment(v, w, orb.Point{}) * perDegree; d < metres {
							code, metres = r.Code, d
						}
					}
				}
			}
		}
	}
	return code, metres
}

// BenchmarkLocate4000 is for a million points in 4,000 regions with about 258,000
// edges; each time pays for the index.
func BenchmarkLocate4000(b *testing.B) {
	p := tiled(b, 63, 32)
	rng := rand.New(rand.NewPCG(1, 2))
	ps := make([]orb.Point, 1_000_000)
	for i := range ps {
		ps[i] = orb.Point{60 + rng.Float64()*90, -10 + rng.Float64()*60}
	}
	b.ResetTimer()
	for b.Loop() {
		a := region.New(p)
		for _, q := range ps {
			a.Locate(q)
		}
	}
}

// BenchmarkNearest is for one point off the coast.
func BenchmarkNearest(b *testing.B) {
	a := atlas(b)
	ps := []orb.Point{{126.95, 33.15}, {100.2, 6.0}, {125.3, 10.9}, {-179.9, -17}}
	a.Nearest(ps[0], 5000)
	i := 0
	for b.Loop() {
		a.Nearest(ps[i%len(ps)], 5000)
		i++
	}
}

// BenchmarkBuild makes packs of 49,729 areas and 1.6 million vertices, and of 38,809 areas
// and 19.9 million, and tells the most memory that the process had, where the system does.
func BenchmarkBuild(b *testing.B) {
	for _, c := range [][2]int{{223, 8}, {197, 128}} {
		b.Run(fmt.Sprint(c[0]*c[0], "x", 4*c[1]), func(b *testing.B) {
			for b.Loop() {
				bl := &region.Builder{Level: 3}
				n := 0
				for s := range tiles(c[0], c[1]) {
					n++
					if err := bl.Add(n, region.Region{Code: fmt.Sprint(n), Country: "AAA", Parent: "P"}, orb.MultiPolygon{{s}}); err != nil {
						b.Fatal(err)
					}
				}
				p, ps, err := bl.Build(context.Background())
				if err != nil || len(ps) > 0 {
					b.Fatal(err, len(ps))
				}
				b.ReportMetric(float64(len(p.Arcs)), "arcs")
			}
			status, _ := os.ReadFile("/proc/self/status")
			_, after, _ := strings.Cut(string(status), "VmHWM:")
			kB := 0.
			fmt.Sscan(after, &kB)
			b.ReportMetric(kB/1024, "peak-MiB")
		})
	}
}
