package job

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Media are the pictures, sounds and films beside the labels of a questionnaire.
type Media struct {
	study    *Study
	files    map[string]string // name to SHA-256
	fallback string            // language
}

// Medium is one of them. Its bytes are read when they are asked for.
type Medium struct {
	Kind, Name string // kind: image, big-image, audio, video
	study      *Study
	sum        string
}

// Media lets look at the files beside the labels of the interview's questionnaire.
func (iv *Interview) Media() (*Media, error) {
	form := iv.Session.Program().Form
	fs, err := iv.study.store.Forms()
	if err != nil {
		return nil, err
	}
	m := &Media{study: iv.study, fallback: form.DefaultLanguage}
	for _, f := range fs {
		if f.ID == form.ID && f.Version == form.Version {
			m.files = f.Files
		}
	}
	return m, nil
}

// Of lists the files beside a label in a language: a question's, group's or
// choice's Media. A file that is not in the study is listed too; its Data say so.
func (m *Media) Of(beside map[string]survey.Text, lang string) []Medium {
	var out []Medium
	for _, kind := range survey.MediaKinds {
		if name := beside[kind].In(lang, m.fallback); survey.MediaFile(name) {
			out = append(out, Medium{Kind: kind, Name: name, study: m.study, sum: m.files[name]})
		}
	}
	return out
}

// Picture is the one of the files that shows below the label, and the one to show
// when it is enlarged; nil if there is none.
func Picture(ms []Medium) (small, large *Medium) {
	for i := range ms {
		switch ms[i].Kind {
		case "image":
			small = &ms[i]
		case "big-image":
			large = &ms[i]
		}
	}
	if small == nil {
		small = large
	}
	if large == nil {
		large = small
	}
	return small, large
}

// Data gives the bytes of a file.
func (m Medium) Data() ([]byte, error) {
	if m.sum == "" {
		return nil, fmt.Errorf("the file %s is not in this study; put it beside the questionnaire and read that in again", m.Name)
	}
	b, err := m.study.store.File(m.sum)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the file %s is still on another laptop; it comes with a package made there", m.Name)
	}
	return b, err
}

// played are the endings of files that are handed to another program: whatever else
// a questionnaire brings might be a program itself.
var played = []string{".3gp", ".aac", ".aif", ".aiff", ".amr", ".avi", ".flac", ".gif", ".jpeg", ".jpg", ".m4a", ".m4v", ".mid", ".mkv", ".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".oga", ".ogg", ".ogv", ".opus", ".png", ".wav", ".webm", ".wma", ".wmv"}

// Path writes a sound, film or picture under its own name into the user's cache, for
// another program to open, and returns where it is.
func (m Medium) Path() (string, error) {
	if !slices.Contains(played, strings.ToLower(filepath.Ext(m.Name))) {
		return "", fmt.Errorf("the file %s is no sound, film or picture by its name; it is not opened", m.Name)
	}
	data, err := m.Data()
	if err != nil {
		return "", err
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("open file: %w", err)
	}
	dir = filepath.Join(dir, "sse-landscape", "media", m.sum[:16])
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("open file: %w", err)
	}
	path := filepath.Join(dir, m.Name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", fmt.Errorf("open file: %w", err)
	}
	return path, nil
}
