package text

import "cmp"

// maxCached bounds each generation of a cache of layouts or masks, maxShapes one of
// shapes: these are needed again where a text is laid out for another width or size.
const (
	maxCached = 4096
	maxShapes = 512
)

// cache remembers what was asked for lately: what is not asked for while a whole
// generation of others is, is forgotten. The zero cache is empty.
type cache[K comparable, V any] struct {
	most       int // 0: maxCached
	young, old map[K]V
}

func (c *cache[K, V]) get(k K) (V, bool) {
	if v, ok := c.young[k]; ok {
		return v, true
	}
	v, ok := c.old[k]
	if ok {
		c.put(k, v)
	}
	return v, ok
}

func (c *cache[K, V]) put(k K, v V) {
	if c.young == nil || len(c.young) >= cmp.Or(c.most, maxCached) {
		c.young, c.old = make(map[K]V), c.young
	}
	c.young[k] = v
}
