package study

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Erasure is an order to erase: from what is said of an entity some fields, or all that
// is and ever will be said of it.
type Erasure struct {
	Entity string
	Fields []survey.Field // none: everything
	Reason string
}

// covers says whether a field is erased: with a question go the remarks about it and the
// log of the interview, which holds its answers, too.
func (o Erasure) covers(f survey.Field) bool {
	return o.names(f) || logs(f)
}

// logs says whether a field cites the log of an interview.
func logs(f survey.Field) bool { return strings.HasPrefix(string(f), string(survey.FieldAudit)+":") }

// names says whether a field is one of those to be erased, or a remark about it.
func (o Erasure) names(f survey.Field) bool {
	about := func(x survey.Field) bool { return f == x || strings.HasPrefix(string(f), string(x)+"/_") }
	return !f.OfErasure() && (len(o.Fields) == 0 || slices.ContainsFunc(o.Fields, about))
}

// ErasurePlan says what an erasure would take away.
type ErasurePlan struct {
	Revisions int `json:"revisions"` // from which something is erased
	Answers   int `json:"answers"`   // in them, and given but not recorded yet; not the log of the interview
	Files     int `json:"files"`     // that nothing else needs
}

// PlanErase says what Erase would take away. It changes nothing.
func (s *Study) PlanErase(ctx context.Context, orders ...Erasure) (*ErasurePlan, error) {
	return s.erase(ctx, orders, true)
}

// Erase takes answers out of the revisions that gave them, here and, once the revision
// that says so is taken in there, on every other laptop. What was replaced by them does
// not come back, no package brings them back, and Undo does not either. Backups and
// packages made before still hold them.
func (s *Study) Erase(ctx context.Context, orders ...Erasure) (*ErasurePlan, error) {
	p, err := s.erase(ctx, orders, false)
	if err == nil {
		err = s.wipe()
	}
	if err != nil {
		return nil, fmt.Errorf("erase: %w", err)
	}
	return p, nil
}

func (s *Study) erase(ctx context.Context, orders []Erasure, trial bool) (*ErasurePlan, error) {
	plan := &ErasurePlan{}
	err := s.transact(func(tx *sql.Tx) error {
		r, err := s.newRecorder(tx)
		if err != nil {
			return err
		}
		defer r.close()
		e := r.erase
		for _, o := range orders {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.order(o, plan); err != nil {
				return err
			}
		}
		plan.Files = len(e.dropped)
		if trial {
			return errTrial
		}
		if err := e.mark(); err != nil {
			return err
		}
		return r.end()
	})
	if err != nil && !errors.Is(err, errTrial) {
		return nil, err
	}
	return plan, nil
}

// order records the revision that erases.
func (r *recorder) order(o Erasure, plan *ErasurePlan) error {
	c := Change{Entity: o.Entity, Patch: map[survey.Field]survey.Value{}, Replaces: map[survey.Field][]string{}}
	all, err := r.bodiesOf(o.Entity)
	if err != nil {
		return err
	}
	if said, err := r.says(o, all); err != nil || !said {
		return err
	}
	var erased []string // values
	for _, b := range all {
		c.Kind = b.raw.Kind
		var names []string
		for _, x := range b.raw.Fields {
			f := survey.Field(x.Name)
			if !o.covers(f) {
				continue
			}
			names, erased = append(names, string(f)), append(erased, string(x.Value))
			if o.names(f) && !logs(f) {
				plan.Answers++
			}
		}
		if len(names) > 0 {
			plan.Revisions++
			if len(o.Fields) > 0 {
				c.Patch[survey.FieldErases+":"+survey.Field(b.raw.ID)] = survey.Of(strings.Join(names, "\n"))
			}
		}
	}
	local, err := r.dropLocal(o, &erased)
	if err != nil {
		return err
	}
	plan.Answers += local
	if len(o.Fields) == 0 {
		c.Patch[survey.FieldErased] = survey.Of("1")
	}
	if len(c.Patch) == 0 || c.Kind == "" {
		return nil // nothing that anybody else could have
	}
	if o.Reason != "" {
		c.Patch[survey.Field(reasonErased+r.newID())] = survey.Of(o.Reason)
	}
	if err := r.orderFiles(&c, erased); err != nil {
		return err
	}
	_, err = r.record(c, nil)
	return err
}

// bodiesOf are all revisions of an entity, also those that do not count.
func (r *recorder) bodiesOf(entity string) (all []*body, err error) {
	err = eachRevision(r.q, ofEntity, func(b *body) error { all = append(all, b); return nil }, entity)
	return all, err
}

// says finds out whether anything is said of what is to be erased, in the revisions of
// its entity or beside them.
func (r *recorder) says(o Erasure, all []*body) (said bool, err error) {
	for _, b := range all {
		if slices.ContainsFunc(b.raw.Fields, func(x survey.RawField) bool { return o.names(survey.Field(x.Name)) }) {
			return true, nil
		}
	}
	rows, err := r.q.Query(`SELECT field FROM draft WHERE interview = ?1 UNION SELECT '' FROM begun WHERE interview = ?1`, o.Entity)
	if err != nil {
		return false, err
	}
	fields, err := scanStrings(rows)
	return slices.ContainsFunc(fields, func(f string) bool { return o.names(survey.Field(f)) }), err
}

// orderFiles adds the files that only erased answers cite.
func (r *recorder) orderFiles(c *Change, erased []string) error {
	for _, sum := range citedBy(erased) {
		var others int
		if err := r.q.QueryRow(`SELECT count(*) FROM revision WHERE instr(patch, ?1) > 0 AND entity <> ?2`, sum, c.Entity).Scan(&others); err != nil {
			return err
		}
		if others == 0 {
			c.Patch[survey.FieldErasesFile+":"+survey.Field(sum)] = survey.Of("1")
		}
	}
	return nil
}

// dropLocal erases what was answered and not recorded, and what the log says of it.
func (r *recorder) dropLocal(o Erasure, erased *[]string) (n int, err error) {
	rows, err := r.q.Query(`SELECT field FROM draft WHERE interview = ?1 UNION SELECT node FROM event WHERE interview = ?1`, o.Entity)
	if err != nil {
		return 0, err
	}
	fields, err := scanStrings(rows)
	if err != nil {
		return 0, err
	}
	for _, f := range fields {
		if !o.covers(survey.Field(f)) {
			continue
		}
		rows, err := r.q.Query(`SELECT value FROM draft WHERE interview = ? AND field = ?`, o.Entity, f)
		if err != nil {
			return 0, err
		}
		values, err := scanStrings(rows)
		if err != nil {
			return 0, err
		}
		n, *erased = n+len(values), append(*erased, values...)
		if err := dropAnswers(r.q, o.Entity, f, "9"); err != nil {
			return 0, err
		}
	}
	if len(o.Fields) == 0 {
		_, err = r.q.Exec(`DELETE FROM begun WHERE interview = ?`, o.Entity)
	}
	return n, err
}

// dropAnswers erases the answer of a field that is not recorded and was given up to a
// time, and empties the log of it.
func dropAnswers(q *prepared, interview, field, until string) error {
	if _, err := q.Exec(`DELETE FROM draft WHERE interview = ? AND field = ? AND at <= ?`, interview, field, until); err != nil {
		return err
	}
	_, err := q.Exec(`UPDATE event SET old = '', new = '', reason = '' WHERE interview = ? AND node = ?`, interview, field)
	return err
}

// reasonErased begins the fields that say why something was erased.
const reasonErased = string(survey.FieldWhyErased) + ":"

// erases says whether a revision erases something.
func erases(r *survey.RawRevision) bool {
	return slices.ContainsFunc(r.Fields, func(x survey.RawField) bool { return survey.Field(x.Name).Erases() })
}

// erasing knows what was ordered to be erased. Orders only add up: whatever the order in
// which revisions come, the same is left of them.
type erasing struct {
	*Study
	*orders
	q       *prepared
	fold    *folding
	dropped []string // files that were here and go now
	done    bool     // something was erased
	notices []string
}

// orders is what is to be erased.
type orders struct {
	entities  map[string]bool                  // erased
	revisions map[string]map[survey.Field]bool // fields erased from them
	files     map[string]bool                  // SHA-256
}

// newErasing begins with the orders that are here. They are read once, and again after a
// transaction that brought more; transactions follow one another on one connection.
func (s *Study) newErasing(q *prepared, f *folding) (*erasing, error) {
	if s.orders == nil {
		o, err := readOrders(q)
		if err != nil {
			return nil, err
		}
		s.orders = o
	}
	return &erasing{Study: s, orders: s.orders, q: q, fold: f}, nil
}

func readOrders(q *prepared) (*orders, error) {
	o := &orders{entities: map[string]bool{}, revisions: map[string]map[survey.Field]bool{}, files: map[string]bool{}}
	return o, eachRevision(q, `n IN (SELECT revision FROM erasure)`, func(b *body) error {
		o.add(&b.raw)
		return nil
	})
}

// learn adds the orders of a revision. The study reads them again for the next
// transaction, as this one may be undone.
func (e *erasing) learn(r *survey.RawRevision) {
	e.Study.orders = nil
	e.orders.add(r)
}

func (o *orders) add(r *survey.RawRevision) {
	for _, x := range r.Fields {
		f := survey.Field(x.Name)
		if f == survey.FieldErased {
			o.entities[r.Entity] = true
			continue
		}
		if sum, ok := strings.CutPrefix(string(f), string(survey.FieldErasesFile)+":"); ok {
			o.files[sum] = true
		}
		id, ok := strings.CutPrefix(string(f), string(survey.FieldErases)+":")
		if !ok {
			continue
		}
		if o.revisions[id] == nil {
			o.revisions[id] = map[survey.Field]bool{}
		}
		var v survey.Value
		if v.UnmarshalJSON(x.Value) == nil {
			for name := range strings.SplitSeq(v.Text, "\n") {
				o.revisions[id][survey.Field(name)] = true
			}
		}
	}
}

// orderedGone says whether a field of a revision is to be erased.
func (o *orders) orderedGone(r *survey.RawRevision, f survey.Field) bool {
	return !f.OfErasure() && (o.entities[r.Entity] || o.revisions[r.ID][f])
}

// holds says whether a revision holds anything that is to be erased.
func (o *orders) holds(r *survey.RawRevision) bool {
	return slices.ContainsFunc(r.Fields, func(x survey.RawField) bool { return o.orderedGone(r, survey.Field(x.Name)) })
}

// insert takes in a revision without what is erased from it; one that erases does so.
func (e *erasing) insert(in *incoming, batch any) error {
	if erases(&in.raw) {
		return e.obey(in, batch)
	}
	if err := e.cut(in); err != nil {
		return err
	}
	_, err := e.fold.insert(in, batch)
	return err
}

// cut takes out of a revision what is erased from it; this laptop signs what is left.
func (e *erasing) cut(in *incoming) error {
	if !e.holds(&in.raw) {
		return nil
	}
	r, err := in.raw.Decode()
	if err != nil {
		return err
	}
	for f := range r.Patch {
		if e.orderedGone(&in.raw, f) {
			delete(r.Patch, f)
		}
	}
	r.Redacted = true
	b, err := r.Canonical()
	if err != nil {
		return err
	}
	in.raw = survey.RawRevision{}
	if err := in.scan(b); err != nil {
		return err
	}
	in.sig, in.witness, e.done = ed25519.Sign(e.key, in.hash[:]), e.info.Device, true
	return nil
}

// obey takes in a revision that erases, and erases.
func (e *erasing) obey(in *incoming, batch any) error {
	n, err := e.fold.insert(in, batch)
	if err != nil {
		return err
	}
	if _, err := e.q.Exec(`INSERT INTO erasure VALUES (?)`, n); err != nil {
		return err
	}
	e.learn(&in.raw)
	changed, err := e.apply(n)
	if changed > 0 && in.raw.Device != e.info.Device {
		e.notices = append(e.notices, fmt.Sprintf("%s erased answers from %d revisions of %s; taking this in erases them here, too, for good. Backups made before still hold them.", in.raw.Actor, changed, in.raw.Entity))
	}
	return err
}

// apply erases, from all revisions of the entity of the revision n, what was ordered.
func (e *erasing) apply(n int64) (changed int, err error) {
	var entity int64
	if err := e.q.QueryRow(`SELECT entity_n FROM revision WHERE n = ?`, n).Scan(&entity); err != nil {
		return 0, err
	}
	var all []*body
	if err := eachRevision(e.q, `entity_n = ?`, func(b *body) error { all = append(all, b); return nil }, entity); err != nil {
		return 0, err
	}
	for _, b := range all {
		left := incoming{raw: b.raw}
		if err := e.cut(&left); err != nil {
			return changed, err
		}
		if left.sig == nil {
			continue // nothing to take out
		}
		changed++
		e.rewritten.Add(1)
		if _, err := e.q.Exec(`UPDATE revision SET patch = ?, hash = ?, sig = ?, redacted = 1, witness = ? WHERE n = ?`,
			string(left.raw.PatchJSON), left.hash[:], left.sig, left.witness, b.n); err != nil {
			return changed, err
		}
	}
	if err := errors.Join(e.dropDrafts(n), e.dropFiles()); err != nil || changed == 0 {
		return changed, err
	}
	return changed, e.fold.refold(entity)
}

// dropDrafts erases what is not recorded yet and older than the revision n, which erases.
func (e *erasing) dropDrafts(n int64) error {
	return eachRevision(e.q, `n = ?`, func(b *body) error {
		if e.entities[b.raw.Entity] {
			for _, table := range [...]string{"draft", "event", "begun"} {
				if _, err := e.q.Exec(`DELETE FROM `+table+` WHERE interview = ?`, b.raw.Entity); err != nil {
					return err
				}
			}
		}
		for _, x := range b.raw.Fields {
			id, _ := strings.CutPrefix(string(x.Name), string(survey.FieldErases)+":")
			for f := range e.revisions[id] {
				if err := dropAnswers(e.q, b.raw.Entity, string(f), b.raw.Wall); err != nil {
					return err
				}
			}
		}
		return nil
	}, n)
}

// eraseAgain obeys all orders once more, where revisions came by another way; cut says
// that some came already cut and may be here in full, too.
func (s *Study) eraseAgain(cut bool) error {
	err := s.transact(func(tx *sql.Tx) error {
		q := prepare(tx)
		defer q.close()
		e, err := s.newErasing(q, newFolding(q))
		if err != nil {
			return err
		}
		rows, err := q.Query(`SELECT revision FROM erasure`)
		if err != nil {
			return err
		}
		orders, err := scanNumbers(rows)
		for _, n := range orders {
			if err == nil {
				_, err = e.apply(n)
			}
		}
		if err != nil {
			return err
		}
		e.done = e.done || cut || len(orders) > 0
		return e.mark()
	})
	if err != nil {
		return err
	}
	return s.wipe()
}

// dropFiles forgets the files that are erased.
func (e *erasing) dropFiles() error {
	for sum := range e.files {
		res, err := e.q.Exec(`DELETE FROM file WHERE sha256 = ?`, sum)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			continue
		}
		e.dropped, e.done = append(e.dropped, sum), true
	}
	slices.Sort(e.dropped)
	return nil
}

// wipeMark is kept on this laptop from the transaction that erases until no file and no
// page of the database holds what it erased. Its value lists files, one a line.
const wipeMark = "wipe"

// mark notes that what was erased remains on the disk.
func (e *erasing) mark() error {
	if !e.done {
		return nil
	}
	_, err := e.q.Exec(`INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = value || char(10) || ?2`, wipeMark, strings.Join(e.dropped, "\n"))
	return err
}

// remains says whether what was erased may still be on the disk, and which files are to go.
func (s *Study) remains() (any bool, files []string, err error) {
	var list string
	switch err := s.db.QueryRow(`SELECT value FROM meta WHERE key = ?`, wipeMark).Scan(&list); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil, nil
	case err != nil:
		return false, nil, err
	}
	return true, strings.Fields(list), nil
}

// wipe deletes erased files and writes the database anew, so that no page of it or of its
// log holds what was erased. What fails is done when the study is opened again.
func (s *Study) wipe() error {
	any, files, err := s.remains()
	if err != nil || !any {
		return err
	}
	for _, sum := range files {
		if err := os.Remove(s.filePath(sum)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return wipeError(err)
		}
	}
	s.rewritten.Add(1)
	for _, stmt := range [...]string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`, `DELETE FROM meta WHERE key = '` + wipeMark + `'`} {
		if _, err := s.db.Exec(stmt); err != nil {
			return wipeError(explain(err))
		}
	}
	return nil
}

func wipeError(err error) error {
	return fmt.Errorf("what was erased is gone from the study, but remains of it are on the disk; free some space, close the study and open it again, which finishes it: %w", err)
}

// DropBackups makes a backup of what is here now and deletes all before it, in both
// folders, and studies that were kept when they were damaged.
func (s *Study) DropBackups(ctx context.Context) error {
	before := s.Backups()
	now, err := s.BackUp(ctx, BackupErased, nil)
	var second *SecondFolderError
	if errors.As(err, &second) {
		return fmt.Errorf("the older backups are kept, because some are in a folder that is not there now: %w", err)
	}
	if err != nil {
		return err
	}
	for _, b := range before {
		if b.Path == now.Path {
			continue
		}
		if err := os.Remove(b.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	kept, err := filepath.Glob(filepath.Join(escapeGlob(s.dir), "damaged-*"))
	for _, dir := range kept {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if second := s.secondFolder(); second != "" {
		err = errors.Join(err, s.dropSecondFiles(filepath.Join(second, "files")))
	}
	return err
}

// dropSecondFiles deletes the copies of files that the study has no more.
func (s *Study) dropSecondFiles(folder string) error {
	have, err := s.Files()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !slices.Contains(have, e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(folder, e.Name())))
		}
	}
	return err
}
