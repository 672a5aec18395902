package job

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/xform"
)

// submitted is an interview of a file as it is understood.
type submitted struct {
	sheet    string
	row      int
	program  *interview.Program
	values   map[survey.Field]survey.Value
	from     map[survey.Field]origin
	strange  map[survey.Field]bool     // choices that are in no list; told
	covered  func(pattern string) bool // the file says something of these questions, if only by a blank
	meta     map[string]string
	code     string // of the unit in its list
	problems []survey.Problem
	bad      string
	blank    bool // a form that nobody answered
}

// origin is where an answer stands.
type origin struct {
	sheet  string
	row    int
	column string
}

// beside names a question in what is said of it, unless the column has its name.
func (o origin) beside(f survey.Field) string {
	if o.column == string(f) {
		return ""
	}
	return string(f) + ": "
}

func (s *submitted) problem(at origin, severity survey.Severity, hint, format string, args ...any) {
	s.problems = append(s.problems, survey.Problem{Sheet: at.sheet, Row: at.row, Column: at.column, Severity: severity, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// submissionReader understands the interviews of a file.
type submissionReader struct {
	study   *Study
	file    *exchange.Submissions
	form    string              // asked for, or ""
	mapped  map[string]string   // columns and paths to questions
	taken   map[string]bool     // of mapped: a table has the column at the right place
	columns []*SubmissionColumn // all, in the order of the file
	tables  [][]*SubmissionColumn
	repeats []*survey.Repeat // that tables are of
	byPath  map[string]*SubmissionColumn
	readers map[*interview.Program]*columnReader
	program *interview.Program // of tables
	covers  map[string]bool    // patterns of questions that tables have columns for
	told    map[string]bool    // what is said once
	files   map[string]attachment
}

// attachment is a file that an answer names, by its SHA-256.
type attachment struct {
	of   *exchange.Submission
	name string
}

func (s *Study) newSubmissionReader(file *exchange.Submissions, o InterviewOptions) (*submissionReader, error) {
	r := &submissionReader{study: s, file: file, form: o.Form, mapped: map[string]string{}, taken: map[string]bool{}, byPath: map[string]*SubmissionColumn{}, readers: map[*interview.Program]*columnReader{},
		covers: map[string]bool{}, told: map[string]bool{}, files: map[string]attachment{}}
	for _, m := range o.Map {
		r.mapped[columnKey(m[0])] = m[1]
	}
	var err error
	if r.program, err = s.Program(o.Form, ""); err != nil {
		return nil, err
	}
	c := r.reader(r.program)
	for i, t := range file.Tables {
		if slices.Contains(t.Columns, "KEY") {
			c.keyed = true
		}
		c.values.comma = c.values.comma || t.Comma
		var repeat *survey.Repeat
		if i > 0 {
			if repeat = c.tableRepeat(t); repeat != nil {
				r.covers[c.repeats[repeat]] = true
			}
		}
		r.repeats = append(r.repeats, repeat)
		cols, err := r.match(c, t, i > 0 && repeat == nil, repeat)
		if err != nil {
			return nil, err
		}
		r.tables = append(r.tables, cols)
	}
	if err := r.checkMapped(c); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *submissionReader) reader(p *interview.Program) *columnReader {
	c := r.readers[p]
	if c == nil {
		c = newColumnReader(p.Form, &submittedValues{form: p.Form})
		r.readers[p] = c
	}
	return c
}

// match says what the columns of a table are of.
func (r *submissionReader) match(c *columnReader, t *exchange.SubmissionTable, lost bool, repeat *survey.Repeat) ([]*SubmissionColumn, error) {
	of, nth := map[string]int{}, map[string]int{}
	for _, name := range t.Columns {
		of[columnKey(name)]++
	}
	var out []*SubmissionColumn
	for _, name := range t.Columns {
		k := columnKey(name)
		col := SubmissionColumn{Name: name, Use: UseUnknown, Why: "no repeat of the questionnaire has the name of the table"}
		if !lost {
			col = c.column(repeat, name, nth[k], of[k])
		} else if metaName(name) != "" {
			col.Use, col.Why = UseMeta, ""
		}
		if len(r.file.Tables) > 1 {
			col.Table = t.Name
		}
		if question, is := r.mapped[k]; is && nth[k] == 0 {
			as := col
			if err := r.remap(c, &as, question); err != nil {
				return nil, err
			}
			if as.target == nil || as.target.repeat == repeat { // tables may have columns of one name
				col, r.taken[k] = as, true
			}
		}
		nth[k]++
		out = append(out, &col)
		r.columns = append(r.columns, &col)
		if col.target != nil {
			r.covers[col.Question] = true
		}
	}
	whole := map[*target]bool{}
	for _, col := range out {
		whole[col.target] = whole[col.target] || col.Use == UseAnswer
	}
	for _, col := range out {
		col.base = col.target != nil && col.Use != UseAnswer && whole[col.target]
	}
	return out, nil
}

// remap takes a column for what a person says it is.
func (r *submissionReader) remap(c *columnReader, col *SubmissionColumn, question string) error {
	*col = SubmissionColumn{Table: col.Table, Name: col.Name, Filled: col.Filled}
	switch question {
	case LeftOutColumn:
		col.Use = UseLeftOut
	case UnitCodeColumn:
		col.Use = UseUnitCode
	default:
		t, err := c.named(question)
		if err != nil {
			return err
		}
		col.Use, col.target, col.Question = UseAnswer, t, t.pattern
	}
	return nil
}

// checkMapped refuses to map columns that are not there. Those of XML are known
// later.
func (r *submissionReader) checkMapped(c *columnReader) error {
	for name, question := range r.mapped {
		if question != LeftOutColumn && question != UnitCodeColumn {
			if _, err := c.named(question); err != nil {
				return err
			}
		}
		if r.file.Format != "xml" && !slices.ContainsFunc(r.columns, func(col *SubmissionColumn) bool { return columnKey(col.Name) == name }) {
			return fmt.Errorf("the file has no column %q", name)
		}
		if r.file.Format != "xml" && !r.taken[name] {
			return fmt.Errorf("the question %s is asked in another repeat than the rows with the column %q", question, name)
		}
	}
	return nil
}

// checkPaths refuses to map elements that were not there.
func (r *submissionReader) checkPaths() error {
	for name := range r.mapped {
		if r.file.Format == "xml" && !slices.ContainsFunc(r.columns, func(col *SubmissionColumn) bool { return columnKey(col.Name) == name }) {
			return fmt.Errorf("no interview of the file has the element %q", name)
		}
	}
	return nil
}

// read understands one interview.
func (r *submissionReader) read(x *exchange.Submission) *submitted {
	s := &submitted{sheet: x.File, program: r.program, values: map[survey.Field]survey.Value{}, from: map[survey.Field]origin{}, strange: map[survey.Field]bool{}, meta: map[string]string{}, bad: x.Bad}
	if r.file.Format != "xml" {
		s.row, s.sheet = x.Row, ""
		if len(r.file.Tables) > 1 {
			s.sheet = r.file.Tables[0].Name
		}
		s.covered = func(pattern string) bool { return r.covers[pattern] }
	} else {
		s.covered = func(string) bool { return true }
	}
	switch {
	case s.bad != "":
	case r.file.Format == "xml":
		r.readDocument(s, x)
	default:
		r.readRow(s, x, &x.TableRow, nil, "", "")
	}
	return s
}

// readDocument reads a file of XML.
func (r *submissionReader) readDocument(s *submitted, x *exchange.Submission) {
	f, err := r.file.Document(x)
	var root *survey.Element
	if err == nil {
		root, err = xform.ReadXML(f)
		f.Close()
	}
	switch {
	case err != nil:
		s.bad = err.Error()
	case root.Name == "h:html":
		s.blank = true
		s.problem(origin{sheet: s.sheet}, survey.Warning, "it is left out", "it is a blank form and no interview")
	case root.Attr("encrypted") == "yes":
		s.bad = "it is encrypted; decrypt it with the private key of the form in ODK Central or ODK Briefcase first"
	default:
		r.readTree(s, x, root)
	}
}

var rowNumbers = regexp.MustCompile(`\[\d+\]`)

// readTree reads submission XML.
func (r *submissionReader) readTree(s *submitted, x *exchange.Submission, root *survey.Element) {
	id, version := root.Attr("id"), cmp.Or(root.Attr("version"), root.Attr("orx:version"))
	if r.form == "" {
		var err error
		if s.program, err = r.study.Program(id, version); err != nil || id == "" {
			if s.program, err = r.study.Program(id, ""); err != nil || id == "" {
				s.bad = fmt.Sprintf("it is an interview with the form %q, which the study does not have", id)
				return
			}
			r.once(s, "version "+version, survey.Warning, "add that version with sse form", "the interview was held with the version %q of the questionnaire, which is not here; it is read by the version %q", version, s.program.Form.Version)
		}
	}
	c := r.reader(s.program)
	for _, name := range []string{"instanceID", "deprecatedID", "rootUuid"} {
		s.meta[name] = xform.Meta(root, name)
	}
	s.meta["SubmissionDate"] = root.Attr("submissionDate")
	for _, e := range xform.Entries(root, s.program.Form) {
		at := origin{s.sheet, 0, e.Path}
		switch it := e.Item.(type) {
		case *survey.Question:
			if _, is := r.mapped[columnKey(rowNumbers.ReplaceAllString(e.Path, ""))]; is {
				e.Field = e.Field[:strings.LastIndexByte(string(e.Field), ']')+1] // the row around it
				r.unknownElement(s, x, c, e, at)
				continue
			}
			r.element(e.Path, SubmissionColumn{Use: UseAnswer, Question: e.Field.Pattern()})
			if e.Value.Special != "" {
				s.values[e.Field], s.from[e.Field] = e.Value, at
				continue
			}
			r.answer(s, x, c, it, e.Field, e.Value.Text, at)
		case *survey.Repeat:
			s.values[e.Field] = e.Value
		default:
			r.unknownElement(s, x, c, e, at)
		}
	}
}

// maxElements bounds the elements of XML that are named.
const maxElements = 20_000

// element counts an element among the columns.
func (r *submissionReader) element(path string, as SubmissionColumn) *SubmissionColumn {
	name := rowNumbers.ReplaceAllString(path, "")
	col := r.byPath[name]
	if col == nil {
		as.Name = name
		col = &as
		if len(r.columns) < maxElements {
			r.byPath[name] = col
			r.columns = append(r.columns, col)
		}
	}
	col.Filled++
	return col
}

// unknownElement reads an element that no question has the name of, if a person said
// what it is.
func (r *submissionReader) unknownElement(s *submitted, x *exchange.Submission, c *columnReader, e xform.Entry, at origin) {
	name := rowNumbers.ReplaceAllString(e.Path, "")
	as := SubmissionColumn{Use: UseUnknown}
	if question, is := r.mapped[columnKey(name)]; is {
		if err := r.remap(c, &as, question); err != nil {
			as = SubmissionColumn{Use: UseUnknown, Why: err.Error()}
		}
	}
	col := r.element(e.Path, as)
	switch {
	case col.Use == UseUnitCode:
		s.code = strings.TrimSpace(e.Value.Text)
	case col.target == nil:
	case c.repeats[col.target.repeat] != e.Field.Pattern():
		s.problem(at, survey.Error, "", "the question %s is asked in another repeat", col.Question)
	default:
		r.answer(s, x, c, col.target.q, below(e.Field, col.target, c), e.Value.Text, at)
	}
}

// below is the field of a question in a row.
func below(row survey.Field, t *target, c *columnReader) survey.Field {
	if t.repeat == nil {
		return survey.Field(t.pattern)
	}
	return row + survey.Field(strings.TrimPrefix(t.pattern, c.repeats[t.repeat]))
}

// gathered is what the columns of one question hold in a row.
type gathered struct {
	target  *target
	column  string
	text    string
	choices []string
	parts   [4]string
}

// readRow reads a row of a table and those of repeats below it.
func (r *submissionReader) readRow(s *submitted, x *exchange.Submission, row *exchange.TableRow, repeat *survey.Repeat, at, pattern survey.Field) {
	c, sheet := r.reader(r.program), s.sheet
	if len(r.tables) > 1 {
		sheet = r.file.Tables[row.Table].Name
	}
	var order []*gathered
	of := map[*target]*gathered{}
	for _, cell := range row.Cells {
		col := r.tables[row.Table][cell.Column]
		col.Filled++
		if name := metaName(col.Name); repeat == nil && name != "" && s.meta[name] == "" {
			s.meta[name] = strings.TrimSpace(cell.Text)
		}
		if col.Use == UseUnitCode {
			s.code = strings.TrimSpace(cell.Text)
		}
		if col.target == nil || col.base {
			continue
		}
		g := of[col.target]
		if g == nil {
			g = &gathered{target: col.target, column: col.Name}
			of[col.target], order = g, append(order, g)
		}
		g.take(col, cell.Text)
	}
	for _, g := range order {
		r.answer(s, x, c, g.target.q, below(at, g.target, c), g.whole(c.values), origin{sheet, row.Row, g.column})
	}
	r.readBelow(s, x, c, row, at, pattern)
}

// readBelow reads the rows of repeats below a row.
func (r *submissionReader) readBelow(s *submitted, x *exchange.Submission, c *columnReader, row *exchange.TableRow, at, pattern survey.Field) {
	count := map[*survey.Repeat]int{}
	for _, b := range row.Below {
		in := r.repeats[b.Table]
		if in == nil {
			for _, cell := range b.Cells {
				r.tables[b.Table][cell.Column].Filled++
			}
			name := r.file.Tables[b.Table].Name
			r.once(s, "table "+name, survey.Error, "its rows are left out", "the table %s is of no repeat of the questionnaire", name)
			continue
		}
		above := survey.Field(c.repeats[in])
		if !strings.HasPrefix(string(above), string(pattern)) {
			s.problem(origin{r.file.Tables[b.Table].Name, b.Row, ""}, survey.Error, "the row is left out", "the repeat %s does not stand inside of %s", c.repeats[in], pattern)
			continue
		}
		count[in]++
		field := at + survey.Field(strings.TrimPrefix(string(above), string(pattern))) + survey.Field(fmt.Sprintf("[%d]", count[in]))
		s.values[field] = survey.Of("1")
		r.readRow(s, x, b, in, field, above)
	}
}

func (g *gathered) take(col *SubmissionColumn, text string) {
	switch col.Use {
	case UseAnswer:
		g.text = text
	case UseChoice:
		if ticked(text, col.Choice) {
			g.choices = append(g.choices, col.Choice)
		}
	case UsePosition:
		g.parts[col.part] = strings.TrimSpace(text)
	}
}

// whole is the answer as one text.
func (g *gathered) whole(v *submittedValues) string {
	switch {
	case g.text != "":
		return g.text
	case len(g.choices) > 0:
		return strings.Join(g.choices, " ")
	case g.parts[0] == "" && g.parts[1] == "":
		return ""
	}
	for i, p := range g.parts {
		if p = v.number(p, false); p == "" {
			p = "0"
			if i < 2 {
				p = "-" // no number: half a position is none
			}
		}
		g.parts[i] = p
	}
	return strings.Join(g.parts[:], " ")
}

// answer keeps an answer, or as a note beside the question what is none.
func (r *submissionReader) answer(s *submitted, x *exchange.Submission, c *columnReader, q *survey.Question, f survey.Field, text string, at origin) {
	switch q.Kind {
	case survey.Note, survey.External, survey.Audit, survey.InstanceID:
		return
	case survey.Image, survey.Audio, survey.Video, survey.File, survey.BackgroundAudio:
		text = r.attached(s, x, strings.TrimSpace(text), at)
	}
	v, err := c.values.read(q, text)
	if err != nil {
		s.problem(at, survey.Error, "it is kept as a note on the question", "%s%q is no answer: %s", at.beside(f), cut(strings.TrimSpace(text)), err)
		f, v = f.Remark(survey.RemarkNote), survey.Of(strings.TrimSpace(text))
	}
	if err == nil && q.Kind.Selects() && v.Text != "" && c.values.choices(q) != nil && !c.values.allKnown(q, v.Text) {
		s.problem(at, survey.Error, "it is kept as it is", "%s%q is not among the choices", at.beside(f), cut(v.Text))
		s.strange[f] = true
	}
	if !v.Blank() {
		s.values[f], s.from[f] = v, at
	}
}

// cut shortens what is quoted.
func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// attached finds a file that an answer names and returns the name under which the
// study keeps it: its SHA-256 with its ending. A name without a file stays.
func (r *submissionReader) attached(s *submitted, x *exchange.Submission, name string, at origin) string {
	if name == "" {
		return ""
	}
	f, err := r.file.Attachment(x, name)
	if errors.Is(err, fs.ErrNotExist) {
		sum := strings.TrimSuffix(name, filepath.Ext(name))
		if _, err := r.study.store.File(sum); err != nil {
			s.problem(at, survey.Warning, "put it beside the file, or into a folder media there, and import again", "the file %s is missing", cut(name))
		}
		return name
	}
	h := sha256.New()
	if err == nil {
		_, err = io.Copy(h, f)
		f.Close()
	}
	if err != nil {
		s.problem(at, survey.Error, "its name is kept", "the file %s cannot be read: %s", cut(name), err)
		return name
	}
	sum := hex.EncodeToString(h.Sum(nil))
	r.files[sum] = attachment{&exchange.Submission{File: x.File}, name}
	return sum + strings.ToLower(filepath.Ext(name))
}

// once says something of a file one time.
func (r *submissionReader) once(s *submitted, key string, severity survey.Severity, hint, format string, args ...any) {
	if !r.told[key] {
		r.told[key] = true
		s.problem(origin{sheet: s.sheet, row: s.row}, severity, hint, format, args...)
	}
}

// ids gives the id of the submission, of the one it was at first, and of the one it
// corrects, "" where the file does not say.
func (s *submitted) ids() (instance, root, corrects string) {
	root = submissionID(cmp.Or(s.meta["rootUuid"], s.meta["_root_uuid"], s.meta["KEY"]))
	instance = submissionID(cmp.Or(s.meta["instanceID"], s.meta["_uuid"], root))
	return instance, root, submissionID(s.meta["deprecatedID"])
}

// plainID is what ids are made of; others may hold anything.
var plainID = regexp.MustCompile(`^[\w:.-]{1,200}$`)

// submissionID writes ids with and without uuid: in one way. In place of one that could
// not be part of a field stands its hash.
func submissionID(s string) string {
	s = strings.TrimSpace(s)
	if id, err := uuid.Parse(strings.TrimPrefix(s, "uuid:")); err == nil && len(s) >= 36 {
		return "uuid:" + id.String()
	}
	if s != "" && !plainID.MatchString(s) {
		sum := sha256.Sum256([]byte(s))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return s
}

// entity is the id of the interview of a submission: the same on every laptop.
func (s *Study) entityOf(submission string) string {
	if id, ok := strings.CutPrefix(submission, "uuid:"); ok && uuid.Validate(id) == nil {
		return id
	}
	return uuid.NewHash(sha256.New(), uuid.NameSpaceURL, []byte("submission\x00"+s.Info().ID+"\x00"+submission), 8).String()
}

// when finds the first moment among texts and writes it as interviews keep it; those
// of servers are UTC where they have no offset.
func when(texts ...string) (time.Time, string) {
	for _, s := range texts {
		s = isoMomentOf(strings.TrimSpace(s))
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
			if t, err := time.Parse(layout, s); err == nil {
				return t, t.Format("2006-01-02T15:04:05-07:00")
			}
		}
	}
	return time.Time{}, ""
}

// about is what an interview is said to be: who held it, when, and where it stands.
func (s *submitted) about() (map[survey.Field]survey.Value, time.Time) {
	of := func(k survey.Kind) string {
		found := ""
		s.program.Form.Walk(func(it survey.Item, within []survey.Item) bool {
			if q, ok := it.(*survey.Question); ok && q.Kind == k && found == "" {
				found = s.values[survey.Field(q.Name)].Text
			}
			return found == ""
		})
		return found
	}
	held := ""
	if q := s.program.Form.ByRole("interviewer"); q != nil {
		held = s.values[survey.Field(q.Name)].Text
	}
	submissionTime := cmp.Or(s.meta["_submission_time"], s.meta["SubmissionDate"])
	end, ended := when(of(survey.End), s.meta["end"], submissionTime)
	_, started := when(of(survey.Start), s.meta["start"], ended)
	out := map[survey.Field]survey.Value{survey.FieldStatus: survey.Of(string(s.state()))}
	for f, text := range map[survey.Field]string{survey.FieldStarted: started, survey.FieldEnded: ended,
		survey.FieldInterviewer: cmp.Or(held, of(survey.Username), s.meta["username"], s.meta["_submitted_by"], s.meta["SubmitterName"])} {
		if text != "" {
			out[f] = survey.Of(text)
		}
	}
	return out, end
}

// state is where the interview stands by the review on the server.
func (s *submitted) state() survey.Status {
	text := strings.ToLower(cmp.Or(s.meta["ReviewState"], s.meta["_validation_status"]))
	switch {
	case strings.Contains(text, "not") && strings.Contains(text, "approved"), text == "rejected":
		return survey.Rejected
	case strings.Contains(text, "approved"):
		return survey.Approved
	}
	return survey.Completed
}
