package notation

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	clock   = regexp.MustCompile(`^(\d{1,2})(?:[:.h ](\d{2}))?(?:[:.](\d{2}))? ?([ap])?\.?(?:m\.?)?$`)
	compact = regexp.MustCompile(`^(\d{1,2})(\d{2}) ?([ap])?\.?(?:m\.?)?$`)
	errTime = errors.New("this is no time; write it as 14:30 or 2.30 pm")
)

// layouts of times and moments that are stored as they stand.
var (
	timeLayouts   = []string{"15:04:05.000", "15:04:05.000Z07:00", "15:04:05Z07:00", "15:04Z07:00"}
	momentLayouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339Nano, "2006-01-02T15:04Z07:00"}
)

// Time reads a time of day: "14:30", "2.30 pm", "1430", "14h30". It returns hours
// and minutes, and seconds where they are given.
func Time(s string) (string, error) {
	t := strings.ToLower(tidy(s))
	for _, l := range timeLayouts {
		if _, err := time.Parse(l, strings.ToUpper(t)); err == nil {
			return strings.ToUpper(t), nil
		}
	}
	switch t {
	case "noon":
		return "12:00", nil
	case "midnight":
		return "00:00", nil
	}
	if m := compact.FindStringSubmatch(t); m != nil && len(m[1])+len(m[2]) >= 3 {
		return clockTime(m[1], m[2], "", m[3])
	}
	m := clock.FindStringSubmatch(strings.TrimSuffix(t, "h"))
	if m == nil {
		return "", errTime
	}
	if m[2] == "" && m[4] == "" && !strings.HasSuffix(t, "h") {
		n, _ := strconv.Atoi(m[1])
		switch {
		case n > 0 && n < 12:
			return "", fmt.Errorf("%d can be %02d:00 or %02d:00; write %d am, %d pm or %02d:00", n, n, n+12, n, n, n+12)
		case n > 23:
			return "", errTime
		}
	}
	return clockTime(m[1], m[2], m[3], m[4])
}

func clockTime(hour, minute, second, half string) (string, error) {
	h, _ := strconv.Atoi(hour)
	mi, _ := strconv.Atoi("0" + minute)
	sec, _ := strconv.Atoi("0" + second)
	if half != "" {
		if h < 1 || h > 12 {
			return "", fmt.Errorf("with am and pm the hours run from 1 to 12, not %d", h)
		}
		h %= 12
		if half == "p" {
			h += 12
		}
	}
	if h > 23 || mi > 59 || sec > 59 {
		return "", errors.New("a day has 24 hours of 60 minutes; write a time between 00:00 and 23:59")
	}
	if second != "" {
		return fmt.Sprintf("%02d:%02d:%02d", h, mi, sec), nil
	}
	return fmt.Sprintf("%02d:%02d", h, mi), nil
}

// TimeWords writes a stored time as people say it: "14:30, 2.30 pm".
func TimeWords(stored string) string {
	if len(stored) < 5 {
		return stored
	}
	t, err := time.Parse("15:04", stored[:5])
	if err != nil {
		return stored
	}
	return t.Format("15:04, 3.04 pm")
}

// DateTime reads a date and a time: "2026-03-01T14:30", "3 mar 2026 2.30 pm",
// "today 14:30", "now".
func (d Dates) DateTime(s string) (string, error) {
	t := tidy(s)
	for _, l := range momentLayouts {
		if _, err := time.Parse(l, t); err == nil {
			return t, nil
		}
	}
	if strings.EqualFold(t, "now") {
		return d.Today.Format("2006-01-02T15:04"), nil
	}
	var first error
	// the time is at the end: try the longest end that is one
	for i := 0; i < len(t); i++ {
		if t[i] != ' ' && t[i] != 'T' {
			continue
		}
		clock, err := Time(t[i+1:])
		if err != nil {
			continue
		}
		date, err := d.Date(strings.TrimRight(t[:i], ", "))
		if err == nil {
			return date + "T" + clock, nil
		}
		if first == nil {
			first = err
		}
	}
	if first != nil {
		return "", first
	}
	return "", errors.New("this is no date with a time; write it as 2026-03-01 14:30")
}
