package expr

import (
	"errors"
	"math"
	"strings"
	"unicode/utf8"
)

// own returns the argument, or the context node where there is none.
func own(k *Context, a []Value) (Value, error) {
	switch {
	case len(a) > 0:
		return a[0], nil
	case k.Node == nil:
		return Value{}, errors.New("there is no node to look at here; an argument is needed")
	}
	return Nodes(k.Node), nil
}

func toString(k *Context, a []Value) (Value, error) {
	v, err := own(k, a)
	return Text(v.String()), err
}

func stringLength(k *Context, a []Value) (Value, error) {
	v, err := own(k, a)
	return Num(float64(utf8.RuneCountInString(v.String()))), err
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

func normalizeSpace(k *Context, a []Value) (Value, error) {
	v, err := own(k, a)
	return Text(strings.Join(strings.FieldsFunc(v.String(), isSpace), " ")), err
}

// each calls f with every value, node-sets spread out to the texts of their nodes.
func each(vs []Value, f func(Value)) {
	for _, v := range vs {
		if v.kind != nodesKind {
			f(v)
			continue
		}
		for _, n := range present(v.nodes) {
			f(Text(n.Text()))
		}
	}
}

func concat(_ *Context, a []Value) (Value, error) {
	var b strings.Builder
	each(a, func(v Value) { b.WriteString(v.String()) })
	return Text(b.String()), nil
}

func join(_ *Context, a []Value) (Value, error) {
	var parts []string
	each(a[1:], func(v Value) { parts = append(parts, v.String()) })
	return Text(strings.Join(parts, a[0].String())), nil
}

// substr is 0-based; negative positions count from the end (ODK XForms
// specification, substr).
func substr(k *Context, a []Value) (Value, error) {
	s := a[0].String()
	length := utf8.RuneCountInString(s)
	place := func(v Value) int {
		f := math.Trunc(v.number(k.Env.zone()))
		if math.IsNaN(f) {
			return 0
		}
		if f < 0 {
			f += float64(length)
		}
		return int(math.Max(0, math.Min(f, float64(length))))
	}
	i, j := place(a[1]), length
	if len(a) == 3 {
		j = place(a[2])
	}
	if i >= j {
		return Value{}, nil
	}
	return Text(runes(s, i, j)), nil
}

// runes returns the characters of s from the i-th up to the j-th, from 0.
func runes(s string, i, j int) string {
	from, at := len(s), 0
	for place := range s {
		if at == i {
			from = place
		}
		if at == j {
			return s[from:place]
		}
		at++
	}
	return s[from:]
}

// substring is 1-based and rounds (XPath 1.0, 4.2).
func substring(k *Context, a []Value) (Value, error) {
	s, z := a[0].String(), k.Env.zone()
	from, to := roundHalfUp(a[1].number(z)), math.Inf(1)
	if len(a) == 3 {
		to = from + roundHalfUp(a[2].number(z))
	}
	if !(from < to) { // NaN too
		return Value{}, nil
	}
	top := float64(len(s) + 1)
	i, j := math.Max(1, math.Min(from, top)), math.Max(1, math.Min(to, top))
	return Text(runes(s, int(i)-1, int(j)-1)), nil
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

// selected looks for the code among codes parted by spaces; a blank code is
// selected where nothing is (JavaRosa).
func selected(codes, code string) bool {
	code = trim(code)
	if code == "" {
		return trim(codes) == ""
	}
	for from := 0; ; {
		i := strings.Index(codes[from:], code)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(code)
		if (i == 0 || isSpace(rune(codes[i-1]))) && (end == len(codes) || isSpace(rune(codes[end]))) {
			return true
		}
		from = i + 1
	}
}

// selectedAt is 0-based, and blank out of range.
func selectedAt(k *Context, a []Value) (Value, error) {
	parts := strings.Fields(a[0].String())
	i := a[1].number(k.Env.zone())
	if !(i >= 0 && i < float64(len(parts))) {
		return Value{}, nil
	}
	return Text(parts[int(i)]), nil
}

func countSelected(_ *Context, a []Value) (Value, error) {
	return Num(float64(len(strings.Fields(a[0].String())))), nil
}
