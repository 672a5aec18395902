package view_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sselandscape/app/view"
	"sselandscape/maps/layer"
	painting "sselandscape/maps/paint"
)

// TestMapGolden compares what is drawn over open sea with pictures in testdata.
func TestMapGolden(t *testing.T) {
	hover := func(m *view.Map, x, y float32) {
		m.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}})
	}
	along := func(m *view.Map, spots ...[2]float32) {
		for _, s := range spots {
			click(m, s[0], s[1])
		}
	}
	cases := map[string]struct {
		theme fyne.Theme
		do    func(m *view.Map)
	}{
		"map-measure-light": {view.NewTheme(false), func(m *view.Map) {
			keys(m, "m")
			along(m, [2]float32{80, 300}, [2]float32{200, 120}, [2]float32{230, 140}, [2]float32{430, 300})
			hover(m, 500, 90)
		}},
		"map-measured-dark": {view.NewTheme(true), func(m *view.Map) {
			keys(m, "m")
			along(m, [2]float32{80, 300}, [2]float32{200, 120}, [2]float32{460, 150}, [2]float32{430, 330})
			keys(m, "c")
		}},
		"map-far-light": {view.NewTheme(false), func(m *view.Map) {
			m.LookAt(m.Middle(), 2)
			keys(m, "m")
			along(m, [2]float32{60, 80}, [2]float32{540, 90})
			keys(m, fyne.KeyReturn)
		}},
		"map-rectangle-light": {view.NewTheme(false), func(m *view.Map) { keys(m, "r"); drag(m, 150, 80, 480, 290, 0) }},
		"map-rectangle-dark":  {view.NewTheme(true), func(m *view.Map) { keys(m, "r", fyne.KeyReturn, fyne.KeyRight, fyne.KeyRight, fyne.KeyDown) }},
		"map-polygon-light": {view.NewTheme(false), func(m *view.Map) {
			keys(m, "p")
			along(m, [2]float32{100, 100}, [2]float32{420, 60}, [2]float32{520, 240}, [2]float32{300, 180}, [2]float32{120, 340})
			keys(m, fyne.KeyReturn, fyne.KeyEscape)
		}},
		"map-polygon-dark": {view.NewTheme(true), func(m *view.Map) {
			keys(m, "p")
			along(m, [2]float32{100, 100}, [2]float32{420, 60}, [2]float32{520, 240})
			hover(m, 250, 320)
		}},
		"map-pick-large": {&large{view.NewTheme(false)}, func(m *view.Map) { m.SetMode(view.PickPlace); m.SetScene(painting.Scene{Furniture: true}) }},
		"map-ring-dark": {view.NewTheme(true), func(m *view.Map) {
			m.SetScene(painting.Scene{Layers: []layer.Layer{units()}})
			m.Settle()
			keys(m, fyne.KeyTab)
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, w := mapOf(t, sea(), painting.Scene{})
			fyne.CurrentApp().Settings().SetTheme(c.theme)
			logged(m)
			c.do(m)
			w.Canvas().Capture() // which sees the colours
			m.Settle()
			compare(t, name, w.Canvas().Capture())
		})
	}
}
