package exchange

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"

	"sselandscape/storage/study"
)

// engine is SQLite's engine on a file that is being made, without database/sql between:
// that takes more time for a row than the engine. What is written is only whole when the
// file is, so nothing is synced on the way.
type engine struct {
	conn interface {
		driver.ExecerContext
		driver.ConnPrepareContext
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
			driver.ConnPrepareContext
		}); !ok {
			return errors.New("the database driver takes no statements")
		}
		return use(e)
	})
	return errors.Join(err, c.Close(), db.Close())
}

// exec runs statements with arguments: int, int64, float64, string, []byte or nil.
func (e *engine) exec(statement string, args ...any) error {
	_, err := e.conn.ExecContext(context.Background(), statement, arguments(nil, args))
	return err
}

func arguments(to []driver.NamedValue, args []any) []driver.NamedValue {
	for i, a := range args {
		if n, ok := a.(int); ok {
			a = int64(n)
		}
		to = append(to, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return to
}

// prepared is a statement that runs many times.
type prepared struct {
	stmt driver.StmtExecContext
	end  func() error
	args []driver.NamedValue
}

func (e *engine) prepare(statement string) (*prepared, error) {
	s, err := e.conn.PrepareContext(context.Background(), statement)
	if err != nil {
		return nil, err
	}
	x, ok := s.(driver.StmtExecContext)
	if !ok {
		s.Close()
		return nil, errors.New("the database driver runs no statements")
	}
	return &prepared{stmt: x, end: s.Close}, nil
}

func (p *prepared) exec(args ...any) error {
	p.args = arguments(p.args[:0], args)
	_, err := p.stmt.ExecContext(context.Background(), p.args)
	return err
}

func (p *prepared) close() { p.end() }
