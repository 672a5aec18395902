package job

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"sselandscape/survey/match"
)

// kindWords say what kind of area a region is; names are also compared without.
var kindWords = map[string]bool{"province": true, "state": true, "region": true, "division": true, "prefecture": true, "governorate": true, "district": true, "area": true, "city": true, "special": true, "metropolitan": true,
	"autonomous": true, "municipality": true, "of": true, "the": true, "प्रदेश": true, "provinsi": true, "tinh": true, "thanh": true, "pho": true, "oblast": true, "область": true, "จังหวัด": true}

// regionIndex finds regions by what lists call them.
type regionIndex struct {
	exact map[string][]string // codes by key of the name or code
	bare  map[string][]string // by the key without words of kind
	names *match.Names
	of    []string // code, by name in names
}

var regionKeys = sync.OnceValue(func() *regionIndex {
	x := &regionIndex{exact: map[string][]string{}, bare: map[string][]string{}}
	put := func(m map[string][]string, key, code string) {
		if key != "" && !slices.Contains(m[key], code) {
			m[key] = append(m[key], code)
		}
	}
	var names []string
	for i := range Atlas().Regions {
		r := &Atlas().Regions[i]
		put(x.exact, match.Key(r.Code), r.Code)
		put(x.exact, match.Key(r.ISO), r.Code)
		all := []string{r.Name}
		for _, n := range r.Names {
			all = append(all, n)
		}
		for _, n := range all {
			put(x.exact, match.Key(n), r.Code)
			put(x.bare, bareKey(n), r.Code)
			names, x.of = append(names, n), append(x.of, r.Code)
		}
	}
	x.names = match.NewNames(names)
	return x
})

// kindEndings say the same behind the name, where no space stands between.
var kindEndings = sync.OnceValue(func() []string {
	var out []string
	for _, e := range []string{"특별자치시", "특별자치도", "특별시", "광역시", "도", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特別市", "省", "市", "都", "府", "県", "縣", "аймаг"} {
		out = append(out, match.Key(e))
	}
	return out
})

// bareKey is the key of a name without what says of what kind the area is.
func bareKey(name string) string {
	key := match.Key(name)
	words := slices.DeleteFunc(strings.Fields(key), func(w string) bool { return kindWords[w] })
	bare := strings.Join(words, " ")
	for _, e := range kindEndings() {
		if rest, ok := strings.CutSuffix(bare, e); ok && len([]rune(rest)) > 1 {
			return rest
		}
	}
	return bare
}

// find returns the region of a name or code in one of the countries, or what may be
// meant.
func (x *regionIndex) find(name string, countries []string) (code, perhaps string) {
	in := func(codes []string) string {
		found := ""
		for _, c := range codes {
			if r, ok := Atlas().Region(c); ok && (len(countries) == 0 || slices.Contains(countries, r.Country)) {
				if found != "" {
					return ""
				}
				found = c
			}
		}
		return found
	}
	if code = in(x.exact[match.Key(name)]); code != "" {
		return code, ""
	}
	if code = in(x.bare[bareKey(name)]); code != "" {
		return code, ""
	}
	for _, h := range x.names.Like(name, 0.4, 20) {
		if c := in([]string{x.of[h.Index]}); c != "" {
			return "", RegionName(c)
		}
	}
	return "", ""
}

// lies says whether a point is in a region, or in a country if region is "", or so
// near that the drawn borders do not tell.
func lies(p orb.Point, region, country string) bool {
	if region != "" {
		_, ok := Atlas().Distance(p, 1, region, nearby)
		return ok
	}
	return inCountry(Atlas(), p, country)
}

// metres is the distance between two points on a sphere, which is enough to tell
// whether two places are the same.
func metres(a, b orb.Point) float64 {
	const rad = math.Pi / 180
	dy, dx := (b[1]-a[1])*rad, (b[0]-a[0])*rad*math.Cos((a[1]+b[1])/2*rad)
	return 6_371_008.8 * math.Hypot(dx, dy)
}
