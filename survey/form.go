package survey

import "strings"

// Form is a questionnaire as written. It is immutable once read and may be shared
// between goroutines. Expressions are kept as text; the interview package
// compiles them.
type Form struct {
	ID              string
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
	Appearance string
	Media      map[string]Text   // image, audio, video, big-image: file names
	Bind       map[string]string // bind::x columns without the sse: ones
	Sse        map[string]string // bind::sse:x columns by x: role, pii, special, warning …
	Extra      map[string]string // other columns as they stand: module, qno, tier …
}

// Question asks for one value, shows a note or computes.
type Question struct {
	Node
	Kind              Kind
	Type              string // as written: "select_one yes_no", "integer" …
	List              string // name of the list of a select or rank, else ""
	Other             bool   // or_other was asked for
	Required          string // expression
	RequiredMessage   Text
	Constraint        string
	ConstraintMessage Text
	ReadOnly          string
	ChoiceFilter      string
	Calculation       string
	Default           string
	Trigger           []string // names of questions
	Parameters        map[string]string
}

// Group holds items that belong together.
type Group struct {
	Node
	Items []Item
}

// Repeat holds items that are asked once per row.
type Repeat struct {
	Node
	Count string // expression; "" means rows are added by hand
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

// SoftCheck says whether the question is a soft check: an acknowledge that is
// shown only when figures conflict and named …_check by convention.
func (q *Question) SoftCheck() bool {
	return q.Kind == Acknowledge && strings.HasSuffix(q.Name, "_check")
}
