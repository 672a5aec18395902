package study_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// worked makes a study of many units and answers, backs it up, works on, and ends as
// after a crash: its log is not in the file. What it returns is what must come back.
func worked(t *testing.T, dir string, backup bool) (units map[string]string, answers map[string]string) {
	t.Helper()
	s, err := study.Create(dir, study.Settings{Name: "Trial", Countries: []string{"NPL"}, Researcher: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	units, answers = map[string]string{}, map[string]string{}
	add := func(from, to int) {
		for i := from; i < to; i++ {
			name := fmt.Sprint("Unit ", i, strings.Repeat(" करुणा", i%40*(i%3)*10)) // some flow over to other pages
			id, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(name)})
			if err != nil {
				t.Fatal(err)
			}
			units[id] = name
			answers[fmt.Sprint("q", i)] = fmt.Sprint("answer ", i)
			answer(t, s, "iv", fmt.Sprint("q", i), answers[fmt.Sprint("q", i)])
		}
	}
	add(0, 60)
	if backup {
		if _, err := s.BackUp(ctx, study.BackupAsked, nil); err != nil {
			t.Fatal(err)
		}
	}
	add(60, 100)
	// A copy of the open study is what a crash leaves.
	crashed := t.TempDir()
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	s.Close()
	os.RemoveAll(dir)
	if err := os.Rename(crashed, dir); err != nil {
		t.Fatal(err)
	}
	return units, answers
}

// found opens a study and compares it with what it must hold.
func found(t *testing.T, dir string, units, answers map[string]string) (missing int) {
	t.Helper()
	s, err := study.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	digest(t, s)
	ds, err := s.Documents(survey.UnitKind)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, d := range ds {
		got[d.Entity] = d.Text(survey.FieldName)
	}
	draft, err := s.Draft("iv")
	if err != nil {
		t.Fatal(err)
	}
	for id, name := range units {
		switch {
		case got[id] == "":
			missing++
		case got[id] != name:
			t.Errorf("unit %s is %q, want %q", id, got[id], name)
		}
	}
	for f, text := range answers {
		switch {
		case draft[survey.Field(f)].Text == "":
			missing++
		case draft[survey.Field(f)].Text != text:
			t.Errorf("answer %s is %q, want %q", f, draft[survey.Field(f)].Text, text)
		}
	}
	if _, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of("after")}); err != nil {
		t.Error(err)
	}
	return missing
}

func TestRecover(t *testing.T) {
	for name, c := range map[string]struct {
		backup bool
		damage func(t *testing.T, file string)
	}{
		"the first page is gone":           {true, func(t *testing.T, file string) { overwrite(t, file, 0, 4096) }},
		"the list of tables and no backup": {false, func(t *testing.T, file string) { overwrite(t, file, 100, 4096) }},
		"the branches of every tree": {true, func(t *testing.T, file string) {
			each(t, file, func(n int, page []byte) bool { return page[0] == 5 || page[0] == 2 })
		}},
		"every index": {false, func(t *testing.T, file string) {
			each(t, file, func(n int, page []byte) bool { return page[0] == 10 || page[0] == 2 })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			units, answers := worked(t, dir, c.backup)
			checkpoint(t, dir)
			file := filepath.Join(dir, study.FileName)
			c.damage(t, file)
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if s, err := study.Open(dir); err == nil {
				if _, err := s.Verify(false); err == nil {
					t.Fatal("the study is not damaged; the test shows nothing")
				}
				s.Close()
			}
			r, err := study.PlanRecovery(ctx, dir)
			if err != nil {
				t.Fatal(err)
			}
			if r.Healthy || (r.Backup != nil) != c.backup || c.backup && (r.Revisions != 40 || r.Answers != 40) || !c.backup && r.Revisions != 100 {
				t.Errorf("%+v\n%s", *r, r)
			}
			kept, err := r.Apply(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if n := found(t, dir, units, answers); n > 0 {
				t.Errorf("%d are missing", n)
			}
			after, err := os.ReadFile(filepath.Join(kept, study.FileName))
			if err != nil || len(after) != len(before) {
				t.Error("the damaged file was not kept", err)
			}
		})
	}
}

// TestRecoverLog recovers from the log what the file has lost, beside a backup.
func TestRecoverLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	units, answers := worked(t, dir, true)
	overwrite(t, filepath.Join(dir, study.FileName), 0, 1<<20)
	_, err := study.Open(dir)
	wantError(t, err, study.ErrDamaged)
	r, err := study.PlanRecovery(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Healthy || r.Revisions == 0 || r.Answers == 0 {
		t.Error(r)
	}
	if _, err := r.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	if n := found(t, dir, units, answers); n != 80-r.Revisions-r.Answers {
		t.Errorf("%d are missing; %s", n, r)
	}
}

// TestRecoverChance damages pages at random, with a backup: what was backed up is
// always there, nothing is wrong, and what is missing is said.
func TestRecoverChance(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	whole := filepath.Join(t.TempDir(), "s")
	units, answers := worked(t, whole, true)
	checkpoint(t, whole)
	rng := rand.New(rand.NewPCG(4, 2))
	lost := 0
	for range rounds {
		dir := filepath.Join(t.TempDir(), "s")
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		share := rng.Float64() / 2
		each(t, filepath.Join(dir, study.FileName), func(int, []byte) bool { return rng.Float64() < share })
		r, err := study.PlanRecovery(ctx, dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Apply(ctx); err != nil {
			t.Fatal(err)
		}
		n := found(t, dir, units, answers)
		if want := 40 - r.Revisions + 40 - r.Answers; !r.Healthy && n != want {
			t.Errorf("%d are missing, by the plan %d: %s", n, want, r)
		}
		lost += n
	}
	t.Logf("%d rounds, %d of %d rows made since the backup could not be read", rounds, lost, rounds*80)
}

func TestRecoverHealthy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := create(t, dir, "", "ana")
	if _, err := study.PlanRecovery(ctx, dir); err == nil || !strings.Contains(err.Error(), "open in another") {
		t.Error("an open study:", err)
	}
	device := s.Info().Device
	s.Close()
	r, err := study.PlanRecovery(ctx, dir)
	if err != nil || !r.Healthy {
		t.Fatal(r, err)
	}
	if kept, err := r.Apply(ctx); kept != "" || err != nil {
		t.Error(kept, err)
	}
	if s, err = study.Open(dir); err != nil || s.Info().Device != device {
		t.Fatal("a healthy study was changed", err)
	}
	s.Close()
	if _, err := study.PlanRecovery(ctx, t.TempDir()); err == nil {
		t.Error("a folder without a study")
	}
}

// TestRecoverBrokenOff ends a recovery after each of its steps; the study opens all
// the same, damaged as it was or whole.
func TestRecoverBrokenOff(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	units, answers := worked(t, dir, true)
	file := filepath.Join(dir, study.FileName)
	// As if it had been broken off before the renames: the recovered file stands beside
	// a damaged one and its log.
	r, err := study.PlanRecovery(ctx, dir)
	if err != nil || !r.Healthy {
		t.Fatal(r, err)
	}
	checkpoint(t, dir)
	if err := os.Rename(file, file+".recovered"); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "-wal"} {
		if err := os.WriteFile(file+end, []byte(strings.Repeat("damaged ", 5000)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := found(t, dir, units, answers); n > 0 {
		t.Errorf("%d are missing", n)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	overwrite(t, file, 0, 4096)
	if _, err := study.PlanRecovery(cancelled, dir); err == nil {
		t.Error("a cancelled plan")
	}
}

// TestDamageAfterCrash finds damage when a study is opened that was not closed.
func TestDamageAfterCrash(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	worked(t, dir, false)
	checkpoint(t, dir)
	file := filepath.Join(dir, study.FileName)
	each(t, file, func(n int, page []byte) bool { return n > 8 && page[0] == 10 }) // leaves of indices
	if s, err := study.Open(dir); err == nil {
		s.Close() // closed well: the check is left to the backup
	}
	if err := os.WriteFile(file+"-wal", nil, 0o600); err != nil { // not closed
		t.Fatal(err)
	}
	_, err := study.Open(dir)
	wantError(t, err, study.ErrDamaged)
}

// TestDamageInBackup finds damage of a study that was closed well with the backup that
// is made when it is opened.
func TestDamageInBackup(t *testing.T) {
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	dir := filepath.Join(t.TempDir(), "s")
	worked(t, dir, false)
	checkpoint(t, dir)
	each(t, filepath.Join(dir, study.FileName), func(n int, page []byte) bool { return n > 8 && page[0] == 10 })
	s, err := study.Open(dir, at(c))
	if err != nil {
		t.Skip("skipped: the damage was found before: ", err)
	}
	defer s.Close()
	_, err = s.Tend(ctx)
	wantError(t, err, study.ErrDamaged)
	if bs := s.Backups(); len(bs) > 0 {
		t.Errorf("a backup of a damaged study: %+v", bs)
	}
}

// TestLargeUnclean checks a large study that was not closed by the backup that is made
// when it is opened, even if the newest one holds the same.
func TestLargeUnclean(t *testing.T) {
	defer study.CheckAtOnce(1000)()
	dir := filepath.Join(t.TempDir(), "s")
	worked(t, dir, false)
	checkpoint(t, dir)
	s, err := study.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Tend(ctx); err != nil {
		t.Fatal(err)
	}
	s.Close()
	file := filepath.Join(dir, study.FileName)
	each(t, file, func(n int, page []byte) bool { return n > 8 && page[0] == 10 }) // leaves of indices
	if err := os.WriteFile(file+"-wal", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = study.Open(dir); err != nil {
		t.Fatal("a large study is not checked while it is opened:", err)
	}
	defer s.Close()
	if !s.Info().Unclean {
		t.Error("it does not say that it was not closed")
	}
	_, err = s.Tend(ctx)
	wantError(t, err, study.ErrDamaged)
}

// TestSalvageLaw reads files and logs damaged at random without a panic, an error or a
// revision that nobody signed.
func TestSalvageLaw(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	worked(t, dir, false)
	live := filepath.Join(t.TempDir(), study.FileName)
	rapid.Check(t, func(t *rapid.T) {
		for _, end := range []string{"", "-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, study.FileName+end))
			if err != nil {
				t.Fatal(err)
			}
			b = b[:rapid.IntRange(0, len(b)).Draw(t, "length")]
			for range rapid.IntRange(0, 60).Draw(t, "spots") {
				if len(b) > 0 {
					at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
					if rapid.Bool().Draw(t, "head") {
						at = at / 4096 * 4096 % len(b) // where pages say what they are
					}
					b[at] = rapid.Byte().Draw(t, "byte")
				}
			}
			if err := os.WriteFile(live+end, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := study.Salvage(live); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzSalvage(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "s")
	s := create(f, dir, "", "ana")
	for i := range 3 {
		answer(f, s, "iv", fmt.Sprint("q", i), strings.Repeat("x", i*9000))
	}
	if _, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of("x")}); err != nil {
		f.Fatal(err)
	}
	wal, err := os.ReadFile(filepath.Join(dir, study.FileName+"-wal"))
	if err != nil {
		f.Fatal(err)
	}
	s.Close()
	file, err := os.ReadFile(filepath.Join(dir, study.FileName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file, wal)
	f.Add(file, []byte{})
	f.Add([]byte{}, wal)
	f.Fuzz(func(t *testing.T, file, wal []byte) {
		live := filepath.Join(t.TempDir(), study.FileName)
		if os.WriteFile(live, file, 0o600) != nil || os.WriteFile(live+"-wal", wal, 0o600) != nil {
			t.Skip("skipped: no room for temporary files")
		}
		if err := study.Salvage(live); err != nil {
			t.Error(err)
		}
	})
}

// checkpoint closes a study well by opening it.
func checkpoint(t *testing.T, dir string) {
	t.Helper()
	s, err := study.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, file string, from, to int) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := from; i < min(to, len(b)); i++ {
		b[i] = byte(i * 7)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// each overwrites the pages that are chosen, all but the first.
func each(t *testing.T, file string, choose func(n int, page []byte) bool) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	size := int(binary.BigEndian.Uint16(b[16:]))
	for n := 2; n*size <= len(b); n++ {
		page := b[(n-1)*size : n*size]
		if choose(n, page) {
			for i := range page {
				page[i] = byte(i*13 + n)
			}
		}
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
