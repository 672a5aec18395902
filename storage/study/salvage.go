package study

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"sselandscape/survey"
)

// pageReader reads the pages of a database that SQLite may refuse, each as the log has
// it where it is committed there. Format: sqlite.org/fileformat2, sections 1.2, 1.6 and 4.
type pageReader struct {
	file, log *os.File
	size      int           // of a page
	pages     int           // in the file and the log
	logged    map[int]int64 // page to its place in the log
}

// errNoPages means that a file is too short, or not a database at all.
var errNoPages = errors.New("nothing in it can be read as a study")

func openPages(live string) (*pageReader, error) {
	f, err := os.Open(live)
	if err != nil {
		return nil, err
	}
	p := &pageReader{file: f, logged: map[int]int64{}}
	st, err := f.Stat()
	if err != nil {
		p.close()
		return nil, err
	}
	if p.log, err = os.Open(live + "-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.close()
		return nil, err
	}
	p.size = p.pageSize()
	p.pages = int(st.Size() / int64(p.size))
	p.readLog()
	if p.pages == 0 {
		p.close()
		return nil, errNoPages
	}
	return p, nil
}

func (p *pageReader) close() {
	p.file.Close()
	if p.log != nil {
		p.log.Close()
	}
}

// pageSize takes the size of a page from the file, else from the log, else the usual one.
func (p *pageReader) pageSize() int {
	valid := func(n int) bool { return n >= 512 && n <= 65536 && n&(n-1) == 0 }
	var head [100]byte
	if _, err := p.file.ReadAt(head[:], 0); err == nil && string(head[:15]) == "SQLite format 3" {
		n := int(binary.BigEndian.Uint16(head[16:]))
		if n == 1 {
			n = 65536
		}
		if valid(n) {
			return n
		}
	}
	if p.log != nil {
		if _, err := p.log.ReadAt(head[:12], 0); err == nil && valid(int(binary.BigEndian.Uint32(head[8:]))) {
			return int(binary.BigEndian.Uint32(head[8:]))
		}
	}
	return 4096
}

// readLog finds the pages that were committed to the log, up to the first frame whose
// checksum does not fit.
func (p *pageReader) readLog() {
	head := make([]byte, 32)
	if p.log == nil {
		return
	}
	if _, err := p.log.ReadAt(head, 0); err != nil || binary.BigEndian.Uint32(head)&^1 != 0x377f0682 || int(binary.BigEndian.Uint32(head[8:])) != p.size {
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[3]&1 == 1 {
		order = binary.BigEndian
	}
	sum := walSum{order: order}
	if sum.add(head[:24]); !sum.is(head[24:]) {
		return
	}
	waiting := map[int]int64{}
	frame := make([]byte, 24+p.size)
	for at := int64(32); ; at += int64(len(frame)) {
		if _, err := p.log.ReadAt(frame, at); err != nil || string(frame[8:16]) != string(head[16:24]) {
			return
		}
		sum.add(frame[:8])
		if sum.add(frame[24:]); !sum.is(frame[16:24]) {
			return
		}
		waiting[int(binary.BigEndian.Uint32(frame))] = at + 24
		if binary.BigEndian.Uint32(frame[4:]) == 0 {
			continue // not the last of its commit
		}
		for page, at := range waiting {
			p.logged[page] = at
			p.pages = max(p.pages, page)
		}
		clear(waiting)
	}
}

// walSum is the checksum of the log.
type walSum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (w *walSum) add(b []byte) {
	for i := 0; i+8 <= len(b); i += 8 {
		w.s0 += w.order.Uint32(b[i:]) + w.s1
		w.s1 += w.order.Uint32(b[i+4:]) + w.s0
	}
}

func (w *walSum) is(b []byte) bool {
	return binary.BigEndian.Uint32(b) == w.s0 && binary.BigEndian.Uint32(b[4:]) == w.s1
}

// page reads a page, counted from 1.
func (p *pageReader) page(n int, b []byte) bool {
	if n < 1 || n > p.pages {
		return false
	}
	var err error
	if at, ok := p.logged[n]; ok {
		_, err = p.log.ReadAt(b, at)
	} else {
		_, err = p.file.ReadAt(b, int64(n-1)*int64(p.size))
	}
	return err == nil
}

// records calls f with every row of every leaf of a table that can be read. Pages that
// are free may hold rows that were deleted.
func (p *pageReader) records(f func(row []any)) {
	b := make([]byte, p.size)
	for n := 1; n <= p.pages; n++ {
		if !p.page(n, b) {
			continue
		}
		head := 0
		if n == 1 {
			head = 100
		}
		if b[head] != 0x0d { // leaf of a table
			continue
		}
		cells := int(binary.BigEndian.Uint16(b[head+3:]))
		for i := range cells {
			at := head + 8 + 2*i
			if at+2 > len(b) {
				break
			}
			if payload, ok := p.payload(b, int(binary.BigEndian.Uint16(b[at:]))); ok {
				if row, ok := record(payload); ok {
					f(row)
				}
			}
		}
	}
}

// maxRow limits how long a row may say it is.
const maxRow = 64 << 20

// payload gathers a row from its page and those that it flows over to.
func (p *pageReader) payload(b []byte, at int) ([]byte, bool) {
	if at >= len(b) {
		return nil, false
	}
	length, k := varint(b[at:])
	if k == 0 || length > maxRow || length > uint64(p.pages)*uint64(p.size) {
		return nil, false
	}
	_, k2 := varint(b[at+k:])
	if k2 == 0 {
		return nil, false
	}
	at += k + k2
	usable, n := p.size, int(length)
	local := n
	if most := usable - 35; n > most {
		least := (usable-12)*32/255 - 23
		if local = least + (n-least)%(usable-4); local > most {
			local = least
		}
	}
	if local == n {
		if at+n > len(b) {
			return nil, false
		}
		return b[at : at+n], true
	}
	if at+local+4 > len(b) {
		return nil, false
	}
	out := append(make([]byte, 0, n), b[at:at+local]...)
	next := int(binary.BigEndian.Uint32(b[at+local:]))
	over := make([]byte, p.size)
	for len(out) < n {
		if !p.page(next, over) {
			return nil, false
		}
		out = append(out, over[4:min(len(over), 4+n-len(out))]...)
		next = int(binary.BigEndian.Uint32(over))
	}
	return out, true
}

// varint reads SQLite's variable-length integer and how long it is, 0 if it is cut off.
func varint[B ~string | ~[]byte](b B) (uint64, int) {
	var v uint64
	for i := 0; i < len(b) && i < 9; i++ {
		if i == 8 {
			return v<<8 | uint64(b[i]), 9
		}
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// record decodes a row into nil, int64, float64, string and []byte.
func record(b []byte) ([]any, bool) {
	head, k := varint(b)
	if k == 0 || head > uint64(len(b)) {
		return nil, false
	}
	var out []any
	body := b[head:]
	for at := k; at < int(head); {
		kind, k := varint(b[at:int(head)])
		if k == 0 {
			return nil, false
		}
		at += k
		v, n, ok := column(kind, body)
		if !ok {
			return nil, false
		}
		out, body = append(out, v), body[n:]
	}
	return out, true
}

// column decodes a value by its serial type.
func column(kind uint64, b []byte) (v any, n int, ok bool) {
	switch {
	case kind == 0:
		return nil, 0, true
	case kind >= 1 && kind <= 6:
		n = [...]int{1, 2, 3, 4, 6, 8}[kind-1]
		if n > len(b) {
			return nil, 0, false
		}
		x := int64(int8(b[0]))
		for _, c := range b[1:n] {
			x = x<<8 | int64(c)
		}
		return x, n, true
	case kind == 7:
		if len(b) < 8 {
			return nil, 0, false
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), 8, true
	case kind == 8 || kind == 9:
		return int64(kind - 8), 0, true
	case kind < 12 || (kind-12)/2 > uint64(len(b)):
		return nil, 0, false
	}
	n = int((kind - 12) / 2)
	if kind%2 == 1 {
		return string(b[:n]), n, utf8.Valid(b[:n])
	}
	return append([]byte(nil), b[:n]...), n, true
}

// salvaged is what a damaged file still says. Rows are told apart by their shape, as
// the list of tables may be damaged too.
type salvaged struct {
	revisions map[string]*incoming   // by id; their hashes fit
	drafts    map[[2]string]draftRow // by interview and field, the newest
	devices   map[string]Device
	files     map[string]fileRow
	meta      map[string]string
	begun     map[string][3]string // form, version and patch, by interview
	own       string               // id of this laptop, "" if it cannot be read
	spoilt    int                  // rows that look like revisions but are not what their hash says
}

type draftRow struct{ value, at string }

type fileRow struct {
	mime  string
	bytes int64
}

// salvage reads what can be read of a database and its log without changing them.
func salvage(live string) (*salvaged, error) {
	out := &salvaged{revisions: map[string]*incoming{}, drafts: map[[2]string]draftRow{}, devices: map[string]Device{}, files: map[string]fileRow{}, meta: map[string]string{}, begun: map[string][3]string{}}
	p, err := openPages(live)
	if errors.Is(err, errNoPages) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	defer p.close()
	p.records(out.take)
	return out, nil
}

func (s *salvaged) take(row []any) {
	if in, ok := revisionRow(row); ok {
		if in.invalid != "" {
			s.spoilt++
			return
		}
		if before := s.revisions[in.raw.ID]; before == nil || !before.raw.Redacted {
			s.revisions[in.raw.ID] = in
		}
		return
	}
	var id, label, at, value string
	var a, b int64
	var key []byte
	switch {
	case shape(row, &id, &label, &key) && len(key) == 32:
		s.devices[id] = Device{id, label, key}
	case (shape(row, &id, &key) || len(row) > 2 && shape(row[:2], &id, &key)) && len(key) == 64:
		s.own = id
	case shape(row, &id, &label, &value, &at) && json.Valid([]byte(value)) && len(at) > 18 && at[10] == 'T':
		if k := [2]string{id, label}; s.drafts[k].at < at {
			s.drafts[k] = draftRow{value, at}
		}
	case shape(row, &id, &label, &value, &at) && json.Valid([]byte(at)) && strings.HasPrefix(at, "{"):
		s.begun[id] = [3]string{label, value, at}
	case shape(row, &id, &label, &a, &b):
		if _, err := hex.DecodeString(id); err == nil && len(id) == 64 {
			s.files[id] = fileRow{label, a}
		}
	case shape(row, &id, &value):
		switch id {
		case "study", "researcher", "name", "countries", "fictional", keptPrefix + keptFolder:
			s.meta[id] = value
		}
	}
}

// revisionRow reads a row of the table revision as it is stored: the columns in their
// order, behind an integer key (stored as NULL) where the schema has one. This is the
// only place of recovery that knows the table; a schema that stores revisions in
// another way is added here, and the ways before stay.
func revisionRow(row []any) (*incoming, bool) {
	var r survey.Revision
	var kind, patch, replaces string
	var hash []byte
	in := &incoming{}
	if (len(row) == 18 || len(row) == 20) && row[0] == nil {
		r.Redacted = row[17] == int64(1)
		if len(row) == 20 {
			in.witness, _ = row[19].(string)
		}
		row = row[1:16] // version 4: number in front, batch and redacted behind; 5: entity_n and witness too
	}
	if !shape(row, &r.ID, &r.Entity, &kind, &r.Form, &r.FormVersion, &r.Device, &r.Seq, &r.Actor, &r.Wall, &r.TZ, &r.Lamport, &patch, &replaces, &hash, &in.sig) {
		return nil, false
	}
	r.Kind = survey.EntityKind(kind)
	if len(hash) != len(in.hash) || json.Unmarshal([]byte(patch), &r.Patch) != nil || replaces != "" && json.Unmarshal([]byte(replaces), &r.Replaces) != nil {
		return nil, false
	}
	b, err := r.Canonical()
	if err != nil || in.scan(b) != nil || string(in.hash[:]) != string(hash) {
		in.invalid = "its content does not fit its hash"
	}
	return in, true
}

// shape puts a row into variables if there are as many, of the same types.
func shape(row []any, into ...any) bool {
	if len(row) != len(into) {
		return false
	}
	for i, v := range row {
		ok := false
		switch p := into[i].(type) {
		case *string:
			*p, ok = v.(string)
		case *int64:
			*p, ok = v.(int64)
		case *[]byte:
			*p, ok = v.([]byte)
		}
		if !ok {
			return false
		}
	}
	return true
}
