package exchange

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
)

// bulkFile writes the rows of tables into a file of SQLite that nobody has open, page by page
// (sqlite.org/fileformat2.html): rows that come in the order of their numbers need no
// searching, which is most of what inserting them takes.
type bulkFile struct {
	f    *os.File
	out  []byte // pages that are to be appended
	next uint32 // number of the next page
}

// bulkPage is the size of pages; none of a page is reserved.
const bulkPage = 4096

// bulkBuffer is how many bytes of pages are written at a time.
const bulkBuffer = 64 * bulkPage

// openBulk opens a file that the engine has made and closed.
func openBulk(path string) (*bulkFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	var head [100]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		f.Close()
		return nil, err
	}
	pages := binary.BigEndian.Uint32(head[28:])
	if st, err := f.Stat(); err != nil || binary.BigEndian.Uint16(head[16:]) != bulkPage || head[20] != 0 || st.Size() != int64(pages)*bulkPage {
		f.Close()
		return nil, errors.Join(errors.New("the file of SQLite is not as it was made"), err)
	}
	return &bulkFile{f: f, next: pages + 1}, nil
}

// close says how many pages there are and closes the file.
func (b *bulkFile) close() error {
	err := b.flush()
	if err == nil {
		_, err = b.f.WriteAt(binary.BigEndian.AppendUint32(nil, b.next-1), 28)
	}
	return errors.Join(err, b.f.Close())
}

func (b *bulkFile) flush() error {
	at := int64(b.next-1)*bulkPage - int64(len(b.out))
	_, err := b.f.WriteAt(b.out, at)
	b.out = b.out[:0]
	return err
}

// append adds a page and returns its number.
func (b *bulkFile) append(page []byte) (uint32, error) {
	b.out = append(b.out, page...)
	b.next++
	if b.next == math.MaxUint32 {
		return 0, errors.New("the file has more pages than SQLite holds")
	}
	number := b.next - 1
	if len(b.out) >= bulkBuffer {
		return number, b.flush()
	}
	return number, nil
}

// bulkTable is a table that is being filled, its rows in the order of their numbers.
type bulkTable struct {
	b      *bulkFile
	root   uint32
	page   [bulkPage]byte
	cells  int
	end    int // where the cells of the page begin; they grow downwards
	last   int64
	leaves []bulkChild
	cell   []byte
}

// bulkChild is a page with the greatest number of its rows.
type bulkChild struct {
	page uint32
	last int64
}

// Heads of pages.
const (
	bulkLeafHead  = 8
	bulkInnerHead = 12
)

// table begins to fill a table that is empty, whose first page has a number.
func (b *bulkFile) table(root uint32) *bulkTable { return &bulkTable{b: b, root: root, end: bulkPage} }

// add adds a row with its record.
func (t *bulkTable) add(number int64, record []byte) error {
	if number <= t.last && (t.cells > 0 || len(t.leaves) > 0) {
		return fmt.Errorf("row %d comes after row %d", number, t.last)
	}
	c := appendVarint(t.cell[:0], uint64(len(record)))
	c = appendVarint(c, uint64(number))
	local := localSize(len(record))
	c = append(c, record[:local]...)
	if local < len(record) {
		first, err := t.b.overflow(record[local:])
		if err != nil {
			return err
		}
		c = binary.BigEndian.AppendUint32(c, first)
	}
	t.cell = c
	if t.end-len(c) < bulkLeafHead+2*(t.cells+1) {
		if err := t.leaf(); err != nil {
			return err
		}
	}
	t.end -= len(c)
	copy(t.page[t.end:], c)
	binary.BigEndian.PutUint16(t.page[bulkLeafHead+2*t.cells:], uint16(t.end))
	t.cells++
	t.last = number
	return nil
}

// localSize is how much of a record is on its page (section 1.6).
func localSize(n int) int {
	const most, least = bulkPage - 35, (bulkPage-12)*32/255 - 23
	if n <= most {
		return n
	}
	if k := least + (n-least)%(bulkPage-4); k <= most {
		return k
	}
	return least
}

// overflow writes what does not fit, and returns the first of its pages.
func (b *bulkFile) overflow(rest []byte) (first uint32, err error) {
	first = b.next
	for len(rest) > 0 {
		var page [bulkPage]byte
		n := copy(page[4:], rest)
		if rest = rest[n:]; len(rest) > 0 {
			binary.BigEndian.PutUint32(page[:], b.next+1)
		}
		if _, err := b.append(page[:]); err != nil {
			return 0, err
		}
	}
	return first, nil
}

// head finishes a page of a type.
func bulkHead(page []byte, kind byte, cells, end int) {
	page[0] = kind
	binary.BigEndian.PutUint16(page[3:], uint16(cells))
	binary.BigEndian.PutUint16(page[5:], uint16(end))
}

// leaf ends the page that is being filled.
func (t *bulkTable) leaf() error {
	bulkHead(t.page[:], 0x0d, t.cells, t.end)
	n, err := t.b.append(t.page[:])
	t.leaves = append(t.leaves, bulkChild{n, t.last})
	t.page, t.cells, t.end = [bulkPage]byte{}, 0, bulkPage
	return err
}

// finish writes the pages above the leaves. The uppermost is the first page of the table.
func (t *bulkTable) finish() error {
	if len(t.leaves) == 0 {
		bulkHead(t.page[:], 0x0d, t.cells, t.end)
		return t.atRoot(t.page[:])
	}
	if t.cells > 0 {
		if err := t.leaf(); err != nil {
			return err
		}
	}
	level := t.leaves
	for {
		var above []bulkChild
		rest := level
		for len(rest) > 0 {
			page, n := innerPage(rest)
			if n == len(level) {
				return t.atRoot(page)
			}
			if n == len(rest)-1 { // none may be left alone
				page, n = innerPage(rest[:n-1])
			}
			number, err := t.b.append(page)
			if err != nil {
				return err
			}
			above = append(above, bulkChild{number, rest[n-1].last})
			rest = rest[n:]
		}
		level = above
	}
}

func (t *bulkTable) atRoot(page []byte) error {
	_, err := t.b.f.WriteAt(page, int64(t.root-1)*bulkPage)
	return err
}

// innerPage is a page above as many others as it holds.
func innerPage(children []bulkChild) (page []byte, n int) {
	page = make([]byte, bulkPage)
	end := bulkPage
	for n < len(children) {
		cell := appendVarint(binary.BigEndian.AppendUint32(nil, children[n].page), uint64(children[n].last))
		if end-len(cell) < bulkInnerHead+2*(n+1) {
			break
		}
		end -= len(cell)
		copy(page[end:], cell)
		binary.BigEndian.PutUint16(page[bulkInnerHead+2*n:], uint16(end))
		n++
	}
	// The last child has no cell: its number stands in the head.
	end += len(appendVarint(nil, uint64(children[n-1].last))) + 4
	binary.BigEndian.PutUint16(page[bulkInnerHead+2*(n-1):], 0)
	bulkHead(page, 0x05, n-1, end)
	binary.BigEndian.PutUint32(page[8:], children[n-1].page)
	return page, n
}

// appendVarint writes an integer of one to nine bytes, the high ones first.
func appendVarint(b []byte, v uint64) []byte {
	if v >= 1<<56 {
		for shift := 57; shift >= 8; shift -= 7 {
			b = append(b, byte(v>>shift)|0x80)
		}
		return append(b, byte(v))
	}
	n := 1
	for x := v >> 7; x > 0; x >>= 7 {
		n++
	}
	for n--; n > 0; n-- {
		b = append(b, byte(v>>(7*n))|0x80)
	}
	return append(b, byte(v)&0x7f)
}

// bulkRecord is a row that is being written: types in front, values behind (section 2.1).
type bulkRecord struct {
	types, values, out []byte
}

func (r *bulkRecord) reset() { r.types, r.values = r.types[:0], r.values[:0] }

func (r *bulkRecord) null() { r.types = append(r.types, 0) }

// endsInNull says whether the last value is NULL; types of numbers and texts end in no byte of 0, those of blobs may.
func (r *bulkRecord) endsInNull() bool { return r.types[len(r.types)-1] == 0 }

func (r *bulkRecord) integer(v int64) {
	switch {
	case v == 0 || v == 1:
		r.types = append(r.types, byte(8+v))
	case v >= math.MinInt8 && v <= math.MaxInt8:
		r.types, r.values = append(r.types, 1), append(r.values, byte(v))
	case v >= math.MinInt16 && v <= math.MaxInt16:
		r.types, r.values = append(r.types, 2), binary.BigEndian.AppendUint16(r.values, uint16(v))
	case v >= math.MinInt32 && v <= math.MaxInt32:
		r.types, r.values = append(r.types, 4), binary.BigEndian.AppendUint32(r.values, uint32(v))
	default:
		r.types, r.values = append(r.types, 6), binary.BigEndian.AppendUint64(r.values, uint64(v))
	}
}

func (r *bulkRecord) real(v float64) {
	r.types, r.values = append(r.types, 7), binary.BigEndian.AppendUint64(r.values, math.Float64bits(v))
}

func (r *bulkRecord) text(s string) {
	r.types, r.values = appendVarint(r.types, 13+2*uint64(len(s))), append(r.values, s...)
}

func (r *bulkRecord) blob(b []byte) {
	r.types, r.values = appendVarint(r.types, 12+2*uint64(len(b))), append(r.values, b...)
}

// bytes is the record; it is valid until the next.
func (r *bulkRecord) bytes() []byte {
	n := len(r.types) + 1
	if n > 0x7f {
		n++
	}
	if n > 0x3fff {
		n++
	}
	r.out = appendVarint(r.out[:0], uint64(n))
	r.out = append(append(r.out, r.types...), r.values...)
	return r.out
}
