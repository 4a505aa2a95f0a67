package conflict

import "backstay.dev/backstay/internal/textdiff"

// File is one path in conflict whose three sides are texts.
type File struct {
	// Path is where the target has it, slash-separated.
	Path string
	// Base is the text before the fix, Ours the target's, Theirs the fix's.
	Base, Ours, Theirs []byte
	// Merge is git's merge of the three.
	Merge textdiff.Merge
	// Chunks are the conflicting regions, in order.
	Chunks []*Chunk
}

// Chunk is one conflicting region.
type Chunk struct {
	File *File
	// Index is the position in File.Chunks, Region that in
	// File.Merge.Regions.
	Index, Region int
	// Base, Ours and Theirs are the lines of the region in the three texts.
	Base, Ours, Theirs []byte
}

// Answer is a text that could stand in the place of a chunk.
type Answer struct {
	// Rung names the method, in lower case with dashes.
	Rung string
	// Text replaces the chunk; empty for nothing.
	Text []byte
	// Why says in one sentence for a person what was done, and on what
	// evidence: "both sides added imports; they are merged in order".
	Why string
}

// New merges three texts as git does and finds the regions that conflict.
func New(path string, base, ours, theirs []byte) *File {
	f := &File{Path: path, Base: base, Ours: ours, Theirs: theirs, Merge: textdiff.Merge3Histogram(base, ours, theirs)}
	for i, r := range f.Merge.Regions {
		if r.Kind != textdiff.Conflict {
			continue
		}
		b, o, t := f.Merge.Sides(r)
		f.Chunks = append(f.Chunks, &Chunk{File: f, Index: len(f.Chunks), Region: i, Base: b, Ours: o, Theirs: t})
	}
	return f
}

// Text is the merged text with an answer in the place of each chunk; there
// must be as many as chunks.
func (f *File) Text(answers [][]byte) []byte {
	var out []byte
	chunk := 0
	for _, r := range f.Merge.Regions {
		base, ours, theirs := f.Merge.Sides(r)
		switch r.Kind {
		case textdiff.Conflict:
			out = append(out, answers[chunk]...)
			chunk++
		case textdiff.Theirs:
			out = append(out, theirs...)
		case textdiff.Same:
			out = append(out, base...)
		default:
			out = append(out, ours...)
		}
	}
	return out
}

// Before gives up to n lines that stand above the chunk in git's merge, nearest
// last. What stands there is another chunk's if the chunks are neighbours:
// lines of conflicts are never given, the context then ends early.
func (c *Chunk) Before(n int) [][]byte {
	var out [][]byte
	for i := c.Region - 1; i >= 0 && len(out) < n; i-- {
		r := c.File.Merge.Regions[i]
		if r.Kind == textdiff.Conflict {
			break
		}
		lines := textdiff.Lines(c.File.side(r))
		out = append(append([][]byte{}, lines[max(len(lines)-(n-len(out)), 0):]...), out...)
	}
	return out
}

// After gives up to n lines that stand below the chunk in git's merge.
func (c *Chunk) After(n int) [][]byte {
	var out [][]byte
	for i := c.Region + 1; i < len(c.File.Merge.Regions) && len(out) < n; i++ {
		r := c.File.Merge.Regions[i]
		if r.Kind == textdiff.Conflict {
			break
		}
		lines := textdiff.Lines(c.File.side(r))
		out = append(out, lines[:min(n-len(out), len(lines))]...)
	}
	return out
}

// side is what git's merge has for a region without a conflict.
func (f *File) side(r textdiff.Region) []byte {
	_, ours, theirs := f.Merge.Sides(r)
	if r.Kind == textdiff.Theirs {
		return theirs
	}
	return ours
}
