package xlsform

import (
	"sort"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// kinds maps every spelling of a type to its kind.
var kinds = map[string]survey.Kind{
	"text": survey.String, "string": survey.String, "integer": survey.Integer, "int": survey.Integer,
	"decimal": survey.Decimal, "range": survey.Range, "date": survey.Date, "time": survey.Time, "datetime": survey.DateTime,
	"select_one": survey.SelectOne, "select one": survey.SelectOne, "select one from": survey.SelectOne, "select1": survey.SelectOne,
	"select_multiple": survey.SelectMultiple, "select all that apply": survey.SelectMultiple, "select all that apply from": survey.SelectMultiple,
	"rank": survey.Rank, "acknowledge": survey.Acknowledge, "trigger": survey.Acknowledge, "note": survey.Note,
	"calculate": survey.Calculate, "hidden": survey.Hidden, "geopoint": survey.Geopoint, "gps": survey.Geopoint, "location": survey.Geopoint,
	"geotrace": survey.Geotrace, "geoshape": survey.Geoshape, "image": survey.Image, "photo": survey.Image, "audio": survey.Audio,
	"video": survey.Video, "file": survey.File, "barcode": survey.Barcode, "start": survey.Start, "end": survey.End,
	"today": survey.Today, "deviceid": survey.DeviceID, "username": survey.Username, "phonenumber": survey.PhoneNumber,
	"email": survey.Email, "audit": survey.Audit, "csv-external": survey.External, "xml-external": survey.External,
	"start-geopoint": survey.StartGeopoint,
}

// typed is a type cell taken apart.
type typed struct {
	kind  survey.Kind
	list  string
	other bool
	block string // "begin group", "end group", "begin repeat", "end repeat"
}

// longest first, so that "select one from" wins over "select one".
var listTypes = []string{"select all that apply from", "select all that apply", "select one from", "select one", "select_multiple", "select_one", "select1", "rank"}

func parseType(cell string) (typed, bool) {
	words := strings.Join(strings.Fields(cell), " ")
	low := strings.ToLower(words)
	if b := strings.ReplaceAll(low, "_", " "); strings.HasPrefix(b, "begin ") || strings.HasPrefix(b, "end ") {
		switch b {
		case "begin group", "end group", "begin repeat", "end repeat":
			return typed{block: b}, true
		}
		return typed{}, false
	}
	for _, t := range listTypes {
		if rest, ok := strings.CutPrefix(low, t+" "); ok {
			list := words[len(words)-len(rest):]
			out := typed{kind: kinds[t], list: list}
			if l, found := strings.CutSuffix(list, " or_other"); found {
				out.list, out.other = l, true
			} else if l, found := strings.CutSuffix(list, " or specify other"); found {
				out.list, out.other = l, true
			}
			return out, !strings.Contains(out.list, " ")
		}
	}
	k, ok := kinds[low]
	if k == survey.SelectOne || k == survey.SelectMultiple || k == survey.Rank {
		return typed{kind: k}, true // the list is missing; Parse says so
	}
	return typed{kind: k}, ok
}

// nearestType finds the type that a misspelt cell may have meant.
func nearestType(cell string) string {
	names := []string{"begin group", "end group", "begin repeat", "end repeat"}
	for n := range kinds {
		names = append(names, n)
	}
	sort.Strings(names)
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
