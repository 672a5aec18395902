package expr

import "regexp"

var listItems = regexp.MustCompile(`^\s*instance\(\s*['"]([^'"]+)['"]\s*\)/root/item\s*(?s:\[(.*)\])?\s*$`)

// Items takes apart the nodes of an itemset that offers a list,
// instance('id')/root/item[condition]; ok is false where they are anything else.
func Items(nodes string) (id, condition string, ok bool) {
	m := listItems.FindStringSubmatch(nodes)
	if m == nil || !Balanced(m[2]) {
		return "", "", false
	}
	return m[1], m[2], true
}

// Balanced says whether a text stands inside one pair of brackets: it is no end of
// one condition and beginning of another.
func Balanced(s string) bool {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}
