package study_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

func named(id, name string) study.Change {
	return study.Change{Entity: id, Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of(name)}}
}

func TestImport(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "s"), "", "ana")
	names := func(want ...string) {
		t.Helper()
		ds, err := s.Documents(survey.UnitKind)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range ds {
			got = append(got, d.Text(survey.FieldName))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if rep, err := s.Verify(false); err != nil || len(rep.Problems) > 0 {
			t.Error(rep.Problems, err)
		}
	}
	if _, err := s.Append(ctx, named("u1", "Karuna")); err != nil {
		t.Fatal(err)
	}
	batch, err := s.Import(ctx, "list.csv", "", []study.Change{named("u1", "Karuna Group"), named("u2", "Tara"), named("u3", "Asha")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	names("Karuna Group", "Tara", "Asha")
	if _, err := s.Append(ctx, named("u3", "Asha Mutual")); err != nil {
		t.Fatal(err)
	}
	if err := s.Undo(batch); err != nil {
		t.Fatal(err)
	}
	names("Karuna", "Asha Mutual") // what was added later stays
	again, err := s.Import(ctx, "list.csv", "", []study.Change{named("u2", "Tara")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	names("Karuna", "Tara", "Asha Mutual")
	if err := s.Redo(batch); err != nil {
		t.Fatal(err)
	}
	names("Karuna Group", "Tara", "Asha Mutual")
	if cs, err := s.Conflicts(); err != nil || len(cs) > 0 {
		t.Error(cs, err)
	}
	if err := s.Undo(again); err != nil {
		t.Fatal(err)
	}
	names("Karuna Group", "Tara", "Asha Mutual")
}

func TestCancelledImport(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "s"), "", "ana")
	before, err := s.Verify(false)
	if err != nil {
		t.Fatal(err)
	}
	c, cancel := context.WithCancel(ctx)
	var changes []study.Change
	for i := range 100 {
		changes = append(changes, named(fmt.Sprint("u", i), "x"))
	}
	_, err = s.Import(c, "list.csv", "", changes, func(done, _ int) {
		if done == 50 {
			cancel()
		}
	})
	after, verr := s.Verify(false)
	if !errors.Is(err, context.Canceled) || verr != nil || after.Digest != before.Digest {
		t.Error(err, verr)
	}
	if bs, _ := s.Batches(); len(bs) > 0 {
		t.Error("a batch is left")
	}
}

func TestKeep(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "s"), "", "ana")
	for k, v := range map[string]string{"view/Units/मेरो": "1", "view/Units/b": "2", "other": "3"} {
		if err := s.Keep(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Keep("view/Units/b", ""); err != nil {
		t.Fatal(err)
	}
	got, err := s.Kept("view/Units/")
	if d := cmp.Diff(map[string]string{"मेरो": "1"}, got); d != "" || err != nil {
		t.Error(d, err)
	}
}

func BenchmarkImport10000(b *testing.B) {
	s := create(b, filepath.Join(b.TempDir(), "s"), "", "ana")
	for n := 0; b.Loop(); n++ {
		changes := make([]study.Change, 10_000)
		for i := range changes {
			changes[i] = named(fmt.Sprintf("u%d-%d", n, i), fmt.Sprint("Green Valley Cooperative ", i))
		}
		if _, err := s.Import(ctx, "list.csv", "", changes, nil); err != nil {
			b.Fatal(err)
		}
	}
}
