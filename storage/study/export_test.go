package study

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// LimitPages lets the database grow to so many pages and no further, which is how
// a full disk looks to it.
func (s *Study) LimitPages(n int) {
	if _, err := s.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
		panic(err)
	}
}

// DoNotSync lets laws run fast: they are not about crashes.
func (s *Study) DoNotSync() {
	if _, err := s.db.Exec("PRAGMA synchronous = OFF"); err != nil {
		panic(err)
	}
}

// Derived writes down what is derived, without numbers that belong to this file.
func (s *Study) Derived() []string {
	var out []string
	for _, q := range []string{
		`SELECT 'current ' || entity || ' ' || kind || ' ' || form || ' ' || form_version || ' ' || form_lamport || ' ' || form_revision || ' ' || revisions || ' ' || contested || ' ' || deleted FROM current WHERE revisions > 0 ORDER BY entity`,
		`SELECT 'head ' || current.entity || ' ' || field.name || ' ' || revision.id || ' ' || head.value FROM head JOIN current ON current.n = head.entity JOIN field ON field.n = head.field JOIN revision ON revision.n = head.revision ORDER BY 1`,
		`SELECT 'spread ' || current.entity || ' ' || field.name || ' ' || spread.heads || ' ' || spread.least || ' ' || spread.greatest FROM spread JOIN current ON current.n = spread.entity JOIN field ON field.n = spread.field ORDER BY 1`,
		`SELECT 'replaced ' || current.entity || ' ' || field.name || ' ' || replaced.revision FROM replaced JOIN current ON current.n = replaced.entity JOIN field ON field.n = replaced.field ORDER BY 1`,
	} {
		rows, err := s.db.Query(q)
		if err != nil {
			panic(err)
		}
		lines, err := scanStrings(rows)
		if err != nil {
			panic(err)
		}
		out = append(out, lines...)
	}
	return out
}

// Salvage reads what can be read of a damaged file.
func Salvage(live string) error {
	_, err := salvage(live)
	return err
}

// Unpack unpacks a study of an earlier version of the schema into a new folder.
func Unpack(t *testing.T, version string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "s")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join("testdata", version, FileName+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, FileName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// CheckAtOnce sets up to which size a study is checked while it is opened, until undo
// is called.
func CheckAtOnce(size uint64) (undo func()) {
	before := checkAtOnce
	checkAtOnce = size
	return func() { checkAtOnce = before }
}

// ReadFrames visits what a process that reads copies might write.
func ReadFrames(b []byte, visit func(kind byte, b []byte) error) error {
	return readFrames(bytes.NewReader(b), visit)
}

// ReaderEnded tells how processes that read copies ended, until undo is called.
func ReaderEnded(f func(*os.ProcessState)) (undo func()) {
	before := readerEnded
	readerEnded = f
	return func() { readerEnded = before }
}

// LimitReader gives this process the limits of one that reads copies.
func LimitReader() error { return limitReader() }
