package exchange

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	orbwkb "github.com/paulmach/orb/encoding/wkb"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// gpkgTable is the layer of a GeoPackage.
const gpkgTable = "units"

// gpkgSchema makes the tables of GeoPackage 1.4 (OGC 12-128r19) that are the same in every
// file: spatial reference systems (1.1.2), contents (1.1.3), geometry columns (2.1.5),
// extensions (2.3) and the schema extension (annex F.9); and the styles that QGIS reads.
const gpkgSchema = `
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10400;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
 ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
 ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
 ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
`

// writeGeoPackage writes one layer of units with typed columns, a spatial index, the words
// of questions and choices, and a style by form of organization.
func writeGeoPackage(ctx context.Context, path string, d *Dataset) error {
	return writeFile(path, func(f *os.File) error { return fillGeoPackage(ctx, f.Name(), d) })
}

func fillGeoPackage(ctx context.Context, path string, d *Dataset) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", study.FileURI(abs, "mode=rw&_pragma=journal_mode(MEMORY)&_pragma=synchronous(OFF)"))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, gpkgSchema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	g := &gpkgWriter{ctx: ctx, tx: tx, d: d, columns: gpkgColumns(d)}
	for _, step := range []func() error{g.table, g.rows, g.index, g.describe} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return db.Close()
}

// gpkgColumn is a column of the layer.
type gpkgColumn struct {
	name, kind string
	field      int                      // of the dataset, -1 for none
	value      func(v survey.Value) any // as it is stored
	beside     bool                     // the column before has the same answer
}

type gpkgWriter struct {
	ctx     context.Context
	tx      *sql.Tx
	d       *Dataset
	columns []gpkgColumn
	bound   orb.Bound
	placed  int
}

// gpkgColumns are the columns with types of table 1 of the standard. Times are UTC, as it
// asks for, with the local text beside them.
func gpkgColumns(d *Dataset) []gpkgColumn {
	used := map[string]bool{"fid": true, "geom": true}
	var out []gpkgColumn
	add := func(name, kind string, field int, value func(survey.Value) any) {
		base := name
		for n := 2; used[strings.ToLower(name)]; n++ {
			name = base + "_" + strconv.Itoa(n)
		}
		used[strings.ToLower(name)] = true
		beside := len(out) > 0 && field >= 0 && out[len(out)-1].field == field
		out = append(out, gpkgColumn{name, kind, field, value, beside})
	}
	for i, f := range d.Fields {
		switch f.Kind {
		case survey.Integer:
			add(f.Name, "INTEGER", i, wholeNumber)
		case survey.Decimal, survey.Range:
			add(f.Name, "REAL", i, realNumber)
		case survey.Date, survey.Today:
			add(f.Name, "DATE", i, dateText)
		case survey.DateTime, survey.Start, survey.End:
			add(f.Name, "DATETIME", i, utcText)
			add(f.Name+"_local", "TEXT", i, plainValue)
		default:
			add(f.Name, "TEXT", i, plainValue)
		}
	}
	if d.Fictional {
		add("fictional", "BOOLEAN", -1, func(survey.Value) any { return 1 })
	}
	return out
}

// The values of columns; what does not fit its type is NULL.
func wholeNumber(v survey.Value) any {
	if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil && v.Special == "" {
		return n
	}
	return nil
}

func realNumber(v survey.Value) any {
	if n, err := strconv.ParseFloat(v.Text, 64); err == nil && v.Special == "" && !math.IsNaN(n) && !math.IsInf(n, 0) {
		return n
	}
	return nil
}

func dateText(v survey.Value) any {
	if t, err := time.Parse("2006-01-02", v.Text[:min(10, len(v.Text))]); err == nil && v.Special == "" {
		return t.Format("2006-01-02")
	}
	return nil
}

func utcText(v survey.Value) any {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.000-07:00", "2006-01-02T15:04-07:00"} {
		if t, err := time.Parse(layout, v.Text); err == nil && v.Special == "" {
			return t.UTC().Format("2006-01-02T15:04:05.000Z")
		}
	}
	return nil
}

func plainValue(v survey.Value) any {
	if text := clean(v); text != "" {
		return text
	}
	return nil
}

func (g *gpkgWriter) exec(statement string, args ...any) error {
	_, err := g.tx.ExecContext(g.ctx, statement, args...)
	return err
}

func (g *gpkgWriter) table() error {
	kind := "POINT"
	if !onlyPoints(g.d) {
		kind = "GEOMETRY"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom %s", gpkgTable, kind)
	for _, c := range g.columns {
		fmt.Fprintf(&b, ", %s %s", quoted(c.name), c.kind)
	}
	return cmp.Or(g.exec(b.String()+")"),
		g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, 'features', ?, ?, 4326)`, gpkgTable, cmp.Or(g.d.Name, gpkgTable), g.note()),
		g.exec(`INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)`, gpkgTable, kind))
}

func (g *gpkgWriter) note() string {
	if g.d.Fictional {
		return "All organizations in this file are fictional."
	}
	return ""
}

// gpkgTree is the spatial index of the layer.
const gpkgTree = "rtree_" + gpkgTable + "_geom"

// rows writes the units, and their boxes into the spatial index (annex F.3).
func (g *gpkgWriter) rows() error {
	if err := g.exec(`CREATE VIRTUAL TABLE ` + gpkgTree + ` USING rtree(id, minx, maxx, miny, maxy)`); err != nil {
		return err
	}
	unit, err := g.tx.PrepareContext(g.ctx, "INSERT INTO "+gpkgTable+" VALUES (?, ?"+strings.Repeat(", ?", len(g.columns))+")")
	if err != nil {
		return err
	}
	defer unit.Close()
	box, err := g.tx.PrepareContext(g.ctx, `INSERT INTO `+gpkgTree+` VALUES (?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer box.Close()
	args := make([]any, len(g.columns)+2)
	for i := range g.d.Features {
		f := &g.d.Features[i]
		args[0], args[1] = i+1, nil
		if f.Geometry != nil {
			shape := cut(f.Geometry)
			b := shape.Bound()
			g.extend(b)
			if args[1], err = gpkgBlob(shape, b); err != nil {
				return err
			}
			if _, err := box.ExecContext(g.ctx, i+1, b.Min[0], b.Max[0], b.Min[1], b.Max[1]); err != nil {
				return err
			}
		}
		for k, c := range g.columns {
			v := survey.Value{}
			if c.field >= 0 {
				v = f.Values[c.field]
			}
			args[k+2] = c.value(v)
		}
		if _, err := unit.ExecContext(g.ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// extend makes the bound of the layer hold a box.
func (g *gpkgWriter) extend(b orb.Bound) {
	if g.placed++; g.placed == 1 {
		g.bound = b
	}
	g.bound = g.bound.Union(b)
}

// gpkgBlob is a geometry with its bound in the standard's binary (2.1.3): a header, and an
// envelope but of points, before WKB.
func gpkgBlob(geometry orb.Geometry, b orb.Bound) ([]byte, error) {
	body, err := orbwkb.Marshal(geometry, binary.LittleEndian)
	if err != nil {
		return nil, err
	}
	flags := byte(1) // little endian
	_, point := geometry.(orb.Point)
	if !point {
		flags |= 1 << 1
	}
	out := binary.LittleEndian.AppendUint32([]byte{'G', 'P', 0, flags}, 4326)
	if !point {
		for _, v := range []float64{b.Min[0], b.Max[0], b.Min[1], b.Max[1]} {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
		}
	}
	return append(out, body...), nil
}

// index makes the triggers that keep the spatial index.
func (g *gpkgWriter) index() error {
	for name, rest := range gpkgTriggers {
		statement := strings.NewReplacer("TREE", gpkgTree, "TABLE", gpkgTable, "ENVELOPE", "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)").Replace("CREATE TRIGGER TREE_" + name + " " + rest)
		if err := g.exec(statement); err != nil {
			return err
		}
	}
	return g.exec(`INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only')`, gpkgTable)
}

// gpkgTriggers are those of version 1.4 (annex F.3).
var gpkgTriggers = map[string]string{
	"insert":  "AFTER INSERT ON TABLE WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN INSERT OR REPLACE INTO TREE VALUES (NEW.fid, ENVELOPE); END",
	"update2": "AFTER UPDATE OF geom ON TABLE WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN DELETE FROM TREE WHERE id = OLD.fid; END",
	"update4": "AFTER UPDATE ON TABLE WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN DELETE FROM TREE WHERE id IN (OLD.fid, NEW.fid); END",
	"update5": "AFTER UPDATE ON TABLE WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN DELETE FROM TREE WHERE id = OLD.fid; INSERT OR REPLACE INTO TREE VALUES (NEW.fid, ENVELOPE); END",
	"update6": "AFTER UPDATE OF geom ON TABLE WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) AND (OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom)) BEGIN UPDATE TREE SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid; END",
	"update7": "AFTER UPDATE OF geom ON TABLE WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) AND (OLD.geom ISNULL OR ST_IsEmpty(OLD.geom)) BEGIN INSERT INTO TREE VALUES (NEW.fid, ENVELOPE); END",
	"delete":  "AFTER DELETE ON TABLE WHEN OLD.geom NOT NULL BEGIN DELETE FROM TREE WHERE id = OLD.fid; END",
}

// describe writes the bound, the words of questions and choices, and the style.
func (g *gpkgWriter) describe() error {
	err := g.exec(`INSERT INTO gpkg_ogr_contents VALUES (?, ?)`, gpkgTable, len(g.d.Features))
	if err == nil && g.placed > 0 {
		err = g.exec(`UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?`, g.bound.Min[0], g.bound.Min[1], g.bound.Max[0], g.bound.Max[1])
	}
	if err == nil {
		err = g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'layer_styles')`)
	}
	for _, table := range []string{"gpkg_data_columns", "gpkg_data_column_constraints"} {
		if err == nil {
			err = g.exec(`INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', 'http://www.geopackage.org/spec140/#extension_schema', 'read-write')`, table)
		}
	}
	if err != nil {
		return err
	}
	for _, c := range g.columns {
		if c.field < 0 || c.beside {
			continue
		}
		if err := g.describeColumn(c, &g.d.Fields[c.field]); err != nil {
			return err
		}
	}
	return g.exec(`INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, 'geom', 'units', ?, '', 1, '', '')`, gpkgTable, g.qml())
}

func (g *gpkgWriter) describeColumn(c gpkgColumn, f *Field) error {
	constraint := any(nil)
	if len(f.Choices) > 0 && f.Kind == survey.SelectOne {
		constraint = "choices of " + strings.ToLower(c.name)
		seen := map[string]bool{}
		for _, x := range f.Choices {
			if seen[x.Code] {
				continue
			}
			seen[x.Code] = true
			if err := g.exec(`INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES (?, 'enum', ?, ?)`, constraint, x.Code, x.Label); err != nil {
				return err
			}
		}
	}
	if f.Label == "" && constraint == nil {
		return nil
	}
	return g.exec(`INSERT INTO gpkg_data_columns (table_name, column_name, name, title, constraint_name) VALUES (?, ?, ?, ?, ?)`, gpkgTable, c.name, c.name, f.Label, constraint)
}
