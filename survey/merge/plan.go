package merge

import (
	"cmp"
	"fmt"
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

// Incoming is a revision as it came, or why it could not be used.
type Incoming struct {
	Revision survey.Revision
	Hash     [32]byte
	Sig      []byte
	Invalid  string // reason; "" if the revision is sound
	Line     int    // place in the package
}

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
	Source   string // where the package came from, for people
	Counts   Verdicts
	ByKind   map[survey.EntityKind]Verdicts
	ByActor  map[string]Verdicts
	Items    []Item
	Incoming []Incoming // what would be added: sound and not here yet
	// Known is how many revisions were here already.
	Known int
}

// Nothing says whether applying the plan would change nothing.
func (p *Plan) Nothing() bool { return len(p.Incoming) == 0 }

// Ours is what a plan has to know of the study.
type Ours interface {
	// Has says whether a revision is here, and with which hash.
	Has(id string) (hash [32]byte, ok bool, err error)
	// Revisions returns the revisions of an entity.
	Revisions(entity string) ([]survey.Revision, error)
}

// Make compares what came with what is here.
func Make(source string, ours Ours, theirs []Incoming) (*Plan, error) {
	p := &Plan{Source: source, ByKind: map[survey.EntityKind]Verdicts{}, ByActor: map[string]Verdicts{}}
	fresh := map[string][]Incoming{}
	seen := map[string]bool{}
	touched := map[string]survey.EntityKind{}
	for _, in := range theirs {
		r := in.Revision
		if in.Invalid == "" && !seen[r.ID] {
			hash, known, err := ours.Has(r.ID)
			switch {
			case err != nil:
				return nil, err
			case known && hash != in.Hash:
				in.Invalid = fmt.Sprintf("revision %s is here with other content; one of the two was altered", r.ID)
			case known:
				p.Known++
			default:
				fresh[r.Entity] = append(fresh[r.Entity], in)
			}
		}
		if in.Invalid != "" {
			p.add(Item{Entity: r.Entity, Kind: r.Kind, Verdict: Invalid, Reason: in.Invalid, Line: in.Line})
			continue
		}
		if !seen[r.ID] {
			seen[r.ID] = true
			touched[r.Entity] = r.Kind
		}
	}
	for entity, kind := range touched {
		if err := p.entity(ours, entity, kind, fresh[entity]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(p.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Line, b.Line))
	})
	slices.SortFunc(p.Incoming, func(a, b Incoming) int { return cmp.Compare(a.Revision.ID, b.Revision.ID) })
	return p, nil
}

func (p *Plan) add(it Item) {
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

// entity gives the verdict on one record that the package speaks of.
func (p *Plan) entity(ours Ours, entity string, kind survey.EntityKind, fresh []Incoming) error {
	it := Item{Entity: entity, Kind: kind, Verdict: Same, Revisions: len(fresh)}
	if len(fresh) == 0 {
		p.add(it)
		return nil
	}
	here, err := ours.Revisions(entity)
	if err != nil {
		return err
	}
	before := pointers(here)
	after := slices.Clone(before)
	for i := range fresh {
		r := &fresh[i].Revision
		after = append(after, r)
		it.Day = max(it.Day, r.Time().Format("2006-01-02"))
		if !slices.Contains(it.Actors, r.Actor) {
			it.Actors = append(it.Actors, r.Actor)
		}
	}
	slices.Sort(it.Actors)
	it.Verdict = New
	if len(here) > 0 {
		it.Verdict = Updated
		it.Fields = newlyContested(fold(before), fold(after))
	} else {
		it.Fields = newlyContested(nil, fold(after))
	}
	if len(it.Fields) > 0 && len(here) > 0 {
		it.Verdict = Contested
	}
	p.Incoming = append(p.Incoming, fresh...)
	p.add(it)
	return nil
}

func newlyContested(before, after *survey.Document) []survey.Field {
	var had []survey.Field
	if before != nil {
		had = before.Contested()
	}
	return slices.DeleteFunc(after.Contested(), func(f survey.Field) bool { return slices.Contains(had, f) })
}
