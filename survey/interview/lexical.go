package interview

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"sselandscape/survey"
)

// lexical checks the form of an answer by the kind of question and returns it in
// its XForms lexical form.
func lexical(q *survey.Question, text string) (string, error) {
	trimmed := strings.TrimSpace(text)
	switch q.Kind {
	case survey.Integer:
		return integer(trimmed)
	case survey.Decimal:
		return decimal(trimmed)
	case survey.Range:
		return ranged(q, trimmed)
	case survey.Date:
		return date(trimmed)
	case survey.Time:
		return oneOf(trimmed, "this is no time; write it as 14:30", "15:04", "15:04:05", "15:04:05.000", "15:04:05.000-07:00", "15:04:05.000Z07:00")
	case survey.DateTime:
		return oneOf(trimmed, "this is no date and time; write it as 2026-03-01T14:30", "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339Nano)
	case survey.Geopoint:
		return point(trimmed)
	case survey.Geotrace, survey.Geoshape:
		return line(trimmed)
	case survey.Acknowledge:
		if trimmed != "OK" {
			return "", errors.New("a confirmation is stored as OK")
		}
	case survey.SelectOne, survey.SelectMultiple, survey.Rank:
		return strings.Join(strings.Fields(text), " "), nil
	default:
	}
	return text, nil
}

func integer(s string) (string, error) {
	n, err := strconv.ParseInt(strings.ReplaceAll(s, " ", ""), 10, 64)
	if err != nil {
		return "", errors.New("this is no whole number")
	}
	return strconv.FormatInt(n, 10), nil
}

func decimal(s string) (string, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(s, "xXpP_") {
		return "", errors.New("this is no number")
	}
	if strings.ContainsAny(s, "eE+") {
		return strconv.FormatFloat(f, 'f', -1, 64), nil
	}
	return s, nil
}

// ranged reads a number that lies between the ends of a range.
func ranged(q *survey.Question, s string) (string, error) {
	text, err := decimal(s)
	if err != nil {
		return "", err
	}
	if f, _ := strconv.ParseFloat(text, 64); !inRange(q, f) {
		return "", fmt.Errorf("the number must lie between %s and %s", cmp.Or(q.Parameters["start"], "1"), cmp.Or(q.Parameters["end"], "10"))
	}
	return text, nil
}

func date(s string) (string, error) {
	t, err := time.Parse("2006-1-2", s)
	if err != nil {
		return "", errors.New("this is no date; write it as 2026-03-01")
	}
	return t.Format("2006-01-02"), nil
}

func oneOf(s, otherwise string, layouts ...string) (string, error) {
	for _, l := range layouts {
		if _, err := time.Parse(l, s); err == nil {
			return s, nil
		}
	}
	return "", errors.New(otherwise)
}

// point reads "lat lon", "lat lon alt acc" or "lat, lon" and stores the four
// numbers of an ODK geopoint: latitude, longitude, altitude, accuracy.
func point(s string) (string, error) {
	f := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
	if len(f) < 2 || len(f) > 4 {
		return "", errors.New("this is no position; write latitude and longitude, for example 27.7172 85.3240")
	}
	for i, part := range f {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return "", fmt.Errorf("%q in a position is no number", part)
		}
		f[i] = coordinate(n)
		if i == 0 && math.Abs(n) > 90 {
			return "", errors.New("a latitude lies between -90 and 90")
		}
		if i == 1 && math.Abs(n) > 180 {
			return "", errors.New("a longitude lies between -180 and 180")
		}
	}
	for len(f) < 4 {
		f = append(f, "0.0")
	}
	return strings.Join(f, " "), nil
}

// coordinate writes a number as ODK clients do, with a decimal point always.
func coordinate(n float64) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func line(s string) (string, error) {
	var out []string
	for _, part := range strings.Split(strings.Trim(s, "; "), ";") {
		p, err := point(strings.TrimSpace(part))
		if err != nil {
			return "", err
		}
		out = append(out, p)
	}
	return strings.Join(out, ";"), nil
}
