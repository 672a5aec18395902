package basemap

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sselandscape/maps/tile"
	"sselandscape/storage/study"
)

// mbTiles is an MBTiles file (MBTiles specification 1.3): SQLite with a table, or view,
// metadata and one of tiles, whose rows count from the south (TMS).
type mbTiles struct {
	db     *sql.DB
	vector bool
}

// queryTime is how long a query may take: a view may be made to take for ever.
const queryTime = 5 * time.Second

var errMBTiles = errors.New("the MBTiles file is damaged, or was not copied whole")

func openMBTiles(path string) (store, tile.About, error) {
	var about tile.About
	db, err := study.OpenForeign(path, true, maxTile)
	switch {
	case errors.Is(err, study.ErrOpenElsewhere):
		return nil, about, err
	case err != nil:
		return nil, about, fmt.Errorf("%w (%w)", errMBTiles, err)
	}
	m := &mbTiles{db: db}
	if about, err = m.open(); err != nil {
		m.db.Close()
		return nil, about, err
	}
	m.vector = about.Vector
	return m, about, nil
}

// guarded makes an error of what the engine does on damaged files.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errMBTiles
		}
	}()
	return do()
}

func (m *mbTiles) open() (about tile.About, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), queryTime)
	defer cancel()
	meta := map[string]string{}
	err = guarded(func() error {
		rows, err := m.db.QueryContext(ctx, `SELECT name, CASE WHEN length(value) < ? THEN value ELSE '' END FROM metadata LIMIT 1000`, maxText)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name, value sql.NullString
			if err := rows.Scan(&name, &value); err != nil {
				return err
			}
			meta[strings.ToLower(name.String)] = value.String
		}
		return rows.Err()
	})
	if err != nil {
		return about, fmt.Errorf("%w (%w)", errMBTiles, err)
	}
	if about, err = fromMeta(meta); err != nil {
		return about, err
	}
	return about, m.zooms(ctx, meta, &about)
}

// fromMeta reads what the file says of itself (section "Metadata").
func fromMeta(meta map[string]string) (about tile.About, err error) {
	about = tile.About{Name: plain(meta["name"]), Attribution: plain(meta["attribution"]), Bound: worldBound(0, 0, 0, 0)}
	switch format := strings.ToLower(meta["format"]); format {
	case "pbf", "mvt", "application/x-protobuf":
		about.Vector = true
	case "png", "jpg", "jpeg", "webp", "image/png", "image/jpeg", "": // "" in files of version 1.0
	default:
		return about, fmt.Errorf("its tiles are of a kind that cannot be read, %q; vector tiles (pbf), PNG, JPEG and WebP can", format)
	}
	if parts := strings.Split(meta["bounds"], ","); len(parts) == 4 {
		var b [4]float64
		for i, p := range parts {
			if b[i], err = strconv.ParseFloat(strings.TrimSpace(p), 64); err != nil {
				return about, nil
			}
		}
		about.Bound = worldBound(b[0], b[1], b[2], b[3])
	}
	return about, nil
}

// zooms finds out which zooms there are, where the file does not say.
func (m *mbTiles) zooms(ctx context.Context, meta map[string]string, about *tile.About) error {
	lo, err1 := strconv.ParseUint(meta["minzoom"], 10, 8)
	hi, err2 := strconv.ParseUint(meta["maxzoom"], 10, 8)
	if err1 != nil || err2 != nil || lo > hi {
		err := guarded(func() error {
			var a, b sql.NullInt64
			err := m.db.QueryRowContext(ctx, `SELECT min(zoom_level), max(zoom_level) FROM tiles`).Scan(&a, &b)
			lo, hi = uint64(max(a.Int64, 0)), uint64(max(b.Int64, 0))
			if err == nil && !a.Valid {
				return errors.New("it holds no tiles")
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("%w (%w)", errMBTiles, err)
		}
	}
	about.MinZoom, about.MaxZoom = uint32(min(lo, tile.MaxTileZoom)), uint32(min(hi, tile.MaxTileZoom))
	return nil
}

// tile implements store.
func (m *mbTiles) tile(ctx context.Context, id tile.ID) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	var b []byte
	var n int64
	err := guarded(func() error {
		return m.db.QueryRowContext(ctx, `SELECT CASE WHEN length(tile_data) <= ?1 THEN tile_data END, coalesce(length(tile_data), 0) FROM tiles WHERE zoom_level = ?2 AND tile_column = ?3 AND tile_row = ?4 LIMIT 1`,
			maxPacked, id.Z, id.X, 1<<id.Z-1-id.Y).Scan(&b, &n)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && n == 0:
		return nil, tile.ErrNone
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", errMBTiles, err)
	case b == nil:
		return nil, fmt.Errorf("it is of %d MB; the most is %d", n>>20, maxPacked>>20)
	case !m.vector:
		return b, nil
	}
	return unpacked(b, maxTile)
}

// Close implements store.
func (m *mbTiles) Close() error { return m.db.Close() }
