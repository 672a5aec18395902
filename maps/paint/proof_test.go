package paint

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/image/font/gofont/goregular"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

func builtIn(t testing.TB) *Painter {
	t.Helper()
	b, err := os.ReadFile("../../assets/boundaries/asia-pacific.sser")
	if err != nil {
		t.Fatal(err)
	}
	a, err := region.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	f, err := text.New(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return New(a, f)
}

// nearCoast marks pixels within some pixels of a coast as it is, not simplified.
func nearCoast(p *Painter, v tile.View, within float64) []bool {
	out := make([]bool, v.Width*v.Height)
	mark := func(x, y float64) {
		for j := int(y - within); j <= int(y+within); j++ {
			for i := int(x - within); i <= int(x+within); i++ {
				if i >= 0 && j >= 0 && i < v.Width && j < v.Height {
					out[j*v.Width+i] = true
				}
			}
		}
	}
	room := box{-within, -within, float64(v.Width) + within, float64(v.Height) + within}
	for _, arc := range p.borders[region.Coast] {
		if b := p.atlas.ArcBound(arc); !seesTurned(v.Bound().Pad(1), b, -1) && !seesTurned(v.Bound().Pad(1), b, 0) && !seesTurned(v.Bound().Pad(1), b, 1) {
			continue
		}
		vs := p.atlas.Arcs[arc]
		for k := 1; k < len(vs); k++ {
			ax, ay := v.Project(p.atlas.Position(vs[k-1]))
			bx, by := v.Project(p.atlas.Position(vs[k]))
			a, b, ok := clipSegment(xy{ax, ay}, xy{bx, by}, room)
			if !ok || math.Abs(ax-bx) > v.World()/2 {
				continue
			}
			if lon := p.atlas.Position(vs[k])[0]; math.Abs(lon) > 179.999 && math.Abs(p.atlas.Position(vs[k-1])[0]) > 179.999 {
				continue // the map was cut here
			}
			n := math.Ceil(math.Hypot(b.x-a.x, b.y-a.y)) + 1
			for s := 0.0; s <= n; s++ {
				mark(a.x+(b.x-a.x)*s/n, a.y+(b.y-a.y)*s/n)
			}
		}
	}
	return out
}

var proofViews = map[string]orb.Point{"himalaya": {85.3, 27.7}, "sichuan": {104, 30.6}, "java": {110.4, -7.3}, "chukotka": {180, 67}, "mekong": {104.9, 14.4}, "fergana": {71.7, 40.4}}

// TestNoSeaBetweenNeighbours fills areas in two colours and countries in a third: on
// land there is no trace of the sea's colour at any zoom, also on the antimeridian.
func TestNoSeaBetweenNeighbours(t *testing.T) {
	p := builtIn(t)
	fill := &layer.Regions{Fill: map[string]layer.Fill{}}
	for i, r := range p.atlas.Regions {
		fill.Fill[r.Code] = layer.Fill{Color: color.RGBA{0, uint8(90 + 100*(i%2)), 0, 255}}
	}
	for name, at := range proofViews {
		for zoom := 2.0; zoom <= 12; zoom++ {
			t.Run(fmt.Sprint(name, zoom), func(t *testing.T) {
				s := &Scene{View: tile.View{Center: at, Zoom: zoom, Width: 300, Height: 260}, Layers: []layer.Layer{fill}, Focus: []string{"NPL", "CHN", "RUS"}}
				c := p.canvas(s)
				c.t = Theme{Sea: color.RGBA{255, 0, 0, 255}, Land: color.RGBA{0, 255, 0, 255}, Focus: color.RGBA{0, 200, 0, 255}}
				c.add(c.areas()...)
				img := image.NewRGBA(c.size)
				if err := rasterize(context.Background(), img, c.t.Sea, c.steps); err != nil {
					t.Fatal(err)
				}
				coast := nearCoast(p, s.View, 4)
				land := 0
				for i, near := range coast {
					x, y := i%s.View.Width, i/s.View.Width
					sea := img.Pix[4*i]
					if near || sea <= 2 && i%17 > 0 || !onLand(p, s.View, x, y) {
						continue
					}
					land++
					if sea > 2 {
						t.Fatalf("at %d, %d there are %d of 255 parts of sea", x, y, sea)
					}
				}
				if land < 100 {
					t.Errorf("only %d pixels of land were found", land)
				}
			})
		}
	}
}

func onLand(p *Painter, v tile.View, x, y int) bool {
	_, ok := p.atlas.Locate(v.Unproject(float64(x)+0.5, float64(y)+0.5))
	return ok
}

// TestNoSeamOnTheAntimeridian draws areas and lines of Chukotka: where 180° crosses its
// land, nothing is drawn but land.
func TestNoSeamOnTheAntimeridian(t *testing.T) {
	p := builtIn(t)
	for _, equal := range []bool{false, true} {
		for zoom := 3.0; zoom <= 9; zoom++ {
			s := &Scene{View: tile.View{Center: orb.Point{179.9, 67.2}, Zoom: zoom, Width: 260, Height: 260}, Focus: []string{"RUS"}, EqualArea: equal}
			c := p.canvas(s)
			c.add(c.areas()...)
			c.add(c.borders()...)
			img := image.NewRGBA(c.size)
			if err := rasterize(context.Background(), img, c.t.Sea, c.steps); err != nil {
				t.Fatal(err)
			}
			looked := 0
			for lat := 66.2; lat < 68.6; lat += 0.01 {
				v, ok := c.project(orb.Point{180, lat})
				if x, y := int(v.x), int(v.y); ok && image.Pt(x, y).In(c.size.Inset(2)) {
					looked++
					for dx := -2; dx <= 2; dx++ {
						if got := img.RGBAAt(x+dx, y); distance(got, c.t.Focus) > 3 {
							t.Fatalf("zoom %v, equal-area %v, 180°, %.2f°: %v", zoom, equal, lat, got)
						}
					}
				}
			}
			if looked < 20 {
				t.Errorf("zoom %v: only %d places were looked at", zoom, looked)
			}
		}
	}
}

func distance(a, b color.RGBA) int {
	d := func(x, y uint8) int { return int(max(x, y)) - int(min(x, y)) }
	return max(d(a.R, b.R), d(a.G, b.G), d(a.B, b.B))
}

// TestEqualAreasAreEqual compares the area of countries as they are drawn with that of
// the same borders on the sphere: with all vertices, and as they are simplified for a
// picture, which takes a little from islands of a few pixels.
func TestEqualAreasAreEqual(t *testing.T) {
	p := builtIn(t)
	for code, most := range map[string]float64{"NPL": 0.001, "PHL": 0.001, "KOR": 0.001, "RUS": 0.001, "AUS": 0.001, "KAZ": 0.001, "BTN": 0.001, "IDN": 0.002, "FJI": 0.003} {
		b, _ := p.atlas.BoundOf(code)
		s := Scene{View: tile.View{Width: 1280, Height: 800}, EqualArea: true}
		s.View = s.Fit(b, 20)
		want := onSphere(p, code)
		for _, whole := range []bool{true, false} {
			c, most := p.canvas(&s), most
			if whole {
				c.threshold, most = 0, 0.0002
			}
			got := c.areaOf(code) * math.Pow(s.View.MetresPerPixel()/1000, 2)
			t.Logf("%s: drawn %.0f km², on the sphere %.0f km², %+.4f %%", code, got, want, 100*(got/want-1))
			if math.Abs(got/want-1) > most {
				t.Errorf("%s is drawn with %.0f km², not %.0f", code, got, want)
			}
		}
	}
}

// areaOf is the area of a country in square pixels.
func (c *canvas) areaOf(code string) float64 {
	sum := 0.0
	for _, r := range c.p.atlas.In(code) {
		for _, ring := range r.Rings {
			for _, ref := range ring {
				path := slices.Clone(c.arc(arcIndex(ref)).path)
				if ref < 0 {
					slices.Reverse(path)
				}
				for i := 1; i < len(path); i++ {
					sum += (path[i-1].x*path[i].y - path[i].x*path[i-1].y) / 2
				}
			}
		}
	}
	return math.Abs(sum)
}

// onSphere is the area of a country in square kilometres: on the cylinder of the same
// area.
func onSphere(p *Painter, code string) float64 {
	sum := 0.0
	for _, polygon := range p.atlas.Polygon(code) {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				u, v := ring[i-1], ring[i]
				sum += (v[0] - u[0]) * math.Pi / 180 * (math.Sin(u[1]*math.Pi/180) + math.Sin(v[1]*math.Pi/180)) / 2
			}
		}
	}
	return math.Abs(sum) * radius * radius / 1e6
}

// TestLambertAsPROJ compares with the projection that GDAL has from PROJ.
func TestLambertAsPROJ(t *testing.T) {
	program, err := exec.LookPath("gdaltransform")
	if err != nil {
		t.Skip("skipped: gdaltransform is not installed")
	}
	for _, centre := range []orb.Point{{84, 28}, {178.5, -15}, {105, 0}, {100, 62}} {
		v := tile.View{Center: centre, Zoom: 4, Width: 800, Height: 600}
		l := newLambert(v)
		var in bytes.Buffer
		var asked []orb.Point
		for lon := -170.0; lon < 180; lon += 23 {
			for lat := -80.0; lat <= 80; lat += 16 {
				if math.Hypot(tile.Longitude(lon-l.opposite()[0]), lat-l.opposite()[1]) < 20 {
					continue
				}
				asked = append(asked, orb.Point{lon, lat})
				fmt.Fprintln(&in, lon, lat)
			}
		}
		cmd := exec.Command(program, "-s_srs", "+proj=longlat +R=6371008.8 +no_defs", "-t_srs", fmt.Sprintf("+proj=laea +lat_0=%v +lon_0=%v +R=6371008.8 +units=m +no_defs", centre[1], centre[0]))
		cmd.Stdin = &in
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) != len(asked) {
			t.Fatalf("%d answers to %d questions", len(lines), len(asked))
		}
		for i, p := range asked {
			var x, y float64
			if _, err := fmt.Sscan(lines[i], &x, &y); err != nil {
				t.Fatal(err)
			}
			got := l.at(p)
			if dx, dy := (got.x-400)*v.MetresPerPixel()-x, (300-got.y)*v.MetresPerPixel()-y; math.Hypot(dx, dy) > 1 {
				t.Fatalf("around %v, %v is %.2f m off", centre, p, math.Hypot(dx, dy))
			}
		}
	}
}

// TestLambert goes to the plane and back.
func TestLambert(t *testing.T) {
	l := newLambert(tile.View{Center: orb.Point{110, 20}, Zoom: 3, Width: 800, Height: 600})
	for lon := -180.0; lon < 180; lon += 7 {
		for lat := -89.0; lat < 90; lat += 7 {
			if math.Hypot(tile.Longitude(lon-l.opposite()[0]), lat-l.opposite()[1]) < 3 {
				continue
			}
			p := l.back(l.at(orb.Point{lon, lat}))
			if math.Abs(tile.Longitude(p[0]-lon)) > 1e-6 || math.Abs(p[1]-lat) > 1e-6 {
				t.Fatalf("%v, %v comes back as %v", lon, lat, p)
			}
		}
	}
	l = &lambert{lon: -100 * math.Pi / 180, sin: math.Sin(40 * math.Pi / 180), cos: math.Cos(40 * math.Pi / 180), scale: 1}
	// A place at an angle c from the centre lies 2·sin(c/2) from it, at its azimuth.
	for _, c := range []struct {
		at    orb.Point
		x, up float64
	}{{orb.Point{-100, 40}, 0, 0}, {orb.Point{-100, 90}, 0, 2 * math.Sin(25*math.Pi/180)}, {orb.Point{-100, -20}, 0, -2 * math.Sin(30*math.Pi/180)}, {orb.Point{-10, 0}, math.Sqrt2, 0}} {
		if got := l.at(c.at); math.Abs(got.x-c.x) > 1e-9 || math.Abs(got.y+c.up) > 1e-9 {
			t.Errorf("%v lies at %v, want %v, %v", c.at, got, c.x, -c.up)
		}
	}
}
