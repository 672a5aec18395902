package screen

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/assets"
	"sselandscape/storage/study"
)

// welcome is the way in: recent studies and the four ways to get one.
func (w *Window) welcome() {
	w.win.SetTitle("SSE Landscape")
	w.drawRail()
	icon := canvas.NewImageFromResource(fyne.NewStaticResource("icon.png", assets.Icon()))
	icon.SetMinSize(fyne.NewSize(72, 72))
	icon.FillMode = canvas.ImageFillContain
	title := canvas.NewText("SSE Landscape", theme.Color(theme.ColorNameForeground))
	title.TextSize = 28
	open := widget.NewButtonWithIcon("Open the example", theme.MediaPlayIcon(), w.example)
	open.Importance = widget.HighImportance
	ways := container.NewVBox(open,
		widget.NewButtonWithIcon("New study …", theme.ContentAddIcon(), w.newStudyDialog),
		widget.NewButtonWithIcon("Open a study …", theme.FolderOpenIcon(), w.openDialog),
		widget.NewButtonWithIcon("Join a study from a package …", theme.DownloadIcon(), w.joinDialog))
	left := container.NewVBox(icon, title, wrapped("Interview cooperatives, mutual societies, associations, foundations, self-help groups and social enterprises; see them on the map; put everybody's work together. All of it offline."), ways)
	w.body.Objects = []fyne.CanvasObject{container.NewPadded(container.NewPadded(container.NewGridWithColumns(2, left, w.recent())))}
	w.body.Refresh()
	w.say("Nothing leaves this laptop unless you make a package or an export.")
	w.win.Canvas().Focus(open)
}

func (w *Window) recent() fyne.CanvasObject {
	head := widget.NewLabelWithStyle("Recent studies", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	box := container.NewVBox(head)
	for _, dir := range fyne.CurrentApp().Preferences().StringList("recent") {
		if _, err := os.Stat(filepath.Join(dir, study.FileName)); err != nil {
			continue
		}
		b := widget.NewButtonWithIcon(cut(filepath.Base(dir), 28)+"   "+cutFront(filepath.Dir(dir), 28), theme.FolderIcon(), func() { w.open(dir) })
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	if len(box.Objects) == 1 {
		box.Add(wrapped("Studies that you open appear here. The example is a good first look: about sixty fictional organizations in Nepal, the Philippines and the Republic of Korea."))
	}
	return box
}

// cutFront keeps the end of a text: of a path that is what tells it from others.
func cutFront(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return "…" + string(r[len(r)-n+1:])
	}
	return s
}

// example opens the example, and makes it first where it is not there yet.
func (w *Window) example() {
	dir := filepath.Join(home(), "Example")
	if _, err := os.Stat(filepath.Join(dir, study.FileName)); err == nil {
		w.open(dir)
		return
	}
	background(w, "Making the example: sixty fictional organizations are interviewed", func(ctx context.Context) (string, error) {
		if err := os.MkdirAll(home(), 0o755); err != nil {
			return "", err
		}
		m, err := job.Example(ctx, dir, job.ExampleOptions{})
		if err != nil {
			return "", err
		}
		return m.Study, nil
	}, w.open)
}

// newStudyDialog asks what a study needs: four fields with defaults.
func (w *Window) newStudyDialog() {
	name, who, where, form := widget.NewEntry(), widget.NewEntry(), widget.NewEntry(), widget.NewEntry()
	name.SetPlaceHolder("Mapping the SSE landscape in …")
	who.SetPlaceHolder("code or name of who works on this laptop")
	form.SetPlaceHolder("empty: the SSE unit questionnaire")
	where.SetText(home())
	countries := widget.NewEntry()
	countries.SetPlaceHolder("three-letter codes: NPL, KOR …")
	items := []*widget.FormItem{widget.NewFormItem("Name", name), widget.NewFormItem("Countries", countries), widget.NewFormItem("Researcher", who),
		widget.NewFormItem("Questionnaire (.xlsx)", form), widget.NewFormItem("Folder", where)}
	d := dialog.NewForm("New study", "Make the study", "Not now", items, func(ok bool) {
		if !ok {
			return
		}
		n := job.NewStudy{Name: name.Text, Researcher: who.Text, Form: strings.TrimSpace(form.Text)}
		n.Countries = strings.FieldsFunc(strings.ToUpper(countries.Text), func(r rune) bool { return r == ',' || r == ' ' })
		dir := filepath.Join(where.Text, folderName(name.Text))
		background(w, "Making the study", func(ctx context.Context) (*job.Study, error) { return job.Create(ctx, dir, n) }, w.enter)
	}, w.win)
	d.Resize(fyne.NewSize(640, 360))
	d.Show()
	w.win.Canvas().Focus(name)
}

// folderName makes a name that every file system takes.
func folderName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < 32 {
			return '-'
		}
		return r
	}, strings.TrimSpace(s))
	if s == "" || strings.Trim(s, ".") == "" {
		return "Study"
	}
	return s
}

// pathDialog asks for a path, typed, pasted or chosen; more is asked below it.
func (w *Window) pathDialog(title, label, text string, folder bool, do func(path string), more ...*widget.FormItem) {
	path := view.NewField(false)
	path.SetText(text)
	choose := widget.NewButtonWithIcon("", theme.FolderOpenIcon(), func() {
		if folder {
			dialog.ShowFolderOpen(func(u fyne.ListableURI, err error) {
				if err == nil && u != nil {
					path.SetText(u.Path())
				}
			}, w.win)
			return
		}
		dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
			if err == nil && r != nil {
				path.SetText(r.URI().Path())
				r.Close()
			}
		}, w.win)
	})
	items := append([]*widget.FormItem{widget.NewFormItem("Path", container.NewBorder(nil, nil, nil, choose, path))}, more...)
	d := dialog.NewForm(title, label, "Not now", items, func(ok bool) {
		if ok && strings.TrimSpace(path.Text) != "" {
			do(strings.TrimSpace(path.Text))
		}
	}, w.win)
	path.Keys = escape(d.Hide)
	path.OnSubmitted = func(string) { d.Submit() }
	d.Resize(fyne.NewSize(640, 180))
	d.Show()
	w.win.Canvas().Focus(path)
}

func (w *Window) openDialog() {
	w.pathDialog("Open a study", "Open the study", home(), true, w.open)
}

func (w *Window) joinDialog() {
	file, who, where := widget.NewEntry(), widget.NewEntry(), widget.NewEntry()
	where.SetText(filepath.Join(home(), "Joined study"))
	d := dialog.NewForm("Join a study from a package", "Join the study", "Not now",
		[]*widget.FormItem{widget.NewFormItem("Package", file), widget.NewFormItem("Researcher", who), widget.NewFormItem("New folder", where)}, func(ok bool) {
			if !ok {
				return
			}
			unlocked(w, "Reading the package", func(ctx context.Context, k job.Keys) (*job.Study, error) {
				return job.Join(ctx, where.Text, file.Text, who.Text, k)
			}, w.enter)
		}, w.win)
	d.Resize(fyne.NewSize(640, 260))
	d.Show()
	w.win.Canvas().Focus(file)
}

func (w *Window) aboutDialog() {
	text := "SSE Landscape maps the social and solidarity economy, offline.\n\nBoundaries: " + job.Atlas().Source + ". " +
		"Places: GeoNames, CC BY 4.0. Font: Noto, SIL Open Font License 1.1. Program: Apache-2.0."
	d := dialog.NewCustom("About", "Close", wrapped(text), w.win)
	d.Resize(fyne.NewSize(560, 260))
	d.Show()
}
