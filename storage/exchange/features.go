package exchange

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// geoFile is a file of features that somebody gives us: what is asked of it, and what
// was found out about it. Lists, layers and boundaries are read from it.
type geoFile struct {
	file     *os.File
	size     int64
	layer    string // that is asked for, or that is read
	encoding string // that is asked for, or in which its texts are
	most     int    // positions of a feature
	areas    bool   // polygons alone are of use
	tables   bool   // so are tables without geometries

	layers   []string // that it has
	system   string   // in words, where positions are converted
	project  projection
	guessed  bool // the encoding is likely, not certain
	problems []survey.Problem
	source   featureSource
}

// featureSource gives the features of a file, their positions as they stand in it. It may
// be asked again.
type featureSource interface {
	// fields names the properties; known is false where features have to be read to know.
	fields() (names []string, known bool)
	features(ctx context.Context, each func(*geoFeature) error) error
	close() error
}

// featureFormat is a way in which features may be written.
type featureFormat struct {
	name, title string
	exts        []string
	open        func(g *geoFile) (featureSource, error)
}

var featureFormats = []featureFormat{
	{"geojson", "GeoJSON (RFC 7946)", []string{".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson"}, openGeoJSON},
	{"gpkg", "GeoPackage", []string{".gpkg"}, openGeoPackage},
	{"kml", "KML, also zipped (KMZ)", []string{".kml", ".kmz"}, openKML},
	{"gpx", "GPX", []string{".gpx"}, openGPX},
	{"shapefile", "Shapefile, also zipped", []string{".shp", ".zip"}, openShapefile},
}

// features reads the features with their positions in lon, lat.
func (g *geoFile) features(ctx context.Context, each func(*geoFeature) error) error {
	return g.source.features(ctx, func(x *geoFeature) error {
		if g.project != nil {
			for _, r := range x.rings {
				for i := range r {
					r[i] = g.project(r[i])
				}
			}
		}
		return each(x)
	})
}

func (g *geoFile) close() error {
	if g.source == nil {
		return nil
	}
	return g.source.close()
}

// notice says something about the file as a whole, once.
func (g *geoFile) notice(format string, args ...any) {
	p := survey.Problem{Severity: survey.Warning, Text: fmt.Sprintf(format, args...)}
	if !slices.Contains(g.problems, p) {
		g.problems = append(g.problems, p)
	}
}

// chooseLayer settles which layer is read: the one asked for, or the only one.
func (g *geoFile) chooseLayer() error {
	switch {
	case g.layer != "":
		if !slices.Contains(g.layers, g.layer) {
			return fmt.Errorf("it has no layer %q; it has %s", g.layer, named(g.layers))
		}
	case len(g.layers) == 1:
		g.layer = g.layers[0]
	case len(g.layers) == 0 && g.areas:
		return errors.New("it holds no layer of areas")
	case len(g.layers) == 0:
		return errors.New("it holds no layer")
	default:
		return &LayerError{g.layers}
	}
	return nil
}

// LayerError means that a file has several layers and one must be chosen.
type LayerError struct{ Layers []string }

func (e *LayerError) Error() string {
	return "it has several layers; say which one: " + named(e.Layers)
}

// named lists names, the first of many.
func named(names []string) string {
	const most = 30
	if n := len(names) - most; n > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ")
}

// geoFeature is a feature as it was read.
type geoFeature struct {
	number        int // from 1
	names, values []string
	kind          string        // of the geometry as GeoJSON names it, "" if there is none
	rings         [][]orb.Point // all of its lines, rings or points, none empty
	aside         string        // what it is, if it is none of a list: a track, a route
	bad           string

	most      int // positions
	positions int
	text      int  // bytes of names and values
	another   bool // the next position begins another line or ring
}

// maxName bounds the name of a property, in bytes.
const maxName = 1000

// add keeps a property, as far as a feature may hold it.
func (x *geoFeature) add(name, value string) {
	x.text += len(name) + len(value)
	switch {
	case len(x.names) >= maxListCols:
		x.bad = fmt.Sprintf("it has more than %d properties", maxListCols)
	case x.text > maxRowText:
		x.bad = fmt.Sprintf("it holds more than %d KB of text", maxRowText>>10)
	case len(name) > maxName:
		x.bad = fmt.Sprintf("the name of its property %q is too long", cutTo(name, 40))
	default:
		x.names, x.values = append(x.names, name), append(x.values, value)
	}
}

// tooLong is said of a property that is longer than a cell.
func (x *geoFeature) tooLong(name string) {
	x.bad = fmt.Sprintf("the property %q holds more than %d characters", cutTo(name, 40), maxCell)
}

// begin begins another line or ring.
func (x *geoFeature) begin() { x.another = true }

// put adds a position to the last line or ring.
func (x *geoFeature) put(p orb.Point) {
	if x.positions++; x.positions > x.most {
		x.bad = fmt.Sprintf("its geometry has more than %d positions", x.most)
		return
	}
	if x.another || len(x.rings) == 0 {
		x.rings, x.another = append(x.rings, nil), false
	}
	last := len(x.rings) - 1
	x.rings[last] = append(x.rings[last], p)
}

// join makes the geometry also one of another kind: several of one kind are a Multi….
func (x *geoFeature) join(kind string) {
	switch {
	case x.kind == "":
		x.kind = kind
	case strings.TrimPrefix(x.kind, "Multi") == strings.TrimPrefix(kind, "Multi"):
		x.kind = "Multi" + strings.TrimPrefix(kind, "Multi")
	default:
		x.kind = "GeometryCollection"
	}
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

func cutTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
