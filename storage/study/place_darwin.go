package study

import (
	"strings"
	"syscall"
)

// Flags of statfs(2).
const (
	mntRemovable = 0x200
	mntLocal     = 0x1000
)

func (p *place) ask(dir string) {
	p.system = "darwin"
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return
	}
	text := func(b []int8) string {
		var out strings.Builder
		for _, c := range b {
			if c == 0 {
				break
			}
			out.WriteByte(byte(c))
		}
		return out.String()
	}
	at := text(st.Mntonname[:])
	p.fs, p.root = text(st.Fstypename[:]), at == "/"
	p.remote = st.Flags&mntLocal == 0
	// Sticks come formatted for every system; the flag is missing on some readers.
	p.removable = st.Flags&mntRemovable != 0 || strings.HasPrefix(at, "/Volumes/") && (p.fs == "msdos" || p.fs == "exfat")
}

// freeSpace says how many bytes a user may still write on the disk of a folder.
func freeSpace(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return st.Bavail * uint64(st.Bsize), nil
}
