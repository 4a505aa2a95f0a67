package structure

import (
	"bytes"
	"strings"

	"backstay.dev/backstay/internal/textdiff"
)

// paths tells how the target's import paths begin where the source's begin
// otherwise: "host/project/v2/core" is "host/project" there.
type paths struct {
	to map[string]map[string]int
}

// maxImportLines is how many lines of a file are searched for imports.
const maxImportLines = 20000

// pathsOf learns from the imports of two files that end in the same component
// and are in one file only.
func pathsOf(read parse, base, ours []byte) paths {
	p := paths{map[string]map[string]int{}}
	b, o := keysOf(read, base), keysOf(read, ours)
	last := map[string]string{}
	for k := range o {
		if !b[k] {
			end := k[cut(k)+1:]
			if _, ok := last[end]; ok {
				k = "" // two that end alike: no telling which
			}
			last[end] = k
		}
	}
	for from := range b {
		if o[from] {
			for i := cut(from); i > 0; i = cut(from[:i]) {
				p.vote(from[:i], from[:i])
			}
		}
		to := last[from[cut(from)+1:]]
		if o[from] || to == "" {
			continue
		}
		p.learn(from, to)
	}
	return p
}

// learn notes the beginnings in which two paths differ that end alike.
func (p paths) learn(from, to string) {
	for {
		i, j := cut(from), cut(to)
		if i < 0 || j < 0 || from[i+1:] != to[j+1:] {
			break
		}
		from, to = from[:i], to[:j]
		p.vote(from, to)
	}
	// Where the target's beginning is a part of the source's, the component
	// behind it is one that the target lacks, whatever follows.
	if rest, ok := strings.CutPrefix(from, to); ok && len(rest) > 1 && cut(rest) > 0 {
		i := 1 + strings.IndexAny(rest[1:], "./\\:")
		p.vote(to+rest[:i], to)
	}
}

func (p paths) vote(from, to string) {
	if p.to[from] == nil {
		p.to[from] = map[string]int{}
	}
	p.to[from][to]++
}

// cut is where the last component of a path begins, less one.
func cut(path string) int { return strings.LastIndexAny(path, "./\\:") }

func keysOf(read parse, text []byte) map[string]bool {
	out := map[string]bool{}
	lines := textdiff.Lines(text)
	lines = lines[:min(len(lines), maxImportLines)]
	for i := 0; i < len(lines); {
		s, n := read(lines[i:])
		if n > 0 && !s.void {
			out[s.key] = true
		}
		i += max(n, 1)
	}
	return out
}

// best is what a beginning is in the target, if the votes are clear.
func (p paths) best(from string) (string, bool) {
	most, sum, to := 0, 0, ""
	for t, n := range p.to[from] {
		sum += n
		if n > most || n == most && t < to {
			most, to = n, t
		}
	}
	return to, most*3 >= sum*2 && most > 0
}

// of is a path as the target writes it.
func (p paths) of(path string) (string, bool) {
	for end := cut(path); end > 0; end = cut(path[:end]) {
		if to, ok := p.best(path[:end]); ok {
			return to + path[end:], true
		}
	}
	return path, false
}

// translate writes entries with the target's paths.
func (p paths) translate(list []entry) ([]entry, bool) {
	out := make([]entry, len(list))
	changed := false
	for i, e := range list {
		if !e.void {
			if to, ok := p.of(e.key); ok {
				e.text = bytes.Replace(e.text, []byte(e.key), []byte(to), 1)
				e.key = to
				changed = true
			}
		}
		out[i] = e
	}
	return out, changed
}
