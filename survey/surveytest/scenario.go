package surveytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/xlsform"
)

// Form reads a form written as Markdown tables (see xlsform.ReadMarkdown).
func Form(t testing.TB, md string) *survey.Form {
	t.Helper()
	b, err := xlsform.ReadMarkdown(md)
	if err != nil {
		t.Fatal(err)
	}
	f, ps := xlsform.Parse(b)
	if f == nil || survey.Unusable(ps) {
		t.Fatalf("the form cannot be used:\n%s", lines(ps))
	}
	return f
}

// Program reads and compiles a form.
func Program(t testing.TB, md string) *interview.Program {
	t.Helper()
	p, ps := interview.Compile(Form(t, md))
	if p == nil {
		t.Fatalf("the form cannot be used:\n%s", lines(ps))
	}
	return p
}

func lines(ps []survey.Problem) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}

// Clock is the time of interviews in tests: a Sunday morning in Kathmandu.
var Clock = time.Date(2026, 3, 1, 9, 30, 0, 0, time.FixedZone("+0545", 5*3600+45*60))

// World is what interviews in tests see: a clock that stands still, numbered
// identifiers and row keys, chance that is always one half.
func World() interview.World {
	rows, ids := 0, 0
	return interview.World{Now: func() time.Time { return Clock }, Username: "ana", DeviceID: "d1",
		Random: func() float64 { return 0.5 },
		UUID:   func() string { ids++; return fmt.Sprintf("00000000-0000-4000-8000-%012d", ids) },
		Tail:   func() string { rows++; return fmt.Sprintf("t%d", rows) }}
}

// Interview is an interview in a test. Paths are fields, or name rows by their
// place: "members[1]/name".
type Interview struct {
	*interview.Session
	t testing.TB
}

// Start begins an interview about a form written as Markdown tables.
func Start(t testing.TB, md string) *Interview {
	t.Helper()
	s, _ := Program(t, md).Start(World())
	return &Interview{s, t}
}

func (iv *Interview) field(path string) survey.Field {
	iv.t.Helper()
	f, err := iv.Resolve(path)
	if err != nil {
		iv.t.Error(err)
	}
	return f
}

// Answer gives an answer; nil clears it, a slice answers a select_multiple.
func (iv *Interview) Answer(path string, value any) *Interview {
	iv.t.Helper()
	if _, err := iv.Set(iv.field(path), Value(value)); err != nil {
		iv.t.Errorf("answer %v: %v", value, err)
	}
	return iv
}

// Value turns what a test writes into an answer.
func Value(x any) survey.Value {
	switch v := x.(type) {
	case nil:
		return survey.Value{}
	case survey.Special:
		return survey.Value{Special: v}
	case []string:
		return survey.Of(strings.Join(v, " "))
	}
	return survey.Of(fmt.Sprint(x))
}

// Refuses expects that an answer is not taken, with words of the reason.
func (iv *Interview) Refuses(path string, value any, why string) *Interview {
	iv.t.Helper()
	if _, err := iv.Set(iv.field(path), Value(value)); err == nil || !strings.Contains(err.Error(), why) {
		iv.t.Errorf("%s took %v, or not for the reason %q: %v", path, value, why, err)
	}
	return iv
}

// Add adds a row to a repeat.
func (iv *Interview) Add(repeat string) *Interview {
	iv.t.Helper()
	if _, _, err := iv.AddRow(iv.field(repeat)); err != nil {
		iv.t.Error(err)
	}
	return iv
}

// Remove takes a row out of a repeat.
func (iv *Interview) Remove(row string) *Interview {
	iv.t.Helper()
	if _, err := iv.RemoveRow(iv.field(row)); err != nil {
		iv.t.Error(err)
	}
	return iv
}

// Hidden expects that questions are not asked.
func (iv *Interview) Hidden(paths ...string) *Interview {
	iv.t.Helper()
	for _, p := range paths {
		if iv.State(iv.field(p), "").Relevant {
			iv.t.Errorf("%s is asked", p)
		}
	}
	return iv
}

// Asked expects that questions are asked.
func (iv *Interview) Asked(paths ...string) *Interview {
	iv.t.Helper()
	for _, p := range paths {
		if !iv.State(iv.field(p), "").Relevant {
			iv.t.Errorf("%s is not asked", p)
		}
	}
	return iv
}

// Is expects the value of a question or calculation; nil expects a blank.
func (iv *Interview) Is(path string, want any) *Interview {
	iv.t.Helper()
	if got := iv.Session.Value(iv.field(path)); got != Value(want) {
		iv.t.Errorf("%s is %q, not %q", path, got, Value(want))
	}
	return iv
}

// Says expects the label of a question.
func (iv *Interview) Says(path, want string) *Interview {
	iv.t.Helper()
	if got := iv.Label(iv.field(path), ""); got != want {
		iv.t.Errorf("%s says %q, not %q", path, got, want)
	}
	return iv
}

// Offers expects the codes of the choices, in order.
func (iv *Interview) Offers(path string, codes ...string) *Interview {
	iv.t.Helper()
	var got []string
	for _, o := range iv.Choices(iv.field(path), "") {
		got = append(got, o.Name)
	}
	if !slices.Equal(got, codes) {
		iv.t.Errorf("%s offers %q, not %q", path, got, codes)
	}
	return iv
}

// Wrong expects that the questions with problems are these, in reading order.
func (iv *Interview) Wrong(paths ...string) *Interview {
	iv.t.Helper()
	var got, want []survey.Field
	for _, p := range iv.Problems("") {
		got = append(got, p.Field)
	}
	for _, p := range paths {
		want = append(want, iv.field(p))
	}
	if !slices.Equal(got, want) {
		iv.t.Errorf("there are problems with %q, not %q", got, want)
	}
	return iv
}
