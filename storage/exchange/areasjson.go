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
	list  *geoList
	names []string
}

func openAreasJSON(b *Boundaries, _ BoundaryOptions) (areaSource, error) {
	g := &geoList{file: b.file, list: &List{}, anyCRS: true, most: maxAreaPoints}
	a := &areasJSON{list: g}
	known := map[string]bool{}
	n := 0
	err := g.features(context.Background(), func(x *geoFeature) error {
		n++
		for _, name := range x.names {
			if !known[name] && len(a.names) < maxListCols {
				known[name] = true
				a.names = append(a.names, name)
			}
		}
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

func (a *areasJSON) columns() []string { return a.names }
func (a *areasJSON) close() error      { return nil }

func (a *areasJSON) areas(ctx context.Context, each func(*Area) error) error {
	at := map[string]int{}
	for i, n := range a.names {
		at[n] = i
	}
	n := 0
	return a.list.features(ctx, func(x *geoFeature) error {
		n++
		out := &Area{Number: n, Cells: make([]string, len(a.names)), Bad: x.bad}
		for i, name := range x.names {
			if c, ok := at[name]; ok {
				out.Cells[c] = x.values[i]
			}
		}
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
