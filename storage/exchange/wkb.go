package exchange

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/paulmach/orb"
)

// readBlob reads a geometry of a GeoPackage (OGC 12-128r19, 2.1.3): a head, then
// Well-Known Binary. It says why it cannot.
func (x *geoFeature) readBlob(b []byte) (bad string) {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return errWKB.Error()
	}
	flags := b[3]
	envelope, ok := map[byte]int{0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[flags>>1&7]
	switch {
	case flags&0x10 != 0: // empty
		return ""
	case flags&0x20 != 0 || !ok || len(b) < 8+envelope:
		return errWKBKind.Error()
	}
	w := wkb{b: b[8+envelope:], x: x}
	if err := w.geometry(0); err != nil {
		return err.Error()
	}
	return x.bad
}

// wkb reads Well-Known Binary (OGC 06-103r4, 8.2).
type wkb struct {
	b     []byte
	order binary.ByteOrder
	x     *geoFeature
	parts int
}

var (
	errWKB     = errors.New("its geometry is damaged")
	errWKBKind = errors.New("its geometry is of a kind that is not read")
)

// wkbKinds are the kinds of geometries by their numbers.
var wkbKinds = map[uint32]string{1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection"}

func (w *wkb) number() (uint32, error) {
	if len(w.b) < 4 {
		return 0, errWKB
	}
	n := w.order.Uint32(w.b)
	w.b = w.b[4:]
	return n, nil
}

// geometry reads a geometry, or one in a Multi….
func (w *wkb) geometry(depth int) error {
	if len(w.b) < 5 || depth > 1 {
		return errWKB
	}
	w.order = binary.BigEndian
	if w.b[0] == 1 {
		w.order = binary.LittleEndian
	}
	w.b = w.b[1:]
	kind, err := w.number()
	if err != nil {
		return err
	}
	size := 16 // of a position: x, y and, in thousands of the type, z and m
	switch kind / 1000 {
	case 0:
	case 1, 2:
		size = 24
	case 3:
		size = 32
	default:
		return errWKBKind
	}
	kind %= 1000
	name := wkbKinds[kind]
	if depth == 0 {
		w.x.kind = name
	}
	switch {
	case name == "":
		return errWKBKind
	case name == "GeometryCollection":
		return nil // no place is taken from it
	case kind > 3:
		return w.parted(func() error { return w.geometry(depth + 1) })
	case kind == 1:
		if w.x.kind == "Point" && len(w.b) >= 16 && math.IsNaN(w.double(0)) && math.IsNaN(w.double(8)) {
			return nil // an empty one (Req 152)
		}
		return w.points(1, size)
	case kind == 2:
		return w.line(size)
	}
	return w.parted(func() error { return w.line(size) })
}

func (w *wkb) double(at int) float64 { return math.Float64frombits(w.order.Uint64(w.b[at:])) }

// parted reads parts, as many as a number says.
func (w *wkb) parted(each func() error) error {
	n, err := w.number()
	for ; err == nil && n > 0; n-- {
		if w.parts++; w.parts > max(maxAreaRings, w.x.most) {
			return errWKB
		}
		err = each()
	}
	return err
}

func (w *wkb) line(size int) error {
	n, err := w.number()
	if err != nil {
		return err
	}
	w.x.begin()
	return w.points(int64(n), size)
}

func (w *wkb) points(n int64, size int) error {
	if n*int64(size) > int64(len(w.b)) {
		return errWKB
	}
	for ; n > 0; n-- {
		if w.x.put(orb.Point{w.double(0), w.double(8)}); w.x.bad != "" {
			return errors.New(w.x.bad)
		}
		w.b = w.b[size:]
	}
	return nil
}
