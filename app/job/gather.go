package job

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Gathering is what several packages and folders would do together.
type Gathering struct {
	Found []*Gathered
	// Plan is that of all of them at once: what two of them bring counts once. It is nil
	// where none can be taken in.
	Plan  *merge.Plan
	Days  []DayVerdicts // by the day of the newest new revision
	Units []UnitVerdict // that would change, conflicts first
	More  int           // units beyond those listed
	// Cancelled says that Apply was broken off; those with Taken stay.
	Cancelled bool
	study     *Study
}

// Gathered is a package, or the folder of a study, that was found.
type Gathered struct {
	Name       string // as found, with its folder
	From, Made string
	Plan       *merge.Plan // nil where it cannot be taken in
	Other      string      // the other study that it belongs to, "" for this one
	Err        error       // why it cannot be taken in
	Batch      string      // by which it can be undone, after Apply; "" where nothing was new
	Taken      bool
	merge      *Merge
}

// DayVerdicts counts records by the day of the newest new revision.
type DayVerdicts struct {
	Day string // YYYY-MM-DD
	merge.Verdicts
}

// UnitVerdict is what would become of an organization with its interviews.
type UnitVerdict struct {
	ID, Name   string
	Verdict    merge.Verdict // the gravest of unit and interviews
	Interviews int           // that are new or change
	Actors     []string
	Day        string
}

// Verdicts counts records by what becomes of them.
type Verdicts = merge.Verdicts

// New says that nothing is here of it.
func (u UnitVerdict) New() bool { return u.Verdict == merge.New }

// Contested says that answers of it become contested.
func (u UnitVerdict) Contested() bool { return u.Verdict == merge.Contested }

// Progress is told what is being done, and how much of it.
type Progress func(what string, done, total int)

// Limits of a folder.
const (
	maxPackages = 10_000
	maxListed   = 100_000 // entries that are looked at
	maxUnits    = 2000    // that are listed
)

// Gather reads packages, folders of packages and the folders of colleagues' studies, and
// says what taking them in would do. It changes nothing. A file that cannot be opened has
// its error in Found, and the others go on. Progress may be nil.
func (s *Study) Gather(ctx context.Context, paths []string, k Keys, progress Progress) (_ *Gathering, err error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	g := &Gathering{study: s}
	defer func() {
		if err != nil {
			g.Close()
		}
	}()
	var files, names []string
	for _, path := range paths {
		fs, ns, err := found(path)
		if err != nil {
			return nil, err
		}
		files, names = append(files, fs...), append(names, ns...)
	}
	if len(files) > maxPackages {
		return nil, fmt.Errorf("there are %d packages; take in at most %d at once", len(files), maxPackages)
	}
	units, err := s.newUnitNames()
	if err != nil {
		return nil, err
	}
	alone := units // the plan of a single one is that of all
	if len(files) > 1 {
		alone = nil
	}
	for i, path := range files {
		progress("Reading "+names[i], i, len(files))
		x := &Gathered{Name: names[i]}
		g.Found = append(g.Found, x)
		s.gather(ctx, x, path, k, alone, progress)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if alone != nil {
		return g, g.conclude(g.Found[0].Plan, units)
	}
	return g, g.together(ctx, units, progress)
}

// found lists the packages that a path means, by name, with names for people.
func found(path string) (files, names []string, err error) {
	if filepath.Base(path) == study.FileName { // chosen inside its folder
		path = filepath.Dir(path)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !st.IsDir() || isStudy(path) {
		abs, err := filepath.Abs(path)
		return []string{path}, []string{filepath.Base(abs)}, err
	}
	if names, err = packagesIn(path); err != nil {
		return nil, nil, err
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("there is no package (*%s) in the folder %q, and no study", exchange.PackageExt, path)
	}
	for _, n := range names {
		files = append(files, filepath.Join(path, filepath.FromSlash(n)))
	}
	return files, names, nil
}

// packagesIn lists the packages in a folder and in the folders in it, sorted. Links and
// hidden files, which synchronising programs leave, are not looked at.
func packagesIn(dir string) ([]string, error) {
	var out []string
	looked := 0
	look := func(sub string) (folders []string, err error) {
		f, err := os.Open(filepath.Join(dir, sub))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		es, err := f.ReadDir(maxListed + 1)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if looked += len(es); looked > maxListed {
			return nil, fmt.Errorf("the folder %q holds too many files; put the packages into one of their own", dir)
		}
		for _, e := range es {
			switch name := filepath.ToSlash(filepath.Join(sub, e.Name())); {
			case strings.HasPrefix(e.Name(), "."):
			case e.IsDir():
				folders = append(folders, name)
			case e.Type().IsRegular() && strings.EqualFold(filepath.Ext(name), exchange.PackageExt):
				out = append(out, name)
			}
		}
		return folders, nil
	}
	folders, err := look("")
	if err != nil {
		return nil, err
	}
	for _, sub := range folders {
		if _, err := look(sub); err != nil && !errors.Is(err, os.ErrPermission) {
			return nil, err
		}
	}
	slices.Sort(out)
	return out, nil
}

// gather reads one of them; units, if not nil, sees its lines.
func (s *Study) gather(ctx context.Context, x *Gathered, path string, k Keys, units *unitNames, progress Progress) {
	m, err := s.read(ctx, path, k)
	if err != nil {
		x.Err = err
		return
	}
	x.merge, x.From, x.Made = m, m.From, m.Made
	if m.parcel.Study != s.Info().ID {
		x.Other = cmp.Or(m.parcel.Name, m.parcel.Study, "without a name")
	}
	var see func(study.Line)
	if units != nil {
		see = units.watch(m.parcel.Revisions, progress)
	}
	if x.Err = m.plan(ctx, see); x.Err == nil {
		x.Plan = m.Plan
	}
}

// together makes the plan of all.
func (g *Gathering) together(ctx context.Context, names *unitNames, progress Progress) error {
	var all study.Parcel
	var parts []*study.Parcel
	for _, x := range g.Found {
		if x.Plan != nil {
			parts = append(parts, x.merge.parcel)
			all.Revisions += x.merge.parcel.Revisions
			all.Devices = append(all.Devices, x.merge.parcel.Devices...)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	all.Study, all.Source = g.study.Info().ID, fmt.Sprintf("%d packages", len(parts))
	all.Lines = func(visit func(study.Line) error) error {
		for _, p := range parts {
			if err := p.Lines(visit); err != nil {
				return err
			}
		}
		return nil
	}
	plan, err := g.study.store.Plan(ctx, watched(&all, names.watch(all.Revisions, progress)))
	if err != nil {
		return err
	}
	return g.conclude(plan, names)
}

// conclude says by day and unit what a plan does; without one there is nothing to say.
func (g *Gathering) conclude(plan *merge.Plan, names *unitNames) (err error) {
	if plan == nil {
		return nil
	}
	g.Plan = plan
	g.Days = daysOf(plan)
	g.Units, err = g.study.unitVerdicts(plan, names)
	if n := len(g.Units); n > maxUnits {
		g.Units, g.More = g.Units[:maxUnits], n-maxUnits
	}
	return err
}

// daysOf counts the records of a plan by day.
func daysOf(p *merge.Plan) []DayVerdicts {
	by := map[string]*merge.Plan{}
	for _, it := range p.Items {
		if it.Day == "" {
			continue
		}
		if by[it.Day] == nil {
			by[it.Day] = merge.NewPlan("")
		}
		by[it.Day].Add(it)
	}
	var out []DayVerdicts
	for day, v := range by {
		out = append(out, DayVerdicts{day, v.Counts})
	}
	slices.SortFunc(out, func(a, b DayVerdicts) int { return cmp.Compare(a.Day, b.Day) })
	return out
}

// unitNames is what lines that come in say of units. It is for showing only: whether the
// lines are sound is another question.
type unitNames struct {
	raw    survey.RawRevision
	asked  []survey.Field    // questions that ask for the name
	name   map[string]string // of a unit
	unit   map[string]string // of an interview
	called map[string]string // by an interview
}

// maxNames is how many names are kept.
const maxNames = 200_000

func (s *Study) newUnitNames() (*unitNames, error) {
	u := &unitNames{name: map[string]string{}, unit: map[string]string{}, called: map[string]string{}}
	fs, err := s.store.Forms()
	if err != nil {
		return nil, err
	}
	for _, f := range fs {
		p, err := s.Program(f.ID, f.Version)
		if err != nil {
			continue // its file may be on another laptop
		}
		if q := p.Form.ByRole("unit.name"); q != nil && !slices.Contains(u.asked, survey.Field(q.Name)) {
			u.asked = append(u.asked, survey.Field(q.Name))
		}
	}
	return u, nil
}

// watch sees lines, of so many, and says how far it is.
func (u *unitNames) watch(total int, progress Progress) func(study.Line) {
	n := 0
	return func(l study.Line) {
		u.see(l)
		if n++; n%1024 == 0 {
			progress("Comparing with the study", n, total)
		}
	}
}

var unitLine, interviewLine = []byte(`,"kind":"unit",`), []byte(`,"kind":"interview",`)

func (u *unitNames) see(l study.Line) {
	of := bytes.Contains(l.Revision, interviewLine)
	if !of && !bytes.Contains(l.Revision, unitLine) || len(u.name)+len(u.unit) > maxNames || survey.ScanRevision(l.Revision, &u.raw) != nil {
		return
	}
	for _, f := range u.raw.Fields {
		switch name := survey.Field(f.Name); {
		case !of && name == survey.FieldName:
			u.keep(u.name, f)
		case of && name == survey.FieldUnit:
			u.keep(u.unit, f)
		case of && slices.Contains(u.asked, name):
			u.keep(u.called, f)
		}
	}
}

// keep notes the text of a field for the entity of the line.
func (u *unitNames) keep(into map[string]string, f survey.RawField) {
	one := survey.RawRevision{PatchJSON: []byte(`{"x":` + string(f.Value) + `}`)}
	if one.ScanMaps() != nil {
		return
	}
	if r, err := one.Decode(); err == nil && r.Patch["x"].Text != "" {
		into[u.raw.Entity] = r.Patch["x"].Text
	}
}

// interview says of an interview which unit it is about and what that is called, by what
// is here and, where that says nothing, by what comes in.
func (u *unitNames) interview(id string, d *survey.Document) (unit, name string) {
	if d != nil {
		unit = d.Text(survey.FieldUnit)
		for _, f := range u.asked {
			name = cmp.Or(name, d.Text(f))
		}
	}
	return cmp.Or(unit, u.unit[id]), cmp.Or(name, u.called[id])
}

// gravity puts verdicts in order.
var gravity = map[merge.Verdict]int{merge.Same: 0, merge.Updated: 1, merge.New: 2, merge.Contested: 3}

// unitVerdicts says what becomes of each organization, conflicts first.
func (s *Study) unitVerdicts(p *merge.Plan, names *unitNames) ([]UnitVerdict, error) {
	by := map[string]*UnitVerdict{}
	for _, it := range p.Items {
		if it.Verdict == merge.Same || it.Verdict == merge.Invalid || it.Kind != survey.UnitKind && it.Kind != survey.InterviewKind {
			continue
		}
		var d *survey.Document
		if it.Verdict != merge.New { // of which nothing is here
			var err error
			if d, err = s.store.Document(it.Entity); err != nil {
				return nil, err
			}
		}
		id, name := it.Entity, ""
		if it.Kind == survey.InterviewKind {
			if id, name = names.interview(it.Entity, d); id == "" {
				continue // about no organization
			}
		} else if name = names.name[id]; d != nil {
			name = cmp.Or(d.Text(survey.FieldName), name)
		}
		u := by[id]
		if u == nil {
			u = &UnitVerdict{ID: id, Verdict: merge.Same}
			by[id] = u
		}
		u.Name = cmp.Or(u.Name, name)
		u.add(it)
	}
	var out []UnitVerdict
	for id, u := range by {
		if u.Name == "" {
			d, err := s.store.Document(id)
			if err != nil {
				return nil, err
			}
			if d != nil {
				u.Name = d.Text(survey.FieldName)
			}
		}
		u.Name = cmp.Or(u.Name, id)
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b UnitVerdict) int {
		return cmp.Or(cmp.Compare(gravity[b.Verdict], gravity[a.Verdict]), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func (u *UnitVerdict) add(it merge.Item) {
	if it.Kind == survey.InterviewKind {
		u.Interviews++
	}
	if gravity[it.Verdict] > gravity[u.Verdict] {
		u.Verdict = it.Verdict
	}
	for _, a := range it.Actors {
		if !slices.Contains(u.Actors, a) {
			u.Actors = append(u.Actors, a)
		}
	}
	slices.Sort(u.Actors)
	u.Day = max(u.Day, it.Day)
}

// Usable is how many of those found can be taken in.
func (g *Gathering) Usable() (n int) {
	for _, x := range g.Found {
		if x.Plan != nil {
			n++
		}
	}
	return n
}

// Apply takes in what can be taken in, one after the other, each in one transaction, after
// one backup. Where the context is cancelled, the one under way leaves the study as it
// was, those before stay and have Taken. An error about one of them is in its Err; that of
// a full disk ends it.
func (g *Gathering) Apply(ctx context.Context, progress Progress) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	backup := true
	n, i := g.Usable(), 0
	for _, x := range g.Found {
		if x.Plan == nil {
			continue
		}
		if i++; ctx.Err() != nil {
			g.Cancelled = true
			return nil
		}
		what := fmt.Sprintf("Taking in %s, %d of %d", x.Name, i, n)
		progress(what, 0, x.merge.parcel.Revisions)
		changes := x.merge.changes()
		batch, err := x.merge.apply(ctx, func(done, total int) { progress(what, done, total) }, backup)
		switch {
		case ctx.Err() != nil && err != nil:
			g.Cancelled = true
			return nil
		case errors.Is(err, study.ErrFull):
			x.Err = err
			return err
		case err != nil:
			x.Err, x.Plan = err, nil
			continue
		}
		backup = backup && !changes
		x.Batch, x.Plan, x.Taken = batch, x.merge.Plan, true
	}
	return nil
}

// Close removes what was unpacked for reading.
func (g *Gathering) Close() error {
	var errs []error
	for _, x := range g.Found {
		if x.merge != nil {
			errs = append(errs, x.merge.Close())
		}
	}
	return errors.Join(errs...)
}
