package job

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// Version is a version of a questionnaire that a study has.
type Version struct {
	study.Form
	Interviews int  // held with it
	Current    bool // new interviews take it
	Own        bool // a version of the study's own questionnaire
}

// Versions lists the questionnaires in the order in which they were added.
func (s *Study) Versions() ([]Version, error) {
	fs, err := s.store.Forms()
	if err != nil {
		return nil, err
	}
	ds, err := s.store.Documents(survey.InterviewKind)
	if err != nil {
		return nil, err
	}
	held := map[[2]string]int{}
	for _, d := range ds {
		held[[2]string{d.Form, d.FormVersion}]++
	}
	own, _ := formIn(fs, "", "")
	var out []Version
	for _, f := range fs {
		now, _ := formIn(fs, f.ID, "")
		out = append(out, Version{Form: f, Interviews: held[[2]string{f.ID, f.Version}], Current: now.Version == f.Version, Own: f.ID == own.ID})
	}
	return out, nil
}

// FormOutcome says what happens to the answers that a change concerns.
type FormOutcome string

// The outcomes, those first at which somebody should look.
const (
	OutcomeConfirm FormOutcome = "to be confirmed"
	OutcomeMarked  FormOutcome = "no longer fits"
	OutcomeOldName FormOutcome = "kept under the old name"
	OutcomeAsked   FormOutcome = "asked from now on"
	OutcomeKept    FormOutcome = "kept as it is"
	OutcomeNothing FormOutcome = "never answered"
)

// AllFormOutcomes lists them.
var AllFormOutcomes = []FormOutcome{OutcomeConfirm, OutcomeMarked, OutcomeOldName, OutcomeAsked, OutcomeKept, OutcomeNothing}

// FormLine is a change between two versions of a questionnaire, in words.
type FormLine struct {
	survey.FormChange
	Outcome  FormOutcome
	Subject  string // the question with its name, or the choice with its list
	What     string // what changed
	Effect   string // what happens to the answers
	Answers  int    // that are given to it
	Affected int    // of those: that do not fit any more
}

// FormPlan is a questionnaire that was read and compared with the version which new
// interviews take now. It changes nothing by itself.
type FormPlan struct {
	ID, Title, Version string
	Was                string // the version compared with
	Again              bool   // the same version is here already
	Current            bool   // and new interviews take it
	Lines              []FormLine
	Interviews         int // with earlier versions
	InProgress         int // of those
	Problems           []survey.Problem
	study              *Study
	kept               *keptForm
}

// PlanForm reads a new version of a questionnaire of the study and says what using it
// would mean. It fails in words where it cannot be one.
func (s *Study) PlanForm(ctx context.Context, path string) (*FormPlan, error) {
	file, err := openForm(path)
	if err != nil {
		return nil, err
	}
	k, err := file.keep()
	if err != nil {
		return nil, err
	}
	fs, err := s.store.Forms()
	if err != nil {
		return nil, err
	}
	p := &FormPlan{ID: k.ID, Title: k.Title, Version: k.Version, Problems: file.problems, study: s, kept: k}
	was, ok := formIn(fs, k.ID, "")
	if !ok {
		own, _ := formIn(fs, "", "")
		return nil, fmt.Errorf("the file holds the questionnaire %q, the study uses %q; write form_id %s into its settings if it is a version of that", k.ID, own.ID, own.ID)
	}
	if here, ok := formIn(fs, k.ID, k.Version); ok {
		same, err := k.same(s, here)
		if err != nil {
			return nil, err
		}
		if !same {
			return nil, fmt.Errorf("version %q of the questionnaire %s is here with other content; raise the version in its settings", k.Version, k.ID)
		}
		p.Again, p.Current = true, was.Version == k.Version
	}
	p.Was = was.Version
	old, err := s.Program(was.ID, was.Version)
	if err != nil {
		return nil, err
	}
	p.Lines = formLines(old.Form, file.form)
	return p, p.count(ctx, old.Form, file.form)
}

// same says whether a form of the study says the same: by its sheets, because two
// workbooks with the same cells have different bytes.
func (k *keptForm) same(s *Study, f study.Form) (bool, error) {
	if len(k.files) != len(f.Files) {
		return false, nil
	}
	for name, data := range k.files {
		if f.Files[name] != sumOf(data) {
			return false, nil
		}
	}
	b, err := s.store.File(f.SHA256)
	if err != nil || bytes.Equal(b, k.source) {
		return err == nil, err
	}
	here, err := decodeForm(f.Name, bytes.NewReader(b))
	if err != nil {
		return false, err
	}
	mine, err := decodeForm(k.Name, bytes.NewReader(k.source))
	return err == nil && here.xml == nil && mine.xml == nil && reflect.DeepEqual(here.book.Sheets, mine.book.Sheets), err
}

// Use lets new interviews take the version. Interviews that have begun go on with
// theirs. Renamed names the guessed renamings that a person confirmed, by the pattern
// of the field in the new version: their answers are exported under the new name.
func (p *FormPlan) Use(ctx context.Context, renamed ...string) error {
	if p.Current {
		return nil
	}
	was := map[string]string{}
	for _, name := range renamed {
		i := slices.IndexFunc(p.Lines, func(l FormLine) bool { return l.Kind == survey.ItemRenamed && l.NewField == name })
		if i < 0 {
			return fmt.Errorf("no question seems to be renamed to %q", name)
		}
		was[name] = p.Lines[i].OldField
	}
	p.kept.Was = was
	if p.Again {
		return p.study.store.UseForm(ctx, p.kept.Form)
	}
	return p.kept.add(ctx, p.study.store)
}

// Renamed lists the guessed renamings.
func (p *FormPlan) Renamed() []string {
	var out []string
	for _, l := range p.Lines {
		if l.Kind == survey.ItemRenamed {
			out = append(out, l.NewField)
		}
	}
	return out
}

// Sentence says in numbers what the plan means.
func (p *FormPlan) Sentence() string {
	switch {
	case p.Current:
		return "This version is here already, and new interviews take it."
	case len(p.Lines) == 0:
		return fmt.Sprintf("Version %s asks the same as version %s.", p.Version, p.Was)
	}
	n := map[FormOutcome]int{}
	for _, l := range p.Lines {
		n[l.Outcome]++
	}
	var parts []string
	for _, o := range AllFormOutcomes {
		if n[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[o], o))
		}
	}
	return fmt.Sprintf("Version %s against %s: %s.", p.Version, p.Was, strings.Join(parts, ", "))
}

// Interviewed says what happens to the interviews that were begun.
func (p *FormPlan) Interviewed() string {
	if p.Interviews == 0 {
		return "No interview was held yet."
	}
	return fmt.Sprintf("%s were begun with other versions, %d of them in progress: each goes on with, and shows, the version it was begun with.", Counted(p.Interviews, "interview"), p.InProgress)
}

// Counted is a number of things in words.
func Counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// underNewNames gives documents in which what was answered under an earlier name of
// a question stands under its newest, where a person confirmed that they are the
// same. The documents themselves stay as they are.
func (s *Study) underNewNames(ds []*survey.Document) ([]*survey.Document, error) {
	fs, err := s.store.Forms()
	if err != nil || !slices.ContainsFunc(fs, func(f study.Form) bool { return len(f.Was) > 0 }) {
		return ds, err
	}
	slices.SortStableFunc(fs, func(a, b study.Form) int { return int(a.Added - b.Added) })
	out := slices.Clone(ds)
	for i, d := range ds {
		from := slices.IndexFunc(fs, func(f study.Form) bool { return f.ID == d.Form && f.Version == d.FormVersion })
		if from < 0 {
			continue
		}
		for _, f := range fs[from+1:] {
			if f.ID == d.Form && len(f.Was) > 0 {
				out[i] = renameFields(out[i], f.Was)
			}
		}
	}
	return out, nil
}

func renameFields(d *survey.Document, was map[string]string) *survey.Document {
	c := *d
	c.Heads = maps.Clone(d.Heads)
	for now, old := range was {
		for f, hs := range d.Heads {
			to, ok := renamedField(f, old, now)
			if _, taken := d.Heads[to]; ok && !taken {
				delete(c.Heads, f)
				c.Heads[to] = hs
			}
		}
	}
	return &c
}

// renamedField writes a field, or one inside a repeat or group, by another pattern
// of as many steps.
func renamedField(f survey.Field, old, now string) (survey.Field, bool) {
	p := f.Pattern()
	if p != old && !strings.HasPrefix(p, old+"/") {
		return f, false
	}
	from, to := strings.Split(old, "/"), strings.Split(now, "/")
	steps, err := f.Steps()
	if err != nil || len(from) != len(to) {
		return f, false
	}
	parts := make([]string, len(steps))
	for i, s := range steps {
		name := s.Name
		if i < len(to) {
			name = to[i]
		}
		if s.Row != "" {
			name += "[" + string(s.Row) + "]"
		}
		parts[i] = name
	}
	return survey.Field(strings.Join(parts, "/")), true
}
