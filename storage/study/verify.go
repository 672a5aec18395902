package study

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Report is the result of Verify.
type Report struct {
	Digest    string // hex; the same on every laptop that holds the same revisions
	Revisions int
	Entities  int
	Conflicts int // contested answers, and records deleted by one and edited by another
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
	if rebuild {
		if err := s.rebuild(); err != nil {
			return nil, err
		}
	}
	digest := sha256.New()
	if any, _, err := s.remains(); err != nil {
		return nil, err
	} else if any {
		rep.problem("remains of what was erased are on the disk; free some space, close the study and open it again")
	}
	err := s.transact(func(tx *sql.Tx) error {
		q := prepare(tx)
		defer q.close()
		if err := rep.revisions(q, digest.Write); err != nil {
			return err
		}
		if err := rep.documents(q, digest.Write); err != nil {
			return err
		}
		if err := rep.erased(q); err != nil {
			return err
		}
		err := contested(q, func(cs []merge.Conflict, _ []survey.Revision) error { rep.Conflicts += len(cs); return nil })
		if err != nil {
			return err
		}
		return errTrial // nothing was written
	})
	if err != errTrial {
		return nil, err
	}
	rep.Digest = hex.EncodeToString(digest.Sum(nil))
	return rep, nil
}

// rebuild derives everything anew.
func (s *Study) rebuild() error {
	s.rewritten.Add(1)
	return s.transact(rebuild)
}

func rebuild(tx *sql.Tx) error {
	q := prepare(tx)
	defer q.close()
	for _, stmt := range [...]string{`DELETE FROM head`, `DELETE FROM spread`, `DELETE FROM replaced`, `DELETE FROM current`, `DELETE FROM erasure`,
		`INSERT INTO current SELECT NULL, entity, kind, '', '', 0, '', 0, 0, 0 FROM revision GROUP BY entity ORDER BY min(n)`,
		`UPDATE revision SET entity_n = (SELECT current.n FROM current WHERE current.entity = revision.entity)
			WHERE entity_n IS NOT (SELECT current.n FROM current WHERE current.entity = revision.entity)`} {
		if _, err := q.Exec(stmt); err != nil {
			return err
		}
	}
	err := eachRevision(q, `instr(patch, '"_erase') > 0`, func(b *body) error {
		if !erases(&b.raw) {
			return nil
		}
		_, err := q.Exec(`INSERT INTO erasure VALUES (?)`, b.n)
		return err
	})
	if err != nil {
		return err
	}
	f := newFolding(q)
	return eachRevision(q, visible+` ORDER BY n`, func(b *body) error {
		c, err := f.at(b.raw.Entity)
		if err != nil {
			return err
		}
		return f.add(c, b.n, &b.raw)
	})
}

func (rep *Report) problem(format string, args ...any) {
	if len(rep.Problems) < 1000 {
		rep.Problems = append(rep.Problems, fmt.Sprintf(format, args...))
	}
}

// revisions checks that every revision is as its author signed it.
func (rep *Report) revisions(q *prepared, digest func([]byte) (int, error)) error {
	ds, err := devices(q)
	if err != nil {
		return err
	}
	keys := map[string]ed25519.PublicKey{}
	for _, d := range ds {
		keys[d.ID] = d.PublicKey
	}
	return eachRevision(q, visible+` ORDER BY id`, func(b *body) error {
		rep.Revisions++
		digest(b.hash)
		r, err := b.raw.Decode()
		if err != nil {
			return err
		}
		h, err := r.Hash()
		key := keys[cmp.Or(b.witness, r.Device)]
		if err != nil || string(h[:]) != string(b.hash) || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, h[:], b.sig) {
			rep.problem("revision %s is not as its author signed it", r.ID)
		}
		return nil
	})
}

// erased looks for what was ordered to be erased and is still here, also in revisions
// that do not count.
func (rep *Report) erased(q *prepared) error {
	o, err := readOrders(q)
	if err != nil || len(o.entities)+len(o.revisions)+len(o.files) == 0 {
		return err
	}
	err = eachRevision(q, `1`, func(b *body) error {
		if o.holds(&b.raw) {
			rep.problem("revision %s of %s holds answers that were erased; erase them once more", b.raw.ID, b.raw.Entity)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for sum := range o.files {
		var here bool
		if err := q.QueryRow(`SELECT EXISTS (SELECT 1 FROM file WHERE sha256 = ? AND have = 1)`, sum).Scan(&here); err != nil {
			return err
		}
		if here {
			rep.problem("file %s was erased and is still here", sum)
		}
	}
	return nil
}

// documents checks the derived tables against a fold of all revisions.
func (rep *Report) documents(q *prepared, digest func([]byte) (int, error)) error {
	err := eachDocument(q, `1`, func(d *survey.Document) error {
		rep.Entities++
		text, err := survey.MarshalPlain(d)
		if err != nil {
			return err
		}
		digest(text)
		same, err := isDerived(q, d)
		if !same {
			rep.problem("the derived state of %s is not what its revisions say; run verify with rebuild", d.Entity)
		}
		return err
	})
	if err != nil {
		return err
	}
	var lines, want int
	if err := q.QueryRow(`SELECT count(*) FROM current WHERE revisions > 0`).Scan(&lines); err != nil {
		return err
	}
	if err := q.QueryRow(`SELECT count(DISTINCT entity) FROM revision WHERE ` + visible).Scan(&want); err != nil {
		return err
	}
	if lines != want {
		rep.problem("%d records are derived, %d should be; run verify with rebuild", lines, want)
	}
	return nil
}

// isDerived says whether the derived tables say of an entity what its document does.
func isDerived(q *prepared, d *survey.Document) (bool, error) {
	var n int64
	var revisions, contested int
	var deleted bool
	var form, version string
	err := q.QueryRow(`SELECT n, revisions, contested, deleted, form, form_version FROM current WHERE entity = ?`, d.Entity).Scan(&n, &revisions, &contested, &deleted, &form, &version)
	if err != nil {
		return false, err
	}
	if revisions != d.Revisions || contested != len(d.Contested()) || deleted != d.Deleted() || form != d.Form || version != d.FormVersion {
		return false, nil
	}
	if d.Revisions == 1 {
		return true, nil
	}
	rows, err := q.Query(`SELECT field.name, revision.id FROM head JOIN field ON field.n = head.field JOIN revision ON revision.n = head.revision WHERE head.entity = ?`, n)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var got, want []string
	for rows.Next() {
		var f, id string
		if err := rows.Scan(&f, &id); err != nil {
			return false, err
		}
		got = append(got, f+"\x00"+id)
	}
	for f, hs := range d.Heads {
		for _, h := range hs {
			want = append(want, string(f)+"\x00"+h.Revision)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if err := rows.Err(); err != nil || !slices.Equal(got, want) {
		return false, err
	}
	const heads, spread = `SELECT field, count(*), min(value), max(value) FROM head WHERE entity = ?1 GROUP BY field`, `SELECT field, heads, least, greatest FROM spread WHERE entity = ?1`
	var differ bool
	err = q.QueryRow(`SELECT EXISTS (`+heads+` EXCEPT `+spread+`) OR EXISTS (`+spread+` EXCEPT `+heads+`)`, n).Scan(&differ)
	return !differ, err
}
