package job

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// Interview is an interview being held: a session whose every answer is on disk.
type Interview struct {
	ID      string
	Unit    string
	Session *interview.Session
	study   *Study
	doc     *survey.Document

	proposals    []Given // what the unit's list says and no question has yet; nil: not read
	proposing    bool
	changed      bool // since it was opened
	done, undone []act
	at           survey.Field // the question on screen
	since        time.Time
	was          survey.Value // its answer then
}

// NewInterview starts an interview about a unit; unit "" makes a new one.
func (s *Study) NewInterview(ctx context.Context, unit string) (*Interview, error) {
	if unit == "" {
		patch := map[survey.Field]survey.Value{}
		if s.Info().Fictional {
			patch[survey.FieldFictional] = survey.Of("1")
		}
		var err error
		if unit, err = s.store.NewUnit(ctx, patch); err != nil {
			return nil, err
		}
	}
	return s.begin(ctx, unit, "")
}

// NewRecord starts a landscape record of a country. The study takes the shipped
// form of it in with the first one.
func (s *Study) NewRecord(ctx context.Context) (*Interview, error) {
	if _, err := s.Program(LandscapeForm, ""); err != nil {
		form, err := shippedForm(LandscapeForm)
		if err != nil {
			return nil, err
		}
		if err := form.add(ctx, s.store); err != nil {
			return nil, err
		}
	}
	return s.begin(ctx, "", LandscapeForm)
}

// begin starts an interview with a questionnaire; form "" is the study's own.
func (s *Study) begin(ctx context.Context, unit, form string) (*Interview, error) {
	p, err := s.Program(form, "")
	if err != nil {
		return nil, err
	}
	id, err := s.store.StartInterview(ctx, unit, p.Form.ID, p.Form.Version)
	if err != nil {
		return nil, err
	}
	d, err := s.store.Document(id)
	if err != nil {
		return nil, err
	}
	session, changes := p.Start(s.worldOf(id, p.Form.ID))
	iv := &Interview{ID: id, Unit: unit, Session: session, study: s, doc: d}
	if err := iv.study.store.AddEvents(id, []survey.Event{iv.event(survey.EventStart)}); err != nil {
		return nil, err
	}
	if err := iv.save(changes); err != nil {
		return nil, err
	}
	return iv, iv.propose()
}

// Interview opens an interview to go on with it or to correct it.
func (s *Study) Interview(id string) (*Interview, error) {
	d, err := s.store.Document(id)
	if err != nil {
		return nil, err
	}
	if d == nil || d.Kind != survey.InterviewKind {
		return nil, fmt.Errorf("there is no interview %q", id)
	}
	return s.open(d)
}

func (s *Study) open(d *survey.Document) (*Interview, error) {
	draft, err := s.store.Draft(d.Entity)
	if err != nil {
		return nil, err
	}
	p, err := s.Program(d.Form, d.FormVersion)
	if errors.Is(err, errNoForm) || errors.Is(err, os.ErrNotExist) {
		p, err = bareProgram(d, draft)
	}
	if err != nil {
		return nil, err
	}
	answers := map[survey.Field]survey.Value{}
	for f := range d.Heads {
		if f[0] != '_' {
			answers[f] = d.Value(f)
		}
	}
	for f, v := range draft {
		answers[f] = v
	}
	world := s.worldOf(d.Entity, d.Form)
	world.Language = d.Text(survey.FieldLanguage)
	return &Interview{ID: d.Entity, Unit: d.Text(survey.FieldUnit), Session: p.Resume(world, answers), study: s, doc: d}, nil
}

// worldOf is what an interview sees of this laptop.
func (s *Study) worldOf(id, form string) interview.World {
	return interview.World{Now: s.store.Now, Seed: id, LastSaved: func() map[survey.Field]survey.Value { return s.lastSaved(id, form) }, Username: s.Info().Researcher, DeviceID: s.Info().Device,
		UUID: func() string { return uuid.NewString() },
		Tail: func() string {
			b := make([]byte, 5)
			rand.Read(b)
			return strings.ToLower(base32.StdEncoding.EncodeToString(b))
		}}
}

// lastSaved gives the answers of the interview about a form that this person
// finished last, not those of the interview at hand.
func (s *Study) lastSaved(not, form string) map[survey.Field]survey.Value {
	ds, err := s.store.Documents(survey.InterviewKind)
	if err != nil {
		return nil
	}
	var last *survey.Document
	for _, d := range ds {
		ended := d.Text(survey.FieldEnded)
		if d.Entity == not || d.Form != form || ended == "" || d.Text(survey.FieldInterviewer) != s.Info().Researcher {
			continue
		}
		if last == nil || ended > last.Text(survey.FieldEnded) {
			last = d
		}
	}
	if last == nil {
		return nil
	}
	answers := map[survey.Field]survey.Value{}
	for f := range last.Heads {
		if f[0] != '_' {
			answers[f] = last.Value(f)
		}
	}
	return answers
}

// Status says where the interview stands.
func (iv *Interview) Status() survey.Status { return survey.Status(iv.doc.Text(survey.FieldStatus)) }

// answers are those of the session, and those that its questionnaire does not know:
// they came from another version and are kept as they are.
func (iv *Interview) answers() map[survey.Field]survey.Value {
	out := iv.Session.Answers()
	known := map[string]bool{}
	for _, p := range iv.Session.Program().Form.Patterns() {
		known[p] = true
	}
	for f := range iv.doc.Heads {
		about := f
		if q, _, ok := f.Remarked(); ok {
			about = q
		}
		if f[0] != '_' && !known[about.Pattern()] {
			out[f] = iv.doc.Value(f)
		}
	}
	return out
}

func (iv *Interview) save(changes []interview.Change) error {
	iv.changed = iv.changed || len(changes) > 0
	as := make([]study.Answer, len(changes))
	for i, c := range changes {
		as[i] = study.Answer{Field: c.Field, Value: c.Value}
	}
	if err := iv.study.store.SaveAnswers(iv.ID, as); err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	return iv.propose()
}

// Set gives an answer. When it returns nil the answer is on disk, with all that
// was computed from it.
func (iv *Interview) Set(f survey.Field, v survey.Value) error {
	before := iv.Session.Value(f)
	if err := iv.put(f, v); err != nil {
		return err
	}
	if after := iv.Session.Value(f); after != before {
		iv.did(act{field: f, before: before, after: after})
	}
	return nil
}

// Pass leaves a question without an answer.
func (iv *Interview) Pass(f survey.Field) error {
	changes, err := iv.Session.Pass(f)
	if err != nil {
		return err
	}
	return iv.save(changes)
}

// AddRow adds a row to a repeat.
func (iv *Interview) AddRow(repeat survey.Field) (survey.Field, error) {
	row, changes, err := iv.Session.AddRow(repeat)
	if err != nil {
		return "", err
	}
	iv.did(act{field: row, row: true, added: true})
	return row, iv.save(changes)
}

// RemoveRow takes a row out of a repeat.
func (iv *Interview) RemoveRow(row survey.Field) error {
	a := act{field: row, row: true}
	if err := iv.takeOut(&a); err != nil {
		return err
	}
	iv.did(a)
	return nil
}

// File returns a file that an answer cites by its name.
func (iv *Interview) File(name string) ([]byte, error) {
	return iv.study.store.File(strings.TrimSuffix(name, filepath.Ext(name)))
}

// Finish records the interview with a status as one revision. Corrections of an
// interview that was finished keep the time at which it ended.
func (iv *Interview) Finish(ctx context.Context, status survey.Status) error {
	if iv.Status() == survey.InProgress {
		if err := iv.save(iv.Session.End()); err != nil {
			return err
		}
	}
	answers := iv.answers()
	if err := iv.keepAudit(answers); err != nil {
		return err
	}
	if err := iv.study.store.Record(ctx, iv.ID, status, answers); err != nil {
		return err
	}
	d, err := iv.study.store.Document(iv.ID)
	if err == nil {
		iv.doc, iv.changed = d, false
	}
	return err
}

// Screening returns the result of the screening and its reason, by the roles of
// the questionnaire; blank where there is none yet.
func (iv *Interview) Screening() (result, reason string) {
	f := iv.Session.Program().Form
	if q := f.ByRole("unit.screening"); q != nil {
		result = iv.Session.Value(survey.Field(q.Name)).Text
	}
	if q := f.ByRole("unit.screening.reason"); q != nil {
		reason = iv.Session.Value(survey.Field(q.Name)).Text
	}
	return result, strings.TrimSuffix(strings.TrimSpace(reason), ";")
}

// recordDrafts records what is answered in unfinished interviews, so that it goes
// into packages.
func (s *Study) recordDrafts(ctx context.Context) error {
	ids, err := s.store.Drafts()
	if err != nil {
		return err
	}
	for _, id := range ids {
		d, err := s.store.Document(id)
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		iv, err := s.open(d)
		if err != nil {
			return err
		}
		if err := s.store.Record(ctx, id, iv.Status(), iv.answers()); err != nil {
			return err
		}
	}
	return nil
}

// Given is one answer of an answer file.
type Given struct {
	Path  string
	Value survey.Value
}

// ReadAnswers reads a JSON object of question path → value in the order in which
// it is written.
func ReadAnswers(r io.Reader) ([]Given, error) {
	d := json.NewDecoder(io.LimitReader(r, 64<<20))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("the answers must be a JSON object of question and value")
	}
	var out []Given
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("read answers: %w", err)
		}
		g := Given{Path: t.(string)}
		if err := d.Decode(&g.Value); err != nil {
			return nil, fmt.Errorf("read answers: %s: %w", g.Path, err)
		}
		out = append(out, g)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	return out, nil
}

// Answer gives answers in order and returns what was refused: questions that are
// hidden, values of the wrong form or that break a constraint. What was fine is
// kept. Repeats without a count get rows as they are named, one after the other.
func (iv *Interview) Answer(given []Given) (refused []error, err error) {
	for _, g := range given {
		why, err := iv.answer(g)
		if err != nil {
			return refused, err
		}
		if why != nil {
			refused = append(refused, why)
		}
	}
	return refused, nil
}

func (iv *Interview) answer(g Given) (refused, err error) {
	f, err := iv.Session.Resolve(g.Path)
	if err != nil {
		if f, err = iv.grow(g.Path, err); err != nil {
			return err, nil
		}
	}
	before := iv.Session.Value(f)
	changes, err := iv.Session.Set(f, g.Value)
	if err != nil {
		return err, nil
	}
	if p := iv.Session.State(f, "").Problem; p != nil && !p.Missing && !p.Soft {
		if _, err := iv.Session.Set(f, before); err != nil {
			return nil, err
		}
		return fmt.Errorf("%s: %q: %s", g.Path, g.Value, p.Text), nil
	}
	return nil, iv.save(changes)
}

// grow adds the next row of a repeat when a path names it.
func (iv *Interview) grow(path string, why error) (survey.Field, error) {
	i := strings.LastIndexByte(path, '[')
	if i < 0 {
		return "", why
	}
	repeat, err := iv.Session.Resolve(path[:i])
	if err != nil {
		return "", why
	}
	if _, err := iv.AddRow(repeat); err != nil {
		return "", why
	}
	return iv.Session.Resolve(path)
}

// Attach keeps a file in the study and returns the name under which an answer
// cites it: its SHA-256 with the ending of the file.
func (iv *Interview) Attach(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("attach file: %w", err)
	}
	sum, err := iv.study.store.AddFile(b, "application/octet-stream")
	if err != nil {
		return "", err
	}
	return sum + strings.ToLower(filepath.Ext(path)), nil
}
