package text_test

import (
	"strings"
	"testing"

	"sselandscape/maps/text"
)

// TestGlyphsHoldTheText puts together what the glyphs of a line say they show: all
// of the text, in some order.
func TestGlyphsHoldTheText(t *testing.T) {
	f := shipped(t)
	for name, s := range scripts {
		t.Run(name, func(t *testing.T) {
			got := map[rune]int{}
			left := 0 // glyphs that belong to the cluster before
			for g := range f.Layout(s, text.Style{Size: 12}).Glyphs() {
				if left > 0 && g.Text != "" {
					t.Errorf("%q begins among the glyphs of another cluster", g.Text)
				}
				if g.Text != "" {
					left = g.Cluster
				}
				left--
				for _, r := range g.Text {
					got[r]++
				}
			}
			for _, r := range s {
				got[r]--
			}
			for r, n := range got {
				if n != 0 {
					t.Errorf("%q stands %d times too often", r, n)
				}
			}
		})
	}
}

func TestGlyphsOfCutText(t *testing.T) {
	var b strings.Builder
	l := shipped(t).Layout("one two three four five six", text.Style{Size: 12, Width: 60, Lines: 1})
	for g := range l.Glyphs() {
		b.WriteString(g.Text)
	}
	if got := b.String(); !strings.HasPrefix(got, "one") || !strings.HasSuffix(got, "…") {
		t.Errorf("the line reads %q", got)
	}
}

func TestGlyphsStandOnLines(t *testing.T) {
	l := shipped(t).Spans(text.Markup("one **two**\nthree"), text.Style{Size: 10})
	lines, bold := map[int]float32{}, ""
	for g := range l.Glyphs() {
		lines[g.Line] = g.Y
		if g.Bold {
			bold += g.Text
		}
	}
	if len(lines) != 2 || lines[1]-lines[0] != l.Pitch() || l.Size() != 10 {
		t.Errorf("lines at %v, pitch %v, size %v", lines, l.Pitch(), l.Size())
	}
	if bold != "two" {
		t.Errorf("bold is %q", bold)
	}
}
