package expr

import (
	"errors"
	"math"
	"strings"
)

// library holds every function by name. To add one, write a line here.
var library map[string]function

func init() { // not a literal: bodies look up the library
	library = map[string]function{
		// Boolean
		"true":        plain(0, 0, func(*Context, []Value) (Value, error) { return Bool(true), nil }),
		"false":       plain(0, 0, func(*Context, []Value) (Value, error) { return Bool(false), nil }),
		"boolean":     plain(1, 1, func(_ *Context, a []Value) (Value, error) { return Bool(a[0].Bool()), nil }),
		"not":         plain(1, 1, func(_ *Context, a []Value) (Value, error) { return Bool(!a[0].Bool()), nil }),
		"if":          {min: 3, max: 3, body: ifThenElse},
		"coalesce":    {min: 1, max: -1, body: coalesce},
		"once":        {min: 1, max: 1, body: once},
		"selected":    plain(2, 2, selected),
		"is-selected": plain(2, 2, selected),
		"regex":       plain(2, 2, regex),
		"checklist":   plain(3, -1, checklist),
		"contains":    text2(func(a, b string) Value { return Bool(strings.Contains(a, b)) }),
		"starts-with": text2(func(a, b string) Value { return Bool(strings.HasPrefix(a, b)) }),
		"ends-with":   text2(func(a, b string) Value { return Bool(strings.HasSuffix(a, b)) }),
		"selected-at": plain(2, 2, selectedAt),
		"digest":      plain(2, 3, digest),
		"boolean-from-string": plain(1, 1, func(_ *Context, a []Value) (Value, error) {
			s := a[0].String()
			return Bool(s == "1" || strings.EqualFold(s, "true")), nil
		}),
		"weighted-checklist": plain(4, -1, weightedChecklist),

		// String
		"string":           plain(0, 1, toString),
		"concat":           plain(0, -1, concat),
		"join":             plain(1, -1, join),
		"substr":           plain(2, 3, substr),
		"substring":        plain(2, 3, substring),
		"substring-before": text2(func(a, b string) Value { h, _, ok := strings.Cut(a, b); return textIf(ok, h) }),
		"substring-after":  text2(func(a, b string) Value { _, t, ok := strings.Cut(a, b); return textIf(ok, t) }),
		"translate":        plain(3, 3, translate),
		"string-length":    plain(0, 1, stringLength),
		"normalize-space":  plain(0, 1, normalizeSpace),
		"uuid":             {min: 0, max: 1, volatile: true, body: uuid},
		"jr:choice-name":   plain(2, 2, choiceName),
		"jr:itext":         plain(1, 1, itext),
		"pulldata":         plain(4, 4, pulldata),
		"count-selected": plain(1, 1, func(_ *Context, a []Value) (Value, error) {
			return Num(float64(len(strings.Fields(a[0].String())))), nil
		}),

		// Number
		"number":          plain(0, 1, number),
		"int":             plain(1, 1, toInt),
		"round":           plain(1, 2, round),
		"abs":             math1(math.Abs),
		"sqrt":            math1(math.Sqrt),
		"floor":           math1(math.Floor),
		"ceiling":         math1(math.Ceil),
		"log":             math1(math.Log),
		"log10":           math1(math.Log10),
		"exp":             math1(math.Exp),
		"exp10":           math1(func(x float64) float64 { return math.Pow(10, x) }),
		"sin":             math1(math.Sin),
		"cos":             math1(math.Cos),
		"tan":             math1(math.Tan),
		"asin":            math1(math.Asin),
		"acos":            math1(math.Acos),
		"atan":            math1(math.Atan),
		"atan2":           math2(math.Atan2),
		"pow":             math2(math.Pow),
		"pi":              plain(0, 0, func(*Context, []Value) (Value, error) { return Num(math.Pi), nil }),
		"random":          {min: 0, max: 0, volatile: true, body: random},
		"sum":             plain(1, 1, sum),
		"min":             plain(1, -1, extreme(func(a, b float64) bool { return a < b })),
		"max":             plain(1, -1, extreme(func(a, b float64) bool { return a > b })),
		"count":           plain(1, 1, count),
		"count-non-empty": plain(1, 1, countNonEmpty),

		// Node-set
		"position":       plain(0, 1, position),
		"last":           plain(0, 0, func(k *Context, _ []Value) (Value, error) { return Num(float64(max(1, k.Size))), nil }),
		"instance":       plain(1, 1, instance),
		"current":        plain(0, 0, current),
		"indexed-repeat": plain(3, 7, indexedRepeat),
		"name":           plain(0, 1, nodeName),
		"local-name":     plain(0, 1, nodeName),

		// Date
		"today":             {min: 0, max: 0, body: today},
		"now":               {min: 0, max: 0, volatile: true, body: now},
		"date":              plain(1, 1, date),
		"date-time":         plain(1, 1, dateTime),
		"format-date":       plain(2, 2, format),
		"format-date-time":  plain(2, 2, format),
		"decimal-date-time": plain(1, 1, decimalDateTime),
		"decimal-time":      plain(1, 1, decimalTime),

		// Geometry
		"distance": plain(1, -1, geoDistance),
		"area":     plain(1, 1, geoArea),
	}
}

func text2(f func(a, b string) Value) function {
	return plain(2, 2, func(_ *Context, a []Value) (Value, error) { return f(a[0].String(), a[1].String()), nil })
}

func textIf(ok bool, s string) Value {
	if !ok {
		return Value{}
	}
	return Text(s)
}

func math1(f func(float64) float64) function {
	return plain(1, 1, func(k *Context, a []Value) (Value, error) { return Num(f(a[0].Number(k.Env.location()))), nil })
}

func math2(f func(x, y float64) float64) function {
	return plain(2, 2, func(k *Context, a []Value) (Value, error) {
		l := k.Env.location()
		return Num(f(a[0].Number(l), a[1].Number(l))), nil
	})
}

func ifThenElse(k *Context, args []eval) (Value, error) {
	test, err := args[0](k)
	if err != nil {
		return Value{}, err
	}
	if test.Bool() {
		return args[1](k)
	}
	return args[2](k)
}

// coalesce returns the first argument that is neither blank nor NaN.
func coalesce(k *Context, args []eval) (Value, error) {
	for i, a := range args {
		v, err := a(k)
		if err != nil || i == len(args)-1 {
			return v, err
		}
		if s := v.String(); s != "" && s != "NaN" {
			return v, nil
		}
	}
	return Value{}, nil
}

// once keeps the value that the question already has.
func once(k *Context, args []eval) (Value, error) {
	if k.Node != nil {
		if s := k.Node.Text(); s != "" {
			return Text(s), nil
		}
	}
	return args[0](k)
}

func selected(_ *Context, a []Value) (Value, error) {
	want := strings.TrimSpace(a[1].String())
	for _, s := range strings.Fields(a[0].String()) {
		if s == want {
			return Bool(true), nil
		}
	}
	return Bool(false), nil
}

func selectedAt(k *Context, a []Value) (Value, error) {
	parts := strings.Fields(a[0].String())
	i := a[1].Number(k.Env.location())
	if !(i >= 0 && i < float64(len(parts))) {
		return Value{}, nil
	}
	return Text(parts[int(i)]), nil
}

// countTrue counts true arguments; the strings that JavaRosa takes for true.
func countTrue(vs []Value, weight func(i int) float64) float64 {
	n := 0.0
	for i, v := range vs {
		if v.Bool() && !(v.kind == stringKind && v.s == "no") {
			n += weight(i)
		}
	}
	return n
}

func within(k *Context, n float64, low, high Value) Value {
	l, h := low.Number(k.Env.location()), high.Number(k.Env.location())
	return Bool((l < 0 || n >= l) && (h < 0 || n <= h))
}

func checklist(k *Context, a []Value) (Value, error) {
	n := countTrue(a[2:], func(int) float64 { return 1 })
	return within(k, n, a[0], a[1]), nil
}

func weightedChecklist(k *Context, a []Value) (Value, error) {
	var marks []Value
	var weights []float64
	for i := 2; i+1 < len(a); i += 2 {
		marks, weights = append(marks, a[i]), append(weights, a[i+1].Number(k.Env.location()))
	}
	return within(k, countTrue(marks, func(i int) float64 { return weights[i] }), a[0], a[1]), nil
}

// own returns the argument, or the context node where there is none.
func own(k *Context, a []Value) Value {
	switch {
	case len(a) > 0:
		return a[0]
	case k.Node == nil:
		return Nodes()
	}
	return Nodes(k.Node)
}

func toString(k *Context, a []Value) (Value, error) { return Text(own(k, a).String()), nil }

func number(k *Context, a []Value) (Value, error) {
	return Num(own(k, a).Number(k.Env.location())), nil
}

func stringLength(k *Context, a []Value) (Value, error) {
	return Num(float64(len([]rune(own(k, a).String())))), nil
}

func normalizeSpace(k *Context, a []Value) (Value, error) {
	return Text(strings.Join(strings.FieldsFunc(own(k, a).String(), func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r'
	}), " ")), nil
}

// each calls f with the text of every value, node-sets spread out.
func each(vs []Value, f func(string)) {
	for _, v := range vs {
		if v.kind != nodesKind {
			f(v.String())
			continue
		}
		for _, n := range present(v.nodes) {
			f(n.Text())
		}
	}
}

func concat(_ *Context, a []Value) (Value, error) {
	var b strings.Builder
	each(a, func(s string) { b.WriteString(s) })
	return Text(b.String()), nil
}

func join(_ *Context, a []Value) (Value, error) {
	var parts []string
	each(a[1:], func(s string) { parts = append(parts, s) })
	return Text(strings.Join(parts, a[0].String())), nil
}

// substr is 0-based; negative positions count from the end.
func substr(k *Context, a []Value) (Value, error) {
	rs := []rune(a[0].String())
	place := func(v Value) int {
		f := v.Number(k.Env.location())
		if math.IsNaN(f) {
			return 0
		}
		if f < 0 {
			f += float64(len(rs))
		}
		return int(math.Max(0, math.Min(f, float64(len(rs)))))
	}
	i, j := place(a[1]), len(rs)
	if len(a) == 3 {
		j = place(a[2])
	}
	if i >= j {
		return Value{}, nil
	}
	return Text(string(rs[i:j])), nil
}

// substring is 1-based and rounds (XPath 1.0, 4.2).
func substring(k *Context, a []Value) (Value, error) {
	loc := k.Env.location()
	from, to := roundHalfUp(a[1].Number(loc)), math.Inf(1)
	if len(a) == 3 {
		to = from + roundHalfUp(a[2].Number(loc))
	}
	var b strings.Builder
	i := 0.0
	for _, r := range a[0].String() {
		if i++; i >= from && i < to {
			b.WriteRune(r)
		}
	}
	return Text(b.String()), nil
}

func translate(_ *Context, a []Value) (Value, error) {
	from, to := []rune(a[1].String()), []rune(a[2].String())
	swap := make(map[rune]rune, len(from))
	for i, r := range from {
		if _, ok := swap[r]; ok {
			continue
		}
		swap[r] = -1
		if i < len(to) {
			swap[r] = to[i]
		}
	}
	return Text(strings.Map(func(r rune) rune {
		if s, ok := swap[r]; ok {
			return s
		}
		return r
	}, a[0].String())), nil
}

func uuid(k *Context, _ []eval) (Value, error) {
	if k.Env == nil || k.Env.UUID == nil {
		return Value{}, errors.New("no source of identifiers")
	}
	return Text(k.Env.UUID()), nil
}

func random(k *Context, _ []eval) (Value, error) {
	if k.Env == nil || k.Env.Random == nil {
		return Value{}, errors.New("no source of chance")
	}
	return Num(k.Env.Random()), nil
}

func roundHalfUp(x float64) float64 { return math.Floor(x + 0.5) }

// round rounds to places after the point; negative places to tens, hundreds ….
func round(k *Context, a []Value) (Value, error) {
	loc := k.Env.location()
	x := a[0].Number(loc)
	if len(a) == 1 {
		return Num(roundHalfUp(x)), nil
	}
	places := math.Trunc(a[1].Number(loc))
	if math.IsNaN(places) || places > 300 || places < -300 {
		return Num(math.NaN()), nil
	}
	if places < 0 {
		p := math.Pow(10, -places)
		return Num(roundHalfUp(x/p) * p), nil
	}
	p := math.Pow(10, places)
	return Num(roundHalfUp(x*p) / p), nil
}

func toInt(k *Context, a []Value) (Value, error) {
	return Num(math.Trunc(a[0].Number(k.Env.location()))), nil
}

// sum adds the numbers of a node-set (XPath 1.0, 4.4); a blank makes it NaN.
func sum(k *Context, a []Value) (Value, error) {
	total := 0.0
	each(a, func(s string) { total += parseNumber(s, k.Env.location()) })
	return Num(total), nil
}

// extreme leaves blanks out; of nothing it is NaN.
func extreme(better func(a, b float64) bool) func(*Context, []Value) (Value, error) {
	return func(k *Context, a []Value) (Value, error) {
		best, nan, any := 0.0, false, false
		each(a, func(s string) {
			if s == "" {
				return
			}
			n := parseNumber(s, k.Env.location())
			nan = nan || math.IsNaN(n)
			if !any || better(n, best) {
				best, any = n, true
			}
		})
		if nan || !any {
			return Num(math.NaN()), nil
		}
		return Num(best), nil
	}
}

func nodesOf(v Value) ([]Node, error) {
	if ns, ok := v.NodeSet(); ok {
		return present(ns), nil
	}
	return nil, errors.New("nodes are needed here, not a value")
}

func count(_ *Context, a []Value) (Value, error) {
	ns, err := nodesOf(a[0])
	return Num(float64(len(ns))), err
}

func countNonEmpty(_ *Context, a []Value) (Value, error) {
	ns, err := nodesOf(a[0])
	n := 0
	for _, x := range ns {
		if x.Text() != "" {
			n++
		}
	}
	return Num(float64(n)), err
}
