package region_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sselandscape/maps/region"
)

func TestPole(t *testing.T) {
	ring := func(at ...float64) orb.Ring {
		var r orb.Ring
		for i := 0; i < len(at); i += 2 {
			r = append(r, orb.Point{at[i], at[i+1]})
		}
		return append(r, r[0])
	}
	for name, c := range map[string]struct {
		area orb.MultiPolygon
		want orb.Point // anything where it is zero and none is found
		ok   bool
	}{
		//  +--+
		//  |  |
		//  +--+
		"a square": {orb.MultiPolygon{{ring(-1, -1, 1, -1, 1, 1, -1, 1)}}, orb.Point{0, 0}, true},
		//  +-----+
		//  |  +--+   the middle of the bend, not of the box
		//  +--+
		"a bend":               {orb.MultiPolygon{{ring(0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 0, 2)}}, orb.Point{0.586, 1.414}, true},
		"a ring around a hole": {orb.MultiPolygon{{ring(-3, -3, 5, -3, 5, 3, -3, 3), ring(-2.9, -2.9, 1, -2.9, 1, 2.9, -2.9, 2.9)}}, orb.Point{3, 0}, true},
		"the larger island":    {orb.MultiPolygon{{ring(10, 0, 11, 0, 11, 1, 10, 1)}, {ring(20, -1, 22, -1, 22, 1, 20, 1)}}, orb.Point{21, 0}, true},
		"shortened at 60°":     {orb.MultiPolygon{{ring(0, 59, 4, 59, 4, 61, 0, 61)}}, orb.Point{2, 60}, true},
		"nothing":              {nil, orb.Point{}, false},
		"a line":               {orb.MultiPolygon{{ring(0, 0, 1, 1)}}, orb.Point{}, false},
		"without extent":       {orb.MultiPolygon{{ring(5, 5, 5, 5, 5, 5)}}, orb.Point{}, false},
		"no rings":             {orb.MultiPolygon{{}, {nil}}, orb.Point{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, ok := region.Pole(c.area)
			if ok != c.ok || ok && math.Hypot(p[0]-c.want[0], p[1]-c.want[1]) > 0.05 {
				t.Errorf("%v, %v, want %v, %v", p, ok, c.want, c.ok)
			}
		})
	}
}

// TestPoleIsInside asks of every region shipped that its pole lies in it.
func TestPoleIsInside(t *testing.T) {
	a := atlas(t)
	for i := range a.Regions {
		r := &a.Regions[i]
		p, ok := region.Pole(a.Polygon(r.Code))
		if got, found := a.Locate(p); !ok || !found || got.Code != r.Code {
			t.Errorf("%s: %v, %v", r.Code, p, ok)
		}
	}
}

func TestPoleIsFarthest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 12).Draw(t, "corners")
		var r orb.Ring // a star around the origin does not cross itself
		for i := range n {
			d := rapid.Float64Range(0.2, 2).Draw(t, "reach")
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			r = append(r, orb.Point{d * c, d * s})
		}
		r = append(r, r[0])
		p, ok := region.Pole(orb.MultiPolygon{{r}})
		if !ok {
			t.Fatal("no place")
		}
		// Longitudes are shortened by less than a thousandth here.
		reach := planar.DistanceFrom(orb.LineString(r), p)
		for x := -2.0; x <= 2; x += 0.05 {
			for y := -2.0; y <= 2; y += 0.05 {
				q := orb.Point{x, y}
				if d := planar.DistanceFrom(orb.LineString(r), q); planar.RingContains(r, q) && d > reach*1.02+1e-9 {
					t.Fatalf("%v is %v from the border, %v only %v", q, d, p, reach)
				}
			}
		}
	})
}

func BenchmarkPole(b *testing.B) {
	a := atlas(b)
	for b.Loop() {
		for i := range a.Regions {
			region.Pole(a.Polygon(a.Regions[i].Code))
		}
	}
}
