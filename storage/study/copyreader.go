package study

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"sselandscape/survey"
)

// ReaderVerb is the argument with which the program is started to read the copy of a
// study that came from somebody else; people never type it.
const ReaderVerb = "read-study"

// What comes out of the process that reads a copy: frames of a kind, the length of the
// rest in four bytes, and the rest.
const (
	frameHead     = 'h' // copyHead as JSON, first
	frameRevision = 'r' // 32 bytes hash, 64 bytes signature, length (2 bytes) and name of its witness, canonical bytes
	frameSpoilt   = 's' // a revision that cannot be read, and why
	frameFile     = 'f' // 32 bytes: SHA-256 of a file that is there
	frameEnd      = 'e' // 8 bytes: how many frames came before; last
	frameRefused  = 'x' // copyRefusal as JSON, in place of all others
)

// copyHead is what a copy says of itself.
type copyHead struct {
	Study, Name, Countries, Researcher string
	Fictional                          bool
	Unfinished                         int // interviews with answers that no revision has
	Revisions                          int
	Devices                            []Device
}

// copyRefusal says why a copy is not read.
type copyRefusal struct{ Code, Text string }

// Limits of a database that is read.
const (
	maxCopyLine    = 16 << 20 // bytes of a revision
	maxCopyDevices = 10_000
	maxCopyFiles   = 1_000_000
	maxCopyText    = 4096 // bytes of a name
)

var refusals = map[string]error{"study": ErrNotStudy, "newer": ErrNewer, "damaged": ErrDamaged}

// ReadCopy reads the database study.sqlite in the working folder, a private copy, and
// writes its revisions to out. It is the whole work of a process of its own, as a
// hostile file may bring it down; what it writes is checked by the process that started
// it. The result is the exit code.
func ReadCopy(out io.Writer) int {
	w := bufio.NewWriterSize(out, 1<<16)
	r := &copyReader{out: w}
	err := limitReader()
	if err == nil {
		err = r.read(context.Background(), ".")
	}
	if err != nil {
		r.refuse(explain(err))
	}
	if w.Flush() != nil {
		return 1
	}
	return 0
}

type copyReader struct {
	out     io.Writer
	db      *sql.DB
	tables  []string // that may be read
	version int      // of the schema
	frames  uint64
}

// known says whether revisions have numbers, and batch_known is there.
func (r *copyReader) known() bool { return r.version >= 4 }

// cut says whether answers can be erased from revisions.
func (r *copyReader) cut() bool { return r.version >= 5 }

func (r *copyReader) frame(kind byte, parts ...[]byte) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	r.frames++
	head := [5]byte{kind}
	binary.BigEndian.PutUint32(head[1:], uint32(n))
	_, err := r.out.Write(head[:])
	for _, p := range parts {
		if err == nil {
			_, err = r.out.Write(p)
		}
	}
	return err
}

func (r *copyReader) refuse(err error) {
	x := copyRefusal{Text: err.Error()}
	for code, e := range refusals {
		if errors.Is(err, e) {
			x.Code = code
		}
	}
	var se *sqlite.Error
	if x.Code == "" && errors.As(err, &se) {
		x.Text = "it cannot be read: " + x.Text
	}
	if b, err := json.Marshal(x); err == nil {
		r.frame(frameRefused, b)
	}
}

func (r *copyReader) read(ctx context.Context, dir string) error {
	path, err := filepath.Abs(filepath.Join(dir, FileName))
	if err != nil {
		return err
	}
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := recoverLog(path); err != nil {
		return err
	}
	sqlite.StrictPragmas(true)
	r.open(path)
	defer r.db.Close()
	if err := r.limit(ctx); err != nil {
		return err
	}
	if err := ours(r.db); err != nil {
		return err
	}
	if err := r.checkTables(); err != nil {
		return err
	}
	checking, cancel := context.WithTimeout(ctx, readTime(st.Size())/2)
	defer cancel()
	if err := checkFile(checking, r.db, "quick_check"); err != nil {
		if checking.Err() != nil {
			return errors.New("checking it took too long; make a package on the other laptop and take that in")
		}
		return err
	}
	return r.everything(ctx)
}

// recoverLog puts the log into the copy of the database, where one came along.
func recoverLog(path string) error {
	if _, err := os.Stat(path + "-wal"); err != nil {
		return nil
	}
	db := sql.OpenDB(hardened{FileURI(path, "mode=rw&_defensive=1"), allowPragmas("trusted_schema", "cell_size_check", "mmap_size", "locking_mode", "journal_mode")})
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, p := range []string{"trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "locking_mode = EXCLUSIVE"} {
		if _, err := db.Exec("PRAGMA " + p); err != nil {
			return err
		}
	}
	var mode string
	if err := db.QueryRow("PRAGMA journal_mode = DELETE").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("%w (its log cannot be read)", ErrDamaged)
	}
	return nil
}

// hardened connects to a database of somebody else: every connection has the authorizer.
type hardened struct {
	dsn  string
	auth sqlite.AuthorizerFn
}

// Connect implements driver.Connector.
func (h hardened) Connect(context.Context) (driver.Conn, error) {
	c, err := h.Driver().Open(h.dsn)
	if err != nil {
		return nil, err
	}
	a, ok := c.(sqlite.AuthorizerRegisterer)
	if !ok {
		c.Close()
		return nil, errors.New("the driver has no authorizer")
	}
	if err := a.RegisterAuthorizer(h.auth); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Driver implements driver.Connector.
func (hardened) Driver() driver.Driver { return &sqlite.Driver{} }

func allowPragmas(names ...string) sqlite.AuthorizerFn {
	return func(action sqlite.AuthorizerActionCode, name, _, _, _ string) sqlite.AuthorizerReturnCode {
		if action == sqlite.AuthPragma {
			for _, n := range names {
				if strings.EqualFold(n, name) {
					return sqlite.AuthorizerOK
				}
			}
		}
		return sqlite.AuthorizerDeny
	}
}

// open opens the copy for reading only the tables that are known, and nothing else.
func (r *copyReader) open(path string) {
	pragmas := allowPragmas("trusted_schema", "cell_size_check", "mmap_size", "query_only", "cache_size", "application_id", "user_version", "quick_check", "table_xinfo")
	auth := func(action sqlite.AuthorizerActionCode, a, b, database, inner string) sqlite.AuthorizerReturnCode {
		switch {
		case inner != "": // within a view or trigger
			return sqlite.AuthorizerDeny
		case action == sqlite.AuthSelect:
			return sqlite.AuthorizerOK
		case action == sqlite.AuthFunction && strings.EqualFold(b, "count"):
			return sqlite.AuthorizerOK
		case action == sqlite.AuthRead:
			for _, t := range append(r.tables, "sqlite_master", "sqlite_schema") {
				if (database == "main" || database == "") && strings.EqualFold(t, a) { // "": no column is read, rows are counted
					return sqlite.AuthorizerOK
				}
			}
			return sqlite.AuthorizerDeny
		}
		return pragmas(action, a, b, database, inner)
	}
	r.db = sql.OpenDB(hardened{FileURI(path, "mode=ro&immutable=1&_defensive=1"), auth})
	r.db.SetMaxOpenConns(1)
}

// limit bounds what a statement may do.
func (r *copyReader) limit(ctx context.Context) error {
	c, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	for id, n := range map[int]int{lib.SQLITE_LIMIT_LENGTH: maxCopyLine, lib.SQLITE_LIMIT_SQL_LENGTH: 1 << 20, lib.SQLITE_LIMIT_COLUMN: 100, lib.SQLITE_LIMIT_EXPR_DEPTH: 50,
		lib.SQLITE_LIMIT_COMPOUND_SELECT: 3, lib.SQLITE_LIMIT_VDBE_OP: 25_000, lib.SQLITE_LIMIT_FUNCTION_ARG: 8, lib.SQLITE_LIMIT_ATTACHED: 0,
		lib.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100, lib.SQLITE_LIMIT_VARIABLE_NUMBER: 10, lib.SQLITE_LIMIT_TRIGGER_DEPTH: 1, lib.SQLITE_LIMIT_WORKER_THREADS: 0} {
		if _, err := sqlite.Limit(c, id, n); err != nil {
			return err
		}
	}
	for _, p := range []string{"trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON", "cache_size = -8192"} {
		if _, err := c.ExecContext(ctx, "PRAGMA "+p); err != nil {
			return err
		}
	}
	return nil
}

// copyTables are those that are read of every version.
var copyTables = []string{"revision", "device", "meta", "file", "draft", "batch"}

// checkTables sees that the tables are those which the scripts of the copy's version
// make, and that nothing is there that runs by itself.
func (r *copyReader) checkTables() error {
	if err := r.db.QueryRow(`PRAGMA user_version`).Scan(&r.version); err != nil {
		return err
	}
	if r.version < 1 {
		return ErrNotStudy
	}
	r.tables = append(r.tables, copyTables...)
	if r.known() {
		r.tables = append(r.tables, "batch_known", "begun")
	} else {
		r.tables = append(r.tables, "batch_revision")
	}
	if err := r.onlyTables(); err != nil {
		return err
	}
	model, err := modelOf(r.version)
	if err != nil {
		return err
	}
	defer model.Close()
	for _, t := range r.tables {
		want, err := columnsOf(model, t)
		if err != nil {
			return err
		}
		got, err := columnsOf(r.db, t)
		if err != nil {
			return err
		}
		if want == "" || got != want {
			return fmt.Errorf("its table %s is not as this program makes it; it is refused", t)
		}
	}
	return nil
}

func (r *copyReader) onlyTables() error {
	rows, err := r.db.Query(`SELECT name, sql FROM sqlite_schema`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, text sql.NullString
		if err := rows.Scan(&name, &text); err != nil {
			return fmt.Errorf("%w (its list of tables cannot be read)", ErrDamaged)
		}
		made := strings.ToUpper(text.String)
		if !text.Valid || strings.HasPrefix(made, "CREATE TABLE") || strings.HasPrefix(made, "CREATE INDEX") || strings.HasPrefix(made, "CREATE UNIQUE INDEX") {
			continue
		}
		return fmt.Errorf("it holds %q, which is no table and which no study has; it is refused", cutText(name.String, 60))
	}
	return rows.Err()
}

// modelOf makes an empty study of a version in memory.
func modelOf(version int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for _, name := range scripts()[:version] {
		script, err := schema.ReadFile(name)
		if err == nil {
			_, err = db.Exec(string(script))
		}
		if err != nil {
			db.Close()
			return nil, err
		}
	}
	return db, nil
}

// columnsOf writes the columns of a table with their types; generated ones differ by
// their last number (sqlite.org/pragma.html#pragma_table_xinfo).
func columnsOf(q querier, table string) (string, error) {
	rows, err := q.Query(`PRAGMA table_xinfo(` + table + `)`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	text := ""
	for rows.Next() {
		var name, kind string
		var place, notNull, key, hidden int
		var otherwise any
		if err := rows.Scan(&place, &name, &kind, &notNull, &otherwise, &key, &hidden); err != nil {
			return "", err
		}
		text += fmt.Sprintln(place, name, kind, notNull, key, hidden)
	}
	return text, rows.Err()
}

// counted leaves out revisions that are known only from batches that were undone: see
// visible; before version 4 the tables were others.
func (r *copyReader) counted() string {
	if r.known() {
		return visible
	}
	return `(NOT EXISTS (SELECT 1 FROM batch_revision k WHERE k.revision = revision.id)
  OR EXISTS (SELECT 1 FROM batch_revision k JOIN batch ON batch.id = k.batch WHERE k.revision = revision.id AND batch.state = 'applied'))`
}

func (r *copyReader) everything(ctx context.Context) error {
	head, err := r.head()
	if err != nil {
		return err
	}
	b, err := json.Marshal(head)
	if err == nil {
		err = r.frame(frameHead, b)
	}
	if err == nil {
		err = r.revisions(ctx)
	}
	if err == nil {
		err = r.files(ctx)
	}
	if err != nil {
		return err
	}
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], r.frames)
	return r.frame(frameEnd, n[:])
}

func (r *copyReader) head() (h copyHead, err error) {
	for key, into := range map[string]*string{"study": &h.Study, "name": &h.Name, "countries": &h.Countries, "researcher": &h.Researcher} {
		err := r.db.QueryRow(`SELECT value FROM meta WHERE key = ?`, key).Scan(into)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return h, err
		}
		if len(*into) > maxCopyText {
			return h, errors.New("a name in it is too long")
		}
	}
	var fictional string
	if err := r.db.QueryRow(`SELECT value FROM meta WHERE key = 'fictional'`).Scan(&fictional); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, err
	}
	h.Fictional = fictional == "true"
	begun := "draft"
	if r.known() {
		begun = "begun"
	}
	if err := r.db.QueryRow(`SELECT count(*) FROM (SELECT interview FROM draft UNION SELECT interview FROM ` + begun + `)`).Scan(&h.Unfinished); err != nil {
		return h, err
	}
	if err := r.db.QueryRow(`SELECT count(*) FROM revision WHERE ` + r.counted()).Scan(&h.Revisions); err != nil {
		return h, err
	}
	var n int
	if err := r.db.QueryRow(`SELECT count(*) FROM device`).Scan(&n); err != nil {
		return h, err
	}
	if n > maxCopyDevices {
		return h, fmt.Errorf("it names %d laptops; more than %d are refused", n, maxCopyDevices)
	}
	h.Devices, err = devices(r.db)
	for _, d := range h.Devices {
		if len(d.ID)+len(d.Label)+len(d.PublicKey) > maxCopyText {
			return h, errors.New("the name of a laptop in it is too long")
		}
	}
	return h, err
}

func (r *copyReader) revisions(ctx context.Context) error {
	cols := columns
	if !r.cut() {
		cols = strings.Replace(columns, "redacted, witness", "0, ''", 1)
	}
	rows, err := r.db.QueryContext(ctx, `SELECT `+cols+` FROM revision NOT INDEXED WHERE `+r.counted())
	if err != nil {
		return err
	}
	defer rows.Close()
	row, into := make([]any, 17), make([]any, 17)
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := r.revision(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// revision writes a row. Its canonical bytes are put together of the texts that are
// stored; whether they are canonical is for the reader to say.
func (r *copyReader) revision(row []any) error {
	var v survey.Revision
	var kind, patch, replaces, witness string
	var hash, sig []byte
	var redacted int64
	if !shape(row, &v.ID, &v.Entity, &kind, &v.Form, &v.FormVersion, &v.Device, &v.Seq, &v.Actor, &v.Wall, &v.TZ, &v.Lamport, &patch, &replaces, &hash, &sig, &redacted, &witness) {
		return r.frame(frameSpoilt, []byte("its columns are not of their types"))
	}
	v.Kind = survey.EntityKind(kind)
	if len(hash) != 32 || len(sig) != 64 || len(witness) > maxCopyText {
		return r.frame(frameSpoilt, []byte("its hash or signature has another length"))
	}
	b, err := v.Canonical()
	if err != nil {
		return r.frame(frameSpoilt, []byte("the revision cannot be read"))
	}
	if replaces == "null" || replaces == "{}" { // before version 4
		replaces = ""
	}
	b = append(b[:len(b)-len(`null}`)], patch...)
	if replaces != "" {
		b = append(append(b, `,"replaces":`...), replaces...)
	}
	if redacted != 0 {
		b = append(b, `,"redacted":true`...)
	}
	b = append(b, '}')
	if len(b) > maxCopyLine {
		return r.frame(frameSpoilt, []byte("it is too long"))
	}
	return r.frame(frameRevision, hash, sig, binary.BigEndian.AppendUint16(nil, uint16(len(witness))), []byte(witness), b)
}

func (r *copyReader) files(ctx context.Context) error {
	rows, err := r.db.QueryContext(ctx, `SELECT sha256 FROM file WHERE have = 1`)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return err
		}
		b, err := hex.DecodeString(sum)
		if err != nil || len(b) != 32 {
			continue
		}
		if n++; n > maxCopyFiles {
			return fmt.Errorf("it lists more than %d files", maxCopyFiles)
		}
		if err := r.frame(frameFile, b); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readTime is how long reading a database of so many bytes may take: 8 MB a second and a
// minute, where laptops read some 200 MB.
func readTime(size int64) time.Duration {
	return time.Minute + time.Duration(size>>20)*time.Second/8
}
