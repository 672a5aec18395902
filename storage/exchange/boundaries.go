package exchange

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Limits of a file of boundaries.
const (
	maxBoundaryFile = 512 << 20 // bytes, also of each file in an archive
	maxAreas        = 300_000   // features
	maxAreaPoints   = 20_000_000
	maxAreaRings    = 2_000_000 // of a feature; of TopoJSON, arcs of the file
)

// BoundaryFormat is a way in which boundaries may be written.
type BoundaryFormat struct {
	Name  string
	Title string // as in the menu
	Exts  []string
	open  func(g *geoFile) (areaSource, error)
}

// BoundaryFormats lists what can be read as boundaries.
func BoundaryFormats() []BoundaryFormat {
	return []BoundaryFormat{
		{"geojson", "GeoJSON (RFC 7946)", []string{".geojson", ".json"}, areasOf(openGeoJSON)},
		{"topojson", "TopoJSON", []string{".topojson"}, openTopoJSON},
		{"shapefile", "Shapefile, also zipped", []string{".shp", ".zip"}, areasOf(openShapefile)},
		{"gpkg", "GeoPackage", []string{".gpkg"}, areasOf(openGeoPackage)},
	}
}

// BoundaryOptions override what is found out about a file; "" finds it out.
type BoundaryOptions struct {
	Layer    string // of a GeoPackage, TopoJSON or zipped shapefiles
	Encoding string // of the texts of a shapefile
}

// Boundaries is a file of areas, a feature each, that somebody gives us.
type Boundaries struct {
	Name       string // of the file
	Format     string
	Columns    []string
	Layers     []string // that it has
	Layer      string   // that is read
	Projection string   // in words, where positions are converted
	Encoding   string   // of a shapefile
	// Problems are notices about the file as a whole.
	Problems []survey.Problem

	file    *os.File
	source  areaSource
	project projection
}

// Area is a feature of such a file.
type Area struct {
	Number int        // of the feature, from 1
	Cells  []string   // one per column
	Rings  []orb.Ring // lon, lat in degrees, WGS 84; what is inside is even-odd
	Bad    string     // why it bounds no area, or ""
}

// areaSource gives the features of a file, with the positions as they stand in it.
type areaSource interface {
	columns() []string
	areas(ctx context.Context, each func(*Area) error) error
	close() error
}

// OpenBoundaries opens a file of boundaries and reads as much as says what its
// columns are. Close it.
func OpenBoundaries(path string, o BoundaryOptions) (_ *Boundaries, err error) {
	b := &Boundaries{Name: filepath.Base(path)}
	defer func() {
		if err != nil {
			b.Close()
			err = fmt.Errorf("read boundaries %q: %w", b.Name, err)
		}
	}()
	var size int64
	if b.file, size, err = openGiven(path); err != nil {
		return nil, err
	}
	if size > maxBoundaryFile {
		return nil, fmt.Errorf("it is larger than %d MB; simplify it, or leave out what is not needed", maxBoundaryFile>>20)
	}
	ext := strings.ToLower(filepath.Ext(path))
	for _, f := range BoundaryFormats() {
		if !slices.Contains(f.Exts, ext) {
			continue
		}
		if f.Name == "geojson" && looksTopological(b.file) {
			continue // TopoJSON is often called .json
		}
		return b, b.open(f, size, o)
	}
	if ext == ".json" || ext == ".geojson" {
		return b, b.open(BoundaryFormats()[1], size, o)
	}
	return nil, fmt.Errorf("%q is no file of boundaries that can be read; save it as GeoJSON, GeoPackage, TopoJSON or shapefile", ext)
}

func (b *Boundaries) open(f BoundaryFormat, size int64, o BoundaryOptions) (err error) {
	g := &geoFile{file: b.file, size: size, layer: o.Layer, encoding: o.Encoding, most: maxAreaPoints, areas: true}
	if b.source, err = f.open(g); err != nil {
		g.close()
		return err
	}
	b.Format, b.Layers, b.Layer, b.Projection, b.Problems, b.project = f.Name, g.layers, g.layer, g.system, g.problems, g.project
	if f.Name == "shapefile" {
		b.Encoding = g.encoding
	}
	if b.Columns = b.source.columns(); len(b.Columns) > maxListCols {
		return fmt.Errorf("it has %d columns; %d are the most that can be read", len(b.Columns), maxListCols)
	}
	return nil
}

// Close closes the file.
func (b *Boundaries) Close() error {
	var err error
	if b.source != nil {
		err = b.source.close()
	}
	if b.file != nil {
		err = errors.Join(err, b.file.Close())
	}
	return err
}

// Areas reads the features; it may be called again. A feature that bounds no area
// comes with the reason. An error ends it: the rest of the file cannot be read.
func (b *Boundaries) Areas(ctx context.Context) iter.Seq2[*Area, error] {
	return func(yield func(*Area, error) bool) {
		n, points := 0, 0
		err := b.source.areas(ctx, func(a *Area) error {
			if n++; n > maxAreas {
				return fmt.Errorf("it has more than %d features", maxAreas)
			}
			for _, r := range a.Rings {
				points += len(r)
			}
			if points > maxAreaPoints {
				return fmt.Errorf("its borders have more than %d points; simplify it", maxAreaPoints)
			}
			if n&63 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			b.place(a)
			for len(a.Cells) < len(b.Columns) {
				a.Cells = append(a.Cells, "")
			}
			if !yield(a, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, fmt.Errorf("read boundaries %q: %w", b.Name, err))
		}
	}
}

// place converts positions into longitude and latitude, and cuts what goes over the
// antimeridian as 170 … 190.
func (b *Boundaries) place(a *Area) {
	if b.project != nil {
		for _, r := range a.Rings {
			for i := range r {
				r[i] = b.project(r[i])
			}
		}
	}
	for i := 0; i < len(a.Rings); i++ {
		r := a.Rings[i]
		if inside(r) || !between(r, -540, 540) {
			continue // what has no place at all is told later
		}
		var parts []orb.Ring
		for _, west := range worlds {
			part := clipRing(clipRing(closed(r), west, true), west+360, false)
			for j := range part {
				part[j][0] -= west + 180
			}
			if len(part) > 3 {
				parts = append(parts, part)
			}
		}
		a.Rings = slices.Replace(a.Rings, i, i+1, parts...)
		i += len(parts) - 1
	}
}

func closed(r orb.Ring) orb.Ring {
	if len(r) > 0 && r[0] != r[len(r)-1] {
		return append(slices.Clip(r), r[0])
	}
	return r
}

func between(r orb.Ring, west, east float64) bool {
	for _, p := range r {
		if !(p[0] >= west && p[0] <= east) {
			return false
		}
	}
	return true
}
