package job

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/match"
	"sselandscape/survey/merge"
	"sselandscape/survey/table"
)

// submissionComparer compares interviews with the study and with those before them.
type submissionComparer struct {
	study  *Study
	reader *submissionReader
	units  *comparer
	known  map[string]string // interviews by the ids of their submissions
	drafts map[string]bool
	rows   map[string]*plannedRow // interviews of the file by id
	n      int                    // interviews read
}

// plannedRow is an interview that stands in the file already.
type plannedRow struct {
	number   int // in the file, from 1
	place    string
	instance string
	replaced []string // ids of submissions that it corrects
	digest   [sha256.Size]byte
}

// digest is the same for interviews with the same answers.
func (s *submitted) digest() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, f := range slices.Sorted(maps.Keys(s.values)) {
		fmt.Fprintf(h, "%q %q %q\n", f, s.values[f].Text, s.values[f].Special)
	}
	h.Sum(sum[:0])
	return sum
}

func (s *Study) newSubmissionComparer(r *submissionReader) (*submissionComparer, error) {
	units, err := s.newComparer(&ListHead{})
	if err != nil {
		return nil, err
	}
	c := &submissionComparer{study: s, reader: r, units: units, known: map[string]string{}, drafts: map[string]bool{}, rows: map[string]*plannedRow{}}
	ds, err := s.store.Documents(survey.InterviewKind)
	if err != nil {
		return nil, err
	}
	for _, d := range ds {
		for f := range d.Heads {
			if id, ok := f.Submission(); ok {
				c.known[id] = d.Entity
			}
		}
	}
	drafts, err := s.store.Drafts()
	for _, id := range drafts {
		c.drafts[id] = true
	}
	return c, err
}

// interviewOf finds the interview that a submission is of.
func (c *submissionComparer) interviewOf(instance, root, corrects string) string {
	for _, id := range []string{instance, root, corrects} {
		if at := c.known[id]; at != "" && id != "" {
			return at
		}
	}
	return c.study.entityOf(cmp.Or(root, corrects, instance))
}

// compare gives the verdict on an interview.
func (c *submissionComparer) compare(s *submitted) InterviewRow {
	c.n++
	out := InterviewRow{Sheet: s.sheet, Row: s.row, Verdict: InterviewInvalid, Why: s.bad}
	if s.bad != "" {
		return out
	}
	instance, root, corrects := s.ids()
	if instance == "" {
		out.Why = "it has no id, so that it cannot be told from others; the file needs the column KEY, _uuid or meta/instanceID, or the element instanceID"
		return out
	}
	out.Interview, out.instance = c.interviewOf(instance, root, corrects), instance
	c.known[instance] = out.Interview
	out.Name = c.role(s, "unit.name")
	if before := c.rows[out.Interview]; before != nil {
		return c.again(out, s, before, instance, corrects)
	}
	digest := s.digest()
	c.decide(&out, s)
	c.remember(out, digest, corrects)
	return out
}

// remember makes an interview known to those behind it.
func (c *submissionComparer) remember(out InterviewRow, digest [sha256.Size]byte, replaced ...string) {
	c.rows[out.Interview] = &plannedRow{number: c.n, place: out.Place(), instance: out.instance, replaced: replaced, digest: digest}
}

// Place says where an interview stands.
func (r *InterviewRow) Place() string {
	if r.Row > 0 {
		return strings.TrimSpace(r.Sheet + " row " + strconv.Itoa(r.Row))
	}
	return r.Sheet
}

// again gives the verdict on an interview that stands in the file already.
func (c *submissionComparer) again(out InterviewRow, s *submitted, before *plannedRow, instance, corrects string) InterviewRow {
	digest := s.digest()
	switch {
	case slices.Contains(before.replaced, instance):
		out.Verdict, out.Why = InterviewSame, "it was corrected by "+before.place
	case digest == before.digest:
		out.Verdict, out.Why = InterviewSame, "it stands in "+before.place+" already"
	case corrects != "" && corrects == before.instance:
		c.decide(&out, s)
		out.corrects = before.number
		c.remember(out, digest, append(before.replaced, corrects)...)
	default:
		out.Why = "it stands in " + before.place + " already, with other answers"
	}
	return out
}

func (c *submissionComparer) role(s *submitted, role string) string {
	if q := s.program.Form.ByRole(role); q != nil {
		return s.values[survey.Field(q.Name)].Text
	}
	return ""
}

// decide compares an interview with the study.
func (c *submissionComparer) decide(out *InterviewRow, s *submitted) {
	revs, err := c.study.store.Revisions(out.Interview)
	if err != nil {
		out.Why = err.Error()
		return
	}
	d := merge.Entity(revs)
	switch {
	case d == nil:
	case d.Kind != survey.InterviewKind:
		out.Why = "its id is that of something else in the study"
		return
	case d.Deleted():
		out.Verdict, out.Why = InterviewSame, "the interview was deleted or erased here"
		return
	case c.drafts[out.Interview]:
		out.Why = "somebody is working on it on this laptop; finish that first, then import again"
		return
	}
	about, end := s.about()
	was := importsOf(revs)
	if was.newest == "" && d != nil {
		s.rekey(current(d))
	} else {
		s.rekey(was.says)
	}
	for f := range was.erased {
		if _, is := s.values[f]; is {
			delete(s.values, f)
			delete(s.from, f)
			out.Why = "answers that were erased here are not taken again"
		}
	}
	c.check(s, out.Interview, end)
	if d == nil {
		c.fresh(out, s, about)
		return
	}
	c.update(out, s, d, was, about)
}

// fresh plans an interview that is new.
func (c *submissionComparer) fresh(out *InterviewRow, s *submitted, about map[survey.Field]survey.Value) {
	out.Verdict, out.Why = InterviewNew, ""
	c.findUnit(out, s)
	maps.Copy(about, s.values)
	about[survey.FieldUnit], about[survey.Submitted(out.instance)] = survey.Of(out.Unit), s.corrects()
	out.change = study.Change{Entity: out.Interview, Kind: survey.InterviewKind, Form: s.program.Form.ID, FormVersion: s.program.Form.Version, Patch: about}
}

// findUnit finds the organization of a new interview: the one with its code, or a new
// one, since names alone say nothing for certain.
func (c *submissionComparer) findUnit(out *InterviewRow, s *submitted) {
	code := cmp.Or(s.code, c.role(s, "frame.id"))
	r := &reading{}
	r.name, r.code, r.country, r.region = out.Name, code, c.role(s, "unit.country"), c.role(s, "unit.region")
	if p, ok := table.Point(c.role(s, "unit.point")); ok {
		r.point = &p
	}
	if d := c.units.byID[code]; d != nil {
		out.Unit = d.Entity
		return
	}
	if code != "" {
		var same []*listedUnit
		for _, n := range c.units.byCode[code] {
			if k := &c.units.units[n]; k.country == "" || r.country == "" || k.country == r.country {
				same = append(same, k)
			}
		}
		if len(same) == 1 && (r.name == "" || same[0].name == "" || !unlike(same[0].name, r.name)) {
			out.Unit = same[0].id
			return
		}
		if len(same) > 0 {
			s.problem(origin{sheet: s.sheet, row: s.row}, survey.Warning, "it becomes an organization of its own", "the id %q is of another organization here: %s", code, same[0].name)
		}
	}
	if match.Key(r.name) != "" {
		out.Likely = c.units.likely(r)
	}
	out.Unit = uuid.NewHash(sha256.New(), uuid.NameSpaceURL, []byte("unit of interview\x00"+out.Interview), 8).String()
	out.NewUnit = true
	patch := map[survey.Field]survey.Value{}
	if c.study.Info().Fictional {
		patch[survey.FieldFictional] = survey.Of("1")
	}
	out.unit = &study.Change{Entity: out.Unit, Kind: survey.UnitKind, Patch: patch}
}

// corrects is the value of the field of a submission: the one that it corrects.
func (s *submitted) corrects() survey.Value {
	instance, root, corrects := s.ids()
	if corrects == "" && root != instance {
		corrects = root
	}
	return survey.Of(cmp.Or(corrects, "1"))
}

// imports are the revisions of an interview that were made from submissions.
type imports struct {
	instance map[string]string             // by revision
	says     map[survey.Field]survey.Value // what they say together: corrections have the last word
	newest   string                        // submission
	earlier  map[string]bool               // submissions before
	erased   map[survey.Field]bool         // answers that are not taken again
}

// importsOf reads the revisions of an interview, oldest first.
func importsOf(revs []survey.Revision) *imports {
	m := &imports{instance: map[string]string{}, says: map[survey.Field]survey.Value{}, earlier: map[string]bool{}, erased: map[survey.Field]bool{}}
	corrected := map[string]bool{}
	for i := range revs {
		for f, v := range revs[i].Patch {
			if id, ok := f.Submission(); ok {
				m.instance[revs[i].ID] = id
				corrected[v.Text] = true
			}
			if strings.HasPrefix(string(f), string(survey.FieldErases)+":") {
				for _, name := range strings.Split(v.Text, "\n") {
					m.erased[survey.Field(name)] = true
				}
			}
		}
	}
	for _, last := range []bool{false, true} {
		for i := range revs {
			id, ok := m.instance[revs[i].ID]
			if !ok || corrected[id] == last {
				continue
			}
			maps.Copy(m.says, revs[i].Patch)
			m.newest = id
		}
	}
	for _, id := range m.instance {
		if id != m.newest {
			m.earlier[id] = true
		}
	}
	return m
}

func current(d *survey.Document) map[survey.Field]survey.Value {
	out := map[survey.Field]survey.Value{}
	for f := range d.Heads {
		out[f] = d.Value(f)
	}
	return out
}

// update plans what a submission says otherwise than the one before. What came from
// imports is replaced; what was edited here stays beside it, as a conflict.
func (c *submissionComparer) update(out *InterviewRow, s *submitted, d *survey.Document, was *imports, about map[survey.Field]survey.Value) {
	out.Verdict = InterviewSame
	if was.earlier[out.instance] {
		out.Why = "a correction of it is here already"
		return
	}
	says, r := c.says(s, was, about), c.reader.reader(s.program)
	patch, replaces := map[survey.Field]survey.Value{}, map[survey.Field][]string{}
	say := func(f survey.Field, v survey.Value) {
		ours, theirs, settle := was.heads(d, f, v)
		if v == was.says[f] && !settle || v == d.Value(f) && len(d.Heads[f]) < 2 {
			return
		}
		if patch[f] = v; len(ours) > 0 {
			replaces[f] = ours
		}
		out.Changed = append(out.Changed, f)
		if theirs && v != was.says[f] {
			out.Contested = append(out.Contested, f)
		}
	}
	for f, v := range says {
		say(f, v)
	}
	for f := range was.says { // what was computed from answers that changed
		if _, still := says[f]; !still && len(patch) > 0 && computed(r.byPattern[f.Pattern()]) {
			say(f, survey.Value{})
		}
	}
	slices.Sort(out.Changed)
	slices.Sort(out.Contested)
	mark := survey.Submitted(out.instance)
	if len(patch) == 0 && (was.newest == "" || was.newest == out.instance) {
		return
	}
	patch[mark] = s.corrects()
	if ours, _, _ := was.heads(d, mark, patch[mark]); len(ours) > 0 {
		replaces[mark] = ours
	}
	if out.Verdict = InterviewChanged; len(out.Contested) > 0 {
		out.Verdict = InterviewContested
	}
	out.change = study.Change{Entity: out.Interview, Kind: survey.InterviewKind, Form: s.program.Form.ID, FormVersion: s.program.Form.Version, Patch: patch, Replaces: replaces}
}

// says is what a submission says, and with blanks what it takes back.
func (c *submissionComparer) says(s *submitted, was *imports, about map[survey.Field]survey.Value) map[survey.Field]survey.Value {
	says, r := maps.Clone(s.values), c.reader.reader(s.program)
	if was.newest != "" {
		maps.Copy(says, about)
	}
	for f := range was.says {
		if _, still := says[f]; !still && f[0] != '_' && s.covered(questionOf(f).Pattern()) && !computed(r.byPattern[f.Pattern()]) {
			says[f] = survey.Value{}
		}
	}
	return says
}

// heads are the current values of a field that came from imports. Theirs says that
// another value was given here; settle that imports of several laptops contest it.
func (m *imports) heads(d *survey.Document, f survey.Field, v survey.Value) (ours []string, theirs, settle bool) {
	for _, h := range d.Heads[f] {
		if _, is := m.instance[h.Revision]; is {
			ours = append(ours, h.Revision)
			settle = settle || h.Value != v
		} else {
			theirs = theirs || h.Value != v
		}
	}
	slices.Sort(ours)
	return ours, theirs, settle
}

// questionOf is the question of a field, also of a remark on it.
func questionOf(f survey.Field) survey.Field {
	if q, _, ok := f.Remarked(); ok {
		return q
	}
	return f
}

// rekey names rows, which a file has by their number, as the study has them.
func (s *submitted) rekey(known map[survey.Field]survey.Value) {
	rows := map[survey.Field][]survey.RowKey{} // of repeats with the rows around them
	for f, v := range known {
		i := strings.LastIndexByte(string(f), '[')
		if i < 0 || !strings.HasSuffix(string(f), "]") || v.Blank() {
			continue
		}
		rows[f[:i]] = append(rows[f[:i]], survey.RowKey(f[i+1:len(f)-1]))
	}
	if len(rows) == 0 {
		return
	}
	for _, ks := range rows {
		slices.SortFunc(ks, survey.RowKey.Compare)
	}
	values, from, strange := map[survey.Field]survey.Value{}, map[survey.Field]origin{}, map[survey.Field]bool{}
	for f, v := range s.values {
		g := rekeyed(f, rows)
		values[g] = v
		if at, ok := s.from[f]; ok {
			from[g] = at
		}
		if s.strange[f] {
			strange[g] = true
		}
	}
	s.values, s.from, s.strange = values, from, strange
}

// rekeyed writes a field with the keys of rows in place of their numbers. A row
// beyond those that are known gets a number behind them.
func rekeyed(f survey.Field, rows map[survey.Field][]survey.RowKey) survey.Field {
	steps, err := f.Steps()
	if err != nil {
		return f
	}
	out := survey.Field("")
	for i, st := range steps {
		if i > 0 {
			out += "/"
		}
		out += survey.Field(st.Name)
		if st.Row == "" {
			continue
		}
		key, n, ks := st.Row, int(st.Row.Number()), rows[out]
		switch {
		case n >= 1 && n <= len(ks):
			key = ks[n-1]
		case len(ks) > 0:
			key = survey.RowKey(strconv.FormatInt(int64(ks[len(ks)-1].Number())+int64(n-len(ks)), 10))
		}
		out += survey.Field("[" + string(key) + "]")
	}
	return out
}

// check holds the answers against the questionnaire: constraints, choices, what is
// asked. Calculations that the file does not have are added.
func (c *submissionComparer) check(s *submitted, id string, end time.Time) {
	if end.IsZero() {
		end = c.study.store.Now()
	}
	form := s.program.Form
	session := s.program.Resume(interview.World{Now: func() time.Time { return end }, Seed: id, Username: c.study.Info().Researcher, DeviceID: c.study.Info().Device}, s.values)
	missing := 0
	for _, p := range session.Problems(form.DefaultLanguage) {
		switch {
		case p.Soft, s.strange[p.Field]:
		case p.Missing:
			missing++
		default:
			s.problem(s.at(p.Field), survey.Warning, "the answer is kept as it is", "%s%q: %s", s.at(p.Field).beside(p.Field), cut(s.values[p.Field].String()), p.Text)
		}
	}
	if missing > 0 {
		s.problem(origin{sheet: s.sheet, row: s.row}, survey.Warning, "", "%d questions that need an answer have none", missing)
	}
	r := c.reader.reader(s.program)
	for _, f := range slices.Sorted(maps.Keys(s.from)) {
		if _, _, remark := f.Remarked(); remark {
			continue
		}
		v, q := session.Value(f), r.byPattern[f.Pattern()]
		switch {
		case q == nil:
		case computed(q):
			if !v.Blank() && !alike(v.Text, s.values[f].Text) {
				c.reader.once(s, "computed "+q.Name, survey.Warning, "what the file says is kept", "%s is %q in the file, but the questionnaire computes %q; so it may be in other interviews", f, cut(s.values[f].Text), cut(v.Text))
			}
		case !session.State(f, "").Relevant:
			s.problem(s.at(f), survey.Warning, "the answer is kept as it is", "%snot asked, given the other answers", s.at(f).beside(f))
		}
	}
	for f, v := range session.Answers() {
		if _, has := s.values[f]; !has && !v.Blank() && computed(r.byPattern[f.Pattern()]) {
			s.values[f] = v
		}
	}
}

// at is where an answer stands, or the interview.
func (s *submitted) at(f survey.Field) origin {
	if at, ok := s.from[f]; ok {
		return at
	}
	return origin{sheet: s.sheet, row: s.row}
}

// computed says whether the questionnaire computes the answer.
func computed(q *survey.Question) bool {
	return q != nil && !q.Asked() && q.Calculation != "" && !q.Kind.Preloaded()
}

// alike says whether two texts are the same, or the same number.
func alike(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err == nil && err2 == nil && x == y
}
