package study_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// snapped is what a snapshot says: units with their interviews, by their ids.
func snapped(t fataler, p *study.Snapshot) (out [][]survey.Record) {
	t.Helper()
	err := p.Units(ctx, func(u *survey.Record, about []survey.Record) error {
		row := append([]survey.Record{*u}, about...)
		for i := range row {
			row[i].Fields = append([]survey.RecordField(nil), row[i].Fields...)
		}
		out = append(out, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out, func(a, b []survey.Record) int { return strings.Compare(a[0].Entity, b[0].Entity) })
	return out
}

// foldedUnits is the same by folding documents one by one.
func foldedUnits(t fataler, s *study.Study) (out [][]survey.Record) {
	t.Helper()
	us, err := s.Documents(survey.UnitKind)
	if err != nil {
		t.Fatal(err)
	}
	ivs, err := s.Documents(survey.InterviewKind)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range us {
		row := []survey.Record{survey.RecordOf(u)}
		for _, d := range ivs {
			if d.Text(survey.FieldUnit) == u.Entity {
				row = append(row, survey.RecordOf(d))
			}
		}
		out = append(out, row)
	}
	return out
}

// TestSnapshot reads units with interviews that were corrected, deleted, moved to another
// unit, only begun, and in conflict, and goes on reading the same while the study grows.
func TestSnapshot(t *testing.T) {
	s := create(t, t.TempDir(), "one", "ana")
	change := func(entity string, kind survey.EntityKind, patch map[survey.Field]survey.Value) {
		t.Helper()
		if _, err := s.Append(ctx, study.Change{Entity: entity, Kind: kind, Form: "f", FormVersion: "1", Patch: patch}); err != nil {
			t.Fatal(err)
		}
	}
	var units []string
	for i := range 1200 {
		id, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(fmt.Sprint("unit ", i))})
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, id)
		if i%3 == 0 {
			continue
		}
		iv := s.NewID()
		change(iv, survey.InterviewKind, map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(id), "n": survey.Of(fmt.Sprint(i)), "said": survey.Of("a \"quoted\"\nline"), "why": {Special: survey.Refused}})
		switch i % 50 {
		case 10:
			change(iv, survey.InterviewKind, map[survey.Field]survey.Value{"n": survey.Of("corrected"), "why": {}})
		case 20:
			change(iv, survey.InterviewKind, map[survey.Field]survey.Value{survey.FieldDeleted: survey.Of("1")})
		case 40:
			change(iv, survey.InterviewKind, map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(units[i-1])})
		case 41:
			change(s.NewID(), survey.InterviewKind, map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(id), "again": survey.Of("yes")})
		case 44:
			change(id, survey.UnitKind, map[survey.Field]survey.Value{survey.FieldDeleted: survey.Of("1")})
		case 47:
			change(id, survey.UnitKind, map[survey.Field]survey.Value{survey.FieldPlace: survey.Of("Patan")})
		}
	}
	if _, err := s.StartInterview(ctx, units[0], "f", "2"); err != nil {
		t.Fatal(err)
	}
	p, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := foldedUnits(t, s)
	if d := cmp.Diff(want, snapped(t, p)); d != "" {
		t.Fatalf("%.3000s", d)
	}
	var fields []string
	for _, names := range p.Fields() {
		fields = append(fields, names...)
	}
	for _, f := range []string{"n", "said", "why", "again", string(survey.FieldUnit), string(survey.FieldStatus)} {
		found := false
		for _, x := range fields {
			found = found || x == f
		}
		if !found {
			t.Errorf("no field %s among %v", f, fields)
		}
	}
	change(units[0], survey.UnitKind, map[survey.Field]survey.Value{survey.FieldName: survey.Of("later")})
	change(units[1], survey.UnitKind, map[survey.Field]survey.Value{survey.FieldDeleted: survey.Of("1")})
	change(s.NewID(), survey.UnitKind, map[survey.Field]survey.Value{survey.FieldName: survey.Of("new")})
	change(s.NewID(), survey.InterviewKind, map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(units[3])})
	if d := cmp.Diff(want, snapped(t, p)); d != "" {
		t.Errorf("what came later is in the snapshot: %.3000s", d)
	}
}

// TestSnapshotWhileWriting reads while others write, by the engine and from the file: always
// the units that were there when the snapshot was taken. Then answers are erased, and it says
// so.
func TestSnapshotWhileWriting(t *testing.T) {
	for name, reopen := range map[string]bool{"by the engine": false, "from the file": true} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			s := create(t, dir, "one", "ana")
			s.DoNotSync()
			add := func(n int, text string) {
				var changes []study.Change
				for range n {
					u := s.NewID()
					changes = append(changes, study.Change{Entity: u, Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of(text)}},
						study.Change{Entity: s.NewID(), Kind: survey.InterviewKind, Form: "f", FormVersion: "1", Patch: map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(u), "long": survey.Of(strings.Repeat(text, 1+n%7))}})
				}
				if _, err := s.Append(ctx, changes...); err != nil {
					t.Error(err)
				}
			}
			add(3000, "before")
			if reopen {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				var err error
				if s, err = study.Open(dir); err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				s.DoNotSync()
			}
			stop, done := make(chan bool), make(chan bool)
			go func() {
				defer close(done)
				for i := 0; i < 500; i++ {
					select {
					case <-stop:
						return
					default:
						add(7, fmt.Sprint("later ", i))
					}
				}
			}()
			for range 8 {
				p, err := s.Snapshot(ctx)
				if err != nil {
					t.Fatal(err)
				}
				first, second := snapped(t, p), snapped(t, p)
				if d := cmp.Diff(first, second); d != "" || len(first) < 3000 {
					t.Fatalf("%d units, then %d: %.500s", len(first), len(second), d)
				}
				for _, u := range first {
					if len(u) != 2 {
						t.Fatalf("a unit has %d interviews", len(u)-1)
					}
				}
			}
			close(stop)
			<-done
			p, err := s.Snapshot(ctx)
			if err != nil {
				t.Fatal(err)
			}
			us, err := s.Documents(survey.UnitKind)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Erase(ctx, study.Erasure{Entity: us[5].Entity, Reason: "asked for it"}); err != nil {
				t.Fatal(err)
			}
			if err := p.Units(ctx, func(*survey.Record, []survey.Record) error { return nil }); err == nil || !strings.Contains(err.Error(), "do it again") {
				t.Errorf("answers were erased meanwhile: %v", err)
			}
		})
	}
}

// fataler is a test, also of rapid.
type fataler interface {
	Helper()
	Fatal(args ...any)
}
