package fileclass

import (
	"bytes"

	"backstay.dev/backstay/internal/adapt/conflict"
)

// Rung is a method that looks at one chunk.
type Rung struct {
	// Name is that of the method; its answers' names begin with it and tell
	// whose version was preferred.
	Name string
	// Answers gives what the method has to say of a chunk, often nothing.
	Answers func(*conflict.Chunk) []conflict.Answer
}

// Rungs are the methods that look at one chunk, the most cautious first.
func Rungs() []Rung {
	return []Rung{{"pins", Pins}, {"lines", Lines}}
}

// Files gives what the methods for whole files have to say: texts that could
// be the file. Equal texts are given once, by the first method that has them.
func Files(f *conflict.File) []conflict.Answer {
	var out []conflict.Answer
	add := func(rung string, text []byte, why string, ok bool) {
		if ok && !given(out, text) {
			out = append(out, conflict.Answer{Rung: rung, Text: text, Why: why})
		}
	}
	for _, m := range []struct {
		rung  string
		merge func(*conflict.File, Prefer) ([]byte, string, bool)
	}{{"go-mod-", GoMod}, {"go-sum-", GoSum}, {"modules-", ModulesTxt}, {"packages-", Packages}} {
		for _, p := range []Prefer{Line, Higher, Fix, Branch} {
			text, why, ok := m.merge(f, p)
			add(m.rung+p.String(), text, why, ok)
		}
	}
	text, why, ok := ChangelogEntry(f)
	add("changelog-entry", text, why, ok)
	text, why, ok = ChangelogLeftOut(f)
	add("changelog-out", text, why, ok)
	return out
}

// ByChunk gives the answers of Files chunk by chunk, for each of f.Chunks those
// whose text is git's merge but for the chunks.
func ByChunk(f *conflict.File) [][]conflict.Answer {
	out := make([][]conflict.Answer, len(f.Chunks))
	for _, a := range Files(f) {
		texts, ok := Cut(f, a.Text)
		if !ok {
			continue
		}
		for i, text := range texts {
			if !given(out[i], text) {
				out[i] = append(out[i], conflict.Answer{Rung: a.Rung, Text: bytes.Clone(text), Why: a.Why})
			}
		}
	}
	return out
}
