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
	g := &gpkgWriter{ctx: ctx, d: d, fids: map[string]int64{}}
	err := out.Write(path, func(f *os.File) error { return g.write(f.Name()) })
	for _, l := range g.layers {
		for i := range l.columns {
			if c := &l.columns[i]; c.unfit > 0 {
				out.noteUnfit(path, c.unfit, c.name)
			}
		}
	}
	return err
}

// write lets the engine make the tables, fills them page by page, and lets the engine make
// what has to know the rows.
func (g *gpkgWriter) write(path string) error {
	for _, step := range []func() error{g.parents, func() error { return withEngine(g.ctx, path, g.begin) }, func() error { return g.fillAll(path) }, func() error { return withEngine(g.ctx, path, g.finish) }} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// gpkgColumn is a column of the layer.
type gpkgColumn struct {
	name, kind string
	field      int                                 // of the dataset, -1 for none
	put        func(r *bulkRecord, v survey.Value) // as it is stored
	beside     bool                                // the column before has the same answer
	unfit      int                                 // answers that are not of its type
}

// gpkgWriter writes a dataset.
type gpkgWriter struct {
	ctx context.Context
	*engine
	d      *Dataset
	fids   map[string]int64 // of the rows that rows of repeats are about
	layers []*gpkgLayer
	roots  map[string]uint32 // first pages of tables
	picks  int64             // rows of the table of choices
	// identifiers are those of tables; used are the names of tables
	identifiers, used map[string]bool
}

// gpkgLayer is a table with its columns: features, or attributes where rows have no place.
type gpkgLayer struct {
	*Table
	name    string
	columns []gpkgColumn
	bounds  bounds
	rows    int64
	tree    packedTree
	blob    []byte
	mapping string // the table that says which of its rows are about which
}

// treeName is the spatial index of a layer.
func (l *gpkgLayer) treeName() string { return "rtree_" + l.name + "_geom" }

// repeat says whether its rows are about those of another table.
func (g *gpkgWriter) repeat(l *gpkgLayer) bool { return l.Table != &g.d.Table }

// gpkgColumns are the columns with types of table 1 of the standard. Times are UTC, as it
// asks for, with the local text beside them.
func gpkgColumns(d *Dataset, t *Table) []gpkgColumn {
	used := map[string]bool{"fid": true, "geom": true, "parent_fid": true}
	var out []gpkgColumn
	add := func(name, kind string, field int, put func(*bulkRecord, survey.Value)) {
		base := name
		for n := 2; used[strings.ToLower(name)]; n++ {
			name = base + "_" + strconv.Itoa(n)
		}
		used[strings.ToLower(name)] = true
		beside := len(out) > 0 && field >= 0 && out[len(out)-1].field == field
		out = append(out, gpkgColumn{name: name, kind: kind, field: field, put: put, beside: beside})
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
		add("fictional", "BOOLEAN", -1, func(r *bulkRecord, _ survey.Value) { r.integer(1) })
	}
	return out
}

// The values of columns; what does not fit its type is NULL.
func wholeNumber(r *bulkRecord, v survey.Value) {
	if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil && v.Special == "" {
		r.integer(n)
	} else {
		r.null()
	}
}

func realNumber(r *bulkRecord, v survey.Value) {
	if n, err := strconv.ParseFloat(v.Text, 64); err == nil && v.Special == "" && !math.IsNaN(n) && !math.IsInf(n, 0) {
		r.real(n)
	} else {
		r.null()
	}
}

func dateText(r *bulkRecord, v survey.Value) {
	if t, err := time.Parse(time.DateOnly, v.Text[:min(len(time.DateOnly), len(v.Text))]); err == nil && v.Special == "" {
		r.text(t.Format(time.DateOnly))
	} else {
		r.null()
	}
}

func utcText(r *bulkRecord, v survey.Value) {
	if t, ok := momentOf(v.Text); ok && v.Special == "" {
		r.text(t.UTC().Format("2006-01-02T15:04:05.000Z"))
		return
	}
	r.null()
}

// momentOf reads a date with a time and an offset (ISO 8601), as answers have them.
func momentOf(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.000-07:00", "2006-01-02T15:04-07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func plainValue(r *bulkRecord, v survey.Value) {
	if text := clean(v); text != "" {
		r.text(text)
	} else {
		r.null()
	}
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

// begin makes all tables, and finds their first pages.
func (g *gpkgWriter) begin(e *engine) error {
	g.engine = e
	if err := g.exec(gpkgSchema); err != nil {
		return err
	}
	used := map[string]bool{"layer_styles": true, chosenTable: true}
	g.used = used
	g.identifiers = map[string]bool{"layer_styles": true, chosenTable: true}
	for _, t := range append([]*Table{&g.d.Table}, g.d.Repeats...) {
		called := cmp.Or(t.Name, "units")
		if low := strings.ToLower(called); strings.HasPrefix(low, "gpkg") || strings.HasPrefix(low, "rtree") || strings.HasPrefix(low, "sqlite") {
			called = "t_" + called // names that are kept for others
		}
		name := statName(called, "t_", nil, used, cutRunesLess(60))
		l := &gpkgLayer{Table: t, name: name, columns: gpkgColumns(g.d, t)}
		g.layers = append(g.layers, l)
		if err := cmp.Or(g.create(l), g.relate(l)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(g.layers, func(l *gpkgLayer) bool { return slices.ContainsFunc(l.Fields, takesSeveral) }) {
		if err := g.exec(chosenSchema); err != nil {
			return err
		}
	}
	var err error
	g.roots, err = e.roots()
	return err
}

// fillAll writes the rows of all tables.
func (g *gpkgWriter) fillAll(path string) (err error) {
	b, err := openBulk(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := b.close(); err == nil {
			err = e
		}
	}()
	var several *picks
	if root, ok := g.roots[chosenTable]; ok {
		several = &picks{table: b.table(root)}
	}
	for _, l := range g.layers {
		if err := g.fill(b, l, several); err != nil {
			return err
		}
		if l.kind() != "" {
			if err := l.tree.write(b, g.roots, l.treeName()); err != nil {
				return err
			}
		}
	}
	if several == nil {
		return nil
	}
	g.picks = several.n
	return several.table.finish()
}

// finish writes what is known only now, and what must not be there while rows come.
func (g *gpkgWriter) finish(e *engine) error {
	g.engine = e
	for _, l := range g.layers {
		for _, step := range []func(*gpkgLayer) error{g.triggers, g.describe} {
			if err := step(l); err != nil {
				return err
			}
		}
	}
	if g.picks > 0 {
		if err := g.exec(`INSERT INTO sqlite_sequence VALUES (?, ?)`, chosenTable, g.picks); err != nil {
			return err
		}
	}
	return cmp.Or(g.styles(), g.publication())
}

// cutRunesLess cuts names to so many characters, and less.
func cutRunesLess(most int) func(s string, less int) string {
	return func(s string, less int) string { return cutRunes(s, most-less) }
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
	if g.repeat(l) {
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
	}
	for base, n := identifier, 2; g.identifiers[identifier]; n++ { // they differ from each other
		identifier = fmt.Sprintf("%s (%d)", base, n)
	}
	g.identifiers[identifier] = true
	if l.kind() == "" {
		return g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES (?, 'attributes', ?, ?)`, l.name, identifier, g.note())
	}
	return cmp.Or(g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, 'features', ?, ?, 4326)`, l.name, identifier, g.note()),
		g.exec(`INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)`, l.name, l.kind()),
		g.exec(`CREATE VIRTUAL TABLE `+quoted(l.treeName())+` USING rtree(id, minx, maxx, miny, maxy)`))
}

func (g *gpkgWriter) note() string {
	if g.d.Fictional {
		return "All organizations in this file are fictional."
	}
	return ""
}

// fill writes the rows of a table, and which rows they are about.
func (g *gpkgWriter) fill(b *bulkFile, l *gpkgLayer, several *picks) error {
	rows := b.table(g.roots[l.name])
	var pairs *bulkTable
	if l.mapping != "" {
		pairs = b.table(g.roots[l.mapping])
	}
	if several != nil {
		several.of(l)
	}
	var r, pair bulkRecord
	for f, err := range l.Rows(g.ctx) {
		if err != nil {
			return err
		}
		l.rows++
		if several != nil {
			if err := several.row(f); err != nil {
				return err
			}
		}
		r.reset()
		r.null() // fid is the number of the row
		if l.kind() != "" {
			if err := l.place(&r, f.Geometry); err != nil {
				return err
			}
		}
		if _, wanted := g.fids[f.ID]; wanted {
			g.fids[f.ID] = l.rows
		}
		if pairs != nil {
			parent := g.fids[f.Parent]
			if parent == 0 {
				return fmt.Errorf("row %s is about %s, and there is no such row", f.ID, f.Parent)
			}
			r.integer(parent)
			pair.reset()
			pair.integer(parent)
			pair.integer(l.rows)
			if err := pairs.add(l.rows, pair.bytes()); err != nil {
				return err
			}
		}
		for k := range l.columns {
			c := &l.columns[k]
			switch {
			case c.field < 0:
				c.put(&r, survey.Value{})
			case f.Values[c.field].Text == "":
				r.null()
			default:
				c.put(&r, f.Values[c.field])
				if kept := k+1 < len(l.columns) && l.columns[k+1].beside; r.endsInNull() && !kept && f.Values[c.field].Special == "" {
					c.unfit++
				}
			}
		}
		if err := rows.add(l.rows, r.bytes()); err != nil {
			return err
		}
	}
	if pairs != nil {
		if err := pairs.finish(); err != nil {
			return err
		}
	}
	return rows.finish()
}

// place writes a geometry as it is stored, and puts its box into the spatial index.
func (l *gpkgLayer) place(r *bulkRecord, geometry orb.Geometry) error {
	if geometry == nil {
		r.null()
		return nil
	}
	shape := cut(geometry)
	b := shape.Bound()
	l.bounds.addBound(b)
	l.tree.add(l.rows, b)
	var err error
	if l.blob, err = appendGPKG(l.blob[:0], shape, b); err == nil {
		r.blob(l.blob)
	}
	return err
}

// appendGPKG writes a geometry with its bound in the standard's binary (2.1.3): a header, and
// an envelope but of points, before WKB.
func appendGPKG(out []byte, geometry orb.Geometry, b orb.Bound) ([]byte, error) {
	const littleEndian, envelope = 1, 1 << 1
	if p, point := geometry.(orb.Point); point {
		out = binary.LittleEndian.AppendUint32(append(out, 'G', 'P', 0, littleEndian), 4326)
		out = binary.LittleEndian.AppendUint32(append(out, littleEndian), 1)
		return appendDoubles(out, p[0], p[1]), nil
	}
	body, err := orbwkb.Marshal(geometry, binary.LittleEndian)
	if err != nil {
		return out, err
	}
	out = binary.LittleEndian.AppendUint32(append(out, 'G', 'P', 0, littleEndian|envelope), 4326)
	return append(appendDoubles(out, b.Min[0], b.Max[0], b.Min[1], b.Max[1]), body...), nil
}

func appendDoubles(b []byte, vs ...float64) []byte {
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// triggers keep the spatial index (annex F.3).
func (g *gpkgWriter) triggers(l *gpkgLayer) error {
	if l.rows > 0 {
		if err := g.exec(`INSERT INTO sqlite_sequence VALUES (?, ?)`, l.name, l.rows); err != nil {
			return err
		}
	}
	if l.kind() == "" {
		return nil
	}
	tree := l.treeName()
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

// relate makes the table that says which rows of a repeat are about which of another table.
func (g *gpkgWriter) relate(l *gpkgLayer) error {
	if !g.repeat(l) {
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
	l.mapping = statName(base.name+"_"+l.name, "t_", nil, g.used, cutRunesLess(120))
	return cmp.Or(g.exec(`CREATE TABLE `+quoted(l.mapping)+` (base_id INTEGER NOT NULL, related_id INTEGER NOT NULL)`),
		g.exec(`INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_related_tables', 'http://www.opengis.net/doc/IS/gpkg-rte/1.0', 'read-write')`, l.mapping),
		g.exec(`INSERT INTO gpkgext_relations (base_table_name, base_primary_column, related_table_name, related_primary_column, relation_name, mapping_table_name) VALUES (?, 'fid', ?, 'fid', ?, ?)`, base.name, l.name, relation, l.mapping))
}

// chosenTable has a row for each choice of a question that takes several, which no column can
// hold.
const (
	chosenTable  = "chosen"
	chosenSchema = `CREATE TABLE chosen (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, table_name TEXT NOT NULL, parent_fid INTEGER NOT NULL, question TEXT NOT NULL, choice TEXT NOT NULL, label TEXT);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES ('chosen', 'attributes', 'chosen', 'the choices of questions that take several, one a row')`
)

func takesSeveral(f Field) bool { return f.Kind == survey.SelectMultiple && len(f.Choices) > 0 }

// picks writes rows of the table of choices.
type picks struct {
	table  *bulkTable
	n      int64
	layer  *gpkgLayer
	labels []map[string]string // by field
	r      bulkRecord
}

// of begins with the choices of a layer.
func (p *picks) of(l *gpkgLayer) {
	p.layer, p.labels = l, make([]map[string]string, len(l.Fields))
	for i, f := range l.Fields {
		if takesSeveral(f) {
			p.labels[i] = labelsOf(f.Choices)
		}
	}
}

// row writes the choices of a row.
func (p *picks) row(f *Feature) error {
	for i := range f.Values {
		if p.labels[i] == nil || f.Values[i].Special != "" {
			continue
		}
		for code := range strings.FieldsSeq(clean(f.Values[i])) {
			p.n++
			p.r.reset()
			p.r.null()
			p.r.text(p.layer.name)
			p.r.integer(p.layer.rows)
			p.r.text(p.layer.Fields[i].Name)
			p.r.text(code)
			p.r.text(p.labels[i][code])
			if err := p.table.add(p.n, p.r.bytes()); err != nil {
				return err
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
