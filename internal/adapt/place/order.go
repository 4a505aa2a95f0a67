package place

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

// shortest is how many lines in a row must be in order to be so on purpose.
const shortest = 3

// inOrder moves an insertion at line at of the home to where the order puts it:
// if the fix inserted one line into a block of lines that are sorted, and the
// home has a sorted block there too. Otherwise it gives at.
func (f *fix) inOrder(h textdiff.Hunk, home *source, at int) int {
	if h.OldCount > 0 || h.NewCount != 1 {
		return at
	}
	line := f.theirs.lines[h.NewStart]
	from, to := block(f.theirs.lines, h.NewStart, line)
	if to-from <= shortest || !slices.IsSortedFunc(f.theirs.lines[from:to], bytes.Compare) {
		return at
	}
	near := at
	if near == len(home.lines) || near > 0 && !blank(home.lines[near-1]) {
		near--
	}
	from, to = block(home.lines, near, line)
	if to-from < shortest || !slices.IsSortedFunc(home.lines[from:to], bytes.Compare) {
		return at
	}
	i, _ := slices.BinarySearchFunc(home.lines[from:to], line, bytes.Compare)
	return from + i
}

// block is the run of lines around one that are not empty and as deep as like.
func block(lines [][]byte, at int, like []byte) (from, to int) {
	deep := indent([][]byte{like})
	same := func(i int) bool {
		return i >= 0 && i < len(lines) && !blank(lines[i]) && bytes.Equal(indent(lines[i:i+1]), deep)
	}
	if !same(at) {
		return at, at
	}
	for from = at; same(from - 1); {
		from--
	}
	for to = at + 1; same(to); {
		to++
	}
	return from, to
}
