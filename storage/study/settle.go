package study

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Contested visits the entities that have contested fields, or were deleted while
// somebody else edited them, by id, with their revisions. Visit must not use the study.
func (s *Study) Contested(visit func(cs []merge.Conflict, revs []survey.Revision) error) error {
	return explain(contested(s.db, visit))
}

func contested(q querier, visit func(cs []merge.Conflict, revs []survey.Revision) error) error {
	var revs []survey.Revision
	flush := func() error {
		if len(revs) == 0 {
			return nil
		}
		if cs := merge.In(revs); len(cs) > 0 {
			if err := visit(cs, revs); err != nil {
				return err
			}
		}
		revs = nil
		return nil
	}
	err := eachRevision(q, `entity_n IN (SELECT n FROM current WHERE contested > 0 UNION ALL SELECT n FROM current WHERE deleted = 1) AND `+visible+` ORDER BY entity, lamport, id`, func(b *body) error {
		r, err := b.raw.Decode()
		if err != nil {
			return err
		}
		if len(revs) > 0 && revs[0].Entity != r.Entity {
			if err := flush(); err != nil {
				return err
			}
		}
		revs = append(revs, r)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// Disagreement counts what is in conflict.
type Disagreement struct {
	Answers int // that contest one another
	Deleted int // records that somebody deleted and somebody else edited
}

// Disagreement counts what Contested visits.
func (s *Study) Disagreement() (n Disagreement, err error) {
	err = s.Contested(func(cs []merge.Conflict, _ []survey.Revision) error {
		for _, c := range cs {
			if c.Field == survey.FieldDeleted {
				n.Deleted++
			} else {
				n.Answers++
			}
		}
		return nil
	})
	return n, err
}

// ContestedIn lists the contested fields of an entity, with its revisions.
func (s *Study) ContestedIn(entity string) ([]merge.Conflict, []survey.Revision, error) {
	revs, err := s.Revisions(entity)
	return merge.In(revs), revs, err
}

// FindConflict finds a conflict by its id.
func (s *Study) FindConflict(id string) (merge.Conflict, error) {
	for i := range id {
		if id[i] != '/' {
			continue
		}
		cs, _, err := s.ContestedIn(id[:i])
		if err != nil {
			return merge.Conflict{}, err
		}
		if k := slices.IndexFunc(cs, func(c merge.Conflict) bool { return c.ID == id }); k >= 0 {
			return cs[k], nil
		}
	}
	return merge.Conflict{}, fmt.Errorf("there is no conflict %q; it may be settled already", id)
}

// Resolve settles a conflict: with the value of one of its revisions, or with a
// value typed anew. The reason is kept beside it.
func (s *Study) Resolve(ctx context.Context, id, take string, typed *survey.Value, reason string) error {
	c, err := s.FindConflict(id)
	if err != nil {
		return err
	}
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
	_, err = s.Settle(ctx, c.Entity, map[survey.Field]survey.Value{c.Field: v}, reason)
	return err
}

// Settle gives contested fields of an entity a value each, in one revision that
// replaces all that they have; the reason is kept beside each.
func (s *Study) Settle(ctx context.Context, entity string, values map[survey.Field]survey.Value, reason string, more ...Change) ([]survey.Revision, error) {
	d, err := s.Document(entity)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, fmt.Errorf("there is nothing with the id %q", entity)
	}
	patch := map[survey.Field]survey.Value{}
	for f, v := range values {
		patch[f] = v
		if reason != "" {
			patch[survey.FieldReason+":"+f] = survey.Of(reason)
		}
	}
	c := Change{Entity: entity, Kind: d.Kind, Form: d.Form, FormVersion: d.FormVersion, Patch: patch}
	return s.Append(ctx, append([]Change{c}, more...)...)
}

// TakeBack makes fields that a revision settled contested again: each value that it
// replaced is put back by a revision that replaces it alone. Fields that got another
// value since are left as they are. These are revisions like others, so they merge.
func (s *Study) TakeBack(_ context.Context, entity, revision string) error {
	revs, err := s.Revisions(entity)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(revs, func(r survey.Revision) bool { return r.ID == revision })
	if i < 0 {
		return fmt.Errorf("there is no revision %q", revision)
	}
	changes := backAgain(revs, revs[i])
	if len(changes) == 0 {
		return fmt.Errorf("the answer was changed since; settle it anew")
	}
	return s.transact(func(tx *sql.Tx) error {
		_, err := s.append(tx, changes)
		return err
	})
}

// backAgain makes the changes that put back what a revision replaced: in the first the
// first value of each field, and so on.
func backAgain(revs []survey.Revision, r survey.Revision) []Change {
	d := merge.Entity(revs)
	var out []Change
	for f := range r.Patch {
		if hs := d.Heads[f]; f.Beside() || len(hs) != 1 || hs[0].Revision != r.ID {
			continue
		}
		var back []survey.Head // one a value
		for _, was := range revs {
			v, says := was.Patch[f]
			if f == survey.FieldDeleted && !says && slices.Contains(r.Replaces[f], was.ID) {
				v, says = survey.Value{}, true // an edit of what was deleted
			}
			if says && slices.Contains(r.Replaces[f], was.ID) && !slices.ContainsFunc(back, func(h survey.Head) bool { return h.Value == v }) {
				back = append(back, survey.Head{Revision: was.ID, Value: v})
			}
		}
		if f == survey.FieldDeleted && len(back) == 1 { // brought back, or deleted again
			other := survey.Of("1")
			if !back[0].Value.Blank() {
				other = survey.Value{}
			}
			back = append(back, survey.Head{Value: other})
		}
		if len(back) < 2 {
			continue
		}
		for k, h := range back {
			for len(out) <= k {
				out = append(out, Change{Entity: r.Entity, Kind: r.Kind, Form: r.Form, FormVersion: r.FormVersion, Patch: map[survey.Field]survey.Value{}, Replaces: map[survey.Field][]string{}})
			}
			out[k].Patch[f], out[k].Replaces[f] = h.Value, []string{r.ID}
			if h.Revision != "" {
				out[k].Patch[survey.FieldRestores+":"+f] = survey.Of(h.Revision)
			}
		}
	}
	return out
}
