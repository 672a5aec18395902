package study

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"sselandscape/survey"
)

// sector is what a disk writes as a whole: of several writes between two syncs each
// sector may have any, in any order of sectors.
const sector = 512

// act is something that reached the disk, or was acknowledged.
type act struct {
	kind string // write, sync, truncate, delete, said
	file string
	at   int64
	data []byte
	said string
}

// diary is a VFS between SQLite and the real one that writes down what is done. It
// stands on the structures that the driver exports for C: each method is the address
// of a Go function, as in the driver's own vfs package.
var diary struct {
	sync.Mutex
	once    sync.Once
	base    uintptr // the real VFS
	methods uintptr
	files   map[uintptr]string
	acts    []act
}

const diaryName = "sse-diary"

// pointed gives what an address of C points to, function what it calls.
func pointed[T any](p uintptr) *T     { return *(**T)(unsafe.Pointer(&p)) }
func function[F any](p uintptr) F     { return *(*F)(unsafe.Pointer(&p)) }
func address[F any](f F) uintptr      { return *(*uintptr)(unsafe.Pointer(&f)) }
func bytesAt(p uintptr, n int) []byte { return unsafe.Slice(pointed[byte](p), n) }
func below(f uintptr) uintptr         { return f + unsafe.Sizeof(lib.Tsqlite3_file{}) }
func inner(f uintptr) *methods {
	return pointed[methods](pointed[lib.Tsqlite3_file](below(f)).FpMethods)
}
func baseVFS() *lib.Tsqlite3_vfs      { return pointed[lib.Tsqlite3_vfs](diary.base) }
func write(a act)                     { diary.Lock(); diary.acts = append(diary.acts, a); diary.Unlock() }
func fileOf(f uintptr) string         { diary.Lock(); defer diary.Unlock(); return diary.files[f] }
func said(format string, args ...any) { write(act{kind: "said", said: fmt.Sprintf(format, args...)}) }

type (
	methods = lib.Tsqlite3_io_methods
	onFile  = func(tls *libc.TLS, f uintptr) int32
	onInt   = func(tls *libc.TLS, f uintptr, x int32) int32
	onAddr  = func(tls *libc.TLS, f, x uintptr) int32
	onBytes = func(tls *libc.TLS, f, b uintptr, n int32, at int64) int32
	onSize  = func(tls *libc.TLS, f uintptr, n int64) int32
	onCtl   = func(tls *libc.TLS, f uintptr, op int32, x uintptr) int32
	opens   = func(tls *libc.TLS, vfs, name, f uintptr, flags int32, out uintptr) int32
	deletes = func(tls *libc.TLS, vfs, name uintptr, dir int32) int32
)

func recOpen(tls *libc.TLS, _, name, f uintptr, flags int32, out uintptr) int32 {
	rc := function[opens](baseVFS().FxOpen)(tls, diary.base, name, below(f), flags, out)
	pointed[lib.Tsqlite3_file](f).FpMethods = 0
	if pointed[lib.Tsqlite3_file](below(f)).FpMethods != 0 {
		pointed[lib.Tsqlite3_file](f).FpMethods = diary.methods
		diary.Lock()
		diary.files[f] = libc.GoString(name)
		diary.Unlock()
	}
	return rc
}

func recDelete(tls *libc.TLS, _, name uintptr, dir int32) int32 {
	write(act{kind: "delete", file: libc.GoString(name)})
	return function[deletes](baseVFS().FxDelete)(tls, diary.base, name, dir)
}

func recClose(tls *libc.TLS, f uintptr) int32 {
	diary.Lock()
	delete(diary.files, f)
	diary.Unlock()
	return function[onFile](inner(f).FxClose)(tls, below(f))
}

func recRead(tls *libc.TLS, f, b uintptr, n int32, at int64) int32 {
	return function[onBytes](inner(f).FxRead)(tls, below(f), b, n, at)
}

func recWrite(tls *libc.TLS, f, b uintptr, n int32, at int64) int32 {
	write(act{kind: "write", file: fileOf(f), at: at, data: append([]byte(nil), bytesAt(b, int(n))...)})
	return function[onBytes](inner(f).FxWrite)(tls, below(f), b, n, at)
}

func recTruncate(tls *libc.TLS, f uintptr, n int64) int32 {
	write(act{kind: "truncate", file: fileOf(f), at: n})
	return function[onSize](inner(f).FxTruncate)(tls, below(f), n)
}

// recSync only writes down that it was asked for: the test would be slow otherwise, and
// no power is cut.
func recSync(_ *libc.TLS, f uintptr, _ int32) int32 {
	write(act{kind: "sync", file: fileOf(f)})
	return lib.SQLITE_OK
}

func recSize(tls *libc.TLS, f, n uintptr) int32 {
	return function[onAddr](inner(f).FxFileSize)(tls, below(f), n)
}
func recLock(tls *libc.TLS, f uintptr, x int32) int32 {
	return function[onInt](inner(f).FxLock)(tls, below(f), x)
}
func recUnlock(tls *libc.TLS, f uintptr, x int32) int32 {
	return function[onInt](inner(f).FxUnlock)(tls, below(f), x)
}
func recReserved(tls *libc.TLS, f, x uintptr) int32 {
	return function[onAddr](inner(f).FxCheckReservedLock)(tls, below(f), x)
}
func recControl(tls *libc.TLS, f uintptr, op int32, x uintptr) int32 {
	return function[onCtl](inner(f).FxFileControl)(tls, below(f), op, x)
}
func recSector(tls *libc.TLS, f uintptr) int32 {
	return function[onFile](inner(f).FxSectorSize)(tls, below(f))
}
func recTraits(tls *libc.TLS, f uintptr) int32 {
	return function[onFile](inner(f).FxDeviceCharacteristics)(tls, below(f))
}

// startRecording registers the diary and forgets what was written down.
func startRecording(t *testing.T) {
	diary.once.Do(func() {
		tls := libc.NewTLS() // lives as long as the process, as the VFS does
		name, err := libc.CString(diaryName)
		if err != nil {
			t.Fatal(err)
		}
		diary.base = lib.Xsqlite3_vfs_find(tls, 0)
		diary.methods = libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(methods{})))
		*pointed[methods](diary.methods) = methods{FiVersion: 1, FxClose: address[onFile](recClose), FxRead: address[onBytes](recRead), FxWrite: address[onBytes](recWrite),
			FxTruncate: address[onSize](recTruncate), FxSync: address[onInt](recSync), FxFileSize: address[onAddr](recSize), FxLock: address[onInt](recLock),
			FxUnlock: address[onInt](recUnlock), FxCheckReservedLock: address[onAddr](recReserved), FxFileControl: address[onCtl](recControl),
			FxSectorSize: address[onFile](recSector), FxDeviceCharacteristics: address[onFile](recTraits)}
		vfs := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(lib.Tsqlite3_vfs{})))
		v := pointed[lib.Tsqlite3_vfs](vfs)
		*v = *baseVFS()
		v.FpNext, v.FzName = 0, name
		v.FszOsFile += int32(unsafe.Sizeof(lib.Tsqlite3_file{}))
		v.FxOpen, v.FxDelete = address[opens](recOpen), address[deletes](recDelete)
		if rc := lib.Xsqlite3_vfs_register(tls, vfs, 0); rc != lib.SQLITE_OK {
			t.Fatal("the VFS was refused: ", rc)
		}
	})
	diary.files, diary.acts = map[uintptr]string{}, nil
}

// disk is a file as it is on disk: what was synced, and what was not yet.
type disk struct {
	there  bool
	synced []byte
	since  []act
}

func apply(b []byte, a act) []byte {
	if a.kind == "truncate" {
		return b[:min(len(b), int(a.at))]
	}
	if need := int(a.at) + len(a.data); need > len(b) {
		b = append(b, make([]byte, need-len(b))...)
	}
	copy(b[a.at:], a.data)
	return b
}

// after cuts the power: of what was not synced each sector is as any of the writes left
// it; a truncation happened or not. A deleted file is gone. Names of new files are
// taken to be on disk.
func after(before map[string][]byte, acts []act, rng *rand.Rand) map[string][]byte {
	files := map[string]*disk{}
	for name, b := range before {
		files[name] = &disk{there: true, synced: append([]byte(nil), b...)}
	}
	for _, a := range acts {
		if a.kind == "said" {
			continue
		}
		d := files[a.file]
		if d == nil {
			d = &disk{}
			files[a.file] = d
		}
		switch a.kind {
		case "delete":
			*d = disk{}
			continue
		case "sync":
			for _, w := range d.since {
				d.synced = apply(d.synced, w)
			}
			d.since = nil
		default:
			d.since = append(d.since, a)
		}
		d.there = true
	}
	out := map[string][]byte{}
	for name, d := range files {
		if d.there {
			out[name] = d.cut(rng)
		}
	}
	return out
}

func (d *disk) cut(rng *rand.Rand) []byte {
	b := append([]byte(nil), d.synced...)
	for _, a := range d.since {
		if a.kind == "truncate" {
			if rng.IntN(2) == 0 {
				b = apply(b, a)
			}
			continue
		}
		for from := 0; from < len(a.data); {
			to := min(len(a.data), from+sector-int(a.at+int64(from))%sector)
			if rng.IntN(2) == 0 {
				b = apply(b, act{kind: "write", at: a.at + int64(from), data: a.data[from:to]})
			}
			from = to
		}
	}
	return b
}

// cuts says how often TestPowerCuts cuts the power: 200 times, or SSE_CUTS.
func cuts() int {
	if n, err := strconv.Atoi(os.Getenv("SSE_CUTS")); err == nil {
		return n
	}
	if testing.Short() {
		return 20
	}
	return 200
}

// TestPowerCuts works on a study, writes down all that reaches the disk, and looks at
// what would be left if the power had been cut at random moments: whatever was
// acknowledged is there, the file is sound, a batch is there whole or not at all.
func TestPowerCuts(t *testing.T) {
	startRecording(t)
	dir := filepath.Join(t.TempDir(), "s")
	rng := rand.New(rand.NewPCG(20, 26))
	workWithPower(t, dir, rng)
	acts := diary.acts
	begin := 0
	for acts[begin].said != "created" {
		begin++
	}
	var looked, inBatch int
	for range cuts() {
		k := begin + 1 + rng.IntN(len(acts)-begin)
		at := powerless(t, dir, nil, acts[:k], rng)
		l, b := checkPower(t, at, acts[:k])
		looked, inBatch = looked+l, inBatch+b
		os.RemoveAll(at)
		if t.Failed() {
			t.Fatalf("the power was cut after %d of %d acts", k, len(acts))
		}
	}
	t.Logf("%d cuts in %d acts: %d acknowledged answers, interviews and batches looked for, none lost; %d cuts inside a batch", cuts(), len(acts), looked, inBatch)
}

// powerless puts what a power cut leaves of a study's folder into a new one.
func powerless(t *testing.T, dir string, before map[string][]byte, acts []act, rng *rand.Rand) (at string) {
	t.Helper()
	at = filepath.Join(t.TempDir(), "s")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, b := range after(before, acts, rng) {
		if filepath.Dir(name) != dir {
			continue // copies made by the way
		}
		if err := os.WriteFile(filepath.Join(at, filepath.Base(name)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// TestPowerCutsConverting cuts the power while studies of earlier versions are
// converted; they open again, converted or as they were, with the same revisions.
func TestPowerCutsConverting(t *testing.T) {
	startRecording(t)
	rng := rand.New(rand.NewPCG(7, 7))
	n := 0
	for _, version := range []string{"v1", "v2"} {
		dir := Unpack(t, version)
		file := filepath.Join(dir, FileName)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		diary.acts = nil
		s, err := Open(dir, func(s *Study) { s.vfs = diaryName })
		if err != nil {
			t.Fatal(err)
		}
		want, err := revisionsDigest(s.db)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		acts := diary.acts
		if len(acts) < 20 {
			t.Fatalf("only %d acts were written down", len(acts))
		}
		for range cuts() / 8 {
			n++
			at := powerless(t, dir, map[string][]byte{file: b}, acts[:rng.IntN(len(acts)+1)], rng)
			s, err := Open(at)
			if err != nil {
				t.Fatal(err)
			}
			rep, err := s.Verify(false)
			if err != nil || len(rep.Problems) > 0 {
				t.Fatal(err, rep)
			}
			if got, err := revisionsDigest(s.db); err != nil || got != want {
				t.Fatal("the revisions are others", err)
			}
			if ds, err := s.Drafts(); err != nil || len(ds) != 1 {
				t.Fatal("the draft is lost", err)
			}
			s.Close()
			os.RemoveAll(at)
		}
	}
	t.Logf("%d cuts, nothing lost", n)
}

// TestCutsFindMistakes shows that the test above can fail: without syncs, acknowledged
// answers are lost.
func TestCutsFindMistakes(t *testing.T) {
	startRecording(t)
	dir := filepath.Join(t.TempDir(), "s")
	rng := rand.New(rand.NewPCG(1, 2))
	workWithPower(t, dir, rng)
	var careless []act
	created := false
	for _, a := range diary.acts {
		created = created || a.said == "created"
		if a.kind != "sync" || !created {
			careless = append(careless, a)
		}
	}
	for range 20 {
		k := len(careless)*3/4 + rng.IntN(len(careless)/4)
		at := powerless(t, dir, nil, careless[:k], rng)
		if problem(at, careless[:k]) != nil {
			return
		}
	}
	t.Error("nothing was lost although nothing was synced")
}

// workWithPower does all kinds of work and says what was acknowledged.
func workWithPower(t *testing.T, dir string, rng *rand.Rand) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	opts := []Option{WithClock(func() time.Time { return now }), func(s *Study) { s.vfs = diaryName }}
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := Create(dir, Settings{ID: "study", Name: "Trial", Researcher: "ana"}, opts...)
	must(err)
	said("created")
	for i := range 60 {
		iv, err := s.StartInterview(ctx, "u", "f", "1")
		must(err)
		given := map[survey.Field]survey.Value{}
		for q := range 1 + rng.IntN(6) {
			f := survey.Field(fmt.Sprint("q", q))
			given[f] = survey.Of(fmt.Sprint(iv, " ", f, strings.Repeat(" x", rng.IntN(600))))
			must(s.SaveAnswer(iv, f, given[f]))
			said("answer\x00%s\x00%s\x00%s", iv, f, given[f].Text)
		}
		if i%3 > 0 {
			must(s.Record(ctx, iv, survey.Completed, given))
			said("finished\x00%s", iv)
		}
		switch {
		case i%10 == 4: // idle
			_, err := s.Tend(ctx)
			must(err)
			now = now.Add(6 * time.Second)
			_, err = s.Tend(ctx)
			must(err)
		case i%10 == 7:
			n := 5 + rng.IntN(40)
			var changes []Change
			for j := range n {
				changes = append(changes, Change{Entity: fmt.Sprint("batch", i, "-", j), Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{
					survey.FieldName: survey.Of(fmt.Sprint("Unit ", j)), survey.FieldStratum: survey.Of(fmt.Sprint("batch", i))}})
			}
			said("begun\x00batch%d\x00%d", i, n)
			_, err := s.Import(ctx, "list", "00", changes, nil)
			must(err)
			said("batch\x00batch%d\x00%d", i, n)
		case i%20 == 19: // closed and opened again
			must(s.Close())
			s, err = Open(dir, opts...)
			must(err)
		}
	}
	must(s.Close())
}

func checkPower(t *testing.T, dir string, acts []act) (looked, inBatch int) {
	t.Helper()
	if err := problem(dir, acts); err != nil {
		t.Error(err)
	}
	begun := false
	for _, a := range acts {
		switch {
		case strings.HasPrefix(a.said, "begun"):
			begun = true
			continue
		case strings.HasPrefix(a.said, "batch"):
			begun = false
		}
		if a.said != "" {
			looked++
		}
	}
	if begun {
		inBatch = 1
	}
	return looked, inBatch
}

// problem says what is wrong with a study after the power was cut, nil if nothing is.
func problem(dir string, acts []act) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := checkFile(context.Background(), s.db, "integrity_check"); err != nil {
		return err
	}
	rep, err := s.Verify(false)
	if err != nil {
		return err
	}
	if len(rep.Problems) > 0 {
		return fmt.Errorf("%v", rep.Problems)
	}
	units, err := s.Documents(survey.UnitKind)
	if err != nil {
		return err
	}
	inBatch := map[string]int{}
	for _, d := range units {
		inBatch[d.Text(survey.FieldStratum)]++
	}
	for _, a := range acts {
		f := strings.Split(a.said, "\x00")
		switch f[0] {
		case "answer":
			draft, err := s.Draft(f[1])
			if err != nil {
				return err
			}
			d, err := s.Document(f[1])
			if err != nil || d == nil {
				return fmt.Errorf("interview %s is lost: %v", f[1], err)
			}
			if draft[survey.Field(f[2])].Text != f[3] && d.Text(survey.Field(f[2])) != f[3] {
				return fmt.Errorf("answer %s of %s is lost", f[2], f[1])
			}
		case "finished":
			if d, err := s.Document(f[1]); err != nil || d == nil || d.Text(survey.FieldStatus) != string(survey.Completed) {
				return fmt.Errorf("that interview %s was finished is lost", f[1])
			}
		case "begun":
			if n := inBatch[f[1]]; n != 0 && fmt.Sprint(n) != f[2] {
				return fmt.Errorf("%s is there by half: %d of %s", f[1], n, f[2])
			}
		case "batch":
			if n := inBatch[f[1]]; fmt.Sprint(n) != f[2] {
				return fmt.Errorf("%s is lost: %d of %s", f[1], n, f[2])
			}
		}
	}
	return nil
}
