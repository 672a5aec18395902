package interview_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xform"
)

type scenario struct {
	ID           string
	Test         string
	Form         string
	Tags         []string
	NowMS        int64 `json:"now_ms"`
	Init         map[string]nodeState
	Steps        []scenarioStep
	Drift        bool
	Resources    map[string]struct{ Text, Type string }
	EditInstance string `json:"edit_instance"`
	First        string `json:"instance_xml_first"`
	Last         string `json:"instance_xml_last"`
}

type scenarioStep struct {
	Op, Ref string
	Value   string
	Set     map[string]nodeState
	Del     []string
}

// nodeState is how a node stands, as recorded.
type nodeState struct {
	T     string
	V     *string
	Rel   *bool
	Ro    bool
	Req   bool
	Bad   []string
	Label *string
	Hint  *string
	Opts  [][2]string
	Count *int
}

func TestConformanceScenarios(t *testing.T) {
	var file struct {
		Forms     map[string]string
		Scenarios []scenario
	}
	if err := json.Unmarshal(surveytest.Recorded(t, "form-scenarios.json"), &file); err != nil {
		t.Fatal(err)
	}
	var scenarios surveytest.Tally
	for _, s := range file.Scenarios {
		why := s.play(file.Forms[s.Form])
		if again := s.play(rewritten(t, file.Forms[s.Form])); again != why {
			t.Errorf("%s: the form written by us and read again: %s", s.ID, again)
		}
		if why != "" {
			why = "(" + s.Test + ") " + why
		}
		scenarios.Count(t, s.ID, why)
	}
	scenarios.Report(t, "form-scenarios", 0.98)
}

// rewritten reads an XForm and writes it.
func rewritten(t *testing.T, text string) string {
	t.Helper()
	f, ps := xform.Read(strings.NewReader(text))
	if f == nil {
		t.Fatal(ps)
	}
	var w strings.Builder
	if err := xform.Write(&w, f); err != nil {
		t.Fatal(err)
	}
	return w.String()
}

// play holds the interview of a scenario and says what differs from the record.
func (s scenario) play(xml string) (why string) {
	defer func() {
		if r := recover(); r != nil {
			why = fmt.Sprint("panic: ", r)
		}
	}()
	f, ps := xform.Read(strings.NewReader(xml))
	if f == nil {
		return fmt.Sprint("unreadable: ", ps)
	}
	for url, r := range s.Resources {
		if err := xform.Attach(f, url, []byte(r.Text)); err != nil {
			return err.Error()
		}
	}
	p, ps := interview.Compile(f)
	if p == nil {
		return fmt.Sprint("unusable: ", ps)
	}
	zone, _ := time.LoadLocation("America/Phoenix")
	w := interview.World{Now: func() time.Time { return time.UnixMilli(s.NowMS).In(zone) }, Language: f.DefaultLanguage,
		Random: func() float64 { return 0.5 }, UUID: func() string { return "00000000-0000-4000-8000-000000000000" }}
	var in *interview.Session
	if s.EditInstance != "" {
		answers, err := xform.ReadSubmission(strings.NewReader(s.EditInstance), f)
		if err != nil {
			return err.Error()
		}
		in = p.Resume(w, answers)
	} else {
		in, _ = p.Start(w)
	}
	want := s.Init
	lang := f.DefaultLanguage
	if d := s.compare(in, lang, want); d != "" {
		return "at the start: " + d
	}
	if d := s.instance(in, s.First); d != "" {
		return "instance at the start: " + d
	}
	if s.Drift {
		return ""
	}
	for i, st := range s.Steps {
		if err := st.do(in, &lang); err != nil {
			return fmt.Sprintf("step %d %s %s: %v", i+1, st.Op, st.Ref, err)
		}
		next := map[string]nodeState{}
		for k, v := range want {
			next[k] = v
		}
		for k, v := range st.Set {
			next[k] = v
		}
		for _, k := range st.Del {
			delete(next, k)
		}
		want = next
		if d := s.compare(in, lang, want); d != "" {
			return fmt.Sprintf("after step %d (%s %s %q): %s", i+1, st.Op, st.Ref, st.Value, d)
		}
	}
	if d := s.instance(in, s.Last); d != "" {
		return "instance at the end: " + d
	}
	return ""
}

var identifier = regexp.MustCompile(`uuid:[0-9a-f-]{36}`)

// instance compares the serialized interview with the record, but for the metadata.
func (s scenario) instance(in *interview.Session, recorded string) string {
	if recorded == "" || slices.Contains(s.Tags, "random") || slices.Contains(s.Tags, "clock") {
		return ""
	}
	want, err := xform.ReadXML(strings.NewReader(recorded))
	if err != nil {
		return err.Error()
	}
	w, g := identifier.ReplaceAllString(plainTree(want), "uuid"), identifier.ReplaceAllString(plainTree(in.Instance()), "uuid")
	if w != g {
		return fmt.Sprintf("want %s, got %s", w, g)
	}
	return ""
}

// plainTree writes a tree without white space, attributes and metadata.
func plainTree(e *survey.Element) string {
	if strings.HasSuffix(e.Name, "meta") || strings.HasSuffix(e.Name, "instanceID") || strings.Contains(e.Name, "deviceid") {
		return ""
	}
	if e.Name == "" {
		return strings.TrimSpace(e.Text)
	}
	inside := strings.TrimSpace(e.Text)
	for _, k := range e.Children {
		inside += plainTree(k)
	}
	return "<" + e.Name + ">" + wholeDays(inside) + "</>"
}

func (st scenarioStep) do(in *interview.Session, lang *string) error {
	switch st.Op {
	case "set":
		f, err := fieldAt(in, st.Ref)
		if err != nil {
			return err
		}
		if _, err = in.Set(f, survey.Of(st.Value)); err != nil {
			_, err = in.Set(f, survey.Value{}) // an answer without the form of its type leaves a blank
		}
		return err
	case "add-repeat":
		f, err := fieldAt(in, st.Ref)
		if err == nil {
			_, _, err = in.AddRow(f)
		}
		return err
	case "remove-repeat":
		f, err := fieldAt(in, st.Ref)
		if err == nil {
			_, err = in.RemoveRow(f)
		}
		return err
	case "set-language":
		*lang = st.Value
		in.Speak(st.Value)
		return nil
	}
	return fmt.Errorf("unknown step %s", st.Op)
}

func fieldAt(in *interview.Session, path string) (survey.Field, error) {
	var found survey.Field
	in.Places(func(p interview.Place) {
		if p.Path == path {
			found = p.Field
		}
	})
	if found == "" {
		return "", fmt.Errorf("there is no node %s", path)
	}
	return found, nil
}

// compare lists the differences between an interview and the record.
func (s scenario) compare(in *interview.Session, lang string, want map[string]nodeState) string {
	got := map[string]nodeState{}
	in.Places(func(p interview.Place) { got[reference(p)] = s.state(in, p, lang) })
	var out []string
	for _, k := range keys(want) {
		if strings.HasSuffix(k, "meta") || strings.HasSuffix(k, "instanceID") || strings.Contains(k, "deviceid") {
			continue
		}
		g, ok := got[k]
		if !ok {
			out = append(out, k+": missing")
			continue
		}
		if d := s.differs(k, want[k], g); d != "" {
			out = append(out, k+": "+d)
		}
	}
	for _, k := range keys(got) {
		if _, ok := want[k]; !ok && !strings.Contains(k, "meta") {
			out = append(out, k+": should not be there")
		}
	}
	return strings.Join(out, "; ")
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func reference(p interview.Place) string {
	if _, is := p.Item.(*survey.Repeat); is && !p.Row {
		return p.Path + "#range"
	}
	return p.Path
}

func (s scenario) state(in *interview.Session, p interview.Place, lang string) nodeState {
	st := nodeState{Ro: p.ReadOnly, Req: p.Required}
	if !p.Relevant {
		st.Rel = new(bool)
	}
	if p.Item == nil {
		return st
	}
	if l := in.Label(p.Field, lang); l != "" {
		st.Label = &l
	}
	if h := in.Hint(p.Field, lang); h != "" {
		st.Hint = &h
	}
	switch p.Item.(type) {
	case *survey.Repeat:
		if !p.Row {
			st.Count = &p.Rows
		}
	case *survey.Question:
		v := p.Value.Text
		if !p.Relevant {
			v = ""
		}
		st.V = &v
		for _, o := range in.Choices(p.Field, lang) {
			if o.Label == o.Name {
				o.Label = "" // the code stands in for a missing label
			}
			st.Opts = append(st.Opts, [2]string{o.Name, o.Label})
		}
		if p.Relevant && (p.Broken || p.Required && v == "") {
			st.Bad = []string{"constraint"}
			if !p.Broken {
				st.Bad[0] = "required"
			}
		}
	}
	return st
}

var longNumber = regexp.MustCompile(`\d+\.\d{9,}`)

// wholeDays rounds the numbers in a text: the record counts days since 1970 with
// the fraction that its time zone brings, which leaves traces such as
// 7305.000000000002; here a date is a whole number of days, as in JavaRosa.
func wholeDays(s string) string {
	return longNumber.ReplaceAllStringFunc(s, func(n string) string {
		f, err := strconv.ParseFloat(n, 64)
		if err != nil {
			return n
		}
		return strconv.FormatFloat(math.Round(f*1e9)/1e9, 'f', -1, 64)
	})
}

func (s scenario) differs(key string, want, got nodeState) string {
	var out []string
	add := func(what string, w, g any) { out = append(out, fmt.Sprintf("%s: want %q, got %q", what, w, g)) }
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return wholeDays(strings.Join(strings.Fields(*p), " "))
	}
	chance := slices.Contains(s.Tags, "random") || slices.Contains(s.Tags, "clock")
	if w, g := text(want.V), text(got.V); w != g && !chance && !(strings.HasPrefix(w, "uuid:") && strings.HasPrefix(g, "uuid:")) {
		add("value", w, g)
	}
	if w, g := want.Rel == nil, got.Rel == nil; w != g {
		add("relevant", fmt.Sprint(w), fmt.Sprint(g))
	}
	if want.Ro != got.Ro && want.T != "note" {
		add("readonly", fmt.Sprint(want.Ro), fmt.Sprint(got.Ro))
	}
	if want.Req != got.Req {
		add("required", fmt.Sprint(want.Req), fmt.Sprint(got.Req))
	}
	if w, g := text(want.Label), text(got.Label); w != g {
		add("label", w, g)
	}
	if w, g := text(want.Hint), text(got.Hint); w != g {
		add("hint", w, g)
	}
	if want.Count != nil && (got.Count == nil || *want.Count != *got.Count) {
		add("rows", fmt.Sprint(*want.Count), fmt.Sprint(got.Count))
	}
	for i := range want.Opts {
		if want.Opts[i][0] == want.Opts[i][1] {
			want.Opts[i][1] = ""
		}
	}
	if w, g := fmt.Sprint(want.Opts), fmt.Sprint(got.Opts); w != g && !(chance && len(want.Opts) == len(got.Opts)) {
		add("choices", w, g)
	}
	if w, g := len(want.Bad) > 0, len(got.Bad) > 0; w != g || w && want.Bad[0] != got.Bad[0] {
		add("wrong", fmt.Sprint(want.Bad), fmt.Sprint(got.Bad))
	}
	return strings.Join(out, ", ")
}
