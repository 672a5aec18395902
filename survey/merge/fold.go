package merge

import (
	"cmp"
	"slices"

	"sselandscape/survey"
)

// Fold derives the current state of every entity from revisions in any order.
// Revisions given twice count once.
func Fold(revs []survey.Revision) map[string]*survey.Document {
	byEntity := map[string][]*survey.Revision{}
	for i := range revs {
		r := &revs[i]
		byEntity[r.Entity] = append(byEntity[r.Entity], r)
	}
	out := make(map[string]*survey.Document, len(byEntity))
	for id, rs := range byEntity {
		out[id] = fold(rs)
	}
	return out
}

// Entity folds the revisions of one entity. It returns nil for none.
func Entity(revs []survey.Revision) *survey.Document { return fold(pointers(revs)) }

func pointers(revs []survey.Revision) []*survey.Revision {
	out := make([]*survey.Revision, len(revs))
	for i := range revs {
		out[i] = &revs[i]
	}
	return out
}

func fold(revs []*survey.Revision) *survey.Document {
	if len(revs) == 0 {
		return nil
	}
	revs = slices.Clone(revs)
	slices.SortFunc(revs, later)
	revs = slices.CompactFunc(revs, func(a, b *survey.Revision) bool { return a.ID == b.ID })

	replaced := map[survey.Field]map[string]bool{}
	for _, r := range revs {
		for f, ids := range r.Replaces {
			if f.Erases() {
				continue
			}
			if replaced[f] == nil {
				replaced[f] = map[string]bool{}
			}
			for _, id := range ids {
				replaced[f][id] = true
			}
		}
	}
	first := revs[0]
	d := &survey.Document{Entity: first.Entity, Kind: first.Kind, Heads: map[survey.Field][]survey.Head{}, Revisions: len(revs)}
	for _, r := range revs {
		if d.Form == "" && r.Form != "" {
			d.Form, d.FormVersion = r.Form, r.FormVersion
		}
		for f, v := range r.Patch {
			if !replaced[f][r.ID] {
				d.Heads[f] = append(d.Heads[f], survey.Head{Revision: r.ID, Value: v, Actor: r.Actor, Device: r.Device, Wall: r.Wall, Lamport: r.Lamport})
			}
		}
	}
	return d
}

// later orders revisions for display and for the default pick: the highest
// Lamport number first, then the highest id. Wall clocks have no say.
func later(a, b *survey.Revision) int {
	return cmp.Or(cmp.Compare(b.Lamport, a.Lamport), cmp.Compare(b.ID, a.ID))
}

// Conflict is a field with several current values that differ.
type Conflict struct {
	ID     string // entity, a slash, and the field: stable on every laptop
	Entity string
	Kind   survey.EntityKind
	Field  survey.Field
	Heads  []survey.Head // first the one shown by default
}

// Conflicts lists the contested fields of documents, by entity and field.
// Deleted entities have none.
func Conflicts(docs map[string]*survey.Document) []Conflict {
	var out []Conflict
	for _, d := range docs {
		out = append(out, Of(d)...)
	}
	slices.SortFunc(out, func(a, b Conflict) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Of lists the contested fields of one document.
func Of(d *survey.Document) []Conflict {
	if d == nil || d.Deleted() {
		return nil
	}
	var out []Conflict
	for _, f := range d.Contested() {
		out = append(out, Conflict{ID: d.Entity + "/" + string(f), Entity: d.Entity, Kind: d.Kind, Field: f, Heads: d.Heads[f]})
	}
	return out
}

// Replaces names, for each field of a patch, the heads that a new revision of the
// document replaces: all of them, so that a resolution settles a conflict. A deletion
// names the heads of all fields: what it does not name its author had not seen.
func Replaces(d *survey.Document, patch map[survey.Field]survey.Value) map[survey.Field][]string {
	if d == nil {
		return nil
	}
	out := map[survey.Field][]string{}
	for f, v := range patch {
		for _, h := range d.Heads[f] {
			out[f] = append(out[f], h.Revision)
		}
		if f == survey.FieldDeleted && !v.Blank() {
			for _, hs := range d.Heads {
				for _, h := range hs {
					out[f] = append(out[f], h.Revision)
				}
			}
		}
		slices.Sort(out[f])
		if out[f] = slices.Compact(out[f]); len(out[f]) == 0 {
			delete(out, f)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
