package xform

import (
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
)

// body writes the controls.
func (w *writer) body() *survey.Element {
	b := element("h:body")
	if w.form.Style != "" {
		set(b, "class", w.form.Style)
	}
	w.controls(b, w.form.Items)
	return b
}

func (w *writer) controls(into *survey.Element, items []survey.Item) {
	for _, it := range items {
		switch t := it.(type) {
		case *survey.Group:
			add(into, w.group(t))
		case *survey.Repeat:
			add(into, w.repeat(t))
		case *survey.Question:
			add(into, w.control(t))
		}
	}
}

// attributes writes the appearance and the body:: columns.
func (w *writer) attributes(e *survey.Element, it survey.Item) {
	n := it.Common()
	if look := w.look(it); look != "" {
		set(e, "appearance", w.paths.link(look, w.paths.byItem[it], false))
	}
	for _, k := range slices.Sorted(maps.Keys(n.Body)) {
		set(e, k, w.paths.link(n.Body[k], w.paths.byItem[it], false))
	}
}

func (w *writer) group(g *survey.Group) *survey.Element {
	e := element("group", "ref", w.paths.byItem[g].path)
	if g.Flat {
		e = element("group")
	}
	w.attributes(e, g)
	if _, table := w.tables[g]; !table && len(g.Label)+len(g.Media) > 0 {
		add(e, w.label(g))
	}
	w.controls(e, w.kids(g))
	return e
}

func (w *writer) repeat(r *survey.Repeat) *survey.Element {
	pl := w.paths.byItem[r]
	outer := add(element("group", "ref", pl.path), w.label(r))
	rep := element("repeat", "nodeset", pl.path)
	switch {
	case counted(r):
		count := pl.parent.below(r.Name + "_count")
		set(rep, "jr:count", " "+w.paths.way("", 0, 0, pl, count, false)+" ")
	case r.Count != "":
		set(rep, "jr:count", w.paths.link(r.Count, pl, false))
	}
	w.attributes(rep, r)
	w.controls(rep, r.Items)
	w.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Dynamic && w.within[it] == r {
			add(rep, w.setDefault(q, "odk-new-repeat"))
		}
		return true
	})
	w.newEntities(rep, r, r.Items)
	return add(outer, rep)
}

// newEntities gives an id to the entities that a new row describes, the inner
// ones first.
func (w *writer) newEntities(rep *survey.Element, at survey.Item, items []survey.Item) {
	for _, it := range items {
		if g, ok := it.(*survey.Group); ok {
			w.newEntities(rep, g, g.Items)
		}
	}
	for _, e := range w.form.Entities {
		if e.ID == "" && e.In == at {
			add(rep, element("setvalue", "ref", w.entityPlace(e).below("@id").path, "event", "odk-new-repeat", "value", "uuid()"))
		}
	}
}

// label writes the label of an item, inline or by reference to the itext.
func (w *writer) label(it survey.Item) *survey.Element {
	n := it.Common()
	from := w.paths.byItem[it]
	if translatable(n.Label, n.Media) {
		id := from.path + ":label"
		w.translate(id, n.Label, n.Media, from)
		return element("label", "ref", "jr:itext('"+id+"')")
	}
	return w.inline("label", n.Label[""], from)
}

func (w *writer) inline(name, text string, from *place) *survey.Element {
	content := w.say(text, from)
	content.Name = name
	return content
}

// hint writes hint and guidance; guidance can only stand in the itext.
func (w *writer) hint(q *survey.Question) *survey.Element {
	from := w.paths.byItem[q]
	if len(q.Hint) == 0 && len(q.Guidance) == 0 {
		return nil
	}
	if len(q.Guidance) == 0 && !translatable(q.Hint, nil) {
		return w.inline("hint", q.Hint[""], from)
	}
	id := from.path + ":hint"
	w.translate(id, q.Hint, nil, from)
	for _, lang := range w.order(q.Guidance) {
		w.itext.put(id, w.language(lang), "guidance", w.say(q.Guidance[lang], from))
	}
	return element("hint", "ref", "jr:itext('"+id+"')")
}

// mediaTypes are the files that an upload takes.
var mediaTypes = map[survey.Kind]string{survey.Image: "image/*", survey.Audio: "audio/*", survey.Video: "video/*",
	survey.File: "application/*", survey.OSM: "osm/*"}

// controlName says which control shows a question, "" for none.
func controlName(q *survey.Question) string {
	switch q.Kind {
	case survey.SelectOne:
		if q.External {
			return "input"
		}
		return "select1"
	case survey.SelectMultiple:
		return "select"
	case survey.Rank:
		return "odk:rank"
	case survey.Range:
		return "range"
	case survey.Acknowledge:
		return "trigger"
	case survey.Image, survey.Audio, survey.Video, survey.File, survey.OSM:
		return "upload"
	case survey.Note:
		return "input"
	}
	if q.Kind.Asked() {
		return "input"
	}
	return ""
}

// control writes the control of a question; questions that are computed and have
// no text of their own have none.
func (w *writer) control(q *survey.Question) *survey.Element {
	name := controlName(q)
	silent := len(q.Label)+len(q.Media)+len(q.Hint)+len(q.Guidance) == 0
	header := strings.HasPrefix(q.Name, "reserved_name_for_field_list_labels_")
	if name == "" || silent && !header && (q.Calculation != "" || len(q.Trigger) > 0 || q.Dynamic) {
		if !silent {
			w.label(q) // translations are kept
			w.hint(q)
		}
		return nil
	}
	pl := w.paths.byItem[q]
	e := element(name, "ref", pl.path)
	if m := mediaTypes[q.Kind]; m != "" {
		set(e, "mediatype", m)
	}
	w.attributes(e, q)
	w.controlParameters(e, q)
	add(e, w.label(q), w.hint(q))
	switch {
	case q.Kind == survey.OSM:
		w.tags(e, q)
	case q.External:
		set(e, "query", w.query(q))
	case q.Kind.Selects():
		w.choices(e, q)
	case q.Parameters["tick_labelset"] != "":
		add(e, w.itemset("instance('"+q.Parameters["tick_labelset"]+"')/root/item", "name", w.labelRef(q.Parameters["tick_labelset"])))
	case q.Parameters["reference-geometry"] != "":
		add(e, w.referenceGeometry(q))
	}
	for _, positions := range [...]bool{false, true} {
		for _, t := range w.triggered[q] {
			if (t.Kind == survey.BackgroundGeopoint) == positions {
				add(e, w.triggeredAction(t))
			}
		}
	}
	return e
}

func (w *writer) triggeredAction(q *survey.Question) *survey.Element {
	pl := w.paths.byItem[q]
	if q.Kind == survey.BackgroundGeopoint {
		return element("odk:setgeopoint", "ref", pl.path, "event", "xforms-value-changed")
	}
	e := element("setvalue", "ref", pl.path, "event", "xforms-value-changed")
	if q.Calculation != "" {
		set(e, "value", w.paths.link(q.Calculation, pl, false))
	}
	return e
}

// bodyParameters are the parameters that become attributes of the control.
var bodyParameters = [][2]string{{"rows", "rows"}, {"app", "intent"}, {"incremental", "incremental"},
	{"capture-accuracy", "accuracyThreshold"}, {"warning-accuracy", "unacceptableAccuracyThreshold"},
	{"tick_interval", "odk:tick-interval"}, {"placeholder", "odk:placeholder"}}

func (w *writer) controlParameters(e *survey.Element, q *survey.Question) {
	for _, pair := range bodyParameters {
		v := q.Parameters[pair[0]]
		if v == "" || pair[0] == "incremental" && v != "true" {
			continue
		}
		set(e, pair[1], v)
	}
	if q.Kind != survey.Range {
		return
	}
	for _, k := range [...][2]string{{"start", "1"}, {"end", "10"}, {"step", "1"}} {
		v := q.Parameters[k[0]]
		if v == "" {
			v = k[1]
		}
		set(e, k[0], v)
	}
}

func (w *writer) tags(e *survey.Element, q *survey.Question) {
	l := w.form.OSM[q.List]
	if l == nil {
		return
	}
	for _, c := range l.Choices {
		add(e, add(element("tag", "key", c.Name), textElement("label", c.Label.In("", ""))))
	}
}

func (w *writer) query(q *survey.Question) string {
	query := "instance('" + q.List + "')/root/item"
	if q.ChoiceFilter != "" {
		query += "[" + w.paths.link(q.ChoiceFilter, w.paths.byItem[q], true) + "]"
	}
	return query
}

func (w *writer) itemset(nodes, value, label string) *survey.Element {
	return add(element("itemset", "nodeset", nodes), element("value", "ref", value), element("label", "ref", label))
}

// choices writes where the choices of a select come from.
func (w *writer) choices(e *survey.Element, q *survey.Question) {
	switch {
	case strings.HasPrefix(q.List, "${"):
		add(e, w.fromRepeat(q))
		return
	case q.Searches():
		w.inlineChoices(e, q)
		return
	}
	value, label := "name", "label"
	switch {
	case strings.HasSuffix(q.File, ".geojson"):
		value, label = "id", "title"
	case q.File == "":
		label = w.labelRef(q.List)
	}
	if v := q.Parameters["value"]; v != "" {
		value = v
	}
	if v := q.Parameters["label"]; v != "" {
		label = v
	}
	nodes := "instance('" + q.List + "')/root/item"
	if q.ChoiceFilter != "" {
		nodes += "[" + w.paths.link(q.ChoiceFilter, w.paths.byItem[q], true) + "]"
	}
	add(e, w.itemset(w.shuffled(q, nodes), value, label))
}

func (w *writer) shuffled(q *survey.Question, nodes string) string {
	if q.Parameters["randomize"] != "true" {
		return nodes
	}
	if seed := q.Parameters["seed"]; seed != "" {
		return "randomize(" + nodes + ", " + strings.TrimSpace(w.paths.link(seed, w.paths.byItem[q], false)) + ")"
	}
	return "randomize(" + nodes + ")"
}

// labelRef is where the label of a list's item stands.
func (w *writer) labelRef(list string) string {
	if l := w.form.Lists[list]; l != nil && translatedList(l) {
		return "jr:itext(itextId)"
	}
	return "label"
}

// translatedList says whether the labels of a list stand in the itext.
func translatedList(l *survey.List) bool {
	return slices.ContainsFunc(l.Choices, func(c survey.Choice) bool {
		return translatable(c.Label, c.Media) || strings.Contains(c.Label[""], "${")
	})
}

// fromRepeat makes choices of the rows of a repeat that answered a question.
func (w *writer) fromRepeat(q *survey.Question) *survey.Element {
	m := reference.FindStringSubmatch(q.List)
	if m == nil || w.paths.byName[m[2]] == nil {
		return nil
	}
	to, from := w.paths.byName[m[2]], w.paths.byItem[q]
	rep := to
	for rep.parent != nil && !rep.repeat {
		rep = rep.parent
	}
	inner := strings.TrimPrefix(to.path, rep.path+"/")
	nodes := rep.path
	if way, ok := relative(from, rep); ok {
		nodes = way
	} else if slices.Contains(from.lineage(), rep) && rep.parent != nil {
		nodes = strings.Repeat("../", len(from.lineage())-len(rep.lineage())+1) + rep.name
	}
	filter := "./" + inner + " != ''"
	if q.ChoiceFilter != "" {
		filter = w.rowFilter(q.ChoiceFilter, rep, from)
	}
	return w.itemset(w.shuffled(q, nodes+"["+filter+"]"), inner, inner)
}

// rowFilter links a filter over the rows of a repeat: questions of the row are
// children of the node that is filtered.
func (w *writer) rowFilter(filter string, rep, from *place) string {
	out := reference.ReplaceAllStringFunc(filter, func(ref string) string {
		m := reference.FindStringSubmatch(ref)
		if to := w.paths.byName[m[2]]; m[1] == "" && to != nil {
			if rest, below := strings.CutPrefix(to.path, rep.path+"/"); below {
				return " ./" + rest + " "
			}
		}
		return ref
	})
	return w.paths.link(out, from, true)
}

// referenceGeometry offers the features that are shown beside a position.
func (w *writer) referenceGeometry(q *survey.Question) *survey.Element {
	ref := q.Parameters["reference-geometry"]
	from := w.paths.byItem[q]
	if m := reference.FindStringSubmatch(ref); m != nil {
		rep := w.paths.byName[m[2]]
		if rep == nil {
			return nil
		}
		nodes := rep.path
		if way, ok := relative(from, rep); ok {
			nodes = way
		}
		if q.ChoiceFilter != "" {
			nodes += "[" + w.rowFilter(q.ChoiceFilter, rep, from) + "]"
		}
		return w.itemset(nodes, "geometry", "geometry")
	}
	nodes := "instance('" + ref + "')/root/item"
	if q.ChoiceFilter != "" {
		nodes += "[" + w.paths.link(q.ChoiceFilter, from, true) + "]"
	}
	return w.itemset(nodes, "name", w.labelRef(ref))
}

// inlineChoices writes choices inside the control, as search() asks for.
func (w *writer) inlineChoices(e *survey.Element, q *survey.Question) {
	l := w.form.Lists[q.List]
	if l == nil {
		return
	}
	for i := range l.Choices {
		c := &l.Choices[i]
		label := textElement("label", c.Label[""])
		if translatedList(l) {
			label = element("label", "ref", "jr:itext('"+choiceID(l, i)+"')")
		}
		add(e, add(element("item"), label, textElement("value", c.Name)))
	}
}
