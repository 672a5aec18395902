package screen

import (
	"bytes"
	"image/png"
	"io/fs"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/assets"
)

// The chapters of the guide.
const (
	firstChapter    = "first-interview.md"
	togetherChapter = "together.md"
)

// showGuide opens the guide with its first chapter.
func (w *Window) showGuide() { w.showChapter(firstChapter) }

// showChapter opens a chapter of the guide in a window of its own.
func (w *Window) showChapter(chapter string) {
	page, err := guidePage(assets.Guide(), chapter)
	if err != nil {
		w.fail(err)
		return
	}
	g := fyne.CurrentApp().NewWindow("Guide – SSE Landscape")
	g.SetContent(container.NewVScroll(container.NewPadded(page)))
	g.Resize(fyne.NewSize(760, 700))
	g.Show()
}

// guidePage lays out a chapter: headings, paragraphs and pictures.
func guidePage(guide fs.FS, chapter string) (fyne.CanvasObject, error) {
	b, err := fs.ReadFile(guide, chapter)
	if err != nil {
		return nil, err
	}
	page := container.New(&view.Column{Gap: 12})
	for _, block := range strings.Split(string(b), "\n\n") {
		block = strings.TrimSpace(block)
		size, bold := float32(15), false
		switch {
		case block == "":
			continue
		case strings.HasPrefix(block, "![]("):
			p, err := guidePicture(guide, strings.TrimSuffix(strings.TrimPrefix(block, "![]("), ")"))
			if err != nil {
				return nil, err
			}
			page.Add(p)
			continue
		case strings.HasPrefix(block, "# "):
			block, size, bold = block[2:], 24, true
		case strings.HasPrefix(block, "## "):
			block, size, bold = block[3:], 18, true
		}
		page.Add(view.NewParagraph(job.Face(), strings.ReplaceAll(block, "\n", " "), size, bold, theme.ColorNameForeground))
	}
	return page, nil
}

// guidePicture shows a picture at half its pixels, so that it fits the column.
func guidePicture(guide fs.FS, name string) (fyne.CanvasObject, error) {
	b, err := fs.ReadFile(guide, name)
	if err != nil {
		return nil, err
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	p := canvas.NewImageFromImage(img)
	p.FillMode = canvas.ImageFillContain
	p.SetMinSize(fyne.NewSize(float32(img.Bounds().Dx())*0.55, float32(img.Bounds().Dy())*0.55))
	return p, nil
}
