package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ExportPreset is how one exports, under a name. Presets are kept on this laptop, in the
// study's folder; they are in backups, not in packages.
type ExportPreset struct {
	Name string
	ExportOptions
}

const presetKey = "export/"

// ExportPresets lists the presets of the study by name.
func (s *Study) ExportPresets() ([]ExportPreset, error) {
	kept, err := s.store.Kept(presetKey)
	if err != nil {
		return nil, err
	}
	var out []ExportPreset
	for name, text := range kept {
		p := ExportPreset{Name: name}
		if err := json.Unmarshal([]byte(text), &p.ExportOptions); err != nil {
			return nil, fmt.Errorf("preset %q: %w", name, err)
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b ExportPreset) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// SaveExportPreset keeps options under a name, in place of those that have it.
func (s *Study) SaveExportPreset(name string, o ExportOptions) error {
	if name = strings.TrimSpace(name); name == "" {
		return errors.New("a preset needs a name")
	}
	if len(name) > 200 {
		return errors.New("the name of the preset is too long")
	}
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.store.Keep(presetKey+name, string(b))
}

// DeleteExportPreset forgets a preset.
func (s *Study) DeleteExportPreset(name string) error { return s.store.Keep(presetKey+name, "") }
