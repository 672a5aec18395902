package exchange

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// variable is a column of a statistics file: a choice is a number with its words, each
// choice of several a variable of its own that is 0 or 1.
type variable struct {
	name, label string
	kind        variableKind
	labels      []valueLabel
	// number is what the variable holds in a row. If none, why is its special answer, or "".
	number   func(f *Feature) (v float64, ok bool, why survey.Special)
	text     func(f *Feature) string // of a text
	set      string                  // the question of several choices that it is one of
	setLabel string
	width    int     // the most bytes of a text
	least    float64 // of the numbers
	broken   bool    // some numbers are not whole
	special  bool    // some answers are special
}

type variableKind uint8

const (
	codeVariable   variableKind = iota // a whole number of 32 bits
	numberVariable                     // a double
	dateVariable                       // days since 1970
	textVariable
)

// valueLabel is a number with its words.
type valueLabel struct {
	number int32
	label  string
}

// statistics is a table as statistics programs have it.
type statistics struct {
	vars []variable
	rows int
}

// statisticsOf chooses the variables and measures what their files must say before the
// rows: how many these are and how long texts are, and if numbers, what numbers are. name makes a name that the program takes
// and that is unlike the others.
func statisticsOf(ctx context.Context, d *Dataset, t *Table, numbers bool, name func(s string, used map[string]bool) string) (*statistics, error) {
	s := &statistics{}
	used := map[string]bool{}
	add := func(v variable, called string) {
		v.name = name(called, used)
		s.vars = append(s.vars, v)
	}
	if t != &d.Table {
		add(variable{kind: textVariable, text: func(f *Feature) string { return f.ID }}, rowColumn)
		add(variable{kind: textVariable, text: func(f *Feature) string { return f.Parent }}, parentColumn)
	}
	for i := range t.Fields {
		variablesOf(&t.Fields[i], func(f *Feature) survey.Value { return f.Values[i] }, add)
	}
	if d.Fictional {
		add(variable{kind: codeVariable, number: func(*Feature) (float64, bool, survey.Special) { return 1, true, "" }, label: "All organizations in this file are fictional"}, "fictional")
	}
	if t.Placed {
		for i, called := range []string{"lon", "lat"} {
			add(variable{kind: numberVariable, label: "WGS 84, degrees", number: func(f *Feature) (float64, bool, survey.Special) {
				p, ok := f.Geometry.(orb.Point)
				return p[i], ok, ""
			}}, called)
		}
	}
	return s, s.measure(ctx, t, numbers)
}

// variablesOf are the variables of a field.
func variablesOf(x *Field, at func(*Feature) survey.Value, add func(variable, string)) {
	switch {
	case x.Kind == survey.SelectOne && len(x.Choices) > 0:
		numbers, labels := codesOf(x.Choices)
		add(variable{kind: codeVariable, label: x.Label, labels: labels, number: func(f *Feature) (float64, bool, survey.Special) {
			v := at(f)
			if v.Text == "" {
				return 0, false, v.Special
			}
			n, ok := numbers[v.Text]
			return float64(n), ok && v.Special == "", v.Special
		}}, x.Name)
	case x.Kind == survey.SelectMultiple && len(x.Choices) > 0:
		for _, c := range x.Choices {
			add(variable{kind: codeVariable, label: cutRunes(c.Label, 40) + " – " + x.Label, set: x.Name, setLabel: x.Label, number: chosen(at, c.Code)}, x.Name+"_"+c.Code)
		}
	case x.Kind.Numeric():
		add(variable{kind: numberVariable, label: x.Label, number: numberOf(at)}, x.Name)
	case x.Kind == survey.Date || x.Kind == survey.Today:
		add(variable{kind: dateVariable, label: x.Label, number: func(f *Feature) (float64, bool, survey.Special) {
			v := at(f)
			if v.Text == "" {
				return 0, false, v.Special
			}
			day, err := time.Parse(time.DateOnly, v.Text[:min(len(time.DateOnly), len(v.Text))])
			return float64(day.Unix() / (24 * 60 * 60)), err == nil && v.Special == "", v.Special
		}}, x.Name)
	default:
		add(variable{kind: textVariable, label: x.Label, text: func(f *Feature) string { return clean(at(f)) }}, x.Name)
	}
}

// codesOf are the numbers of choices: their codes, where all are whole numbers, else 1, 2, 3
// in their order. What is no choice is missing.
func codesOf(choices []Choice) (map[string]int32, []valueLabel) {
	const most = 2147483620 // of a long in Stata
	whole := true
	for _, c := range choices {
		n, err := strconv.ParseInt(c.Code, 10, 32)
		whole = whole && err == nil && n <= most && n > -most
	}
	numbers := map[string]int32{}
	var labels []valueLabel
	for i, c := range choices {
		if _, twice := numbers[c.Code]; twice {
			continue
		}
		n := int64(i + 1)
		if whole {
			n, _ = strconv.ParseInt(c.Code, 10, 32)
		}
		numbers[c.Code] = int32(n)
		labels = append(labels, valueLabel{int32(n), c.Label})
	}
	slices.SortStableFunc(labels, func(a, b valueLabel) int { return cmp.Compare(a.number, b.number) })
	return numbers, slices.CompactFunc(labels, func(a, b valueLabel) bool { return a.number == b.number })
}

// chosen is 1 where a choice is among the answer, 0 where others are.
func chosen(at func(*Feature) survey.Value, code string) func(*Feature) (float64, bool, survey.Special) {
	return func(f *Feature) (float64, bool, survey.Special) {
		v := at(f)
		if v.Special != "" || v.Text == "" {
			return 0, false, v.Special
		}
		for rest := v.Text; rest != ""; {
			var one string
			if one, rest, _ = strings.Cut(rest, " "); one == code {
				return 1, true, ""
			}
		}
		return 0, true, ""
	}
}

func numberOf(at func(*Feature) survey.Value) func(*Feature) (float64, bool, survey.Special) {
	return func(f *Feature) (float64, bool, survey.Special) {
		v := at(f)
		if v.Text == "" { // errors cost time
			return 0, false, v.Special
		}
		n, err := strconv.ParseFloat(v.Text, 64)
		return n, err == nil && v.Special == "" && !math.IsNaN(n) && math.Abs(n) <= 8.988e307, v.Special
	}
}

// clean is a text without what these programs and SQLite cannot hold; "" for special
// answers.
func clean(v survey.Value) string {
	if v.Special != "" {
		return ""
	}
	if utf8.ValidString(v.Text) && strings.IndexByte(v.Text, 0) < 0 {
		return v.Text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(v.Text, "\ufffd"), "\x00", "\ufffd")
}

// measure reads the rows once.
func (s *statistics) measure(ctx context.Context, t *Table, numbers bool) error {
	var wanted []*variable
	for i := range s.vars {
		if s.vars[i].kind == textVariable || numbers {
			wanted = append(wanted, &s.vars[i])
		}
	}
	for f, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		s.rows++
		for _, v := range wanted {
			if v.kind == textVariable {
				v.width = max(v.width, len(v.text(f)))
			} else if n, ok, why := v.number(f); ok {
				v.least = min(v.least, n)
				if v.kind == numberVariable && n != math.Trunc(n) {
					v.broken = true
				}
			} else {
				v.special = v.special || why != ""
			}
		}
	}
	return nil
}

// eachRow reads the rows once more; there are to be as many as before.
func (s *statistics) eachRow(ctx context.Context, t *Table, visit func(number int, f *Feature) error) error {
	n := 0
	for f, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		if n++; n > s.rows {
			return errChanged
		}
		if err := visit(n, f); err != nil {
			return err
		}
	}
	if n != s.rows {
		return errChanged
	}
	return nil
}

// errChanged means that a second reading of rows gave others than the first.
var errChanged = errors.New("the study changed while it was exported; export it again")

// statName makes a name of letters, digits and _ that does not begin with a digit and is
// unlike the others in small letters, too. cut shortens a name to n less than what is
// allowed.
func statName(s, before string, reserved map[string]bool, used map[string]bool, cut func(s string, less int) string) string {
	name := strings.Map(func(r rune) rune {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return '_'
		}
		return r
	}, s)
	if r, _ := utf8.DecodeRuneInString(name); name == "" || unicode.IsDigit(r) || before != "_" && r == '_' || reserved[name] {
		name = before + name
	}
	base := cut(name, 0)
	for n := 2; used[strings.ToLower(base)]; n++ {
		end := "_" + strconv.Itoa(n)
		base = cut(name, len(end)) + end
	}
	used[strings.ToLower(base)] = true
	return base
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// cutBytes cuts a text between characters.
func cutBytes(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
