package paint

import "image"

// coverage is the pixels that are taken, so that no label is written there.
type coverage struct {
	size  image.Rectangle
	words int // of a row
	bits  []uint64
}

func newCoverage(size image.Rectangle) *coverage {
	words := (size.Dx() + 63) / 64
	return &coverage{size, words, make([]uint64, words*size.Dy())}
}

// take takes a rectangle, as far as it lies in the picture.
func (c *coverage) take(r image.Rectangle) {
	c.each(r, func(word *uint64, mask uint64) bool { *word |= mask; return true })
}

// free says whether nothing of a rectangle is taken.
func (c *coverage) free(r image.Rectangle) bool {
	return c.each(r, func(word *uint64, mask uint64) bool { return *word&mask == 0 })
}

// each goes through the words of a rectangle until one is refused.
func (c *coverage) each(r image.Rectangle, do func(word *uint64, mask uint64) bool) bool {
	r = r.Intersect(c.size)
	if r.Empty() {
		return true
	}
	from, to := r.Min.X/64, (r.Max.X-1)/64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for i := from; i <= to; i++ {
			mask := ^uint64(0)
			if i == from {
				mask <<= r.Min.X % 64
			}
			if i == to {
				mask &= ^uint64(0) >> (63 - (r.Max.X-1)%64)
			}
			if !do(&c.bits[y*c.words+i], mask) {
				return false
			}
		}
	}
	return true
}

func (c *canvas) take(r image.Rectangle) { c.taken.take(r) }

func (c *canvas) free(r image.Rectangle) bool { return c.taken.free(r) }
