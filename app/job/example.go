package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sselandscape/assets"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// ExampleOptions say what example is made. The zero value is the shipped one.
type ExampleOptions struct {
	Units       int    // 0 is 60
	Researchers int    // 0 is 3; each beyond the first leaves a package
	Seed        uint64 // 0 is the shipped example
}

// ExampleMade says where the example is.
type ExampleMade struct {
	Study    string
	Packages []string
	Units    int
}

// exampleStart is when the first interview of the example begins.
var exampleStart = time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("", 5*3600+45*60))

// Example makes a study of fictional organizations in a new folder. Their answers
// come from the shipped questionnaire by the interview engine, so they are valid
// by construction. With several researchers, all but the first leave packages in
// the folder's packages; taking these in makes five conflicts.
func Example(ctx context.Context, dir string, o ExampleOptions) (*ExampleMade, error) {
	if o.Units == 0 {
		o.Units = 60
	}
	if o.Researchers == 0 {
		o.Researchers = 3
	}
	m := &maker{rng: newRand(o.Seed), now: exampleStart}
	clock := study.WithClock(func() time.Time { m.now = m.now.Add(time.Millisecond); return m.now })
	s, err := Create(ctx, dir, NewStudy{Name: "Example: three countries (fictional)", Countries: []string{"NPL", "PHL", "KOR"}, Researcher: exampleTeam(0), Fictional: true}, clock)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	made := &ExampleMade{Study: dir, Units: o.Units}
	orgs := exampleOrganizations(o.Units, m.rng)
	share := len(orgs) / o.Researchers
	own := orgs[:len(orgs)-share*(o.Researchers-1)]
	if err := m.hold(ctx, s, own); err != nil {
		return nil, err
	}
	for _, c := range assets.Records() {
		if err := record(ctx, s, c); err != nil {
			return nil, err
		}
	}
	if o.Researchers > 1 {
		err = m.colleagues(ctx, s, orgs[len(own):], share, o.Researchers, made, clock)
	}
	return made, err
}

// record enters a shipped landscape record. It stays in progress: what its sources
// do not say is open.
func record(ctx context.Context, s *Study, country string) error {
	b, err := assets.Record(country)
	if err != nil {
		return err
	}
	given, err := ReadAnswers(bytes.NewReader(b))
	if err != nil {
		return err
	}
	iv, err := s.NewRecord(ctx)
	if err != nil {
		return err
	}
	refused, err := iv.Answer(given)
	if err == nil {
		err = errors.Join(refused...)
	}
	if err != nil {
		return fmt.Errorf("landscape record of %s: %w", country, err)
	}
	return iv.Finish(ctx, survey.InProgress)
}

// newRand makes chance that can be repeated.
func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x55e)) }

// exampleTeam names a researcher.
func exampleTeam(i int) string {
	names := []string{"asha", "minji", "ramon", "tara", "joon", "luz"}
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprint("r", i+1)
}

// colleagues lets the others join by a package, work for themselves and leave
// their packages.
func (m *maker) colleagues(ctx context.Context, s *Study, orgs []organization, share, n int, made *ExampleMade, clock study.Option) error {
	tmp, err := os.MkdirTemp("", "sse-example-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	start := filepath.Join(tmp, "start.ssepkg")
	if _, err := s.Package(ctx, start, PackageOptions{Clear: true}); err != nil {
		return err
	}
	packages := filepath.Join(made.Study, "packages")
	if err := os.MkdirAll(packages, 0o755); err != nil {
		return err
	}
	for i := 1; i < n; i++ {
		c, err := Join(ctx, filepath.Join(tmp, exampleTeam(i)), start, exampleTeam(i), Keys{}, clock)
		if err != nil {
			return err
		}
		file := filepath.Join(packages, exampleTeam(i)+".ssepkg")
		err = m.colleague(ctx, c, orgs[(i-1)*share:i*share], i, file)
		if closing := c.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return err
		}
		made.Packages = append(made.Packages, file)
	}
	return m.correct(ctx, s, 0)
}

func (m *maker) colleague(ctx context.Context, c *Study, orgs []organization, i int, file string) error {
	if err := m.hold(ctx, c, orgs); err != nil {
		return err
	}
	if err := m.correct(ctx, c, i); err != nil {
		return err
	}
	if i == 1 { // the same organization entered by two people
		twin := orgs[0]
		twin.name, twin.local = m.twin.name+" Ltd.", ""
		twin.town, twin.country, twin.form = m.twin.town, m.twin.country, m.twin.form
		if err := m.hold(ctx, c, []organization{twin}); err != nil {
			return err
		}
	}
	_, err := c.Package(ctx, file, PackageOptions{Clear: true})
	return err
}

// correct changes answers that everybody has, each researcher in a way of their
// own: after merging, five fields are contested.
func (m *maker) correct(ctx context.Context, s *Study, who int) error {
	shared := m.shared
	changes := []struct {
		unit  int
		field survey.Field
		by    [3]string // per researcher; "" leaves it
	}{
		{0, "b_year", [3]string{"2009", "2010", ""}},
		{1, "b_status", [3]string{"active", "seasonal", ""}},
		{2, "b_year", [3]string{"1998", "", "1999"}},
		{3, "c_locality", [3]string{"by the old market", "", "behind the new market"}},
		{4, "b_name", [3]string{m.name(4) + " (new)", m.name(4) + " and Friends", ""}},
	}
	for _, c := range changes {
		if who >= len(c.by) || c.by[who] == "" || c.unit >= len(shared) {
			continue
		}
		iv, err := s.Interview(shared[c.unit])
		if err != nil {
			return err
		}
		value := c.by[who]
		if opts := iv.Session.Choices(c.field, ""); len(opts) > 0 {
			value = opts[min(who, len(opts)-1)].Name
		}
		if err := iv.Set(c.field, survey.Of(value)); err != nil {
			return err
		}
		if err := iv.Finish(ctx, survey.Completed); err != nil {
			return err
		}
	}
	return nil
}

// maker holds the interviews of an example.
type maker struct {
	rng    *rand.Rand
	now    time.Time
	shared []string // interviews that all researchers have
	names  []string
	twin   organization
}

func (m *maker) name(i int) string {
	if i < len(m.names) {
		return m.names[i]
	}
	return "Example"
}

// hold makes one finished interview per organization.
func (m *maker) hold(ctx context.Context, s *Study, orgs []organization) error {
	for i, org := range orgs {
		m.now = m.now.Add(40 * time.Minute)
		if m.now.Hour() >= 17 {
			m.now = time.Date(m.now.Year(), m.now.Month(), m.now.Day()+1, 9, 0, 0, 0, m.now.Location())
		}
		iv, err := s.NewInterview(ctx, "")
		if err != nil {
			return err
		}
		m.fill(iv.Session, org.answers(s.Info().Researcher, m.rng))
		status := survey.Completed
		if i%15 == 14 {
			status = survey.InProgress
		}
		if err := iv.Finish(ctx, status); err != nil {
			return err
		}
		if s.Info().Researcher == exampleTeam(0) && status == survey.Completed && len(m.shared) < 5 && org.screens() {
			m.shared, m.names = append(m.shared, iv.ID), append(m.names, org.name)
			m.twin = org
		}
	}
	return nil
}

// fill answers every question that is asked: as the organization says where it
// has a say, else a valid answer by chance.
func (m *maker) fill(s *interview.Session, says map[string]string) {
	tried := map[survey.Field]bool{}
	for {
		f, ok := next(s, tried)
		if !ok {
			return
		}
		tried[f] = true
		m.one(s, f, says)
	}
}

// next is the first question that is asked and was not tried.
func next(s *interview.Session, tried map[survey.Field]bool) (survey.Field, bool) {
	for _, l := range s.Lines() {
		if q := l.Question(); q != nil && q.Kind.Asked() && !tried[l.Field] {
			return l.Field, true
		}
	}
	return "", false
}

func (m *maker) one(s *interview.Session, f survey.Field, says map[string]string) {
	steps, err := f.Steps()
	if err != nil {
		return
	}
	q := lineQuestion(s, f)
	name := steps[len(steps)-1].Name
	if v, ok := says[name]; ok {
		if v != "" {
			s.Set(f, survey.Of(v))
		}
		return
	}
	if q.SoftCheck() {
		s.Set(f, survey.Of("OK"))
		return
	}
	if sp := q.Specials(); len(sp) > 0 && m.rng.IntN(40) == 0 {
		s.Set(f, survey.Value{Special: sp[m.rng.IntN(len(sp))]})
		return
	}
	for _, v := range m.guesses(s, f, q) {
		if _, err := s.Set(f, survey.Of(v)); err != nil {
			continue
		}
		if p := s.State(f, "").Problem; p == nil {
			return
		}
	}
	s.Set(f, survey.Value{})
}

func lineQuestion(s *interview.Session, f survey.Field) *survey.Question {
	for _, l := range s.Lines() {
		if l.Field == f {
			return l.Question()
		}
	}
	return &survey.Question{}
}

// guesses are values to try, the likeliest first.
func (m *maker) guesses(s *interview.Session, f survey.Field, q *survey.Question) []string {
	switch q.Kind {
	case survey.SelectOne:
		return m.pick(s.Choices(f, ""), 1, 3)
	case survey.SelectMultiple, survey.Rank:
		opts := s.Choices(f, "")
		many := strings.Join(m.pick(opts, 1+m.rng.IntN(3), 0), " ")
		return append([]string{many}, m.pick(opts, 1, 2)...)
	case survey.Integer:
		var out []string
		for n := math.Exp(m.rng.Float64() * 5); n >= 1; n /= 2 {
			out = append(out, strconv.Itoa(int(n)))
		}
		return append(out, "0", strconv.Itoa(2024), "2019")
	case survey.Decimal, survey.Range:
		return []string{strconv.Itoa((1 + m.rng.IntN(900)) * 1000), strconv.Itoa(20 + m.rng.IntN(40)), "0"}
	case survey.Date:
		return []string{fmt.Sprintf("2025-%02d-15", 1+m.rng.IntN(12))}
	case survey.Acknowledge:
		return []string{"OK"}
	case survey.String:
		if q.Required == "" {
			return nil
		}
		return []string{"fictional answer", "EX_1"}
	default:
		return nil
	}
}

// pick draws n choices, and further ones to fall back on.
func (m *maker) pick(opts []interview.Option, n, more int) []string {
	var out []string
	for _, i := range m.rng.Perm(len(opts)) {
		if len(out) == n+more {
			break
		}
		if c := opts[i].Name; n == 1 || c != "none" {
			out = append(out, c)
		}
	}
	return out
}
