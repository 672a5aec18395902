package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ChangeKind says in what two versions of a form differ.
type ChangeKind string

// The kinds of changes.
const (
	ItemAdded        ChangeKind = "added"
	ItemGone         ChangeKind = "gone"
	ItemRenamed      ChangeKind = "renamed" // a guess, which a person confirms
	ItemMoved        ChangeKind = "moved"   // into or out of groups and repeats
	TypeChanged      ChangeKind = "type"
	ListChanged      ChangeKind = "list" // the question takes its choices from elsewhere
	ChoiceAdded      ChangeKind = "choice added"
	ChoiceGone       ChangeKind = "choice gone"
	ChoiceRenamed    ChangeKind = "choice renamed"
	ChoiceRelabelled ChangeKind = "choice label"
	LabelChanged     ChangeKind = "label"
	RelevantChanged  ChangeKind = "relevant"
	RequiredChanged  ChangeKind = "required"
	ConstraintMoved  ChangeKind = "constraint"
	Recalculated     ChangeKind = "calculation"
	CountChanged     ChangeKind = "repeat count"
)

// Fit says whether a stored answer is one of another type as it stands.
type Fit uint8

// The fits. Texts are never coerced; FitDepends asks each answer.
const (
	FitNever Fit = iota
	FitDepends
	FitAlways
)

// FormChange is one difference between two versions of a form.
type FormChange struct {
	Kind     ChangeKind
	Old, New Item   // in the two versions, nil where there is none and for choices
	OldField string // pattern of its answers in the old version: see Field.Pattern
	NewField string
	From, To string // what it was and is: type, expression, label, names around it
	Reason   string // why a renaming is guessed
	Fits     Fit    // of a changed type
	List     string // of choices: name of the list
	Code     string // of choices: name of the choice in the old version, or of one that is added
}

// pair is an item in both versions.
type pair struct{ old, new *placed }

// placed is an item and where it stands.
type placed struct {
	item   Item
	field  string
	within []Item
	before Item // the item in front of it in the same group, nil for the first
	at     int
}

func place(f *Form) []*placed {
	fields := f.Patterns()
	last := map[Item]Item{}
	var out []*placed
	f.Walk(func(it Item, within []Item) bool {
		var parent Item
		if len(within) > 0 {
			parent = within[len(within)-1]
		}
		out = append(out, &placed{item: it, field: fields[it], within: within, before: last[parent], at: len(out)})
		last[parent] = it
		return true
	})
	return out
}

// comparison is two forms being compared.
type comparison struct {
	old, new         *Form
	olds, news       []*placed
	toNew            map[Item]*placed // of items of the old form
	matched          map[Item]bool    // items of the new form
	reasons          map[Item]string  // of guessed renamings, by old item
	references       *strings.Replacer
	pairs            []pair
	out              []FormChange
	oldList, newList map[string]*List
}

// CompareForms says in what a version of a form differs from an earlier one, in the
// order of the new one; what is gone comes last, then choices. It looks at what
// concerns answers and what people are asked: hints, pictures and appearance may
// differ without a word.
//
// Questions are the same where name and place are; else where the name is and
// stands once; else a renaming is guessed from the same label, or from the same
// place with similar words, of the same type.
func CompareForms(old, new *Form) []FormChange {
	c := &comparison{old: old, new: new, olds: place(old), news: place(new), toNew: map[Item]*placed{}, matched: map[Item]bool{}, reasons: map[Item]string{},
		oldList: old.Lists, newList: new.Lists}
	c.match()
	c.renames()
	for _, n := range c.news {
		i := slices.IndexFunc(c.pairs, func(p pair) bool { return p.new == n })
		if i < 0 {
			c.add(FormChange{Kind: ItemAdded, New: n.item, NewField: n.field})
			continue
		}
		c.compare(c.pairs[i])
	}
	for _, o := range c.olds {
		if c.toNew[o.item] == nil {
			c.add(FormChange{Kind: ItemGone, Old: o.item, OldField: o.field})
		}
	}
	c.lists()
	return c.out
}

func (c *comparison) add(x FormChange) { c.out = append(c.out, x) }

func (c *comparison) join(o, n *placed) {
	c.toNew[o.item] = n
	c.matched[n.item] = true
	c.pairs = append(c.pairs, pair{o, n})
}

// sortOf says what an item is; items of different sorts are never the same.
func sortOf(it Item) string { return fmt.Sprintf("%T", it) }

// match finds the items that are in both versions.
func (c *comparison) match() {
	c.by(func(p *placed) string { return sortOf(p.item) + p.field + "\x00" + path(p.within) }) // where nothing moved
	c.by(func(p *placed) string { return sortOf(p.item) + p.field })
	c.by(func(p *placed) string { return sortOf(p.item) + p.item.Common().Name })
}

func path(within []Item) string {
	var names []string
	for _, it := range within {
		names = append(names, it.Common().Name)
	}
	return strings.Join(names, "/")
}

// by joins the items that have a key for themselves in both versions.
func (c *comparison) by(key func(*placed) string) {
	news, olds := map[string][]*placed{}, map[string]int{}
	for _, n := range c.news {
		if !c.matched[n.item] {
			news[key(n)] = append(news[key(n)], n)
		}
	}
	for _, o := range c.olds {
		if c.toNew[o.item] == nil {
			olds[key(o)]++
		}
	}
	for _, o := range c.olds {
		if k := key(o); c.toNew[o.item] == nil && olds[k] == 1 && len(news[k]) == 1 {
			c.join(o, news[k][0])
		}
	}
}

// renames guesses which items that are gone are among the added ones.
func (c *comparison) renames() {
	type guess struct {
		o, n   *placed
		score  float64
		reason string
	}
	var all []guess
	for _, o := range c.olds {
		if c.toNew[o.item] != nil {
			continue
		}
		for _, n := range c.news {
			if c.matched[n.item] || !c.alike(o.item, n.item) {
				continue
			}
			if score, reason := c.likeness(o, n); reason != "" {
				all = append(all, guess{o, n, score, reason})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b guess) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(abs(a.o.at-a.n.at), abs(b.o.at-b.n.at)))
	})
	var pairs []string
	for _, g := range all {
		if c.toNew[g.o.item] == nil && !c.matched[g.n.item] {
			c.join(g.o, g.n)
			c.reasons[g.o.item] = g.reason
			pairs = append(pairs, "${"+g.o.item.Common().Name+"}", "${"+g.n.item.Common().Name+"}")
		}
	}
	c.references = strings.NewReplacer(pairs...)
}

func abs(n int) int { return max(n, -n) }

// alike says whether a renaming may be guessed: the same sort, type and choices.
func (c *comparison) alike(o, n Item) bool {
	if sortOf(o) != sortOf(n) {
		return false
	}
	a, ok := o.(*Question)
	if !ok {
		return true
	}
	b := n.(*Question)
	if a.Kind != b.Kind || !a.Kind.Selects() {
		return a.Kind == b.Kind
	}
	return a.List == b.List || overlap(codesOf(c.oldList[a.List]), codesOf(c.newList[b.List])) >= 0.5
}

// likeness says how much speaks for a renaming, and what.
func (c *comparison) likeness(o, n *placed) (float64, string) {
	a, b := o.item.Common().Label, n.item.Common().Label
	best := 0.0
	for _, t := range c.said(a, b) {
		if words(t[0]) == words(t[1]) && words(t[0]) != "" {
			return 2, "the same label"
		}
		best = max(best, overlap(strings.Fields(words(t[0])), strings.Fields(words(t[1]))))
	}
	samePlace := o.before == nil && n.before == nil || o.before != nil && n.before != nil && c.toNew[o.before] != nil && c.toNew[o.before].item == n.before
	if !samePlace {
		return 0, ""
	}
	if best >= 0.5 {
		return best, "the same place and type, similar words"
	}
	if p, ok := o.item.(*Question); ok { // computed
		if q := n.item.(*Question); p.Calculation != "" && p.Calculation == q.Calculation {
			return 0.5, "the same calculation in the same place"
		}
		return 0, ""
	}
	if best = overlap(namesIn(o.item), namesIn(n.item)); best >= 0.5 {
		return best, "the same place, the same questions inside"
	}
	return 0, ""
}

// namesIn lists the names in a group or repeat.
func namesIn(it Item) []string {
	var items []Item
	switch t := it.(type) {
	case *Group:
		items = t.Items
	case *Repeat:
		items = t.Items
	case *Question:
	}
	out := make([]string, len(items))
	for i, k := range items {
		out[i] = k.Common().Name
	}
	return out
}

// words is a label without what does not matter: capitals, marks, space.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" \t\n\u00a0*?.,:;!()\"'", r) }), " ")
}

// overlap is how much two sets have in common, from 0 to 1 (Jaccard).
func overlap(a, b []string) float64 {
	seen := map[string]int{}
	for _, x := range a {
		seen[x] |= 1
	}
	for _, x := range b {
		seen[x] |= 2
	}
	both := 0
	for _, in := range seen {
		if in == 3 {
			both++
		}
	}
	if len(seen) == 0 {
		return 0
	}
	return float64(both) / float64(len(seen))
}

func codesOf(l *List) []string {
	if l == nil {
		return nil
	}
	out := make([]string, len(l.Choices))
	for i := range l.Choices {
		out[i] = l.Choices[i].Name
	}
	return out
}

// compare lists what differs in an item of both versions.
func (c *comparison) compare(p pair) {
	o, n := p.old.item.Common(), p.new.item.Common()
	change := func(k ChangeKind, from, to string) *FormChange {
		c.add(FormChange{Kind: k, Old: p.old.item, New: p.new.item, OldField: p.old.field, NewField: p.new.field, From: from, To: to})
		return &c.out[len(c.out)-1]
	}
	if o.Name != n.Name {
		change(ItemRenamed, o.Name, n.Name).Reason = c.reasons[p.old.item]
	}
	if c.moved(p) {
		change(ItemMoved, path(p.old.within), path(p.new.within))
	}
	expression := func(k ChangeKind, from, to string) {
		if from != to && c.references.Replace(from) != to {
			change(k, from, to)
		}
	}
	if !c.sameText(o.Label, n.Label) {
		change(LabelChanged, o.Label.In(c.old.DefaultLanguage, ""), n.Label.In(c.new.DefaultLanguage, ""))
	}
	expression(RelevantChanged, o.Relevant, n.Relevant)
	switch a := p.old.item.(type) {
	case *Repeat:
		expression(CountChanged, a.Count, p.new.item.(*Repeat).Count)
	case *Question:
		b := p.new.item.(*Question)
		if a.Kind != b.Kind {
			change(TypeChanged, a.Type, b.Type).Fits = FitOf(a.Kind, b.Kind)
		}
		if listOf(a) != listOf(b) && !c.sameList(a, b) {
			change(ListChanged, listOf(a), listOf(b))
		}
		expression(RequiredChanged, a.Required, b.Required)
		expression(ConstraintMoved, a.Constraint, b.Constraint)
		expression(Recalculated, a.Calculation, b.Calculation)
	}
}

// moved says whether what is around an item is something else now.
func (c *comparison) moved(p pair) bool {
	return !slices.EqualFunc(p.old.within, p.new.within, func(o, n Item) bool { return c.toNew[o] != nil && c.toNew[o].item == n })
}

// said pairs what two texts say, language by language. Where only one of them names
// languages, its form's own stands for the other's.
func (c *comparison) said(a, b Text) map[string][2]string {
	plain := func(t Text) bool { return len(t) == 1 && t.Has("") }
	if len(a) > 0 && len(b) > 0 && plain(a) != plain(b) {
		return map[string][2]string{"": {a.In(c.old.DefaultLanguage, ""), b.In(c.new.DefaultLanguage, "")}}
	}
	out := map[string][2]string{}
	for _, t := range [...]Text{a, b} {
		for lang := range t {
			out[lang] = [2]string{a[lang], b[lang]}
		}
	}
	return out
}

// sameText compares two texts in all languages.
func (c *comparison) sameText(a, b Text) bool {
	for _, t := range c.said(a, b) {
		if t[0] != t[1] && c.references.Replace(t[0]) != t[1] {
			return false
		}
	}
	return true
}

// listOf names where the choices of a question come from.
func listOf(q *Question) string {
	switch {
	case !q.Kind.Selects():
		return ""
	case q.File != "":
		return q.File
	case q.Itemset != nil:
		return q.Itemset.Nodes
	}
	return q.List
}

// sameList says whether two questions have the same choices under two names.
func (c *comparison) sameList(a, b *Question) bool {
	if a.Kind.Selects() != b.Kind.Selects() {
		return true // the type says it
	}
	x, y := c.oldList[a.List], c.newList[b.List]
	return x != nil && y != nil && slices.Equal(codesOf(x), codesOf(y))
}

// lists compares the lists that are in both versions.
func (c *comparison) lists() {
	for _, name := range sortedNames(c.newList) {
		o, n := c.oldList[name], c.newList[name]
		if o == nil {
			continue // who uses it says so
		}
		c.choices(o, n)
	}
}

func sortedNames(lists map[string]*List) []string {
	var out []string
	for name := range lists {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// choices compares two versions of a list. A choice with another name and the same
// label is renamed.
func (c *comparison) choices(o, n *List) {
	renamed := map[string]bool{}
	seen := map[string]bool{}
	for i := range o.Choices {
		a := &o.Choices[i]
		if seen[a.Name] {
			continue // the same name twice, as some forms allow
		}
		seen[a.Name] = true
		x := FormChange{List: n.Name, Code: a.Name, From: a.Label.In(c.old.DefaultLanguage, "")}
		b, here := n.Find(a.Name)
		switch {
		case here && c.sameText(a.Label, b.Label):
			continue
		case here:
			x.Kind, x.To = ChoiceRelabelled, b.Label.In(c.new.DefaultLanguage, "")
		default:
			x.Kind = ChoiceGone
			for k := range n.Choices {
				y := &n.Choices[k]
				if _, was := o.Find(y.Name); !was && !renamed[y.Name] && len(a.Label) > 0 && c.sameText(a.Label, y.Label) {
					x.Kind, x.To, x.Reason = ChoiceRenamed, y.Name, "the same label"
					renamed[y.Name] = true
					break
				}
			}
		}
		c.add(x)
	}
	for k := range n.Choices {
		y := &n.Choices[k]
		if _, was := o.Find(y.Name); !was && !renamed[y.Name] && !seen[y.Name] {
			seen[y.Name] = true
			c.add(FormChange{Kind: ChoiceAdded, List: n.Name, Code: y.Name, To: y.Label.In(c.new.DefaultLanguage, "")})
		}
	}
}

// FitOf says whether answers of a kind are answers of another as they stand.
func FitOf(from, to Kind) Fit {
	text := func(k Kind) bool {
		return k == String || k == Barcode || k == Calculate || k == Hidden || k == Note
	}
	switch {
	case from == to, text(to):
		return FitAlways
	case (from == Integer || from == Range) && to == Decimal, from == SelectOne && (to == SelectMultiple || to == Rank), from == Rank && to == SelectMultiple:
		return FitAlways
	case text(from), from.Numeric() && to.Numeric(), from.Selects() && to.Selects(), from.Numeric() && to.Selects(), from.Selects() && to.Numeric():
		return FitDepends
	case from == Geotrace && to == Geoshape, from == Geoshape && to == Geotrace, from == Geopoint && (to == Geotrace || to == Geoshape):
		return FitDepends
	}
	return FitNever
}
