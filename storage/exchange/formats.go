package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Dataset is units with their answers, ready to be written.
type Dataset struct {
	Name      string // of the study
	Fictional bool   // example data: every file says so
	Fields    []Field
	Features  []Feature
}

// Field is a column. A numeric field is written as numbers where the text is one.
type Field struct {
	Name    string
	Kind    survey.Kind
	Label   string   // the question, "" if there is none
	Choices []Choice // of a select
}

// Choice is what a code stands for.
type Choice struct{ Code, Label string }

// Feature is one unit. Geometry is lon, lat in WGS 84 degrees, or nil.
type Feature struct {
	ID       string
	Geometry orb.Geometry
	Values   []survey.Value // one per field
}

// Format is a way to write a dataset.
type Format struct {
	Name  string // as on the command line
	Title string // as in the menu
	Ext   string // with the dot
	write func(context.Context, io.Writer, *Dataset) error
	// whole writes a format of several files in place of write; may be nil.
	whole func(ctx context.Context, path string, d *Dataset) error
}

// Formats lists what can be written.
func Formats() []Format {
	return []Format{
		{"csv", "CSV, for Excel and R", ".csv", writeCSV, writeCSVFile},
		{"xlsx", "Excel workbook", ".xlsx", writeXLSX, nil},
		{"geojson", "GeoJSON (RFC 7946)", ".geojson", writeGeoJSON, nil},
		{"gpkg", "GeoPackage, for QGIS", ".gpkg", nil, writeGeoPackage},
		{"dta", "Stata (14 and later)", ".dta", writeDTA, nil},
		{"geojsonl", "GeoJSON, a line each (RFC 8142)", ".geojsonl", writeGeoJSONSeq, nil},
	}
}

// ByName returns the format with the name.
func ByName(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Write writes the dataset to a stream; it fails for formats that are files of their own.
func (f Format) Write(ctx context.Context, w io.Writer, d *Dataset) error {
	if f.write == nil {
		return fmt.Errorf("%s cannot be written to a stream; write a file", f.Title)
	}
	return f.write(ctx, w, d)
}

// WriteFile writes the dataset to a file, replacing it only when all is written.
func (f Format) WriteFile(ctx context.Context, path string, d *Dataset) error {
	if f.whole != nil {
		return f.whole(ctx, path, d)
	}
	return WriteWhole(path, func(w io.Writer) error { return f.write(ctx, w, d) })
}

// WriteWhole writes beside the file, syncs and renames, so that the file is there
// whole or as it was.
func WriteWhole(path string, write func(io.Writer) error) (err error) {
	return writeFile(path, func(f *os.File) error { return write(f) })
}

// writeFile is WriteWhole for what writes the file by itself.
func writeFile(path string, write func(f *os.File) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".sse-*")
	if err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("write %q: %w", path, err)
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	if d, err := os.Open(dir); err == nil { // the directory entry; not on all systems
		d.Sync()
		d.Close()
	}
	return nil
}
