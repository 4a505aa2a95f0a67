package history

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's patch-id, not a choice of ours
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"backstay.dev/backstay/internal/git"
)

// maxPatch is the number of bytes from which on a patch has no patch-id.
const maxPatch = 64 << 20

// textBuffer is how many bytes are hashed at a time.
const textBuffer = 4 << 10

// patchHash computes the stable patch-id of git-patch-id(1) line by line: a
// hash per file over its headers and hunks, without line numbers and white
// space, and the sum of these, which does not depend on the files' order. A
// binary file counts by its object ids. It is computed here and not by `git
// patch-id`, because that one cannot tell a whole patch from one that ended at
// a missing blob, and because ids that are kept must not change with the
// installed git.
type patchHash struct {
	file   hash.Hash
	text   []byte // what the file's hash has not seen yet
	sum    []byte
	size   int // bytes hashed
	read   int // bytes read
	oldIDs []byte
	newIDs []byte

	state    lineState
	old, now int  // lines that the current hunk still has
	hunks    bool // the current file has a hunk
	partial  bool // the next piece continues a line
	skip     bool // and that line does not count
}

// lineState is what the next line can be.
type lineState uint8

const (
	inNothing lineState = iota // before the first file
	inHeader
	inHunks
	inBinary
)

func newPatchHash(format git.Format) *patchHash {
	p := &patchHash{file: sha1.New(), sum: make([]byte, format.RawLen())} //nolint:gosec // git's
	if format == git.SHA256 {
		p.file = sha256.New()
	}
	return p
}

func (p *patchHash) begin() {
	p.file.Reset()
	clear(p.sum)
	*p = patchHash{file: p.file, sum: p.sum, text: p.text[:0], oldIDs: p.oldIDs[:0], newIDs: p.newIDs[:0]}
}

// end returns the patch-id, nil where there was no patch or too much of it.
// The bytes are valid until the next begin.
func (p *patchHash) end() []byte {
	if p.size == 0 || p.read > maxPatch {
		return nil
	}
	p.flush()
	return p.sum
}

// flush adds the hash of the file so far to the sum, as one long number, lowest
// byte first.
func (p *patchHash) flush() {
	p.file.Write(p.text)
	p.text = p.text[:0]
	carry := uint(0)
	for i, b := range p.file.Sum(nil) {
		carry += uint(p.sum[i]) + uint(b)
		p.sum[i] = byte(carry)
		carry >>= 8
	}
	p.file.Reset()
}

// line takes one line or the next piece of one.
func (p *patchHash) line(b []byte) {
	if p.read += len(b); p.read > maxPatch {
		return
	}
	continued := p.partial
	p.partial = len(b) > 0 && b[len(b)-1] != '\n'
	if !continued {
		p.skip = !p.counts(b)
	}
	if !p.skip {
		p.add(b)
	}
}

// counts moves on by one line and tells whether it is hashed.
func (p *patchHash) counts(b []byte) bool {
	between := p.state != inHeader && p.old == 0 && p.now == 0
	switch {
	case between && bytes.HasPrefix(b, []byte("diff ")):
		if p.hunks {
			p.flush()
		}
		named := p.state != inBinary // git leaves out the line after a binary file
		p.state, p.hunks = inHeader, false
		return named
	case between && p.state == inHunks && bytes.HasPrefix(b, []byte("@@ -")):
		p.old, p.now = hunkLines(b)
		p.hunks = true
		return false
	case between:
		return false
	case p.state == inHeader && bytes.HasPrefix(b, []byte("index ")):
		p.readIDs(b)
		return false
	case p.state == inHeader && bytes.HasPrefix(b, []byte("Binary files")):
		p.text = append(append(p.text, p.oldIDs...), p.newIDs...)
		p.flush()
		p.state = inBinary
		return false
	case p.state == inHeader && bytes.HasPrefix(b, []byte("--- ")):
		p.state = inHunks
		p.old, p.now = 0, 1 // "+++ " comes next
		return true
	case p.state == inHeader:
		return true
	}
	switch b[0] {
	case '-':
		p.old--
	case '+':
		p.now--
	case ' ':
		p.old--
		p.now--
	case '\\': // "\ No newline at end of file"
		return false
	}
	return true
}

// readIDs remembers the object ids of "index <old>..<new>[ <mode>]" as they
// are written.
func (p *patchHash) readIDs(b []byte) {
	ids, _, _ := bytes.Cut(bytes.TrimSpace(bytes.TrimPrefix(b, []byte("index "))), []byte(" "))
	from, to, _ := bytes.Cut(ids, []byte(".."))
	p.oldIDs, p.newIDs = append(p.oldIDs[:0], from...), append(p.newIDs[:0], to...)
}

// hunkLines reads the numbers of lines of "@@ -a,b +c,d @@"; a number that is
// not written is 1.
func hunkLines(b []byte) (old, now int) {
	f := bytes.Fields(b)
	if len(f) < 3 {
		return 0, 0
	}
	count := func(r []byte) int {
		_, n, found := bytes.Cut(r, []byte(","))
		if !found {
			return 1
		}
		sum := 0
		for _, c := range n {
			if c < '0' || c > '9' || sum > maxPatch {
				return 0
			}
			sum = 10*sum + int(c-'0')
		}
		return sum
	}
	return count(f[1]), count(f[2])
}

// add hashes a line without its white space, up to its first NUL.
func (p *patchHash) add(b []byte) {
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b, p.skip = b[:end], true
	}
	before := len(p.text)
	for _, c := range b {
		if !isSpace(c) {
			p.text = append(p.text, c)
		}
	}
	p.size += len(p.text) - before
	if len(p.text) > textBuffer {
		p.file.Write(p.text)
		p.text = p.text[:0]
	}
}

// isSpace is what git takes for white space.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// hexID is a patch-id as git writes it.
func hexID(raw []byte) string { return hex.EncodeToString(raw) }
