package main

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sselandscape/maps/region"
)

// addLabels places the names of countries, and of regions that were dissolved.
func addLabels(p *region.Pack) {
	a := region.New(p)
	for i := range p.Countries {
		c := &p.Countries[i]
		c.Label = middle(a.Polygon(c.Code))
	}
	for i := range p.Regions {
		if r := &p.Regions[i]; r.Label == (orb.Point{}) {
			r.Label = middle(a.Polygon(r.Code))
		}
	}
}

// middle is where a name stands in an area: the point of its largest part that
// lies farthest from the border, to a fiftieth of the part's size.
func middle(area orb.MultiPolygon) orb.Point {
	var largest orb.Polygon
	for _, poly := range area {
		if planar.Area(poly) > planar.Area(largest) {
			largest = poly
		}
	}
	b := largest.Bound()
	shrink := math.Cos(b.Center()[1] * math.Pi / 180)
	best, out := -1.0, b.Center()
	const steps = 50
	for i := range steps {
		for j := range steps {
			q := orb.Point{b.Min[0] + (b.Max[0]-b.Min[0])*(float64(i)+0.5)/steps, b.Min[1] + (b.Max[1]-b.Min[1])*(float64(j)+0.5)/steps}
			if d := toBorder(largest, q, shrink, best); d > best && planar.PolygonContains(largest, q) {
				best, out = d, q
			}
		}
	}
	return orb.Point{math.Round(out[0]*1000) / 1000, math.Round(out[1]*1000) / 1000}
}

// toBorder is the distance from a point to the nearest side, in degrees of latitude, or
// anything below enough if it is.
func toBorder(poly orb.Polygon, q orb.Point, shrink, enough float64) float64 {
	near := math.Inf(1)
	flat := func(p orb.Point) orb.Point { return orb.Point{(p[0] - q[0]) * shrink, p[1] - q[1]} }
	for _, ring := range poly {
		for k := 1; k < len(ring); k++ {
			near = min(near, planar.DistanceFromSegment(flat(ring[k-1]), flat(ring[k]), orb.Point{}))
			if near < enough {
				return near
			}
		}
	}
	return near
}
