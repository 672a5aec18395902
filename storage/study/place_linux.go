package study

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ask reads the mount table: it names the kinds of FUSE, which statfs does not.
func (p *place) ask(dir string) {
	p.system = "linux"
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return
	}
	m := mountOf(string(b), dir)
	p.fs, p.root = m.fs, m.at == "/"
	if name, ok := strings.CutPrefix(realDevice(m.source), "/dev/"); ok {
		p.removable = removableDisk("/sys/class/block", name, 0)
	}
}

func realDevice(source string) string {
	if real, err := filepath.EvalSymlinks(source); err == nil {
		return real
	}
	return source
}

// mount is a line of the mount table.
type mount struct{ at, fs, source string }

// mountOf finds the mount on which a path lies: the longest, and of equal ones the
// last, which covers the others. Format: proc_pid_mountinfo(5).
func mountOf(table, path string) (best mount) {
	for _, line := range strings.Split(table, "\n") {
		f := strings.Fields(line)
		sep := 6
		for sep < len(f) && f[sep] != "-" {
			sep++
		}
		if sep+2 >= len(f) {
			continue
		}
		m := mount{unoctal(f[4]), f[sep+1], unoctal(f[sep+2])}
		if (m.at == "/" || within(path, m.at, false)) && len(m.at) >= len(best.at) {
			best = m
		}
	}
	return best
}

// unoctal reads the escapes \040 (space), \011, \012 and \134 of the mount table.
func unoctal(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				out.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// removableDisk follows a partition to its disk, and an encrypted or joined volume
// to what it lies on. Disks in USB cases say that they are fixed, and are believed;
// SD cards say so too, and are not.
func removableDisk(class, name string, depth int) bool {
	dir, err := filepath.EvalSymlinks(filepath.Join(class, name))
	if err != nil || depth > 8 {
		return false
	}
	below, _ := os.ReadDir(filepath.Join(dir, "slaves"))
	for _, b := range below {
		if removableDisk(class, b.Name(), depth+1) {
			return true
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "partition")); err == nil {
		dir = filepath.Dir(dir)
	}
	says := func(file string) string {
		b, _ := os.ReadFile(filepath.Join(dir, file))
		return strings.TrimSpace(string(b))
	}
	return says("removable") == "1" || says("device/type") == "SD"
}

// freeSpace says how many bytes a user may still write on the disk of a folder.
func freeSpace(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return st.Bavail * uint64(st.Bsize), nil
}
