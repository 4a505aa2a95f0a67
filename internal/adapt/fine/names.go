package fine

import (
	"bytes"

	"backstay.dev/backstay/internal/textdiff"
)

const (
	// maxLearned is how many bytes, of regions that the target changed, names
	// are learned from.
	maxLearned = 256 << 10
	// maxTerm is the longest term that is learned, in bytes.
	maxTerm = 200
)

// terms cuts a text like words does, but keeps together what names one thing:
// words joined by dots, arrows, double colons, slashes and dashes.
func terms(text []byte) [][]byte {
	var out [][]byte
	split := words(text)
	for i := 0; i < len(split); {
		j := i + 1
		if letter(split[i][0]) {
			for j+1 < len(split) && joins(split[j]) && letter(split[j+1][0]) {
				j += 2
			}
		}
		out = append(out, join(split[i:j]))
		i = j
	}
	return out
}

func joins(w []byte) bool {
	switch string(w) {
	case ".", "->", "::", "/", "-":
		return true
	}
	return false
}

// names tells what the target calls the things that the source calls otherwise:
// for each term, qualifier and word of base how often the target has which in
// its place.
type names map[string]map[string]int

// learn notes how the terms of a line of base are written in its version.
func (n names) learn(base, version []byte) {
	b, v := terms(base), terms(version)
	number := textdiff.Numbering{}
	at := 0
	for _, h := range textdiff.DiffSymbols(number.All(b), number.All(v)) {
		n.stay(b[at:h.OldStart])
		at = h.OldStart + h.OldCount
		if h.OldCount == h.NewCount && h.OldCount <= 4 {
			for i := range h.OldCount {
				n.note(b[h.OldStart+i], v[h.NewStart+i])
			}
		} else {
			n.stay(b[h.OldStart:at])
		}
	}
	n.stay(b[at:])
}

// stay notes that terms are written as they were.
func (n names) stay(terms [][]byte) {
	for _, t := range terms {
		if letter(t[0]) {
			n.vote(t, t)
		}
	}
}

// note notes a term that is written otherwise, and the parts that differ: what
// stands before an equal end, a qualifier or a path, and a single word.
func (n names) note(from, to []byte) {
	if len(from) > maxTerm || len(to) > maxTerm || !letter(from[0]) || !letter(to[0]) {
		return
	}
	n.vote(from, to)
	f, t := words(from), words(to)
	tail := 0
	for tail < min(len(f), len(t))-1 && bytes.Equal(f[len(f)-1-tail], t[len(t)-1-tail]) {
		tail++
	}
	if tail%2 == 0 && tail > 0 {
		n.vote(join(f[:len(f)-tail]), join(t[:len(t)-tail]))
	}
	if len(f) != len(t) {
		return
	}
	differ := -1
	for i := range f {
		if !bytes.Equal(f[i], t[i]) {
			if differ >= 0 {
				return
			}
			differ = i
		}
	}
	if differ >= 0 && len(f) > 1 && letter(f[differ][0]) && letter(t[differ][0]) {
		n.vote(f[differ], t[differ])
	}
}

func (n names) vote(from, to []byte) {
	m := n[string(from)]
	if m == nil {
		m = map[string]int{}
		n[string(from)] = m
	}
	m[string(to)]++
}

// of is what the target calls a thing, if that is another name three times out
// of four.
func (n names) of(name []byte) (string, bool) {
	best, count, sum := "", 0, 0
	for to, c := range n[string(name)] {
		sum += c
		if c > count || c == count && to < best {
			best, count = to, c
		}
	}
	return best, count > 0 && count*4 >= sum*3 && best != string(name)
}

// rewrite writes a text with the target's names. Lines that stand below an open
// bracket go on doing so.
func (n names) rewrite(text []byte) ([]byte, bool) {
	var out []byte
	changed := false
	for _, t := range terms(text) {
		to, ok := n.rename(t)
		changed = changed || ok
		out = append(out, to...)
	}
	return recolumn(text, out), changed
}

// rename looks for a term, then for what it begins with, the longest first, then
// for its words.
func (n names) rename(term []byte) ([]byte, bool) {
	if !letter(term[0]) {
		return term, false
	}
	if len(n[string(term)]) > 0 {
		if to, ok := n.of(term); ok {
			return []byte(to), true
		}
		return term, false
	}
	split := words(term)
	for i := len(split) - 2; i > 0; i -= 2 {
		if to, ok := n.of(join(split[:i])); ok {
			return append([]byte(to), join(split[i:])...), true
		}
	}
	changed := false
	for i, w := range split {
		if !letter(w[0]) || len(split) > 1 && i == 0 {
			continue
		}
		if to, ok := n.of(w); ok {
			split[i], changed = []byte(to), true
		}
	}
	return join(split), changed
}

// learnLines pairs the lines of two texts and learns from the pairs.
func (n names) learnLines(base, side []byte) {
	if len(base) == 0 || len(side) == 0 {
		return
	}
	lines, terms := textdiff.Numbering{}, textdiff.Numbering{}
	b, s := measured(base, lines, terms), measured(side, lines, terms)
	for i, j := range align(b, s) {
		if j >= 0 {
			n.learn(b[i].text, s[j].text)
		}
	}
}
