package text

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// level is an embedding level (Unicode Annex 9, BD2): odd runs to the left.
type level = uint8

// deepest is the deepest embedding (BD2).
const deepest = 125

func classOf(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// leftToRight says whether no rune of a text asks for another direction.
func leftToRight(text []rune) bool {
	for _, r := range text {
		if r < 0x590 {
			continue
		}
		switch classOf(r) {
		case bidi.R, bidi.AL, bidi.AN, bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.LRI, bidi.RLI, bidi.FSI:
			return false
		}
	}
	return true
}

// rightToLeft looks at the first strong character that is not isolated (P2 and P3).
func rightToLeft(text []rune) bool {
	inside := 0
	for _, r := range text {
		switch c := classOf(r); {
		case isolates(c):
			inside++
		case c == bidi.PDI:
			inside = max(0, inside-1)
		case inside == 0 && c == bidi.L:
			return false
		case inside == 0 && (c == bidi.R || c == bidi.AL):
			return true
		}
	}
	return false
}

// leftward says whether a paragraph runs to the left. A number before it, such as
// "B6a." of a question, does not count (HL1).
func leftward(text []rune) bool {
	for len(text) > 0 && !unicode.IsLetter(text[0]) && !unicode.IsDigit(text[0]) && !isolates(classOf(text[0])) {
		text = text[1:]
	}
	for i, r := range text[:min(len(text), 7)] {
		if (r == '.' || r == ')') && i > 0 && i+1 < len(text) && text[i+1] == ' ' {
			return rightToLeft(text[i+1:]) || rightToLeft(text)
		}
		if r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' {
			break
		}
	}
	return rightToLeft(text)
}

func isolates(c bidi.Class) bool { return c == bidi.LRI || c == bidi.RLI || c == bidi.FSI }

// removed says whether a rune takes no part after the explicit levels (X9).
func removed(c bidi.Class) bool {
	switch c {
	case bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.PDF, bidi.BN:
		return true
	}
	return false
}

// ordering resolves the levels of a paragraph.
type ordering struct {
	text   []rune
	first  []bidi.Class // as the runes have them
	class  []bidi.Class // as resolved so far
	levels []level
	// match is the PDI of an isolate initiator, len(text) if it has none; and the
	// initiator of a PDI, else -1 (BD9).
	match []int
	base  level
}

// levels gives each rune of a paragraph its embedding level (Unicode Annex 9, P1 to
// I2). nil stands for 0 everywhere. The libraries at hand (typesetting v0.3.5, x/text
// v0.43.0) resolve levels, but tell directions only, which lose the order of numbers
// and of what is embedded.
func levels(text []rune, rtl bool) []level {
	if !rtl && leftToRight(text) {
		return nil
	}
	o := &ordering{text: text, first: make([]bidi.Class, len(text)), levels: make([]level, len(text)), match: make([]int, len(text))}
	if rtl {
		o.base = 1
	}
	for i, r := range text {
		o.first[i] = classOf(r)
	}
	o.class = slices.Clone(o.first)
	o.matchIsolates()
	o.explicit()
	for _, s := range o.sequences() {
		s.weak()
		s.brackets()
		s.neutral()
		s.implicit()
	}
	last := o.base
	for i, c := range o.first {
		if removed(c) {
			o.levels[i] = last
		}
		last = o.levels[i]
	}
	return o.levels
}

func (o *ordering) matchIsolates() {
	var open []int
	for i, c := range o.first {
		o.match[i] = -1
		switch {
		case isolates(c):
			o.match[i] = len(o.text)
			open = append(open, i)
		case c == bidi.PDI && len(open) > 0:
			begin := open[len(open)-1]
			open = open[:len(open)-1]
			o.match[begin], o.match[i] = i, begin
		}
	}
}

// status is an entry of the directional status stack (X1).
type status struct {
	level   level
	force   bidi.Class // L or R under an override, else ON
	isolate bool
}

// explicit resolves embeddings, overrides and isolates (X1 to X8).
func (o *ordering) explicit() {
	stack := []status{{o.base, bidi.ON, false}}
	overIsolates, overEmbeddings, isolatesOpen := 0, 0, 0
	for i, c := range o.first {
		top := stack[len(stack)-1]
		o.levels[i] = top.level
		switch {
		case c == bidi.LRE || c == bidi.RLE || c == bidi.LRO || c == bidi.RLO || isolates(c):
			if isolates(c) && top.force != bidi.ON {
				o.class[i] = top.force
			}
			next := o.opened(i, top.level)
			switch {
			case next.level <= deepest && overIsolates == 0 && overEmbeddings == 0:
				stack = append(stack, next)
				if next.isolate {
					isolatesOpen++
				}
			case next.isolate:
				overIsolates++
			case overIsolates == 0:
				overEmbeddings++
			}
		case c == bidi.PDI:
			if overIsolates > 0 {
				overIsolates--
			} else if isolatesOpen > 0 {
				overEmbeddings = 0
				for !stack[len(stack)-1].isolate {
					stack = stack[:len(stack)-1]
				}
				stack = stack[:len(stack)-1]
				isolatesOpen--
			}
			top = stack[len(stack)-1]
			o.levels[i] = top.level
			if top.force != bidi.ON {
				o.class[i] = top.force
			}
		case c == bidi.PDF:
			switch {
			case overIsolates > 0:
			case overEmbeddings > 0:
				overEmbeddings--
			case !top.isolate && len(stack) > 1:
				stack = stack[:len(stack)-1]
			}
		case c == bidi.B:
			o.levels[i] = o.base
		case c != bidi.BN && top.force != bidi.ON:
			o.class[i] = top.force
		}
	}
}

// opened is the status that a rune opens within a level.
func (o *ordering) opened(i int, within level) status {
	c := o.first[i]
	left := c == bidi.RLE || c == bidi.RLO || c == bidi.RLI || c == bidi.FSI && rightToLeft(o.text[i+1:o.match[i]])
	s := status{within + 1, bidi.ON, isolates(c)}
	if left == (s.level%2 == 0) {
		s.level++
	}
	switch c {
	case bidi.LRO:
		s.force = bidi.L
	case bidi.RLO:
		s.force = bidi.R
	}
	return s
}

// sequence is an isolating run sequence (BD13): places of runes in the text.
type sequence struct {
	*ordering
	at     []int
	level  level
	before bidi.Class // sos
	after  bidi.Class // eos
}

func direction(l level) bidi.Class {
	if l%2 == 1 {
		return bidi.R
	}
	return bidi.L
}

// sequences lists the isolating run sequences (X10).
func (o *ordering) sequences() []*sequence {
	var runs [][]int
	starts := map[int]int{} // first rune of a run → number of the run
	for i, c := range o.first {
		if removed(c) {
			continue
		}
		if n := len(runs) - 1; n >= 0 && o.levels[runs[n][0]] == o.levels[i] {
			runs[n] = append(runs[n], i)
			continue
		}
		starts[i] = len(runs)
		runs = append(runs, []int{i})
	}
	var out []*sequence
	for _, run := range runs {
		if o.first[run[0]] == bidi.PDI && o.match[run[0]] >= 0 {
			continue // belongs to an earlier one
		}
		s := &sequence{ordering: o, level: o.levels[run[0]]}
		for {
			s.at = append(s.at, run...)
			last := run[len(run)-1]
			if !isolates(o.first[last]) || o.match[last] == len(o.text) {
				break
			}
			run = runs[starts[o.match[last]]]
		}
		s.before, s.after = o.around(s)
		out = append(out, s)
	}
	return out
}

// around gives the directions at both ends of a sequence.
func (o *ordering) around(s *sequence) (before, after bidi.Class) {
	i := s.at[0] - 1
	for i >= 0 && removed(o.first[i]) {
		i--
	}
	l := o.base
	if i >= 0 {
		l = o.levels[i]
	}
	before = direction(max(l, s.level))
	last := s.at[len(s.at)-1]
	i = last + 1
	for i < len(o.text) && removed(o.first[i]) {
		i++
	}
	l = o.base
	if i < len(o.text) && !isolates(o.first[last]) {
		l = o.levels[i]
	}
	return before, direction(max(l, s.level))
}

// weak resolves numbers and what belongs to them (W1 to W7).
func (s *sequence) weak() {
	prev, strong := s.before, s.before
	for _, i := range s.at { // W1 to W3
		switch c := s.class[i]; c {
		case bidi.NSM:
			s.class[i] = prev
			if isolates(prev) || prev == bidi.PDI {
				s.class[i] = bidi.ON
			}
		case bidi.EN:
			if strong == bidi.AL {
				s.class[i] = bidi.AN
			}
		case bidi.L, bidi.R, bidi.AL:
			strong = c
		}
		prev = s.class[i]
	}
	for _, i := range s.at {
		if s.class[i] == bidi.AL {
			s.class[i] = bidi.R
		}
	}
	for n := 1; n+1 < len(s.at); n++ { // W4
		a, b := s.class[s.at[n-1]], s.class[s.at[n+1]]
		switch c := s.class[s.at[n]]; {
		case a == bidi.EN && b == bidi.EN && (c == bidi.ES || c == bidi.CS), a == bidi.AN && b == bidi.AN && c == bidi.CS:
			s.class[s.at[n]] = a
		}
	}
	s.signs()
	strong = s.before
	for _, i := range s.at { // W7
		switch c := s.class[i]; {
		case c == bidi.EN && strong == bidi.L:
			s.class[i] = bidi.L
		case c == bidi.L || c == bidi.R:
			strong = c
		}
	}
}

// signs resolves signs beside numbers (W5 and W6).
func (s *sequence) signs() {
	for n := 0; n < len(s.at); {
		from := n
		for n < len(s.at) && s.class[s.at[n]] == bidi.ET {
			n++
		}
		if n > from && (from > 0 && s.class[s.at[from-1]] == bidi.EN || n < len(s.at) && s.class[s.at[n]] == bidi.EN) {
			for _, i := range s.at[from:n] {
				s.class[i] = bidi.EN
			}
		}
		if n == from {
			n++
		}
	}
	for _, i := range s.at {
		switch s.class[i] {
		case bidi.ES, bidi.ET, bidi.CS:
			s.class[i] = bidi.ON
		}
	}
}

// strongly is the direction that a resolved rune counts as among neutrals.
func strongly(c bidi.Class) bidi.Class {
	switch c {
	case bidi.EN, bidi.AN, bidi.R:
		return bidi.R
	case bidi.L:
		return bidi.L
	}
	return bidi.ON
}

// brackets gives pairs of brackets the direction of what they hold (N0).
func (s *sequence) brackets() {
	type open struct {
		closer rune
		at     int // in s.at
	}
	var stack []open
	var pairs [][2]int
	for n, i := range s.at {
		p, _ := bidi.LookupRune(s.text[i])
		if s.class[i] != bidi.ON || !p.IsBracket() {
			continue
		}
		r := sameBracket(s.text[i])
		if p.IsOpeningBracket() {
			if len(stack) == 63 {
				pairs = nil // BD16
				break
			}
			stack = append(stack, open{sameBracket([]rune(bidi.ReverseString(string(r)))[0]), n})
			continue
		}
		for k := len(stack) - 1; k >= 0; k-- {
			if stack[k].closer == r {
				pairs = append(pairs, [2]int{stack[k].at, n})
				stack = stack[:k]
				break
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]int) int { return a[0] - b[0] })
	for _, p := range pairs {
		if c := s.pairClass(p); c != bidi.ON {
			s.setBracket(p[0], c)
			s.setBracket(p[1], c)
		}
	}
}

// sameBracket gives brackets that are canonically equivalent one form.
func sameBracket(r rune) rune {
	switch r {
	case 0x2329:
		return 0x3008
	case 0x232a:
		return 0x3009
	}
	return r
}

// pairClass is the direction of a pair of brackets, ON if it holds nothing strong.
func (s *sequence) pairClass(p [2]int) bidi.Class {
	own, other := direction(s.level), false
	for _, i := range s.at[p[0]+1 : p[1]] {
		switch c := strongly(s.class[i]); c {
		case bidi.ON:
		case own:
			return own
		default:
			other = true
		}
	}
	if !other {
		return bidi.ON
	}
	before := s.before
	for n := p[0] - 1; n >= 0; n-- {
		if c := strongly(s.class[s.at[n]]); c != bidi.ON {
			before = c
			break
		}
	}
	return before
}

// setBracket gives a bracket a direction, and the marks upon it.
func (s *sequence) setBracket(n int, c bidi.Class) {
	s.class[s.at[n]] = c
	for n++; n < len(s.at) && s.first[s.at[n]] == bidi.NSM; n++ {
		s.class[s.at[n]] = c
	}
}

// neutral gives what has no direction that of its neighbours (N1 and N2).
func (s *sequence) neutral() {
	for n := 0; n < len(s.at); n++ {
		from := n
		for n < len(s.at) && strongly(s.class[s.at[n]]) == bidi.ON {
			n++
		}
		if n == from {
			continue
		}
		a, b := s.before, s.after
		if from > 0 {
			a = strongly(s.class[s.at[from-1]])
		}
		if n < len(s.at) {
			b = strongly(s.class[s.at[n]])
		}
		c := direction(s.level)
		if a == b {
			c = a
		}
		for _, i := range s.at[from:n] {
			s.class[i] = c
		}
	}
}

// implicit raises what runs against its level (I1 and I2).
func (s *sequence) implicit() {
	for _, i := range s.at {
		switch c := s.class[i]; {
		case s.level%2 == 1 && c != bidi.R:
			s.levels[i]++
		case s.level%2 == 0 && c == bidi.R:
			s.levels[i]++
		case s.level%2 == 0 && c != bidi.L:
			s.levels[i] += 2
		}
	}
}

// hangs says whether a rune at the end of a line takes the level of its paragraph
// (L1).
func hangs(r rune) bool {
	c := classOf(r)
	return c == bidi.WS || c == bidi.PDI || isolates(c) || removed(c) || c == bidi.B || c == bidi.S
}

// visualOrder turns around what runs to the left (L2): pieces of a line, each in
// one direction, with their levels.
func visualOrder[T any](pieces []T, levels []level) {
	if len(levels) == 0 {
		return
	}
	for l := slices.Max(levels); l > 0; l-- {
		for i := 0; i < len(pieces); i++ {
			from := i
			for i < len(pieces) && levels[i] >= l {
				i++
			}
			slices.Reverse(pieces[from:i])
			slices.Reverse(levels[from:i])
		}
	}
}
