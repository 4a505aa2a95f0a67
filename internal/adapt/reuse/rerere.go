package reuse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

const (
	// maxRecords and maxRecorded bound what is read of a cache: conflicts, and
	// bytes of all files together.
	maxRecords  = 20_000
	maxRecorded = 256 << 20
	// maxImage bounds one file of it.
	maxImage = 4 << 20
)

// Rerere reads what git rerere has recorded in a repository:
// rr-cache/<id>/preimage is a file with conflict markers, of which labels and
// base are gone and the sides are sorted, and postimage the same file resolved;
// further ones have a number behind their names (gitrerere: "Documentation/technical/rerere.txt").
// Conflicts without a resolution and files that are not of this form are left
// out. When is the moment the resolution was recorded, By is "rerere".
func Rerere(repo *git.Repo) ([]Resolution, error) {
	root, err := os.OpenRoot(filepath.Join(repo.CommonDir, "rr-cache"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read rerere's records: %w", err)
	}
	defer func() { _ = root.Close() }() // it was only read
	folders, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("read rerere's records: %w", err)
	}
	var out []Resolution
	left := int64(maxRecorded)
	for _, folder := range folders[:min(len(folders), maxRecords)] {
		if !folder.IsDir() {
			continue
		}
		images, err := fs.ReadDir(root.FS(), folder.Name())
		if err != nil {
			continue // git removes what is old at any time
		}
		for _, image := range images {
			number, ok := strings.CutPrefix(image.Name(), "postimage")
			if !ok || left <= 0 {
				continue
			}
			after, when := readImage(root, folder.Name()+"/"+image.Name(), &left)
			before, _ := readImage(root, folder.Name()+"/preimage"+number, &left)
			if before != nil && after != nil {
				out = append(out, recorded(before, after, when)...)
			}
		}
	}
	return out, nil
}

// readImage reads a regular file, nil if it cannot be used.
func readImage(root *os.Root, path string, left *int64) ([]byte, int64) {
	if st, err := root.Lstat(path); err != nil || !st.Mode().IsRegular() || st.Size() > maxImage {
		return nil, 0
	}
	f, err := root.Open(path)
	if err != nil {
		return nil, 0
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		return nil, 0
	}
	text, err := io.ReadAll(io.LimitReader(f, maxImage))
	*left -= int64(len(text))
	if err != nil {
		return nil, 0
	}
	return text, st.ModTime().Unix()
}

// recorded reads the resolutions off a file with conflict markers and the same
// file without. With base between the sides, as diff3 style has it, they are
// resolutions of three sides.
func recorded(before, after []byte, when int64) []Resolution {
	var p puzzle
	var found []Resolution
	var c conflict
	for _, line := range textdiff.Lines(before) {
		switch c.take(line) {
		case outside:
			p.context(line)
		case closed:
			if c.nested {
				return nil // a file that has markers of its own
			}
			r := Resolution{Base: c.sides[1], Ours: c.sides[0], Theirs: c.sides[2], TwoSided: !c.based, By: byRerere, When: when}
			found = append(found, r)
			p.chunk(r.Base, r.Ours, r.Theirs)
			c = conflict{}
		}
	}
	if c.size > 0 {
		return nil
	}
	texts, ok := p.solve(after)
	var out []Resolution
	for i, r := range found {
		if r.Result = texts[i]; ok[i] && !marked(texts[i]) {
			out = append(out, r)
		}
	}
	return out
}

// conflict is a region between markers as far as it was read.
type conflict struct {
	size          int // of the markers, 0 outside
	side          int // 0 ours, 1 base, 2 theirs
	based, nested bool
	sides         [3][]byte
}

type place int

const (
	outside place = iota
	inside
	closed
)

// take reads a line and says where it stands.
func (c *conflict) take(line []byte) place {
	kind, size := Marker(line)
	switch {
	case c.size == 0:
		if kind != '<' {
			return outside
		}
		c.size = size
	case size != c.size:
		c.sides[c.side] = append(c.sides[c.side], line...)
	case kind == '|' && c.side == 0:
		c.side, c.based = 1, true
	case kind == '=' && c.side < 2:
		c.side = 2
	case kind == '>' && c.side == 2:
		return closed
	default:
		c.nested = true
	}
	return inside
}

// minMarker is the least length of a conflict marker (gitattributes(5),
// conflict-marker-size).
const minMarker = 7

// Marker tells a line of conflict markers by its letter and its length; 0 for
// every other line.
func Marker(line []byte) (kind byte, size int) {
	if len(line) < minMarker || bytes.IndexByte([]byte("<|=>"), line[0]) < 0 {
		return 0, 0
	}
	n := 0
	for n < len(line) && line[n] == line[0] {
		n++
	}
	if n < minMarker || n < len(line) && bytes.IndexByte([]byte(" \r\n"), line[n]) < 0 {
		return 0, 0
	}
	return line[0], n
}

// marked reports whether a text has markers of a conflict left.
func marked(text []byte) bool {
	for _, line := range textdiff.Lines(text) {
		if kind, _ := Marker(line); kind == '<' || kind == '>' || kind == '|' {
			return true
		}
	}
	return false
}
