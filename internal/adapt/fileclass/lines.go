package fileclass

import (
	"bytes"
	"strconv"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Lines merges lists of what a project needs line by line of one name: a
// requirement that the fix adds, removes or changes is added, removed or
// changed among the branch's. There is an answer for each preference, equal
// ones once.
func Lines(c *conflict.Chunk) []conflict.Answer {
	if class := Class(c.File.Path); class != Manifest && class != Lock && class != CI && class != Data && class != Version {
		return nil
	}
	var out []conflict.Answer
	for _, p := range []Prefer{Line, Fix, Branch} {
		text, ok := mergeEntries(lineEntries(c.Base), lineEntries(c.Ours), lineEntries(c.Theirs), linePolicy(p))
		if ok && !given(out, text) {
			out = append(out, conflict.Answer{Rung: "lines-" + p.String(), Text: text, Why: "lines were merged by what they name; " + p.because()})
		}
	}
	return out
}

// mergeLines merges by line, or line by line of one name where lines alone
// conflict.
func mergeLines(base, ours, theirs []byte, prefer Prefer) (text []byte, ok bool) {
	if text, ok := textdiff.Merge3(base, ours, theirs).Text(); ok {
		return text, true
	}
	return mergeEntries(lineEntries(base), lineEntries(ours), lineEntries(theirs), linePolicy(prefer))
}

// linePolicy merges two versions of a line number by number.
func linePolicy(prefer Prefer) policy {
	return policy{
		prune: true,
		both: func(_ string, base, ours, theirs []byte) ([]byte, bool) {
			b, ok1 := newPin(base)
			o, ok2 := newPin(ours)
			t, ok3 := newPin(theirs)
			if !ok1 || !ok2 || !ok3 {
				return nil, false
			}
			return pinEdit{b, t}.merge(o, prefer), true
		},
	}
}

// lineEntries are the lines of a text by what they name; lines of the same
// depth may stand among each other.
func lineEntries(text []byte) []entry {
	var out []entry
	for _, line := range textdiff.Lines(text) {
		e := entry{text: line}
		if words := bytes.TrimSpace(line); len(words) > 0 {
			name := pinName(words)
			if p, ok := newPin(line); ok {
				name = p.name
			}
			e.section, e.key = strconv.Itoa(indent(line)), strconv.Itoa(indent(line))+"\x01"+name
		}
		out = append(out, e)
	}
	return out
}
