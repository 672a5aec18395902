package job

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/merge"
	"sselandscape/survey/table"
)

// Settlement is conflicts that were settled together; it can be taken back.
type Settlement struct {
	Entity   string
	Fields   int      // how many
	Made     []string // interviews that were made of other sides
	revision string
}

// Resolve settles a conflict: by taking the value of one of its revisions, or by
// a value typed anew.
func (s *Study) Resolve(ctx context.Context, id, take string, typed *survey.Value, reason string) error {
	_, err := s.Settle(ctx, id, take, typed, reason)
	return err
}

// Settle is Resolve that can be taken back. A value typed anew is checked as the
// questionnaire does. What is computed from the answers of an interview is settled with
// the last of them.
func (s *Study) Settle(ctx context.Context, id, take string, typed *survey.Value, reason string) (*Settlement, error) {
	c, err := s.store.FindConflict(id)
	if err != nil {
		return nil, err
	}
	var v survey.Value
	switch i := slices.IndexFunc(c.Heads, func(h survey.Head) bool { return h.Revision == take }); {
	case typed != nil:
		if v, err = s.CheckTyped(c, *typed); err != nil {
			return nil, err
		}
	case i < 0:
		return nil, fmt.Errorf("conflict %q has no value from revision %q", id, take)
	case c.Kind == survey.FormKind: // a part of one questionnaire and a part of another are none
		return s.SettleFor(ctx, c.Entity, c.Heads[i].Device, reason)
	default:
		v = c.Heads[i].Value
	}
	return s.settle(ctx, c.Entity, map[survey.Field]survey.Value{c.Field: v}, reason)
}

// SettleFor settles all that is contested in a unit or an interview for one side, that
// of a laptop or a researcher: its values where it has some. What it has none of stays
// contested.
func (s *Study) SettleFor(ctx context.Context, entity, who, reason string) (*Settlement, error) {
	cs, revs, err := s.store.ContestedIn(entity)
	if err != nil {
		return nil, err
	}
	values := map[survey.Field]survey.Value{}
	for _, c := range cs {
		for _, side := range merge.Sides(c, revs) {
			if _, has := values[c.Field]; (side.Device == who || side.Actor == who) && !has {
				values[c.Field] = side.Value
			}
		}
	}
	if len(values) == 0 {
		return nil, errors.New("nothing that is contested there comes from that side")
	}
	return s.settle(ctx, entity, values, reason)
}

// BothTrue takes all sides of a contested interview for true, as when two people
// visited the same organization. The interview keeps the side with the newest value;
// each other laptop's side becomes an interview of its own about the same unit. The ids
// of those follow from the interview and the laptop, so that the same decision on two
// laptops makes the same interviews.
func (s *Study) BothTrue(ctx context.Context, entity, reason string) (*Settlement, error) {
	cs, revs, err := s.store.ContestedIn(entity)
	if err != nil {
		return nil, err
	}
	d := merge.Entity(revs)
	switch {
	case len(cs) == 0:
		return nil, fmt.Errorf("nothing is contested in %q; it may be settled already", entity)
	case d.Kind != survey.InterviewKind || d.Text(survey.FieldUnit) == "":
		return nil, errors.New("both can be true of two visits to an organization; of what is said of the organization itself, take one or type another")
	case cs[0].Field == survey.FieldDeleted:
		return nil, errors.New("an interview is deleted or it is not; take one")
	}
	keep, parts := merge.Both(d, cs, revs)
	var more []study.Change
	var made []string
	for _, p := range parts {
		id := splitID(entity, p.Key)
		if was, err := s.store.Document(id); err != nil {
			return nil, err
		} else if was != nil && was.Deleted() {
			p.Patch[survey.FieldDeleted] = survey.Value{}
		}
		made = append(made, id)
		more = append(more, study.Change{Entity: id, Kind: survey.InterviewKind, Form: d.Form, FormVersion: d.FormVersion, Patch: p.Patch})
	}
	if reason == "" {
		reason = "both are true; the other side is an interview of its own"
	}
	out, err := s.settle(ctx, entity, keep, reason, more...)
	if err == nil {
		out.Made = made
	}
	return out, err
}

// splitID is the id of an interview that is made of a side of another one. It sorts
// beside it, as ids begin with the time.
func splitID(entity, key string) string {
	h := sha256.Sum256([]byte("side\x00" + entity + "\x00" + key))
	var id uuid.UUID
	copy(id[:], h[:])
	if was, err := uuid.Parse(entity); err == nil {
		copy(id[:6], was[:6])
	}
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8, RFC 9562
	return id.String()
}

// settle records what fields of an entity are, and then what is computed from them.
func (s *Study) settle(ctx context.Context, entity string, values map[survey.Field]survey.Value, reason string, more ...study.Change) (*Settlement, error) {
	revs, err := s.store.Settle(ctx, entity, values, reason, more...)
	if err != nil {
		return nil, err
	}
	return &Settlement{Entity: entity, Fields: len(values), revision: revs[0].ID}, s.settleComputed(ctx, entity)
}

// computedReason is the reason of what was settled by computing it.
const computedReason = "computed from the settled answers"

// settleComputed computes anew, once no answer of an interview is contested any more,
// what is contested and follows from answers, and what was settled so before.
func (s *Study) settleComputed(ctx context.Context, entity string) error {
	d, err := s.store.Document(entity)
	if err != nil || d == nil || d.Kind != survey.InterviewKind {
		return err
	}
	cs, err := s.ConflictsIn(entity)
	if err != nil || slices.ContainsFunc(cs, func(c Conflict) bool { return !c.Computed }) {
		return err
	}
	values := map[survey.Field]survey.Value{}
	for _, c := range cs {
		values[c.Field] = survey.Value{}
	}
	for f := range d.Heads {
		if of, ok := strings.CutPrefix(string(f), string(survey.FieldReason)+":"); ok && d.Text(f) == computedReason {
			values[survey.Field(of)] = survey.Value{}
		}
	}
	if len(values) == 0 {
		return nil
	}
	iv, err := s.Interview(entity)
	if err != nil {
		return err
	}
	for f := range values {
		if values[f] = iv.Session.Value(f); values[f] == d.Value(f) && len(d.Heads[f]) == 1 {
			delete(values, f)
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, err = s.store.Settle(ctx, entity, values, computedReason)
	return err
}

// TakeBack makes contested again what was settled, and deletes the interviews that
// were made of other sides. These are revisions, too.
func (s *Study) TakeBack(ctx context.Context, t *Settlement) error {
	if err := s.store.TakeBack(ctx, t.Entity, t.revision); err != nil {
		return err
	}
	var gone []study.Change
	for _, id := range t.Made {
		gone = append(gone, study.Change{Entity: id, Kind: survey.InterviewKind, Patch: map[survey.Field]survey.Value{survey.FieldDeleted: survey.Of("1")}})
	}
	_, err := s.store.Append(ctx, gone...)
	return err
}

// CheckTyped checks a value for a contested field as the questionnaire does, and
// returns it in the form in which it is stored.
func (s *Study) CheckTyped(c merge.Conflict, v survey.Value) (survey.Value, error) {
	switch {
	case c.Field == survey.FieldDeleted:
		return v, errors.New("an entry is deleted or it is not; take one")
	case c.Kind == survey.FormKind:
		return v, errors.New("take one of the questionnaires; the other can be added again with a version of its own")
	case c.Kind == survey.UnitKind:
		return v, checkUnitField(c.Field, v)
	case c.Kind == survey.SettingsKind:
		if _, _, target := c.Field.Target(); target && strings.Trim(v.Text, "0123456789") != "" {
			return v, errors.New("a target is a number of interviews")
		}
		return v, nil
	case c.Kind != survey.InterviewKind || c.Field[0] == '_':
		return v, nil
	}
	iv, err := s.Interview(c.Entity)
	if err != nil {
		return v, err
	}
	if _, err := iv.Session.Set(c.Field, v); err != nil {
		q := s.questionOf(iv, c.Field)
		if q == nil || !iv.Session.State(c.Field, "").Relevant && interview.Fits(q, v) {
			return v, nil // no question of this version, or not asked with the answers shown now
		}
		return v, err
	}
	st := iv.Session.State(c.Field, iv.Language())
	if p := st.Problem; p != nil && !p.Soft && !p.Missing {
		return v, errors.New(p.Text)
	}
	return st.Value, nil
}

func (s *Study) questionOf(iv *Interview, f survey.Field) *survey.Question {
	form := iv.Session.Program().Form
	for it, p := range form.Patterns() {
		if q, ok := it.(*survey.Question); ok && p == f.Pattern() {
			return q
		}
	}
	return nil
}

func checkUnitField(f survey.Field, v survey.Value) error {
	switch f {
	case survey.FieldPoint:
		if _, ok := table.Point(v.Text); !ok {
			return errors.New("this is no position; write latitude and longitude")
		}
	case survey.FieldCountry:
		if _, ok := Atlas().Country(v.Text); !ok {
			return fmt.Errorf("there is no country %q among the boundaries; write its three-letter code, such as NPL", v.Text)
		}
	case survey.FieldRegion:
		if _, ok := Atlas().Region(v.Text); !ok {
			return fmt.Errorf("there is no region %q among the boundaries", v.Text)
		}
	}
	return nil
}

// Contested is a contested question with what is needed to type another answer: the
// interview it is asked in, or nil.
func (s *Study) Contested(c Conflict) (*Interview, *survey.Question, error) {
	if c.Kind != survey.InterviewKind || c.Field[0] == '_' {
		return nil, nil, nil
	}
	iv, err := s.Interview(c.Entity)
	if err != nil {
		return nil, nil, err
	}
	return iv, s.questionOf(iv, c.Field), nil
}
