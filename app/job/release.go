package job

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// Release is a line of the release log: who exported what, when, for whom.
type Release struct {
	ID      string  `json:"id"`
	At      string  `json:"at"` // RFC 3339 in UTC
	By      string  `json:"by"`
	Format  string  `json:"format"`
	Profile Profile `json:"profile"`
	Where   WhereIs `json:"where"`
	Rows    int     `json:"rows"`
	// Files are their names and SHA-256, by which they are known wherever they go.
	Files []ReleasedFile `json:"files"`
	// Identifiers says that what identifies persons left, too.
	Identifiers bool `json:"identifiers,omitempty"`
}

// ReleasedFile is a file that was exported.
type ReleasedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Fields of releases. They are facts of the study and travel in packages.
const (
	releaseEntity              = "release:"
	releaseFormat survey.Field = "_release_format"
	releaseFor    survey.Field = "_release_profile"
	releaseWhere  survey.Field = "_release_where"
	releaseRows   survey.Field = "_release_rows"
	releaseFiles  survey.Field = "_release_files" // a SHA-256 and a name on each line
	releaseNames  survey.Field = "_release_identifiers"
)

// logRelease notes an export in the study.
func (s *Study) logRelease(ctx context.Context, o ExportOptions, e *Exported) error {
	var lines []string
	for _, path := range e.Files {
		sum, err := fileSum(path)
		if err != nil {
			return err
		}
		lines = append(lines, sum+" "+filepath.Base(path))
	}
	patch := map[survey.Field]survey.Value{
		releaseFormat: survey.Of(o.Format), releaseFor: survey.Of(string(o.Profile)), releaseWhere: survey.Of(string(o.Where)),
		releaseRows: survey.Of(strconv.Itoa(e.Rows)), releaseFiles: survey.Of(strings.Join(lines, "\n")),
	}
	if o.Identifiers {
		patch[releaseNames] = survey.Of("1")
	}
	_, err := s.store.Append(ctx, study.Change{Entity: releaseEntity + s.store.NewID(), Kind: survey.FactKind, Patch: patch})
	return err
}

// Releases lists the release log of the study, the newest first.
func (s *Study) Releases() ([]Release, error) {
	ds, err := s.store.Documents(survey.FactKind)
	if err != nil {
		return nil, err
	}
	var out []Release
	for _, d := range ds {
		if !strings.HasPrefix(d.Entity, releaseEntity) {
			continue
		}
		r := Release{ID: strings.TrimPrefix(d.Entity, releaseEntity), Format: d.Text(releaseFormat), Profile: Profile(d.Text(releaseFor)), Where: WhereIs(d.Text(releaseWhere)), Identifiers: d.Text(releaseNames) == "1"}
		r.Rows, _ = strconv.Atoi(d.Text(releaseRows))
		if hs := d.Heads[releaseFormat]; len(hs) > 0 {
			r.At, r.By = hs[0].Wall, hs[0].Actor
		}
		for line := range strings.Lines(d.Text(releaseFiles)) {
			sum, name, _ := strings.Cut(strings.TrimSpace(line), " ")
			r.Files = append(r.Files, ReleasedFile{name, sum})
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Release) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID)) })
	return out, nil
}
