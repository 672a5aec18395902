package exchange

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// writeKML writes KML 2.2 (OGC 07-147r2, which 2.3, 12-007r2, contains): a document whose
// schema says what the columns are, with a placemark for each unit. Longitude and latitude are
// WGS 84 degrees, cut at longitude 180; outer rings run counter-clockwise. A unit without a
// place is a placemark without geometry. There is no description: a balloon shows the answers
// by itself. Nothing is fetched from elsewhere: pins are those of the program that shows them.
func writeKML(ctx context.Context, out *Files, path string, d *Dataset) error {
	return out.Write(path, func(f *os.File) error {
		k := &kmlWriter{Table: &d.Table, fictional: d.Fictional, name: -1, form: -1, styles: map[string]string{}}
		return k.write(ctx, f, d.Name)
	})
}

// kmlWriter is a table as KML has it.
type kmlWriter struct {
	*Table
	fictional  bool
	types      []kmlType
	typesAt    []int64           // where the file says them
	open       [][]byte          // beginnings of the elements of columns
	name, form int               // the columns of these names, -1 for none
	styles     map[string]string // references to styles by what the column form says
}

// kmlType is the type of a column (9.2.2 of 07-147r2): the narrowest that all its answers have.
type kmlType uint8

const (
	kmlInt kmlType = iota // 32 bits
	kmlDouble
	kmlString
)

// write writes the document. What the types of numeric columns are is known after the rows, but
// stands before them: it is filled in then.
func (k *kmlWriter) write(ctx context.Context, f *os.File, name string) error {
	w := bufio.NewWriterSize(f, 1<<16)
	b := k.appendHead(nil, name)
	for x, err := range k.Rows(ctx) {
		if err != nil {
			return err
		}
		b = k.appendPlacemark(b, x)
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	w.Write(append(b, "</Document></kml>\n"...))
	if err := w.Flush(); err != nil {
		return err
	}
	for i, t := range k.types {
		if _, err := f.WriteAt([]byte(t.attribute()), k.typesAt[i]); err != nil {
			return err
		}
	}
	return nil
}

// attribute has the same length for all types.
func (t kmlType) attribute() string {
	return [...]string{`type="int"   `, `type="double"`, `type="string"`}[t]
}

// kmlTypes are the types that columns have at least.
func kmlTypes(fields []Field) []kmlType {
	out := make([]kmlType, len(fields))
	for i, f := range fields {
		switch {
		case !f.Kind.Numeric():
			out[i] = kmlString
		case f.Kind != survey.Integer:
			out[i] = kmlDouble
		}
	}
	return out
}

func kmlTypeOf(text string) kmlType {
	switch {
	case !isJSONNumber(text):
		return kmlString
	case strings.Contains(text, "."):
		return kmlDouble
	}
	if n, err := strconv.ParseInt(text, 10, 64); err != nil || n != int64(int32(n)) {
		return kmlDouble
	}
	return kmlInt
}

// appendHead writes what stands before the placemarks: the name, a style for each form of
// organization, and the schema.
func (k *kmlWriter) appendHead(b []byte, name string) []byte {
	b = append(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>"...)
	b = append(appendXML(b, name), "</name>"...)
	if k.fictional {
		b = append(b, "<description>All organizations in this file are fictional.</description>"...)
	}
	for i, c := range formChoices(k.Fields) {
		if _, twice := k.styles[c.Code]; twice {
			continue
		}
		id := "form-" + strconv.Itoa(i+1)
		k.styles[c.Code] = "<styleUrl>#" + id + "</styleUrl>"
		b = appendKMLStyle(b, id, styleColors[i%len(styleColors)])
	}
	b = append(appendKMLStyle(b, "form-unknown", styleUnknown), "\n<Schema name=\"units\" id=\"units\">"...)
	k.types = kmlTypes(k.Fields)
	for i, f := range k.Fields {
		switch f.Name {
		case "name":
			k.name = i
		case "form":
			k.form = i
		}
		b = append(b, "<SimpleField "...)
		k.typesAt = append(k.typesAt, int64(len(b)))
		b = fmt.Appendf(b, `%s name="%s">`, k.types[i].attribute(), xmlText(f.Name))
		if f.Label != "" {
			b = append(appendXML(append(b, "<displayName>"...), f.Label), "</displayName>"...)
		}
		b = append(b, "</SimpleField>"...)
		k.open = append(k.open, []byte(`<SimpleData name="`+xmlText(f.Name)+`">`))
	}
	if k.fictional {
		b = append(b, `<SimpleField type="bool" name="fictional"></SimpleField>`...)
	}
	return append(b, "</Schema>\n"...)
}

// appendKMLStyle writes a style of points, lines and areas. A colour is red, green, blue; KML
// has them as alpha, blue, green, red (15.1.5).
func appendKMLStyle(b []byte, id, color string) []byte {
	var red, green, blue int
	fmt.Sscanf(color, "%d,%d,%d", &red, &green, &blue)
	bgr := fmt.Sprintf("%02x%02x%02x", blue, green, red)
	return fmt.Appendf(b, "\n<Style id=\"%s\"><IconStyle><color>ff%s</color></IconStyle><LineStyle><color>ff%s</color><width>2</width></LineStyle><PolyStyle><color>80%s</color></PolyStyle></Style>", id, bgr, bgr, bgr)
}

func (k *kmlWriter) appendPlacemark(b []byte, f *Feature) []byte {
	b = append(appendKMLID(append(b, `<Placemark id="`...), f.ID), `">`...)
	if k.name >= 0 && f.Values[k.name].Special == "" {
		b = append(appendXML(append(b, "<name>"...), f.Values[k.name].Text), "</name>"...)
	}
	style := ""
	if k.form >= 0 && f.Values[k.form].Special == "" {
		style = k.styles[f.Values[k.form].Text]
	}
	if style == "" {
		style = "<styleUrl>#form-unknown</styleUrl>"
	}
	b = append(append(b, style...), `<ExtendedData><SchemaData schemaUrl="#units">`...)
	for i, v := range f.Values {
		if v.Special != "" || v.Text == "" {
			continue
		}
		if k.types[i] != kmlString {
			k.types[i] = max(k.types[i], kmlTypeOf(v.Text))
		}
		b = append(appendXML(append(b, k.open[i]...), v.Text), "</SimpleData>"...)
	}
	if k.fictional {
		b = append(b, `<SimpleData name="fictional">1</SimpleData>`...)
	}
	b = append(b, "</SchemaData></ExtendedData>"...)
	if f.Geometry != nil {
		b = appendKMLGeometry(b, cut(f.Geometry))
	}
	return append(b, "</Placemark>\n"...)
}

// appendKMLID writes an id as XML wants one (xsd:ID): it begins with a letter, and what is no
// letter, digit, - or . of ASCII is written by its number, so that ids stay unlike each other.
func appendKMLID(b []byte, id string) []byte {
	b = append(b, "u."...)
	for _, r := range id {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '-', r == '.':
			b = append(b, byte(r))
		default:
			b = append(strconv.AppendInt(append(b, '_'), int64(r), 16), '_')
		}
	}
	return b
}

// appendKMLGeometry writes a geometry; those of several parts are collections (10.2).
func appendKMLGeometry(b []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		return append(appendKMLPositions(append(b, "<Point>"...), g), "</Point>"...)
	case orb.LineString:
		return append(appendKMLPositions(append(b, "<LineString><tessellate>1</tessellate>"...), g...), "</LineString>"...)
	case orb.Polygon:
		b = append(b, "<Polygon><tessellate>1</tessellate>"...)
		for i, r := range g {
			side := "outerBoundaryIs>"
			if i > 0 {
				side = "innerBoundaryIs>"
			}
			b = append(append(append(b, '<'), side...), "<LinearRing>"...)
			b = append(appendKMLPositions(b, wound(r, i == 0)...), "</LinearRing></"...)
			b = append(b, side...)
		}
		return append(b, "</Polygon>"...)
	}
	b = append(b, "<MultiGeometry>"...)
	switch g := g.(type) {
	case orb.MultiPoint:
		for _, p := range g {
			b = appendKMLGeometry(b, p)
		}
	case orb.MultiLineString:
		for _, l := range g {
			b = appendKMLGeometry(b, l)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			b = appendKMLGeometry(b, p)
		}
	}
	return append(b, "</MultiGeometry>"...)
}

func appendKMLPositions(b []byte, ps ...orb.Point) []byte {
	b = append(b, "<coordinates>"...)
	for i, p := range ps {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendNumber(append(appendNumber(b, p[0]), ','), p[1])
	}
	return append(b, "</coordinates>"...)
}
