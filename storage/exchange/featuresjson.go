package exchange

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/paulmach/orb"
)

// featuresJSON is GeoJSON: a FeatureCollection, one feature, or features one after the
// other (RFC 8142).
type featuresJSON struct{ of *geoFile }

func openGeoJSON(g *geoFile) (featureSource, error) {
	g.encoding = "utf-8"
	return &featuresJSON{g}, nil
}

func (*featuresJSON) fields() ([]string, bool) { return nil, false }
func (*featuresJSON) close() error             { return nil }

func (f *featuresJSON) features(ctx context.Context, each func(*geoFeature) error) error {
	if _, err := f.of.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s := &jsonScanner{r: bufio.NewReaderSize(contextReader{ctx, f.of.file}, 64<<10)}
	if b, err := s.r.Peek(3); err == nil && string(b) == "\ufeff" {
		s.r.Discard(3)
	}
	n := 0
	numbered := func(x *geoFeature) error {
		n++
		x.number = n
		return each(x)
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
			err = f.top(s, numbered)
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
func (f *featuresJSON) top(s *jsonScanner, each func(*geoFeature) error) error {
	x := &geoFeature{most: f.of.most}
	kind := ""
	err := s.object(func(name string) error {
		switch name {
		case "type":
			v, err := s.value()
			kind = v
			return err
		case "features":
			return s.array(func() error {
				one := &geoFeature{most: f.of.most}
				if err := s.object(func(name string) error { return one.member(s, name) }); err != nil {
					return err
				}
				return each(one)
			})
		case "crs":
			v, err := s.value()
			if err == nil {
				err = f.system(v)
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

// system reads the member crs (GeoJSON of 2008). Boundaries, which are read twice, are
// converted.
func (f *featuresJSON) system(crs string) (err error) {
	switch {
	case crs == "":
	case f.of.areas:
		f.of.project, f.of.system, err = projectionNamed(crs)
	case !strings.Contains(crs, "CRS84") && !strings.Contains(crs, "4326"):
		err = errors.New("its positions are not in WGS 84; save it as RFC 7946, which asks for longitude and latitude in degrees")
	}
	return err
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
			v, err := s.value()
			x.add(name, v)
			if errors.Is(err, errLongText) {
				x.tooLong(name)
				err = nil
			}
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
			x.begin()
		}
		return x.coordinates(s, depth+1)
	})
	if err != nil || nested || len(at) < 2 { // no numbers: an empty geometry
		return err
	}
	x.put(orb.Point{at[0], at[1]})
	return nil
}
