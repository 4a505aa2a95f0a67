package patch

import (
	"bytes"
	"strings"
)

// diffReader reads the diffs of one patch and skips what stands between them:
// diffstat, notes, signature, mail footers.
type diffReader struct {
	c        *cursor
	base     *string // where the first base-commit goes
	maxFiles int
	raw      []rawFile
}

// read returns the files of the patch, none if there is no diff.
func (d *diffReader) read() ([]File, error) {
	for !d.c.done() {
		begin := d.c.line
		var f rawFile
		var err error
		switch {
		case d.c.has("diff --git "):
			f, err = readGitFile(d.c)
		case atPlainFile(*d.c):
			f, err = readPlainFile(d.c)
		default:
			if err := d.skip(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(d.raw) >= d.maxFiles {
			return nil, d.c.errorAt(begin, "more changed files than the limit allows")
		}
		f.line = begin
		d.raw = append(d.raw, f)
	}
	return resolve(d.c, d.raw)
}

// skip passes over a line outside of all diffs, if it can't be part of a change
// that would be lost with it.
func (d *diffReader) skip() error {
	line := d.c.peek()
	if why := lostChange(line); why != "" {
		return d.c.errorf("%s", why)
	}
	if bytes.HasPrefix(line, []byte("Only in ")) && bytes.Contains(line, []byte(": ")) && len(d.raw) > 0 {
		return d.c.errorf("file without its content: make the diff with diff -N")
	}
	if showID(line) != "" && len(d.raw) > 0 {
		return d.c.errorf("second commit of a log: give several commits as git format-patch writes them, their order is certain there")
	}
	if *d.base == "" {
		*d.base = baseCommit(line)
	}
	d.c.next()
	return nil
}

// lostChange says what is wrong with a line that states a change in a form that
// can't be read; "" if line is not of that kind.
func lostChange(line []byte) string {
	text := strings.TrimRight(string(line[:min(len(line), 3*maxPath)]), "\r\n")
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "diff --cc "), strings.HasPrefix(text, "diff --combined "):
		return "combined diff of a merge: make it a diff against one parent (git show -m --first-parent)"
	case text == "***************":
		return "context diff: make it a unified one (diff -u)"
	case strings.HasPrefix(text, "@@ -") && isHunkHeader(text):
		return "hunk without a file header before it"
	case text == "GIT binary patch":
		return "binary patch without a file header before it"
	case strings.HasPrefix(text, "Binary files ") && strings.HasSuffix(text, " differ"):
		return "binary change without its content: make the diff with git diff --binary"
	case isSubmoduleLog(text):
		return "submodule log instead of a diff: make it with --submodule=short"
	}
	return ""
}

// isSubmoduleLog recognises "Submodule <path> <old>..<new>:" of
// --submodule=log; "(new submodule)" or the like may stand behind the ids.
func isSubmoduleLog(line string) bool {
	rest, ok := strings.CutPrefix(line, "Submodule ")
	if !ok {
		return false
	}
	for _, word := range strings.Fields(rest) {
		old, new, dots := strings.Cut(strings.TrimSuffix(word, ":"), "..")
		new = strings.TrimPrefix(new, ".")
		if dots && len(old) >= 7 && len(new) >= 7 && isHex(old) && isHex(new) {
			return true
		}
	}
	return false
}

// atPlainFile says whether a file header stands at c that is not git's: "---"
// and "+++" lines with a hunk after them.
func atPlainFile(c cursor) bool {
	if !c.has("--- ") {
		return false
	}
	c.next()
	if !c.has("+++ ") {
		return false
	}
	c.next()
	return c.has("@@ -")
}

func readPlainFile(c *cursor) (rawFile, error) {
	var f rawFile
	oldEpoch, newEpoch, err := f.readNames(c)
	if err != nil {
		return f, err
	}
	first := *c
	h, err := readHunk(&first)
	if err != nil {
		return f, err
	}
	f.created = f.minus == devNull || oldEpoch && h.oldStart == 0 && h.oldLines == 0
	f.deleted = f.plus == devNull || newEpoch && h.newStart == 0 && h.newLines == 0
	return f, f.readHunks(c)
}

// readNames reads the "---" and "+++" lines and says whether the time on them
// is the epoch, by which diff -N marks a file that does not exist.
func (f *rawFile) readNames(c *cursor) (oldEpoch, newEpoch bool, err error) {
	if f.minus, oldEpoch, err = readName(c, "--- "); err != nil {
		return
	}
	f.plus, newEpoch, err = readName(c, "+++ ")
	return
}

func readName(c *cursor, prefix string) (name string, epoch bool, err error) {
	line := string(trimEOL(c.peek())[len(prefix):])
	name, rest, err := headerName(line)
	if err != nil {
		return "", false, c.errorf("%v", err)
	}
	c.next()
	seconds, _, dated := parseDate(dropFraction(rest))
	return name, dated && seconds == 0, nil
}

// dropFraction removes the part after the seconds from a time of GNU diff.
func dropFraction(when string) string {
	before, after, ok := strings.Cut(when, ".")
	if !ok {
		return when
	}
	return before + strings.TrimLeft(after, "0123456789")
}

// readHunks reads all hunks of a file and checks them against each other.
func (f *rawFile) readHunks(c *cursor) error {
	start := *c
	end := 0 // last old line of the hunk before
	for c.has("@@ -") {
		h, err := readHunk(c)
		if err != nil {
			return err
		}
		if first := h.firstOld(); first < end {
			return c.errorAt(h.line, "hunk overlaps the one before it")
		}
		end = h.firstOld() + h.oldLines
		if f.created && h.oldLines > 0 {
			return c.errorAt(h.line, "hunk of a new file has old lines")
		}
		if f.deleted && h.newLines > 0 {
			return c.errorAt(h.line, "hunk of a deleted file has new lines")
		}
	}
	if strayHunkLine(c.peek()) {
		return c.errorf("hunk is longer than its header says")
	}
	f.hunks = *start.cut(*c)
	return nil
}

// strayHunkLine recognises a line that belongs to the hunk above it, whatever
// its header counted: dropping it would lose a part of the change. Lines that
// begin with two dashes are signatures and footers.
func strayHunkLine(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	switch line[0] {
	case '+':
		return true
	case ' ':
		return len(bytes.TrimSpace(line)) > 0
	case '-':
		return len(line) > 1 && line[1] != '-'
	}
	return false
}
