package study_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// clock is a clock that is set by hand.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func at(c *clock) study.Option { return study.WithClock(c.Now) }

func answer(t testing.TB, s *study.Study, interview, field, text string) {
	t.Helper()
	if err := s.SaveAnswer(interview, survey.Field(field), survey.Of(text)); err != nil {
		t.Fatal(err)
	}
}

func digest(t testing.TB, s *study.Study) string {
	t.Helper()
	r, err := s.Verify(false)
	if err != nil || len(r.Problems) > 0 {
		t.Fatal(err, r)
	}
	return r.Digest
}

func TestTend(t *testing.T) {
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	dir := filepath.Join(t.TempDir(), "s")
	s, err := study.Create(dir, study.Settings{Name: "Trial", Researcher: "ana"}, at(c))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tend := func(after time.Duration) study.Tended {
		t.Helper()
		c.now = c.now.Add(after)
		d, err := s.Tend(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	wal := func() int64 {
		st, err := os.Stat(filepath.Join(dir, study.FileName+"-wal"))
		if err != nil {
			t.Fatal(err)
		}
		return st.Size()
	}
	if d := tend(0); d.Backup == nil || d.Backup.Why != study.BackupStart || d.Checkpoint {
		t.Errorf("at the start: %+v", d)
	}
	answer(t, s, "iv", "a", "1")
	if d := tend(time.Second); d.Checkpoint || d.Backup != nil {
		t.Errorf("just after an answer: %+v", d)
	}
	if d := tend(4 * time.Second); d.Checkpoint || wal() == 0 {
		t.Errorf("4 seconds later: %+v", d)
	}
	if d := tend(time.Second); !d.Checkpoint || wal() != 0 {
		t.Errorf("5 seconds later: %+v, the log has %d bytes", d, wal())
	}
	if d := tend(time.Second); d.Checkpoint {
		t.Error("there was nothing to put into the file")
	}
	if d := tend(18 * time.Minute); d.Backup != nil {
		t.Errorf("a backup before its time: %+v", d)
	}
	if d := tend(2 * time.Minute); d.Backup == nil || d.Backup.Why != study.BackupWork || d.Backup.Answers != 1 {
		t.Errorf("20 minutes later: %+v", d.Backup)
	}
	if d := tend(time.Hour); d.Backup != nil {
		t.Error("a backup although nobody worked")
	}
	if bs := s.Backups(); len(bs) != 2 || bs[0].Problem != "" || bs[1].Problem != "" {
		t.Errorf("%+v", bs)
	}
	// Opened again without a change, the newest backup is good enough.
	s.Close()
	if s, err = study.Open(dir, at(c)); err != nil {
		t.Fatal(err)
	}
	if tend(time.Minute); len(s.Backups()) != 2 {
		t.Error("a backup of what is in a backup already")
	}
}

// TestBackupWhileAnswering saves answers all the time while a backup is made in many
// steps: each answer that was there before it began is in it, and none is lost.
func TestBackupWhileAnswering(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := create(t, dir, "", "ana")
	big := strings.Repeat("x", 50_000)
	for i := range 200 { // 10 MB, some twenty steps
		answer(t, s, "before", fmt.Sprint("q", i), big)
	}
	stop, answered := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				answered <- n
				return
			default:
			}
			if err := s.SaveAnswer("during", survey.Field(fmt.Sprint("q", n)), survey.Of(big)); err != nil {
				t.Error(err)
			}
			n++
		}
	}()
	steps := 0
	b, err := s.BackUp(ctx, study.BackupAsked, func(done, total int) { steps++ })
	close(stop)
	n := <-answered
	if err != nil {
		t.Fatal(err)
	}
	if steps < 10 || n == 0 {
		t.Errorf("%d steps, %d answers meanwhile; the test shows nothing", steps, n)
	}
	if b.Problem != "" || b.Answers < 200 || b.Answers > 200+n {
		t.Errorf("%+v", b)
	}
	to := filepath.Join(t.TempDir(), "r")
	if _, err := study.Restore(ctx, b.Path, to); err != nil {
		t.Fatal(err)
	}
	r, err := study.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if d, err := r.Draft("before"); err != nil || len(d) != 200 {
		t.Error(len(d), err)
	}
	if d, err := s.Draft("during"); err != nil || len(d) != n {
		t.Error(len(d), n, err)
	}
}

func TestBackupCancelled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := create(t, dir, "", "ana")
	for i := range 40 {
		answer(t, s, "iv", fmt.Sprint("q", i), strings.Repeat("x", 50_000))
	}
	ctx, cancel := context.WithCancel(ctx)
	if _, err := s.BackUp(ctx, study.BackupAsked, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "backups")); len(left) > 0 {
		t.Error("it left", left)
	}
	answer(t, s, "iv", "after", "1")
}

func TestBackupNoRoom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	free := uint64(10 << 20)
	s, err := study.Create(dir, study.Settings{Name: "x"}, study.WithSpace(func(string) (uint64, error) { return free, nil }))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.BackUp(ctx, study.BackupAsked, nil)
	if !errors.Is(err, study.ErrFull) || !strings.Contains(err.Error(), "10.0 MB are free") {
		t.Error(err)
	}
	if _, low, err := s.Space(); !low || err != nil {
		t.Error("10 MB are little", err)
	}
	if err := s.Room(11 << 20); !errors.Is(err, study.ErrFull) {
		t.Error(err)
	}
	free = 10 << 30
	if _, low, err := s.Space(); low || err != nil {
		t.Error("10 GB are enough", err)
	}
	if _, err = s.BackUp(ctx, study.BackupAsked, nil); err != nil {
		t.Error(err)
	}
}

// TestSecondFolder keeps backups and files on another disk, and restores from there
// when the folder of the study is gone.
func TestSecondFolder(t *testing.T) {
	dir, second := filepath.Join(t.TempDir(), "s"), t.TempDir()
	s := create(t, dir, "", "ana")
	sum, err := s.AddFile([]byte("a photo"), "image/png")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetBackupFolder(filepath.Join(dir, "more")); err == nil {
		t.Error("a second folder in the study itself")
	}
	if err := s.SetBackupFolder(second); err != nil {
		t.Fatal(err)
	}
	if _, err := s.BackUp(ctx, study.BackupAsked, nil); err != nil {
		t.Fatal(err)
	}
	bs := s.Backups()
	if len(bs) != 2 {
		t.Fatalf("%+v", bs)
	}
	there := bs[0].Path
	if !strings.HasPrefix(there, second) {
		there = bs[1].Path
	}
	s.Close()
	os.RemoveAll(dir)
	r, err := study.Restore(ctx, there, dir)
	if err != nil || r.Files != 1 || r.Missing != 0 {
		t.Fatal(r, err)
	}
	if s, err = study.Open(dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if b, err := s.File(sum); err != nil || string(b) != "a photo" {
		t.Error(err)
	}
	os.RemoveAll(second) // the stick is not in
	answer(t, s, "iv", "a", "1")
	var missing *study.SecondFolderError
	if b, err := s.BackUp(ctx, study.BackupAsked, nil); !errors.As(err, &missing) || b == nil || b.Problem != "" {
		t.Error(b, err)
	}
}

func TestRestore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := create(t, dir, "", "ana")
	if _, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of("Karuna")}); err != nil {
		t.Fatal(err)
	}
	answer(t, s, "iv", "a", "1")
	want, device := digest(t, s), s.Info().Device
	b, err := s.BackUp(ctx, study.BackupAsked, nil)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "r")
	got, err := study.Restore(ctx, b.Path, to)
	if err != nil || got.Revisions != 1 || got.Answers != 1 {
		t.Fatal(got, err)
	}
	r, err := study.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Info().Device == device {
		t.Error("the restored study has the old identity")
	}
	if r.Info().Moved != "" || r.Info().ID != s.Info().ID {
		t.Errorf("%+v", r.Info())
	}
	if digest(t, r) != want {
		t.Error("the restored study is another")
	}
	if d, err := r.Draft("iv"); err != nil || d["a"].Text != "1" {
		t.Error(d, err)
	}
	if _, err := r.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of("After")}); err != nil {
		t.Error(err)
	}
	digest(t, r)

	if _, err := study.Restore(ctx, b.Path, to); !errors.Is(err, study.ErrExists) {
		t.Error("over a study:", err)
	}
	data, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bytes := range map[string][]byte{"cut.sqlite": data[:len(data)/2], "spoilt.sqlite": spoil(data), "text.sqlite": []byte(strings.Repeat("hello ", 2000))} {
		file, to := filepath.Join(t.TempDir(), name), filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(file, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := study.Restore(ctx, file, to); err == nil {
			t.Error(name, "was restored")
		}
		if _, err := os.Stat(to); err == nil {
			t.Error(name, "left a folder")
		}
	}
}

// spoil overwrites every page but the first.
func spoil(data []byte) []byte {
	data = append([]byte(nil), data...)
	for i := 4096; i < len(data); i += 4096 {
		copy(data[i:], strings.Repeat("\xff", 64))
	}
	return data
}

// TestCopies: a folder that was copied or restored by hand gets a new identity, once;
// one that is where it was keeps it.
func TestCopies(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	s := create(t, dir, "", "ana")
	device := s.Info().Device
	b, err := s.BackUp(ctx, study.BackupAsked, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	identity := func(dir string) (string, string) {
		t.Helper()
		s, err := study.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		return s.Info().Device, s.Info().Moved
	}
	if d, moved := identity(dir); d != device || moved != "" {
		t.Error("opened again where it was:", moved)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	first, moved := identity(copied)
	if first == device || !strings.Contains(moved, "last open in") {
		t.Error("the copy:", moved)
	}
	if again, moved := identity(copied); again != first || moved != "" {
		t.Error("the copy, opened again:", moved)
	}
	if d, _ := identity(dir); d != device {
		t.Error("the original lost its identity")
	}
	data, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, study.FileName), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if d, moved := identity(dir); d == device || !strings.Contains(moved, "backup") {
		t.Error("a backup put in place by hand:", moved)
	}
}

// BenchmarkBackup backs up a study of 50 MB, or SSE_BENCH_MB, and reports how long
// answers take that are saved meanwhile.
func BenchmarkBackup(b *testing.B) {
	mb, err := strconv.Atoi(os.Getenv("SSE_BENCH_MB"))
	if err != nil {
		mb = 50
	}
	dir := filepath.Join(b.TempDir(), "s")
	s := create(b, dir, "", "ana")
	text := survey.Of(strings.Repeat("answer ", 1000))
	for range mb {
		var changes []study.Change
		for range 1 << 20 / 2 / 7000 { // as a revision and as the state of the unit
			changes = append(changes, study.Change{Entity: s.NewID(), Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: text}})
		}
		if _, err := s.Append(ctx, changes...); err != nil {
			b.Fatal(err)
		}
	}
	var took []time.Duration
	for b.Loop() {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if _, err := s.BackUp(ctx, study.BackupAsked, nil); err != nil {
				b.Error(err)
			}
		}()
		for i := 0; ; i++ {
			select {
			case <-ended:
			default:
				start := time.Now()
				answer(b, s, "meanwhile", fmt.Sprint("q", i%300), "yes")
				took = append(took, time.Since(start))
				time.Sleep(time.Millisecond) // a person is slower
				continue
			}
			break
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/answer-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs/answer-p99")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "µs/answer-max")
	s.Close()
	start := time.Now()
	if s, err = study.Open(dir); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(start).Microseconds()), "µs/open")
	s.Close()
}
