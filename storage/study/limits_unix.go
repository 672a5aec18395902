//go:build linux || darwin

package study

import (
	"os"
	"runtime/debug"
	"syscall"
)

// Limits of the process that reads a copy, in bytes. The collector keeps what Go holds
// below the first; SQLite's memory is not Go's, and the system keeps both below the
// second (not on macOS, which does not watch it).
const (
	readerHeap   = 192 << 20
	readerMemory = 448 << 20
)

// limitReader bounds memory and how large files can be made: a log can say that the
// database has billions of pages.
func limitReader() error {
	debug.SetMemoryLimit(readerHeap)
	largest := uint64(64 << 20)
	for _, end := range [...]string{"", "-wal"} {
		if st, err := os.Stat(FileName + end); err == nil {
			largest += uint64(st.Size())
		}
	}
	for what, n := range map[int]uint64{syscall.RLIMIT_DATA: readerMemory, syscall.RLIMIT_FSIZE: largest, syscall.RLIMIT_CORE: 0} {
		var l syscall.Rlimit
		if err := syscall.Getrlimit(what, &l); err != nil {
			return err
		}
		l.Cur, l.Max = min(l.Cur, n), min(l.Max, n)
		if err := syscall.Setrlimit(what, &l); err != nil {
			return err
		}
	}
	return nil
}

// inUse says whether another program holds a lock of SQLite on a database. It asks the
// system and takes no lock (sqlite.org/lockingv3.html: PENDING, RESERVED and SHARED are
// 512 bytes from 1 GiB on). Locks of this process do not show, and closing the file would
// drop them: a database that is open here must not be asked.
func inUse(f *os.File) (bool, error) {
	l := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 1 << 30, Len: 512}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &l); err != nil {
		return false, err
	}
	return l.Type != syscall.F_UNLCK, nil
}
