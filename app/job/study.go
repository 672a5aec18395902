package job

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"sselandscape/maps/region"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/table"
)

// Study is an open study with its questionnaires. It is safe for use by several
// goroutines; an Interview is not.
type Study struct {
	store    *study.Study
	mu       sync.Mutex
	programs map[string]*interview.Program
	atlasMu  sync.Mutex
	atlas    studyAtlas
	drawn    drawnAtlas
	filesMu  sync.Mutex
	files    map[layerIn]*mapFile // that the map shows
}

// NewStudy says what study is to be made.
type NewStudy struct {
	Name       string
	Countries  []string // ISO 3166-1 alpha-3
	Researcher string
	Form       string // file; "" is the shipped questionnaire
	Fictional  bool
}

// Create makes a study in a new or empty folder.
func Create(ctx context.Context, dir string, n NewStudy, opts ...study.Option) (*Study, error) {
	if strings.TrimSpace(n.Name) == "" {
		return nil, errors.New("the study needs a name")
	}
	if strings.TrimSpace(n.Researcher) == "" {
		return nil, errors.New("the study needs the name or code of the researcher on this laptop")
	}
	for _, c := range n.Countries {
		if _, ok := Atlas().Country(c); !ok {
			return nil, fmt.Errorf("there is no country %q among the boundaries; write its three-letter code, such as NPL", c)
		}
	}
	form, err := formFor(n.Form)
	if err != nil {
		return nil, err
	}
	st, err := study.Create(dir, study.Settings{Name: n.Name, Countries: n.Countries, Researcher: n.Researcher, Fictional: n.Fictional}, opts...)
	if err != nil {
		return nil, err
	}
	s := wrap(st)
	err = form.add(ctx, st)
	if err == nil {
		err = s.joinTeam(ctx)
	}
	if err == nil {
		err = s.makeRecovery(ctx)
	}
	if err != nil {
		st.Close()
		return nil, err
	}
	return s, nil
}

func wrap(st *study.Study) *Study {
	return &Study{store: st, programs: map[string]*interview.Program{}}
}

// Open opens a study.
func Open(dir string, opts ...study.Option) (*Study, error) {
	st, err := study.Open(dir, opts...)
	if err != nil {
		return nil, err
	}
	return wrap(st), nil
}

// Join makes a colleague's copy of a study out of a package: the way a second
// laptop gets the study.
func Join(ctx context.Context, dir, file, researcher string, k Keys, opts ...study.Option) (*Study, error) {
	p, err := exchange.ReadPackage(file, exchange.Keys(k))
	if err != nil {
		return nil, err
	}
	st, err := study.Create(dir, study.Settings{ID: p.Study, Name: p.Name, Countries: p.Countries, Researcher: researcher, Fictional: p.Fictional}, opts...)
	if err != nil {
		return nil, err
	}
	s := wrap(st)
	if _, _, err = st.Apply(ctx, p, nil); err == nil {
		err = s.joinTeam(ctx)
	}
	if err != nil {
		st.Close()
		return nil, err
	}
	return s, nil
}

// Info says what study this is.
func (s *Study) Info() study.Info { return s.store.Info() }

// Close closes the study.
func (s *Study) Close() error { return errors.Join(s.closeMapFiles(), s.store.Close()) }

// Forms lists the questionnaires.
func (s *Study) Forms() ([]study.Form, error) { return s.store.Forms() }

// Program returns a questionnaire ready for interviews. Id "" is the study's own,
// the first it was given; version "" is the newest: the one that was added last, or
// given again to new interviews (see study.Forms).
func (s *Study) Program(id, version string) (*interview.Program, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fs, err := s.store.Forms()
	if err != nil {
		return nil, err
	}
	f, ok := formIn(fs, id, version)
	if !ok {
		return nil, fmt.Errorf("%w %s %s", errNoForm, id, version)
	}
	key := fmt.Sprint(f.SHA256, f.Files)
	if p := s.programs[key]; p != nil {
		return p, nil
	}
	b, err := s.store.File(f.SHA256)
	if err != nil {
		return nil, fmt.Errorf("questionnaire %s: %w", f.Name, err)
	}
	file, err := decodeForm(f.Name, bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("questionnaire %s: %w", f.Name, err)
	}
	for name, sum := range f.Files {
		data, err := s.store.File(sum)
		if errors.Is(err, os.ErrNotExist) {
			continue // it is still on another laptop; what comes from it stays blank
		}
		if err == nil {
			err = file.attach(name, data)
		}
		if err != nil {
			return nil, fmt.Errorf("questionnaire %s: attached file %s: %w", f.Name, name, err)
		}
	}
	p, ps := file.compile()
	if p == nil {
		return nil, &FormError{Name: f.Name, Problems: ps}
	}
	s.programs[key] = p
	return p, nil
}

// errNoForm means that a questionnaire is not here.
var errNoForm = errors.New("the study has no questionnaire")

// formIn finds a form as Program does.
func formIn(fs []study.Form, id, version string) (out study.Form, ok bool) {
	if id == "" && len(fs) > 0 {
		id = slices.MinFunc(fs, func(a, b study.Form) int { return cmp.Compare(a.Added, b.Added) }).ID
	}
	for _, f := range fs {
		if f.ID == id && (version == "" || f.Version == version) {
			out, ok = f, true
		}
	}
	return out, ok
}

// form serves table.Forms.
func (s *Study) form(id, version string) *survey.Form {
	p, err := s.Program(id, version)
	if err != nil {
		if p, err = s.Program(id, ""); err != nil {
			return nil
		}
	}
	return p.Form
}

// Interviews returns the interviews, those in progress with the answers given so
// far, the newest first.
func (s *Study) Interviews() ([]*survey.Document, error) {
	ds, err := s.store.Documents(survey.InterviewKind)
	if err != nil {
		return nil, err
	}
	drafts, err := s.store.Drafts()
	if err != nil {
		return nil, err
	}
	for _, d := range ds {
		if !slices.Contains(drafts, d.Entity) {
			continue
		}
		if err := s.overlay(d); err != nil {
			return nil, err
		}
	}
	slices.Reverse(ds)
	return ds, nil
}

// overlay puts the answers that count of a draft over what is recorded.
func (s *Study) overlay(d *survey.Document) error {
	iv, err := s.open(d)
	if err != nil {
		return err
	}
	answers := iv.answers()
	for f := range d.Heads {
		if _, ok := answers[f]; !ok && f[0] != '_' {
			delete(d.Heads, f)
		}
	}
	for f, v := range answers {
		if d.Value(f) != v {
			d.Heads[f] = []survey.Head{{Value: v, Actor: s.Info().Researcher, Device: s.Info().Device, Lamport: 1 << 62}}
		}
	}
	return nil
}

// Units returns the organizations, each with the region that its point lies in.
func (s *Study) Units() ([]table.Unit, error) {
	units, err := s.store.Documents(survey.UnitKind)
	if err != nil {
		return nil, err
	}
	return s.unitsOf(units)
}

// answered returns the organizations with the regions that were answered for them.
func (s *Study) answered() ([]table.Unit, error) {
	units, err := s.store.Documents(survey.UnitKind)
	if err != nil {
		return nil, err
	}
	return s.answeredOf(units)
}

func (s *Study) answeredOf(units []*survey.Document) ([]table.Unit, error) {
	ivs, err := s.Interviews()
	if err != nil {
		return nil, err
	}
	ivs = slices.DeleteFunc(ivs, func(d *survey.Document) bool { return d.Text(survey.FieldUnit) == "" })
	us := table.Units(units, ivs, s.form)
	for i := range us {
		us[i].Fictional = us[i].Fictional || s.Info().Fictional
	}
	return us, nil
}

// unitsOf is Units of documents that were read already.
func (s *Study) unitsOf(units []*survey.Document) ([]table.Unit, error) {
	us, err := s.answeredOf(units)
	if err != nil {
		return nil, err
	}
	a, err := s.Atlas()
	if err != nil {
		return nil, err
	}
	for i := range us {
		u := &us[i]
		if u.Point == nil {
			continue
		}
		if r, _, ok := a.Nearest(*u.Point, nearby); ok {
			u.Region, u.Country = r.Code, r.Country
		}
	}
	return us, nil
}

// Records returns the interviews that are about no organization: landscape records
// of countries.
func (s *Study) Records() ([]*survey.Document, error) {
	ds, err := s.Interviews()
	return slices.DeleteFunc(ds, func(d *survey.Document) bool { return d.Text(survey.FieldUnit) != "" }), err
}

// Title is the name of an interview or record by its questionnaire's setting
// instance_name, or the questionnaire's title.
func (s *Study) Title(d *survey.Document) string {
	iv, err := s.open(d)
	if err != nil {
		return d.Form
	}
	f := iv.Session.Program().Form
	if t := strings.Trim(iv.Session.Title(), " -"); t != "" {
		return f.Title + ": " + t
	}
	return f.Title
}

// nearby is how far off the drawn land a point may lie, in metres, to count as
// being in the nearest region: coasts are drawn at a scale of 1:10,000,000.
const nearby = 5000

// RegionName writes a region for people.
func RegionName(code string) string {
	if r, ok := Atlas().Region(code); ok {
		return r.Name
	}
	return code
}

// RegionName writes a region of the study for people.
func (s *Study) RegionName(code string) string { return s.RegionNames()(code) }

// RegionNames writes regions of the study for people, many of them.
func (s *Study) RegionNames() func(code string) string {
	a := s.atlasOrBuiltIn()
	return func(code string) string {
		if r, ok := a.Region(code); ok {
			return r.Name
		}
		return RegionName(code)
	}
}

// atlasOrBuiltIn is the study's atlas, or the embedded one where that cannot be read.
func (s *Study) atlasOrBuiltIn() *region.Atlas {
	if a, err := s.Atlas(); err == nil {
		return a
	}
	return Atlas()
}

// History returns the revisions of a unit or interview, oldest first.
func (s *Study) History(id string) ([]survey.Revision, error) { return s.store.Revisions(id) }

// Document returns the current state of an entity, drafts included; nil if there
// is none.
func (s *Study) Document(id string) (*survey.Document, error) {
	d, err := s.store.Document(id)
	if err != nil || d == nil || d.Kind != survey.InterviewKind {
		return d, err
	}
	if draft, err := s.store.Draft(id); err != nil || len(draft) == 0 {
		return d, err
	}
	return d, s.overlay(d)
}

// Verify checks the study; rebuild derives its tables anew.
func (s *Study) Verify(rebuild bool) (*study.Report, error) { return s.store.Verify(rebuild) }

// RegionAt returns the region of the study in which a geopoint lies, and its name;
// blank if it lies in none.
func (s *Study) RegionAt(geopoint string) (code, name string) {
	p, ok := table.Point(geopoint)
	if !ok {
		return "", ""
	}
	r, _, ok := s.atlasOrBuiltIn().Nearest(p, nearby)
	if !ok {
		return "", ""
	}
	return r.Code, r.Name
}
