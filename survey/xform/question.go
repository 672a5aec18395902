package xform

import (
	"fmt"
	"regexp"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// question reads a leaf of the primary instance with its bind and control.
func (rd *reader) question(e *survey.Element, path string, c *control) *survey.Question {
	q := &survey.Question{Node: rd.node(e, path, c), Default: content(e)}
	b := rd.binds[path]
	if b == nil {
		b = &survey.Element{}
	}
	q.Required, q.Constraint, q.Calculation = b.Attr("required"), b.Attr("constraint"), b.Attr("calculate")
	q.ConstraintMessage, q.RequiredMessage = rd.message(b.Attr("jr:constraintMsg")), rd.message(b.Attr("jr:requiredMsg"))
	q.Kind = kindOf(b, c)
	q.Type = q.Kind.String()
	if p := b.Attr("jr:preload"); p != "" {
		if k, ok := preloadKind(p, b.Attr("jr:preloadParams")); ok && c == nil {
			q.Kind = k
		} else if p == "uid" {
			q.Kind = survey.InstanceID
		}
	}
	if c == nil {
		return q
	}
	q.Parameters = controlParameters(c.element, b)
	switch {
	case q.Kind.Selects(), child(c.element, "itemset") != nil:
		rd.choices(q, c.element, path)
	}
	return q
}

// message reads a message attribute: plain, or a reference to the itext.
func (rd *reader) message(v string) survey.Text {
	if m := itextCall.FindStringSubmatch(v); m != nil {
		t, _, _ := rd.itextOf(m[1])
		return t
	}
	if v == "" {
		return nil
	}
	return survey.Text{"": v}
}

// kindOf tells the kind of a question by its control and the type of its bind.
func kindOf(b *survey.Element, c *control) survey.Kind {
	typed, known := inputKinds[strings.TrimPrefix(b.Attr("type"), "xsd:")]
	switch {
	case c == nil && known:
		return typed
	case c == nil && b.Attr("calculate") != "":
		return survey.Calculate
	case c == nil:
		return survey.Hidden
	}
	switch c.element.Name {
	case "select1":
		return survey.SelectOne
	case "select":
		return survey.SelectMultiple
	case "odk:rank":
		return survey.Rank
	case "range":
		return survey.Range
	case "trigger":
		return survey.Acknowledge
	case "upload":
		kind, _, _ := strings.Cut(c.element.Attr("mediatype"), "/")
		switch kind {
		case "image":
			return survey.Image
		case "audio":
			return survey.Audio
		case "video":
			return survey.Video
		case "osm":
			return survey.OSM
		}
		return survey.File
	}
	if known {
		return typed
	}
	if strings.TrimSpace(b.Attr("readonly")) == "true()" && b.Attr("calculate") == "" {
		return survey.Note
	}
	return survey.String
}

var inputKinds = map[string]survey.Kind{"int": survey.Integer, "integer": survey.Integer, "decimal": survey.Decimal, "date": survey.Date,
	"time": survey.Time, "dateTime": survey.DateTime, "geopoint": survey.Geopoint, "geotrace": survey.Geotrace, "geoshape": survey.Geoshape,
	"barcode": survey.Barcode, "binary": survey.File}

func preloadKind(preload, params string) (survey.Kind, bool) {
	if preload == "uid" {
		return survey.InstanceID, true
	}
	for k, p := range preloads {
		if p[0] == preload && p[1] == strings.TrimPrefix(params, "uri:") {
			return k, true
		}
	}
	return 0, false
}

func controlParameters(e, b *survey.Element) map[string]string {
	out := map[string]string{}
	for _, pair := range append([][2]string{{"start", "start"}, {"end", "end"}, {"step", "step"}}, bodyParameters...) {
		if v := e.Attr(pair[1]); v != "" {
			out[pair[0]] = v
		}
	}
	for _, pairs := range bindParameters {
		for _, pair := range pairs {
			if v := b.Attr(pair[1]); v != "" {
				out[pair[0]] = v
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// choices reads where the choices of a question come from: items in the control
// become a list of the form, an itemset is kept.
func (rd *reader) choices(q *survey.Question, e *survey.Element, path string) {
	set := child(e, "itemset")
	if set == nil {
		rd.lists++
		l := &survey.List{Name: fmt.Sprintf("%s_choices_%d", q.Name, rd.lists)}
		for _, it := range kids(e) {
			if it.Name != "item" {
				continue
			}
			c := survey.Choice{}
			if v := child(it, "value"); v != nil {
				c.Name = strings.TrimSpace(content(v))
			}
			c.Label, c.Media, _ = rd.text(child(it, "label"))
			l.Choices = append(l.Choices, c)
		}
		q.List = l.Name
		rd.form.Lists[l.Name] = l
		rd.form.ListNames = append(rd.form.ListNames, l.Name)
		return
	}
	q.Itemset = &survey.Itemset{Nodes: strings.TrimSpace(set.Attr("nodeset"))}
	if v := child(set, "value"); v != nil {
		q.Itemset.Value = strings.TrimSpace(v.Attr("ref"))
	}
	if l := child(set, "label"); l != nil {
		q.Itemset.Label = strings.TrimSpace(l.Attr("ref"))
	}
	if id, _, ok := expr.Items(q.Itemset.Nodes); ok {
		q.Type += " " + id
	}
}

var predicate = regexp.MustCompile(`\[[^\]]*\]`)

// secondary keeps a secondary instance.
func (rd *reader) secondary(e *survey.Element) {
	in := &survey.Instance{ID: e.Attr("id"), Source: e.Attr("src")}
	if in.ID == "" {
		rd.problem(survey.Warning, "", "a secondary instance without an id is left out")
		return
	}
	if ks := kids(e); len(ks) > 0 {
		in.Root = ks[0]
	}
	rd.form.Instances[in.ID] = in
}

// actions turns setvalue elements into actions of the form.
func (rd *reader) actions() {
	for _, s := range rd.sets {
		if s.element.Name != "setvalue" {
			continue // positions and recordings are not taken on laptops
		}
		at := ""
		if s.on != "" {
			at = s.on
			if _, isRepeat := rd.items[at].(*survey.Repeat); !isRepeat {
				at = at[:strings.LastIndexByte(at, '/')]
			}
		}
		nodes := rd.ref(s.element, at)
		path := predicate.ReplaceAllString(nodes, "")
		if path == nodes {
			nodes = ""
		}
		target, ok := rd.items[path].(*survey.Question)
		if !ok {
			rd.problem(survey.Warning, "", "an action sets %s, which is no question of the form", path)
			continue
		}
		rd.form.Actions = append(rd.form.Actions, survey.Action{Events: strings.Fields(s.element.Attr("event")),
			Target: target, Nodes: nodes, On: rd.items[s.on], Value: s.element.Attr("value"), Text: content(s.element)})
	}
}
