package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// jsonScanner pulls JSON (RFC 8259) from a file of any size and keeps no more of it
// than one text. The decoder of the standard library keeps a text whole, however
// long it is.
type jsonScanner struct {
	r     *bufio.Reader
	depth int
	buf   []byte
}

// maxNesting is how deep arrays and objects may lie in each other.
const maxNesting = 64

var (
	errLongText = fmt.Errorf("a text holds more than %d characters", maxCell)
	errDeep     = fmt.Errorf("it is nested more than %d deep", maxNesting)
	errNoJSON   = errors.New("it is no JSON; it may be damaged, or another format with this name")
)

// peek returns the next byte that is no white space.
func (s *jsonScanner) peek() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c, s.r.UnreadByte()
		}
	}
}

func (s *jsonScanner) expect(want byte) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != want {
		return errNoJSON
	}
	s.r.ReadByte()
	return nil
}

// object calls each with the name of every member; it must read the value.
func (s *jsonScanner) object(each func(name string) error) error {
	return s.list('{', '}', func() error {
		name, err := s.text()
		if err != nil && !errors.Is(err, errLongText) {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		return each(name)
	})
}

// array calls each for every value; it must read it.
func (s *jsonScanner) array(each func() error) error { return s.list('[', ']', each) }

func (s *jsonScanner) list(open, close byte, each func() error) error {
	if err := s.expect(open); err != nil {
		return err
	}
	if s.depth++; s.depth > maxNesting {
		return errDeep
	}
	defer func() { s.depth-- }()
	if c, err := s.peek(); err != nil || c == close {
		s.r.ReadByte()
		return err
	}
	for {
		if err := each(); err != nil {
			return err
		}
		c, err := s.peek()
		if err != nil {
			return err
		}
		s.r.ReadByte()
		switch c {
		case close:
			return nil
		case ',':
		default:
			return errNoJSON
		}
	}
}

// text reads a string.
func (s *jsonScanner) text() (string, error) {
	if err := s.raw(true); err != nil {
		return "", err
	}
	if bytes.IndexByte(s.buf, '\\') < 0 {
		return string(bytes.ToValidUTF8(s.buf[1:len(s.buf)-1], []byte("\ufffd"))), nil
	}
	var v string
	if json.Unmarshal(s.buf, &v) != nil {
		return "", errNoJSON
	}
	return v, nil
}

// raw reads a string with its quotation marks into buf; one that is too long is
// passed over.
func (s *jsonScanner) raw(keep bool) error {
	if err := s.expect('"'); err != nil {
		return err
	}
	s.buf = append(s.buf[:0], '"')
	long := false
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return err
		}
		if c < ' ' {
			return errNoJSON
		}
		if long = long || len(s.buf) > 6*maxCell; keep && !long {
			s.buf = append(s.buf, c)
		}
		switch c {
		case '"':
			if long {
				return errLongText
			}
			return nil
		case '\\':
			c, err := s.r.ReadByte()
			if err != nil {
				return err
			}
			if keep && !long {
				s.buf = append(s.buf, c)
			}
		}
	}
}

// literal reads a number, true, false or null as it is written.
func (s *jsonScanner) literal() (string, error) {
	var b []byte
	for {
		c, err := s.r.ReadByte()
		if err != nil && (!errors.Is(err, io.EOF) || len(b) == 0) {
			return "", err
		}
		if err != nil || c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			if err == nil {
				s.r.UnreadByte()
			}
			break
		}
		if b = append(b, c); len(b) > 400 {
			return "", errNoJSON
		}
	}
	if !json.Valid(b) {
		return "", errNoJSON
	}
	return string(b), nil
}

// number reads a number; anything else that may stand there is 0.
func (s *jsonScanner) number() (float64, error) {
	if c, err := s.peek(); err != nil || c == '"' || c == '{' {
		if err == nil {
			err = s.skip()
		}
		return 0, err
	}
	v, err := s.literal()
	if err != nil {
		return 0, err
	}
	f, _ := strconv.ParseFloat(v, 64)
	return f, nil
}

// value reads any value as text: null is "", objects and arrays are written as JSON.
func (s *jsonScanner) value() (string, error) {
	c, err := s.peek()
	if err != nil {
		return "", err
	}
	switch c {
	case '"':
		return s.text()
	case '{', '[':
		var b []byte
		long := false
		if err := s.compact(&b, &long); err != nil {
			return "", err
		}
		if long {
			return "", errLongText
		}
		return string(b), nil
	}
	v, err := s.literal()
	if v == "null" {
		v = ""
	}
	return v, err
}

// compact writes a value without white space, up to the length of a cell.
func (s *jsonScanner) compact(b *[]byte, long *bool) error {
	put := func(p string) {
		if *long = *long || len(*b)+len(p) > maxCell; !*long {
			*b = append(*b, p...)
		}
	}
	c, err := s.peek()
	if err != nil {
		return err
	}
	first := true
	comma := func() {
		if !first {
			put(",")
		}
		first = false
	}
	switch c {
	case '{':
		put("{")
		err = s.object(func(name string) error {
			comma()
			put(string(appendString(nil, name)) + ":")
			return s.compact(b, long)
		})
		put("}")
	case '[':
		put("[")
		err = s.array(func() error {
			comma()
			return s.compact(b, long)
		})
		put("]")
	case '"':
		var v string
		if v, err = s.text(); errors.Is(err, errLongText) {
			*long, err = true, nil
		}
		put(string(appendString(nil, v)))
	default:
		var v string
		v, err = s.literal()
		put(v)
	}
	return err
}

// skip passes over a value.
func (s *jsonScanner) skip() error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return s.object(func(string) error { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		if err := s.raw(false); !errors.Is(err, errLongText) {
			return err
		}
		return nil
	}
	_, err = s.literal()
	return err
}
