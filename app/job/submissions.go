package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// InterviewOptions say how a file of interviews is read; the zero value finds all of
// it out.
type InterviewOptions struct {
	Form string // id of the questionnaire; "": the one that XML names, or the study's own
	// Map gives columns, and paths of elements, to questions: name or path, or
	// UnitCodeColumn, or LeftOutColumn.
	Map                 [][2]string
	Encoding, Delimiter string // of text
}

// InterviewVerdict is what becomes of an interview of a file.
type InterviewVerdict string

// The verdicts on interviews.
const (
	InterviewNew       InterviewVerdict = "new"
	InterviewSame      InterviewVerdict = "same"      // nothing to do
	InterviewChanged   InterviewVerdict = "changed"   // corrected since it was taken in
	InterviewContested InterviewVerdict = "contested" // so, but the study was edited, too: both stay
	InterviewInvalid   InterviewVerdict = "invalid"   // cannot be taken in
)

// InterviewRow is the verdict on an interview of a file.
type InterviewRow struct {
	Sheet     string // or name of the file of XML
	Row       int
	Name      string // of the organization
	Verdict   InterviewVerdict
	Interview string // id, also of one that is new
	Unit      string // of one that is new
	NewUnit   bool
	Likely    string         // of a new unit: name of one that may be the same
	Changed   []survey.Field // of those that are corrected
	Contested []survey.Field // of these, what the study says otherwise
	Why       string         // of one that is the same or invalid, if there is something to say

	change   study.Change
	seen     map[survey.Field][]string // heads when the plan was made; nil: those that the change replaces
	unit     *study.Change
	instance string
	corrects int // which interview of the file it is put in place of, from 1; 0: none
}

// InterviewCounts counts the interviews of a file by verdict.
type InterviewCounts struct {
	New, Same, Changed, Contested, Invalid int
	Likely                                 int // of New: those whose organization may be here under another name
}

// InterviewPlan is what taking in a file of interviews would do. It changes nothing
// by itself.
type InterviewPlan struct {
	Name, Format        string
	Encoding, Delimiter string
	Guessed             bool
	Form, Version       string
	Columns             []SubmissionColumn
	Counts              InterviewCounts
	Rows                []InterviewRow
	Files               int      // photos and others that come along
	Questions           []string // that columns may be given to
	Problems            []survey.Problem

	study   *Study
	file    string
	options InterviewOptions
	sum     string
	files   map[string]attachment
}

// maxInterviewAnswers bounds what a plan keeps in memory until it is applied.
const maxInterviewAnswers = 3_000_000

// PlanInterviews reads interviews that were held with ODK Collect or KoboCollect and
// compares each with the study. Nothing is written. Progress is called with how many
// are read. A GeoPackage is one that was exported and changed since: see PlanPublished.
func (s *Study) PlanInterviews(ctx context.Context, file string, o InterviewOptions, progress func(read int)) (*InterviewPlan, error) {
	if strings.EqualFold(filepath.Ext(file), ".gpkg") {
		return s.PlanPublished(ctx, file, progress)
	}
	f, err := exchange.OpenSubmissions(ctx, file, exchange.SubmissionOptions{Encoding: o.Encoding, Delimiter: o.Delimiter})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &InterviewPlan{Name: f.Name, Format: f.Format, Encoding: f.Encoding, Delimiter: f.Delimiter, Guessed: f.Guessed, study: s, file: file, options: o}
	r, err := s.newSubmissionReader(f, o)
	if err != nil {
		return nil, err
	}
	p.Form, p.Version = r.program.Form.ID, r.program.Form.Version
	for _, t := range r.reader(r.program).targets {
		p.Questions = append(p.Questions, t.pattern)
	}
	c, err := s.newSubmissionComparer(r)
	if err != nil {
		return nil, err
	}
	if err := p.read(ctx, f, r, c, progress); err != nil {
		return nil, err
	}
	if err := r.checkPaths(); err != nil {
		return nil, err
	}
	p.Problems = append(slices.Clone(f.Problems), p.Problems...)
	for _, col := range r.columns {
		p.Columns = append(p.Columns, *col)
	}
	for _, row := range p.Rows {
		p.Counts.add(&row)
	}
	p.files = r.files
	p.dropFiles()
	p.Files = len(p.files)
	if p.sum, err = submissionsSum(file); err != nil {
		return nil, err
	}
	return p, nil
}

// read compares the interviews of a file one after the other.
func (p *InterviewPlan) read(ctx context.Context, f *exchange.Submissions, r *submissionReader, c *submissionComparer, progress func(read int)) error {
	answers := 0
	for x, err := range f.All(ctx) {
		if err != nil {
			return err
		}
		sub := r.read(x)
		if sub.blank {
			p.Problems = append(p.Problems, sub.problems...)
			continue
		}
		row := c.compare(sub)
		if answers += len(row.change.Patch); answers > maxInterviewAnswers {
			return fmt.Errorf("read interviews %q: it has more than %d answers that are new; split it", f.Name, maxInterviewAnswers)
		}
		p.add(sub, row)
		if progress != nil && len(p.Rows)%100 == 0 {
			progress(len(p.Rows))
		}
	}
	return nil
}

// dropFiles forgets the files that no answer names that would be recorded.
func (p *InterviewPlan) dropFiles() {
	needed := map[string]bool{}
	for i := range p.Rows {
		for _, v := range p.Rows[i].change.Patch {
			needed[strings.TrimSuffix(v.Text, filepath.Ext(v.Text))] = true
		}
	}
	maps.DeleteFunc(p.files, func(sum string, _ attachment) bool { return !needed[sum] })
}

// maxInterviewProblems is how many problems a plan keeps.
const maxInterviewProblems = 10_000

func (p *InterviewPlan) add(s *submitted, row InterviewRow) {
	if row.Verdict == InterviewInvalid {
		s.problem(origin{sheet: s.sheet, row: s.row}, survey.Error, "the interview is left out", "%s", row.Why)
	}
	if row.corrects > 0 {
		b := &p.Rows[row.corrects-1]
		b.Verdict, b.Why, b.unit, b.change, b.Likely = InterviewSame, "it is corrected by "+row.Place(), nil, study.Change{}, ""
	}
	p.Rows = append(p.Rows, row)
	room := max(0, maxInterviewProblems-len(p.Problems))
	p.Problems = append(p.Problems, s.problems[:min(room, len(s.problems))]...)
	if len(s.problems) > room && room > 0 {
		p.Problems = append(p.Problems, survey.Problem{Text: fmt.Sprintf("… and more problems; these are the first %d", maxInterviewProblems)})
	}
}

func (c *InterviewCounts) add(r *InterviewRow) {
	switch r.Verdict {
	case InterviewNew:
		c.New++
		if r.Likely != "" {
			c.Likely++
		}
	case InterviewSame:
		c.Same++
	case InterviewChanged:
		c.Changed++
	case InterviewContested:
		c.Contested++
	case InterviewInvalid:
		c.Invalid++
	}
}

// InterviewSentence says in numbers what a plan would do.
func InterviewSentence(c InterviewCounts) string {
	text := fmt.Sprintf("%d new, %d already here, %d corrected, %d in conflict with what was edited here, %d that cannot be taken in", c.New, c.Same, c.Changed, c.Contested, c.Invalid)
	if c.Likely > 0 {
		text += fmt.Sprintf("; the organizations of %d of the new ones may be here under another name", c.Likely)
	}
	return text
}

// SubmissionProblem writes a problem with its sheet, row and column.
func SubmissionProblem(p survey.Problem) string {
	at := p.Sheet
	if p.Row > 0 {
		at = strings.TrimSpace(at + " row " + strconv.Itoa(p.Row))
	}
	if p.Column != "" {
		at = strings.TrimPrefix(at+", "+p.Column, ", ")
	}
	p.Sheet, p.Row, p.Cell = "", 0, ""
	if at == "" {
		return p.String()
	}
	return at + ": " + p.String()
}

// Unknown are the columns that are left out although they hold something.
func (p *InterviewPlan) Unknown() (out []SubmissionColumn) {
	for _, c := range p.Columns {
		if c.Use == UseUnknown && c.Filled > 0 {
			out = append(out, c)
		}
	}
	return out
}

// submissionsSum is the SHA-256 of a file, or of the names and sizes in a folder.
func submissionsSum(file string) (string, error) {
	st, err := os.Stat(file)
	if err != nil || !st.IsDir() {
		if err == nil {
			return fileSum(file)
		}
		return "", err
	}
	h := sha256.New()
	err = filepath.WalkDir(file, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fmt.Fprintf(h, "%s\x00%d\n", filepath.ToSlash(strings.TrimPrefix(path, file)), info.Size())
		}
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// Apply takes the interviews in by the plan: one batch, in one transaction, after a
// backup, which Undo takes back. It returns the batch, "" where there was nothing to
// do.
func (p *InterviewPlan) Apply(ctx context.Context, progress func(done, total int)) (batch string, err error) {
	var changes []study.Change
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.unit != nil {
			changes = append(changes, *r.unit)
		}
		if r.change.Patch != nil {
			changes = append(changes, r.change)
		}
	}
	if len(changes) == 0 {
		return "", nil
	}
	for _, r := range p.Rows { // somebody may have worked on them since
		if err := p.unchanged(&r); err != nil {
			return "", err
		}
	}
	is, err := p.study.store.Documents(survey.InterviewKind)
	if err != nil {
		return "", err
	}
	if len(is) > 0 {
		if err := p.study.before(ctx, study.BackupImport, 0); err != nil {
			return "", err
		}
	}
	if err := p.keepFiles(ctx); err != nil {
		return "", err
	}
	return p.study.store.Import(ctx, p.Name+", interviews", p.sum, changes, progress)
}

// unchanged fails where an interview is not as it was when the plan was made.
func (p *InterviewPlan) unchanged(r *InterviewRow) error {
	if r.change.Patch == nil {
		return nil
	}
	d, err := p.study.store.Document(r.Interview)
	if err != nil {
		return err
	}
	if d == nil != (r.Verdict == InterviewNew) {
		return errPlanOld
	}
	seen := r.seen
	if seen == nil {
		seen = r.change.Replaces
	}
	for f, ids := range seen {
		for _, id := range ids {
			if !slices.ContainsFunc(d.Heads[f], func(h survey.Head) bool { return h.Revision == id }) {
				return errPlanOld
			}
		}
	}
	return nil
}

var errPlanOld = errors.New("the study changed since the file was looked at; choose the file again")

// keepFiles keeps the photos and other files that answers name.
func (p *InterviewPlan) keepFiles(ctx context.Context) error {
	if len(p.files) == 0 {
		return nil
	}
	f, err := exchange.OpenSubmissions(ctx, p.file, exchange.SubmissionOptions{Encoding: p.options.Encoding, Delimiter: p.options.Delimiter})
	if err != nil {
		return err
	}
	defer f.Close()
	for _, sum := range slices.Sorted(maps.Keys(p.files)) {
		a := p.files[sum]
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := f.Attachment(a.of, a.name)
		if err != nil {
			return fmt.Errorf("file %s: %w", a.name, err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return fmt.Errorf("file %s: %w", a.name, err)
		}
		if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != sum {
			return fmt.Errorf("the file %s changed since it was looked at; choose the file again", a.name)
		}
		if _, err := p.study.store.AddFile(b, "application/octet-stream"); err != nil {
			return err
		}
	}
	return nil
}
