package exchange

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Files are files that belong together: they are written beside their places under other
// names, and Commit puts them there. The zero value is ready.
type Files struct {
	written []writtenFile
	notes   []string
}

type writtenFile struct{ temporary, path string }

// Write writes a file, or lets the one who calls write it by its name, and syncs it.
func (t *Files) Write(path string, write func(f *os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".sse-*")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write %q: there is no such folder; make it first", path)
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", path, bare(err))
	}
	t.written = append(t.written, writtenFile{f.Name(), path})
	if err = write(f); err == nil {
		err = errors.Join(f.Chmod(0o644), f.Sync())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	return nil
}

// Note keeps a sentence for the one who asked for the files.
func (t *Files) Note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// noteUnfit says how many answers a typed column could not hold.
func (t *Files) noteUnfit(path string, n int, column string) {
	t.Note("%s: %s of %s left out: no number or date that its column can hold.", filepath.Base(path), counted(n, "answer"), column)
}

// bare is an error without the name of a file that nobody has heard of.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// Commit puts the files into their places and returns these, also with an error: of several
// some may be there.
func (t *Files) Commit() (*Written, error) {
	out := &Written{Notes: t.notes}
	dirs := map[string]bool{}
	for len(t.written) > 0 {
		w := t.written[0]
		if err := os.Rename(w.temporary, w.path); err != nil {
			return out, fmt.Errorf("write %q: %w", w.path, bare(err))
		}
		t.written = t.written[1:]
		out.Files = append(out.Files, w.path)
		dirs[filepath.Dir(w.path)] = true
	}
	for dir := range dirs { // their entries; not on all systems
		if d, err := os.Open(dir); err == nil {
			d.Sync()
			d.Close()
		}
	}
	return out, nil
}

// Discard removes what was not committed.
func (t *Files) Discard() {
	for _, w := range t.written {
		os.Remove(w.temporary)
		os.Remove(w.temporary + "-journal")
	}
	t.written = nil
}

// WriteWhole writes beside the file, syncs and renames, so that the file is there
// whole or as it was.
func WriteWhole(path string, write func(io.Writer) error) error {
	t := &Files{}
	defer t.Discard()
	if err := t.Write(path, func(f *os.File) error { return write(f) }); err != nil {
		return err
	}
	_, err := t.Commit()
	return err
}

// sibling is the path of another file that belongs to one: of a repeat, or of another
// ending.
func sibling(path, name, ext string) string {
	base := strings.TrimSuffix(path, filepath.Ext(path))
	if name != "" {
		base += "-" + fileName(name)
	}
	return base + ext
}

// fileName is a name that every file system takes.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, s)
}
