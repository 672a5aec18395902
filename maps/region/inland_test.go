package region

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// built makes a pack of squares: west, south, east, north.
func built(t *testing.T, level int, squares map[string][4]float64, up func(code string) (country, parent string)) *Pack {
	t.Helper()
	b := &Builder{Level: level}
	n := 0
	for _, code := range []string{"A1", "A2", "B1", "A1x", "A1y"} {
		q, ok := squares[code]
		if !ok {
			continue
		}
		n++
		country, parent := up(code)
		ring := orb.Ring{{q[0], q[1]}, {q[2], q[1]}, {q[2], q[3]}, {q[0], q[3]}, {q[0], q[1]}}
		if err := b.Add(n, Region{Code: code, Country: country, Parent: parent}, orb.MultiPolygon{{ring}}); err != nil {
			t.Fatal(err)
		}
	}
	p, problems, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err, problems)
	}
	return p
}

func country(code string) (string, string) {
	c := map[byte]string{'A': "AAA", 'B': "BBB"}[code[0]]
	return c, c
}

// TestBordersOfTwoSources puts regions of another source, whose borders are off by a
// little, in the place of a country between another and the sea.
func TestBordersOfTwoSources(t *testing.T) {
	base := New(built(t, 1, map[string][4]float64{"A1": {0, 0, 10, 10}, "B1": {10, 0, 20, 10}}, country))
	own := built(t, 1, map[string][4]float64{"A1": {0.005, 0, 5, 10}, "A2": {5, 0, 9.995, 10}}, country)
	a, err := base.With(own)
	if err != nil {
		t.Fatal(err)
	}
	lengths := map[Border]float64{}
	at := map[Border]orb.Bound{}
	for i, arc := range a.Arcs {
		b := a.Border(i)
		for j := 1; j < len(arc); j++ {
			p, q := a.Position(arc[j-1]), a.Position(arc[j])
			lengths[b] += max(q[0]-p[0], p[0]-q[0]) + max(q[1]-p[1], p[1]-q[1])
		}
		if _, ok := at[b]; ok {
			at[b] = at[b].Union(a.ArcBound(int32(i)))
		} else {
			at[b] = a.ArcBound(int32(i))
		}
	}
	near := func(what string, b Border, want float64) {
		if got := lengths[b]; got < want-0.1 || got > want+0.1 {
			t.Errorf("%s is %.2f degrees long, want %.2f", what, got, want)
		}
	}
	near("the line between the countries", Border{Class: International}, 10)
	near("what is inside", Border{Class: Internal, Country: "AAA", Level: 1}, 20) // between A1 and A2, and beside B1
	near("the coast", Border{Class: Coast}, 10+10+10+10+10+10)
	if b := at[Border{Class: International}]; b.Min[0] < 9.99 || b.Max[0] > 10.01 {
		t.Errorf("the line between the countries lies at %v", b)
	}
	for _, r := range own.Regions {
		if got, want := planar.Area(a.Polygon(r.Code)), planar.Area(New(own).Polygon(r.Code)); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s has an area of %v, not %v", r.Code, got, want)
		}
	}
	for _, c := range []struct {
		at   orb.Point
		want string
	}{{orb.Point{3, 5}, "A1"}, {orb.Point{7, 5}, "A2"}, {orb.Point{15, 5}, "B1"}} {
		if r, ok := a.Locate(c.at); !ok || r.Code != c.want {
			t.Errorf("at %v: %v", c.at, r)
		}
	}
}

// TestBordersOfDistricts adds districts: lines between two, and where they bound land.
func TestBordersOfDistricts(t *testing.T) {
	base := New(built(t, 1, map[string][4]float64{"A1": {0, 0, 10, 10}, "B1": {10, 0, 20, 10}}, country))
	own := built(t, 2, map[string][4]float64{"A1x": {0.001, 0, 5, 10}, "A1y": {5, 0, 9.995, 10}}, func(string) (string, string) { return "AAA", "A1" })
	a, err := base.With(own)
	if err != nil {
		t.Fatal(err)
	}
	west, east := 20.0, -1.0
	for i := range a.Arcs {
		if b := a.Border(i); b.Level == 2 {
			west, east = min(west, a.ArcBound(int32(i)).Min[0]), max(east, a.ArcBound(int32(i)).Max[0])
		} else if b.Class == Coast && i >= len(base.Arcs) {
			t.Errorf("arc %d of the districts is coast", i)
		}
	}
	if west < 4.99 || east > 9.999 {
		t.Errorf("lines between districts reach from %v to %v, not from 5 to 9.995", west, east)
	}
}

func TestBoundOverTheAntimeridian(t *testing.T) {
	for _, c := range []struct {
		name  string
		boxes []orb.Bound
		want  [2]float64
	}{
		{"one", []orb.Bound{{Min: orb.Point{10, 0}, Max: orb.Point{20, 1}}}, [2]float64{10, 20}},
		{"both sides", []orb.Bound{{Min: orb.Point{177, 0}, Max: orb.Point{180, 1}}, {Min: orb.Point{-180, 0}, Max: orb.Point{-178, 1}}}, [2]float64{177, 182}},
		{"far apart", []orb.Bound{{Min: orb.Point{80, 0}, Max: orb.Point{88, 1}}, {Min: orb.Point{125, 0}, Max: orb.Point{130, 1}}}, [2]float64{80, 130}},
		{"with one on the other side", []orb.Bound{{Min: orb.Point{80, 0}, Max: orb.Point{88, 1}}, {Min: orb.Point{-175, 0}, Max: orb.Point{-170, 1}}}, [2]float64{80, 190}},
		{"all around", []orb.Bound{{Min: orb.Point{-180, 0}, Max: orb.Point{180, 1}}}, [2]float64{-180, 180}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if b, ok := around(c.boxes); !ok || b.Min[0] != c.want[0] || b.Max[0] != c.want[1] {
				t.Errorf("from %v to %v, want %v", b.Min[0], b.Max[0], c.want)
			}
		})
	}
}
