package tile

import (
	"context"
	"errors"
	"image"
	"math"

	"github.com/paulmach/orb"
)

// ID is the address of a tile: its zoom, its column from the west and its row from the
// north (XYZ, as of OGC 17-083r4, WebMercatorQuad).
type ID struct{ Z, X, Y uint32 }

// MaxTileZoom is the deepest zoom of tiles.
const MaxTileZoom = 24

// Valid says whether there is such a tile in the world.
func (id ID) Valid() bool {
	return id.Z <= MaxTileZoom && id.X < 1<<id.Z && id.Y < 1<<id.Z
}

// Up is the tile that holds it some zooms above.
func (id ID) Up(zooms uint32) ID {
	zooms = min(zooms, id.Z)
	return ID{id.Z - zooms, id.X >> zooms, id.Y >> zooms}
}

// Bound is the box of a tile, lon, lat.
func (id ID) Bound() orb.Bound {
	n := math.Exp2(float64(id.Z))
	nw := Degrees(float64(id.X)/n, float64(id.Y)/n)
	se := Degrees(float64(id.X+1)/n, float64(id.Y+1)/n)
	return orb.Bound{Min: orb.Point{nw[0], se[1]}, Max: orb.Point{se[0], nw[1]}}
}

// Source gives the tiles of a base map. It is safe for use by several goroutines.
type Source interface {
	About() About
	// Tile returns a tile, [ErrNone] where the source has none there.
	Tile(ctx context.Context, id ID) (*Tile, error)
}

// ErrNone says that a source has no such tile.
var ErrNone = errors.New("no tile")

// About is what a source says of itself.
type About struct {
	Name        string
	Attribution string // who made it, for a person; it is shown with the map
	Vector      bool
	MinZoom     uint32
	MaxZoom     uint32
	Bound       orb.Bound // lon, lat
}

// Tile is a square of a base map: a picture, or shapes.
type Tile struct {
	Picture image.Image // nil in vector tiles
	Shapes  []Shape     // in the order in which they are drawn
}

// Shape is something on a vector tile.
type Shape struct {
	Class Class
	Form  Form
	// Paths are rings, lines or points; x from the west and y from the north as parts of
	// the tile, 0 to 1, a little beyond at the rims.
	Paths [][]Spot
	// Names are those of a label by language, BCP 47; "" is the local one.
	Names map[string]string
	// Rank orders labels, the most important first: ten for each larger kind of place, a
	// city being 0 to 9, a town 10 to 19.
	Rank int
}

// Spot is a position on a tile, in parts of it.
type Spot struct{ X, Y float32 }

// Form says what the paths of a shape are.
type Form uint8

// The forms of shapes.
const (
	Area Form = iota // rings; by the even-odd rule
	Line
	Label // a point with a name
)

// Class is what a shape shows. Areas are drawn in this order, then lines.
type Class uint8

// The classes of shapes, into which those of all schemas are put.
const (
	Nothing Class = iota
	Earth
	Farmland
	Grass
	Wood
	Sand
	Ice
	BuiltUp
	Water
	Building
	Stream
	River
	Path
	MinorRoad
	MediumRoad
	MajorRoad
	Rail
	Settlement // a label
	WaterName  // a label
)
