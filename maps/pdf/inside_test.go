package pdf

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func shippedFont(t testing.TB) *openType {
	t.Helper()
	b, err := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		t.Fatal(err)
	}
	f, err := readOpenType(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSubset reads what it wrote: the charstrings are those of the glyphs, in their
// order.
func TestSubset(t *testing.T) {
	f := shippedFont(t)
	rapid.Check(t, func(t *rapid.T) {
		glyphs := append([]int{0}, rapid.SliceOf(rapid.IntRange(blank, f.glyphs-1)).Draw(t, "glyphs")...)
		b, err := f.subset(glyphs)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, err := index(b[4:])
		if err != nil {
			t.Fatal(err)
		}
		tops, _, err := index(rest)
		if err != nil || len(tops) != 1 {
			t.Fatal(len(tops), err)
		}
		top := dict(tops[0])
		got, _, err := index(b[top[opCharStrings][0]:])
		if err != nil || len(got) != len(glyphs) || top[opCIDCount][0] != len(glyphs) {
			t.Fatalf("%d charstrings of %d: %v", len(got), len(glyphs), err)
		}
		for i, g := range glyphs {
			want := nothing
			if g != blank {
				want = f.strings[g]
			}
			if !bytes.Equal(got[i], want) {
				t.Errorf("glyph %d is another", g)
			}
		}
		fonts, _, err := index(b[top[opFDArray][0]:])
		if err != nil || len(fonts) != 1 {
			t.Fatal(len(fonts), err)
		}
		p := dict(fonts[0])[opPrivate]
		if !bytes.Equal(b[p[1]:p[1]+p[0]], f.private) {
			t.Error("the private DICT is another")
		}
	})
}

// TestShare: what the glyphs of a cluster carry, from left to right, is the text,
// turned around where it runs to the left.
func TestShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.RuneFrom([]rune("abcलا")), 0, 6).Draw(t, "text"))
		rtl := rapid.Bool().Draw(t, "to the left")
		var got strings.Builder
		for _, p := range share(s, rapid.IntRange(1, 4).Draw(t, "glyphs"), rtl) {
			got.WriteString(string(p.before) + p.text)
			if rtl && len([]rune(p.text)) > 1 {
				t.Errorf("%q is carried by one glyph", p.text)
			}
		}
		want := []rune(s)
		if rtl {
			for i, j := 0, len(want)-1; i < j; i, j = i+1, j-1 {
				want[i], want[j] = want[j], want[i]
			}
		}
		if got.String() != string(want) {
			t.Errorf("%q reads %q", s, got.String())
		}
	})
}

func TestTree(t *testing.T) {
	d := &Document{}
	for _, level := range []int{0, 1, 1, 0, 5, 2} {
		d.Bookmark(level, "", Place{})
	}
	want := []entry{
		{-1, -1, 3, 1, 2, 2},
		{0, -1, 2, -1, -1, 0},
		{0, 1, -1, -1, -1, 0},
		{-1, 0, -1, 4, 4, 1},
		{3, -1, -1, 5, 5, 1},
		{4, -1, -1, -1, -1, 0},
	}
	if diff := cmp.Diff(want, d.tree(), cmp.AllowUnexported(entry{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLiteral(t *testing.T) {
	for in, want := range map[string]string{"plain": "(plain)", `a(b)\`: `(a\(b\)\\)`, "é": "<FEFF00E9>", "𝄞": "<FEFFD834DD1E>", "": "()"} {
		if got := literal(in); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
}

// FuzzFont puts damaged fonts in: reading and embedding them ends, well or with an
// error.
func FuzzFont(f *testing.F) {
	b, err := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(300, uint8(7))
	f.Add(20, uint8(255))
	f.Fuzz(func(t *testing.T, at int, to uint8) {
		// Damage lies where the font is described, not in its outlines.
		i := uint(at) % 4096
		old := b[i]
		b[i] = to
		defer func() { b[i] = old }()
		font, err := readOpenType(b)
		if err != nil {
			return
		}
		all := make([]int, min(font.glyphs, 500))
		for i := range all {
			all[i] = i
		}
		font.subset(all)
	})
}
