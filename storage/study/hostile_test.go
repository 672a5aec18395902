package study_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// mutation spoils a database and its log.
type mutation struct {
	name string
	do   func(r *rand.Rand, file, log []byte) ([]byte, []byte)
}

// pageSize is that of studies.
const pageSize = 4096

// mutations are ways of spoiling that need no SQL.
var mutations = []mutation{
	{"bytes", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return flip(r, f, 0, len(f)), l }},
	{"the header", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return flip(r, f, 0, 100), l }},
	{"the list of tables", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return flip(r, f, 100, pageSize), l }},
	{"the head of a page", func(r *rand.Rand, f, l []byte) ([]byte, []byte) {
		at := r.IntN(len(f)/pageSize) * pageSize
		return flip(r, f, at, at+12), l
	}},
	{"sizes of rows that lie", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return lie(r, f), l }},
	{"a length", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return f[:r.IntN(len(f))], l }},
	{"a length with whole pages", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return f[:r.IntN(len(f)/pageSize)*pageSize], l }},
	{"a page in place of another", func(r *rand.Rand, f, l []byte) ([]byte, []byte) {
		n := len(f) / pageSize
		copy(f[r.IntN(n)*pageSize:], f[r.IntN(n)*pageSize:][:pageSize])
		return f, l
	}},
	{"numbers of pages", func(r *rand.Rand, f, l []byte) ([]byte, []byte) {
		binary.BigEndian.PutUint32(f[[]int{28, 32, 36, 52}[r.IntN(4)]:], r.Uint32()) // fileformat2, section 1.3
		return f, l
	}},
	{"the log", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return f, flip(r, l, 0, len(l)) }},
	{"the log, summed anew", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return f, relog(r, l) }},
	{"the log cut", func(r *rand.Rand, f, l []byte) ([]byte, []byte) { return f, l[:r.IntN(len(l)+1)] }},
}

func flip(r *rand.Rand, b []byte, from, to int) []byte {
	if to = min(to, len(b)); from >= to {
		return b
	}
	for range 1 + r.IntN(12) {
		b[from+r.IntN(to-from)] = byte(r.Uint32())
	}
	return b
}

// lie makes rows of a page of rows say that they are of other sizes.
func lie(r *rand.Rand, b []byte) []byte {
	for range 50 {
		page := b[r.IntN(len(b)/pageSize)*pageSize:][:pageSize]
		if n := int(binary.BigEndian.Uint16(page[3:])); page[0] == 0x0d && n > 0 && n < 400 {
			at := int(binary.BigEndian.Uint16(page[8+2*r.IntN(n):]))
			flip(r, page, at, at+1+r.IntN(12))
			if r.IntN(2) == 0 && at+9 < pageSize {
				copy(page[at:], "\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
			}
			break
		}
	}
	return b
}

// relog changes frames of a log and makes its sums right again, as somebody would who
// wants it to be believed (sqlite.org/fileformat2, section 4).
func relog(r *rand.Rand, l []byte) []byte {
	const head, frame = 32, 24 + pageSize
	n := (len(l) - head) / frame
	if n < 1 {
		return l
	}
	at := head + r.IntN(n)*frame
	switch r.IntN(3) {
	case 0:
		binary.BigEndian.PutUint32(l[at:], r.Uint32()>>r.IntN(32)) // its page
	case 1:
		binary.BigEndian.PutUint32(l[head+(n-1)*frame+4:], r.Uint32()>>r.IntN(32)) // pages of the database
	default:
		flip(r, l, at+24, at+frame)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if l[3]&1 == 1 {
		order = binary.BigEndian
	}
	a, b := binary.BigEndian.Uint32(l[24:]), binary.BigEndian.Uint32(l[28:])
	add := func(p []byte) {
		for i := 0; i+8 <= len(p); i += 8 {
			a += order.Uint32(p[i:]) + b
			b += order.Uint32(p[i+4:]) + a
		}
	}
	for at := head; at+frame <= len(l); at += frame {
		add(l[at : at+8])
		add(l[at+24 : at+frame])
		binary.BigEndian.PutUint32(l[at+16:], a)
		binary.BigEndian.PutUint32(l[at+20:], b)
	}
	return l
}

// hostileSQL makes seeds out of a study that mutations may spoil further.
var hostileSQL = map[string][]string{
	"sound":       nil,
	"views":       {`ALTER TABLE revision RENAME TO r`, `CREATE VIEW revision AS SELECT * FROM r`},
	"triggers":    {`CREATE TRIGGER x BEFORE DELETE ON draft BEGIN INSERT INTO meta VALUES ('a', hex(randomblob(1000))); END`},
	"text search": {`CREATE VIRTUAL TABLE x USING fts5(y)`, `INSERT INTO x VALUES ('words in it')`},
	"boxes":       {`CREATE VIRTUAL TABLE x USING rtree(id, a, b)`, `INSERT INTO x VALUES (1, 2, 3)`},
	"deep JSON":   {`UPDATE revision SET patch = '{"a":' || replace(hex(zeroblob(500000)), '00', '[') || '}' WHERE n = 3`},
	"deep reason": {`UPDATE revision SET replaces = replace(hex(zeroblob(500000)), '00', '{"a":') WHERE n = 3`},
	"numbers":     {`UPDATE revision SET seq = 9223372036854775807, lamport = -9223372036854775808 WHERE n = 2`, `UPDATE revision SET lamport = 9223372036854775807, wall = '9999-99-99' WHERE n = 4`},
	"no text":     {`UPDATE revision SET entity = CAST(x'ff00fe' AS TEXT), tz = CAST(x'c0' AS TEXT) WHERE n = 5`},
	"not cut":     {`UPDATE revision SET redacted = 0, witness = '' WHERE redacted`},
	"no witness":  {`UPDATE revision SET witness = 'mal' WHERE redacted`},
	"no order":    {`DELETE FROM revision WHERE instr(patch, '_erase')`},
	"an order":    {`UPDATE revision SET patch = '{"_erased":"1"}' WHERE n = 9`},
	"long names":  {`UPDATE device SET label = hex(zeroblob(3000000))`},
	"many rows":   {`INSERT INTO draft WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000) SELECT x, x, '1', x FROM c`},
}

// hostileSeed is a database and a log.
type hostileSeed struct {
	name      string
	file, log []byte
}

// hostileSeeds makes studies of ben, as they are in an open folder.
func hostileSeeds(t *testing.T) (seeds []hostileSeed, ids map[string]bool) {
	ben := create(t, filepath.Join(t.TempDir(), "b"), "one", "ben")
	for i := range 40 {
		if _, err := ben.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(fmt.Sprint("Unit ", i)), "n": survey.Of(strings.Repeat("x", i*100))}); err != nil {
			t.Fatal(err)
		}
	}
	us, err := ben.Documents(survey.UnitKind)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ben.Erase(ctx, study.Erasure{Entity: us[3].Entity, Fields: []survey.Field{"n"}, Reason: "asked"}, study.Erasure{Entity: us[5].Entity, Reason: "withdrew"}); err != nil {
		t.Fatal(err)
	}
	ids = map[string]bool{}
	if err := ben.EachRevision(study.Part{}, func(l study.Line) error { ids[string(l.Hash[:])] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := ben.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(hostileSQL)) { // the same numbers make the same studies
		statements := hostileSQL[name]
		dir := closedCopy(t, ben.Info().Dir)
		spoilFolder(t, dir, statements...)
		seeds = append(seeds, hostileSeed{name, read(t, dir, ""), nil})
	}
	return append(seeds, loggedSeed(t, ben.Info().Dir)), ids
}

func read(t *testing.T, dir, end string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, study.FileName) + end)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// loggedSeed is a study whose newest rows are in its log.
func loggedSeed(t *testing.T, from string) hostileSeed {
	dir := closedCopy(t, from)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, study.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for range 5 {
		if _, err := db.Exec(`INSERT INTO draft SELECT hex(randomblob(8)), 'a', hex(randomblob(500)), '' FROM revision`); err != nil {
			t.Fatal(err)
		}
	}
	s := hostileSeed{"with a log", read(t, dir, ""), read(t, dir, "-wal")}
	if len(s.log) == 0 {
		t.Fatal("there is no log")
	}
	return s
}

// TestHostileStudies spoils studies in many ways and takes each in, 150 of them, or
// SSE_DAMAGES: the program neither crashes nor hangs; what is refused leaves the study as
// it was, byte for byte, and of what is taken in nothing is but what ben signed; nothing is
// written elsewhere; the process that reads stays below 512 MiB.
func TestHostileStudies(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SSE_DAMAGES"))
	if err != nil {
		n = 150
	}
	seeds, ids := hostileSeeds(t)
	root := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(root, "tmp"))
	for _, d := range []string{"tmp", "b"} {
		if err := os.Mkdir(filepath.Join(root, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var most int64
	defer study.ReaderEnded(func(p *os.ProcessState) { most = max(most, peak(p)) })()
	h := &hostile{T: t, root: root, ids: ids}
	h.begin()
	for i := range n {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		s := seeds[r.IntN(len(seeds))]
		file, log := bytes.Clone(s.file), bytes.Clone(s.log)
		what := fmt.Sprintf("%d: %s", i, s.name)
		for range r.IntN(3) {
			m := mutations[r.IntN(len(mutations))]
			what += ", " + m.name
			if len(file) >= pageSize {
				file, log = m.do(r, file, log)
			}
		}
		h.try(what, file, log)
	}
	t.Logf("%d studies: %d taken in, %d refused %v; the reading process used %d MiB at most", n, h.taken, n-h.taken, h.reasons, most>>20)
	if most > 512<<20 {
		t.Error("it used more than 512 MiB")
	}
	if h.taken == 0 || h.taken == n {
		t.Error("the test shows nothing")
	}
}

// hostile takes in one spoilt study after the other.
type hostile struct {
	*testing.T
	root, before string
	ana          *study.Study
	ids          map[string]bool
	taken        int
	reasons      map[string]int
}

// begin makes the study that takes in.
func (h *hostile) begin() {
	dir := filepath.Join(h.root, "a")
	if h.ana != nil {
		h.ana.Close()
		os.RemoveAll(dir)
	}
	h.ana = create(h.T, dir, "one", "ana")
	h.before = snapshot(h.T, dir)
}

func (h *hostile) try(what string, file, log []byte) {
	live := filepath.Join(h.root, "b", study.FileName)
	os.Remove(live + "-wal")
	if err := os.WriteFile(live, file, 0o600); err != nil {
		h.Fatal(err)
	}
	if log != nil {
		if err := os.WriteFile(live+"-wal", log, 0o600); err != nil {
			h.Fatal(err)
		}
	}
	theirs := snapshot(h.T, filepath.Join(h.root, "b"))
	_, err := takeFolder(h.ana, filepath.Join(h.root, "b"))
	if snapshot(h.T, filepath.Join(h.root, "b")) != theirs {
		h.Fatalf("%s: the folder was changed", what)
	}
	if elsewhere, _ := filepath.Glob(filepath.Join(h.root, "*", "*")); len(elsewhere) > 20 || !onlyStudies(h.root) {
		h.Fatalf("%s: something was written elsewhere: %v", what, elsewhere)
	}
	if err != nil {
		if h.reasons == nil {
			h.reasons = map[string]int{}
		}
		h.reasons[reason(err)]++
		if snapshot(h.T, h.ana.Info().Dir) != h.before {
			h.Fatalf("%s: refused (%v), but the study is not as it was", what, err)
		}
		return
	}
	h.taken++
	digestOf(h.T, h.ana)
	err = h.ana.EachRevision(study.Part{}, func(l study.Line) error {
		if !h.ids[string(l.Hash[:])] {
			return fmt.Errorf("a revision that ben did not sign: %s", l.Revision)
		}
		return nil
	})
	if err != nil {
		h.Fatalf("%s: %v", what, err)
	}
	h.begin()
}

func onlyStudies(root string) bool {
	tmp, err := os.ReadDir(filepath.Join(root, "tmp"))
	all, err2 := os.ReadDir(root)
	return err == nil && err2 == nil && len(tmp) == 0 && len(all) == 3
}

// reason is the middle of what an error says, to be counted.
func reason(err error) string {
	_, s, _ := strings.Cut(err.Error(), `": `)
	return s[:min(len(s), 28)]
}
