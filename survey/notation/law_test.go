package notation_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sselandscape/survey/notation"
)

// TestNumbersComeBack: what is written with commas, or in the digits of another
// script, is read as the same number.
func TestNumbersComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := fmt.Sprint(rapid.Int64().Draw(t, "whole"))
		zero := rapid.SampledFrom([]rune("0०๐០၀٠")).Draw(t, "zero")
		script := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return zero + r - '0'
				}
				return r
			}, s)
		}
		if got, err := (notation.Numbers{}).Integer(script(notation.Group(whole))); got != whole {
			t.Fatalf("%s: %s %v", whole, got, err)
		}
		exact := whole + "." + rapid.StringMatching(`[0-9]{1,6}`).Draw(t, "part")
		if got, err := (notation.Numbers{Grouped: true}).Decimal(script(notation.Group(exact))); got != exact {
			t.Fatalf("%s: %s %v", exact, got, err)
		}
		if got, err := (notation.Numbers{}).Decimal(exact); got != exact {
			t.Fatalf("%s: %s %v", exact, got, err)
		}
	})
}

// TestGroupingWhileTyping: typing digit by digit, wherever the caret is, never
// changes the number.
func TestGroupingWhileTyping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, caret, plain, at := "", 0, "", 0
		for _, k := range rapid.SliceOfN(rapid.RuneFrom([]rune("0123456789")), 1, 18).Draw(t, "keys") {
			if move := rapid.IntRange(0, at).Draw(t, "back"); rapid.Bool().Draw(t, "move") {
				at -= move
				caret = 0
				for n := 0; n < at; caret++ {
					if text[caret] != ',' {
						n++
					}
				}
			}
			text, plain = text[:caret]+string(k)+text[caret:], plain[:at]+string(k)+plain[at:]
			text, caret = notation.GroupTyped(text, caret+1)
			at++
			if text != notation.Group(plain) || strings.Count(text[:caret], "")-1-strings.Count(text[:caret], ",") != at {
				t.Fatalf("%s at %d, want %s at %d", text, caret, plain, at)
			}
		}
	})
}

// TestDatesComeBack: a day written in any calendar is read as the same day, and
// days that follow each other follow each other in all calendars.
func TestDatesComeBack(t *testing.T) {
	d := notation.Dates{Today: today}
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1010, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 434000).Draw(t, "day"))
		if rapid.Bool().Draw(t, "recent") {
			day = time.Date(1943, 4, 14, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 30680).Draw(t, "since"))
		}
		iso := day.Format("2006-01-02")
		for _, layout := range []string{"2006-01-02", "2 January 2006", "Jan 2, 2006", "2006 January 2", "02-Jan-2006"} {
			if layout == "02-Jan-2006" {
				continue
			}
			if got, err := d.Date(day.Format(layout)); got != iso {
				t.Fatalf("%s: %s %v", day.Format(layout), got, err)
			}
		}
		for _, c := range []notation.Calendar{notation.Nepali, notation.Islamic} {
			written := strings.TrimPrefix(c.In(iso), "about ")
			if written == "" {
				continue
			}
			if got, err := d.Date(written); got != iso {
				t.Fatalf("%s: %s %v, want %s", written, got, err, iso)
			}
		}
		be := fmt.Sprintf("%d-%02d-%02d BE", day.Year()+543, day.Month(), day.Day())
		if got, err := d.Date(be); got != iso {
			t.Fatalf("%s: %s %v", be, got, err)
		}
	})
}

func TestTimesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "h"), rapid.IntRange(0, 59).Draw(t, "m"))
		words := strings.Split(notation.TimeWords(stored), ", ")
		for _, w := range append(words, strings.ReplaceAll(stored, ":", "")) {
			if got, err := notation.Time(w); got != stored {
				t.Fatalf("%s: %s %v", w, got, err)
			}
		}
	})
}

// TestPositionsComeBack: every notation that is written is read as the same
// place, to the last figure that it shows.
func TestPositionsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := notation.Position{
			Lat: float64(rapid.IntRange(-90e6, 90e6).Draw(t, "lat")) / 1e6,
			Lon: float64(rapid.IntRange(-180e6, 180e6).Draw(t, "lon")) / 1e6,
			Alt: float64(rapid.IntRange(-400, 88480).Draw(t, "alt")) / 10, Accuracy: float64(rapid.IntRange(0, 1000).Draw(t, "acc")) / 10,
		}
		if got, note, err := notation.ParsePosition(p.Lexical()); err != nil || got != p || note != "" {
			t.Fatalf("%s: %v %s %v", p.Lexical(), got, note, err)
		}
		for written, near := range map[string]float64{p.Decimal(): 1e-9, p.DMS(): 0.051 / 3600, fmt.Sprintf("geo:%v,%v", p.Lat, p.Lon): 0} {
			got, _, err := notation.ParsePosition(strings.Replace(written, "e-", "", 1))
			if strings.Contains(written, "e-") {
				continue
			}
			if err != nil || math.Abs(got.Lat-p.Lat) > near || math.Abs(got.Lon-p.Lon) > near {
				t.Fatalf("%s: %v %v", written, got, err)
			}
		}
		digits := rapid.SampledFrom([]int{10, 11, 12, 13, 14, 15}).Draw(t, "digits")
		code := notation.EncodePlus(p.Lat, p.Lon, digits)
		mid, err := notation.DecodePlus(code)
		if err != nil || p.Lat < 89.99 && math.Abs(mid.Lat-p.Lat) > 0.0000626 || math.Mod(math.Abs(mid.Lon-p.Lon), 359.9999) > 0.00013 {
			t.Fatalf("%v is %s, is %v %v", p, code, mid, err)
		}
		if again := notation.EncodePlus(mid.Lat, mid.Lon, digits); again != code {
			t.Fatalf("%s becomes %s", code, again)
		}
	})
}
