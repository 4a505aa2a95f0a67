package patch

import (
	"errors"
	"fmt"
	"strings"
)

const devNull = "/dev/null"

var errQuote = errors.New("quoted name is damaged")

// headerName reads the name on a "---" or "+++" line and what follows it, a
// time as a rule. An unquoted name ends at the first tab.
func headerName(s string) (name, rest string, err error) {
	if strings.HasPrefix(s, `"`) {
		return unquote(s)
	}
	name, rest, _ = strings.Cut(s, "\t")
	if name == "" {
		return "", "", errors.New("name is missing")
	}
	return name, rest, nil
}

// splitNames takes the two names of a "diff --git" line apart. Unquoted names
// may have spaces in them: then the middle of the line decides, because
// without rename lines both names and, as a rule, both prefixes are of equal
// length. Names that can't be told apart are "".
func splitNames(s string) (left, right string, err error) {
	if strings.HasPrefix(s, `"`) {
		if left, s, err = unquote(s); err != nil {
			return "", "", err
		}
		right = strings.TrimLeft(s, " ")
		if strings.HasPrefix(right, `"`) {
			right, _, err = unquote(right)
		}
		return left, right, err
	}
	if i := strings.Index(s, ` "`); i >= 0 {
		right, _, err = unquote(s[i+1:])
		return s[:i], right, err
	}
	if mid := len(s) / 2; len(s)%2 == 1 && s[mid] == ' ' {
		return s[:mid], s[mid+1:], nil
	}
	return "", "", nil
}

// unquote decodes a name that git quoted like a C string, and returns what
// stands behind it.
func unquote(s string) (name, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			if b.Len() == 0 {
				return "", "", errQuote
			}
			return b.String(), s[i+1:], nil
		case '\\':
			value, size := unescape(s[i+1:])
			if size == 0 {
				return "", "", errQuote
			}
			b.WriteByte(value)
			i += size
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errQuote
}

// unescape reads what follows a backslash; size 0 means it is no escape.
func unescape(s string) (value byte, size int) {
	if s == "" {
		return 0, 0
	}
	if i := strings.IndexByte(`abtnvfr"\`, s[0]); i >= 0 {
		return "\a\b\t\n\v\f\r\"\\"[i], 1
	}
	if len(s) < 3 || s[0] > '3' {
		return 0, 0
	}
	for _, c := range []byte(s[:3]) {
		if c < '0' || c > '7' {
			return 0, 0
		}
		value = value<<3 | (c - '0')
	}
	return value, 3
}

// resolve turns the names of the diff into paths: it finds out which prefix
// they carry (a/ and b/, the mnemonic ones, a directory of quilt, or none), and
// refuses unsafe and conflicting paths.
func resolve(c *cursor, raw []rawFile) ([]File, error) {
	strip := -1 // directories to remove, as known from another file of the patch
	for i := range raw {
		if _, n, ok := commonName(raw[i].minus, raw[i].plus, backupNames); ok && !raw[i].git {
			strip = n
			break
		}
	}
	files := make([]File, len(raw))
	for i := range raw {
		r := &raw[i]
		err := r.setPaths(strip)
		if err == nil {
			err = r.check()
		}
		if err != nil {
			return nil, c.errorAt(r.line, "%v", err)
		}
		files[i] = r.File
	}
	if i, err := conflictingPaths(files); err != nil {
		return nil, c.errorAt(raw[i].line, "%v", err)
	}
	return files, nil
}

func (f *rawFile) setPaths(strip int) error {
	old, new, err := f.names(strip)
	if err != nil {
		return err
	}
	if f.created && f.deleted {
		return fmt.Errorf("file %q is both new and deleted", new)
	}
	if f.created {
		old, f.OldID, f.OldMode = "", "", 0
	}
	if f.deleted {
		new, f.NewID, f.NewMode = "", "", 0
	}
	f.OldPath, f.NewPath = old, new
	f.OldID, f.NewID = dropZero(f.OldID), dropZero(f.NewID)
	return nil
}

// dropZero removes the all-zero id, which stands for no blob.
func dropZero(id string) string {
	if strings.Trim(id, "0") == "" {
		return ""
	}
	return id
}

// names finds the old and the new name, whichever of them exists.
func (f *rawFile) names(strip int) (old, new string, err error) {
	switch {
	case f.from != "" || f.to != "":
		if f.from == "" || f.to == "" || f.Rename && f.Copy || f.created || f.deleted {
			return "", "", errors.New("rename or copy lines are incomplete or contradict others")
		}
		old, new = f.from, f.to
	case f.created && f.minus != "" && f.minus != devNull && f.git:
		return "", "", errors.New("new file has an old name")
	case f.deleted && f.plus != "" && f.plus != devNull && f.git:
		return "", "", errors.New("deleted file has a new name")
	default:
		name, ok := f.sharedName(strip)
		if !ok {
			return "", "", f.errNames()
		}
		old, new = name, name
	}
	if f.git && !(endsWithPath(f.minus, old) && endsWithPath(f.plus, new)) {
		return "", "", f.errNames()
	}
	return old, new, nil
}

func (f *rawFile) errNames() error {
	if f.minus == "" {
		return errors.New("names on the diff line don't tell which file it is")
	}
	return fmt.Errorf("names %q and %q don't tell which file it is", f.minus, f.plus)
}

// sharedName is the one name of a file that keeps it.
func (f *rawFile) sharedName(strip int) (string, bool) {
	same := backupNames
	if f.git {
		same = equalNames
		if name, _, ok := commonName(f.left, f.right, same); ok {
			return name, true
		}
	}
	switch {
	case f.minus == devNull:
		return stripPrefix(f.plus, strip)
	case f.plus == devNull:
		return stripPrefix(f.minus, strip)
	}
	name, _, ok := commonName(f.minus, f.plus, same)
	return name, ok
}

// commonName is the name that two spellings of one file share, and how many
// leading directories were taken off to find it.
func commonName(left, right string, same func(a, b string) (string, bool)) (name string, stripped int, ok bool) {
	if left == "" || right == "" || left == devNull || right == devNull {
		return "", 0, false
	}
	if name, ok := same(left, right); ok {
		return name, 0, true
	}
	_, l, ok1 := strings.Cut(left, "/")
	_, r, ok2 := strings.Cut(right, "/")
	if ok1 && ok2 {
		if name, ok := same(l, r); ok {
			return name, 1, true
		}
	}
	return "", 0, false
}

func equalNames(a, b string) (string, bool) { return a, a == b }

// backupNames allows one of two equal names to have the ending of a backup
// copy, which quilt and people diff against.
func backupNames(a, b string) (string, bool) {
	if len(a) > len(b) {
		a, b = b, a
	}
	ending, ok := strings.CutPrefix(b, a)
	switch ending {
	case "", ".orig", ".old", ".bak", ".new", "~":
		return a, ok
	}
	return "", false
}

// stripPrefix removes leading directories from a name that has no counterpart:
// as many as other files of the patch showed, else one if it looks like a
// prefix.
func stripPrefix(name string, strip int) (string, bool) {
	first, rest, ok := strings.Cut(name, "/")
	if strip == 0 || strip < 0 && (len(first) != 1 || !strings.Contains("abiwco12", first)) {
		return name, name != devNull
	}
	return rest, ok
}

// endsWithPath says whether a name of a "---" or "+++" line is path behind any
// prefix. Names that are not there, and no file, agree with everything.
func endsWithPath(name, path string) bool {
	return name == "" || name == devNull || name == path || strings.HasSuffix(name, "/"+path)
}
