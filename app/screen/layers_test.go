package screen

import (
	"archive/zip"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2/widget"
)

// twoLayers is an archive of two shapefiles of a point each.
func twoLayers(t *testing.T) string {
	t.Helper()
	shp := make([]byte, 128)
	binary.BigEndian.PutUint32(shp, 9994)
	binary.LittleEndian.PutUint32(shp[32:], 1)
	binary.BigEndian.PutUint32(shp[104:], 10)
	binary.LittleEndian.PutUint32(shp[108:], 1)
	binary.LittleEndian.PutUint64(shp[112:], math.Float64bits(85.3))
	binary.LittleEndian.PutUint64(shp[120:], math.Float64bits(27.7))
	path := filepath.Join(t.TempDir(), "two.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, name := range []string{"shops.shp", "mills.shp"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(shp)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLayerOfAList reads the first of several layers and lets another be chosen.
func TestLayerOfAList(t *testing.T) {
	w := opened(t)
	p := w.importing(t, trialList)
	p.file = twoLayers(t)
	h, err := p.head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.showHow(h)
	for _, o := range p.how.Objects {
		if s, ok := o.(*widget.Select); ok && slices.Equal(s.Options, []string{"shops", "mills"}) && s.Selected == "shops" {
			return
		}
	}
	t.Errorf("no layers can be chosen of %v", h.Layers)
}

// TestLayerOfAFile asks which of several layers is shown on the map.
func TestLayerOfAFile(t *testing.T) {
	w, p := onMap(t)
	look := p.look
	path := twoLayers(t)
	if _, err := w.study.AddMapFile(t.Context(), &look, path, ""); err == nil || len(look.Files) > 0 {
		t.Error("one of two was taken")
	}
	p.askLayer(path, []string{"shops", "mills"})
	wantShown(t, w, "Which layer of two.zip?", "[Show it]")
	for range 2 { // once more is no other
		a, err := w.study.AddMapFile(t.Context(), &look, path, "mills")
		if err != nil || a.Shapes != 1 || a.Name != "two.zip, mills" || len(look.Files) != 1 || look.Files[0].Layer != "mills" {
			t.Errorf("%+v %v %+v", a, err, look.Files)
		}
	}
}
