package study_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// TestMissingFiles cites files of several kinds, takes them in without their bytes, and
// counts what is on the other laptop; undoing and taking in with bytes change that.
func TestMissingFiles(t *testing.T) {
	ben := create(t, filepath.Join(t.TempDir(), "b"), "one", "ben")
	var sums []string
	for i := range 3 {
		sum, err := ben.AddFile([]byte(fmt.Sprint("photo ", i)), "image/jpeg")
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	for _, patch := range []map[survey.Field]survey.Value{
		{"photo": survey.Of(sums[0] + ".jpg"), "again": survey.Of(sums[0] + ".jpg"), "scan": survey.Of(sums[1])},
		{"text": survey.Of("see " + sums[2]), "long": survey.Of(sums[2] + "0"), "capital": survey.Of(strings.ToUpper(sums[2]))},
		{"photo": survey.Of(sums[1] + ".pdf")},
	} {
		if _, err := ben.NewUnit(ctx, patch); err != nil {
			t.Fatal(err)
		}
	}
	if err := ben.Close(); err != nil {
		t.Fatal(err)
	}
	ana := create(t, filepath.Join(t.TempDir(), "a"), "one", "ana")
	missing := func(want map[string]int) {
		t.Helper()
		got, err := ana.MissingFiles(ctx)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(d, err)
		}
	}
	missing(map[string]int{})
	f, err := ana.ReadFolder(ctx, ben.Info().Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bare := *f.Parcel
	bare.Files = nil
	batch, _, err := ana.Apply(ctx, &bare, nil)
	if err != nil {
		t.Fatal(err)
	}
	missing(map[string]int{"ben": 2})
	if ds, err := ana.Deliveries(); err != nil || ds["ben"].Source != f.Source || len(ds) != 1 {
		t.Error(ds, err)
	}
	if err := ana.Undo(batch); err != nil {
		t.Fatal(err)
	}
	missing(map[string]int{})
	if _, _, err := ana.Apply(ctx, f.Parcel, nil); err != nil {
		t.Fatal(err)
	}
	missing(map[string]int{})
	if fs, err := ana.Files(); err != nil || len(fs) != 3 {
		t.Error(fs, err)
	}
}

// BenchmarkMissingFiles reads 20,000 revisions.
func BenchmarkMissingFiles(b *testing.B) {
	ana := create(b, filepath.Join(b.TempDir(), "a"), "one", "ana")
	ana.DoNotSync()
	var cs []study.Change
	for i := range 20_000 {
		cs = append(cs, study.Change{Entity: fmt.Sprint("e", i), Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{"photo": survey.Of(fmt.Sprintf("%064x.jpg", i)), "text": survey.Of(strings.Repeat("x", 1000))}})
	}
	if _, err := ana.Append(ctx, cs...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got, err := ana.MissingFiles(ctx); err != nil || got["ana"] != 20_000 {
			b.Fatal(got, err)
		}
	}
}
