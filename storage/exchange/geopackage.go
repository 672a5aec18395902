package exchange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"sselandscape/storage/study"
)

// geoPackage is a table of a GeoPackage (OGC 12-128r19). The file is somebody else's: it
// is opened read-only and as one that does not change, its schema is not trusted, only
// tables are read, and nothing is ever attached.
type geoPackage struct {
	of      *geoFile
	db      *sql.DB
	geom    string // "" if the table has no geometries
	names   []string
	cancel  context.CancelFunc
	context context.Context
}

var errGeoPackage = errors.New("it is no GeoPackage, or damaged; it may not have been copied whole")

func openGeoPackage(of *geoFile) (featureSource, error) {
	var head [100]byte
	if _, err := of.file.ReadAt(head[:], 0); err != nil || string(head[:16]) != "SQLite format 3\x00" {
		return nil, errGeoPackage
	}
	db, err := study.OpenForeign(of.file.Name(), false, of.longest())
	switch {
	case errors.Is(err, study.ErrOpenElsewhere):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", errGeoPackage, err)
	}
	of.encoding = ""
	g := &geoPackage{of: of, db: db}
	g.context, g.cancel = context.WithCancel(context.Background())
	if err := guarded(g.open); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

// longest is how long a geometry may be, in bytes: a position takes 32 at most, and no
// part has less than one.
func (g *geoFile) longest() int { return min(maxBoundaryFile, 200+40*g.most) }

// guarded makes an error of what the engine does on damaged files.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errGeoPackage
		}
	}()
	if err = do(); err == nil || errors.Is(err, errStop) || errors.Is(err, context.Canceled) {
		return err
	}
	var said *sayable
	var layer *LayerError
	if errors.As(err, &said) || errors.As(err, &layer) {
		return err
	}
	return fmt.Errorf("%w (%w)", errGeoPackage, err)
}

// sayable is an error that is told as it is.
type sayable struct{ error }

func (s *sayable) Unwrap() error { return s.error }

// geoSystem is a coordinate system as a GeoPackage says it.
type geoSystem struct {
	geom, organization, definition string
	id, code                       int
}

// open chooses a layer, or a table where those are of use. One layer is taken before all
// tables.
func (g *geoPackage) open() error {
	rows, err := g.db.QueryContext(g.context, `SELECT c.table_name, coalesce(g.column_name, ''), coalesce(g.srs_id, 0), coalesce(s.organization, ''), coalesce(s.organization_coordsys_id, 0), coalesce(CASE WHEN octet_length(s.definition) <= ? THEN s.definition END, '')
		FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
		WHERE c.data_type IN ('features', 'attributes') AND max(octet_length(c.table_name), coalesce(octet_length(g.column_name), 0), coalesce(octet_length(s.organization), 0)) <= ? AND EXISTS (SELECT 1 FROM sqlite_master m WHERE m.type = 'table' AND m.name = c.table_name AND m.sql NOT LIKE 'CREATE VIRTUAL%')
		ORDER BY c.table_name LIMIT 1000`, maxWKT, maxName)
	if err != nil {
		return err
	}
	defer rows.Close()
	systems := map[string]geoSystem{}
	var tables []string
	for rows.Next() {
		var name string
		var s geoSystem
		if err := rows.Scan(&name, &s.geom, &s.id, &s.organization, &s.code, &s.definition); err != nil {
			return err
		}
		systems[name] = s
		if s.geom != "" {
			g.of.layers = append(g.of.layers, name)
		} else if name != "layer_styles" {
			tables = append(tables, name)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if g.of.tables {
		if g.of.layer == "" && len(g.of.layers) == 1 {
			g.of.layer = g.of.layers[0]
		}
		g.of.layers = append(g.of.layers, tables...)
	}
	if err := g.of.chooseLayer(); err != nil {
		return &sayable{err}
	}
	s := systems[g.of.layer]
	if g.geom = s.geom; g.geom != "" {
		if g.of.project, g.of.system, err = s.projection(); err != nil {
			return &sayable{err}
		}
	}
	return g.readFields()
}

func (s geoSystem) projection() (projection, string, error) {
	switch {
	case s.id == 4326:
		return nil, "", nil
	case strings.EqualFold(s.organization, "EPSG"):
		return projectionNumbered(s.code)
	case s.id == 0 || s.id == -1:
		return nil, "", errors.New("it does not say in which coordinate system its positions are; set it in the program that wrote it")
	}
	return projectionOf(s.definition)
}

// readFields lists the columns of the table that hold texts and numbers. Computed
// columns are not among them: what they compute is somebody else's program.
func (g *geoPackage) readFields() error {
	rows, err := g.db.QueryContext(g.context, `SELECT name, upper(type) FROM pragma_table_info(?) ORDER BY cid LIMIT ?`, g.of.layer, maxListCols+2)
	if err != nil {
		return err
	}
	defer rows.Close()
	stored := g.geom == ""
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return err
		}
		switch {
		case g.geom != "" && strings.EqualFold(name, g.geom):
			stored = true
		case !strings.HasPrefix(kind, "BLOB"):
			g.names = append(g.names, name)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if !stored {
		return fmt.Errorf("the table has no column %q of geometries", cutTo(g.geom, 40))
	}
	return nil
}

func (g *geoPackage) fields() ([]string, bool) { return g.names, true }

func (g *geoPackage) close() error {
	g.cancel()
	return g.db.Close()
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (g *geoPackage) features(ctx context.Context, each func(*geoFeature) error) error {
	return guarded(func() error { return g.read(ctx, each) })
}

// maxFetched bounds the texts of a row that are fetched, in bytes.
const maxFetched = 16 << 20

// query asks for the geometry, if it is not too long, and of each text how long it is and
// itself, if it is not too long. What is too long is not fetched at all.
func (g *geoPackage) query() (query string, longest int) {
	longest = min(utf8.UTFMax*maxCell, maxFetched/max(1, len(g.names)))
	columns := "NULL, 0"
	if g.geom != "" {
		columns = fmt.Sprintf("CASE WHEN octet_length(%[1]s) <= %[2]d THEN %[1]s END, octet_length(%[1]s)", quoted(g.geom), g.of.longest())
	}
	for _, f := range g.names {
		columns += fmt.Sprintf(", octet_length(%[1]s), CASE WHEN octet_length(%[1]s) <= %[2]d THEN CAST(%[1]s AS TEXT) END", quoted(f), longest)
	}
	return "SELECT " + columns + " FROM " + quoted(g.of.layer), longest
}

func (g *geoPackage) read(ctx context.Context, each func(*geoFeature) error) error {
	query, longest := g.query()
	rows, err := g.db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	var blob sql.RawBytes
	var length sql.NullInt64
	cells, lengths := make([]sql.NullString, len(g.names)), make([]sql.NullInt64, len(g.names))
	into := []any{&blob, &length}
	for i := range cells {
		into = append(into, &lengths[i], &cells[i])
	}
	for n := 1; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		x := &geoFeature{number: n, most: g.of.most}
		for i, c := range cells {
			x.add(g.names[i], strings.ToValidUTF8(c.String, "\ufffd"))
			if lengths[i].Int64 > int64(longest) || utf8.RuneCountInString(c.String) > maxCell {
				x.tooLong(g.names[i])
			}
		}
		switch {
		case length.Int64 > int64(g.of.longest()):
			x.bad = fmt.Sprintf("its geometry is longer than %d bytes", g.of.longest())
		case len(blob) > 0 && x.bad == "":
			x.bad = x.readBlob(blob)
		}
		if err := each(x); err != nil {
			return &sayable{err}
		}
	}
	return rows.Err()
}
