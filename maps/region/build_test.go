package region_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sselandscape/maps/region"
)

func build(t testing.TB, level int, shapes ...orb.MultiPolygon) (*region.Pack, []region.Problem) {
	t.Helper()
	b := &region.Builder{Level: level}
	for i, s := range shapes {
		if err := b.Add(i+1, region.Region{Code: fmt.Sprint("R", i+1), Country: "AAA"}, s); err != nil {
			t.Fatal(err)
		}
	}
	p, ps, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err, ps)
	}
	return p, ps
}

// ring makes a ring of positions that are given as "x y, x y".
func ring(s string) orb.Ring {
	var out orb.Ring
	for _, xy := range strings.Split(s, ",") {
		var p orb.Point
		if _, err := fmt.Sscan(xy, &p[0], &p[1]); err != nil {
			panic(err)
		}
		out = append(out, p)
	}
	return out
}

func polygon(rings ...string) orb.MultiPolygon {
	var p orb.Polygon
	for _, r := range rings {
		p = append(p, ring(r))
	}
	return orb.MultiPolygon{p}
}

// TestRepairs looks at rings as they come in files: the area that is left, in square
// degrees, the number of rings, and what is said.
func TestRepairs(t *testing.T) {
	for name, c := range map[string]struct {
		shape orb.MultiPolygon
		area  float64
		rings int
		said  string
	}{
		"as it should be":           {polygon("0 0, 2 0, 2 2, 0 2, 0 0"), 4, 1, ""},
		"open":                      {polygon("0 0, 2 0, 2 2, 0 2"), 4, 1, "open"},
		"wound the other way":       {polygon("0 0, 0 2, 2 2, 2 0, 0 0"), 4, 1, ""},
		"points twice":              {polygon("0 0, 0 0, 2 0, 2 0, 2 2, 0 2, 0 0, 0 0"), 4, 1, ""},
		"a ring of two points":      {polygon("0 0, 2 0, 2 2, 0 2, 0 0", "1 1, 1.5 1, 1 1"), 4, 1, "2 different points"},
		"a hole wound as the shell": {polygon("0 0, 4 0, 4 4, 0 4, 0 0", "1 1, 2 1, 2 2, 1 2, 1 1"), 15, 2, ""},
		"an island in a hole":       {append(polygon("0 0, 9 0, 9 9, 0 9, 0 0", "1 1, 8 1, 8 8, 1 8, 1 1"), polygon("3 3, 5 3, 5 5, 3 5, 3 3")...), 81 - 49 + 4, 3, ""},
		"a spike":                   {polygon("0 0, 2 0, 3 0, 2 0, 2 2, 0 2, 0 0"), 4, 1, ""},
		"touching itself":           {polygon("0 0, 2 0, 1 1, 2 2, 0 2, 1 1, 0 0"), 2, 2, "parted into 2 rings"},
		"crossing itself":           {polygon("0 0, 2 2, 2 0, 0 2, 0 0"), 2, 2, "crosses or touches itself"},
		"parts side by side":        {append(polygon("0 0, 1 0, 1 1, 0 1, 0 0"), polygon("1 0, 2 0, 2 1, 1 1, 1 0")...), 2, 1, "parted into 1 rings"},
		"a hole on the border":      {polygon("0 0, 4 0, 4 4, 0 4, 0 0", "1 0, 2 0, 2 1, 1 1, 1 0"), 15, 1, "crosses or touches itself"},
		"a hole at a corner":        {polygon("0 0, 4 0, 4 4, 0 4, 0 0", "0 0, 1 2, 2 1, 0 0"), 14.5, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, ps := build(t, 1, c.shape)
			a := region.New(p)
			if got := planar.Area(a.Polygon("R1")); math.Abs(got-c.area) > 1e-5 {
				t.Errorf("area %v, want %v", got, c.area)
			}
			if got := len(a.Regions[0].Rings); got != c.rings {
				t.Errorf("%d rings, want %d", got, c.rings)
			}
			if got := fmt.Sprint(ps); !strings.Contains(got, c.said) || c.said == "" && len(ps) > 0 {
				t.Errorf("said %v, want %q", ps, c.said)
			}
		})
	}
}

// TestNeighbours looks at what areas side by side share, and what is said of them.
func TestNeighbours(t *testing.T) {
	west := polygon("0 0, 2 0, 2 2, 0 2, 0 0")
	for name, c := range map[string]struct {
		east   orb.MultiPolygon
		shared int
		said   string
	}{
		"the same border":              {polygon("2 0, 4 0, 4 2, 2 2, 2 0"), 1, ""},
		"rounded by a hair":            {polygon("2.00000001 0.00000001, 4 0, 4 2, 1.99999999 2.00000001, 2 0"), 1, ""},
		"a vertex on the long edge":    {polygon("2 0, 4 0, 4 2, 2 2, 2 1, 2 0"), 1, ""},
		"a vertex a hair beside it":    {polygon("2 0, 4 0, 4 2, 2 2, 2.0000004 1, 2 0"), 1, ""},
		"half of the border":           {polygon("2 0.5, 4 0, 4 2, 2 1.5, 2 0.5"), 1, ""},
		"one inside of the other":      {polygon("0.5 0.5, 1 0.5, 1 1, 0.5 1, 0.5 0.5"), 0, "overlaps feature 2 by about 3.09e+03 km²"},
		"one over the other":           {polygon("1 1, 3 1, 3 3, 1 3, 1 1"), 0, "overlaps feature 2 by about 1.2"},
		"the same twice":               {west, 1, "overlaps feature 2 by about 4.9"},
		"apart":                        {polygon("5 5, 6 5, 6 6, 5 6, 5 5"), 0, ""},
		"crossing without a vertex in": {polygon("-1 0.5, 3 0.5, 3 1, -1 1, -1 0.5"), 0, "overlaps feature 2 by about 1.2"},
	} {
		t.Run(name, func(t *testing.T) {
			p, ps := build(t, 1, west, c.east)
			used := map[int32]int{}
			for _, r := range p.Regions {
				for _, ring := range r.Rings {
					for _, ref := range ring {
						used[max(ref, ^ref)]++
					}
				}
			}
			shared := 0
			for _, n := range used {
				if n == 2 {
					shared++
				}
			}
			if shared != c.shared {
				t.Errorf("%d arcs are shared, want %d", shared, c.shared)
			}
			if got := fmt.Sprint(ps); !strings.Contains(got, c.said) || c.said == "" && len(ps) > 0 {
				t.Errorf("said %v, want %q", ps, c.said)
			}
		})
	}
}

func TestThinGapIsTold(t *testing.T) {
	_, ps := build(t, 1, polygon("0 0, 2 0, 2 2, 0 2, 0 0"), polygon("2 0, 4 0, 4 2, 2 2, 2.001 1, 2 0"))
	if len(ps) != 1 || !strings.Contains(ps[0].Text, "thin gap of 12.4 km²") || ps[0].Feature != 1 || ps[0].Other != 2 {
		t.Errorf("%+v", ps)
	}
}

func TestBuildRefuses(t *testing.T) {
	for name, shape := range map[string]orb.MultiPolygon{
		"metres":      polygon("500000 200000, 600000 200000, 600000 300000, 500000 200000"),
		"not numbers": {{{{math.NaN(), 0}, {1, 0}, {1, 1}}}},
		"a line":      polygon("0 0, 1 1, 2 2, 0 0"),
		"nothing":     nil,
	} {
		t.Run(name, func(t *testing.T) {
			b := &region.Builder{Level: 1}
			if err := b.Add(7, region.Region{Code: "bad"}, shape); err != nil {
				t.Fatal(err)
			}
			if err := b.Add(8, region.Region{Code: "good"}, polygon("0 0, 1 0, 1 1, 0 0")); err != nil {
				t.Fatal(err)
			}
			p, ps, err := b.Build(context.Background())
			if err != nil || len(p.Regions) != 1 || p.Regions[0].Code != "good" {
				t.Fatalf("%v %v", p, err)
			}
			if len(ps) == 0 || ps[len(ps)-1].Feature != 7 || !ps[len(ps)-1].Refused {
				t.Errorf("%+v", ps)
			}
		})
	}
	t.Run("level 0", func(t *testing.T) {
		if _, _, err := (&region.Builder{}).Build(context.Background()); err == nil {
			t.Error("countries were built")
		}
	})
}

// TestBuildEmbedded makes a pack of the polygons of the embedded one: it comes out
// with the same regions, borders and neighbours.
func TestBuildEmbedded(t *testing.T) {
	a := atlas(t)
	b := &region.Builder{Level: 1}
	for i, r := range a.Regions {
		if err := b.Add(i+1, region.Region{Code: r.Code, Country: r.Country, Name: r.Name}, a.Polygon(r.Code)); err != nil {
			t.Fatal(err)
		}
	}
	p, ps, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range ps {
		t.Log(a.Regions[x.Feature-1].Code, x)
		if x.Refused {
			t.Error("refused")
		}
	}
	own := region.New(p)
	for _, r := range a.Regions {
		want, got := planar.Area(a.Polygon(r.Code)), planar.Area(own.Polygon(r.Code))
		if math.Abs(want-got) > 1e-6+1e-5*want {
			t.Errorf("%s: area %v, was %v", r.Code, got, want)
		}
	}
	// Context and seams apart, borders between regions are those of the source.
	length := func(a *region.Atlas, c region.BorderClass) (sum float64) {
		for i := range a.Arcs {
			if b := a.Border(i); b.Class == c && b.Level < 2 {
				sum += planar.Length(orb.LineString(line(a, i)))
			}
		}
		return sum
	}
	if want, got := length(a, region.Internal), length(own, region.Internal); math.Abs(want-got) > 0.001*want {
		t.Errorf("internal borders are %v degrees long, were %v", got, want)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	differ := 0
	for range 20_000 {
		q := orb.Point{60 + rng.Float64()*90, -10 + rng.Float64()*60}
		x, _ := a.Locate(q)
		y, _ := own.Locate(q)
		if (x == nil) != (y == nil) || x != nil && x.Code != y.Code {
			differ++
		}
	}
	if differ > 2 {
		t.Errorf("%d of 20,000 points lie elsewhere", differ)
	}
}

func line(a *region.Atlas, arc int) []orb.Point {
	var out []orb.Point
	for _, v := range a.Arcs[arc] {
		out = append(out, a.Position(v))
	}
	return out
}

// coverage draws areas that fill a box without gaps: a grid of bent cells, some of
// them joined.
func coverage(t *rapid.T) []orb.MultiPolygon {
	n := rapid.IntRange(1, 6).Draw(t, "cells")
	at := make([][]orb.Point, n+1)
	for i := range at {
		for j := range n + 1 {
			at[i] = append(at[i], orb.Point{float64(i) + rapid.Float64Range(-0.3, 0.3).Draw(t, "dx"), float64(j) + rapid.Float64Range(-0.3, 0.3).Draw(t, "dy")})
		}
	}
	out := make([]orb.MultiPolygon, rapid.IntRange(1, n*n).Draw(t, "areas"))
	for i := range n {
		for j := range n {
			k := rapid.IntRange(0, len(out)-1).Draw(t, "area")
			out[k] = append(out[k], orb.Polygon{{at[i][j], at[i+1][j], at[i+1][j+1], at[i][j+1], at[i][j]}})
		}
	}
	return out
}

// TestLocateInCoverage: a point inside lies in exactly one area, brute force agrees,
// also on vertices and on the middles of edges; nothing overlaps, no gap is seen.
func TestLocateInCoverage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shapes := coverage(rt)
		b := &region.Builder{Level: 1}
		for i, s := range shapes {
			if len(s) == 0 {
				continue
			}
			if err := b.Add(i+1, region.Region{Code: fmt.Sprint(i)}, s); err != nil {
				rt.Fatal(err)
			}
		}
		p, ps, err := b.Build(context.Background())
		if err != nil {
			rt.Fatal(err)
		}
		for _, x := range ps {
			if x.Other != 0 || x.Refused {
				rt.Fatalf("%+v", x)
			}
		}
		a := region.New(p)
		for i, arc := range a.Arcs {
			for j := range arc {
				agrees(rt, a, a.Position(arc[j]))
				if j > 0 {
					v, w := a.Position(arc[j-1]), a.Position(arc[j])
					agrees(rt, a, orb.Point{(v[0] + w[0]) / 2, (v[1] + w[1]) / 2})
				}
			}
			if i > 50 {
				break
			}
		}
		q := orb.Point{rapid.Float64Range(-1, 7).Draw(rt, "x"), rapid.Float64Range(-1, 7).Draw(rt, "y")}
		agrees(rt, a, q)
		var want []string
		for i, s := range shapes {
			for _, poly := range s {
				for k := 1; k < len(poly[0]); k++ {
					if planar.DistanceFromSegment(poly[0][k-1], poly[0][k], q) < 2e-6 {
						return // nearer to a border than the grid is fine
					}
				}
			}
			if planar.MultiPolygonContains(s, q) {
				want = append(want, fmt.Sprint(i))
			}
		}
		if r, got := a.Locate(q); got != (len(want) == 1) || got && r.Code != want[0] {
			rt.Fatalf("%v: located in %v, the shapes say %v", q, r, want)
		}
	})
}

func TestBuiltPackIsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := &region.Builder{Level: rapid.IntRange(1, 3).Draw(rt, "level"), Source: "test", Vintage: "2026", Licence: "CC0"}
		for i, s := range coverage(rt) {
			if len(s) > 0 {
				b.Add(i+1, region.Region{Code: fmt.Sprint(i), Name: rapid.String().Draw(rt, "name"), Parent: "P", Country: "AAA"}, s)
			}
		}
		p, _, err := b.Build(context.Background())
		if err != nil {
			rt.Fatal(err)
		}
		var buf bytes.Buffer
		if err := p.Write(&buf); err != nil {
			rt.Fatal(err)
		}
		back, err := region.ReadPack(&buf)
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(p, back) {
			rt.Fatalf("read back as\n%+v\nwas\n%+v", back, p)
		}
	})
}

// FuzzBuild: whatever the rings, building ends, and what it makes can be read.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{0, 0, 9, 9, 9, 0, 0, 9}, []byte{3, 3, 6, 3, 6, 6})
	f.Add([]byte{0, 0, 4, 0, 8, 0, 8, 8, 4, 0, 0, 8}, []byte{0, 0, 4, 0, 4, 9})
	f.Fuzz(func(t *testing.T, a, c []byte) {
		b := &region.Builder{Level: 1}
		for i, data := range [][]byte{a, c} {
			var r orb.Ring
			for ; len(data) > 1; data = data[2:] {
				r = append(r, orb.Point{float64(data[0]%16) / 1e6, float64(data[1]%16) / 1e6})
			}
			b.Add(i+1, region.Region{Code: fmt.Sprint(i)}, orb.MultiPolygon{{r}})
		}
		p, _, err := b.Build(context.Background())
		if err != nil {
			return
		}
		var buf bytes.Buffer
		if err := p.Write(&buf); err != nil {
			t.Fatal(err)
		}
		if _, err := region.ReadPack(&buf); err != nil {
			t.Fatal(err)
		}
	})
}
