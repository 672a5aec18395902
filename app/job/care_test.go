package job_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/app/job"
	"sselandscape/storage/study"
)

// TestBackupsBeforeLargeChanges: taking in and taking back a package each leave a
// backup of before.
func TestBackupsBeforeLargeChanges(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "s")
	made, err := job.Example(ctx, dir, job.ExampleOptions{Units: 6, Researchers: 2})
	if err != nil {
		t.Fatal(err)
	}
	inStudy(t, dir, func(s *job.Study) {
		batch := take(t, s, made.Packages[0])
		if err := s.Undo(ctx, batch); err != nil {
			t.Fatal(err)
		}
		bs := s.Backups()
		if len(bs) != 2 || bs[0].Why != study.BackupUndo || bs[1].Why != study.BackupMerge || bs[0].Revisions <= bs[1].Revisions {
			t.Errorf("%+v", bs)
		}
		for _, b := range bs {
			if text := job.BackupSentence(b); !strings.Contains(text, "✓ verified") {
				t.Error(text)
			}
		}
	})
}

// TestNoRoom refuses a merge that would not fit, and warns.
func TestNoRoom(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "s")
	made, err := job.Example(ctx, dir, job.ExampleOptions{Units: 6, Researchers: 2})
	if err != nil {
		t.Fatal(err)
	}
	before := digestOf(t, dir)
	s, err := job.Open(dir, study.WithSpace(func(string) (uint64, error) { return 50_000, nil }))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Merge(ctx, made.Packages[0], job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Apply(ctx, nil); !errors.Is(err, study.ErrFull) || !strings.Contains(err.Error(), "49 KB are free") {
		t.Error(err)
	}
	o, err := s.Overview()
	if err != nil {
		t.Fatal(err)
	}
	warned := false
	for _, a := range o.Attention {
		warned = warned || strings.Contains(a.Text, "49 KB are free")
	}
	if !warned {
		t.Errorf("%+v", o.Attention)
	}
	s.Close()
	if digestOf(t, dir) != before {
		t.Error("the study was changed")
	}
}

// TestOpenedSentence says that a study was copied, or not closed.
func TestOpenedSentence(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	if _, err := job.Example(context.Background(), dir, job.ExampleOptions{Units: 2, Researchers: 1}); err != nil {
		t.Fatal(err)
	}
	inStudy(t, dir, func(s *job.Study) {
		if text := s.OpenedSentence(); text != "" {
			t.Error(text)
		}
	})
	copied := filepath.Join(t.TempDir(), "c")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied, study.FileName+"-wal"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inStudy(t, copied, func(s *job.Study) {
		if text := s.OpenedSentence(); !strings.Contains(text, "not closed") || !strings.Contains(text, "new laptop now: it was last open in") {
			t.Error(text)
		}
	})
}
