package study_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// TestVersions opens a study of every earlier version.
func TestVersions(t *testing.T) {
	versions, _ := filepath.Glob("testdata/v*")
	if len(versions) < 4 {
		t.Fatalf("only %v", versions)
	}
	for _, v := range versions {
		t.Run(filepath.Base(v), func(t *testing.T) { opensAs(t, filepath.Base(v)) })
	}
}

func opensAs(t *testing.T, version string) {
	var want struct {
		Digest, Device, Recorded, Draft, Undone, File string
		Revisions, Events                             int
		Units                                         []string
		Answers                                       map[survey.Field]string
	}
	b, err := os.ReadFile(filepath.Join("testdata", version, "want.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	dir := study.Unpack(t, version)
	s, err := study.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rep, err := s.Verify(false)
	if err != nil || len(rep.Problems) > 0 || rep.Digest != want.Digest || rep.Revisions != want.Revisions {
		t.Errorf("%v %+v, want the digest %s of %d revisions", err, rep, want.Digest, want.Revisions)
	}
	copied := version >= "v4" // since then a study knows where it was
	if (s.Info().Device != want.Device) != copied || (s.Info().Moved != "") != copied {
		t.Errorf("the identity: %+v", s.Info())
	}
	ds, err := s.Documents(survey.UnitKind)
	if err != nil {
		t.Fatal(err)
	}
	var units []string
	for _, d := range ds {
		units = append(units, d.Text(survey.FieldName))
	}
	if d := cmp.Diff(want.Units, units); d != "" {
		t.Error(d)
	}
	if d, err := s.Document(want.Recorded); err != nil || d.Text("a") != "1" || d.Value("b").Special != survey.Refused {
		t.Error("the recorded interview:", err)
	}
	draft, err := s.Draft(want.Draft)
	got := map[survey.Field]string{}
	for f, v := range draft {
		got[f] = v.Text
	}
	if d := cmp.Diff(want.Answers, got); d != "" || err != nil {
		t.Error(d, err)
	}
	bs, err := s.Batches()
	if i := slices.IndexFunc(bs, func(b study.Batch) bool { return b.ID == want.Undone }); err != nil || i < 0 || !bs[i].Undone {
		t.Errorf("the batches: %+v %v", bs, err)
	}
	if es, err := s.Events(want.Recorded); err != nil || len(es) != want.Events {
		t.Error("the events:", es, err)
	}
	if kept, err := s.Kept("view/"); err != nil || kept["1"] != "{}" {
		t.Error(kept, err)
	}
	if fs, err := s.Files(); err != nil || !slices.Contains(fs, want.File) {
		t.Error(fs, err)
	}
	// A backup was made before, of the version that it was.
	if backups := s.Backups(); len(backups) > 0 && (backups[0].Problem != "" || backups[0].Why != study.BackupMigration) {
		t.Errorf("%+v", backups)
	} else if len(backups) == 0 && version < "v3" {
		t.Error("there is no backup of before")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Error("it left", left)
	}
}

// TestConversionFails breaks the scripts on a study that does not fit them: the study
// stays as it was, byte by byte.
func TestConversionFails(t *testing.T) {
	dir := study.Unpack(t, "v1")
	file := filepath.Join(dir, study.FileName)
	tamper(t, dir, "CREATE TABLE kept (x)") // script 2 makes one
	before := dump(t, dir)
	_, err := study.Open(dir)
	if err == nil || !strings.Contains(err.Error(), "the study is as it was") {
		t.Fatal(err)
	}
	if after := dump(t, dir); after != before {
		t.Error("it was changed")
	}
	bs := study.Backups(dir)
	if len(bs) != 1 || bs[0].Problem != "" {
		t.Errorf("%+v", bs)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Error("it left", left)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// dump writes version and tables of a study.
func dump(t *testing.T, dir string) (out string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, study.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT user_version || group_concat(name || sql) || (SELECT group_concat(id || hex(hash)) FROM revision) FROM pragma_user_version, sqlite_schema`).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestConversionNoRoom refuses to convert where the copies would not fit.
func TestConversionNoRoom(t *testing.T) {
	dir := study.Unpack(t, "v1")
	before := dump(t, dir)
	_, err := study.Open(dir, study.WithSpace(func(string) (uint64, error) { return 1000, nil }))
	if !errors.Is(err, study.ErrFull) {
		t.Error(err)
	}
	if dump(t, dir) != before {
		t.Error("it was changed")
	}
}

// TestVerifyDerived changes what is derived: Verify says so, and deriving anew mends it.
func TestVerifyDerived(t *testing.T) {
	for name, statement := range map[string]string{
		"a head is gone":  `DELETE FROM head WHERE field = (SELECT min(field) FROM head)`,
		"a spread":        `UPDATE spread SET greatest = greatest + 1 WHERE field = (SELECT min(field) FROM spread)`,
		"a count":         `UPDATE spread SET heads = 7`,
		"contested":       `UPDATE current SET contested = contested + 1`,
		"revisions":       `UPDATE current SET revisions = revisions + 1`,
		"a record is not": `DELETE FROM current`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			s := create(t, dir, "one", "ana")
			for _, unit := range []string{"Tara", "Asha"} {
				if _, err := s.Append(ctx, study.Change{Entity: "u", Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of(unit), "n": survey.Of("1")}, Replaces: map[survey.Field][]string{}}); err != nil {
					t.Fatal(err)
				}
			}
			s.Close()
			tamper(t, dir, statement)
			s, err := study.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if rep, err := s.Verify(false); err == nil && len(rep.Problems) == 0 {
				t.Error("it found nothing")
			}
			if rep, err := s.Verify(true); err != nil || len(rep.Problems) > 0 {
				t.Error(rep, err)
			}
		})
	}
}
