package study

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"sselandscape/survey"
)

// folding keeps what is derived in step with the revisions, one revision at a time:
// how many an entity has, how many of its fields are contested, whether it is deleted.
// The work for a revision depends on its own fields, not on how many others there are,
// so that an organization which every laptop enters anew costs each of them the same.
type folding struct {
	q      *prepared
	fields map[string]int64 // numbers of names
	// contested is told when a field of an entity becomes contested, or is so no more.
	contested func(entity string, f survey.Field, now bool)
}

func newFolding(q *prepared) *folding { return &folding{q: q, fields: map[string]int64{}} }

// folded is a line of the table current.
type folded struct {
	n, revisions, contested, deleted int64
	form, version                    string
	formLamport                      int64
	formRevision                     string
}

// insert puts a revision that counts into the table, takes it in and returns its number.
func (f *folding) insert(in *incoming, batch any) (n int64, err error) {
	r := &in.raw
	c, err := f.at(r.Entity)
	if errors.Is(err, sql.ErrNoRows) {
		c.first(r)
		if err := f.begin(r.Entity, r.Kind, c); err != nil {
			return 0, err
		}
		return f.store(in, c.n, batch)
	}
	if err != nil {
		return 0, err
	}
	if n, err = f.store(in, c.n, batch); err != nil {
		return 0, err
	}
	return n, f.add(c, n, r)
}

// store puts a revision of the entity with a number into the table.
func (f *folding) store(in *incoming, entity int64, batch any) (n int64, err error) {
	r := &in.raw
	if erases(r) {
		batch = nil // undoing the batch does not bring back what it erased
	}
	res, err := f.q.Exec(`INSERT INTO revision (`+columns+`, batch, entity_n) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`, r.ID, r.Entity, string(r.Kind), r.Form, r.FormVersion,
		r.Device, r.Seq, r.Actor, r.Wall, r.TZ, r.Lamport, string(r.PatchJSON), string(r.ReplacesJSON), in.hash[:], in.sig, r.Redacted, in.witness, batch, entity)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// add takes a revision in, number n, that is in the table and counts.
func (f *folding) add(c *folded, n int64, r *survey.RawRevision) error {
	switch c.revisions {
	case 0:
		c.first(r)
		return f.update(c)
	case 1:
		if err := f.expand(c.n, n); err != nil {
			return err
		}
	}
	return f.grow(c, n, r)
}

// addStored takes in a revision as it is stored.
func (f *folding) addStored(c *folded, n int64) error {
	var stored *body
	if err := eachRevision(f.q, `n = ?`, func(b *body) error { stored = b; return nil }, n); err != nil {
		return err
	}
	return f.add(c, n, &stored.raw)
}

// at is the state of an entity; if there is none it fails with sql.ErrNoRows.
func (f *folding) at(entity string) (*folded, error) {
	c := &folded{}
	return c, f.q.QueryRow(`SELECT n, revisions, contested, deleted, form, form_version, form_lamport, form_revision FROM current WHERE entity = ?`, entity).
		Scan(&c.n, &c.revisions, &c.contested, &c.deleted, &c.form, &c.version, &c.formLamport, &c.formRevision)
}

// first is the state after the first revision. What it says needs no rows of its own.
func (c *folded) first(r *survey.RawRevision) {
	*c = folded{n: c.n, revisions: 1, form: r.Form, version: r.FormVersion}
	for _, x := range r.Fields {
		if f := survey.Field(x.Name); f == survey.FieldDeleted && !x.Blank() || f == survey.FieldErased {
			c.deleted = 1
		}
	}
	if r.Form != "" {
		c.formLamport, c.formRevision = r.Lamport, r.ID
	}
}

// begin writes the state of an entity that has none and gives it its number.
func (f *folding) begin(entity string, kind survey.EntityKind, c *folded) error {
	res, err := f.q.Exec(`INSERT INTO current (entity, kind, revisions, contested, deleted, form, form_version, form_lamport, form_revision) VALUES (?,?,?,?,?,?,?,?,?)`,
		entity, string(kind), c.revisions, c.contested, c.deleted, c.form, c.version, c.formLamport, c.formRevision)
	if err == nil {
		c.n, err = res.LastInsertId()
	}
	return err
}

func (f *folding) update(c *folded) error {
	_, err := f.q.Exec(`UPDATE current SET revisions = ?, contested = ?, deleted = ?, form = ?, form_version = ?, form_lamport = ?, form_revision = ? WHERE n = ?`,
		c.revisions, c.contested, c.deleted, c.form, c.version, c.formLamport, c.formRevision, c.n)
	return err
}

// expand writes down what the only revision of an entity so far says; another one, but,
// is in the table already.
func (f *folding) expand(entity, but int64) error {
	all, err := f.bodies(entity)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].n != but {
			_, err := f.change(entity, all[i].n, &all[i].raw, true)
			return err
		}
	}
	return fmt.Errorf("the derived state of entity %d counts a revision that is not here", entity)
}

// touched is a field that a revision changes.
type touched struct {
	field       int64
	before, now spread
}

// spread is the heads of a field: how many, and the least and the greatest of their
// values.
type spread struct{ heads, least, greatest int64 }

func (x spread) contested() bool { return x.least != x.greatest }

// with adds a head, and of the first makes all of it.
func (x spread) with(value int64) spread {
	if x.heads == 0 {
		return spread{1, value, value}
	}
	return spread{x.heads + 1, min(x.least, value), max(x.greatest, value)}
}

// grow adds a revision to an entity whose others are written down.
func (f *folding) grow(c *folded, n int64, r *survey.RawRevision) error {
	ts, err := f.change(c.n, n, r, false)
	if err != nil {
		return err
	}
	for name, t := range ts {
		if err := f.settle(c, r.Entity, name, t); err != nil {
			return err
		}
	}
	c.revisions++
	if r.Form != "" && (c.formRevision == "" || r.Lamport > c.formLamport || r.Lamport == c.formLamport && r.ID > c.formRevision) {
		c.form, c.version, c.formLamport, c.formRevision = r.Form, r.FormVersion, r.Lamport, r.ID
	}
	return f.update(c)
}

// change writes down what a revision replaces and says, of an entity of which nothing was
// written down yet if it is the first. It returns the fields that it touched.
func (f *folding) change(entity, n int64, r *survey.RawRevision, first bool) (map[string]*touched, error) {
	ts := make(map[string]*touched, len(r.Fields))
	for _, g := range r.Gone {
		t, err := f.touch(ts, entity, g.Name, first)
		if err != nil {
			return nil, err
		}
		if err := f.replace(entity, t, g.Name, string(g.Revision)); err != nil {
			return nil, err
		}
	}
	var late bool // something may have replaced it before it came
	if err := f.q.QueryRow(`SELECT EXISTS (SELECT 1 FROM replaced WHERE entity = ?)`, entity).Scan(&late); err != nil {
		return nil, err
	}
	for _, x := range r.Fields {
		t, err := f.touch(ts, entity, x.Name, first)
		if err != nil {
			return nil, err
		}
		if err := f.say(entity, t, n, r.ID, valueNumber(x), late); err != nil {
			return nil, err
		}
	}
	for _, t := range ts {
		if t.now != t.before {
			if err := f.keep(entity, t.field, t.now); err != nil {
				return nil, err
			}
		}
	}
	return ts, nil
}

// touch looks up a field that a revision changes, as it is before; first says that nothing
// is written down.
func (f *folding) touch(ts map[string]*touched, entity int64, name []byte, first bool) (*touched, error) {
	if t := ts[string(name)]; t != nil {
		return t, nil
	}
	field, err := f.field(name)
	if err != nil {
		return nil, err
	}
	t := &touched{field: field}
	ts[string(name)] = t
	if !first {
		t.before, err = f.spread(entity, field)
		t.now = t.before
	}
	return t, err
}

// spread is what the heads of a field are; zero if there is none.
func (f *folding) spread(entity, field int64) (x spread, err error) {
	err = f.q.QueryRow(`SELECT heads, least, greatest FROM spread WHERE entity = ? AND field = ?`, entity, field).Scan(&x.heads, &x.least, &x.greatest)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return x, err
}

// keep writes down what the heads of a field are.
func (f *folding) keep(entity, field int64, x spread) error {
	if x.heads == 0 {
		_, err := f.q.Exec(`DELETE FROM spread WHERE entity = ? AND field = ?`, entity, field)
		return err
	}
	_, err := f.q.Exec(`INSERT INTO spread VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET heads = excluded.heads, least = excluded.least, greatest = excluded.greatest`,
		entity, field, x.heads, x.least, x.greatest)
	return err
}

// settle finds out whether a field is contested now, and whether the entity is deleted.
func (f *folding) settle(c *folded, entity, name string, t *touched) (err error) {
	switch survey.Field(name) {
	case survey.FieldErased:
		c.deleted = 1
	case survey.FieldDeleted:
		err := f.q.QueryRow(`SELECT count(*) > 0 AND coalesce(sum(value = 0), 0) = 0 OR EXISTS (SELECT 1 FROM head JOIN field ON field.n = head.field WHERE head.entity = ?1 AND field.name = ?3)
			FROM head WHERE entity = ?1 AND field = ?2`, c.n, t.field, string(survey.FieldErased)).Scan(&c.deleted)
		if err != nil {
			return err
		}
	}
	if survey.Field(name).Beside() {
		return nil
	}
	now := t.now.contested()
	if now == t.before.contested() {
		return nil
	}
	if c.contested--; now {
		c.contested += 2
	}
	if f.contested != nil {
		f.contested(entity, survey.Field(name), now)
	}
	return nil
}

// field is the number of a field's name.
func (f *folding) field(name []byte) (int64, error) {
	if n, ok := f.fields[string(name)]; ok {
		return n, nil
	}
	if _, err := f.q.Exec(`INSERT INTO field (name) VALUES (?) ON CONFLICT DO NOTHING`, string(name)); err != nil {
		return 0, err
	}
	var n int64
	err := f.q.QueryRow(`SELECT n FROM field WHERE name = ?`, string(name)).Scan(&n)
	if err == nil && len(f.fields) < fieldsKept {
		f.fields[string(name)] = n
	}
	return n, err
}

// fieldsKept is how many numbers of names are kept in memory; rows added by hand make
// names without end.
const fieldsKept = 20_000

// replace marks what a revision says of a field as replaced, also where it is not here
// yet, or does not count now.
func (f *folding) replace(entity int64, t *touched, name []byte, revision string) error {
	if survey.Field(name).Erases() {
		return nil
	}
	res, err := f.q.Exec(`INSERT INTO replaced VALUES (?,?,?) ON CONFLICT DO NOTHING`, entity, t.field, revision)
	if err != nil {
		return err
	}
	if k, err := res.RowsAffected(); err != nil || k == 0 {
		return err
	}
	var value int64
	err = f.q.QueryRow(`DELETE FROM head WHERE entity = ?1 AND field = ?2 AND revision = (SELECT n FROM revision WHERE id = ?3) RETURNING value`, entity, t.field, revision).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	x := &t.now
	switch x.heads--; {
	case x.heads == 0:
		*x = spread{}
	case x.contested() && (value == x.least || value == x.greatest):
		return f.q.QueryRow(`SELECT min(value), max(value) FROM head WHERE entity = ? AND field = ?`, entity, t.field).Scan(&x.least, &x.greatest)
	}
	return nil
}

// say writes down a value; late says that the revision may have been replaced before it
// came.
func (f *folding) say(entity int64, t *touched, n int64, id string, value int64, late bool) error {
	if late {
		var replaced bool
		err := f.q.QueryRow(`SELECT EXISTS (SELECT 1 FROM replaced WHERE entity = ? AND field = ? AND revision = ?)`, entity, t.field, id).Scan(&replaced)
		if err != nil || replaced {
			return err
		}
	}
	t.now = t.now.with(value)
	_, err := f.q.Exec(`INSERT INTO head VALUES (?,?,?,?)`, entity, n, t.field, value)
	return err
}

// valueNumber stands for a value where values are compared. Two values that differ have
// one number once in 2^63.
func valueNumber(x survey.RawField) int64 {
	if x.Blank() {
		return 0
	}
	sum := sha256.Sum256(x.Value)
	return int64(binary.BigEndian.Uint64(sum[:8]) | 1) // not 0
}

// body is a revision with its number.
type body struct {
	n       int64
	raw     survey.RawRevision
	hash    []byte
	sig     []byte
	witness string // the laptop that signed what is left of a redacted one
}

// bodies are the revisions of an entity that count, in the order in which they came.
func (f *folding) bodies(entity int64) (out []*body, err error) {
	err = eachRevision(f.q, `entity_n = ? AND `+visible+` ORDER BY n`, func(b *body) error {
		out = append(out, b)
		return nil
	}, entity)
	return out, err
}

// refold derives the state of an entity anew from the revisions that count. Its number
// stays, also where none does.
func (f *folding) refold(entity int64) error {
	for _, del := range [...]string{`DELETE FROM head WHERE entity = ?`, `DELETE FROM spread WHERE entity = ?`, `DELETE FROM replaced WHERE entity = ?`} {
		if _, err := f.q.Exec(del, entity); err != nil {
			return err
		}
	}
	all, err := f.bodies(entity)
	if err != nil {
		return err
	}
	c := &folded{n: entity}
	if len(all) == 0 {
		return f.update(c)
	}
	c.first(&all[0].raw)
	if len(all) > 1 {
		if _, err := f.change(c.n, all[0].n, &all[0].raw, true); err != nil {
			return err
		}
	}
	for _, b := range all[1:] {
		if err := f.grow(c, b.n, &b.raw); err != nil {
			return err
		}
	}
	return f.update(c)
}
