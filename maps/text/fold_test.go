package text_test

import (
	"strings"
	"testing"

	"sselandscape/maps/text"
)

func TestFold(t *testing.T) {
	cases := map[string]struct {
		in, query string
		found     bool
	}{
		"capitals":                    {"Green VALLEY", "green valley", true},
		"accents":                     {"Café Đà Nẵng", "cafe da nang", true},
		"accents asked for":           {"Da Nang", "Đà Nẵng", true},
		"decomposed":                  {"Cafe\u0301", "CAFÉ", true},
		"sharp s":                     {"Straße", "strasse", true},
		"final sigma":                 {"Συνεταιρισμός", "ΣΥΝΕΤΑΙΡΙΣΜΟΣ", true},
		"full width":                  {"ＫＵＭＩＡＩ １２", "kumiai 12", true},
		"half width kana":             {"ｷｮｳﾄﾞｳ", "キョウドウ", true},
		"syllable being composed":     {"사회적 경제", "사호", false},
		"first letters of a syllable": {"협동조합", "협도", true},
		"single consonant":            {"협동조합", "협ㄷ", true},
		"devanagari digits":           {"वडा १२", "12", true},
		"arabic digits":               {"٢٥ عضو", "25", true},
		"nukta":                       {"पढ़ाई", "पढाई", true},
		"vowel signs are letters":     {"कि", "कु", false},
		"thai tones are letters":      {"ไม้", "ไม่", false},
		"arabic vowel points":         {"تَعَاوُن", "تعاون", true},
		"hamza":                       {"أعضاء", "اعضاء", true},
		"persian and arabic keyboard": {"تعاونی کشاورزی", "تعاوني كشاورزي", true},
		"joiners":                     {"सहकारी\u200dसंस्था", "सहकारीसंस्था", true},
		"khmer with break":            {"សហគមន៍\u200bកសិកម្ម", "សហគមន៍កសិកម្ម", true},
		"not there":                   {"Green Valley", "blue", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := strings.Contains(text.Fold(c.in), text.Fold(c.query)); got != c.found {
				t.Errorf("%q in %q: %v (%q in %q)", c.query, c.in, got, text.Fold(c.query), text.Fold(c.in))
			}
		})
	}
}
