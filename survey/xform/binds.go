package xform

import (
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
)

// bindTypes are the data types of the kinds of questions (ODK XForms
// specification, data types); what is not listed is a string.
var bindTypes = map[survey.Kind]string{
	survey.Integer: "int", survey.Decimal: "decimal", survey.Date: "date", survey.Time: "time", survey.DateTime: "dateTime",
	survey.Rank: "odk:rank", survey.Geopoint: "geopoint", survey.Geotrace: "geotrace", survey.Geoshape: "geoshape",
	survey.Image: "binary", survey.Audio: "binary", survey.Video: "binary", survey.File: "binary", survey.OSM: "binary",
	survey.BackgroundAudio: "binary", survey.Audit: "binary", survey.Barcode: "barcode",
	survey.Start: "dateTime", survey.End: "dateTime", survey.Today: "date",
	survey.StartGeopoint: "geopoint", survey.BackgroundGeopoint: "geopoint",
}

// preloads are the values that the application fills in (ODK XForms
// specification, preload attributes).
var preloads = map[survey.Kind][2]string{
	survey.Start: {"timestamp", "start"}, survey.End: {"timestamp", "end"}, survey.Today: {"date", "today"},
	survey.DeviceID: {"property", "deviceid"}, survey.Username: {"property", "username"}, survey.PhoneNumber: {"property", "phonenumber"},
	survey.Email: {"property", "email"}, survey.SubscriberID: {"property", "subscriberid"}, survey.SimSerial: {"property", "simserial"},
}

// bindParameters are the parameters that become attributes of the bind.
var bindParameters = map[survey.Kind][][2]string{
	survey.Image: {{"max-pixels", "orx:max-pixels"}}, survey.Audio: {{"quality", "odk:quality"}},
	survey.Geopoint: {{"allow-mock-accuracy", "odk:allow-mock-accuracy"}}, survey.Geotrace: {{"allow-mock-accuracy", "odk:allow-mock-accuracy"}},
	survey.Geoshape:      {{"allow-mock-accuracy", "odk:allow-mock-accuracy"}},
	survey.StartGeopoint: {{"allow-mock-accuracy", "odk:allow-mock-accuracy"}}, survey.BackgroundGeopoint: {{"allow-mock-accuracy", "odk:allow-mock-accuracy"}},
	survey.Audit: {{"location-priority", "odk:location-priority"}, {"location-min-interval", "odk:location-min-interval"},
		{"location-max-age", "odk:location-max-age"}, {"track-changes", "odk:track-changes"},
		{"track-changes-reasons", "odk:track-changes-reasons"}, {"identify-user", "odk:identify-user"}},
}

func bindType(q *survey.Question) string {
	if q.Kind == survey.Range {
		for _, v := range q.Parameters {
			if strings.Contains(v, ".") {
				return "decimal"
			}
		}
		return "int"
	}
	if t, ok := bindTypes[q.Kind]; ok {
		return t
	}
	return "string"
}

// binds writes the bind and the actions of every item, in document order.
func (w *writer) binds() []*survey.Element {
	var out []*survey.Element
	w.bindAll(w.form.Items, &out)
	w.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Kind == survey.Audit {
			out = append(out, w.questionBind(q))
		}
		return true
	})
	out = append(out, w.entityBinds(nil)...)
	meta := w.paths.root.below("meta")
	if !truthy(w.form.Settings["omit_instanceid"]) {
		id := element("bind", "nodeset", meta.below("instanceID").path, "type", "string", "readonly", "true()")
		if c := w.form.Settings["instance_id"]; c != "" {
			set(id, "jr:preload", c)
		} else {
			set(id, "jr:preload", "uid")
		}
		out = append(out, id)
	}
	if w.form.InstanceName != "" {
		out = append(out, element("bind", "nodeset", meta.below("instanceName").path, "type", "string", "calculate", w.paths.link(w.form.InstanceName, nil, false)))
	}
	return out
}

func (w *writer) bindAll(items []survey.Item, out *[]*survey.Element) {
	put := func(es ...*survey.Element) {
		for _, e := range es {
			if e != nil {
				*out = append(*out, e)
			}
		}
	}
	for _, it := range items {
		switch t := it.(type) {
		case *survey.Group:
			if t.Flat {
				w.frames = append(w.frames, it)
				w.bindAll(w.kids(t), out)
				w.frames = w.frames[:len(w.frames)-1]
				continue
			}
			put(w.groupBind(it))
			w.bindAll(w.kids(t), out)
			put(w.entityBinds(it)...)
		case *survey.Repeat:
			if counted(t) {
				pl := w.paths.byItem[it].parent.below(t.Name + "_count")
				put(element("bind", "nodeset", pl.path, "type", "string", "readonly", "true()", "calculate", w.paths.link(t.Count, pl, false)))
			}
			put(w.groupBind(it))
			w.bindAll(t.Items, out)
			put(w.entityBinds(it)...)
		case *survey.Question:
			if t.Kind != survey.External && t.Kind != survey.Audit {
				put(w.questionBind(t))
				put(w.actions(t)...)
			}
		}
	}
}

func (w *writer) groupBind(it survey.Item) *survey.Element {
	e := element("bind", "nodeset", w.paths.byItem[it].path)
	w.common(e, it)
	if len(e.Attrs) == 1 {
		return nil
	}
	return e
}

// common writes the attributes that binds of all items share.
func (w *writer) common(e *survey.Element, it survey.Item) {
	n := it.Common()
	from := w.paths.byItem[it]
	if relevant := w.relevant(n.Relevant); relevant != "" {
		set(e, "relevant", w.paths.link(relevant, from, false))
	}
	if n.ReadOnly != "" {
		set(e, "readonly", w.paths.link(n.ReadOnly, from, false))
	}
	for _, k := range slices.Sorted(maps.Keys(n.Bind)) {
		set(e, k, w.paths.link(n.Bind[k], from, false))
	}
	for _, k := range slices.Sorted(maps.Keys(n.Sse)) {
		set(e, "sse:"+k, w.paths.link(n.Sse[k], from, false))
	}
}

// relevant joins a condition with those of the frames around it, which have no
// bind of their own.
func (w *writer) relevant(own string) string {
	var all []string
	for _, f := range w.frames {
		if r := f.Common().Relevant; r != "" {
			all = append(all, r)
		}
	}
	if own != "" {
		all = append(all, own)
	}
	if len(all) == 1 {
		return all[0]
	}
	for i := range all {
		all[i] = "(" + all[i] + ")"
	}
	return strings.Join(all, " and ")
}

func (w *writer) questionBind(q *survey.Question) *survey.Element {
	from := w.paths.byItem[q]
	e := element("bind", "nodeset", from.path, "type", bindType(q))
	if p, ok := preloads[q.Kind]; ok {
		set(e, "jr:preload", p[0])
		set(e, "jr:preloadParams", p[1])
		if strings.HasPrefix(q.Type, "uri:") {
			set(e, "jr:preloadParams", q.Type)
		}
	}
	if q.Kind == survey.Note {
		set(e, "readonly", "true()")
	}
	for _, pair := range [...][2]string{{"required", q.Required}, {"constraint", q.Constraint}} {
		if pair[1] != "" {
			set(e, pair[0], w.paths.link(pair[1], from, false))
		}
	}
	if q.Calculation != "" && len(q.Trigger) == 0 {
		set(e, "calculate", w.paths.link(q.Calculation, from, false))
	}
	w.message(e, "jr:constraintMsg", q.ConstraintMessage, from)
	w.message(e, "jr:requiredMsg", q.RequiredMessage, from)
	w.message(e, "jr:noAppErrorString", q.NoAppMessage, from)
	for _, pair := range bindParameters[q.Kind] {
		if v := q.Parameters[pair[0]]; v != "" {
			set(e, pair[1], v)
		}
	}
	if q.SaveTo != "" {
		set(e, "entities:saveto", q.SaveTo)
	}
	w.common(e, q)
	return e
}

// message writes a message as an attribute, or as a reference to the itext where
// it is translated or computed.
func (w *writer) message(e *survey.Element, name string, t survey.Text, from *place) {
	switch plain := t[""]; {
	case len(t) == 0:
	case len(t) == 1 && plain != "" && !strings.Contains(plain, "${"):
		set(e, name, plain)
	default:
		id := from.path + ":" + name
		w.translate(id, t, nil, from)
		set(e, name, "jr:itext('"+id+"')")
	}
}

// actions writes what sets a question's value beside its calculation.
func (w *writer) actions(q *survey.Question) []*survey.Element {
	path := w.paths.byItem[q].path
	switch {
	case q.Kind == survey.StartGeopoint:
		return []*survey.Element{element("odk:setgeopoint", "ref", path, "event", "odk-instance-first-load")}
	case q.Kind == survey.BackgroundAudio:
		e := element("odk:recordaudio", "ref", path, "event", "odk-instance-load")
		if v := q.Parameters["quality"]; v != "" {
			set(e, "odk:quality", v)
		}
		return []*survey.Element{e}
	case q.Dynamic:
		return []*survey.Element{w.setDefault(q, "odk-instance-first-load")}
	}
	return nil
}

func (w *writer) setDefault(q *survey.Question, event string) *survey.Element {
	pl := w.paths.byItem[q]
	return element("setvalue", "ref", pl.path, "event", event, "value", w.paths.link(q.Default, pl, false))
}

// entityBinds computes the attributes of the entities that an item describes.
func (w *writer) entityBinds(in survey.Item) []*survey.Element {
	var out []*survey.Element
	for _, e := range w.form.Entities {
		if e.In != in {
			continue
		}
		at := w.entityPlace(e)
		calc := func(name, expression string) {
			pl := at.below(name)
			b := element("bind", "nodeset", pl.path, "type", "string", "readonly", "true()")
			if expression != "" {
				set(b, "calculate", w.paths.link(expression, pl, false))
			}
			out = append(out, b)
		}
		if e.CreateIf != "" {
			calc("@create", e.CreateIf)
		}
		if e.UpdateIf != "" {
			calc("@update", e.UpdateIf)
		}
		if updates(e) {
			for _, v := range [...]string{"baseVersion", "trunkVersion", "branchId"} {
				column := "__" + v
				if v == "baseVersion" {
					column = "__version"
				}
				calc("@"+v, "instance('"+e.List+"')/root/item[name="+e.ID+"]/"+column)
			}
		}
		calc("@id", e.ID)
		if e.ID == "" {
			out = append(out, element("setvalue", "ref", at.below("@id").path, "event", "odk-instance-first-load", "value", "uuid()"))
		}
		if e.Label != "" {
			calc("label", e.Label)
		}
	}
	return out
}

func (w *writer) entityPlace(e *survey.Entity) *place {
	at := w.paths.root
	if e.In != nil {
		at = w.paths.byItem[e.In]
	}
	return at.below("meta").below("entity")
}
