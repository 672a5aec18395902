package survey

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// MediaKinds are the kinds of files beside a label (XLSForm, "Media").
var MediaKinds = []string{"image", "big-image", "audio", "video"}

// MediaFile says whether a cell names a file that may stand beside a form: a bare
// name without a folder, as the field's other programs take it. Names that would
// lead elsewhere are none.
func MediaFile(name string) bool {
	if name == "" || len(name) > 200 || name[0] == '.' || name[0] == '-' && len(name) == 1 || strings.ContainsAny(name, `/\:`) {
		return false
	}
	return strings.IndexFunc(name, unicode.IsControl) < 0 && strings.TrimRight(name, ". ") == name
}

// MediaFiles lists the files beside the labels of a form, each once, in order.
// Names with references in them, which are known only while it is answered, and
// names that are none are left out.
func (f *Form) MediaFiles() []string {
	names := map[string]bool{}
	add := func(media map[string]Text) {
		for _, t := range media {
			for _, name := range t {
				if MediaFile(name) && !strings.Contains(name, "${") {
					names[name] = true
				}
			}
		}
	}
	f.Walk(func(it Item, _ []Item) bool {
		add(it.Common().Media)
		return true
	})
	for _, lists := range []map[string]*List{f.Lists, f.External} {
		for _, l := range lists {
			for i := range l.Choices {
				add(l.Choices[i].Media)
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
