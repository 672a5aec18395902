package survey

import (
	"encoding/json"
	"fmt"
)

// Special is a typed reason why a question has no answer. It stands beside the
// value, never in place of a number.
type Special string

// The special answers.
const (
	DontKnow      Special = "dk"
	Refused       Special = "refused"
	NotApplicable Special = "na"
)

// Valid says whether s is one of the special answers.
func (s Special) Valid() bool { return s == DontKnow || s == Refused || s == NotApplicable }

// Value is an answer in its XForms lexical form ("12", "2026-03-01", choice codes
// separated by spaces, "lat lon alt acc") or a special answer. The zero Value is
// a blank.
type Value struct {
	Text    string
	Special Special
}

// Of returns an ordinary value.
func Of(text string) Value { return Value{Text: text} }

// Blank says whether there is neither an answer nor a special answer.
func (v Value) Blank() bool { return v == Value{} }

// String returns the text, or the special answer in words.
func (v Value) String() string {
	switch v.Special {
	case DontKnow:
		return "don't know"
	case Refused:
		return "refused"
	case NotApplicable:
		return "not applicable"
	}
	return v.Text
}

// MarshalJSON writes a string for an answer, {"special":"dk"} for a special
// answer and null for a blank.
func (v Value) MarshalJSON() ([]byte, error) {
	switch {
	case v.Special != "":
		return fmt.Appendf(nil, `{"special":%q}`, string(v.Special)), nil
	case v.Text == "":
		return []byte("null"), nil
	}
	return marshalText(v.Text)
}

// UnmarshalJSON reads what MarshalJSON writes, and also numbers and booleans,
// which people type into answer files; true is "true", 12 is "12", and an array
// of strings is a select_multiple.
func (v *Value) UnmarshalJSON(b []byte) error {
	var x any
	if err := decodeJSON(b, &x); err != nil {
		return err
	}
	switch t := x.(type) {
	case nil:
		*v = Value{}
	case string:
		*v = Of(t)
	case json.Number:
		*v = Of(t.String())
	case bool:
		*v = Of(fmt.Sprint(t))
	case []any:
		return v.fromArray(t)
	case map[string]any:
		s, _ := t["special"].(string)
		if len(t) != 1 || !Special(s).Valid() {
			return fmt.Errorf(`value %s: an object must be {"special": "dk", "refused" or "na"}`, b)
		}
		*v = Value{Special: Special(s)}
	}
	return nil
}

func (v *Value) fromArray(xs []any) error {
	*v = Value{}
	for i, x := range xs {
		s, ok := x.(string)
		if !ok {
			return fmt.Errorf("value: entry %d of a list of choices is no text", i+1)
		}
		if i > 0 {
			v.Text += " "
		}
		v.Text += s
	}
	return nil
}
