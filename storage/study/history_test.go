package study_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// act is a step of a history.
type act struct {
	what      string // change, pull, undo, redo, resolve, copy
	who, whom int
	entity    string
	form      string
	field     survey.Field
	value     survey.Value
	part      float64 // of what is there, that is handed over
	seed      uint64
}

// drawActs makes a random history of laptops that change, delete, settle and exchange
// parts of what they have.
func drawActs(t *rapid.T, laptops int) []act {
	one := rapid.Custom(func(t *rapid.T) act {
		return act{
			what:   rapid.SampledFrom([]string{"change", "change", "change", "pull", "pull", "pull", "resolve", "undo", "redo", "copy", "erase"}).Draw(t, "what"),
			who:    rapid.IntRange(0, laptops-1).Draw(t, "who"),
			whom:   rapid.IntRange(1, laptops-1).Draw(t, "whom"), // so many further on
			entity: rapid.SampledFrom([]string{"u1", "i1"}).Draw(t, "entity"),
			form:   rapid.SampledFrom([]string{"", "f", "g"}).Draw(t, "form"),
			field:  rapid.SampledFrom([]survey.Field{"name", "year", "name/_note", survey.FieldUnit, survey.FieldDeleted, survey.FieldReason + ":name"}).Draw(t, "field"),
			value:  rapid.SampledFrom([]survey.Value{survey.Of("a"), survey.Of("u1"), {}, {Special: survey.DontKnow}}).Draw(t, "value"),
			part:   rapid.SampledFrom([]float64{0.2, 0.5, 0.8, 1}).Draw(t, "part"), seed: rapid.Uint64Range(0, 1<<20).Draw(t, "seed"),
		}
	})
	return rapid.SliceOfN(one, 5, 60).Draw(t, "acts")
}

// team is laptops that play a history.
type team struct {
	t      *rapid.T
	dir    string
	all    []*study.Study
	clocks []time.Duration // by which clocks are wrong
	ids    int
	tick   time.Duration
	gone   map[string]bool // erased: an entity, or a revision with a field
}

func newTeam(t *rapid.T, dir string, laptops int, clocks []time.Duration) *team {
	x := &team{t: t, dir: dir, clocks: clocks, gone: map[string]bool{}}
	for i := range laptops {
		s, err := study.Create(filepath.Join(dir, fmt.Sprint(i)), study.Settings{ID: "one", Name: "Trial", Researcher: fmt.Sprint("r", i)}, x.options(i)...)
		x.must(err)
		s.DoNotSync()
		x.all = append(x.all, s)
	}
	return x
}

func (x *team) options(i int) []study.Option {
	return []study.Option{
		study.WithClock(func() time.Time {
			return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).Add(x.tick + x.clocks[i%len(x.clocks)])
		}),
		study.WithIDs(func() string { x.ids++; return fmt.Sprintf("%06d", x.ids) }),
	}
}

func (x *team) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *team) close() {
	for _, s := range x.all {
		s.Close()
	}
}

// lines are what a laptop would put into a package.
func (x *team) lines(s *study.Study) []study.Line {
	var out []study.Line
	x.must(s.EachRevision(study.Part{}, func(l study.Line) error {
		l.Revision = slices.Clone(l.Revision)
		out = append(out, l)
		return nil
	}))
	return out
}

func (x *team) parcel(from *study.Study, lines []study.Line) *study.Parcel {
	ds, err := from.Devices()
	x.must(err)
	return &study.Parcel{Study: "one", From: from.Info().Researcher, Source: "a package", Devices: ds, Revisions: len(lines), Lines: func(visit func(study.Line) error) error {
		for _, l := range lines {
			if err := visit(l); err != nil {
				return err
			}
		}
		return nil
	}}
}

// pull takes in a part of what another laptop has, in some order.
func (x *team) pull(who, whom int, part float64, seed uint64) {
	lines := x.lines(x.all[whom])
	rng := rand.New(rand.NewPCG(seed, 1))
	rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	lines = slices.DeleteFunc(lines, func(study.Line) bool { return rng.Float64() >= part })
	x.take(who, x.parcel(x.all[whom], lines))
}

// take plans and applies, and compares what was planned with what was done.
func (x *team) take(who int, p *study.Parcel) {
	s := x.all[who]
	before := s.Derived()
	plan, err := s.Plan(context.Background(), p)
	x.must(err)
	if plan.Counts.Invalid > 0 {
		x.t.Fatalf("invalid: %+v", plan.Items)
	}
	if d := cmp.Diff(before, s.Derived()); d != "" {
		x.t.Fatalf("planning changed the study: %s", d)
	}
	_, done, err := s.Apply(context.Background(), p, nil)
	x.must(err)
	if d := cmp.Diff(plan, done); d != "" {
		x.t.Fatalf("done is not what was planned: %s", d)
	}
}

func (x *team) play(acts []act) {
	for _, a := range acts {
		x.tick += time.Minute
		s := x.all[a.who]
		switch a.what {
		case "change":
			kind := survey.UnitKind
			if a.entity[0] == 'i' {
				kind = survey.InterviewKind
			}
			_, err := s.Append(context.Background(), study.Change{Entity: a.entity, Kind: kind, Form: a.form, FormVersion: a.form, Patch: map[survey.Field]survey.Value{a.field: a.value}})
			x.must(err)
		case "pull":
			x.pull(a.who, (a.who+a.whom)%len(x.all), a.part, a.seed)
		case "resolve":
			cs, err := s.Conflicts()
			x.must(err)
			if len(cs) > 0 {
				c := cs[int(a.seed)%len(cs)]
				x.must(s.Resolve(context.Background(), c.ID, c.Heads[int(a.seed)%len(c.Heads)].Revision, nil, "seen"))
			}
		case "undo", "redo":
			bs, err := s.Batches()
			x.must(err)
			if len(bs) > 0 {
				act := s.Undo
				if a.what == "redo" {
					act = s.Redo
				}
				x.must(act(bs[int(a.seed)%len(bs)].ID))
			}
		case "copy":
			x.copy(a.who)
		case "erase":
			x.erase(s, a)
		}
	}
}

// erase erases a field, or now and then all, and remembers from which revisions.
func (x *team) erase(s *study.Study, a act) {
	revs, err := s.Revisions(a.entity)
	x.must(err)
	if len(revs) == 0 || a.seed%3 == 0 {
		return
	}
	o := study.Erasure{Entity: a.entity, Fields: []survey.Field{a.field}, Reason: "asked for"}
	if a.seed%16 == 1 {
		o.Fields = nil
		x.gone[a.entity] = true
	}
	before := s.Derived()
	plan, err := s.PlanErase(context.Background(), o)
	x.must(err)
	if d := cmp.Diff(before, s.Derived()); d != "" {
		x.t.Fatalf("planning to erase changed the study: %s", d)
	}
	done, err := s.Erase(context.Background(), o)
	x.must(err)
	if *plan != *done {
		x.t.Fatalf("%+v was planned, %+v done", plan, done)
	}
	for _, r := range revs {
		x.gone[r.ID+" "+string(a.field)] = true
	}
	x.checkErased(s)
}

// checkErased finds what was erased in what a laptop hands over.
func (x *team) checkErased(s *study.Study) {
	erased := map[string]bool{}
	lines := x.lines(s)
	var revs []survey.RawRevision
	for _, l := range lines {
		var r survey.RawRevision
		x.must(survey.ScanRevision(l.Revision, &r))
		revs = append(revs, r)
		for _, f := range r.Fields {
			erased[r.Entity] = erased[r.Entity] || survey.Field(f.Name) == survey.FieldErased
			if id, ok := strings.CutPrefix(string(f.Name), string(survey.FieldErases)+":"); ok {
				erased[id] = true
			}
		}
	}
	for _, r := range revs {
		for _, f := range r.Fields {
			name := survey.Field(f.Name)
			if name.Erases() || strings.HasPrefix(string(name), "_reason:_erase") {
				continue
			}
			if erased[r.Entity] || erased[r.ID] && x.gone[r.ID+" "+string(name)] {
				x.t.Fatalf("%s still says %s of %s", r.ID, name, r.Entity)
			}
		}
	}
}

// copy copies a laptop's folder, as people do, and works on with both.
func (x *team) copy(who int) {
	if len(x.all) >= 8 {
		return
	}
	from := x.all[who].Info().Dir
	x.must(x.all[who].Close())
	to := filepath.Join(x.dir, fmt.Sprint(len(x.all)))
	x.must(os.CopyFS(to, os.DirFS(from)))
	for i, dir := range map[int]string{who: from, len(x.all): to} {
		s, err := study.Open(dir, x.options(i)...)
		x.must(err)
		s.DoNotSync()
		if i == who {
			x.all[who] = s
		} else {
			x.all = append(x.all, s)
		}
	}
}

// exchange gives everybody all that anybody has, in some order.
func (x *team) exchange(seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 2))
	var parcels []*study.Parcel
	for _, s := range x.all { // what was undone counts again
		bs, err := s.Batches()
		x.must(err)
		for _, b := range bs {
			x.must(s.Redo(b.ID))
		}
	}
	for _, s := range x.all {
		parcels = append(parcels, x.parcel(s, x.lines(s)))
	}
	for i := range x.all {
		for _, k := range append(rng.Perm(len(parcels)), rng.IntN(len(parcels))) { // one of them twice
			x.take(i, parcels[k])
		}
	}
}

// histories tries a law on random histories: 60, or SSE_HISTORIES.
func histories(t *testing.T, law func(t *rapid.T, dir string)) {
	n := "60"
	if testing.Short() {
		n = "10"
	}
	if env := os.Getenv("SSE_HISTORIES"); env != "" {
		n = env
	}
	checks := flag.Lookup("rapid.checks")
	defer checks.Value.Set(checks.Value.String())
	if err := checks.Value.Set(n); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "history")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		law(rt, dir)
	})
}

// TestHistories plays random histories: at every moment what is derived step by step is
// what a fold of everything gives; in the end everybody has the same, and all of it.
func TestHistories(t *testing.T) {
	histories(t, func(t *rapid.T, dir string) {
		n := rapid.IntRange(2, 6).Draw(t, "laptops")
		x := newTeam(t, dir, n, drawClocks(t, n))
		defer func() { x.close() }()
		x.play(drawActs(t, n))
		made := map[string]bool{}
		for _, s := range x.all {
			checkDerived(t, s)
			for _, l := range x.lines(s) {
				var r survey.RawRevision
				x.must(survey.ScanRevision(l.Revision, &r))
				made[r.ID] = true
			}
		}
		x.exchange(rapid.Uint64Range(0, 1<<20).Draw(t, "order"))
		var digest string
		for i, s := range x.all {
			rep := checkDerived(t, s)
			x.checkErased(s)
			if i == 0 {
				digest = rep.Digest
			}
			if rep.Digest != digest {
				t.Fatalf("laptop %d has another state than laptop 0", i)
			}
			if rep.Revisions < len(made) {
				t.Fatalf("laptop %d has %d revisions, %d were made", i, rep.Revisions, len(made))
			}
		}
	})
}

func drawClocks(t *rapid.T, n int) []time.Duration {
	return rapid.SliceOfN(rapid.Map(rapid.IntRange(-5*365, 5*365), func(d int) time.Duration { return time.Duration(d) * 24 * time.Hour }), n, n).Draw(t, "clocks")
}

// checkDerived compares what is derived with a fold of all revisions, and with itself
// derived anew.
func checkDerived(t *rapid.T, s *study.Study) *study.Report {
	t.Helper()
	before := s.Derived()
	rep, err := s.Verify(false)
	if err != nil || len(rep.Problems) > 0 {
		t.Fatalf("%v %v\n%s", err, rep, strings.Join(before, "\n"))
	}
	again, err := s.Verify(true)
	if err != nil || again.Digest != rep.Digest {
		t.Fatalf("%v: the digest is another after a rebuild", err)
	}
	if d := cmp.Diff(before, s.Derived()); d != "" {
		t.Fatalf("derived anew: %s", d)
	}
	p, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(foldedUnits(t, s), snapped(t, p)); d != "" {
		t.Fatalf("a snapshot has other units: %s", d)
	}
	return rep
}

// TestClocksDecideNothing plays one history with two sets of clocks and finds the same
// values and conflicts.
func TestClocksDecideNothing(t *testing.T) {
	histories(t, func(t *rapid.T, dir string) {
		n := rapid.IntRange(2, 4).Draw(t, "laptops")
		acts := drawActs(t, n)
		acts = slices.DeleteFunc(acts, func(a act) bool { return a.what == "copy" })
		order := rapid.Uint64Range(0, 1<<20).Draw(t, "order")
		var states []string
		for i, clocks := range [][]time.Duration{make([]time.Duration, n), drawClocks(t, n)} {
			x := newTeam(t, filepath.Join(dir, fmt.Sprint(i)), n, clocks)
			x.play(acts)
			x.exchange(order)
			states = append(states, x.state(0))
			x.close()
		}
		if d := cmp.Diff(states[0], states[1]); d != "" {
			t.Fatal(d)
		}
	})
}

// state writes down values and conflicts, without times.
func (x *team) state(who int) string {
	var out []string
	for _, id := range []string{"u1", "u2", "i1"} {
		d, err := x.all[who].Document(id)
		x.must(err)
		if d == nil {
			continue
		}
		for f, hs := range d.Heads {
			var vs []string
			for _, h := range hs {
				vs = append(vs, h.Value.String()+" by "+h.Actor)
			}
			slices.Sort(vs[1:])
			out = append(out, fmt.Sprint(id, " ", f, " ", vs))
		}
		out = append(out, fmt.Sprint(id, " deleted ", d.Deleted(), " ", len(merge.Of(d))))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestUndoAndRedo takes a batch back and forth in the middle of a history.
func TestUndoAndRedo(t *testing.T) {
	histories(t, func(t *rapid.T, dir string) {
		x := newTeam(t, dir, 3, drawClocks(t, 3))
		defer func() { x.close() }()
		x.play(drawActs(t, 3))
		for _, s := range x.all {
			bs, err := s.Batches()
			x.must(err)
			for _, b := range bs {
				if b.Undone {
					continue
				}
				want := s.Derived()
				x.must(s.Undo(b.ID))
				checkDerived(t, s)
				x.must(s.Redo(b.ID))
				if d := cmp.Diff(want, s.Derived()); d != "" {
					t.Fatalf("undone and done again: %s", d)
				}
			}
		}
	})
}
