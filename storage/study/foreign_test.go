package study_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// snapshot is all of a folder: names, sizes, times and bytes.
func snapshot(t testing.TB, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(h, path, i.Mode(), i.Size())
		if i.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			fmt.Fprintln(h, i.ModTime().UnixNano())
			h.Write(b)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// takeFolder takes in the study of a folder and says what it said.
func takeFolder(s *study.Study, dir string) ([]string, error) {
	f, err := s.ReadFolder(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := s.Plan(ctx, f.Parcel); err != nil {
		return f.Notices, err
	}
	_, _, err = s.Apply(ctx, f.Parcel, nil)
	return f.Notices, err
}

func digestOf(t testing.TB, s *study.Study) string {
	t.Helper()
	r, err := s.Verify(false)
	if err != nil || len(r.Problems) > 0 {
		t.Fatal(err, r)
	}
	return r.Digest
}

// closedCopy copies the files of a study's folder.
func closedCopy(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestReadFolderVersions takes in the folder of every version: what counts there is here
// afterwards, as signed, and the folder is as it was.
func TestReadFolderVersions(t *testing.T) {
	versions, _ := filepath.Glob("testdata/v*")
	if len(versions) < 3 {
		t.Fatal(versions)
	}
	for _, v := range versions {
		t.Run(filepath.Base(v), func(t *testing.T) {
			dir := study.Unpack(t, filepath.Base(v))
			before := snapshot(t, dir)
			opened, err := study.Open(closedCopy(t, dir))
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			ana := create(t, filepath.Join(t.TempDir(), "a"), opened.Info().ID, "ana")
			notices, err := takeFolder(ana, dir)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(notices, " "), "not finished there: 1.") {
				t.Error(notices)
			}
			if got, want := digestOf(t, ana), digestOf(t, opened); got != want {
				t.Errorf("digest %s, want %s", got, want)
			}
			if snapshot(t, dir) != before {
				t.Error("the folder was changed")
			}
		})
	}
}

// TestReadFolder takes in a folder with files, a batch that was undone and a log that is
// not in the database yet.
func TestReadFolder(t *testing.T) {
	benDir := filepath.Join(t.TempDir(), "b")
	ben, chi := create(t, benDir, "one", "ben"), create(t, filepath.Join(t.TempDir(), "c"), "one", "chi")
	for i := range 20 {
		if _, err := ben.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(fmt.Sprint("Unit <", i, "> \"करुणा\"\u2028\x01"))}); err != nil {
			t.Fatal(err)
		}
	}
	photo, err := ben.AddFile([]byte("a photo"), "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	spoilt, err := ben.AddFile([]byte("another"), "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chi.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of("undone")}); err != nil {
		t.Fatal(err)
	}
	if err := chi.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := ben.ReadFolder(ctx, chi.Info().Dir)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(f.Notices, ""), "-wal in the folder") {
		t.Error("nothing is said of the log:", f.Notices)
	}
	batch, _, err := ben.Apply(ctx, f.Parcel, nil)
	if err := errors.Join(err, f.Close()); err != nil || batch == "" {
		t.Fatal(batch, err)
	}
	if err := ben.Undo(batch); err != nil {
		t.Fatal(err)
	}
	want := digestOf(t, ben)
	dir := closedCopy(t, benDir) // with its log, as it was open
	if st, err := os.Stat(filepath.Join(dir, study.FileName+"-wal")); err != nil || st.Size() == 0 {
		t.Fatal("there is no log; the test shows nothing")
	}
	if err := os.WriteFile(filepath.Join(dir, "files", spoilt), []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
	for range 2 {
		if notices, err := takeFolder(ana, dir); err != nil || len(notices) > 0 {
			t.Fatal(notices, err)
		}
		if got := digestOf(t, ana); got != want {
			t.Errorf("digest %s, want %s", got, want)
		}
	}
	if fs, err := ana.Files(); err != nil || len(fs) != 1 || fs[0] != photo {
		t.Error(fs, err)
	}
	if snapshot(t, dir) != before {
		t.Error("the folder was changed")
	}
	if left, _ := filepath.Glob(filepath.Join(ana.Info().Dir, ".*")); len(left) > 0 {
		t.Error("it left", left)
	}
	if err := os.Remove(filepath.Join(dir, study.FileName+"-wal")); err != nil {
		t.Fatal(err)
	}
	if _, err := takeFolder(ana, dir); err == nil || !strings.Contains(err.Error(), "-wal in the folder") {
		t.Error("the log, and all that is in it, is missing:", err)
	}
}

// TestFolderOfOneself refuses to read the study that is open, before it touches the file.
func TestFolderOfOneself(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	ana := create(t, dir, "one", "ana")
	if _, err := ana.ReadFolder(ctx, dir); err == nil || !strings.Contains(err.Error(), "that is open") {
		t.Error(err)
	}
}

// TestFolderInUse refuses a study that another process has open.
func TestFolderInUse(t *testing.T) {
	const holds = "SSE_TEST_HOLDS"
	if dir := os.Getenv(holds); dir != "" {
		s, err := study.Open(dir)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("open")
		var end [1]byte
		os.Stdin.Read(end[:])
		s.Close()
		os.Exit(0)
	}
	dir := filepath.Join(t.TempDir(), "b")
	if err := create(t, dir, "one", "ben").Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestFolderInUse$")
	cmd.Env = append(os.Environ(), holds+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 100)
	if n, _ := out.Read(said); string(said[:n]) != "open\n" {
		t.Fatalf("%q", said[:n])
	}
	ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
	if _, err := ana.ReadFolder(ctx, dir); !errors.Is(err, study.ErrBusy) {
		t.Error(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if f, err := ana.ReadFolder(ctx, dir); err != nil {
		t.Error("closed:", err)
	} else {
		f.Close()
	}
}

// spoil runs statements on a closed study.
func spoilFolder(t testing.TB, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, study.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
}

// TestHostileFolders refuses databases that are made to do something.
func TestHostileFolders(t *testing.T) {
	seed := filepath.Join(t.TempDir(), "b")
	ben := create(t, seed, "one", "ben")
	if _, err := ben.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of("Unit")}); err != nil {
		t.Fatal(err)
	}
	if err := ben.Close(); err != nil {
		t.Fatal(err)
	}
	const long = `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT * FROM c`
	for name, c := range map[string]struct {
		do   []string
		want string
	}{
		"a view in place of a table": {[]string{`ALTER TABLE meta RENAME TO meta_2`, `CREATE VIEW meta AS SELECT key, value FROM meta_2`}, "no table"},
		"a view that never ends":     {[]string{`ALTER TABLE draft RENAME TO draft_2`, `CREATE VIEW draft(interview, field, value, at) AS SELECT x, x, x, x FROM (` + long + `)`}, "no table"},
		"a trigger":                  {[]string{`CREATE TRIGGER x AFTER INSERT ON meta BEGIN DELETE FROM revision; END`}, "no table"},
		"a virtual table":            {[]string{`CREATE VIRTUAL TABLE x USING fts5(y)`}, "no table"},
		"a generated column":         {[]string{`ALTER TABLE device ADD COLUMN x TEXT AS (hex(zeroblob(100000000)))`}, "not as this program makes it"},
		"a table is missing":         {[]string{`DROP TABLE draft`}, "not as this program makes it"},
		"a column of another type":   {[]string{`DROP TABLE meta`, `CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT`}, "not as this program makes it"},
		"a later version":            {[]string{`PRAGMA user_version = 99`}, "newer version"},
		"no version":                 {[]string{`PRAGMA user_version = 0`}, "holds no study"},
		"another application":        {[]string{`PRAGMA application_id = 1`}, "holds no study"},
		"a name that is too long":    {[]string{`UPDATE meta SET value = hex(zeroblob(1000000)) WHERE key = 'name'`}, "too long"},
		"a row that is too long":     {[]string{`UPDATE revision SET patch = hex(zeroblob(40000000))`}, "too big"},
		"too many laptops":           {[]string{`INSERT INTO device WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000) SELECT x, '', x'' FROM c`}, "laptops"},
		"the schema is rewritten":    {[]string{`PRAGMA writable_schema = ON`, `UPDATE sqlite_schema SET sql = 'CREATE TABLE meta (key TEXT, value TEXT AS (load_extension(key)))' WHERE name = 'meta'`}, ""},
		"nonsense in the schema":     {[]string{`PRAGMA writable_schema = ON`, `UPDATE sqlite_schema SET rootpage = 1000000 WHERE name = 'revision'`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := closedCopy(t, seed)
			spoilFolder(t, dir, c.do...)
			before := snapshot(t, dir)
			ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
			ours := snapshot(t, ana.Info().Dir)
			_, err := takeFolder(ana, dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			t.Log(err)
			if snapshot(t, dir) != before {
				t.Error("the folder was changed")
			}
			if snapshot(t, ana.Info().Dir) != ours {
				t.Error("the study was changed")
			}
		})
	}
}

// TestAlteredFolder leaves out single revisions that were altered, and takes in the rest.
func TestAlteredFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	ben := create(t, dir, "one", "ben")
	for i := range 5 {
		if _, err := ben.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(fmt.Sprint("Unit ", i))}); err != nil {
			t.Fatal(err)
		}
	}
	if err := ben.Close(); err != nil {
		t.Fatal(err)
	}
	spoilFolder(t, dir, `UPDATE revision SET patch = '{"_name":"forged"}' WHERE n = 1`, `UPDATE revision SET seq = 77 WHERE n = 2`, `UPDATE revision SET sig = zeroblob(64) WHERE n = 3`,
		`UPDATE revision SET hash = x'00' WHERE n = 4`)
	ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
	f, err := ana.ReadFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := ana.Plan(ctx, f.Parcel)
	if err != nil {
		t.Fatal(err)
	}
	if p.Counts.New != 1 || p.Counts.Invalid != 4 {
		t.Errorf("%+v", p.Counts)
	}
}

// TestOddFolders refuses what is no ordinary file.
func TestOddFolders(t *testing.T) {
	seed := filepath.Join(t.TempDir(), "b")
	if err := create(t, seed, "one", "ben").Close(); err != nil {
		t.Fatal(err)
	}
	ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
	link := filepath.Join(t.TempDir(), "l")
	if err := os.Mkdir(link, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(seed, study.FileName), filepath.Join(link, study.FileName)); err != nil {
		t.Skip("skipped: no symbolic links here:", err)
	}
	if _, err := ana.ReadFolder(ctx, link); err == nil || !strings.Contains(err.Error(), "no ordinary file") {
		t.Error("a link:", err)
	}
	if _, err := ana.ReadFolder(ctx, t.TempDir()); !errors.Is(err, study.ErrNotStudy) {
		t.Error("nothing:", err)
	}
	if _, err := ana.ReadFolder(ctx, filepath.Join(t.TempDir(), "none")); !errors.Is(err, study.ErrNotStudy) {
		t.Error("no folder:", err)
	}
	small, err := study.Open(closedCopy(t, seed), study.WithSpace(func(string) (uint64, error) { return 1000, nil }))
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	if _, err := small.ReadFolder(ctx, seed); !errors.Is(err, study.ErrFull) {
		t.Error("no room:", err)
	}
}

// FuzzReadFrames reads what a process that was taken over might write.
func FuzzReadFrames(f *testing.F) {
	head, _ := json.Marshal(map[string]any{"Study": "one"})
	f.Add(append([]byte{'h', 0, 0, 0, byte(len(head))}, append(head, 'e', 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1)...))
	f.Add([]byte{'h', 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{'e', 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		err := study.ReadFrames(b, func(_ byte, x []byte) error { n += 5 + len(x); return nil })
		if whole := err == nil && n+13 == len(b); err == nil && !whole {
			t.Errorf("%d of %d bytes were visited", n, len(b))
		}
	})
}
