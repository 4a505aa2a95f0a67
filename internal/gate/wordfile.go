package gate

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
)

// The file of words is a cache: for each blob that was read the sorted hashes of
// its words, so that the next process reads trees and no files. Little-endian:
// magic, length of an id in bytes, then for each blob its id, the number of its
// words and the words, and a CRC-32C of all before it.
const wordsMagic = "backstay words 1"

// maxWordFile bounds the file in bytes.
const maxWordFile = 128 << 20

// wordStore has the words of blobs by raw id, in two generations as in cache.
type wordStore struct {
	rawLen    int
	sets, old map[string]wordSet
	size      int // of sets, in bytes of the file
	fresh     int // sets that the file does not have
}

func newWordStore(rawLen int) *wordStore {
	return &wordStore{rawLen: rawLen, sets: map[string]wordSet{}}
}

func (w *wordStore) get(raw string) (wordSet, bool) {
	set, ok := w.sets[raw]
	if !ok {
		if set, ok = w.old[raw]; ok {
			w.add(raw, set)
		}
	}
	return set, ok
}

func (w *wordStore) put(raw string, set wordSet) {
	w.add(raw, set)
	w.fresh++
}

func (w *wordStore) add(raw string, set wordSet) {
	n := len(raw) + 4 + 4*len(set)
	if w.size += n; w.size > maxWordFile/3 {
		w.old, w.sets, w.size = w.sets, map[string]wordSet{}, n
	}
	w.sets[raw] = set
}

func (w *wordStore) encode() []byte {
	b := make([]byte, 0, w.size+64)
	b = append(b, wordsMagic...)
	b = append(b, byte(w.rawLen))
	all := maps.Clone(w.old)
	if all == nil {
		all = map[string]wordSet{}
	}
	maps.Copy(all, w.sets)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		b = append(b, id...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(all[id])))
		for _, x := range all[id] {
			b = binary.LittleEndian.AppendUint32(b, x)
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// parseWords reads the file's bytes, nil if anything is wrong with them.
func parseWords(b []byte, rawLen int) *wordStore {
	head := len(wordsMagic) + 1
	if len(b) < head+4 || len(b) > maxWordFile || !bytes.HasPrefix(b, []byte(wordsMagic)) || int(b[head-1]) != rawLen {
		return nil
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) != sum {
		return nil
	}
	w := newWordStore(rawLen)
	all := make([]uint32, 0, len(body)/4)
	for body = body[head:]; len(body) > 0; {
		if len(body) < rawLen+4 {
			return nil
		}
		id, n := string(body[:rawLen]), binary.LittleEndian.Uint32(body[rawLen:])
		body = body[rawLen+4:]
		if n > math.MaxInt32/4 || len(body) < 4*int(n) {
			return nil
		}
		start := len(all)
		for i := range int(n) {
			all = append(all, binary.LittleEndian.Uint32(body[4*i:]))
		}
		body = body[4*int(n):]
		w.add(id, all[start:len(all):len(all)])
	}
	return w
}

func loadWords(file string, rawLen int) *wordStore {
	if file != "" {
		if st, err := os.Stat(file); err == nil && st.Mode().IsRegular() && st.Size() <= maxWordFile {
			if b, err := os.ReadFile(file); err == nil {
				if w := parseWords(b, rawLen); w != nil {
					return w
				}
			}
		}
	}
	return newWordStore(rawLen)
}

// minFresh is how many new sets are worth writing the file again.
const minFresh = 64

// Save keeps for the next process what this one read, where Options.Words names
// a file. What cannot be written is read again.
func (c *Checker) Save() {
	c.wordsMu.Lock()
	defer c.wordsMu.Unlock()
	if w := c.stored; w != nil && w.fresh >= minFresh && strings.TrimSpace(c.opts.Words) != "" {
		replaceFile(c.opts.Words, w.encode())
		w.fresh = 0
	}
}

// storedWords are the words of a blob as a process before this one, or another
// question, read them.
func (c *Checker) storedWords(raw string) (wordSet, bool) {
	c.wordsMu.Lock()
	defer c.wordsMu.Unlock()
	if c.stored == nil {
		c.stored = loadWords(c.opts.Words, c.objects.Format.RawLen())
	}
	return c.stored.get(raw)
}

func (c *Checker) storeWords(raw string, set wordSet) {
	c.wordsMu.Lock()
	defer c.wordsMu.Unlock()
	c.stored.put(raw, set)
}
