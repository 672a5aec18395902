package screen

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// thumbnail is the longest edge of a small picture, in pixels.
const thumbnail = 320

// fileEditor keeps a file in the study and stores its name.
type fileEditor struct {
	noteEditor
	p     *interviewPage
	q     *survey.Question
	box   *fyne.Container
	name  *view.Paragraph
	small *canvas.Image
	kept  survey.Value
}

func (p *interviewPage) newFileEditor(q *survey.Question, v survey.Value) editor {
	e := &fileEditor{p: p, q: q, kept: v, name: view.NewParagraph(job.Face(), v.Text, 14, false, theme.ColorNameForeground)}
	e.button = p.button("Choose a file …", theme.FolderOpenIcon(), e.choose)
	e.small = &canvas.Image{FillMode: canvas.ImageFillContain}
	e.small.Hide()
	e.box = container.New(&view.Column{Gap: 6}, container.NewHBox(e.button), e.name, container.NewHBox(e.small))
	e.recall()
	return e
}

// recall shows a file that was kept earlier.
func (e *fileEditor) recall() {
	if e.p.typing.file == nil || e.kept.Text == "" {
		return
	}
	data, err := e.p.typing.file(e.kept.Text)
	if err != nil {
		e.name.SetText(e.kept.Text + " · " + sentence(err))
		return
	}
	e.name.SetText("Kept in the study · " + bytesWords(len(data)))
	e.show(data)
}

func (e *fileEditor) choose() {
	dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		r.Close()
		e.take(r.URI().Path())
	}, e.p.w.win)
}

// take keeps a file, a photo no larger than the question allows.
func (e *fileEditor) take(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		e.p.w.fail(fmt.Errorf("read file: %w", err))
		return
	}
	size := len(data)
	if most, err := strconv.Atoi(e.q.Parameters["max-pixels"]); err == nil && e.q.Kind == survey.Image {
		if data, err = view.Shrink(data, most); err != nil {
			e.p.w.fail(err)
			return
		}
	}
	kept, err := e.p.attach(data, filepath.Ext(path))
	if err != nil {
		e.p.w.fail(err)
		return
	}
	e.kept, e.p.editing = survey.Of(kept), true
	words := filepath.Base(path) + " · " + bytesWords(len(data))
	if len(data) < size {
		words += ", made smaller from " + bytesWords(size)
	}
	e.name.SetText(words)
	e.show(data)
	e.box.Refresh()
	e.p.leave()
}

// show draws a small picture of a photo.
func (e *fileEditor) show(data []byte) {
	e.small.Hide()
	if e.q.Kind != survey.Image {
		return
	}
	img, _, err := view.Photo(data)
	if err != nil {
		e.name.SetText(e.name.Text() + " · " + err.Error())
		return
	}
	e.small.Image = view.Thumbnail(img, thumbnail)
	b := e.small.Image.Bounds()
	e.small.SetMinSize(fyne.NewSize(float32(b.Dx())/2, float32(b.Dy())/2))
	e.small.Show()
	e.small.Refresh()
}

// bytesWords writes a size: 812 bytes, 34 kB, 2.1 MB.
func bytesWords(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1e6:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// attach keeps bytes as a file of the study.
func (p *interviewPage) attach(data []byte, ending string) (string, error) {
	dir, err := os.MkdirTemp("", "sse-")
	if err != nil {
		return "", fmt.Errorf("attach file: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "file"+ending)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return "", fmt.Errorf("attach file: %w", err)
	}
	return p.iv.Attach(file)
}

func (e *fileEditor) object() fyne.CanvasObject { return e.box }
func (e *fileEditor) value() survey.Value       { return e.kept }

// padEditor takes a signature.
type padEditor struct {
	p     *interviewPage
	pad   *view.Pad
	file  *fileEditor
	drawn bool // since the file was kept
}

func (p *interviewPage) newPadEditor(v survey.Value) editor {
	e := &padEditor{p: p, pad: view.NewPad(job.Face())}
	e.file = p.newFileEditor(&survey.Question{Kind: survey.Image}, v).(*fileEditor)
	e.pad.Keys = p.keys
	e.pad.Changed = func() { e.drawn, p.editing = true, true }
	e.pad.Left = p.left(func() editor { return e })
	return e
}

func (e *padEditor) object() fyne.CanvasObject {
	again := e.p.button("Clear", theme.DeleteIcon(), func() { e.pad.Clear(); e.p.w.win.Canvas().Focus(e.pad) })
	return container.New(&view.Column{Gap: 6}, e.pad, container.NewHBox(again, e.file.button), e.file.name)
}

func (e *padEditor) focus() fyne.Focusable { return e.pad }

// value keeps the drawing as a PNG file when the question is left.
func (e *padEditor) value() survey.Value {
	if !e.drawn {
		return e.file.kept
	}
	if e.pad.Blank() {
		e.drawn, e.file.kept = false, survey.Value{}
		return e.file.kept
	}
	data, err := e.pad.PNG()
	if err == nil {
		var kept string
		if kept, err = e.p.attach(data, ".png"); err == nil {
			e.drawn, e.file.kept = false, survey.Of(kept)
		}
	}
	if err != nil {
		e.p.w.fail(err)
	}
	return e.file.kept
}
