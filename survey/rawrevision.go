package survey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// RawRevision is a revision scanned from its canonical bytes without decoding its
// answers, for merging millions of them. Its slices point into the bytes that were
// scanned.
type RawRevision struct {
	Revision // without Patch and Replaces
	Fields   []RawField
	Gone     []RawReplaced
	// PatchJSON and ReplacesJSON are the canonical JSON of both maps; that of no
	// replacements is empty.
	PatchJSON, ReplacesJSON []byte
}

// RawField is a field of a patch: its name without quotes and escapes, and its value as
// canonical JSON.
type RawField struct{ Name, Value []byte }

// Blank says whether the value is blank.
func (f RawField) Blank() bool { return len(f.Value) > 0 && f.Value[0] == 'n' }

// RawReplaced is a field with a revision whose value of it is replaced.
type RawReplaced struct{ Name, Revision []byte }

// ErrNotCanonical means that bytes are not the canonical JSON of a revision: other
// bytes would say the same, and hashes and signatures would not be of what they seem.
var ErrNotCanonical = errors.New("it is not written in the canonical way")

// ScanRevision reads the canonical bytes of a revision, and only these: b is accepted
// exactly if it is what Canonical gives for the revision that b describes.
func ScanRevision(b []byte, r *RawRevision) error {
	r.Revision, r.Fields, r.Gone = Revision{}, r.Fields[:0], r.Gone[:0]
	s := rawScanner{b: b}
	s.lit(`{"id":`)
	r.ID = s.text()
	s.lit(`,"entity":`)
	r.Entity = s.text()
	s.lit(`,"kind":`)
	r.Kind = EntityKind(s.text())
	if s.try(`,"form":`) {
		r.Form = s.filled()
	}
	if s.try(`,"form_version":`) {
		r.FormVersion = s.filled()
	}
	s.lit(`,"device":`)
	r.Device = s.text()
	s.lit(`,"seq":`)
	r.Seq = s.integer()
	s.lit(`,"actor":`)
	r.Actor = s.text()
	s.lit(`,"wall":`)
	r.Wall = s.text()
	s.lit(`,"tz":`)
	r.TZ = s.text()
	s.lit(`,"lamport":`)
	r.Lamport = s.integer()
	s.lit(`,"patch":`)
	from := s.at
	s.patch(r)
	r.PatchJSON, r.ReplacesJSON = s.since(from), nil
	if s.try(`,"replaces":`) {
		from = s.at
		s.replaces(r)
		r.ReplacesJSON = s.since(from)
	}
	r.Redacted = s.try(`,"redacted":true`)
	s.lit(`}`)
	if s.bad || s.at != len(b) {
		return fmt.Errorf("%w, near byte %d", ErrNotCanonical, s.at)
	}
	return nil
}

// ScanMaps reads Fields and Gone out of PatchJSON and ReplacesJSON.
func (r *RawRevision) ScanMaps() error {
	r.Fields, r.Gone = r.Fields[:0], r.Gone[:0]
	s := rawScanner{b: r.PatchJSON}
	s.patch(r)
	bad := s.bad || s.at != len(s.b)
	if len(r.ReplacesJSON) > 0 {
		s = rawScanner{b: r.ReplacesJSON}
		s.replaces(r)
		bad = bad || s.bad || s.at != len(s.b)
	}
	if bad {
		return ErrNotCanonical
	}
	return nil
}

// Decode gives the revision with its maps.
func (r *RawRevision) Decode() (Revision, error) {
	out := r.Revision
	if string(r.PatchJSON) != "null" {
		out.Patch = make(map[Field]Value, len(r.Fields))
	}
	for _, f := range r.Fields {
		v, err := f.value()
		if err != nil {
			return out, fmt.Errorf("revision %s: %w", r.ID, err)
		}
		out.Patch[Field(f.Name)] = v
	}
	if len(r.ReplacesJSON) > 0 {
		if err := json.Unmarshal(r.ReplacesJSON, &out.Replaces); err != nil {
			return out, fmt.Errorf("revision %s: %w", r.ID, err)
		}
	}
	return out, nil
}

// value decodes the usual answer, a text without escapes, by itself.
func (f RawField) value() (v Value, err error) {
	if n := len(f.Value); n >= 2 && f.Value[0] == '"' && bytes.IndexByte(f.Value, '\\') < 0 {
		return Value{Text: string(f.Value[1 : n-1])}, nil
	}
	return v, v.UnmarshalJSON(f.Value)
}

// rawScanner reads JSON as MarshalPlain writes it. After a mistake it is bad and stays
// where the mistake is.
type rawScanner struct {
	b   []byte
	at  int
	bad bool
}

func (s *rawScanner) since(from int) []byte { return s.b[min(from, s.at):s.at] }

func (s *rawScanner) try(lit string) bool {
	if s.bad || len(s.b)-s.at < len(lit) || string(s.b[s.at:s.at+len(lit)]) != lit {
		return false
	}
	s.at += len(lit)
	return true
}

func (s *rawScanner) lit(lit string) {
	if !s.try(lit) {
		s.bad = true
	}
}

func (s *rawScanner) text() string { return string(s.raw()) }

// filled is a text that is left out where it is empty.
func (s *rawScanner) filled() string {
	t := s.text()
	s.bad = s.bad || t == ""
	return t
}

// raw reads a text without its quotes and escapes.
func (s *rawScanner) raw() []byte {
	s.lit(`"`)
	from, escaped := s.at, false
	for !s.bad && s.at < len(s.b) {
		switch c := s.b[s.at]; {
		case c == '"':
			t := s.b[from:s.at]
			s.at++
			if escaped {
				return s.unescaped(t)
			}
			return t
		case c == '\\':
			escaped = true
			s.escape()
		case c < 0x20:
			s.bad = true
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, n := utf8.DecodeRune(s.b[s.at:])
			if r == utf8.RuneError && n == 1 || r == '\u2028' || r == '\u2029' {
				s.bad = true
				return nil
			}
			s.at += n
		}
	}
	s.bad = true
	return nil
}

// escape passes an escape that MarshalPlain writes: what must be escaped, in its
// shortest way.
func (s *rawScanner) escape() {
	rest := s.b[s.at:]
	if len(rest) >= 2 && bytes.IndexByte([]byte(`"\bfnrt`), rest[1]) >= 0 {
		s.at += 2
		return
	}
	if len(rest) >= 6 && rest[1] == 'u' {
		code := string(rest[2:6])
		n, err := strconv.ParseUint(code, 16, 16)
		short := n == '\b' || n == '\f' || n == '\n' || n == '\r' || n == '\t'
		if err == nil && (n < 0x20 && !short || n == 0x2028 || n == 0x2029) && code == fmt.Sprintf("%04x", n) {
			s.at += 6
			return
		}
	}
	s.bad = true
}

func (s *rawScanner) unescaped(t []byte) []byte {
	var out string
	if err := json.Unmarshal(append(append([]byte{'"'}, t...), '"'), &out); err != nil {
		s.bad = true
	}
	return []byte(out)
}

func (s *rawScanner) integer() int64 {
	from := s.at
	s.try("-")
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		s.at++
	}
	t := string(s.since(from))
	n, err := strconv.ParseInt(t, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != t {
		s.bad = true
	}
	return n
}

// members reads an object whose names rise, or null; each reads a value.
func (s *rawScanner) members(each func(name []byte)) {
	if s.try("null") {
		return
	}
	s.lit("{")
	var before []byte
	for first := true; !s.bad && !s.try("}"); first = false {
		if !first {
			s.lit(",")
		}
		name := s.raw()
		s.bad = s.bad || !first && bytes.Compare(before, name) >= 0
		s.lit(":")
		if before = name; !s.bad {
			each(name)
		}
	}
}

func (s *rawScanner) patch(r *RawRevision) {
	s.members(func(name []byte) {
		from := s.at
		switch {
		case s.try("null"), s.try(`{"special":"dk"}`), s.try(`{"special":"refused"}`), s.try(`{"special":"na"}`):
		default:
			s.bad = s.bad || len(s.raw()) == 0 // a blank answer is null
		}
		r.Fields = append(r.Fields, RawField{name, s.since(from)})
	})
}

func (s *rawScanner) replaces(r *RawRevision) {
	n := 0
	s.members(func(name []byte) {
		n++
		if s.try("null") {
			return
		}
		s.lit("[")
		for first := true; !s.bad && !s.try("]"); first = false {
			if !first {
				s.lit(",")
			}
			r.Gone = append(r.Gone, RawReplaced{name, s.raw()})
		}
	})
	s.bad = s.bad || n == 0 // left out where it is empty
}
