package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey"
)

func TestMediaFile(t *testing.T) {
	for name, want := range map[string]bool{
		"a.png": true, "mapa de la región.jpg": true, "समूह.jpg": true, "a-b_c.2.mp3": true,
		"": false, "-": false, ".": false, "..": false, ".hidden": false, "../a.png": false, "a/b.png": false, `a\b.png`: false,
		"/etc/passwd": false, "C:a.png": false, "a.png\x00": false, "a.png.": false, "a.png ": false, "file:a": false,
	} {
		if got := survey.MediaFile(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

func TestMediaFiles(t *testing.T) {
	f := &survey.Form{
		Items: []survey.Item{
			&survey.Group{Node: survey.Node{Media: map[string]survey.Text{"image": {"": "g.png"}}}, Items: []survey.Item{
				&survey.Question{Node: survey.Node{Media: map[string]survey.Text{"image": {"en": "q.png", "ne": "q-ne.png", "ur": "-"}, "audio": {"": "../q.mp3"}}}},
			}},
		},
		Lists: map[string]*survey.List{"l": {Choices: []survey.Choice{{Media: map[string]survey.Text{"image": {"": "c.png"}}}, {Media: map[string]survey.Text{"image": {"": "${a}.png"}}}}}},
	}
	if d := cmp.Diff([]string{"c.png", "g.png", "q-ne.png", "q.png"}, f.MediaFiles()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
