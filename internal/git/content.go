package git

import "bytes"

// Binary reports whether git takes a file's content for binary: there is a NUL
// among its first 8,000 bytes.
func Binary(content []byte) bool { return bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 }
