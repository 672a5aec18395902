package exchange

import (
	"bytes"
	"context"
	"errors"
	"os"

	"github.com/paulmach/orb"
)

// areasJSON is boundaries as GeoJSON.
type areasJSON struct {
	list *geoList
	head propertyColumns
}

// propertyColumns are the columns of features that name their properties, in the order
// in which they come.
type propertyColumns struct {
	names []string
	at    map[string]int
}

// add learns the properties of a feature.
func (c *propertyColumns) add(names []string) {
	if c.at == nil {
		c.at = map[string]int{}
	}
	for _, n := range names {
		if _, known := c.at[n]; !known && len(c.names) < maxListCols {
			c.at[n] = len(c.names)
			c.names = append(c.names, n)
		}
	}
}

// cells puts the properties of a feature into their columns.
func (c *propertyColumns) cells(names, values []string) []string {
	out := make([]string, len(c.names))
	for i, n := range names {
		if at, ok := c.at[n]; ok {
			out[at] = values[i]
		}
	}
	return out
}

func openAreasJSON(b *Boundaries, _ BoundaryOptions) (areaSource, error) {
	g := &geoList{file: b.file, list: &List{}, anyCRS: true, most: maxAreaPoints}
	a := &areasJSON{list: g}
	n := 0
	err := g.features(context.Background(), func(x *geoFeature) error {
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
	if g.crs != "" {
		if b.project, b.Projection, err = projectionNamed(g.crs); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *areasJSON) columns() []string { return a.head.names }
func (a *areasJSON) close() error      { return nil }

func (a *areasJSON) areas(ctx context.Context, each func(*Area) error) error {
	n := 0
	return a.list.features(ctx, func(x *geoFeature) error {
		n++
		out := &Area{Number: n, Cells: a.head.cells(x.names, x.values), Bad: x.bad}
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
