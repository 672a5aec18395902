package study

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// documentsAtOnce is how many entities are read from the table of revisions at a time.
const documentsAtOnce = 256

// eachDocument folds the entities of a condition on the table current, by entity.
func eachDocument(q querier, where string, visit func(d *survey.Document) error, args ...any) error {
	rows, err := q.Query(`SELECT n FROM current WHERE revisions > 0 AND `+where+` ORDER BY entity`, args...)
	if err != nil {
		return err
	}
	entities, err := scanNumbers(rows)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(entities, documentsAtOnce) {
		ds, err := documentsOf(q, part)
		if err != nil {
			return err
		}
		for _, d := range ds {
			if err := visit(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// documentsOf folds entities in the order of their numbers as given.
func documentsOf(q querier, entities []int64) ([]*survey.Document, error) {
	return documentsUpTo(q, entities, math.MaxInt64)
}

// numberList is numbers as a JSON array, for json_each.
func numberList(ns []int64) string {
	b := []byte{'['}
	for i, n := range ns {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(append(b, ']'))
}

// documentsUpTo is documentsOf by the revisions up to one.
func documentsUpTo(q querier, entities []int64, revision int64) (out []*survey.Document, err error) {
	var revs []survey.Revision
	err = scanBodies(q, `SELECT revision.n, `+prefixed+` FROM json_each(?) AS entity CROSS JOIN revision ON revision.entity_n = entity.value
		WHERE revision.n <= ? AND `+visible+` ORDER BY entity.key`, func(b *body) error {
		r, err := b.raw.Decode()
		if err != nil {
			return err
		}
		if len(revs) > 0 && revs[0].Entity != r.Entity {
			out, revs = append(out, merge.Entity(revs)), revs[:0]
		}
		revs = append(revs, r)
		return nil
	}, numberList(entities), revision)
	if len(revs) > 0 {
		out = append(out, merge.Entity(revs))
	}
	return out, err
}

// prefixed are the columns of a revision where other tables have such columns, too.
var prefixed = "revision." + strings.ReplaceAll(columns, ", ", ", revision.")

func (s *Study) documents(where string, args ...any) (out []*survey.Document, err error) {
	err = eachDocument(s.db, where, func(d *survey.Document) error {
		out = append(out, d)
		return nil
	}, args...)
	return out, explain(err)
}

// Documents returns the current state of all entities of a kind that are not
// deleted, in the order in which they were made.
func (s *Study) Documents(kind survey.EntityKind) ([]*survey.Document, error) {
	out, err := s.documents(`current.kind = ? AND current.deleted = 0`, string(kind))
	if err != nil || kind != survey.InterviewKind {
		return out, err
	}
	begun, err := s.begun(`1`)
	if err != nil || len(begun) == 0 {
		return out, err
	}
	out = append(out, begun...)
	slices.SortFunc(out, func(a, b *survey.Document) int { return strings.Compare(a.Entity, b.Entity) })
	return out, nil
}

// Document returns the current state of an entity, nil if there is none.
func (s *Study) Document(entity string) (*survey.Document, error) {
	ds, err := s.documents(`current.entity = ?`, entity)
	if err == nil && len(ds) == 0 {
		ds, err = s.begun(`interview = ?`, entity)
	}
	if err != nil || len(ds) == 0 {
		return nil, err
	}
	return ds[0], nil
}

// begun are the interviews of which no revision is made yet.
func (s *Study) begun(where string, args ...any) ([]*survey.Document, error) {
	rows, err := s.db.Query(`SELECT interview, form, form_version, patch FROM begun WHERE `+where, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []*survey.Document
	for rows.Next() {
		d := &survey.Document{Kind: survey.InterviewKind, Heads: map[survey.Field][]survey.Head{}}
		var text string
		if err := rows.Scan(&d.Entity, &d.Form, &d.FormVersion, &text); err != nil {
			return nil, err
		}
		var patch map[survey.Field]survey.Value
		if err := json.Unmarshal([]byte(text), &patch); err != nil {
			return nil, fmt.Errorf("interview %s: %w", d.Entity, err)
		}
		for f, v := range patch {
			d.Heads[f] = []survey.Head{{Value: v, Actor: s.info.Researcher, Device: s.info.Device}}
		}
		out = append(out, d)
	}
	return out, explain(rows.Err())
}

// Conflicts lists the contested fields of all entities.
func (s *Study) Conflicts() ([]merge.Conflict, error) {
	ds, err := s.documents(`current.contested > 0 AND current.deleted = 0`)
	var out []merge.Conflict
	for _, d := range ds {
		out = append(out, merge.Of(d)...)
	}
	return out, err
}
