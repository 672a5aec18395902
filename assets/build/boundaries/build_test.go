package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/paulmach/orb/planar"

	"sselandscape/maps/region"
)

const shipped = "../../boundaries/asia-pacific.sser"

func made(t *testing.T, from string, claims bool) *region.Pack {
	t.Helper()
	topo, err := readTopology(from)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPack(topo, "vn34.tsv", claims)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func unpacked(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPackIsRebuilt makes the shipped pack anew of what the first step left: it has the
// same bytes. Compressed ones could differ by the version of Go, so they are unpacked.
func TestPackIsRebuilt(t *testing.T) {
	want, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	p := made(t, "ap.topojson.gz", true)
	addLabels(p)
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unpacked(t, b.Bytes()), unpacked(t, want)) {
		t.Error("the pack that is shipped is not the one that is made; run: go run .")
	}
}

// TestClaimsAreApart makes a pack without what is claimed: all else is the same.
func TestClaimsAreApart(t *testing.T) {
	all, less := made(t, "ap.topojson.gz", true), made(t, "ap.topojson.gz", false)
	if less.Claims != nil || less.Parts != nil || len(all.Claims) != 22 || len(all.Parts) != 7 {
		t.Errorf("%d lines and %d parts, without them %d and %d", len(all.Claims), len(all.Parts), len(less.Claims), len(less.Parts))
	}
	if len(less.Arcs) >= len(all.Arcs) {
		t.Errorf("%d arcs, without claims %d", len(all.Arcs), len(less.Arcs))
	}
	a, b := region.New(all), region.New(less)
	for i, r := range a.Regions {
		q := b.Regions[i]
		if r.Code != q.Code || r.Country != q.Country || !maps.Equal(r.Views, q.Views) || math.Abs(planar.Area(a.Polygon(r.Code))-planar.Area(b.Polygon(q.Code))) > 1e-9 {
			t.Errorf("%s differs from %s", r.Code, q.Code)
		}
	}
}

// TestPackOfTheSample makes a pack of an earlier result of the first step, without names
// in local scripts, claims and the provinces of Nepal: regions are the same but there.
func TestPackOfTheSample(t *testing.T) {
	const sample = "../../../../shared/data-samples/maps/ap.topojson.gz"
	if _, err := os.Stat(sample); err != nil {
		t.Skip("skipped: the sample is not here")
	}
	var once, twice bytes.Buffer
	p, again := made(t, sample, true), made(t, sample, true)
	addLabels(p)
	addLabels(again)
	if err := p.Write(&once); err != nil {
		t.Fatal(err)
	}
	if err := again.Write(&twice); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once.Bytes(), twice.Bytes()) {
		t.Error("two packs of one sample differ")
	}
	f, err := os.Open(shipped)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := region.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	got := region.New(p)
	compared := 0
	for _, w := range want.Regions {
		if w.Country == "NPL" {
			continue
		}
		g, ok := got.Region(w.Code)
		if !ok || g.Name != w.Name || g.Country != w.Country || g.Disputed != w.Disputed || g.Kind != w.Kind || g.Label != w.Label || !maps.Equal(g.Views, w.Views) {
			t.Errorf("%s is %+v, shipped is %+v", w.Code, g, w)
			continue
		}
		compared++
		if x, y := planar.Area(got.Polygon(w.Code)), planar.Area(want.Polygon(w.Code)); math.Abs(x-y) > 1e-5+1e-5*y {
			t.Errorf("%s has %v square degrees, shipped are %v", w.Code, x, y)
		}
	}
	if n := len(got.Regions) - len(got.In("NPL")); compared != n {
		t.Errorf("%d regions were compared, the sample has %d", compared, n)
	}
	t.Logf("%d regions", compared)
}

func TestViews(t *testing.T) {
	for name, c := range map[string]struct {
		marks, country, iso string
		want                map[region.Viewpoint]string
	}{
		"nothing":                    {"", "NPL", "NP-P1", nil},
		"not recognised and claimed": {"CNU", "IND", "IN-AR", map[region.Viewpoint]string{"CHN": "CHN"}},
		"not recognised by some":     {"CNU TWU INU NPU PKU", "KAS", "", map[region.Viewpoint]string{"CHN": "", "TWN": "", "NPL": "", "IND": "IND", "PAK": "PAK"}},
		"of the second level":        {"CNA", "TWN", "TW-TPE", map[region.Viewpoint]string{"CHN": "CHN"}},
		"by lines alone":             {"", "PAK", "PK-JK", map[region.Viewpoint]string{"IND": "IND"}},
		"no country's":               {"ISOU TLCU", "MAR", "MA-15", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := views(c.marks, c.country, c.iso); !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestClaimedAreasHaveGrounds: an area belongs to another country, as that sees it, only
// if the source marks it so or a line that the country claims runs along its border.
func TestClaimedAreasHaveGrounds(t *testing.T) {
	topo, err := readTopology("ap.topojson.gz")
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]string{}
	for i := range topo.Objects["adm1"].Geometries {
		q := topo.Objects["adm1"].Geometries[i].Properties
		if marks[q.ISO] += q.Pov; q.ISO == "" {
			marks[q.A3] += q.Pov
		}
	}
	p := made(t, "ap.topojson.gz", true)
	a := region.New(p)
	along := func(r *region.Region, by region.Viewpoint) bool {
		arcs := map[int32]bool{}
		for _, ref := range slices.Concat(r.Rings...) {
			arcs[max(ref, ^ref)] = true
		}
		return slices.ContainsFunc(p.Claims, func(c region.Claim) bool {
			return c.By == by && slices.ContainsFunc(slices.Concat(c.Lines...), func(ref int32) bool { return arcs[max(ref, ^ref)] })
		})
	}
	two := map[region.Viewpoint]string{}
	for mark, v := range viewpoints {
		two[v] = mark
	}
	for code, by := range claimedBy {
		for _, v := range by {
			r, ok := a.Region(code)
			if marked := bytes.Contains([]byte(marks[code]), []byte(two[v]+"U")); !marked && (!ok || !along(r, v)) {
				t.Errorf("nothing says that %s claims %s", v, code)
			}
		}
	}
}
