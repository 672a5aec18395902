package xlsform

import (
	"path"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// kinds maps every spelling of a type to its kind.
var kinds = map[string]survey.Kind{
	"text": survey.String, "string": survey.String, "integer": survey.Integer, "int": survey.Integer,
	"decimal": survey.Decimal, "percentage": survey.Integer, "number of days in last month": survey.Integer,
	"number of days in last six months": survey.Integer, "number of days in last year": survey.Integer, "phone number": survey.String, "range": survey.Range,
	"date": survey.Date, "time": survey.Time, "datetime": survey.DateTime,
	"select_one": survey.SelectOne, "select_multiple": survey.SelectMultiple, "rank": survey.Rank,
	"acknowledge": survey.Acknowledge, "trigger": survey.Acknowledge, "note": survey.Note,
	"calculate": survey.Calculate, "hidden": survey.Hidden, "geopoint": survey.Geopoint, "gps": survey.Geopoint, "location": survey.Geopoint,
	"geotrace": survey.Geotrace, "geoshape": survey.Geoshape, "image": survey.Image, "photo": survey.Image, "picture": survey.Image,
	"audio": survey.Audio, "video": survey.Video, "file": survey.File, "barcode": survey.Barcode,
	"start": survey.Start, "start time": survey.Start, "end": survey.End, "end time": survey.End, "today": survey.Today,
	"deviceid": survey.DeviceID, "device id": survey.DeviceID, "imei": survey.DeviceID,
	"username": survey.Username, "phonenumber": survey.PhoneNumber, "get phone number": survey.PhoneNumber, "uri:phonenumber": survey.PhoneNumber, "uri:deviceid": survey.DeviceID, "uri:email": survey.Email,
	"uri:username": survey.Username, "uri:subscriberid": survey.SubscriberID, "uri:simserial": survey.SimSerial, "date time": survey.DateTime, "sim id": survey.SimSerial,
	"email": survey.Email, "audit": survey.Audit, "csv-external": survey.External, "xml-external": survey.External,
	"start-geopoint": survey.StartGeopoint, "background-geopoint": survey.BackgroundGeopoint, "background-audio": survey.BackgroundAudio,
	"osm": survey.OSM, "subscriberid": survey.SubscriberID, "subscriber id": survey.SubscriberID, "simserial": survey.SimSerial, "sim serial": survey.SimSerial,
}

// legacy types bring a constraint and a hint with them.
var legacy = map[string]struct{ constraint, hint string }{
	"phone number":                      {`regex(., '^\d*$')`, "Enter numbers only."},
	"percentage":                        {"0 <= . and . <= 100", ""},
	"number of days in last month":      {". >= 0 and . <= 31", "Enter a number 0-31."},
	"number of days in last six months": {". >= 0 and . <= 183", "Enter a number 0-183."},
	"number of days in last year":       {". >= 0 and . <= 365", "Enter a number 0-365."},
}

// selects maps every spelling of a type with choices to select_one,
// select_multiple or rank.
var selects = map[string]string{
	"select_one": "select_one", "select one": "select_one", "select one from": "select_one", "select1": "select_one",
	"add select one prompt using": "select_one", "select_multiple": "select_multiple", "select all that apply": "select_multiple",
	"select all that apply from": "select_multiple", "select": "select_multiple", "add select multiple prompt using": "select_multiple",
	"select_one_from_file": "select_one", "select one from file": "select_one",
	"select_multiple_from_file": "select_multiple", "select multiple from file": "select_multiple",
	"select_one_external": "select_one", "select one external": "select_one", "rank": "rank", "odk:rank": "rank",
}

// selectTypes lists the spellings, longest first, so that "select one from" wins
// over "select one".
var selectTypes = func() []string {
	var out []string
	for t := range selects {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}()

// typed is a type cell taken apart.
type typed struct {
	kind     survey.Kind
	name     string // canonical spelling
	list     string // of a select, a rank, an osm question or a loop
	other    bool
	file     bool   // the list is a file
	external bool   // the list stands in the sheet external_choices
	block    string // "begin group", "end group", "begin repeat", "end repeat", "begin loop", "end loop"
}

func parseType(cell string) (typed, bool) {
	words := strings.Join(strings.Fields(cell), " ")
	low := strings.ToLower(words)
	if t, ok := parseBlock(words); ok {
		return t, true
	}
	for _, t := range selectTypes {
		if rest, ok := cutFold(words, t+" "); ok {
			return parseSelect(t, rest)
		}
	}
	if k, ok := selects[low]; ok {
		return typed{kind: kinds[k], name: k}, true // the list is missing; question says so
	}
	if list, ok := cutFold(words, "osm "); ok {
		return typed{kind: survey.OSM, name: "osm", list: list}, true
	}
	for _, prefix := range [...]string{"q ", "get ", "add "} { // spellings of early XLSForms
		if _, known := kinds[low]; known {
			break
		}
		low = strings.TrimSuffix(strings.TrimPrefix(low, prefix), " prompt")
	}
	k, ok := kinds[low]
	return typed{kind: k, name: low}, ok
}

// cutFold takes a prefix off a text, whatever its capitals.
func cutFold(s, prefix string) (rest string, found bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func parseSelect(spelling, list string) (typed, bool) {
	out := typed{kind: kinds[selects[spelling]], name: selects[spelling], list: list,
		external: strings.HasSuffix(spelling, "external"), file: strings.HasSuffix(spelling, "file")}
	for _, or := range [...]string{" or_other", " or other", " or specify other"} {
		if l, found := strings.CutSuffix(list, or); found {
			out.list, out.other = l, true
			break
		}
	}
	if ext := path.Ext(out.list); ext == ".csv" || ext == ".xml" || ext == ".geojson" {
		out.file = true
	}
	return out, !strings.Contains(out.list, " ") || strings.HasPrefix(out.list, "${")
}

// parseBlock reads "begin group", "end_repeat", "begin loop over towns" ….
func parseBlock(words string) (typed, bool) {
	f := strings.Fields(strings.Replace(words, "_", " ", 1))
	if len(f) < 2 || !strings.EqualFold(f[0], "begin") && !strings.EqualFold(f[0], "end") {
		return typed{}, false
	}
	what := strings.ToLower(f[1])
	if what == "lgroup" {
		what = "repeat"
	}
	if what != "group" && what != "repeat" && what != "loop" {
		return typed{}, false
	}
	t := typed{block: strings.ToLower(f[0]) + " " + what}
	switch rest := f[2:]; {
	case len(rest) == 0:
	case len(rest) == 2 && strings.EqualFold(rest[0], "over") && what == "loop":
		t.list = rest[1]
	case len(rest) == 1 && what == "loop":
		t.list = rest[0]
	default:
		return typed{}, false
	}
	return t, true
}

// nearestType finds the type that a misspelt cell may have meant.
func nearestType(cell string) string {
	if len(cell) > maxGuess {
		return ""
	}
	names := []string{"begin group", "end group", "begin repeat", "end repeat"}
	for n := range kinds {
		names = append(names, n)
	}
	names = append(names, selectTypes...)
	slices.Sort(names)
	first, _, _ := strings.Cut(strings.ToLower(cell), " ")
	if n := expr.Nearest(strings.ToLower(cell), names); n != "" {
		return n
	}
	return expr.Nearest(first, names)
}

// truth turns the words people write for true and false into expressions.
func truth(cell string) string {
	switch strings.ToLower(cell) {
	case "yes", "true", "true()":
		return "true()"
	case "no", "false", "false()":
		return "false()"
	}
	return cell
}

// dynamic tells a default that is computed from a plain text: one with a
// reference, a call, a predicate or arithmetic. A hyphen in a date, a time or a
// position is no subtraction.
func dynamic(text string, k survey.Kind) bool {
	dashed := k == survey.Date || k == survey.DateTime || k == survey.Time || k == survey.Geopoint || k == survey.Geotrace || k == survey.Geoshape
	for i := 0; i < len(text); {
		rest := text[i:]
		switch c := text[i]; {
		case c == '\'' || c == '"':
			n := strings.IndexByte(rest[1:], c)
			if n < 0 {
				return false
			}
			i += n + 2
		case strings.HasPrefix(rest, "${"):
			return true
		case moment.MatchString(rest):
			i += len(moment.FindString(rest))
		case numeral.MatchString(rest):
			i += len(numeral.FindString(rest))
		case word.MatchString(rest):
			w := word.FindString(rest)
			i += len(w)
			if i < len(text) && (text[i] == '(' || text[i] == '[') || w == "mod" || w == "div" {
				return true
			}
			if strings.HasPrefix(text[i:], "://") {
				return false // jr://images/a-b.png
			}
		case c == '-' && dashed:
			return false
		case c == '*' || c == '+' || c == '-' || c == '|':
			return true
		default:
			i++
		}
	}
	return false
}
