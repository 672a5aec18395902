package xlsform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Limits of the XML in a workbook.
const (
	maxToken = 1 << 20 // bytes of one tag or one text
	maxAttr  = 4 << 10 // bytes of one attribute
	maxDepth = 100     // elements within elements
)

// xmlToken is what xmlReader.next found.
type xmlToken uint8

const (
	xmlEOF xmlToken = iota
	xmlStart
	xmlEnd
	xmlText
)

// xmlReader pulls tokens from the XML of a workbook without keeping more than one
// of them. Prefixes of names are left out. It knows no document types: the
// entities are the five of XML and the numeric ones.
type xmlReader struct {
	r        io.Reader
	buf      []byte
	pos, end int // buf[pos:end] is not used yet
	readErr  error

	depth   int    // open elements
	name    []byte // of the tag, valid until the next token
	attrs   []byte // of the tag, as written
	text    []byte // of a text, decoded
	scratch []byte
	closes  bool // the tag was <x/>: its end comes next
}

var (
	errTooLong   = errors.New("it holds a text of more than 1 MB")
	errCutOff    = errors.New("it ends too early")
	errMalformed = errors.New("it is no well-formed XML")
)

// newXMLReader reads UTF-8, and UTF-16 that begins with a byte order mark.
func newXMLReader(r io.Reader) *xmlReader {
	x := &xmlReader{r: r, buf: make([]byte, 32<<10)}
	if x.more(2); x.end >= 2 && (x.buf[0] == 0xfe && x.buf[1] == 0xff || x.buf[0] == 0xff && x.buf[1] == 0xfe) {
		head := bytes.Clone(x.buf[:x.end])
		wide := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
		x = &xmlReader{r: transform.NewReader(io.MultiReader(bytes.NewReader(head), r), wide), buf: x.buf}
	}
	if x.more(3); bytes.HasPrefix(x.buf[x.pos:x.end], []byte("\ufeff")) {
		x.pos += 3
	}
	return x
}

// more makes at least n bytes available; false means that there are fewer.
func (x *xmlReader) more(n int) bool {
	for x.end-x.pos < n && x.readErr == nil {
		switch {
		case x.pos > 0 && x.end == len(x.buf):
			x.end = copy(x.buf, x.buf[x.pos:x.end])
			x.pos = 0
		case x.end == len(x.buf) && len(x.buf) > maxToken:
			x.readErr = errTooLong
			return false
		case x.end == len(x.buf):
			x.buf = append(x.buf, make([]byte, len(x.buf))...)
		}
		var k int
		k, x.readErr = x.r.Read(x.buf[x.end:])
		x.end += k
	}
	return x.end-x.pos >= n
}

// fail is the error of a part that stops where more was expected.
func (x *xmlReader) fail() error {
	if x.readErr == nil || errors.Is(x.readErr, io.EOF) || errors.Is(x.readErr, io.ErrUnexpectedEOF) {
		return errCutOff
	}
	return x.readErr
}

// find returns the distance to the first occurrence of what, counted from pos+from.
func (x *xmlReader) find(what string, from int) (int, bool) {
	for {
		if i := bytes.Index(x.buf[min(x.pos+from, x.end):x.end], []byte(what)); i >= 0 {
			return from + i, true
		}
		have := x.end - x.pos
		if !x.more(have + 1) {
			return 0, false
		}
		from = max(from, have-len(what)+1)
	}
}

// next moves to the next start, end or text.
func (x *xmlReader) next() (xmlToken, error) {
	if x.closes {
		x.closes = false
		x.depth--
		return xmlEnd, nil
	}
	for {
		if !x.more(1) {
			if x.depth == 0 && errors.Is(x.readErr, io.EOF) {
				return xmlEOF, nil
			}
			return xmlEOF, x.fail()
		}
		if x.buf[x.pos] != '<' {
			if err := x.chars(); err != nil {
				return xmlEOF, err
			}
			return xmlText, nil
		}
		x.more(2)
		switch {
		case x.end-x.pos < 2:
			return xmlEOF, x.fail()
		case x.buf[x.pos+1] == '!':
			tok, err := x.special()
			if err != nil || tok == xmlText {
				return tok, err
			}
		case x.buf[x.pos+1] == '?':
			if err := x.instruction(); err != nil {
				return xmlEOF, err
			}
		default:
			return x.tag()
		}
	}
}

// chars reads a text up to the next tag.
func (x *xmlReader) chars() error {
	n, found := x.find("<", 0)
	if !found {
		if !errors.Is(x.readErr, io.EOF) {
			return x.fail()
		}
		n = x.end - x.pos
		if x.depth > 0 {
			return errCutOff
		}
	}
	raw := x.buf[x.pos : x.pos+n]
	x.pos += n
	var err error
	x.text, err = x.decode(raw)
	return err
}

// special reads what begins with <!: a comment or CDATA.
func (x *xmlReader) special() (xmlToken, error) {
	x.more(9)
	head := x.buf[x.pos:min(x.pos+9, x.end)]
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		n, found := x.find("-->", 4)
		if !found {
			return xmlEOF, x.fail()
		}
		x.pos += n + 3
		return xmlEOF, nil
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		n, found := x.find("]]>", 9)
		if !found {
			return xmlEOF, x.fail()
		}
		x.text = x.buf[x.pos+9 : x.pos+n]
		x.pos += n + 3
		return xmlText, nil
	}
	return xmlEOF, errors.New("it declares a document type, which no workbook needs")
}

// instruction passes <?…?>; a declaration must name an encoding that is read.
func (x *xmlReader) instruction() error {
	n, found := x.find("?>", 2)
	if !found {
		return x.fail()
	}
	head := x.buf[x.pos+2 : x.pos+n]
	x.pos += n + 2
	if rest, ok := bytes.CutPrefix(head, []byte("xml ")); ok {
		for name, value, rest := nextAttr(rest); name != nil; name, value, rest = nextAttr(rest) {
			low := strings.ToLower(string(value))
			if string(name) == "encoding" && !strings.HasPrefix(low, "utf") && low != "us-ascii" {
				return fmt.Errorf("it is written in the encoding %.20s", value)
			}
		}
	}
	return nil
}

// tag reads <x …>, <x …/> or </x>.
func (x *xmlReader) tag() (xmlToken, error) {
	n, found := x.tagEnd()
	if !found {
		return xmlEOF, x.fail()
	}
	body := x.buf[x.pos+1 : x.pos+n]
	x.pos += n + 1
	if len(body) > 0 && body[0] == '/' {
		if x.depth--; x.depth < 0 {
			return xmlEOF, errMalformed
		}
		x.name = localName(trimRight(body[1:]))
		return xmlEnd, nil
	}
	if k := len(body) - 1; k >= 0 && body[k] == '/' {
		body, x.closes = body[:k], true
	}
	at := 0
	for at < len(body) && !isSpace(body[at]) {
		at++
	}
	x.name, x.attrs = localName(body[:at]), body[at:]
	if len(x.name) == 0 {
		return xmlEOF, errMalformed
	}
	if x.depth++; x.depth > maxDepth {
		return xmlEOF, fmt.Errorf("its elements are nested more than %d deep", maxDepth)
	}
	return xmlStart, nil
}

// tagEnd returns the distance to the > that ends the tag: one outside of quotes.
func (x *xmlReader) tagEnd() (int, bool) {
	quote := byte(0)
	for n := 1; ; n++ {
		if x.pos+n >= x.end && !x.more(n+1) {
			return 0, false
		}
		switch c := x.buf[x.pos+n]; {
		case quote == 0 && c == '>':
			return n, true
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func trimRight(p []byte) []byte {
	for len(p) > 0 && isSpace(p[len(p)-1]) {
		p = p[:len(p)-1]
	}
	return p
}

// localName takes the prefix off a name.
func localName(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// nextAttr cuts the first attribute off; its name keeps the prefix. A nil name
// means that there is none.
func nextAttr(attrs []byte) (name, value, rest []byte) {
	eq := bytes.IndexByte(attrs, '=')
	if eq < 0 {
		return nil, nil, nil
	}
	name = bytes.TrimSpace(attrs[:eq])
	rest = attrs[eq+1:]
	for len(rest) > 0 && isSpace(rest[0]) {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return nil, nil, nil
	}
	n := bytes.IndexByte(rest[1:], rest[0])
	if n < 0 || len(name) == 0 {
		return nil, nil, nil
	}
	return name, rest[1 : n+1], rest[n+2:]
}

// attr returns an attribute of the tag by its name without a prefix. One that is
// absurdly long counts as missing.
func (x *xmlReader) attr(name string) string {
	for n, v, rest := nextAttr(x.attrs); n != nil; n, v, rest = nextAttr(rest) {
		if string(localName(n)) == name && !bytes.HasPrefix(n, []byte("xmlns:")) && len(v) <= maxAttr {
			if text, err := x.decode(v); err == nil {
				return string(text)
			}
		}
	}
	return ""
}

// skip passes all that is inside the element just begun, and its end.
func (x *xmlReader) skip() error {
	for at := x.depth; x.depth >= at; {
		if _, err := x.next(); err != nil {
			return err
		}
	}
	return nil
}

// decode replaces entities and line ends. The result is valid until the next
// call.
func (x *xmlReader) decode(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw, nil
	}
	out := x.scratch[:0]
	for len(raw) > 0 {
		i := bytes.IndexAny(raw, "&\r")
		if i < 0 {
			out = append(out, raw...)
			break
		}
		out = append(out, raw[:i]...)
		if raw[i] == '\r' {
			out = append(out, '\n')
			raw = bytes.TrimPrefix(raw[i+1:], []byte("\n"))
			continue
		}
		n := bytes.IndexByte(raw[i:min(len(raw), i+12)], ';')
		if n < 0 {
			return nil, errMalformed
		}
		r, ok := entity(string(raw[i+1 : i+n]))
		if !ok {
			return nil, fmt.Errorf("it uses the entity &%s; which XML does not have", raw[i+1:i+n])
		}
		out = utf8.AppendRune(out, r)
		raw = raw[i+n+1:]
	}
	x.scratch = out
	return out, nil
}

// entity gives the character that a name between & and ; stands for.
func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, is := strings.CutPrefix(strings.ToLower(digits), "x"); is {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}
