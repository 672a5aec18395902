package exchange

import (
	"slices"

	"github.com/paulmach/orb"
)

// wound returns a ring closed and in the direction that RFC 7946, 3.1.6 asks for:
// outer rings counter-clockwise, holes clockwise.
func wound(r orb.Ring, outer bool) orb.Ring {
	if len(r) > 0 && r[0] != r[len(r)-1] {
		r = append(slices.Clone(r), r[0])
	}
	if (signedArea(r) < 0) == outer {
		r = slices.Clone(r)
		slices.Reverse(r)
	}
	return r
}

// signedArea is twice the area of a closed ring, positive counter-clockwise.
func signedArea(r orb.Ring) float64 {
	a := 0.0
	for i := 1; i < len(r); i++ {
		a += r[i-1][0]*r[i][1] - r[i][0]*r[i-1][1]
	}
	return a
}

// cut splits a geometry at longitude 180 (RFC 7946, 3.1.9). Geometries that go
// over it are given with longitudes beyond ±180, as 170 … 190.
func cut(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return orb.Point{wrap(g[0]), g[1]}
	case orb.MultiPoint:
		out := slices.Clone(g)
		for i := range out {
			out[i][0] = wrap(out[i][0])
		}
		return out
	case orb.LineString:
		return simplest(cutLine(g))
	case orb.MultiLineString:
		var out orb.MultiLineString
		for _, l := range g {
			out = append(out, cutLine(l)...)
		}
		return out
	case orb.Polygon:
		if ps := cutPolygon(g); len(ps) == 1 {
			return ps[0]
		} else {
			return ps
		}
	case orb.MultiPolygon:
		var out orb.MultiPolygon
		for _, p := range g {
			out = append(out, cutPolygon(p)...)
		}
		return out
	}
	return g
}

func simplest(m orb.MultiLineString) orb.Geometry {
	if len(m) == 1 {
		return m[0]
	}
	return m
}

// wrap brings a longitude into -180 … 180.
func wrap(lon float64) float64 {
	for lon > 180 {
		lon -= 360
	}
	for lon < -180 {
		lon += 360
	}
	return lon
}

func inside(ps []orb.Point) bool {
	for _, p := range ps {
		if p[0] < -180 || p[0] > 180 {
			return false
		}
	}
	return true
}

// worlds are the three copies of the world that a geometry may reach into: the
// longitude at which each begins.
var worlds = [...]float64{-540, -180, 180}

func cutLine(l orb.LineString) orb.MultiLineString {
	if inside(l) {
		return orb.MultiLineString{l}
	}
	var out orb.MultiLineString
	for _, west := range worlds {
		var part orb.LineString
		flush := func() {
			if len(part) > 1 {
				out = append(out, part)
			}
			part = nil
		}
		for i := 1; i < len(l); i++ {
			a, b, ok := clipSegment(l[i-1], l[i], west, west+360)
			if !ok {
				flush()
				continue
			}
			a[0], b[0] = a[0]-west-180, b[0]-west-180
			if len(part) == 0 || part[len(part)-1] != a {
				flush()
				part = append(part, a)
			}
			part = append(part, b)
		}
		flush()
	}
	return out
}

// clipSegment keeps what of a segment lies between two meridians.
func clipSegment(a, b orb.Point, west, east float64) (orb.Point, orb.Point, bool) {
	if max(a[0], b[0]) <= west || min(a[0], b[0]) >= east {
		return a, b, false
	}
	return clamp(a, b, west, east), clamp(b, a, west, east), true
}

// clamp moves p along the way to q until it lies between the meridians.
func clamp(p, q orb.Point, west, east float64) orb.Point {
	for _, x := range [...]float64{west, east} {
		if p[0] < x && x == west || p[0] > x && x == east {
			return orb.Point{x, p[1] + (q[1]-p[1])*(x-p[0])/(q[0]-p[0])}
		}
	}
	return p
}

// cutPolygon clips to each world (Sutherland and Hodgman, one edge at a time).
func cutPolygon(p orb.Polygon) orb.MultiPolygon {
	if len(p) == 0 || inside(p[0]) {
		return orb.MultiPolygon{p}
	}
	var out orb.MultiPolygon
	for _, west := range worlds {
		var part orb.Polygon
		for i, r := range p {
			r = clipRing(clipRing(r, west, true), west+360, false)
			if len(r) < 4 {
				if i == 0 {
					break
				}
				continue
			}
			for j := range r {
				r[j][0] -= west + 180
			}
			part = append(part, r)
		}
		if len(part) > 0 {
			out = append(out, part)
		}
	}
	return out
}

// clipRing keeps the part of a ring east (or west) of a meridian.
func clipRing(r orb.Ring, x float64, east bool) orb.Ring {
	keeps := func(p orb.Point) bool { return east && p[0] >= x || !east && p[0] <= x }
	var out orb.Ring
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if keeps(a) != keeps(b) {
			cross := orb.Point{x, a[1] + (b[1]-a[1])*(x-a[0])/(b[0]-a[0])}
			if keeps(b) {
				out = append(out, cross, b)
			} else {
				out = append(out, cross)
			}
		} else if keeps(b) {
			out = append(out, b)
		}
	}
	if len(out) > 0 && out[0] != out[len(out)-1] {
		out = append(out, out[0])
	}
	return out
}
