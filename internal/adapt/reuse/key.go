package reuse

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Key names a chunk by its three sides, in 64 hex digits. Chunks that differ
// only in blank lines at the ends of sides, in blanks at the ends of lines, or
// in carriage returns there, have the same key.
func Key(base, ours, theirs []byte) string {
	return digest("three sides", normal(base), normal(ours), normal(theirs))
}

// key2 names a chunk of which base is not known, nor which side was whose:
// git rerere sorts them.
func key2(a, b []byte) string {
	a, b = normal(a), normal(b)
	if bytes.Compare(a, b) > 0 {
		a, b = b, a
	}
	return digest("two sides", a, b)
}

// digest hashes texts together, each with its length.
func digest(kind string, texts ...[]byte) string {
	h := sha256.New()
	write := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b)))) // a hash never fails
		h.Write(b)
	}
	write([]byte(kind))
	for _, t := range texts {
		write(t)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// normal is a side as the key sees it.
func normal(side []byte) []byte {
	out := make([]byte, 0, len(side)+1)
	for len(side) > 0 {
		line, rest, _ := bytes.Cut(side, []byte("\n"))
		side = rest
		if line = trimmed(line); len(line) > 0 || len(out) > 0 {
			out = append(append(out, line...), '\n')
		}
	}
	for bytes.HasSuffix(out, []byte("\n\n")) {
		out = out[:len(out)-1]
	}
	return out
}

// trimmed is a line without what follows its last letter.
func trimmed(line []byte) []byte { return bytes.TrimRight(line, " \t\r\n\v\f") }
