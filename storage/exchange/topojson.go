package exchange

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/paulmach/orb"
)

// topoJSON is boundaries as TopoJSON 1.0. Arcs may stand behind what uses them, so
// all of the file is held.
type topoJSON struct {
	arcs    []orb.LineString // delta-encoded where there is a transform
	objects map[string][]topoFeature
	names   []string // of objects, in their order
	scale   *[4]float64
	chosen  []topoFeature
	head    propertyColumns
	crs     string
	refs    int // arcs that rings name
}

// topoFeature is a geometry of an object.
type topoFeature struct {
	kind          string
	names, values []string
	rings         [][]int
	bad           string
}

var errTopology = errors.New("it is TopoJSON, but its parts do not fit together; it may be damaged")

func openTopoJSON(g *geoFile) (areaSource, error) {
	t := &topoJSON{objects: map[string][]topoFeature{}}
	err := t.read(g.file)
	if err != nil {
		return nil, err
	}
	t.decode()
	if t.crs != "" {
		if g.project, g.system, err = projectionNamed(t.crs); err != nil {
			return nil, err
		}
	}
	for _, name := range t.names {
		if slices.ContainsFunc(t.objects[name], func(f topoFeature) bool { return noArea(f.kind) == "" }) && !slices.Contains(g.layers, name) {
			g.layers = append(g.layers, name)
		}
	}
	if err := g.chooseLayer(); err != nil {
		return nil, err
	}
	t.chosen = t.objects[g.layer]
	t.objects = nil
	for _, f := range t.chosen {
		t.head.add(f.names)
	}
	return t, nil
}

// read reads the whole file.
func (t *topoJSON) read(f io.ReadSeeker) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s := &jsonScanner{r: bufio.NewReaderSize(f, 64<<10)}
	kind := ""
	err := s.object(func(name string) error {
		switch name {
		case "type":
			v, err := s.value()
			kind = v
			return err
		case "arcs":
			return t.readArcs(s)
		case "transform":
			return t.readTransform(s)
		case "objects":
			return s.object(func(name string) error {
				t.names = append(t.names, name)
				var fs []topoFeature
				err := t.readGeometry(s, &fs, 0)
				t.objects[name] = fs
				return err
			})
		case "crs":
			v, err := s.value()
			t.crs = v
			return err
		}
		return s.skip()
	})
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the file ends in the middle; it may not have been copied whole")
	case err != nil:
		return err
	case kind != "Topology":
		return fmt.Errorf("it is a %q, no TopoJSON", cutTo(kind, 40))
	}
	return nil
}

func (t *topoJSON) readTransform(s *jsonScanner) error {
	t.scale = &[4]float64{1, 1, 0, 0}
	return s.object(func(name string) error {
		from := map[string]int{"scale": 0, "translate": 2}
		at, ok := from[name]
		if !ok {
			return s.skip()
		}
		i := 0
		return s.array(func() error {
			v, err := s.number()
			if i < 2 {
				t.scale[at+i] = v
			}
			i++
			return err
		})
	})
}

func (t *topoJSON) readArcs(s *jsonScanner) error {
	points := 0
	return s.array(func() error {
		var arc orb.LineString
		err := s.array(func() error {
			var p orb.Point
			i := 0
			err := s.array(func() error {
				v, err := s.number()
				if i < 2 {
					p[i] = v
				}
				i++
				return err
			})
			if points++; points > maxAreaPoints {
				return fmt.Errorf("its borders have more than %d points; simplify it", maxAreaPoints)
			}
			arc = append(arc, p)
			return err
		})
		if len(t.arcs) >= maxAreaRings {
			return fmt.Errorf("it has more than %d arcs", maxAreaRings)
		}
		t.arcs = append(t.arcs, slices.Clip(arc))
		return err
	})
}

// decode turns differences in quantised units into positions (TopoJSON 1.0, 2.1.2).
func (t *topoJSON) decode() {
	if t.scale == nil {
		return
	}
	for _, arc := range t.arcs {
		x, y := 0.0, 0.0
		for i, d := range arc {
			x, y = x+d[0], y+d[1]
			arc[i] = orb.Point{x*t.scale[0] + t.scale[2], y*t.scale[1] + t.scale[3]}
		}
	}
}

// readGeometry reads a geometry, or all of a collection.
func (t *topoJSON) readGeometry(s *jsonScanner, out *[]topoFeature, depth int) error {
	if c, err := s.peek(); err != nil || c != '{' {
		if err == nil {
			err = s.skip()
		}
		return err
	}
	if len(*out) >= maxAreas {
		return fmt.Errorf("it has more than %d features", maxAreas)
	}
	f := topoFeature{}
	var inner []topoFeature
	err := s.object(func(name string) error {
		c, err := s.peek()
		switch {
		case err != nil:
			return err
		case name == "type":
			v, err := s.value()
			f.kind = cutTo(v, 40)
			return err
		case name == "id" && c != '{' && c != '[':
			v, err := s.value()
			f.names, f.values = append(f.names, "id"), append(f.values, v)
			return err
		case name == "geometries" && c == '[':
			return s.array(func() error { return t.readGeometry(s, &inner, depth+1) })
		case name == "arcs" && c == '[':
			return t.readRings(s, &f, 0)
		case name == "properties" && c == '{':
			x := &geoFeature{}
			err := x.member(s, name)
			f.names, f.values, f.bad = append(f.names, x.names...), append(f.values, x.values...), x.bad
			return err
		}
		return s.skip()
	})
	if f.kind == "GeometryCollection" && depth < 8 {
		*out = append(*out, inner...)
	} else {
		*out = append(*out, f)
	}
	return err
}

// readRings reads numbers of arcs at any depth; the innermost arrays are rings.
func (t *topoJSON) readRings(s *jsonScanner, f *topoFeature, depth int) error {
	if depth > 4 {
		return errTopology
	}
	var ring []int
	err := s.array(func() error {
		c, err := s.peek()
		switch {
		case err != nil:
			return err
		case c == '[':
			return t.readRings(s, f, depth+1)
		}
		v, err := s.number()
		if v != float64(int32(v)) {
			return errTopology
		}
		if t.refs++; t.refs > maxAreaPoints {
			return fmt.Errorf("its rings have more than %d arcs", maxAreaPoints)
		}
		ring = append(ring, int(v))
		return err
	})
	if len(ring) > 0 {
		f.rings = append(f.rings, ring)
	}
	return err
}

func (t *topoJSON) columns() []string { return t.head.names }
func (t *topoJSON) close() error      { return nil }

func (t *topoJSON) areas(_ context.Context, each func(*Area) error) error {
	for n, f := range t.chosen {
		out := &Area{Number: n + 1, Cells: t.head.cells(f.names, f.values), Bad: f.bad}
		if out.Bad == "" {
			out.Bad = noArea(f.kind)
		}
		points := 0
		for _, refs := range f.rings {
			r, err := t.ring(refs, maxAreaPoints-points)
			if err != nil {
				return err
			}
			points += len(r)
			if out.Bad == "" {
				out.Rings = append(out.Rings, r)
			}
		}
		if err := each(out); err != nil {
			return err
		}
	}
	return nil
}

// ring joins arcs; ^n is arc n backwards (TopoJSON 1.0, 2.1.4).
func (t *topoJSON) ring(refs []int, most int) (orb.Ring, error) {
	var out orb.Ring
	for _, ref := range refs {
		i := max(ref, ^ref)
		if i >= len(t.arcs) {
			return nil, errTopology
		}
		if len(out)+len(t.arcs[i]) > most {
			return nil, fmt.Errorf("its borders have more than %d points; simplify it", maxAreaPoints)
		}
		for j := range t.arcs[i] {
			p := t.arcs[i][j]
			if ref < 0 {
				p = t.arcs[i][len(t.arcs[i])-1-j]
			}
			if len(out) == 0 || out[len(out)-1] != p {
				out = append(out, p)
			}
		}
	}
	return out, nil
}
