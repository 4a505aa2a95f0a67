package cache

import "sync"

// Cache keeps values by key.
type Cache[K comparable, V any] struct {
	mu         sync.Mutex
	limit      int // bytes per generation
	size       int // of the young one
	young, old map[K]sized[V]
}

type sized[V any] struct {
	value V
	bytes int
}

// overhead is what an entry takes besides its value, in bytes: the key, an id
// mostly, and its place in the map.
const overhead = 128

// New makes a cache that keeps so many bytes.
func New[K comparable, V any](limit int) *Cache[K, V] {
	return &Cache[K, V]{limit: limit / 2, young: map[K]sized[V]{}, old: map[K]sized[V]{}}
}

// Get gives the value of a key; ok is false where it is not kept.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
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

// Put keeps a value that takes so many bytes.
func (c *Cache[K, V]) Put(key K, value V, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(key, sized[V]{value, bytes + overhead})
}

// add puts into the young generation; the caller holds the lock.
func (c *Cache[K, V]) add(key K, s sized[V]) {
	c.size += s.bytes - c.young[key].bytes
	if c.size > c.limit {
		c.old, c.young, c.size = c.young, map[K]sized[V]{}, s.bytes
	}
	c.young[key] = s
}
