package exchange

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	orbwkb "github.com/paulmach/orb/encoding/wkb"

	"sselandscape/survey"
)

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

// writeGeoPackage writes a layer of units with typed columns, a spatial index, the words of
// questions and choices, and a style by form of organization; and repeats and the choices of
// several as tables that are related to it (OGC 18-000).
func writeGeoPackage(ctx context.Context, out *Files, path string, d *Dataset) error {
	return out.Write(path, func(f *os.File) error { return fillGeoPackage(ctx, f.Name(), d) })
}

func fillGeoPackage(ctx context.Context, path string, d *Dataset) error {
	return withEngine(ctx, path, func(e *engine) error {
		if err := e.exec(gpkgSchema + "BEGIN;"); err != nil {
			return err
		}
		g := &gpkgWriter{ctx: ctx, engine: e, d: d, fids: map[string]int64{}}
		for _, step := range []func() error{g.parents, g.tables, g.chosen, g.styles} {
			if err := step(); err != nil {
				return err
			}
		}
		return e.exec("COMMIT")
	})
}

// gpkgColumn is a column of the layer.
type gpkgColumn struct {
	name, kind string
	field      int                      // of the dataset, -1 for none
	value      func(v survey.Value) any // as it is stored
	beside     bool                     // the column before has the same answer
}

// gpkgWriter writes a dataset.
type gpkgWriter struct {
	ctx context.Context
	*engine
	d      *Dataset
	fids   map[string]int64 // of the rows that rows of repeats are about
	layers []*gpkgLayer
}

// gpkgLayer is a table with its columns: features, or attributes where rows have no place.
type gpkgLayer struct {
	*Table
	name    string
	columns []gpkgColumn
	bounds  bounds
	rows    int64
	tree    packedTree
	pairs   []gpkgPair // its rows with those that they are about
}

type gpkgPair struct{ base, related int64 }

// gpkgColumns are the columns with types of table 1 of the standard. Times are UTC, as it
// asks for, with the local text beside them.
func gpkgColumns(d *Dataset, t *Table) []gpkgColumn {
	used := map[string]bool{"fid": true, "geom": true, "parent_fid": true}
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
	for i, f := range t.Fields {
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

// parents notes which rows rows of repeats are about.
func (g *gpkgWriter) parents() error {
	for _, t := range g.d.Repeats {
		for f, err := range t.Rows(g.ctx) {
			if err != nil {
				return err
			}
			g.fids[f.Parent] = 0
		}
	}
	return nil
}

// tables writes the tables one after the other.
func (g *gpkgWriter) tables() error {
	used := map[string]bool{"layer_styles": true, "chosen": true}
	for _, t := range append([]*Table{&g.d.Table}, g.d.Repeats...) {
		name := statName(cmp.Or(t.Name, "units"), "t_", nil, used, func(s string, less int) string { return cutRunes(s, 60-less) })
		l := &gpkgLayer{Table: t, name: name, columns: gpkgColumns(g.d, t)}
		g.layers = append(g.layers, l)
		for _, step := range []func(*gpkgLayer) error{g.create, g.fill, g.index, g.describe, g.relate} {
			if err := step(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// kind is the type of the geometries, "" where there is none.
func (l *gpkgLayer) kind() string {
	switch {
	case l.Shapes:
		return "GEOMETRY"
	case l.Placed:
		return "POINT"
	}
	return ""
}

func (g *gpkgWriter) create(l *gpkgLayer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", quoted(l.name))
	if l.kind() != "" {
		fmt.Fprintf(&b, ", geom %s", l.kind())
	}
	if l.Table != &g.d.Table {
		b.WriteString(", parent_fid INTEGER")
	}
	for _, c := range l.columns {
		fmt.Fprintf(&b, ", %s %s", quoted(c.name), c.kind)
	}
	if err := g.exec(b.String() + ")"); err != nil {
		return err
	}
	identifier := cmp.Or(l.Label, l.name)
	if l.Table == &g.d.Table {
		identifier = cmp.Or(g.d.Name, l.name)
	} else if identifier != l.name {
		identifier += " (" + l.name + ")" // they differ from each other
	}
	if l.kind() == "" {
		return g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES (?, 'attributes', ?, ?)`, l.name, identifier, g.note())
	}
	return cmp.Or(g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, 'features', ?, ?, 4326)`, l.name, identifier, g.note()),
		g.exec(`INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)`, l.name, l.kind()))
}

func (g *gpkgWriter) note() string {
	if g.d.Fictional {
		return "All organizations in this file are fictional."
	}
	return ""
}

// fill writes the rows.
func (g *gpkgWriter) fill(l *gpkgLayer) error {
	first := 1 // fid, geom, parent_fid
	if l.kind() != "" {
		first++
	}
	repeat := l.Table != &g.d.Table
	if repeat {
		first++
	}
	args := make([]any, first+len(l.columns))
	insert, err := g.prepare("INSERT INTO " + quoted(l.name) + " VALUES (?" + strings.Repeat(", ?", len(args)-1) + ")")
	if err != nil {
		return err
	}
	defer insert.close()
	for f, err := range l.Rows(g.ctx) {
		if err != nil {
			return err
		}
		l.rows++
		args[0] = l.rows
		if l.kind() != "" {
			if args[1], err = l.place(f.Geometry); err != nil {
				return err
			}
		}
		if _, wanted := g.fids[f.ID]; wanted {
			g.fids[f.ID] = l.rows
		}
		if repeat {
			args[first-1] = nil
			if parent := g.fids[f.Parent]; parent > 0 {
				args[first-1] = parent
				l.pairs = append(l.pairs, gpkgPair{parent, l.rows})
			}
		}
		for k := range l.columns {
			c := &l.columns[k]
			v := survey.Value{}
			if c.field >= 0 {
				v = f.Values[c.field]
			}
			args[first+k] = c.value(v)
		}
		if err := insert.exec(args...); err != nil {
			return err
		}
	}
	return nil
}

// place is a geometry as it is stored, and its box goes into the spatial index.
func (l *gpkgLayer) place(geometry orb.Geometry) (any, error) {
	if geometry == nil {
		return nil, nil
	}
	shape := cut(geometry)
	b := shape.Bound()
	l.bounds.addBound(b)
	l.tree.add(l.rows, b)
	return gpkgBlob(shape, b)
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

// index writes the spatial index (annex F.3) and the triggers that keep it.
func (g *gpkgWriter) index(l *gpkgLayer) error {
	if l.kind() == "" {
		return nil
	}
	tree := "rtree_" + l.name + "_geom"
	if err := l.tree.write(g.engine, tree); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(gpkgTriggers)) {
		statement := strings.NewReplacer("TREE", quoted(tree), "TABLE", quoted(l.name), "ENVELOPE", "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)").Replace(gpkgTriggers[name])
		if err := g.exec("CREATE TRIGGER " + quoted(tree+"_"+name) + " " + statement); err != nil {
			return err
		}
	}
	return g.exec(`INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only')`, l.name)
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

// describe writes how many rows there are, their bound, and the words of questions and
// choices.
func (g *gpkgWriter) describe(l *gpkgLayer) error {
	if err := g.exec(`INSERT INTO gpkg_ogr_contents VALUES (?, ?)`, l.name, l.rows); err != nil {
		return err
	}
	if b := l.bounds; b.Placed {
		if err := g.exec(`UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?`, b.Min[0], b.Min[1], b.Max[0], b.Max[1], l.name); err != nil {
			return err
		}
	}
	for i := range l.columns {
		c := &l.columns[i]
		if c.field < 0 || c.beside {
			continue
		}
		if err := g.describeColumn(l, c, &l.Fields[c.field]); err != nil {
			return err
		}
	}
	return nil
}

func (g *gpkgWriter) describeColumn(l *gpkgLayer, c *gpkgColumn, f *Field) error {
	constraint := any(nil)
	if len(f.Choices) > 0 && f.Kind == survey.SelectOne {
		constraint = "choices of " + l.name + "." + strings.ToLower(c.name)
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
	return g.exec(`INSERT INTO gpkg_data_columns (table_name, column_name, name, title, constraint_name) VALUES (?, ?, ?, ?, ?)`, l.name, c.name, c.name, f.Label, constraint)
}

// gpkgRelations makes the table of relations (OGC 18-000, 7.1.1).
const gpkgRelations = `CREATE TABLE gpkgext_relations (id INTEGER PRIMARY KEY AUTOINCREMENT, base_table_name TEXT NOT NULL, base_primary_column TEXT NOT NULL DEFAULT 'id', related_table_name TEXT NOT NULL, related_primary_column TEXT NOT NULL DEFAULT 'id', relation_name TEXT NOT NULL, mapping_table_name TEXT NOT NULL UNIQUE);
INSERT INTO gpkg_extensions VALUES ('gpkgext_relations', NULL, 'gpkg_related_tables', 'http://www.opengis.net/doc/IS/gpkg-rte/1.0', 'read-write');`

// relate writes which rows of a repeat are about which of another table.
func (g *gpkgWriter) relate(l *gpkgLayer) error {
	if l.Table == &g.d.Table {
		return nil
	}
	base := g.layers[0]
	for _, x := range g.layers {
		if x.Table == l.About {
			base = x
		}
	}
	if len(g.layers) == 2 {
		if err := g.exec(gpkgRelations); err != nil {
			return err
		}
	}
	relation := "attributes"
	if l.kind() != "" {
		relation = "features"
	}
	mapping := base.name + "_" + l.name
	err := cmp.Or(g.exec(`CREATE TABLE `+quoted(mapping)+` (base_id INTEGER NOT NULL, related_id INTEGER NOT NULL)`),
		g.exec(`INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_related_tables', 'http://www.opengis.net/doc/IS/gpkg-rte/1.0', 'read-write')`, mapping),
		g.exec(`INSERT INTO gpkgext_relations (base_table_name, base_primary_column, related_table_name, related_primary_column, relation_name, mapping_table_name) VALUES (?, 'fid', ?, 'fid', ?, ?)`, base.name, l.name, relation, mapping))
	if err != nil {
		return err
	}
	insert, err := g.prepare(`INSERT INTO ` + quoted(mapping) + ` VALUES (?, ?)`)
	if err != nil {
		return err
	}
	defer insert.close()
	for _, p := range l.pairs {
		if err := insert.exec(p.base, p.related); err != nil {
			return err
		}
	}
	l.pairs = nil
	return nil
}

// chosen writes a row for each choice of a question that takes several, which no column can
// hold.
func (g *gpkgWriter) chosen() error {
	several := func(f Field) bool { return f.Kind == survey.SelectMultiple && len(f.Choices) > 0 }
	if !slices.ContainsFunc(g.layers, func(l *gpkgLayer) bool { return slices.ContainsFunc(l.Fields, several) }) {
		return nil
	}
	err := cmp.Or(g.exec(`CREATE TABLE chosen (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, table_name TEXT NOT NULL, parent_fid INTEGER NOT NULL, question TEXT NOT NULL, choice TEXT NOT NULL, label TEXT)`),
		g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES ('chosen', 'attributes', 'chosen', 'the choices of questions that take several, one a row')`))
	if err != nil {
		return err
	}
	insert, err := g.prepare(`INSERT INTO chosen (table_name, parent_fid, question, choice, label) VALUES (?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.close()
	for _, l := range g.layers {
		fid := int64(0)
		labels := make([]map[string]string, len(l.Fields))
		for i, f := range l.Fields {
			if several(f) {
				labels[i] = labelsOf(f.Choices)
			}
		}
		if !slices.ContainsFunc(l.Fields, several) {
			continue
		}
		for f, err := range l.Rows(g.ctx) {
			if err != nil {
				return err
			}
			fid++
			for i := range f.Values {
				if labels[i] == nil || f.Values[i].Special != "" {
					continue
				}
				for code := range strings.FieldsSeq(f.Values[i].Text) {
					if err := insert.exec(l.name, fid, l.Fields[i].Name, code, labels[i][code]); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// labelsOf are the labels of choices by code.
func labelsOf(choices []Choice) map[string]string {
	out := make(map[string]string, len(choices))
	for _, c := range choices {
		if _, twice := out[c.Code]; !twice {
			out[c.Code] = c.Label
		}
	}
	return out
}

// styles writes a style for the layer of units.
func (g *gpkgWriter) styles() error {
	err := g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'layer_styles')`)
	for _, table := range []string{"gpkg_data_columns", "gpkg_data_column_constraints"} {
		if err == nil {
			err = g.exec(`INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', 'http://www.geopackage.org/spec140/#extension_schema', 'read-write')`, table)
		}
	}
	l := g.layers[0]
	if err != nil || l.kind() == "" {
		return err
	}
	return g.exec(`INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, 'geom', 'units', ?, '', 1, '', '')`, l.name, l.qml())
}
