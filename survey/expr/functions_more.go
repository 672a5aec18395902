package expr

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

// pattern is a compiled regular expression that must match the whole text.
type pattern func(s string) (bool, error)

var patterns sync.Map // string → pattern or error

// regex matches the whole text, as the ODK documentation and JavaRosa ask. Go's
// linear-time expressions come first; look-around and possessive quantifiers fall
// back to a backtracking matcher with a time limit.
func regex(_ *Context, a []Value) (Value, error) {
	source := a[1].String()
	cached, ok := patterns.Load(source)
	if !ok {
		cached, _ = patterns.LoadOrStore(source, compilePattern(source))
	}
	match, ok := cached.(pattern)
	if !ok {
		return Value{}, cached.(error)
	}
	is, err := match(a[0].String())
	return Bool(is), err
}

func compilePattern(source string) any {
	if re, err := regexp.Compile(`^(?:` + source + `)\z`); err == nil {
		return pattern(func(s string) (bool, error) { return re.MatchString(s), nil })
	}
	re, err := regexp2.Compile(`^(?:`+possessive.ReplaceAllString(source, "$1")+`)\z`, regexp2.None)
	if err != nil {
		return fmt.Errorf("the pattern %q cannot be read: %w", source, err)
	}
	re.MatchTimeout = 200 * time.Millisecond
	return pattern(re.MatchString)
}

// possessive quantifiers never give back what they took; without the plus the
// same texts match, only slower, in patterns people write.
var possessive = regexp.MustCompile(`([*+?}])\+`)

// digest hashes text: digest(text, algorithm, encoding).
func digest(_ *Context, a []Value) (Value, error) {
	data := []byte(a[0].String())
	var h []byte
	switch name := a[1].String(); name {
	case "MD5":
		s := md5.Sum(data)
		h = s[:]
	case "SHA-1":
		s := sha1.Sum(data)
		h = s[:]
	case "SHA-256":
		s := sha256.Sum256(data)
		h = s[:]
	case "SHA-384":
		s := sha512.Sum384(data)
		h = s[:]
	case "SHA-512":
		s := sha512.Sum512(data)
		h = s[:]
	default:
		return Value{}, fmt.Errorf("%q is no algorithm; known are MD5, SHA-1, SHA-256, SHA-384 and SHA-512", name)
	}
	if len(a) == 3 && a[2].String() == "hex" {
		return Text(hex.EncodeToString(h)), nil
	}
	return Text(base64.StdEncoding.EncodeToString(h)), nil
}

func choiceName(k *Context, a []Value) (Value, error) {
	if k.Env == nil || k.Env.ChoiceName == nil {
		return Text(a[0].String()), nil
	}
	return Text(k.Env.ChoiceName(k, a[0].String(), a[1].String())), nil
}

func itext(k *Context, a []Value) (Value, error) {
	if k.Env == nil || k.Env.Text == nil {
		return Value{}, nil
	}
	return Text(k.Env.Text(a[0].String())), nil
}

// pulldata(list, column, key column, key) gives the first hit, blank if none.
func pulldata(k *Context, a []Value) (Value, error) {
	doc, err := instanceNode(k, a[0].String())
	if err != nil {
		return Value{}, err
	}
	column, key, want := a[1].String(), a[2].String(), a[3].String()
	for _, root := range doc.Children() {
		items := root.Children()
		if ix, ok := root.(Index); ok {
			if found, ok := ix.Lookup("item", key, want); ok {
				items = found
			}
		}
		for _, it := range items {
			if childText(it, key) == want {
				return Text(childText(it, column)), nil
			}
		}
	}
	return Value{}, nil
}

func childText(n Node, name string) string {
	if attr, ok := strings.CutPrefix(name, "@"); ok {
		v, _ := n.Attribute(attr)
		return v
	}
	for _, c := range n.Children() {
		if c.NodeName() == name {
			return c.Text()
		}
	}
	return ""
}

func instanceNode(k *Context, id string) (Node, error) {
	if k.Env != nil && k.Env.Instance != nil {
		if n, ok := k.Env.Instance(id); ok {
			return n, nil
		}
	}
	return nil, fmt.Errorf("there is no list %q", id)
}

func instance(k *Context, a []Value) (Value, error) {
	n, err := instanceNode(k, a[0].String())
	return Nodes(n), err
}

func current(k *Context, _ []Value) (Value, error) {
	if k.Current == nil {
		return Nodes(), nil
	}
	return Nodes(k.Current), nil
}

// position() is the place among the nodes being filtered; position(node) the
// place among the siblings of the same name; both count from 1.
func position(k *Context, a []Value) (Value, error) {
	if len(a) == 0 {
		if k.Position == 0 && k.Node != nil {
			return Num(float64(place(k.Node))), nil
		}
		return Num(float64(k.Position)), nil
	}
	if _, err := nodesOf(a[0]); err != nil {
		return Num(math.NaN()), err
	}
	ns, _ := a[0].NodeSet() // a place does not depend on what is in play
	if len(ns) == 0 {
		return Num(math.NaN()), nil
	}
	return Num(float64(place(ns[0]))), nil
}

func place(n Node) int {
	if p, ok := n.(Placed); ok {
		return p.Place()
	}
	p := n.Parent()
	if p == nil {
		return 1
	}
	i := 0
	for _, s := range p.Children() {
		if s.NodeName() == n.NodeName() {
			i++
		}
		if s == n {
			break
		}
	}
	return i
}

func nodeName(k *Context, a []Value) (Value, error) {
	ns, err := nodesOf(own(k, a))
	if err != nil || len(ns) == 0 {
		return Value{}, err
	}
	return Text(ns[0].NodeName()), nil
}

// indexedRepeat(question, repeat, index, repeat, index …) gives the question in
// the row with the index; a blank index means the first row.
func indexedRepeat(k *Context, a []Value) (Value, error) {
	found, err := nodesOf(a[0])
	if err != nil {
		return Value{}, err
	}
	if len(a)%2 == 0 {
		return Value{}, errors.New("each repeat needs an index")
	}
	for i := 1; i < len(a); i += 2 {
		rows, err := nodesOf(a[i])
		if err != nil {
			return Value{}, err
		}
		want := a[i+1].Number(k.Env.location())
		if math.IsNaN(want) || want < 1 {
			want = 1
		}
		found = insideRow(found, rows, int(want))
	}
	return Nodes(found...), nil
}

// insideRow keeps the nodes that lie in a row with the index among its siblings.
func insideRow(nodes, rows []Node, index int) []Node {
	chosen := map[Node]bool{}
	for _, r := range rows {
		chosen[r] = place(r) == index
	}
	var out []Node
	for _, n := range nodes {
		for p := n; p != nil; p = p.Parent() {
			if in, isRow := chosen[p]; isRow {
				if in {
					out = append(out, n)
				}
				break
			}
		}
	}
	return out
}

func clock(k *Context) time.Time {
	if k.Env == nil || k.Env.Now == nil {
		return time.Time{}
	}
	return k.Env.Now()
}

func today(k *Context, _ []eval) (Value, error) {
	return Text(moment{clock(k), true}.String()), nil
}

func now(k *Context, _ []eval) (Value, error) { return Text(moment{clock(k), false}.String()), nil }

// date gives a date without a time, blank where there is none.
func date(k *Context, a []Value) (Value, error) {
	m, ok := toMoment(a[0], k.Env.location())
	return textIf(ok, moment{m.In(k.Env.location()), true}.String()), nil
}

func dateTime(k *Context, a []Value) (Value, error) {
	m, ok := toMoment(a[0], k.Env.location())
	return textIf(ok, moment{m.Time, m.dateOnly}.String()), nil
}

func format(k *Context, a []Value) (Value, error) {
	m, ok := toMoment(a[0], k.Env.location())
	if !ok {
		return Value{}, nil
	}
	return Text(formatDate(moment{m.In(k.Env.location()), m.dateOnly}, a[1].String())), nil
}

func decimalDateTime(k *Context, a []Value) (Value, error) {
	m, ok := toMoment(a[0], k.Env.location())
	if !ok {
		return Num(math.NaN()), nil
	}
	return Num(float64(m.UnixMilli()) / 86400e3), nil
}

// decimalTime is the time of day as a part of a day.
func decimalTime(k *Context, a []Value) (Value, error) {
	s := a[0].String()
	if _, after, ok := strings.Cut(s, "T"); ok {
		s = after
	}
	d, _, ok := parseClock(s, k.Env.location())
	if !ok {
		return Num(math.NaN()), nil
	}
	return Num(d.Hours() / 24), nil
}
