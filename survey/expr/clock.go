package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

func clock(k *Context) time.Time {
	if k.Env == nil || k.Env.Now == nil {
		return time.Unix(0, 0).UTC()
	}
	return k.Env.Now()
}

func today(k *Context, _ []eval) (Value, error) {
	return Text(moment{clock(k), true}.String()), nil
}

func now(k *Context, _ []eval) (Value, error) { return Text(moment{clock(k), false}.String()), nil }

// date gives a date without a time: of text the day as it is written.
func date(k *Context, a []Value) (Value, error) {
	m, ok, err := toMoment(a[0], k.Env.zone())
	return textIf(ok, moment{m.Time, true}.String()), err
}

// dateTime gives a date with a time, local; a date without a time stays as it is.
func dateTime(k *Context, a []Value) (Value, error) {
	m, ok, err := toMoment(a[0], k.Env.zone())
	if ok && !m.dateOnly {
		m.Time = m.in(k.Env.zone())
	}
	return textIf(ok, m.String()), err
}

// decimalDateTime counts days from 1970-01-01 at midnight UTC (ODK XForms
// specification, decimal-date-time).
func decimalDateTime(k *Context, a []Value) (Value, error) {
	if a[0].kind == numberKind {
		return a[0], nil
	}
	s := trim(a[0].String())
	m, ok := parseDate(s, k.Env.zone())
	switch {
	case ok:
		return Num(float64(m.in(k.Env.zone()).UnixMilli()) / 86400e3), nil
	case s == "":
		return Num(math.NaN()), nil
	}
	return Num(math.NaN()), fmt.Errorf("%q: %w", s, ErrNoDate)
}

// decimalTime is the local time of day as a part of a day.
func decimalTime(k *Context, a []Value) (Value, error) {
	s := trim(a[0].String())
	if m, ok := parseDate(s, k.Env.zone()); ok {
		days := m.days(k.Env.zone())
		return Num(days - math.Floor(days)), nil
	}
	c, offset, local, ok := parseClock(s)
	if !ok {
		return Num(math.NaN()), nil
	}
	if !local {
		_, here := clock(k).In(k.Env.location()).Zone()
		c += time.Duration(here-offset) * time.Second
		c = (c%(24*time.Hour) + 24*time.Hour) % (24 * time.Hour)
	}
	return Num(c.Hours() / 24), nil
}

func format(k *Context, a []Value) (Value, error) {
	m, ok, _ := toMoment(a[0], k.Env.zone())
	if !ok {
		return Value{}, nil
	}
	c := english
	if k.Env != nil && k.Env.Calendar != nil {
		if own := k.Env.Calendar(); own != nil {
			c = own
		}
	}
	return Text(formatDate(m.in(k.Env.zone()), a[1].String(), c)), nil
}

var english = &Calendar{
	Months: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	Days:   [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
}

// formatDate writes t by the codes of format-date and format-date-time (ODK XForms
// specification; JavaRosa adds %W and %Z). Other codes stay as they are.
func formatDate(t time.Time, format string, c *Calendar) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 || i+1 == len(format) {
			b.WriteString(format)
			return b.String()
		}
		b.WriteString(format[:i])
		b.WriteString(dateCode(t, format[i+1], c))
		format = format[i+2:]
	}
}

func dateCode(t time.Time, code byte, c *Calendar) string {
	pad := func(n, width int) string { return fmt.Sprintf("%0*d", width, n) }
	switch code {
	case 'Y':
		return pad(t.Year(), 4)
	case 'y':
		return pad(t.Year()%100, 2)
	case 'm':
		return pad(int(t.Month()), 2)
	case 'n':
		return strconv.Itoa(int(t.Month()))
	case 'b':
		return c.Months[t.Month()-1]
	case 'd':
		return pad(t.Day(), 2)
	case 'e':
		return strconv.Itoa(t.Day())
	case 'a':
		return c.Days[t.Weekday()]
	case 'H':
		return pad(t.Hour(), 2)
	case 'h':
		return strconv.Itoa(t.Hour())
	case 'M':
		return pad(t.Minute(), 2)
	case 'S':
		return pad(t.Second(), 2)
	case '3':
		return pad(t.Nanosecond()/1e6, 3)
	case 'W':
		_, w := t.ISOWeek()
		return strconv.Itoa(w)
	case 'Z':
		return t.Format("Z07:00")
	case '%':
		return "%"
	}
	return "%" + string(rune(code))
}
