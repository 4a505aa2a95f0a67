package history

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"time"

	"backstay.dev/backstay/internal/git"
)

// The index file is little-endian: magic, version, identity of the repository,
// the columns one after the other, each as its number of elements and the
// elements, and a CRC-32C of all before it. Nothing of another version is
// converted, an index is quickly made again. A change to what package provenance
// reads out of a message is a new version, too.
const (
	magic   = "backstay history"
	version = 4
)

// identity tells repositories apart: object format, place of the objects, and
// what makes history look other than the objects say.
func identity(repo *git.Repo, store *git.Store) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", repo.Format, repo.Objects, store.Shape()))
}

// checksum is CRC-32C, which processors compute by themselves.
func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

type writer struct{ b []byte }

func (w *writer) u32(n uint32) { w.b = binary.LittleEndian.AppendUint32(w.b, n) }

func (w *writer) bytes(b []byte) {
	w.u32(uint32(len(b)))
	w.b = append(w.b, b...)
}

func put32[T ~int32 | ~uint32](w *writer, list []T) {
	w.u32(uint32(len(list)))
	at := len(w.b)
	w.b = append(w.b, make([]byte, 4*len(list))...)
	for i, v := range list {
		binary.LittleEndian.PutUint32(w.b[at+4*i:], uint32(v))
	}
}

func put64[T ~int64 | ~uint64](w *writer, list []T) {
	w.u32(uint32(len(list)))
	at := len(w.b)
	w.b = append(w.b, make([]byte, 8*len(list))...)
	for i, v := range list {
		binary.LittleEndian.PutUint64(w.b[at+8*i:], uint64(v))
	}
}

// encode writes the columns as a file.
func (c *columns) encode(identity [sha256.Size]byte) []byte {
	w := &writer{b: make([]byte, 0, 256+len(c.ids)+len(c.patchIDs)+c.len()*56+len(c.touched)*4+len(c.parents)*4+len(c.claims)*40)}
	w.b = append(w.b, magic...)
	w.u32(version)
	w.b = append(w.b, identity[:]...)
	w.bytes(c.ids)
	put32(w, c.parents)
	put32(w, c.parentEnd)
	put64(w, c.dates)
	put32(w, c.requests)
	put64(w, c.subjects)
	put64(w, c.works)
	put32(w, c.sorted)
	w.u32(uint32(len(c.dialects)))
	for _, d := range c.dialects {
		w.bytes([]byte(d))
	}
	w.u32(uint32(len(c.claims)))
	for _, l := range c.claims {
		w.u32(uint32(l.commit))
		w.u32(uint32(l.request))
		w.b = append(w.b, byte(l.kind), l.dialect, l.digits)
	}
	var ids []byte
	for _, l := range c.claims {
		ids = append(ids, l.id...)
	}
	w.bytes(ids)
	sigs := make([]uint64, len(c.sigs))
	for i, sig := range c.sigs {
		if sig != sigTried {
			sigs[i] = sig
		}
	}
	put64(w, sigs)
	put32(w, untried(c.slots))
	w.bytes(c.patchIDs)
	put32(w, untried(c.touchAt))
	put32(w, c.touched)
	w.u32(checksum(w.b))
	return w.b
}

// untried forgets what could not be computed: the next process tries again.
func untried(slots []int32) []int32 {
	out := make([]int32, len(slots))
	for i, slot := range slots {
		if out[i] = slot; slot == triedID {
			out[i] = unknownID
		}
	}
	return out
}

// errStale says that a file is not this repository's index, or damaged: it is
// made again.
var errStale = errors.New("not this repository's index")

// reader takes a file apart. After the first failure it gives zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad = true
	}
	if r.bad {
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// count reads a number of elements that take at least size bytes each.
func (r *reader) count(size int) int {
	n := int(r.u32())
	if n < 0 || n > len(r.b)/size {
		r.bad = true
		return 0
	}
	return n
}

func (r *reader) bytes() []byte { return r.take(r.count(1)) }

func get32[T ~int32 | ~uint32](r *reader) []T {
	n := r.count(4)
	b := r.take(4 * n)
	list := make([]T, len(b)/4)
	for i := range list {
		list[i] = T(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return list
}

func get64[T ~int64 | ~uint64](r *reader) []T {
	n := r.count(8)
	b := r.take(8 * n)
	list := make([]T, len(b)/8)
	for i := range list {
		list[i] = T(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return list
}

// decode reads a file. Whatever is not as encode writes it is errStale: the
// checksum finds accidents, the checks keep a forged file from doing harm.
func decode(b []byte, want [sha256.Size]byte, rawLen int) (*columns, error) {
	head := len(magic) + 4 + len(want)
	if len(b) < head+4 || string(b[:len(magic)]) != magic ||
		binary.LittleEndian.Uint32(b[len(magic):]) != version ||
		[sha256.Size]byte(b[len(magic)+4:head]) != want ||
		checksum(b[:len(b)-4]) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, errStale
	}
	r := &reader{b: b[head : len(b)-4]}
	c := &columns{rawLen: rawLen}
	c.ids = r.bytes()
	c.parents = get32[int32](r)
	c.parentEnd = get32[uint32](r)
	c.dates = get64[int64](r)
	c.requests = get32[int32](r)
	c.subjects = get64[uint64](r)
	c.works = get64[uint64](r)
	c.sorted = get32[int32](r)
	for range r.count(4) {
		c.dialects = append(c.dialects, string(r.bytes()))
	}
	n := r.count(11)
	c.claims = make([]claim, 0, n)
	for range n {
		l := claim{commit: int32(r.u32()), request: int32(r.u32())}
		if b := r.take(3); b != nil {
			l.kind, l.dialect, l.digits = claimKind(b[0]), b[1], b[2]
		}
		c.claims = append(c.claims, l)
	}
	ids := string(r.bytes())
	for i := range c.claims {
		size := (int(c.claims[i].digits) + 1) / 2
		if size > len(ids) {
			return nil, errStale
		}
		c.claims[i].id, ids = ids[:size], ids[size:]
	}
	c.sigs = get64[uint64](r)
	c.slots = get32[int32](r)
	c.patchIDs = r.bytes()
	c.touchAt = get32[int32](r)
	c.touched = get32[uint32](r)
	if r.bad || len(r.b) != 0 || !c.sound() {
		return nil, errStale
	}
	c.level(0)
	return c, nil
}

// sound checks that no walk over the columns leaves them or goes in circles.
func (c *columns) sound() bool {
	n := c.len()
	if n > math.MaxInt32 || len(c.ids) != n*c.rawLen || len(c.parentEnd) != n || len(c.requests) != n ||
		len(c.subjects) != n || len(c.works) != n || len(c.sorted) != n || len(c.sigs) != n || len(c.slots) != n || len(c.touchAt) != n ||
		len(c.patchIDs)%c.rawLen != 0 || n > 0 && int(c.parentEnd[n-1]) != len(c.parents) {
		return false
	}
	from := uint32(0)
	for i, end := range c.parentEnd {
		if end < from || int(end) > len(c.parents) || c.dates[i] < 0 || c.dates[i] > maxDate {
			return false
		}
		for _, p := range c.parents[from:end] {
			if p < 0 || int(p) >= i {
				return false
			}
		}
		from = end
	}
	for i, at := range c.sorted {
		if at < 0 || int(at) >= n || i > 0 && string(c.rawID(c.sorted[i-1])) >= string(c.rawID(at)) {
			return false
		}
	}
	for _, slot := range c.slots {
		if slot < noID || slot >= 0 && int(slot) >= len(c.patchIDs)/c.rawLen {
			return false
		}
	}
	for _, at := range c.touchAt {
		if at < unknownID || int(at) >= len(c.touched) || at >= 0 && !soundList(c.touched[at:]) {
			return false
		}
	}
	last := int32(0)
	for _, l := range c.claims {
		if l.commit < last || int(l.commit) >= n || int(l.dialect) >= len(c.dialects) || l.digits > 64 {
			return false
		}
		last = l.commit
	}
	return true
}

// maxDate is the latest date git.LogEntry has.
const maxDate = 1 << 53

// load reads the index file. A file that cannot be used counts as none.
func load(file string, identity [sha256.Size]byte, rawLen int) *columns {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	c, err := decode(b, identity, rawLen)
	if err != nil {
		return nil
	}
	return c
}

// save writes the index file in one step: whoever reads it sees the old or the
// new one. It is not forced to the disk: after a power cut the checksum tells.
func save(file string, b []byte) (err error) {
	dir, base := filepath.Dir(file), filepath.Base(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save index: %w", err)
	}
	sweep(dir, base)
	f, err := os.CreateTemp(dir, base+".tmp-")
	if err != nil {
		return fmt.Errorf("save index: %w", err)
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("save index: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// sweep removes what processes that were killed while saving left behind.
func sweep(dir, base string) {
	old, err := filepath.Glob(filepath.Join(dir, base+".tmp-*"))
	if err != nil {
		return
	}
	for _, path := range old {
		if st, err := os.Lstat(path); err == nil && time.Since(st.ModTime()) > time.Hour {
			_ = os.Remove(path) // the next save tries again
		}
	}
}
