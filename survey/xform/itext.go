package xform

import (
	"fmt"
	"slices"
	"strings"

	"sselandscape/survey"
)

// itext gathers the translated texts of a form (ODK XForms specification, languages).
type itext struct {
	langs  []string                     // in order of first use
	ids    []string                     // in order of first use
	values map[string]map[string][]form // id → language → forms
	labels map[string]bool              // ids that have a plain value in some language
}

// form is one value of a text: the plain one, an image, an audio file ….
type form struct {
	name  string // "" for the plain text
	value *survey.Element
}

func newItext() *itext {
	return &itext{values: map[string]map[string][]form{}, labels: map[string]bool{}}
}

func (t *itext) put(id, lang, name string, value *survey.Element) {
	if !slices.Contains(t.langs, lang) {
		t.langs = append(t.langs, lang)
	}
	if t.values[id] == nil {
		t.values[id] = map[string][]form{}
		t.ids = append(t.ids, id)
	}
	t.values[id][lang] = append(t.values[id][lang], form{name, value})
	if name == "" || name == "guidance" {
		t.labels[id+"\x00"+name] = true
	}
}

// element writes the translations; where a language lacks a text it gets "-".
func (t *itext) element(defaultLang string) *survey.Element {
	if len(t.ids) == 0 {
		return nil
	}
	out := element("itext")
	for _, lang := range t.langs {
		tr := element("translation", "lang", lang)
		if lang == defaultLang {
			set(tr, "default", "true()")
		}
		for _, id := range t.ids {
			text := element("text", "id", id)
			for _, name := range [...]string{"", "guidance"} {
				has := slices.ContainsFunc(t.values[id][lang], func(f form) bool { return f.name == name })
				if t.labels[id+"\x00"+name] && !has {
					add(text, plainValue(name, &survey.Element{Text: "-"}))
				}
			}
			for _, f := range t.values[id][lang] {
				add(text, plainValue(f.name, f.value))
			}
			if len(text.Children) > 0 {
				add(tr, text)
			}
		}
		add(out, tr)
	}
	return out
}

func plainValue(name string, content *survey.Element) *survey.Element {
	v := element("value")
	if name != "" {
		set(v, "form", name)
	}
	v.Text, v.Children = content.Text, content.Children
	return v
}

// mediaFolders are the folders of attached files by the kind of media.
var mediaFolders = map[string]string{"image": "images", "big-image": "images", "audio": "audio", "video": "video"}

// language gives the name a text's language has in the document.
func (w *writer) language(lang string) string {
	if lang != "" {
		return lang
	}
	if d := w.form.Settings["default_language"]; d != "" {
		return d
	}
	return "default"
}

// translatable says whether a text has to stand in the itext: it names a
// language, or has media beside it.
func translatable(t survey.Text, media map[string]survey.Text) bool {
	for lang := range t {
		if lang != "" {
			return true
		}
	}
	return len(media) > 0
}

// translate puts a text and its media into the itext.
func (w *writer) translate(id string, t survey.Text, media map[string]survey.Text, from *place) {
	for _, lang := range w.order(t) {
		w.itext.put(id, w.language(lang), "", w.say(t[lang], from))
	}
	for _, kind := range [...]string{"image", "big-image", "audio", "video"} {
		for _, lang := range w.order(media[kind]) {
			if file := media[kind][lang]; file != "-" {
				w.itext.put(id, w.language(lang), kind, w.say(fmt.Sprintf("jr://%s/%s", mediaFolders[kind], file), from))
			}
		}
	}
}

// order lists the languages of a text, the one without a name first, then in the
// order of the form.
func (w *writer) order(t survey.Text) []string {
	var out []string
	for _, lang := range append([]string{""}, w.form.Languages...) {
		if _, has := t[lang]; has {
			out = append(out, lang)
		}
	}
	return out
}

// say turns a text into the content of an element: ${name} becomes an output
// element, and so does a path into a secondary instance.
func (w *writer) say(text string, from *place) *survey.Element {
	if !strings.Contains(text, "${") && !strings.Contains(text, "instance(") {
		return &survey.Element{Text: text}
	}
	out := &survey.Element{}
	at := 0
	for _, span := range outputs(text) {
		if span[0] > at {
			add(out, &survey.Element{Text: text[at:span[0]]})
		}
		add(out, element("output", "value", w.paths.link(text[span[0]:span[1]], from, false)))
		at = span[1]
	}
	if len(out.Children) == 0 {
		out.Text = text
		return out
	}
	if at < len(text) {
		add(out, &survey.Element{Text: text[at:]})
	}
	return out
}

// outputs finds the parts of a text that are computed.
func outputs(text string) [][2]int {
	var spans [][2]int
	for _, m := range inInstance.FindAllStringIndex(text, -1) {
		if len(spans) > 0 && m[0] < spans[len(spans)-1][1] {
			continue // inside another one
		}
		if end := pathEnd(text, m[1]); end > m[1] {
			spans = append(spans, [2]int{m[0], end})
		}
	}
	for _, m := range reference.FindAllStringIndex(text, -1) {
		if !slices.ContainsFunc(spans, func(s [2]int) bool { return s[0] <= m[0] && m[1] <= s[1] }) {
			spans = append(spans, [2]int{m[0], m[1]})
		}
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	return spans
}

// pathEnd returns where the location path after instance('x') ends.
func pathEnd(text string, i int) int {
	for i < len(text) && text[i] == '/' {
		j := i + 1
		for j < len(text) && (text[j] == '_' || text[j] == '-' || text[j] == '.' || text[j] == '@' || text[j] == '*' || text[j] >= '0' && text[j] <= '9' ||
			text[j] >= 'a' && text[j] <= 'z' || text[j] >= 'A' && text[j] <= 'Z' || text[j] >= 0x80) {
			j++
		}
		for j > i+1 && text[j-1] == '.' {
			j-- // the end of a sentence
		}
		if j == i+1 {
			return i
		}
		for j < len(text) && text[j] == '[' {
			end := bracketEnd(text, j)
			if end < 0 {
				return j
			}
			j = end
		}
		i = j
	}
	return i
}

func bracketEnd(text string, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
