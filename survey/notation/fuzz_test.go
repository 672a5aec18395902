package notation_test

import (
	"strings"
	"testing"

	"sselandscape/survey/notation"
)

// FuzzParsers gives any text to every parser. What is accepted is accepted again
// as it would be stored, and stays the same; errors are sentences.
func FuzzParsers(f *testing.F) {
	for _, s := range []string{"", "1,234.5", "1.234.567,8", "12,34,567", "١٢٣", "3/4/2026", "3 mar", "2082-11-17 BS", "1 มีนาคม 2569 พ.ศ.", "2.30 pm", "1430", "today 14:30",
		`27°43′30″N 85°19′30″E`, "27d43m30s 85d19m30s", "geo:1,2,3;u=4", "https://x/@1,2", "8FVC2222+22", "9QCJ+2V x", "1 2;3 4;5 6", "N 27 E 85", "-0", "\u200e27", "12 Ramadan 1447 AH"} {
		f.Add(s)
	}
	d := notation.Dates{Today: today}
	parsers := map[string]func(string) (string, error){
		"integer": notation.Numbers{}.Integer, "decimal": notation.Numbers{}.Decimal, "grouped": notation.Numbers{Grouped: true}.Decimal,
		"date": d.Date, "month": d.Month, "year": d.Year, "time": notation.Time, "moment": d.DateTime,
		"position": func(s string) (string, error) { p, _, err := notation.ParsePosition(s); return p.Lexical(), err },
		"line":     func(s string) (string, error) { return notation.ParseTrace(s, false) },
		"area":     func(s string) (string, error) { return notation.ParseTrace(s, true) },
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, parse := range parsers {
			got, err := parse(s)
			if err != nil {
				if strings.TrimSpace(err.Error()) == "" {
					t.Errorf("%s: %q is refused without a word", name, s)
				}
				continue
			}
			if again, err := parse(got); err != nil || again != got {
				t.Errorf("%s: %q is stored as %q, which is read as %q, %v", name, s, got, again, err)
			}
		}
		notation.Group(s)
		if _, at := notation.GroupTyped(s, len(s)/2); at < 0 {
			t.Error("caret", at)
		}
	})
}

func FuzzGPX(f *testing.F) {
	f.Add(`<gpx><wpt lat="1" lon="2"><name>a</name><ele>3</ele></wpt></gpx>`)
	f.Add(`<gpx><trk><trkseg><trkpt lat="1" lon="2"/><trkpt lat="1" lon="2"/></trkseg></trk></gpx>`)
	f.Add(`<!DOCTYPE x [<!ENTITY a "b">]><gpx>&a;</gpx>`)
	f.Fuzz(func(t *testing.T, s string) {
		ps, err := notation.GPX(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, p := range ps {
			if len(p.Points) == 1 {
				if _, _, err := notation.ParsePosition(p.Lexical()); err != nil {
					t.Errorf("%q: %v", p.Lexical(), err)
				}
			}
		}
	})
}
