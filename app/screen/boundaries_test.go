package screen

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
)

// districts are two that share a border, with the codes and names of columns that are
// found out, and a feature that is none.
const districts = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"ADM2_PCODE":"D1","ADM2_EN":"West","ADM2_NE":"पश्चिम","ADM1_EN":"Bagmati"},"geometry":{"type":"Polygon","coordinates":[[[85,27.5],[85.4,27.5],[85.4,27.9],[85,27.9],[85,27.5]]]}},
{"type":"Feature","properties":{"ADM2_PCODE":"D2","ADM2_EN":"East","ADM1_EN":"Bagmati"},"geometry":{"type":"Polygon","coordinates":[[[85.4,27.5],[85.8,27.5],[85.8,27.9],[85.4,27.9],[85.4,27.5]]]}},
{"type":"Feature","properties":{"ADM2_PCODE":"D3"},"geometry":null}]}`

func TestBoundariesPage(t *testing.T) {
	w := opened(t)
	file := filepath.Join(t.TempDir(), "districts.geojson")
	if err := os.WriteFile(file, []byte(districts), 0o600); err != nil {
		t.Fatal(err)
	}
	p := w.newBoundaries()
	w.showFilePage(boundariesTitle, p.page(), p.choose)
	var err error
	if p.head, err = job.ReadBoundaryHead(t.Context(), file, 0, exchange.BoundaryOptions{}); err != nil {
		t.Fatal(err)
	}
	if p.plan, err = w.study.PlanBoundaries(t.Context(), p.head, nil); err != nil {
		t.Fatal(err)
	}
	p.show(nil)
	if !strings.Contains(p.counts.Text, "2 areas of level 2 out of 3 features") || p.take.Disabled() || p.take.Text != "Take in 2 areas" {
		t.Error(p.counts.Text, p.take.Text)
	}
	var chosen []string
	for _, o := range test.LaidOutObjects(p.columns) {
		if s, ok := o.(*widget.Select); ok {
			chosen = append(chosen, s.Selected)
		}
	}
	if got := strings.Join(chosen, ", "); got != "code, name, name in ne, part of (code or name)" {
		t.Error("the columns are", got)
	}
	depth := w.study.Depth()
	if err := p.plan.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.study.Depth() != depth+1 {
		t.Error("the districts are not known")
	}
	p.listKept()
	if len(p.kept.Objects) != 2 || !p.kept.Objects[1].(*widget.Check).Checked {
		t.Fatal("the pack is not listed", len(p.kept.Objects))
	}
	p.kept.Objects[1].(*widget.Check).SetChecked(false)
	if w.study.Depth() != depth {
		t.Error("the districts were not put aside")
	}
}
