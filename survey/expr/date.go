package expr

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// moment is a date, or a date with a time of day.
type moment struct {
	time.Time
	dateOnly bool
}

// parseDate reads ISO dates and date-times. One-digit months and days are
// accepted; a time without an offset is local. An impossible day is no date.
func parseDate(s string, loc *time.Location) (moment, bool) {
	s = strings.TrimSpace(s)
	day, clock, hasClock := strings.Cut(s, "T")
	var y, m, d int
	if !scanDay(day, &y, &m, &d) {
		return moment{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, loc)
	if m < 1 || m > 12 || d < 1 || time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() != d {
		return moment{}, false
	}
	if !hasClock {
		return moment{t, true}, true
	}
	c, zone, ok := parseClock(clock, loc)
	if !ok {
		return moment{}, false
	}
	return moment{time.Date(y, time.Month(m), d, 0, 0, 0, 0, zone).Add(c), false}, true
}

func scanDay(s string, y, m, d *int) bool {
	parts := strings.Split(s, "-")
	if len(parts) != 3 || len(parts[0]) != 4 {
		return false
	}
	for i, into := range []*int{y, m, d} {
		p := parts[i]
		if len(p) == 0 || len(p) > 4 || i > 0 && len(p) > 2 {
			return false
		}
		for _, c := range p {
			if c < '0' || c > '9' {
				return false
			}
			*into = *into*10 + int(c-'0')
		}
	}
	return true
}

var clockLayouts = []string{"15:04:05.999999999Z07:00", "15:04:05.999999999", "15:04Z07:00", "15:04", "15:04:05.999999999Z07"}

// parseClock reads a time of day with an optional offset.
func parseClock(s string, loc *time.Location) (time.Duration, *time.Location, bool) {
	for _, l := range clockLayouts {
		t, err := time.Parse(l, s)
		if err != nil {
			continue
		}
		zone := loc
		if strings.Contains(l, "Z07") {
			zone = t.Location()
		}
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
			time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond()), zone, true
	}
	return 0, nil, false
}

// days counts local days since 1970-01-01; the time of day is the fraction.
func (m moment) days() float64 {
	y, mo, d := m.Date()
	whole := float64(time.Date(y, mo, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	if m.dateOnly {
		return whole
	}
	h, mi, s := m.Clock()
	return whole + (float64(h*3600+mi*60+s)+float64(m.Nanosecond())/1e9)/86400
}

func (m moment) String() string {
	if m.dateOnly {
		return m.Format("2006-01-02")
	}
	return m.Format("2006-01-02T15:04:05.000Z07:00")
}

// fromDays makes the moment that lies n days after 1970-01-01, local.
func fromDays(n float64, loc *time.Location) (moment, bool) {
	if math.IsNaN(n) || math.Abs(n) > 4e6 {
		return moment{}, false
	}
	whole := math.Floor(n)
	y, mo, d := time.Unix(int64(whole)*86400, 0).UTC().Date()
	ms := int(math.Round((n - whole) * 86400e3))
	return moment{time.Date(y, mo, d, 0, 0, ms/1000, ms%1000*1e6, loc), false}, true
}

// toMoment converts a value to a moment: text as ISO, a number as days.
func toMoment(v Value, loc *time.Location) (moment, bool) {
	if v.kind == numberKind {
		return fromDays(v.n, loc)
	}
	s := v.String()
	if m, ok := parseDate(s, loc); ok {
		return m, true
	}
	if n := parseNumber(s, loc); !math.IsNaN(n) {
		return fromDays(n, loc)
	}
	return moment{}, false
}

// formatDate writes m by the ODK format codes: %Y %y %m %n %b %d %e %H %h %M %S
// %3 %a (ODK XForms specification, format-date and format-date-time).
func formatDate(m moment, format string) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		switch format[i] {
		case 'Y':
			fmt.Fprintf(&b, "%04d", m.Year())
		case 'y':
			fmt.Fprintf(&b, "%02d", m.Year()%100)
		case 'm':
			fmt.Fprintf(&b, "%02d", int(m.Month()))
		case 'n':
			fmt.Fprint(&b, int(m.Month()))
		case 'b':
			b.WriteString(m.Format("Jan"))
		case 'd':
			fmt.Fprintf(&b, "%02d", m.Day())
		case 'e':
			fmt.Fprint(&b, m.Day())
		case 'a':
			b.WriteString(m.Format("Mon"))
		case 'H':
			fmt.Fprintf(&b, "%02d", m.Hour())
		case 'h':
			fmt.Fprint(&b, m.Hour())
		case 'M':
			fmt.Fprintf(&b, "%02d", m.Minute())
		case 'S':
			fmt.Fprintf(&b, "%02d", m.Second())
		case '3':
			fmt.Fprintf(&b, "%03d", m.Nanosecond()/1e6)
		case 'W':
			_, w := m.ISOWeek()
			fmt.Fprint(&b, w)
		case 'Z':
			b.WriteString(m.Format("Z07:00"))
		case '%':
			b.WriteByte('%')
		default:
			b.WriteByte('%')
			b.WriteByte(format[i])
		}
	}
	return b.String()
}

// DateText writes what an expression gave for a date as a date: text in the form
// of a date stays, a number counts days since 1970-01-01. Other text stays too.
func DateText(text string, withTime bool, loc *time.Location) string {
	if _, ok := parseDate(text, loc); ok || text == "" {
		return text
	}
	n := parseNumber(text, loc)
	if math.IsNaN(n) {
		return text
	}
	m, ok := fromDays(n, loc)
	if !ok {
		return text
	}
	return moment{m.Time, !withTime}.String()
}
