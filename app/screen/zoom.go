package screen

import (
	"math"
	"os"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"sselandscape/app/view"
)

// zooms are the sizes in which everything can show, in percent; the window system
// rounds to tenths.
var zooms = []int{80, 90, 100, 110, 120, 130, 150, 170, 200}

// scaleVariable is where the window system is told how large everything is; it is
// read when a window opens and when the theme changes.
const scaleVariable = "FYNE_SCALE"

// Zoom shows everything as large as was chosen last. Windows must not be open yet.
func Zoom(a fyne.App) { rescale(100, zoomOf(a)) }

func zoomOf(a fyne.App) int { return a.Preferences().IntWithFallback("zoom", 100) }

// rescale changes how large everything is, on top of what the person's system says.
func rescale(from, to int) {
	now, err := strconv.ParseFloat(os.Getenv(scaleVariable), 32)
	if err != nil || now <= 0 {
		if from == to {
			return
		}
		now = 1
	}
	os.Setenv(scaleVariable, strconv.FormatFloat(now*float64(to)/float64(from), 'f', 4, 32))
}

// zoom shows everything larger (1), smaller (-1) or as it was at first (0), in a
// window of the size it has.
func (w *Window) zoom(by int) {
	a := fyne.CurrentApp()
	from := zoomOf(a)
	i := slices.Index(zooms, 100)
	if by != 0 {
		at, _ := slices.BinarySearch(zooms, from)
		i = max(0, min(at+by, len(zooms)-1))
	}
	to := zooms[i]
	w.say("Everything shows at %d %%.", to)
	if to == from {
		return
	}
	a.Preferences().SetInt("zoom", to)
	rescale(from, to)
	// The window system keeps the size in points when the scale changes and makes the
	// window larger. Told before what the size in points will be, it keeps the window.
	part := float32(from) / float32(to)
	if c, ok := w.win.Canvas().(interface{ Resize(fyne.Size) }); ok {
		size := w.win.Canvas().Size()
		round := func(x float32) float32 { return float32(math.Round(float64(x))) }
		c.Resize(fyne.NewSize(round(size.Width*part), round(size.Height*part)))
	}
	a.Settings().SetTheme(view.NewTheme(view.IsDark()))
}

// zoomItems are the lines of the menu that make everything larger or smaller.
func (w *Window) zoomItems() []*fyne.MenuItem {
	return []*fyne.MenuItem{
		w.act("view.larger", "Larger", ctrl(fyne.KeyEqual), func() { w.zoom(1) }),
		w.act("view.smaller", "Smaller", ctrl(fyne.KeyMinus), func() { w.zoom(-1) }),
		w.act("view.usual", "Usual size", ctrl(fyne.Key0), func() { w.zoom(0) }),
	}
}
