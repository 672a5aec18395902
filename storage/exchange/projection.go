package exchange

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// projection turns a position of a file into lon, lat in degrees, WGS 84; nil leaves
// it as it is.
type projection func(orb.Point) orb.Point

// The ellipsoid of WGS 84: semi-major axis in metres, flattening (NIMA TR8350.2).
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257223563
)

// errSystem is what is said of other coordinate systems.
func errSystem(name string) error {
	return fmt.Errorf("its positions are in %q, which is not converted here; save it in WGS 84 (EPSG:4326), or in Web Mercator or UTM on WGS 84", cutTo(name, 60))
}

var epsgCode = regexp.MustCompile(`(?i)EPSG[:/]+(?:[0-9.]*[:/]+)?([0-9]{4,6})\b`)

// projectionNamed reads the name of a coordinate system in a member crs of GeoJSON.
func projectionNamed(name string) (projection, string, error) {
	if strings.Contains(name, "CRS84") {
		return nil, "", nil
	}
	if m := epsgCode.FindStringSubmatch(name); m != nil {
		code, _ := strconv.Atoi(m[1])
		return projectionNumbered(code)
	}
	return nil, "", errSystem(name)
}

// projectionNumbered is the coordinate system with a number of the EPSG registry.
func projectionNumbered(code int) (projection, string, error) {
	switch {
	case code == 4326:
		return nil, "", nil
	case code == 3857 || code == 900913 || code == 3785:
		return fromMercator, "Web Mercator", nil
	case code > 32600 && code <= 32660:
		return fromUTM(float64(code-32600)*6-183, 0), fmt.Sprintf("UTM zone %dN", code-32600), nil
	case code > 32700 && code <= 32760:
		return fromUTM(float64(code-32700)*6-183, 1e7), fmt.Sprintf("UTM zone %dS", code-32700), nil
	}
	return nil, "", errSystem(fmt.Sprintf("EPSG:%d", code))
}

// projectionOf reads a coordinate system in Well-Known Text (OGC 01-009, also as
// ESRI writes it in .prj files).
func projectionOf(wkt string) (projection, string, error) {
	n, err := parseWKT(wkt)
	if err != nil {
		return nil, "", err
	}
	datum := n.find("DATUM")
	if datum == nil || !isWGS84(datum.name) {
		return nil, "", errSystem(n.name)
	}
	if p := n.find("PRIMEM"); p != nil && len(p.numbers) > 0 && p.numbers[0] != 0 {
		return nil, "", errSystem(n.name)
	}
	switch n.keyword {
	case "GEOGCS":
		if u := n.child("UNIT"); u != nil && len(u.numbers) > 0 && math.Abs(u.numbers[0]-math.Pi/180) > 1e-6 {
			return nil, "", errSystem(n.name)
		}
		return nil, "", nil
	case "PROJCS":
		return projected(n)
	}
	return nil, "", errSystem(n.name)
}

// projected recognises Web Mercator and UTM by what they are, not by their names.
func projected(n *wktNode) (projection, string, error) {
	method := n.child("PROJECTION")
	if u := n.child("UNIT"); method == nil || u == nil || len(u.numbers) == 0 || u.numbers[0] != 1 {
		return nil, "", errSystem(n.name)
	}
	p := map[string]float64{}
	for _, c := range n.children {
		if c.keyword == "PARAMETER" && len(c.numbers) > 0 {
			p[strings.ToLower(c.name)] = c.numbers[0]
		}
	}
	is := func(name string, want float64) bool { return math.Abs(p[name]-want) < 1e-9 }
	plain := strings.ToLower(strings.ReplaceAll(method.name, "_", ""))
	switch {
	case strings.HasPrefix(plain, "mercator") || plain == "popularvisualisationpseudomercator":
		// As OGC writes it, only the extension or the name tells that a sphere is meant.
		text := strings.ToLower(n.name)
		web := plain != "mercator1sp" && plain != "mercator2sp" && plain != "mercator" || strings.Contains(text, "pseudo") || strings.Contains(text, "web_mercator")
		if web && is("central_meridian", 0) && is("standard_parallel_1", 0) && is("false_easting", 0) && is("false_northing", 0) {
			return fromMercator, "Web Mercator", nil
		}
	case plain == "transversemercator":
		zone := (p["central_meridian"] + 183) / 6
		north, south := is("false_northing", 0), is("false_northing", 1e7)
		if is("scale_factor", 0.9996) && is("false_easting", 500_000) && is("latitude_of_origin", 0) && (north || south) && zone == math.Trunc(zone) && zone >= 1 && zone <= 60 {
			half := "N"
			if south {
				half = "S"
			}
			return fromUTM(p["central_meridian"], p["false_northing"]), fmt.Sprintf("UTM zone %.0f%s", zone, half), nil
		}
	}
	return nil, "", errSystem(n.name)
}

func isWGS84(name string) bool {
	name = strings.ToLower(strings.NewReplacer("_", "", " ", "", "-", "").Replace(name))
	switch strings.TrimPrefix(name, "d") {
	case "wgs1984", "wgs84", "worldgeodeticsystem1984":
		return true
	}
	return false
}

// fromMercator is the inverse of EPSG:3857.
func fromMercator(p orb.Point) orb.Point {
	return orb.Point{p[0] / semiMajor * 180 / math.Pi, math.Atan(math.Sinh(p[1]/semiMajor)) * 180 / math.Pi}
}

// fromUTM is the inverse of the transverse Mercator projection of a zone, by Krüger's
// series in n to the fourth order (Karney 2011, equations 11, 15 and 36): exact to
// less than a micrometre in the zone.
func fromUTM(meridian, northing float64) projection {
	const scale = 0.9996
	n := flattening / (2 - flattening)
	n2, n3, n4 := n*n, n*n*n, n*n*n*n
	radius := semiMajor / (1 + n) * (1 + n2/4 + n4/64)
	beta := [...]float64{n/2 - 2*n2/3 + 37*n3/96 - n4/360, n2/48 + n3/15 - 437*n4/1440, 17*n3/480 - 37*n4/840, 4397 * n4 / 161280}
	e := math.Sqrt(flattening * (2 - flattening))
	return func(p orb.Point) orb.Point {
		xi, eta := (p[1]-northing)/(scale*radius), (p[0]-500_000)/(scale*radius)
		x, y := xi, eta
		for j, b := range beta {
			k := 2 * float64(j+1)
			x -= b * math.Sin(k*xi) * math.Cosh(k*eta)
			y -= b * math.Cos(k*xi) * math.Sinh(k*eta)
		}
		// The tangent of the conformal latitude, then that of the latitude by Newton.
		conformal := math.Sin(x) / math.Hypot(math.Sinh(y), math.Cos(x))
		tau := conformal
		for range 5 {
			sigma := math.Sinh(e * math.Atanh(e*tau/math.Hypot(1, tau)))
			at := tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
			tau += (conformal - at) / math.Hypot(1, at) * (1 + (1-e*e)*tau*tau) / ((1 - e*e) * math.Hypot(1, tau))
		}
		return orb.Point{meridian + math.Atan2(math.Sinh(y), math.Cos(x))*180/math.Pi, math.Atan(tau) * 180 / math.Pi}
	}
}

// wktNode is a bracketed part of Well-Known Text.
type wktNode struct {
	keyword, name string
	numbers       []float64
	children      []*wktNode
}

// find looks for a keyword in the whole tree.
func (n *wktNode) find(keyword string) *wktNode {
	if n.keyword == keyword {
		return n
	}
	for _, c := range n.children {
		if f := c.find(keyword); f != nil {
			return f
		}
	}
	return nil
}

func (n *wktNode) child(keyword string) *wktNode {
	for _, c := range n.children {
		if c.keyword == keyword {
			return c
		}
	}
	return nil
}

var errWKT = errors.New("what says its coordinate system cannot be read; save it in WGS 84 (EPSG:4326)")

// maxWKT is how long and how deep a coordinate system may be written.
const (
	maxWKT     = 64 << 10
	maxWKTDeep = 20
)

func parseWKT(s string) (*wktNode, error) {
	s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	if len(s) > maxWKT {
		return nil, errWKT
	}
	n, _, err := parseNode(s, 0)
	return n, err
}

// parseNode reads KEYWORD["name", number, NODE[…], …] and gives what is left.
func parseNode(s string, depth int) (*wktNode, string, error) {
	i := strings.IndexAny(s, "[(")
	if i <= 0 || depth > maxWKTDeep {
		return nil, "", errWKT
	}
	n := &wktNode{keyword: strings.ToUpper(strings.TrimSpace(s[:i]))}
	s = s[i+1:]
	for {
		s = strings.TrimLeft(s, " \t\r\n,")
		switch {
		case s == "":
			return nil, "", errWKT
		case s[0] == ']' || s[0] == ')':
			return n, s[1:], nil
		case s[0] == '"':
			end := strings.IndexByte(s[1:], '"')
			if end < 0 {
				return nil, "", errWKT
			}
			if n.name == "" {
				n.name = s[1 : end+1]
			}
			s = s[end+2:]
		default:
			end := strings.IndexAny(s, ",[]()")
			if end < 0 {
				return nil, "", errWKT
			}
			if s[end] == '[' || s[end] == '(' {
				c, rest, err := parseNode(s, depth+1)
				if err != nil {
					return nil, "", err
				}
				n.children, s = append(n.children, c), rest
				continue
			}
			if f, err := strconv.ParseFloat(strings.TrimSpace(s[:end]), 64); err == nil {
				n.numbers = append(n.numbers, f)
			}
			s = s[end:] // a bare word, as of axes, says nothing here
		}
	}
}
