package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlScanner pulls XML (W3C XML 1.0) from a file of any size and keeps no more of it than
// one tag. The decoder of the standard library keeps a text whole, however long it is.
// Names are without their prefix. Entities of one's own are not known: a document type
// that declares any is refused.
type xmlScanner struct {
	r      *bufio.Reader
	line   int         // 1-based
	open   []string    // names of the elements that are open, as they are written
	attrs  [][2]string // of the element that was opened last
	single bool        // it is written as <x/>
	cdata  bool        // inside of <![CDATA[
	buf    []byte      // a piece of text
}

// xmlPart is what comes next.
type xmlPart uint8

const (
	xmlStart xmlPart = iota
	xmlEnd
	xmlPiece
)

// Limits of tags, in bytes, and of what is kept of text at a time.
const (
	maxXMLName  = 256
	maxXMLAttr  = 64 << 10
	maxXMLAttrs = 64
	maxXMLPiece = 4 << 10
)

// wrong says what is wrong with XML.
func (s *xmlScanner) wrong(format string, args ...any) error {
	return fmt.Errorf("line %d: %s; it may be damaged, or another format with this name", s.line, fmt.Sprintf(format, args...))
}

var xmlEncoding = regexp.MustCompile(`^<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']`)

// newXMLScanner reads XML in the encoding that is asked for, or that it names itself (XML
// 1.0, appendix F), and says which.
func newXMLScanner(in io.Reader, asked string) (*xmlScanner, string, error) {
	r := bufio.NewReaderSize(in, 64<<10)
	head, err := r.Peek(256)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	name := asked
	if name == "" {
		name = xmlEncodingOf(head)
	}
	e, err := encodingNamed(name)
	if err != nil {
		return nil, "", err
	}
	if name != "utf-8" {
		r = bufio.NewReaderSize(e.NewDecoder().Reader(r), 64<<10)
	}
	if b, err := r.Peek(3); err == nil && string(b) == "\ufeff" {
		r.Discard(3)
	}
	return &xmlScanner{r: r, line: 1}, name, nil
}

func xmlEncodingOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		return "utf-16be"
	}
	m := xmlEncoding.FindSubmatch(bytes.TrimPrefix(head, []byte("\ufeff")))
	if m == nil {
		return "utf-8"
	}
	switch name := strings.ToLower(string(m[1])); name {
	case "utf8", "us-ascii", "ascii", "utf-16": // what is written in ASCII is not UTF-16
		return "utf-8"
	default:
		return name
	}
}

func (s *xmlScanner) byte() (byte, error) {
	c, err := s.r.ReadByte()
	if c == '\n' && err == nil {
		s.line++
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return c, err
}

// next reads up to the next tag, or a piece of text. At the end of the file, with all
// elements closed, it is io.EOF.
func (s *xmlScanner) next() (xmlPart, string, error) {
	if s.single {
		s.single = false
		return s.close(s.open[len(s.open)-1])
	}
	for {
		c, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) && len(s.open) == 0 {
			return 0, "", io.EOF
		}
		if err != nil {
			return 0, "", unexpected(err)
		}
		s.r.UnreadByte()
		if c != '<' || s.cdata {
			if more, err := s.text(); err != nil || more {
				return xmlPiece, "", err
			}
			continue
		}
		s.r.ReadByte()
		switch c, err = s.byte(); {
		case err != nil:
			return 0, "", err
		case c == '/':
			name, c, err := s.name()
			for ; err == nil && isXMLSpace(c); c, err = s.byte() {
			}
			if err == nil && c != '>' {
				err = s.wrong("the end of <%s> is not closed", cutTo(name, 40))
			}
			if err != nil {
				return 0, "", err
			}
			return s.close(name)
		case c == '?':
			err = s.until("?>")
		case c == '!':
			err = s.declaration()
		default:
			if err := s.r.UnreadByte(); err != nil {
				return 0, "", err
			}
			name, err := s.start()
			return xmlStart, name, err
		}
		if err != nil {
			return 0, "", err
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// close closes the element that was opened last.
func (s *xmlScanner) close(name string) (xmlPart, string, error) {
	last := len(s.open) - 1
	if last < 0 || s.open[last] != name {
		return 0, "", s.wrong("</%s> closes nothing that is open", cutTo(name, 40))
	}
	s.open = s.open[:last]
	return xmlEnd, local(name), nil
}

func local(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }

// name reads a name and the character behind it.
func (s *xmlScanner) name() (string, byte, error) {
	var b []byte
	for {
		c, err := s.byte()
		if err != nil {
			return "", 0, err
		}
		if isXMLSpace(c) || strings.IndexByte(">/=<\"'&", c) >= 0 {
			if len(b) == 0 {
				return "", 0, s.wrong("a tag has no name")
			}
			return string(bytes.ToValidUTF8(b, []byte("\ufffd"))), c, nil
		}
		if b = append(b, c); len(b) > maxXMLName {
			return "", 0, s.wrong("a name is longer than %d bytes", maxXMLName)
		}
	}
}

// start reads a tag that opens an element.
func (s *xmlScanner) start() (string, error) {
	name, c, err := s.name()
	if err != nil {
		return "", err
	}
	if s.open = append(s.open, name); len(s.open) > maxNesting {
		return "", errDeep
	}
	s.attrs = s.attrs[:0]
	for {
		for ; err == nil && isXMLSpace(c); c, err = s.byte() {
		}
		if err != nil {
			return "", err
		}
		switch c {
		case '>':
			return local(name), nil
		case '/':
			if c, err = s.byte(); err == nil && c != '>' {
				err = s.wrong("the tag <%s> is not closed", cutTo(name, 40))
			}
			s.single = true
			return local(name), err
		}
		if err := s.r.UnreadByte(); err != nil {
			return "", err
		}
		if c, err = s.attribute(name); err != nil {
			return "", err
		}
	}
}

// attribute reads an attribute and the character behind it.
func (s *xmlScanner) attribute(of string) (byte, error) {
	name, c, err := s.name()
	for ; err == nil && isXMLSpace(c); c, err = s.byte() {
	}
	if err == nil && c == '=' {
		for c = ' '; err == nil && isXMLSpace(c); c, err = s.byte() {
		}
	}
	if err == nil && c != '"' && c != '\'' {
		err = s.wrong("an attribute of <%s> is not written as name=\"value\"", cutTo(of, 40))
	}
	if err != nil {
		return 0, err
	}
	quote := c
	var b []byte
	for {
		if c, err = s.byte(); err != nil {
			return 0, err
		}
		switch {
		case c == quote:
			if len(s.attrs) < maxXMLAttrs {
				s.attrs = append(s.attrs, [2]string{local(name), string(bytes.ToValidUTF8(b, []byte("\ufffd")))})
			}
			return s.byte()
		case c == '<':
			return 0, s.wrong("an attribute of <%s> is not closed", cutTo(of, 40))
		case c == '&':
			b, err = s.entity(b)
		default:
			b = append(b, c)
		}
		if err == nil && len(b) > maxXMLAttr {
			err = s.wrong("an attribute of <%s> is longer than %d KB", cutTo(of, 40), maxXMLAttr>>10)
		}
		if err != nil {
			return 0, err
		}
	}
}

// attr is the value of an attribute of the element that was opened last.
func (s *xmlScanner) attr(name string) string {
	for _, a := range s.attrs {
		if a[0] == name {
			return a[1]
		}
	}
	return ""
}

// entity reads behind & the name or number of a character, and adds it.
func (s *xmlScanner) entity(b []byte) ([]byte, error) {
	var name []byte
	for {
		c, err := s.byte()
		if err != nil {
			return b, err
		}
		if c == ';' {
			break
		}
		if name = append(name, c); len(name) > 10 {
			return b, s.wrong("& begins no name of a character")
		}
	}
	switch n := string(name); n {
	case "amp":
		return append(b, '&'), nil
	case "lt":
		return append(b, '<'), nil
	case "gt":
		return append(b, '>'), nil
	case "quot":
		return append(b, '"'), nil
	case "apos":
		return append(b, '\''), nil
	default:
		base, digits := 10, strings.TrimPrefix(n, "#")
		if strings.HasPrefix(digits, "x") {
			base, digits = 16, digits[1:]
		}
		v, err := strconv.ParseUint(digits, base, 32)
		if err != nil || !strings.HasPrefix(n, "#") || v > utf8.MaxRune {
			return b, s.wrong("&%s; is no character that is known", cutTo(strings.ToValidUTF8(n, "\ufffd"), 20))
		}
		return utf8.AppendRune(b, rune(v)), nil
	}
}

// until passes over everything up to an end.
func (s *xmlScanner) until(end string) error {
	at := 0
	for at < len(end) {
		c, err := s.byte()
		switch {
		case err != nil:
			return err
		case c == end[at]:
			at++
		case at == 2 && end[0] == end[1] && c == end[0]: // as --->
		case c == end[0]:
			at = 1
		default:
			at = 0
		}
	}
	return nil
}

// declaration reads behind <!.
func (s *xmlScanner) declaration() error {
	head, err := s.r.Peek(7)
	switch {
	case bytes.HasPrefix(head, []byte("--")):
		s.r.Discard(2)
		return s.until("-->")
	case string(head) == "[CDATA[" && len(s.open) > 0:
		s.r.Discard(7)
		s.cdata = true
		return nil
	case string(head) != "DOCTYPE":
		if err != nil {
			return unexpected(err)
		}
		return s.wrong("<! begins nothing that is known")
	}
	for {
		switch c, err := s.byte(); {
		case err != nil:
			return err
		case c == '[':
			return s.wrong("it declares names of its own (DOCTYPE), which are not read")
		case c == '>':
			return nil
		}
	}
}

// text reads a piece of text into buf; false means that there is none.
func (s *xmlScanner) text() (bool, error) {
	s.buf = s.buf[:0]
	for len(s.buf) < maxXMLPiece {
		c, err := s.r.ReadByte()
		if err != nil {
			if errors.Is(err, io.EOF) && len(s.open) == 0 && !s.cdata {
				break
			}
			return false, unexpected(err)
		}
		if c == '\r' { // every end of a line is \n (XML 1.0, 2.11)
			if next, _ := s.r.Peek(1); string(next) == "\n" {
				continue
			}
			c = '\n'
		}
		if c == '\n' {
			s.line++
		}
		switch {
		case s.cdata && c == ']':
			if end, _ := s.r.Peek(2); string(end) == "]>" {
				s.r.Discard(2)
				s.cdata = false
				return len(s.buf) > 0, nil
			}
		case !s.cdata && c == '<':
			s.r.UnreadByte()
			return len(s.buf) > 0, nil
		case !s.cdata && c == '&':
			if s.buf, err = s.entity(s.buf); err != nil {
				return false, err
			}
			continue
		}
		if len(s.open) == 0 && !isXMLSpace(c) {
			return false, s.wrong("it is no XML")
		}
		s.buf = append(s.buf, c)
	}
	return len(s.buf) > 0, nil
}

// children reads the element that was opened last and calls each for the elements in it;
// it must read each whole.
func (s *xmlScanner) children(each func(name string) error) error {
	for {
		part, name, err := s.next()
		switch {
		case err != nil:
			return err
		case part == xmlEnd:
			return nil
		case part == xmlStart:
			if err := each(name); err != nil {
				return err
			}
		}
	}
}

// skip passes over the element that was opened last.
func (s *xmlScanner) skip() error { return s.children(func(string) error { return s.skip() }) }

// pieces reads the text of the element that was opened last, piece by piece; elements in
// it are passed over.
func (s *xmlScanner) pieces(put func(piece []byte)) error {
	for {
		part, _, err := s.next()
		switch {
		case err != nil:
			return err
		case part == xmlEnd:
			return nil
		case part == xmlPiece:
			put(s.buf)
		default:
			if err := s.skip(); err != nil {
				return err
			}
		}
	}
}

// value reads the text of the element that was opened last without white space around it;
// long is true of one that is longer than a cell, of which the beginning is given.
func (s *xmlScanner) value() (text string, long bool, err error) {
	var b []byte
	err = s.pieces(func(piece []byte) {
		if len(b) == 0 {
			piece = bytes.TrimLeft(piece, " \t\r\n")
		}
		if long = long || len(b)+len(piece) > utf8.UTFMax*maxCell; !long {
			b = append(b, piece...)
		}
	})
	b = bytes.TrimRight(bytes.ToValidUTF8(b, []byte("\ufffd")), " \t\r\n")
	return string(b), long || utf8.RuneCount(b) > maxCell, err
}

// root reads a file with an element of one name around everything.
func (s *xmlScanner) root(want string, each func(name string) error) error {
	for {
		part, name, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return s.wrong("it holds nothing")
		case err != nil:
			return ended(err)
		case part == xmlPiece:
			continue
		case name != want:
			return s.wrong("its first element is <%s>, not <%s>", cutTo(name, 40), want)
		}
		return ended(s.children(each))
	}
}

// ended says of a file that ends too early what may have happened.
func ended(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends in the middle; it may not have been copied whole")
	}
	return err
}
