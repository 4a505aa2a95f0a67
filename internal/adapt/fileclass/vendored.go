package fileclass

import (
	"strings"

	"backstay.dev/backstay/internal/textdiff"
)

// A Side is where the whole of a file comes from.
type Side string

// The sides. A file that is not there on its side is not there in the end.
const (
	OursSide   Side = "ours"
	TheirsSide Side = "theirs"
)

// Vendored says whose copy of a vendored file belongs to the result: that of
// the side whose version of the module vendor/modules.txt lists in the end.
// Vendored code is never merged, its versions are published as they are. name
// is the file's path below vendor/; ours, theirs and merged are the three
// lists. ok is false where the module's version in the end is neither side's,
// or no such module is known.
func Vendored(name string, ours, theirs, merged []byte) (side Side, why string, ok bool) {
	o, t, m := moduleVersions(ours), moduleVersions(theirs), moduleVersions(merged)
	for dir := name; ; {
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			return "", "", false
		}
		dir = dir[:i]
		version, listed := m[dir]
		_, here := o[dir]
		_, there := t[dir]
		if !listed && !here && !there {
			continue
		}
		switch {
		case version == o[dir]:
			return OursSide, says(dir, version), true
		case version == t[dir]:
			return TheirsSide, says(dir, version), true
		}
		return "", "", false
	}
}

func says(module, version string) string {
	if version == "" {
		return "the result has no module " + module
	}
	return "the result has " + module + " " + version
}

// moduleVersions maps the modules of vendor/modules.txt to their versions, as
// it writes them, replacements included.
func moduleVersions(text []byte) map[string]string {
	out := map[string]string{}
	for _, line := range textdiff.Lines(text) {
		if w := strings.Fields(string(line)); len(w) > 2 && w[0] == "#" && w[2] != "=>" {
			out[w[1]] = strings.Join(w[2:], " ")
		}
	}
	return out
}
