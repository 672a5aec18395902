package xform

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Attach gives a form the content of an attached file: the choices of selects
// from files and other secondary instances. The address is that of the form
// ("jr://file-csv/towns.csv") or just the file's name. Files are CSV, XML or
// GeoJSON, told apart by the form of their content where the name does not say.
// Media of labels are taken as they are.
// It belongs to the reading of the form: programs compiled before do not see it.
func Attach(f *survey.Form, address string, data []byte) error {
	named := func(s source) bool { return s.address == address || path.Base(s.address) == path.Base(address) }
	if !slices.ContainsFunc(sources(f), named) && slices.Contains(f.MediaFiles(), address) {
		return nil
	}
	root, err := secondaryRoot(address, data)
	if err != nil {
		return fmt.Errorf("read %s: %w", path.Base(address), err)
	}
	for _, s := range sources(f) {
		if !named(s) {
			continue
		}
		if f.Instances == nil {
			f.Instances = map[string]*survey.Instance{}
		}
		f.Instances[s.id] = &survey.Instance{ID: s.id, Source: s.address, Root: root}
	}
	return nil
}

func secondaryRoot(name string, data []byte) (*survey.Element, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("larger than %d MB", maxBytes>>20)
	}
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	switch {
	case strings.HasSuffix(name, ".geojson") || bytes.HasPrefix(trimmed, []byte("{")):
		return geojsonRoot(trimmed)
	case strings.HasSuffix(name, ".xml") || bytes.HasPrefix(trimmed, []byte("<")):
		return ReadXML(bytes.NewReader(trimmed))
	}
	return csvRoot(trimmed)
}

// csvRoot makes root/item/column of a table (ODK XForms specification, external
// secondary instances).
func csvRoot(data []byte) (*survey.Element, error) {
	head, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	if !bytes.Contains(head, []byte(",")) && bytes.Contains(head, []byte(";")) {
		r.Comma = ';'
	}
	var columns []string
	root := &survey.Element{Name: "root"}
	for {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return root, nil
		case err != nil:
			return nil, err
		case columns == nil:
			for _, c := range row {
				columns = append(columns, strings.TrimSpace(c))
			}
			continue
		}
		item := &survey.Element{Name: "item"}
		for i, cell := range row[:min(len(row), len(columns))] {
			item.Children = append(item.Children, &survey.Element{Name: columns[i], Text: cell})
		}
		root.Children = append(root.Children, item)
	}
}

// geojsonRoot makes root/item of a FeatureCollection's features: their
// properties, the id, and the geometry in the form of ODK.
func geojsonRoot(data []byte) (*survey.Element, error) {
	var fc struct {
		Type     string
		Features []struct {
			ID       any
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
			Properties json.RawMessage
		}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&fc); err != nil {
		return nil, fmt.Errorf("this is no GeoJSON: %w", err)
	}
	if fc.Type != "FeatureCollection" {
		return nil, fmt.Errorf("this is a %q, not a FeatureCollection", fc.Type)
	}
	root := &survey.Element{Name: "root"}
	for i, f := range fc.Features {
		item := &survey.Element{Name: "item"}
		geometry, err := odkGeometry(f.Geometry.Type, f.Geometry.Coordinates)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
		add(item, textElement("geometry", geometry))
		props, err := properties(f.Properties)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
		add(item, props...)
		if f.ID != nil && child(item, "id") == nil {
			add(item, textElement("id", fmt.Sprint(f.ID)))
		}
		add(root, item)
	}
	return root, nil
}

// properties keeps the order in which a feature's properties are written.
func properties(data json.RawMessage) ([]*survey.Element, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil // no properties
	}
	var out []*survey.Element
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		text := ""
		if v != nil {
			text = fmt.Sprint(v)
		}
		out = append(out, textElement(fmt.Sprint(key), text))
	}
	return out, nil
}

// odkGeometry writes a geometry as ODK does: "lat lon alt acc" and lists of them.
func odkGeometry(kind string, coordinates json.RawMessage) (string, error) {
	var points [][]float64
	var err error
	switch kind {
	case "Point":
		var p []float64
		err = json.Unmarshal(coordinates, &p)
		points = [][]float64{p}
	case "LineString":
		err = json.Unmarshal(coordinates, &points)
	case "Polygon":
		var rings [][][]float64
		if err = json.Unmarshal(coordinates, &rings); err == nil && len(rings) > 0 {
			points = rings[0]
		}
	default:
		return "", fmt.Errorf("the geometry %q has no form in a questionnaire", kind)
	}
	if err != nil {
		return "", err
	}
	var out []string
	for _, p := range points {
		if len(p) < 2 {
			return "", errors.New("a position needs longitude and latitude")
		}
		out = append(out, fmt.Sprintf("%v %v 0 0", p[1], p[0]))
	}
	return strings.Join(out, "; "), nil
}
