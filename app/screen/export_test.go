package screen

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// exporting is the page of exports of a study, with what leaves found out.
func exporting(t *testing.T, w *Window) *exportPage {
	t.Helper()
	w.show("Export")
	p := &exportPage{w: w, choice: w.exporting, options: container.NewVBox(), leaves: container.NewVBox()}
	p.write = newWriteButton(p)
	p.draw()
	p.settle(t)
	return p
}

// settle shows what leaves at once.
func (p *exportPage) settle(t *testing.T) {
	t.Helper()
	l := &exportLook{}
	l.plan, l.err = p.w.study.PlanExport(context.Background(), p.choice.ExportOptions)
	log, err := p.w.study.Releases()
	if err != nil {
		t.Fatal(err)
	}
	l.log = log
	p.looked(l)
}

// said is the text of labels.
func said(o fyne.CanvasObject) string {
	var b strings.Builder
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *fyne.Container:
			for _, k := range x.Objects {
				walk(k)
			}
		case *widget.Label:
			b.WriteString(x.Text + "\n")
		}
	}
	walk(o)
	return b.String()
}

// TestExportPage says what leaves for whom, keeps options under a name, and exports what a
// list shows.
func TestExportPage(t *testing.T) {
	w := opened(t)
	p := exporting(t, w)
	if text := said(p.leaves); !strings.Contains(text, "units to be written") || !strings.Contains(text, "identifies persons") || p.write.Disabled() {
		t.Errorf("%q", text)
	}
	p.choice.Profile, p.choice.Where, p.choice.Format = job.Public, "", "gpkg"
	p.draw()
	p.settle(t)
	if text := said(p.leaves); !strings.Contains(text, "Profile: public, places: region") || !strings.Contains(text, "sensitive") {
		t.Errorf("%q", text)
	}
	if err := w.study.SaveExportPreset("For everybody", p.choice.ExportOptions); err != nil {
		t.Fatal(err)
	}
	kept, err := w.study.ExportPresets()
	if err != nil || len(kept) != 1 || kept[0].Format != "gpkg" || kept[0].Profile != job.Public {
		t.Errorf("%+v %v", kept, err)
	}
	file := filepath.Join(t.TempDir(), "a.csv")
	p.choice.ExportOptions = job.ExportOptions{Format: "csv", Profile: "nobody"}
	p.settle(t)
	if text := said(p.leaves); !strings.Contains(text, "There is no profile") {
		t.Errorf("%q", text)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a file")
	}
	w.show("Units")
	w.list.search.SetText(w.list.rows[0].cells[0].Text)
	n := w.list.index.Len()
	w.exportListed(w.list)
	if len(w.exporting.Units) != n || n == 0 || w.page != "Export" {
		t.Errorf("%d of %d units", len(w.exporting.Units), n)
	}
	plan, err := w.study.PlanExport(context.Background(), job.ExportOptions{Format: "csv", Units: w.exporting.Units})
	if err != nil || plan.Rows != n {
		t.Errorf("%+v %v", plan, err)
	}
}

// TestExportGolden compares the page with pictures of it.
func TestExportGolden(t *testing.T) {
	w := opened(t)
	for name, c := range map[string]struct {
		size    fyne.Size
		dark    bool
		profile job.Profile
		format  string
	}{
		"export-light": {fyne.NewSize(1280, 800), false, job.Public, "gpkg"},
		"export-dark":  {fyne.NewSize(1024, 640), true, job.Internal, "geojson"},
	} {
		t.Run(name, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			w.exporting = &exportChoice{ExportOptions: job.ExportOptions{Format: c.format, Profile: c.profile}}
			p := exporting(t, w)
			w.body.Objects = []fyne.CanvasObject{p.split()}
			w.body.Refresh()
			w.say("")
			compare(t, name, w.win.Canvas().Capture())
		})
	}
}
