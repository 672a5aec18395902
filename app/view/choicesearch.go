package view

import (
	"fmt"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"golang.org/x/text/unicode/norm"

	"sselandscape/maps/text"
)

// ChoiceSearch is a long list of choices with a field above it: what is typed leaves the
// choices that fit, in any script and with a wrong letter forgiven. Arrows move in
// the list, Return picks.
type ChoiceSearch struct {
	List  *Choices
	Field *Field
	// Keys is what the page does with keys.
	Keys Keys

	index *searchIndex
	box   *fyne.Container
}

// NewChoiceSearch makes a search over a list.
func NewChoiceSearch(face *text.Face, items []Choice, multiple bool, chosen []string) *ChoiceSearch {
	s := &ChoiceSearch{List: NewChoices(face, items, multiple, chosen), Field: NewField(false), index: &searchIndex{items: items}}
	s.List.awake = true
	s.List.SetLook(Look{Count: multiple})
	s.Field.SetPlaceHolder(fmt.Sprintf("type to search %s choices", thousands(len(items))))
	s.Field.Keys = s.key
	s.Field.Arrows = s.List.move
	s.Field.OnChanged = func(t string) { s.List.show(s.index.find(t)) }
	s.List.Keys = func(k fyne.KeyName, shift bool) bool { return s.Keys != nil && s.Keys(k, shift) }
	s.box = container.New(&Column{Gap: 4}, s.Field, s.List)
	return s
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Object is what to put on a page.
func (s *ChoiceSearch) Object() fyne.CanvasObject { return s.box }

// key picks on Return where something is typed, and goes on; several choices are
// picked one after the other until Return comes without text. Esc clears the text
// first.
func (s *ChoiceSearch) key(k fyne.KeyName, shift bool) bool {
	if k == fyne.KeyEscape && s.Field.Text != "" {
		s.Field.SetText("")
		return true
	}
	if (k == fyne.KeyReturn || k == fyne.KeyEnter) && !shift && strings.TrimSpace(s.Field.Text) != "" {
		if s.List.count() == 0 {
			return true
		}
		s.List.PickCursor()
		s.Field.SetText("")
		if s.List.multiple {
			return true
		}
	}
	return s.Keys != nil && s.Keys(k, shift)
}

// searchIndex finds choices by what is typed.
type searchIndex struct {
	items  []Choice
	folded []string // made with the first search
	last   string
	hits   []int // of last
}

// find lists the choices that fit, best first: those that begin with the text,
// those with a word that does, those that hold it; and if there are hardly any,
// those with a word that begins so but for one letter. nil stands for all.
func (x *searchIndex) find(typed string) []int {
	words := strings.Fields(fold(typed))
	if len(words) == 0 {
		x.last = ""
		return nil
	}
	if x.folded == nil {
		x.folded = make([]string, len(x.items))
		for i, it := range x.items {
			x.folded[i] = fold(it.Label)
		}
	}
	whole := strings.Join(words, " ")
	var ranks [4][]int
	visit := func(i int) {
		if r := rankOf(x.folded[i], strings.ToLower(x.items[i].Name), whole, words); r < 3 {
			ranks[r] = append(ranks[r], i)
		}
	}
	if x.last != "" && strings.HasPrefix(whole, x.last) { // typed on: fewer fit
		for _, i := range x.hits {
			visit(i)
		}
	} else {
		for i := range x.folded {
			visit(i)
		}
	}
	out := append(append(ranks[0], ranks[1]...), ranks[2]...)
	x.last, x.hits = whole, out
	if len(out) < 3 {
		out = append(out[:len(out):len(out)], x.nearly(words, out)...)
	}
	if out == nil {
		out = []int{}
	}
	return out
}

// rankOf says how well a label fits: 0 best, 3 not at all.
func rankOf(label, name, whole string, words []string) int {
	if strings.HasPrefix(label, whole) || strings.HasPrefix(name, whole) {
		return 0
	}
	worst := 1
	for _, w := range words {
		at := strings.Index(label, w)
		if at < 0 {
			return 3
		}
		if at > 0 && !strings.Contains(label, " "+w) {
			worst = 2
		}
	}
	return worst
}

// nearly lists the choices that fit but for a letter in each word of four or more
// letters.
func (x *searchIndex) nearly(words []string, without []int) []int {
	have := map[int]bool{}
	for _, i := range without {
		have[i] = true
	}
	runes := make([][]rune, len(words))
	for i, w := range words {
		runes[i] = []rune(w)
	}
	var out []int
	for i, label := range x.folded {
		if !have[i] && nearlyFits(label, words, runes) {
			if out = append(out, i); len(out) == 50 {
				break
			}
		}
	}
	return out
}

func nearlyFits(label string, words []string, runes [][]rune) bool {
	for i, w := range words {
		if strings.Contains(label, w) {
			continue
		}
		if len(runes[i]) < 4 {
			return false
		}
		found := false
		for rest := label; rest != "" && !found; {
			var word string
			word, rest, _ = strings.Cut(rest, " ")
			found = oneOff(runes[i], word)
		}
		if !found {
			return false
		}
	}
	return true
}

// oneOff says whether a word begins with a text but for one letter that is wrong,
// missing, too many, or swapped with the next. The first letter counts.
func oneOff(typed []rune, word string) bool {
	if !strings.HasPrefix(word, string(typed[0])) {
		return false
	}
	w := []rune(word)
	i := 0
	for i < len(typed) && i < len(w) && typed[i] == w[i] {
		i++
	}
	begins := func(a, b []rune) bool {
		if len(b) < len(a) {
			return false
		}
		for j := range a {
			if a[j] != b[j] {
				return false
			}
		}
		return true
	}
	switch {
	case i == len(typed):
		return true
	case i == len(w):
		return i == len(typed)-1 // one letter too many at the end
	case begins(typed[i+1:], w[i+1:]), begins(typed[i+1:], w[i:]), begins(typed[i:], w[i+1:]):
		return true
	}
	return i+1 < len(typed) && i+1 < len(w) && typed[i] == w[i+1] && typed[i+1] == w[i] && begins(typed[i+2:], w[i+2:])
}

// fold makes texts alike for a search: small letters, no accents, no marks of
// Arabic vowels, one space between words.
func fold(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < 0x80
	}
	if plain {
		return single(strings.ToLower(s))
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x300 && r <= 0x36f, r >= 0x64b && r <= 0x652, r == 0x640, unicode.Is(unicode.Cf, r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
	return single(norm.NFC.String(s))
}

// single leaves one space between words.
func single(s string) string {
	if !strings.ContainsAny(s, "\t\n\r\u00a0") && !strings.Contains(s, "  ") {
		return strings.Trim(s, " ")
	}
	return strings.Join(strings.Fields(s), " ")
}
