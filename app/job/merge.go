package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// Merge is a package, or the folder of a colleague's study, that was read and compared
// with the study, ready to be taken in. It is to be closed.
type Merge struct {
	Plan   *merge.Plan
	From   string // researcher
	Made   string // RFC 3339
	need   uint64 // bytes on the disk
	study  *Study
	parcel *study.Parcel
	folder *study.Foreign // nil for a package
}

// packageGrows is how much larger than its package what it brings is on disk: it was
// compressed, and the derived tables hold it once more.
const packageGrows = 12

// Merge reads a package, or a folder with a colleague's study, and says what taking it in
// would do. It changes nothing.
func (s *Study) Merge(ctx context.Context, path string, k Keys) (*Merge, error) {
	m, err := s.read(ctx, path, k)
	if err != nil {
		return nil, err
	}
	if err := m.plan(ctx, nil); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// read opens what is to be taken in.
func (s *Study) read(ctx context.Context, path string, k Keys) (*Merge, error) {
	m := &Merge{study: s}
	if isStudy(path) {
		f, err := s.store.ReadFolder(ctx, path)
		if err != nil {
			return nil, err
		}
		m.folder, m.parcel = f, f.Parcel
	} else {
		keys, err := s.keys(k)
		if err != nil {
			return nil, err
		}
		if m.parcel, err = exchange.ReadPackage(path, keys); err != nil {
			return nil, err
		}
		if st, err := os.Stat(path); err == nil {
			m.need = packageGrows * uint64(st.Size())
		}
	}
	m.From, m.Made = m.parcel.From, m.parcel.Made
	return m, nil
}

func isStudy(path string) bool {
	_, err := os.Lstat(filepath.Join(path, study.FileName))
	return err == nil
}

// plan compares with the study; seen, if it is not nil, sees every line.
func (m *Merge) plan(ctx context.Context, seen func(study.Line)) (err error) {
	if m.Plan, err = m.study.store.Plan(ctx, watched(m.parcel, seen)); err == nil {
		m.note(m.Plan)
	}
	return err
}

// note adds what is to be said of a folder.
func (m *Merge) note(p *merge.Plan) {
	if m.folder != nil {
		p.Notices = append(p.Notices, m.folder.Notices...)
	}
}

// watched is a parcel whose lines are shown to seen, too.
func watched(p *study.Parcel, seen func(study.Line)) *study.Parcel {
	if seen == nil {
		return p
	}
	out := *p
	out.Lines = func(visit func(study.Line) error) error {
		return p.Lines(func(l study.Line) error {
			seen(l)
			return visit(l)
		})
	}
	return &out
}

// Close removes what was unpacked for reading.
func (m *Merge) Close() error {
	if m.folder == nil {
		return nil
	}
	return m.folder.Close()
}

// Apply takes the package in, in one transaction, after a backup. It returns the
// batch, by which it can be undone; "" where there was nothing to do.
func (m *Merge) Apply(ctx context.Context, progress func(done, total int)) (batch string, err error) {
	return m.apply(ctx, progress, true)
}

func (m *Merge) apply(ctx context.Context, progress func(done, total int), backup bool) (batch string, err error) {
	if err := m.study.store.Room(m.need); err != nil {
		return "", err
	}
	if backup && m.changes() {
		if err := m.study.before(ctx, study.BackupMerge, m.need); err != nil {
			return "", err
		}
	}
	batch, did, err := m.study.store.Apply(ctx, m.parcel, progress)
	if err != nil {
		return "", err
	}
	m.note(did)
	m.Plan = did
	return batch, nil
}

// changes says whether taking it in changes a study in which something is already.
func (m *Merge) changes() bool { return !m.Plan.Nothing() && m.Plan.Known > 0 }

// Batches lists the packages taken in, newest first.
func (s *Study) Batches() ([]study.Batch, error) { return s.store.Batches() }

// Undo makes the study read as if a batch had not been taken in, after a backup.
func (s *Study) Undo(ctx context.Context, batch string) error {
	if err := s.before(ctx, study.BackupUndo, 0); err != nil {
		return err
	}
	return s.store.Undo(batch)
}

// unitFieldLabel is what a field of a unit is called.
func unitFieldLabel(f survey.Field) string {
	if name, ok := f.Column(); ok {
		return name
	}
	if l, ok := unitFieldLabels[f]; ok {
		return l
	}
	return string(f)
}

var unitFieldLabels = map[survey.Field]string{survey.FieldCode: "Id in the list", survey.FieldName: "Name", survey.FieldLocalName: "Name in the local script", survey.FieldCountry: "Country",
	survey.FieldRegion: "Region", survey.FieldPlace: "Place", survey.FieldPoint: "Position", survey.FieldForm: "Form of organization", survey.FieldRegistration: "Registration number",
	survey.FieldPhone: "Telephone", survey.FieldAddress: "Address", survey.FieldStratum: "Stratum", survey.FieldAssigned: "Assigned to"}

// ListedLine is something that a list says of a unit.
type ListedLine struct{ Label, Text string }

// Listed is what lists say of a unit, for its card.
func (s *Study) Listed(unit string) ([]ListedLine, error) {
	d, err := s.store.Document(unit)
	if err != nil || d == nil || d.Kind != survey.UnitKind {
		return nil, err
	}
	var out []ListedLine
	for _, f := range []survey.Field{survey.FieldCode, survey.FieldStratum, survey.FieldAssigned, survey.FieldRegistration, survey.FieldAddress, survey.FieldPhone} {
		if t := d.Text(f); t != "" {
			out = append(out, ListedLine{unitFieldLabel(f), t})
		}
	}
	for _, f := range d.Fields() {
		if _, ok := f.Column(); ok {
			out = append(out, ListedLine{unitFieldLabel(f), d.Text(f)})
		}
	}
	return out, nil
}

// labels writes the labels of codes that are separated by spaces.
func labels(l *survey.List, codes, lang string) string {
	var out []string
	for _, code := range strings.Fields(codes) {
		c, ok := l.Find(code)
		if !ok {
			return codes
		}
		out = append(out, c.Label.In(lang, ""))
	}
	return strings.Join(out, "; ")
}

// PlanSentence says in numbers what a plan would do.
func PlanSentence(v merge.Verdicts) string {
	return fmt.Sprintf("%d new, %d already here, %d updated, %d in conflict, %d invalid", v.New, v.Same, v.Updated, v.Conflict, v.Invalid)
}

// FieldLabels is what fields of a unit are called, with commas between.
func FieldLabels(fs []survey.Field) string {
	var out []string
	for _, f := range fs {
		out = append(out, unitFieldLabel(f))
	}
	return strings.Join(out, ", ")
}
