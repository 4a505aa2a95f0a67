package gate

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/textdiff"
)

const (
	// context is how many lines around a hunk belong to the code that it mends.
	around = 3
	// maxCopies bounds the files of one name that are looked into.
	maxCopies = 50
	// maxBlocks bounds the hunks of one pick that are looked for elsewhere.
	maxBlocks = 40
	// fewWords and fewLines are what a block must have at least to be told from
	// other code that looks alike.
	fewWords, fewLines = 6, 3
)

// sibling finds code of the target that is equal to what the fix changes and
// that the pick leaves as it is, in a file of the same name
// elsewhere: a copy that has the same defect. The source has no such copy, or
// has mended it.
func (c *Checker) sibling(ctx context.Context, _ Question, ch *change, r *report) error {
	left := maxBlocks
	for _, f := range ch.files {
		if family(f.ours.lang) == "" {
			continue
		}
		var blocks []block
		for _, h := range f.hunks {
			b := f.block(h)
			if h.OldCount > 0 && len(b.words) >= fewWords && b.lines >= fewLines && left > 0 {
				blocks = append(blocks, b)
				left--
			}
		}
		if len(blocks) == 0 {
			continue
		}
		copies, err := c.copies(ctx, ch.result, f.path)
		if err != nil {
			return err
		}
		for _, d := range copies {
			if err := c.unmended(ctx, ch, f, blocks, d, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// unmended reports the first block that a file still has.
func (c *Checker) unmended(ctx context.Context, ch *change, f *touched, blocks []block, d delta, r *report) error {
	if ch.touches(d.path) {
		return nil
	}
	t, err := c.text(ctx, d.path, d.new)
	if err != nil {
		return err
	}
	words := t.getWords()
	for _, b := range blocks {
		if !words.hasAll(b.words) {
			continue
		}
		line, err := c.copied(ctx, ch, b, t, d.path)
		if err != nil {
			return err
		}
		if line >= 0 {
			r.add(backport.Warning, d.path, line, "", fmt.Sprintf("this is the code that the fix changes in %s; here it is left as it was", f.path))
			return nil
		}
	}
	return nil
}

// copies lists the other files of the same name.
func (c *Checker) copies(ctx context.Context, tree, name string) ([]delta, error) {
	w := &copyWalk{objects: c.objects, base: path.Base(name), folders: maxFolders}
	if err := w.walk(ctx, tree, "", 0); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(w.found, func(d delta) bool { return d.path == name }), nil
}

// copyWalk looks for files of one name.
type copyWalk struct {
	*objects
	base    string
	folders int // that may still be opened
	found   []delta
}

func (w *copyWalk) walk(ctx context.Context, tree, prefix string, depth int) error {
	if w.folders--; w.folders < 0 || depth > maxDepth || len(w.found) >= maxCopies {
		return nil
	}
	t, err := w.Tree(ctx, tree)
	if err != nil {
		return err
	}
	rawLen := w.Format.RawLen()
	for e, rest, ok := t.Next(rawLen); ok; e, rest, ok = rest.Next(rawLen) {
		switch {
		case e.IsTree():
			if err := w.walk(ctx, e.ID(), prefix+string(e.Name)+"/", depth+1); err != nil {
				return err
			}
		case string(e.Name) == w.base && e.Mode.IsRegular():
			w.found = append(w.found, delta{path: prefix + w.base, new: e.ID()})
		}
	}
	return nil
}

// block is what a hunk changes, with some lines around it.
type block struct {
	text  []byte // normalised
	words []uint32
	lines int // that are not blank
	lead  int // of them, those before the change
}

func (f *touched) block(h textdiff.Hunk) block {
	lines := f.ours.getLines()
	from, to := max(0, h.OldStart-around), min(len(lines), h.OldStart+h.OldCount+around)
	var b block
	b.text, b.lines = normalised(lines[from:to])
	_, b.lead = normalised(lines[from:h.OldStart])
	b.words = wordsOf(bytes.Join(lines[from:to], nil))
	return b
}

// normalised joins lines without blank ones and without what they begin and end
// with.
func normalised(lines [][]byte) (text []byte, n int) {
	for _, l := range lines {
		if l = bytes.TrimSpace(l); len(l) > 0 {
			text = append(append(text, l...), '\n')
			n++
		}
	}
	return text, n
}

// copied is the line at which a file of the target has the block and not yet
// what the fix makes of it, while the source's file of this name has not; -1 if
// that is not so.
func (c *Checker) copied(ctx context.Context, ch *change, b block, t *text, name string) (int, error) {
	whole, _ := normalised(t.getLines())
	at := bytes.Index(whole, b.text)
	if at < 0 || at > 0 && whole[at-1] != '\n' {
		return -1, nil
	}
	source, err := c.objects.file(ctx, ch.after, name)
	if err != nil {
		return -1, err
	}
	s, err := c.text(ctx, name, source)
	if err != nil {
		return -1, err
	}
	if all, _ := normalised(s.getLines()); bytes.Contains(all, b.text) {
		return -1, nil // the source left it as it is, too
	}
	n := bytes.Count(whole[:at], []byte("\n")) + b.lead
	for i, l := range t.getLines() {
		if len(bytes.TrimSpace(l)) > 0 {
			if n--; n < 0 {
				return i, nil
			}
		}
	}
	return -1, nil
}
