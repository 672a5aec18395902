package study_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// secret is planted where it must not be found after it was erased.
const secret = "+977-98-SECRET-4711"

// holds lists the files under a folder that hold a text.
func holds(t *testing.T, dir, text string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			out = append(out, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// answered makes a study with an interview that holds the secret in an answer, in a
// draft, in the log and in a file.
func answered(t *testing.T, dir string) (s *study.Study, interview, file string) {
	t.Helper()
	s = create(t, dir, "one", "ana")
	id, err := s.StartInterview(ctx, "u", "f", "1")
	if err != nil {
		t.Fatal(err)
	}
	if file, err = s.AddFile([]byte("a photo of "+secret), "text/plain"); err != nil {
		t.Fatal(err)
	}
	answers := map[survey.Field]survey.Value{"phone": survey.Of(secret), "photo": survey.Of(file), "name": survey.Of("Tara")}
	if err := s.Record(ctx, id, survey.Completed, answers); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveAnswer(id, "phone", survey.Of(secret+" corrected")); err != nil {
		t.Fatal(err)
	}
	if err := s.AddEvents(id, []survey.Event{{Kind: "question", Node: "phone", New: secret}}); err != nil {
		t.Fatal(err)
	}
	for i := range 200 { // pages to be split
		if _, err := s.Append(ctx, study.Change{Entity: id, Kind: survey.InterviewKind, Patch: map[survey.Field]survey.Value{"phone": survey.Of(secret + strings.Repeat("x", i))}}); err != nil {
			t.Fatal(err)
		}
	}
	return s, id, file
}

// TestErase looks for what was erased in every byte of the folder: of the laptop where it
// was erased, and of one that took that in; and hands it over again.
func TestErase(t *testing.T) {
	for _, all := range []bool{false, true} {
		dir := t.TempDir()
		ana, id, file := answered(t, filepath.Join(dir, "a"))
		ben := create(t, filepath.Join(dir, "b"), "one", "ben")
		old := handedOver(t, ana)
		old.Files = func(visit func(string, []byte) error) error { return visit(file, []byte("a photo of "+secret)) }
		if _, _, err := ben.Apply(ctx, old, nil); err != nil {
			t.Fatal(err)
		}
		o := study.Erasure{Entity: id, Fields: []survey.Field{"phone", "photo"}, Reason: "withdrawn"}
		if all {
			o.Fields = nil
		}
		if p, err := ana.Erase(ctx, o); err != nil || p.Revisions != 201 || p.Files != 1 {
			t.Fatal(p, err)
		}
		if n := notices(t, ben, handedOver(t, ana)); !strings.Contains(n, "ana erased answers from 201 revisions") {
			t.Errorf("%q", n)
		}
		for name, s := range map[string]*study.Study{"a": ana, "b": ben} {
			if _, _, err := s.Apply(ctx, old, nil); err != nil { // an old package comes once more
				t.Fatal(err)
			}
			if found := holds(t, filepath.Join(dir, name), secret); len(found) > 0 {
				t.Errorf("%s, everything %v: it is still in %v", name, all, found)
			}
			d, err := s.Document(id)
			if err != nil || d.Text("phone") != "" || d.Deleted() != all || !all && d.Text("name") != "Tara" {
				t.Error(d, err)
			}
			if revs, err := s.Revisions(id); err != nil || !strings.Contains(fmt.Sprint(revs[len(revs)-1].Patch), "withdrawn") {
				t.Error("the reason is gone", err)
			}
			if rep, err := s.Verify(true); err != nil || len(rep.Problems) > 0 {
				t.Error(rep, err)
			}
			if fs, _ := s.Files(); slices.Contains(fs, file) {
				t.Error("the file is still listed")
			}
		}
		a, _ := ana.Verify(false)
		b, _ := ben.Verify(false)
		if a.Digest != b.Digest {
			t.Error("two states")
		}
		// Somebody new gets what is left, signed by who erased.
		new := create(t, filepath.Join(dir, "c"), "one", "chi")
		if _, plan, err := new.Apply(ctx, handedOver(t, ben), nil); err != nil || plan.Counts.Invalid > 0 {
			t.Error(plan, err)
		}
		if c, _ := new.Verify(false); c.Digest != a.Digest {
			t.Error("somebody new has another state")
		}
		// And so does who gets the folder.
		ben.Close()
		last := create(t, filepath.Join(dir, "d"), "one", "dev")
		if _, err := takeFolder(last, filepath.Join(dir, "b")); err != nil {
			t.Error(err)
		}
		if d, _ := last.Verify(false); d.Digest != a.Digest || len(d.Problems) > 0 {
			t.Error("who gets the folder has another state", d.Problems)
		}
		for _, s := range []*study.Study{ana, new, last} {
			s.Close()
		}
	}
}

// TestPlanErase plans to erase an interview and goes on with it: nothing is erased then,
// of what is there and of what comes later.
func TestPlanErase(t *testing.T) {
	s, id, _ := answered(t, filepath.Join(t.TempDir(), "a"))
	defer s.Close()
	if p, err := s.PlanErase(ctx, study.Erasure{Entity: id, Reason: "withdrawn"}); err != nil || p.Revisions != 201 {
		t.Fatal(p, err)
	}
	if _, err := s.Append(ctx, study.Change{Entity: id, Kind: survey.InterviewKind, Patch: map[survey.Field]survey.Value{"name": survey.Of("Asha")}}); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Document(id); err != nil || d.Deleted() || d.Text("name") != "Asha" || !strings.HasPrefix(d.Text("phone"), secret) {
		t.Error(d, err)
	}
}

// TestEraseWithoutWitness refuses a redacted revision that nobody vouches for.
func TestEraseWithoutWitness(t *testing.T) {
	dir := t.TempDir()
	ana, id, _ := answered(t, filepath.Join(dir, "a"))
	defer ana.Close()
	if _, err := ana.Erase(ctx, study.Erasure{Entity: id, Fields: []survey.Field{"phone"}, Reason: "withdrawn"}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(l *study.Line){
		"no witness":      func(l *study.Line) { l.Witness = "" },
		"another witness": func(l *study.Line) { l.Witness = "somebody" },
		"other bytes":     func(l *study.Line) { l.Sig = slices.Repeat([]byte{1}, 64) },
	} {
		t.Run(name, func(t *testing.T) {
			p := handedOver(t, ana)
			lines := p.Lines
			p.Lines = func(visit func(study.Line) error) error {
				return lines(func(l study.Line) error {
					if l.Witness != "" {
						change(&l)
					}
					return visit(l)
				})
			}
			ben := create(t, filepath.Join(t.TempDir(), "b"), "one", "ben")
			defer ben.Close()
			if _, plan, err := ben.Apply(ctx, p, nil); err != nil || plan.Counts.Invalid != 201 {
				t.Error(plan.Counts, err)
			}
		})
	}
}

// TestEraseAndRecover damages a study after answers were erased: neither the backup of
// before nor the pages of the damaged file bring them back.
func TestEraseAndRecover(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	s, id, _ := answered(t, dir)
	if _, err := s.BackUp(ctx, study.BackupAsked, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Erase(ctx, study.Erasure{Entity: id, Fields: []survey.Field{"phone"}, Reason: "withdrawn"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, study.FileName), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt(bytes.Repeat([]byte{0xff}, 200), 100) // the list of tables
	f.Close()
	r, err := study.PlanRecovery(ctx, dir)
	if err != nil || r.Healthy || r.Backup == nil {
		t.Fatalf("%+v %v", r, err)
	}
	if _, err := r.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	if s, err = study.Open(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if d, err := s.Document(id); err != nil || d.Text("phone") != "" || d.Text("name") != "Tara" {
		t.Error(d, err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, study.FileName)); bytes.Contains(b, []byte(secret)) {
		t.Error("it is back")
	}
	if err := s.DropBackups(ctx); err != nil {
		t.Fatal(err)
	}
	if found := holds(t, filepath.Join(dir, "backups"), secret); len(found) > 0 || len(s.Backups()) != 1 {
		t.Error("still in", found, len(s.Backups()))
	}
}

// TestEraseUnfinished erases where a file cannot be deleted: it says so, and what is left
// goes when the study is opened again.
func TestEraseUnfinished(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	s, id, file := answered(t, dir)
	stuck := filepath.Join(dir, "files", file)
	if err := errors.Join(os.Remove(stuck), os.MkdirAll(filepath.Join(stuck, "in the way"), 0o755)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Erase(ctx, study.Erasure{Entity: id, Fields: []survey.Field{"phone", "photo"}, Reason: "withdrawn"})
	if err == nil || !strings.Contains(err.Error(), "open it again") {
		t.Fatal(err)
	}
	if rep, err := s.Verify(false); err != nil || !strings.Contains(strings.Join(rep.Problems, "\n"), "remains of what was erased") {
		t.Error(rep.Problems, err)
	}
	if err := errors.Join(s.Close(), os.RemoveAll(stuck), os.WriteFile(stuck, []byte("a photo of "+secret), 0o644)); err != nil {
		t.Fatal(err)
	}
	if len(holds(t, dir, secret)) < 2 {
		t.Error("nothing is left to be done")
	}
	if s, err = study.Open(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if found := holds(t, dir, secret); len(found) > 0 {
		t.Error("still in", found)
	}
	if rep, err := s.Verify(false); err != nil || len(rep.Problems) > 0 {
		t.Error(rep.Problems, err)
	}
}

// TestEraseOnceMore erases what is erased, which is nothing, and what came back by another
// hand, which Verify names.
func TestEraseOnceMore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	s, id, _ := answered(t, dir)
	revs, err := s.Revisions(id)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := revs[len(revs)-1].Canonical()
	if err != nil {
		t.Fatal(err)
	}
	var raw survey.RawRevision
	if err := survey.ScanRevision(whole, &raw); err != nil {
		t.Fatal(err)
	}
	for _, o := range []study.Erasure{{Entity: id, Fields: []survey.Field{"phone"}, Reason: "asked"}, {Entity: id, Reason: "withdrawn"}} {
		if p, err := s.Erase(ctx, o); err != nil || p.Answers == 0 {
			t.Fatal(p, err)
		}
		if p, err := s.PlanErase(ctx, o); err != nil || p.Answers != 0 || p.Revisions != 0 {
			t.Error(p, err)
		}
		s.Close()
		tamper(t, dir, fmt.Sprintf(`UPDATE revision SET patch = '%s' WHERE id = '%s'`, raw.PatchJSON, raw.ID))
		if s, err = study.Open(dir); err != nil {
			t.Fatal(err)
		}
		if rep, err := s.Verify(false); err != nil || !strings.Contains(strings.Join(rep.Problems, "\n"), "holds answers that were erased") {
			t.Error(rep.Problems, err)
		}
		if p, err := s.Erase(ctx, o); err != nil || p.Revisions != 1 {
			t.Error(p, err)
		}
		if rep, err := s.Verify(false); err != nil || len(rep.Problems) > 0 {
			t.Error(rep.Problems, err)
		}
		if found := holds(t, dir, secret); o.Fields == nil && len(found) > 0 {
			t.Error("still in", found)
		}
	}
	s.Close()
}
