package view

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"sselandscape/maps/text"
)

// Rows says which rows a table shows, and in what order.
type Rows interface {
	// Len is how many rows are shown.
	Len() int
	// Row is the number of the row that is shown at a place.
	Row(place int) int
	// Place is where a row is shown, -1 if it is not.
	Place(row int) int
}

// Count is so many rows, all shown in their order.
type Count int

// Len implements Rows.
func (c Count) Len() int { return int(c) }

// Row implements Rows.
func (c Count) Row(place int) int { return place }

// Place implements Rows.
func (c Count) Place(row int) int {
	if row < 0 || row >= int(c) {
		return -1
	}
	return row
}

// IndexColumn is a column of an index: it is searched, sorted by and filtered by.
type IndexColumn struct {
	// Text is asked once per row, when the column is needed first, perhaps by
	// another goroutine: what it reads must not change.
	Text   func(row int) string
	Number bool // sorts as numbers; what is none comes behind, as text
}

// Index sorts, searches and filters the rows of a table. Each distinct text of a
// column is kept, folded and given its rank once, when that is needed first, so that
// searching and sorting mostly count. It serves one goroutine; what Warm starts
// shares nothing that changes.
type Index struct {
	n       int
	columns []*indexed
	words   []string // the query, folded
	found   []int32  // rows that the query finds, in their order
	wanted  []map[uint32]bool
	by      int // column sorted by, -1 none
	desc    bool
	shown   []int32
	places  []int32 // by row, made when asked for
}

// indexed is a column, each part of it made once.
type indexed struct {
	texts  func() *texts
	folded func() []string
	// ranks orders the texts, equal ones alike; the blank text ranks last.
	ranks func() []uint32
}

// texts are the distinct texts of a column.
type texts struct {
	of     []uint32 // by row: number of its text
	all    []string
	first  []int // by text: the first row that has it
	number map[string]uint32
}

// NewIndex makes an index of n rows, all of them shown.
func NewIndex(n int, columns ...IndexColumn) *Index {
	x := &Index{n: n, by: -1, wanted: make([]map[uint32]bool, len(columns))}
	for _, c := range columns {
		x.columns = append(x.columns, index(n, c))
	}
	x.found = make([]int32, n)
	for i := range x.found {
		x.found[i] = int32(i)
	}
	x.apply()
	return x
}

func index(n int, c IndexColumn) *indexed {
	col := &indexed{texts: sync.OnceValue(func() *texts { return distinct(n, c.Text) })}
	col.folded = sync.OnceValue(func() []string {
		all := col.texts().all
		out := make([]string, len(all))
		for i, s := range all {
			out[i] = text.Fold(s)
		}
		return out
	})
	col.ranks = sync.OnceValue(func() []uint32 { return ranked(col.texts().all, c.Number) })
	return col
}

func distinct(n int, text func(row int) string) *texts {
	t := &texts{of: make([]uint32, n), number: map[string]uint32{}}
	for row := range n {
		s := text(row)
		k, ok := t.number[s]
		if !ok {
			k = uint32(len(t.all))
			t.number[s] = k
			t.all = append(t.all, s)
			t.first = append(t.first, row)
		}
		t.of[row] = k
	}
	return t
}

// Warm prepares in the background what the first search and the first sort need,
// until it is done or stopped.
func (x *Index) Warm() (stop func()) {
	var stopped atomic.Bool
	columns := x.columns
	go func() {
		for _, c := range columns {
			if stopped.Load() {
				return
			}
			c.folded()
		}
		for _, c := range columns {
			if stopped.Load() {
				return
			}
			c.ranks()
		}
	}()
	return func() { stopped.Store(true) }
}

// sortable is a text with what it is compared by.
type sortable struct {
	class  int // numbers, then texts, then blank
	number float64
	key    []byte
	text   int
}

func (a *sortable) compare(b *sortable) int {
	switch {
	case a.class != b.class:
		return a.class - b.class
	case a.number < b.number:
		return -1
	case a.number > b.number:
		return 1
	}
	return bytes.Compare(a.key, b.key)
}

// ranked gives each text its rank by the collation of all scripts (Unicode
// Technical Standard 10), or as a number.
func ranked(texts []string, number bool) []uint32 {
	c := collate.New(language.Und)
	buf := new(collate.Buffer)
	all := make([]sortable, len(texts))
	for i, s := range texts {
		if i%1024 == 1023 {
			buf = new(collate.Buffer) // keys lie in it; a fresh one grows without copying them all
		}
		all[i] = sortableOf(c, buf, s, number)
		all[i].text = i
	}
	slices.SortFunc(all, func(a, b sortable) int { return a.compare(&b) })
	out := make([]uint32, len(texts))
	rank := uint32(0)
	for i := range all {
		if i > 0 && all[i].compare(&all[i-1]) != 0 {
			rank++
		}
		out[all[i].text] = rank
	}
	return out
}

func sortableOf(c *collate.Collator, buf *collate.Buffer, s string, number bool) sortable {
	t := strings.TrimSpace(s)
	if t == "" {
		return sortable{class: 2}
	}
	if v, ok := Number(t); number && ok {
		return sortable{number: v}
	}
	return sortable{class: 1, key: c.KeyFromString(buf, t)}
}

var separators = strings.NewReplacer(",", "", " ", "", "\u00a0", "", "\u202f", "", "−", "-")

// Number reads a number as it stands in a table, with or without thousands
// separators.
func Number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(separators.Replace(s), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// Len implements Rows.
func (x *Index) Len() int { return len(x.shown) }

// All is the number of rows, shown or not.
func (x *Index) All() int { return x.n }

// Row implements Rows.
func (x *Index) Row(place int) int { return int(x.shown[place]) }

// Place implements Rows.
func (x *Index) Place(row int) int {
	if row < 0 || row >= x.n {
		return -1
	}
	if x.places == nil {
		x.places = slices.Repeat([]int32{-1}, x.n)
		for i, r := range x.shown {
			x.places[r] = int32(i)
		}
	}
	return int(x.places[row])
}

// Sort orders the rows by a column, -1 by none. Rows with equal texts keep their
// order, and blank ones come last, whichever the direction.
func (x *Index) Sort(column int, descending bool) {
	x.by, x.desc = column, descending
	x.apply()
}

// Search shows the rows in which every word of the query is found, each in any
// column. A query that narrows the last one looks only at what that found.
func (x *Index) Search(query string) {
	words := strings.Fields(text.Fold(query))
	if slices.Equal(words, x.words) {
		return
	}
	if narrows(words, x.words) {
		x.found = x.find(words, x.found)
	} else {
		all := make([]int32, x.n)
		for i := range all {
			all[i] = int32(i)
		}
		x.found = x.find(words, all)
	}
	x.words = words
	x.apply()
}

// narrows says whether all that the new words find is found by the old ones too.
func narrows(words, old []string) bool {
	for _, o := range old {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, o) }) {
			return false
		}
	}
	return true
}

// find keeps the rows that hold every word.
func (x *Index) find(words []string, rows []int32) []int32 {
	for _, w := range words {
		seen := make([][]uint8, len(x.columns)) // by text: 0 not looked at, 1 does not hold the word, 2 does
		for i, c := range x.columns {
			seen[i] = make([]uint8, len(c.texts().all))
		}
		kept := make([]int32, 0, len(rows)/4+16)
		for _, r := range rows {
			if x.holds(int(r), w, seen) {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	return rows
}

func (x *Index) holds(row int, word string, seen [][]uint8) bool {
	for i, c := range x.columns {
		k := c.texts().of[row]
		if seen[i][k] == 0 {
			seen[i][k] = 1
			if strings.Contains(c.folded()[k], word) {
				seen[i][k] = 2
			}
		}
		if seen[i][k] == 2 {
			return true
		}
	}
	return false
}

// Filter wants or no longer wants a text of a column. Rows are shown that have,
// in every column of which texts are wanted, one of these.
func (x *Index) Filter(column int, text string, on bool) {
	k, ok := x.columns[column].texts().number[text]
	if !ok {
		return
	}
	if x.wanted[column] == nil {
		x.wanted[column] = map[uint32]bool{}
	}
	if on {
		x.wanted[column][k] = true
	} else {
		delete(x.wanted[column], k)
	}
	x.apply()
}

// passes says whether a row is wanted by the filters of all columns but one.
func (x *Index) passes(row int32, but int) bool {
	for i, w := range x.wanted {
		if i != but && len(w) > 0 && !w[x.columns[i].texts().of[row]] {
			return false
		}
	}
	return true
}

// Facet is a text of a column as a filter.
type Facet struct {
	Text  string
	Row   int // the first row that has it, shown or not
	Count int // rows that have it, of those that the query and the other columns' filters show
	On    bool
}

// Facets are the texts of a column, in the order in which they sort.
func (x *Index) Facets(column int) []Facet {
	c := x.columns[column].texts()
	counts := make([]int, len(c.all))
	for _, r := range x.found {
		if x.passes(r, column) {
			counts[c.of[r]]++
		}
	}
	order := make([]int, len(c.all))
	for i := range order {
		order[i] = i
	}
	ranks := x.columns[column].ranks()
	slices.SortStableFunc(order, func(a, b int) int { return int(ranks[a]) - int(ranks[b]) })
	out := make([]Facet, len(order))
	for i, k := range order {
		out[i] = Facet{c.all[k], c.first[k], counts[k], x.wanted[column][uint32(k)]}
	}
	return out
}

// apply filters what was found and puts it in order.
func (x *Index) apply() {
	x.places = nil
	rows := x.found
	if slices.ContainsFunc(x.wanted, func(w map[uint32]bool) bool { return len(w) > 0 }) {
		rows = make([]int32, 0, len(x.found))
		for _, r := range x.found {
			if x.passes(r, -1) {
				rows = append(rows, r)
			}
		}
	}
	if x.by >= 0 && x.by < len(x.columns) {
		rows = x.columns[x.by].sorted(rows, x.desc)
	}
	x.shown = rows
}

// sorted orders rows by counting: how many rows have a rank says where those of
// the next begin.
func (c *indexed) sorted(rows []int32, desc bool) []int32 {
	t, ranks := c.texts(), c.ranks()
	starts := make([]int, len(t.all)+1)
	filled := uint32(0) // ranks that are not blank
	for i, r := range ranks {
		if strings.TrimSpace(t.all[i]) != "" {
			filled = max(filled, r+1)
		}
	}
	rank := func(row int32) uint32 {
		r := ranks[t.of[row]]
		if desc && r < filled {
			return filled - 1 - r
		}
		return r
	}
	for _, r := range rows {
		starts[rank(r)+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	out := make([]int32, len(rows))
	for _, r := range rows {
		k := rank(r)
		out[starts[k]] = r
		starts[k]++
	}
	return out
}
