package job

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/match"
)

// BoundaryPlan is what taking in boundaries would do. It changes nothing by itself.
type BoundaryPlan struct {
	Head     *BoundaryHead
	Features int // of the file
	Areas    int // that come of it
	Vertices int
	Shared   int // borders between two areas, as arcs
	// Countries are those of the areas. Replaced is how many areas there are now of
	// which these take the place: those that are part of the same.
	Countries []string
	Replaced  int
	ByPlace   int // areas whose parent is not in the file and was found by where they lie
	// Problems have the number of the feature as their row. Errors are about features
	// that are left out.
	Problems []survey.Problem

	study   *Study
	pack    *region.Pack
	parents map[string]string // as the file has them, by code
}

// maxParentAway is how far from its parent the place of an area's name may lie, in
// metres, where coasts are drawn differently.
const maxParentAway = 50_000

// PlanBoundaries reads a file of boundaries, puts its borders right and finds what
// each area is part of. Nothing is written. Progress is called with how many features
// are read.
func (s *Study) PlanBoundaries(ctx context.Context, h *BoundaryHead, progress func(features int)) (*BoundaryPlan, error) {
	atlas, err := s.Atlas()
	if err != nil {
		return nil, err
	}
	ours := func(r region.Region) bool {
		return len(s.Info().Countries) == 0 || slices.Contains(s.Info().Countries, r.Country)
	}
	if h.Level > 1 && !slices.ContainsFunc(atlas.At(h.Level-1), ours) {
		return nil, fmt.Errorf("there are no areas of level %d that these could be part of; take in level %d first", h.Level-1, h.Level-1)
	}
	p := &BoundaryPlan{Head: h, study: s, parents: map[string]string{}}
	if err := p.read(ctx, progress); err != nil {
		return nil, err
	}
	p.settleParents(atlas)
	if err := p.count(atlas); err != nil {
		return nil, err
	}
	slices.SortStableFunc(p.Problems, func(a, b survey.Problem) int { return cmp.Compare(a.Row, b.Row) })
	return p, nil
}

// read makes the pack.
func (p *BoundaryPlan) read(ctx context.Context, progress func(int)) error {
	h := p.Head
	if h.column(BoundaryCode) < 0 {
		return fmt.Errorf("no column is the code of the areas; say which one, among %s", strings.Join(h.Columns, ", "))
	}
	b, err := exchange.OpenBoundaries(h.File, h.options)
	if err != nil {
		return err
	}
	defer b.Close()
	if !slices.Equal(b.Columns, h.Columns) {
		return fmt.Errorf("read boundaries %q: its columns are others than before; choose it again", b.Name)
	}
	p.Problems = append(p.Problems, b.Problems...)
	builder := &region.Builder{Level: h.Level, Source: h.Name}
	for a, err := range b.Areas(ctx) {
		if err != nil {
			return err
		}
		if p.Features++; progress != nil && p.Features%100 == 0 {
			progress(p.Features)
		}
		if r, ok := p.readArea(a); ok {
			if err := builder.Add(a.Number, r, orb.MultiPolygon{orb.Polygon(a.Rings)}); err != nil {
				return fmt.Errorf("read boundaries %q: %w", b.Name, err)
			}
		}
	}
	pack, problems, err := builder.Build(ctx)
	for _, x := range problems {
		q := survey.Problem{Row: x.Feature, Severity: survey.Warning, Text: x.Text}
		if x.Refused {
			q.Severity = survey.Error
		}
		p.Problems = append(p.Problems, q)
	}
	if err != nil {
		return fmt.Errorf("read boundaries %q: %w", b.Name, err)
	}
	p.pack = pack
	return nil
}

// readArea reads what a feature says of its area; ok is false if it is left out.
func (p *BoundaryPlan) readArea(a *exchange.Area) (r region.Region, ok bool) {
	refuse := func(column, text string) (region.Region, bool) {
		p.Problems = append(p.Problems, survey.Problem{Row: a.Number, Column: column, Text: text, Hint: "the feature is left out"})
		return r, false
	}
	cell := func(role BoundaryRole) string {
		if i := p.Head.column(role); i >= 0 {
			return cleanCell(a.Cells[i])
		}
		return ""
	}
	r.Code = cell(BoundaryCode)
	switch {
	case a.Bad != "":
		return refuse("", a.Bad)
	case r.Code == "":
		return refuse(p.Head.Columns[p.Head.column(BoundaryCode)], "the code is missing")
	case len(r.Code) > 100:
		return refuse(p.Head.Columns[p.Head.column(BoundaryCode)], "the code is longer than 100 characters")
	}
	r.Name = cmp.Or(cell(BoundaryName), r.Code)
	for i, role := range p.Head.Roles {
		if l, ok := role.language(); ok && cleanCell(a.Cells[i]) != "" {
			if r.Names == nil {
				r.Names = map[string]string{}
			}
			r.Names[l] = cleanCell(a.Cells[i])
		}
	}
	if given := cell(BoundaryCountry); given != "" {
		if r.Country = countryOf(given); r.Country == "" {
			p.Problems = append(p.Problems, survey.Problem{Row: a.Number, Severity: survey.Warning, Text: fmt.Sprintf("%q is no country that is known; it is found by where the area lies", given)})
		}
	}
	p.parents[r.Code] = cell(BoundaryParent)
	return r, true
}

// cleanCell is a text without what no name has, at most 300 characters long.
func cleanCell(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return ' '
		}
		return r
	}, s)), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300])
	}
	return s
}

// countryOf finds a country by code or name, "" if none is meant.
func countryOf(s string) string {
	if _, ok := Atlas().Country(strings.ToUpper(s)); ok {
		return strings.ToUpper(s)
	}
	return countryKeys()[match.Key(s)]
}

// areas are those of the pack.
func (p *BoundaryPlan) areas() []region.Region {
	if p.Head.Level == 1 {
		return p.pack.Regions
	}
	return p.pack.Levels[0].Regions
}

// settleParents finds what each area is part of: by the code or name that the file
// gives, else by where it lies.
func (p *BoundaryPlan) settleParents(atlas *region.Atlas) {
	above := p.Head.Level - 1
	byName := map[string][]string{}
	for _, r := range atlas.At(above) {
		byName[match.Key(r.Name)] = append(byName[match.Key(r.Name)], r.Code)
	}
	areas := p.areas()
	if above == 0 {
		p.settleCountries(atlas)
		return
	}
	for i := range areas {
		r := &areas[i]
		given := p.parents[r.Code]
		up, ok := atlas.RegionAt(given, above)
		if named := byName[match.Key(given)]; !ok && given != "" && len(named) == 1 {
			up, ok = atlas.RegionAt(named[0], above)
		}
		if !ok {
			if given != "" {
				p.warn(r, "%q is no area of level %d; what it is part of is found by where it lies", given, above)
			}
			if up, _, ok = atlas.NearestAt(r.Label, above, maxParentAway); ok {
				p.ByPlace++
			} else {
				p.warn(r, "lies in no area of level %d, so it is part of none", above)
				r.Country = cmp.Or(r.Country, p.onlyCountry())
				continue
			}
		} else if _, near := atlas.Distance(r.Label, above, up.Code, maxParentAway); !near {
			p.warn(r, "is part of %s, as the file says, but lies more than %d km away from it", up.Name, maxParentAway/1000)
		}
		r.Parent, r.Country = up.Code, up.Country
	}
}

// settleCountries finds the countries of regions of the first level: as the file says,
// else by where they lie. Of a country whose smaller part would be covered, they are
// taken for regions of the one that most of them are in: borders of two sources differ,
// and a country is not to lose its regions for one at its edge.
func (p *BoundaryPlan) settleCountries(atlas *region.Atlas) {
	areas := p.areas()
	own := region.New(p.pack)
	var placed []*region.Region
	cover := map[string]float64{}
	for i := range areas {
		r := &areas[i]
		if r.Country == "" {
			if up, _, ok := atlas.Nearest(r.Label, maxParentAway); ok {
				r.Country = up.Country
				p.ByPlace++
			} else {
				r.Country = p.onlyCountry()
			}
			placed = append(placed, r)
		}
		if r.Country == "" {
			p.warn(r, "lies in no country that is known")
			continue
		}
		cover[r.Country] += planar.Area(own.MultiPolygon(r.Rings))
	}
	most := mostCovered(atlas, cover)
	for _, r := range placed {
		if r.Country != "" && cover[r.Country] < 0.5 {
			r.Country = most
		}
	}
	for i := range areas {
		areas[i].Parent = areas[i].Country
		if c := areas[i].Country; c != "" && cover[c] < 0.5 {
			p.Problems = append(p.Problems, survey.Problem{Severity: survey.Warning, Text: fmt.Sprintf("the areas cover %.0f %% of %s, whose other regions would not be known any more", 100*cover[c], countryLabel(c)), Hint: "take in a file of the whole country, or give these areas another level"})
			cover[c] = 1
		}
	}
}

// mostCovered is the country with the largest area of its own regions; cover, areas by
// country, becomes the share of what is drawn of the country.
func mostCovered(atlas *region.Atlas, cover map[string]float64) (most string) {
	largest := 0.0
	for _, c := range slices.Sorted(maps.Keys(cover)) {
		if cover[c] > largest {
			most, largest = c, cover[c]
		}
		drawn := 0.0
		for _, r := range atlas.In(c) {
			drawn += planar.Area(atlas.MultiPolygon(r.Rings))
		}
		if cover[c] /= max(drawn, cover[c]); drawn == 0 {
			cover[c] = 1
		}
	}
	return most
}

func (p *BoundaryPlan) onlyCountry() string {
	if cs := p.study.Info().Countries; len(cs) == 1 {
		return cs[0]
	}
	return ""
}

func (p *BoundaryPlan) warn(r *region.Region, format string, args ...any) {
	p.Problems = append(p.Problems, survey.Problem{Severity: survey.Warning, Text: fmt.Sprintf("the area %s (%s) ", r.Code, r.Name) + fmt.Sprintf(format, args...)})
}

// count says what would change, and that the pack fits the others.
func (p *BoundaryPlan) count(atlas *region.Atlas) error {
	for _, r := range p.areas() {
		p.Areas++
		if r.Country != "" && !slices.Contains(p.Countries, r.Country) {
			p.Countries = append(p.Countries, r.Country)
		}
	}
	slices.Sort(p.Countries)
	parents := map[string]bool{}
	for _, r := range p.areas() {
		parents[r.Parent] = true
	}
	for _, r := range atlas.At(p.Head.Level) {
		if parents[r.Parent] {
			p.Replaced++
		}
	}
	for _, arc := range p.pack.Arcs {
		p.Vertices += len(arc)
	}
	own := region.New(&region.Pack{Scale: p.pack.Scale, Translate: p.pack.Translate, Arcs: p.pack.Arcs, Ranks: p.pack.Ranks, Regions: p.areas()})
	for i := range own.Arcs {
		if c := own.Border(i).Class; c != region.Coast && c != region.Unused {
			p.Shared++
		}
	}
	if _, err := atlas.With(p.pack); err != nil {
		return fmt.Errorf("the areas do not fit those of other countries: %w", err)
	}
	return nil
}

// Sentence says in numbers what a plan would do.
func (p *BoundaryPlan) Sentence() string {
	text := fmt.Sprintf("%d areas of level %d out of %d features, with %d points and %d borders between two", p.Areas, p.Head.Level, p.Features, p.Vertices, p.Shared)
	if len(p.Countries) > 0 {
		text += "; countries: " + strings.Join(p.Countries, ", ")
	}
	if p.Replaced > 0 {
		text += fmt.Sprintf("; they take the place of %d", p.Replaced)
	}
	if p.ByPlace > 0 {
		text += fmt.Sprintf("; of %d, what they are part of was found by where they lie", p.ByPlace)
	}
	return text
}

// Apply keeps the boundaries in the study, from where they travel in packages.
func (p *BoundaryPlan) Apply(ctx context.Context) error {
	var b bytes.Buffer
	if err := p.pack.Write(&b); err != nil {
		return err
	}
	err := p.study.store.AddBoundaries(ctx, study.Boundaries{Name: p.Head.Name, Level: p.Head.Level, Areas: p.Areas, Countries: p.Countries, Source: p.pack.Source}, b.Bytes())
	if err != nil {
		return fmt.Errorf("keep boundaries: %w", err)
	}
	return nil
}

// Boundaries is a boundary pack of the study, and why it cannot be used.
type Boundaries struct {
	study.Boundaries
	Problem string // or ""
}

// Boundaries lists the boundary packs of the study, the last that counts behind.
func (s *Study) Boundaries() ([]Boundaries, error) {
	_, bs, err := s.atlasOf()
	return bs, err
}

// UseBoundaries puts a boundary pack aside, or takes it again; it is named by its
// SHA-256 or the beginning of it.
func (s *Study) UseBoundaries(ctx context.Context, sum string, use bool) error {
	bs, err := s.store.Boundaries()
	if err != nil {
		return err
	}
	for _, b := range bs {
		if len(sum) >= 6 && strings.HasPrefix(b.SHA256, sum) {
			return s.store.UseBoundaries(ctx, b.SHA256, use)
		}
	}
	return fmt.Errorf("the study has no boundaries %q", sum)
}

// Atlas is the embedded boundaries with those of the study in their place.
func (s *Study) Atlas() (*region.Atlas, error) {
	a, _, err := s.atlasOf()
	return a, err
}

// Painter draws the study's atlas.
func (s *Study) Painter() *paint.Painter { return s.PainterFrom(region.DeFacto) }

// PainterFrom draws the study's atlas as a country sees borders, or as it is where no such
// viewpoint is known.
func (s *Study) PainterFrom(v region.Viewpoint) *paint.Painter {
	d, err := s.seenFrom(v)
	if err != nil {
		d, _ = s.seenFrom(region.DeFacto) // which every atlas has
	}
	return d.painter
}

// seenFrom is the study's atlas, with its painter, as a country sees borders. Figures
// stay those of the study's regions in fact, whose codes units have.
func (s *Study) seenFrom(v region.Viewpoint) (drawnAtlas, error) {
	v = region.Viewpoint(strings.ToUpper(string(v)))
	a := s.atlasOrBuiltIn()
	if a == Atlas() && v == region.DeFacto {
		return drawnAtlas{a, a, Painter()}, nil
	}
	s.atlasMu.Lock()
	defer s.atlasMu.Unlock()
	if s.drawn.of == a && s.drawn.atlas.Viewpoint() == v {
		return s.drawn, nil
	}
	seen, err := a.As(v)
	if err != nil {
		return drawnAtlas{}, err
	}
	s.drawn = drawnAtlas{a, seen, paint.New(seen, Face())}
	return s.drawn, nil
}

// drawnAtlas is an atlas, as it is or another view of it, with its painter.
type drawnAtlas struct {
	of, atlas *region.Atlas
	painter   *paint.Painter
}

// studyAtlas is an atlas that was made, and of which packs.
type studyAtlas struct {
	key    string
	atlas  *region.Atlas
	listed []Boundaries
}

// arrived says whether the file of a pack is here now that was not when the atlas was made.
func (a *studyAtlas) arrived(store *study.Study) bool {
	return slices.ContainsFunc(a.listed, func(b Boundaries) bool { return b.Problem == notHere && store.HasFile(b.SHA256) })
}

// atlasOf is the atlas with the packs in it. It is made when it is first asked for, and
// anew when packs change or a file comes with a package.
func (s *Study) atlasOf() (*region.Atlas, []Boundaries, error) {
	s.atlasMu.Lock()
	defer s.atlasMu.Unlock()
	bs, err := s.store.Boundaries()
	if err != nil {
		return nil, nil, err
	}
	if key := fmt.Sprint(bs); s.atlas.key != key || s.atlas.arrived(s.store) {
		s.atlas = studyAtlas{key: key, atlas: Atlas()}
		for _, b := range bs {
			problem := ""
			if b.Use {
				problem = s.takeBoundaries(b)
			}
			s.atlas.listed = append(s.atlas.listed, Boundaries{b, problem})
		}
	}
	return s.atlas.atlas, slices.Clone(s.atlas.listed), nil
}

const notHere = "its file is still on another laptop; take in a package that has it"

// takeBoundaries puts a pack into the atlas, or says why that cannot be.
func (s *Study) takeBoundaries(b study.Boundaries) (problem string) {
	data, err := s.store.File(b.SHA256)
	if errors.Is(err, os.ErrNotExist) {
		return notHere
	}
	var p *region.Pack
	if err == nil {
		p, err = region.ReadPack(bytes.NewReader(data))
	}
	var a *region.Atlas
	if err == nil {
		a, err = s.atlas.atlas.With(p)
	}
	if err != nil {
		return err.Error()
	}
	s.atlas.atlas = a
	return ""
}

// FeatureProblem writes a problem with the number of its feature.
func FeatureProblem(p survey.Problem) string {
	text := ""
	if p.Row > 0 {
		text = fmt.Sprintf("feature %d", p.Row)
		if p.Column != "" {
			text += ", " + p.Column
		}
		text += ": "
	}
	p.Row = 0
	return text + p.String()
}
