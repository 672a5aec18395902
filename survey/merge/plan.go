package merge

import (
	"cmp"
	"slices"

	"sselandscape/survey"
)

// Verdict is what becomes of something that came in.
type Verdict string

// The verdicts.
const (
	New       Verdict = "new"      // not here yet
	Same      Verdict = "same"     // already here, nothing to do
	Updated   Verdict = "updated"  // here, and changed by the package
	Contested Verdict = "conflict" // here, and now contested
	Invalid   Verdict = "invalid"  // not understood, with the reason
)

// Verdicts counts records by verdict. A record is a unit, an interview or another
// entity; Invalid counts revisions, since an entity may be unknown.
type Verdicts struct {
	New, Same, Updated, Conflict, Invalid int
}

// Total adds up.
func (v Verdicts) Total() int { return v.New + v.Same + v.Updated + v.Conflict + v.Invalid }

func (v *Verdicts) count(x Verdict) {
	switch x {
	case New:
		v.New++
	case Same:
		v.Same++
	case Updated:
		v.Updated++
	case Contested:
		v.Conflict++
	case Invalid:
		v.Invalid++
	}
}

// Item is the verdict on one record.
type Item struct {
	Entity    string
	Kind      survey.EntityKind
	Verdict   Verdict
	Actors    []string       // who made the new revisions
	Day       string         // day of the newest new revision, or ""
	Revisions int            // new ones
	Fields    []survey.Field // newly contested
	Reason    string         // for Invalid
	Line      int            // for Invalid
}

// Plan is what taking in a package would do. It changes nothing by itself.
type Plan struct {
	Source  string // where the package came from, for people
	Counts  Verdicts
	ByKind  map[survey.EntityKind]Verdicts
	ByActor map[string]Verdicts
	Items   []Item // by kind and entity
	// Revisions that are not here yet, and that are here already.
	New, Known int
	// Notices are sentences about what is strange and does no harm: clocks, copied
	// laptops.
	Notices []string
}

// NewPlan makes an empty plan.
func NewPlan(source string) *Plan {
	return &Plan{Source: source, ByKind: map[survey.EntityKind]Verdicts{}, ByActor: map[string]Verdicts{}}
}

// Nothing says whether applying the plan would change nothing.
func (p *Plan) Nothing() bool { return p.New == 0 }

// Add puts an item into the plan and counts it.
func (p *Plan) Add(it Item) {
	p.Items = append(p.Items, it)
	p.Counts.count(it.Verdict)
	k := p.ByKind[it.Kind]
	k.count(it.Verdict)
	p.ByKind[it.Kind] = k
	for _, a := range it.Actors {
		v := p.ByActor[a]
		v.count(it.Verdict)
		p.ByActor[a] = v
	}
}

// Sort puts the items in order.
func (p *Plan) Sort() {
	slices.SortFunc(p.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Line, b.Line))
	})
}
