package compare

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/textdiff"
)

// File is one file that a change touches.
type File struct {
	// Path is where it is after the change, or where it was if it is removed.
	// OldPath is where it was, if that is another path.
	Path, OldPath string
	// Before and After are its contents; nil where that side lacks the file. Of
	// a symbolic link they are its target, of a submodule the line "Subproject
	// commit <id>\n".
	Before, After []byte
	// OldMode and Mode are git modes, 0100644 for instance; 0 if unknown.
	OldMode, Mode uint32
	// Unread says why the contents were not read ("too large"); Before and After
	// then stand for them: they are equal where the contents are.
	Unread string
}

const (
	// maxFile bounds in bytes the contents that are compared by their lines.
	maxFile = 4 << 20
	// maxLines bounds the lines of such a file, before and after together.
	maxLines = 400_000
	// maxTotal bounds in bytes what is compared by lines of one change, where a
	// line costs as much as lineCost bytes.
	maxTotal = 96 << 20
	lineCost = 32
	// maxText bounds in bytes a line as it is shown.
	maxText = 4 << 10
)

// change is a File of one side, taken apart.
type change struct {
	File
	index int // in the side's files
	// whole says why it is not compared by lines, "" if it is.
	whole string
	// crlf says that every line ends in CRLF, before and after. Then lines are
	// numbered without the CR.
	crlf     bool
	old, new []int32 // lines
	ops      []op
	// changedOld and changedNew tell the lines that ops removes and adds;
	// removed and added how many stand before a line.
	changedOld, changedNew []bool
	removed, added         []int32

	oldParts, newParts *parts
	successor          []int32 // of each old part the new one, -1 if it is gone
	origin             []int32 // the reverse
	pair               *change // on the other side; nil if none
	settled            bool    // one script does for both
}

// newChange takes a file apart. budget is how many bytes may still be compared
// by lines.
func newChange(f File, index int, lines *lines, budget *int) *change {
	c := &change{File: f, index: index}
	count := bytes.Count(f.Before, []byte("\n")) + bytes.Count(f.After, []byte("\n"))
	cost := len(f.Before) + len(f.After) + lineCost*count
	switch {
	case f.Unread != "":
		c.whole = f.Unread
	case len(f.Before) > maxFile || len(f.After) > maxFile || count > maxLines || cost > *budget:
		c.whole = "too large"
	case git.Binary(f.Before) || git.Binary(f.After):
		c.whole = "binary"
	}
	if c.whole != "" {
		return c
	}
	*budget -= cost
	c.crlf = (crlf(f.Before) || len(f.Before) == 0) && (crlf(f.After) || len(f.After) == 0) && cost > 0
	c.old, c.new = lines.of(f.Before, c.crlf), lines.of(f.After, c.crlf)
	c.set(script(textdiff.DiffSymbols(c.old, c.new), c.old, c.new))
	return c
}

// set takes another script for the same change.
func (c *change) set(ops []op) {
	c.ops = ops
	c.changedOld, c.changedNew = make([]bool, len(c.old)), make([]bool, len(c.new))
	c.removed, c.added = nil, nil
	for _, o := range ops {
		if o.sign == '-' {
			c.changedOld[o.old] = true
		} else {
			c.changedNew[o.new] = true
		}
	}
}

// crlf says whether each line of a text that is not empty ends in CRLF; the last
// may lack its end.
func crlf(b []byte) bool {
	n := bytes.Count(b, []byte("\n"))
	return n > 0 && n == bytes.Count(b, []byte("\r\n"))
}

// headerLine is something that a change does to a file as a whole.
type headerLine struct {
	sign byte // '-' or '+'
	text string
}

// header are the lines of a change that no line of the file tells: its modes, its
// name, that it is there though it is empty, and what it is if it has no lines.
// A nil change has none.
func (c *change) header() []headerLine {
	if c == nil || c.Before == nil && c.After == nil {
		return nil
	}
	var old, now []string
	mode := func(m uint32) string { return fmt.Sprintf("mode %06o", m) }
	switch {
	case c.Before != nil && c.After != nil:
		if c.OldMode != c.Mode && c.OldMode != 0 && c.Mode != 0 {
			old, now = append(old, mode(c.OldMode)), append(now, mode(c.Mode))
		}
		if c.OldPath != "" && c.OldPath != c.Path {
			from, to := shortened(c.OldPath, c.Path)
			old, now = append(old, "name "+from), append(now, "name "+to)
		}
	case c.After != nil && c.Mode != 0 && c.Mode != regular:
		now = append(now, mode(c.Mode))
	case c.Before != nil && c.OldMode != 0 && c.OldMode != regular:
		old = append(old, mode(c.OldMode))
	}
	if c.whole != "" {
		if c.Before != nil {
			old = append(old, c.digest(c.Before))
		}
		if c.After != nil {
			now = append(now, c.digest(c.After))
		}
	} else if len(c.Before) == 0 && len(c.After) == 0 {
		if c.Before == nil {
			now = append(now, "empty file")
		} else if c.After == nil {
			old = append(old, "empty file")
		}
	}
	var out []headerLine
	for _, t := range old {
		out = append(out, headerLine{'-', t})
	}
	for _, t := range now {
		out = append(out, headerLine{'+', t})
	}
	return out
}

// regular is the mode of most files.
const regular = 0o100644

func (c *change) digest(b []byte) string {
	if c.Unread != "" {
		return c.whole + ": " + string(b[:min(len(b), 200)])
	}
	return fmt.Sprintf("%s: %d bytes, SHA-256 %.8x", c.whole, len(b), sha256.Sum256(b))
}

// shortened takes the folders off two paths that they have in common.
func shortened(a, b string) (string, string) {
	for {
		folder, rest, ok := strings.Cut(a, "/")
		other, rest2, ok2 := strings.Cut(b, "/")
		if !ok || !ok2 || folder != other {
			return a, b
		}
		a, b = rest, rest2
	}
}
