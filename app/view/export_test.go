package view

import "time"

// Between, Distance, Area, LengthText and AreaText are for laws and tables.
var (
	Between    = between
	Distance   = distance
	Area       = area
	LengthText = lengthText
	AreaText   = areaText
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
