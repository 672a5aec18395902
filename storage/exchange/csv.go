package exchange

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"sselandscape/survey"
)

// writeCSV writes RFC 4180 in UTF-8 with a byte order mark, without which Excel takes it for
// another encoding. Points have the columns lon and lat, in WGS 84 degrees; of other
// geometries wkt (OGC 06-103r4). Texts that a spreadsheet would take for a formula begin with
// an apostrophe.
func writeCSV(ctx context.Context, out io.Writer, d *Dataset) error {
	w := bufio.NewWriterSize(out, 1<<16)
	shapes := !onlyPoints(d)
	b := []byte("\ufeff")
	for _, f := range d.Fields {
		b = append(appendCell(b, f.Name), ',')
	}
	if d.Fictional {
		b = append(b, "fictional,"...)
	}
	b = append(b, "lon,lat"...)
	if shapes {
		b = append(b, ",wkt"...)
	}
	b = append(b, "\r\n"...)
	for i := range d.Features {
		if err := ctx.Err(); err != nil {
			return err
		}
		b = appendCSVRow(b, d, &d.Features[i], shapes)
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Flush()
}

func onlyPoints(d *Dataset) bool {
	for i := range d.Features {
		if g := d.Features[i].Geometry; g != nil {
			if _, ok := g.(orb.Point); !ok {
				return false
			}
		}
	}
	return true
}

func appendCSVRow(b []byte, d *Dataset, f *Feature, shapes bool) []byte {
	for i, v := range f.Values {
		b = append(appendCSVValue(b, d.Fields[i].Kind, v), ',')
	}
	if d.Fictional {
		b = append(b, "true,"...)
	}
	if p, ok := f.Geometry.(orb.Point); ok {
		b = appendNumber(append(appendNumber(b, p[0]), ','), p[1])
	} else {
		b = append(b, ',')
	}
	if shapes {
		b = append(b, ',')
		if f.Geometry != nil {
			b = appendCell(b, wkt.MarshalString(f.Geometry))
		}
	}
	return append(b, "\r\n"...)
}

// appendCSVValue writes an answer; special answers and blanks are empty.
func appendCSVValue(b []byte, k survey.Kind, v survey.Value) []byte {
	switch {
	case v.Special != "" || v.Text == "":
		return b
	case isNumber(k, v):
		return append(b, v.Text...)
	}
	return appendCell(b, defused(v.Text))
}

// defused is a text that no spreadsheet takes for a formula (OWASP, "CSV Injection").
func defused(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// appendCell quotes a cell where it must be.
func appendCell(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") && s != "" && s[0] != ' ' && s[len(s)-1] != ' ' {
		return append(b, s...)
	}
	if s == "" {
		return b
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// writeCSVFile writes the types of the columns beside the file, as GDAL reads them
// (gdal.org, CSV driver: .csvt).
func writeCSVFile(ctx context.Context, path string, d *Dataset) error {
	var types []string
	for _, f := range d.Fields {
		switch {
		case f.Kind == survey.Integer:
			types = append(types, `"Integer64"`)
		case f.Kind.Numeric():
			types = append(types, `"Real"`)
		default:
			types = append(types, `"String"`)
		}
	}
	if d.Fictional {
		types = append(types, `"String"`)
	}
	types = append(types, `"CoordX"`, `"CoordY"`)
	if !onlyPoints(d) {
		types = append(types, `"WKT"`)
	}
	if err := WriteWhole(path, func(w io.Writer) error { return writeCSV(ctx, w, d) }); err != nil {
		return err
	}
	err := WriteWhole(strings.TrimSuffix(path, ".csv")+".csvt", func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(types, ",")+"\r\n")
		return err
	})
	if err != nil {
		os.Remove(path)
	}
	return err
}

// writeGeoJSONSeq writes a feature a line (RFC 8142, without record separators, as OGR does).
func writeGeoJSONSeq(ctx context.Context, out io.Writer, d *Dataset) error {
	w := bufio.NewWriterSize(out, 1<<16)
	keys := make([][]byte, len(d.Fields))
	for i, f := range d.Fields {
		keys[i] = append(appendString(nil, f.Name), ':')
	}
	var b []byte
	for i := range d.Features {
		if err := ctx.Err(); err != nil {
			return err
		}
		b = append(appendFeature(b[:0], &d.Features[i], d, keys), '\n')
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return w.Flush()
}
