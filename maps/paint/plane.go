package paint

import (
	"math"

	"github.com/paulmach/orb"

	"sselandscape/maps/tile"
)

// radius of the sphere that equal-area pictures are made of, in metres: the earth's
// mean radius.
const radius = 6371008.8

// plane is where positions (lon, lat) lie on a picture, in pixels.
type plane struct {
	view    tile.View
	lambert *lambert // nil: Mercator
}

func newPlane(s *Scene) plane {
	pl := plane{view: s.View}
	if s.EqualArea {
		pl.lambert = newLambert(s.View)
	}
	return pl
}

func (pl plane) unproject(x, y float64) orb.Point {
	if pl.lambert != nil {
		return pl.lambert.back(xy{x, y})
	}
	return pl.view.Unproject(x, y)
}

// project is the pixel of a position, in the copy of the world nearest to the centre.
func (pl plane) project(p orb.Point) xy {
	if pl.lambert != nil {
		return pl.lambert.at(p)
	}
	x, y := pl.view.Project(p)
	return xy{x, y}
}

// lambert is the azimuthal equal-area projection of a sphere (Snyder 1987, USGS
// Professional Paper 1395, pages 185 to 187) around a view's centre.
type lambert struct {
	lon, sin, cos float64 // of the centre, radians
	scale         float64 // pixels by radius
	x, y          float64 // of the centre
}

func newLambert(v tile.View) *lambert {
	lat := v.Center[1] * math.Pi / 180
	return &lambert{v.Center[0] * math.Pi / 180, math.Sin(lat), math.Cos(lat), radius / v.MetresPerPixel(), float64(v.Width) / 2, float64(v.Height) / 2}
}

// at projects a position. What lies opposite of the centre is drawn far out.
func (l *lambert) at(p orb.Point) xy {
	sin, cos := math.Sincos(p[1] * math.Pi / 180)
	sinL, cosL := math.Sincos(p[0]*math.Pi/180 - l.lon)
	k := math.Sqrt(2 / math.Max(1e-9, 1+l.sin*sin+l.cos*cos*cosL))
	return xy{l.x + l.scale*k*cos*sinL, l.y - l.scale*k*(l.cos*sin-l.sin*cos*cosL)}
}

// back is the position of a pixel, lon, lat; beyond the globe it is that of its edge.
func (l *lambert) back(v xy) orb.Point {
	x, y := (v.x-l.x)/l.scale, (l.y-v.y)/l.scale
	rho := math.Hypot(x, y)
	if rho < 1e-12 {
		return orb.Point{tile.Longitude(l.lon * 180 / math.Pi), math.Asin(l.sin) * 180 / math.Pi}
	}
	sin, cos := math.Sincos(2 * math.Asin(math.Min(1, rho/2)))
	lat := math.Asin(math.Max(-1, math.Min(1, cos*l.sin+y*sin*l.cos/rho)))
	lon := l.lon + math.Atan2(x*sin, rho*l.cos*cos-y*l.sin*sin)
	return orb.Point{tile.Longitude(lon * 180 / math.Pi), lat * 180 / math.Pi}
}

// opposite is the one place that has no pixel.
func (l *lambert) opposite() orb.Point {
	return orb.Point{tile.Longitude(l.lon*180/math.Pi + 180), -math.Asin(l.sin) * 180 / math.Pi}
}

// seen is a box around all that lies on a picture of a size; its eastern side may lie
// beyond 180°.
func (l *lambert) seen(w, h float64) orb.Bound {
	c := l.back(xy{l.x, l.y})
	b := c.Bound()
	if l.holdsPole(w, h, 90) || l.holdsPole(w, h, -90) {
		b.Min[0], b.Max[0] = -180, 180
	}
	const n = 40
	for i := range n + 1 {
		t := float64(i) / n
		for _, v := range [4]xy{{t * w, 0}, {t * w, h}, {0, t * h}, {w, t * h}} {
			p := l.back(v)
			p[0] = c[0] + tile.Longitude(p[0]-c[0])
			b = b.Extend(p)
		}
	}
	if l.holdsPole(w, h, 90) {
		b.Max[1] = 90
	}
	if l.holdsPole(w, h, -90) {
		b.Min[1] = -90
	}
	return b.Pad(0.5)
}

func (l *lambert) holdsPole(w, h, lat float64) bool {
	v := l.at(orb.Point{0, lat})
	return v.x >= 0 && v.y >= 0 && v.x <= w && v.y <= h
}

// bend adds to a path what a side, straight in degrees, bends: to a third of a pixel.
func (l *lambert) bend(path []xy, a, b orb.Point, depth int) []xy {
	p, q := l.at(a), l.at(b)
	m := orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
	v := l.at(m)
	long := math.Abs(a[0]-b[0])+math.Abs(a[1]-b[1]) > 4 // an S-shaped side may have its middle on its chord
	if depth < 12 && (long || math.Hypot(v.x-(p.x+q.x)/2, v.y-(p.y+q.y)/2) > 0.3) {
		path = l.bend(path, a, m, depth+1)
		return l.bend(path, m, b, depth+1)
	}
	return append(path, q)
}

// Fit returns the view that shows a box (lon, lat) with a margin in pixels, in the
// scene's projection.
func (s *Scene) Fit(b orb.Bound, margin int) tile.View {
	v := s.View.Fit(b, margin)
	if !s.EqualArea {
		return v
	}
	v.Center = orb.Point{tile.Longitude((b.Min[0] + b.Max[0]) / 2), (b.Min[1] + b.Max[1]) / 2}
	for range 4 { // the box of its outline moves with the centre, and settles at once
		l := newLambert(v)
		var path []xy
		const n = 32
		for i := range n + 1 {
			x, y := b.Min[0]+(b.Max[0]-b.Min[0])*float64(i)/n, b.Min[1]+(b.Max[1]-b.Min[1])*float64(i)/n
			path = append(path, l.at(orb.Point{x, b.Min[1]}), l.at(orb.Point{x, b.Max[1]}), l.at(orb.Point{b.Min[0], y}), l.at(orb.Point{b.Max[0], y}))
		}
		o := boxAround(path)
		w, h := math.Max(1, float64(v.Width-2*margin))/math.Max(1e-6, o.x1-o.x0), math.Max(1, float64(v.Height-2*margin))/math.Max(1e-6, o.y1-o.y0)
		before := v.MetresPerPixel()
		v.Center = l.back(xy{(o.x0 + o.x1) / 2, (o.y0 + o.y1) / 2})
		v.Zoom = math.Max(tile.MinZoom, math.Min(14, v.Zoom+math.Log2(math.Min(w, h)*v.MetresPerPixel()/before)))
	}
	return v
}
