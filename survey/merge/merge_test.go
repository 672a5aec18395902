package merge_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// laptop is a device with the revisions that it has seen.
type laptop struct {
	name    string
	seen    []survey.Revision
	seq     int64
	lamport int64
}

// history is the work of several laptops that now and then see each other's.
type history struct {
	laptops []*laptop
	all     []survey.Revision
	ticks   int
}

var (
	entities = []string{"u1", "u2", "i1"}
	fields   = []survey.Field{"name", "year", survey.FieldDeleted}
)

func (h *history) write(l *laptop, entity string, f survey.Field, v survey.Value) {
	h.ticks++
	l.seq++
	for _, r := range l.seen {
		l.lamport = max(l.lamport, r.Lamport)
	}
	l.lamport++
	patch := map[survey.Field]survey.Value{f: v}
	r := survey.Revision{ID: fmt.Sprintf("%04d", h.ticks), Entity: entity, Kind: survey.UnitKind, Device: l.name, Seq: l.seq, Actor: l.name, Lamport: l.lamport,
		Wall: time.Unix(int64(h.ticks), 0).UTC().Format(time.RFC3339), Patch: patch, Replaces: merge.Replaces(merge.Fold(l.seen)[entity], patch)}
	l.seen = append(l.seen, r)
	h.all = append(h.all, r)
}

// pull gives a laptop some of another's revisions, in some order.
func (l *laptop) pull(from *laptop, keep func(int) bool) {
	has := map[string]bool{}
	for _, r := range l.seen {
		has[r.ID] = true
	}
	for i, r := range from.seen {
		if keep(i) && !has[r.ID] {
			l.seen = append(l.seen, r)
		}
	}
}

// draw makes a random history.
func draw(t *rapid.T) *history {
	h := &history{}
	for i := range rapid.IntRange(2, 5).Draw(t, "laptops") {
		h.laptops = append(h.laptops, &laptop{name: fmt.Sprint("d", i)})
	}
	for range rapid.IntRange(1, 40).Draw(t, "acts") {
		l := h.laptops[rapid.IntRange(0, len(h.laptops)-1).Draw(t, "who")]
		if rapid.IntRange(0, 3).Draw(t, "act") == 0 {
			from := h.laptops[rapid.IntRange(0, len(h.laptops)-1).Draw(t, "from")]
			mask := rapid.Uint64().Draw(t, "part")
			l.pull(from, func(i int) bool { return mask>>(i%64)&1 == 1 })
			continue
		}
		value := survey.Of(rapid.SampledFrom([]string{"a", "b", "c", ""}).Draw(t, "value"))
		h.write(l, rapid.SampledFrom(entities).Draw(t, "entity"), rapid.SampledFrom(fields).Draw(t, "field"), value)
	}
	return h
}

func TestOrderGroupingAndRepetitionDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := draw(t)
		want := merge.Fold(h.all)
		mixed := append(append([]survey.Revision(nil), h.all...), h.all...) // everything twice
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if d := cmp.Diff(want, merge.Fold(mixed)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestClocksDecideNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		years := rapid.SliceOfN(rapid.IntRange(-6, 6), 5, 5).Draw(t, "years")
		h := draw(t)
		plain := merge.Fold(h.all)
		for i := range h.all { // the same acts on laptops with other clocks
			at := h.all[i].Time().Add(time.Duration(years[int(h.all[i].Device[1]-'0')]) * 365 * 24 * time.Hour)
			h.all[i].Wall = at.Format(time.RFC3339)
		}
		if a, b := merge.Conflicts(plain), merge.Conflicts(merge.Fold(h.all)); len(a) != len(b) {
			t.Fatalf("%d conflicts, with other clocks %d", len(a), len(b))
		}
		for id, d := range merge.Fold(h.all) {
			for _, f := range fields {
				if d.Value(f) != plain[id].Value(f) {
					t.Fatalf("%s %s: %v, with other clocks %v", id, f, plain[id].Value(f), d.Value(f))
				}
			}
		}
	})
}

// TestNothingIsLost looks for every value that nothing replaced.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := draw(t)
		docs := merge.Fold(h.all)
		for _, r := range h.all {
			for f := range r.Patch {
				replaced, head := false, false
				for _, s := range h.all {
					for _, id := range s.Replaces[f] {
						replaced = replaced || id == r.ID
					}
				}
				for _, x := range docs[r.Entity].Heads[f] {
					head = head || x.Revision == r.ID
				}
				if replaced == head {
					t.Fatalf("revision %s: replaced %v, shown %v", r.ID, replaced, head)
				}
			}
		}
	})
}

// TestResolvingSettles writes a revision that replaces all heads.
func TestResolvingSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := draw(t)
		l := &laptop{name: "d0", seen: h.all, seq: 1000}
		for _, c := range merge.Conflicts(merge.Fold(h.all)) {
			h.write(l, c.Entity, c.Field, c.Heads[len(c.Heads)-1].Value)
			if left := merge.Of(merge.Fold(l.seen)[c.Entity]); len(left) > 0 && left[0].Field == c.Field {
				t.Fatalf("%s is contested still", c.ID)
			}
		}
	})
}

func Example() {
	rev := func(id, who, value string) survey.Revision {
		return survey.Revision{ID: id, Entity: "unit", Kind: survey.UnitKind, Actor: who, Patch: map[survey.Field]survey.Value{"year": survey.Of(value)}}
	}
	docs := merge.Fold([]survey.Revision{rev("1", "ana", "1998"), rev("2", "ben", "1999")})
	for _, c := range merge.Conflicts(docs) {
		fmt.Println(c.Field, c.Heads[0].Value, c.Heads[0].Actor, "or", c.Heads[1].Value, c.Heads[1].Actor)
	}
	// Output: year 1999 ben or 1998 ana
}

func BenchmarkFold(b *testing.B) {
	var revs []survey.Revision
	for i := range 10_000 {
		revs = append(revs, survey.Revision{ID: fmt.Sprintf("%06d", i), Entity: fmt.Sprint(i % 5000), Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{"a": survey.Of("1"), "b": survey.Of("2")}})
	}
	b.ReportAllocs()
	for b.Loop() {
		merge.Fold(revs)
	}
}
