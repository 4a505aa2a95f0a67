package place

import "sync"

// cache keeps values by object id within a bound of bytes. It has two
// generations: when the young one is full it becomes the old one and the old
// one goes; what is used again moves to the young one.
type cache[V any] struct {
	limit int // bytes per generation

	mu         sync.Mutex
	young, old map[string]sized[V]
	size       int
}

type sized[V any] struct {
	value V
	size  int
}

func newCache[V any](limit int) *cache[V] {
	return &cache[V]{limit: limit / 2, young: map[string]sized[V]{}, old: map[string]sized[V]{}}
}

func (c *cache[V]) get(id string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.young[id]
	if !ok {
		if s, ok = c.old[id]; ok {
			c.keep(id, s)
		}
	}
	return s.value, ok
}

// put keeps a value of so many bytes.
func (c *cache[V]) put(id string, value V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(id, sized[V]{value, size + len(id) + 64})
}

// keep puts a value into the young generation; the caller holds the lock.
func (c *cache[V]) keep(id string, s sized[V]) {
	if _, known := c.young[id]; known {
		return
	}
	if c.size += s.size; c.size > c.limit {
		c.old, c.young, c.size = c.young, map[string]sized[V]{}, s.size
	}
	c.young[id] = s
}
