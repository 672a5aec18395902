package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Index holds names in blocks, such as countries, and finds those like another
// without looking at all of a block: only names that share a word, or a part of
// one, that few others have.
type Index struct {
	grams    [][]uint64
	postings map[string][]int32 // by block and word
}

// frequent is how many names may have a word before it says too little.
const frequent = 64

// NewIndex makes an empty index.
func NewIndex() *Index { return &Index{postings: map[string][]int32{}} }

// Add adds a name to a block and returns its number, from 0 in the order in which
// names were added.
func (x *Index) Add(block, name string) int {
	key := Key(name)
	n := int32(len(x.grams))
	x.grams = append(x.grams, grams(key))
	for _, p := range parts(key) {
		p = block + "\x00" + p
		if list := x.postings[p]; len(list) <= frequent && (len(list) == 0 || list[len(list)-1] != n) {
			x.postings[p] = append(list, n)
		}
	}
	return int(n)
}

// Like lists the names of a block that are like one, the most similar first: those
// whose likeness is at least floor, at most limit. Names whose words all are in
// more than 64 names of the block are not found.
func (x *Index) Like(block, name string, floor float64, limit int) []Hit {
	key := Key(name)
	want := grams(key)
	if len(want) == 0 {
		return nil
	}
	var lists [][]int32
	for _, p := range parts(key) {
		if list := x.postings[block+"\x00"+p]; len(list) > 0 && len(list) <= frequent {
			lists = append(lists, list)
		}
	}
	slices.SortFunc(lists, func(a, b []int32) int { return cmp.Compare(len(a), len(b)) })
	var out []Hit
	seen := map[int32]bool{}
	for _, list := range lists[:min(len(lists), 3)] {
		for _, n := range list {
			if seen[n] {
				continue
			}
			seen[n] = true
			if s := likeness(want, x.grams[n]); s >= floor {
				out = append(out, Hit{int(n), s})
			}
		}
	}
	slices.SortFunc(out, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Index, b.Index)) })
	return out[:min(len(out), limit)]
}

// parts are the words of a key; of scripts without spaces between words, all runs of
// four letters.
func parts(key string) []string {
	var out []string
	for _, w := range strings.Fields(key) {
		rs := []rune(w)
		if len(rs) <= 4 || unicode.In(rs[0], unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Sinhala) {
			out = append(out, w)
			continue
		}
		for i := 0; i+4 <= len(rs); i++ {
			out = append(out, string(rs[i:i+4]))
		}
	}
	return out
}
