package structure

import (
	"bytes"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// Imports merges imports, includes and requires as sets: what the fix adds is
// added where the target would have it, what it removes goes. Where one imports
// several names, the names are a set too.
func Imports(c *conflict.Chunk) []conflict.Answer {
	lang := outline.Detect(c.File.Path, nil)
	read := reader(lang)
	if read == nil || !open(c) {
		return nil
	}
	all := [3][]byte{c.Base, c.Ours, c.Theirs}
	several := modules(read, all[:]...)
	var sides [3][]entry
	for i, text := range all {
		var ok bool
		if sides[i], ok = imports(read, text, several); !ok {
			return nil
		}
	}
	b, o, t := sides[0], sides[1], sides[2]
	above, below := keysAround(read, c.Before(40), -1, several), keysAround(read, c.After(40), 1, several)
	var out []conflict.Answer
	if m, ok := merge(b, o, t, above, below, mergeNames); ok {
		m.tidy(around(c))
		out = answer("imports", texts(m.list), "imports are merged as a set, in the target's order")
	}
	p := pathsOf(read, c.File.Base, c.File.Ours)
	t, changed := p.translate(t)
	if !changed {
		return out
	}
	b, _ = p.translate(b)
	if m, ok := merge(unique(b), o, unique(t), above, below, mergeNames); ok {
		m.tidy(around(c))
		out = append(out, answer("imports-paths", texts(m.list), "imports are merged as a set, in the target's order and with the paths that they have there")...)
	}
	return out
}

// unique drops entries that stand twice, as they may once they are translated.
func unique(list []entry) []entry {
	seen := map[string]bool{}
	var out []entry
	for _, e := range list {
		if e.void || !seen[e.key] {
			out = append(out, e)
		}
		seen[e.key] = true
	}
	return out
}

// statement is what a line, or several, imports.
type statement struct {
	key   string
	names string // what is imported of it, where that is told
	void  bool   // a blank line
}

// id is the key of a statement: its module, and what is imported of it unless
// the names of that module are a list.
func (s statement) id(several map[string]bool) string {
	if s.names == "" || several[s.key] {
		return s.key
	}
	return s.key + "." + s.names
}

// modules are those of which one statement imports several names.
func modules(read parse, texts ...[]byte) map[string]bool {
	out := map[string]bool{}
	for _, text := range texts {
		for lines := textdiff.Lines(text); len(lines) > 0; {
			s, n := read(lines)
			if strings.Contains(s.names, ",") {
				out[s.key] = true
			}
			lines = lines[max(n, 1):]
		}
	}
	return out
}

// parse reads the statement at the head of lines, and how many lines it has; 0
// if it is none.
type parse func(lines [][]byte) (statement, int)

// imports reads a text that has imports, comments and blank lines only.
func imports(read parse, text []byte, several map[string]bool) ([]entry, bool) {
	lines := textdiff.Lines(text)
	var out []entry
	for i := 0; i < len(lines); {
		s, n := read(lines[i:])
		if n == 0 {
			return nil, false
		}
		out = append(out, entry{key: s.id(several), text: bytes.Join(lines[i:i+n], nil), void: s.void})
		i += n
	}
	return out, true
}

// keysAround are the keys of the imports that go on above or below without a
// void between.
func keysAround(read parse, lines [][]byte, step int, several map[string]bool) []string {
	var out []string
	if step > 0 {
		for i := 0; i < len(lines); {
			s, n := read(lines[i:])
			if n == 0 || s.void {
				return out
			}
			out = append(out, s.id(several))
			i += n
		}
		return out
	}
	for i := len(lines) - 1; i >= 0; i-- {
		s, n := read(lines[i : i+1])
		if n == 0 || s.void {
			break
		}
		out = append(out, s.id(several))
	}
	slices.Reverse(out)
	return out
}
