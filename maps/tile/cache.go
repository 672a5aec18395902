package tile

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// Cached gives the tiles of a source and keeps those that were used last, at most n. That
// a tile is not there is kept, too; a failure is not.
func Cached(s Source, n int) Source {
	return &cache{Source: s, most: max(n, 1), order: list.New(), by: map[ID]*list.Element{}}
}

type cache struct {
	Source
	most  int
	mu    sync.Mutex
	order *list.List // of *cached, the newest first
	by    map[ID]*list.Element
}

// cached is a tile, nil where there is none.
type cached struct {
	id   ID
	tile *Tile
}

// Tile implements Source.
func (c *cache) Tile(ctx context.Context, id ID) (*Tile, error) {
	if t, ok := c.kept(id); ok {
		if t == nil {
			return nil, ErrNone
		}
		return t, nil
	}
	t, err := c.Source.Tile(ctx, id)
	if err == nil || errors.Is(err, ErrNone) {
		c.keep(id, t)
	}
	return t, err
}

func (c *cache) kept(id ID) (*Tile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.by[id]
	if e == nil {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).tile, true
}

func (c *cache) keep(id ID, t *Tile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by[id] != nil { // another goroutine was as quick
		return
	}
	c.by[id] = c.order.PushFront(&cached{id, t})
	if c.order.Len() > c.most {
		last := c.order.Back()
		delete(c.by, c.order.Remove(last).(*cached).id)
	}
}
