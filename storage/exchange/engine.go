package exchange

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"path/filepath"

	"sselandscape/storage/study"
)

// engine is SQLite's engine on a file that is being made, without database/sql between:
// that takes more time for a row than the engine. What is written is only whole when the
// file is, so nothing is synced on the way.
type engine struct {
	conn interface {
		driver.ExecerContext
		driver.QueryerContext
	}
}

// withEngine opens a file of SQLite, or makes it.
func withEngine(ctx context.Context, path string, use func(e *engine) error) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", study.FileURI(abs, "mode=rw&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)&_pragma=cache_size(-16384)"))
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	err = c.Raw(func(conn any) error {
		e := &engine{}
		var ok bool
		if e.conn, ok = conn.(interface {
			driver.ExecerContext
			driver.QueryerContext
		}); !ok {
			return errors.New("the database driver takes no queries")
		}
		return use(e)
	})
	return errors.Join(err, c.Close(), db.Close())
}

// exec runs statements with arguments: int, int64, float64, string, []byte or nil.
func (e *engine) exec(statement string, args ...any) error {
	_, err := e.conn.ExecContext(context.Background(), statement, arguments(args))
	return err
}

func arguments(args []any) (out []driver.NamedValue) {
	for i, a := range args {
		if n, ok := a.(int); ok {
			a = int64(n)
		}
		out = append(out, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return out
}

// roots are the first pages of all tables, by name.
func (e *engine) roots() (map[string]uint32, error) {
	rows, err := e.conn.QueryContext(context.Background(), `SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'`, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]uint32{}
	row := make([]driver.Value, 2)
	for {
		switch err := rows.Next(row); {
		case err == io.EOF:
			return out, nil
		case err != nil:
			return nil, err
		}
		name, _ := row[0].(string)
		root, _ := row[1].(int64)
		out[name] = uint32(root)
	}
}
