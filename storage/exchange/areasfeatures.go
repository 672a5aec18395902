package exchange

import (
	"bytes"
	"context"
	"errors"
	"os"

	"github.com/paulmach/orb"
)

// featureAreas is the features of a file as boundaries.
type featureAreas struct {
	of   *geoFile
	head propertyColumns
}

// areasOf reads a format of features as boundaries. Where columns are not known, the
// features are read once to learn them.
func areasOf(open func(g *geoFile) (featureSource, error)) func(g *geoFile) (areaSource, error) {
	return func(g *geoFile) (areaSource, error) {
		s, err := open(g)
		if err != nil {
			return nil, err
		}
		g.source = s
		a := &featureAreas{of: g}
		names, known := s.fields()
		if a.head.add(names); known {
			return a, nil
		}
		n := 0
		err = s.features(context.Background(), func(x *geoFeature) error {
			n++
			a.head.add(x.names)
			return nil
		})
		switch {
		case err != nil && n == 0:
			return nil, err // else it is told behind the features that were read
		case n == 0:
			return nil, errors.New("it holds no features")
		}
		return a, nil
	}
}

func (a *featureAreas) columns() []string { return a.head.names }
func (a *featureAreas) close() error      { return a.of.close() }

func (a *featureAreas) areas(ctx context.Context, each func(*Area) error) error {
	return a.of.source.features(ctx, func(x *geoFeature) error {
		out := &Area{Number: x.number, Cells: a.head.cells(x.names, x.values), Bad: x.bad}
		if out.Bad == "" {
			out.Bad = noArea(x.kind)
		}
		if out.Bad == "" {
			for _, r := range x.rings {
				out.Rings = append(out.Rings, orb.Ring(r))
			}
		}
		return each(out)
	})
}

// noArea says why a geometry is no area, "" for one that is.
func noArea(kind string) string {
	switch kind {
	case "Polygon", "MultiPolygon":
		return ""
	case "":
		return "it has no geometry"
	}
	return "its geometry is a " + kind + "; an area is a Polygon or MultiPolygon"
}

// looksTopological says whether a file begins as TopoJSON does. Its type may also
// stand at the end; such a file has to be called .topojson.
func looksTopological(f *os.File) bool {
	head := make([]byte, 4096)
	n, _ := f.ReadAt(head, 0)
	head = head[:n]
	i := bytes.Index(head, []byte(`"Topology"`))
	j := bytes.Index(head, []byte(`"FeatureCollection"`))
	return i >= 0 && (j < 0 || i < j)
}
