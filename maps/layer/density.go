package layer

import (
	"math"
	"strconv"
)

// Density is units counted in the cells of a grid, where there are too many to draw
// each. What is in a cell depends on the zoom; so does the legend.
type Density struct {
	Title  string
	Units  *Points
	Side   float64 // of a cell in points; 0 is 4
	Scheme Scheme
}

func (*Density) layer() {}

// Legend implements Layer: what it says depends on the view; painters write the lines
// of [Density.Classes].
func (d *Density) Legend() []Entry { return nil }

// CellSide is the side of a cell in points.
func (d *Density) CellSide() float64 {
	if d.Side > 0 {
		return d.Side
	}
	return 4
}

// Classes are where classes of counts begin if the fullest cell holds most units: five
// at most, each about as many times the one before. The first is 1.
func (d *Density) Classes(most int) []int {
	if most < 1 {
		return nil
	}
	const classes = 5
	out := []int{1}
	for i := 1; i < classes; i++ {
		b := oneDigit(math.Pow(float64(most), float64(i)/classes))
		if b > out[len(out)-1] && b <= most {
			out = append(out, b)
		}
	}
	return out
}

// oneDigit rounds to a digit and zeros.
func oneDigit(v float64) int {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	return int(math.Round(v/power) * power)
}

// ClassTexts are the classes in words.
func (d *Density) ClassTexts(classes []int, most int) []string {
	var out []string
	for i, from := range classes {
		to := most
		if i+1 < len(classes) {
			to = classes[i+1] - 1
		}
		text := strconv.Itoa(from)
		if to > from {
			text += " – " + strconv.Itoa(to)
		}
		out = append(out, text)
	}
	return out
}
