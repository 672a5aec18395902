package study

import (
	"context"
	"database/sql"
	"fmt"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

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
		if _, err := tx.Exec(`INSERT INTO batch VALUES (?,?,?,?,?,'applied')`, batch, s.now().Format(stamp), source, sum, len(changes)); err != nil {
			return err
		}
		return s.importChanges(ctx, tx, batch, changes, progress)
	})
	if err != nil {
		return "", fmt.Errorf("take in %s: %w", source, err)
	}
	return batch, nil
}

func (s *Study) importChanges(ctx context.Context, tx *sql.Tx, batch string, changes []Change, progress func(done, total int)) error {
	next, err := s.numbers(tx, s.info.Researcher)
	if err != nil {
		return err
	}
	q, err := prepare(tx)
	if err != nil {
		return err
	}
	defer q.close()
	for i, c := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := next.record(q, c, batch); err != nil {
			return err
		}
		if progress != nil {
			progress(i+1, len(changes))
		}
	}
	return nil
}

// record makes a revision of a change, as part of a batch unless that is "", and
// derives the state of its entity anew.
func (n *numbering) record(q *prepared, c Change, batch string) (merge.Incoming, error) {
	here, err := q.revisionsOf(c.Entity)
	if err != nil {
		return merge.Incoming{}, err
	}
	in, err := n.revision(c, here)
	if err != nil {
		return in, err
	}
	if err := insert(q, in); err != nil {
		return in, err
	}
	if batch != "" {
		if _, err := q.Exec(`INSERT INTO batch_revision VALUES (?,?)`, batch, in.Revision.ID); err != nil {
			return in, err
		}
	}
	return in, keepFolded(q, c.Entity, merge.Entity(append(here, in.Revision)))
}

// prepared is a transaction that keeps its statements ready.
type prepared struct {
	*sql.Tx
	statements map[string]*sql.Stmt
	known      *sql.Stmt
}

func prepare(tx *sql.Tx) (*prepared, error) {
	known, err := tx.Prepare(`SELECT 1 FROM revision WHERE entity = ? LIMIT 1`)
	return &prepared{tx, map[string]*sql.Stmt{}, known}, err
}

func (p *prepared) close() {
	p.known.Close()
	for _, s := range p.statements {
		s.Close()
	}
}

// Exec implements querier.
func (p *prepared) Exec(query string, args ...any) (sql.Result, error) {
	s := p.statements[query]
	if s == nil {
		var err error
		if s, err = p.Prepare(query); err != nil {
			return nil, err
		}
		p.statements[query] = s
	}
	return s.Exec(args...)
}

// Query implements querier.
func (p *prepared) Query(query string, args ...any) (*sql.Rows, error) {
	s := p.statements[query]
	if s == nil {
		var err error
		if s, err = p.Prepare(query); err != nil {
			return nil, err
		}
		p.statements[query] = s
	}
	return s.Query(args...)
}

// revisionsOf asks first whether there are any.
func (p *prepared) revisionsOf(entity string) ([]survey.Revision, error) {
	var one int
	switch err := p.known.QueryRow(entity).Scan(&one); err {
	case sql.ErrNoRows:
		return nil, nil
	case nil:
		return revisionsOf(p, entity)
	default:
		return nil, err
	}
}

// Keep remembers something on this laptop under a key, in place of what was kept;
// "" forgets it. It is in backups, but not in packages.
func (s *Study) Keep(key, value string) error {
	key = keptPrefix + key
	_, err := s.db.Exec(`INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	if value == "" {
		_, err = s.db.Exec(`DELETE FROM meta WHERE key = ?`, key)
	}
	return explain(err)
}

const keptPrefix = "kept/"

// Kept returns what is remembered under keys that begin with a prefix, by the rest
// of the key.
func (s *Study) Kept(prefix string) (map[string]string, error) {
	prefix = keptPrefix + prefix
	rows, err := s.db.Query(`SELECT substr(key, ?), value FROM meta WHERE substr(key, 1, ?) = ?`, len([]rune(prefix))+1, len([]rune(prefix)), prefix)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var k, v string
		if err := rows.Scan(&k, &v); err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, explain(rows.Err())
}
