package view_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"sselandscape/app/view"
)

// TestComposing types as input methods let keys and text through on X11: "K" is the
// key K, "'한" text that arrives, "<" Return, "!" Backspace, "_" Space.
func TestComposing(t *testing.T) {
	for name, c := range map[string]struct {
		events string
		text   string
		left   int // times that Return reached the page
	}{
		"Latin":                     {"G 'g O 'o <", "go", 1},
		"Return alone":              {"< <", "", 2},
		"an Arabic keyboard":        {"A 'ش S 'س <", "شس", 1},
		"Hangul, Return settles":    {"D K S D < '안 <", "안", 1},
		"Hangul, two syllables":     {"R K S K '가 < '나 <", "가나", 1},
		"Hangul, then Space":        {"G K S _ '한 '_ <", "한 ", 1},
		"Hangul taken back":         {"R K ! ! <", "", 1},
		"Hangul, then Backspace":    {"R K _ '가 '_ ! <", "가", 1},
		"Pinyin by digit":           {"N I H A O 1 '你 '好 <", "你好", 1},
		"Pinyin by Space":           {"N I _ '你 <", "你", 1},
		"Telex":                     {"X A X _ 'x 'ã '_ <", "xã ", 1},
		"Telex, Return settles":     {"X A X < 'x 'ã <", "xã", 1},
		"a dead key":                {"Q 'q E 'é <", "qé", 1},
		"number after an Arabic no": {"A 'ش 1 '1 <", "ش1", 1},
	} {
		t.Run(name, func(t *testing.T) {
			left := 0
			f := view.NewField(false)
			f.Keys = func(k fyne.KeyName, _ bool) bool {
				if k == fyne.KeyReturn {
					left++
				}
				return true
			}
			f.FocusGained()
			for _, e := range strings.Fields(c.events) {
				switch {
				case e == "<":
					f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				case e == "!":
					f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
				case e == "_":
					f.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
				case e == "'_":
					f.TypedRune(' ')
				case strings.HasPrefix(e, "'"):
					f.TypedRune([]rune(e)[1])
				default:
					f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(e)})
				}
			}
			if f.Text != c.text || left != c.left {
				t.Errorf("%q and left %d times, want %q and %d", f.Text, left, c.text, c.left)
			}
		})
	}
}
