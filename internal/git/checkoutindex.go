package git

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // git's object format, not a choice of ours
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// Lengths in an index of version 2 (gitformat-index(5)).
const (
	statLen = 40     // times, device, inode, mode, owner, group, size
	nameLen = 0xfff  // flags: a name as long as this or longer
	padTo   = 8      // an entry is so many bytes or a multiple of it
	treeExt = "TREE" // the cache tree
)

// writeIndex writes an index of version 2 for what was laid out, with the cache
// tree, so that git finds everything unchanged without opening a file. Of a
// file's state only time and size are in it, which is what core.checkStat =
// minimal compares.
func (l *laying) writeIndex(w io.Writer) error {
	var sum hash.Hash
	if l.store.Format == SHA256 {
		sum = sha256.New()
	} else {
		sum = sha1.New() //nolint:gosec // git's object format
	}
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 64<<10)
	b := binary.BigEndian.AppendUint32([]byte("DIRC"), 2)
	b = binary.BigEndian.AppendUint32(b, uint32(len(l.files)))
	if _, err := out.Write(b); err != nil {
		return err
	}
	for i := range l.files {
		if _, err := out.Write(l.files[i].appendEntry(b[:0])); err != nil {
			return err
		}
	}
	tree, _, err := l.top.appendCache(nil, "", l.store.Format.RawLen())
	if err != nil {
		return err
	}
	b = binary.BigEndian.AppendUint32(append(b[:0], treeExt...), uint32(len(tree)))
	if _, err := out.Write(append(b, tree...)); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// appendEntry appends the file's entry.
func (f *laid) appendEntry(b []byte) []byte {
	begin := len(b)
	b = append(b, make([]byte, statLen)...)
	if !f.time.IsZero() {
		for _, at := range []int{0, 8} { // changed, modified
			binary.BigEndian.PutUint32(b[begin+at:], uint32(f.time.Unix()))
			binary.BigEndian.PutUint32(b[begin+at+4:], uint32(f.time.Nanosecond()))
		}
	}
	binary.BigEndian.PutUint32(b[begin+24:], uint32(f.mode))
	binary.BigEndian.PutUint32(b[begin+36:], uint32(f.size))
	b = append(b, f.raw...)
	b = binary.BigEndian.AppendUint16(b, uint16(min(len(f.path), nameLen)))
	b = append(b, f.path...)
	return append(b, make([]byte, padTo-(len(b)-begin)%padTo)...) // at least one NUL
}

// appendCache appends the folder's cache tree and counts the files below it.
func (f *folder) appendCache(b []byte, name string, rawLen int) ([]byte, int, error) {
	raw, err := hex.DecodeString(f.id)
	if err != nil {
		return nil, 0, err
	}
	var below []byte
	count, subs := 0, f.subs
	for rest := f.tree; len(rest) > 0; {
		var e Entry
		e, rest, _ = rest.Next(rawLen)
		if !e.IsTree() {
			count++
			continue
		}
		var n int
		if below, n, err = subs[0].appendCache(below, string(e.Name), rawLen); err != nil {
			return nil, 0, err
		}
		count, subs = count+n, subs[1:]
	}
	b = fmt.Appendf(b, "%s\x00%d %d\n", name, count, len(f.subs))
	return append(append(b, raw...), below...), count, nil
}
