package study

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // driver "sqlite"
)

// applicationID marks our files: "SSEL" in ASCII.
const applicationID = 0x5353454c

// FileName is the name of the live database in a study's folder.
const FileName = "study.sqlite"

//go:embed schema/*.sql
var schema embed.FS

// Settings of a new study. They travel in packages as one entity of kind
// settings.
type Settings struct {
	ID         string // shared by all who work on the study; "" makes a new one
	Name       string
	Countries  []string // ISO 3166-1 alpha-3
	Researcher string   // who works on this laptop
	Fictional  bool     // example data; said on every screen and in every export
}

// Option changes how a study is opened.
type Option func(*Study)

// WithClock sets the clock, for tests and reproducible examples.
func WithClock(now func() time.Time) Option { return func(s *Study) { s.now = now } }

// WithIDs sets where revision and entity ids come from.
func WithIDs(next func() string) Option { return func(s *Study) { s.newID = next } }

// Study is an open study. Its methods may be called from several goroutines.
type Study struct {
	dir   string
	db    *sql.DB
	now   func() time.Time
	newID func() string
	info  Info
	key   ed25519.PrivateKey

	anyPlace bool
	vfs      string // of tests; "" is the system's
	free     func(dir string) (uint64, error)
	care     care
	orders   *orders // to erase; nil: not read yet

	// rewritten counts how often revisions that were here were written anew.
	rewritten atomic.Int64
	// raw is the file itself, for reading all of it; nil where it is read by the engine. It
	// is closed after the engine's: closing a file takes all locks of the process off it.
	raw *os.File
}

// Info says what study this is and who works on it here.
type Info struct {
	ID         string
	Dir        string
	Name       string
	Countries  []string
	Researcher string
	Device     string
	Fictional  bool
	// Moved says why this copy got a new identity when it was opened, "" if it did not.
	Moved string
	// Unclean says that the study was not closed before: a crash, or a flat battery.
	Unclean bool
}

// Info returns what is known of the study without looking into its data.
func (s *Study) Info() Info { return s.info }

// NewID makes an id for a new entity: a UUIDv7.
func (s *Study) NewID() string { return s.newID() }

// Now returns the study's clock.
func (s *Study) Now() time.Time { return s.now() }

func newStudy(dir string, opts []Option) *Study {
	s := &Study{dir: dir, now: time.Now, newID: func() string { return uuid.Must(uuid.NewV7()).String() }, free: freeSpace}
	s.care.open, s.care.ended = context.WithCancel(context.Background())
	for _, o := range opts {
		o(s)
	}
	return s
}

// Create makes a study in a new or empty folder. On failure it leaves nothing
// behind.
func Create(dir string, set Settings, opts ...Option) (_ *Study, err error) {
	s := newStudy(dir, opts)
	if err := s.checkPlace(); err != nil {
		return nil, fmt.Errorf("create study %q: %w", dir, explain(err))
	}
	fresh, err := emptyFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("create study %q: %w", dir, explain(err))
	}
	defer func() {
		if err != nil {
			s.abandon(fresh)
			err = fmt.Errorf("create study %q: %w", dir, explain(err))
		}
	}()
	for _, sub := range []string{"files", "maps", "backups"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	if err := s.connect("rwc"); err != nil {
		return nil, err
	}
	if err := s.migrate(); err != nil {
		return nil, err
	}
	if err := s.begin(set); err != nil {
		return nil, err
	}
	return s, s.load()
}

// emptyFolder makes the folder if need be and says whether it is new.
func emptyFolder(dir string) (fresh bool, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, os.MkdirAll(dir, 0o755)
	case err != nil:
		return false, err
	case len(entries) > 0:
		return false, ErrExists
	}
	return false, nil
}

// begin writes the first revisions: the device and the settings.
func (s *Study) begin(set Settings) error {
	if set.ID == "" {
		set.ID = begunAt(s.newID(), s.now())
	}
	if err := s.adopt(set.Researcher, true, whereIs(s.dir)); err != nil {
		return err
	}
	for k, v := range map[string]string{"study": set.ID, "researcher": set.Researcher, "name": set.Name,
		"countries": strings.Join(set.Countries, " "), "fictional": fmt.Sprint(set.Fictional)} {
		if _, err := s.db.Exec(`INSERT INTO meta VALUES (?, ?)`, k, v); err != nil {
			return err
		}
	}
	return nil
}

// newDevice gives this copy of the study an identity: an id and a signing key.
func (s *Study) newDevice(tx querier, label string) error {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	id := s.newID()
	if _, err := tx.Exec(`INSERT INTO device VALUES (?, ?, ?)`, id, label, []byte(pub)); err != nil {
		return err
	}
	var lamport int64
	if err := tx.QueryRow(`SELECT max(coalesce((SELECT max(lamport) FROM own_device), 0), coalesce((SELECT max(lamport) FROM revision), 0))`).Scan(&lamport); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM own_device`); err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO own_device (id, private, lamport) VALUES (?, ?, ?)`, id, []byte(priv), lamport)
	return err
}

// Open opens the study in a folder. Other programs are kept out while it is open.
func Open(dir string, opts ...Option) (*Study, error) {
	s := newStudy(dir, opts)
	if err := s.open(); err != nil {
		if s.db != nil {
			s.db.Close()
		}
		s.closeRaw()
		return nil, fmt.Errorf("open study %q: %w", dir, orDamaged(dir, err))
	}
	return s, nil
}

func (s *Study) open() error {
	if err := s.checkPlace(); err != nil {
		return err
	}
	if err := finishRecovery(s.dir); err != nil {
		return err
	}
	if st, err := os.Stat(filepath.Join(s.dir, FileName)); err != nil || st.IsDir() {
		if errors.Is(err, fs.ErrPermission) {
			return err
		}
		return ErrNotStudy
	}
	if err := errors.Join(writable(s.dir), writable(filepath.Join(s.dir, FileName))); err != nil {
		return err
	}
	unclean := endedBadly(s.dir)
	if err := s.connect("rw"); err != nil {
		return err
	}
	if err := ours(s.db); err != nil {
		return err
	}
	if unclean {
		sweep(s.dir)
	}
	if err := s.checkAfter(unclean); err != nil {
		return err
	}
	var version int
	if err := s.db.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if err := s.convert(version); err != nil {
		return err
	}
	if err := s.settle(); err != nil {
		return err
	}
	s.wipe() // what fails is done the next time, and Verify says so until then
	if s.vfs == "" {
		s.raw, _ = os.Open(filepath.Join(s.dir, FileName)) // without it the engine reads
	}
	return s.load()
}

// connect opens the one connection. WAL with synchronous FULL makes each commit
// last; EXCLUSIVE keeps other writers and their bugs away (see design: durability).
func (s *Study) connect(mode string) error {
	path, err := filepath.Abs(filepath.Join(s.dir, FileName))
	if err != nil {
		return err
	}
	query := "mode=" + mode
	if s.vfs != "" {
		query += "&vfs=" + s.vfs
	}
	if s.db, err = sql.Open("sqlite", FileURI(path, query)); err != nil {
		return err
	}
	s.db.SetMaxOpenConns(1)
	for _, p := range []string{"locking_mode = EXCLUSIVE", "busy_timeout = 0", "journal_mode = WAL", "synchronous = FULL",
		"fullfsync = 1", fmt.Sprintf("cache_size = -%d", cacheSize), "foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON"} {
		if _, err := s.db.Exec("PRAGMA " + p); err != nil {
			return err
		}
	}
	// Taking the lock now tells at once whether the study is open elsewhere.
	_, err = s.db.Exec("BEGIN IMMEDIATE; COMMIT")
	return err
}

// cacheSize is how much of the study the engine keeps in memory, in KiB.
const cacheSize = 32 << 10

// FileURI writes the file: URI of an absolute path; on Windows it begins with a drive. A
// plain name would drop the query (see sqlite.org/uri.html).
func FileURI(path, query string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: query}
	return u.String()
}

// scripts lists the schema scripts in the order of their numbers.
func scripts() []string {
	names, _ := fs.Glob(schema, "schema/*.sql")
	sort.Slice(names, func(i, j int) bool { return number(names[i]) < number(names[j]) })
	return names
}

func number(name string) int {
	n := 0
	fmt.Sscanf(filepath.Base(name), "%d.sql", &n)
	return n
}

// migrate runs the scripts that the file has not seen, each in a transaction.
func (s *Study) migrate() error {
	var version int
	if err := s.db.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	for i, name := range scripts()[min(version, len(scripts())):] {
		script, err := schema.ReadFile(name)
		if err != nil {
			return err
		}
		err = s.transact(func(tx *sql.Tx) error {
			if _, err := tx.Exec(string(script)); err != nil {
				return fmt.Errorf("schema %s: %w", name, err)
			}
			if version+i+1 == derivedAnew {
				if err := rebuild(tx); err != nil {
					return err
				}
			}
			_, err := tx.Exec(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version+i+1))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// derivedAnew is the version of the schema whose derived tables earlier ones lack; the
// script that makes them and what goes into them are one transaction.
const derivedAnew = 6

// load reads who and what this study is.
func (s *Study) load() error {
	meta, err := readMeta(s.db)
	if err != nil {
		return err
	}
	var key []byte
	s.info = Info{ID: meta["study"], Dir: s.dir, Name: meta["name"], Countries: strings.Fields(meta["countries"]),
		Researcher: meta["researcher"], Fictional: meta["fictional"] == "true", Moved: s.info.Moved, Unclean: s.info.Unclean}
	if err := s.db.QueryRow(`SELECT id, private FROM own_device`).Scan(&s.info.Device, &key); err == sql.ErrNoRows {
		return errNoIdentity
	} else if err != nil {
		return fmt.Errorf("this laptop's identity: %w", err)
	}
	if len(key) != ed25519.PrivateKeySize {
		return ErrDamaged
	}
	s.key = ed25519.PrivateKey(key)
	return nil
}

// errNoIdentity means that own_device is empty.
var errNoIdentity = errors.New("this laptop's identity is missing")

// Close ends a backup that is being made, checkpoints and closes the study.
func (s *Study) Close() error {
	s.care.ended()
	s.care.backup.Lock()
	defer s.care.backup.Unlock()
	_, err := s.db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	return explain(errors.Join(err, s.db.Close(), s.closeRaw()))
}

func (s *Study) closeRaw() error {
	if s.raw == nil {
		return nil
	}
	return s.raw.Close()
}

// transact runs f in one transaction; an error undoes all of it.
func (s *Study) transact(f func(tx *sql.Tx) error) error {
	tx, err := s.db.Begin()
	if err != nil {
		return explain(err)
	}
	if err := f(tx); err != nil {
		tx.Rollback()
		return explain(err)
	}
	return explain(tx.Commit())
}

// zone gives the offset of the clock as "+05:45".
func zone(t time.Time) string { return t.Format("-07:00") }
