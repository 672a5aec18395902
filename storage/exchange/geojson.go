package exchange

import (
	"bufio"
	"context"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// writeGeoJSON writes a FeatureCollection by RFC 7946: WGS 84 lon, lat without a
// crs member (section 4), seven decimals at most (11.2), outer rings
// counter-clockwise (3.1.6), geometries cut at the antimeridian (3.1.9), bbox (5).
func writeGeoJSON(ctx context.Context, out io.Writer, d *Dataset) error {
	w := bufio.NewWriterSize(out, 1<<16)
	b := append([]byte(nil), `{"type":"FeatureCollection"`...)
	b = append(b, `,"name":`...)
	b = appendString(b, d.Name)
	if d.Fictional {
		b = append(b, `,"fictional":true,"note":"All organizations in this file are fictional."`...)
	}
	b = append(b, ",\"features\":["...)
	keys := make([][]byte, len(d.Fields))
	for i, f := range d.Fields {
		keys[i] = append(appendString(nil, f.Name), ':')
	}
	var all bounds
	begin := "\n"
	for f, err := range d.Rows(ctx) {
		if err != nil {
			return err
		}
		b = append(b, begin...)
		begin = ",\n"
		all.add(f.Geometry)
		b = appendFeature(b, f, d, keys)
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	b = append(all.appendTo(append(b, "\n]"...)), "}\n"...)
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Flush()
}

func appendFeature(b []byte, f *Feature, d *Dataset, keys [][]byte) []byte {
	b = append(b, `{"type":"Feature","id":`...)
	b = appendString(b, f.ID)
	b = append(b, `,"geometry":`...)
	b = appendGeometry(b, f.Geometry)
	b = append(b, `,"properties":{`...)
	if d.Fictional {
		b = append(b, `"fictional":true,`...)
	}
	for i := range f.Values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, keys[i]...)
		if v := &f.Values[i]; v.Text == "" || v.Special != "" {
			b = append(b, "null"...)
		} else {
			b = appendValue(b, d.Fields[i].Kind, *v)
		}
	}
	if n := len(b) - 1; b[n] == ',' {
		b = b[:n]
	}
	return append(b, "}}"...)
}

// appendValue writes numbers of numeric questions as numbers; special answers
// and blanks are null.
func appendValue(b []byte, k survey.Kind, v survey.Value) []byte {
	switch {
	case v.Special != "" || v.Text == "":
		return append(b, "null"...)
	case isNumber(k, v):
		return append(b, v.Text...)
	}
	return appendString(b, v.Text)
}

// isNumber says whether an answer is written as a number: that of a numeric question or a
// calculation, if it is one.
func isNumber(k survey.Kind, v survey.Value) bool {
	return (k.Numeric() || k == survey.Calculate) && isJSONNumber(v.Text)
}

// isJSONNumber checks the grammar of RFC 8259, section 6, without exponents.
func isJSONNumber(s string) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	whole := 0
	for whole < len(s) && s[whole] >= '0' && s[whole] <= '9' {
		whole++
	}
	if whole == 0 || whole > 1 && s[0] == '0' || whole > 15 {
		return false
	}
	if whole == len(s) {
		return true
	}
	if s[whole] != '.' || whole+1 == len(s) {
		return false
	}
	for _, c := range s[whole+1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string; bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r < 0x20 || r == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// appendNumber writes a coordinate with seven decimals at most.
func appendNumber(b []byte, f float64) []byte {
	b = strconv.AppendFloat(b, f, 'f', 7, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if n := len(b); n >= 2 && b[n-2] == '-' && b[n-1] == '0' && (n == 2 || b[n-3] < '0' || b[n-3] > '9') {
		b = append(b[:n-2], '0')
	}
	return b
}

func appendPosition(b []byte, p orb.Point) []byte {
	b = append(b, '[')
	b = appendNumber(b, p[0])
	b = append(b, ',')
	b = appendNumber(b, p[1])
	return append(b, ']')
}

func appendPositions(b []byte, ps []orb.Point) []byte {
	b = append(b, '[')
	for i, p := range ps {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendPosition(b, p)
	}
	return append(b, ']')
}

func appendRings(b []byte, p orb.Polygon) []byte {
	b = append(b, '[')
	for i, r := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendPositions(b, wound(r, i == 0))
	}
	return append(b, ']')
}

// appendGeometry writes a geometry after cutting it at the antimeridian.
func appendGeometry(b []byte, g orb.Geometry) []byte {
	switch g := cut(g).(type) {
	case orb.Point:
		return append(appendPosition(append(b, `{"type":"Point","coordinates":`...), g), '}')
	case orb.MultiPoint:
		return append(appendPositions(append(b, `{"type":"MultiPoint","coordinates":`...), g), '}')
	case orb.LineString:
		return append(appendPositions(append(b, `{"type":"LineString","coordinates":`...), g), '}')
	case orb.MultiLineString:
		b = append(b, `{"type":"MultiLineString","coordinates":[`...)
		for i, l := range g {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendPositions(b, l)
		}
		return append(b, "]}"...)
	case orb.Polygon:
		return append(appendRings(append(b, `{"type":"Polygon","coordinates":`...), g), '}')
	case orb.MultiPolygon:
		b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
		for i, p := range g {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendRings(b, p)
		}
		return append(b, "]}"...)
	}
	return append(b, "null"...)
}

// bounds is the box around places; Placed says whether there are any.
type bounds struct {
	orb.Bound
	Placed bool
}

func (b *bounds) add(g orb.Geometry) {
	if g != nil {
		b.addBound(g.Bound())
	}
}

func (b *bounds) addBound(box orb.Bound) {
	if b.Placed {
		box = box.Union(b.Bound)
	}
	b.Bound, b.Placed = box, true
}

// appendTo writes the member bbox. It stands after the features, whose boxes are known then.
func (b *bounds) appendTo(out []byte) []byte {
	if !b.Placed || math.IsInf(b.Min[0], 0) {
		return out
	}
	out = append(out, `,"bbox":[`...)
	for i, f := range []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendNumber(out, f)
	}
	return append(out, ']')
}
