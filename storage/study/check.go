package study

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// checkAtOnce is up to which size a study is checked while it is opened, after an
// unclean end: a fifth of a second. The check of a larger one is that of the backup
// which Tend makes when the study was opened; answers are saved meanwhile.
var checkAtOnce uint64 = 64 << 20

// endedBadly says whether the study was not closed: its log is there. SQLite deletes
// the log when the last connection closes, and makes it when one opens, so it is the
// mark of an open study that costs no commit and cannot be forgotten.
func endedBadly(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, FileName) + "-wal")
	return err == nil
}

// checkAfter looks for damage after an unclean end.
func (s *Study) checkAfter(unclean bool) error {
	s.info.Unclean = unclean
	if !unclean {
		return nil
	}
	if s.size() > checkAtOnce {
		s.care.unchecked.Store(true)
		return nil
	}
	if err := checkFile(context.Background(), s.db, "quick_check"); err != nil {
		return err
	}
	return checkFile(context.Background(), s.db, "integrity_check")
}

// sweep removes what work that was broken off left in a study that is open here.
func sweep(dir string) {
	for _, pattern := range [...]string{".convert-*", ".check-*", ".recover-*", backupFolder + "/.new-*", "files/.new-*"} {
		left, _ := filepath.Glob(filepath.Join(escapeGlob(dir), pattern))
		for _, l := range left {
			os.RemoveAll(l)
		}
	}
}

// recoveredName is what a study made anew of a damaged one is called until it takes
// its place.
const recoveredName = FileName + ".recovered"

// finishRecovery puts a recovered study in its place. A recovery that was broken off
// after the damaged file was set aside ends here.
func finishRecovery(dir string) error {
	from := filepath.Join(dir, recoveredName)
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, end := range [...]string{"-wal", "-shm"} { // they belong to the damaged file
		if err := os.Remove(filepath.Join(dir, FileName) + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := syncFolder(dir); err != nil {
		return err
	}
	if err := os.Rename(from, filepath.Join(dir, FileName)); err != nil {
		return err
	}
	return syncFolder(dir)
}

const noDatabase = "it does not look like a database any more"

// orDamaged takes a file that is no database for a damaged one where there are backups
// of it.
func orDamaged(dir string, err error) error {
	if err = explain(err); errors.Is(err, ErrNotStudy) && len(Backups(dir)) > 0 {
		return fmt.Errorf("%w (%s)", ErrDamaged, noDatabase)
	}
	return err
}
