package job

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/region"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// secretField begins the names of the settings that hold the study's secret. Laptops that
// make one before they know of each other's make two; the one made first counts.
const secretField = "_secret:"

// releaseSecret is what displaced places and the numbers of units in exports are made with: the
// same on every laptop that has it, and not to be found in any export. It is made when it is
// needed first and travels in packages.
func (s *Study) releaseSecret(ctx context.Context) ([]byte, error) {
	d, err := s.store.Document(survey.SettingsEntity)
	if err != nil {
		return nil, err
	}
	var heads []survey.Head
	if d != nil {
		for f, hs := range d.Heads {
			if strings.HasPrefix(string(f), secretField) {
				heads = append(heads, hs...)
			}
		}
	}
	if len(heads) > 0 {
		first := slices.MinFunc(heads, func(a, b survey.Head) int {
			return cmp.Or(cmp.Compare(a.Lamport, b.Lamport), cmp.Compare(a.Revision, b.Revision))
		})
		key, err := hex.DecodeString(first.Value.Text)
		if err != nil || len(key) < 16 {
			return nil, fmt.Errorf("the study's secret is damaged; check the study with sse verify")
		}
		return key, nil
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	field := survey.Field(secretField + s.store.NewID())
	_, err = s.store.Append(ctx, study.Change{Entity: survey.SettingsEntity, Kind: survey.SettingsKind, Patch: map[survey.Field]survey.Value{field: survey.Of(hex.EncodeToString(key))}})
	return key, err
}

// keyed is a number that only those can make who know the key.
func keyed(key []byte, what, id string) [sha256.Size]byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s\x00%s", what, id)
	return [sha256.Size]byte(h.Sum(nil))
}

// pseudonym is the number of a unit in exports of a profile that do not say which unit it
// is: another one in each, so that one export does not tell what is left out of the other.
func pseudonym(key []byte, p Profile, id string) string {
	sum := keyed(key, "unit "+string(p), id)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10]))
}

// How far places are moved, in metres: uniform by area between both, so that none stays
// where it is (donut masking; Hampton et al. 2010, Am. J. Epidemiol. 172).
const (
	leastMoved = 1000
	mostMoved  = 5000
)

// displacement moves points. Each unit is moved once and for all: what is made anew at each
// export would give the true place as the mean of many.
type displacement struct {
	key   []byte
	atlas *region.Atlas
	poles map[string]orb.Point // of regions
}

// displaced is a point in the same region; none where no place in it was found. Areas below
// regions have no say: a study may learn of them later, and the point must not move again.
func (d *displacement) displaced(p orb.Point, id, region string) (orb.Point, bool) {
	const tries = 256
	for i := range tries {
		if region == "" {
			break
		}
		sum := keyed(d.key, "place "+strconv.Itoa(i), id)
		part := func(k int) float64 { return float64(binary.BigEndian.Uint64(sum[8*k:])>>11) / (1 << 53) }
		r := math.Sqrt(leastMoved*leastMoved + part(0)*(mostMoved*mostMoved-leastMoved*leastMoved))
		sin, cos := math.Sincos(2 * math.Pi * part(1))
		q := orb.Point{p[0] + r*sin/metresPerDegree/math.Max(0.01, math.Cos(p[1]*math.Pi/180)), p[1] + r*cos/metresPerDegree}
		q = orb.Point{math.Round(q[0]*1e4) / 1e4, math.Round(q[1]*1e4) / 1e4}
		if in, ok := d.atlas.LocateAt(q, 1); ok && in.Code == region {
			return q, true
		}
	}
	return orb.Point{}, false
}

// metresPerDegree of latitude.
const metresPerDegree = 111_320

// pole is the middle of a region.
func (d *displacement) pole(code string) (orb.Point, bool) {
	if p, ok := d.poles[code]; ok {
		return p, true
	}
	r, ok := d.atlas.RegionAt(code, 1)
	if !ok {
		return orb.Point{}, false
	}
	p := d.atlas.Pole(r.Rings)
	d.poles[code] = p
	return p, true
}
