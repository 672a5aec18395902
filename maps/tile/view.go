package tile

import (
	"math"

	"github.com/paulmach/orb"
)

// MaxLatitude is where Mercator's square world ends, in degrees.
const MaxLatitude = 85.0511287798066

// The zooms between which views move.
const (
	MinZoom = 1
	MaxZoom = 18
)

// View is what a map shows: its centre (lon, lat), its zoom and its size in pixels.
type View struct {
	Center        orb.Point
	Zoom          float64
	Width, Height int
}

// Mercator returns a position as parts of the world's square: x from the west, y
// from the north, both 0 to 1.
func Mercator(p orb.Point) (x, y float64) {
	lat := math.Max(-MaxLatitude, math.Min(MaxLatitude, p[1])) * math.Pi / 180
	return p[0]/360 + 0.5, 0.5 - math.Log(math.Tan(lat)+1/math.Cos(lat))/(2*math.Pi)
}

// Degrees is the way back from Mercator, lon, lat.
func Degrees(x, y float64) orb.Point {
	return orb.Point{(x - 0.5) * 360, math.Atan(math.Sinh(math.Pi*(1-2*y))) * 180 / math.Pi}
}

// World is the width of the world in pixels.
func (v View) World() float64 { return 256 * math.Exp2(v.Zoom) }

// Origin is where the view's top left corner lies, in pixels of the world.
func (v View) Origin() (x, y float64) {
	cx, cy := Mercator(v.Center)
	return cx*v.World() - float64(v.Width)/2, cy*v.World() - float64(v.Height)/2
}

// Project returns the pixel of a position, in the copy of the world nearest to
// the centre.
func (v View) Project(p orb.Point) (x, y float64) {
	for p[0]-v.Center[0] > 180 {
		p[0] -= 360
	}
	for p[0]-v.Center[0] < -180 {
		p[0] += 360
	}
	mx, my := Mercator(p)
	ox, oy := v.Origin()
	return mx*v.World() - ox, my*v.World() - oy
}

// Unproject returns the position of a pixel, its longitude between -180 and 180.
func (v View) Unproject(x, y float64) orb.Point {
	ox, oy := v.Origin()
	p := Degrees((ox+x)/v.World(), (oy+y)/v.World())
	p[0] = Longitude(p[0])
	return p
}

// Longitude brings a longitude into -180 … 180, the last not included.
func Longitude(lon float64) float64 { return math.Mod(math.Mod(lon+180, 360)+360, 360) - 180 }

// Bound is the box of the view, lon, lat; its longitudes may reach beyond ±180.
func (v View) Bound() orb.Bound {
	ox, oy := v.Origin()
	nw := Degrees(ox/v.World(), oy/v.World())
	se := Degrees((ox+float64(v.Width))/v.World(), (oy+float64(v.Height))/v.World())
	return orb.Bound{Min: orb.Point{nw[0], se[1]}, Max: orb.Point{se[0], nw[1]}}
}

// Fit returns the view that shows a box with a margin in pixels.
func (v View) Fit(b orb.Bound, margin int) View {
	x0, y0 := Mercator(orb.Point{b.Min[0], b.Max[1]})
	x1, y1 := Mercator(orb.Point{b.Max[0], b.Min[1]})
	w := math.Max(1, float64(v.Width-2*margin)) / math.Max(1e-9, x1-x0)
	h := math.Max(1, float64(v.Height-2*margin)) / math.Max(1e-9, y1-y0)
	v.Zoom = clamp(math.Log2(math.Min(w, h)/256), MinZoom, 14)
	x := (x0 + x1) / 2 // of a box that reaches beyond 180°, on the other side
	v.Center = Degrees(x-math.Floor(x), (y0+y1)/2)
	return v
}

// Pan moves the picture by pixels: to the right and down when positive.
func (v View) Pan(dx, dy float64) View {
	cx, cy := Mercator(v.Center)
	x, y := cx-dx/v.World(), clamp(cy-dy/v.World(), 0, 1)
	v.Center = Degrees(x-math.Floor(x), y)
	return v
}

// ZoomAt changes the zoom and keeps what is under a pixel under it.
func (v View) ZoomAt(x, y, by float64) View {
	z := clamp(v.Zoom+by, MinZoom, MaxZoom)
	ox, oy := v.Origin()
	mx, my := (ox+x)/v.World(), (oy+y)/v.World()
	v.Zoom = z
	cx := mx + (float64(v.Width)/2-x)/v.World()
	cy := clamp(my+(float64(v.Height)/2-y)/v.World(), 0, 1)
	v.Center = Degrees(cx-math.Floor(cx), cy)
	return v
}

// MetresPerPixel at the centre, on a sphere of radius 6,378,137 m.
func (v View) MetresPerPixel() float64 {
	return 2 * math.Pi * 6378137 * math.Cos(v.Center[1]*math.Pi/180) / v.World()
}

func clamp(x, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, x)) }
