package job

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/match"
	"sselandscape/survey/notation"
)

// How near and how like two units must be.
const (
	samePlace    = 1_000.0  // metres: with the same name, the same unit
	likelyPlace  = 25_000.0 // metres: with a name like it, perhaps the same unit
	likelyName   = 0.72
	otherName    = 0.3 // below this, an id is of another organization
	likelyListed = 3
)

// reading is a row as it is understood.
type reading struct {
	listedUnit
	cells  []string
	patch  []listed
	column string   // of the first doubt
	doubts []string // about its place
	hint   string
}

func (r *reading) doubt(column, hint, format string, args ...any) {
	r.column, r.hint = cmp.Or(r.column, column), cmp.Or(r.hint, hint)
	r.doubts = append(r.doubts, fmt.Sprintf(format, args...))
}

func (r *reading) put(f survey.Field, text string) {
	if text != "" {
		r.patch = append(r.patch, listed{f, text})
	}
}

// cell is what a row has in the column of a role, without white space around.
func (c *comparer) cell(r *reading, role ColumnRole) string {
	if i, ok := c.columnOf[role]; ok && i < len(r.cells) {
		return strings.Join(strings.Fields(r.cells[i]), " ")
	}
	return ""
}

func (c *comparer) columnName(role ColumnRole) string {
	if i, ok := c.columnOf[role]; ok {
		return c.head.Columns[i]
	}
	return ""
}

// compare gives the verdict on a row.
func (c *comparer) compare(row exchange.ListRow) ListRow {
	r := &reading{cells: row.Cells}
	r.row, r.name, r.code = row.Number, c.cell(r, ColumnName), c.cell(r, ColumnCode)
	local := c.cell(r, ColumnLocalName)
	if r.name == "" {
		r.name, local = local, ""
	}
	out := ListRow{Row: row.Number, Name: r.name}
	wrong := func(column, hint, format string, args ...any) ListRow {
		out.Verdict, out.Problem = ListProblem, survey.Problem{Column: column, Text: fmt.Sprintf(format, args...), Hint: hint}
		return out
	}
	if row.Bad != "" {
		return wrong("", "", "%s", row.Bad)
	}
	if r.key = match.Key(r.name); r.key == "" {
		return wrong(c.columnName(ColumnName), "", "the name is missing")
	}
	if c.byID[r.code] == nil { // else the list was exported from this study
		r.put(survey.FieldCode, r.code)
	}
	r.put(survey.FieldName, r.name)
	r.put(survey.FieldLocalName, local)
	c.readPlace(r)
	c.readRest(r)
	if len(r.doubts) > 0 {
		out.Problem = survey.Problem{Column: r.column, Text: strings.Join(r.doubts, "; "), Hint: r.hint, Severity: survey.Warning}
	}
	same, twice, why := c.same(r)
	switch {
	case why != "":
		return wrong(c.columnName(ColumnCode), "give the ids of this list a prefix, or leave the column out", "%s", why)
	case twice > 0:
		return wrong("", "the row is left out", "the organization stands in row %d already", twice)
	}
	c.remember(&r.listedUnit)
	c.settle(&out, r, same)
	return out
}

// settle says what taking in a row changes.
func (c *comparer) settle(out *ListRow, r *reading, same *listedUnit) {
	out.Unit, out.patch = c.unitID(&r.listedUnit), r.patch
	if d := c.byID[out.Unit]; same == nil && d != nil {
		same = &listedUnit{id: out.Unit, doc: d}
	}
	out.Verdict, out.fresh = ListNew, same == nil
	if same != nil {
		out.Unit, out.patch = same.id, nil
		for _, x := range r.patch {
			if same.doc == nil || same.doc.Text(x.field) != x.text {
				out.patch, out.Changed = append(out.patch, x), append(out.Changed, x.field)
			}
		}
		if out.Verdict = ListUpdated; len(out.patch) == 0 {
			out.Verdict = ListHere
		}
	} else {
		out.Likely = c.likely(r)
	}
	if len(r.doubts) > 0 {
		out.Verdict = ListDoubt
	}
}

// remember makes a row known to those behind it.
func (c *comparer) remember(k *listedUnit) {
	n := int32(len(c.units))
	c.units = append(c.units, *k)
	if k.code != "" {
		c.byCode[k.code] = append(c.byCode[k.code], n)
	}
	at := k.country + "\x00" + k.key
	c.byKey[at] = append(c.byKey[at], n)
}

// same finds the unit that a row is about: by its id in the list, or by the same
// name at the same place. Twice is the row before that is about it, too; why says
// that the id is of another organization.
func (c *comparer) same(r *reading) (unit *listedUnit, twice int, why string) {
	if d := c.byID[r.code]; d != nil {
		if at := c.byCode[r.code]; len(at) > 0 {
			return nil, c.units[at[0]].row, ""
		}
		return &listedUnit{id: d.Entity, doc: d}, 0, ""
	}
	agree := func(k *listedUnit) bool { return k.country == "" || r.country == "" || k.country == r.country }
	if r.code != "" {
		for _, n := range c.byCode[r.code] {
			k := &c.units[n]
			switch {
			case !agree(k):
			case k.row > 0:
				return nil, k.row, ""
			case unlike(k.name, r.name) && (k.doc == nil || unlike(k.doc.Text(survey.FieldName), r.name)):
				return nil, 0, fmt.Sprintf("the id %q is of another organization here: %s", r.code, k.name)
			default:
				unit = k
			}
		}
		if unit != nil {
			return unit, 0, ""
		}
	}
	at := r.country + "\x00" + r.key
	for _, n := range c.byKey[at] {
		k := &c.units[n]
		if r.code != "" && k.code != "" && r.code != k.code || !atOnePlace(k, &r.listedUnit) {
			continue
		}
		if k.row > 0 {
			twice = cmp.Or(twice, k.row)
			continue
		}
		unit = k
	}
	return unit, twice, ""
}

func unlike(a, b string) bool { return len(match.NewNames([]string{a}).Like(b, otherName, 1)) == 0 }

// atOnePlace says whether two units of one name are at the same place, as far as that
// is known.
func atOnePlace(a, b *listedUnit) bool {
	if a.point != nil && b.point != nil {
		return metres(*a.point, *b.point) <= samePlace
	}
	return agrees(a.region, b.region) && agrees(a.placed, b.placed)
}

func agrees(a, b string) bool { return a == b || a == "" || b == "" }

// likely is the name of a unit of the study that may be the one of a row.
func (c *comparer) likely(r *reading) string {
	for _, h := range c.like.Like(r.country, r.name, likelyName, likelyListed) {
		k := &c.units[c.named[h.Index]]
		switch {
		case r.code != "" && k.code != "" && r.code != k.code, !agrees(k.region, r.region):
		case k.point != nil && r.point != nil && metres(*k.point, *r.point) > likelyPlace:
		default:
			return cmp.Or(k.name, "(no name yet)")
		}
	}
	return ""
}

// readPlace reads country, region, place and position, and compares them with each
// other.
func (c *comparer) readPlace(r *reading) {
	if text := c.cell(r, ColumnCountry); text != "" {
		if r.country = CountryCode(text); r.country == "" {
			r.doubt(c.columnName(ColumnCountry), "write the ISO code, such as NPL", "%q is no country that is known", text)
		}
	}
	c.readRegion(r)
	if r.country == "" && len(c.countries) == 1 {
		r.country = c.countries[0]
	}
	p, column := c.readPoint(r)
	given := r.country
	if p != nil {
		p = c.checkPoint(r, *p, column)
	}
	r.put(survey.FieldCountry, given)
	r.put(survey.FieldRegion, r.region)
	r.place = c.cell(r, ColumnPlace)
	r.placed = match.Key(r.place)
	r.put(survey.FieldPlace, r.place)
	if p == nil {
		return
	}
	r.put(survey.FieldPoint, notation.Position{Lat: rounded(p[1]), Lon: rounded(p[0])}.Lexical())
	r.point = p
	if l, _, ok := Atlas().Nearest(*p, nearby); ok {
		r.region, r.country = l.Code, l.Country // as the study will see it
	}
}

func rounded(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func (c *comparer) readRegion(r *reading) {
	text := c.cell(r, ColumnRegion)
	if text == "" {
		return
	}
	countries := c.countries
	if r.country != "" {
		countries = []string{r.country}
	}
	at := text + "\x00" + r.country
	found, ok := c.regions[at]
	if !ok {
		code, perhaps := regionKeys().find(text, countries)
		found = [2]string{code, perhaps}
		c.regions[at] = found
	}
	if r.region = found[0]; r.region == "" {
		hint := "give the column another meaning, such as place, if it holds no first-level regions"
		if found[1] != "" {
			hint = "do you mean " + found[1] + "?"
		}
		r.doubt(c.columnName(ColumnRegion), hint, "%q is no region that is known", text)
		return
	}
	if reg, ok := Atlas().Region(r.region); ok && r.country == "" {
		r.country = reg.Country
	}
}

// readPoint reads the position of a row: lon, lat.
func (c *comparer) readPoint(r *reading) (*orb.Point, string) {
	lon, lat, text := c.cell(r, ColumnLon), c.cell(r, ColumnLat), c.cell(r, ColumnPoint)
	column := c.columnName(ColumnPoint)
	if text == "" && (lon != "" || lat != "") {
		text, column = lat+", "+lon, c.columnName(ColumnLat)
		x, okX := c.degrees(lon)
		y, okY := c.degrees(lat)
		if okX && okY {
			if math.Abs(y) > 90 || math.Abs(x) > 180 {
				r.doubt(column, swapped(c, r, x, y), "there is no position with latitude %s and longitude %s", lat, lon)
				return nil, column
			}
			return &orb.Point{x, y}, column
		}
	}
	if text == "" {
		return nil, column
	}
	p, _, err := notation.ParsePosition(text)
	if err != nil {
		r.doubt(column, "", "%q is no position: %s", text, err)
		return nil, column
	}
	return &orb.Point{p.Lon, p.Lat}, column
}

func swapped(c *comparer, r *reading, x, y float64) string {
	if math.Abs(x) <= 90 && math.Abs(y) <= 180 && (r.country == "" || lies(orb.Point{y, x}, "", r.country)) {
		return "latitude and longitude may be exchanged"
	}
	return ""
}

// degrees reads a number as the list writes it, in digits of any script.
func (c *comparer) degrees(s string) (float64, bool) {
	s = notation.Digits(strings.TrimSuffix(s, "°"))
	if c.head.Comma || strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// checkPoint returns the point, or nil if it is not where the row says.
func (c *comparer) checkPoint(r *reading, p orb.Point, column string) *orb.Point {
	where := func() string {
		l, _, ok := Atlas().Nearest(p, nearby)
		if !ok {
			return "in no country that is known"
		}
		return "in " + l.Name + ", " + countryLabel(l.Country)
	}
	switch {
	case p == orb.Point{}:
		r.doubt(column, "", "the position is 0, 0, which stands for a missing one")
	case r.country != "" && !lies(p, "", r.country):
		r.doubt(column, swapped(c, r, p[0], p[1]), "the position lies %s, not in %s", where(), countryLabel(r.country))
	case r.region != "" && !lies(p, r.region, ""):
		r.doubt(column, "", "the position lies %s, not in the region %s", where(), RegionName(r.region))
	case r.country == "" && len(c.countries) > 0 && !slices.ContainsFunc(c.countries, func(code string) bool { return lies(p, "", code) }):
		r.doubt(column, swappedAny(c, p), "the position lies %s, in none of the study's countries", where())
	default:
		return &p
	}
	return nil
}

func swappedAny(c *comparer, p orb.Point) string {
	for _, code := range c.countries {
		if math.Abs(p[0]) <= 90 && lies(orb.Point{p[1], p[0]}, "", code) {
			return "latitude and longitude may be exchanged"
		}
	}
	return ""
}

func countryLabel(code string) string {
	if c, ok := Atlas().Country(code); ok {
		return c.Name
	}
	return code
}

// readRest reads what has a field of its own, and what is kept under the name of its
// column.
func (c *comparer) readRest(r *reading) {
	form := c.cell(r, ColumnForm)
	r.put(survey.FieldForm, cmp.Or(c.forms[match.Key(form)], form))
	r.put(survey.FieldRegistration, c.cell(r, ColumnRegistration))
	r.put(survey.FieldPhone, c.cell(r, ColumnPhone))
	r.put(survey.FieldAddress, c.cell(r, ColumnAddress))
	r.put(survey.FieldStratum, c.cell(r, ColumnStratum))
	r.put(survey.FieldAssigned, c.cell(r, ColumnAssigned))
	for i, role := range c.head.Roles {
		if role == ColumnOther && i < len(r.cells) {
			r.put(survey.Listed(c.head.Columns[i]), strings.TrimSpace(r.cells[i]))
		}
	}
}
