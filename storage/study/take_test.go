package study_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// handedOver is everything that a study holds.
func handedOver(t *testing.T, s *study.Study) *study.Parcel {
	t.Helper()
	var lines []study.Line
	if err := s.EachRevision(study.Part{}, func(l study.Line) error {
		l.Revision = slices.Clone(l.Revision)
		lines = append(lines, l)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ds, err := s.Devices()
	if err != nil {
		t.Fatal(err)
	}
	return &study.Parcel{Study: s.Info().ID, From: s.Info().Researcher, Source: "a package", Devices: ds, Revisions: len(lines), Lines: func(visit func(study.Line) error) error {
		for _, l := range lines {
			if err := visit(l); err != nil {
				return err
			}
		}
		return nil
	}}
}

func notices(t *testing.T, s *study.Study, p *study.Parcel) string {
	t.Helper()
	_, plan, err := s.Apply(ctx, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan.Notices, " ")
}

// TestClockAhead says that a laptop's clock is years ahead, and takes its work in.
func TestClockAhead(t *testing.T) {
	ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
	ben, err := study.Create(filepath.Join(t.TempDir(), "b"), study.Settings{ID: "one", Name: "Trial", Researcher: "ben"}, study.WithClock(func() time.Time { return time.Now().AddDate(5, 0, 0) }))
	if err != nil {
		t.Fatal(err)
	}
	defer ben.Close()
	if _, err := ben.Append(ctx, named("u", "Tara")); err != nil {
		t.Fatal(err)
	}
	if n := notices(t, ana, handedOver(t, ben)); !strings.Contains(n, "The clock of ben is ahead") {
		t.Errorf("%q", n)
	}
	if d, err := ana.Document("u"); err != nil || d.Text(survey.FieldName) != "Tara" {
		t.Error(d, err)
	}
	if n := notices(t, ben, handedOver(t, ana)); n != "" {
		t.Errorf("said of a clock that is behind: %q", n)
	}
}

// TestClockBehind says that a laptop wrote before its study was made.
func TestClockBehind(t *testing.T) {
	ana := create(t, filepath.Join(t.TempDir(), "a"), "", "ana")
	ben, err := study.Create(filepath.Join(t.TempDir(), "b"), study.Settings{ID: ana.Info().ID, Name: "Trial", Researcher: "ben"}, study.WithClock(func() time.Time { return time.Date(2001, 1, 2, 10, 0, 0, 0, time.UTC) }))
	if err != nil {
		t.Fatal(err)
	}
	defer ben.Close()
	if _, err := ben.Append(ctx, named("u", "Tara")); err != nil {
		t.Fatal(err)
	}
	if n := notices(t, ana, handedOver(t, ben)); !strings.Contains(n, "The clock of ben is behind") || !strings.Contains(n, "on 2 January 2001, before") {
		t.Errorf("%q", n)
	}
	if n := notices(t, ben, handedOver(t, ana)); n != "" {
		t.Errorf("%q", n)
	}
}

// TestClockBack says that a laptop's clock went back by days, but not that it was put right
// by an hour, and takes its work in.
func TestClockBack(t *testing.T) {
	for name, c := range map[string]struct {
		by   time.Duration
		said bool
	}{"an hour": {time.Hour, false}, "ten days": {240 * time.Hour, true}} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 3, 12, 10, 0, 0, 0, time.UTC)
			ben, err := study.Create(filepath.Join(t.TempDir(), "b"), study.Settings{ID: "one", Name: "Trial", Researcher: "ben"}, study.WithClock(func() time.Time { return now }))
			if err != nil {
				t.Fatal(err)
			}
			defer ben.Close()
			for _, unit := range []string{"before", "after"} {
				if _, err := ben.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(unit)}); err != nil {
					t.Fatal(err)
				}
				now = now.Add(-c.by)
			}
			ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
			said := notices(t, ana, handedOver(t, ben))
			if strings.Contains(said, "went back: it wrote on 12 March 2026 and then on 2 March 2026") != c.said || !c.said && said != "" {
				t.Error(said)
			}
			if a, b := digestOf(t, ana), digestOf(t, ben); a != b {
				t.Error("not all of it was taken in")
			}
		})
	}
}

// TestTwoUnderOneName lets a file come back under the name of this laptop, as after a
// copy that was opened where the system cannot tell: nothing is lost, and the name
// changes.
func TestTwoUnderOneName(t *testing.T) {
	dir := t.TempDir()
	ana := create(t, filepath.Join(dir, "a"), "one", "ana")
	if _, err := ana.Append(ctx, named("u1", "Tara")); err != nil {
		t.Fatal(err)
	}
	if err := ana.Close(); err != nil {
		t.Fatal(err)
	}
	keep, err := os.ReadFile(filepath.Join(dir, "a", study.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if ana, err = study.Open(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.Append(ctx, named("u2", "Asha")); err != nil {
		t.Fatal(err)
	}
	later := handedOver(t, ana)
	ana.Close()
	// The same file with older content: the marks of its place fit.
	if err := os.WriteFile(filepath.Join(dir, "a", study.FileName), keep, 0o600); err != nil {
		t.Fatal(err)
	}
	if ana, err = study.Open(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	defer ana.Close()
	was := ana.Info().Device
	if _, err := ana.Append(ctx, named("u3", "Karuna")); err != nil {
		t.Fatal(err)
	}
	if n := notices(t, ana, later); !strings.Contains(n, "this laptop writes under a new name") {
		t.Errorf("%q", n)
	}
	if ana.Info().Device == was {
		t.Error("it writes under the same name still")
	}
	for _, id := range []string{"u1", "u2", "u3"} {
		if d, err := ana.Document(id); err != nil || d == nil {
			t.Errorf("%s is lost: %v", id, err)
		}
	}
	if rep, err := ana.Verify(false); err != nil || len(rep.Problems) > 0 {
		t.Error(rep, err)
	}
}

// TestTwiceInOnePackage takes in a package that holds its revisions twice.
func TestTwiceInOnePackage(t *testing.T) {
	ana, ben := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana"), create(t, filepath.Join(t.TempDir(), "b"), "one", "ben")
	if _, err := ben.Append(ctx, named("u", "Tara")); err != nil {
		t.Fatal(err)
	}
	p := handedOver(t, ben)
	once := p.Lines
	p.Lines = func(visit func(study.Line) error) error { return errors.Join(once(visit), once(visit)) }
	_, plan, err := ana.Apply(ctx, p, nil)
	if err != nil || plan.New != p.Revisions || plan.Counts.Invalid != 0 {
		t.Errorf("%+v %v", plan, err)
	}
	if rep, err := ana.Verify(false); err != nil || len(rep.Problems) > 0 || rep.Revisions != p.Revisions {
		t.Error(rep, err)
	}
}

// TestSamePackage takes in a package a second time without reading its revisions, and
// reads it again where its batch counts no more.
func TestSamePackage(t *testing.T) {
	ana, ben := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana"), create(t, filepath.Join(t.TempDir(), "b"), "one", "ben")
	defer ana.Close()
	defer ben.Close()
	if _, err := ben.Append(ctx, named("u1", "Tara"), named("u2", "Asha")); err != nil {
		t.Fatal(err)
	}
	p := handedOver(t, ben)
	p.SHA256 = "0123"
	read, lines := 0, p.Lines
	p.Lines = func(visit func(study.Line) error) error { read++; return lines(visit) }
	first, _, err := ana.Apply(ctx, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	batch, plan, err := ana.Apply(ctx, p, nil)
	if err != nil || batch != "" || read != 1 || plan.Known != 2 || plan.Counts.Same != 2 || plan.New != 0 {
		t.Errorf("%q read %d times: %+v %v", batch, read, plan, err)
	}
	if n := strings.Join(plan.Notices, " "); !strings.Contains(n, "was taken in on") {
		t.Errorf("%q", n)
	}
	if err := ana.Undo(first); err != nil {
		t.Fatal(err)
	}
	if batch, plan, err := ana.Apply(ctx, p, nil); err != nil || batch == "" || read != 2 || plan.New != 2 {
		t.Errorf("%q read %d times after the undo: %+v %v", batch, read, plan, err)
	}
}
