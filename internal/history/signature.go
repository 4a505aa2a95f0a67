package history

import (
	"hash/fnv"

	"backstay.dev/backstay/internal/git"
)

// Values of sigs that are no hash.
const (
	sigUnknown uint64 = 0
	sigNone    uint64 = 1 // a merge, an empty change, a change too large
	sigTried   uint64 = 2 // trees were missing when this process looked
	sigFirst   uint64 = 3
)

// maxPaths is the number of paths from which on a commit has no patch-id: an
// import, a mass rename or a reformatting, whose patch nobody carries.
const maxPaths = 2000

// signature hashes which paths a commit adds, deletes and modifies. Commits of
// one patch-id have one signature, since a patch-id covers the names, so that
// the dear patch-ids are needed only where cheap signatures meet. White space
// in names does not count, as it does not in a patch-id.
func signature(changes []git.Change) uint64 {
	if len(changes) == 0 || len(changes) > maxPaths {
		return sigNone
	}
	h := fnv.New64a()
	line := make([]byte, 0, 256)
	for _, c := range changes {
		line = append(line[:0], c.Status)
		for i := range len(c.Path) {
			if !isSpace(c.Path[i]) {
				line = append(line, c.Path[i])
			}
		}
		line = append(line, 0)
		h.Write(line)
	}
	return max(h.Sum64(), sigFirst)
}
