package exchange

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Overlay is a layer of one's own that is shown on the map and nothing else: points, lines
// and areas of a file, see [OverlayFormats].
type Overlay struct {
	Shapes []OverlayShape
	// Left are features that are not shown, by their number, and why.
	Left []Unreadable
	// Problems are notices about the file as a whole.
	Problems []survey.Problem
}

// OverlayFormat is a way in which a layer may be written.
type OverlayFormat struct {
	Name  string
	Title string // as in the menu
	Exts  []string
}

// OverlayFormats lists what can be read as a layer.
func OverlayFormats() []OverlayFormat {
	var out []OverlayFormat
	for _, f := range overlayFormats() {
		out = append(out, OverlayFormat{f.name, f.title, f.exts})
	}
	return out
}

func overlayFormats() []featureFormat {
	return append(slices.Clone(featureFormats), featureFormat{"csv", "Text with columns of positions", []string{".csv", ".tsv"}, openFeaturesText})
}

// OverlayOptions override what is found out about a file; "" finds it out.
type OverlayOptions struct {
	Layer    string // of a GeoPackage or zipped shapefiles
	Encoding string // of text and shapefiles: a name by IANA
}

// OverlayShape is a feature of an overlay.
type OverlayShape struct {
	Paths [][]orb.Point // lon, lat: its points, lines, or rings by the even-odd rule
	Kind  OverlayKind
	Name  string // a property that is called so, "" if there is none
}

// OverlayKind says what the paths of a shape are.
type OverlayKind uint8

// The kinds of shapes.
const (
	OverlayPoints OverlayKind = iota
	OverlayLines
	OverlayAreas
)

// Unreadable is a feature that cannot be read.
type Unreadable struct {
	Number int
	Why    string
}

// Limits of overlays: a map shows them all at once.
const (
	maxOverlayFile   = 256 << 20
	maxOverlayPoints = 3_000_000
	maxLeft          = 1000
)

// ReadOverlay reads a layer from a file. It fails with a [LayerError] where the file has
// several.
func ReadOverlay(ctx context.Context, path string, opt OverlayOptions) (*Overlay, error) {
	o, err := readOverlay(ctx, path, opt)
	if err != nil {
		return nil, fmt.Errorf("read the layer %q: %w", path, err)
	}
	return o, nil
}

func readOverlay(ctx context.Context, path string, opt OverlayOptions) (*Overlay, error) {
	ext := strings.ToLower(filepath.Ext(path))
	i := slices.IndexFunc(overlayFormats(), func(f featureFormat) bool { return slices.Contains(f.exts, ext) })
	if i < 0 {
		return nil, fmt.Errorf("%q is no layer that can be read; save it as GeoJSON, GeoPackage, KML, GPX, shapefile or CSV", ext)
	}
	f, size, err := openGiven(path)
	if f != nil {
		defer f.Close()
	}
	if err != nil {
		return nil, err
	}
	if size > maxOverlayFile {
		return nil, fmt.Errorf("it is larger than %d MB; simplify it in QGIS, or make tiles of it (MBTiles)", maxOverlayFile>>20)
	}
	g := &geoFile{file: f, size: size, layer: opt.Layer, encoding: opt.Encoding, most: maxOverlayPoints}
	if g.source, err = overlayFormats()[i].open(g); err != nil {
		return nil, err
	}
	defer g.close()
	return g.overlay(ctx)
}

// overlay reads the features as shapes.
func (g *geoFile) overlay(ctx context.Context) (*Overlay, error) {
	o := &Overlay{}
	points, n := 0, 0
	err := g.features(ctx, func(x *geoFeature) error {
		n++
		if points += x.positions; points > maxOverlayPoints {
			return fmt.Errorf("it has more than %d positions; simplify it in QGIS, or make tiles of it (MBTiles)", maxOverlayPoints)
		}
		s, why := overlayShape(x)
		switch {
		case why == "":
			o.Shapes = append(o.Shapes, s)
		case len(o.Left) < maxLeft:
			o.Left = append(o.Left, Unreadable{x.number, why})
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return nil, errors.New("it holds no features")
	case len(o.Shapes) == 0:
		return nil, fmt.Errorf("none of its %d features can be shown: of the first, %s", n, o.Left[0].Why)
	}
	o.Problems = g.problems
	return o, nil
}

// overlayShape makes a shape of a feature, or says why not.
func overlayShape(x *geoFeature) (s OverlayShape, why string) {
	if x.bad != "" {
		return s, x.bad
	}
	least := 1
	switch x.kind {
	case "Point", "MultiPoint":
	case "LineString", "MultiLineString":
		s.Kind, least = OverlayLines, 2
	case "Polygon", "MultiPolygon":
		s.Kind, least = OverlayAreas, 4
	case "":
		return s, "it has no geometry"
	default:
		return s, "its geometry is a " + x.kind
	}
	for _, path := range x.rings {
		if len(path) < least {
			return s, "its geometry has too few positions"
		}
		if slices.ContainsFunc(path, off) {
			return s, "its positions are no longitudes and latitudes in degrees"
		}
	}
	if s.Paths = x.rings; len(s.Paths) == 0 {
		return s, "its geometry is empty"
	}
	i := slices.Index(x.names, "name")
	if i < 0 {
		i = slices.IndexFunc(x.names, func(n string) bool { return strings.EqualFold(n, "name") })
	}
	if i >= 0 {
		s.Name = cutTo(x.values[i], 80)
	}
	return s, ""
}

// off says whether a position is none on the globe; longitudes may reach over 180.
func off(p orb.Point) bool {
	return !(math.Abs(p[0]) <= 540 && math.Abs(p[1]) <= 90)
}
