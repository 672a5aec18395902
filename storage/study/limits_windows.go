package study

import (
	"os"
	"runtime/debug"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Limits of the process that reads a copy, in bytes: what Go holds, and all.
const (
	readerHeap   = 192 << 20
	readerMemory = 448 << 20
)

// limitReader puts this process into a job that bounds its memory.
func limitReader() error {
	debug.SetMemoryLimit(readerHeap)
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return err
	}
	var l windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	l.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY
	l.ProcessMemoryLimit = readerMemory
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&l)), uint32(unsafe.Sizeof(l))); err != nil {
		return err
	}
	return windows.AssignProcessToJobObject(job, windows.CurrentProcess())
}

// inUse says whether another program holds a lock of SQLite on a database: the 512 bytes
// from 1 GiB on (sqlite.org/lockingv3.html) cannot be locked then.
func inUse(f *os.File) (bool, error) {
	at := &windows.Overlapped{Offset: 1 << 30}
	h := windows.Handle(f.Fd())
	switch err := windows.LockFileEx(h, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 512, 0, at); err {
	case nil:
		return false, windows.UnlockFileEx(h, 0, 512, 0, at)
	case windows.ERROR_LOCK_VIOLATION, windows.ERROR_IO_PENDING:
		return true, nil
	default:
		return false, err
	}
}
