package region

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

// depthIn is how far a point lies from the border of a polygon, negative outside, on
// the plane of lon and lat.
func depthIn(poly orb.Polygon, p orb.Point) float64 {
	near := math.Inf(1)
	for _, r := range poly {
		for i := 1; i < len(r); i++ {
			near = min(near, planar.DistanceFromSegment(r[i-1], r[i], p))
		}
	}
	if !planar.PolygonContains(poly, p) {
		return -near
	}
	return near
}

// TestPoleIsDeepest compares the pole of random stars on the equator, where a degree is
// as long both ways, with the deepest of a fine grid of points.
func TestPoleIsDeepest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 14).Draw(t, "vertices")
		var ring orb.Ring
		for i := range n {
			r := rapid.Float64Range(0.1, 1).Draw(t, "radius")
			a := 2 * math.Pi * float64(i) / float64(n)
			ring = append(ring, orb.Point{r * math.Cos(a), r * math.Sin(a)})
		}
		ring = append(ring, ring[0])
		b := &Builder{Level: 1}
		if err := b.Add(1, Region{Code: "A", Country: "AAA"}, orb.MultiPolygon{{ring}}); err != nil {
			t.Fatal(err)
		}
		p, _, err := b.Build(t.Context())
		if err != nil {
			t.Skip(err)
		}
		a := New(p)
		poly := a.Polygon("A")[0]
		best, box := 0.0, poly.Bound()
		for i := range 80 {
			for j := range 80 {
				q := orb.Point{box.Min[0] + (box.Max[0]-box.Min[0])*float64(i)/79, box.Min[1] + (box.Max[1]-box.Min[1])*float64(j)/79}
				best = max(best, depthIn(poly, q))
			}
		}
		// The border is taken to a hundredth of the box.
		if got := depthIn(poly, a.Pole(p.Regions[0].Rings)); got < 0.9*best-0.02 {
			t.Fatalf("the pole lies %.3f deep, another place %.3f", got, best)
		}
	})
}

func TestPoleOfNothing(t *testing.T) {
	if p := New(&Pack{Scale: [2]float64{1, 1}}).Pole(nil); p != (orb.Point{}) {
		t.Errorf("pole %v", p)
	}
}
