package job

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/match"
	"sselandscape/survey/notation"
)

// specialWords are the ways in which a special answer is written in a table.
var specialWords = map[string]survey.Special{
	"dk": survey.DontKnow, "don't know": survey.DontKnow, "do not know": survey.DontKnow, "don’t know": survey.DontKnow,
	"refused": survey.Refused, "na": survey.NotApplicable, "n/a": survey.NotApplicable, "not applicable": survey.NotApplicable,
}

// submittedValues brings what a file holds into the form in which answers are stored.
type submittedValues struct {
	form  *survey.Form
	comma bool                         // numbers are written with a decimal comma
	codes map[string]map[string]string // by list: codes by the key of their labels
}

// read reads the answer to a question. It fails where the text is no answer of the
// question's type; a code that is in no list is kept, for the interview to tell.
func (v *submittedValues) read(q *survey.Question, text string) (survey.Value, error) {
	if strings.TrimSpace(text) == "" {
		return survey.Value{}, nil
	}
	out, err := v.lexical(q, text)
	known := err == nil && !(q.Kind.Selects() && v.choices(q) != nil && !v.allKnown(q, out))
	if !known && q.Kind != survey.String {
		if s, ok := specialWords[strings.ToLower(strings.TrimSpace(text))]; ok && slices.Contains(q.Specials(), s) {
			return survey.Value{Special: s}, nil
		}
	}
	if err != nil {
		return survey.Value{}, err
	}
	return survey.Of(out), nil
}

func (v *submittedValues) lexical(q *survey.Question, text string) (string, error) {
	trimmed := strings.TrimSpace(text)
	switch q.Kind {
	case survey.Integer, survey.Decimal, survey.Range:
		text = v.number(trimmed, q.Kind == survey.Integer)
	case survey.Date, survey.Today:
		return readDate(trimmed)
	case survey.Time:
		return readTime(trimmed)
	case survey.DateTime, survey.Start, survey.End:
		text = isoMomentOf(trimmed)
	case survey.Acknowledge:
		switch strings.ToLower(trimmed) {
		case "ok", "1", "true", "yes":
			text = "OK"
		}
	case survey.SelectOne:
		return v.one(q, trimmed)
	case survey.SelectMultiple, survey.Rank:
		return v.many(q, trimmed)
	case survey.Geopoint, survey.Geotrace, survey.Geoshape, survey.StartGeopoint, survey.BackgroundGeopoint:
		text = pointsWithComma(notation.Digits(trimmed))
	}
	return interview.Lexical(q, text)
}

var (
	wholePart = regexp.MustCompile(`^([-+]?\d+)\.0+$`)
	isoDay    = regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2})(?:[T ][0-9:.]+(?:Z|[-+]\d\d:?\d\d)?)?$`)
	isoMoment = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[-+]\d\d(?::?\d\d)?)?$`)
	inDay     = regexp.MustCompile(`^(?:1899-12-3[01]|1900-01-0[01])T(.*)$`)
	yearIn    = regexp.MustCompile(`(^|\D)\d{4}(\D|$)`)
)

// number writes a number with a decimal point, in the digits 0 to 9. Workbooks
// write whole numbers with .0 at times.
func (v *submittedValues) number(s string, whole bool) string {
	s = notation.Digits(s)
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") && (v.comma || !whole) {
		s = strings.Replace(s, ",", ".", 1)
	}
	if m := wholePart.FindStringSubmatch(s); m != nil && whole {
		return m[1]
	}
	return s
}

// pointsWithComma writes positions with decimal points where all of their numbers
// have a comma.
func pointsWithComma(s string) string {
	if strings.Contains(s, ".") || strings.Contains(s, ", ") {
		return s
	}
	for _, p := range strings.Split(s, ";") {
		if f := strings.Fields(p); len(f) < 2 || strings.Count(f[0], ",") > 1 || strings.Count(f[1], ",") > 1 {
			return s
		}
	}
	return strings.ReplaceAll(s, ",", ".")
}

// readDate reads a date. Dates that can be read in two ways are refused.
func readDate(s string) (string, error) {
	s = notation.Digits(s)
	if m := isoDay.FindStringSubmatch(s); m != nil {
		return interview.Lexical(&survey.Question{Kind: survey.Date}, m[1])
	}
	if !yearIn.MatchString(s) { // "-3" is a day to people who type, and none in a file
		return "", errors.New("this is no date; write it as 2026-03-01")
	}
	return notation.Dates{Order: notation.Unsure}.Date(s)
}

func readTime(s string) (string, error) {
	s = notation.Digits(s)
	if m := inDay.FindStringSubmatch(s); m != nil { // a time of day in a workbook
		s = m[1]
	}
	out, err := interview.Lexical(&survey.Question{Kind: survey.Time}, s)
	if err != nil {
		return notation.Time(s)
	}
	return out, nil
}

// moment writes a date and time as ISO 8601 with the offset as +05:45.
func isoMomentOf(s string) string {
	m := isoMoment.FindStringSubmatch(notation.Digits(s))
	if m == nil {
		return s
	}
	zone := m[3]
	switch len(zone) {
	case 3:
		zone += ":00"
	case 5:
		zone = zone[:3] + ":" + zone[3:]
	}
	clock := m[2]
	if len(clock) == 5 && zone != "" {
		clock += ":00" // RFC 3339 has seconds
	}
	return m[1] + "T" + clock + zone
}

// choices is the list of a question, nil where it cannot be known beforehand.
func (v *submittedValues) choices(q *survey.Question) *survey.List {
	switch {
	case q.Itemset != nil || strings.HasPrefix(q.List, "${"):
		return nil
	case q.External:
		return v.form.External[q.List]
	}
	return v.form.Lists[q.List]
}

// labels are the codes of a list by the keys of what stands for them: the code
// itself, and its labels in every language where no other choice has them.
func (v *submittedValues) labels(l *survey.List) map[string]string {
	if m := v.codes[l.Name]; m != nil {
		return m
	}
	m := map[string]string{}
	for i := range l.Choices {
		ch := &l.Choices[i]
		for _, label := range ch.Label {
			k := labelKey(label)
			if other, twice := m[k]; twice && other != ch.Name {
				m[k] = ""
				continue
			}
			m[k] = ch.Name
		}
	}
	for i := range l.Choices {
		m[labelKey(l.Choices[i].Name)] = l.Choices[i].Name
	}
	delete(m, "")
	if v.codes == nil {
		v.codes = map[string]map[string]string{}
	}
	v.codes[l.Name] = m
	return m
}

// labelKey is what texts have in common that people take for the same.
func labelKey(s string) string {
	if k := match.Key(s); k != "" {
		return k
	}
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

func (v *submittedValues) one(q *survey.Question, s string) (string, error) {
	l := v.choices(q)
	if l == nil {
		return interview.Lexical(q, s)
	}
	if _, ok := l.Find(s); ok {
		return s, nil
	}
	if m := wholePart.FindStringSubmatch(s); m != nil {
		if _, ok := l.Find(m[1]); ok {
			return m[1], nil
		}
	}
	if code := v.labels(l)[labelKey(s)]; code != "" {
		return code, nil
	}
	if strings.ContainsAny(s, " \t\n") {
		return "", fmt.Errorf("%q is not among the choices", s)
	}
	return s, nil
}

// many reads codes, or labels one after the other, as KoboToolbox writes them.
func (v *submittedValues) many(q *survey.Question, s string) (string, error) {
	l := v.choices(q)
	if l == nil || v.allKnown(q, s) {
		return interview.Lexical(q, s)
	}
	labels := v.labels(l)
	for _, sep := range []string{";", "|", ","} {
		var out []string
		for _, part := range strings.Split(s, sep) {
			code := labels[labelKey(part)]
			if code == "" {
				out = nil
				break
			}
			out = append(out, code)
		}
		if len(out) > 0 {
			return strings.Join(out, " "), nil
		}
	}
	if out := segments(labels, strings.Fields(labelKey(s))); out != nil {
		return strings.Join(out, " "), nil
	}
	for _, code := range strings.Fields(s) {
		if _, ok := l.Find(code); ok {
			return interview.Lexical(q, s) // codes, and one that is in no list
		}
	}
	return "", fmt.Errorf("%q is not among the choices", s)
}

// maxSegments bounds the words of an answer that is taken apart.
const maxSegments = 2000

// segments takes words apart into labels, from the end: reach[i] is the code that
// words from i on begin with where the rest can be taken apart, too. The longest
// label wins.
func segments(labels map[string]string, words []string) []string {
	if len(words) > maxSegments {
		return nil
	}
	longest := 0
	for k := range labels {
		longest = max(longest, strings.Count(k, " ")+1)
	}
	next, code := make([]int, len(words)+1), make([]string, len(words)+1)
	for i := len(words) - 1; i >= 0; i-- {
		for n := min(longest, len(words)-i); n > 0; n-- {
			c := labels[strings.Join(words[i:i+n], " ")]
			if c != "" && (i+n == len(words) || code[i+n] != "") {
				next[i], code[i] = i+n, c
				break
			}
		}
	}
	var out []string
	for i := 0; i < len(words); i = next[i] {
		if code[i] == "" {
			return nil
		}
		out = append(out, code[i])
	}
	return out
}

func (v *submittedValues) allKnown(q *survey.Question, text string) bool {
	l := v.choices(q)
	for _, code := range strings.Fields(text) {
		if _, ok := l.Find(code); !ok {
			return false
		}
	}
	return true
}

// ticked says whether a cell of a column for one choice says that it was chosen.
func ticked(s string, code string) bool {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "", "0", "0.0", "false", "no", "-":
		return false
	}
	return s == "1" || s == "1.0" || s == "true" || s == "yes" || s == "x" || s == strings.ToLower(code)
}
