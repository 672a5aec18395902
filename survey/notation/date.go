package notation

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Order says how dates of three numbers are written.
type Order uint8

// The orders. Unsure refuses what both allow.
const (
	Unsure Order = iota
	DayMonth
	MonthDay
)

// Dates reads dates.
type Dates struct {
	Today time.Time // for "today", "-3" and dates without a year
	Order Order
}

var (
	errDate  = errors.New("this is no date; write it as 2026-03-01 or 1 March 2026")
	errMonth = errors.New("this is no month; write it as 2026-03 or March 2026")
	errYear  = errors.New("this is no year; write four digits, for example 2026")

	suffix    = regexp.MustCompile(`^(.*[^\pL])\(?(bs|b\.s\.|वि\.? ?सं\.?|be|b\.e\.|พ\.? ?ศ\.?|ah|a\.h\.|هـ|ce|ad|a\.d\.)\)?$`)
	ordinal   = regexp.MustCompile(`(\d)(st|nd|rd|th)\b`)
	numeric   = regexp.MustCompile(`^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})$`)
	twoParts  = regexp.MustCompile(`^(\d{1,4})[-/. ](\d{1,4})$`)
	shift     = regexp.MustCompile(`^([-+]) ?(\d{1,4})( days?)?$`)
	wordFirst = regexp.MustCompile(`^(\D*[^\d ]) ?(\d{1,2})(?: (\d{3,4}))?$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2}) ?([^\d ]\D*?)(?: ?(\d{3,4}))?$`)
	yearFirst = regexp.MustCompile(`^(\d{3,4}) ?([^\d ]\D*?) ?(\d{1,2})$`)
	monthYear = regexp.MustCompile(`^([^\d ]\D*?) ?(\d{3,4})$`)
	yearMonth = regexp.MustCompile(`^(\d{3,4}) ?([^\d ]\D*)$`)
)

// calendarOf takes the mark of a calendar from the end of a text.
func calendarOf(s string) (string, Calendar) {
	s = strings.ToLower(tidy(s))
	m := suffix.FindStringSubmatch(s)
	if m == nil {
		return s, Gregorian
	}
	c := Gregorian
	switch []rune(m[2])[0] {
	case 'b':
		c = Buddhist
		if strings.HasPrefix(strings.ReplaceAll(m[2], ".", ""), "bs") {
			c = Nepali
		}
	case 'व':
		c = Nepali
	case 'พ':
		c = Buddhist
	case 'a', 'ه':
		if strings.HasPrefix(strings.ReplaceAll(m[2], ".", ""), "ad") {
			break
		}
		c = Islamic
	}
	return strings.TrimRight(m[1], " (,"), c
}

// Date reads a date and returns it as 2026-03-01: "2026-03-01", "3 mar", "March 3,
// 2026", "yesterday", "-3" days, "2082-11-17 BS", "1 March 2569 BE", "12 Ramadan
// 1447 AH". A date without a year is the one nearest to Today.
func (d Dates) Date(s string) (string, error) {
	s, c := calendarOf(s)
	s = strings.Join(strings.Fields(strings.ReplaceAll(ordinal.ReplaceAllString(s, "$1"), ",", " ")), " ")
	if n, ok := d.relative(s); ok {
		return n, nil
	}
	if m := numeric.FindStringSubmatch(s); m != nil {
		return d.numbers(c, m[1], m[2], m[3])
	}
	for _, form := range []struct {
		re               *regexp.Regexp
		year, month, day int
	}{{yearFirst, 1, 2, 3}, {dayFirst, 3, 2, 1}, {wordFirst, 3, 1, 2}} {
		m := form.re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		month, err := c.month(m[form.month])
		if err != nil {
			return "", err
		}
		return d.written(c, m[form.year], month, atoi(m[form.day]))
	}
	return "", errDate
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func (d Dates) relative(s string) (string, bool) {
	n := 0
	switch s {
	case "today":
	case "yesterday":
		n = -1
	case "tomorrow":
		n = 1
	default:
		m := shift.FindStringSubmatch(s)
		if m == nil {
			return "", false
		}
		n = atoi(m[1] + m[2])
	}
	return d.Today.AddDate(0, 0, n).Format("2006-01-02"), true
}

func (c Calendar) iso(year, month, day int) (string, error) {
	n, err := c.day(year, month, day)
	if err != nil {
		return "", err
	}
	return dayOf(n).Format("2006-01-02"), nil
}

// numbers reads three numbers: the year first or last, with four digits.
func (d Dates) numbers(c Calendar, a, b, e string) (string, error) {
	switch {
	case len(a) == 4 && len(e) <= 2:
		return c.iso(atoi(a), atoi(b), atoi(e))
	case len(a) > 2 || len(e) != 4:
		return "", errors.New("write the year with four digits, for example 1 March 2026 or 2026-03-01")
	}
	x, y, year := atoi(a), atoi(b), atoi(e)
	dm, errDM := c.iso(year, y, x)
	md, errMD := c.iso(year, x, y)
	switch {
	case errDM != nil && errMD != nil:
		return "", errDM
	case errMD != nil || errDM == nil && (d.Order == DayMonth || dm == md):
		return dm, nil
	case errDM != nil || d.Order == MonthDay:
		return md, nil
	}
	return "", fmt.Errorf("%s/%s/%s can be %s or %s; write the month as a word", a, b, e, plainDate(dm), plainDate(md))
}

func plainDate(iso string) string {
	t, err := time.Parse("2006-01-02", iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

// written is a date with its month in words; "" is the year nearest to Today.
func (d Dates) written(c Calendar, year string, month, day int) (string, error) {
	if year != "" {
		return c.iso(atoi(year), month, day)
	}
	y, m, dd := d.Today.Date()
	now := dayNumber(y, int(m), dd)
	this := c.year(now)
	best, far, first := "", 0, error(nil)
	for n := this - 1; n <= this+1; n++ {
		at, err := c.day(n, month, day)
		if err != nil {
			if n == this {
				first = err
			}
			continue
		}
		if gap := max(at-now, now-at); best == "" || gap < far {
			best, far = dayOf(at).Format("2006-01-02"), gap
		}
	}
	if best == "" {
		return "", first
	}
	return best, nil
}

// year is the year of a day number.
func (c Calendar) year(n int) int {
	switch c {
	case Nepali:
		if y, _, _, ok := nepaliDate(n); ok {
			return y
		}
	case Buddhist:
		return dayOf(n).Year() + 543
	case Islamic:
		if y, _, _, ok := islamicDate(n); ok {
			return y
		}
	}
	return dayOf(n).Year()
}

var gregorianNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

var gregorianOther = map[string]int{"มกราคม": 1, "กุมภาพันธ์": 2, "มีนาคม": 3, "เมษายน": 4, "พฤษภาคม": 5, "มิถุนายน": 6, "กรกฎาคม": 7, "สิงหาคม": 8, "กันยายน": 9, "ตุลาคม": 10, "พฤศจิกายน": 11, "ธันวาคม": 12}

// month reads the name of a month, or its first three letters or more where only
// one month begins so.
func (c Calendar) month(s string) (int, error) {
	s = strings.Trim(strings.ToLower(strings.TrimSpace(s)), ".")
	names, other := gregorianNames, gregorianOther
	switch c {
	case Nepali:
		names, other = nepaliNames, nepaliOther
	case Islamic:
		names, other = islamicNames, islamicOther
	}
	if n := other[s]; n > 0 {
		return n, nil
	}
	found := 0
	for i, name := range names {
		name = strings.ToLower(name)
		if name == s {
			return i + 1, nil
		}
		if len([]rune(s)) >= 3 && strings.HasPrefix(name, s) {
			if found > 0 {
				return 0, fmt.Errorf("%q can be %s or %s; write the whole name", s, names[found-1], names[i])
			}
			found = i + 1
		}
	}
	if found == 0 {
		return 0, fmt.Errorf("%q is no month; write it as %s, or as a number", s, names[2])
	}
	return found, nil
}

// Month reads a month of a year and returns its first day: "2026-03", "3/2026",
// "mar 2026". A month of another calendar gives the first day of that month.
func (d Dates) Month(s string) (string, error) {
	s, c := calendarOf(s)
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, ",", " ")), " ")
	if t, err := time.Parse("2006-01-02", s); err == nil && c == Gregorian {
		return c.iso(t.Year(), int(t.Month()), 1)
	}
	if m := twoParts.FindStringSubmatch(s); m != nil {
		switch {
		case len(m[1]) == 4 && len(m[2]) <= 2:
			return c.iso(atoi(m[1]), atoi(m[2]), 1)
		case len(m[1]) <= 2 && len(m[2]) == 4:
			return c.iso(atoi(m[2]), atoi(m[1]), 1)
		}
		return "", errMonth
	}
	year, name := "", ""
	if m := monthYear.FindStringSubmatch(s); m != nil {
		year, name = m[2], m[1]
	} else if m := yearMonth.FindStringSubmatch(s); m != nil {
		year, name = m[1], m[2]
	} else {
		return "", errMonth
	}
	month, err := c.month(name)
	if err != nil {
		return "", err
	}
	return c.iso(atoi(year), month, 1)
}

// Year reads a year and returns its first day: "2026", "2569 BE", "2082 BS". Of
// another calendar it is the international year in which that year begins.
func (d Dates) Year(s string) (string, error) {
	s, c := calendarOf(s)
	if t, err := time.Parse("2006-01-02", s); err == nil && c == Gregorian {
		s = strconv.Itoa(t.Year())
	}
	if !allDigits(s) || len(s) > 4 || len(s) < 3 {
		return "", errYear
	}
	first, err := c.iso(atoi(s), 1, 1)
	if err != nil {
		return "", err
	}
	return first[:4] + "-01-01", nil
}
