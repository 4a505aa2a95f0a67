package patch

import (
	"fmt"
	"strconv"
	"strings"
)

// rawFile is a file as the diff spells it, before its names are resolved.
type rawFile struct {
	File
	line        int    // of the first line of its header
	git         bool   // it has a "diff --git" line
	left, right string // the names of that line; "" if they can't be told apart
	minus, plus string // the names of the "---" and "+++" lines; "" without them
	from, to    string // of the rename or copy lines
	created     bool
	deleted     bool
}

func readGitFile(c *cursor) (rawFile, error) {
	f := rawFile{git: true}
	begin := c.line
	line := string(trimEOL(c.peek())[len("diff --git "):])
	var err error
	if f.left, f.right, err = splitNames(line); err != nil {
		return f, c.errorf("%v", err)
	}
	for c.next(); !c.done(); c.next() {
		if len(c.peek()) > 3*maxPath { // a field holds one path; quoting makes it longer
			break
		}
		known, err := f.extended(string(trimEOL(c.peek())))
		if err != nil {
			return f, c.errorf("%v", err)
		}
		if !known {
			break
		}
	}
	if c.has("--- ") && followedBy(*c, "+++ ") {
		if _, _, err := f.readNames(c); err != nil {
			return f, err
		}
		f.created = f.created || f.minus == devNull
		f.deleted = f.deleted || f.plus == devNull
	}
	if err := f.readContent(c); err != nil {
		return f, err
	}
	changed := f.created || f.deleted || f.Rename || f.Copy || f.Binary || len(f.hunks.text) > 0 ||
		f.OldMode != f.NewMode && f.OldMode != 0 && f.NewMode != 0
	if !changed || f.minus != "" && len(f.hunks.text) == 0 {
		return f, c.errorAt(begin, "file header without a change after it")
	}
	return f, nil
}

func followedBy(c cursor, prefix string) bool {
	c.next()
	return c.has(prefix)
}

// readContent reads what follows the header: hunks, binary data, or nothing.
func (f *rawFile) readContent(c *cursor) error {
	switch {
	case c.has("@@ -"):
		return f.readHunks(c)
	case c.has("GIT binary patch\n"):
		f.Binary = true
		c.next()
		var err error
		f.data, err = readBinary(c)
		return err
	case c.has("Binary files ") || c.has("Files "):
		if strings.HasSuffix(string(trimEOL(c.peek())), " differ") {
			f.Binary = true
			c.next()
		}
	}
	return nil
}

// extended reads one line of git's extended header and says whether it was one.
func (f *rawFile) extended(line string) (known bool, err error) {
	for _, field := range extendedFields {
		if value, ok := strings.CutPrefix(line, field.prefix); ok {
			return true, field.read(f, value)
		}
	}
	return false, nil
}

var extendedFields = [...]struct {
	prefix string
	read   func(f *rawFile, value string) error
}{
	{"old mode ", func(f *rawFile, v string) error { return readMode(&f.OldMode, v) }},
	{"new mode ", func(f *rawFile, v string) error { return readMode(&f.NewMode, v) }},
	{"deleted file mode ", func(f *rawFile, v string) error {
		f.deleted = true
		return readMode(&f.OldMode, v)
	}},
	{"new file mode ", func(f *rawFile, v string) error {
		f.created = true
		return readMode(&f.NewMode, v)
	}},
	{"rename from ", func(f *rawFile, v string) error { return readWhole(&f.from, &f.Rename, v) }},
	{"rename to ", func(f *rawFile, v string) error { return readWhole(&f.to, &f.Rename, v) }},
	{"copy from ", func(f *rawFile, v string) error { return readWhole(&f.from, &f.Copy, v) }},
	{"copy to ", func(f *rawFile, v string) error { return readWhole(&f.to, &f.Copy, v) }},
	{"similarity index ", func(*rawFile, string) error { return nil }},
	{"dissimilarity index ", func(*rawFile, string) error { return nil }},
	{"index ", readIndex},
}

// readMode reads a mode and makes it one of the four that git stores for files.
func readMode(mode *uint32, s string) error {
	m, err := strconv.ParseUint(strings.TrimSpace(s), 8, 32)
	if err != nil {
		return fmt.Errorf("mode %.20q is no octal number", s)
	}
	if *mode != 0 {
		return fmt.Errorf("mode is stated twice")
	}
	switch m &^ 0o7777 {
	case 0o100000:
		*mode = 0o100644
		if m&0o100 != 0 {
			*mode = 0o100755
		}
	case 0o120000, 0o160000:
		*mode = uint32(m &^ 0o7777)
	default:
		return fmt.Errorf("mode %.20s is not that of a file, link or submodule", s)
	}
	return nil
}

// readWhole reads a name that takes the rest of its line and has no prefix.
func readWhole(name *string, flag *bool, s string) error {
	if *name != "" {
		return fmt.Errorf("name is stated twice")
	}
	*flag = true
	*name = s
	if strings.HasPrefix(s, `"`) {
		decoded, rest, err := unquote(s)
		if err != nil || rest != "" {
			return fmt.Errorf("quoted name is damaged")
		}
		*name = decoded
	}
	if *name == "" {
		return fmt.Errorf("name is missing")
	}
	return nil
}

// readIndex reads "<old>..<new>" and, of a file whose mode stays, " <mode>".
func readIndex(f *rawFile, s string) error {
	ids, mode, hasMode := strings.Cut(s, " ")
	old, new, ok := strings.Cut(ids, "..")
	if !ok || !isBlobID(old) || !isBlobID(new) {
		return fmt.Errorf("index line has no two object ids")
	}
	if f.OldID != "" || f.NewID != "" {
		return fmt.Errorf("index line is there twice")
	}
	f.OldID, f.NewID = old, new
	if !hasMode {
		return nil
	}
	if f.OldMode != 0 || f.NewMode != 0 {
		return fmt.Errorf("mode is stated twice")
	}
	err := readMode(&f.OldMode, mode)
	f.NewMode = f.OldMode
	return err
}

func isBlobID(s string) bool { return len(s) >= 4 && len(s) <= 64 && isHex(s) }
