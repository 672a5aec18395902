package study

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"sort"
)

// pages reads b-trees of the study's file page by page (sqlite.org/fileformat2.html), as the
// engine has them in memory or in its log. Running its programs row by row takes several
// times as long; what reads everything cannot afford that. Nothing is written this way.
type pages struct {
	study  *Study
	size   int      // of a page, in bytes
	usable int      // of these
	raw    *os.File // nil: the engine reads
}

func newPages(s *Study) (*pages, error) {
	p := &pages{study: s}
	var reserved int
	err := s.direct(`SELECT (SELECT page_size FROM pragma_page_size), CAST(substr(data, 21, 1) AS BLOB) FROM sqlite_dbpage WHERE pgno = 1`, func(row []driver.Value) error {
		size, _ := row[0].(int64)
		b, _ := row[1].([]byte)
		if len(b) == 1 {
			reserved = int(b[0])
		}
		p.size, p.usable = int(size), int(size)-reserved
		return nil
	})
	if err == nil && p.usable < 480 {
		err = errPage
	}
	if err == nil && s.raw != nil && s.intoFile() {
		p.raw = s.raw
	}
	return p, err
}

// intoFile writes the log into the file, and says whether all of it is there.
func (s *Study) intoFile() bool {
	var busy, log, done int
	err := s.db.QueryRow(`PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done)
	return err == nil && busy == 0 && log == done
}

// errPage means that a page is not what it was taken for.
var errPage = errors.New("a page of the study's file is not as expected; check the study with sse verify")

// root is the first page of a table or index.
func (p *pages) root(name string) (uint32, error) {
	var n uint32
	err := p.study.db.QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = ?`, name).Scan(&n)
	return n, err
}

// columns are the places of a table's columns in its rows.
func (p *pages) columns(table string) (map[string]int, error) {
	out := map[string]int{}
	return out, p.study.direct(`SELECT cid, name FROM pragma_table_info(?)`, func(row []driver.Value) error {
		out[text(row[1])] = int(row[0].(int64))
		return nil
	}, table)
}

// each visits pages in the order of their numbers as given. While they are read nobody writes.
func (p *pages) each(numbers []uint32, visit func(i int, page string) error) error {
	if p.raw != nil {
		return p.eachRaw(numbers, visit)
	}
	list := make([]int64, len(numbers))
	for i, n := range numbers {
		list[i] = int64(n)
	}
	seen := 0
	err := p.study.direct(`SELECT CAST(d.data AS TEXT) FROM json_each(?) AS wanted CROSS JOIN sqlite_dbpage AS d WHERE d.pgno = wanted.value`, func(row []driver.Value) error {
		page := text(row[0])
		if len(page) < p.usable {
			return errPage
		}
		seen++
		return visit(seen-1, page)
	}, numberList(list))
	if err == nil && seen != len(numbers) {
		err = errPage
	}
	return err
}

// rawAtOnce is how many pages that lie together are read by one call.
const rawAtOnce = 64

// eachRaw reads from the file itself, into which the log was written when the snapshot was
// taken; what came later is in none. The engine's connection is held meanwhile: without it
// nobody in this process writes, and no other process may.
func (p *pages) eachRaw(numbers []uint32, visit func(i int, page string) error) error {
	c, err := p.study.db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer c.Close()
	buffer := make([]byte, min(rawAtOnce, len(numbers))*p.size)
	for i := 0; i < len(numbers); {
		n := 1
		for n < rawAtOnce && i+n < len(numbers) && numbers[i+n] == numbers[i]+uint32(n) {
			n++
		}
		if numbers[i] == 0 {
			return errPage
		}
		if _, err := p.raw.ReadAt(buffer[:n*p.size], int64(numbers[i]-1)*int64(p.size)); err != nil {
			return err
		}
		all := string(buffer[:n*p.size])
		for k := range n {
			if err := visit(i+k, all[k*p.size:(k+1)*p.size]); err != nil {
				return err
			}
		}
		i += n
	}
	return nil
}

// Types of pages.
const (
	interiorTable = 0x05
	leafTable     = 0x0d
)

func be16(s string, at int) int { return int(s[at])<<8 | int(s[at+1]) }

func be32(s string, at int) uint32 { return binary.BigEndian.Uint32([]byte(s[at : at+4])) }

// cells are where the cells of a page begin.
func (p *pages) cells(page string, head int, visit func(at int) error) error {
	n := be16(page, 3)
	if head+2*n > p.usable {
		return errPage
	}
	for i := range n {
		at := be16(page, head+2*i)
		if at < head || at+4 > p.usable {
			return errPage
		}
		if err := visit(at); err != nil {
			return err
		}
	}
	return nil
}

// tableLeaves are the leaves of a table, in order, with the greatest row of each; that of the
// last is not known.
type tableLeaves struct {
	page []uint32
	last []int64
}

// leaves walks down from the root of a table.
func (p *pages) leaves(root uint32) (*tableLeaves, error) {
	t := &tableLeaves{[]uint32{root}, []int64{math.MaxInt64}}
	for range mostDepth {
		if kind, err := p.kind(t.page[0]); err != nil || kind == leafTable {
			return t, err
		}
		below := &tableLeaves{}
		err := p.each(t.page, func(i int, page string) error {
			if page[0] != interiorTable {
				return errPage
			}
			err := p.cells(page, 12, func(at int) error {
				key, n := varint(page[at+4:])
				if n == 0 {
					return errPage
				}
				below.page, below.last = append(below.page, be32(page, at)), append(below.last, int64(key))
				return nil
			})
			below.page, below.last = append(below.page, be32(page, 8)), append(below.last, t.last[i])
			return err
		})
		if err != nil {
			return nil, err
		}
		t = below
	}
	return nil, errPage
}

// mostDepth is more than any tree has.
const mostDepth = 20

// kind is the type of a page.
func (p *pages) kind(number uint32) (kind byte, err error) {
	err = p.each([]uint32{number}, func(_ int, page string) error { kind = page[0]; return nil })
	return kind, err
}

// of is the leaf in which a row is, by its place among the leaves.
func (t *tableLeaves) of(row int64) int {
	return sort.Search(len(t.last)-1, func(i int) bool { return t.last[i] >= row })
}

// tableRow is a row of a table: its number, and its record. Of a row that is not all on its
// page there is none.
type tableRow struct {
	number int64
	record string
}

// rows visits the rows of a leaf.
func (p *pages) rows(page string, visit func(r tableRow) error) error {
	if page[0] != leafTable {
		return errPage
	}
	return p.cells(page, 8, func(at int) error {
		r, err := p.row(page, at)
		if err != nil {
			return err
		}
		return visit(r)
	})
}

func (p *pages) row(page string, at int) (tableRow, error) {
	size, k := varint(page[at:])
	number, k2 := varint(page[at+k:])
	if k == 0 || k2 == 0 {
		return tableRow{}, errPage
	}
	at += k + k2
	r := tableRow{number: int64(number)}
	if size > uint64(p.usable-35) {
		return r, nil
	}
	if at+int(size) > p.usable {
		return r, errPage
	}
	r.record = page[at : at+int(size)]
	return r, nil
}

// find is the row with a number on a leaf; none if it is not there.
func (p *pages) find(page string, number int64) (r tableRow, ok bool) {
	if page[0] != leafTable || 8+2*be16(page, 3) > p.usable {
		return r, false
	}
	n := be16(page, 3)
	i := sort.Search(n, func(i int) bool {
		at := be16(page, 8+2*i)
		if at >= len(page) {
			return true
		}
		_, k := varint(page[at:])
		v, _ := varint(page[at+k:])
		return int64(v) >= number
	})
	if i == n {
		return r, false
	}
	at := be16(page, 8+2*i)
	if at >= len(page) {
		return r, false
	}
	r, err := p.row(page, at)
	return r, err == nil && r.number == number
}

// readColumns reads columns of a record, as far as it has them: texts, integers, and what is NULL.
// Columns rise.
func readColumns(s string, columns []int, texts []string, numbers []int64, null []bool) error {
	size, at := varint(s)
	if at == 0 || size > uint64(len(s)) {
		return errPage
	}
	body, k := int(size), 0
	for c := 0; k < len(columns); c++ {
		if at >= int(size) {
			for ; k < len(columns); k++ { // added to the table later
				texts[k], numbers[k], null[k] = "", 0, true
			}
			return nil
		}
		kind, length := varint(s[at:])
		if length == 0 {
			return errPage
		}
		at += length
		n := serialSize(kind)
		if body+n > len(s) || n < 0 {
			return errPage
		}
		if c == columns[k] {
			texts[k], numbers[k], null[k] = "", 0, kind == 0
			switch {
			case kind >= 12:
				texts[k] = s[body : body+n]
			case kind == 9:
				numbers[k] = 1
			case kind >= 1 && kind <= 6:
				numbers[k] = signed(s[body : body+n])
			}
			k++
		}
		body += n
	}
	return nil
}

// serialSize is the bytes of a value of a serial type.
func serialSize(kind uint64) int {
	switch {
	case kind >= 12:
		return int((kind - 12) / 2)
	case kind <= 4:
		return int(kind)
	case kind == 5:
		return 6
	case kind <= 7:
		return 8
	}
	return 0
}

func signed(s string) int64 {
	v := int64(int8(s[0]))
	for i := 1; i < len(s); i++ {
		v = v<<8 | int64(s[i])
	}
	return v
}
