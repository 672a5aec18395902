package layer_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/maps/layer"
	"sselandscape/maps/tile"
)

var world = orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}

// towns are n units in towns of very different sizes, and one in ten on its own.
func towns(n int) []layer.Point {
	rng := rand.New(rand.NewPCG(1, 2))
	at := make([]orb.Point, 2000)
	for i := range at {
		at[i] = orb.Point{60 + rng.Float64()*120, -40 + rng.Float64()*90}
	}
	out := make([]layer.Point, n)
	for i := range out {
		p := at[int(float64(len(at))*math.Pow(rng.Float64(), 3))]
		p = orb.Point{p[0] + rng.NormFloat64()*0.1, p[1] + rng.NormFloat64()*0.1}
		if i%10 == 0 {
			p = orb.Point{60 + rng.Float64()*120, -40 + rng.Float64()*90}
		}
		out[i] = layer.Point{At: p, Class: rng.IntN(7)}
	}
	return out
}

// scattered are n units anywhere in Asia and the Pacific.
func scattered(n int) []layer.Point {
	rng := rand.New(rand.NewPCG(3, 4))
	out := make([]layer.Point, n)
	for i := range out {
		out[i] = layer.Point{At: orb.Point{60 + rng.Float64()*120, -40 + rng.Float64()*90}, Class: rng.IntN(7)}
	}
	return out
}

// around draws units that are close to each other at some zoom, on both sides of 180°.
func around(t *rapid.T) []layer.Point {
	spread := math.Exp2(rapid.Float64Range(-20, 6).Draw(t, "spread"))
	middle := orb.Point{rapid.SampledFrom([]float64{0, 100, 180, -180}).Draw(t, "lon"), rapid.Float64Range(-80, 80).Draw(t, "lat")}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) layer.Point {
		return layer.Point{At: orb.Point{middle[0] + spread*float64(rapid.IntRange(-20, 20).Draw(t, "x")), middle[1] + spread*float64(rapid.IntRange(-20, 20).Draw(t, "y"))}, Class: rapid.IntRange(-1, 3).Draw(t, "class")}
	}), 0, 60).Draw(t, "units")
}

// bruteGroup is a cluster of the slow way.
type bruteGroup struct {
	x, y  uint32
	units []int
}

// brute groups by comparing all with all, from the highest zoom down; it is the
// definition in the words of [layer.ClusterIndex].
func brute(points []layer.Point, zoom int) []bruteGroup {
	var gs []bruteGroup
	for i, p := range points {
		x, y := tile.Mercator(p.At)
		x -= math.Floor(x)
		gs = append(gs, bruteGroup{uint32(uint64(x * (1 << 32))), uint32(min(max(y, 0)*(1<<32), math.MaxUint32)), []int{i}})
	}
	for z := tile.MaxZoom; z >= zoom; z-- {
		pixel := math.Exp2(24 - float64(z))
		row := func(g bruteGroup) float64 { return math.Floor(float64(g.y) / (32 * pixel)) }
		slices.SortStableFunc(gs, func(a, b bruteGroup) int {
			return cmp.Or(cmp.Compare(row(a), row(b)), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
		})
		var out []bruteGroup
		in := make([]bool, len(gs))
		for i, s := range gs {
			if in[i] {
				continue
			}
			var sx, sy, sum int64
			units := slices.Clone(s.units)
			for j := i; j < len(gs); j++ {
				dx, dy := int64(int32(gs[j].x-s.x)), int64(gs[j].y)-int64(s.y)
				if in[j] || math.Hypot(float64(dx), float64(dy)) > layer.ClusterRadius*pixel {
					continue
				}
				in[j] = true
				n := int64(len(gs[j].units))
				sx, sy, sum = sx+n*dx, sy+n*dy, sum+n
				if j > i {
					units = append(units, gs[j].units...)
				}
			}
			slices.Sort(units)
			mean := func(s int64) int64 { return int64(math.Floor(float64(s)/float64(sum) + 0.5)) }
			out = append(out, bruteGroup{s.x + uint32(int32(mean(sx))), uint32(int64(s.y) + mean(sy)), units})
		}
		gs = out
	}
	slices.SortFunc(gs, func(a, b bruteGroup) int { return cmp.Compare(a.units[0], b.units[0]) })
	return gs
}

func TestClustersAreBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := around(t)
		zoom := rapid.IntRange(0, tile.MaxZoom).Draw(t, "zoom")
		x := layer.NewClusterIndex(points, 4)
		got := x.In(world, zoom)
		slices.SortFunc(got, func(a, b layer.Cluster) int { return cmp.Compare(x.Units(a)[0], x.Units(b)[0]) })
		want := brute(points, zoom)
		if len(got) != len(want) {
			t.Fatalf("%d clusters, want %d", len(got), len(want))
		}
		for i, w := range want {
			if units := x.Units(got[i]); !slices.Equal(units, w.units) {
				t.Fatalf("cluster %d has %v, want %v", i, units, w.units)
			}
			if p := tile.Degrees(float64(w.x)/(1<<32), float64(w.y)/(1<<32)); p != got[i].At {
				t.Fatalf("cluster %d lies at %v, want %v", i, got[i].At, p)
			}
		}
	})
}

// TestClustersAddUp: at every zoom every unit is in one cluster, classes add up,
// levels nest, and a cluster opens where it says.
func TestClustersAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := around(t)
		x := layer.NewClusterIndex(points, 4)
		above := make([]int, len(points)) // the cluster of each unit one zoom lower
		for z := range tile.MaxZoom + 1 {
			now, home := make([]int, len(points)), map[int]int{}
			seen := 0
			for i, k := range x.In(world, z) {
				classes := make([]int, 4)
				for _, u := range x.Units(k) {
					if c := points[u].Class; c >= 0 {
						classes[c]++
					}
					now[u] = i
					seen++
					if h, ok := home[i]; ok && h != above[u] {
						t.Fatalf("zoom %d: cluster %d comes of two", z, i)
					}
					home[i] = above[u]
				}
				if !slices.Equal(classes, k.Classes) || k.N != len(x.Units(k)) {
					t.Fatalf("zoom %d: %v of %d units, want %v", z, k.Classes, k.N, classes)
				}
			}
			if seen != len(points) {
				t.Fatalf("zoom %d: %d units of %d", z, seen, len(points))
			}
			above = now
		}
	})
}

func TestClustersDoNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := around(t)
		order := rapid.Permutation(points).Draw(t, "order")
		z := rapid.IntRange(0, tile.MaxZoom).Draw(t, "zoom")
		a, b := layer.NewClusterIndex(points, 4).In(world, z), layer.NewClusterIndex(order, 4).In(world, z)
		if len(a) != len(b) {
			t.Fatalf("%d and %d clusters", len(a), len(b))
		}
		for i := range a {
			if a[i].At != b[i].At || a[i].N != b[i].N || !slices.Equal(a[i].Classes, b[i].Classes) {
				t.Fatalf("%v and %v", a[i], b[i])
			}
		}
	})
}

// TestWindow asks for parts of the world and gets what of the whole lies in them.
func TestWindow(t *testing.T) {
	x := layer.NewClusterIndex(towns(3000), 7)
	rapid.Check(t, func(t *rapid.T) {
		v := tile.View{Center: orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-60, 60).Draw(t, "lat")}, Zoom: rapid.Float64Range(1, 9).Draw(t, "zoom"), Width: 640, Height: 400}
		b, z := v.Bound(), int(v.Zoom)
		var want []orb.Point
		for _, k := range x.In(world, z) {
			for _, turn := range []float64{-360, 0, 360} {
				if b.Contains(orb.Point{k.At[0] + turn, k.At[1]}) {
					want = append(want, k.At)
					break
				}
			}
		}
		got := x.In(b, z)
		if len(got) != len(want) {
			t.Fatalf("%d clusters in view, want %d", len(got), len(want))
		}
		for _, k := range got {
			if !slices.Contains(want, k.At) {
				t.Fatalf("%v is not in view", k.At)
			}
		}
	})
}

func TestClustersOfPlaces(t *testing.T) {
	unit := func(lon, lat float64) layer.Point { return layer.Point{At: orb.Point{lon, lat}} }
	for name, c := range map[string]struct {
		points []layer.Point
		zoom   int
		want   []int // units of each, north to south
	}{
		"none":                  {nil, 5, nil},
		"one":                   {[]layer.Point{unit(85, 27)}, 5, []int{1}},
		"in one place":          {[]layer.Point{unit(85, 27), unit(85, 27), unit(85, 27)}, tile.MaxZoom, []int{3}},
		"on both sides of 180°": {[]layer.Point{unit(179.9, -17), unit(-179.9, -17)}, 6, []int{2}},
		"180° twice":            {[]layer.Point{unit(180, -17), unit(-180, -17)}, tile.MaxZoom, []int{2}},
		"around the world":      {[]layer.Point{unit(539.9, -17), unit(-179.9, -17)}, 6, []int{2}},
		"apart":                 {[]layer.Point{unit(85, 27), unit(126, 37)}, 5, []int{1, 1}},
		"no position":           {[]layer.Point{unit(math.NaN(), 27), unit(math.Inf(1), 0), unit(85, 27)}, 5, []int{1}},
		"at the poles":          {[]layer.Point{unit(0, 90), unit(0, -90)}, 3, []int{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			x := layer.NewClusterIndex(c.points, 1)
			var got []int
			for _, k := range x.In(orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}, c.zoom) {
				got = append(got, k.N)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func BenchmarkClusterIndex(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		for name, points := range map[string][]layer.Point{"towns": towns(n), "scattered": scattered(n)} {
			b.Run(fmt.Sprint(name, "-", n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					layer.NewClusterIndex(points, 7)
				}
			})
		}
	}
}

func BenchmarkClustersInView(b *testing.B) {
	x := layer.NewClusterIndex(towns(1_000_000), 7)
	for _, z := range []int{2, 6, 12} {
		b.Run(fmt.Sprint("zoom-", z), func(b *testing.B) {
			v := tile.View{Center: orb.Point{100, 20}, Zoom: float64(z), Width: 1280, Height: 800}
			for b.Loop() {
				x.In(v.Bound(), z)
			}
		})
	}
}
