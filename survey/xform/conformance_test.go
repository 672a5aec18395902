package xform_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"sselandscape/survey"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xform"
	"sselandscape/survey/xlsform"
)

type conversion struct {
	ID       string
	FormName string `json:"form_name"`
	Sheets   map[string][]map[string]string
	Headers  map[string][]string
	XForm    string
	Error    string
}

// book lays the recorded rows out as sheets.
func (c conversion) book() xlsform.Book {
	var b xlsform.Book
	for name, rows := range c.Sheets {
		heads := c.Headers[name]
		for _, r := range rows {
			for _, k := range sortedKeys(r) {
				if !slices.Contains(heads, k) {
					heads = append(heads, k)
				}
			}
		}
		s := xlsform.Sheet{Name: name, Rows: [][]string{heads}}
		for _, r := range rows {
			var cells []string
			for _, h := range heads {
				cells = append(cells, r[h])
			}
			s.Rows = append(s.Rows, cells)
		}
		b.Sheets = append(b.Sheets, s)
	}
	return b
}

// named adds the name of the form to its settings, as the recorder did.
func (c conversion) named() xlsform.Book {
	b := c.book()
	i := slices.IndexFunc(b.Sheets, func(s xlsform.Sheet) bool { return s.Name == "settings" })
	switch {
	case i < 0:
		b.Sheets = append(b.Sheets, xlsform.Sheet{Name: "settings", Rows: [][]string{{"name"}, {c.FormName}}})
	case !slices.Contains(b.Sheets[i].Rows[0], "name"):
		rows := b.Sheets[i].Rows
		rows[0] = append(rows[0], "name")
		rows[1] = append(rows[1], c.FormName)
	}
	return b
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func TestConformanceConversion(t *testing.T) {
	var file struct{ Cases []conversion }
	if err := json.Unmarshal(surveytest.Recorded(t, "xlsform-conversion.json"), &file); err != nil {
		t.Fatal(err)
	}
	var forms, refusals surveytest.Tally
	for _, c := range file.Cases {
		f, ps := xlsform.Parse(c.named())
		if c.Error != "" {
			refusals.Count(t, c.ID, refusal(ps))
			continue
		}
		why := "refused: " + fmt.Sprint(ps)
		if f != nil {
			why = difference(t, c.XForm, f)
		}
		forms.Count(t, c.ID, why)
	}
	forms.Report(t, "xlsform-conversion", 0.97)
	refusals.Report(t, "xlsform-refusals", 1)
}

// refusal says what is missing in the answer to a form that must be refused.
func refusal(ps []survey.Problem) string {
	for _, p := range ps {
		if p.Severity == survey.Error && (p.Row > 0 || p.Sheet != "") {
			return ""
		}
	}
	return fmt.Sprint("not refused: ", ps)
}

func TestConformanceWorkbooks(t *testing.T) {
	var files []struct{ File, XForm, Error string }
	if err := json.Unmarshal(surveytest.Recorded(t, "xlsforms/manifest.json"), &files); err != nil {
		t.Fatal(err)
	}
	var books surveytest.Tally
	for _, c := range files {
		b, err := xlsform.ReadXLSX(bytes.NewReader(surveytest.Recorded(t, "xlsforms/"+c.File)))
		if err != nil {
			books.Count(t, c.File, err.Error())
			continue
		}
		recorded := ""
		if c.XForm != "" {
			recorded = string(surveytest.Recorded(t, "xlsforms/"+c.XForm))
			b.Name = formID(recorded) // the recorder chose the file's name
		}
		f, ps := xlsform.Parse(b)
		switch {
		case c.Error != "":
			books.Count(t, c.File, refusal(ps))
		case f == nil:
			books.Count(t, c.File, "refused: "+fmt.Sprint(ps))
		default:
			books.Count(t, c.File, difference(t, recorded, f))
		}
	}
	books.Report(t, "xlsforms", 1)
}

// formID returns the id of a recorded XForm.
func formID(text string) string {
	for _, k := range parseXML(text).child("h:html").child("h:head").child("model").kids {
		if k.name == "instance" && len(k.kids) > 0 {
			return k.kids[0].attrs["id"]
		}
	}
	return ""
}

// difference compares the XForm of a form with a recorded one, part by part.
func difference(t *testing.T, want string, f *survey.Form) string {
	var b bytes.Buffer
	if err := xform.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	w, g := parts(want), parts(b.String())
	var out []string
	for _, k := range sortedKeys(w) {
		if g[k] != w[k] {
			out = append(out, fmt.Sprintf("%s\n\twant %s\n\t got %s", k, w[k], g[k]))
		}
	}
	for _, k := range sortedKeys(g) {
		if _, ok := w[k]; !ok {
			out = append(out, fmt.Sprintf("%s\n\twant none\n\t got %s", k, g[k]))
		}
	}
	return strings.Join(out, "\n")
}

// xmlNode is an element for comparing.
type xmlNode struct {
	name  string
	attrs map[string]string
	kids  []*xmlNode
	text  string
}

func parseXML(text string) *xmlNode {
	d := xml.NewDecoder(strings.NewReader(text))
	root := &xmlNode{}
	stack := []*xmlNode{root}
	for {
		tok, err := d.RawToken()
		if err != nil {
			return root
		}
		top := stack[len(stack)-1]
		switch x := tok.(type) {
		case xml.StartElement:
			n := &xmlNode{name: qualified(x.Name), attrs: map[string]string{}}
			for _, a := range x.Attr {
				n.attrs[qualified(a.Name)] = squeeze(a.Value)
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if s := squeeze(string(x)); s != "" {
				top.kids = append(top.kids, &xmlNode{text: s})
			}
		}
	}
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func (n *xmlNode) String() string {
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	b.WriteString("<" + n.name)
	for _, k := range sortedKeys(n.attrs) {
		fmt.Fprintf(&b, " %s=%q", k, n.attrs[k])
	}
	b.WriteString(">")
	for _, k := range n.kids {
		b.WriteString(k.String())
	}
	b.WriteString("</>")
	return b.String()
}

func (n *xmlNode) child(name string) *xmlNode {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return &xmlNode{}
}

// parts cuts an XForm into the pieces that are compared: where the order of
// elements has no meaning (binds, lists, texts) each stands alone.
func parts(text string) map[string]string {
	out := map[string]string{}
	html := parseXML(text).child("h:html")
	for k, v := range html.attrs {
		out["namespace "+k] = v
	}
	out["title"] = html.child("h:head").child("h:title").String()
	model := html.child("h:head").child("model")
	out["model"] = fmt.Sprint(model.attrs)
	out["body"] = html.child("h:body").String()
	for i, k := range model.kids {
		switch k.name {
		case "itext":
			for _, tr := range k.kids {
				out["translation "+tr.attrs["lang"]] = tr.attrs["default"]
				for _, text := range tr.kids {
					var values []string
					for _, v := range text.kids {
						values = append(values, v.String())
					}
					sort.Strings(values)
					out["text "+tr.attrs["lang"]+" "+text.attrs["id"]] = strings.Join(values, "")
				}
			}
		case "instance":
			out["instance "+k.attrs["id"]] = k.String()
		case "bind":
			out["bind "+k.attrs["nodeset"]] = k.String()
		default:
			out[k.name+" "+k.attrs["ref"]+" "+k.attrs["event"]] = k.String()
		}
		_ = i
	}
	return out
}
