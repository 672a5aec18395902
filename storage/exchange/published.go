package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strconv"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Publication says of which state of which study a GeoPackage is, so that what is changed in
// it can come back. It stands in the file as metadata (OGC 12-128r19, annex F.8).
type Publication struct {
	Study string `json:"study"`
	// Seen is the newest revision of each laptop, by device.
	Seen map[string]int64 `json:"seen"`
	// Columns are the fields of interviews that columns hold, by the names of the columns.
	Columns map[string]PublishedColumn `json:"columns"`
}

// PublishedColumn is a column whose changes can come back.
type PublishedColumn struct {
	Field string      `json:"field"`
	Kind  survey.Kind `json:"kind"`
}

// publicationStandard names what the metadata is.
const publicationStandard = "urn:sse-landscape:publication:1"

// unitColumn is the column by which units are known.
const unitColumn = "unit_id"

// gpkgMetadata makes the tables of the metadata extension.
const gpkgMetadata = `CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
INSERT INTO gpkg_extensions VALUES ('gpkg_metadata', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec140/#extension_metadata', 'read-write'), ('gpkg_metadata_reference', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec140/#extension_metadata', 'read-write');`

// publication writes of which state the layer of units is.
func (g *gpkgWriter) publication() error {
	if g.d.Publication == nil {
		return nil
	}
	p := *g.d.Publication
	p.Columns = map[string]PublishedColumn{}
	l := g.layers[0]
	for i, c := range l.columns {
		if c.field < 0 || l.Fields[c.field].Source == "" || i+1 < len(l.columns) && l.columns[i+1].beside {
			continue // times come back by their local text
		}
		p.Columns[c.name] = PublishedColumn{l.Fields[c.field].Source, l.Fields[c.field].Kind}
	}
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := g.exec(gpkgMetadata); err != nil {
		return err
	}
	if err := g.exec(`INSERT INTO gpkg_metadata VALUES (1, 'dataset', ?, 'application/json', ?)`, publicationStandard, string(b)); err != nil {
		return err
	}
	return g.exec(`INSERT INTO gpkg_metadata_reference (reference_scope, table_name, md_file_id) VALUES ('table', ?, 1)`, l.name)
}

// Published is a GeoPackage that was exported, and may have been changed since.
type Published struct {
	Name   string
	Tables []string // of repeats, which are not read
	Publication
	of *geoFile
}

// PublishedRow is a unit as it stands in the file.
type PublishedRow struct {
	Number int    // of the row, from 1
	Unit   string // "" of one that was added
	// Cells hold what columns say, by column; blank ones are "".
	Cells map[string]string
	// Others are the cells of the other columns.
	Others map[string]string
	Point  *orb.Point // lon, lat; nil without
	Bad    string     // why the row cannot be read, or ""
}

// ErrNotPublished means that a GeoPackage does not say of which study it is.
var ErrNotPublished = errors.New("it was not exported from a study for its team, so nobody knows what was changed in it; import it as a list of units")

// maxPublication bounds what a file says of itself, in bytes.
const maxPublication = 4 << 20

// OpenPublished opens a GeoPackage that comes back. Close it.
func OpenPublished(path string) (_ *Published, err error) {
	p := &Published{Name: filepath.Base(path)}
	defer func() {
		if err != nil {
			p.Close()
			err = fmt.Errorf("read %q: %w", p.Name, err)
		}
	}()
	f, size, err := openGiven(path)
	p.of = &geoFile{file: f, size: size, layer: "units", most: maxPositions}
	if err != nil {
		return nil, err
	}
	s, err := openGeoPackage(p.of)
	if err != nil {
		return nil, err
	}
	p.of.source = s
	return p, guarded(func() error { return p.readPublication(s.(*geoPackage)) })
}

func (p *Published) readPublication(g *geoPackage) error {
	var has int
	err := g.db.QueryRowContext(g.context, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'gpkg_metadata'`).Scan(&has)
	if err != nil || has == 0 {
		return &sayable{errors.Join(ErrNotPublished, err)}
	}
	var text string
	err = g.db.QueryRowContext(g.context, `SELECT CAST(metadata AS TEXT) FROM gpkg_metadata WHERE md_standard_uri = ? AND octet_length(metadata) <= ? LIMIT 1`, publicationStandard, maxPublication).Scan(&text)
	if err != nil {
		return &sayable{ErrNotPublished}
	}
	rows, err := g.db.QueryContext(g.context, `SELECT substr(table_name, 1, 100) FROM gpkg_contents WHERE table_name NOT IN ('units', 'layer_styles', ?) AND data_type IN ('features', 'attributes') ORDER BY table_name LIMIT 50`, chosenTable)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		p.Tables = append(p.Tables, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), &p.Publication); err != nil || p.Study == "" {
		return &sayable{ErrNotPublished}
	}
	return nil
}

// Close closes the file.
func (p *Published) Close() error {
	if p.of == nil {
		return nil
	}
	err := p.of.close()
	if p.of.file != nil {
		err = errors.Join(err, p.of.file.Close())
	}
	return err
}

// Rows reads the rows. An error ends it.
func (p *Published) Rows(ctx context.Context) iter.Seq2[*PublishedRow, error] {
	return func(yield func(*PublishedRow, error) bool) {
		n := 0
		err := p.of.features(ctx, func(x *geoFeature) error {
			if n++; n > maxListRows {
				return fmt.Errorf("it has more than %d rows", maxListRows)
			}
			r := &PublishedRow{Number: x.number, Bad: x.bad, Cells: map[string]string{}, Others: map[string]string{}}
			for i, name := range x.names {
				if name == unitColumn {
					r.Unit = x.values[i]
				}
				if _, ok := p.Columns[name]; ok {
					r.Cells[name] = x.values[i]
				} else {
					r.Others[name] = x.values[i]
				}
			}
			if x.kind == "Point" && len(x.rings) == 1 {
				r.Point = &x.rings[0][0]
			} else if x.kind != "" && r.Bad == "" {
				r.Bad = "its place is no point"
			}
			if !yield(r, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, fmt.Errorf("read %q: %w", p.Name, err))
		}
	}
}

// Same says whether a cell says what an answer says in a column of its kind: numbers may be
// written in several ways, and what no column of the kind holds is blank.
func (c PublishedColumn) Same(cell string, v survey.Value) bool {
	var r bulkRecord
	for _, x := range gpkgColumns(&Dataset{}, &Table{Fields: []Field{{Name: "x", Kind: c.Kind}}}) {
		r.reset()
		x.put(&r, v)
	}
	blank := len(r.types) == 1 && r.types[0] == 0
	if blank || cell == "" {
		return blank && cell == ""
	}
	if c.Kind.Numeric() {
		a, err := strconv.ParseFloat(cell, 64)
		b, err2 := strconv.ParseFloat(v.Text, 64)
		return err == nil && err2 == nil && a == b
	}
	return cell == string(r.values)
}
