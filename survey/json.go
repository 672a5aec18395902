package survey

import (
	"bytes"
	"encoding/json"
)

// marshalText writes a JSON string without HTML escapes, so that canonical bytes
// do not depend on an encoder's defaults.
func marshalText(s string) ([]byte, error) { return MarshalPlain(s) }

// MarshalPlain writes canonical JSON: map keys sorted, no white space around, no
// escapes for HTML.
func MarshalPlain(x any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(x); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func decodeJSON(b []byte, x any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(x)
}
