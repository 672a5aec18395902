package study

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// syncedRoots lists the folders that programs say they synchronise: OneDrive in the
// environment (Windows), Dropbox in its info.json, Nextcloud is known by its marks.
func syncedRoots() []syncedRoot {
	var out []syncedRoot
	for _, v := range [...]string{"OneDrive", "OneDriveConsumer", "OneDriveCommercial"} {
		out = append(out, syncedRoot{os.Getenv(v), "OneDrive"})
	}
	home, _ := os.UserHomeDir()
	for _, base := range [...]string{filepath.Join(home, ".dropbox"), filepath.Join(os.Getenv("APPDATA"), "Dropbox"), filepath.Join(os.Getenv("LOCALAPPDATA"), "Dropbox")} {
		b, err := os.ReadFile(filepath.Join(base, "info.json"))
		if err != nil {
			continue
		}
		out = append(out, dropboxRoots(b)...)
	}
	return out
}

// dropboxRoots reads Dropbox's info.json: {"personal": {"path": "…"}, "business": …}.
func dropboxRoots(b []byte) []syncedRoot {
	var accounts map[string]struct {
		Path string `json:"path"`
	}
	if json.Unmarshal(b, &accounts) != nil {
		return nil
	}
	var out []syncedRoot
	for _, a := range accounts {
		out = append(out, syncedRoot{a.Path, "Dropbox"})
	}
	return out
}
