package exchange

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// pointColumn is the column that a list has of the geometries of its features:
// "lat, lon" in degrees.
const pointColumn = "geometry"

// maxPositions bounds the geometry of a feature.
const maxPositions = 200_000

// geoList is the features of a GeoJSON file: a FeatureCollection, one feature, or
// features one after the other (RFC 8142).
type geoList struct {
	file  *os.File
	list  *List
	names []string // properties, in the order in which they come
	place string   // name of the column of geometries

	anyCRS bool   // positions in other systems are no error: crs tells which
	crs    string // its member crs (GeoJSON of 2008), as JSON
	most   int    // positions of a feature; 0 is maxPositions
}

func openGeoJSON(f *os.File, _ int64, l *List, _ ListOptions) (listSource, error) {
	g := &geoList{file: f, list: l}
	l.Encoding = "utf-8"
	known := map[string]bool{}
	n, geometries := 0, false
	err := g.features(context.Background(), func(x *geoFeature) error {
		n++
		geometries = geometries || x.kind != ""
		for _, name := range x.names {
			if !known[name] && len(g.names) < maxListCols {
				known[name] = true
				g.names = append(g.names, name)
			}
		}
		return nil
	})
	if err != nil && n == 0 {
		return nil, err // else it is told by the rows, behind those that were read
	}
	if n == 0 {
		return nil, errors.New("it holds no features")
	}
	if geometries {
		for g.place = pointColumn; known[g.place]; {
			g.place += "_"
		}
	}
	return g, nil
}

func (g *geoList) columns() []string {
	if g.place == "" {
		return g.names
	}
	return append(slices.Clone(g.names), g.place)
}

func (g *geoList) rows(ctx context.Context) iter.Seq2[ListRow, error] {
	return func(yield func(ListRow, error) bool) {
		at := map[string]int{}
		for i, n := range g.names {
			at[n] = i
		}
		n := 0
		err := g.features(ctx, func(x *geoFeature) error {
			n++
			row := ListRow{Number: n, Cells: make([]string, len(g.columns())), Bad: x.bad}
			for i, name := range x.names {
				if c, ok := at[name]; ok {
					row.Cells[c] = x.values[i]
				}
			}
			if g.place != "" {
				row.Cells[len(row.Cells)-1] = g.position(x, n)
			}
			if !yield(row, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(ListRow{}, err)
		}
	}
}

// position is where a feature is, and says so where that is not all of its
// geometry.
func (g *geoList) position(x *geoFeature, n int) string {
	if x.kind == "" {
		return ""
	}
	if len(x.rings) == 0 || len(x.rings[0]) == 0 {
		if x.kind != "GeometryCollection" {
			return ""
		}
		g.list.note(survey.Problem{Row: n, Column: g.place, Severity: survey.Warning, Text: "the geometry is a GeometryCollection; no point is taken"})
		return ""
	}
	p, how := representative(x.kind, x.rings)
	if how != "" {
		g.list.note(survey.Problem{Row: n, Column: g.place, Severity: survey.Warning, Text: fmt.Sprintf("the geometry is a %s; %s is taken", x.kind, how)})
	}
	return fmt.Sprintf("%.7f, %.7f", p[1], p[0])
}

// representative chooses a point of a geometry and says which one, "" for the point
// itself.
func representative(kind string, rings [][]orb.Point) (orb.Point, string) {
	switch kind {
	case "Point":
		return rings[0][0], ""
	case "MultiPoint":
		if len(rings[0]) == 1 {
			return rings[0][0], ""
		}
		return rings[0][0], "its first point"
	case "LineString", "MultiLineString":
		return rings[0][len(rings[0])/2], "the middle one of its points"
	}
	return within(rings), "a point inside"
}

// within finds a point inside of polygons given by all their rings: on the parallel
// through the middle of the largest ring, in the middle of the widest part inside.
func within(rings [][]orb.Point) orb.Point {
	largest := rings[0]
	for _, r := range rings {
		if math.Abs(signedArea(r)) > math.Abs(signedArea(largest)) {
			largest = r
		}
	}
	low, high := largest[0][1], largest[0][1]
	for _, p := range largest {
		low, high = min(low, p[1]), max(high, p[1])
	}
	y := low + (high-low)*0.5000001
	var xs []float64
	for _, r := range rings {
		for i := 1; i < len(r); i++ {
			a, b := r[i-1], r[i]
			if (a[1] > y) != (b[1] > y) {
				xs = append(xs, a[0]+(b[0]-a[0])*(y-a[1])/(b[1]-a[1]))
			}
		}
	}
	slices.Sort(xs)
	best, wide := largest[0], 0.0
	for i := 1; i < len(xs); i += 2 {
		if w := xs[i] - xs[i-1]; w > wide {
			best, wide = orb.Point{(xs[i] + xs[i-1]) / 2, y}, w
		}
	}
	return best
}

// geoFeature is a feature as it was read.
type geoFeature struct {
	names, values []string
	kind          string        // of the geometry, "" if there is none
	rings         [][]orb.Point // lon, lat: all of its lines, rings or points
	positions     int
	most          int // positions; 0 is maxPositions
	bad           string
}

// features reads the file and hands over one feature after the other.
func (g *geoList) features(ctx context.Context, each func(*geoFeature) error) error {
	if _, err := g.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s := &jsonScanner{r: bufio.NewReaderSize(contextReader{ctx, g.file}, 64<<10)}
	if b, err := s.r.Peek(3); err == nil && string(b) == "\ufeff" {
		s.r.Discard(3)
	}
	for {
		c, err := s.peek()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && c == 0x1e { // RFC 8142: a record separator
			s.r.ReadByte()
			continue
		}
		if err == nil {
			err = g.top(s, each)
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("the file ends in the middle; it may not have been copied whole")
		}
		if err != nil {
			return err
		}
	}
}

// top reads a FeatureCollection or a Feature.
func (g *geoList) top(s *jsonScanner, each func(*geoFeature) error) error {
	x := &geoFeature{most: g.most}
	kind := ""
	err := s.object(func(name string) error {
		switch name {
		case "type":
			v, err := s.value()
			kind = v
			return err
		case "features":
			return s.array(func() error {
				one := &geoFeature{most: g.most}
				if err := s.object(func(name string) error { return one.member(s, name) }); err != nil {
					return err
				}
				return each(one)
			})
		case "crs":
			v, err := s.value()
			if g.anyCRS {
				g.crs = v
				return err
			}
			if err == nil && v != "" && !strings.Contains(v, "CRS84") && !strings.Contains(v, "4326") {
				err = errors.New("its positions are not in WGS 84; save it as RFC 7946, which asks for longitude and latitude in degrees")
			}
			return err
		}
		return x.member(s, name)
	})
	switch {
	case err != nil:
		return err
	case kind == "Feature":
		return each(x)
	case kind != "FeatureCollection":
		return fmt.Errorf("it is a %q; a list is a FeatureCollection", cutTo(kind, 40))
	}
	return nil
}

func cutTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// member reads a member of a feature.
func (x *geoFeature) member(s *jsonScanner, name string) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch {
	case name == "properties" && c == '{':
		return s.object(func(name string) error {
			if len(x.names) >= maxListCols {
				x.bad = fmt.Sprintf("it has more than %d properties", maxListCols)
				return s.skip()
			}
			v, err := s.value()
			if errors.Is(err, errLongText) {
				x.bad, err = fmt.Sprintf("the property %q holds more than %d characters", cutTo(name, 40), maxCell), nil
			}
			x.names, x.values = append(x.names, name), append(x.values, v)
			return err
		})
	case name == "geometry" && c == '{':
		return s.object(func(name string) error {
			switch name {
			case "type":
				v, err := s.value()
				x.kind = cutTo(v, 40)
				return err
			case "coordinates":
				return x.coordinates(s, 0)
			}
			return s.skip()
		})
	}
	return s.skip()
}

// coordinates reads positions at any depth; lines and rings are kept apart.
func (x *geoFeature) coordinates(s *jsonScanner, depth int) error {
	if depth > 4 {
		return errors.New("the coordinates of a geometry are nested too deep")
	}
	c, err := s.peek()
	if err != nil || c != '[' {
		if err == nil {
			x.bad = "its coordinates are no arrays of numbers"
			err = s.skip()
		}
		return err
	}
	var at []float64
	nested := false
	err = s.array(func() error {
		c, err := s.peek()
		switch {
		case err != nil:
			return err
		case c != '[':
			v, err := s.number()
			if len(at) < 4 {
				at = append(at, v)
			}
			return err
		case !nested:
			nested = true
			x.rings = append(x.rings, nil)
		}
		return x.coordinates(s, depth+1)
	})
	if err != nil || nested {
		x.rings = slices.DeleteFunc(x.rings, func(r []orb.Point) bool { return r == nil && len(x.rings) > 1 })
		return err
	}
	if len(at) < 2 {
		return nil // an empty geometry
	}
	if x.positions++; x.positions > cmp.Or(x.most, maxPositions) {
		x.bad = fmt.Sprintf("its geometry has more than %d positions", cmp.Or(x.most, maxPositions))
		return nil
	}
	if len(x.rings) == 0 {
		x.rings = append(x.rings, nil)
	}
	last := len(x.rings) - 1
	x.rings[last] = append(x.rings[last], orb.Point{at[0], at[1]})
	return nil
}
