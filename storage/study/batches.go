package study

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"slices"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Devices lists the laptops that are known.
func (s *Study) Devices() ([]Device, error) {
	ds, err := devices(s.db)
	return ds, explain(err)
}

func devices(q querier) ([]Device, error) {
	rows, err := q.Query(`SELECT id, label, pubkey FROM device ORDER BY id`)
	if err != nil {
		return nil, err
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
	return out, rows.Err()
}

// Batch is a package that was taken in, or a list.
type Batch struct {
	ID, At, Source, SHA256 string
	New                    int
	Undone                 bool
}

// Batches lists the packages and lists taken in, newest first.
func (s *Study) Batches() ([]Batch, error) {
	rows, err := s.db.Query(`SELECT id, at, source, sha256, n_new, state FROM batch ORDER BY n DESC`)
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
		return refoldAll(tx, `SELECT entity FROM revision WHERE batch = (SELECT n FROM batch WHERE id = ?1)
			UNION SELECT entity FROM revision JOIN batch_known k ON k.revision = revision.n WHERE k.batch = (SELECT n FROM batch WHERE id = ?1)`, batch)
	})
}

// refoldAll derives anew the entities that a query names.
func refoldAll(tx *sql.Tx, query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	entities, err := scanStrings(rows)
	rows.Close()
	if err != nil {
		return err
	}
	q := prepare(tx)
	defer q.close()
	f := newFolding(q)
	for _, e := range entities {
		if err := f.refold(e); err != nil {
			return err
		}
	}
	return nil
}

// Import records changes by this laptop's researcher as a batch, in one
// transaction, so that Undo takes them back together. An entity may be new. Source
// says for people where they come from, sum is the SHA-256 of the file. A cancelled
// context leaves the study as it was.
func (s *Study) Import(ctx context.Context, source, sum string, changes []Change, progress func(done, total int)) (batch string, err error) {
	if len(changes) == 0 {
		return "", nil
	}
	batch = s.newID()
	err = s.transact(func(tx *sql.Tx) error {
		res, err := tx.Exec(`INSERT INTO batch (id, at, source, sha256, n_new, state) VALUES (?,?,?,?,?,'applied')`, batch, s.now().Format(stamp), source, sum, len(changes))
		if err != nil {
			return err
		}
		n, err := res.LastInsertId()
		if err != nil {
			return err
		}
		return s.importChanges(ctx, tx, n, changes, progress)
	})
	if err != nil {
		return "", fmt.Errorf("take in %s: %w", source, err)
	}
	return batch, nil
}

func (s *Study) importChanges(ctx context.Context, tx *sql.Tx, batch int64, changes []Change, progress func(done, total int)) error {
	r, err := s.newRecorder(tx)
	if err != nil {
		return err
	}
	defer r.close()
	for i, c := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := r.record(c, batch); err != nil {
			return err
		}
		if progress != nil {
			progress(i+1, len(changes))
		}
	}
	return r.end()
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

// EachRevision visits the revisions that count, by id, as they go into packages.
func (s *Study) EachRevision(visit func(Line) error) error {
	n := 0
	return explain(eachRevision(s.db, visible+` ORDER BY id`, func(b *body) error {
		r, err := b.raw.Decode()
		if err != nil {
			return err
		}
		text, err := r.Canonical()
		if err != nil {
			return err
		}
		n++
		l := Line{Number: n, Revision: text, Sig: b.sig}
		copy(l.Hash[:], b.hash)
		return visit(l)
	}))
}

// CountRevisions is how many revisions count.
func (s *Study) CountRevisions() (n int, err error) {
	err = s.db.QueryRow(`SELECT count(*) FROM revision WHERE ` + visible).Scan(&n)
	return n, explain(err)
}

// Sign signs a digest by this laptop's key.
func (s *Study) Sign(digest []byte) []byte { return ed25519.Sign(s.key, digest) }
