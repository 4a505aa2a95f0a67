package patch

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrNoData is returned for a binary change whose diff was made without
// --binary: it says that the file differs, not how.
var ErrNoData = errors.New("the diff says that the binary file differs, not how: make it with git diff --binary")

// Apply gives the contents of the file after the change, where pre is exactly
// what the change was made against: the blob OldID, nothing for a file that is
// created. Every old line must stand at its stated place. The result may share
// memory with pre; it is empty for a file that is deleted. Errors are one line.
func (f File) Apply(pre []byte) ([]byte, error) {
	out, err := f.apply(pre, stated{})
	if err != nil {
		return nil, fmt.Errorf("apply patch to %s: %w", quoteShort(f.Name()), err)
	}
	return out, nil
}

// placer finds where a hunk goes.
type placer interface {
	// place returns how many lines of the old text precede the hunk. from is
	// the number of lines that earlier hunks have used up, rest the text after them.
	place(h hunk, from int, rest []byte) (int, error)
}

// stated takes every hunk to the place it states.
type stated struct{}

func (stated) place(h hunk, _ int, _ []byte) (int, error) { return h.firstOld(), nil }

func (f File) apply(pre []byte, where placer) ([]byte, error) {
	switch {
	case f.Binary && f.data == nil:
		return nil, ErrNoData
	case f.OldPath == "" && len(pre) > 0:
		return nil, errors.New("a file that is created has contents already")
	}
	var out []byte
	var err error
	switch {
	case f.data != nil:
		out, err = f.data.apply(pre)
	case len(f.hunks.text) > 0:
		out, err = applyHunks(f.hunks, pre, where)
	default:
		out = pre
	}
	if err != nil {
		return nil, err
	}
	if f.NewPath == "" && len(out) > 0 {
		return nil, errors.New("the patch deletes less than the file has")
	}
	return out, nil
}

func applyHunks(hunks cursor, pre []byte, where placer) ([]byte, error) {
	w := rewriter{rest: pre, out: make([]byte, 0, len(pre)+len(hunks.text)/2)}
	for n := 1; !hunks.done(); n++ {
		h, err := readHunk(&hunks)
		if err != nil {
			return nil, err
		}
		fail := func(err error) error { return fmt.Errorf("hunk %d (line %d of the patch): %w", n, h.line, err) }
		first, err := where.place(h, w.used, w.rest)
		if err != nil {
			return nil, fail(err)
		}
		if err := w.hunk(h, first); err != nil {
			return nil, fail(err)
		}
	}
	if err := w.write(w.rest); err != nil {
		return nil, err
	}
	return w.out, nil
}

// rewriter copies a text while it changes parts of it.
type rewriter struct {
	rest []byte // of the old text
	used int    // lines of the old text before rest
	out  []byte
}

// hunk changes the lines after the first ones of the old text.
func (w *rewriter) hunk(h hunk, first int) error {
	if first < w.used {
		return errors.New("it overlaps the hunk before it")
	}
	skipped := 0
	for w.used < first {
		n := lineEnd(w.rest[skipped:])
		if n == 0 {
			return fmt.Errorf("it begins at line %d, the file has only %d", first+1, w.used)
		}
		skipped += n
		w.used++
	}
	if err := w.write(w.rest[:skipped]); err != nil {
		return err
	}
	w.rest = w.rest[skipped:]
	for sign, line := range h.all() {
		if sign != '+' {
			have := w.rest[:lineEnd(w.rest)]
			if !bytes.Equal(have, line) {
				return fmt.Errorf("line %d is %s, the patch was made for %s", w.used+1, quoteLine(have), quoteLine(line))
			}
			w.rest = w.rest[len(have):]
			w.used++
		}
		if sign != '-' {
			if err := w.write(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// write appends text, if it would not be joined to a last line without newline.
func (w *rewriter) write(text []byte) error {
	if len(text) > 0 && len(w.out) > 0 && w.out[len(w.out)-1] != '\n' {
		return fmt.Errorf("text would follow the end of the file at line %d", w.used+1)
	}
	w.out = append(w.out, text...)
	return nil
}

// quoteLine shows a line in a message.
func quoteLine(line []byte) string {
	if len(line) == 0 {
		return "missing"
	}
	if len(line) > 60 {
		line = append(bytes.Clone(line[:60]), "…"...)
	}
	return fmt.Sprintf("%q", line)
}
