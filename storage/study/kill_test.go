package study_test

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

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// kills says how often TestKill kills: 80 times, SSE_KILLS × 0.8 if that is set. The
// other fifth are of merges, in app/job.
func kills(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("SSE_KILLS"))
	switch {
	case err == nil:
		return n * 4 / 5
	case testing.Short():
		return 8
	}
	return 80
}

// killed are the works that are interrupted. Each runs in a child process, which
// prints a line for whatever it was told is on disk.
var killed = map[string]struct {
	longest time.Duration // how long after the first line it may live
	work    func(dir string) error
	check   func(t *testing.T, dir string, said []string) (acknowledged int)
}{
	"answer":  {20 * time.Millisecond, answerOn, checkAnswers},
	"finish":  {30 * time.Millisecond, finishOn, checkFinished},
	"backup":  {60 * time.Millisecond, backUpOn, checkBackups},
	"migrate": {45 * time.Millisecond, migrateOnce, checkMigrated},
	"erase":   {40 * time.Millisecond, eraseOnce, checkErased},
}

// TestKill works in a child process and kills it at a random moment: what was
// acknowledged is there, and nothing is there by half.
func TestKill(t *testing.T) {
	if work := os.Getenv("SSE_KILL_WORK"); work != "" {
		if err := killed[work].work(os.Getenv("SSE_KILL_DIR")); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	n := kills(t)
	for work := range killed {
		t.Run(work, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "s")
			create(t, dir, "", "ana").Close()
			acknowledged := 0
			for range n / len(killed) {
				switch work {
				case "migrate":
					dir = study.Unpack(t, "v1")
				case "erase":
					dir = filepath.Join(t.TempDir(), "e")
					toErase(t, dir)
				}
				acknowledged += killOnce(t, work, dir)
			}
			if work == "migrate" || work == "erase" {
				if acknowledged == 0 {
					t.Error("no kill was during the work; the test shows nothing")
				}
				t.Logf("%d kills, %d of them during the work, nothing lost", n/len(killed), acknowledged)
				return
			}
			if acknowledged < n/len(killed) {
				t.Errorf("only %d were acknowledged in %d runs; the test shows nothing", acknowledged, n/len(killed))
			}
			t.Logf("%d kills, %d acknowledged, none lost", n/len(killed), acknowledged)
		})
	}
}

// killOnce lets the child run until it said something and a while longer.
func killOnce(t *testing.T, work, dir string) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), "SSE_KILL_WORK="+work, "SSE_KILL_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		if said = append(said, lines.Text()); len(said) == 1 {
			time.AfterFunc(time.Duration(rand.Int64N(int64(killed[work].longest))), func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait()
	return killed[work].check(t, dir, said)
}

// reopened opens a study after a kill; opening checks every page.
func reopened(t *testing.T, dir string) *study.Study {
	t.Helper()
	s, err := study.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func answerOn(dir string) error {
	s, err := study.Open(dir)
	if err != nil {
		return err
	}
	iv := s.NewID()
	for i := 0; ; i++ {
		if err := s.SaveAnswer(iv, survey.Field(fmt.Sprint("q", i)), survey.Of(fmt.Sprint("answer ", i))); err != nil {
			return err
		}
		fmt.Println(iv, i)
	}
}

func checkAnswers(t *testing.T, dir string, said []string) int {
	s := reopened(t, dir)
	defer s.Close()
	iv, _, _ := strings.Cut(said[0], " ")
	draft, err := s.Draft(iv)
	if err != nil {
		t.Fatal(err)
	}
	for i := range said {
		if got := draft[survey.Field(fmt.Sprint("q", i))].Text; got != fmt.Sprint("answer ", i) {
			t.Fatalf("answer %d of %d is lost: %q", i, len(said), got)
		}
	}
	return len(said)
}

// finishOn holds interviews of five answers; it says when they are begun, answered and
// recorded.
func finishOn(dir string) error {
	s, err := study.Open(dir)
	if err != nil {
		return err
	}
	for {
		iv, err := s.StartInterview(context.Background(), "u", "f", "1")
		if err != nil {
			return err
		}
		given := map[survey.Field]survey.Value{}
		for i := range 5 {
			f := survey.Field(fmt.Sprint("q", i))
			given[f] = survey.Of(iv + " " + string(f))
			if err := s.SaveAnswer(iv, f, given[f]); err != nil {
				return err
			}
		}
		fmt.Println("answered", iv)
		if err := s.Record(context.Background(), iv, survey.Completed, given); err != nil {
			return err
		}
		fmt.Println("finished", iv)
	}
}

func checkFinished(t *testing.T, dir string, said []string) int {
	s := reopened(t, dir)
	defer s.Close()
	finished := map[string]bool{}
	for _, line := range said {
		if iv, ok := strings.CutPrefix(line, "finished "); ok {
			finished[iv] = true
		}
	}
	for _, line := range said {
		iv, ok := strings.CutPrefix(line, "answered ")
		if !ok {
			continue
		}
		d, err := s.Document(iv)
		if err != nil || d == nil {
			t.Fatal("an interview is lost", iv, err)
		}
		draft, err := s.Draft(iv)
		if err != nil {
			t.Fatal(err)
		}
		recorded := d.Text(survey.FieldStatus) == string(survey.Completed)
		if finished[iv] && !recorded || recorded == (len(draft) > 0) {
			t.Fatalf("interview %s: recorded %v, acknowledged %v, %d answers in the draft", iv, recorded, finished[iv], len(draft))
		}
		for i := range 5 {
			f := survey.Field(fmt.Sprint("q", i))
			if got := map[bool]string{true: d.Text(f), false: draft[f].Text}[recorded]; got != iv+" "+string(f) {
				t.Fatalf("%s of %s is %q", f, iv, got)
			}
		}
	}
	digest(t, s)
	return len(said)
}

// backUpOn answers and backs up at the same time.
func backUpOn(dir string) error {
	s, err := study.Open(dir)
	if err != nil {
		return err
	}
	iv := s.NewID()
	failed := make(chan error)
	go func() {
		for i := 0; ; i++ {
			if err := s.SaveAnswer(iv, survey.Field(fmt.Sprint("q", i%200)), survey.Of(strings.Repeat("x", i))); err != nil {
				failed <- err
			}
			fmt.Println("answer", iv, i)
		}
	}()
	go func() {
		for {
			b, err := s.BackUp(context.Background(), study.BackupAsked, nil)
			if err != nil {
				failed <- err
			}
			fmt.Println("backup", b.Path)
		}
	}()
	return <-failed
}

func checkBackups(t *testing.T, dir string, said []string) int {
	s := reopened(t, dir)
	defer s.Close()
	newest := ""
	for _, line := range said {
		if path, ok := strings.CutPrefix(line, "backup "); ok {
			newest = path
		}
		var iv string
		var i int
		if n, _ := fmt.Sscanf(line, "answer %s %d", &iv, &i); n < 2 {
			continue
		}
		draft, err := s.Draft(iv)
		if err != nil || len(draft[survey.Field(fmt.Sprint("q", i%200))].Text) < i {
			t.Fatal("an answer is lost", line, err)
		}
	}
	bs := s.Backups()
	for _, b := range bs {
		if b.Problem != "" {
			t.Fatalf("%+v", b)
		}
	}
	if newest == "" {
		return len(said)
	}
	if bs[0].Path < newest { // names are times
		t.Fatalf("the newest backup is %s, but %s was acknowledged", bs[0].Path, newest)
	}
	to := filepath.Join(t.TempDir(), "r")
	if _, err := study.Restore(ctx, bs[0].Path, to); err != nil {
		t.Fatal(err)
	}
	os.RemoveAll(to)
	return len(said)
}

func migrateOnce(dir string) error {
	fmt.Println("begins")
	s, err := study.Open(dir)
	if err != nil {
		return err
	}
	fmt.Println("converted")
	s.Close()
	select {}
}

func checkMigrated(t *testing.T, dir string, said []string) int {
	s := reopened(t, dir)
	defer s.Close()
	rep, err := s.Verify(false)
	if err != nil || len(rep.Problems) > 0 || rep.Revisions != 6 {
		t.Fatal(err, rep)
	}
	if ds, err := s.Drafts(); err != nil || len(ds) != 1 {
		t.Fatal("the draft is lost", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Fatal("it left", left)
	}
	if len(said) == 1 {
		return 1 // killed while it was converted
	}
	return 0
}

// toErase makes a study with an interview to be erased.
func toErase(t *testing.T, dir string) {
	s, _, _ := answered(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func eraseOnce(dir string) error {
	s, err := study.Open(dir)
	if err != nil {
		return err
	}
	ds, err := s.Documents(survey.InterviewKind)
	if err != nil {
		return err
	}
	fmt.Println("begins")
	if _, err := s.Erase(context.Background(), study.Erasure{Entity: ds[0].Entity, Fields: []survey.Field{"phone", "photo"}, Reason: "withdrew"}); err != nil {
		return err
	}
	fmt.Println("erased")
	select {}
}

// checkErased finds either everything or nothing, and of what was erased no byte.
func checkErased(t *testing.T, dir string, said []string) int {
	s := reopened(t, dir)
	defer s.Close()
	if rep, err := s.Verify(false); err != nil || len(rep.Problems) > 0 {
		t.Fatal(err, rep)
	}
	ds, err := s.Documents(survey.InterviewKind)
	if err != nil || len(ds) != 1 || ds[0].Text("name") != "Tara" {
		t.Fatal(ds, err)
	}
	found := holds(t, dir, secret)
	switch gone := ds[0].Text("phone") == ""; {
	case !gone && (len(said) > 1 || len(found) < 2):
		t.Fatal("not erased, but", said, found)
	case gone && len(found) > 0:
		t.Fatal("erased, but still in", found)
	}
	return 2 - len(said)
}
