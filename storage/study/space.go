package study

import (
	"fmt"
	"os"
	"path/filepath"
)

// lowSpace is below how many free bytes the program warns.
const lowSpace = 1 << 30

// WithSpace sets how free space is asked for, for tests.
func WithSpace(free func(dir string) (uint64, error)) Option {
	return func(s *Study) { s.free = free }
}

// SpaceError refuses work that would not fit on the disk.
type SpaceError struct {
	Dir        string
	Need, Free uint64 // bytes
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("there is too little room on the disk of %s: %s are needed, %s are free; make room and try again, nothing was changed", e.Dir, Bytes(e.Need), Bytes(e.Free))
}

// Is makes it an ErrFull.
func (e *SpaceError) Is(target error) bool { return target == ErrFull }

// Bytes writes a size for people.
func Bytes(n uint64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1023)/1024)
}

// Space says how many bytes are free on the study's disk, and whether that is
// little: less than a gigabyte, or than twice the database.
func (s *Study) Space() (free uint64, low bool, err error) {
	if free, err = s.free(s.dir); err != nil {
		return 0, false, explain(err)
	}
	return free, free < max(lowSpace, 2*s.size()), nil
}

// Room refuses work that needs so many bytes on the study's disk if they are not
// free. A system that cannot say how much is free refuses nothing.
func (s *Study) Room(need uint64) error { return s.roomIn(s.dir, need) }

func (s *Study) roomIn(dir string, need uint64) error {
	free, err := s.free(dir)
	if err != nil || free >= need {
		return nil
	}
	return &SpaceError{dir, need, free}
}

// size is how large the database is, what is not checkpointed included.
func (s *Study) size() uint64 {
	var n uint64
	for _, end := range [...]string{"", "-wal"} {
		if st, err := os.Stat(filepath.Join(s.dir, FileName) + end); err == nil {
			n += uint64(st.Size())
		}
	}
	return n
}

// idText writes a file's number.
func idText(n uint64) string { return fmt.Sprintf("%x", n) }
