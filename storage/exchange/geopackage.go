package exchange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sselandscape/storage/study"
)

// geoPackage is boundaries in a GeoPackage (OGC 12-128r19). The file is somebody
// else's: it is opened read-only and as one that does not change, its schema is not
// trusted, only tables are read, and nothing is ever attached.
type geoPackage struct {
	db      *sql.DB
	table   string
	geom    string
	fields  []string
	cancel  context.CancelFunc
	context context.Context
}

var errGeoPackage = errors.New("it is no GeoPackage, or damaged; it may not have been copied whole")

func openGeoPackage(b *Boundaries, o BoundaryOptions) (areaSource, error) {
	var head [100]byte
	if _, err := b.file.ReadAt(head[:], 0); err != nil || string(head[:16]) != "SQLite format 3\x00" {
		return nil, errGeoPackage
	}
	db, err := study.OpenForeign(b.file.Name(), false, maxBoundaryFile)
	switch {
	case errors.Is(err, study.ErrOpenElsewhere):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", errGeoPackage, err)
	}
	g := &geoPackage{db: db}
	g.context, g.cancel = context.WithCancel(context.Background())
	if err := guarded(func() error { return g.open(b, o.Layer) }); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

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

func (g *geoPackage) open(b *Boundaries, layer string) error {
	rows, err := g.db.QueryContext(g.context, `SELECT c.table_name, g.column_name, g.srs_id, coalesce(s.organization, ''), coalesce(s.organization_coordsys_id, 0), coalesce(s.definition, '')
		FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
		WHERE c.data_type = 'features' AND EXISTS (SELECT 1 FROM sqlite_master m WHERE m.type = 'table' AND m.name = c.table_name AND m.sql NOT LIKE 'CREATE VIRTUAL%')
		ORDER BY c.table_name LIMIT 1000`)
	if err != nil {
		return err
	}
	defer rows.Close()
	type system struct {
		geom, organization, definition string
		id, code                       int
	}
	systems := map[string]system{}
	for rows.Next() {
		var name string
		var s system
		if err := rows.Scan(&name, &s.geom, &s.id, &s.organization, &s.code, &s.definition); err != nil {
			return err
		}
		systems[name] = s
		b.Layers = append(b.Layers, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := b.chooseLayer(layer); err != nil {
		return &sayable{err}
	}
	s := systems[b.Layer]
	g.table, g.geom = b.Layer, s.geom
	switch {
	case s.id == 4326:
	case strings.EqualFold(s.organization, "EPSG"):
		b.project, b.Projection, err = projectionNumbered(s.code)
	case s.id == 0 || s.id == -1:
		err = errors.New("it does not say in which coordinate system its positions are; set it in the program that wrote it")
	default:
		b.project, b.Projection, err = projectionOf(s.definition)
	}
	if err != nil {
		return &sayable{err}
	}
	return g.readFields()
}

// readFields lists the columns of the table that hold texts and numbers. Computed
// columns are not among them: what they compute is somebody else's program.
func (g *geoPackage) readFields() error {
	rows, err := g.db.QueryContext(g.context, `SELECT name, upper(type) FROM pragma_table_info(?) ORDER BY cid LIMIT ?`, g.table, maxListCols+2)
	if err != nil {
		return err
	}
	defer rows.Close()
	stored := false
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return err
		}
		switch {
		case strings.EqualFold(name, g.geom):
			stored = true
		case !strings.HasPrefix(kind, "BLOB"):
			g.fields = append(g.fields, name)
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

func (g *geoPackage) columns() []string { return g.fields }

func (g *geoPackage) close() error {
	g.cancel()
	return g.db.Close()
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (g *geoPackage) areas(ctx context.Context, each func(*Area) error) error {
	return guarded(func() error { return g.read(ctx, each) })
}

func (g *geoPackage) read(ctx context.Context, each func(*Area) error) error {
	// What is too long is not fetched at all.
	columns := fmt.Sprintf("CASE WHEN length(%[1]s) <= %[2]d THEN %[1]s END, length(%[1]s)", quoted(g.geom), maxBoundaryFile)
	for _, f := range g.fields {
		columns += fmt.Sprintf(", substr(CAST(%s AS TEXT), 1, %d)", quoted(f), maxCell)
	}
	rows, err := g.db.QueryContext(ctx, "SELECT "+columns+" FROM "+quoted(g.table))
	if err != nil {
		return err
	}
	defer rows.Close()
	var blob sql.RawBytes
	var length sql.NullInt64
	cells := make([]sql.NullString, len(g.fields))
	into := []any{&blob, &length}
	for i := range cells {
		into = append(into, &cells[i])
	}
	for n := 1; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		a := &Area{Number: n, Cells: make([]string, len(cells))}
		for i, c := range cells {
			a.Cells[i] = strings.ToValidUTF8(c.String, "\ufffd")
		}
		a.Rings, a.Bad = geoBlob(blob)
		if length.Int64 > maxBoundaryFile {
			a.Bad = "its geometry is longer than " + strconv.Itoa(maxBoundaryFile>>20) + " MB"
		}
		if err := each(a); err != nil {
			return &sayable{err}
		}
	}
	return rows.Err()
}
