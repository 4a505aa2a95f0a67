package pick

import (
	"context"
	"errors"
	"fmt"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// conflictFile is the result for a path that git could not merge.
func conflictFile(path, kind, text string, sides backport.Sides) backport.File {
	return backport.File{
		Path: path, Outcome: backport.Conflict, Rung: "git",
		Kind: kind, Detail: text, Sides: &sides,
	}
}

// conflicts lists the paths that a merge of whole trees left, with git's word
// for each. A note may name several paths (a renamed file and where it came
// from); each that has stages, or stands first, is listed.
func conflicts(m git.Merged) []backport.File {
	stages := map[string]*backport.Sides{}
	var order []string
	for _, s := range m.Stages {
		if stages[s.Path] == nil {
			stages[s.Path] = &backport.Sides{}
			order = append(order, s.Path)
		}
		switch s.N {
		case 1:
			stages[s.Path].Base = s.ID
		case 2:
			stages[s.Path].Ours = s.ID
		case 3:
			stages[s.Path].Theirs = s.ID
		}
	}
	var files []backport.File
	listed := map[string]bool{}
	add := func(path, kind, text string) {
		if listed[path] {
			return
		}
		listed[path] = true
		f := backport.File{Path: path, Outcome: backport.Conflict, Rung: "git", Kind: kind, Detail: text}
		f.Sides = stages[path]
		files = append(files, f)
	}
	for _, note := range m.Notes {
		kind, ok := note.Conflict()
		if !ok {
			continue
		}
		for i, path := range note.Paths {
			if i == 0 || stages[path] != nil {
				add(path, kind, note.Text)
			}
		}
	}
	for _, path := range order {
		add(path, "contents", "")
	}
	return files
}

const (
	// maxChunkFile bounds the files whose regions are shown, in bytes.
	maxChunkFile = 4 << 20
	// maxChunks bounds the regions shown of one file.
	maxChunks = 1000
)

// chunks fills in the conflicting regions of files that differ in content.
func (e *Engine) chunks(ctx context.Context, files []backport.File) error {
	for i := range files {
		f := &files[i]
		if f.Kind != "contents" || f.Sides == nil || f.Sides.Ours == "" || f.Sides.Theirs == "" {
			continue
		}
		var text [3][]byte
		for n, id := range []string{f.Sides.Base, f.Sides.Ours, f.Sides.Theirs} {
			if id == "" {
				continue // both sides added the file
			}
			o, err := e.store.Read(ctx, id, maxChunkFile)
			if errors.Is(err, git.ErrTooLarge) {
				f.Detail += fmt.Sprintf(" (regions not shown: larger than %d MiB)", maxChunkFile>>20)
				break
			}
			if err != nil {
				return fmt.Errorf("show the regions of %s: %w", f.Path, err)
			}
			text[n] = o.Content
		}
		if text[1] == nil || text[2] == nil {
			continue
		}
		f.Chunks = regions(text[0], text[1], text[2])
	}
	return nil
}

// regions are the conflicting regions of three texts. git has decided that
// they conflict; should the finer comparison find no region, the answer is the
// files as a whole.
func regions(base, ours, theirs []byte) []backport.Chunk {
	merged := textdiff.Merge3Histogram(base, ours, theirs)
	var out []backport.Chunk
	for _, r := range merged.Conflicts() {
		if len(out) == maxChunks {
			break
		}
		b, o, t := merged.Sides(r)
		out = append(out, backport.Chunk{
			Line: r.Ours.Start + 1, Lines: r.Ours.End - r.Ours.Start,
			Base: string(b), Ours: string(o), Theirs: string(t),
		})
	}
	if len(out) == 0 {
		out = append(out, backport.Chunk{
			Line: 1, Lines: len(textdiff.Lines(ours)), Base: string(base), Ours: string(ours), Theirs: string(theirs),
		})
	}
	return out
}
