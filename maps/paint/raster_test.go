package paint

import (
	"context"
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/vector"
	"pgregory.net/rapid"
)

// whole fills a polygon at once, without tiles and clipping.
func whole(size image.Rectangle, path []xy) *image.Alpha {
	out := image.NewAlpha(size)
	r := vector.NewRasterizer(size.Dx(), size.Dy())
	r.MoveTo(float32(path[0].x), float32(path[0].y))
	for _, v := range path[1:] {
		r.LineTo(float32(v.x), float32(v.y))
	}
	r.ClosePath()
	r.Draw(out, size, image.Opaque, image.Point{})
	return out
}

// TestTilesDrawTheWhole cuts polygons that reach far out of the picture into arcs
// and tiles; the picture is that of the polygon.
func TestTilesDrawTheWhole(t *testing.T) {
	size := image.Rect(0, 0, 520, 270) // wide enough for the rasterizer to calculate in floats
	rapid.Check(t, func(t *rapid.T) {
		vertex := rapid.Custom(func(t *rapid.T) xy {
			return xy{float64(rapid.IntRange(-2400, 6400).Draw(t, "x")) / 8, float64(rapid.IntRange(-1600, 3760).Draw(t, "y")) / 8}
		})
		path := rapid.SliceOfN(vertex, 3, 12).Draw(t, "path")
		cut := rapid.IntRange(1, len(path)-1).Draw(t, "cut")
		first, second := path[:cut+1], append(append([]xy{}, path[cut:]...), path[0])
		back := make([]xy, len(second))
		for i, v := range second {
			back[len(back)-1-i] = v
		}
		img := image.NewRGBA(size)
		d := &drawing{color: color.RGBA{0, 0, 0, 255}, lines: []line{{path: first, box: boxAround(first)}, {path: back, box: boxAround(back), back: true}}}
		if err := rasterize(context.Background(), img, color.RGBA{}, []step{d}); err != nil {
			t.Fatal(err)
		}
		want := whole(size, path)
		for i, w := range want.Pix {
			if a, b := int(img.Pix[4*i+3]), int(w); max(a, b)-min(a, b) > 24 { // a tenth of a pixel
				t.Fatalf("pixel %d,%d is %d, want %d", i%size.Dx(), i/size.Dx(), a, b)
			}
		}
	})
}

func TestNeighboursLeaveNoSeam(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 300, 300))
	border := line{path: []xy{{70.3, -10}, {120.7, 140.2}, {90.1, 310}}}
	border.box = boxAround(border.path)
	left := line{path: []xy{{90.1, 310}, {-10, 310}, {-10, -10}, {70.3, -10}}}
	left.box = boxAround(left.path)
	right := line{path: []xy{{70.3, -10}, {310, -10}, {310, 310}, {90.1, 310}}}
	right.box = boxAround(right.path)
	other := border
	other.back = true
	d := &drawing{color: color.RGBA{0, 0, 0, 255}, lines: []line{border, left, other, right}}
	if err := rasterize(context.Background(), img, color.RGBA{}, []step{d}); err != nil {
		t.Fatal(err)
	}
	for i := 3; i < len(img.Pix); i += 4 {
		if img.Pix[i] < 254 {
			t.Fatalf("pixel %d shows through: %d", i/4, img.Pix[i])
		}
	}
}

func BenchmarkFill(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 1280, 800))
	l := line{path: []xy{{10, 10}, {1270, 50}, {900, 790}, {10, 10}}}
	l.box = boxAround(l.path)
	ds := []step{&drawing{color: color.RGBA{0, 0, 0, 255}, lines: []line{l}}}
	for b.Loop() {
		if err := rasterize(context.Background(), img, color.RGBA{}, ds); err != nil {
			b.Fatal(err)
		}
	}
}
