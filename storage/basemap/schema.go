package basemap

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sselandscape/maps/tile"
)

// layerSchema says what the features of a layer are: by the value of one of its
// properties, or, for the others, by default.
type layerSchema struct {
	by     []string // properties, the first that a feature has
	kinds  map[string]tile.Class
	others tile.Class
	forms  forms // of features that count; 0 is all
}

// forms is a set of kinds of geometry.
type forms uint8

const (
	points forms = 1 << iota
	lines
	areas
)

// schema knows the layers of OpenMapTiles 3, Shortbread 1.0, Protomaps (basemap 2 to 4) and
// Mapbox Streets 7. Names of layers that two of them share mean the same in both. Borders
// are left out: the map draws its own.
var schema = map[string]layerSchema{
	// Land and what grows on it.
	"earth":     {others: tile.Earth, forms: areas},
	"landcover": {by: []string{"class", "kind"}, kinds: ground, others: tile.Nothing, forms: areas},
	"landuse":   {by: []string{"class", "kind", "pmap:kind"}, kinds: ground, others: tile.Nothing, forms: areas},
	"natural":   {by: []string{"kind", "natural", "pmap:kind"}, kinds: ground, others: tile.Nothing, forms: areas},
	"land":      {by: []string{"kind"}, kinds: ground, others: tile.Nothing, forms: areas},
	"park":      {others: tile.Grass, forms: areas},
	"sites":     {by: []string{"kind"}, kinds: ground, others: tile.Nothing, forms: areas},
	// Water.
	"ocean":          {others: tile.Water, forms: areas},
	"water":          {by: []string{"kind", "pmap:kind", "class"}, kinds: waterKinds, others: tile.Water, forms: areas | lines},
	"water_polygons": {others: tile.Water, forms: areas},
	"waterway":       {by: []string{"class"}, kinds: flowing, others: tile.Stream, forms: lines},
	"water_lines":    {by: []string{"kind"}, kinds: flowing, others: tile.Stream, forms: lines},
	"physical_line":  {by: []string{"kind", "waterway", "pmap:kind"}, kinds: flowing, others: tile.Stream, forms: lines},
	// What was built.
	"building":       {others: tile.Building, forms: areas},
	"buildings":      {others: tile.Building, forms: areas},
	"transportation": {by: []string{"class"}, kinds: ways, others: tile.Nothing, forms: lines},
	"streets":        {by: []string{"kind"}, kinds: ways, others: tile.MinorRoad, forms: lines},
	"roads":          {by: []string{"kind", "pmap:kind"}, kinds: ways, others: tile.MinorRoad, forms: lines},
	"transit":        {by: []string{"kind", "pmap:kind"}, kinds: ways, others: tile.Nothing, forms: lines},
	"road":           {by: []string{"class"}, kinds: ways, others: tile.MinorRoad, forms: lines},
	"bridge":         {by: []string{"class"}, kinds: ways, others: tile.MinorRoad, forms: lines},
	"tunnel":         {by: []string{"class"}, kinds: ways, others: tile.MinorRoad, forms: lines},
	// Names.
	"place":        {by: []string{"class"}, kinds: settled, others: tile.Nothing, forms: points},
	"places":       {by: []string{"kind", "pmap:kind"}, kinds: settled, others: tile.Nothing, forms: points},
	"place_labels": {by: []string{"kind"}, kinds: settled, others: tile.Settlement, forms: points},
	"place_label":  {by: []string{"type"}, kinds: settled, others: tile.Settlement, forms: points},
	"water_name":   {others: tile.WaterName, forms: points},
	"water_label":  {others: tile.WaterName, forms: points},
}

// classes gives each word of a list a class.
func classes(of map[tile.Class]string) map[string]tile.Class {
	out := map[string]tile.Class{}
	for c, words := range of {
		for w := range strings.FieldsSeq(words) {
			out[w] = c
		}
	}
	return out
}

var ground = classes(map[tile.Class]string{
	tile.Farmland: "farmland farm orchard vineyard plant_nursery allotments agriculture greenhouse_horticulture crop",
	tile.Grass:    "grass grassland meadow heath scrub wetland marsh swamp bog park garden golf_course cemetery grave_yard recreation_ground village_green nature_reserve national_park pitch playground zoo greenfield barren",
	tile.Wood:     "wood forest mangrove",
	tile.Sand:     "sand beach rock bare_rock scree dune",
	tile.Ice:      "ice glacier ice_shelf",
	tile.BuiltUp:  "residential commercial industrial retail suburb quarter neighbourhood urban_area school university college hospital military railway garages construction brownfield landfill quarry stadium theme_park bus_station parking",
	tile.Water:    "water basin reservoir",
})

var waterKinds = classes(map[tile.Class]string{
	tile.River:   "river canal",
	tile.Stream:  "stream ditch drain",
	tile.Nothing: "swimming_pool swimming",
})

var flowing = classes(map[tile.Class]string{tile.River: "river canal", tile.Stream: "stream ditch drain"})

var ways = classes(map[tile.Class]string{
	tile.MajorRoad:  "motorway trunk motorway_link trunk_link highway",
	tile.MediumRoad: "primary secondary primary_link secondary_link major_road main medium_road",
	tile.MinorRoad:  "tertiary tertiary_link minor minor_road unclassified residential living_street service street street_limited link busway bus_guideway other",
	tile.Path:       "path track pedestrian footway cycleway steps bridleway driveway",
	tile.Rail:       "rail transit light_rail subway tram narrow_gauge monorail funicular major_rail minor_rail",
	tile.Nothing:    "ferry aerialway pier aeroway runway taxiway raceway piste construction motorway_construction",
})

var settled = classes(map[tile.Class]string{
	tile.Settlement: "city town village hamlet suburb locality quarter neighbourhood isolated_dwelling macrohood borough capital state_capital",
	tile.Nothing:    "country state continent region province island",
})

// class is what a feature shows; kind is that of its geometry, 1 to 3.
func (l layerSchema) class(p map[string]string, kind uint64) tile.Class {
	if kind < 1 || kind > 3 || l.forms&(1<<(kind-1)) == 0 {
		return tile.Nothing
	}
	for _, key := range l.by {
		v, has := p[key]
		if !has {
			continue
		}
		c, known := l.kinds[v]
		switch {
		case !known:
			c = l.others
		case kind == 3 && (c == tile.River || c == tile.Stream):
			c = tile.Water // the area of a river
		}
		return lineOrArea(c, kind)
	}
	return lineOrArea(l.others, kind)
}

// lineOrArea leaves out lines of what are areas.
func lineOrArea(c tile.Class, kind uint64) tile.Class {
	if kind == 2 && c < tile.Stream {
		return tile.Nothing
	}
	return c
}

// meant says whether a property tells something: a class, a name or a rank.
func meant(key string) bool {
	switch key {
	case "class", "kind", "pmap:kind", "type", "natural", "waterway", "name", "rank", "scalerank", "population_rank", "pmap:population_rank", "pmap:rank", "population", "localrank":
		return true
	}
	return strings.HasPrefix(key, "name:") || strings.HasPrefix(key, "name_")
}

// names are those of a label by language.
func names(p map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range p {
		rest, is := strings.CutPrefix(k, "name")
		if is && v != "" {
			out[strings.TrimLeft(rest, ":_")] = v
		}
	}
	return out
}

// settlements are kinds of places, the larger first; those not listed come last.
var settlements = [][]string{{"city", "capital", "state_capital"}, {"town"}, {"suburb", "borough", "macrohood"}, {"village"}, {"hamlet", "locality"}}

// rank orders labels: ten for each kind that is larger, and what the schema says of places
// of one kind.
func rank(p map[string]string) int {
	kind := len(settlements)
	for _, key := range [...]string{"class", "kind", "pmap:kind", "type"} {
		if i := slices.IndexFunc(settlements, func(s []string) bool { return slices.Contains(s, p[key]) }); i >= 0 {
			kind = i
			break
		}
	}
	return 10*kind + within(p)
}

// within is the rank of a place among those of its kind, 0 to 9.
func within(p map[string]string) int {
	number := func(key string) (int, bool) {
		v, err := strconv.ParseFloat(p[key], 64)
		return int(v), err == nil && v >= 0 && v < 1e6
	}
	for _, key := range [...]string{"rank", "scalerank", "pmap:rank", "localrank"} {
		if v, ok := number(key); ok {
			return min(v, 9)
		}
	}
	for _, key := range [...]string{"population_rank", "pmap:population_rank"} {
		if v, ok := number(key); ok {
			return max(0, 9-v/2)
		}
	}
	return 9
}

// order puts areas below lines below labels, each by class, and keeps the file's order
// among the same.
func order(s []tile.Shape) {
	slices.SortStableFunc(s, func(a, b tile.Shape) int { return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Rank, b.Rank)) })
}
