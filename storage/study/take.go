package study

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Device is a laptop whose revisions are in the study.
type Device struct {
	ID, Label string
	PublicKey []byte // Ed25519
}

// Line is a revision as it came.
type Line struct {
	Number   int    // in its package, from 1
	Revision []byte // canonical bytes
	Hash     [32]byte
	Sig      []byte
	Witness  string // the laptop whose Sig it is, of a redacted revision; else ""
	Invalid  string // why it cannot be read; "" if it can
}

// Parcel is what came from another laptop. Its revisions and files are read from the
// start each time they are asked for, and never all held in memory.
type Parcel struct {
	Study     string // id
	Name      string
	Countries []string
	Fictional bool
	From      string // researcher
	Made      string // RFC 3339
	Source    string // for people: "colleague.ssepkg, from Ana, 3 March"
	SHA256    string // of the package file
	Devices   []Device
	Revisions int // how many lines
	// Lines and Files visit what is in it. They fail, at the end at the latest, where the
	// package is not as it was written; what was visited counts for nothing then.
	Lines func(visit func(Line) error) error
	Files func(visit func(sum string, data []byte) error) error
}

// incoming is a revision on its way in.
type incoming struct {
	line    int
	raw     survey.RawRevision
	hash    [32]byte
	sig     []byte
	witness string
	invalid string
}

// scan reads the canonical bytes of a revision.
func (in *incoming) scan(b []byte) error {
	in.hash = sha256.Sum256(b)
	return survey.ScanRevision(b, &in.raw)
}

func (in *incoming) check(l Line) {
	in.line, in.sig, in.witness, in.invalid = l.Number, l.Sig, l.Witness, l.Invalid
	if in.invalid != "" {
		return
	}
	err := in.scan(l.Revision)
	r := &in.raw
	switch {
	case err != nil:
		in.invalid = "the revision cannot be read: " + err.Error()
	case in.hash != l.Hash:
		in.invalid = "its content does not fit its hash"
	case r.ID == "" || r.Entity == "" || r.Device == "" || r.Kind == "":
		in.invalid = "it does not say what it is about"
	case r.Redacted != (in.witness != ""):
		in.invalid = "it does not say who erased answers from it"
	}
}

// verify checks the signature of a revision.
func (in *incoming) verify(keys map[string]ed25519.PublicKey) {
	switch key, ok := keys[cmp.Or(in.witness, in.raw.Device)]; {
	case in.invalid != "":
	case !ok:
		in.invalid = "the laptop that signed it is unknown"
	case len(in.sig) != ed25519.SignatureSize || !ed25519.Verify(key, in.hash[:], in.sig):
		in.invalid = "its signature does not fit; it was altered after it was made"
	}
}

// errTrial ends a transaction that was only to show what would happen.
var errTrial = errors.New("trial")

// Plan says what taking in a parcel would do, by doing it and taking it back. It fails
// if the parcel belongs to another study or is damaged.
func (s *Study) Plan(ctx context.Context, p *Parcel) (*merge.Plan, error) {
	t, err := s.take(ctx, p, nil, true)
	if err != nil {
		return nil, err
	}
	return t.plan, nil
}

// Apply takes in a parcel in one transaction, and returns what it did and the batch, by
// which it can be undone; "" where nothing was new. Progress is called with how many
// revisions are done. After an error, or a cancelled context, the study is as it was.
func (s *Study) Apply(ctx context.Context, p *Parcel, progress func(done, total int)) (batch string, plan *merge.Plan, err error) {
	t, err := s.take(ctx, p, progress, false)
	if err != nil {
		return "", nil, fmt.Errorf("take in %s: %w", p.Source, err)
	}
	if t.copied {
		err = s.transact(func(tx *sql.Tx) error { return s.newDevice(tx, s.info.Researcher) })
		if err == nil {
			err = s.load()
		}
	}
	if err == nil {
		err = s.wipe()
	}
	if t.plan.Nothing() && len(t.files) == 0 {
		return "", t.plan, err
	}
	return t.id, t.plan, err
}

// taking is a parcel on its way in.
type taking struct {
	*Study
	q        *prepared
	fold     *folding
	parcel   *Parcel
	plan     *merge.Plan
	id       string // of the batch
	batch    int64
	keys     map[string]ed25519.PublicKey
	entities map[string]*taken
	lamport  int64
	files    []string // paths of files that were written
	done     int
	progress func(done, total int)
	copied   bool // another laptop writes under the name of this one
	strange  strange
	erase    *erasing
}

// taken is what came about an entity.
type taken struct {
	kind      survey.EntityKind
	known     bool // it was here
	revisions int
	actors    []string
	day       string
	fields    map[survey.Field]bool // newly contested, or no more
}

func (s *Study) take(ctx context.Context, p *Parcel, progress func(done, total int), trial bool) (*taking, error) {
	if p.Study != s.info.ID {
		return nil, fmt.Errorf("the package belongs to another study, %q; open that study to take it in", p.Name)
	}
	t := &taking{Study: s, parcel: p, plan: merge.NewPlan(p.Source), id: s.newID(), entities: map[string]*taken{}, progress: progress, strange: s.newStrange()}
	err := s.transact(func(tx *sql.Tx) (err error) {
		t.q = prepare(tx)
		defer t.q.close()
		t.fold = newFolding(t.q)
		t.fold.contested = t.contested
		t.erase, err = t.newErasing(t.q, t.fold)
		if err != nil {
			return err
		}
		if err := t.all(ctx); err != nil {
			return err
		}
		t.conclude()
		if trial {
			return errTrial
		}
		if err := t.erase.mark(); err != nil {
			return err
		}
		return t.takeFiles()
	})
	if err != nil && !errors.Is(err, errTrial) {
		for _, path := range t.files {
			os.Remove(path)
		}
		return nil, err
	}
	return t, nil
}

// takeFiles keeps the files that are not here yet. Without files and revisions there is
// no batch.
func (t *taking) takeFiles() error {
	if t.parcel.Files != nil {
		if err := t.parcel.Files(t.takeFile); err != nil {
			return err
		}
	}
	if t.plan.Nothing() && len(t.files) == 0 {
		return errTrial
	}
	return nil
}

func (t *taking) takeFile(sum string, b []byte) error {
	if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != sum {
		return errors.New("a file in the package does not have the bytes that its name says")
	}
	if t.erase.files[sum] {
		return nil
	}
	path := t.filePath(sum)
	if _, err := os.Stat(path); err != nil {
		if err := writeWhole(path, bytes.NewReader(b)); err != nil {
			return err
		}
		t.files = append(t.files, path)
	}
	_, err := t.q.Exec(`INSERT INTO file VALUES (?,'application/octet-stream',?,1) ON CONFLICT DO UPDATE SET have = 1`, sum, len(b))
	return err
}

// chunk is how many revisions are checked at a time, by all processors, and chunkBytes
// how many bytes of them: those of somebody else may be of 16 MB each.
const (
	chunk      = 1024
	chunkBytes = 16 << 20
)

func (t *taking) all(ctx context.Context) error {
	if err := t.begin(); err != nil {
		return err
	}
	if done, err := t.again(); done || err != nil {
		return err
	}
	ins := make([]incoming, 0, chunk)
	lines := make([]Line, 0, chunk)
	size := 0
	flush := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		size = 0
		ins = ins[:len(lines)]
		parallel(len(ins), func(i int) { ins[i].check(lines[i]) })
		err := t.chunk(ins)
		lines = lines[:0]
		return err
	}
	err := t.parcel.Lines(func(l Line) error {
		lines = append(lines, l)
		if size += len(l.Revision); len(lines) < chunk && size < chunkBytes {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	if t.lamport > 0 {
		_, err = t.q.Exec(`UPDATE own_device SET lamport = max(lamport, ?)`, t.lamport)
	}
	if err == nil {
		entities := len(t.entities)
		if t.plan.Counts.Invalid > 0 {
			entities = 0 // what is not understood today may be some day
		}
		_, err = t.q.Exec(`UPDATE batch SET n_new = ?, entities = ? WHERE n = ?`, t.plan.New, entities, t.batch)
	}
	return err
}

// again finds a package, byte for byte the same, that was taken in before and counts:
// none of its revisions need be read.
func (t *taking) again() (bool, error) {
	if t.parcel.SHA256 == "" {
		return false, nil
	}
	var at string
	var entities int
	err := t.q.QueryRow(`SELECT at, entities FROM batch WHERE sha256 = ? AND state = 'applied' AND entities > 0 ORDER BY n LIMIT 1`, t.parcel.SHA256).Scan(&at, &entities)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if day, err := time.Parse(stamp, at); err == nil {
		at = day.Format("2 January 2006")
	}
	t.plan.Known, t.plan.Counts.Same = t.parcel.Revisions, entities
	t.plan.Notices = append(t.plan.Notices, fmt.Sprintf("This very package was taken in on %s; there is nothing new in it.", at))
	return true, nil
}

func (t *taking) begin() error {
	p := t.parcel
	res, err := t.q.Exec(`INSERT INTO batch (id, at, source, sha256, n_new, state) VALUES (?,?,?,?,0,'applied')`, t.id, t.now().Format(stamp), p.Source, p.SHA256)
	if err != nil {
		return err
	}
	if t.batch, err = res.LastInsertId(); err != nil {
		return err
	}
	for _, d := range p.Devices {
		if len(d.PublicKey) != ed25519.PublicKeySize {
			continue
		}
		if _, err := t.q.Exec(`INSERT INTO device VALUES (?,?,?) ON CONFLICT DO NOTHING`, d.ID, d.Label, d.PublicKey); err != nil {
			return err
		}
	}
	ds, err := devices(t.q) // what we know wins
	t.keys = map[string]ed25519.PublicKey{}
	for _, d := range ds {
		t.keys[d.ID] = d.PublicKey
	}
	return err
}

// parallel calls do for 0 to n-1 on all processors.
func parallel(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var w sync.WaitGroup
	for k := range workers {
		w.Go(func() {
			for i := n * k / workers; i < n*(k+1)/workers; i++ {
				do(i)
			}
		})
	}
	w.Wait()
}

// maxInvalid is how many revisions of a parcel may be unsound: each is listed.
const maxInvalid = 10_000

const altered = "revision %s is here with other content; one of the two was altered"

// chunk takes in some revisions.
func (t *taking) chunk(ins []incoming) error {
	fresh := make([]*incoming, 0, len(ins))
	for i := range ins {
		in := &ins[i]
		known, err := t.isKnown(in)
		if err != nil {
			return err
		}
		if in.invalid == "" && !known {
			fresh = append(fresh, in)
		}
	}
	parallel(len(fresh), func(i int) { fresh[i].verify(t.keys) })
	twice := map[string][32]byte{} // what came in with this chunk, by id
	for _, in := range fresh {
		hash, here := twice[in.raw.ID]
		switch {
		case in.invalid != "" || here && hash == in.hash:
			continue
		case here:
			in.invalid = fmt.Sprintf(altered, in.raw.ID)
			continue
		}
		twice[in.raw.ID] = in.hash
		if err := t.insert(in); err != nil {
			return err
		}
	}
	for i := range ins {
		if in := &ins[i]; in.invalid != "" {
			t.plan.Add(merge.Item{Entity: in.raw.Entity, Kind: in.raw.Kind, Verdict: merge.Invalid, Reason: in.invalid, Line: in.line})
		}
	}
	if n := t.plan.Counts.Invalid; n > maxInvalid {
		return fmt.Errorf("more than %d of its revisions are not sound; ask the sender for it again", maxInvalid)
	}
	if t.done += len(ins); t.progress != nil {
		t.progress(t.done, t.parcel.Revisions)
	}
	return nil
}

// isKnown finds a revision that is here already. One that counts no more, because its
// batch was undone, is known and comes in again.
func (t *taking) isKnown(in *incoming) (bool, error) {
	if in.invalid != "" {
		return false, nil
	}
	var n int64
	var hash []byte
	var batch sql.NullInt64
	var counts bool
	var redacted bool
	err := t.q.QueryRow(`SELECT n, hash, batch, redacted, `+visible+` FROM revision WHERE id = ?`, in.raw.ID).Scan(&n, &hash, &batch, &redacted, &counts)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case redacted || in.raw.Redacted: // what was erased does not come back, and goes only by a revision that erases
	case string(hash) != string(in.hash[:]):
		in.invalid = fmt.Sprintf(altered, in.raw.ID)
		return false, nil
	}
	e, err := t.entity(in)
	if err != nil {
		return true, err
	}
	if batch.Valid && batch.Int64 != t.batch {
		if _, err := t.q.Exec(`INSERT INTO batch_known VALUES (?,?) ON CONFLICT DO NOTHING`, n, t.batch); err != nil {
			return true, err
		}
	}
	if counts {
		if batch.Int64 != t.batch {
			t.plan.Known++
		}
		return true, nil
	}
	t.count(e, in)
	c, err := t.fold.at(in.raw.Entity)
	if err != nil {
		return true, err
	}
	return true, t.fold.addStored(c, n)
}

// entity is what is noted of the entity of a revision.
func (t *taking) entity(in *incoming) (*taken, error) {
	e := t.entities[in.raw.Entity]
	if e != nil {
		return e, nil
	}
	e = &taken{kind: in.raw.Kind}
	t.entities[in.raw.Entity] = e
	return e, t.q.QueryRow(`SELECT EXISTS (SELECT 1 FROM current WHERE entity = ? AND revisions > 0)`, in.raw.Entity).Scan(&e.known)
}

func (t *taking) count(e *taken, in *incoming) {
	t.plan.New++
	e.revisions++
	if d := in.raw.Time(); !d.IsZero() {
		e.day = max(e.day, d.Format("2006-01-02"))
	}
	if !slices.Contains(e.actors, in.raw.Actor) {
		e.actors = append(e.actors, in.raw.Actor)
	}
}

func (t *taking) contested(entity string, f survey.Field, now bool) {
	e := t.entities[entity]
	if e.fields == nil {
		e.fields = map[survey.Field]bool{}
	}
	if now == !e.fields[f] {
		e.fields[f] = now
	}
}

// insert takes in a revision that is new and sound.
func (t *taking) insert(in *incoming) error {
	e, err := t.entity(in)
	if err != nil {
		return err
	}
	if err := t.notice(in); err != nil {
		return err
	}
	t.lamport = max(t.lamport, in.raw.Lamport)
	t.count(e, in)
	return t.erase.insert(in, t.batch)
}

// conclude makes the plan of what came.
func (t *taking) conclude() {
	for id, e := range t.entities {
		it := merge.Item{Entity: id, Kind: e.kind, Verdict: merge.Same, Actors: e.actors, Day: e.day, Revisions: e.revisions}
		slices.Sort(it.Actors)
		for f, now := range e.fields {
			if now {
				it.Fields = append(it.Fields, f)
			}
		}
		slices.Sort(it.Fields)
		switch {
		case e.revisions == 0:
		case !e.known:
			it.Verdict = merge.New
		case len(it.Fields) > 0:
			it.Verdict = merge.Contested
		default:
			it.Verdict = merge.Updated
		}
		t.plan.Add(it)
	}
	t.plan.Sort()
	t.notices()
}
