package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SavedView is how a list looks, under a name: what is searched and filtered, the
// order, which columns show and how wide. Columns go by their titles, so that a view
// outlives a change of columns. Views are kept on this laptop, in the study's
// folder; they are in backups, not in packages.
type SavedView struct {
	Name    string              `json:"-"`
	Query   string              `json:"query,omitempty"`
	Filters map[string][]string `json:"filters,omitempty"`
	Sort    string              `json:"sort,omitempty"`
	Desc    bool                `json:"desc,omitempty"`
	Hidden  []string            `json:"hidden,omitempty"`
	Widths  map[string]float32  `json:"widths,omitempty"`
}

const viewKey = "view/"

// Views lists the views that are kept of a page, by name.
func (s *Study) Views(page string) ([]SavedView, error) {
	kept, err := s.store.Kept(viewKey + page + "/")
	if err != nil {
		return nil, err
	}
	var out []SavedView
	for name, text := range kept {
		v := SavedView{}
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, fmt.Errorf("view %q: %w", name, err)
		}
		v.Name = name
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b SavedView) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// SaveView keeps a view of a page under its name, in place of one of that name.
func (s *Study) SaveView(page string, v SavedView) error {
	if v.Name = strings.TrimSpace(v.Name); v.Name == "" {
		return errors.New("a view needs a name")
	}
	if len(v.Name) > 200 {
		return errors.New("the name of the view is too long")
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.store.Keep(viewKey+page+"/"+v.Name, string(b))
}

// RenameView gives a view another name; it fails if that is taken.
func (s *Study) RenameView(page, from, to string) error {
	vs, err := s.Views(page)
	if err != nil {
		return err
	}
	to = strings.TrimSpace(to)
	i := slices.IndexFunc(vs, func(v SavedView) bool { return v.Name == from })
	switch {
	case i < 0:
		return fmt.Errorf("there is no view %q", from)
	case from == to:
		return nil
	case slices.ContainsFunc(vs, func(v SavedView) bool { return v.Name == to }):
		return fmt.Errorf("there is a view %q already", to)
	}
	vs[i].Name = to
	if err := s.SaveView(page, vs[i]); err != nil {
		return err
	}
	return s.DeleteView(page, from)
}

// DeleteView forgets a view.
func (s *Study) DeleteView(page, name string) error { return s.store.Keep(viewKey+page+"/"+name, "") }
