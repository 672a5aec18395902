package study_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// settle settles a conflict of a laptop at random: with one of its values, a value
// typed anew, a whole side, both sides, or by taking the last resolution back.
func (x *team) settle(who int, rng *rand.Rand, done *[]survey.Revision) {
	s := x.all[who]
	var all [][]merge.Conflict
	var revs [][]survey.Revision
	x.must(s.Contested(func(cs []merge.Conflict, rs []survey.Revision) error {
		all, revs = append(all, cs), append(revs, rs)
		return nil
	}))
	if rng.IntN(5) == 0 && len(*done) > 0 {
		last := (*done)[len(*done)-1]
		*done = (*done)[:len(*done)-1]
		s.TakeBack(context.Background(), last.Entity, last.ID) // refused where something came since
		return
	}
	if len(all) == 0 {
		return
	}
	k := rng.IntN(len(all))
	cs := all[k]
	c := cs[rng.IntN(len(cs))]
	values := map[survey.Field]survey.Value{c.Field: c.Heads[rng.IntN(len(c.Heads))].Value}
	var more []study.Change
	switch how := rng.IntN(4); {
	case how == 0 && c.Field != survey.FieldDeleted:
		values[c.Field] = survey.Of([]string{"typed", "typed too"}[rng.IntN(2)])
	case how == 1:
		for _, c := range cs {
			values[c.Field] = c.Heads[0].Value
		}
	case how == 2 && c.Kind == survey.InterviewKind && c.Field != survey.FieldDeleted:
		keep, parts := merge.Both(merge.Entity(revs[k]), cs, revs[k])
		values = keep
		for _, p := range parts {
			more = append(more, study.Change{Entity: c.Entity + "+" + p.Key, Kind: survey.InterviewKind, Patch: p.Patch})
		}
	}
	made, err := s.Settle(context.Background(), c.Entity, values, []string{"", "seen", "asked again"}[rng.IntN(3)], more...)
	x.must(err)
	*done = append(*done, made[0])
	left, _, err := s.ContestedIn(c.Entity)
	x.must(err)
	if slices.ContainsFunc(left, func(l merge.Conflict) bool { _, settled := values[l.Field]; return settled }) {
		x.t.Fatalf("settled and contested still: %v", left)
	}
}

// entered are all values that were ever entered, by entity and field.
func entered(x *team, s *study.Study, into map[string]bool) {
	ids := map[string]bool{}
	for _, l := range x.lines(s) {
		var r survey.RawRevision
		x.must(survey.ScanRevision(l.Revision, &r))
		ids[r.Entity] = true
	}
	for id := range ids {
		revs, err := s.Revisions(id)
		x.must(err)
		for _, r := range revs {
			for f, v := range r.Patch {
				into[id+" "+string(f)+" "+v.String()] = true
			}
		}
	}
}

// TestSettlingMerges settles random conflicts at random on two laptops, which exchange
// what they have in any order: the state is the same everywhere, and every value that
// was ever entered is in the history.
func TestSettlingMerges(t *testing.T) {
	settled := 0
	histories(t, func(t *rapid.T, dir string) {
		x := newTeam(t, dir, 2, []time.Duration{0, 365 * 24 * time.Hour})
		defer func() { x.close() }()
		rng := rand.New(rand.NewPCG(rapid.Uint64Range(0, 1<<30).Draw(t, "seed"), 3))
		done := make([][]survey.Revision, 2)
		values := map[string]bool{}
		// What is erased is in no history; TestHistories settles and erases.
		x.play(slices.DeleteFunc(drawActs(t, 2)[:5], func(a act) bool { return a.what == "erase" }))
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			x.tick += time.Minute
			for who := range 2 {
				f := survey.Field([]string{"name", "year", "size", "_deleted"}[rng.IntN(4)])
				v := survey.Of([]string{"1", "2", "3"}[rng.IntN(3)])
				_, err := x.all[who].Append(context.Background(), study.Change{Entity: []string{"u1", "i1"}[rng.IntN(2)], Kind: survey.InterviewKind, Patch: map[survey.Field]survey.Value{f: v}})
				x.must(err)
			}
			who := rng.IntN(2)
			x.pull(who, 1-who, []float64{0.5, 1, 1}[rng.IntN(3)], rng.Uint64())
			for range rng.IntN(4) {
				w := rng.IntN(2)
				before := len(done[w])
				x.settle(w, rng, &done[w])
				if len(done[w]) > before {
					settled++
				}
			}
			for _, s := range x.all[:2] {
				entered(x, s, values)
			}
		}
		x.exchange(rng.Uint64())
		digest := ""
		for _, s := range x.all {
			rep, err := s.Verify(true)
			x.must(err)
			if len(rep.Problems) > 0 || digest != "" && rep.Digest != digest {
				t.Fatalf("not the same everywhere: %+v", rep)
			}
			digest = rep.Digest
			now := map[string]bool{}
			entered(x, s, now)
			for v := range values {
				if !now[v] {
					t.Fatalf("lost: %s", v)
				}
			}
		}
		var first []merge.Conflict
		for i, s := range x.all {
			var cs []merge.Conflict
			x.must(s.Contested(func(c []merge.Conflict, _ []survey.Revision) error { cs = append(cs, c...); return nil }))
			if i == 0 {
				first = cs
			} else if d := cmp.Diff(first, cs); d != "" {
				t.Fatal(d)
			}
		}
	})
	if settled < 20 {
		t.Errorf("only %d conflicts were settled; the test shows nothing", settled)
	}
	t.Logf("%d conflicts settled", settled)
}

// two laptops have the same unit.
func two(t *testing.T) (a, b *study.Study, give func(from, to *study.Study)) {
	t.Helper()
	dir := t.TempDir()
	a, b = create(t, dir+"/a", "one", "ana"), create(t, dir+"/b", "one", "ben")
	give = func(from, to *study.Study) {
		t.Helper()
		var lines []study.Line
		if err := from.EachRevision(study.Part{}, func(l study.Line) error {
			l.Revision = slices.Clone(l.Revision)
			lines = append(lines, l)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		ds, err := from.Devices()
		if err != nil {
			t.Fatal(err)
		}
		p := &study.Parcel{Study: "one", From: from.Info().Researcher, Source: "a package", Devices: ds, Revisions: len(lines), Lines: func(visit func(study.Line) error) error {
			for _, l := range lines {
				if err := visit(l); err != nil {
					return err
				}
			}
			return nil
		}}
		if _, _, err := to.Apply(ctx, p, nil); err != nil {
			t.Fatal(err)
		}
	}
	return a, b, give
}

func say(t *testing.T, s *study.Study, f survey.Field, v string) survey.Revision {
	t.Helper()
	revs, err := s.Append(ctx, study.Change{Entity: "i", Kind: survey.InterviewKind, Patch: map[survey.Field]survey.Value{f: survey.Of(v)}})
	if err != nil {
		t.Fatal(err)
	}
	return revs[0]
}

func conflictIn(t *testing.T, s *study.Study) (merge.Conflict, []merge.Side) {
	t.Helper()
	cs, revs, err := s.ContestedIn("i")
	if err != nil || len(cs) != 1 {
		t.Fatalf("%v %v", cs, err)
	}
	return cs[0], merge.Sides(cs[0], revs)
}

// TestSettledDifferently settles one conflict on two laptops: it is a conflict again,
// with both reasons.
func TestSettledDifferently(t *testing.T) {
	a, b, give := two(t)
	say(t, a, "year", "1998")
	say(t, b, "year", "1999")
	give(a, b)
	give(b, a)
	c, sides := conflictIn(t, a)
	if sides[0].Settled || sides[1].Settled {
		t.Error("nobody settled it yet")
	}
	for s, why := range map[*study.Study]string{a: "on the certificate", b: "the chair says so"} {
		v := survey.Of("1998")
		if s == b {
			v = survey.Of("1999")
		}
		if err := s.Resolve(ctx, c.ID, "", &v, why); err != nil {
			t.Fatal(err)
		}
	}
	give(a, b)
	_, sides = conflictIn(t, b)
	reasons := []string{sides[0].Reason, sides[1].Reason}
	slices.Sort(reasons)
	if !sides[0].Settled || !sides[1].Settled || !slices.Equal(reasons, []string{"on the certificate", "the chair says so"}) {
		t.Errorf("%+v", sides)
	}
}

// TestTakeBack takes a resolution back: both values are there again, by who gave them.
func TestTakeBack(t *testing.T) {
	a, b, give := two(t)
	say(t, a, "year", "1998")
	say(t, b, "year", "1999")
	give(b, a)
	c, before := conflictIn(t, a)
	for range 2 {
		made, err := a.Settle(ctx, "i", map[survey.Field]survey.Value{"year": c.Heads[0].Value}, "seen")
		if err != nil {
			t.Fatal(err)
		}
		if cs, _, _ := a.ContestedIn("i"); len(cs) > 0 {
			t.Fatal("not settled")
		}
		if err := a.TakeBack(ctx, "i", made[0].ID); err != nil {
			t.Fatal(err)
		}
		_, after := conflictIn(t, a)
		who := func(sides []merge.Side) map[string]string {
			out := map[string]string{}
			for _, s := range sides {
				out[s.Actor] = s.Value.Text
			}
			return out
		}
		if d := cmp.Diff(who(before), who(after)); d != "" {
			t.Fatal(d)
		}
		if err := a.TakeBack(ctx, "i", made[0].ID); err == nil {
			t.Error("taken back twice")
		}
	}
	give(a, b)
	conflictIn(t, b)
}

// TestDeletedAgainstEdited deletes on one laptop what another edits: it is a conflict,
// and either can win.
func TestDeletedAgainstEdited(t *testing.T) {
	for name, back := range map[string]bool{"kept deleted": false, "brought back": true} {
		t.Run(name, func(t *testing.T) {
			a, b, give := two(t)
			say(t, a, "year", "1998")
			give(a, b)
			say(t, a, survey.FieldDeleted, "1")
			if cs, _, _ := a.ContestedIn("i"); len(cs) > 0 {
				t.Fatalf("nobody disagrees yet: %v", cs)
			}
			say(t, b, "size", "12")
			give(b, a)
			c, sides := conflictIn(t, a)
			if c.Field != survey.FieldDeleted || len(sides) != 2 || sides[0].Actor != "ana" || sides[1].Actor != "ben" {
				t.Fatalf("%+v %+v", c, sides)
			}
			take := c.Heads[0].Revision
			if back {
				take = c.Heads[1].Revision
			}
			if err := a.Resolve(ctx, c.ID, take, nil, ""); err != nil {
				t.Fatal(err)
			}
			give(a, b)
			for _, s := range []*study.Study{a, b} {
				d, err := s.Document("i")
				if err != nil || d.Deleted() == back || d.Text("size") != "12" {
					t.Errorf("deleted %v, %v", d.Deleted(), err)
				}
				if cs, _, _ := s.ContestedIn("i"); len(cs) > 0 {
					t.Errorf("contested still: %v", cs)
				}
			}
		})
	}
}

// TestDisagreement counts answers that contest one another, and a record that one deleted
// while the other edited it, which Verify counts as well.
func TestDisagreement(t *testing.T) {
	dir := t.TempDir()
	ana, ben := create(t, filepath.Join(dir, "a"), "one", "ana"), create(t, filepath.Join(dir, "b"), "one", "ben")
	for _, id := range []string{"u", "v"} {
		if _, err := ana.Append(ctx, named(id, "Tara")); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := ben.Apply(ctx, handedOver(t, ana), nil); err != nil {
		t.Fatal(err)
	}
	deleted := study.Change{Entity: "v", Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldDeleted: survey.Of("1")}}
	for _, x := range []struct {
		s *study.Study
		c study.Change
	}{{ana, named("u", "Asha")}, {ben, named("u", "Uma")}, {ana, deleted}, {ben, named("v", "Maya")}} {
		if _, err := x.s.Append(ctx, x.c); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := ana.Apply(ctx, handedOver(t, ben), nil); err != nil {
		t.Fatal(err)
	}
	if n, err := ana.Disagreement(); err != nil || n != (study.Disagreement{Answers: 1, Deleted: 1}) {
		t.Error(n, err)
	}
	if rep, err := ana.Verify(false); err != nil || rep.Conflicts != 2 {
		t.Error(rep, err)
	}
}
