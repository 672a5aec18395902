package job

import (
	"testing"

	"pgregory.net/rapid"

	"sselandscape/maps/pdf"
	"sselandscape/survey"
)

// TestFlow: every piece stands inside the printed part of a page, in order, and
// pieces that are kept together stand on one page if a page can hold them.
func TestFlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := newSheet("", "", "")
		if err != nil {
			t.Fatal(err)
		}
		type spot struct {
			page int
			y    float64
		}
		var at []spot
		for range rapid.IntRange(1, 60).Draw(t, "pieces") {
			h := rapid.Float64Range(1, 200).Draw(t, "height")
			s.add(piece{before: rapid.Float64Range(0, 20).Draw(t, "before"), height: h, keep: rapid.Bool().Draw(t, "keep"), draw: func(p *pdf.Page, y float64) {
				if y < topEdge || y+h > bottomEdge {
					t.Errorf("a piece of %g stands at %g", h, y)
				}
				at = append(at, spot{p.Number(), y})
			}})
		}
		s.flow()
		if len(at) != len(s.pieces) {
			t.Fatalf("%d of %d pieces were drawn", len(at), len(s.pieces))
		}
		for i := 1; i < len(at); i++ {
			if at[i].page < at[i-1].page || at[i].page == at[i-1].page && at[i].y < at[i-1].y+s.pieces[i-1].height {
				t.Errorf("piece %d at %v stands before or on the one before it at %v", i, at[i], at[i-1])
			}
		}
		for i := 0; i < len(at); {
			end, room := s.chain(i)
			if room <= bottomEdge-topEdge && at[i].page != at[end-1].page {
				t.Errorf("pieces %d to %d need %g and stand on pages %d to %d", i, end-1, room, at[i].page, at[end-1].page)
			}
			i = end
		}
	})
}

func TestParagraphHasNoSingleLines(t *testing.T) {
	s, err := newSheet("", "", "")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want []bool // kept with the next
	}{
		"one line":   {"a", []bool{false}},
		"two lines":  {"a\nb", []bool{true, false}},
		"four lines": {"a\nb\nc\nd", []bool{true, false, true, false}},
	} {
		ps := paragraph(0, column{0, s.lay(c.text, 10, 100), ink})
		for i, p := range ps {
			if i >= len(c.want) || p.keep != c.want[i] {
				t.Errorf("%s: line %d is kept %v", name, i, p.keep)
			}
		}
	}
}

func TestCutNumber(t *testing.T) {
	for in, want := range map[string][2]string{
		"A1. Which version?": {"A1", "Which version?"}, "12) Age": {"12", "Age"}, "H2aw. Women": {"H2aw", "Women"}, "1.2. Part": {"1.2", "Part"},
		"Which version?": {"", "Which version?"}, "2026 was good": {"", "2026 was good"}, "A. Section": {"", "A. Section"}, "G13.Members": {"", "G13.Members"},
	} {
		if number, rest := cutNumber(in); number != want[0] || rest != want[1] {
			t.Errorf("%q: got %q and %q", in, number, rest)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	f := &survey.Form{DefaultLanguage: "English (en)", Languages: []string{"English (en)", "Nepali (ne)"}}
	for want, names := range map[string][]string{"English (en)": {"", "en", "english", "English (en)"}, "Nepali (ne)": {"ne", "NE", "Nepali"}} {
		for _, n := range names {
			if got, err := languageOf(f, n); err != nil || got != want {
				t.Errorf("%q: got %q, %v", n, got, err)
			}
		}
	}
	if _, err := languageOf(f, "fr"); err == nil {
		t.Error("a language was found that the form does not have")
	}
	if _, err := languageOf(&survey.Form{}, "fr"); err == nil {
		t.Error("a language was found in a form without any")
	}
}
