package study

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Change is an act to be recorded: fields of an entity get values.
type Change struct {
	Entity      string
	Kind        survey.EntityKind
	Form        string
	FormVersion string
	Patch       map[survey.Field]survey.Value
	// Replaces names what the revision replaces; nil is all current values of its fields.
	Replaces map[survey.Field][]string
}

// Append records changes by this laptop's researcher in one transaction. Each
// replaces all current values of its fields.
func (s *Study) Append(_ context.Context, changes ...Change) (revs []survey.Revision, err error) {
	err = s.transact(func(tx *sql.Tx) error {
		revs, err = s.append(tx, changes)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return revs, nil
}

func (s *Study) append(tx *sql.Tx, changes []Change) ([]survey.Revision, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	r, err := s.newRecorder(tx)
	if err != nil {
		return nil, err
	}
	defer r.close()
	var out []survey.Revision
	for _, c := range changes {
		rev, err := r.record(c, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, rev)
	}
	return out, r.end()
}

// recorder makes revisions of this laptop in a transaction, with the numbers that come
// next.
type recorder struct {
	*Study
	q            *prepared
	erase        *erasing
	lamport, seq int64 // of the revision made last
}

func (s *Study) newRecorder(tx *sql.Tx) (*recorder, error) {
	q := prepare(tx)
	r := &recorder{Study: s, q: q}
	var err error
	if r.erase, err = s.newErasing(q, newFolding(q)); err != nil {
		return nil, err
	}
	return r, q.QueryRow(`SELECT seq, lamport FROM own_device`).Scan(&r.seq, &r.lamport)
}

func (r *recorder) close() { r.q.close() }

// end keeps the numbers for the next revision.
func (r *recorder) end() error {
	_, err := r.q.Exec(`UPDATE own_device SET seq = ?, lamport = ?`, r.seq, r.lamport)
	return err
}

// record makes a revision of a change, as part of a batch or, with nil, of none, and
// keeps in step what is derived. What was begun on an interview goes in with it.
func (r *recorder) record(c Change, batch any) (survey.Revision, error) {
	if err := r.takeBegun(&c); err != nil {
		return survey.Revision{}, err
	}
	if c.Replaces == nil {
		here, err := r.q.revisionsOf(c.Entity)
		if err != nil {
			return survey.Revision{}, err
		}
		c.Replaces = merge.Replaces(merge.Entity(here), c.Patch)
	}
	r.lamport++
	r.seq++
	now := r.now()
	rev := survey.Revision{ID: r.newID(), Entity: c.Entity, Kind: c.Kind, Form: c.Form, FormVersion: c.FormVersion,
		Device: r.info.Device, Seq: r.seq, Actor: r.info.Researcher, Wall: now.UTC().Format("2006-01-02T15:04:05.000Z"), TZ: zone(now), Lamport: r.lamport,
		Patch: c.Patch, Replaces: c.Replaces}
	b, err := rev.Canonical()
	if err != nil {
		return rev, err
	}
	in := incoming{}
	if err := in.scan(b); err != nil {
		return rev, fmt.Errorf("revision of %s: %w", c.Entity, err)
	}
	in.sig = ed25519.Sign(r.key, in.hash[:])
	return rev, r.erase.insert(&in, batch)
}

const columns = `id, entity, kind, form, form_version, device, seq, actor, wall, tz, lamport, patch, replaces, hash, sig, redacted, witness`

// ofEntity are the revisions of one entity.
const ofEntity = `entity_n = (SELECT current.n FROM current WHERE current.entity = ?)`

// visible leaves out revisions that are known only from batches that were undone.
const visible = `(revision.batch IS NULL OR revision.batch IN (SELECT n FROM batch WHERE state = 'applied')
  OR EXISTS (SELECT 1 FROM batch_known k JOIN batch ON batch.n = k.batch WHERE k.revision = revision.n AND batch.state = 'applied'))`

// scanRaw reads the number and the columns of a revision.
func scanRaw(rows *sql.Rows, b *body) error {
	r := &b.raw
	var kind string
	if err := rows.Scan(&b.n, &r.ID, &r.Entity, &kind, &r.Form, &r.FormVersion, &r.Device, &r.Seq, &r.Actor, &r.Wall, &r.TZ, &r.Lamport, &r.PatchJSON, &r.ReplacesJSON, &b.hash, &b.sig, &r.Redacted, &b.witness); err != nil {
		return err
	}
	r.Kind = survey.EntityKind(kind)
	if err := r.ScanMaps(); err != nil {
		return fmt.Errorf("revision %s: %w", r.ID, err)
	}
	return nil
}

// eachRevision visits revisions of a condition that count.
func eachRevision(q querier, where string, visit func(b *body) error, args ...any) error {
	return scanBodies(q, `SELECT n, `+columns+` FROM revision WHERE `+where, visit, args...)
}

func scanBodies(q querier, query string, visit func(b *body) error, args ...any) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		b := &body{}
		if err := scanRaw(rows, b); err != nil {
			return err
		}
		if err := visit(b); err != nil {
			return err
		}
	}
	return rows.Err()
}

func revisionsOf(q querier, entity string) (out []survey.Revision, err error) {
	err = eachRevision(q, ofEntity+` AND `+visible+` ORDER BY lamport, id`, func(b *body) error {
		r, err := b.raw.Decode()
		out = append(out, r)
		return err
	}, entity)
	return out, err
}

// Revisions returns the revisions of an entity, oldest first. One that was redacted has
// no patch.
func (s *Study) Revisions(entity string) ([]survey.Revision, error) {
	revs, err := revisionsOf(s.db, entity)
	return revs, explain(err)
}

// querier is a database or a transaction.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
	Exec(query string, args ...any) (sql.Result, error)
}

// prepared is a transaction that keeps its statements ready.
type prepared struct {
	tx         *sql.Tx
	statements map[string]*sql.Stmt
}

func prepare(tx *sql.Tx) *prepared { return &prepared{tx: tx, statements: map[string]*sql.Stmt{}} }

func (p *prepared) close() {
	for _, s := range p.statements {
		s.Close()
	}
}

func (p *prepared) statement(query string) (*sql.Stmt, error) {
	s := p.statements[query]
	if s == nil {
		var err error
		if s, err = p.tx.Prepare(query); err != nil {
			return nil, err
		}
		p.statements[query] = s
	}
	return s, nil
}

// Exec implements querier.
func (p *prepared) Exec(query string, args ...any) (sql.Result, error) {
	s, err := p.statement(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

// Query implements querier.
func (p *prepared) Query(query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// QueryRow implements querier.
func (p *prepared) QueryRow(query string, args ...any) *sql.Row {
	s, err := p.statement(query)
	if err != nil {
		return p.tx.QueryRow(query, args...) // says the same mistake
	}
	return s.QueryRow(args...)
}

// revisionsOf asks first whether there are any.
func (p *prepared) revisionsOf(entity string) ([]survey.Revision, error) {
	var one int
	switch err := p.QueryRow(`SELECT 1 FROM current WHERE entity = ?`, entity).Scan(&one); err {
	case sql.ErrNoRows:
		return nil, nil
	case nil:
		return revisionsOf(p, entity)
	default:
		return nil, err
	}
}
