package paint

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"golang.org/x/image/vector"
	"pgregory.net/rapid"

	"sselandscape/maps/layer"
)

// TestCoverageIsOverlap compares with asking every rectangle.
func TestCoverageIsOverlap(t *testing.T) {
	size := image.Rect(0, 0, 150, 20)
	rect := rapid.Custom(func(t *rapid.T) image.Rectangle {
		x, y := rapid.IntRange(-20, 160).Draw(t, "x"), rapid.IntRange(-5, 25).Draw(t, "y")
		return image.Rect(x, y, x+rapid.IntRange(0, 90).Draw(t, "w"), y+rapid.IntRange(0, 9).Draw(t, "h"))
	})
	rapid.Check(t, func(t *rapid.T) {
		c := newCoverage(size)
		var all []image.Rectangle
		for _, r := range rapid.SliceOfN(rect, 1, 8).Draw(t, "rectangles") {
			free := true
			for _, o := range all {
				free = free && !o.Overlaps(r.Intersect(size))
			}
			if c.free(r) != free {
				t.Fatalf("%v is free: %v, want %v", r, c.free(r), free)
			}
			c.take(r)
			all = append(all, r)
		}
	})
}

// TestSymbolsAreShapes compares copied symbols with shapes drawn in place, at
// quarters of a pixel and over the picture's edges.
func TestSymbolsAreShapes(t *testing.T) {
	size := image.Rect(0, 0, 40, 30)
	rapid.Check(t, func(t *rapid.T) {
		k := symbol{shape: layer.Shape(rapid.IntRange(0, int(layer.Box)).Draw(t, "shape")), radius: rapid.Float64Range(1, 9).Draw(t, "radius"),
			rim: rapid.Float64Range(0, 2).Draw(t, "rim"), color: color.RGBA{200, 30, 90, 255}, rimColor: color.RGBA{255, 255, 255, 255}}
		x, y := float64(rapid.IntRange(-40, 200).Draw(t, "x"))/quarters, float64(rapid.IntRange(-40, 160).Draw(t, "y"))/quarters
		ground := image.NewUniform(color.RGBA{40, 50, 60, 255})
		copied, drawn := image.NewRGBA(size), image.NewRGBA(size)
		draw.Draw(copied, size, ground, image.Point{}, draw.Src)
		draw.Draw(drawn, size, ground, image.Point{}, draw.Src)
		s := sprites{symbol: k}
		p, at := s.at(x, y)
		p.draw(copied, at, size)
		pen := vector.NewRasterizer(1, 1)
		for _, s := range k.shapes(x, y) {
			s.draw(drawn, pen)
		}
		for i, a := range copied.Pix {
			if b := drawn.Pix[i]; max(a, b)-min(a, b) > 12 { // edges are rounded once more, and cut at the side of the picture
				t.Fatalf("pixel %d, %d is %d, want %d", i/4%40, i/160, a, b)
			}
		}
	})
}

func TestBriefNumbers(t *testing.T) {
	for n, want := range map[int]string{2: "2", 9999: "9999", 10_000: "10k", 999_999: "999k", 1_000_000: "1M", 1_590_000: "1.5M", 12_345_678: "12M"} {
		if got := brief(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}

// TestCrowdRadiusShrinksInSteps: never below 2, and the same for a few units more.
func TestCrowdRadiusShrinksInSteps(t *testing.T) {
	last, sizes := unitRadius, map[float64]bool{}
	for n := 1; n < 3_000_000; n += 1 + n/7 {
		r := crowdRadius(n)
		if r > last || r < 2 || n <= uncrowded && r != unitRadius {
			t.Fatalf("%d units: radius %v after %v", n, r, last)
		}
		last = r
		sizes[r] = true
	}
	if len(sizes) > 13 {
		t.Errorf("%d sizes", len(sizes))
	}
}

// TestHatchesDiffer: what is suppressed looks neither like what has no data nor plain.
func TestHatchesDiffer(t *testing.T) {
	c := canvas{t: light, px: 1}
	none, few := c.unread(false), c.unread(true)
	same, plain := 0, 0
	for y := range 40 {
		for x := range 40 {
			if none.at(x, y) == few.at(x, y) {
				same++
			}
			if !few.at(x, y) {
				plain++
			}
		}
	}
	if same > 1000 || plain == 0 || plain == 1600 {
		t.Errorf("%d of 1600 pixels are alike, %d plain", same, plain)
	}
}
