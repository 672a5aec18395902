package view

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// The ellipsoid of WGS 84 (NIMA TR8350.2, table 3.1).
const (
	wgsA = 6378137.0
	wgsF = 1 / 298.257223563
	wgsE = wgsF * (2 - wgsF) // square of the eccentricity
)

// Measured is a way on the ellipsoid of WGS 84.
type Measured struct {
	Points []orb.Point // lon, lat; longitudes run on beyond ±180
	Closed bool
	Length float64 // metres, the way back to the first point included if closed
	Area   float64 // square metres; 0 if not closed
}

// String says how long a way is, and how large what it goes around; "" of a single place.
func (d Measured) String() string {
	switch {
	case len(d.Points) < 2:
		return ""
	case d.Closed:
		return areaText(d.Area) + " · " + lengthText(d.Length) + " around"
	}
	return lengthText(d.Length)
}

func measure(points []orb.Point, closed bool) Measured {
	out := Measured{Points: points, Closed: closed}
	for i := 1; i < len(points); i++ {
		out.Length += distance(points[i-1], points[i])
	}
	if closed {
		out.Length += distance(points[len(points)-1], points[0])
		out.Area = area(points)
	}
	return out
}

// distance is the length of the geodesic between two places in metres, to less than a
// millimetre (Vincenty 1975, Survey Review XXIII 176). Between places almost opposite
// each other, where his series does not converge, it is that on a sphere, to 0.6 %.
func distance(a, b orb.Point) float64 {
	const rad = math.Pi / 180
	u1, u2 := math.Atan((1-wgsF)*math.Tan(a[1]*rad)), math.Atan((1-wgsF)*math.Tan(b[1]*rad))
	su1, cu1 := math.Sincos(u1)
	su2, cu2 := math.Sincos(u2)
	l := math.Remainder(b[0]-a[0], 360) * rad
	lambda := l
	for range 100 {
		sl, cl := math.Sincos(lambda)
		sinS := math.Hypot(cu2*sl, cu1*su2-su1*cu2*cl)
		if sinS == 0 {
			if cl < 0 {
				break // opposite
			}
			return 0
		}
		cosS := su1*su2 + cu1*cu2*cl
		sigma := math.Atan2(sinS, cosS)
		sinA := cu1 * cu2 * sl / sinS
		cos2A := 1 - sinA*sinA
		cos2M := 0.0
		if cos2A > 1e-15 { // not along the equator
			cos2M = cosS - 2*su1*su2/cos2A
		}
		c := wgsF / 16 * cos2A * (4 + wgsF*(4-3*cos2A))
		last := lambda
		lambda = l + (1-c)*wgsF*sinA*(sigma+c*sinS*(cos2M+c*cosS*(2*cos2M*cos2M-1)))
		if math.Abs(lambda) > math.Pi {
			break
		}
		if math.Abs(lambda-last) < 1e-13 {
			return vincentyLength(cos2A, sigma, sinS, cosS, cos2M)
		}
	}
	return 6371008.8 * arc(a, b)
}

func vincentyLength(cos2A, sigma, sinS, cosS, cos2M float64) float64 {
	const b = wgsA * (1 - wgsF)
	u := cos2A * (wgsA*wgsA - b*b) / (b * b)
	ka := 1 + u/16384*(4096+u*(-768+u*(320-175*u)))
	kb := u / 1024 * (256 + u*(-128+u*(74-47*u)))
	d := kb * sinS * (cos2M + kb/4*(cosS*(2*cos2M*cos2M-1)-kb/6*cos2M*(4*sinS*sinS-3)*(4*cos2M*cos2M-3)))
	return b * ka * (sigma - d)
}

// arc is the angle between two places on a sphere, in radians.
func arc(a, b orb.Point) float64 {
	p, q := onSphere(a), onSphere(b)
	cross := [3]float64{p[1]*q[2] - p[2]*q[1], p[2]*q[0] - p[0]*q[2], p[0]*q[1] - p[1]*q[0]}
	return math.Atan2(math.Sqrt(cross[0]*cross[0]+cross[1]*cross[1]+cross[2]*cross[2]), p[0]*q[0]+p[1]*q[1]+p[2]*q[2])
}

// onSphere is a place as a vector of length 1.
func onSphere(p orb.Point) [3]float64 {
	slat, clat := math.Sincos(p[1] * math.Pi / 180)
	slon, clon := math.Sincos(p[0] * math.Pi / 180)
	return [3]float64{clat * clon, clat * slon, slat}
}

// along gives places on the great circle between two, the first included and the last
// not, at most a degree apart. Longitudes run on from the first.
func along(a, b orb.Point) []orb.Point {
	w := arc(a, b)
	n := max(1, int(math.Ceil(w*180/math.Pi)))
	out := []orb.Point{a}
	if math.Sin(w) < 1e-9 {
		return out
	}
	p, q := onSphere(a), onSphere(b)
	for i := 1; i < n; i++ {
		t := float64(i) / float64(n)
		f, g := math.Sin((1-t)*w)/math.Sin(w), math.Sin(t*w)/math.Sin(w)
		x, y, z := f*p[0]+g*q[0], f*p[1]+g*q[1], f*p[2]+g*q[2]
		at := orb.Point{math.Atan2(y, x) * 180 / math.Pi, math.Atan2(z, math.Hypot(x, y)) * 180 / math.Pi}
		out = append(out, unrolled(at, out[i-1]))
	}
	return out
}

// area is the area of a ring in square metres: on the sphere that is as large as the
// ellipsoid, at latitudes that keep areas (Snyder 1987, USGS 1395, equations 3-11 to
// 3-13), between great circles. Parts that are gone around the other way are taken off.
func area(ring []orb.Point) float64 {
	sum, turn := 0., 0.
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		d := math.Remainder(b[0]-a[0], 360) * math.Pi / 180
		ta, tb := math.Tan(authalic(a[1])/2), math.Tan(authalic(b[1])/2)
		sum += 2 * math.Atan2(math.Tan(d/2)*(ta+tb), 1+ta*tb)
		turn += d
	}
	if sum = math.Abs(sum); math.Abs(turn) > math.Pi { // around a pole
		sum = 2*math.Pi - sum
	}
	return wgsA * wgsA * authalicQ(1) / 2 * sum
}

// authalic is the latitude on the sphere of the same area, in radians.
func authalic(lat float64) float64 {
	return math.Asin(math.Max(-1, math.Min(1, authalicQ(math.Sin(lat*math.Pi/180))/authalicQ(1))))
}

func authalicQ(sin float64) float64 {
	e := math.Sqrt(wgsE)
	return (1 - wgsE) * (sin/(1-wgsE*sin*sin) - math.Log((1-e*sin)/(1+e*sin))/(2*e))
}

// lengthText writes metres for a person, areaText square metres.
func lengthText(m float64) string {
	if m < 999.5 {
		return digits(m) + " m"
	}
	return digits(m/1000) + " km"
}

func areaText(m2 float64) string {
	switch {
	case m2 < 9999.5:
		return digits(m2) + " m²"
	case m2 < 999.5e4:
		return digits(m2/1e4) + " ha"
	}
	return digits(m2/1e6) + " km²"
}

// digits writes a number with three figures or, above 1,000, all before the point.
func digits(v float64) string {
	switch {
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return digitsOf(int(math.Round(v)))
}

// digitsOf writes a whole number.
func digitsOf(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
