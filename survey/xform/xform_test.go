package xform_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xform"
	"sselandscape/survey/xlsform"
)

func document(t interface{ Fatal(...any) }, f *survey.Form) []byte {
	var b bytes.Buffer
	if err := xform.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reread writes a form as an XForm and reads that.
func reread(t interface{ Fatal(...any) }, f *survey.Form) *survey.Form {
	again, ps := xform.Read(bytes.NewReader(document(t, f)))
	if again == nil || survey.Unusable(ps) {
		t.Fatal(ps)
	}
	return again
}

func start(t interface{ Fatal(...any) }, f *survey.Form) *interview.Session {
	p, ps := interview.Compile(f)
	if p == nil {
		t.Fatal(ps)
	}
	s, _ := p.Start(surveytest.World())
	return s
}

// TestXFormAnswersAlike holds the same random interview about a form and about the
// form read back from its XForm: the submissions must be the same.
func TestXFormAnswersAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, ps := xlsform.Parse(surveytest.RandomForm(t))
		if f == nil {
			t.Fatal(ps)
		}
		again := reread(t, f)
		again.Initial = nil // a workbook's repeats begin without rows, an XForm's with what it holds
		a, b := start(t, f), start(t, again)
		for range rapid.IntRange(1, 12).Draw(t, "answers") {
			answerBoth(t, a, b)
		}
		if d := cmp.Diff(outsideRepeats(a), outsideRepeats(b)); d != "" {
			t.Fatalf("answers (-sheets +xform):\n%s", d)
		}
	})
}

func outsideRepeats(s *interview.Session) map[survey.Field]survey.Value {
	out := s.Answers()
	for f := range out {
		if strings.Contains(string(f), "[") || strings.Contains(string(f), "instanceID") || strings.HasSuffix(string(f), "_count") || strings.HasPrefix(string(f), "c") {
			delete(out, f)
		}
	}
	return out
}

func answerBoth(t *rapid.T, a, b *interview.Session) {
	var open []survey.Field
	for _, l := range a.Lines() {
		if q := l.Question(); q != nil && !strings.Contains(string(l.Field), "[") {
			open = append(open, l.Field)
		}
	}
	if len(open) == 0 {
		return
	}
	f := rapid.SampledFrom(open).Draw(t, "field")
	v := survey.Of(rapid.SampledFrom([]string{"", "1", "2", "7", "yes", "no", "a", "b c"}).Draw(t, "value"))
	_, err := a.Set(f, v)
	if _, err2 := b.Set(f, v); (err == nil) != (err2 == nil) {
		t.Fatalf("%s = %q: %v and %v", f, v, err, err2)
	}
}

// TestSubmissionThereAndBack writes random interviews as submissions and resumes
// from what is read: the interview and its submission stay the same.
func TestSubmissionThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, ps := xlsform.Parse(surveytest.RandomForm(t))
		if f == nil {
			t.Fatal(ps)
		}
		f = reread(t, f)
		p, ps := interview.Compile(f)
		if p == nil {
			t.Fatal(ps)
		}
		s, _ := p.Start(surveytest.World())
		for range rapid.IntRange(1, 15).Draw(t, "acts") {
			surveytest.RandomAct(t, s)
		}
		write := func(s *interview.Session) string {
			var b bytes.Buffer
			if err := xform.WriteSubmission(&b, f, s.Instance(), "1"); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		first := write(s)
		answers, err := xform.ReadSubmission(strings.NewReader(first), f)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first, write(p.Resume(surveytest.World(), answers))); d != "" {
			t.Fatalf("submissions (-first +again):\n%s", d)
		}
	})
}

// A submission says where its answers stand, which of them are special, and what the
// form does not know.
func TestEntries(t *testing.T) {
	f := surveytest.Form(t, `| survey |
| | type | name | label | bind::sse:special |
| | begin group | a | A | |
| | text | same | Same | |
| | end group | | | |
| | begin group | b | B | |
| | integer | same | Same | dk |
| | end group | | | |
| | begin repeat | r | R | |
| | text | x | X | |
| | end repeat | | | |
| settings |
| | form_id | namespaces |
| | mine | sse="urn:sse-landscape:xlsform:1" |`)
	root, err := xform.ReadXML(strings.NewReader(`<data xmlns="http://opendatakit.org/submissions" xmlns:sse="urn:sse-landscape:xlsform:1" id="mine" instanceID="uuid:1">
<a><same>x</same><old>y</old></a><b><same sse:special="dk"/></b><r><x>1</x></r><r><x>2</x><gone><deep>z</deep></gone></r><empty/>
<n0:meta xmlns:n0="http://openrosa.org/xforms"><n0:instanceID>uuid:2</n0:instanceID><n0:deprecatedID>uuid:1</n0:deprecatedID></n0:meta></data>`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range xform.Entries(root, f) {
		got = append(got, fmt.Sprintf("%s %s %s %t", e.Path, e.Field, e.Value, e.Item != nil))
	}
	want := []string{"a/same a/same x true", "a/old  y false", "b/same b/same don't know true", "r[1] r[1] 1 true", "r[1]/x r[1]/x 1 true",
		"r[2] r[2] 1 true", "r[2]/x r[2]/x 2 true", "r[2]/gone/deep r[2] z false"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := []string{xform.Meta(root, "instanceID"), xform.Meta(root, "deprecatedID"), xform.Meta(root, "rootUuid")}; !slices.Equal(got, []string{"uuid:2", "uuid:1", ""}) {
		t.Error(got)
	}
}

func TestReadSubmissionOfAnotherForm(t *testing.T) {
	f := surveytest.Form(t, "| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n| | form_id |\n| | mine |")
	for name, c := range map[string]struct{ xml, want string }{
		"another form": {`<data id="other"/>`, `belongs to the form "other"`},
		"another root": {`<form id="mine"/>`, "the root element is form"},
		"no XML":       {`{"a": 1}`, "no XML element"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := xform.ReadSubmission(strings.NewReader(c.xml), f); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

// wrap puts a body and a model of one question around some XML.
func wrap(instance, model, body string) string {
	return `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>T</h:title><model>` +
		`<instance><data id="t">` + instance + `</data></instance>` + model + `</model></h:head><h:body>` + body + `</h:body></h:html>`
}

// TestHostileXForms reads files that were made to do harm. Each must be refused,
// or read, with bounded work.
func TestHostileXForms(t *testing.T) {
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	cases := map[string]struct{ xml, want string }{
		"entities":          {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>` + wrap("<a>&b;</a>", "", ""), "document types and entities are not accepted"},
		"unknown entity":    {wrap("<a>&b;</a>", "", ""), "no well-formed XML"},
		"deep":              {wrap(strings.Repeat("<g>", 200)+strings.Repeat("</g>", 200), "", ""), "nested more than 100 deep"},
		"many elements":     {wrap(strings.Repeat("<a/>", 600_000), "", ""), "more than 500000 elements"},
		"long tag":          {wrap("<a "+many(200_000, func(i int) string { return fmt.Sprintf("a%d='>' ", i) })+"/>", "", ""), "a tag is longer than 1 MB"},
		"large":             {wrap("<a>"+strings.Repeat("0123456789abcdef", 3<<20)+"</a>", "", ""), "larger than 32 MB"},
		"cut off":           {wrap("<a/>", "", "")[:240], "no well-formed XML"},
		"not closed":        {"<a><b/>", "ends inside the element a"},
		"crossed":           {`<a><b></a></b>`, "ends where"},
		"text in pieces":    {wrap("<a>"+strings.Repeat("x<!-- -->", 400_000)+"</a>", "", `<input ref="/data/a"><label>A</label></input>`), ""},
		"wide instance":     {wrap(many(100_000, func(i int) string { return fmt.Sprintf("<a%d/>", i) }), "", ""), ""},
		"binds by id":       {wrap("<a/>", many(20_000, func(i int) string { return fmt.Sprintf(`<bind id="b%d" nodeset="/data/a%d"/>`, i, i) }), many(20_000, func(i int) string { return fmt.Sprintf(`<input bind="b%d"/>`, i) })), ""},
		"no model":          {`<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head/></h:html>`, "no head with a model"},
		"empty model":       {`<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model/></h:head></h:html>`, "no primary instance"},
		"not XML":           {"PK\x03\x04", "no well-formed XML"},
		"control character": {wrap("<a>\x01</a>", "", ""), "no well-formed XML"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, ps := xform.Read(strings.NewReader(c.xml))
			got := fmt.Sprint(ps)
			switch {
			case c.want == "" && f == nil:
				t.Errorf("refused: %.200s", got)
			case c.want != "" && (f != nil || !strings.Contains(got, c.want)):
				t.Errorf("got %.200s, want …%s…", got, c.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	dir, err := xlsform.ReadCSV(os.DirFS("../../assets/forms/sse_landscape"))
	if err != nil {
		f.Fatal(err)
	}
	form, _ := xlsform.Parse(dir)
	var b bytes.Buffer
	if err := xform.Write(&b, form); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String()[:4000])
	f.Add(wrap("<a/><r jr:template=''><b/></r>", `<bind nodeset="/data/a" type="int" calculate="count(/data/r)"/><setvalue ref="/data/a" event="odk-instance-first-load" value="1"/>`,
		`<input ref="/data/a"><label>A</label></input><group ref="/data/r"><repeat nodeset="/data/r"><select1 ref="/data/r/b"><item><label>x</label><value>y</value></item></select1></repeat></group>`))
	f.Add(wrap("<a>1</a>", `<itext><translation lang="en"><text id="x"><value>A <output value="/data/a"/></value></text></translation></itext><instance id="l"><root><item><name>n</name></item></root></instance>`,
		`<select ref="a"><label ref="jr:itext('x')"/><itemset nodeset="instance('l')/root/item[name != '']"><value ref="name"/><label ref="name"/></itemset></select>`))
	f.Fuzz(func(t *testing.T, text string) {
		form, ps := xform.Read(strings.NewReader(text))
		if form == nil {
			if !survey.Unusable(ps) {
				t.Error("no form and no error")
			}
			return
		}
		if p, _ := interview.Compile(form); p != nil {
			s, _ := p.Start(surveytest.World())
			s.Problems("")
			s.Lines()
			var b bytes.Buffer
			if err := xform.WriteSubmission(&b, form, s.Instance(), "1"); err != nil {
				t.Error(err)
			}
		}
		var b bytes.Buffer
		if err := xform.Write(&b, form); err != nil {
			t.Error(err)
		}
	})
}

func FuzzAttach(f *testing.F) {
	f.Add("towns.csv", "name;label\na;A\n")
	f.Add("towns.geojson", `{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[85.3,27.7]},"properties":{"id":"a"}}]}`)
	f.Add("towns.xml", `<root><item><name>a</name></item></root>`)
	f.Fuzz(func(t *testing.T, name, data string) {
		form := &survey.Form{Instances: map[string]*survey.Instance{"t": {ID: "t", Source: "jr://file/" + name}}}
		if err := xform.Attach(form, name, []byte(data)); err == nil && form.Instances["t"].Root == nil && !strings.Contains(name, "/") && name != "" && name != "." {
			t.Error("no error and no content")
		}
	})
}

func Example() {
	b, _ := xlsform.ReadMarkdown(`
| survey |
| | type    | name    | label             | constraint |
| | integer | members | How many members? | . > 0      |`)
	f, _ := xlsform.Parse(b)
	var w bytes.Buffer
	if err := xform.Write(&w, f); err != nil {
		panic(err)
	}
	again, _ := xform.Read(&w)
	q := again.Items[0].(*survey.Question)
	fmt.Println(q.Kind, q.Constraint, q.Label[""])
	// Output: integer . > 0 How many members?
}
