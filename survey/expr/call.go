package expr

import (
	"fmt"
	"sort"
	"strings"
)

// function is an entry of the library. Its body gets the arguments uncalled, so
// that if(), coalesce() and once() evaluate only what they need.
type function struct {
	min, max int // arguments; max -1 means any number
	pairs    int // where arguments come in pairs: the first of them
	volatile bool
	gives    kind
	body     func(k *Context, args []eval) (Value, error)
}

// plain wraps a body that wants all its arguments evaluated.
func plain(min, max int, f func(k *Context, args []Value) (Value, error)) function {
	return function{min: min, max: max, body: func(k *Context, args []eval) (Value, error) {
		vs := make([]Value, len(args))
		for i, a := range args {
			v, err := a(k)
			if err != nil {
				return Value{}, err
			}
			vs[i] = v
		}
		return f(k, vs)
	}}
}

func (c *compiler) call(x *Call) (eval, error) {
	f, ok := library[x.Name]
	if err := callable(x, f, ok); err != nil {
		if c.late {
			return func(*Context) (Value, error) { return Value{}, err }, nil
		}
		return nil, err
	}
	return c.known(x, f)
}

// callable says what is wrong with the name of a function or with the number of
// its arguments.
func callable(x *Call, f function, ok bool) error {
	if !ok {
		hint := ""
		if near := Nearest(x.Name, Functions()); near != "" {
			hint = "; did you mean " + near + "()?"
		}
		return fail(x.Offset(), "there is no function %s()%s", x.Name, hint)
	}
	if n := len(x.Args); n < f.min || f.max >= 0 && n > f.max {
		return fail(x.Offset(), "%s() takes %s, not %d", x.Name, arity(f), n)
	} else if f.pairs > 0 && (n-f.pairs)%2 != 0 {
		return fail(x.Offset(), "%s() takes %d and then pairs of arguments, not %d", x.Name, f.pairs, n)
	}
	return nil
}

func (c *compiler) known(x *Call, f function) (eval, error) {
	volatile := c.volatile || f.volatile
	args, err := c.exprs(x.Args)
	if err != nil {
		return nil, err
	}
	if c.volatile = c.volatile || volatile; x.Name == "once" {
		c.volatile = volatile // what is kept does not change again
	}
	return func(k *Context) (Value, error) {
		v, err := f.body(k, args)
		if err != nil {
			return Value{}, fmt.Errorf("%s(): %w", x.Name, err)
		}
		return v, nil
	}, nil
}

func arity(f function) string {
	switch {
	case f.max < 0:
		return fmt.Sprintf("at least %d arguments", f.min)
	case f.min == f.max && f.min == 1:
		return "1 argument"
	case f.min == f.max:
		return fmt.Sprintf("%d arguments", f.min)
	}
	return fmt.Sprintf("%d to %d arguments", f.min, f.max)
}

// Functions lists the names of all functions, in order.
func Functions() []string {
	out := make([]string, 0, len(library))
	for n := range library {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// Nearest returns the name that differs least from name, or "" if none is near
// enough to be a slip of the pen.
func Nearest(name string, names []string) string {
	best, at := "", 1+len(name)/3
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n), at); d <= at && (best == "" || d < at) {
			best, at = n, d
		}
	}
	return best
}

// distance is the Levenshtein distance in runes; it may stop once above limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
