package region_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"sselandscape/maps/region"
)

// TestCorrections looks at what the pack has put right of its source, and at what it
// says where that could not be done.
func TestCorrections(t *testing.T) {
	a := atlas(t)
	for country, c := range map[string]struct {
		regions int
		says    []string // words of the note
	}{
		"VNM": {34, nil}, "PAK": {7, nil}, "LKA": {9, nil}, "NPL": {7, []string{"does not say where"}},
		"PHL": {17, []string{"17 of 18", "Negros Island Region"}}, "IDN": {33, []string{"33 of 38", "North Kalimantan", "Papua"}},
		"BGD": {7, []string{"7 of 8", "Mymensingh"}}, "KHM": {24, []string{"24 of 25", "Tboung Khmum"}}, "LAO": {17, []string{"17 of 18", "Xaisomboun"}},
		"MMR": {14, []string{"14 of 15", "Nay Pyi Taw"}}, "KGZ": {8, []string{"8 of 9", "Osh"}}, "PNG": {20, []string{"20 of 22", "Hela", "Jiwaka"}},
		"KAZ": {16, []string{"16 of 20", "Abai", "Ulytau", "Zhetysu", "Shymkent"}}, "TLS": {13, []string{"13 of 14", "Atauro"}},
		"PRK": {11, []string{"11 of 13", "Nampo", "Kaesong"}},
		"KOR": {17, nil}, "THA": {77, nil}, "JPN": {47, nil}, "MNG": {22, nil}, "BTN": {20, nil}, "IND": {36, nil},
	} {
		t.Run(country, func(t *testing.T) {
			if n := len(a.In(country)); n != c.regions {
				t.Errorf("%d regions, want %d", n, c.regions)
			}
			is, ok := a.Country(country)
			if !ok || (is.Note == "") != (c.says == nil) {
				t.Fatalf("the note is %q", is.Note)
			}
			for _, words := range c.says {
				if !strings.Contains(is.Note, words) {
					t.Errorf("the note %q does not say %q", is.Note, words)
				}
			}
		})
	}
}

// TestDistrictsOfSriLanka: the second level tiles the first.
func TestDistrictsOfSriLanka(t *testing.T) {
	a := atlas(t)
	parts := map[string][][][]int32{}
	for _, d := range a.At(2) {
		if d.Country != "LKA" || d.Names["si"] == "" || d.Names["ta"] == "" || !strings.HasPrefix(d.Code, d.Parent) {
			t.Errorf("%+v", d)
		}
		parts[d.Parent] = append(parts[d.Parent], d.Rings)
	}
	if len(a.At(2)) != 25 || len(parts) != 9 {
		t.Errorf("%d districts in %d provinces", len(a.At(2)), len(parts))
	}
	if a.DepthIn("LKA", "NPL") != 2 || a.DepthIn("NPL") != 1 || a.DepthIn() != 1 {
		t.Errorf("depths are %d, %d and %d", a.DepthIn("LKA", "NPL"), a.DepthIn("NPL"), a.DepthIn())
	}
	for code, ds := range parts {
		r, _ := a.Region(code)
		if got, want := outline(region.Dissolve(a.Arcs, ds)), outline(r.Rings); !slices.Equal(got, want) {
			t.Errorf("%s has the border %v, its districts %v", code, want, got)
		}
	}
}

// outline lists the arcs of an area in order of their numbers.
func outline(rings [][]int32) []int32 {
	out := slices.Concat(rings...)
	slices.Sort(out)
	return out
}

// asked are the countries and territories of Asia and the Pacific and of the Arab States
// in Asia of which a study can be, ISO 3166-1 alpha-3.
var asked = strings.Fields(`AFG ARE ARM ASM AUS AZE BGD BHR BRN BTN CHN COK CYP FJI FSM GEO GUM HKG IDN IND IRN IRQ ISR JOR JPN KAZ KGZ KHM KIR KOR KWT LAO LBN LKA
MAC MDV MHL MMR MNG MNP MYS NCL NFK NIU NPL NRU NZL OMN PAK PCN PHL PLW PNG PRK PSE PYF QAT RUS SAU SGP SLB SYR THA TJK TKM TLS TON TUR TUV TWN UZB VNM VUT WLF WSM YEM`)

func TestNamesOfAllCountries(t *testing.T) {
	a := atlas(t)
	for _, code := range asked {
		c, ok := a.Country(code)
		if !ok {
			t.Errorf("%s is not known", code)
		}
		for _, by := range []region.Profile{region.ILO, region.UN, region.ISO} {
			if n := c.NameBy(by); n == "" || n == code {
				t.Errorf("%s has the name %q by %q", code, n, by)
			}
		}
	}
	// What the three write differently.
	for code, want := range map[string][3]string{
		"KOR": {"Republic of Korea", "Republic of Korea", "Korea, Republic of"},
		"PRK": {"Democratic People's Republic of Korea", "Democratic People's Republic of Korea", "Korea, Democratic People's Republic of"},
		"IRN": {"Iran, Islamic Republic of", "Iran (Islamic Republic of)", "Iran, Islamic Republic of"},
		"TWN": {"Taiwan, China", "Taiwan, Province of China", "Taiwan, Province of China"},
		"HKG": {"Hong Kong, China", "China, Hong Kong Special Administrative Region", "Hong Kong"},
		"PSE": {"Occupied Palestinian Territory", "State of Palestine", "Palestine, State of"},
		"VNM": {"Viet Nam", "Viet Nam", "Viet Nam"}, "TUR": {"Türkiye", "Türkiye", "Türkiye"},
		"LAO": {"Lao People's Democratic Republic", "Lao People's Democratic Republic", "Lao People's Democratic Republic"},
	} {
		c, _ := a.Country(code)
		if got := [3]string{c.NameBy(region.ILO), c.NameBy(region.UN), c.NameBy(region.ISO)}; got != want {
			t.Errorf("%s: %v, want %v", code, got, want)
		}
	}
}

// TestNamesAreThoseOfISO compares with Debian's list of ISO 3166-1.
func TestNamesAreThoseOfISO(t *testing.T) {
	b, err := os.ReadFile("/usr/share/iso-codes/json/iso_3166-1.json")
	if err != nil {
		t.Skip("skipped: the package iso-codes is not installed")
	}
	var list map[string][]struct {
		Alpha3 string `json:"alpha_3"`
		Name   string `json:"name"`
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	a := atlas(t)
	for _, c := range list["3166-1"] {
		if is, ok := a.Country(c.Alpha3); ok && is.NameBy(region.ISO) != c.Name {
			t.Errorf("%s is %q, ISO has %q", c.Alpha3, is.NameBy(region.ISO), c.Name)
		}
	}
}

// TestLocalNames counts the regions that have a name in the languages of their
// countries, of those that the source knows.
func TestLocalNames(t *testing.T) {
	a := atlas(t)
	for language, countries := range map[string]string{
		"ja": "JPN", "ko": "KOR PRK", "zh": "CHN TWN HKG MAC SGP", "zh-Hant": "TWN HKG MAC", "hi": "IND", "bn": "BGD", "ur": "PAK",
		"fa": "IRN AFG", "ar": "SAU ARE QAT KWT OMN YEM IRQ JOR LBN SYR PSE BHR", "ru": "RUS KAZ KGZ", "id": "IDN", "tr": "TUR", "he": "ISR", "el": "CYP",
		"ne": "NPL", "si": "LKA", "ta": "LKA",
	} {
		for _, c := range strings.Fields(countries) {
			var missing []string
			for _, r := range a.In(c) {
				if r.Names[language] == "" && r.Code != "RUS+99?" { // small islands, of which the source has no name at all
					missing = append(missing, r.Code)
				}
			}
			if len(missing) > 0 {
				t.Errorf("%s: %d of %d regions have no name in %q: %v", c, len(missing), len(a.In(c)), language, missing)
			}
		}
	}
	for _, r := range a.In("VNM") { // their names are Vietnamese as they are
		if n := r.Names["vi"]; n != "" && n != r.Name {
			t.Errorf("%s is %q and %q", r.Code, r.Name, n)
		}
	}
}

func TestNamesOfWater(t *testing.T) {
	a := atlas(t)
	named := func(as []region.Area) (out map[string]int) {
		out = map[string]int{}
		for _, w := range as {
			if w.Name != "" {
				out[w.Name]++
			}
			if strings.ContainsAny(w.Name, "?\uFFFD") || w.Name != strings.TrimSpace(w.Name) {
				t.Errorf("the name %q is damaged", w.Name)
			}
		}
		return out
	}
	rivers, lakes := named(a.Rivers), named(a.Lakes)
	for _, n := range []string{"Ganges", "Indus", "Brahmaputra", "Mekong", "Godavari", "Mahanadi", "Amu Darya", "Murray"} {
		if rivers[n] == 0 {
			t.Errorf("the river %s has no line", n)
		}
	}
	for _, n := range []string{"Tonle Sap", "Lake Baikal", "Issyk-Kul", "Qinghai Lake", "Lake Taupo"} {
		if lakes[n] != 1 {
			t.Errorf("%d lakes are called %s", lakes[n], n)
		}
	}
	if len(rivers) < 340 || len(lakes) < 50 {
		t.Errorf("%d names of rivers, %d of lakes", len(rivers), len(lakes))
	}
	for name, at := range map[string][2]float64{"Tonle Sap": {104.1, 12.9}, "Lake Taupo": {175.9, -38.8}, "Lake Van": {43, 38.6}} {
		for _, l := range a.Lakes {
			if l.Name == name && !a.RingsBound(l.Rings).Contains(at) {
				t.Errorf("%s lies at %v", name, a.RingsBound(l.Rings))
			}
		}
	}
}

// TestShippedBordersCrossSeldom compares the borders of regions pair by pair. Simplified
// lines of the source meet at so sharp angles that a few of them cross after rounding:
// where they do, an end of one lies within a quantum of the other.
func TestShippedBordersCrossSeldom(t *testing.T) {
	const known = 33
	found := 0
	for _, cell := range borderCells(atlas(t)) {
		for i, e := range cell {
			for _, f := range cell[:i] {
				if !e.crosses(f) {
					continue
				}
				found++
				if d := min(f.off(e.p), f.off(e.q), e.off(f.p), e.off(f.q)); d > 1 {
					t.Errorf("%v and %v cross %v quanta from their ends", e, f, d)
				}
			}
		}
	}
	if found == 0 || found > known {
		t.Errorf("borders cross %d times, %d are known", found, known)
	}
}

// border is an edge of a region's border, in quantised units.
type border struct{ p, q region.Vertex }

// borderCells sorts the borders of regions into squares. A pair that shares several is
// in each of them.
func borderCells(a *region.Atlas) map[[2]int32][]border {
	const size = 1 << 12
	cells := map[[2]int32][]border{}
	seen := map[int32]bool{}
	for _, r := range a.Regions {
		for _, ref := range slices.Concat(r.Rings...) {
			i := max(ref, ^ref)
			if seen[i] {
				continue
			}
			seen[i] = true
			for j, q := range a.Arcs[i][1:] {
				e := border{a.Arcs[i][j], q}
				for x := min(e.p.X, q.X) / size; x <= max(e.p.X, q.X)/size; x++ {
					for y := min(e.p.Y, q.Y) / size; y <= max(e.p.Y, q.Y)/size; y++ {
						cells[[2]int32{x, y}] = append(cells[[2]int32{x, y}], e)
					}
				}
			}
		}
	}
	return cells
}

// side is positive where v lies to the left of the way from p to q, 0 on the line.
func (e border) side(v region.Vertex) int {
	return int(e.q.X-e.p.X)*int(v.Y-e.p.Y) - int(e.q.Y-e.p.Y)*int(v.X-e.p.X)
}

// off is how far v lies from the line through e.
func (e border) off(v region.Vertex) float64 {
	return math.Abs(float64(e.side(v))) / math.Hypot(float64(e.q.X-e.p.X), float64(e.q.Y-e.p.Y))
}

// crosses says whether two edges meet otherwise than at ends of both.
func (e border) crosses(f border) bool {
	a, b, c, d := e.side(f.p), e.side(f.q), f.side(e.p), f.side(e.q)
	apart := func(a, b int) bool { return a < 0 && b > 0 || a > 0 && b < 0 }
	return apart(a, b) && (apart(c, d) || c == 0 || d == 0) || apart(c, d) && (a == 0 || b == 0)
}
