package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

type entry struct{ Text string }

func TestCache(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache")
	c := newCache(dir, false)
	key, err := cacheKey("tree", Platform{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := cacheKey("tree", Platform{Name: "a", Env: []string{"A=1"}})
	if err != nil || other == key || len(key) != 64 {
		t.Fatalf("keys %q and %q, %v", key, other, err)
	}
	var got entry
	if c.get(key, &got) {
		t.Fatal("an empty cache has an entry")
	}
	c.put(key, entry{"hello"})
	if !c.get(key, &got) || got.Text != "hello" {
		t.Fatalf("got %+v", got)
	}
	if c.get(other, &got) {
		t.Error("another key has the entry, too")
	}

	distrustful := newCache(dir, true)
	if distrustful.get(key, &got) {
		t.Error("an entry of others is believed")
	}
	distrustful.put(key, entry{"new"})
	if !distrustful.get(key, &got) || got.Text != "new" {
		t.Errorf("its own entry is not believed: %+v", got)
	}
	c.drop(key)
	if c.get(key, &got) {
		t.Error("a dropped entry is still there")
	}

	none := newCache("", false)
	none.put(key, entry{"x"})
	if none.get(key, &got) {
		t.Error("no cache has an entry")
	}
}

func TestCacheDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newCache(dir, false)
	text := "some text that is long enough to be compressed, compressed, compressed"
	c.put("k", entry{text})
	path := filepath.Join(dir, "k"+entrySuffix)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got entry
	for i := range whole {
		if err := os.WriteFile(path, whole[:i], 0o600); err != nil {
			t.Fatal(err)
		}
		if c.get("k", &got) {
			t.Fatalf("an entry cut off at %d of %d bytes is believed", i, len(whole))
		}
	}
	for i := 10; i < len(whole); i++ { // behind gzip's header, whose flags and time mean nothing here
		bad := append([]byte(nil), whole...)
		bad[i] ^= 0x20
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		// A bit that only fills up a byte changes nothing.
		if c.get("k", &got) && got.Text != text {
			t.Fatalf("an entry with byte %d changed is believed: %q", i, got.Text)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "e")
	if err := os.WriteFile(elsewhere, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, path); err != nil {
		t.Skip(err)
	}
	if c.get("k", &got) {
		t.Error("a link is followed")
	}
}

func TestCacheBounds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newCache(dir, false)
	c.entries = 3
	past := time.Now().Add(-2 * staleTemp)
	temp := filepath.Join(dir, tempPrefix+"1")
	if err := os.WriteFile(temp, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(temp, past, past); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		c.put(fmt.Sprint(i), entry{fmt.Sprint(i)})
		when := past.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, fmt.Sprint(i)+entrySuffix), when, when); err != nil {
			t.Fatal(err)
		}
	}
	var got entry
	for i := range 5 {
		if has := c.get(fmt.Sprint(i), &got); has != (i >= 2) {
			t.Errorf("entry %d is there: %v", i, has)
		}
	}
	if _, err := os.Stat(temp); !os.IsNotExist(err) {
		t.Error("a half-written file of a dead process stays")
	}
	c.bytes = 1
	c.put("last", entry{"x"})
	if list, _ := os.ReadDir(dir); len(list) > 1 {
		t.Errorf("%d files stay in a cache of one byte", len(list))
	}

	var group sync.WaitGroup
	c = newCache(t.TempDir(), false)
	for i := range 8 {
		group.Go(func() {
			for range 5 {
				c.put("same", entry{"same"})
				var got entry
				if !c.get("same", &got) || got.Text != "same" {
					t.Errorf("writer %d reads %+v", i, got)
				}
			}
		})
	}
	group.Wait()
}
