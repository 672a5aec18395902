package study

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// lengthLimit is the number of SQLITE_LIMIT_LENGTH (sqlite.org/c3ref/c_limit_attached).
const lengthLimit = 0

// ErrOpenElsewhere is of a file that may be read only once another program has closed it.
var ErrOpenElsewhere = errors.New("it is open in another program, or was not closed there: a part of it lies in the file -wal beside it; close it in that program, then choose it again")

// OpenForeign opens a SQLite file of somebody else for reading, in place, as one that does
// not change: its schema is not trusted, only tables can be read, and views over them where
// views is true; nothing is run, written or attached, and no value may be larger than most
// bytes. It fails with [ErrOpenElsewhere] where a log lies beside the file, which would not
// be read. Give queries a context with a deadline: a view may take for ever.
func OpenForeign(path string, views bool, most int) (*sql.DB, error) {
	if st, err := os.Stat(path + "-wal"); err == nil && st.Size() > 0 {
		return nil, ErrOpenElsewhere
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	auth := func(action sqlite.AuthorizerActionCode, a, b, database, inner string) sqlite.AuthorizerReturnCode {
		switch {
		case inner != "" && !views:
			return sqlite.AuthorizerDeny
		case action == sqlite.AuthSelect:
			return sqlite.AuthorizerOK
		case action == sqlite.AuthRead && (database == "main" || database == "" || inner != ""):
			return sqlite.AuthorizerOK
		case action == sqlite.AuthPragma && a == "table_info":
			return sqlite.AuthorizerOK
		case action == sqlite.AuthFunction && harmless[strings.ToLower(b)]:
			return sqlite.AuthorizerOK
		}
		return sqlite.AuthorizerDeny
	}
	db := sql.OpenDB(hardened{FileURI(path, foreignQuery), auth})
	db.SetMaxOpenConns(1)
	if err := limitValues(db, most); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// foreignQuery is for files of others; pragmas are set before the authorizer is there.
const foreignQuery = "mode=ro&immutable=1&_defensive=1&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=mmap_size(0)&_pragma=query_only(1)&_pragma=cache_size(-8192)"

// harmless are the functions that queries use on files of others.
var harmless = map[string]bool{"count": true, "min": true, "max": true, "coalesce": true, "length": true, "lower": true, "upper": true, "like": true, "instr": true, "substr": true, "octet_length": true}

func limitValues(db *sql.DB, most int) error {
	c, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = sqlite.Limit(c, lengthLimit, most)
	return err
}
