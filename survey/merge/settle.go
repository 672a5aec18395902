package merge

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Side is a current value of a contested field, with who gave it and why.
type Side struct {
	survey.Head
	// Settled says that the value is a resolution: it replaced several that differed.
	// Two such sides are two people who settled a conflict differently.
	Settled bool
	Reason  string
}

// Sides tells of each head of a conflict how it came about. A value that was put back
// when a resolution was taken back is by who gave it first.
func Sides(c Conflict, revs []survey.Revision) []Side {
	byID := make(map[string]*survey.Revision, len(revs))
	for i := range revs {
		byID[revs[i].ID] = &revs[i]
	}
	out := make([]Side, len(c.Heads))
	for i, h := range c.Heads {
		s := Side{Head: h}
		r := byID[h.Revision]
		for range revs { // as often as it was put back
			if r == nil {
				break
			}
			from := byID[r.Patch[survey.FieldRestores+":"+c.Field].Text]
			if from == nil || from == r {
				break
			}
			r = from
			s.Actor, s.Device, s.Wall = r.Actor, r.Device, r.Wall
		}
		if r != nil {
			s.Reason = r.Patch[survey.FieldReason+":"+c.Field].Text
			s.Settled = differ(byID, r.Replaces[c.Field], c.Field)
		}
		out[i] = s
	}
	return out
}

// differ says whether revisions give a field different values.
func differ(byID map[string]*survey.Revision, ids []string, f survey.Field) bool {
	var values []survey.Value
	for _, id := range ids {
		if r := byID[id]; r != nil {
			if v, says := r.Patch[f]; says {
				values = append(values, v)
			}
		}
	}
	return slices.ContainsFunc(values, func(v survey.Value) bool { return v != values[0] })
}

// In lists the contested fields of the entity of some revisions. An entity that one
// person deleted while another edited it has one: FieldDeleted, whose second head is
// blank and stands for the newest edit that the deletion had not seen.
func In(revs []survey.Revision) []Conflict {
	d := Entity(revs)
	if d == nil || !d.Deleted() {
		return Of(d)
	}
	edit := unseen(d, revs)
	if edit == nil || len(d.Heads[survey.FieldErased]) > 0 {
		return nil
	}
	heads := append(slices.Clone(d.Heads[survey.FieldDeleted]), survey.Head{Revision: edit.ID, Actor: edit.Actor, Device: edit.Device, Wall: edit.Wall, Lamport: edit.Lamport})
	return []Conflict{{ID: d.Entity + "/" + string(survey.FieldDeleted), Entity: d.Entity, Kind: d.Kind, Field: survey.FieldDeleted, Heads: heads}}
}

// unseen is the newest revision with a current value that no deletion had seen.
func unseen(d *survey.Document, revs []survey.Revision) *survey.Revision {
	seen := map[string]bool{}
	for _, r := range revs {
		if _, deletes := r.Patch[survey.FieldDeleted]; deletes {
			seen[r.ID] = true
		}
		for _, id := range r.Replaces[survey.FieldDeleted] {
			seen[id] = true
		}
	}
	var edit *survey.Revision
	for i := range revs {
		r := &revs[i]
		if seen[r.ID] || edit != nil && later(r, edit) > 0 {
			continue
		}
		for f := range r.Patch {
			if slices.ContainsFunc(d.Heads[f], func(h survey.Head) bool { return h.Revision == r.ID }) {
				edit = r
			}
		}
	}
	return edit
}

// Part is a side of a contested interview that becomes an interview of its own.
type Part struct {
	Key   string // tells the sides of an interview apart: the same on every laptop
	Actor string
	Patch map[survey.Field]survey.Value
}

// Both takes all sides of a contested interview for true, as when two people visited
// the same organization. The interview keeps the side of the laptop with the newest
// value; each other laptop's side becomes a whole interview: its values where it has
// some, else those that the interview keeps. What is kept does not depend on who
// decides, so that two laptops which both take both for true make the same.
func Both(d *survey.Document, cs []Conflict, revs []survey.Revision) (keep map[survey.Field]survey.Value, others []Part) {
	sides := map[string]map[survey.Field]Side{}
	var first Side
	newest := ""
	for _, c := range cs {
		times := map[string]int{}
		for _, s := range Sides(c, revs) {
			key := s.Device + strings.Repeat("+", times[s.Device])
			times[s.Device]++
			if sides[key] == nil {
				sides[key] = map[survey.Field]Side{}
			}
			sides[key][c.Field] = s
			if newest == "" || cmp.Or(cmp.Compare(s.Lamport, first.Lamport), cmp.Compare(s.Revision, first.Revision)) > 0 {
				first, newest = s, key
			}
		}
	}
	keep = map[survey.Field]survey.Value{}
	for _, c := range cs {
		keep[c.Field] = c.Heads[0].Value
		if s, has := sides[newest][c.Field]; has {
			keep[c.Field] = s.Value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(sides)) {
		if key != newest {
			others = append(others, part(d, key, keep, sides[key]))
		}
	}
	return keep, others
}

func part(d *survey.Document, key string, keep map[survey.Field]survey.Value, side map[survey.Field]Side) Part {
	p := Part{Key: key, Patch: map[survey.Field]survey.Value{}}
	for f := range d.Heads {
		if v := d.Value(f); !v.Blank() && !ofLaptop(f) {
			p.Patch[f] = v
		}
	}
	maps.Copy(p.Patch, keep)
	for _, f := range slices.Sorted(maps.Keys(side)) {
		p.Patch[f] = side[f].Value
		p.Actor = side[f].Actor
	}
	if _, contested := keep[survey.FieldInterviewer]; !contested {
		p.Patch[survey.FieldInterviewer] = survey.Of(p.Actor)
	}
	p.Patch[survey.FieldSplit] = survey.Of(d.Entity)
	return p
}

// ofLaptop says whether a field is about an interview as a laptop held it, where it was
// taken from, or its conflicts.
func ofLaptop(f survey.Field) bool {
	if _, taken := f.Submission(); taken {
		return true
	}
	for _, p := range []survey.Field{survey.FieldAudit, survey.FieldMinutes, survey.FieldReason, survey.FieldDeleted} {
		if strings.HasPrefix(string(f), string(p)) {
			return true
		}
	}
	return false
}
