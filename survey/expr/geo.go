package expr

import (
	"math"
	"strconv"
	"strings"
)

// earthRadius in metres, as the ODK XForms specification sets it.
const earthRadius = 6378100

// latLon is a position in degrees, in the order of ODK geopoints.
type latLon struct{ lat, lon float64 }

// points reads "lat lon alt acc; lat lon …" and node-sets of such values.
func points(vs []Value) ([]latLon, bool) {
	var out []latLon
	ok := true
	each(vs, func(s string) {
		for _, part := range strings.Split(strings.TrimRight(s, "; "), ";") {
			f := strings.Fields(part)
			if len(f) < 2 {
				ok = ok && part == ""
				continue
			}
			lat, err := strconv.ParseFloat(f[0], 64)
			lon, err2 := strconv.ParseFloat(f[1], 64)
			if err != nil || err2 != nil || math.Abs(lat) > 90 || math.Abs(lon) > 180 {
				ok = false
				continue
			}
			out = append(out, latLon{lat, lon})
		}
	})
	return out, ok
}

// geoDistance is the length of the line through the points, in metres.
func geoDistance(_ *Context, a []Value) (Value, error) {
	ps, ok := points(a)
	if !ok {
		return Num(0), nil
	}
	total := 0.0
	for i := 1; i < len(ps); i++ {
		total += arc(ps[i-1], ps[i])
	}
	return Num(math.Round(total*100) / 100), nil
}

func arc(a, b latLon) float64 {
	rad := math.Pi / 180
	x := math.Sin(a.lat*rad)*math.Sin(b.lat*rad) + math.Cos(a.lat*rad)*math.Cos(b.lat*rad)*math.Cos((b.lon-a.lon)*rad)
	return earthRadius * math.Acos(math.Max(-1, math.Min(1, x)))
}

// geoArea is the area inside a geoshape in square metres, on a sphere: the sum of
// the strips between its edges and the equator.
func geoArea(_ *Context, a []Value) (Value, error) {
	ps, ok := points(a)
	if !ok || len(ps) < 3 {
		return Num(0), nil
	}
	rad := math.Pi / 180
	total := 0.0
	for i, p := range ps {
		q := ps[(i+1)%len(ps)]
		total += (q.lon - p.lon) * rad * (2 + math.Sin(p.lat*rad) + math.Sin(q.lat*rad))
	}
	return Num(math.Round(math.Abs(total)*earthRadius*earthRadius/2*100) / 100), nil
}
