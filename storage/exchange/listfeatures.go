package exchange

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"slices"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// pointColumn is the column that a list has of the geometries of its features:
// "lat, lon" in degrees.
const pointColumn = "geometry"

// maxPositions bounds the geometry of a feature.
const maxPositions = 200_000

// featureList is the features of a file as a list.
type featureList struct {
	of    *geoFile
	list  *List
	head  propertyColumns
	place string // name of the column of geometries, "" if no feature has one
	aside int    // features that are none of a list
}

// listOf reads a format of features as a list. They are read once to learn the columns.
func listOf(f featureFormat) ListFormat {
	return ListFormat{f.name, f.title, f.exts, func(ctx context.Context, file *os.File, size int64, l *List, o ListOptions) (listSource, error) {
		g := &geoFile{file: file, size: size, layer: o.Layer, encoding: o.Encoding, most: maxPositions, tables: true}
		s, err := f.open(g)
		if err != nil {
			return nil, err
		}
		g.source = s
		list := &featureList{of: g, list: l}
		if err := list.learn(ctx); err != nil {
			g.close()
			return nil, err
		}
		l.Layers, l.Layer, l.Encoding, l.Guessed, l.Projection = g.layers, g.layer, g.encoding, g.guessed, g.system
		for _, p := range g.problems {
			l.note(p)
		}
		return list, nil
	}}
}

func (f *featureList) learn(ctx context.Context) error {
	n, placed := 0, false
	if names, known := f.of.source.fields(); known {
		f.head.add(names)
	}
	err := f.of.features(ctx, func(x *geoFeature) error {
		if x.aside != "" {
			f.aside++
			f.of.notice("the %ss are left out; a list takes points of one place each", x.aside)
			return nil
		}
		n++
		placed = placed || x.kind != ""
		f.head.add(x.names)
		return nil
	})
	switch {
	case err != nil && (n == 0 || ctx.Err() != nil):
		return err // else it is told by the rows, behind those that were read
	case n == 0 && f.aside > 0:
		return errors.New("it holds no waypoints, only tracks or routes; show it on the map as a layer")
	case n == 0:
		return errors.New("it holds no features")
	}
	if placed {
		f.place = pointColumn
		for _, taken := f.head.at[f.place]; taken; _, taken = f.head.at[f.place] {
			f.place += "_"
		}
	}
	return nil
}

func (f *featureList) close() error { return f.of.close() }

func (f *featureList) columns() []string {
	out := append([]string{}, f.head.names...) // not nil: they are no row
	if f.place != "" {
		out = append(out, f.place)
	}
	return out
}

func (f *featureList) rows(ctx context.Context) iter.Seq2[ListRow, error] {
	return func(yield func(ListRow, error) bool) {
		err := f.of.features(ctx, func(x *geoFeature) error {
			if x.aside != "" {
				return nil
			}
			row := ListRow{Number: x.number, Cells: f.head.cells(x.names, x.values), Bad: x.bad}
			if f.place != "" {
				row.Cells = append(row.Cells, f.position(x))
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
func (f *featureList) position(x *geoFeature) string {
	said := func(format string, args ...any) string {
		f.list.note(survey.Problem{Row: x.number, Column: f.place, Severity: survey.Warning, Text: fmt.Sprintf(format, args...)})
		return ""
	}
	switch {
	case x.kind == "GeometryCollection":
		return said("the geometry is a GeometryCollection; no point is taken")
	case x.kind == "" || len(x.rings) == 0:
		return ""
	}
	p, how := representative(x.kind, x.rings)
	if math.IsNaN(p[0]-p[0]) || math.IsNaN(p[1]-p[1]) { // also if it is infinite
		return said("a position of the geometry is no number; no point is taken")
	}
	if how != "" {
		said("the geometry is a %s; %s is taken", x.kind, how)
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
