package study

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// Why a backup was made; any other short text does as well.
const (
	BackupAsked     = "on request"
	BackupStart     = "when the study was opened"
	BackupWork      = "while working"
	BackupMerge     = "before taking in a package"
	BackupImport    = "before taking in a list"
	BackupUndo      = "before taking back"
	BackupErased    = "after answers were erased"
	BackupMigration = "before the file was converted"
)

// Backup is a copy of the study's database. It bears its final name only after it
// was verified.
type Backup struct {
	Path       string
	At         time.Time
	Bytes      int64
	Why        string
	Name       string // of the study
	Researcher string
	Revisions  int
	Answers    int    // of interviews that were not recorded yet
	Problem    string // why it cannot be used; "" is verified
	state      string // see stateOf
}

// backupMark is what a backup says of itself, in its table meta. A folder whose
// database has one was restored by hand.
type backupMark struct {
	At        string `json:"at"` // RFC 3339
	Why       string `json:"why"`
	Revisions int    `json:"revisions"`
	Answers   int    `json:"answers"`
	State     string `json:"state"`
}

const (
	metaBackup   = "backup"
	backupStamp  = "20060102-150405.000"
	backupExt    = ".sqlite"
	backupFolder = "backups"
	keptFolder   = "backup folder"
)

// BackUp writes a verified copy of the database into the folder backups, and into
// the second folder if one is set, and thins both. It copies a few pages at a time,
// so that answers are saved in between. Where the newest backup holds the same, that
// one is returned. A second folder that is not there does not fail it: the error is
// then a *SecondFolderError beside the backup.
func (s *Study) BackUp(ctx context.Context, why string, progress func(done, total int)) (*Backup, error) {
	s.care.backup.Lock()
	defer s.care.backup.Unlock()
	b, err := s.backUp(ctx, why, progress)
	if err != nil {
		return nil, fmt.Errorf("back up: %w", explain(err))
	}
	if err := s.second(ctx, b); err != nil {
		return b, &SecondFolderError{err}
	}
	return b, nil
}

// SecondFolderError says that a backup was made, but not in the second folder.
type SecondFolderError struct{ cause error }

func (e *SecondFolderError) Error() string {
	return "the backup was made, but not in the second folder: " + e.cause.Error()
}

// Unwrap gives the cause.
func (e *SecondFolderError) Unwrap() error { return e.cause }

func (s *Study) backUp(ctx context.Context, why string, progress func(done, total int)) (*Backup, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(s.care.open, stop)()
	folder := filepath.Join(s.dir, backupFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	state, err := stateOf(s.db)
	if err != nil {
		return nil, err
	}
	unchecked := s.care.unchecked.Load() // then a copy is made to check the study by it
	if old := backupsIn(folder); !unchecked && len(old) > 0 && old[0].Problem == "" && old[0].state == state {
		return &old[0], nil
	}
	if err := s.roomIn(folder, s.size()+lowBackup); err != nil {
		return nil, err
	}
	now := s.now()
	path := filepath.Join(folder, now.UTC().Format(backupStamp)+backupExt)
	b, err := s.copyVerified(ctx, path, backupMark{At: now.Format(time.RFC3339Nano), Why: why, State: state}, progress)
	if err != nil {
		return nil, err
	}
	s.care.unchecked.Store(false)
	return b, thinFolder(folder)
}

// lowBackup is what must be left beside a backup.
const lowBackup = 16 << 20

// copyVerified makes the copy under another name, checks it and gives it its name.
func (s *Study) copyVerified(ctx context.Context, path string, mark backupMark, progress func(done, total int)) (_ *Backup, err error) {
	if path, err = filepath.Abs(path); err != nil { // a file: URI needs it
		return nil, err
	}
	tmp := filepath.Join(filepath.Dir(path), ".new-"+filepath.Base(path))
	os.Remove(tmp)
	defer func() {
		if err != nil {
			os.Remove(tmp)
		}
	}()
	if err := s.copyOnline(ctx, tmp, progress); err != nil {
		return nil, err
	}
	if err := markCopy(ctx, tmp, &mark); err != nil {
		return nil, err
	}
	if err := checkCopy(ctx, tmp); err != nil {
		return nil, err
	}
	if err := syncFile(tmp); err != nil {
		return nil, err
	}
	if err := os.Rename(tmp, path); err != nil {
		return nil, err
	}
	b := lookAtBackup(path)
	return &b, syncFolder(filepath.Dir(path))
}

// stepPages is how many pages a backup copies before it lets answers through: half
// a megabyte, a few milliseconds.
const stepPages = 128

// copyOnline copies by SQLite's online backup. The connection is given back between
// the steps; what is written meanwhile goes to the copy too, because it is written by
// the same connection.
func (s *Study) copyOnline(ctx context.Context, path string, progress func(done, total int)) error {
	var b *sqlite.Backup
	var owner any
	on := func(ctx context.Context, f func(conn any) error) error {
		c, err := s.db.Conn(ctx)
		if err != nil {
			return err
		}
		defer c.Close()
		return c.Raw(f)
	}
	err := on(ctx, func(conn any) (err error) {
		owner = conn
		c, ok := conn.(interface {
			NewBackup(uri string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the database driver has no online backup")
		}
		b, err = c.NewBackup(FileURI(path, "mode=rwc&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)"))
		return err
	})
	if err != nil {
		return err
	}
	for more := true; more && err == nil; {
		if err = ctx.Err(); err != nil {
			break
		}
		err = on(ctx, func(conn any) (err error) {
			if conn != owner {
				b = nil // it went with its connection
				return errors.New("the connection was lost while copying")
			}
			more, err = b.Step(stepPages)
			if progress != nil {
				progress(b.PageCount()-b.Remaining(), b.PageCount())
			}
			return err
		})
	}
	if b == nil {
		return err
	}
	return errors.Join(err, on(context.Background(), func(any) error { return b.Finish() }))
}

// stateOf is a short text that changes whenever something worth a backup is written.
func stateOf(q querier) (string, error) {
	var revisions, drafts, events int64
	var at, batches string
	err := q.QueryRow(`SELECT (SELECT coalesce(max(rowid), 0) FROM revision), (SELECT count(*) FROM draft), (SELECT coalesce(max(at), '') FROM draft),
		(SELECT coalesce(max(rowid), 0) FROM event), (SELECT count(*) || ' ' || coalesce(sum(state = 'undone'), 0) FROM batch)`).Scan(&revisions, &drafts, &at, &events, &batches)
	return fmt.Sprint(revisions, drafts, at, events, batches), err
}

// markCopy writes into a copy what it is; the copy becomes a file without a log, so
// that it is whole by itself.
func markCopy(ctx context.Context, path string, m *backupMark) error {
	db, err := sql.Open("sqlite", FileURI(path, "mode=rw&_pragma=locking_mode(EXCLUSIVE)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)"))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM revision), (SELECT count(*) FROM draft)`).Scan(&m.Revisions, &m.Answers); err != nil {
		return err
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `INSERT OR REPLACE INTO meta VALUES (?, ?)`, metaBackup, string(b)); err != nil {
		return err
	}
	return db.Close()
}

// checkCopy opens a copy as anybody would and checks all of it.
func checkCopy(ctx context.Context, path string) error {
	db, err := openCopy(path)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := ours(db); err != nil {
		return err
	}
	return checkFile(ctx, db, "quick_check")
}

// openCopy opens a database that nobody writes, read-only.
func openCopy(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return sql.Open("sqlite", FileURI(path, "mode=ro&immutable=1"))
}

// ours says whether a database is a study that this version can read.
func ours(db *sql.DB) error {
	var app, version int
	if err := db.QueryRow(`PRAGMA application_id`).Scan(&app); err != nil {
		return explain(err)
	}
	if err := db.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		return explain(err)
	}
	switch {
	case app != applicationID:
		return ErrNotStudy
	case version > len(scripts()):
		return ErrNewer
	}
	return nil
}

// checkFile runs integrity_check or quick_check; damage is ErrDamaged.
func checkFile(ctx context.Context, db *sql.DB, check string) error {
	rows, err := db.QueryContext(ctx, "PRAGMA "+check)
	if err != nil {
		return explain(err)
	}
	found, err := scanStrings(rows)
	if err != nil {
		return explain(err)
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("%w (%s)", ErrDamaged, strings.Join(found[:min(3, len(found))], "; "))
	}
	return nil
}

// Backups lists the backups in the study's folder and the second folder, the newest
// first.
func (s *Study) Backups() []Backup {
	bs := Backups(s.dir)
	if second := s.secondFolder(); second != "" {
		bs = append(bs, backupsIn(second)...)
		sortBackups(bs)
	}
	return bs
}

// Backups lists the backups in a study's folder, the newest first. The study need
// not be open, or whole.
func Backups(dir string) []Backup { return backupsIn(filepath.Join(dir, backupFolder)) }

func backupsIn(folder string) []Backup {
	names, _ := filepath.Glob(filepath.Join(escapeGlob(folder), "*"+backupExt))
	var out []Backup
	for _, n := range names {
		if !strings.HasPrefix(filepath.Base(n), ".") {
			out = append(out, lookAtBackup(n))
		}
	}
	sortBackups(out)
	return out
}

func sortBackups(bs []Backup) {
	slices.SortFunc(bs, func(a, b Backup) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Path, b.Path)) })
}

// LookAt reads what a backup says of itself, and whether it is whole as far as its
// size tells; it does not check every page.
func LookAt(path string) Backup { return lookAtBackup(path) }

func lookAtBackup(path string) Backup {
	b := Backup{Path: path}
	st, err := os.Stat(path)
	if err != nil {
		b.Problem = explain(err).Error()
		return b
	}
	b.Bytes, b.At = st.Size(), st.ModTime()
	if t, err := time.Parse(backupStamp, strings.TrimSuffix(filepath.Base(path), backupExt)); err == nil {
		b.At = t.Local()
	}
	if err := explain(b.read()); errors.Is(err, ErrDamaged) {
		b.Problem = "it is cut off or damaged"
	} else if errors.Is(err, ErrNotStudy) {
		b.Problem = "it is no backup of a study"
	} else if err != nil {
		b.Problem = err.Error()
	}
	return b
}

func (b *Backup) read() error {
	db, err := openCopy(b.Path)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := ours(db); err != nil {
		return err
	}
	var pages, size int64
	if err := db.QueryRow(`SELECT page_count, page_size FROM pragma_page_count, pragma_page_size`).Scan(&pages, &size); err != nil {
		return err
	}
	if pages*size != b.Bytes {
		return ErrDamaged
	}
	meta, err := readMeta(db)
	if err != nil {
		return err
	}
	b.Name, b.Researcher = meta["name"], meta["researcher"]
	var m backupMark
	if json.Unmarshal([]byte(meta[metaBackup]), &m) == nil {
		b.Why, b.Revisions, b.Answers, b.state = m.Why, m.Revisions, m.Answers, m.State
		if t, err := time.Parse(time.RFC3339Nano, m.At); err == nil {
			b.At = t
		}
		return nil
	}
	return db.QueryRow(`SELECT (SELECT count(*) FROM revision), (SELECT count(*) FROM draft)`).Scan(&b.Revisions, &b.Answers)
}

func readMeta(q querier) (map[string]string, error) {
	rows, err := q.Query(`SELECT key, value FROM meta`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	meta := map[string]string{}
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return nil, err
		}
		meta[k] = v
	}
	return meta, rows.Err()
}

// SetBackupFolder sets a second folder for backups, on another disk or a stick; ""
// sets none. Files that interviews cite are copied there too.
func (s *Study) SetBackupFolder(dir string) error {
	if dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		if own, err := filepath.Abs(s.dir); err == nil && within(filepath.ToSlash(abs), filepath.ToSlash(own), runtime.GOOS != "linux") {
			return fmt.Errorf("the second folder for backups, %q, lies in the study's own folder; choose one on another disk", dir)
		}
		if err := os.MkdirAll(abs, 0o755); err != nil {
			return fmt.Errorf("second folder for backups: %w", explain(err))
		}
		dir = abs
	}
	return s.Keep(keptFolder, dir)
}

// BackupFolder is the second folder for backups, "" if none is set.
func (s *Study) BackupFolder() string {
	kept, err := s.Kept(keptFolder)
	if err != nil {
		return ""
	}
	return kept[""]
}

// secondFolder is where this study's backups are in the second folder: those of
// several studies and laptops may share it.
func (s *Study) secondFolder() string {
	dir := s.BackupFolder()
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, s.info.ID+" "+last(s.info.Device, 12))
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

// second copies a backup and the files into the second folder.
func (s *Study) second(ctx context.Context, b *Backup) error {
	dir := s.secondFolder()
	if dir == "" {
		return nil
	}
	if _, err := os.Stat(s.BackupFolder()); err != nil {
		return explain(err) // a stick that is not in; a folder made in its place would hide that
	}
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o755); err != nil {
		return explain(err)
	}
	to := filepath.Join(dir, filepath.Base(b.Path))
	if _, err := os.Stat(to); err != nil {
		if err := s.roomIn(dir, uint64(b.Bytes)+lowBackup); err != nil {
			return err
		}
		if err := copyFile(ctx, b.Path, to); err != nil {
			return explain(err)
		}
	}
	sums, err := s.Files()
	if err != nil {
		return err
	}
	for _, sum := range sums {
		to := filepath.Join(dir, "files", sum)
		if _, err := os.Stat(to); err == nil {
			continue
		}
		if err := copyFile(ctx, s.filePath(sum), to); err != nil && !errors.Is(err, os.ErrNotExist) {
			return explain(err)
		}
	}
	return thinFolder(dir)
}

// copyFile copies a file so that it is there whole or not at all, and reads it back.
func copyFile(ctx context.Context, from, to string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	h := sha256.New()
	if err := writeWhole(to, io.TeeReader(&contextReader{ctx, src}, h)); err != nil {
		return err
	}
	got, err := hashFile(ctx, to)
	if err == nil && got != [32]byte(h.Sum(nil)) {
		err = fmt.Errorf("%q was copied but reads differently; the disk may be faulty", filepath.Base(to))
	}
	if err != nil {
		os.Remove(to)
	}
	return err
}

func hashFile(ctx context.Context, path string) (sum [32]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, &contextReader{ctx, f}); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

// contextReader ends when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// syncFile puts a file on disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder puts the names in a folder on disk. Windows has no such call, and some
// file systems refuse it.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	f.Sync()
	return nil
}

// thinFolder removes the backups of a folder that are not to be kept, and what
// copies that were broken off left.
func thinFolder(folder string) error {
	bs := backupsIn(folder)
	var err error
	for _, i := range thin(bs) {
		err = errors.Join(err, os.Remove(bs[i].Path))
	}
	left, _ := filepath.Glob(filepath.Join(escapeGlob(folder), ".new-*"))
	for _, l := range left {
		os.Remove(l)
	}
	return err
}
