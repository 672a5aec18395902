package exchange_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// forged is a package that somebody makes who knows the format and has a key.
type forged struct {
	key     ed25519.PrivateKey
	entries []forgedEntry
	bomb    int // bytes of nothing behind the archive
}

type forgedEntry struct {
	name string
	body []byte
	kind byte
	link string
	size int64 // that the archive says; 0 is the right one
}

// gzipHead is what every gzip stream of a package begins with.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"

// write makes the file with a seal that fits.
func (f *forged) write() []byte {
	var out, in bytes.Buffer
	sum := sha256.New()
	w := func(e forgedEntry) {
		size := e.size
		if size == 0 {
			size = int64(len(e.body))
		}
		h := &tar.Header{Typeflag: e.kind, Name: e.name, Linkname: e.link, Size: size, Mode: 0o644, Format: tar.FormatPAX}
		var one bytes.Buffer
		a := tar.NewWriter(&one)
		if err := a.WriteHeader(h); err == nil {
			a.Write(e.body)
		}
		in.Write(one.Bytes())
		in.Write(make([]byte, (512-one.Len()%512)%512))
	}
	for _, e := range f.entries {
		fmt.Fprintf(sum, "%s\x00%x\n", e.name, sha256.Sum256(e.body))
		w(e)
	}
	digest := sum.Sum(nil)
	end, _ := json.Marshal(map[string]any{"entries": len(f.entries), "sha256": fmt.Sprintf("%x", digest), "sig": ed25519.Sign(f.key, digest)})
	w(forgedEntry{name: "seal.json", body: append(end, '\n'), kind: tar.TypeReg})
	in.Write(make([]byte, 1024+f.bomb))
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	z.Write(in.Bytes())
	z.Close()
	return append([]byte(gzipHead), out.Bytes()[len(gzipHead):]...)
}

func (f *forged) manifest(change map[string]any) {
	m := map[string]any{"format": 2, "study": "one", "name": "Trial", "from": "mal", "device": "mal", "made": "2026-01-01T00:00:00Z", "revisions": 0, "files": 0,
		"devices": []any{map[string]any{"id": "mal", "label": "mal", "public_key": []byte(f.key.Public().(ed25519.PublicKey))}}}
	for k, v := range change {
		m[k] = v
	}
	b, _ := json.Marshal(m)
	f.entries = append(f.entries, forgedEntry{name: "manifest.json", body: b, kind: tar.TypeReg})
}

func (f *forged) entry(name string, body []byte) {
	f.entries = append(f.entries, forgedEntry{name: name, body: body, kind: tar.TypeReg})
}

// line signs bytes that are taken for a revision.
func (f *forged) line(revision string) []byte {
	h := sha256.Sum256([]byte(revision))
	return fmt.Appendf(nil, "{\"revision\":%s,\"hash\":\"%x\",\"sig\":\"%s\"}\n", revision, h, base64.StdEncoding.EncodeToString(ed25519.Sign(f.key, h[:])))
}

// revision is one that is sound, with a patch.
func revision(id int, patch string) string {
	return fmt.Sprintf(`{"id":"m%d","entity":"e%d","kind":"unit","device":"mal","seq":%d,"actor":"mal","wall":"2026-01-01T00:00:00.000Z","tz":"+00:00","lamport":%d,"patch":%s}`, id, id, id, id, patch)
}

// forgeries are packages that are well sealed and yet made to do harm. Those of which
// something is sound say how many revisions.
var forgeries = []struct {
	name string
	make func(f *forged)
	want int // revisions that are taken in; -1: it is refused
}{
	{"sound", func(f *forged) {
		f.manifest(map[string]any{"revisions": 1})
		f.entry("revisions/000001.jsonl", f.line(revision(1, `{"a":"b"}`)))
	}, 1},
	{"deep JSON in a patch", func(f *forged) {
		f.manifest(map[string]any{"revisions": 2})
		f.entry("revisions/000001.jsonl", append(f.line(revision(1, `{"a":`+strings.Repeat("[", 1<<20)+`}`)), f.line(revision(2, `{"a":"b"}`))...))
	}, 1},
	{"deep JSON in place of a line", func(f *forged) {
		f.manifest(map[string]any{"revisions": 1})
		f.entry("revisions/000001.jsonl", []byte(`{"revision":{},"hash":"`+strings.Repeat(`{"a":`, 1<<20)))
	}, 0},
	{"huge numbers", func(f *forged) {
		f.manifest(map[string]any{"revisions": 3})
		big := func(i int, n string) []byte {
			return f.line(strings.Replace(revision(i, `{"a":"b"}`), fmt.Sprintf(`"lamport":%d`, i), `"lamport":`+n, 1))
		}
		f.entry("revisions/000001.jsonl", append(append(big(1, strings.Repeat("9", 100_000)), big(2, "1e308")...), big(3, "-0")...))
	}, 0},
	{"a line that is too long", func(f *forged) {
		f.manifest(map[string]any{"revisions": 1})
		f.entry("revisions/000001.jsonl", f.line(revision(1, `{"a":"`+strings.Repeat("x", 17<<20)+`"}`)))
	}, 0},
	{"millions of lines", func(f *forged) {
		f.manifest(map[string]any{"revisions": 1 << 25})
		f.entry("revisions/000001.jsonl", bytes.Repeat([]byte("\n"), 1<<25))
	}, -1},
	{"a bomb in an entry", func(f *forged) { f.manifest(nil); f.entry("revisions/000001.jsonl", make([]byte, 65<<20)) }, -1},
	{"a bomb behind the end", func(f *forged) { f.manifest(nil); f.bomb = 200 << 20 }, 0},
	{"a bomb in the manifest", func(f *forged) { f.manifest(map[string]any{"name": strings.Repeat("x", 17<<20)}) }, -1},
	{"a size that lies", func(f *forged) {
		f.manifest(nil)
		f.entries = append(f.entries, forgedEntry{name: "files/x", kind: tar.TypeReg, size: 1 << 40})
	}, -1},
	{"a negative count", func(f *forged) { f.manifest(map[string]any{"revisions": -1, "files": -5}) }, -1},
	{"a manifest of another kind", func(f *forged) { f.manifest(map[string]any{"devices": "none"}) }, -1},
	{"a key that is no key", func(f *forged) {
		f.manifest(map[string]any{"devices": []any{map[string]any{"id": "mal", "public_key": []byte("short")}}})
	}, -1},
}

// oddNames are names of entries that lead elsewhere, or that systems take for something
// else.
var oddNames = []string{"../evil", "files/../../evil", "/tmp/evil", `C:\evil`, `files\..\evil`, "files/", "files/CON", "files/nul.txt", "./manifest.json", "manifest.json", "revisions/1.jsonl",
	"revisions/000002.jsonl", "files/" + strings.Repeat("a", 5000), "files/\x00", "study.sqlite", "files/study.sqlite-wal", ".", ""}

// TestForgedPackages takes in packages that are well sealed and made to do harm.
func TestForgedPackages(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range forgeries {
		t.Run(c.name, func(t *testing.T) {
			f := &forged{key: key}
			c.make(f)
			forgedTaken(t, f, c.want)
		})
	}
	for _, name := range oddNames {
		for kind, what := range map[byte]string{tar.TypeReg: "file", tar.TypeSymlink: "link", tar.TypeDir: "folder", tar.TypeChar: "device"} {
			t.Run(fmt.Sprintf("%s %.30q", what, name), func(t *testing.T) {
				f := &forged{key: key}
				f.manifest(map[string]any{"files": 1})
				e := forgedEntry{name: name, kind: kind, link: "/etc/passwd"}
				if kind == tar.TypeReg {
					e.body, e.link = []byte("x"), ""
				}
				f.entries = append(f.entries, e)
				forgedTaken(t, f, -1)
			})
		}
	}
}

// forgedTaken takes in a forged package and sees what became of the study.
func forgedTaken(t *testing.T, f *forged, want int) {
	t.Helper()
	root := t.TempDir()
	dir, file := filepath.Join(root, "a"), filepath.Join(root, "x"+exchange.PackageExt)
	ana, err := study.Create(dir, study.Settings{ID: "one", Name: "Trial", Researcher: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	defer ana.Close()
	before := bytesOf(t, dir)
	if err := os.WriteFile(file, f.write(), 0o600); err != nil {
		t.Fatal(err)
	}
	err = takeWhatever(ana, file, exchange.Keys{})
	n, err2 := ana.CountRevisions(study.Part{})
	if err2 != nil {
		t.Fatal(err2)
	}
	switch {
	case want < 0 && (err == nil || bytesOf(t, dir) != before):
		t.Errorf("it was taken in, or the study is not as it was: %v", err)
	case want >= 0 && (err != nil || n != want):
		t.Errorf("%d revisions %v, want %d", n, err, want)
	}
	if all, _ := filepath.Glob(filepath.Join(root, "*")); len(all) != 2 {
		t.Errorf("something was written elsewhere: %v", all)
	}
	digest(t, ana)
}

// TestHostilePackages spoils packages in many ways, on the outside and, unpacked and
// packed again, within, and takes each in: 150 of them, or SSE_DAMAGES. What is refused
// leaves the study as it was, byte for byte; what is taken in is what ben or the forger
// signed.
func TestHostilePackages(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SSE_DAMAGES"))
	if err != nil {
		n = 150
	}
	seeds := packageSeeds(t)
	root := t.TempDir()
	t.Setenv("TMPDIR", root)
	file := filepath.Join(root, "x"+exchange.PackageExt)
	var ana *study.Study
	before, taken := "", 0
	begin := func() {
		if ana != nil {
			ana.Close()
			os.RemoveAll(ana.Info().Dir)
		}
		if ana, err = study.Create(filepath.Join(root, "a"), study.Settings{ID: "one", Name: "Trial", Researcher: "ana"}); err != nil {
			t.Fatal(err)
		}
		before = bytesOf(t, ana.Info().Dir)
	}
	begin()
	defer func() { ana.Close() }()
	for i := range n {
		r := rand.New(rand.NewPCG(9, uint64(i)))
		if err := os.WriteFile(file, spoilPackage(r, seeds[r.IntN(len(seeds))]), 0o600); err != nil {
			t.Fatal(err)
		}
		err := takeWhatever(ana, file, exchange.Keys{})
		if all, _ := filepath.Glob(filepath.Join(root, "*")); len(all) != 2 {
			t.Fatalf("%d: something was written elsewhere: %v", i, all)
		}
		if err != nil {
			if bytesOf(t, ana.Info().Dir) != before {
				t.Fatalf("%d: refused (%v), but the study is not as it was", i, err)
			}
			continue
		}
		taken++
		if rep, err := ana.Verify(false); err != nil || len(rep.Problems) > 0 {
			t.Fatalf("%d: %v %v", i, err, rep)
		}
		begin()
	}
	t.Logf("%d packages: %d taken in, %d refused", n, taken, n-taken)
	if taken == 0 || taken == n {
		t.Error("the test shows nothing")
	}
}

// packageSeeds are an open package of ben and some that are forged.
func packageSeeds(t *testing.T) (seeds [][]byte) {
	ben := create(t, "one", "ben")
	for i := range 20 {
		unit(t, ben, fmt.Sprint("Unit ", i))
	}
	if _, err := ben.AddFile([]byte("a photo"), "image/jpeg"); err != nil {
		t.Fatal(err)
	}
	us, err := ben.Documents(survey.UnitKind)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ben.Erase(t.Context(), study.Erasure{Entity: us[3].Entity, Fields: []survey.Field{survey.FieldName}, Reason: "asked"}, study.Erasure{Entity: us[5].Entity, Reason: "withdrew"}); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(pack(t, ben))
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &forged{key: key}
	f.manifest(map[string]any{"revisions": 3})
	f.entry("revisions/000001.jsonl", append(append(f.line(revision(1, `{"a":"b"}`)), f.line(revision(2, `{"`+strings.Repeat("a", 1000)+`":null}`))...), f.line(revision(3, `{"a":{"special":"dk"}}`))...))
	return [][]byte{good, f.write()}
}

// spoilPackage changes a package on the outside, or what it holds. What it holds may be
// sealed by another key then.
func spoilPackage(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	if r.IntN(4) == 0 {
		return spoilBytes(r, b)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return b
	}
	in, err := io.ReadAll(z)
	if err != nil {
		return b
	}
	if r.IntN(3) > 0 {
		in = spoilBytes(r, in)
	} else {
		in = respoil(r, in)
	}
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	w.Write(in)
	w.Close()
	return append([]byte(gzipHead), out.Bytes()[len(gzipHead):]...)
}

func spoilBytes(r *rand.Rand, b []byte) []byte {
	switch r.IntN(5) {
	case 0:
		return b[:r.IntN(len(b))]
	case 1:
		at := r.IntN(len(b))
		return append(b[:at:at], append(bytes.Repeat([]byte{byte(r.Uint32())}, r.IntN(2000)), b[at:]...)...)
	default:
		for range 1 + r.IntN(6) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		return b
	}
}

// respoil spoils lines of the entries and seals the whole anew by a key of its own.
func respoil(r *rand.Rand, in []byte) []byte {
	seed := make([]byte, ed25519.SeedSize)
	f := &forged{key: ed25519.NewKeyFromSeed(seed)}
	a := tar.NewReader(bytes.NewReader(in))
	for {
		h, err := a.Next()
		if err != nil {
			break
		}
		b, err := io.ReadAll(a)
		switch {
		case err != nil || h.Name == "seal.json":
		case h.Name == "manifest.json":
			var m map[string]any
			if json.Unmarshal(b, &m) == nil {
				devices, _ := m["devices"].([]any)
				m["devices"] = append(devices, map[string]any{"id": "seal", "label": "", "public_key": []byte(f.key.Public().(ed25519.PublicKey))})
				m["device"] = "seal"
				f.manifest(m)
			}
		default:
			if r.IntN(2) == 0 && len(b) > 0 {
				for range 1 + r.IntN(6) {
					b[r.IntN(len(b))] = byte(r.Uint32())
				}
			}
			f.entry(h.Name, b)
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(f.write()))
	if err != nil {
		return in
	}
	out, _ := io.ReadAll(z)
	return out
}
