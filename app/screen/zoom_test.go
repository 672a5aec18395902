package screen

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"
)

// TestZoom makes everything larger and smaller, on top of a scale that the person
// has set, up to both ends and back.
func TestZoom(t *testing.T) {
	t.Setenv(scaleVariable, "2")
	w := opened(t)
	a := fyne.CurrentApp()
	t.Cleanup(func() { a.Preferences().RemoveValue("zoom") })
	Zoom(a)
	for i, c := range []struct {
		by, zoom int
		scale    string
	}{
		{1, 110, "2.2000"}, {1, 120, "2.4000"}, {-1, 110, "2.2000"}, {0, 100, "2.0000"},
		{-1, 90, "1.8000"}, {-1, 80, "1.6000"}, {-1, 80, "1.6000"}, {0, 100, "2.0000"}, {0, 100, "2.0000"},
	} {
		w.zoom(c.by)
		if got := os.Getenv(scaleVariable); zoomOf(a) != c.zoom || got != c.scale {
			t.Errorf("step %d: %d %%, %s; want %d %%, %s", i, zoomOf(a), got, c.zoom, c.scale)
		}
	}
	for range 9 {
		w.zoom(1)
	}
	os.Setenv(scaleVariable, "1") // as another start of the program finds it
	Zoom(a)
	if got := os.Getenv(scaleVariable); got != "2.0000" {
		t.Errorf("the next start shows at %s", got)
	}
}
