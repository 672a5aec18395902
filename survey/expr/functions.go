package expr

import (
	"maps"
	"math"
	"strings"
)

// library holds every function by name. To add one, write a line in the list of
// what it gives. The functions are those of XPath 1.0, 4, of the ODK XForms
// specification and of JavaRosa.
var library map[string]function

func init() { // not a literal: bodies look up the library
	library = map[string]function{}
	add := func(gives kind, fs map[string]function) {
		for name, f := range fs {
			f.gives = gives
			fs[name] = f
		}
		maps.Copy(library, fs)
	}
	add(booleanKind, booleanFunctions())
	add(stringKind, textFunctions())
	add(numberKind, numberFunctions())
	add(nodesKind, nodeFunctions())
	add(unknownKind, map[string]function{
		"if":       {min: 3, max: 3, body: ifThenElse},
		"coalesce": {min: 2, max: -1, body: coalesce},
		"once":     {min: 1, max: 1, body: once},
		"depend":   plain(1, -1, func(_ *Context, a []Value) (Value, error) { return a[0], nil }),
		"jr:itext": plain(1, 1, itext),
	})
}

func booleanFunctions() map[string]function {
	return map[string]function{
		"true":        plain(0, 0, func(*Context, []Value) (Value, error) { return Bool(true), nil }),
		"false":       plain(0, 0, func(*Context, []Value) (Value, error) { return Bool(false), nil }),
		"boolean":     plain(1, 1, func(_ *Context, a []Value) (Value, error) { return Bool(a[0].Bool()), nil }),
		"not":         plain(1, 1, func(_ *Context, a []Value) (Value, error) { return Bool(!a[0].Bool()), nil }),
		"selected":    text2(func(a, b string) Value { return Bool(selected(a, b)) }),
		"is-selected": text2(func(a, b string) Value { return Bool(selected(a, b)) }),
		"contains":    text2(func(a, b string) Value { return Bool(strings.Contains(a, b)) }),
		"starts-with": text2(func(a, b string) Value { return Bool(strings.HasPrefix(a, b)) }),
		"ends-with":   text2(func(a, b string) Value { return Bool(strings.HasSuffix(a, b)) }),
		"boolean-from-string": plain(1, 1, func(_ *Context, a []Value) (Value, error) {
			s := a[0].String()
			return Bool(s == "1" || strings.EqualFold(s, "true")), nil
		}),
		"regex":              plain(2, 2, regex),
		"checklist":          plain(3, -1, checklist),
		"weighted-checklist": {min: 4, max: -1, pairs: 2, body: plain(0, 0, weightedChecklist).body},
		"lang":               plain(1, 1, lang),
		"geofence":           plain(2, 2, geofence),
		"intersects":         plain(1, -1, intersects),
	}
}

func textFunctions() map[string]function {
	return map[string]function{
		"string":           plain(0, 1, toString),
		"concat":           plain(0, -1, concat),
		"join":             plain(1, -1, join),
		"substr":           plain(2, 3, substr),
		"substring":        plain(2, 3, substring),
		"substring-before": text2(func(a, b string) Value { h, _, ok := strings.Cut(a, b); return textIf(ok, h) }),
		"substring-after":  text2(func(a, b string) Value { _, t, ok := strings.Cut(a, b); return textIf(ok, t) }),
		"translate":        plain(3, 3, translate),
		"normalize-space":  plain(0, 1, normalizeSpace),
		"selected-at":      plain(2, 2, selectedAt),
		"digest":           plain(2, 3, digest),
		"base64-decode":    plain(1, 1, base64Decode),
		"extract-signed":   plain(2, 2, extractSigned),
		"uuid":             {min: 0, max: 1, volatile: true, body: uuid},
		"jr:choice-name":   plain(2, 2, choiceName),
		"pulldata":         plain(4, 4, pulldata),
		"name":             plain(0, 1, nodeName),
		"local-name":       plain(0, 1, localName),
		"namespace-uri":    plain(0, 1, namespaceURI),
		"today":            {min: 0, max: 0, body: today},
		"now":              {min: 0, max: 0, volatile: true, body: now},
		"date":             plain(1, 1, date),
		"date-time":        plain(1, 1, dateTime),
		"format-date":      plain(2, 2, format),
		"format-date-time": plain(2, 2, format),
		"property":         plain(1, 1, func(*Context, []Value) (Value, error) { return Value{}, nil }),
		"version":          plain(0, 0, func(*Context, []Value) (Value, error) { return Value{}, nil }),
	}
}

func numberFunctions() map[string]function {
	return map[string]function{
		"number":            plain(0, 1, number),
		"int":               math1(math.Trunc),
		"round":             plain(1, 2, round),
		"abs":               math1(math.Abs),
		"sqrt":              math1(math.Sqrt),
		"floor":             math1(math.Floor),
		"ceiling":           math1(math.Ceil),
		"log":               math1(math.Log),
		"log10":             math1(math.Log10),
		"exp":               math1(math.Exp),
		"exp10":             math1(func(x float64) float64 { return math.Pow(10, x) }),
		"sin":               math1(math.Sin),
		"cos":               math1(math.Cos),
		"tan":               math1(math.Tan),
		"asin":              math1(math.Asin),
		"acos":              math1(math.Acos),
		"atan":              math1(math.Atan),
		"atan2":             math2(math.Atan2),
		"pow":               math2(math.Pow),
		"pi":                plain(0, 0, func(*Context, []Value) (Value, error) { return Num(math.Pi), nil }),
		"random":            {min: 0, max: 0, volatile: true, body: random},
		"sum":               plain(1, 1, sum),
		"min":               plain(1, -1, extreme(func(a, b float64) bool { return a < b })),
		"max":               plain(1, -1, extreme(func(a, b float64) bool { return a > b })),
		"count":             plain(1, 1, count),
		"count-non-empty":   plain(1, 1, countNonEmpty),
		"count-selected":    plain(1, 1, countSelected),
		"string-length":     plain(0, 1, stringLength),
		"position":          plain(0, 1, position),
		"last":              plain(0, 0, func(k *Context, _ []Value) (Value, error) { return Num(float64(max(1, k.Size))), nil }),
		"decimal-date-time": plain(1, 1, decimalDateTime),
		"decimal-time":      plain(1, 1, decimalTime),
		"distance":          plain(1, -1, geoDistance),
		"area":              plain(1, -1, geoArea),
	}
}

func nodeFunctions() map[string]function {
	return map[string]function{
		"instance":       plain(1, 1, instance),
		"current":        plain(0, 0, current),
		"indexed-repeat": {min: 3, max: 11, pairs: 1, body: plain(0, 0, indexedRepeat).body},
		"randomize":      plain(1, 2, randomize),
		"id":             plain(1, 1, byID),
	}
}

func text2(f func(a, b string) Value) function {
	return function{min: 2, max: 2, body: func(k *Context, args []eval) (Value, error) {
		a, err := args[0](k)
		if err != nil {
			return Value{}, err
		}
		b, err := args[1](k)
		if err != nil {
			return Value{}, err
		}
		return f(a.String(), b.String()), nil
	}}
}

func textIf(ok bool, s string) Value {
	if !ok {
		return Value{}
	}
	return Text(s)
}

func math1(f func(float64) float64) function {
	return function{min: 1, max: 1, body: func(k *Context, args []eval) (Value, error) {
		v, err := args[0](k)
		return Num(f(v.number(k.Env.zone()))), err
	}}
}

func math2(f func(x, y float64) float64) function {
	return plain(2, 2, func(k *Context, a []Value) (Value, error) {
		z := k.Env.zone()
		return Num(f(a[0].number(z), a[1].number(z))), nil
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

// checklist(least, most, values …) counts the values that are true; a node is true
// if it is not blank. A negative bound does not bind.
func checklist(k *Context, a []Value) (Value, error) {
	n := 0.0
	each(a[2:], func(v Value) {
		if v.Bool() {
			n++
		}
	})
	return within(k, n, a[0], a[1]), nil
}

// weightedChecklist(least, most, value, weight …) adds the weights of the values
// that are true. Where both are node-sets, the nodes pair up.
func weightedChecklist(k *Context, a []Value) (Value, error) {
	total, z := 0.0, k.Env.zone()
	for i := 2; i+1 < len(a); i += 2 {
		var weights []float64
		each(a[i+1:i+2], func(v Value) { weights = append(weights, v.number(z)) })
		at := 0
		each(a[i:i+1], func(v Value) {
			if v.Bool() && len(weights) > 0 {
				total += weights[min(at, len(weights)-1)]
			}
			at++
		})
	}
	return within(k, total, a[0], a[1]), nil
}

func within(k *Context, n float64, low, high Value) Value {
	l, h := low.number(k.Env.zone()), high.number(k.Env.zone())
	return Bool((l < 0 || n >= l) && (h < 0 || n <= h))
}
