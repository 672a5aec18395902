package study

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Device is a laptop whose revisions are in the study.
type Device struct {
	ID, Label string
	PublicKey []byte // Ed25519
}

// Parcel is what came from another laptop, checked and in memory.
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
	Revisions []merge.Incoming
	Files     map[string][]byte // by SHA-256
}

// Plan says what taking in a parcel would do. It fails if the parcel belongs to
// another study.
func (s *Study) Plan(_ context.Context, p *Parcel) (*merge.Plan, error) {
	if p.Study != s.info.ID {
		return nil, fmt.Errorf("the package belongs to another study, %q; open that study to take it in", p.Name)
	}
	known, err := s.Devices()
	if err != nil {
		return nil, err
	}
	keys := map[string]ed25519.PublicKey{}
	for _, d := range append(p.Devices, known...) { // what we know wins
		if len(d.PublicKey) == ed25519.PublicKeySize {
			keys[d.ID] = d.PublicKey
		}
	}
	ins := slices.Clone(p.Revisions)
	for i := range ins {
		in := &ins[i]
		key, ok := keys[in.Revision.Device]
		switch {
		case in.Invalid != "":
		case !ok:
			in.Invalid = "the laptop that signed it is unknown"
		case !ed25519.Verify(key, in.Hash[:], in.Sig):
			in.Invalid = "its signature does not fit; it was altered after it was made"
		}
	}
	return merge.Make(p.Source, s, ins)
}

// Devices lists the laptops that are known.
func (s *Study) Devices() ([]Device, error) {
	rows, err := s.db.Query(`SELECT id, label, pubkey FROM device ORDER BY id`)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Device
	for rows.Next() {
		var d Device
		if err := rows.Scan(&d.ID, &d.Label, &d.PublicKey); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, explain(rows.Err())
}

// Apply takes in a parcel by its plan, in one transaction, and returns the batch.
// Progress is called with how many revisions are done; a cancelled context leaves
// the study as it was.
func (s *Study) Apply(ctx context.Context, p *Parcel, plan *merge.Plan, progress func(done, total int)) (batch string, err error) {
	for sum, b := range p.Files {
		if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != sum {
			return "", errors.New("a file in the package does not have the bytes that its name says")
		}
		if _, err := s.AddFile(b, "application/octet-stream"); err != nil {
			return "", err
		}
	}
	if plan.Nothing() {
		return "", nil
	}
	batch = s.newID()
	err = s.transact(func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO batch VALUES (?,?,?,?,?,'applied')`, batch, s.now().Format(stamp), p.Source, p.SHA256, len(plan.Incoming)); err != nil {
			return err
		}
		for _, d := range p.Devices {
			if _, err := tx.Exec(`INSERT INTO device VALUES (?,?,?) ON CONFLICT DO NOTHING`, d.ID, d.Label, d.PublicKey); err != nil {
				return err
			}
		}
		return s.applyRevisions(ctx, tx, batch, plan, progress)
	})
	if err != nil {
		return "", fmt.Errorf("take in %s: %w", p.Source, err)
	}
	return batch, nil
}

func (s *Study) applyRevisions(ctx context.Context, tx *sql.Tx, batch string, plan *merge.Plan, progress func(done, total int)) error {
	entities := map[string]bool{}
	for i, in := range plan.Incoming {
		if err := ctx.Err(); err != nil {
			return err
		}
		var there int
		if err := tx.QueryRow(`SELECT count(*) FROM revision WHERE id = ?`, in.Revision.ID).Scan(&there); err != nil {
			return err
		}
		if there == 0 { // it may be here from a batch that was undone
			if err := insert(tx, in); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`INSERT INTO batch_revision VALUES (?,?)`, batch, in.Revision.ID); err != nil {
			return err
		}
		entities[in.Revision.Entity] = true
		if progress != nil {
			progress(i+1, len(plan.Incoming))
		}
	}
	for e := range entities {
		if err := refold(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// Batch is a package that was taken in, or a list.
type Batch struct {
	ID, At, Source, SHA256 string
	New                    int
	Undone                 bool
}

// Batches lists the packages and lists taken in, newest first.
func (s *Study) Batches() ([]Batch, error) {
	rows, err := s.db.Query(`SELECT id, at, source, sha256, n_new, state FROM batch ORDER BY id DESC`)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Batch
	for rows.Next() {
		var b Batch
		var state string
		if err := rows.Scan(&b.ID, &b.At, &b.Source, &b.SHA256, &b.New, &state); err != nil {
			return nil, err
		}
		b.Undone = state == "undone"
		out = append(out, b)
	}
	return out, explain(rows.Err())
}

// Undo makes the study read as if a batch had not been taken in; nothing is
// deleted. Redo takes that back.
func (s *Study) Undo(batch string) error { return s.setBatch(batch, "undone") }

// Redo counts an undone batch again.
func (s *Study) Redo(batch string) error { return s.setBatch(batch, "applied") }

func (s *Study) setBatch(batch, state string) error {
	return s.transact(func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE batch SET state = ? WHERE id = ?`, state, batch)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return fmt.Errorf("there is no batch %q", batch)
		}
		// Most entities of a long list have no other revisions: they go at once.
		const entities = `SELECT DISTINCT r.entity FROM batch_revision b JOIN revision r ON r.id = b.revision WHERE b.batch = ?`
		if _, err := tx.Exec(`DELETE FROM current WHERE entity IN (`+entities+`) AND NOT EXISTS (SELECT 1 FROM revision WHERE revision.entity = current.entity AND `+visible+`)`, batch); err != nil {
			return err
		}
		return refoldAll(tx, entities+` AND EXISTS (SELECT 1 FROM revision WHERE revision.entity = r.entity AND `+visible+`)`, batch)
	})
}

// Resolve settles a conflict: with the value of one of its revisions, or with a
// value typed anew. The reason is kept beside it.
func (s *Study) Resolve(ctx context.Context, id, take string, typed *survey.Value, reason string) error {
	cs, err := s.Conflicts()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cs, func(c merge.Conflict) bool { return c.ID == id })
	if i < 0 {
		return fmt.Errorf("there is no conflict %q; it may be settled already", id)
	}
	c := cs[i]
	var v survey.Value
	if typed != nil {
		v = *typed
	} else {
		j := slices.IndexFunc(c.Heads, func(h survey.Head) bool { return h.Revision == take })
		if j < 0 {
			return fmt.Errorf("conflict %q has no value from revision %q", id, take)
		}
		v = c.Heads[j].Value
	}
	d, err := s.Document(c.Entity)
	if err != nil {
		return err
	}
	patch := map[survey.Field]survey.Value{c.Field: v}
	if reason != "" {
		patch[survey.FieldReason+":"+c.Field] = survey.Of(reason)
	}
	_, err = s.Append(ctx, Change{Entity: c.Entity, Kind: c.Kind, Form: d.Form, FormVersion: d.FormVersion, Patch: patch})
	return err
}

// Everything returns what a package of the whole study holds: all revisions that
// count, the laptops that made them and the hashes of the files here.
func (s *Study) Everything() (revs []merge.Incoming, devices []Device, files []string, err error) {
	if revs, err = selectRevisions(s.db, visible+` ORDER BY id`); err != nil {
		return nil, nil, nil, explain(err)
	}
	if devices, err = s.Devices(); err != nil {
		return nil, nil, nil, err
	}
	files, err = s.Files()
	return revs, devices, files, err
}

// Report is the result of Verify.
type Report struct {
	Digest    string // hex; the same on every laptop that holds the same revisions
	Revisions int
	Entities  int
	Conflicts int
	Problems  []string
}

// Verify checks the file, every hash and signature, and that the derived tables
// are what the revisions say. With rebuild it derives them anew first.
func (s *Study) Verify(rebuild bool) (*Report, error) {
	rep := &Report{}
	var ok string
	if err := s.db.QueryRow(`PRAGMA integrity_check`).Scan(&ok); err != nil {
		return nil, explain(err)
	}
	if ok != "ok" {
		rep.Problems = append(rep.Problems, "the file is damaged: "+ok)
	}
	revs, devices, _, err := s.Everything()
	if err != nil {
		return nil, err
	}
	keys := map[string]ed25519.PublicKey{}
	for _, d := range devices {
		keys[d.ID] = d.PublicKey
	}
	plain := make([]survey.Revision, len(revs))
	for i, in := range revs {
		plain[i] = in.Revision
		h, err := in.Revision.Hash()
		key := keys[in.Revision.Device]
		if err != nil || h != in.Hash || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, in.Hash[:], in.Sig) {
			rep.Problems = append(rep.Problems, fmt.Sprintf("revision %s is not as its author signed it", in.Revision.ID))
		}
	}
	if rebuild {
		if err := s.rebuild(); err != nil {
			return nil, err
		}
	}
	return rep, s.compare(rep, revs, merge.Fold(plain))
}

func (s *Study) rebuild() error {
	return s.transact(func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM current`); err != nil {
			return err
		}
		return refoldAll(tx, `SELECT DISTINCT entity FROM revision`)
	})
}

// refoldAll refolds the entities that a query names.
func refoldAll(q querier, query string, args ...any) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	entities, err := scanStrings(rows)
	rows.Close()
	if err != nil {
		return err
	}
	for _, e := range entities {
		if err := refold(q, e); err != nil {
			return err
		}
	}
	return nil
}

// compare fills the digest: SHA-256 over the hashes of all revisions by id and
// the folded state by entity.
func (s *Study) compare(rep *Report, revs []merge.Incoming, folded map[string]*survey.Document) error {
	slices.SortFunc(revs, func(a, b merge.Incoming) int { return cmp.Compare(a.Revision.ID, b.Revision.ID) })
	h := sha256.New()
	for _, in := range revs {
		h.Write(in.Hash[:])
	}
	stored, err := s.documents(`1 ORDER BY entity`)
	if err != nil {
		return err
	}
	if len(stored) != len(folded) {
		rep.Problems = append(rep.Problems, fmt.Sprintf("%d records are derived, %d should be; run verify with rebuild", len(stored), len(folded)))
	}
	for _, d := range stored {
		want := folded[d.Entity]
		a, err := canonicalJSON(d)
		if err != nil {
			return err
		}
		b, err := canonicalJSON(want)
		if err != nil {
			return err
		}
		if string(a) != string(b) {
			rep.Problems = append(rep.Problems, fmt.Sprintf("the derived state of %s is not what its revisions say; run verify with rebuild", d.Entity))
		}
		h.Write(a)
	}
	rep.Revisions, rep.Entities = len(revs), len(folded)
	rep.Conflicts = len(merge.Conflicts(folded))
	rep.Digest = hex.EncodeToString(h.Sum(nil))
	return nil
}
