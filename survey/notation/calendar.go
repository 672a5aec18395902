package notation

import (
	"fmt"
	"strings"
	"time"
)

// Calendar is a way to count years, months and days.
type Calendar uint8

// The calendars. Islamic is the tabular civil one, which may differ from the
// sighting of the moon by a day or two.
const (
	Gregorian Calendar = iota
	Nepali             // Bikram Sambat, BS
	Buddhist           // Buddhist Era, BE: Gregorian days, years 543 ahead
	Islamic            // AH
)

// dayNumber counts days; day 0 is 1 January 1970.
func dayNumber(year, month, day int) int {
	return int(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dayOf(n int) time.Time { return time.Unix(int64(n)*86400, 0).UTC() }

// day is the day number of a date; it refuses days that the calendar does not
// have.
func (c Calendar) day(year, month, day int) (int, error) {
	if month < 1 || month > 12 {
		return 0, fmt.Errorf("a year has 12 months, not %d", month)
	}
	if day < 1 || day > 32 {
		return 0, fmt.Errorf("no month has a day %d", day)
	}
	switch c {
	case Nepali:
		return nepaliDay(year, month, day)
	case Islamic:
		return islamicDay(year, month, day)
	case Buddhist:
		year -= 543
	}
	if year < 1000 || year > 2200 {
		if c == Gregorian && year > 2400 && year < 2750 {
			return 0, fmt.Errorf("the year %d lies far ahead; for the Buddhist Era write %d BE", year, year)
		}
		return 0, fmt.Errorf("the year %d cannot be; write it with four digits, between 1000 and 2200", year)
	}
	n := dayNumber(year, month, day)
	if dayOf(n).Day() != day {
		return 0, fmt.Errorf("%s %d has no day %d", time.Month(month), year, day)
	}
	return n, nil
}

// In writes a stored date in a calendar: "2082 Falgun 17 BS", "2569 BE", "about 12
// Ramadan 1447 AH". It returns "" where the calendar does not reach, or the date
// cannot be read.
func (c Calendar) In(iso string) string {
	t, err := time.Parse("2006-01-02", iso)
	if err != nil {
		return ""
	}
	n := dayNumber(t.Year(), int(t.Month()), t.Day())
	switch c {
	case Nepali:
		if y, m, d, ok := nepaliDate(n); ok {
			return fmt.Sprintf("%d %s %d BS", y, nepaliNames[m-1], d)
		}
		return ""
	case Buddhist:
		return fmt.Sprintf("%d BE", t.Year()+543)
	case Islamic:
		if y, m, d, ok := islamicDate(n); ok {
			return fmt.Sprintf("about %d %s %d AH", d, islamicNames[m-1], y)
		}
		return ""
	}
	return t.Format("Monday 2 January 2006")
}

// DateWords writes a stored date in words with other calendars beside: "Sunday 1
// March 2026 · 2082 Falgun 17 BS · 2569 BE". It returns "" for what is no date.
func DateWords(iso string, beside ...Calendar) string {
	parts := []string{Gregorian.In(iso)}
	for _, c := range beside {
		if s := c.In(iso); s != "" && parts[0] != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

var islamicNames = []string{"Muharram", "Safar", "Rabi I", "Rabi II", "Jumada I", "Jumada II", "Rajab", "Shaban", "Ramadan", "Shawwal", "Dhu al-Qada", "Dhu al-Hijja"}

var islamicOther = map[string]int{"rabi al-awwal": 3, "rabi 1": 3, "rabi al-thani": 4, "rabi 2": 4, "jumada 1": 5, "jumada 2": 6, "sha'ban": 8, "ramazan": 9, "ramadhan": 9, "syawal": 10, "dhul qada": 11, "zulkaidah": 11, "dhul hijja": 12, "zulhijjah": 12,
	"محرم": 1, "صفر": 2, "ربيع الأول": 3, "ربيع الآخر": 4, "جمادى الأولى": 5, "جمادى الآخرة": 6, "رجب": 7, "شعبان": 8, "رمضان": 9, "شوال": 10, "ذو القعدة": 11, "ذو الحجة": 12}

// islamicEpoch is 1 Muharram 1 in the civil reckoning: 16 July 622 Julian, which
// is 19 July 622 Gregorian.
var islamicEpoch = dayNumber(622, 7, 19)

// islamicDay follows the 30-year cycle of the tabular civil calendar with leap
// years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 (Reingold and Dershowitz,
// Calendrical Calculations, chapter on the Islamic calendar).
func islamicDay(year, month, day int) (int, error) {
	if year < 400 || year > 1600 {
		return 0, fmt.Errorf("the year %d AH lies outside of 400 to 1600", year)
	}
	if n := islamicLength(year, month); day > n {
		return 0, fmt.Errorf("%s %d AH has %d days by the tabular calendar", islamicNames[month-1], year, n)
	}
	return islamicStart(year, month) + day - 1, nil
}

func islamicStart(year, month int) int {
	return islamicEpoch + (year-1)*354 + (3+11*year)/30 + 29*(month-1) + month/2
}

func islamicLength(year, month int) int {
	if month == 12 {
		return islamicStart(year+1, 1) - islamicStart(year, 12)
	}
	return islamicStart(year, month+1) - islamicStart(year, month)
}

func islamicDate(n int) (year, month, day int, ok bool) {
	year = (30*(n-islamicEpoch) + 10646) / 10631
	if year < 400 || year > 1600 {
		return 0, 0, 0, false
	}
	month = 1
	for month < 12 && islamicStart(year, month+1) <= n {
		month++
	}
	return year, month, n - islamicStart(year, month) + 1, true
}
