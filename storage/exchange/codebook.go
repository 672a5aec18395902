package exchange

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Codebook says what is in a dataset: its variables, and how often which answer was given.
type Codebook struct {
	*Dataset
	Counted Counted
	Tables  []*TableBook // that of the units first
}

// TableBook is what a codebook says of a table.
type TableBook struct {
	*Table
	Cases     int
	Variables []*Variable // in the order of the columns of CSV

	source *Table // of the dataset
}

// Variable is a column with its counts.
type Variable struct {
	*Field
	ID string // V1, V2 … in the whole codebook
	// Valid counts answers, Missing rows without one: together all rows.
	Valid, Missing Count
	Codes          []Frequency // of a select: its choices, then codes that are none
	Reasons        []Frequency // why there is no answer
	Summary        *Summary    // of numbers
	Strange        bool        // some answers are not of its type, or no choices

	role variableRole
	at   func(f *Feature) survey.Value
	raw  rawCounts
}

// variableRole says what a column is that no question gave.
type variableRole uint8

const (
	answerRole variableRole = iota
	rowRole
	parentRole
	reasonRole // why the answer of the column before it is missing
	fictionalRole
	coordinateRole
	wktRole
)

// Count is a number of rows. One that is not told has no number.
type Count struct {
	N          int
	Suppressed bool
}

// String is the number, or "suppressed".
func (c Count) String() string {
	if c.Suppressed {
		return "suppressed"
	}
	return strconv.Itoa(c.N)
}

// Frequency is how many rows have an answer. Code "" are codes that are no choices, or of
// reasons rows that are blank.
type Frequency struct {
	Choice
	Count
}

// Summary are the moments of numbers; Deviation is that of a sample. Extremes says that Min
// and Max are told.
type Summary struct {
	Mean, Deviation, Min, Max float64
	Extremes                  bool
}

// rawCounts are collected while rows are read; they never leave.
type rawCounts struct {
	valid, strange int
	codes          []int
	byCode         map[string]int // index in codes
	reasons        [4]int         // blank, then as in specials
	numbers        moments
}

// moments of numbers by Welford's method (1962), which loses no digits to large means.
type moments struct {
	n              int
	mean, sum2     float64
	least, largest float64
	broken         bool // some are not whole
}

func (m *moments) add(x float64) {
	m.n++
	if m.n == 1 {
		m.least, m.largest = x, x
	}
	m.least, m.largest = min(m.least, x), max(m.largest, x)
	m.broken = m.broken || x != math.Trunc(x)
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.sum2 += d * (x - m.mean)
}

var specials = []survey.Special{survey.DontKnow, survey.Refused, survey.NotApplicable}

// reasonWords are those of blanks and of specials.
var reasonWords = [4]string{"no answer", survey.Value{Special: survey.DontKnow}.String(), survey.Value{Special: survey.Refused}.String(), survey.Value{Special: survey.NotApplicable}.String()}

// CodebookOf counts a dataset. The rows of each table are read once, and none is kept.
func CodebookOf(ctx context.Context, d *Dataset) (*Codebook, error) {
	c := &Codebook{Dataset: d}
	for _, t := range append([]*Table{&d.Table}, d.Repeats...) {
		b := &TableBook{Table: t, Variables: variablesIn(d, t), source: t}
		c.Tables = append(c.Tables, b)
		unit, rows, most := "", 0, 1
		for f, err := range t.Rows(ctx) {
			if err != nil {
				return nil, err
			}
			if about, _, _ := strings.Cut(f.Parent, "/"); t != &d.Table && about != unit {
				unit, rows = about, 0
			}
			if rows++; t != &d.Table {
				most = max(most, rows)
			}
			b.Cases++
			for _, v := range b.Variables {
				v.count(v.at(f))
			}
		}
		for _, v := range b.Variables {
			// So many rows are of as many units as it takes, however many rows one has.
			v.conclude(b.Cases, d.About.Least*most)
		}
		if t == &d.Table {
			c.Counted = d.About.counted()
		}
	}
	c.number()
	return c, ctx.Err()
}

// number gives the variables their ids.
func (c *Codebook) number() {
	n := 0
	for _, t := range c.Tables {
		for _, v := range t.Variables {
			n++
			v.ID = "V" + strconv.Itoa(n)
		}
	}
}

// variablesIn are the columns of a table as CSV has them.
func variablesIn(d *Dataset, t *Table) (out []*Variable) {
	made := func(role variableRole, name string, kind survey.Kind, note string, at func(f *Feature) survey.Value) {
		out = append(out, newVariable(role, &Field{Name: name, Kind: kind, Class: survey.ClassNone, Wording: Wording{Note: note}}, at))
	}
	if t != &d.Table {
		made(rowRole, rowColumn, survey.String, "identifies the row", func(f *Feature) survey.Value { return survey.Of(f.ID) })
		made(parentRole, parentColumn, survey.String, "the unit or row that this one is about", func(f *Feature) survey.Value { return survey.Of(f.Parent) })
	}
	for i := range t.Fields {
		out = append(out, newVariable(answerRole, &t.Fields[i], func(f *Feature) survey.Value { return f.Values[i] }))
	}
	if d.Fictional {
		made(fictionalRole, "fictional", survey.String, "all organizations in this file are fictional", func(*Feature) survey.Value { return survey.Of("true") })
	}
	there := func(is bool) survey.Value {
		if is {
			return survey.Of("1")
		}
		return survey.Value{}
	}
	if t.Placed {
		point := func(f *Feature) survey.Value { _, ok := f.Geometry.(orb.Point); return there(ok) }
		made(coordinateRole, "lon", survey.Decimal, "longitude in degrees, WGS 84", point)
		made(coordinateRole, "lat", survey.Decimal, "latitude in degrees, WGS 84", point)
	}
	if t.Shapes {
		made(wktRole, "wkt", survey.String, "place as Well-Known Text, WGS 84", func(f *Feature) survey.Value { return there(f.Geometry != nil) })
	}
	return out
}

func newVariable(role variableRole, f *Field, at func(f *Feature) survey.Value) *Variable {
	v := &Variable{Field: f, role: role, at: at}
	v.raw.codes = make([]int, len(f.Choices))
	v.raw.byCode = make(map[string]int, len(f.Choices))
	for i, c := range f.Choices {
		if _, twice := v.raw.byCode[c.Code]; !twice {
			v.raw.byCode[c.Code] = i
		}
	}
	return v
}

func (v *Variable) count(x survey.Value) {
	r := &v.raw
	switch {
	case x.Special != "":
		// A reason that is not known is told as the one that says least.
		r.reasons[1+max(0, slices.Index(specials, x.Special))]++
		return
	case x.Text == "":
		r.reasons[0]++
		return
	}
	r.valid++
	if v.role == answerRole && !v.take(x.Text) {
		r.strange++
	}
}

// take counts an answer, and says whether it is one of its type.
func (v *Variable) take(text string) bool {
	r := &v.raw
	switch {
	case len(v.Choices) > 0 && v.several():
		known := true
		for code := range strings.FieldsSeq(text) {
			i, ok := r.byCode[code]
			if known = known && ok; ok {
				r.codes[i]++
			}
		}
		return known
	case len(v.Choices) > 0:
		i, ok := r.byCode[text]
		if ok {
			r.codes[i]++
		}
		return ok
	case v.Kind.Numeric() || v.Kind == survey.Calculate:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !isJSONNumber(text) {
			return false
		}
		r.numbers.add(n)
	case v.Kind == survey.Date || v.Kind == survey.Today:
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	case v.Kind == survey.DateTime || v.Kind == survey.Start || v.Kind == survey.End:
		_, err := time.Parse(time.RFC3339Nano, text)
		return err == nil
	}
	return true
}

// several says whether an answer may be several codes.
func (v *Variable) several() bool { return v.Kind == survey.SelectMultiple || v.Kind == survey.Rank }

// conclude makes of what was counted what may be told.
func (v *Variable) conclude(cases, least int) {
	r := &v.raw
	v.Strange = r.strange > 0
	v.Valid, v.Missing = Count{N: r.valid}, Count{N: cases - r.valid}
	for i, c := range v.Choices {
		if r.byCode[c.Code] == i {
			v.Codes = append(v.Codes, Frequency{c, Count{N: r.codes[i]}})
		}
	}
	if len(v.Choices) > 0 && r.strange > 0 {
		v.Codes = append(v.Codes, Frequency{Choice{Label: "codes that are no choices"}, Count{N: r.strange}})
	}
	for i, label := range reasonWords {
		code := ""
		if i > 0 {
			code = string(specials[i-1])
		}
		if i > 0 && slices.Contains(v.Specials, specials[i-1]) || r.reasons[i] > 0 {
			v.Reasons = append(v.Reasons, Frequency{Choice{Code: code, Label: label}, Count{N: r.reasons[i]}})
		}
	}
	if m := r.numbers; m.n > 0 && v.role == answerRole && (v.Kind.Numeric() || r.strange == 0) {
		v.Summary = &Summary{Mean: m.mean, Min: m.least, Max: m.largest, Extremes: true}
		if m.n > 1 {
			v.Summary.Deviation = math.Sqrt(m.sum2 / float64(m.n-1))
		}
	}
	if least > 0 {
		v.protect(least)
	}
}

// protect takes away the counts of fewer than least rows, and as many others as it needs
// that no difference gives them back: of each sum that is told two parts at least are not,
// and these are least together. Numbers keep no extremes.
func (v *Variable) protect(least int) {
	small := func(n int) bool { return 0 < n && n < least }
	valid, missing := v.Valid.N, v.Missing.N
	if v.Summary != nil {
		if v.raw.numbers.n < least || v.Summary.Deviation == 0 { // then each is the mean
			v.Summary = nil
		} else {
			v.Summary.Min, v.Summary.Max, v.Summary.Extremes = 0, 0, false
		}
	}
	var answers, reasons []*Count
	for i := range v.Reasons {
		reasons = append(reasons, &v.Reasons[i].Count)
	}
	for i := range v.Codes {
		c := &v.Codes[i].Count
		if !v.several() {
			answers = append(answers, c)
		} else if c.N < least || small(valid-c.N) {
			*c = Count{Suppressed: true}
		}
	}
	if !small(valid) && !small(missing) {
		cover(answers, least)
		if missing > 0 {
			cover(reasons, least)
		}
		return
	}
	if len(answers) == 0 {
		answers = []*Count{{N: valid}}
	}
	cover(append(answers, reasons...), least)
	v.Valid, v.Missing = Count{Suppressed: true}, Count{Suppressed: true}
}

// cover suppresses the small ones of counts whose sum is told.
func cover(cs []*Count, least int) {
	cs = slices.Clone(cs)
	slices.SortStableFunc(cs, func(a, b *Count) int { return cmp.Compare(a.N, b.N) })
	sum, n := 0, 0
	for _, c := range cs {
		if c.N >= least && (sum == 0 || sum >= least && n > 1) {
			break
		}
		sum, n = sum+c.N, n+1
		*c = Count{Suppressed: true}
	}
}

// Section is a group of the questionnaire with its variables in a table.
type Section struct {
	Group
	Variables []*Variable
}

// Sections are the variables by group, in the order in which groups begin.
func (c *Codebook) Sections(t *TableBook) (out []*Section) {
	at := map[string]*Section{}
	for _, v := range t.Variables {
		s := at[v.Group]
		if s == nil {
			s = &Section{Group: Group{Name: v.Group, Label: v.Group}}
			for _, g := range c.About.Groups {
				if g.Name == v.Group {
					s.Group = g
					s.Label = cmp.Or(g.Label, g.Name)
				}
			}
			at[v.Group] = s
			out = append(out, s)
		}
		s.Variables = append(s.Variables, v)
	}
	return out
}

// Title is what a table is called.
func (t *TableBook) Title() string { return cmp.Or(t.Label, t.Name, "Units") }

// FileName is the name of a table without an ending.
func (t *TableBook) FileName() string { return fileName(cmp.Or(t.Name, "units")) }

// Notes are sentences about what left and what did not, and why.
func (c *Codebook) Notes() (out []string) {
	a := &c.About
	if c.Fictional {
		out = append(out, "All organizations in these data are fictional.")
	}
	if a.Profile != "" {
		out = append(out, strings.TrimSpace("Profile: "+a.Profile+". "+a.Leaves))
	}
	if a.Places != "" {
		out = append(out, "Places: "+a.Places+".")
	}
	byWhy := map[string][]string{}
	var whys []string
	for _, l := range a.LeftOut {
		if byWhy[l.Why] == nil {
			whys = append(whys, l.Why)
		}
		byWhy[l.Why] = append(byWhy[l.Why], l.Name)
	}
	slices.Sort(whys)
	for _, why := range whys {
		out = append(out, "Left out ("+why+"): "+strings.Join(byWhy[why], ", ")+".")
	}
	whys = whys[:0]
	for why := range c.Counted.Withheld {
		whys = append(whys, why)
	}
	slices.Sort(whys)
	for _, why := range whys {
		n := Count{N: c.Counted.Withheld[why]}
		n.Suppressed = n.N < a.Least
		out = append(out, "Units withheld ("+why+"): "+n.String()+".")
	}
	if a.Least > 0 {
		out = append(out, "Counts of fewer than "+strconv.Itoa(a.Least)+" rows, and others from which they could be reckoned, are suppressed; the smallest and the largest number are not told.")
	}
	return out
}

// span are the days of the first and the last interview. Where small counts are not told,
// they are months: a day may be one interview's.
func (c *Codebook) span() (first, last string) {
	first, last = c.Counted.First, c.Counted.Last
	if c.About.Least > 0 {
		first, last = cutBytes(first, len("2006-01")), cutBytes(last, len("2006-01"))
	}
	return first, last
}

// Collected says when interviews were held, "" where that is not known.
func (c *Codebook) Collected() string {
	first, last := c.span()
	if first == last {
		return first
	}
	return first + " to " + last
}

// number writes a statistic in up to ten digits.
func (s *Summary) number(x float64) string {
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 10, 64), 64); err == nil {
		x = rounded
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// Lines are the statistics with their names, in DDI's terms.
func (s *Summary) Lines() (out [][2]string) {
	if s.Extremes {
		out = append(out, [2]string{"min", s.number(s.Min)}, [2]string{"max", s.number(s.Max)})
	}
	return append(out, [2]string{"mean", s.number(s.Mean)}, [2]string{"stdev", s.number(s.Deviation)})
}
