package study

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"sselandscape/survey"
)

// headsReader reads the derived state of many entities. What was written here is
// read without reflection, and names that come again and again are kept once; a
// study of 100,000 units opens its list in a third of the time. Anything else is
// read by encoding/json.
type headsReader struct {
	known map[string]string
	text  string // what is left
}

func (h *headsReader) heads(text string) (map[survey.Field][]survey.Head, error) {
	h.text = text
	if out, ok := h.object(); ok && h.text == "" {
		return out, nil
	}
	var stored map[survey.Field][]storedHead
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, err
	}
	out := make(map[survey.Field][]survey.Head, len(stored))
	for f, hs := range stored {
		for _, x := range hs {
			out[f] = append(out[f], survey.Head(x))
		}
	}
	return out, nil
}

// skip passes over a text that must stand there.
func (h *headsReader) skip(s string) bool {
	rest, ok := strings.CutPrefix(h.text, s)
	if ok {
		h.text = rest
	}
	return ok
}

func (h *headsReader) object() (map[survey.Field][]survey.Head, bool) {
	if !h.skip("{") {
		return nil, false
	}
	out := make(map[survey.Field][]survey.Head, 12)
	for more := !h.skip("}"); more; more = h.skip(",") {
		field, ok := h.string()
		if !ok || !h.skip(":[") {
			return nil, false
		}
		f := survey.Field(h.once(field))
		if _, twice := out[f]; twice {
			return nil, false
		}
		for again := true; again; again = h.skip(",") {
			x, ok := h.head()
			if !ok {
				return nil, false
			}
			out[f] = append(out[f], x)
		}
		if !h.skip("]") {
			return nil, false
		}
	}
	return out, len(out) == 0 || h.skip("}")
}

func (h *headsReader) head() (x survey.Head, ok bool) {
	var parts [5]string
	for i, before := range [...]string{`{"r":`, `,"v":`, `,"a":`, `,"d":`, `,"w":`} {
		if !h.skip(before) {
			return x, false
		}
		if i == 1 && h.skip("null") {
			continue
		}
		if parts[i], ok = h.string(); !ok {
			return x, false
		}
		if i == 1 && parts[i] == "" {
			return x, false
		}
	}
	if !h.skip(`,"l":`) {
		return x, false
	}
	n := strings.IndexByte(h.text, '}')
	if n < 1 {
		return x, false
	}
	lamport, err := strconv.ParseInt(h.text[:n], 10, 64)
	if err != nil || strconv.FormatInt(lamport, 10) != h.text[:n] {
		return x, false
	}
	h.text = h.text[n+1:]
	return survey.Head{Revision: h.once(parts[0]), Value: survey.Of(strings.Clone(parts[1])), Actor: h.once(parts[2]), Device: h.once(parts[3]), Wall: h.once(parts[4]), Lamport: lamport}, true
}

// string reads a text without escapes.
func (h *headsReader) string() (string, bool) {
	if !h.skip(`"`) {
		return "", false
	}
	n := strings.IndexByte(h.text, '"')
	if n < 0 {
		return "", false
	}
	s := h.text[:n]
	for i := range len(s) {
		if s[i] == '\\' || s[i] < ' ' {
			return "", false
		}
	}
	h.text = h.text[n+1:]
	return s, utf8.ValidString(s)
}

// once keeps a name once. Revisions of an entity stand beside each other, so few
// names are enough.
func (h *headsReader) once(s string) string {
	if k, ok := h.known[s]; ok {
		return k
	}
	if h.known == nil || len(h.known) > 4096 {
		h.known = map[string]string{}
	}
	s = strings.Clone(s)
	h.known[s] = s
	return s
}
