package exchange

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Dataset is what a study has to say, ready to be written: its units with their answers,
// and repeats as tables of their own.
type Dataset struct {
	Name      string // of the study
	Fictional bool   // example data: every file says so
	Unmarked  bool   // CSV has no byte order mark
	Table            // of the units
	// Repeats come after the tables that their rows are about.
	Repeats []*Table
	About   About // for its documentation
	// Publication lets changes come back, if not nil.
	Publication *Publication
}

// Table is a rectangular part of a dataset.
type Table struct {
	Name   string // "" for the units, else that of the repeat
	Label  string // of the repeat
	About  *Table // what its rows are about; nil: the units
	Fields []Field
	Placed bool // rows may have a place
	Shapes bool // places may be other than points
	Rows   Rows
}

// Rows gives the rows of a table, the same each time it is called. A row is valid until
// the next one. After an error there are no more.
type Rows func(ctx context.Context) iter.Seq2[*Feature, error]

// RowsOf gives rows that are in memory.
func RowsOf(fs ...Feature) Rows {
	return func(ctx context.Context) iter.Seq2[*Feature, error] {
		return func(yield func(*Feature, error) bool) {
			for i := range fs {
				if err := ctx.Err(); err != nil {
					yield(nil, err)
					return
				}
				if !yield(&fs[i], nil) {
					return
				}
			}
		}
	}
}

// Field is a column. A numeric field is written as numbers where the text is one.
type Field struct {
	Name    string
	Kind    survey.Kind
	Label   string   // the question, "" if there is none
	Choices []Choice // of a select
	Group   string   // of the questionnaire that it stands in, or ""
	Class   survey.Class
	Wording
	Source string // the field of interviews that it holds as it is, or ""

	labelled []Choice // whose words stand in place of codes
}

// Choice is what a code stands for.
type Choice struct {
	Code, Label string
	Others      []Translation // of the label
}

// Feature is a row: one unit, or one row of a repeat. Geometry is lon, lat in WGS 84
// degrees, or nil.
type Feature struct {
	ID       string
	Parent   string // the row that this one is about, in a repeat
	Geometry orb.Geometry
	Values   []survey.Value // one per field
}

// Format is a way to write a dataset.
type Format struct {
	Name  string // as on the command line
	Title string // as in the menu
	Ext   string // with the dot
	// Coded formats keep codes and say themselves what they stand for.
	Coded bool
	// Tables says that repeats are written, each as a table of its own.
	Tables bool
	// Specials says that special answers are told from blank ones.
	Specials bool
	// Whole formats hold interviews with everything that was answered.
	Whole bool
	// write writes to a stream, files one or several files; a format has one of them.
	write func(context.Context, io.Writer, *Dataset) error
	files func(ctx context.Context, out *Files, path string, d *Dataset) error
}

// Formats lists what can be written.
func Formats() []Format {
	return []Format{
		{Name: "csv", Title: "CSV, for Excel and R", Ext: ".csv", Tables: true, write: writeCSV, files: writeCSVFiles},
		{Name: "xlsx", Title: "Excel workbook", Ext: ".xlsx", Tables: true, write: writeXLSX},
		{Name: "geojson", Title: "GeoJSON (RFC 7946)", Ext: ".geojson", write: writeGeoJSON},
		{Name: "gpkg", Title: "GeoPackage, for QGIS", Ext: ".gpkg", Coded: true, Tables: true, files: writeGeoPackage},
		{Name: "dta", Title: "Stata (14 and later)", Ext: ".dta", Specials: true, Coded: true, Tables: true, write: writeDTA, files: writeDTAFiles},
		{Name: "sav", Title: "SPSS", Ext: ".sav", Specials: true, Coded: true, Tables: true, write: writeSAV, files: writeSAVFiles},
		{Name: "kml", Title: "KML, for Google Earth", Ext: ".kml", files: writeKML},
		{Name: "shp", Title: "Shapefile, with a report of what it loses", Ext: ".shp", files: writeShapefile},
		{Name: "fgb", Title: "FlatGeobuf, for maps on the web", Ext: ".fgb", files: writeFlatGeobuf},
		{Name: "geojsonseq", Title: "GeoJSON, a line each (RFC 8142)", Ext: ".geojsonl", write: writeGeoJSONSeq},
		{Name: "ddi", Title: "DDI-Codebook 2.5, for data catalogues", Ext: ".xml", Specials: true, Coded: true, Tables: true, write: writeDDI},
		{Name: "codebook", Title: "Codebook to read, with counts", Ext: ".html", Specials: true, Coded: true, Tables: true, write: writeCodebook, files: writeCodebookFile},
		{Name: "codebook-pdf", Title: "Codebook to print (PDF)", Ext: ".pdf", Specials: true, Coded: true, Tables: true, write: printCodebook},
		{Name: "datapackage", Title: "Data Package: CSV, GeoJSON and codebook", Ext: ".zip", Specials: true, Coded: true, Tables: true, write: writeDataPackage},
		{Name: "xml", Title: "Submissions (XML of ODK), whole", Ext: ".zip", Specials: true, Coded: true, Tables: true, Whole: true, write: writeInstances},
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

// WriteFile writes the dataset to a file, and others beside it where a format needs them.
// They are replaced only when all is written.
func (f Format) WriteFile(ctx context.Context, path string, d *Dataset) (*Written, error) {
	out := &Files{}
	defer out.Discard()
	if err := f.WriteTo(ctx, out, path, d); err != nil {
		return nil, err
	}
	return out.Commit()
}

// WriteTo is WriteFile for what is put into its place together with other files.
func (f Format) WriteTo(ctx context.Context, out *Files, path string, d *Dataset) error {
	if f.files != nil {
		return f.files(ctx, out, path, d)
	}
	return out.Write(path, func(w *os.File) error { return f.write(ctx, w, d) })
}

// Written are the files that are in their places, and what is to be said of them.
type Written struct{ Files, Notes []string }

// Labelled is the dataset with words in place of codes. Codes that stand for nothing, and
// special answers, stay.
func (d *Dataset) Labelled() *Dataset {
	out := *d
	out.Table = d.Table.labelled()
	out.Repeats = nil
	made := map[*Table]*Table{}
	for _, t := range d.Repeats {
		l := t.labelled()
		l.About = made[t.About]
		made[t] = &l
		out.Repeats = append(out.Repeats, &l)
	}
	return &out
}

func (t *Table) labelled() Table {
	out := *t
	out.Fields = slices.Clone(t.Fields)
	labels := make([]map[string]string, len(t.Fields))
	for i := range out.Fields {
		if f := &out.Fields[i]; len(f.Choices) > 0 {
			labels[i] = labelsOf(f.Choices)
			f.Kind, f.Choices, f.labelled = survey.String, nil, f.Choices
		}
	}
	out.Rows = func(ctx context.Context) iter.Seq2[*Feature, error] {
		return func(yield func(*Feature, error) bool) {
			row := &Feature{}
			for f, err := range t.Rows(ctx) {
				if err != nil {
					yield(nil, err)
					return
				}
				values := append(row.Values[:0], f.Values...)
				*row = *f
				row.Values = values
				for i := range values {
					if labels[i] != nil && values[i].Special == "" {
						values[i].Text = inWords(labels[i], values[i].Text, t.Fields[i].Kind)
					}
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return out
}

// inWords are the labels of the codes of an answer, "; " between several.
func inWords(labels map[string]string, text string, kind survey.Kind) string {
	if kind == survey.SelectOne {
		return cmp.Or(labels[text], text)
	}
	var words []string
	for code := range strings.FieldsSeq(text) {
		words = append(words, cmp.Or(labels[code], code))
	}
	return strings.Join(words, "; ")
}
