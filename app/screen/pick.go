package screen

import (
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"
	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/maps/tile"
)

// streets is the zoom at which a place that is known is shown.
const streets = 11

// pickOnMap lets a position be chosen: by a click, or by moving the map under the
// cross in its middle and Enter. The position comes back as it is stored.
func (p *interviewPage) pickOnMap(start string, done func(stored string)) {
	scene := p.w.study.Scene(nil, 800, 600)
	scene.Title = ""
	m := view.NewMap(job.Face(), p.w.study.Painter(), scene, func(w, h int) tile.View {
		v := p.w.study.Scene(nil, w, h).View
		if at, ok := lonLat(start); ok {
			v.Center, v.Zoom = at, streets
		}
		return v
	})
	var d *dialog.CustomDialog
	take := func(at orb.Point) {
		d.Hide()
		done(fmt.Sprintf("%.6f %.6f 0.0 0.0", at.Lat(), at.Lon()))
		p.w.win.Canvas().Focus(p.editor.focus())
	}
	m.OnPicked = take
	m.SetMode(view.PickPlace)
	m.Keys = func(k fyne.KeyName, _ bool) bool {
		if k != fyne.KeyEscape {
			return false
		}
		d.Hide()
		return true
	}
	help := widget.NewLabel("Click the place, or bring it under the cross by arrows, + and -, and press Enter.")
	body := container.NewBorder(nil, help, nil, nil, m)
	d = dialog.NewCustom("Where is it?", "Take none", body, p.w.win)
	size := p.w.win.Canvas().Size()
	d.Resize(fyne.NewSize(size.Width*0.86, size.Height*0.86))
	d.Show()
	p.w.win.Canvas().Focus(m)
}

// lonLat reads a stored position.
func lonLat(stored string) (orb.Point, bool) {
	f := strings.Fields(stored)
	if len(f) < 2 {
		return orb.Point{}, false
	}
	lat, err := strconv.ParseFloat(f[0], 64)
	lon, err2 := strconv.ParseFloat(f[1], 64)
	return orb.Point{lon, lat}, err == nil && err2 == nil
}

// whoElse says, while the name of a unit is typed, which units have a name like it.
func (p *interviewPage) whoElse() func(string) view.Reading {
	var known *job.Lookout
	return func(s string) view.Reading {
		r := view.Reading{Stored: s}
		if known == nil {
			var err error
			if known, err = p.w.study.Lookout(); err != nil {
				p.w.fail(err)
				known = &job.Lookout{}
			}
		}
		var like []string
		for _, u := range known.Like(s, p.iv.Unit) {
			like = append(like, fmt.Sprintf("%s (%s)", u.Name, job.Where(u)))
		}
		if len(like) > 0 {
			r.Words = "Is it one of these? " + strings.Join(like, " · ")
		}
		return r
	}
}
