package xlsform_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xform"
	"sselandscape/survey/xlsform"
)

// recorded reads the conformance cases that are sheets; without them the test
// skips.
func recorded(t *testing.T) map[string]xlsform.Book {
	t.Helper()
	var file struct {
		Cases []struct {
			ID      string
			Sheets  map[string][]map[string]string
			Headers map[string][]string
		}
	}
	if err := json.Unmarshal(surveytest.Recorded(t, "xlsform-conversion.json"), &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]xlsform.Book{}
	for _, c := range file.Cases {
		var b xlsform.Book
		for name, rows := range c.Sheets {
			s := xlsform.Sheet{Name: name, Rows: [][]string{slices.Clone(c.Headers[name])}}
			for _, r := range rows {
				var cells []string
				for _, h := range s.Rows[0] {
					cells = append(cells, r[h])
				}
				s.Rows = append(s.Rows, cells)
			}
			b.Sheets = append(b.Sheets, s)
		}
		out[c.ID] = b
	}
	return out
}

func TestRecordedFormsComeBack(t *testing.T) {
	n := 0
	for id, b := range recorded(t) {
		f, ps := xlsform.Parse(b)
		if f == nil || survey.Unusable(ps) {
			continue
		}
		n++
		t.Run(id, func(t *testing.T) { comesBack(t, f) })
	}
	if n < 400 {
		t.Errorf("only %d forms were tried", n)
	}
}

func TestShippedFormsComeBack(t *testing.T) {
	for _, dir := range []string{"sse_unit", "sse_landscape"} {
		t.Run(dir, func(t *testing.T) {
			b, err := xlsform.ReadCSV(os.DirFS("../../assets/forms/" + dir))
			if err != nil {
				t.Fatal(err)
			}
			f, _ := xlsform.Parse(b)
			comesBack(t, f)
		})
	}
}

// comesBack lays a form out and reads it again, from the cells and from a
// workbook made of them.
func comesBack(t interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}, f *survey.Form) {
	t.Helper()
	b, ps := xlsform.BookOf(f)
	if len(ps) > 0 {
		t.Errorf("problems: %v", ps)
	}
	var w bytes.Buffer
	if err := xlsform.WriteXLSX(&w, b); err != nil {
		t.Fatal(err)
	}
	again, err := xlsform.ReadXLSX(bytes.NewReader(w.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]xlsform.Book{"cells": b, "workbook": again} {
		got, ps := xlsform.Parse(b)
		if got == nil || survey.Unusable(ps) {
			t.Errorf("%s: %v\n%v", name, ps, b)
			continue
		}
		if f.Settings["form_id"] == "" { // a workbook has one always
			delete(got.Settings, "form_id")
		}
		if d := cmp.Diff(f, got, sameForm); d != "" {
			t.Errorf("%s (-before +after):\n%s", name, d)
		}
		if d := cmp.Diff(asXForm(t, f), asXForm(t, got)); d != "" {
			t.Errorf("%s as XForm (-before +after):\n%s", name, d)
		}
	}
}

// sameForm compares forms but for the numbers of rows.
var sameForm = cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(survey.Node{}, "Row"), cmpopts.IgnoreFields(survey.Choice{}, "Row"),
	cmpopts.IgnoreFields(survey.Entity{}, "Row")}

// numbered are names that an XForm makes of row numbers.
var numbered = regexp.MustCompile(`(generated_table_list_label_|reserved_name_for_field_list_labels_)\d+`)

func asXForm(t interface{ Fatal(...any) }, f *survey.Form) string {
	var b bytes.Buffer
	if err := xform.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return numbered.ReplaceAllString(b.String(), "$1")
}

// TestRandomFormsComeBack makes forms of all kinds of columns.
func TestRandomFormsComeBack(t *testing.T) {
	tried := 0
	rapid.Check(t, func(t *rapid.T) {
		f, ps := xlsform.Parse(randomBook(t))
		if f == nil || survey.Unusable(ps) {
			t.Fatalf("the form cannot be used: %v", ps)
		}
		tried++
		comesBack(t, f)
	})
	if tried == 0 {
		t.Error("no form was tried")
	}
}

// randomBook is a form without mistakes.
func randomBook(t *rapid.T) xlsform.Book {
	words := rapid.StringMatching(`[A-Za-zก-ฮ&<>"' _x0041_\n=+-]{0,12}`)
	sentence := rapid.Custom(func(t *rapid.T) string { return "T" + words.Draw(t, "words") })
	heads := []string{"type", "name", "label", "label::ไทย (th)", "label::English (en)", "hint::English (en)", "required", "relevant", "constraint",
		"constraint_message::ไทย (th)", "appearance", "default", "readonly", "image::English (en)", "bind::sse:role", "bind::odk:x", "body::y", "instance::z", "module", "guidance_hint", "save_to", "trigger", "calculation"}
	survey, choices := [][]string{heads}, [][]string{{"list_name", "name", "label::English (en)", "label", "region", "audio"}}
	n := 0
	row := func(kind string) []string {
		n++
		r := make([]string, len(heads))
		r[0], r[1], r[2] = kind, fmt.Sprint("q", n), sentence.Draw(t, "label")
		for i, values := range [][]string{3: {"-", "ก ข"}, 4: {sentence.Draw(t, "label")}, 5: {"hint"}, 6: {"yes", "true()", "false"}, 7: {". > 1", "1 = 1"}, 8: {". != 'a  b'"},
			9: {"ไม่"}, 10: {"minimal", "w1"}, 11: {"5", "1 + 1", "2020-01-01"}, 12: {"yes"}, 13: {"a.png"}, 14: {"unit.name"}, 15: {"v"}, 16: {"w"}, 17: {"u"}, 18: {"m  1"}, 19: {"guide"}} {
			if values != nil && rapid.IntRange(0, 3).Draw(t, "fill") == 0 {
				r[i] = rapid.SampledFrom(values).Draw(t, heads[i])
			}
		}
		return r
	}
	var items func(depth int)
	items = func(depth int) {
		for range rapid.IntRange(1, 4).Draw(t, "items") {
			switch kind := rapid.SampledFrom([]string{"text", "integer", "note", "select_one l1", "select_multiple l2 or_other", "group", "repeat", "calculate", "acknowledge", "percentage", "image", "range"}).Draw(t, "kind"); {
			case kind == "group" || kind == "repeat":
				if depth > 3 {
					continue
				}
				survey = append(survey, row("begin "+kind))
				items(depth + 1)
				survey = append(survey, append([]string{"end_" + kind}, make([]string, len(heads)-1)...))
			case kind == "calculate":
				r := row(kind)
				r[22] = rapid.SampledFrom([]string{"1 + 1", "concat(${q1}, 'x')", "${last-saved#q1}"}).Draw(t, "calculation")
				survey = append(survey, r)
			default:
				survey = append(survey, row(kind))
			}
		}
	}
	first := row("text")
	if rapid.Bool().Draw(t, "saved") {
		first[20] = "p1"
	}
	survey = append(survey, first)
	items(0)
	for i := range rapid.IntRange(2, 6).Draw(t, "choices") {
		choices = append(choices, []string{fmt.Sprint("l", i%2+1), fmt.Sprint("c", i), sentence.Draw(t, "choice"), "", rapid.SampledFrom([]string{"", "r"}).Draw(t, "region"), ""})
	}
	sheets := []xlsform.Sheet{{Name: "choices", Rows: choices}, {Name: "survey", Rows: survey}, {Name: "settings", Rows: [][]string{{"namespaces", "default_language", "version"}, {`sse="urn:x"`, "ไทย (th)", "1"}}},
		{Name: "entities", Rows: [][]string{{"list_name", "label"}, {"people", "${q1}"}}}}
	return xlsform.Book{Name: "random", Sheets: sheets}
}

// FuzzBookOf checks the way back for whatever form a text makes.
func FuzzBookOf(f *testing.F) {
	f.Add("| survey |\n| | type | name | label | hint::fr | bind::sse:pii | x |\n| | begin repeat | r | R | h | y | z |\n| | select_one l or_other | s | S | | | |\n| | end repeat | | | | | |\n| choices |\n| | list_name | name | label::fr | y |\n| | l | a | A | b |")
	f.Add("| survey |\n| | type | name | label | default | trigger | calculation | save_to | parameters |\n| | range | a | A | 5 | | | p | start=1 end=7 |\n| | calculate | b | | | ${a} | 1 + 1 | | |\n| entities |\n| | list_name | label |\n| | e | ${a} |\n| settings |\n| | flat | attribute::x | default_language |\n| | yes | y | fr |")
	f.Add("| survey |\n| | type | name | label |\n| | begin loop over l | g | %(label)s |\n| | percentage | p | %(name)s |\n| | end loop | | |\n| | note | | N |\n| choices |\n| | list_name | name | label | image |\n| | l | a | A | a.png |")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := xlsform.ReadMarkdown(text)
		if err != nil {
			return
		}
		f, ps := xlsform.Parse(b)
		if f == nil || survey.Unusable(ps) || len(f.Items) == 0 {
			return
		}
		again, _ := xlsform.BookOf(f)
		got, ps := xlsform.Parse(again)
		if got == nil || survey.Unusable(ps) {
			t.Fatalf("%v\n%v", ps, again)
		}
		if f.Settings["form_id"] == "" {
			delete(got.Settings, "form_id")
		}
		if _, declared := f.Namespaces["sse"]; !declared { // it is, as soon as a column needs it
			got.Namespaces = f.Namespaces
			if got.Settings["namespaces"] = f.Settings["namespaces"]; f.Settings["namespaces"] == "" {
				delete(got.Settings, "namespaces")
			}
		}
		if d := cmp.Diff(f, got, sameForm); d != "" {
			t.Errorf("(-before +after):\n%s", d)
		}
	})
}
