package survey

import "sort"

// Document is the current state of one entity: the fold of its revisions.
type Document struct {
	Entity      string
	Kind        EntityKind
	Form        string // id of the form, for interviews
	FormVersion string // of the newest revision
	// Heads holds, per field, every current entry: one where people agree, more
	// where the field is contested. The first is the one shown: the highest
	// Lamport number, then the highest revision id.
	Heads     map[Field][]Head
	Revisions int
}

// Head is a current value of a field and the revision that gave it.
type Head struct {
	Revision string
	Value    Value
	Actor    string
	Device   string
	Wall     string
	Lamport  int64
}

// Value returns the value to show; blank if there is none.
func (d *Document) Value(f Field) Value {
	if hs := d.Heads[f]; len(hs) > 0 {
		return hs[0].Value
	}
	return Value{}
}

// Text returns the text of the value to show.
func (d *Document) Text(f Field) string { return d.Value(f).Text }

// Contested lists, in order, the fields whose heads hold different values. The
// same value entered twice is agreement; reasons and erasures stand beside each other.
func (d *Document) Contested() []Field {
	var out []Field
	for f, hs := range d.Heads {
		if f.Beside() {
			continue
		}
		for _, h := range hs[1:] {
			if h.Value != hs[0].Value {
				out = append(out, f)
				break
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// Deleted says whether the entity was deleted and nobody disagrees, or was erased.
func (d *Document) Deleted() bool {
	if len(d.Heads[FieldErased]) > 0 {
		return true
	}
	for _, h := range d.Heads[FieldDeleted] {
		if h.Value.Blank() {
			return false
		}
	}
	return len(d.Heads[FieldDeleted]) > 0
}

// Fields lists the fields that hold a value, in order.
func (d *Document) Fields() []Field {
	out := make([]Field, 0, len(d.Heads))
	for f := range d.Heads {
		if !d.Value(f).Blank() {
			out = append(out, f)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}
