package job

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/match"
	"sselandscape/survey/table"
)

// ListHead is the beginning of a list of organizations, with what its columns are
// likely to be.
type ListHead struct {
	exchange.List
	Rows  [][]string // the first ones
	Roles []ColumnRole
}

// sampleRows is how many rows are looked at to guess what columns are.
const sampleRows = 200

// ReadListHead reads the beginning of a list.
func ReadListHead(ctx context.Context, file string, o exchange.ListOptions) (*ListHead, error) {
	l, err := exchange.OpenList(ctx, file, o)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	h := &ListHead{}
	for r, err := range l.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		if h.Rows = append(h.Rows, r.Cells); len(h.Rows) == sampleRows {
			break
		}
	}
	h.List, h.Roles = *l, GuessColumns(l.Columns, h.Rows)
	return h, nil
}

// Map gives a column another role; the one that had it is kept as it is.
func (h *ListHead) Map(column string, role ColumnRole) error {
	if !slices.ContainsFunc(AllColumnRoles, func(r struct {
		Role  ColumnRole
		Label string
	}) bool {
		return r.Role == role
	}) {
		var known []string
		for _, r := range AllColumnRoles {
			known = append(known, string(r.Role))
		}
		return fmt.Errorf("a column cannot be %q; it can be %s", role, strings.Join(known, ", "))
	}
	i := slices.Index(h.Columns, column)
	if i < 0 {
		i = slices.IndexFunc(h.Columns, func(c string) bool { return strings.EqualFold(c, strings.TrimSpace(column)) })
	}
	if i < 0 {
		return fmt.Errorf("the list has no column %q; it has %s", column, strings.Join(h.Columns, ", "))
	}
	if role != ColumnOther && role != ColumnLeftOut {
		for j, r := range h.Roles {
			if r == role {
				h.Roles[j] = ColumnOther
			}
		}
	}
	h.Roles[i] = role
	return nil
}

// ListVerdict is what becomes of a row.
type ListVerdict string

// The verdicts on rows.
const (
	ListNew     ListVerdict = "new"
	ListHere    ListVerdict = "here"    // nothing to do
	ListUpdated ListVerdict = "updated" // here, and the row says more or something else
	ListDoubt   ListVerdict = "doubt"   // its place is in doubt: left out unless it is wanted without
	ListProblem ListVerdict = "problem" // cannot be taken in
)

// ListRow is the verdict on a row of a list.
type ListRow struct {
	Row     int
	Name    string
	Verdict ListVerdict
	Unit    string         // id, also of one that is new
	Changed []survey.Field // of Updated
	Likely  string         // of New: name of a unit that may be the same
	Problem survey.Problem // of Doubt and Problem
	patch   []listed       // what would be recorded
	fresh   bool           // of Doubt: the unit is new
}

// listed is a field that a row gives.
type listed struct {
	field survey.Field
	text  string
}

// ListCounts counts the rows of a list by verdict.
type ListCounts struct {
	New, Here, Updated, Doubt, Problem int
	Likely                             int // of New: those that may be here under another name
}

// ListPlan is what taking in a list would do. It changes nothing by itself.
type ListPlan struct {
	Head   *ListHead
	Counts ListCounts
	Rows   []ListRow
	// Problems are those of the file and of all rows, with their places.
	Problems []survey.Problem

	study *Study
	file  string
	sum   string
}

// ListTake says which rows of a plan are taken in besides those that are new for
// certain and updated.
type ListTake struct {
	NotLikely bool // leave out new ones that may be here under another name
	Doubtful  bool // take those whose place is in doubt, without what is in doubt
}

// Count is how many units would be added and updated.
func (p *ListPlan) Count(t ListTake) (added, updated int) {
	for i := range p.Rows {
		switch r := &p.Rows[i]; {
		case !r.taken(t):
		case r.Verdict == ListNew || r.fresh:
			added++
		default:
			updated++
		}
	}
	return added, updated
}

func (r *ListRow) taken(t ListTake) bool {
	switch r.Verdict {
	case ListNew:
		return r.Likely == "" || !t.NotLikely
	case ListUpdated:
		return true
	case ListDoubt:
		return t.Doubtful && len(r.patch) > 0 && (r.Likely == "" || !t.NotLikely)
	}
	return false
}

// PlanList reads a list and compares each row with the study and with the rows
// before it. Nothing is written. Progress is called with how many rows are read.
func (s *Study) PlanList(ctx context.Context, file string, h *ListHead, progress func(rows int)) (*ListPlan, error) {
	if !slices.Contains(h.Roles, ColumnName) {
		return nil, fmt.Errorf("no column is the name of the organization; say which one, among %s", strings.Join(h.Columns, ", "))
	}
	p := &ListPlan{Head: h, study: s, file: file}
	var err error
	if p.sum, err = fileSum(file); err != nil {
		return nil, err
	}
	c, err := s.newComparer(h)
	if err != nil {
		return nil, err
	}
	l, err := exchange.OpenList(ctx, file, exchange.ListOptions{Encoding: h.Encoding, Delimiter: h.Delimiter, Sheet: h.Sheet, Layer: h.Layer})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if !slices.Equal(l.Columns, h.Columns) {
		return nil, fmt.Errorf("read list %q: its columns are others than before; choose it again", l.Name)
	}
	var problems []survey.Problem
	for r, err := range l.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		row := c.compare(r)
		if row.Verdict == ListDoubt || row.Verdict == ListProblem {
			row.Problem.Row, row.Problem.Sheet = r.Number, l.Sheet
			if r.Bad == "" { // else the list tells it
				problems = append(problems, row.Problem)
			}
		}
		p.Rows = append(p.Rows, row)
		p.Counts.add(&row)
		if progress != nil && len(p.Rows)%1000 == 0 {
			progress(len(p.Rows))
		}
	}
	p.Problems = append(slices.Clone(l.Problems), problems...)
	slices.SortStableFunc(p.Problems, func(a, b survey.Problem) int { return cmp.Compare(a.Row, b.Row) })
	return p, nil
}

func (c *ListCounts) add(r *ListRow) {
	switch r.Verdict {
	case ListNew:
		c.New++
		if r.Likely != "" {
			c.Likely++
		}
	case ListHere:
		c.Here++
	case ListUpdated:
		c.Updated++
	case ListDoubt:
		c.Doubt++
	case ListProblem:
		c.Problem++
	}
}

// ListSentence says in numbers what a plan would do.
func ListSentence(c ListCounts) string {
	text := fmt.Sprintf("%d new, %d already here, %d updated, %d with a place in doubt, %d with a problem", c.New, c.Here, c.Updated, c.Doubt, c.Problem)
	if c.Likely > 0 {
		text += fmt.Sprintf("; %d of the new ones may be here under another name", c.Likely)
	}
	return text
}

func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Apply takes the list in by its plan: one batch, in one transaction, after a
// backup, which Undo takes back. It returns the batch, "" where there was nothing to
// do.
func (p *ListPlan) Apply(ctx context.Context, t ListTake, progress func(done, total int)) (batch string, err error) {
	var changes []study.Change
	for i := range p.Rows {
		r := &p.Rows[i]
		if !r.taken(t) {
			continue
		}
		patch := make(map[survey.Field]survey.Value, len(r.patch))
		for _, x := range r.patch {
			patch[x.field] = survey.Of(x.text)
		}
		if p.study.Info().Fictional && (r.Verdict == ListNew || r.fresh) {
			patch[survey.FieldFictional] = survey.Of("1")
		}
		changes = append(changes, study.Change{Entity: r.Unit, Kind: survey.UnitKind, Patch: patch})
	}
	if len(changes) == 0 {
		return "", nil
	}
	us, err := p.study.store.Documents(survey.UnitKind)
	if err != nil {
		return "", err
	}
	if len(us) > 0 {
		if err := p.study.before(ctx, study.BackupImport, 0); err != nil {
			return "", err
		}
	}
	return p.study.store.Import(ctx, p.Head.Name+", a list of organizations", p.sum, changes, progress)
}

// listedUnit is a unit as far as rows are compared with it: one of the study, or of
// a row before.
type listedUnit struct {
	id                             string
	row                            int // 0: of the study
	name, code, key                string
	country, region, place, placed string // placed is the key of the place
	point                          *orb.Point
	doc                            *survey.Document
}

// comparer compares rows with what is known.
type comparer struct {
	study     *Study
	head      *ListHead
	countries []string
	forms     map[string]string // choice codes of the form of organization, by key
	units     []listedUnit
	byCode    map[string][]int32 // units of this study and of rows before
	byKey     map[string][]int32 // by country and key of the name
	byID      map[string]*survey.Document
	like      *match.Index
	named     []int32 // units, by number in like
	regions   map[string][2]string
	columnOf  map[ColumnRole]int
}

func (s *Study) newComparer(h *ListHead) (*comparer, error) {
	c := &comparer{study: s, head: h, countries: s.Info().Countries, forms: s.formCodes(), byCode: map[string][]int32{}, byKey: map[string][]int32{},
		byID: map[string]*survey.Document{}, like: match.NewIndex(), regions: map[string][2]string{}, columnOf: map[ColumnRole]int{}}
	for i, r := range h.Roles {
		c.columnOf[r] = i
	}
	docs, err := s.store.Documents(survey.UnitKind)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		c.byID[d.Entity] = d
	}
	us, err := s.unitsOf(docs)
	if err != nil {
		return nil, err
	}
	for i := range us {
		c.learn(&us[i])
	}
	return c, nil
}

// learn takes in a unit of the study, under all its names.
func (c *comparer) learn(u *table.Unit) {
	k := listedUnit{id: u.ID, name: u.Name, code: u.Code, country: u.Country, region: u.Region, place: u.Place, placed: match.Key(u.Place), point: u.Point, doc: c.byID[u.ID]}
	n := int32(len(c.units))
	c.units = append(c.units, k)
	if u.Code != "" {
		c.byCode[u.Code] = append(c.byCode[u.Code], n)
	}
	names := []string{u.Name, u.LocalName}
	if k.doc != nil {
		names = append(names, k.doc.Text(survey.FieldName), k.doc.Text(survey.FieldLocalName))
	}
	for i, name := range names {
		if name == "" || slices.Contains(names[:i], name) {
			continue
		}
		at := u.Country + "\x00" + match.Key(name)
		c.byKey[at] = append(c.byKey[at], n)
		c.like.Add(u.Country, name)
		c.named = append(c.named, n)
	}
}

// formCodes are the choices of the question for the form of organization.
func (s *Study) formCodes() map[string]string {
	out := map[string]string{}
	p, err := s.Program("", "")
	if err != nil {
		return out
	}
	q := p.Form.ByRole("unit.form")
	if q == nil || p.Form.Lists[q.List] == nil {
		return out
	}
	for _, ch := range p.Form.Lists[q.List].Choices {
		for _, label := range ch.Label {
			out[match.Key(label)] = ch.Name
		}
		out[match.Key(ch.Name)] = ch.Name
	}
	return out
}

// unitID makes the id of a unit of a list out of what it is, so that the same list
// taken in on two laptops makes the same units.
func (c *comparer) unitID(k *listedUnit) string {
	text := []string{c.study.Info().ID, k.code, k.key, k.country}
	if k.code == "" {
		text = append(text, k.region, k.placed)
		if k.point != nil {
			text = append(text, fmt.Sprintf("%.5f %.5f", k.point[1], k.point[0]))
		}
	}
	return uuid.NewHash(sha256.New(), uuid.NameSpaceURL, []byte("list\x00"+strings.Join(text, "\x00")), 8).String()
}
