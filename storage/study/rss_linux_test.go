package study_test

import (
	"os"
	"syscall"
)

// peak is the most memory that a process used, in bytes; on Linux it is never less than
// what this process had when it started the other.
func peak(p *os.ProcessState) int64 {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss << 10
	}
	return 0
}
