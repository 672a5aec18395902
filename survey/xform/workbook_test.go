package xform_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sselandscape/survey"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xform"
	"sselandscape/survey/xlsform"
)

// TestXFormsAsWorkbooks reads XForms, lays them out as workbooks, and writes what
// those say as XForms again: the same, or else a problem says what is lost.
func TestXFormsAsWorkbooks(t *testing.T) {
	var file struct{ Cases []conversion }
	if err := json.Unmarshal(surveytest.Recorded(t, "xlsform-conversion.json"), &file); err != nil {
		t.Fatal(err)
	}
	var forms surveytest.Tally
	for _, c := range file.Cases {
		if c.Error != "" {
			continue
		}
		forms.Count(t, c.ID, throughWorkbook(t, c.XForm))
	}
	forms.Report(t, "xforms as workbooks", 0.97)
}

// TestScenarioFormsAsWorkbooks lays out forms that no workbook was the source of:
// the workbook can be used, or a problem says what it cannot hold.
func TestScenarioFormsAsWorkbooks(t *testing.T) {
	var file struct{ Forms map[string]string }
	if err := json.Unmarshal(surveytest.Recorded(t, "form-scenarios.json"), &file); err != nil {
		t.Fatal(err)
	}
	var forms surveytest.Tally
	silent := 0
	for _, id := range sortedKeys(file.Forms) {
		f, ps := xform.Read(strings.NewReader(file.Forms[id]))
		if f == nil || survey.Unusable(ps) {
			continue
		}
		b, lost := xlsform.BookOf(f)
		_, ps = xlsform.Parse(b)
		why := ""
		if survey.Unusable(ps) && !survey.Unusable(lost) {
			why = fmt.Sprint(ps, lost)
		}
		if len(lost) == 0 {
			silent++
		}
		forms.Count(t, id, why)
	}
	t.Logf("%d of them lose nothing", silent)
	forms.Report(t, "scenario forms as workbooks", 0.95)
}

// throughWorkbook says how an XForm differs after it was a workbook.
func throughWorkbook(t *testing.T, text string) string {
	f, ps := xform.Read(strings.NewReader(text))
	if f == nil || survey.Unusable(ps) {
		return fmt.Sprint("not read: ", ps)
	}
	b, lost := xlsform.BookOf(f)
	got, ps := xlsform.Parse(b)
	if got == nil || survey.Unusable(ps) {
		if survey.Unusable(lost) {
			return "" // said
		}
		return fmt.Sprint("refused: ", ps, "\nafter ", lost, "\n", b)
	}
	var w bytes.Buffer
	if err := xform.Write(&w, got); err != nil {
		t.Fatal(err)
	}
	again, _ := xform.Read(&w)
	if d := cmp.Diff(f, again, sameXForm); d != "" && len(lost) == 0 {
		return fmt.Sprint(d, "\n", b)
	}
	return ""
}

// sameXForm compares forms but for white space, and for the names of lists that
// stand in controls.
var sameXForm = cmp.Options{cmpopts.EquateEmpty(),
	cmpopts.SortSlices(func(a, b survey.Attribute) bool { return a.Name < b.Name }),
	cmp.Comparer(func(a, b string) bool {
		return strings.Join(strings.Fields(a), "") == strings.Join(strings.Fields(b), "")
	}),
	cmpopts.IgnoreFields(survey.Question{}, "List"), cmpopts.IgnoreFields(survey.Form{}, "Lists", "ListNames", "Document")}
