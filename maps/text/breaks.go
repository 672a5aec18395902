package text

import (
	"strings"
	"unicode"
)

// chance says what may happen before a rune.
type chance uint8

const (
	canBreak chance = 1 << iota // a line may end (Unicode Annex 14)
	canSplit                    // a line may end rather than be cut within a number
	canCut                      // a letter ends (Unicode Annex 29)
)

// segmented finds where a paragraph may be broken.
func (f *Face) segmented(s *shape) {
	if s.breaks != nil {
		return
	}
	s.breaks = make([]chance, len(s.text)+1)
	f.segment.Init(s.text)
	for it := f.segment.LineIterator(); it.Next(); {
		l := it.Line()
		s.breaks[l.Offset+len(l.Text)] |= canBreak
	}
	for it := f.segment.GraphemeIterator(); it.Next(); {
		g := it.Grapheme()
		s.breaks[g.Offset+len(g.Text)] |= canCut
	}
	for i := 1; i < len(s.text); i++ {
		if s.text[i-1] == '-' && s.breaks[i]&canCut != 0 {
			s.breaks[i] |= canSplit
		}
	}
	s.syllables()
	for _, r := range s.runs {
		for _, g := range r.glyphs {
			for i := g.from + 1; i < g.to; i++ {
				s.breaks[i] = 0
			}
		}
	}
}

// syllables finds breaks in the scripts of South East Asia that write no spaces
// between words. Unicode Annex 14 leaves these to a dictionary; here a line may end
// between syllables as far as their spelling tells, and never within a cluster.
func (s *shape) syllables() {
	for i := 1; i < len(s.text); i++ {
		if mark(s.text[i]) && !unicode.IsSpace(s.text[i-1]) {
			s.breaks[i] = 0
			continue
		}
		w := writingOf(s.text[i])
		if w == nil || w != writingOf(s.text[i-1]) {
			continue
		}
		if w.clings(s.text, i) {
			s.breaks[i] = 0
		} else if w.begins(s.text, i) {
			s.breaks[i] |= canBreak
		}
	}
}

// writing is a script without spaces between words.
type writing struct {
	table *unicode.RangeTable
	// clings says whether a rune belongs to the letters before it.
	clings func(text []rune, i int) bool
	// begins says whether a rune that does not cling begins a syllable.
	begins func(text []rune, i int) bool
}

var writings = []*writing{
	{unicode.Thai, thaiClings, thaiBegins},
	{unicode.Lao, thaiClings, thaiBegins},
	{unicode.Khmer, khmerClings, khmerBegins},
	{unicode.Myanmar, burmeseClings, burmeseBegins},
}

func writingOf(r rune) *writing {
	if r < 0xe00 || r > 0x17ff && r < 0xa9e0 || r > 0xaa7f {
		return nil
	}
	for _, w := range writings {
		if unicode.Is(w.table, r) {
			return w
		}
	}
	return nil
}

// thai gives a rune of Lao its place in the Thai block: both are in one order.
func thai(r rune) rune {
	if r >= 0xe80 && r <= 0xeff {
		return r - 0x80
	}
	return r
}

func at(text []rune, i int) rune {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}

// thaiMark says whether a rune stands above or below a consonant.
func thaiMark(r rune) bool {
	switch r = thai(r); {
	case r == 0xe31, r >= 0xe34 && r <= 0xe3a, r == 0xe3b, r >= 0xe47 && r <= 0xe4e:
		return true
	}
	return false
}

func thaiConsonant(r rune) bool {
	r = thai(r)
	return r >= 0xe01 && r <= 0xe2e || r == 0xe5c || r == 0xe5d
}

// thaiClings: marks, vowels after their consonant, signs of repetition, what follows
// a vowel that is written first, and a consonant that is silent, or ends a syllable
// whose vowel is never its end.
func thaiClings(text []rune, i int) bool {
	r, before := thai(text[i]), thai(text[i-1])
	switch {
	case thaiMark(text[i]), before >= 0xe40 && before <= 0xe44:
		return true
	case r == 0xe2f, r == 0xe30, r == 0xe32, r == 0xe33, r == 0xe45, r == 0xe46, r == 0xe3d, r >= 0xe50 && r <= 0xe59 && before >= 0xe50 && before <= 0xe59:
		return true
	case !thaiConsonant(text[i]):
		return false
	}
	if next := thai(at(text, i+1)); next == 0xe4c || (next == 0xe34 || next == 0xe38) && thai(at(text, i+2)) == 0xe4c {
		return true
	}
	j := i - 1
	for j >= 0 && thai(text[j]) >= 0xe48 && thai(text[j]) <= 0xe4b {
		j--
	}
	switch v := thai(at(text, j)); v {
	case 0xe31, 0xe36, 0xe37, 0xe47, 0xe3b:
		return true
	}
	return false
}

// thaiBegins: a vowel that is written first, or a consonant, or two spoken as one,
// with a vowel where a syllable could have ended before.
func thaiBegins(text []rune, i int) bool {
	if r := thai(text[i]); r >= 0xe40 && r <= 0xe44 {
		return true
	}
	if !thaiConsonant(text[i]) || !syllableBefore(text, i) {
		return false
	}
	if thaiPair(text[i], at(text, i+1)) && ownVowel(text, i+1) {
		return true
	}
	return ownVowel(text, i) && !thaiPair(text[i-1], text[i])
}

// ownVowel says whether a vowel or a tone follows a consonant.
func ownVowel(text []rune, i int) bool {
	r := thai(at(text, i+1))
	return r == 0xe30 || r == 0xe32 || r == 0xe33 || r != 0xe4c && thaiMark(r)
}

// thaiPair says whether two consonants begin a syllable together.
func thaiPair(a, b rune) bool {
	switch thai(a) {
	case 'ก', 'ข', 'ค', 'ซ', 'ต', 'ท', 'ป', 'ผ', 'พ', 'ศ', 'ส':
		return strings.ContainsRune("รลว", thai(b))
	case 'ห':
		return strings.ContainsRune("งญนมยรลว", thai(b))
	case 'อ':
		return thai(b) == 'ย'
	}
	return false
}

// syllableBefore says whether the letters of a script before a rune hold a vowel, so
// that they can be a syllable.
func syllableBefore(text []rune, i int) bool {
	for j := i - 1; j >= 0 && text[j]>>7 == text[i]>>7; j-- {
		if r := thai(text[j]); !thaiConsonant(text[j]) && !(r >= 0xe48 && r <= 0xe4e) {
			return true
		}
	}
	return false
}

func mark(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Mc) }

// khmerClings: signs, and what is written below a consonant.
func khmerClings(text []rune, i int) bool {
	r := text[i]
	return mark(r) || text[i-1] == 0x17d2 || r >= 0x17d4 && r <= 0x17da || r >= 0x17e0 && text[i-1] >= 0x17e0
}

// khmerBegins: a consonant with a vowel or another consonant below it; a bare one
// mostly ends a syllable. A nasal above a consonant of its own row stands within a
// word.
func khmerBegins(text []rune, i int) bool {
	r, next := text[i], at(text, i+1)
	if below := at(text, i+2); next == 0x17d2 && r <= 0x1798 && (r-0x1780)%5 == 4 && below <= 0x1798 && (below-0x1780)/5 == (r-0x1780)/5 {
		return false
	}
	return r >= 0x1780 && r <= 0x17b3 && unicode.Is(unicode.Khmer, next) && mark(next) && !(r <= 0x17a2 && next >= 0x17cb && next <= 0x17d1)
}

// burmeseClings: signs, consonants below others, particles written short, and
// consonants whose vowel is killed: they end a syllable.
func burmeseClings(text []rune, i int) bool {
	r := text[i]
	if mark(r) || text[i-1] == 0x1039 || r >= 0x104a && r <= 0x104d || r == 0x104f || r == 0xaa70 || r >= 0x1040 && r <= 0x1049 && text[i-1] >= 0x1040 && text[i-1] <= 0x1049 {
		return true
	}
	for j := i + 1; j < len(text) && mark(text[j]); j++ {
		if text[j] == 0x103a || text[j] == 0x1039 {
			return true
		}
		if text[j] != 0x1037 {
			break
		}
	}
	return false
}

func burmeseBegins(text []rune, i int) bool {
	r := text[i]
	return r == 0x104e || unicode.IsLetter(r)
}
