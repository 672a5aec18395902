package job

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// ColumnUse is what becomes of a column of a file of interviews.
type ColumnUse string

// The uses of columns.
const (
	UseAnswer   ColumnUse = "answer"
	UseChoice   ColumnUse = "choice"   // one choice of a question
	UsePosition ColumnUse = "position" // one number of a position
	UseUnitCode ColumnUse = "unit"     // the id of the organization in its list
	UseMeta     ColumnUse = "meta"     // about the submission: ids, times, state
	UseLeftOut  ColumnUse = "left out" // a person said so
	UseUnknown  ColumnUse = "unknown"  // left out, since no question has its name
)

// SubmissionColumn says what a column, or an element of XML, is taken for.
type SubmissionColumn struct {
	Table    string // "" if there is just one
	Name     string
	Use      ColumnUse
	Question string // pattern of its fields
	Choice   string
	Why      string // of one that is unknown, what may help
	Filled   int    // rows that have something in it

	target *target
	part   int // of a position: 0 latitude … 3 accuracy
	base   bool
}

// target is a question as columns name it.
type target struct {
	q       *survey.Question
	pattern string
	repeat  *survey.Repeat // innermost, or nil
	path    []string       // names of groups and repeats around it, from the root, and its own
	within  []survey.Item  // of path, but for the last
}

// UnitCodeColumn and LeftOutColumn may be given for a question when columns are
// mapped.
const (
	UnitCodeColumn = "_code"
	LeftOutColumn  = "-"
)

// metaColumns are what servers add. They are taken for such where no question has
// the name.
var metaColumns = []string{
	"SubmissionDate", "KEY", "PARENT_KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState",
	"DeviceID", "Edits", "FormVersion", "isValidated", "instanceID", "instanceName", "deprecatedID", "rootUuid", "audit", "entity",
	"_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_version_", "_tags", "_index",
	"_parent_index", "_parent_table_name", "_submission__id", "_submission__uuid", "_submission__submission_time", "_submission__validation_status",
	"_submission__notes", "_submission__status", "_submission__submitted_by", "_submission___version__", "_submission__tags", "_attachments", "_geolocation",
	"_xform_id_string", "_bamboo_dataset_id", "_media_all_received", "_duration", "formhub/uuid", "_root_uuid", "start", "end", "today", "username", "deviceid",
	"phonenumber", "subscriberid", "simserial", "simid", "email",
}

var metaPrefix = regexp.MustCompile(`^(?:orx:)?meta[-/.:](?:orx:)?`)

// metaName is the name of a metadatum, "" for other columns.
func metaName(column string) string {
	bare := metaPrefix.ReplaceAllString(column, "")
	switch {
	case slices.Contains(metaColumns, bare):
		return bare
	case bare != column, strings.HasPrefix(column, "SET-OF-"), strings.HasPrefix(column, "__version__"), strings.HasPrefix(column, "_version__"):
		return column
	}
	return ""
}

// columnReader finds the questions that columns are of.
type columnReader struct {
	form      *survey.Form
	targets   []*target
	names     map[*survey.Repeat]map[string][]named // by what a column may be called
	repeats   map[*survey.Repeat]string             // pattern
	values    *submittedValues
	byPattern map[string]*survey.Question
	keyed     bool // the file is by ODK, which names columns by questions alone
}

// named is a target with how good a name is for it: 0 its path, 1 the end of it, 2
// its label with those of its groups, 3 its label.
type named struct {
	*target
	rank int
}

func newColumnReader(f *survey.Form, v *submittedValues) *columnReader {
	c := &columnReader{form: f, names: map[*survey.Repeat]map[string][]named{}, repeats: map[*survey.Repeat]string{}, byPattern: map[string]*survey.Question{}, values: v}
	patterns := f.Patterns()
	f.Walk(func(it survey.Item, within []survey.Item) bool {
		t := &target{pattern: patterns[it]}
		for _, in := range within {
			if r, ok := in.(*survey.Repeat); ok {
				t.repeat = r
			}
			if g, ok := in.(*survey.Group); !ok || !g.Flat {
				t.within, t.path = append(t.within, in), append(t.path, in.Common().Name)
			}
		}
		t.path = append(t.path, it.Common().Name)
		switch x := it.(type) {
		case *survey.Repeat:
			c.repeats[x] = t.pattern
		case *survey.Question:
			t.q, c.byPattern[t.pattern] = x, x
			if x.Kind != survey.Note && x.Kind != survey.External && x.Kind != survey.Audit {
				c.targets = append(c.targets, t)
				c.call(t)
			}
		}
		return true
	})
	return c
}

// separators stand between the names of groups in the columns of servers.
var separators = []string{"/", "-", ".", ":"}

// call keeps what columns of a question may be called.
func (c *columnReader) call(t *target) {
	m := c.names[t.repeat]
	if m == nil {
		m = map[string][]named{}
		c.names[t.repeat] = m
	}
	put := func(parts []string, sep string, rank int) {
		k := columnKey(strings.Join(parts, sep))
		if k != "" && !slices.ContainsFunc(m[k], func(n named) bool { return n.target == t }) {
			m[k] = append(m[k], named{t, rank})
		}
	}
	for i := range t.path {
		for _, sep := range separators {
			put(t.path[i:], sep, min(i, 1))
		}
	}
	langs := append([]string{""}, c.form.Languages...)
	for _, lang := range append(langs, t.q.Label.Languages()...) {
		label := func(it survey.Item, name string) string { return cmp.Or(it.Common().Label[lang], name) }
		labels := []string{label(t.q, t.path[len(t.path)-1])}
		put(labels, "/", 3)
		for i := len(t.within) - 1; i >= 0; i-- {
			labels = append([]string{label(t.within[i], t.path[i])}, labels...)
			put(labels, "/", 2)
		}
	}
}

// columnKey is a name of a column without differences in white space and letters
// that are composed in several ways.
func columnKey(s string) string { return norm.NFC.String(strings.Join(strings.Fields(s), " ")) }

// find finds the questions that a column of a repeat may be of: those with the best
// rank.
func (c *columnReader) find(r *survey.Repeat, column string) (out []*target) {
	best := 9
	if c.keyed {
		best = 2 // there labels are no names of columns
	}
	for _, n := range c.names[r][columnKey(column)] {
		if n.rank < best {
			best, out = n.rank, nil
		}
		if n.rank == best && !(c.keyed && best == 2) {
			out = append(out, n.target)
		}
	}
	return out
}

var positionPart = regexp.MustCompile(`(?i)^(.+?)[-:_./ ](latitude|longitude|altitude|accuracy|precision)$`)

// column says what a column is of, by its name. Nth is which of the columns of this
// name it is, of how many.
func (c *columnReader) column(r *survey.Repeat, name string, nth, of int) SubmissionColumn {
	out := SubmissionColumn{Name: name, Use: UseUnknown}
	if ts := c.find(r, name); len(ts) == 1 || len(ts) > 1 && len(ts) == of {
		t := ts[0]
		if len(ts) > 1 {
			t = ts[nth] // labels that several questions have, in their order
		}
		out.Use, out.target, out.Question = UseAnswer, t, t.pattern
		return out
	} else if len(ts) > 1 {
		out.Why = "it can be " + ts[0].pattern + " or " + ts[1].pattern
		return out
	}
	if c.position(r, name, &out) || c.choice(r, name, &out) {
		return out
	}
	if metaName(name) != "" {
		out.Use = UseMeta
	}
	return out
}

// position recognises one number of a position: "gps-Latitude", "_gps_latitude".
func (c *columnReader) position(r *survey.Repeat, name string, out *SubmissionColumn) bool {
	m := positionPart.FindStringSubmatch(name)
	if m == nil {
		return false
	}
	bare := []string{m[1], strings.TrimPrefix(m[1], "_")}
	if i := strings.LastIndexAny(m[1], "/"); i >= 0 {
		bare = append(bare, m[1][:i+1]+strings.TrimPrefix(m[1][i+1:], "_"))
	}
	for _, b := range bare {
		ts := c.find(r, b)
		if len(ts) != 1 || ts[0].q.Kind != survey.Geopoint && ts[0].q.Kind != survey.StartGeopoint && ts[0].q.Kind != survey.BackgroundGeopoint {
			continue
		}
		out.Use, out.target, out.Question = UsePosition, ts[0], ts[0].pattern
		out.part = slices.Index([]string{"latitude", "longitude", "altitude", "accuracy"}, strings.ToLower(m[2]))
		if out.part < 0 {
			out.part = 3
		}
		return true
	}
	return false
}

// choice recognises the column of one choice: "needs/water", by codes or labels.
func (c *columnReader) choice(r *survey.Repeat, name string, out *SubmissionColumn) bool {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] != '/' && name[i] != '.' {
			continue
		}
		for _, t := range c.find(r, name[:i]) {
			if t.q.Kind != survey.SelectMultiple {
				continue
			}
			code := strings.TrimSpace(name[i+1:])
			if l := c.values.choices(t.q); l != nil {
				if _, ok := l.Find(code); !ok {
					code = c.values.labels(l)[labelKey(code)]
				}
			}
			if code != "" {
				out.Use, out.target, out.Question, out.Choice = UseChoice, t, t.pattern, code
				return true
			}
		}
	}
	return false
}

// named finds the question that a person means: by its name, its path, or the
// pattern of its fields.
func (c *columnReader) named(question string) (*target, error) {
	var found []*target
	for _, t := range c.targets {
		if t.pattern == question || strings.Join(t.path, "/") == question {
			return t, nil
		}
		if t.path[len(t.path)-1] == question {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("the questionnaire has no question %q", question)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("several questions are called %q; write %s or %s", question, found[0].pattern, found[1].pattern)
}

// tableRepeat finds the repeat that a table is of: by the end of its name, which
// workbooks cut after 31 characters, or else by its columns.
func (c *columnReader) tableRepeat(t *exchange.SubmissionTable) *survey.Repeat {
	var best *survey.Repeat
	long := 0
	c.form.Walk(func(it survey.Item, within []survey.Item) bool {
		r, ok := it.(*survey.Repeat)
		if !ok {
			return true
		}
		for _, name := range repeatNames(r, within) {
			whole := t.Name == name || len([]rune(t.Name)) == 31 && strings.HasPrefix(name, t.Name)
			for _, sep := range []string{"-", ".", "_", "/"} {
				whole = whole || strings.HasSuffix(t.Name, sep+name)
			}
			if whole && len(name) > long {
				best, long = r, len(name)
			}
		}
		return true
	})
	if best != nil {
		return best
	}
	most := 0
	for r := range c.names {
		n := 0
		for _, col := range t.Columns {
			if r != nil && metaName(col) == "" && len(c.find(r, col)) == 1 {
				n++
			}
		}
		if n > most || n == most && n > 0 && c.repeats[r] < c.repeats[best] {
			best, most = r, n
		}
	}
	return best
}

// repeatNames is what tables of a repeat may be called: its name, with those around
// it, or its label.
func repeatNames(r *survey.Repeat, within []survey.Item) []string {
	out := []string{r.Name}
	path := r.Name
	for i := len(within) - 1; i >= 0; i-- {
		if g, ok := within[i].(*survey.Group); ok && g.Flat {
			continue
		}
		path = within[i].Common().Name + "-" + path
		out = append(out, path)
	}
	for _, label := range r.Label {
		if label != "" {
			out = append(out, columnKey(label))
		}
	}
	return out
}
