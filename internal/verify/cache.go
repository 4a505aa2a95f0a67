package verify

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// cacheVersion is part of every key: it grows when what is stored, or what is
	// made of the same output, changes.
	cacheVersion = 4
	// maxEntry bounds an entry, in bytes of JSON.
	maxEntry = 64 << 20
	// cacheEntries and cacheBytes bound what the folder holds.
	cacheEntries = 4096
	cacheBytes   = 512 << 20
	// staleTemp is how old a half-written file is that nobody writes any more.
	staleTemp = time.Hour
)

const (
	entrySuffix = ".json.gz"
	tempPrefix  = "tmp-"
)

// A cache keeps results by what they are results of. An entry is a file of
// compressed JSON whose name is its key; one that is damaged is as good as
// none, which gzip's checksum tells. A cache that can't be read or written
// costs time and nothing else, so that its errors are nobody's.
type cache struct {
	dir string // "" for none
	// distrust leaves out what others wrote: only entries in own are read.
	distrust       bool
	entries, bytes int64

	mu  sync.Mutex
	own map[string]bool
}

func newCache(dir string, distrust bool) *cache {
	return &cache{dir: dir, distrust: distrust, entries: cacheEntries, bytes: cacheBytes, own: map[string]bool{}}
}

// cacheKey is the SHA-256 of the values' JSON, in which the fields of structs
// are in a fixed order and the keys of maps sorted.
func cacheKey(values ...any) (string, error) {
	h := sha256.New()
	e := json.NewEncoder(h)
	for _, v := range append([]any{cacheVersion}, values...) {
		if err := e.Encode(v); err != nil {
			return "", fmt.Errorf("make key: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// get reads an entry into v, and says whether there is one.
func (c *cache) get(key string, v any) bool {
	if c.dir == "" || c.distrust && !c.owns(key) {
		return false
	}
	path := filepath.Join(c.dir, key+entrySuffix)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return false
	}
	text, err := io.ReadAll(io.LimitReader(z, maxEntry+1))
	if err != nil || len(text) > maxEntry || json.Unmarshal(text, v) != nil {
		return false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // the oldest are those that nobody asked for
	return true
}

func (c *cache) owns(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.own[key]
}

// put writes an entry: whole, or not at all.
func (c *cache) put(key string, v any) {
	text, err := json.Marshal(v)
	if c.dir == "" || err != nil || len(text) > maxEntry || os.MkdirAll(c.dir, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(c.dir, tempPrefix)
	if err != nil {
		return
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is not there any more where all went well
	z := gzip.NewWriter(f)
	_, err = z.Write(text)
	if errors.Join(err, z.Close(), f.Sync(), f.Close()) != nil {
		return
	}
	if os.Rename(f.Name(), filepath.Join(c.dir, key+entrySuffix)) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.own[key] = true
	c.trim()
}

// drop removes an entry that turned out to be wrong.
func (c *cache) drop(key string) {
	if c.dir != "" {
		_ = os.Remove(filepath.Join(c.dir, key+entrySuffix))
	}
}

// trim keeps the folder within its bounds, and removes what killed processes
// left half-written.
func (c *cache) trim() {
	prune(c.dir, entrySuffix, c.entries, c.bytes)
	list, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, e := range list {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > staleTemp {
			_ = os.Remove(filepath.Join(c.dir, e.Name()))
		}
	}
}

// prune removes the oldest files of a folder whose names end in suffix until
// there are no more than so many, and no more than so many bytes.
func prune(dir, suffix string, most, bytes int64) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	var size int64
	for _, e := range list {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), suffix) {
			files = append(files, info)
			size += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for i := 0; i < len(files) && (int64(len(files)-i) > most || size > bytes); i++ {
		_ = os.Remove(filepath.Join(dir, files[i].Name()))
		size -= files[i].Size()
	}
}
