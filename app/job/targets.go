package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// Properties of units by which targets are set.
const (
	ByStratum = "stratum"
	ByRegion  = "region"
	ByForm    = "form"
)

// AllTargetProperties lists them, with what they are called.
var AllTargetProperties = []struct{ By, Label string }{{ByStratum, "Stratum"}, {ByRegion, "Region"}, {ByForm, "Form of organization"}}

// Target is how many interviews are wanted of a part of the units, and how many
// there are.
type Target struct {
	By     string   `json:"by"`
	Value  string   `json:"value"` // the stratum, code of the region or of the form
	Label  string   `json:"label"`
	Target int      `json:"target"`
	Done   int      `json:"done"`  // units with a completed or approved interview
	Units  []string `json:"units"` // ids of all units of the part
}

// Sentence says how far a target is.
func (t Target) Sentence() string {
	switch {
	case t.Done >= t.Target:
		return fmt.Sprintf("%d of %d, reached", t.Done, t.Target)
	case len(t.Units) < t.Target:
		return fmt.Sprintf("%d of %d, only %d listed", t.Done, t.Target, len(t.Units))
	}
	return fmt.Sprintf("%d of %d, %d to go", t.Done, t.Target, t.Target-t.Done)
}

// Targets lists the targets that are set, by property and label.
func (s *Study) Targets() ([]Target, error) {
	d, err := s.store.Document(survey.SettingsEntity)
	if err != nil || d == nil {
		return nil, err
	}
	us, err := s.Units()
	if err != nil {
		return nil, err
	}
	return s.targetsOf(d, us), nil
}

func (s *Study) targetsOf(d *survey.Document, us []table.Unit) []Target {
	var out []Target
	at := map[[2]string]int{}
	for _, f := range d.Fields() {
		by, value, ok := f.Target()
		n, err := strconv.Atoi(d.Text(f))
		if !ok || err != nil || n <= 0 {
			continue
		}
		at[[2]string{by, value}] = len(out)
		out = append(out, Target{By: by, Value: value, Label: s.partLabel(by, value), Target: n})
	}
	for _, u := range us {
		done := 0
		if st := UnitState(u); st == survey.Completed || st == survey.Approved {
			done = 1
		}
		for _, p := range AllTargetProperties {
			if i, ok := at[[2]string{p.By, partOf(u, p.By)}]; ok {
				out[i].Done += done
				out[i].Units = append(out[i].Units, u.ID)
			}
		}
	}
	slices.SortFunc(out, func(a, b Target) int {
		return cmp.Or(cmp.Compare(propertyRank(a.By), propertyRank(b.By)), cmp.Compare(a.Label, b.Label))
	})
	return out
}

func propertyRank(by string) int {
	return slices.IndexFunc(AllTargetProperties, func(p struct{ By, Label string }) bool { return p.By == by })
}

func partOf(u table.Unit, by string) string {
	switch by {
	case ByRegion:
		return u.Region
	case ByForm:
		return u.Form
	}
	return u.Stratum
}

// partLabel is the value of a property in words.
func (s *Study) partLabel(by, value string) string {
	switch by {
	case ByRegion:
		return s.RegionName(value)
	case ByForm:
		return cmp.Or(s.FormLabel(value), value)
	}
	return value
}

// Part is a value that units have of a property.
type Part struct {
	Value, Label string
	Units        int
	Target       int // 0: none is set
}

// Parts lists the values that units have of a property, and those with a target, by
// label.
func (s *Study) Parts(by string) ([]Part, error) {
	if propertyRank(by) < 0 {
		return nil, unknownProperty(by)
	}
	us, err := s.Units()
	if err != nil {
		return nil, err
	}
	parts := map[string]*Part{}
	part := func(value string) *Part {
		if parts[value] == nil {
			parts[value] = &Part{Value: value, Label: s.partLabel(by, value)}
		}
		return parts[value]
	}
	for _, u := range us {
		if v := partOf(u, by); v != "" {
			part(v).Units++
		}
	}
	d, err := s.store.Document(survey.SettingsEntity)
	if err != nil {
		return nil, err
	}
	if d != nil {
		for _, t := range s.targetsOf(d, us) {
			if t.By == by {
				part(t.Value).Target = t.Target
			}
		}
	}
	out := make([]Part, 0, len(parts))
	for _, p := range parts {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Compare(a.Label, b.Label) })
	return out, nil
}

func unknownProperty(by string) error {
	return fmt.Errorf("targets are set by stratum, region or form, not by %q", by)
}

// SetTargets sets how many interviews are wanted, by value of a property; 0 takes a
// target away. Regions and forms may be named in words.
func (s *Study) SetTargets(ctx context.Context, by string, wanted map[string]int) error {
	if propertyRank(by) < 0 {
		return unknownProperty(by)
	}
	d, err := s.store.Document(survey.SettingsEntity)
	if err != nil {
		return err
	}
	patch := map[survey.Field]survey.Value{}
	for name, n := range wanted {
		value, err := s.partNamed(by, name)
		if err != nil {
			return err
		}
		if n < 0 {
			return fmt.Errorf("a target is a number of interviews, not %d", n)
		}
		f, v := survey.Target(by, value), survey.Value{}
		if n > 0 {
			v = survey.Of(strconv.Itoa(n))
		}
		if d == nil && n > 0 || d != nil && (d.Value(f) != v || len(d.Heads[f]) > 1) {
			patch[f] = v
		}
	}
	if len(patch) == 0 {
		return nil
	}
	_, err = s.store.Append(ctx, study.Change{Entity: survey.SettingsEntity, Kind: survey.SettingsKind, Patch: patch})
	return err
}

// partNamed finds the value of a property by its label.
func (s *Study) partNamed(by, name string) (string, error) {
	if name = strings.TrimSpace(name); name == "" {
		return "", fmt.Errorf("a target needs the name of the %s", by)
	}
	switch by {
	case ByRegion:
		if _, ok := Atlas().Region(name); ok {
			return name, nil
		}
		code, perhaps := regionKeys().find(name, s.Info().Countries)
		if code == "" {
			return "", fmt.Errorf("there is no region %q%s", name, orPerhaps(perhaps))
		}
		return code, nil
	case ByForm:
		ps, err := s.Parts(by)
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(ps, func(p Part) bool { return p.Value == name || strings.EqualFold(p.Label, name) }); i >= 0 {
			return ps[i].Value, nil
		}
		if code := s.formCodes()[strings.ToLower(name)]; code != "" {
			return code, nil
		}
		return "", fmt.Errorf("there is no form of organization %q", name)
	}
	return name, nil
}
