package fileclass

import (
	"slices"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// GoSum merges go.sum module by module: the branch's lines, with those that the
// fix added and removed. It follows what `go mod tidy` leaves for the go.mod
// that GoMod gives with the same preference, as far as the three files tell.
func GoSum(f *conflict.File, prefer Prefer) (text []byte, why string, ok bool) {
	if !named(f, "go.sum", "go.work.sum", "vendor.sum") {
		return nil, "", false
	}
	if text := threeWay(f.Base, f.Ours, f.Theirs); text != nil {
		return text, oneSide, true
	}
	base, ok1 := sums(f.Base)
	ours, ok2 := sums(f.Ours)
	theirs, ok3 := sums(f.Theirs)
	if !ok1 || !ok2 || !ok3 {
		return nil, "", false
	}
	moved := 0
	for module, lines := range theirs {
		if from := selected(base[module]); from != "" && from != selected(lines) {
			moved++
		}
	}
	stays := func(ours, theirs string) bool { return prefer.staysAmong(moved > 1, ours, theirs) }
	var list []sum
	for module := range ours {
		list = append(list, mergeSums(base[module], ours[module], theirs[module], stays)...)
	}
	for module, lines := range theirs {
		if ours[module] == nil && base[module] == nil {
			list = append(list, lines...)
		}
	}
	slices.SortFunc(list, compareSums)
	for _, s := range list {
		text = append(append(text, s.line...), '\n')
	}
	return text, "the checksums that the fix adds and removes were added and removed; " + prefer.because(), true
}

// A sum is one line of go.sum (go.dev/ref/mod, "go.sum files"). mod says that
// it is for the go.mod file alone.
type sum struct {
	module, version string
	mod             bool
	line            string
}

// compareSums is the order of go.sum: module, version, and the line for the
// whole module before that for its go.mod.
func compareSums(a, b sum) int {
	if c := strings.Compare(a.module, b.module); c != 0 {
		return c
	}
	if c := compareVersions(a.version, b.version); c != 0 {
		return c
	}
	switch {
	case a.mod == b.mod:
		return strings.Compare(a.line, b.line)
	case b.mod:
		return -1
	}
	return 1
}

// sums are the lines of each module. ok is false where a line is none.
func sums(text []byte) (out map[string][]sum, ok bool) {
	out = map[string][]sum{}
	for _, line := range textdiff.Lines(text) {
		w := strings.Fields(string(line))
		if len(w) != 3 {
			return nil, false
		}
		version, mod := strings.CutSuffix(w[1], "/go.mod")
		out[w[0]] = append(out[w[0]], sum{w[0], version, mod, strings.TrimRight(string(line), "\r\n")})
	}
	return out, true
}

// selected is the version whose whole checksum is there: the one that is built
// from, the highest if there are several.
func selected(lines []sum) string {
	var version string
	for _, s := range lines {
		if !s.mod && (version == "" || compareVersions(s.version, version) > 0) {
			version = s.version
		}
	}
	return version
}

// mergeSums merges the lines of one module that the branch has.
func mergeSums(base, ours, theirs []sum, stays func(ours, theirs string) bool) []sum {
	from, here, to := selected(base), selected(ours), selected(theirs)
	moved := from != to && from != "" && here != from && here != to
	stay := moved && (here == "" || to != "" && stays(here, to))
	had, kept, have := lines(base), lines(theirs), lines(ours)
	var out []sum
	for _, s := range ours {
		if had[s.line] && !kept[s.line] {
			continue
		}
		// The line of the version that the fix's takes the place of goes
		// where the fix let go of its own.
		if moved && !stay && s.version == here && !kept[s.line] && gone(base, kept, sum{version: from, mod: s.mod}) {
			continue
		}
		out = append(out, s)
	}
	for _, s := range theirs {
		// Where the branch does not build the module it still reads the
		// go.mod files of all versions that are asked for.
		if had[s.line] || have[s.line] || stay && s.version == to && (here != "" || !s.mod) {
			continue
		}
		out = append(out, s)
	}
	return out
}

func lines(list []sum) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		out[s.line] = true
	}
	return out
}

// gone reports whether the fix removed the line of this version and kind.
func gone(base []sum, kept map[string]bool, like sum) bool {
	for _, s := range base {
		if s.version == like.version && s.mod == like.mod {
			return !kept[s.line]
		}
	}
	return false
}
