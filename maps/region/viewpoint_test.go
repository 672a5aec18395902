package region_test

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sselandscape/maps/region"
)

func seenFrom(t testing.TB, a *region.Atlas, v region.Viewpoint) *region.Atlas {
	t.Helper()
	out, err := a.As(v)
	if err != nil {
		t.Fatal(err)
	}
	if out.Viewpoint() != v {
		t.Fatalf("the viewpoint is %q, want %q", out.Viewpoint(), v)
	}
	return out
}

// between gives the class of the border of two first-level areas, by their codes.
func between(a *region.Atlas) map[[2]string]region.BorderClass {
	sides := make([][]string, len(a.Arcs))
	see := func(code string, rings [][]int32) {
		for _, ring := range rings {
			for _, arc := range ring {
				i := max(arc, ^arc)
				sides[i] = append(sides[i], code)
			}
		}
	}
	for _, r := range a.Regions {
		see(r.Code, r.Rings)
	}
	for _, c := range a.Context {
		see(c.Code, c.Rings)
	}
	out := map[[2]string]region.BorderClass{}
	for i, s := range sides {
		if len(s) == 2 {
			out[[2]string{min(s[0], s[1]), max(s[0], s[1])}] = a.Border(i).Class
		}
	}
	return out
}

func TestAreasByViewpoint(t *testing.T) {
	a := atlas(t)
	for name, c := range map[string]struct {
		from     region.Viewpoint
		region   string
		country  string
		disputed bool
	}{
		"Gilgit de facto":             {region.DeFacto, "PK-GB", "PAK", true},
		"Gilgit from India":           {"IND", "PK-GB", "IND", false},
		"Gilgit from Pakistan":        {"PAK", "PK-GB", "PAK", false},
		"Gilgit from China":           {"CHN", "PK-GB", "PAK", true},
		"Azad Kashmir from India":     {"IND", "PK-JK", "IND", false},
		"Ladakh from Pakistan":        {"PAK", "IN-LA", "PAK", false},
		"Jammu from Pakistan":         {"PAK", "IN-JK", "PAK", false},
		"Jammu from India":            {"IND", "IN-JK", "IND", false},
		"Siachen from Nepal":          {"NPL", "KAS+00?", "KAS", true},
		"Siachen from India":          {"IND", "KAS+00?", "IND", false},
		"Siachen from Pakistan":       {"PAK", "KAS+00?", "PAK", false},
		"Arunachal from China":        {"CHN", "IN-AR", "CHN", false},
		"Arunachal from Pakistan":     {"PAK", "IN-AR", "IND", true},
		"Taipei de facto":             {region.DeFacto, "TW-TPE", "TWN", false},
		"Taipei from China":           {"CHN", "TW-TPE", "CHN", false},
		"Tel Aviv from Bangladesh":    {"BGD", "IL-TA", "ISR", true},
		"Punjab is nobody's question": {"IND", "PK-PB", "PAK", false},
	} {
		t.Run(name, func(t *testing.T) {
			r, ok := seenFrom(t, a, c.from).Region(c.region)
			if !ok || r.Country != c.country || r.Parent != c.country || r.Disputed != c.disputed {
				t.Errorf("%+v, want part of %s, disputed %v", r, c.country, c.disputed)
			}
		})
	}
}

func TestLinesByViewpoint(t *testing.T) {
	a := atlas(t)
	for name, c := range map[string]struct {
		from  region.Viewpoint
		sides [2]string
		want  region.BorderClass
	}{
		"line of control de facto":            {region.DeFacto, [2]string{"IN-JK", "PK-JK"}, region.Disputed},
		"line of control from India":          {"IND", [2]string{"IN-JK", "PK-JK"}, region.Internal},
		"line of control from Pakistan":       {"PAK", [2]string{"IN-JK", "PK-JK"}, region.Internal},
		"line of control from Japan":          {"JPN", [2]string{"IN-JK", "PK-JK"}, region.Disputed},
		"south of Azad Kashmir de facto":      {region.DeFacto, [2]string{"PK-JK", "PK-PB"}, region.Internal},
		"south of Azad Kashmir from India":    {"IND", [2]string{"PK-JK", "PK-PB"}, region.International},
		"south of Jammu from Pakistan":        {"PAK", [2]string{"IN-HP", "IN-JK"}, region.International},
		"south of Jammu de facto":             {region.DeFacto, [2]string{"IN-HP", "IN-JK"}, region.Internal},
		"Ladakh and Xinjiang from India":      {"IND", [2]string{"CN-XJ", "IN-LA"}, region.International},
		"Arunachal and Tibet de facto":        {region.DeFacto, [2]string{"CN-XZ", "IN-AR"}, region.Disputed},
		"Arunachal and Tibet from China":      {"CHN", [2]string{"CN-XZ", "IN-AR"}, region.Internal},
		"Arunachal and Assam from China":      {"CHN", [2]string{"IN-AR", "IN-AS"}, region.International},
		"Arunachal and Tibet from India":      {"IND", [2]string{"CN-XZ", "IN-AR"}, region.International},
		"demarcation line of Korea de facto":  {region.DeFacto, [2]string{"KP-07", "KR-42"}, region.Disputed},
		"demarcation line of Korea from Asia": {"JPN", [2]string{"KP-07", "KR-42"}, region.Disputed},
		"Nepal and India, in no question":     {"CHN", [2]string{"IN-BR", "NP-P2"}, region.International},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := between(seenFrom(t, a, c.from))[c.sides]
			if !ok || got != c.want {
				t.Errorf("class %d, want %d (neighbours: %v)", got, c.want, ok)
			}
		})
	}
}

// TestPartsByViewpoint finds places on pieces of regions that another country claims.
func TestPartsByViewpoint(t *testing.T) {
	a := atlas(t)
	for name, c := range map[string]struct {
		at     orb.Point
		region string
		from   region.Viewpoint
		claims string
	}{
		"Aksai Chin":      {orb.Point{79.4, 35.2}, "CN-XJ", "IND", "IN-LA"},
		"Pangong's shore": {orb.Point{79.15, 34.2}, "CN-XZ", "IND", "IN-LA"},
		"Shaksgam":        {orb.Point{76.6, 35.95}, "CN-XJ", "IND", "IN-LA"},
		"Doklam":          {orb.Point{89.05, 27.53}, "BT-13", "CHN", "CN-XZ"},
		"Etorofu":         {orb.Point{147.75, 45.0}, "RU-SAK", "JPN", "JP-01"},
		"Kunashiri":       {orb.Point{145.9, 44.1}, "RU-SAK", "JPN", "JP-01"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range []region.Viewpoint{region.DeFacto, "IND", "CHN", "JPN", "PAK"} {
				want := c.region
				if v == c.from {
					want = c.claims
				}
				if r, ok := seenFrom(t, a, v).Locate(c.at); !ok || r.Code != want {
					t.Errorf("from %q it lies in %v, want %s", v, r, want)
				}
			}
		})
	}
	if r, _ := seenFrom(t, a, "JPN").Locate(orb.Point{150.0, 46.0}); r == nil || r.Code != "RU-SAK" {
		t.Errorf("Urup lies in %v", r)
	}
	if r, _ := seenFrom(t, a, "IND").Locate(orb.Point{81, 35.2}); r == nil || r.Code != "CN-XZ" && r.Code != "CN-XJ" {
		t.Errorf("east of Aksai Chin lies in %v", r)
	}
}

// TestClaimedLines looks at the lines that part no areas: they are claimed, and borders
// where the areas beside them are whose who claims them.
func TestClaimedLines(t *testing.T) {
	a := atlas(t)
	free := map[region.Viewpoint]int{}
	for _, c := range a.Claims {
		for _, line := range c.Lines {
			for _, ref := range line {
				if a.Border(int(max(ref, ^ref))).Class == region.Claimed {
					free[c.By]++
				}
			}
		}
	}
	for _, by := range []region.Viewpoint{"CHN", "GEO", "IND", "JPN", "LBN", "SYR"} {
		if free[by] == 0 {
			t.Errorf("no line that %s claims is drawn", by)
		}
	}
	if free["PAK"] != 0 { // they follow borders of India's states
		t.Errorf("%d arcs that Pakistan claims are drawn apart", free["PAK"])
	}
	india := seenFrom(t, a, "IND")
	for _, c := range india.Claims {
		for _, line := range c.Lines {
			for _, ref := range line {
				switch got := india.Border(int(max(ref, ^ref))).Class; {
				case (c.By == "IND" || c.Of == "IND") && got == region.Claimed:
					t.Errorf("India sees a line that %s claims of %s", c.By, c.Of)
				case c.By == "IND" && c.Of == "PAK" && got != region.International && got != region.Internal:
					t.Errorf("a line that India claims of Pakistan has class %d", got)
				}
			}
		}
	}
}

func TestViewpoints(t *testing.T) {
	a := atlas(t)
	want := []region.Viewpoint{"BGD", "CHN", "GEO", "IDN", "IND", "JPN", "LBN", "NPL", "PAK", "PSE", "SAU", "SYR", "TWN"}
	if got := a.Viewpoints(); !slices.Equal(got, want) {
		t.Errorf("viewpoints are %v, want %v", got, want)
	}
	india := seenFrom(t, a, "IND")
	if got := india.Viewpoints(); !slices.Equal(got, want) {
		t.Errorf("from India viewpoints are %v", got)
	}
	if back := seenFrom(t, india, region.DeFacto); back != a {
		t.Error("the way back leads to another atlas")
	}
	if _, err := a.As("FJI"); err == nil {
		t.Error("a viewpoint of which the source says nothing is taken")
	}
	if _, ok := india.Country("KAS"); ok {
		t.Error("from India the Siachen Glacier is still a country")
	}
	if _, ok := seenFrom(t, a, "CHN").Country("TWN"); ok {
		t.Error("from China TWN is still a country")
	}
	if _, ok := a.Country("TWN"); !ok {
		t.Error("the atlas itself was changed")
	}
	if r, _ := a.Region("PK-GB"); r.Country != "PAK" {
		t.Error("the atlas itself was changed")
	}
}

// TestViewpointsMoveNoLand compares the land of all viewpoints: nothing is lost, nothing
// counted twice, and what has no mark stays where it is.
func TestViewpointsMoveNoLand(t *testing.T) {
	a := atlas(t)
	total := func(a *region.Atlas) (sum float64) {
		for _, r := range a.Regions {
			sum += planar.Area(a.Polygon(r.Code))
		}
		return sum
	}
	marked := map[string]bool{}
	for _, r := range a.Regions {
		if len(r.Views) > 0 {
			marked[r.Code] = true
		}
	}
	for _, p := range a.Parts {
		marked[p.Of] = true
	}
	want := total(a)
	for _, v := range a.Viewpoints() {
		other := seenFrom(t, a, v)
		if got := total(other); math.Abs(got-want) > 1e-6*want {
			t.Errorf("from %s there are %v square degrees of land, de facto %v", v, got, want)
		}
		rapid.Check(t, func(t *rapid.T) {
			p := orb.Point{rapid.Float64Range(60, 150).Draw(t, "lon"), rapid.Float64Range(5, 50).Draw(t, "lat")}
			x, ok := a.Locate(p)
			y, ok2 := other.Locate(p)
			if ok != ok2 || ok && !marked[x.Code] && (x.Code != y.Code || x.Country != y.Country) {
				t.Fatalf("from %s %v lies in %v, de facto in %v", v, p, y, x)
			}
		})
	}
}

// TestClaimsCanBeDropped reads the pack without its optional part.
func TestClaimsCanBeDropped(t *testing.T) {
	p := atlas(t).Pack
	p.Claims, p.Parts = nil, nil
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	a, err := region.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if vs := a.Viewpoints(); slices.Contains(vs, "JPN") || !slices.Contains(vs, "IND") {
		t.Errorf("viewpoints are %v", vs)
	}
	india := seenFrom(t, a, "IND")
	if r, _ := india.Region("PK-GB"); r.Country != "IND" {
		t.Errorf("%+v", r)
	}
	for i := range a.Arcs {
		if a.Border(i).Class == region.Claimed {
			t.Fatal("a claimed line is left")
		}
	}
}

// TestViewpointOfOwnAreas puts somebody's areas in the place of India's and of Sri
// Lanka's: what was a part of the old ones is no more, and old districts are gone.
func TestViewpointOfOwnAreas(t *testing.T) {
	base := atlas(t)
	b := &region.Builder{Level: 1}
	square := func(lon, lat float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{lon, lat}, {lon + 1, lat}, {lon + 1, lat + 1}, {lon, lat + 1}, {lon, lat}}}}
	}
	b.Add(1, region.Region{Code: "IN-LA", Country: "IND", Name: "Own"}, square(77, 34))
	b.Add(2, region.Region{Code: "LK-1", Country: "LKA", Name: "Own"}, square(80, 7))
	p, _, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	a, err := seenFrom(t, base, "IND").With(p)
	if err != nil {
		t.Fatal(err)
	}
	if a.Viewpoint() != region.DeFacto {
		t.Errorf("the viewpoint is %q", a.Viewpoint())
	}
	if slices.ContainsFunc(a.At(2), func(r region.Region) bool { return r.Country == "LKA" }) || len(base.At(2)) != 25 {
		t.Error("districts of provinces that are gone are left, or went from the atlas before")
	}
	if slices.ContainsFunc(a.Parts, func(p region.Part) bool { return p.Views["IND"] != "" }) || !slices.ContainsFunc(a.Parts, func(p region.Part) bool { return p.Views["JPN"] != "" }) {
		t.Errorf("%d parts are left", len(a.Parts))
	}
	if r, ok := seenFrom(t, a, "IND").Locate(orb.Point{79.4, 35.2}); !ok || r.Code != "CN-XJ" {
		t.Errorf("Aksai Chin lies in %v", r)
	}
	deep := &region.Builder{Level: 2}
	deep.Add(1, region.Region{Code: "own", Country: "LKA", Parent: "LK-1", Name: "Own"}, square(80, 7))
	q, _, err := deep.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if a, err = base.With(q, p); err != nil {
		t.Fatal(err)
	}
	if r, ok := a.RegionAt("own", 2); !ok || r.Parent != "LK-1" {
		t.Errorf("a district that a pack brought is gone: %v", r)
	}
}

// TestPartsThatAreNone makes packs whose parts lie outside of their regions, or whose
// codes are unknown: the rest of the regions is where it was.
func TestPartsThatAreNone(t *testing.T) {
	base := atlas(t)
	other, _ := base.Region("JP-01")
	for name, part := range map[string]region.Part{
		"elsewhere":      {Of: "CN-XJ", Views: map[region.Viewpoint]string{"IND": "IN-LA"}, Rings: other.Rings[:1]},
		"of nothing":     {Of: "XX", Views: map[region.Viewpoint]string{"IND": "IN-LA"}},
		"for nothing":    {Of: "CN-XJ", Views: map[region.Viewpoint]string{"IND": "XX"}},
		"of itself":      {Of: "CN-XJ", Views: map[region.Viewpoint]string{"IND": "CN-XJ"}},
		"without border": {Of: "CN-XJ", Views: map[region.Viewpoint]string{"IND": "IN-LA"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := base.Pack
			p.Parts = []region.Part{part}
			a := seenFrom(t, region.New(&p), "IND")
			if r, ok := a.Locate(orb.Point{85, 42}); !ok || r.Code != "CN-XJ" {
				t.Errorf("Xinjiang is %v", r)
			}
			if r, ok := a.Locate(orb.Point{74.6, 35.9}); !ok || r.Country != "IND" {
				t.Errorf("Gilgit lies in %v", r)
			}
		})
	}
}

func BenchmarkAs(b *testing.B) {
	a := atlas(b)
	for b.Loop() {
		if _, err := a.As("IND"); err != nil {
			b.Fatal(err)
		}
	}
}
