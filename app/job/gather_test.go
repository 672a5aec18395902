package job_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/app/job"
	"sselandscape/survey/merge"
)

// gathered is a study and a folder with two packages for it and one that is broken.
func gathered(t *testing.T) (s *job.Study, stick string) {
	t.Helper()
	root := t.TempDir()
	made, err := job.Example(context.Background(), filepath.Join(root, "s"), job.ExampleOptions{Units: 9, Researchers: 3, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	stick = filepath.Join(root, "stick")
	if err := os.CopyFS(filepath.Join(stick, "monday"), os.DirFS(filepath.Dir(made.Packages[0]))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stick, "broken.ssepkg"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = job.Open(made.Study); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, stick
}

// TestGather plans a folder: what two packages bring counts once, days and units add up
// to what is planned, and taking in does what the plan says.
func TestGather(t *testing.T) {
	ctx := context.Background()
	s, stick := gathered(t)
	g, err := s.Gather(ctx, []string{stick, stick}, job.Keys{}, nil) // each package twice
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if len(g.Found) != 6 || g.Usable() != 4 || g.Found[0].Err == nil {
		t.Fatalf("%d found, %d usable", len(g.Found), g.Usable())
	}
	if once := g.Found[1].Plan.New + g.Found[2].Plan.New; g.Plan.New == 0 || g.Plan.New > once {
		t.Errorf("together %d revisions, both packages %d", g.Plan.New, once)
	}
	var days int
	for _, d := range g.Days {
		days += d.Total()
	}
	changed := g.Plan.Counts.New + g.Plan.Counts.Updated + g.Plan.Counts.Conflict
	if days != changed {
		t.Errorf("%d records by day, %d change", days, changed)
	}
	contested := 0
	for _, u := range g.Units {
		if u.Name == "" || u.Name == u.ID || len(u.Actors) == 0 || u.Day == "" || u.Verdict == merge.Same {
			t.Errorf("%+v", u)
		}
		if u.Verdict == merge.Contested {
			contested++
		}
	}
	if len(g.Units) == 0 || contested == 0 {
		t.Errorf("%d units, %d of them contested", len(g.Units), contested)
	}
	want := g.Plan.New
	if err := g.Apply(ctx, nil); err != nil || g.Cancelled {
		t.Fatal(err)
	}
	got := 0
	for _, x := range g.Found[1:3] {
		if !x.Taken {
			t.Error(x.Name, x.Err)
		}
		got += x.Plan.New
	}
	if got != want {
		t.Errorf("%d revisions were taken in, %d planned", got, want)
	}
	if again, err := s.Gather(ctx, []string{stick}, job.Keys{}, nil); err != nil || !again.Plan.Nothing() {
		t.Error("again:", err)
	}
}

// TestCancelGathering breaks off within the second package: the first stays, the second
// leaves nothing.
func TestCancelGathering(t *testing.T) {
	s, stick := gathered(t)
	g, err := s.Gather(context.Background(), []string{stick}, job.Keys{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err = g.Apply(ctx, func(what string, done, _ int) {
		if done == 0 && strings.HasSuffix(what, "2 of 2") {
			cancel()
		}
	})
	if err != nil || !g.Cancelled || !g.Found[1].Taken || g.Found[2].Taken {
		t.Fatalf("%v %+v %+v", err, g.Found[1], g.Found[2])
	}
	if bs, err := s.Batches(); err != nil || len(bs) != 1 || bs[0].ID != g.Found[1].Batch {
		t.Error(bs, err)
	}
	if _, err := s.Gather(ctx, []string{stick}, job.Keys{}, nil); !errors.Is(err, context.Canceled) {
		t.Error("planning goes on:", err)
	}
}

// TestGatherFolderOfStudy takes in a colleague's folder and leaves nothing behind.
func TestGatherFolderOfStudy(t *testing.T) {
	ctx := context.Background()
	s, stick := gathered(t)
	dir := filepath.Join(t.TempDir(), "theirs")
	other, err := job.Join(ctx, dir, filepath.Join(stick, "monday", "minji.ssepkg"), "chi", job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	g, err := s.Gather(ctx, []string{filepath.Join(dir, "study.sqlite")}, job.Keys{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if g.Usable() != 1 || g.Plan.New == 0 || len(g.Found[0].Plan.Notices) == 0 {
		t.Errorf("%+v", g.Found[0])
	}
	if err := errors.Join(g.Apply(ctx, nil), g.Close()); err != nil || g.Found[0].Batch == "" {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Info().Dir, ".*")); len(left) > 0 {
		t.Error("it left", left)
	}
}
