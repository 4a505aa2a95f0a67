package patch

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// maxBinary bounds the contents that binary data may inflate to, in bytes.
const maxBinary = 128 << 20

// binaryData is the forward half of a "GIT binary patch".
type binaryData struct {
	delta bool   // raw is a delta against the old contents, not the new contents
	size  int64  // of raw when inflated
	raw   []byte // deflated
}

// readBinary reads the data after the line "GIT binary patch": the way from old
// to new, then in most cases the way back, which is checked and dropped.
func readBinary(c *cursor) (*binaryData, error) {
	data, err := readBinaryHalf(c)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, c.errorf("binary patch has no literal or delta line")
	}
	if _, err = readBinaryHalf(c); err != nil {
		return nil, err
	}
	return data, nil
}

// readBinaryHalf reads "literal <size>" or "delta <size>", lines of base 85 and
// a blank line; it returns nil for any other line.
func readBinaryHalf(c *cursor) (*binaryData, error) {
	kind, size, ok := strings.Cut(string(trimEOL(c.peek()[:min(lineEnd(c.text), 100)])), " ")
	if !ok || kind != "literal" && kind != "delta" || !isDigits(size) {
		return nil, nil
	}
	data := &binaryData{delta: kind == "delta"}
	var err error
	if data.size, err = strconv.ParseInt(size, 10, 64); err != nil || data.size > maxBinary {
		return nil, c.errorf("binary content is larger than %d bytes", maxBinary)
	}
	begin := c.line
	for c.next(); ; c.next() {
		line := c.peek()
		if len(line) == 0 {
			return nil, c.errorAt(begin, "binary patch is cut off")
		}
		if line = bytes.TrimSuffix(line, []byte("\n")); len(line) == 0 {
			c.next()
			return data, nil
		}
		if data.raw, ok = appendBase85(data.raw, line); !ok {
			return nil, c.errorf("line of binary data is damaged")
		}
	}
}

// base85 is the alphabet of git's base 85, in the order of the digits' values.
const base85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

// base85Digit is the value of each byte plus one, 0 for bytes not in the alphabet.
var base85Digit = func() (t [256]byte) {
	for i := range len(base85) {
		t[base85[i]] = byte(i) + 1
	}
	return t
}()

// appendBase85 decodes one line: a letter for the number of bytes (A–Z are 1 to
// 26, a–z 27 to 52), then five digits for every four bytes.
func appendBase85(out, line []byte) ([]byte, bool) {
	n := 0
	switch c := line[0]; {
	case c >= 'A' && c <= 'Z':
		n = int(c-'A') + 1
	case c >= 'a' && c <= 'z':
		n = int(c-'a') + 27
	default:
		return out, false
	}
	digits := line[1:]
	if len(digits) != (n+3)/4*5 {
		return out, false
	}
	for ; len(digits) > 0; digits = digits[5:] {
		var v uint64
		for _, c := range digits[:5] {
			d := base85Digit[c]
			if d == 0 {
				return out, false
			}
			v = v*85 + uint64(d-1)
		}
		if v > 1<<32-1 {
			return out, false
		}
		group := [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		out = append(out, group[:min(n, 4)]...)
		n -= 4
	}
	return out, true
}

// apply gives the new contents. go-gitdiff inflates and runs the delta.
func (d *binaryData) apply(pre []byte) ([]byte, error) {
	fragment := &gitdiff.BinaryFragment{Method: gitdiff.BinaryPatchLiteral, Size: d.size, RawData: d.raw}
	if d.delta {
		fragment.Method = gitdiff.BinaryPatchDelta
	}
	var out bytes.Buffer
	applier := gitdiff.NewBinaryApplier(&out, bytes.NewReader(pre), gitdiff.WithMaxBinaryFragmentBytes(maxBinary))
	if err := applier.ApplyFragment(fragment); err != nil {
		return nil, fmt.Errorf("binary data: %w", err)
	}
	return out.Bytes(), nil
}
