package study

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Why a study cannot be opened or written. Each is a sentence for a person.
var (
	ErrBusy     = errors.New("the study is open in another window or program; close it there first")
	ErrNewer    = errors.New("the study was made by a newer version of this program; install the newer version to open it")
	ErrNotStudy = errors.New("the folder holds no study; choose the folder that contains study.sqlite")
	ErrDamaged  = errors.New("the study file is damaged; File > Recover a damaged study, or `sse recover DIR`, makes it anew of the newest backup and of what can still be read")
	ErrReadOnly = errors.New("the folder cannot be written to; choose another folder, or ask for permission to write there")
	ErrFull     = errors.New("the disk is full; make room and try again, nothing was changed")
	ErrExists   = errors.New("the folder already holds something; choose a new or empty folder")
)

// explain turns what SQLite and the file system say into the errors above.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrFull) || errors.Is(err, ErrReadOnly) || errors.Is(err, ErrDamaged) {
		return err // in words already
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() & 0xff {
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
			return fmt.Errorf("%w (%v)", ErrBusy, err)
		case lib.SQLITE_FULL:
			return fmt.Errorf("%w (%v)", ErrFull, err)
		case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_PERM:
			return fmt.Errorf("%w (%v)", ErrReadOnly, err)
		case lib.SQLITE_NOTADB:
			return fmt.Errorf("%w (%v)", ErrNotStudy, err)
		case lib.SQLITE_CORRUPT:
			return fmt.Errorf("%w (%v)", ErrDamaged, err)
		}
	}
	for _, full := range diskFull {
		if errors.Is(err, full) {
			return fmt.Errorf("%w (%v)", ErrFull, err)
		}
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w (%v)", ErrReadOnly, err)
	}
	return err
}
