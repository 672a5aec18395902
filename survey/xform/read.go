package xform

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sselandscape/survey"
)

// Read reads an XForm. The form is nil where the document is none; the problems
// name the element they are about.
func Read(r io.Reader) (*survey.Form, []survey.Problem) {
	html, err := ReadXML(r)
	if err != nil {
		return nil, []survey.Problem{{Text: err.Error(), Hint: "save the form again from the program that made it"}}
	}
	return readDocument(html)
}

func readDocument(html *survey.Element) (*survey.Form, []survey.Problem) {
	rd := &reader{form: &survey.Form{Lists: map[string]*survey.List{}, Settings: map[string]string{}, Initial: map[survey.Field]survey.Value{},
		Instances: map[string]*survey.Instance{}}, binds: map[string]*survey.Element{}, bindIDs: map[string]string{}, controls: map[string]*control{}, texts: map[string]map[string]textForms{},
		items: map[string]survey.Item{}}
	head, body := child(html, "h:head"), child(html, "h:body")
	if html.Name != "h:html" || head == nil || child(head, "model") == nil {
		return nil, []survey.Problem{{Text: "the file is no XForm: it has no head with a model"}}
	}
	if t := child(head, "h:title"); t != nil {
		rd.form.Title = strings.TrimSpace(content(t))
	}
	if !rd.model(child(head, "model")) {
		return nil, rd.problems
	}
	if body != nil {
		rd.form.Style = body.Attr("class")
		rd.body(body, "", nil)
	}
	rd.form.Document = html
	rd.form.Items = rd.nodes(rd.root, "/"+rd.root.Name, "")
	rd.actions()
	rd.form.Texts = map[string]survey.Text{}
	for id := range rd.texts {
		rd.form.Texts[id], _, _ = rd.itextOf(id)
	}
	if rd.form.Title == "" {
		rd.form.Title = rd.form.ID
	}
	return rd.form, rd.problems
}

type reader struct {
	form     *survey.Form
	problems []survey.Problem
	root     *survey.Element            // of the primary instance
	binds    map[string]*survey.Element // by nodeset
	bindIDs  map[string]string          // nodesets by the id of the bind
	controls map[string]*control        // by ref
	texts    map[string]map[string]textForms
	sets     []setvalue
	items    map[string]survey.Item // by path
	lists    int
}

// textForms are the forms of one text in one language: "" is the plain one.
type textForms map[string]string

// control is what the body says about a node.
type control struct {
	element *survey.Element
	repeat  *survey.Element // the repeat element, where there is one
}

// setvalue is an action with the control or repeat it is nested in.
type setvalue struct {
	element *survey.Element
	on      string // path, or "" in the model
}

func (rd *reader) problem(sev survey.Severity, hint, format string, args ...any) {
	rd.problems = append(rd.problems, survey.Problem{Severity: sev, Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (rd *reader) model(m *survey.Element) bool {
	f := rd.form
	var primary *survey.Element
	for _, k := range kids(m) {
		switch k.Name {
		case "instance":
			if primary == nil {
				primary = k
				continue
			}
			rd.secondary(k)
		case "bind":
			path := strings.TrimSpace(k.Attr("nodeset"))
			rd.binds[path] = k
			if id := k.Attr("id"); id != "" {
				rd.bindIDs[id] = path
			}
		case "itext":
			rd.itext(k)
		case "setvalue", "odk:setgeopoint", "odk:recordaudio":
			rd.sets = append(rd.sets, setvalue{element: k})
		case "submission":
			for _, a := range [...][2]string{{"action", "submission_url"}, {"base64RsaPublicKey", "public_key"}, {"orx:auto-send", "auto_send"}, {"orx:auto-delete", "auto_delete"}} {
				if v := k.Attr(a[0]); v != "" {
					f.Settings[a[1]] = v
				}
			}
		}
	}
	if primary == nil || len(kids(primary)) == 0 {
		rd.problem(survey.Error, "", "the model has no primary instance")
		return false
	}
	rd.root = kids(primary)[0]
	f.Root, f.ID, f.Version = rd.root.Name, rd.root.Attr("id"), rd.root.Attr("version")
	if f.Version == "" {
		f.Version = rd.root.Attr("orx:version")
	}
	f.RootAttrs = rd.root.Attrs
	if f.ID == "" {
		f.ID = rd.root.Attr("xmlns")
	}
	if rd.binds[""] != nil {
		rd.problem(survey.Error, "", "a bind has no nodeset")
	}
	return true
}

// itext reads the translations.
func (rd *reader) itext(e *survey.Element) {
	for _, tr := range kids(e) {
		lang := tr.Attr("lang")
		rd.form.Languages = append(rd.form.Languages, lang)
		if _, given := attr(tr, "default"); given || rd.form.DefaultLanguage == "" {
			if given || len(rd.form.Languages) == 1 {
				rd.form.DefaultLanguage = lang
			}
		}
		for _, t := range kids(tr) {
			id := t.Attr("id")
			if rd.texts[id] == nil {
				rd.texts[id] = map[string]textForms{}
			}
			forms := textForms{}
			for _, v := range kids(t) {
				forms[v.Attr("form")] = mixed(v)
			}
			rd.texts[id][lang] = forms
		}
	}
}

func attr(e *survey.Element, name string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// mixed writes the content of a label as a text, with outputs as they stand.
func mixed(e *survey.Element) string {
	var b strings.Builder
	b.WriteString(e.Text)
	for _, k := range e.Children {
		switch {
		case k.Name == "":
			b.WriteString(k.Text)
		case k.Name == "output" || k.Name == "h:output":
			v := k.Attr("value")
			if v == "" {
				v = k.Attr("ref")
			}
			b.WriteString(survey.Output(v))
		default:
			b.WriteString(mixed(k))
		}
	}
	return b.String()
}

var itextCall = regexp.MustCompile(`^\s*jr:itext\(\s*['"]([^'"]*)['"]\s*\)\s*$`)

// text reads a label or hint with its media. A label computed by jr:itext(path)
// becomes a text that calls it.
func (rd *reader) text(e *survey.Element) (t survey.Text, media map[string]survey.Text, guidance survey.Text) {
	if e == nil {
		return nil, nil, nil
	}
	ref := e.Attr("ref")
	if ref == "" {
		if s := strings.TrimSpace(mixed(e)); s != "" {
			t = survey.Text{"": s}
		}
		return t, nil, nil
	}
	m := itextCall.FindStringSubmatch(ref)
	if m == nil {
		return survey.Text{"": survey.Output(ref)}, nil, nil
	}
	return rd.itextOf(m[1])
}

func (rd *reader) itextOf(id string) (t survey.Text, media map[string]survey.Text, guidance survey.Text) {
	put := func(m *survey.Text, lang, s string) {
		if *m == nil {
			*m = survey.Text{}
		}
		(*m)[lang] = s
	}
	for lang, forms := range rd.texts[id] {
		for name, s := range forms {
			switch name {
			case "", "long":
				put(&t, lang, strings.TrimSpace(s))
			case "guidance":
				put(&guidance, lang, s)
			case "image", "audio", "video", "big-image":
				if media == nil {
					media = map[string]survey.Text{}
				}
				mt := media[name]
				put(&mt, lang, s[strings.LastIndexByte(s, '/')+1:])
				media[name] = mt
			}
		}
	}
	return t, media, guidance
}

// body reads controls; at is the path that relative refs start from.
func (rd *reader) body(e *survey.Element, at string, group *survey.Element) {
	for _, k := range kids(e) {
		switch k.Name {
		case "group":
			ref := rd.ref(k, at)
			if ref == "" {
				rd.body(k, at, k)
				continue
			}
			if rep := child(k, "repeat"); rep != nil && rd.refOf(rep, "nodeset", at) == ref {
				rd.controls[ref] = &control{element: k, repeat: rep}
			} else {
				rd.controls[ref] = &control{element: k}
			}
			rd.body(k, ref, k)
		case "repeat":
			ref := rd.refOf(k, "nodeset", at)
			switch {
			case ref == "":
				rd.problem(survey.Error, "", "a repeat has no nodeset")
				continue
			case rd.controls[ref] == nil:
				frame := group // a group without ref around the repeat labels it
				if frame == nil || frame.Attr("ref") != "" {
					frame = element("group")
				}
				rd.controls[ref] = &control{element: frame, repeat: k}
			default:
				rd.controls[ref].repeat = k
			}
			rd.nested(k, ref)
			rd.body(k, ref, nil)
		case "label", "hint", "itemset", "item", "help", "alert":
		case "setvalue", "odk:setgeopoint":
		default:
			ref := rd.ref(k, at)
			if ref == "" {
				rd.problem(survey.Error, "", "the control %s does not say which node it is for", k.Name)
				continue
			}
			rd.controls[ref] = &control{element: k}
			rd.nested(k, ref)
		}
	}
}

// nested keeps the actions inside a control.
func (rd *reader) nested(e *survey.Element, on string) {
	for _, k := range kids(e) {
		if k.Name == "setvalue" || k.Name == "odk:setgeopoint" {
			rd.sets = append(rd.sets, setvalue{k, on})
		}
	}
}

func (rd *reader) ref(e *survey.Element, at string) string {
	if path, ok := rd.bindIDs[e.Attr("bind")]; ok && e.Attr("ref") == "" {
		return path
	}
	return rd.refOf(e, "ref", at)
}

// refOf makes the path in an attribute absolute.
func (rd *reader) refOf(e *survey.Element, name, at string) string {
	ref := strings.TrimSpace(e.Attr(name))
	if ref == "" || strings.HasPrefix(ref, "/") {
		return strings.TrimSuffix(ref, "/")
	}
	for _, p := range [...]string{"current()/", "./"} {
		ref = strings.TrimPrefix(ref, p)
	}
	if at == "" {
		at = "/" + rd.root.Name
	}
	for strings.HasPrefix(ref, "../") {
		ref = ref[3:]
		at = at[:strings.LastIndexByte(at, '/')]
	}
	if ref == "." {
		return at
	}
	return at + "/" + ref
}

// nodes reads the children of an instance node.
func (rd *reader) nodes(e *survey.Element, path string, within survey.Field) []survey.Item {
	var out []survey.Item
	same := map[string][]*survey.Element{} // elements by name
	for _, k := range kids(e) {
		same[k.Name] = append(same[k.Name], k)
	}
	for _, k := range kids(e) {
		at := path + "/" + k.Name
		if same[k.Name][0] != k {
			continue
		}
		c := rd.controls[at]
		switch {
		case c != nil && c.repeat != nil || slices.ContainsFunc(same[k.Name], template):
			out = append(out, rd.repeat(same[k.Name], at, c, within))
		case len(kids(k)) > 0 || c != nil && c.element.Name == "group":
			g := &survey.Group{Node: rd.node(k, at, c)}
			rd.items[at] = g
			g.Items = rd.nodes(k, at, within)
			out = append(out, g)
		default:
			q := rd.question(k, at, c)
			rd.items[at] = q
			out = append(out, q)
		}
	}
	return out
}

// template says whether an element is the model of the rows of a repeat.
func template(e *survey.Element) bool { _, is := attr(e, "jr:template"); return is }

// repeat reads a repeat: its template, and the rows that the instance holds.
func (rd *reader) repeat(elements []*survey.Element, path string, c *control, within survey.Field) *survey.Repeat {
	model, name := elements[0], elements[0].Name
	var rows []*survey.Element
	for _, k := range elements {
		switch {
		case !template(k):
			rows = append(rows, k)
		case !template(model):
			model = k
		}
	}
	r := &survey.Repeat{Node: rd.node(model, path, c)}
	rd.items[path] = r
	if c != nil && c.repeat != nil {
		r.Count = strings.TrimSpace(c.repeat.Attr("jr:count"))
		r.Fixed = truthy(strings.TrimSuffix(c.repeat.Attr("jr:noAddRemove"), "()"))
		if a := c.repeat.Attr("appearance"); a != "" {
			r.Appearance = a
		}
	}
	r.Items = rd.nodes(model, path, "")
	if r.Fixed && len(rows) == 0 {
		rows = []*survey.Element{model}
	}
	for i, row := range rows {
		field := within + survey.Field(name+"["+strconv.Itoa(i+1)+"]")
		rd.form.Initial[field] = survey.Of("1")
		rd.initial(row, path, field+"/")
	}
	return r
}

// initial keeps the values of a row that the instance holds.
func (rd *reader) initial(row *survey.Element, path string, within survey.Field) {
	count := map[string]int{}
	for _, k := range kids(row) {
		at := path + "/" + k.Name
		if template(k) {
			continue
		}
		switch rd.items[at].(type) {
		case *survey.Repeat:
			count[k.Name]++
			field := within + survey.Field(k.Name+"["+strconv.Itoa(count[k.Name])+"]")
			rd.form.Initial[field] = survey.Of("1")
			rd.initial(k, at, field+"/")
		case *survey.Group:
			rd.initial(k, at, within)
		case *survey.Question:
			rd.form.Initial[within+survey.Field(k.Name)] = survey.Of(content(k))
		}
	}
}

// node reads what all items share.
func (rd *reader) node(e *survey.Element, path string, c *control) survey.Node {
	n := survey.Node{Name: e.Name, ModelOnly: c == nil}
	for _, a := range e.Attrs {
		if a.Name == "jr:template" || strings.HasPrefix(a.Name, "xmlns") {
			continue
		}
		at := survey.Attribute{Name: a.Name, Value: a.Value}
		if b := rd.binds[path+"/@"+a.Name]; b != nil {
			at.Calculation = b.Attr("calculate")
		}
		n.Attrs = append(n.Attrs, at)
	}
	if b := rd.binds[path]; b != nil {
		n.Relevant, n.ReadOnly = b.Attr("relevant"), b.Attr("readonly")
		n.SaveTo = b.Attr("entities:saveto")
		if v := b.Attr("required"); v != "" {
			n.Bind = map[string]string{"required": v}
		}
		for _, a := range b.Attrs {
			if own, ok := strings.CutPrefix(a.Name, "sse:"); ok {
				if n.Sse == nil {
					n.Sse = map[string]string{}
				}
				n.Sse[own] = a.Value
			}
		}
	}
	if c != nil {
		n.Appearance = c.element.Attr("appearance")
		n.Label, n.Media, _ = rd.text(child(c.element, "label"))
		n.Hint, _, n.Guidance = rd.text(child(c.element, "hint"))
	}
	return n
}
