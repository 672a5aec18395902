package gazetteer

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"sselandscape/maps/text"
)

// Entry is something with names, for instance a romanised and a local one.
type Entry struct {
	Names []string
	// Weight orders what fits as well: the greater first.
	Weight int
}

// Fit says how well a name fits what was asked for, the best first.
type Fit uint8

// The fits.
const (
	Whole  Fit = iota // the name
	Begins            // its beginning
	Word              // the beginning of a word in it
	Within            // a part of it
	Almost            // with errors of typing
)

// Found is an entry that fits.
type Found struct {
	Entry int    // its number
	Name  string // the name that fits
	Fit   Fit
	Off   int // errors of typing
}

// Index is names prepared for searching. It is safe for use by several goroutines.
type Index struct {
	entries []Entry
	names   []name
}

// name is a name as texts are compared when searching.
type name struct {
	folded  string
	entry   int32
	which   int32 // of the entry's names
	letters uint64
}

// New prepares entries. Their numbers are those of the slice.
func New(entries []Entry) *Index {
	x := &Index{entries: entries}
	for i, e := range entries {
		for k, n := range e.Names {
			if f := folded(n); f != "" && !slices.ContainsFunc(x.names[max(0, len(x.names)-k):], func(o name) bool { return o.entry == int32(i) && o.folded == f }) {
				x.names = append(x.names, name{f, int32(i), int32(k), letters(f)})
			}
		}
	}
	return x
}

// folded is a text with one space between words and no signs between them.
func folded(s string) string {
	f := strings.FieldsFunc(text.Fold(s), func(r rune) bool { return strings.ContainsRune(" -‐–'’`,./()·", r) })
	return strings.Join(f, " ")
}

// letters is the set of letters of a text, by 64 classes.
func letters(s string) (set uint64) {
	for _, r := range s {
		set |= 1 << (uint32(r) % 64)
	}
	return set
}

// Find returns the entries that fit best, at most limit of them, each once. Nothing fits
// a query without letters.
func (x *Index) Find(query string, limit int) []Found {
	q := folded(query)
	if q == "" || limit < 1 {
		return nil
	}
	s := search{index: x, query: q, runes: []rune(q), letters: letters(q), best: map[int32]Found{}}
	for i := range x.names {
		s.exact(&x.names[i])
	}
	if allowed := s.allowed(); allowed > 0 && len(s.best) < limit {
		for i := range x.names {
			s.almost(&x.names[i], allowed)
		}
	}
	return s.ranked(limit)
}

// search is one query.
type search struct {
	index   *Index
	query   string
	runes   []rune
	letters uint64
	best    map[int32]Found // by entry
	rows    [3][]int
}

// allowed is how many errors a query may have: none where it is so short that anything
// would fit.
func (s *search) allowed() int {
	switch n := len(s.runes); {
	case n < 4:
		return 0
	case n < 7:
		return 1
	}
	return 2
}

func (s *search) exact(n *name) {
	if s.letters&^n.letters != 0 {
		return
	}
	at := strings.Index(n.folded, s.query)
	if at < 0 {
		return
	}
	fit := Within
	switch {
	case len(n.folded) == len(s.query):
		fit = Whole
	case at == 0:
		fit = Begins
	case strings.Contains(n.folded, " "+s.query):
		fit = Word
	}
	s.keep(n, fit, 0)
}

func (s *search) keep(n *name, fit Fit, off int) {
	if b, ok := s.best[n.entry]; ok && (b.Fit < fit || b.Fit == fit && b.Off <= off) {
		return
	}
	s.best[n.entry] = Found{int(n.entry), s.index.entries[n.entry].Names[n.which], fit, off}
}

// almost compares the query with the beginnings of the name and of its words.
func (s *search) almost(n *name, allowed int) {
	if b, ok := s.best[n.entry]; ok && b.Fit < Almost || missing(s.letters&^n.letters) > allowed {
		return
	}
	for rest := n.folded; ; {
		if off := s.distance(rest, allowed); off <= allowed {
			s.keep(n, Almost, off)
		}
		_, after, more := strings.Cut(rest, " ")
		if !more {
			return
		}
		rest = after
	}
}

// missing counts letters, as far as 3.
func missing(set uint64) (n int) {
	for ; set != 0 && n < 3; n++ {
		set &= set - 1
	}
	return n
}

// distance is how many letters must be changed, added, left out or swapped with their
// neighbour (Damerau 1964) so that the query begins a text; more than most is most + 1.
func (s *search) distance(in string, most int) int {
	n := len(s.runes)
	for i := range s.rows {
		if len(s.rows[i]) <= n {
			s.rows[i] = make([]int, n+1)
		}
	}
	before, last, row := s.rows[0], s.rows[1], s.rows[2]
	for i := range n + 1 {
		last[i] = i
	}
	best := last[n]
	was, k := utf8.RuneError, 0
	for _, r := range in {
		if k++; k > n+most {
			break
		}
		row[0] = k
		least := k
		for i := 1; i <= n; i++ {
			d := last[i-1]
			if s.runes[i-1] != r {
				d++
			}
			d = min(d, last[i]+1, row[i-1]+1)
			if i > 1 && k > 1 && s.runes[i-1] == was && s.runes[i-2] == r {
				d = min(d, before[i-2]+1)
			}
			row[i], least = d, min(least, d)
		}
		best = min(best, row[n])
		if least > most {
			break
		}
		was = r
		before, last, row = last, row, before
	}
	return min(best, most+1)
}

// ranked are the entries that fit best.
func (s *search) ranked(limit int) []Found {
	out := make([]Found, 0, len(s.best))
	for _, f := range s.best {
		out = append(out, f)
	}
	weight := func(f Found) int { return s.index.entries[f.Entry].Weight }
	slices.SortFunc(out, func(a, b Found) int {
		return cmp.Or(cmp.Compare(tier(a.Fit), tier(b.Fit)), cmp.Compare(a.Off, b.Off), cmp.Compare(weight(b), weight(a)), cmp.Compare(a.Fit, b.Fit), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Entry, b.Entry))
	})
	return out[:min(len(out), limit)]
}

// tier puts the beginnings of names and of their words on one level: the weightier come
// first there.
func tier(f Fit) Fit {
	if f == Word {
		return Begins
	}
	return f
}
