package gate

import "sync"

// cache keeps values within a bound of bytes. It has two generations: when the
// young one is full it becomes the old one and the old one goes; what is used
// again moves to the young one.
type cache[K comparable, V any] struct {
	mu         sync.Mutex
	limit      int // bytes per generation
	size       int // of the young one
	young, old map[K]sized[V]
}

type sized[V any] struct {
	value V
	bytes int
}

func newCache[K comparable, V any](limit int) *cache[K, V] {
	return &cache[K, V]{limit: limit / 2, young: map[K]sized[V]{}, old: map[K]sized[V]{}}
}

func (c *cache[K, V]) get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.young[key]
	if !ok {
		if s, ok = c.old[key]; ok {
			c.add(key, s)
		}
	}
	return s.value, ok
}

// put keeps a value that takes so many bytes.
func (c *cache[K, V]) put(key K, value V, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(key, sized[V]{value, bytes})
}

// add puts into the young generation; the caller holds the lock.
func (c *cache[K, V]) add(key K, s sized[V]) {
	if c.size += s.bytes; c.size > c.limit {
		c.old, c.young, c.size = c.young, map[K]sized[V]{}, s.bytes
	}
	c.young[key] = s
}
