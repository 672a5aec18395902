package paint

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	orbclip "github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sselandscape/maps/region"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// TestLinesAppearByZoom looks when the lines of a country's areas appear.
func TestLinesAppearByZoom(t *testing.T) {
	p := builtIn(t)
	p.sizes[sizeKey{"NPL", 2}] = p.sizes[sizeKey{"NPL", 1}] / 3.3 // 77 districts in 7 provinces
	for _, c := range []struct {
		name  string
		key   sizeKey
		focus []string
		from  float64 // the first zoom at which lines show
	}{
		{"provinces of the study", sizeKey{"NPL", 1}, []string{"NPL"}, 3.5},
		{"the same elsewhere", sizeKey{"NPL", 1}, nil, 5.5},
		{"large states elsewhere", sizeKey{"AUS", 1}, nil, 2.5},
		{"small prefectures elsewhere", sizeKey{"JPN", 1}, nil, 6},
		{"districts", sizeKey{"NPL", 2}, []string{"NPL"}, 6},
		{"areas of which nothing is known", sizeKey{"NPL", 3}, []string{"NPL"}, 99},
	} {
		t.Run(c.name, func(t *testing.T) {
			for zoom := 1.0; zoom <= 12; zoom += 0.5 {
				s := &Scene{View: tile.View{Center: orb.Point{85, 28}, Zoom: zoom, Width: 100, Height: 100}, Focus: c.focus}
				if got := p.canvas(s).shows(c.key); got != (zoom >= c.from) {
					t.Fatalf("at zoom %v lines show: %v; they should from %v on", zoom, got, c.from)
				}
			}
		})
	}
}

// TestDashedLinesAreWhole checks that chains have each arc that is not agreed on once,
// and that arcs follow on each other.
func TestDashedLinesAreWhole(t *testing.T) {
	p := builtIn(t)
	seen := map[int]bool{}
	for _, refs := range p.dashed {
		for i, ref := range refs {
			if seen[arcIndex(ref)] {
				t.Fatalf("arc %d is in two chains", arcIndex(ref))
			}
			seen[arcIndex(ref)] = true
			if i > 0 && p.start(ref) != p.start(^refs[i-1]) {
				t.Fatalf("arc %d does not follow", arcIndex(ref))
			}
		}
	}
	if want := len(p.borders[region.Disputed]); len(seen) != want || len(p.dashed) >= want {
		t.Errorf("%d chains have %d arcs of %d", len(p.dashed), len(seen), want)
	}
}

// TestDashesRunOn draws a dashed line over two tiles, once in one piece and once with
// vertices all along: the dashes are the same.
func TestDashesRunOn(t *testing.T) {
	size := image.Rect(0, 0, 400, 40)
	drawn := func(path []xy) *image.RGBA {
		img := image.NewRGBA(size)
		d := &drawing{lines: []line{{path: path, box: boxAround(path)}}, color: color.RGBA{A: 255}, half: 1, dash: 7}
		if err := rasterize(context.Background(), img, color.RGBA{}, []step{d}); err != nil {
			t.Fatal(err)
		}
		return img
	}
	one := drawn([]xy{{3, 20.5}, {397, 20.5}})
	var many []xy
	for x := 3.0; x < 397; x += 2.75 {
		many = append(many, xy{x, 20.5})
	}
	many = append(many, xy{397, 20.5})
	two := drawn(many)
	dashes, gaps := 0, 0
	for x := 4; x < 396; x++ {
		a, b := one.RGBAAt(x, 20).A, two.RGBAAt(x, 20).A
		switch {
		case a == 255 && b < 128 || a == 0 && b > 128:
			t.Fatalf("at %d the pieces have %d, the whole %d", x, b, a)
		case a == 255:
			dashes++
		case a == 0:
			gaps++
		}
	}
	if dashes < 150 || gaps < 100 {
		t.Errorf("%d pixels of dashes, %d of gaps", dashes, gaps)
	}
}

// TestDashesAsLines compares the length of dashes that are cut for files of lines with
// what their pattern says.
func TestDashesAsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dash := rapid.Float64Range(1, 9).Draw(t, "dash")
		path := []xy{{0, 0}}
		total := 0.0
		for range rapid.IntRange(1, 12).Draw(t, "sides") {
			last := path[len(path)-1]
			v := xy{last.x + rapid.Float64Range(-20, 20).Draw(t, "dx"), last.y + rapid.Float64Range(-20, 20).Draw(t, "dy")}
			total += math.Hypot(v.x-last.x, v.y-last.y)
			path = append(path, v)
		}
		got := 0.0
		for _, piece := range dashesIn(path, dash, box{-1e6, -1e6, 1e6, 1e6}) {
			for i := 1; i < len(piece); i++ {
				got += math.Hypot(piece[i].x-piece[i-1].x, piece[i].y-piece[i-1].y)
			}
		}
		period := dash * (1 + gap)
		want := math.Floor(total/period)*dash + min(dash, math.Mod(total, period))
		if math.Abs(got-want) > 0.01 {
			t.Fatalf("dashes are %.4f long, want %.4f", got, want)
		}
	})
}

// TestRingsAreCutAsOrbDoes compares areas with those of another clipper.
func TestRingsAreCutAsOrbDoes(t *testing.T) {
	room := box{0, 0, 100, 80}
	rapid.Check(t, func(t *rapid.T) {
		cx, cy := rapid.Float64Range(-20, 120).Draw(t, "x"), rapid.Float64Range(-20, 100).Draw(t, "y")
		var ring []xy
		var theirs orb.Ring
		n := rapid.IntRange(3, 12).Draw(t, "vertices")
		for i := range n {
			r := rapid.Float64Range(1, 90).Draw(t, "radius")
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			ring = append(ring, xy{cx + r*cos, cy + r*sin})
			theirs = append(theirs, orb.Point{cx + r*cos, cy + r*sin})
		}
		ring, theirs = append(ring, ring[0]), append(theirs, theirs[0])
		want := planar.Area(orbclip.Ring(orb.Bound{Max: orb.Point{100, 80}}, theirs))
		got := 0.0
		cut := cutRing(ring, room)
		for i, v := range cut {
			u := cut[(i+len(cut)-1)%len(cut)]
			got += (u.x*v.y - v.x*u.y) / 2
		}
		if math.Abs(got-want) > 1e-6*(1+want) {
			t.Fatalf("the area is %.6f, want %.6f", got, want)
		}
	})
}

// TestChainsCloseAgain cuts a ring into lines in any order and direction and chains
// them.
func TestChainsCloseAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 20).Draw(t, "vertices")
		ring := make([]xy, n+1)
		for i := range n {
			ring[i] = xy{math.Cos(float64(i)), float64(i)}
		}
		ring[n] = ring[0]
		var lines []line
		for from := 0; from < n; {
			to := min(n, from+rapid.IntRange(1, 5).Draw(t, "length"))
			l := line{path: slices.Clone(ring[from : to+1])}
			if rapid.Bool().Draw(t, "back") {
				slices.Reverse(l.path)
				l.back = true
			}
			lines = append(lines, l)
			from = to
		}
		lines = rapid.Permutation(lines).Draw(t, "order")
		rings := chainLines(lines)
		if len(rings) != 1 || len(rings[0]) != n+1 || rings[0][0] != rings[0][n] {
			t.Fatalf("%d rings: %v", len(rings), rings)
		}
	})
}

// TestNamesAlongRiversAreReadable looks at where names come to lie on lines of any
// shape: never upside down, and bent only where the line bends gently.
func TestNamesAlongRiversAreReadable(t *testing.T) {
	p := builtIn(t)
	c := p.canvas(&Scene{View: tile.View{Zoom: 6, Width: 600, Height: 600}})
	rapid.Check(t, func(t *rapid.T) {
		path := []xy{{300, 300}}
		angle := rapid.Float64Range(-math.Pi, math.Pi).Draw(t, "angle")
		for range rapid.IntRange(4, 60).Draw(t, "sides") {
			angle += rapid.Float64Range(-0.9, 0.9).Draw(t, "turn")
			last := path[len(path)-1]
			path = append(path, xy{last.x + 9*math.Cos(angle), last.y + 9*math.Sin(angle)})
		}
		width := rapid.Float64Range(20, 120).Draw(t, "width")
		bent := rapid.Bool().Draw(t, "bent")
		ways, _ := c.wayAlong(path, width, bent)
		for _, w := range ways {
			if w.at[len(w.at)-1].x < w.at[0].x {
				t.Fatal("a name runs to the left")
			}
			if !bent && !w.straight {
				t.Fatal("letters that join are bent")
			}
			if w.straight {
				continue
			}
			last := math.NaN()
			for s := 0.0; s < width; s += 8 {
				_, a := w.place(s)
				if math.Abs(a) > 110*math.Pi/180 {
					t.Fatalf("a letter is turned by %.0f°", a*180/math.Pi)
				}
				if d := math.Abs(turned(last, a)); d > 2.2*letterTurn {
					t.Fatalf("a letter is turned by %.2f against the one before", d)
				}
				last = a
			}
		}
	})
}

func TestLettersThatJoinStayTogether(t *testing.T) {
	for _, c := range []struct {
		name        string
		apart, lean bool
	}{
		{"Mekong", true, true}, {"Sông Mê Công", true, true}, {"Амур", true, true}, {"長江", true, false}, {"낙동강", true, false}, {"利根川", true, false},
		{"गंगा", false, false}, {"แม่น้ำโขง", false, false}, {"ទន្លេមេគង្គ", false, false}, {"نهر السند", false, false}, {"ဧရာဝတီ", false, false},
	} {
		if got := lettersApart(c.name); got != c.apart {
			t.Errorf("letters of %s are set apart: %v", c.name, got)
		}
		if got := leans(c.name); got != c.lean {
			t.Errorf("%s leans: %v", c.name, got)
		}
	}
}

// TestLabelsKeepApart composes maps and checks that no two texts overlap, and that all
// lie inside.
func TestLabelsKeepApart(t *testing.T) {
	p := builtIn(t)
	for i := range p.atlas.Rivers {
		p.rivers = append(p.rivers, waterName{fmt.Sprint("River ", i), p.atlas.Rivers[i].Rings[0]})
	}
	for name, at := range proofViews {
		for zoom := 3.0; zoom <= 9; zoom++ {
			s := &Scene{View: tile.View{Center: at, Zoom: zoom, Width: 700, Height: 500}, Focus: []string{"NPL", "CHN", "RUS", "IDN", "KGZ", "KHM"}, Furniture: true, Title: "T", Graticule: zoom > 5}
			c := p.canvas(s)
			if err := c.compose(context.Background()); err != nil {
				t.Fatal(err)
			}
			var boxes []image.Rectangle
			for _, st := range c.steps {
				w, ok := st.(*words)
				if !ok {
					continue
				}
				b := image.Rect(int(w.at.x), int(w.at.y), int(w.at.x)+w.layout.Width, int(w.at.y)+w.layout.Height)
				if !b.In(c.size.Inset(-1)) {
					t.Errorf("%s at zoom %v: a text at %v leaves the picture", name, zoom, b)
				}
				for _, o := range boxes {
					if x := b.Intersect(o); x.Dx() > 2 && x.Dy() > 2 {
						t.Errorf("%s at zoom %v: texts at %v and %v overlap", name, zoom, b, o)
					}
				}
				boxes = append(boxes, b)
			}
		}
	}
}

// TestFitOfEqualArea projects the rim of boxes: it lies in the picture, and fills one
// of its sides.
func TestFitOfEqualArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		west, south := rapid.Float64Range(60, 190).Draw(t, "west"), rapid.Float64Range(-50, 40).Draw(t, "south")
		b := orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{west + rapid.Float64Range(1, 70).Draw(t, "wide"), south + rapid.Float64Range(1, 35).Draw(t, "high")}}
		s := Scene{View: tile.View{Width: 900, Height: 600}, EqualArea: true}
		s.View = s.Fit(b, 20)
		l := newLambert(s.View)
		var path []xy
		for i := range 101 {
			x, y := b.Min[0]+(b.Max[0]-b.Min[0])*float64(i)/100, b.Min[1]+(b.Max[1]-b.Min[1])*float64(i)/100
			path = append(path, l.at(orb.Point{x, b.Min[1]}), l.at(orb.Point{x, b.Max[1]}), l.at(orb.Point{b.Min[0], y}), l.at(orb.Point{b.Max[0], y}))
		}
		o := boxAround(path)
		if o.x0 < 16 || o.y0 < 16 || o.x1 > 884 || o.y1 > 584 {
			t.Fatalf("the box is drawn at %v", o)
		}
		if o.x1-o.x0 < 850 && o.y1-o.y0 < 550 {
			t.Fatalf("the box is drawn at %v, smaller than need be", o)
		}
	})
}

// TestTraceIsWhatIsDrawn fills outlines of text and compares them with text as drawn.
func TestTraceIsWhatIsDrawn(t *testing.T) {
	p := builtIn(t)
	l := p.face.Spans([]text.Span{{Text: "Ågr bold", Bold: true}, {Text: " lean", Italic: true}}, text.Style{Size: 40})
	size := image.Rect(0, 0, l.Width+20, l.Height+20)
	drawn, traced := image.NewRGBA(size), image.NewRGBA(size)
	l.Draw(drawn, 10, 10, color.Black)
	pen := &tracer{cos: 1}
	for g := range l.Glyphs() {
		pen.ClosePath()
		pen.origin = xy{10 + float64(g.X), 10 + float64(g.Y)}
		l.Trace(g, pen)
	}
	if err := rasterize(context.Background(), traced, color.RGBA{}, []step{&drawing{lines: pen.done(), color: color.RGBA{A: 255}}}); err != nil {
		t.Fatal(err)
	}
	ink, off := 0, 0
	for i := 3; i < len(drawn.Pix); i += 4 {
		ink += int(drawn.Pix[i])
		off += max(int(drawn.Pix[i]), int(traced.Pix[i])) - min(int(drawn.Pix[i]), int(traced.Pix[i]))
	}
	if ink == 0 || off > ink/8 {
		t.Errorf("%d of %d parts of ink differ", off, ink)
	}
}
