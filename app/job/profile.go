package job

import (
	"fmt"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Profile says who an export is for, and so what leaves in it.
type Profile string

// The profiles, from the most to the least that leaves.
const (
	Internal Profile = "internal" // the team of the study
	Research Profile = "research" // researchers who promise not to look for units
	Public   Profile = "public"   // everybody
)

// AllProfiles lists them with what leaves in each.
var AllProfiles = []struct {
	Profile Profile
	Title   string
	Leaves  string
}{
	{Internal, "The team", "All units and answers at their exact places. What identifies persons leaves only if it is asked for."},
	{Research, "Research", "Units that agreed to take part, without names, texts, files and fields that say where they are. Each has a number of its own, and its place is moved once and for all, by 1 to 5 km within its region, or is the middle of that where it is small."},
	{Public, "Everybody", "Units that agreed to be shown, by name where they agreed to that, at the centre of their region, with answers that are neither sensitive nor tell who it is."},
}

// Take reads a profile; none is Internal.
func (p *Profile) Take(s string) error {
	if s == "" {
		s = string(Internal)
	}
	for _, k := range AllProfiles {
		if string(k.Profile) == s {
			*p = k.Profile
			return nil
		}
	}
	return fmt.Errorf("there is no profile %q; known are internal, research and public", s)
}

// WhereIs says how exact the places of an export are.
type WhereIs string

// How exact places are.
const (
	Exact     WhereIs = "exact"
	Displaced WhereIs = "displaced" // moved by some kilometres within the area
	Central   WhereIs = "region"    // in the middle of the region
	Nowhere   WhereIs = "none"
)

// Places are how exact a profile lets places be, the most exact first.
func (p Profile) Places() []WhereIs {
	switch p {
	case Internal:
		return []WhereIs{Exact, Displaced, Central, Nowhere}
	case Research:
		return []WhereIs{Displaced, Central, Nowhere}
	}
	return []WhereIs{Central, Nowhere}
}

// Take reads how exact places are, as far as a profile lets them be.
func (w *WhereIs) Take(s string, p Profile) error {
	all := p.Places()
	if s == "" {
		*w = all[0]
		return nil
	}
	if !slices.Contains(all, WhereIs(s)) {
		var words []string
		for _, x := range all {
			words = append(words, string(x))
		}
		return fmt.Errorf("places cannot be %q in the profile %s; they can be %s", s, p, strings.Join(words, ", "))
	}
	*w = WhereIs(s)
	return nil
}

// leaves says whether answers of a class leave in a profile, and why not.
func (p Profile) leaves(c survey.Class, identifiers bool) (why string) {
	switch {
	case c == survey.ClassIdentifier:
		if p != Internal || !identifiers {
			return "identifies persons"
		}
	case p == Internal:
	case c == survey.ClassText:
		return "texts and files may hold anything"
	case c == survey.ClassLocation:
		return "says where the unit is"
	case p == Public && c == survey.ClassSensitive:
		return "sensitive"
	case p == Public && c == survey.ClassQuasi:
		return "tells with other answers who it is"
	}
	return ""
}

// consent is what somebody who speaks for a unit agreed to, by the roles of the
// questionnaire. A questionnaire that does not ask says nothing.
type consent struct {
	part    string // to take part: yes, no
	publish string // what may be shown: see publishLevels
}

// What may be shown publicly (role consent.publish).
const (
	publishNothing  = "stats_only"
	publishDistrict = "name_district"
	publishPoint    = "name_location"
)

// consentAsked says which of the consents any questionnaire of the study asks for.
type consentAsked struct{ part, publish bool }

// hear takes over what one interview says of consent: several answers count as the one that
// allows least, one in conflict or special as none.
func (c *consent) hear(parts, publishes []survey.Value) {
	for i, v := range parts {
		text := v.Text
		if v.Special != "" {
			text = "no"
		}
		if i == 0 || text != "yes" {
			c.part = text
		}
	}
	levels := []string{publishDistrict, publishPoint}
	for i, v := range publishes {
		if i == 0 || slices.Index(levels, v.Text) < slices.Index(levels, c.publish) {
			c.publish = v.Text
		}
	}
}

// allows says whether a unit leaves in a profile, and whether by name.
func (p Profile) allows(c consent, asked consentAsked) (leaves, named bool) {
	if p == Internal {
		return true, true
	}
	if asked.part && c.part != "yes" {
		return false, false
	}
	if p == Research {
		return true, false
	}
	if asked.publish && c.publish != publishDistrict && c.publish != publishPoint {
		return false, false
	}
	return true, asked.publish
}
