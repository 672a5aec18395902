package job_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sselandscape/app/job"
)

// TestKillMerge kills a child process while it takes in a package: the
// package is in the study as a whole or not at all, and if it was acknowledged, it is.
// It kills 20 times, SSE_KILLS / 5 if that is set.
func TestKillMerge(t *testing.T) {
	if dir := os.Getenv("SSE_KILL_DIR"); dir != "" {
		if err := mergeOn(dir, os.Getenv("SSE_KILL_PACKAGE")); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	kills := 20
	if n, err := strconv.Atoi(os.Getenv("SSE_KILLS")); err == nil {
		kills = n / 5
	} else if testing.Short() {
		kills = 4
	}
	dir := filepath.Join(t.TempDir(), "s")
	made, err := job.Example(context.Background(), dir, job.ExampleOptions{Units: 30, Researchers: 2, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	without := digestOf(t, dir)
	with, batch := "", ""
	merged := filepath.Join(t.TempDir(), "merged")
	if err := os.CopyFS(merged, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	inStudy(t, merged, func(s *job.Study) { batch = take(t, s, made.Packages[0]) })
	if with = digestOf(t, merged); with == without || batch == "" {
		t.Fatal("the package changes nothing; the test shows nothing")
	}
	// Kills come within twice the time that the package takes.
	begin := time.Now()
	inStudy(t, merged, func(s *job.Study) {
		if err := s.Undo(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		begin = time.Now()
		take(t, s, made.Packages[0])
	})
	longest := 2*int(time.Since(begin).Milliseconds()) + 10
	during, whole, after := 0, 0, 0
	for range kills {
		copied := filepath.Join(t.TempDir(), "s")
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		said := killMerge(t, copied, made.Packages[0], longest)
		last := said[len(said)-1]
		got := digestOf(t, copied)
		switch {
		case got != with && got != without:
			t.Fatalf("killed after %q, the study is neither with nor without the package", last)
		case last == "merged" && got != with:
			t.Fatal("a package that was taken in is gone")
		}
		if last == "merged" {
			after++
		} else {
			during++
			if got == with {
				whole++
			}
		}
		os.RemoveAll(filepath.Dir(copied))
	}
	if during == 0 {
		t.Error("no kill was during a merge; the test shows nothing")
	}
	t.Logf("%d kills during a merge, %d of which found it whole, %d after it", during, whole, after)
}

// mergeOn takes a package in once.
func mergeOn(dir, file string) error {
	s, err := job.Open(dir)
	if err != nil {
		return err
	}
	fmt.Println("begins")
	m, err := s.Merge(context.Background(), file, job.Keys{})
	if err != nil {
		return err
	}
	fmt.Println("planned")
	if _, err := m.Apply(context.Background(), nil); err != nil {
		return err
	}
	fmt.Println("merged")
	select {}
}

func killMerge(t *testing.T, dir, file string, longest int) (said []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillMerge$")
	cmd.Env = append(os.Environ(), "SSE_KILL_DIR="+dir, "SSE_KILL_PACKAGE="+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		if said = append(said, lines.Text()); len(said) == 1 {
			time.AfterFunc(time.Duration(rand.IntN(longest))*time.Millisecond, func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait()
	return said
}

func inStudy(t *testing.T, dir string, f func(s *job.Study)) {
	t.Helper()
	s, err := job.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f(s)
}

func take(t *testing.T, s *job.Study, file string) string {
	t.Helper()
	m, err := s.Merge(context.Background(), file, job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := m.Apply(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func digestOf(t *testing.T, dir string) (digest string) {
	t.Helper()
	inStudy(t, dir, func(s *job.Study) {
		r, err := s.Verify(false)
		if err != nil || len(r.Problems) > 0 {
			t.Fatal(err, r)
		}
		digest = r.Digest
	})
	return digest
}
