package study_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

var ctx = context.Background()

func create(t testing.TB, dir, id, researcher string) *study.Study {
	t.Helper()
	s, err := study.Create(dir, study.Settings{ID: id, Name: "Trial", Countries: []string{"NPL", "KOR"}, Researcher: researcher})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a study")
	s := create(t, dir, "", "ana")
	unit, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of("करुणा & <co>")})
	if err != nil {
		t.Fatal(err)
	}
	iv, err := s.StartInterview(ctx, unit, "f", "1")
	if err != nil {
		t.Fatal(err)
	}
	for f, v := range map[survey.Field]survey.Value{"a": survey.Of("1"), "b": {Special: survey.Refused}, "c": {}} {
		if err := s.SaveAnswer(iv, f, v); err != nil {
			t.Fatal(err)
		}
	}
	want, err := s.Verify(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = study.Open(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	draft, err := s.Draft(iv)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[survey.Field]survey.Value{"a": survey.Of("1"), "b": {Special: survey.Refused}, "c": {}}, draft); d != "" {
		t.Error(d)
	}
	got, err := s.Verify(true)
	if err != nil || len(got.Problems) > 0 {
		t.Fatal(err, got)
	}
	if got.Digest != want.Digest {
		t.Error("the digest changed")
	}
	if d := cmp.Diff([]string{"NPL", "KOR"}, s.Info().Countries); d != "" {
		t.Error(d)
	}
}

func TestRecord(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "s"), "", "ana")
	iv, err := s.StartInterview(ctx, "u", "f", "1")
	if err != nil {
		t.Fatal(err)
	}
	record := func(status survey.Status, answers map[survey.Field]survey.Value) *survey.Document {
		t.Helper()
		if err := s.Record(ctx, iv, status, answers); err != nil {
			t.Fatal(err)
		}
		d, err := s.Document(iv)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := record(survey.InProgress, map[survey.Field]survey.Value{"a": survey.Of("1"), "b": survey.Of("2")})
	if d.Text("a") != "1" || d.Text(survey.FieldStatus) != "in_progress" {
		t.Errorf("after the first: %v", d.Heads)
	}
	n := d.Revisions
	if d = record(survey.InProgress, map[survey.Field]survey.Value{"a": survey.Of("1"), "b": survey.Of("2")}); d.Revisions != n {
		t.Error("recording the same again made a revision")
	}
	d = record(survey.Completed, map[survey.Field]survey.Value{"a": survey.Of("3")})
	if d.Text("a") != "3" || !d.Value("b").Blank() || d.Text(survey.FieldStatus) != "completed" || len(d.Contested()) > 0 {
		t.Errorf("after the second: %v", d.Heads)
	}
}

// earlier makes a study as the first scripts of the schema made it: one unit, renamed by
// a package that was undone.
func earlier(t *testing.T, dir string, scripts int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "files"), 0o755))
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, study.FileName))
	must(err)
	defer db.Close()
	for i := range scripts {
		b, err := os.ReadFile(fmt.Sprintf("schema/%d.sql", i+1))
		must(err)
		_, err = db.Exec(string(b))
		must(err)
	}
	pub, key, err := ed25519.GenerateKey(nil)
	must(err)
	exec := func(query string, args ...any) {
		t.Helper()
		_, err := db.Exec(query, args...)
		must(err)
	}
	exec(`INSERT INTO meta VALUES ('study', 'one'), ('name', 'Trial'), ('researcher', 'ana'), ('countries', 'NPL'), ('fictional', 'false')`)
	exec(`INSERT INTO device VALUES ('d', 'ana', ?)`, []byte(pub))
	exec(`INSERT INTO own_device VALUES ('d', ?)`, []byte(key))
	for i, name := range []string{"Karuna", "Karuna Group"} {
		r := survey.Revision{ID: fmt.Sprint("r", i), Entity: "u", Kind: survey.UnitKind, Device: "d", Seq: int64(i + 1), Actor: "ana", Wall: "2026-03-02T10:00:00.000Z", TZ: "+05:45", Lamport: int64(i + 1),
			Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of(name)}}
		replaces := "null"
		if i > 0 {
			r.Replaces, replaces = map[survey.Field][]string{survey.FieldName: {"r0"}}, `{"_name":["r0"]}`
		}
		h, err := r.Hash()
		must(err)
		exec(`INSERT INTO revision VALUES (?,?,?,'','','d',?,'ana',?,?,?,?,?,?,?)`, r.ID, "u", "unit", r.Seq, r.Wall, r.TZ, r.Lamport, fmt.Sprintf(`{"_name":%q}`, name), replaces, h[:], ed25519.Sign(key, h[:]))
	}
	exec(`INSERT INTO batch VALUES ('b', '2026-03-02T10:00:00+05:45', 'a package', '', 1, 'undone')`)
	exec(`INSERT INTO batch_revision VALUES ('b', 'r1')`)
	exec(fmt.Sprintf(`PRAGMA application_id = 0x5353454c; PRAGMA user_version = %d`, scripts))
}

// TestEarlierSchemas opens studies as earlier versions of the schema made them.
func TestEarlierSchemas(t *testing.T) {
	for version := 1; version <= 3; version++ {
		dir := filepath.Join(t.TempDir(), "s")
		earlier(t, dir, version)
		s, err := study.Open(dir)
		if err != nil {
			t.Fatalf("version %d: %v", version, err)
		}
		name := func(want string) {
			t.Helper()
			d, err := s.Document("u")
			if err != nil || d.Text(survey.FieldName) != want || len(d.Contested()) > 0 {
				t.Errorf("version %d: %v %v, want %s", version, d, err, want)
			}
			if rep, err := s.Verify(false); err != nil || len(rep.Problems) > 0 {
				t.Errorf("version %d: %v %v", version, rep, err)
			}
		}
		name("Karuna")
		if err := s.Redo("b"); err != nil {
			t.Fatal(err)
		}
		name("Karuna Group")
		if revs, err := s.Append(ctx, study.Change{Entity: "u", Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of("K")}}); err != nil || revs[0].Seq != 3 || revs[0].Lamport != 3 {
			t.Errorf("version %d: %+v %v", version, revs, err)
		}
		name("K")
		s.Close()
	}
}

func TestRefusals(t *testing.T) {
	open := func(dir string) error {
		s, err := study.Open(dir)
		if err == nil {
			s.Close()
		}
		return err
	}
	t.Run("open elsewhere", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "s")
		create(t, dir, "", "ana")
		wantError(t, open(dir), study.ErrBusy)
	})
	t.Run("newer version", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "s")
		create(t, dir, "", "ana").Close()
		tamper(t, dir, "PRAGMA user_version = 999")
		wantError(t, open(dir), study.ErrNewer)
	})
	t.Run("another program's database", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "s")
		create(t, dir, "", "ana").Close()
		tamper(t, dir, "PRAGMA application_id = 1")
		wantError(t, open(dir), study.ErrNotStudy)
	})
	t.Run("no database", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, study.FileName), []byte(strings.Repeat("hello ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		wantError(t, open(dir), study.ErrNotStudy)
	})
	t.Run("empty folder", func(t *testing.T) { wantError(t, open(t.TempDir()), study.ErrNotStudy) })
	t.Run("folder in use", func(t *testing.T) {
		_, err := study.Create(".", study.Settings{Name: "x"})
		wantError(t, err, study.ErrExists)
	})
	t.Run("under a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := study.Create(filepath.Join(file, "s"), study.Settings{Name: "x"}); err == nil {
			t.Error("a study below a file")
		}
	})
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func tamper(t *testing.T, dir, sqlText string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, study.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(sqlText); err != nil {
		t.Fatal(err)
	}
}

func TestFullDisk(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "s"), "", "ana")
	s.LimitPages(60)
	before, err := s.Verify(false)
	if err != nil {
		t.Fatal(err)
	}
	big := survey.Of(strings.Repeat("x", 300_000))
	if _, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: big}); !errors.Is(err, study.ErrFull) {
		t.Errorf("got %v, want %v", err, study.ErrFull)
	}
	after, err := s.Verify(false)
	if err != nil || after.Digest != before.Digest {
		t.Error("a full disk changed the study", err)
	}
}

func BenchmarkSaveAnswer(b *testing.B) {
	s := create(b, filepath.Join(b.TempDir(), "s"), "", "ana")
	for i := 0; b.Loop(); i++ {
		if err := s.SaveAnswer("iv", survey.Field(fmt.Sprint("q", i%300)), survey.Of("yes")); err != nil {
			b.Fatal(err)
		}
	}
}

func Example() {
	dir, _ := os.MkdirTemp("", "study")
	defer os.RemoveAll(dir)
	s, err := study.Create(filepath.Join(dir, "nepal"), study.Settings{Name: "Nepal 2026", Countries: []string{"NPL"}, Researcher: "ana"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	s.NewUnit(context.Background(), map[survey.Field]survey.Value{survey.FieldName: survey.Of("Karuna Savings Group")})
	units, _ := s.Documents(survey.UnitKind)
	fmt.Println(units[0].Text(survey.FieldName))
	// Output: Karuna Savings Group
}
