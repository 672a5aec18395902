package survey

import (
	"sort"
	"strings"
)

// Text is a sentence in several languages, keyed by the language name of the form
// as XLSForm writes it ("English (en)", "Nepali (ne)"). The key "" holds text
// whose language the form does not name.
type Text map[string]string

// In returns the text in lang; where it is missing, in fallback, then without a
// language, then in the first language by name. A cell "-" stands for missing.
func (t Text) In(lang, fallback string) string {
	for _, k := range [...]string{lang, fallback, ""} {
		if s, ok := t[k]; ok && s != "-" && s != "" {
			return s
		}
	}
	for _, k := range t.Languages() {
		if s := t[k]; s != "-" && s != "" {
			return s
		}
	}
	return ""
}

// Has says whether the text exists in lang itself.
func (t Text) Has(lang string) bool {
	s := t[lang]
	return s != "" && s != "-"
}

// Languages lists the keys in order.
func (t Text) Languages() []string {
	ks := make([]string, 0, len(t))
	for k := range t {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	return ks
}

// LanguageCode returns the code in brackets at the end of an XLSForm language
// name: "Nepali (ne)" gives "ne". A name without brackets is returned as it is,
// because many forms write bare codes.
func LanguageCode(name string) string {
	i, j := strings.LastIndexByte(name, '('), strings.LastIndexByte(name, ')')
	if i >= 0 && j > i {
		return strings.TrimSpace(name[i+1 : j])
	}
	return strings.TrimSpace(name)
}

// Output writes an expression as a part of a text that is computed where the text
// is shown, in the way of XForms: <output value="…"/>.
func Output(expression string) string {
	return `<output value="` + outputEscape.Replace(expression) + `"/>`
}

var outputEscape = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")

var outputUnescape = strings.NewReplacer("&quot;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&")

// CutOutput finds the first output element of a text: what stands before it, its
// expression, and the rest.
func CutOutput(text string) (before, expression, after string, found bool) {
	head, tail, ok := strings.Cut(text, `<output value="`)
	if !ok {
		return text, "", "", false
	}
	value, rest, ok := strings.Cut(tail, `"`)
	if !ok {
		return text, "", "", false
	}
	rest = strings.TrimLeft(rest, " ")
	if rest, ok = strings.CutPrefix(rest, "/>"); !ok {
		return text, "", "", false
	}
	return head, outputUnescape.Replace(value), rest, true
}
