package study

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
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
}

// Append records changes by this laptop's researcher in one transaction. Each
// replaces all current values of its fields.
func (s *Study) Append(_ context.Context, changes ...Change) (revs []survey.Revision, err error) {
	err = s.transact(func(tx *sql.Tx) error {
		revs, err = s.append(tx, s.info.Researcher, changes)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return revs, nil
}

func (s *Study) append(tx *sql.Tx, actor string, changes []Change) ([]survey.Revision, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	next, err := s.numbers(tx, actor)
	if err != nil {
		return nil, err
	}
	q, err := prepare(tx)
	if err != nil {
		return nil, err
	}
	defer q.close()
	var out []survey.Revision
	for _, c := range changes {
		in, err := next.record(q, c, "")
		if err != nil {
			return nil, err
		}
		out = append(out, in.Revision)
	}
	return out, nil
}

// numbering makes revisions of this laptop with the numbers that come next.
type numbering struct {
	*Study
	actor        string
	lamport, seq int64 // of the revision made last
}

func (s *Study) numbers(tx *sql.Tx, actor string) (*numbering, error) {
	n := &numbering{Study: s, actor: actor}
	if err := tx.QueryRow(`SELECT coalesce(max(lamport), 0) FROM revision`).Scan(&n.lamport); err != nil {
		return nil, err
	}
	return n, tx.QueryRow(`SELECT coalesce(max(seq), 0) FROM revision WHERE device = ?`, s.info.Device).Scan(&n.seq)
}

// revision makes and signs a revision of an entity of which others are here.
func (n *numbering) revision(c Change, here []survey.Revision) (merge.Incoming, error) {
	n.lamport++
	n.seq++
	now := n.now()
	r := survey.Revision{ID: n.newID(), Entity: c.Entity, Kind: c.Kind, Form: c.Form, FormVersion: c.FormVersion,
		Device: n.info.Device, Seq: n.seq, Actor: n.actor, Wall: now.UTC().Format("2006-01-02T15:04:05.000Z"), TZ: zone(now), Lamport: n.lamport,
		Patch: c.Patch, Replaces: merge.Replaces(merge.Entity(here), c.Patch)}
	hash, err := r.Hash()
	if err != nil {
		return merge.Incoming{}, err
	}
	return merge.Incoming{Revision: r, Hash: hash, Sig: ed25519.Sign(n.key, hash[:])}, nil
}

// querier is a database or a transaction.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
	Exec(query string, args ...any) (sql.Result, error)
}

func insert(q querier, in merge.Incoming) error {
	r := in.Revision
	patch, err := canonicalJSON(r.Patch)
	if err != nil {
		return err
	}
	replaces, err := canonicalJSON(r.Replaces)
	if err != nil {
		return err
	}
	_, err = q.Exec(`INSERT INTO revision VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`, r.ID, r.Entity, string(r.Kind), r.Form, r.FormVersion,
		r.Device, r.Seq, r.Actor, r.Wall, r.TZ, r.Lamport, string(patch), string(replaces), in.Hash[:], in.Sig)
	return err
}

// canonicalJSON sorts keys, as encoding/json does for maps, and escapes nothing
// for HTML.
func canonicalJSON(v any) ([]byte, error) { return survey.MarshalPlain(v) }

const columns = `id, entity, kind, form, form_version, device, seq, actor, wall, tz, lamport, patch, replaces, hash, sig`

// visible leaves out revisions that are known only from batches that were undone.
const visible = `(NOT EXISTS (SELECT 1 FROM batch_revision b WHERE b.revision = revision.id)
  OR EXISTS (SELECT 1 FROM batch_revision b JOIN batch ON batch.id = b.batch WHERE b.revision = revision.id AND batch.state = 'applied'))`

func scanRevision(rows *sql.Rows) (merge.Incoming, error) {
	var in merge.Incoming
	r := &in.Revision
	var kind, patch, replaces string
	var hash []byte
	err := rows.Scan(&r.ID, &r.Entity, &kind, &r.Form, &r.FormVersion, &r.Device, &r.Seq, &r.Actor, &r.Wall, &r.TZ, &r.Lamport, &patch, &replaces, &hash, &in.Sig)
	if err != nil {
		return in, err
	}
	r.Kind = survey.EntityKind(kind)
	copy(in.Hash[:], hash)
	if err := json.Unmarshal([]byte(patch), &r.Patch); err != nil {
		return in, fmt.Errorf("revision %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(replaces), &r.Replaces); err != nil {
		return in, fmt.Errorf("revision %s: %w", r.ID, err)
	}
	return in, nil
}

func selectRevisions(q querier, where string, args ...any) ([]merge.Incoming, error) {
	rows, err := q.Query(`SELECT `+columns+` FROM revision WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []merge.Incoming
	for rows.Next() {
		in, err := scanRevision(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, in)
	}
	return out, rows.Err()
}

func revisionsOf(q querier, entity string) ([]survey.Revision, error) {
	ins, err := selectRevisions(q, `entity = ? AND `+visible+` ORDER BY lamport, id`, entity)
	out := make([]survey.Revision, len(ins))
	for i := range ins {
		out[i] = ins[i].Revision
	}
	return out, err
}

// Revisions returns the revisions of an entity, oldest first.
func (s *Study) Revisions(entity string) ([]survey.Revision, error) {
	revs, err := revisionsOf(s.db, entity)
	return revs, explain(err)
}

// Has says whether a revision is here and counts, and with which hash.
func (s *Study) Has(id string) (hash [32]byte, ok bool, err error) {
	var b []byte
	err = s.db.QueryRow(`SELECT hash FROM revision WHERE id = ? AND `+visible, id).Scan(&b)
	if err == sql.ErrNoRows {
		return hash, false, nil
	}
	copy(hash[:], b)
	return hash, err == nil, explain(err)
}

// storedHead is a head in the derived table.
type storedHead struct {
	Revision string       `json:"r"`
	Value    survey.Value `json:"v"`
	Actor    string       `json:"a"`
	Device   string       `json:"d"`
	Wall     string       `json:"w"`
	Lamport  int64        `json:"l"`
}

// refold derives the current state of one entity from its revisions.
func refold(q querier, entity string) error {
	revs, err := revisionsOf(q, entity)
	if err != nil {
		return err
	}
	return keepFolded(q, entity, merge.Entity(revs))
}

// keepFolded writes the current state of an entity, nil for none.
func keepFolded(q querier, entity string, d *survey.Document) error {
	if d == nil {
		_, err := q.Exec(`DELETE FROM current WHERE entity = ?`, entity)
		return err
	}
	heads := make(map[survey.Field][]storedHead, len(d.Heads))
	for f, hs := range d.Heads {
		for _, h := range hs {
			heads[f] = append(heads[f], storedHead(h))
		}
	}
	b, err := canonicalJSON(heads)
	if err != nil {
		return err
	}
	_, err = q.Exec(`INSERT INTO current VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (entity) DO UPDATE SET kind = excluded.kind, form = excluded.form,
		form_version = excluded.form_version, heads = excluded.heads, revisions = excluded.revisions, contested = excluded.contested, deleted = excluded.deleted
		WHERE heads IS NOT excluded.heads OR revisions IS NOT excluded.revisions`,
		d.Entity, string(d.Kind), d.Form, d.FormVersion, string(b), d.Revisions, len(d.Contested()), d.Deleted())
	return err
}

func scanDocument(rows *sql.Rows, read *headsReader) (*survey.Document, error) {
	d := &survey.Document{}
	var kind, heads string
	err := rows.Scan(&d.Entity, &kind, &d.Form, &d.FormVersion, &heads, &d.Revisions)
	if err != nil {
		return nil, err
	}
	d.Kind = survey.EntityKind(read.once(kind))
	if d.Heads, err = read.heads(heads); err != nil {
		return nil, fmt.Errorf("current state of %s: %w", d.Entity, err)
	}
	return d, nil
}

func (s *Study) documents(where string, args ...any) ([]*survey.Document, error) {
	rows, err := s.db.Query(`SELECT entity, kind, form, form_version, heads, revisions FROM current WHERE `+where, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []*survey.Document
	read := &headsReader{}
	for rows.Next() {
		d, err := scanDocument(rows, read)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, explain(rows.Err())
}

// Documents returns the current state of all entities of a kind that are not
// deleted, in the order in which they were made.
func (s *Study) Documents(kind survey.EntityKind) ([]*survey.Document, error) {
	return s.documents(`kind = ? AND deleted = 0 ORDER BY entity`, string(kind))
}

// Document returns the current state of an entity, nil if there is none.
func (s *Study) Document(entity string) (*survey.Document, error) {
	ds, err := s.documents(`entity = ?`, entity)
	if err != nil || len(ds) == 0 {
		return nil, err
	}
	return ds[0], nil
}

// Conflicts lists the contested fields of all entities.
func (s *Study) Conflicts() ([]merge.Conflict, error) {
	ds, err := s.documents(`contested > 0 AND deleted = 0 ORDER BY entity`)
	var out []merge.Conflict
	for _, d := range ds {
		out = append(out, merge.Of(d)...)
	}
	return out, err
}
