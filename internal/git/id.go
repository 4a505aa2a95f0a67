package git

import (
	"crypto/sha1" //nolint:gosec // git's object format, not a choice of ours
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// Format is a repository's object format.
type Format string

// The object formats that git knows.
const (
	SHA1   Format = "sha1"
	SHA256 Format = "sha256"
)

// RawLen is the length of an object id in bytes: 20 or 32.
func (f Format) RawLen() int {
	if f == SHA256 {
		return sha256.Size
	}
	return sha1.Size
}

// EmptyTree is the id of the tree without entries.
func (f Format) EmptyTree() string {
	return f.Hash("tree", nil)
}

// Hash is the id of an object with this type and content.
func (f Format) Hash(kind string, content []byte) string {
	var h hash.Hash
	if f == SHA256 {
		h = sha256.New()
	} else {
		h = sha1.New() //nolint:gosec // git's object format
	}
	fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// IsID reports whether s is a full object id of either format.
func IsID(s string) bool {
	if len(s) != 2*sha1.Size && len(s) != 2*sha256.Size {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

// ShortID is the beginning of an id, or of what stands for one, as people write
// it.
func ShortID(id string) string { return id[:min(len(id), 12)] }
