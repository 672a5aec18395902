package notation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sselandscape/survey/notation"
)

// reading is a case of a parser: a part of the error begins with "!".
type reading struct{ in, want string }

func check(t *testing.T, parse func(string) (string, error), cases map[string]reading) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := parse(c.in)
			if part, wrong := strings.CutPrefix(c.want, "!"); wrong {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("%q: %q, %v; want an error with %q", c.in, got, err, part)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("%q: %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

func TestInteger(t *testing.T) {
	check(t, notation.Numbers{}.Integer, map[string]reading{
		"plain":           {"1234567", "1234567"},
		"commas":          {"1,234,567", "1234567"},
		"one comma":       {"1,234", "1234"},
		"India and Nepal": {"12,34,567", "1234567"},
		"crore":           {"1,23,45,678", "12345678"},
		"spaces":          {" 1 234 ", "1234"},
		"narrow spaces":   {"1\u202f234\u202f567", "1234567"},
		"apostrophes":     {"1'234", "1234"},
		"points":          {"1.234.567", "1234567"},
		"Arabic":          {"١٢٣", "123"},
		"Arabic sign":     {"١٬٢٣٤", "1234"},
		"Persian":         {"۱۲۳", "123"},
		"Devanagari":      {"१२३", "123"},
		"Bengali":         {"১২৩", "123"},
		"Thai":            {"๑๒๓", "123"},
		"Lao":             {"໑໒໓", "123"},
		"Khmer":           {"១២៣", "123"},
		"Burmese":         {"၁၂၃", "123"},
		"Tamil":           {"௧௨௩", "123"},
		"full width":      {"１２３", "123"},
		"minus":           {"−5", "-5"},
		"zeros":           {"007", "7"},
		"point nothing":   {"12.0", "12"},
		"one point":       {"1.234", "!can be 1234 or 1.234"},
		"half":            {"1.5", "!no whole number"},
		"words":           {"nineteen", "!no number"},
		"crooked":         {"12,3,4", "!do not stand in threes"},
		"mixed":           {"1,234 567", "!fit together"},
		"too large":       {"99999999999999999999", "!too large"},
		"blank":           {" ", "!no number"},
	})
}

func TestDecimal(t *testing.T) {
	check(t, notation.Numbers{}.Decimal, map[string]reading{
		"plain":            {"1234.50", "1234.50"},
		"point and three":  {"1.234", "1.234"},
		"comma":            {"1,5", "1.5"},
		"comma and three":  {"1,234", "!can be 1234 or 1.234"},
		"zero comma three": {"0,125", "0.125"},
		"two commas":       {"1,234,567", "1234567"},
		"both, English":    {"1,234.5", "1234.5"},
		"both, German":     {"1.234.567,8", "1234567.8"},
		"both, India":      {"12,34,567.25", "1234567.25"},
		"Arabic":           {"١٬٢٣٤٫٥", "1234.5"},
		"no zero":          {".5", "0.5"},
		"ends with a sign": {"5.", "5"},
		"minus":            {"-0,5", "-0.5"},
		"two points":       {"1.2.3", "!threes"},
		"exponent":         {"1e3", "!no number"},
		"letters":          {"12 kg", "!no number"},
	})
	check(t, notation.Numbers{Grouped: true}.Decimal, map[string]reading{
		"the field's own commas": {"1,234", "1234"},
		"and a point":            {"1,234.5", "1234.5"},
	})
}

func TestGroupTyped(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{ // | is the caret
		"fourth digit":     {"1234|", "1,234|"},
		"in the middle":    {"12|34", "1,2|34"},
		"a comma is left":  {"1,23|", "123|"},
		"digit before":     {"51|,234", "51|,234"},
		"seven":            {"1,2345|67", "1,234,5|67"},
		"point":            {"1234.|", "1,234.|"},
		"behind the point": {"1234.5678|", "1,234.5678|"},
		"minus":            {"-1234|", "-1,234|"},
		"Devanagari":       {"१२३४|", "1,234|"},
		"words stay":       {"abc|d", "abc|d"},
		"nothing":          {"|", "|"},
	} {
		t.Run(name, func(t *testing.T) {
			at := len([]rune(c.in[:strings.Index(c.in, "|")]))
			got, caret := notation.GroupTyped(strings.Replace(c.in, "|", "", 1), at)
			r := []rune(got)
			if out := string(r[:caret]) + "|" + string(r[caret:]); out != c.want {
				t.Errorf("%s: %s, want %s", c.in, out, c.want)
			}
		})
	}
}

var today = time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)

func TestDate(t *testing.T) {
	d := notation.Dates{Today: today}
	check(t, d.Date, map[string]reading{
		"stored":            {"2026-03-01", "2026-03-01"},
		"short":             {"2026-3-1", "2026-03-01"},
		"slashes":           {"2026/3/1", "2026-03-01"},
		"Devanagari":        {"२०२६-०३-०१", "2026-03-01"},
		"words":             {"3 March 2026", "2026-03-03"},
		"short words":       {"3 mar", "2026-03-03"},
		"nearest is before": {"3 dec", "2025-12-03"},
		"American":          {"Mar 3, 2026", "2026-03-03"},
		"ordinal":           {"3rd March 2026", "2026-03-03"},
		"year first":        {"2026 March 3", "2026-03-03"},
		"no spaces":         {"3mar2026", "2026-03-03"},
		"hyphens":           {"13-4-2026", "2026-04-13"},
		"points":            {"13.4.2026", "2026-04-13"},
		"month first":       {"4/13/2026", "2026-04-13"},
		"same either way":   {"4/4/2026", "2026-04-04"},
		"two ways":          {"3/4/2026", "!can be 3 April 2026 or 4 March 2026"},
		"two digits":        {"3/4/26", "!four digits"},
		"today":             {"Today", "2026-03-01"},
		"yesterday":         {"yesterday", "2026-02-28"},
		"three days ago":    {"-3", "2026-02-26"},
		"no such day":       {"30 feb 2026", "!February 2026 has no day 30"},
		"no leap year":      {"2026-02-29", "!no day 29"},
		"no month":          {"3 foo 2026", "!no month"},
		"two months":        {"3 ju 2026", "!no month"},
		"words only":        {"soon", "!no date"},
		"blank":             {"", "!no date"},
		"Nepali":            {"2082-11-17 BS", "2026-03-01"},
		"Nepali words":      {"17 Falgun 2082 BS", "2026-03-01"},
		"Nepali displayed":  {"2082 Falgun 17 BS", "2026-03-01"},
		"Nepali script":     {"२०८२ फागुन १७ वि.सं.", "2026-03-01"},
		"Nepali 1943":       {"2000-1-1 bs", "1943-04-14"},
		"Nepali end":        {"2083-12-30 BS", "2027-04-13"},
		"Nepali not known":  {"2085-1-1 BS", "!2000 to 2083 BS only"},
		"Nepali no day":     {"2082-08-30 BS", "!Mangsir 2082 BS has 29 days"},
		"Nepali 32":         {"2082-03-32 BS", "2025-07-16"},
		"Buddhist":          {"1 March 2569 BE", "2026-03-01"},
		"Buddhist numbers":  {"2569-03-01 BE", "2026-03-01"},
		"Buddhist Thai":     {"1 มีนาคม 2569 พ.ศ.", "2026-03-01"},
		"Buddhist unmarked": {"2569-03-01", "!write 2569 BE"},
		"Buddhist leap":     {"29 Feb 2567 BE", "2024-02-29"},
		"Islamic":           {"12 Ramadan 1447 AH", "2026-03-01"},
		"Islamic new year":  {"1 Muharram 1446 AH", "2024-07-08"},
	})
	check(t, notation.Dates{Today: today, Order: notation.DayMonth}.Date, map[string]reading{
		"day first":      {"3/4/2026", "2026-04-03"},
		"impossible day": {"4/13/2026", "2026-04-13"},
	})
	check(t, notation.Dates{Today: today, Order: notation.MonthDay}.Date, map[string]reading{"month first": {"3/4/2026", "2026-03-04"}})
	check(t, d.Month, map[string]reading{
		"stored": {"2026-03-01", "2026-03-01"}, "short": {"2026-3", "2026-03-01"}, "slash": {"3/2026", "2026-03-01"}, "words": {"mar 2026", "2026-03-01"},
		"Nepali": {"Falgun 2082 BS", "2026-02-13"}, "year only": {"2026", "!no month"}, "thirteen": {"13/2026", "!12 months"}, "of years": {"2026 June", "2026-06-01"}})
	check(t, d.Year, map[string]reading{
		"plain": {"2026", "2026-01-01"}, "stored": {"2026-01-01", "2026-01-01"}, "Thai": {"๒๕๖๙ พ.ศ.", "2026-01-01"}, "Nepali": {"2082 BS", "2025-01-01"}, "two digits": {"26", "!four digits"}})
}

func TestDateWords(t *testing.T) {
	got := notation.DateWords("2026-03-01", notation.Nepali, notation.Buddhist, notation.Islamic)
	if want := "Sunday 1 March 2026 · 2082 Falgun 17 BS · 2569 BE · about 12 Ramadan 1447 AH"; got != want {
		t.Errorf("%s", got)
	}
	if got := notation.DateWords("1900-01-01", notation.Nepali); got != "Monday 1 January 1900" {
		t.Errorf("%s", got)
	}
	if got := notation.DateWords("soon", notation.Nepali); got != "" {
		t.Errorf("%s", got)
	}
}

// TestNepaliAnchors compares first days of Nepali years with dates that the
// published calendars give.
func TestNepaliAnchors(t *testing.T) {
	for year, want := range map[int]string{2000: "1943-04-14", 2007: "1950-04-13", 2051: "1994-04-14", 2070: "2013-04-14", 2072: "2015-04-14", 2077: "2020-04-13", 2079: "2022-04-14", 2080: "2023-04-14", 2081: "2024-04-13", 2082: "2025-04-14", 2083: "2026-04-14"} {
		if got, err := (notation.Dates{}).Date(fmt.Sprintf("%d-01-01 BS", year)); got != want {
			t.Errorf("%d: %s %v, want %s", year, got, err, want)
		}
	}
}

func TestTime(t *testing.T) {
	check(t, notation.Time, map[string]reading{
		"plain": {"14:30", "14:30"}, "stored": {"14:30:00.000+05:45", "14:30:00.000+05:45"}, "point and half": {"2.30 pm", "14:30"}, "half": {"2pm", "14:00"}, "dotted": {"2.30 p.m.", "14:30"},
		"four": {"1430", "14:30"}, "three": {"930", "09:30"}, "h": {"14h30", "14:30"}, "h only": {"9h", "09:00"}, "midnight": {"12 am", "00:00"}, "noon": {"12 pm", "12:00"},
		"seconds": {"14:30:05", "14:30:05"}, "Khmer": {"១៤:៣០", "14:30"}, "afternoon hour": {"15", "15:00"}, "two ways": {"9", "!09:00 or 21:00"}, "late": {"25:00", "!24 hours"},
		"sixty": {"12:60", "!60 minutes"}, "thirteen pm": {"13 pm", "!1 to 12"}, "words": {"soon", "!no time"}})
	check(t, notation.Dates{Today: today}.DateTime, map[string]reading{
		"stored": {"2026-03-01T14:30", "2026-03-01T14:30"}, "zone": {"2026-03-01T14:30:00.000+05:45", "2026-03-01T14:30:00.000+05:45"}, "space": {"2026-03-01 14:30", "2026-03-01T14:30"},
		"words": {"3 mar 2026, 2.30 pm", "2026-03-03T14:30"}, "today": {"today 1430", "2026-03-01T14:30"}, "now": {"now", "2026-03-01T10:30"}, "Nepali": {"2082-11-17 BS 9 am", "2026-03-01T09:00"},
		"no time": {"2026-03-01", "!date with a time"}, "two ways": {"3/4/2026 14:30", "!can be"}})
}

func TestPosition(t *testing.T) {
	kathmandu := "27.7172 85.324 0.0 0.0"
	cases := map[string]reading{
		"stored":              {kathmandu, kathmandu},
		"with altitude":       {"27.7172 85.324 1400.5 5.0", "27.7172 85.324 1400.5 5.0"},
		"three numbers":       {"27.7172 85.324 1400", "27.7172 85.324 1400.0 0.0"},
		"comma":               {"27.7172, 85.3240", kathmandu},
		"comma alone":         {"27.7172,85.3240", kathmandu},
		"semicolon":           {"27.7172;85.3240", kathmandu},
		"slash":               {"27.7172/85.3240", kathmandu},
		"space":               {"27.7172 85.3240", kathmandu},
		"decimal commas":      {"27,7172 85,3240", kathmandu},
		"decimal commas 2":    {"27,7172; 85,3240", kathmandu},
		"decimal commas 3":    {"27,7172, 85,3240", kathmandu},
		"too many commas":     {"27,7172,85,3240", "!commas can be"},
		"letters":             {"27.7172N 85.3240E", kathmandu},
		"letters in front":    {"N 27.7172 E 85.3240", kathmandu},
		"letters, east first": {"85.3240°E, 27.7172°N", kathmandu},
		"words":               {"Lat: 27.7172, Long: 85.3240", kathmandu},
		"south and west":      {"33.8688 S, 151.2093 W", "-33.8688 -151.2093 0.0 0.0"},
		"small letters":       {"6.2s 106.8e", "-6.2 106.8 0.0 0.0"},
		"minus":               {"-6.2 106.8", "-6.2 106.8 0.0 0.0"},
		"minus second":        {"6.2 -106.8", "6.2 -106.8 0.0 0.0"},
		"Devanagari":          {"२७.७१७२, ८५.३२४०", kathmandu},
		"degrees and minutes": {`27°43.5'N 85°19.5'E`, "27.725 85.325 0.0 0.0"},
		"all signs":           {`27°43′30″N 85°19′30″E`, "27.725 85.325 0.0 0.0"},
		"typewriter":          {`27° 43' 30" N, 85° 19' 30" E`, "27.725 85.325 0.0 0.0"},
		"two apostrophes":     {`27°43'30''N 85°19'30''E`, "27.725 85.325 0.0 0.0"},
		"d m s":               {"27d43m30s 85d19m30s", "27.725 85.325 0.0 0.0"},
		"d m s, spaced":       {"27 d 43 m 30 s, 85 d 19 m 30 s", "27.725 85.325 0.0 0.0"},
		"d m and south":       {"6d12m S 106d48m E", "-6.2 106.8 0.0 0.0"},
		"d m s and south":     {"6d12m0s S 106d48m0s E", "-6.2 106.8 0.0 0.0"},
		"colons":              {"27:43:30 85:19:30", "27.725 85.325 0.0 0.0"},
		"colons and letters":  {"27:43:30N, 85:19:30E", "27.725 85.325 0.0 0.0"},
		"spaces and letters":  {"27 43 30 N 85 19 30 E", "27.725 85.325 0.0 0.0"},
		"letters and spaces":  {"N27 43.5 E85 19.5", "27.725 85.325 0.0 0.0"},
		"minutes by comma":    {"27 43.5, 85 19.5", "27.725 85.325 0.0 0.0"},
		"six numbers":         {"27 43 30 85 19 30", "27.725 85.325 0.0 0.0"},
		"geo":                 {"geo:27.7172,85.3240", kathmandu},
		"geo with all":        {"geo:27.7172,85.324,1400;crs=wgs84;u=12", "27.7172 85.324 1400.0 12.0"},
		"map by @":            {"https://www.google.com/maps/@27.7172,85.3240,15z", kathmandu},
		"map by place":        {"https://www.google.com/maps/place/X/@1.0,2.0,15z/data=!3d27.7172!4d85.324", kathmandu},
		"map by q":            {"https://maps.google.com/?q=27.7172,85.3240", kathmandu},
		"map by query":        {"https://www.google.com/maps/search/?api=1&query=27.7172%2C85.3240", kathmandu},
		"OpenStreetMap":       {"https://www.openstreetmap.org/?mlat=27.7172&mlon=85.3240#map=15/1/2", kathmandu},
		"OpenStreetMap view":  {"https://www.openstreetmap.org/#map=15/27.7172/85.3240", kathmandu},
		"map without":         {"https://maps.app.goo.gl/abc", "!holds no position"},
		"short plus code":     {"P8GF+VJ Kathmandu", "!short"},
		"swapped":             {"121.5, 14.6", "14.6 121.5 0.0 0.0"},
		"one number":          {"27.7", "!two numbers"},
		"far north":           {"97.5, 98.5", "!between -90 and 90"},
		"far east":            {"10, 190", "!between -180 and 180"},
		"sixty minutes":       {"27°60'N 85°10'E", "!below 60"},
		"minus and letter":    {"-27 S, 85 E", "!not both"},
		"two norths":          {"27N 85N", "!one letter"},
		"words only":          {"near the river", "!no position"},
		"blank":               {"", "!no position"},
	}
	check(t, func(s string) (string, error) {
		p, note, err := notation.ParsePosition(s)
		if (note != "") != (s == "121.5, 14.6") {
			t.Errorf("%s: note %q", s, note)
		}
		return p.Lexical(), err
	}, cases)
}

func TestPositionWords(t *testing.T) {
	p := notation.Position{Lat: 27.7172, Lon: 85.324}
	if got, want := p.Words(), "27.717200, 85.324000 · 27°43′01.9″N 85°19′26.4″E · 7MV7P88F+VJ"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestTrace(t *testing.T) {
	line := func(s string) (string, error) { return notation.ParseTrace(s, false) }
	area := func(s string) (string, error) { return notation.ParseTrace(s, true) }
	check(t, line, map[string]reading{
		"lines":    {"1 2\n3, 4", "1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0"},
		"stored":   {"1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0", "1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0"},
		"one":      {"1 2", "!at least 2 points"},
		"bad":      {"1 2\nx", "!point 2"},
		"no point": {";;", "!at least 2 points"}})
	check(t, area, map[string]reading{
		"closes":  {"1 2\n3 4\n5 6", "1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0;5.0 6.0 0.0 0.0;1.0 2.0 0.0 0.0"},
		"too few": {"1 2\n3 4", "!at least 3 points"}})
}

// TestPlusCodes uses vectors of the Open Location Code project (test_data,
// Apache-2.0).
func TestPlusCodes(t *testing.T) {
	for name, c := range map[string]struct {
		lat, lon float64
		digits   int
		want     string
	}{
		"ten digits":    {20.3700625, 2.7821875, 10, "7FG49QCJ+2V"},
		"eleven digits": {20.3701125, 2.782234375, 11, "7FG49QCJ+2VX"},
		"thirteen":      {20.3701135, 2.78223535156, 13, "7FG49QCJ+2VXGJ"},
		"north east":    {47.0000625, 8.0000625, 10, "8FVC2222+22"},
		"south east":    {-41.2730625, 174.7859375, 10, "4VCPPQGP+Q9"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := notation.EncodePlus(c.lat, c.lon, c.digits); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	check(t, func(s string) (string, error) {
		p, err := notation.DecodePlus(s)
		return fmt.Sprint(p.Lat, p.Lon), err
	}, map[string]reading{
		"ten":       {"8FVC2222+22", "47.0000625 8.0000625"},
		"small":     {"8fvc2222+22", "47.0000625 8.0000625"},
		"area":      {"7FG49Q00+", "20.375 2.775"},
		"with town": {"7FG49QCJ+2V, Somewhere", "20.3700625 2.7821875"},
		"short":     {"9QCJ+2V", "!short"},
		"odd":       {"8FVC2222+2", "!number of characters"},
		"outside":   {"X2222222+22", "!outside"},
		"no code":   {"hello+", "!no plus code"},
	})
}

func TestGPX(t *testing.T) {
	const head = `<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">`
	check(t, func(s string) (string, error) {
		ps, err := notation.GPX(strings.NewReader(s))
		var out []string
		for _, p := range ps {
			out = append(out, p.Name+"="+p.Lexical())
		}
		return strings.Join(out, "|"), err
	}, map[string]reading{
		"waypoints": {head + `<metadata><name>x</name></metadata><wpt lat="27.7" lon="85.3"><ele>1400</ele><name>Office</name></wpt><wpt lat="1" lon="2"/></gpx>`, "Office=27.7 85.3 1400.0 0.0|=1.0 2.0 0.0 0.0"},
		"track":     {head + `<trk><name>Walk</name><trkseg><trkpt lat="1" lon="2"><ele>5</ele></trkpt></trkseg><trkseg><trkpt lat="3" lon="4"/></trkseg></trk></gpx>`, "Walk=1.0 2.0 5.0 0.0;3.0 4.0 0.0 0.0"},
		"route":     {head + `<rte><rtept lat="1" lon="2"><name>a</name></rtept><rtept lat="3" lon="4"/></rte></gpx>`, "=1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0"},
		"empty":     {head + `</gpx>`, "!holds no waypoint"},
		"other":     {`<kml/>`, "!no GPX file"},
		"cut":       {head + `<wpt lat="1" lon="2">`, "!cannot be read"},
		"bad":       {head + `<wpt lat="x" lon="2"/></gpx>`, "!point 1"},
		"far":       {head + `<wpt lat="91" lon="2"/></gpx>`, "!latitude"},
		"deep":      {head + strings.Repeat("<a>", 50), "!nested"},
	})
}

func Example() {
	n, _ := notation.Numbers{}.Integer("१२,३४,५६७")
	d, _ := notation.Dates{}.Date("2082-11-17 BS")
	p, _, _ := notation.ParsePosition("27°43′30″N 85°19′30″E")
	_, err := notation.Dates{}.Date("3/4/2026")
	fmt.Println(n, d, p.Lexical())
	fmt.Println(err)
	// Output:
	// 1234567 2026-03-01 27.725 85.325 0.0 0.0
	// 3/4/2026 can be 3 April 2026 or 4 March 2026; write the month as a word
}
