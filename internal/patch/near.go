package patch

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
)

// Bounds of the search for a place, in lines of the old text and in steps over
// all hunks of a file.
const (
	maxSearchLines = 4 << 20
	maxSearchSteps = 1 << 28
)

// ApplyNear is Apply for a text that may not be the one the change was made
// against, for diffs without index lines. All lines of a hunk, context
// included, must match as they stand: at the stated line, if no hunk before it
// has moved, else at the only place after that hunk where they do. (git apply
// takes the nearest of several places.) As for git apply, a hunk that states
// line 1 goes to the start of the file and a hunk without context after its
// changes to the end. A hunk without any old line fits everywhere and is
// refused, except for an empty text. offsets has one element for each hunk: how
// many lines further down than stated it was found.
func (f File) ApplyNear(pre []byte) (out []byte, offsets []int, err error) {
	n := nearby{pre: pre}
	if out, err = f.apply(pre, &n); err != nil {
		return nil, nil, fmt.Errorf("apply patch to %s: %w", quoteShort(f.Name()), err)
	}
	return out, n.offsets, nil
}

// nearby looks for the place of a hunk by its lines.
type nearby struct {
	pre     []byte
	ids     map[string]int32 // number of each distinct line of pre; nil until a search
	text    []int32          // pre as numbers
	offsets []int
	moved   bool // one of offsets is not 0
	steps   int
}

func (n *nearby) place(h hunk, from int, rest []byte) (int, error) {
	if h.oldLines == 0 && (len(n.pre) > 0 || h.oldStart > 0) {
		return 0, errors.New("it has no line that would show its place")
	}
	at := h.firstOld()
	if n.moved || !standsAt(h, at-from, rest) {
		var err error
		if at, err = n.search(h, from); err != nil {
			return 0, err
		}
	}
	offset := at - h.firstOld()
	n.offsets = append(n.offsets, offset)
	n.moved = n.moved || offset != 0
	return at, nil
}

// standsAt says whether the old lines of the hunk stand in rest after the given
// number of lines, at the end of it if the hunk has no context after its changes.
func standsAt(h hunk, skip int, rest []byte) bool {
	if skip < 0 {
		return false
	}
	for ; skip > 0 && len(rest) > 0; skip-- {
		rest = rest[lineEnd(rest):]
	}
	if skip > 0 {
		return false
	}
	last := byte(' ')
	for sign, line := range h.all() {
		last = sign
		if sign == '+' {
			continue
		}
		if !bytes.Equal(rest[:lineEnd(rest)], line) {
			return false
		}
		rest = rest[len(line):]
	}
	return last == ' ' || len(rest) == 0
}

// search finds the only place of the hunk after from lines.
func (n *nearby) search(h hunk, from int) (int, error) {
	if n.ids == nil {
		if err := n.index(); err != nil {
			return 0, err
		}
	}
	want, atEnd := n.oldLines(h)
	last := len(n.text) - len(want)
	var found []int
	elsewhere := false
	for at := range n.matches(want, from) {
		if h.oldStart <= 1 && at > 0 || atEnd && at < last {
			elsewhere = true
			continue
		}
		if found = append(found, at); len(found) == 2 {
			return 0, fmt.Errorf("it fits at line %d and at line %d", found[0]+1, found[1]+1)
		}
	}
	switch {
	case n.steps > maxSearchSteps:
		return 0, errors.New("the search for its place takes too long")
	case len(found) == 0 && elsewhere:
		return 0, errors.New("its lines are in the file, but not at the start or end to which they belong")
	case len(found) == 0:
		return 0, errors.New("its lines are not in the file")
	}
	return found[0], nil
}

// index numbers the lines of the text.
func (n *nearby) index() error {
	n.ids = map[string]int32{}
	for rest := n.pre; len(rest) > 0; {
		line := rest[:lineEnd(rest)]
		rest = rest[len(line):]
		id, ok := n.ids[string(line)]
		if !ok {
			id = int32(len(n.ids))
			n.ids[string(line)] = id
		}
		if len(n.text) == maxSearchLines {
			return fmt.Errorf("the file has more than %d lines: its place can't be searched", maxSearchLines)
		}
		n.text = append(n.text, id)
	}
	return nil
}

// oldLines gives the old lines of the hunk as numbers, -1 for a line that the
// text does not have, and whether they must end the text.
func (n *nearby) oldLines(h hunk) (want []int32, atEnd bool) {
	want = make([]int32, 0, min(h.oldLines, len(h.body)))
	for sign, line := range h.all() {
		atEnd = sign != ' '
		if sign == '+' {
			continue
		}
		id, ok := n.ids[string(line)]
		if !ok {
			id = -1
		}
		want = append(want, id)
	}
	return want, atEnd
}

// matches yields every place from there on at which want stands in the text, in
// linear time (Knuth, Morris, Pratt, "Fast pattern matching in strings", 1977).
func (n *nearby) matches(want []int32, from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		border := borders(want)
		k := 0 // lines of want that match up to here
		for i := from; i < len(n.text) && n.steps <= maxSearchSteps; i++ {
			n.steps++
			for k > 0 && (k == len(want) || want[k] != n.text[i]) {
				k = border[k-1]
			}
			if want[k] == n.text[i] {
				k++
			}
			if k == len(want) && !yield(i-k+1) {
				return
			}
		}
	}
}

// borders gives for every beginning of want the length of the longest proper
// part that both begins and ends it.
func borders(want []int32) []int {
	b := make([]int, len(want))
	for i, k := 1, 0; i < len(want); i++ {
		for k > 0 && want[k] != want[i] {
			k = b[k-1]
		}
		if want[k] == want[i] {
			k++
		}
		b[i] = k
	}
	return b
}
