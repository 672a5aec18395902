package pdf

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/goregular"
	"pgregory.net/rapid"
)

// TestSubset reads what it wrote: metrics and outlines are those of the glyphs, and
// parts of composite glyphs are there.
func TestSubset(t *testing.T) {
	f, err := readTrueType(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		glyphs := append([]int{0}, rapid.SliceOfDistinct(rapid.IntRange(1, f.glyphs-1), rapid.ID[int]).Draw(t, "glyphs")...)
		b, err := f.subset(glyphs)
		if err != nil {
			t.Fatal(err)
		}
		if n := sum(b); n != 0xb1b0afba {
			t.Errorf("the checksum of the font is %x", n)
		}
		got, err := readTrueType(b)
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range glyphs {
			if got.advance(i) != f.advance(g) || got.bearing(i) != f.bearing(g) {
				t.Errorf("glyph %d has other metrics", g)
			}
		}
		for i := range got.glyphs {
			checkOutline(t, got, i)
		}
	})
}

func checkOutline(t *rapid.T, f *trueType, glyph int) {
	o, err := f.outline(glyph)
	if err != nil {
		t.Fatal(err)
	}
	if !composite(o) {
		return
	}
	at, _, err := parts(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range at {
		if n := int(binary.BigEndian.Uint16(o[i+2:])); n >= f.glyphs {
			t.Errorf("glyph %d has the part %d of %d", glyph, n, f.glyphs)
		}
	}
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
	f.Add(300, uint8(7))
	f.Add(20, uint8(255))
	f.Fuzz(func(t *testing.T, at int, b uint8) {
		font := append([]byte(nil), goregular.TTF...)
		font[uint(at)%uint(len(font))] = b
		tt, err := readTrueType(font)
		if err != nil {
			return
		}
		all := make([]int, min(tt.glyphs, 500))
		for i := range all {
			all[i] = i
		}
		tt.subset(all)
	})
}
