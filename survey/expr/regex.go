package expr

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

// pattern is a regular expression that must match the whole text, or why it is
// none.
type pattern struct {
	match func(s string) (bool, error)
	err   error
}

// regex matches the whole text, as the ODK documentation and JavaRosa ask. Go's
// linear-time expressions come first; look-around and possessive quantifiers fall
// back to a backtracking matcher with a time limit.
func regex(_ *Context, a []Value) (Value, error) {
	p := patterns.get(a[1].String())
	if p.err != nil {
		return Value{}, p.err
	}
	is, err := p.match(a[0].String())
	return Bool(is), err
}

// matchLimit bounds the time of one match by backtracking; patternLength and
// patternCount what a hostile form can make us keep.
const (
	matchLimit    = 200 * time.Millisecond
	patternLength = 10000
	patternCount  = 500
)

// patternCache keeps the patterns of late: when the young are too many, they
// become the old, and what was old and not asked for again is forgotten.
type patternCache struct {
	mu         sync.Mutex
	young, old map[string]pattern
}

var patterns patternCache

func (c *patternCache) get(source string) pattern {
	c.mu.Lock()
	p, ok := c.young[source]
	if !ok {
		p, ok = c.old[source]
		if ok {
			c.put(source, p)
		}
	}
	c.mu.Unlock()
	if ok {
		return p
	}
	p = compilePattern(source)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(source, p)
	return p
}

func (c *patternCache) put(source string, p pattern) {
	if len(c.young) >= patternCount/2 || c.young == nil {
		c.young, c.old = map[string]pattern{}, c.young
	}
	c.young[source] = p
}

func compilePattern(source string) pattern {
	if len(source) > patternLength {
		return pattern{err: fmt.Errorf("the pattern is longer than %d characters", patternLength)}
	}
	if _, err := syntax.Parse(source, syntax.Perl); err == nil { // alone: ")(" must not close our bracket
		if re, err := regexp.Compile(`^(?:` + source + `)\z`); err == nil {
			return pattern{match: func(s string) (bool, error) { return re.MatchString(s), nil }}
		}
	}
	alone := atomic(source)
	_, err := regexp2.Compile(alone, regexp2.None)
	if err == nil {
		var re *regexp2.Regexp
		if re, err = regexp2.Compile(`^(?:`+alone+`)\z`, regexp2.None); err == nil {
			re.MatchTimeout = matchLimit
			return pattern{match: re.MatchString}
		}
	}
	return pattern{err: fmt.Errorf("the pattern %q cannot be read: %w", source, err)}
}

// atomic writes possessive quantifiers, which give nothing back, as atomic groups:
// a++ as (?>a+).
func atomic(source string) string {
	var out strings.Builder
	var groups []int // where the open groups begin in out
	start := 0       // where the last atom begins in out
	for i := 0; i < len(source); {
		n := quantifier(source[i:])
		if n > 0 {
			if i+n < len(source) && source[i+n] == '+' {
				s := out.String()
				out.Reset()
				out.WriteString(s[:start] + "(?>" + s[start:] + source[i:i+n] + ")")
				n++
			} else {
				out.WriteString(source[i : i+n])
			}
			i += n
			continue
		}
		n = atom(source[i:])
		switch source[i] {
		case '(':
			groups = append(groups, out.Len())
		case ')':
			if len(groups) > 0 {
				start, groups = groups[len(groups)-1], groups[:len(groups)-1]
			}
		default:
			start = out.Len()
		}
		out.WriteString(source[i : i+n])
		i += n
	}
	return out.String()
}

// quantifier returns the length of *, +, ? or {m,n} at the start of s.
func quantifier(s string) int {
	switch s[0] {
	case '*', '+', '?':
		return 1
	case '{':
		n := strings.IndexByte(s, '}')
		if n > 1 && strings.Trim(s[1:n], "0123456789,") == "" {
			return n + 1
		}
	}
	return 0
}

// class returns the length of the class in [ ] at the start of s. A ] that comes
// first is a member.
func class(s string) int {
	i := 1
	if strings.HasPrefix(s[i:], "^") {
		i++
	}
	if strings.HasPrefix(s[i:], "]") {
		i++
	}
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ']':
			return i + 1
		}
	}
	return len(s)
}

// atom returns the length of the sign, escape, class or opening of a group at the
// start of s.
func atom(s string) int {
	switch {
	case s[0] == '\\' && len(s) > 1:
		if end := strings.IndexByte(s, '}'); len(s) > 2 && s[2] == '{' && strings.IndexByte("pPxk", s[1]) >= 0 && end > 0 {
			return end + 1
		}
		return 2
	case s[0] == '[':
		return class(s)
	case strings.HasPrefix(s, "(?"):
		return 2 // the ? is no quantifier
	}
	return 1
}
