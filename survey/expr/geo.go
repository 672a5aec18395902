package expr

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// earthRadius in metres, as the ODK XForms specification sets it.
const earthRadius = 6378100

const radians = math.Pi / 180

// latLon is a position in degrees, in the order of ODK geopoints.
type latLon struct{ lat, lon float64 }

// points reads "lat lon alt acc; lat lon …" and node-sets of such values. Not ok
// are parts that are no points; out of range are points that no place on earth has.
func points(vs []Value) (out []latLon, ok, inRange bool) {
	ok, inRange = true, true
	each(vs, func(v Value) {
		text := strings.Trim(v.String(), "; \t\r\n")
		for text != "" {
			var part string
			part, text, _ = strings.Cut(text, ";")
			p, fine := point(part)
			if ok = ok && fine; fine {
				out = append(out, p)
				inRange = inRange && math.Abs(p.lat) <= 90 && math.Abs(p.lon) <= 180
			}
		}
	})
	return out, ok, inRange
}

func point(s string) (latLon, bool) {
	f := strings.Fields(s)
	if len(f) < 2 {
		return latLon{}, false
	}
	lat, err := strconv.ParseFloat(f[0], 64)
	lon, err2 := strconv.ParseFloat(f[1], 64)
	return latLon{lat, lon}, err == nil && err2 == nil
}

// geoDistance is the length of the line through the points, in metres (ODK XForms
// specification, distance): 0 where a point cannot be read, NaN where it lies off
// the earth.
func geoDistance(_ *Context, a []Value) (Value, error) {
	ps, ok, inRange := points(a)
	if !ok {
		return Num(0), nil
	}
	if !inRange {
		return Num(math.NaN()), nil
	}
	total := 0.0
	for i := 1; i < len(ps); i++ {
		total += arc(ps[i-1], ps[i])
	}
	return Num(math.Round(total*100) / 100), nil
}

func arc(a, b latLon) float64 {
	x := math.Sin(a.lat*radians)*math.Sin(b.lat*radians) + math.Cos(a.lat*radians)*math.Cos(b.lat*radians)*math.Cos((b.lon-a.lon)*radians)
	return earthRadius * math.Acos(math.Max(-1, math.Min(1, x)))
}

// geoArea is the area inside a geoshape in square metres, on a sphere: the sum of
// the strips between its edges and the equator; 0 and NaN as of distances.
func geoArea(_ *Context, a []Value) (Value, error) {
	ps, ok, inRange := points(a)
	if !inRange {
		return Num(math.NaN()), nil
	}
	if !ok || len(ps) < 3 {
		return Num(0), nil
	}
	total := 0.0
	for i, p := range ps {
		q := ps[(i+1)%len(ps)]
		total += (q.lon - p.lon) * radians * (2 + math.Sin(p.lat*radians) + math.Sin(q.lat*radians))
	}
	return Num(math.Round(math.Abs(total)*earthRadius*earthRadius/2*100) / 100), nil
}

// geofence(point, shape) says whether the point lies inside the shape: an odd
// number of edges lies to one side of it (W. R. Franklin's pnpoly).
func geofence(_ *Context, a []Value) (Value, error) {
	p, ok, _ := points(a[:1])
	if !ok || len(p) != 1 {
		return Value{}, errors.New("the first argument is no geopoint")
	}
	shape, ok, _ := points(a[1:])
	if !ok || len(shape) < 3 {
		return Bool(false), nil
	}
	inside := false
	for i, q := range shape {
		r := shape[(i+len(shape)-1)%len(shape)]
		if (q.lon > p[0].lon) != (r.lon > p[0].lon) &&
			p[0].lat < (r.lat-q.lat)*(p[0].lon-q.lon)/(r.lon-q.lon)+q.lat {
			inside = !inside
		}
	}
	return Bool(inside), nil
}

// maxCrossing bounds how many edges are compared with each other.
const maxCrossing = 5000

// intersects says whether a line crosses or touches itself; that the last point
// of a shape is its first does not count.
func intersects(_ *Context, a []Value) (Value, error) {
	ps, ok, _ := points(a)
	if !ok {
		return Bool(false), nil
	}
	if len(ps) > maxCrossing {
		return Value{}, errors.New("the line has too many points")
	}
	n := len(ps) - 1 // edges
	closed := n > 1 && ps[0] == ps[n]
	for i := 0; i < n; i++ {
		for j := i + 1; j < n; j++ {
			neighbours := j == i+1
			if closed && i == 0 && j == n-1 {
				if folded(ps[n-1], ps[0], ps[1]) {
					return Bool(true), nil
				}
				continue
			}
			if neighbours && folded(ps[i], ps[j], ps[j+1]) || !neighbours && crossing(ps[i], ps[i+1], ps[j], ps[j+1]) {
				return Bool(true), nil
			}
		}
	}
	return Bool(false), nil
}

// turn is positive where the way over a, b and c turns left, 0 on a straight line.
func turn(a, b, c latLon) float64 {
	return (b.lon-a.lon)*(c.lat-a.lat) - (b.lat-a.lat)*(c.lon-a.lon)
}

// folded says whether the way over b goes back on itself.
func folded(a, b, c latLon) bool {
	return a != b && b != c && turn(a, b, c) == 0 && (a.lat-b.lat)*(c.lat-b.lat)+(a.lon-b.lon)*(c.lon-b.lon) > 0
}

// crossing says whether the edges ab and cd have a point in common.
func crossing(a, b, c, d latLon) bool {
	t1, t2, t3, t4 := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	if t1*t2 < 0 && t3*t4 < 0 {
		return true
	}
	return t1 == 0 && inBox(a, b, c) || t2 == 0 && inBox(a, b, d) || t3 == 0 && inBox(c, d, a) || t4 == 0 && inBox(c, d, b)
}

// inBox says whether p lies in the box around a and b.
func inBox(a, b, p latLon) bool {
	return math.Min(a.lat, b.lat) <= p.lat && p.lat <= math.Max(a.lat, b.lat) &&
		math.Min(a.lon, b.lon) <= p.lon && p.lon <= math.Max(a.lon, b.lon)
}
