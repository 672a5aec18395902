package study

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"sselandscape/survey"
)

// Fields of boundary packs. They share name, sha256 and use with forms.
const (
	fieldLevel     survey.Field = "level"
	fieldAreas     survey.Field = "areas"
	fieldCountries survey.Field = "countries"
	fieldSource    survey.Field = "source"
)

// boundaryEntity begins the entities of boundary packs; their SHA-256 follows.
const boundaryEntity = "boundaries:"

// Boundaries is a boundary pack kept in the study: areas of one level.
type Boundaries struct {
	Name      string   // of the file that it was made of
	Level     int      // 1 regions, 2 districts …
	Areas     int      // how many
	Countries []string // ISO 3166-1 alpha-3
	Source    string
	SHA256    string // of the pack, which is kept as a file
	Use       bool   // false: put aside
	By, At    string // who added it, and when: RFC 3339
	settled   int64
}

// AddBoundaries keeps a boundary pack and records it, so that it travels in packages.
func (s *Study) AddBoundaries(ctx context.Context, b Boundaries, pack []byte) error {
	sum, err := s.AddFile(pack, "application/octet-stream")
	if err != nil {
		return err
	}
	_, err = s.Append(ctx, Change{Entity: boundaryEntity + sum, Kind: survey.FactKind, Patch: map[survey.Field]survey.Value{
		fieldName: survey.Of(b.Name), fieldLevel: survey.Of(strconv.Itoa(b.Level)), fieldAreas: survey.Of(strconv.Itoa(b.Areas)),
		fieldCountries: survey.Of(strings.Join(b.Countries, " ")), fieldSource: survey.Of(b.Source), fieldSHA256: survey.Of(sum), fieldUse: survey.Of("1")}})
	return err
}

// UseBoundaries puts a boundary pack aside, or takes it again.
func (s *Study) UseBoundaries(ctx context.Context, sum string, use bool) error {
	text := "0"
	if use {
		text = "1"
	}
	_, err := s.Append(ctx, Change{Entity: boundaryEntity + sum, Kind: survey.FactKind, Patch: map[survey.Field]survey.Value{fieldUse: survey.Of(text)}})
	return err
}

// Boundaries lists the boundary packs in the order in which they were added, or taken
// again, on every laptop the same: where two have the same areas, the last counts.
func (s *Study) Boundaries() ([]Boundaries, error) {
	ds, err := s.Documents(survey.FactKind)
	if err != nil {
		return nil, err
	}
	var out []Boundaries
	for _, d := range ds {
		sum, ok := strings.CutPrefix(d.Entity, boundaryEntity)
		if !ok || sum != d.Text(fieldSHA256) {
			continue
		}
		b := Boundaries{Name: d.Text(fieldName), Source: d.Text(fieldSource), SHA256: sum, Countries: strings.Fields(d.Text(fieldCountries)), Use: d.Text(fieldUse) == "1"}
		b.Level, _ = strconv.Atoi(d.Text(fieldLevel))
		b.Areas, _ = strconv.Atoi(d.Text(fieldAreas))
		if hs := d.Heads[fieldSHA256]; len(hs) > 0 {
			b.By, b.At = hs[0].Actor, hs[0].Wall
		}
		if hs := d.Heads[fieldUse]; len(hs) > 0 {
			b.settled = hs[0].Lamport
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b Boundaries) int {
		return cmp.Or(cmp.Compare(a.settled, b.settled), cmp.Compare(a.SHA256, b.SHA256))
	})
	return out, nil
}
