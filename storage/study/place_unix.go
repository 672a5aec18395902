//go:build linux || darwin

package study

import (
	"os"
	"syscall"
)

// fileID tells a file from its copies: its inode. Opening the file would drop
// SQLite's locks on it, so it is only asked for by name.
func fileID(path string) string {
	st, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		return idText(sys.Ino)
	}
	return ""
}

// writable asks whether a file or folder may be written; SQLite says so only when it
// locks.
func writable(path string) error { return syscall.Access(path, 2) }

// diskFull is how the system says that a disk is full, or a person's share of it.
var diskFull = []error{syscall.ENOSPC, syscall.EDQUOT}
