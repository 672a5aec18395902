package basemap

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"

	"sselandscape/maps/tile"
)

// Limits of a vector tile.
const (
	maxLayers   = 200
	maxFeatures = 200_000
	maxSpots    = 2_000_000
)

var (
	errVector   = errors.New("it is no vector tile, or damaged")
	errTooMuch  = errors.New("its vector tile holds more than can be drawn")
	errGeometry = errors.New("a geometry of its vector tile is damaged")
)

// wire reads Protocol Buffers (protobuf.dev, "Encoding").
type wire struct{ b []byte }

// next returns the number and type of the next field; ok is false at the end and where
// the bytes make no sense, which leaves some.
func (w *wire) next() (field, kind uint64, ok bool) {
	tag, ok := w.varint()
	return tag >> 3, tag & 7, ok
}

func (w *wire) varint() (uint64, bool) {
	v, n := binary.Uvarint(w.b)
	if n <= 0 {
		return 0, false
	}
	w.b = w.b[n:]
	return v, true
}

// bytes is a field with a length (type 2).
func (w *wire) bytes() ([]byte, bool) {
	n, ok := w.varint()
	if !ok || n > uint64(len(w.b)) {
		return nil, false
	}
	out := w.b[:n]
	w.b = w.b[n:]
	return out, true
}

// skip passes over a field.
func (w *wire) skip(kind uint64) bool {
	n := 0
	switch kind {
	case 0:
		_, ok := w.varint()
		return ok
	case 1:
		n = 8
	case 2:
		_, ok := w.bytes()
		return ok
	case 5:
		n = 4
	default:
		return false
	}
	if len(w.b) < n {
		return false
	}
	w.b = w.b[n:]
	return true
}

// each visits the fields of a message that have a length; others are handed to number.
func each(b []byte, visit func(field uint64, b []byte) error, number func(field, v uint64)) error {
	w := wire{b}
	for len(w.b) > 0 {
		field, kind, ok := w.next()
		switch {
		case ok && kind == 2:
			var part []byte
			if part, ok = w.bytes(); ok {
				if err := visit(field, part); err != nil {
					return err
				}
			}
		case ok && kind == 0:
			var v uint64
			if v, ok = w.varint(); ok && number != nil {
				number(field, v)
			}
		case ok:
			ok = w.skip(kind)
		}
		if !ok {
			return errVector
		}
	}
	return nil
}

// vectorLayer is a layer of a tile (Mapbox Vector Tile Specification 2.1, section 4.1).
type vectorLayer struct {
	name     string
	extent   float32
	keys     []string
	values   [][]byte
	features [][]byte
}

// decoder makes shapes of a vector tile.
type decoder struct {
	out             []tile.Shape
	spots, features int
}

// shapes are those of a vector tile that the map knows to draw, in the order in which
// they are drawn.
func shapes(b []byte) ([]tile.Shape, error) {
	d := &decoder{}
	layers := 0
	err := each(b, func(field uint64, b []byte) error {
		if field != 3 {
			return nil
		}
		if layers++; layers > maxLayers {
			return errTooMuch
		}
		return d.layer(b)
	}, nil)
	if err != nil {
		return nil, err
	}
	order(d.out)
	return d.out, nil
}

func (d *decoder) layer(b []byte) error {
	l := vectorLayer{extent: 4096}
	err := each(b, func(field uint64, b []byte) error {
		switch field {
		case 1:
			l.name = string(b)
		case 2:
			l.features = append(l.features, b)
		case 3:
			l.keys = append(l.keys, string(b))
		case 4:
			l.values = append(l.values, b)
		}
		return nil
	}, func(field, v uint64) {
		if field == 5 && v > 0 && v <= 1<<20 {
			l.extent = float32(v)
		}
	})
	known, ok := schema[l.name]
	if err != nil || !ok {
		return err
	}
	if d.features += len(l.features); d.features > maxFeatures {
		return errTooMuch
	}
	for _, f := range l.features {
		if err := d.feature(&l, known, f); err != nil {
			return err
		}
	}
	return nil
}

// feature makes a shape of a feature, if the map draws such.
func (d *decoder) feature(l *vectorLayer, known layerSchema, b []byte) error {
	var tags, geometry []byte
	var kind uint64
	err := each(b, func(field uint64, b []byte) error {
		switch field {
		case 2:
			tags = b
		case 4:
			geometry = b
		}
		return nil
	}, func(field, v uint64) {
		if field == 3 {
			kind = v
		}
	})
	if err != nil {
		return err
	}
	p, err := l.properties(tags)
	if err != nil {
		return err
	}
	s := tile.Shape{Form: map[uint64]tile.Form{1: tile.Label, 2: tile.Line, 3: tile.Area}[kind]}
	if s.Class = known.class(p, kind); s.Class == tile.Nothing {
		return nil
	}
	if s.Form == tile.Label {
		if s.Names, s.Rank = names(p), rank(p); len(s.Names) == 0 {
			return nil
		}
	}
	if s.Paths, err = d.paths(geometry, l.extent, s.Form); err == nil && len(s.Paths) > 0 {
		d.out = append(d.out, s)
	}
	return err
}

// properties are those of a feature that mean something here.
func (l *vectorLayer) properties(tags []byte) (map[string]string, error) {
	p := map[string]string{}
	w := wire{tags}
	for len(w.b) > 0 {
		k, ok := w.varint()
		v, ok2 := w.varint()
		if !ok || !ok2 || k >= uint64(len(l.keys)) || v >= uint64(len(l.values)) {
			return nil, errVector
		}
		if key := l.keys[k]; meant(key) {
			p[key] = text(l.values[v])
		}
	}
	return p, nil
}

// text is a value as text; "" for what is none.
func text(b []byte) (out string) {
	w := wire{b}
	for len(w.b) > 0 {
		field, kind, ok := w.next()
		switch {
		case !ok:
			return out
		case field == 1 && kind == 2:
			s, _ := w.bytes()
			out = string(s)
		case field == 2 && kind == 5 && len(w.b) >= 4:
			out = strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(w.b))), 'g', -1, 32)
			w.b = w.b[4:]
		case field == 3 && kind == 1 && len(w.b) >= 8:
			out = strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(w.b)), 'g', -1, 64)
			w.b = w.b[8:]
		case kind == 0:
			v, _ := w.varint()
			switch field {
			case 6:
				out = strconv.FormatInt(int64(v>>1)^-int64(v&1), 10)
			case 7:
				out = strconv.FormatBool(v != 0)
			default:
				out = strconv.FormatInt(int64(v), 10)
			}
		case !w.skip(kind):
			return out
		}
	}
	return out
}

// paths reads commands and their parameters (section 4.3 of the specification).
func (d *decoder) paths(b []byte, extent float32, form tile.Form) (out [][]tile.Spot, err error) {
	w := wire{b}
	var x, y int32
	var path []tile.Spot
	done := func() {
		if form == tile.Label && len(path) > 0 || form == tile.Line && len(path) > 1 || form == tile.Area && len(path) > 2 {
			out = append(out, path)
		}
		path = nil
	}
	for len(w.b) > 0 {
		c, ok := w.varint()
		command, n := c&7, c>>3
		if !ok || n > uint64(len(w.b)) && command != 7 {
			return nil, errGeometry
		}
		switch command {
		case 1, 2: // MoveTo, LineTo
			if d.spots += int(n); d.spots > maxSpots {
				return nil, errTooMuch
			}
			for range n {
				dx, ok := w.varint()
				dy, ok2 := w.varint()
				if !ok || !ok2 {
					return nil, errGeometry
				}
				x, y = x+unzigzag(dx), y+unzigzag(dy)
				if command == 1 {
					done()
				}
				path = append(path, tile.Spot{X: float32(x) / extent, Y: float32(y) / extent})
			}
		case 7: // ClosePath
			done()
		default:
			return nil, errGeometry
		}
	}
	done()
	return out, nil
}

func unzigzag(v uint64) int32 { return int32(uint32(v)>>1) ^ -int32(v&1) }
