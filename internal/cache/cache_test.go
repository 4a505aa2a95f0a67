package cache

import (
	"testing"

	"pgregory.net/rapid"
)

// What is asked for again and again stays, what nobody asks for goes.
func TestGenerations(t *testing.T) {
	t.Parallel()
	c := New[int, string](2 * 10 * (100 + overhead))
	c.Put(0, "wanted", 100)
	for i := 1; i < 100; i++ {
		c.Put(i, "", 100)
		if v, ok := c.Get(0); !ok || v != "wanted" {
			t.Fatalf("gone after %d others", i)
		}
	}
	if _, ok := c.Get(1); ok {
		t.Error("the first of a hundred is still there")
	}
	if _, ok := c.Get(99); !ok {
		t.Error("the last is not")
	}
}

// A cache gives what was put last or nothing, and keeps to its bound.
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 5000).Draw(t, "limit")
		c := New[int, int](limit)
		put := map[int]int{}
		most := 0
		for i, key := range rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "keys") {
			if v, ok := c.Get(key); ok && v != put[key] {
				t.Fatalf("%d: %d, want %d", key, v, put[key])
			}
			size := rapid.IntRange(0, 2000).Draw(t, "size")
			c.Put(key, i, size)
			put[key], most = i, max(most, size+overhead)
			kept := 0
			for _, g := range []map[int]sized[int]{c.young, c.old} {
				for _, s := range g {
					kept += s.bytes
				}
			}
			if kept > limit+2*most {
				t.Fatalf("%d bytes are kept of %d", kept, limit)
			}
			if v, ok := c.Get(key); !ok || v != i {
				t.Fatal("what was just put is gone")
			}
		}
	})
}
