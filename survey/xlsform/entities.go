package xlsform

import (
	"slices"
	"strings"

	"sselandscape/survey"
)

var entityColumns = []string{"list_name", "label", "entity_id", "create_if", "update_if", "note", "disabled"}

// entities reads the declarations of entities (ODK Entities specification).
func (p *parser) entities(s Sheet) {
	seen := map[string]int{}
	for _, r := range p.records(s, entitySheet) {
		e := &survey.Entity{List: r.get("list_name"), Label: r.get("label"), ID: r.get("entity_id"),
			CreateIf: r.get("create_if"), UpdateIf: r.get("update_if"), Row: r.row}
		for _, c := range r.cols {
			if !slices.Contains(entityColumns, c.name) {
				p.add(r.problem(c.name, "known are list_name, label, entity_id, create_if and update_if", "the sheet has no use for the column %q", c.title))
			}
		}
		creates := e.ID == "" || e.CreateIf != ""
		switch at, twice := seen[e.List]; {
		case e.List == "":
			p.add(r.problem("list_name", "write the name of the entity list", "the entity list has no name"))
		case strings.HasPrefix(e.List, "__"):
			p.add(r.problem("list_name", "choose another name", "the name of an entity list cannot begin with two underscores"))
		case strings.Contains(e.List, "."):
			p.add(r.problem("list_name", "leave the period out", "the name of an entity list cannot have a period"))
		case !nameRule.MatchString(e.List):
			p.add(r.problem("list_name", nameHint, "%q cannot be the name of an entity list", e.List))
		case twice:
			p.add(r.problem("list_name", "keep one of them", "the entity list %s stands in row %d already", e.List, at))
		case e.UpdateIf != "" && e.ID == "":
			p.add(r.problem("update_if", "add entity_id", "to update an entity of %s its entity_id is needed", e.List))
		case creates && e.Label == "" && !(e.CreateIf != "" && e.UpdateIf != "" && e.ID != ""):
			p.add(r.problem("label", "add a label, or entity_id where entities exist already", "an entity created in %s needs a label", e.List))
		}
		seen[e.List] = r.row
		p.entityRows = append(p.entityRows, r)
		p.form.Entities = append(p.form.Entities, e)
	}
}

// saved is a question whose answer becomes a property of an entity.
type saved struct {
	item     survey.Item
	property string
}

// allocate decides which group, repeat or form describes each entity.
//
// Only one entity fits into each. An entity belongs into the innermost repeat
// that its questions share; there it takes the place that encloses its properties,
// or without properties the deepest place that its expressions mention, and moves
// outwards where that is taken.
func (p *parser) allocate() {
	savings := p.savings()
	taken := map[survey.Item]*survey.Entity{}  // nil key: the form
	passed := map[survey.Item]*survey.Entity{} // between an entity and its properties
	for _, withProperties := range [...]bool{true, false} {
		for i, e := range p.form.Entities {
			if has := len(savings[e]) > 0; has != withProperties {
				continue
			}
			p.place(i, e, savings[e], taken, passed)
		}
	}
}

// savings reads the column save_to: "property" or "list#property".
func (p *parser) savings() map[*survey.Entity][]saved {
	out := map[*survey.Entity][]saved{}
	type key struct {
		e    *survey.Entity
		name string
	}
	seen := map[key]int{}
	p.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		n := it.Common()
		if _, ok := it.(*survey.Question); !ok || n.SaveTo == "" {
			return true
		}
		r := p.where[it]
		list, property, prefixed := strings.Cut(n.SaveTo, "#")
		if !prefixed {
			list, property = "", n.SaveTo
		}
		e := p.entityOf(list)
		switch {
		case len(p.form.Entities) == 0:
			p.add(r.problem("save_to", "add a sheet entities", "no entity is declared that could take %s", n.SaveTo))
		case !prefixed && len(p.form.Entities) > 1:
			p.add(r.problem("save_to", "write the entity list in front: list#"+property, "there are several entity lists, and %s does not say which", property))
		case e == nil:
			p.add(r.problem("save_to", "check the spelling", "there is no entity list %s", list))
		case strings.EqualFold(property, "name") || strings.EqualFold(property, "label") || strings.HasPrefix(property, "__"):
			p.add(r.problem("save_to", "choose another name", "the property name %s is kept for other uses", property))
		case !nameRule.MatchString(property):
			p.add(r.problem("save_to", nameHint, "%q cannot be the name of a property", property))
		case seen[key{e, property}] > 0:
			p.add(r.problem("save_to", "rename one of them", "row %d is saved as %s already", seen[key{e, property}], property))
		default:
			out[e] = append(out[e], saved{it, property})
		}
		if e != nil {
			seen[key{e, property}] = n.Row
		}
		n.SaveTo = property
		return true
	})
	return out
}

func (p *parser) entityOf(list string) *survey.Entity {
	for _, e := range p.form.Entities {
		if e.List == list || list == "" && len(p.form.Entities) == 1 {
			return e
		}
	}
	return nil
}

func (p *parser) place(i int, e *survey.Entity, properties []saved, taken, passed map[survey.Item]*survey.Entity) {
	r := p.entityRows[i]
	mentioned := p.mentioned(r)
	inner := p.innermost(properties, mentioned)
	for _, s := range properties {
		if p.repeatOf(s.item) != inner {
			p.add(p.where[s.item].problem("save_to", "save answers of one repeat into one entity", "the entity %s belongs to another repeat than this question", e.List))
			return
		}
	}
	for _, it := range mentioned {
		if rep := p.repeatOf(it); rep != nil && rep != inner && !slices.Contains(p.within[inner], survey.Item(rep)) {
			p.add(r.problem("label", "mention questions of one repeat, or outside of repeats", "the entity %s mentions ${%s} of another repeat", e.List, it.Common().Name))
			return
		}
	}
	at := p.base(inner, properties, mentioned)
	if len(p.form.Entities) == 1 && inner == nil {
		at = nil
	}
	for ; ; at = p.parent(at) {
		if taken[at] == nil && (passed[at] == nil || passed[at] == e) && p.free(at, properties, taken) {
			break
		}
		if at == nil || at == inner {
			p.add(r.problem("list_name", "put the questions of each entity into a group of their own", "there is no place left for the entity %s: another one is described there", e.List))
			return
		}
	}
	e.In, taken[at] = at, e
	for _, s := range properties {
		for k := p.parent(s.item); k != at; k = p.parent(k) {
			passed[k] = e
		}
	}
}

// free says whether no other entity stands between a place and the properties.
func (p *parser) free(at survey.Item, properties []saved, taken map[survey.Item]*survey.Entity) bool {
	for _, s := range properties {
		for k := p.parent(s.item); k != at && k != nil; k = p.parent(k) {
			if taken[k] != nil {
				return false
			}
		}
	}
	return true
}

// mentioned lists the items that the expressions of a declaration refer to.
func (p *parser) mentioned(r record) []survey.Item {
	var out []survey.Item
	for _, col := range [...]string{"label", "entity_id", "create_if", "update_if"} {
		for _, m := range refs.FindAllStringSubmatch(r.get(col), -1) {
			if found := p.names[m[1]]; len(found) == 1 {
				out = append(out, found[0])
			}
		}
		p.references(r, col, r.get(col))
	}
	return out
}

// innermost returns the deepest repeat around any of the items.
func (p *parser) innermost(properties []saved, mentioned []survey.Item) survey.Item {
	var deepest survey.Item
	depth := 0
	see := func(it survey.Item) {
		if rep := p.repeatOf(it); rep != nil && len(p.within[rep])+1 > depth {
			deepest, depth = rep, len(p.within[rep])+1
		}
	}
	for _, s := range properties {
		see(s.item)
	}
	for _, it := range mentioned {
		see(it)
	}
	return deepest
}

// base is where an entity would like to be described.
func (p *parser) base(inner survey.Item, properties []saved, mentioned []survey.Item) survey.Item {
	if len(properties) == 0 {
		best, depth := inner, -1
		for _, it := range mentioned {
			if d := len(p.within[it]); p.repeatOf(it) == inner && d > depth {
				best, depth = p.parent(it), d
			}
		}
		return best
	}
	shared := p.within[properties[0].item]
	for _, s := range properties[1:] {
		w := p.within[s.item]
		n := 0
		for n < len(shared) && n < len(w) && shared[n] == w[n] {
			n++
		}
		shared = shared[:n]
	}
	if len(shared) == 0 {
		return nil
	}
	return shared[len(shared)-1]
}

// parent returns the group or repeat around an item, nil for the form.
func (p *parser) parent(it survey.Item) survey.Item {
	if w := p.within[it]; len(w) > 0 {
		return w[len(w)-1]
	}
	return nil
}

// repeatOf returns the innermost repeat around an item, or nil.
func (p *parser) repeatOf(it survey.Item) survey.Item {
	w := p.within[it]
	for i := len(w) - 1; i >= 0; i-- {
		if _, is := w[i].(*survey.Repeat); is {
			return w[i]
		}
	}
	return nil
}
