package exchange

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Limits and types of the Stata format 118 (StataCorp, "Description of the .dta file
// format 118"): bytes of names, labels and texts.
const (
	dtaName, dtaLabel, dtaText          = 32, 80, 2045 // characters, characters, bytes
	dtaValueLabel                       = 32000        // bytes
	dtaLong, dtaDouble, dtaStrL         = 65528, 65526, 32768
	dtaNameField, dtaFormatField        = 129, 57
	dtaLabelField                       = 321
	dtaMissingLong                      = 2147483621
	dtaMissingDouble             uint64 = 0x7fe0000000000000
	dtaMissingStep               uint64 = 0x0000010000000000
)

// dtaSpecials are the letters of missing values that special answers become: .d, .r, .n.
var dtaSpecials = map[survey.Special]int{survey.DontKnow: 'd' - 'a' + 1, survey.Refused: 'r' - 'a' + 1, survey.NotApplicable: 'n' - 'a' + 1}

// dtaVariable is a variable of a Stata file.
type dtaVariable struct {
	name, label string
	kind        uint16 // dtaLong, dtaDouble, dtaStrL, or the bytes of a text
	labels      int    // number of the set of value labels, -1 for none
	long        func(f *Feature) (v int32, missing int)
	double      func(f *Feature) (v float64, missing int)
	text        func(f *Feature) string
}

// dtaFile is a dataset as Stata has it.
type dtaFile struct {
	w      *bufio.Writer
	err    error
	d      *Dataset
	vars   []dtaVariable
	labels [][]dtaValue // sets of value labels
}

// dtaValue is a value with its label.
type dtaValue struct {
	number int32
	label  string
}

// writeDTA writes Stata's format 118 (Stata 14 and later): numbers as numbers, a choice as a
// number with its words, each choice of several as 0 or 1, and special answers as .d (don't
// know), .r (refused) and .n (not applicable).
func writeDTA(ctx context.Context, out io.Writer, d *Dataset) error {
	f := &dtaFile{w: bufio.NewWriterSize(out, 1<<16), d: d}
	f.variables()
	if len(f.vars) > 32767 {
		return fmt.Errorf("a Stata file holds 32767 variables, and there are %d", len(f.vars))
	}
	f.write(ctx)
	if f.err != nil {
		return f.err
	}
	return f.w.Flush()
}

// variables chooses the variables.
func (f *dtaFile) variables() {
	names := map[string]bool{}
	add := func(v dtaVariable, name, label string) {
		v.name, v.label = stataName(name, names), cutRunes(label, dtaLabel)
		f.vars = append(f.vars, v)
	}
	for i, x := range f.d.Fields {
		at := func(r *Feature) survey.Value { return r.Values[i] }
		label := x.Label
		switch {
		case x.Kind == survey.SelectOne && len(x.Choices) > 0:
			f.selectOne(add, x, at)
		case x.Kind == survey.SelectMultiple && len(x.Choices) > 0:
			for _, c := range x.Choices {
				add(dtaVariable{kind: dtaLong, labels: -1, long: chosen(at, c.Code)}, x.Name+"_"+c.Code, cutRunes(c.Label, 40)+" – "+label)
			}
		case x.Kind.Numeric():
			add(dtaVariable{kind: dtaDouble, labels: -1, double: numberOf(at)}, x.Name, label)
		default:
			text := func(r *Feature) string { return clean(at(r)) }
			add(dtaVariable{kind: f.width(text), labels: -1, text: text}, x.Name, label)
		}
	}
	if f.d.Fictional {
		add(dtaVariable{kind: dtaLong, labels: -1, long: func(*Feature) (int32, int) { return 1, -1 }}, "fictional", "All organizations in this file are fictional")
	}
	for i, name := range []string{"lon", "lat"} {
		add(dtaVariable{kind: dtaDouble, labels: -1, double: func(r *Feature) (float64, int) {
			if p, ok := r.Geometry.(orb.Point); ok {
				return p[i], -1
			}
			return 0, 0
		}}, name, "WGS 84, degrees")
	}
}

// selectOne is a number with value labels: the codes, where all are whole numbers, else
// 1, 2, 3 in the order of the choices. What is no choice is missing.
func (f *dtaFile) selectOne(add func(dtaVariable, string, string), x Field, at func(*Feature) survey.Value) {
	numbers := map[string]int32{}
	whole := true
	for _, c := range x.Choices {
		n, err := strconv.ParseInt(c.Code, 10, 32)
		whole = whole && err == nil && n < dtaMissingLong
		numbers[c.Code] = int32(n)
	}
	set := make([]dtaValue, 0, len(x.Choices))
	for i, c := range x.Choices {
		if !whole {
			numbers[c.Code] = int32(i + 1)
		}
		set = append(set, dtaValue{numbers[c.Code], cutBytes(c.Label, dtaValueLabel)})
	}
	slices.SortStableFunc(set, func(a, b dtaValue) int { return cmp.Compare(a.number, b.number) })
	set = slices.CompactFunc(set, func(a, b dtaValue) bool { return a.number == b.number })
	f.labels = append(f.labels, set)
	add(dtaVariable{kind: dtaLong, labels: len(f.labels) - 1, long: func(r *Feature) (int32, int) {
		v := at(r)
		if n, ok := numbers[v.Text]; ok && v.Special == "" {
			return n, -1
		}
		return 0, dtaSpecials[v.Special]
	}}, x.Name, x.Label)
}

// chosen is 1 where a choice is among the answer, 0 where others are.
func chosen(at func(*Feature) survey.Value, code string) func(*Feature) (int32, int) {
	return func(r *Feature) (int32, int) {
		v := at(r)
		switch {
		case v.Special != "" || v.Text == "":
			return 0, dtaSpecials[v.Special]
		case slices.Contains(strings.Fields(v.Text), code):
			return 1, -1
		}
		return 0, -1
	}
}

func numberOf(at func(*Feature) survey.Value) func(*Feature) (float64, int) {
	return func(r *Feature) (float64, int) {
		v := at(r)
		n, err := strconv.ParseFloat(v.Text, 64)
		if err != nil || v.Special != "" || math.IsNaN(n) || math.Abs(n) > 8.988e307 {
			return 0, dtaSpecials[v.Special]
		}
		return n, -1
	}
}

// clean is a text without what Stata and SQLite cannot hold; "" for special answers.
func clean(v survey.Value) string {
	if v.Special != "" {
		return ""
	}
	return strings.ReplaceAll(strings.ToValidUTF8(v.Text, "\ufffd"), "\x00", "\ufffd")
}

// width is the type of a text: its most bytes, or strL where some are too long.
func (f *dtaFile) width(text func(*Feature) string) uint16 {
	most := 1
	for i := range f.d.Features {
		most = max(most, len(text(&f.d.Features[i])))
	}
	if most > dtaText {
		return dtaStrL
	}
	return uint16(most)
}

// stataName makes a name that Stata takes: letters, digits and _, not beginning with a
// digit, 32 characters, unlike the others in small letters, too.
func stataName(s string, used map[string]bool) string {
	var b strings.Builder
	for _, r := range s {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = '_'
		}
		b.WriteRune(r)
	}
	name := b.String()
	if name == "" || unicode.IsDigit([]rune(name)[0]) || reservedInStata[name] {
		name = "_" + name
	}
	base := cutRunes(name, dtaName)
	for n := 2; used[strings.ToLower(base)]; n++ {
		end := "_" + strconv.Itoa(n)
		base = cutRunes(name, dtaName-len(end)) + end
	}
	used[strings.ToLower(base)] = true
	return base
}

// reservedInStata are names that Stata keeps for itself (User's Guide, 11.3).
var reservedInStata = map[string]bool{"_all": true, "_b": true, "byte": true, "_coef": true, "_cons": true, "double": true, "float": true, "if": true, "in": true, "int": true, "long": true, "_n": true, "_N": true, "_pi": true, "_pred": true, "_rc": true, "_skip": true, "str": true, "strL": true, "using": true, "with": true}

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
