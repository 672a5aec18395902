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
	r = r.Intersect(c.size)
	for x := r.Min.X; x < r.Max.X; {
		word, mask, end := bitsFrom(x, r.Max.X)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			c.bits[y*c.words+word] |= mask
		}
		x = end
	}
}

// free says whether nothing of a rectangle is taken.
func (c *coverage) free(r image.Rectangle) bool {
	r = r.Intersect(c.size)
	for x := r.Min.X; x < r.Max.X; {
		word, mask, end := bitsFrom(x, r.Max.X)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			if c.bits[y*c.words+word]&mask != 0 {
				return false
			}
		}
		x = end
	}
	return true
}

// bitsFrom is the part of a row's word from x, as far as it goes up to a limit.
func bitsFrom(x, limit int) (word int, mask uint64, end int) {
	word = x / 64
	end = min(64*(word+1), limit)
	return word, ^uint64(0) << (x - 64*word) & (^uint64(0) >> (64*(word+1) - end)), end
}

func (c *canvas) take(r image.Rectangle) { c.taken.take(r) }

func (c *canvas) free(r image.Rectangle) bool { return c.taken.free(r) }
