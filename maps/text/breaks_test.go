package text

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// broken writes a text with | where a line may end.
func broken(f *Face, s string) string {
	sh := f.shape([]rune(s))
	f.segmented(sh)
	var b strings.Builder
	for i, r := range sh.text {
		if i > 0 && sh.breaks[i]&canBreak != 0 {
			b.WriteByte('|')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestBreaks(t *testing.T) {
	f := comparedFace(t)
	for name, want := range map[string]string{
		"Thai":             "กลุ่ม|ประ|เทศ|เศรษฐ|กิจ|เพื่อ|สังคม",
		"Thai silent":      "จันทร์|เพ็ญ",
		"Thai repeated":    "ต่างๆ |และ|อื่นๆ",
		"Lao":              "ເສດ|ຖະ|ກິດຂອງ|ລັດ",
		"Khmer":            "អង្គ|ការ|បាន|ចុះបញ្ជី|ជា|មួយ",
		"Burmese":          "အ|ဖွဲ့|အ|စည်း|သည်",
		"Burmese stacked":  "ဘဏ္ဍာ|ရေး",
		"Hangul":           "사|회|적 |경|제",
		"Han":              "合|作|社|（25|人）。",
		"Kana":             "コー|ヒー",
		"Latin":            "self-|help |1,234.56 |a/|b",
		"signs it lacks":   "a |👩‍👧 |🇳🇵 |👍🏽 |b",
		"Tibetan":          "མཉམ་|ལས་|ཚོགས་|པ།",
		"Thai with others": "กลุ่ม |ABC |25 |คน",
	} {
		t.Run(name, func(t *testing.T) {
			if got := broken(f, strings.ReplaceAll(want, "|", "")); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// TestNoBreakInClusters: no line begins with a sign that belongs to a letter before
// it, nor ends with a vowel that is written before its consonant.
func TestNoBreakInClusters(t *testing.T) {
	f := comparedFace(t)
	var letters []rune
	for _, r := range [][2]rune{{0xe01, 0xe3a}, {0xe40, 0xe4e}, {0xe81, 0xe84}, {0xe94, 0xe97}, {0xeb0, 0xeb9}, {0xec0, 0xecd}, {0x1780, 0x17a2}, {0x17b6, 0x17d3}, {0x1000, 0x1021}, {0x102b, 0x103e}} {
		for c := r[0]; c <= r[1]; c++ {
			letters = append(letters, c)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		sh := f.shape(rapid.SliceOfN(rapid.SampledFrom(letters), 1, 20).Draw(t, "text"))
		f.segmented(sh)
		for i := 1; i < len(sh.text); i++ {
			r, before := sh.text[i], thai(sh.text[i-1])
			if sh.breaks[i] == 0 {
				continue
			}
			if unicode.In(r, unicode.Mn, unicode.Mc) {
				t.Errorf("%q may be broken before %q", string(sh.text), r)
			}
			if writingOf(r) != nil && writingOf(r) == writingOf(sh.text[i-1]) && (before >= 0xe40 && before <= 0xe44 || sh.text[i-1] == 0x17d2 || sh.text[i-1] == 0x1039) {
				t.Errorf("%q may be broken after %q", string(sh.text), sh.text[i-1])
			}
		}
	})
}
