package main

import (
	"os"
	"strings"
	"testing"
)

// TestMetadata keeps the program and FyneApp.toml equal.
func TestMetadata(t *testing.T) {
	b, err := os.ReadFile("../FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`ID = "` + metadata.ID + `"`, `Name = "` + metadata.Name + `"`, `Version = "` + metadata.Version + `"`, "Build = 1", "fyneDo = true"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("FyneApp.toml does not say %s", want)
		}
	}
}
