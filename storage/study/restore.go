package study

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Restored says what Restore or CopyIn put into a folder.
type Restored struct {
	Dir       string
	Revisions int
	Answers   int // of interviews that were not recorded yet
	Files     int
	Missing   int // files that were not found beside the backup
}

// Restore makes a study out of a backup, in a new or empty folder, after checking all
// of it. Files that interviews cite are taken from beside the backup. The study
// counts as a new laptop: its old identity may go on working elsewhere.
func Restore(ctx context.Context, file, dir string, opts ...Option) (*Restored, error) {
	r, err := restore(ctx, file, dir, opts)
	if err != nil {
		return nil, fmt.Errorf("restore %q: %w", filepath.Base(file), explain(err))
	}
	return r, nil
}

func restore(ctx context.Context, file, dir string, opts []Option) (*Restored, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, err
	}
	if err := checkCopy(ctx, file); err != nil {
		return nil, err
	}
	copyIn := func() error { return copyFile(ctx, file, filepath.Join(dir, FileName)) }
	up := filepath.Dir(filepath.Dir(file))
	return furnish(ctx, dir, copyIn, []string{filepath.Join(filepath.Dir(file), "files"), filepath.Join(up, "files")}, opts)
}

// CopyIn copies a closed study out of a folder that it cannot be worked on in into a
// new or empty one, as a new laptop. Every file is read back; if the study changes
// while it is copied, nothing is left.
func CopyIn(ctx context.Context, from, to string, opts ...Option) (*Restored, error) {
	r, err := copyStudy(ctx, from, to, opts)
	if err != nil {
		return nil, fmt.Errorf("copy study %q: %w", from, explain(err))
	}
	return r, nil
}

func copyStudy(ctx context.Context, from, to string, opts []Option) (*Restored, error) {
	live := filepath.Join(from, FileName)
	if _, err := os.Stat(live); err != nil {
		return nil, ErrNotStudy
	}
	if err := busy(live); err != nil {
		return nil, err
	}
	copyIn := func() error {
		for _, end := range [...]string{"", "-wal"} {
			before, err := hashFile(ctx, live+end)
			if errors.Is(err, os.ErrNotExist) && end != "" {
				continue
			}
			if err != nil {
				return err
			}
			if err := copyFile(ctx, live+end, filepath.Join(to, FileName)+end); err != nil {
				return err
			}
			if after, err := hashFile(ctx, filepath.Join(to, FileName)+end); err != nil || after != before {
				return errors.Join(err, fmt.Errorf("it changed while it was copied; %w", ErrBusy))
			}
		}
		return nil
	}
	return furnish(ctx, to, copyIn, []string{filepath.Join(from, "files")}, opts)
}

// busy says whether another program has a study open. It changes nothing.
func busy(live string) error {
	live, err := filepath.Abs(live)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", FileURI(live, "mode=ro&_pragma=busy_timeout(0)"))
	if err != nil {
		return err
	}
	defer db.Close()
	var n int
	if err := explain(db.QueryRow(`SELECT count(*) FROM sqlite_schema`).Scan(&n)); errors.Is(err, ErrBusy) {
		return err
	}
	return nil
}

// furnish makes a study's folder around a database that copyIn puts there. On failure
// it leaves nothing behind.
func furnish(ctx context.Context, dir string, copyIn func() error, files []string, opts []Option) (_ *Restored, err error) {
	s := newStudy(dir, opts)
	if err := s.checkPlace(); err != nil {
		return nil, err
	}
	fresh, err := emptyFolder(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.abandon(fresh)
		}
	}()
	for _, sub := range []string{"files", "maps", backupFolder} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	if err := copyIn(); err != nil {
		return nil, err
	}
	if err := s.connect("rw"); err != nil {
		return nil, err
	}
	if err := errors.Join(ours(s.db), checkFile(ctx, s.db, "integrity_check")); err != nil {
		return nil, err
	}
	if err := s.migrate(); err != nil {
		return nil, err
	}
	r := &Restored{Dir: dir}
	if err := s.fetchFiles(ctx, files, r); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil && !errors.Is(err, errNoIdentity) {
		return nil, err
	}
	if err := s.adopt(s.info.Researcher, true, whereIs(dir)); err != nil {
		return nil, err
	}
	if err := s.db.QueryRow(`SELECT (SELECT count(*) FROM revision), (SELECT count(*) FROM draft)`).Scan(&r.Revisions, &r.Answers); err != nil {
		return nil, err
	}
	return r, s.Close()
}

// fetchFiles copies the files that the database cites from the first folder that has
// them whole; those that none has count as being on another laptop.
func (s *Study) fetchFiles(ctx context.Context, from []string, r *Restored) error {
	sums, err := s.Files()
	if err != nil {
		return err
	}
	for _, sum := range sums {
		found := false
		for _, dir := range from {
			h, err := hashFile(ctx, filepath.Join(dir, sum))
			if err != nil || fmt.Sprintf("%x", h) != sum {
				continue
			}
			if err := copyFile(ctx, filepath.Join(dir, sum), s.filePath(sum)); err != nil {
				return err
			}
			found = true
			break
		}
		if found {
			r.Files++
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r.Missing++
		if _, err := s.db.Exec(`UPDATE file SET have = 0 WHERE sha256 = ?`, sum); err != nil {
			return err
		}
	}
	return nil
}

// abandon removes what was made of a study so far.
func (s *Study) abandon(fresh bool) {
	if s.db != nil {
		s.db.Close()
	}
	for _, sub := range []string{"files", backupFolder, "maps"} {
		os.RemoveAll(filepath.Join(s.dir, sub))
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		os.Remove(filepath.Join(s.dir, FileName) + end)
	}
	if fresh {
		os.Remove(s.dir)
	}
}
