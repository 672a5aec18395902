package study

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
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
		return refoldAll(tx, `SELECT entity_n FROM revision WHERE batch = (SELECT n FROM batch WHERE id = ?1)
			UNION SELECT entity_n FROM revision JOIN batch_known k ON k.revision = revision.n WHERE k.batch = (SELECT n FROM batch WHERE id = ?1)`, batch)
	})
}

// refoldAll derives anew the entities of whom a query gives the numbers.
func refoldAll(tx *sql.Tx, query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	entities, err := scanNumbers(rows)
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

// Part is a part of the revisions of a study; the zero Part is all of them.
type Part struct {
	After int64  // those that came after this Mark
	Since string // day, YYYY-MM-DD: those made from then on by the clocks of their laptops
	// Without leaves revisions out, by id.
	Without func(id string) bool
}

func (p Part) where() (where string, args []any) {
	where = visible
	if p.After > 0 {
		where, args = where+` AND revision.n > ?`, append(args, p.After)
	}
	if p.Since != "" {
		where, args = where+` AND revision.wall >= ?`, append(args, p.Since)
	}
	return where, args
}

// Mark stands for what is here now: a Part after it is what came or was made later.
func (s *Study) Mark() (n int64, err error) {
	err = s.db.QueryRow(`SELECT coalesce(max(n), 0) FROM revision`).Scan(&n)
	return n, explain(err)
}

// EachRevision visits the revisions that count, by id, as they go into packages.
func (s *Study) EachRevision(p Part, visit func(Line) error) error {
	n := 0
	where, args := p.where()
	return explain(eachRevision(s.db, where+` ORDER BY id`, func(b *body) error {
		if p.Without != nil && p.Without(b.raw.ID) {
			return nil
		}
		r, err := b.raw.Decode()
		if err != nil {
			return err
		}
		text, err := r.Canonical()
		if err != nil {
			return err
		}
		n++
		l := Line{Number: n, Revision: text, Sig: b.sig, Witness: b.witness}
		copy(l.Hash[:], b.hash)
		return visit(l)
	}, args...))
}

// CountRevisions is how many revisions of a part count.
func (s *Study) CountRevisions(p Part) (n int, err error) {
	where, args := p.where()
	if p.Without == nil {
		err = s.db.QueryRow(`SELECT count(*) FROM revision WHERE `+where, args...).Scan(&n)
		return n, explain(err)
	}
	rows, err := s.db.Query(`SELECT id FROM revision WHERE `+where, args...)
	if err != nil {
		return 0, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return 0, err
		}
		if !p.Without(id) {
			n++
		}
	}
	return n, explain(rows.Err())
}

// Sign signs a digest by this laptop's key.
func (s *Study) Sign(digest []byte) []byte { return ed25519.Sign(s.key, digest) }

// Work is what is here of a researcher.
type Work struct {
	Actor     string
	Revisions int
	Newest    string // day, by the clock of the laptop
}

// Work counts what is here of each researcher.
func (s *Study) Work() ([]Work, error) {
	rows, err := s.db.Query(`SELECT actor, count(*), substr(max(wall), 1, 10) FROM revision WHERE ` + visible + ` GROUP BY actor ORDER BY actor`)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Work
	for rows.Next() {
		var w Work
		if err := rows.Scan(&w.Actor, &w.Revisions, &w.Newest); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, explain(rows.Err())
}
