package expr

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// ErrNoDate is the error of date(), date-time() and decimal-date-time() where the
// text is no date, or an impossible one such as 2026-02-30.
var ErrNoDate = errors.New("this is no date")

// moment is a date, or a date with a time of day. A date stands at midnight UTC
// until it is put in a zone.
type moment struct {
	time.Time
	dateOnly bool
}

// parseDate reads ISO dates and date-times. One-digit months and days are
// accepted; a time without an offset is local. An impossible day is no date.
func parseDate(s string, z zone) (moment, bool) {
	if len(s) < 8 || len(s) > 100 {
		return moment{}, false
	}
	if !isDigit(s[0]) {
		return parseScriptDate(s)
	}
	day, clock, hasClock := strings.Cut(s, "T")
	y, m, d, ok := parseDay(day)
	if !ok || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return moment{}, false
	}
	if !hasClock {
		return moment{time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), true}, true
	}
	c, offset, local, ok := parseClock(clock)
	if !ok {
		return moment{}, false
	}
	loc := z.location
	if !local {
		loc = func() *time.Location { return time.FixedZone("", offset) }
	}
	return moment{time.Date(y, time.Month(m), d, 0, 0, 0, int(c), loc()), false}, true
}

// parseScriptDate reads the way JavaScript writes dates, which other engines take.
func parseScriptDate(s string) (moment, bool) {
	s, _, _ = strings.Cut(s, " (")
	t, err := time.Parse("Mon Jan 02 2006 15:04:05 GMT-0700", s)
	return moment{t, false}, err == nil
}

// parseDay reads year-month-day: four digits, then one or two each.
func parseDay(s string) (y, m, d int, ok bool) {
	if len(s) < 8 || len(s) > 10 || s[4] != '-' {
		return 0, 0, 0, false
	}
	month, day, ok := strings.Cut(s[5:], "-")
	y, okY := digits(s[:4], 4)
	m, okM := digits(month, 2)
	d, okD := digits(day, 2)
	return y, m, d, ok && okY && okM && okD
}

// digits reads a number of one to most digits.
func digits(s string, most int) (n int, ok bool) {
	if len(s) == 0 || len(s) > most {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func daysIn(y, m int) int { return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// parseClock reads hh:mm, hh:mm:ss or hh:mm:ss.fff with Z or an offset such as
// +05:45; local says that there is none.
func parseClock(s string) (c time.Duration, offset int, local, ok bool) {
	s, offset, local, ok = cutOffset(s)
	if !ok || len(s) < 5 || s[2] != ':' {
		return 0, 0, false, false
	}
	h, okH := digits(s[:2], 2)
	m, okM := digits(s[3:5], 2)
	c = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if ok = okH && okM && h < 24 && m < 60; !ok || len(s) == 5 {
		return c, offset, local, ok
	}
	whole, part, hasPart := strings.Cut(s[5:], ".")
	if len(whole) != 3 || whole[0] != ':' || hasPart && len(part) == 0 {
		return 0, 0, false, false
	}
	sec, okS := digits(whole[1:], 2)
	part = (part + "000000000")[:9]
	nano, okN := digits(part, 9)
	return c + time.Duration(sec)*time.Second + time.Duration(nano), offset, local, okS && okN && sec < 60
}

// cutOffset takes the offset, in seconds, from the end of a time of day.
func cutOffset(s string) (rest string, offset int, local, ok bool) {
	if rest, ok := strings.CutSuffix(s, "Z"); ok {
		return rest, 0, false, true
	}
	i := strings.LastIndexAny(s, "+-")
	if i < 0 {
		return s, 0, true, true
	}
	hours, minutes := s[i+1:], ""
	if len(hours) > 2 {
		hours, minutes = hours[:2], strings.TrimPrefix(hours[2:], ":")
	}
	h, okH := digits(hours, 2)
	m, okM := digits("0"+minutes, 3)
	offset = h*3600 + m*60
	if s[i] == '-' {
		offset = -offset
	}
	return s[:i], offset, false, okH && okM && len(hours) == 2 && (minutes == "" || len(minutes) == 2) && h < 24 && m < 60
}

// in puts a moment into the location whose days count; a date begins at midnight
// there.
func (m moment) in(z zone) time.Time {
	if m.dateOnly {
		y, mo, d := m.Date()
		return time.Date(y, mo, d, 0, 0, 0, 0, z.location())
	}
	return m.Time.In(z.location())
}

// day counts the days from 1970-01-01 to the day as it is written.
func (m moment) day() float64 {
	y, mo, d := m.Date()
	return math.Floor(float64(time.Date(y, mo, d, 0, 0, 0, 0, time.UTC).Unix()) / 86400)
}

// days counts local days since 1970-01-01; the time of day is the fraction.
func (m moment) days(z zone) float64 {
	if m.dateOnly {
		return m.day()
	}
	t := moment{m.in(z), false}
	h, mi, s := t.Clock()
	return t.day() + (float64(h*3600+mi*60+s)+float64(t.Nanosecond())/1e9)/86400
}

func (m moment) String() string {
	if m.dateOnly {
		return m.Format("2006-01-02")
	}
	return m.Format("2006-01-02T15:04:05.000-07:00")
}

// fromDays makes a moment of a number of days since 1970-01-01. A whole number is
// a local day, as in JavaRosa; a fraction is what decimal-date-time() gives, which
// counts from midnight UTC.
func fromDays(n float64, z zone) (moment, bool) {
	if math.IsNaN(n) || n < -719162 || n > 2932896 { // the years 1 to 9999
		return moment{}, false
	}
	if n == math.Trunc(n) {
		return moment{time.Unix(int64(n)*86400, 0).UTC(), true}, true
	}
	return moment{time.UnixMilli(int64(math.Round(n * 86400e3))).In(z.location()), false}, true
}

// toMoment converts a value to a moment: text as ISO, a number as days. Of a blank
// and of NaN there is none, which is no error.
func toMoment(v Value, z zone) (m moment, ok bool, err error) {
	if v.kind == booleanKind {
		return moment{}, false, fmt.Errorf("%s: %w", v, ErrNoDate)
	}
	n := v.n
	if v.kind != numberKind {
		s := trim(v.String())
		if s == "" || s == "NaN" {
			return moment{}, false, nil
		}
		if m, ok := parseDate(s, z); ok {
			return m, true, nil
		}
		if n, ok = plainNumber(s); !ok {
			return moment{}, false, fmt.Errorf("%q: %w", s, ErrNoDate)
		}
	}
	if m, ok = fromDays(n, z); !ok && !math.IsNaN(n) {
		err = fmt.Errorf("%s days: %w", FormatNumber(n), ErrNoDate)
	}
	return m, ok, err
}

// IsDate says whether a text is a date or a date with a time.
func IsDate(text string) bool {
	_, ok := parseDate(trim(text), zone{})
	return ok
}

// DateText writes what an expression gave for a date as a date: text in the form
// of a date stays, a number counts days since 1970-01-01. Other text stays too.
func DateText(text string, withTime bool, loc *time.Location) string {
	z := zone{loc: loc}
	if _, ok := parseDate(trim(text), z); ok || text == "" {
		return text
	}
	n, ok := plainNumber(trim(text))
	if !ok {
		return text
	}
	m, ok := fromDays(n, z)
	if !ok {
		return text
	}
	return moment{m.in(z), !withTime}.String()
}
