package survey

import "strings"

// Form is a questionnaire as written. It is immutable once read and may be shared
// between goroutines. Expressions are kept as text; the interview package
// compiles them.
type Form struct {
	ID              string
	Root            string // name of the root element of the primary instance; "" means data
	Version         string
	Title           string
	DefaultLanguage string   // one of Languages, or ""
	Languages       []string // in the order of the workbook's columns
	InstanceName    string   // expression, or ""
	Style           string   // settings column style: pages, theme-grid …
	Settings        map[string]string
	Namespaces      map[string]string // prefix to URI
	Items           []Item
	Lists           map[string]*List
	ListNames       []string         // of Lists, in the order of the workbook
	External        map[string]*List // lists of the sheet external_choices, for select_one_external
	Entities        []*Entity
	OSM             map[string]*List // tags of the sheet osm by list name

	// What only XForms documents say; a workbook leaves these blank.
	Actions   []Action             // setvalue elements beside defaults and triggers
	Initial   map[Field]Value      // values and rows of repeats in the primary instance
	Texts     map[string]Text      // texts of the itext by id, for jr:itext()
	RootAttrs []Attr               // attributes of the primary instance's root
	Instances map[string]*Instance // secondary instances by id; attached files, also of workbooks
	Document  *Element             // the document itself
}

// RootName is the name of the primary instance's root element.
func (f *Form) RootName() string {
	if f.Root == "" {
		return "data"
	}
	return f.Root
}

// Entity declares that an interview creates or updates an entry of an entity
// list (ODK Entities specification).
type Entity struct {
	List     string // name of the entity list
	Label    string // expressions, or ""
	ID       string
	CreateIf string
	UpdateIf string
	In       Item // the group or repeat that describes the entity; nil: the form
	Row      int  // 1-based row in the entities sheet
}

// Action sets a value when an event happens (ODK XForms specification, actions).
type Action struct {
	Events []string // odk-instance-first-load, odk-instance-load, odk-new-repeat, xforms-value-changed
	Target Item     // the question that gets the value
	Nodes  string   // path of the nodes of Target that get it, where it has conditions
	On     Item     // the question or repeat that the action is nested in, or nil
	Value  string   // expression, or ""
	Text   string   // literal value where there is no expression
}

// Instance is a secondary instance: a tree of elements that expressions reach by
// instance('id'). Where Source is set its content comes from an attached file.
type Instance struct {
	ID     string
	Source string // "jr://file-csv/fruits.csv", or ""
	Root   *Element
}

// Element is an element of an XML document without its formatting. One without a
// name is a run of text beside elements.
type Element struct {
	Name     string // with its prefix, if any
	Text     string
	Attrs    []Attr
	Children []*Element
}

// Attribute is an attribute of an instance node; a bind may compute it.
type Attribute struct {
	Name, Value string
	Calculation string
}

// Attr is an attribute of an Element.
type Attr struct{ Name, Value string }

// Attr returns the value of an attribute, "" if there is none.
func (e *Element) Attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Item is a node of the questionnaire: a *Question, a *Group or a *Repeat.
type Item interface {
	// Common returns what all items share.
	Common() *Node
	item()
}

// AllItems has one item of each kind, for tests of code that switches on them.
var AllItems = []Item{&Question{}, &Group{}, &Repeat{}}

// Node is what questions, groups and repeats have in common.
type Node struct {
	Name       string
	Row        int // 1-based row in the survey sheet, 0 if unknown
	Label      Text
	Hint       Text
	Guidance   Text
	Relevant   string // expression; "" means always
	ReadOnly   string // expression; holds for all that is inside
	Appearance string
	Media      map[string]Text   // image, audio, video, big-image: file names
	Bind       map[string]string // bind::x columns without the sse: ones
	Body       map[string]string // body::x columns: attributes of the control
	Instance   map[string]string // instance::x columns: attributes of the instance node
	SaveTo     string            // property of the entity that takes the value
	ModelOnly  bool              // an XForms node without a control in the body
	Attrs      []Attribute       // attributes of an XForms instance node
	Sse        map[string]string // bind::sse:x columns by x: role, pii, special, warning …
	Extra      map[string]string // other columns as they stand: module, qno, tier …
}

// Question asks for one value, shows a note or computes.
type Question struct {
	Node
	Kind              Kind
	Type              string // as written: "select_one yes_no", "integer" …
	List              string // name of the list of a select or rank, else ""
	File              string // attached file that holds the choices (select_one_from_file), else ""
	External          bool   // choices stand in the sheet external_choices
	Itemset           *Itemset
	Required          string // expression
	RequiredMessage   Text
	Constraint        string
	ConstraintMessage Text
	NoAppMessage      Text // shown by clients that find no app for the appearance
	ChoiceFilter      string
	Calculation       string
	Default           string
	Dynamic           bool     // Default is an expression, computed once
	Trigger           []string // names of questions
	Parameters        map[string]string
}

// Asked says whether people answer the question: not where it only stands in the
// model, or is computed and has nothing to show.
func (q *Question) Asked() bool {
	if !q.Kind.Asked() || q.ModelOnly {
		return false
	}
	return q.Calculation == "" && len(q.Trigger) == 0 || len(q.Label)+len(q.Hint)+len(q.Media) > 0
}

// Source returns the id and the address of the file that the question attaches as
// a secondary instance, "" if it attaches none (ODK XForms specification,
// external secondary instances).
func (q *Question) Source() (id, address string) {
	switch {
	case q.Kind == External && q.Type == "csv-external":
		return q.Name, "jr://file-csv/" + q.Name + ".csv"
	case q.Kind == External:
		return q.Name, "jr://file/" + q.Name + ".xml"
	case strings.HasSuffix(q.File, ".csv"):
		return q.List, "jr://file-csv/" + q.File
	case q.File != "":
		return q.List, "jr://file/" + q.File
	}
	return "", ""
}

// Searches says whether the question takes its choices from a file by the
// appearance search('file', …).
func (q *Question) Searches() bool {
	_, call, found := strings.Cut(q.Appearance, "search")
	return found && strings.HasPrefix(strings.TrimSpace(call), "(")
}

// Itemset says where the choices of a select come from when that is no list of
// the form: any nodes of an instance (ODK XForms specification, secondary
// instances). The refs are paths relative to a node.
type Itemset struct {
	Nodes string // expression that gives one node per choice
	Value string
	Label string
}

// Group holds items that belong together.
type Group struct {
	Node
	Flat  bool // only a frame around its items: it has no node in the instance
	Items []Item
}

// Repeat holds items that are asked once per row.
type Repeat struct {
	Node
	Count string // expression; "" means rows are added by hand
	Fixed bool   // rows are neither added nor removed (jr:noAddRemove)
	Items []Item
}

// Common returns n itself, so that every Item gives access to its Node.
func (n *Node) Common() *Node { return n }

func (*Node) item() {}

// List is a named list of choices.
type List struct {
	Name    string
	Choices []Choice
	Columns []string // names of extra columns, in order
}

// Choice is one line of a list.
type Choice struct {
	Name  string
	Label Text
	Media map[string]Text
	Extra map[string]string // columns usable in choice_filter and instance()
	Row   int
}

// Find returns the choice with the name.
func (l *List) Find(name string) (*Choice, bool) {
	for i := range l.Choices {
		if l.Choices[i].Name == name {
			return &l.Choices[i], true
		}
	}
	return nil, false
}

// Walk visits every item in reading order with the groups and repeats around it,
// outermost first. It stops when visit returns false.
func (f *Form) Walk(visit func(it Item, within []Item) bool) {
	var walk func(items, within []Item) bool
	walk = func(items, within []Item) bool {
		for _, it := range items {
			if !visit(it, within) {
				return false
			}
			var kids []Item
			switch t := it.(type) {
			case *Group:
				kids = t.Items
			case *Repeat:
				kids = t.Items
			case *Question:
				continue
			}
			if !walk(kids, append(within[:len(within):len(within)], it)) {
				return false
			}
		}
		return true
	}
	walk(f.Items, nil)
}

// ByRole returns the first question whose bind::sse:role holds the role.
func (f *Form) ByRole(role string) *Question {
	var found *Question
	f.Walk(func(it Item, _ []Item) bool {
		if q, ok := it.(*Question); ok && q.Sse["role"] == role {
			found = q
		}
		return found == nil
	})
	return found
}

// Specials returns the special answers that the question allows, in the order of
// its bind::sse:special cell.
func (q *Question) Specials() []Special {
	var out []Special
	for _, w := range strings.FieldsFunc(q.Sse["special"], func(r rune) bool { return r == ' ' || r == ',' }) {
		if s := Special(w); s.Valid() {
			out = append(out, s)
		}
	}
	return out
}

// WarningMessage is what is said when the soft check bind::sse:warning does not
// hold, from the columns bind::sse:warning_message and
// bind::sse:warning_message::Language.
func (q *Question) WarningMessage() Text {
	var t Text
	for k, s := range q.Sse {
		column, lang, _ := strings.Cut(k, "::")
		if column != "warning_message" {
			continue
		}
		if t == nil {
			t = Text{}
		}
		t[lang] = s
	}
	return t
}

// SoftCheck says whether the question is a soft check: an acknowledge that is
// shown only when figures conflict and named …_check by convention.
func (q *Question) SoftCheck() bool {
	return q.Kind == Acknowledge && strings.HasSuffix(q.Name, "_check")
}

// Translated counts the texts of a form, labels, hints and choices, and how many of
// them exist in a language. A text without a language counts as one in every language.
func (f *Form) Translated(lang string) (have, all int) {
	count := func(t Text) {
		if len(t) == 0 {
			return
		}
		all++
		if t.Has(lang) || len(t) == 1 && t.Has("") {
			have++
		}
	}
	f.Walk(func(it Item, _ []Item) bool {
		n := it.Common()
		count(n.Label)
		count(n.Hint)
		count(n.Guidance)
		return true
	})
	for _, l := range f.Lists {
		for i := range l.Choices {
			count(l.Choices[i].Label)
		}
	}
	return have, all
}
