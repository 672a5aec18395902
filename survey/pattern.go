package survey

import "strings"

// Pattern is a field without the rows of repeats: "rep_farm/rep_crop/crop". The
// answers to one question share one. It is "" for a field that cannot be read.
func (f Field) Pattern() string {
	if !strings.ContainsRune(string(f), '[') {
		return string(f)
	}
	steps, err := f.Steps()
	if err != nil {
		return ""
	}
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.Name
	}
	return strings.Join(names, "/")
}

// Patterns gives the pattern of the fields of every question, group and repeat:
// names, with the groups in front where a name stands twice in the same repeat.
func (f *Form) Patterns() map[Item]string {
	type scope struct {
		repeat Item
		name   string
	}
	uses := map[scope]int{}
	f.Walk(func(it Item, within []Item) bool {
		repeat, _ := around(within)
		uses[scope{repeat, it.Common().Name}]++
		return true
	})
	out := map[Item]string{}
	f.Walk(func(it Item, within []Item) bool {
		repeat, groups := around(within)
		name := it.Common().Name
		if uses[scope{repeat, name}] > 1 {
			for i := len(groups) - 1; i >= 0; i-- {
				name = groups[i].Common().Name + "/" + name
			}
		}
		if repeat != nil {
			name = out[repeat] + "/" + name
		}
		out[it] = name
		return true
	})
	return out
}

// around splits what is around an item into the innermost repeat, nil if there is
// none, and the groups within it.
func around(within []Item) (repeat Item, groups []Item) {
	for i := len(within) - 1; i >= 0; i-- {
		if _, ok := within[i].(*Repeat); ok {
			return within[i], within[i+1:]
		}
	}
	return nil, within
}
