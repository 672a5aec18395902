package screen

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"sselandscape/assets"
)

// TestGuide shows every chapter, and makes sure that the keys it names are in the
// menu or in the list of keys.
func TestGuide(t *testing.T) {
	w := opened(t)
	chapters, err := fs.Glob(assets.Guide(), "*.md")
	if err != nil || len(chapters) == 0 {
		t.Fatal(err, chapters)
	}
	keys := regexp.MustCompile(`Ctrl\+(Shift\+)?([A-Z0-9])\*\*`)
	known := map[string]bool{}
	for _, m := range w.menu().Items {
		for _, it := range m.Items {
			if s, ok := it.Shortcut.(fyne.KeyboardShortcut); ok {
				name := string(s.Key())
				if s.Mod()&fyne.KeyModifierShift != 0 {
					name = "Shift+" + name
				}
				known[name] = true
			}
		}
	}
	for _, c := range chapters {
		page, err := guidePage(assets.Guide(), c)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(page.(*fyne.Container).Objects); n < 10 {
			t.Errorf("%s has %d blocks", c, n)
		}
		b, err := fs.ReadFile(assets.Guide(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keys.FindAllStringSubmatch(string(b), -1) {
			if !known[m[1]+m[2]] {
				t.Errorf("%s: the menu has no Ctrl+%s%s", c, m[1], m[2])
			}
		}
		if strings.Contains(string(b), "\t") {
			t.Errorf("%s has tabs", c)
		}
	}
}
