package exchange

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/paulmach/orb"
)

// geoBlob reads the rings of a geometry of a GeoPackage (OGC 12-128r19, 2.1.3): a
// head, then Well-Known Binary.
func geoBlob(b []byte) (rings []orb.Ring, bad string) {
	switch {
	case len(b) == 0:
		return nil, "it has no geometry"
	case len(b) < 8 || b[0] != 'G' || b[1] != 'P':
		return nil, "its geometry is damaged"
	}
	flags := b[3]
	envelope, ok := map[byte]int{0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[flags>>1&7]
	switch {
	case flags&0x10 != 0:
		return nil, "it has no geometry"
	case flags&0x20 != 0 || !ok || len(b) < 8+envelope:
		return nil, "its geometry is of a kind that is not known"
	}
	w := wkb{b: b[8+envelope:]}
	if err := w.geometry(0); err != nil {
		return nil, err.Error()
	}
	if len(w.rings) == 0 {
		return nil, "it has no geometry"
	}
	return w.rings, ""
}

// wkb reads Well-Known Binary (OGC 06-103r4, 8.2).
type wkb struct {
	b     []byte
	order binary.ByteOrder
	rings []orb.Ring
}

var (
	errWKB     = errors.New("its geometry is damaged")
	errWKBKind = errors.New("its geometry is no Polygon or MultiPolygon")
)

func (w *wkb) number() (uint32, error) {
	if len(w.b) < 4 {
		return 0, errWKB
	}
	n := w.order.Uint32(w.b)
	w.b = w.b[4:]
	return n, nil
}

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
	switch {
	case kind%1000 == 3:
		return w.polygon(size)
	case kind%1000 == 6 && depth == 0:
		n, err := w.number()
		for ; err == nil && n > 0; n-- {
			err = w.geometry(depth + 1)
		}
		return err
	}
	return errWKBKind
}

func (w *wkb) polygon(size int) error {
	n, err := w.number()
	for ; err == nil && n > 0; n-- {
		var points uint32
		if points, err = w.number(); err != nil {
			return err
		}
		if len(w.rings) >= maxAreaRings {
			return errWKB
		}
		if int64(points)*int64(size) > int64(len(w.b)) {
			return errWKB
		}
		r := make(orb.Ring, points)
		for i := range r {
			at := w.b[i*size:]
			r[i] = orb.Point{math.Float64frombits(w.order.Uint64(at)), math.Float64frombits(w.order.Uint64(at[8:]))}
		}
		w.b = w.b[int(points)*size:]
		w.rings = append(w.rings, r)
	}
	return err
}
