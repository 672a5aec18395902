package exchange

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// geometryText reads Well-Known Text (OGC 06-103r4, 7), also with the number of a coordinate system
// before it, as PostGIS writes it.
type geometryText struct {
	s string
	x *geoFeature
}

var errGeometryText = errors.New("its geometry is no Well-Known Text")

// wktKinds are the kinds of geometries by their names.
var wktKinds = map[string]string{"POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon", "MULTIPOINT": "MultiPoint",
	"MULTILINESTRING": "MultiLineString", "MULTIPOLYGON": "MultiPolygon", "GEOMETRYCOLLECTION": "GeometryCollection"}

// readWKT reads a geometry and says why it cannot.
func (x *geoFeature) readWKT(s string) (bad string) {
	w := geometryText{strings.TrimSpace(s), x}
	if srid, rest, ok := strings.Cut(w.s, ";"); ok && len(srid) < 20 {
		number, found := strings.CutPrefix(strings.ToUpper(strings.ReplaceAll(srid, " ", "")), "SRID=")
		if !found || number != "4326" && number != "0" {
			return fmt.Sprintf("its geometry is in the coordinate system %q, not in WGS 84", srid)
		}
		w.s = strings.TrimSpace(rest)
	}
	name := strings.ToUpper(w.word())
	for _, suffix := range []string{"ZM", "Z", "M"} {
		if _, plain := wktKinds[name]; !plain {
			name = strings.TrimSuffix(name, suffix)
		}
	}
	kind, ok := wktKinds[name]
	if !ok {
		return errGeometryText.Error()
	}
	switch strings.ToUpper(w.peekWord()) {
	case "Z", "M", "ZM":
		w.word()
	}
	if x.kind = kind; kind == "GeometryCollection" {
		return "" // no place is taken from it
	}
	if strings.EqualFold(w.peekWord(), "EMPTY") {
		return ""
	}
	err := w.part(0)
	if err == nil && strings.TrimSpace(w.s) != "" {
		err = errGeometryText
	}
	if err != nil {
		return err.Error()
	}
	return x.bad
}

func (w *geometryText) peekWord() string {
	s := strings.TrimLeft(w.s, " \t\r\n")
	i := 0
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
		i++
	}
	return s[:i]
}

func (w *geometryText) word() string {
	word := w.peekWord()
	w.s = strings.TrimLeft(w.s, " \t\r\n")[len(word):]
	return word
}

// next takes the next sign, one of those that are wanted.
func (w *geometryText) next(of string) (byte, error) {
	w.s = strings.TrimLeft(w.s, " \t\r\n")
	if w.s == "" || strings.IndexByte(of, w.s[0]) < 0 {
		return 0, errGeometryText
	}
	c := w.s[0]
	w.s = w.s[1:]
	return c, nil
}

// part reads brackets around parts or positions.
func (w *geometryText) part(depth int) error {
	if strings.EqualFold(w.peekWord(), "EMPTY") {
		w.word()
		return nil
	}
	if depth > 3 {
		return errGeometryText
	}
	if _, err := w.next("("); err != nil {
		return err
	}
	if w.x.kind != "MultiPoint" || depth == 0 { // each point may have brackets of its own
		w.x.begin()
	}
	for {
		w.s = strings.TrimLeft(w.s, " \t\r\n")
		var err error
		if strings.HasPrefix(w.s, "(") || strings.EqualFold(w.peekWord(), "EMPTY") {
			err = w.part(depth + 1)
		} else {
			err = w.position()
		}
		if err != nil {
			return err
		}
		c, err := w.next(",)")
		if err != nil || c == ')' {
			return err
		}
	}
}

// position reads the numbers of a position; height and measure are passed over.
func (w *geometryText) position() error {
	end := strings.IndexAny(w.s, ",()")
	if end < 0 {
		return errGeometryText
	}
	numbers := strings.Fields(w.s[:end])
	w.s = w.s[end:]
	if len(numbers) < 2 || len(numbers) > 4 {
		return errGeometryText
	}
	lon, err := strconv.ParseFloat(numbers[0], 64)
	lat, err2 := strconv.ParseFloat(numbers[1], 64)
	if err != nil || err2 != nil {
		return errGeometryText
	}
	if w.x.put(orb.Point{lon, lat}); w.x.bad != "" {
		return errors.New(w.x.bad)
	}
	return nil
}
