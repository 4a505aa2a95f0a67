package textdiff

import (
	"math"
	"slices"
)

// Hunk is one replacement: OldCount lines from line OldStart of the old text
// become NewCount lines from line NewStart of the new one. Lines count from
// zero. One of the counts may be zero: then its start is the line before which
// the others were inserted or stood.
type Hunk struct{ OldStart, OldCount, NewStart, NewCount int }

// Diff gives the hunks that turn old into new, in order. Equal texts have none.
func Diff(old, new []byte) []Hunk {
	s := numbered(split(old))
	b := s.of(split(new))
	return compare(s.numbers, b, len(s.lines), 0, mark)
}

// DiffSymbols is [Diff] for sequences of anything that has been numbered, equal
// things with equal numbers: lines, words, tokens. Numbers that lie close
// together are cheapest, but all values are allowed.
//
// The script is a shortest one unless that would cost too much. When the two
// sequences, common ends and unmatched symbols set aside, have n elements
// together, a search gives up after max(256, 1e8/n) edits from either end and
// splits at the furthest point it reached: the script is then valid but may be
// longer than necessary. Sequences of 10,000 elements together never come to
// that; 100,000 elements do when about 2,000 edits do not suffice.
func DiffSymbols(a, b []int32) []Hunk {
	count := 0
	for _, seq := range [2][]int32{a, b} {
		for _, v := range seq {
			if v < 0 {
				count = math.MaxInt
				break
			}
			count = max(count, int(v)+1)
		}
	}
	return compare(a, b, count, 0, mark)
}

// marker marks the changed elements of two sequences, whose symbols lie in
// [0, count), on either side. Where they are parts of something of whole
// elements, that sets the cost limit.
type marker func(a, b []int32, count int, changedA, changedB []bool, whole int)

// compare gives the hunks between sequences whose symbols lie in [0, count), or
// anywhere if count is math.MaxInt.
func compare(a, b []int32, count, whole int, by marker) []Hunk {
	if slices.Equal(a, b) {
		return nil
	}
	a, b, count = dense(a, b, count)
	changedA, changedB := make([]bool, len(a)), make([]bool, len(b))
	by(a, b, count, changedA, changedB, whole)
	slide(a, changedA, changedB, movesPerElement*len(a))
	slide(b, changedB, changedA, movesPerElement*len(b))
	return hunks(changedA, changedB)
}

// dense renumbers sequences with few of the symbols: no table may be much larger
// than what it is for.
func dense(a, b []int32, count int) ([]int32, []int32, int) {
	if count <= 4*(len(a)+len(b))+1024 {
		return a, b, count
	}
	number := make(map[int32]int32, len(a)+len(b))
	return renumber(a, number), renumber(b, number), len(number)
}

// renumber gives the symbols of seq numbers from zero, those in number first.
func renumber(seq []int32, number map[int32]int32) []int32 {
	out := make([]int32, len(seq))
	for i, v := range seq {
		n, ok := number[v]
		if !ok {
			n = int32(len(number))
			number[v] = n
		}
		out[i] = n
	}
	return out
}

// common counts the equal elements at the head of a and b, and those at the
// tail of what remains.
func common(a, b []int32) (head, tail int) {
	n := min(len(a), len(b))
	for head < n && a[head] == b[head] {
		head++
	}
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// hunks reads the two sides' marks: unchanged elements pair up in order, what
// stands between two pairs is a hunk.
func hunks(changedA, changedB []bool) []Hunk {
	var out []Hunk
	i, j := 0, 0
	for i < len(changedA) || j < len(changedB) {
		h := Hunk{OldStart: i, NewStart: j}
		for i < len(changedA) && changedA[i] {
			i++
		}
		for j < len(changedB) && changedB[j] {
			j++
		}
		h.OldCount, h.NewCount = i-h.OldStart, j-h.NewStart
		if h.OldCount > 0 || h.NewCount > 0 {
			out = append(out, h)
		}
		for i < len(changedA) && j < len(changedB) && !changedA[i] && !changedB[j] {
			i++
			j++
		}
	}
	return out
}
