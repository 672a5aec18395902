package view

import (
	"image"
	"time"

	"fyne.io/fyne/v2"

	"sselandscape/maps/tile"
)

// Between, Distance, Area, LengthText AreaText and Stretch are for laws and tables.
var (
	Between    = between
	Distance   = distance
	Area       = area
	LengthText = lengthText
	AreaText   = areaText
	Stretch    = stretch
)

// Settle waits until all pictures of a map are painted.
func (m *Map) Settle() {
	m.pump()
	for m.cancel != nil {
		m.take(<-m.done)
		m.pump()
	}
}

// SetClock lets a test say what time it is.
func (m *Map) SetClock(now func() time.Time) { m.now = now }

// Slow says whether the map shows that it is drawing.
func (m *Map) Slow() bool { return m.slow }

// Glide lets a map be on its way to a view, on which the screen in memory spends no time.
func (m *Map) Glide(to tile.View) { m.goal, m.glide = to, &fyne.Animation{} }

// Asleep lets a map not be woken by its painter: on the screen in memory that would happen
// beside the test.
func (m *Map) Asleep() { m.wake = func() {} }

// Wanted is how many pictures are to be painted still.
func (m *Map) Wanted() (n int) {
	for p := range parts {
		if _, ok := m.wish(p); ok {
			n++
		}
	}
	return n
}

// Draw puts together what is seen.
func (m *Map) Draw(img *image.RGBA, scale float32) { m.draw(img, scale) }
