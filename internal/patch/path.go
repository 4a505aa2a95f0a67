package patch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxPath bounds a path, in bytes; Linux has the same bound.
const maxPath = 4096

// check refuses paths and modes that no tree of git may have.
func (f *rawFile) check() error {
	for _, side := range []struct {
		path string
		mode uint32
	}{{f.OldPath, f.OldMode}, {f.NewPath, f.NewMode}} {
		if side.path == "" {
			continue
		}
		if err := checkPath(side.path, side.mode); err != nil {
			return fmt.Errorf("path %s %w", quoteShort(side.path), err)
		}
	}
	if f.OldPath == "" && f.NewPath == "" {
		return errors.New("file has no name")
	}
	if (f.Rename || f.Copy) && f.OldPath == f.NewPath {
		return fmt.Errorf("rename or copy of %s to itself", quoteShort(f.OldPath))
	}
	const kind = 0o170000
	if f.OldMode != 0 && f.NewMode != 0 && f.OldMode&kind != f.NewMode&kind {
		return fmt.Errorf("path %s changes its type: git writes that as a deletion and a creation", quoteShort(f.NewPath))
	}
	return nil
}

// quoteShort makes a path fit for a one-line message.
func quoteShort(s string) string {
	if len(s) > 100 {
		s = s[:100] + "…"
	}
	return fmt.Sprintf("%q", s)
}

// checkPath refuses a path that leaves the tree or reaches into a .git
// directory on any file system: it takes "\" for a separator as well, and
// compares components as NTFS and HFS+ do (see isReserved).
func checkPath(path string, mode uint32) error {
	switch {
	case len(path) > maxPath:
		return errors.New("is too long")
	case strings.IndexByte(path, 0) >= 0:
		return errors.New("has a NUL byte in it")
	case path[0] == '/' || path[0] == '\\' || len(path) > 2 && path[1] == ':' && (path[2] == '/' || path[2] == '\\'):
		return errors.New("is absolute")
	}
	for component := range strings.SplitSeq(path, "/") {
		if component == "" {
			return errors.New("has an empty component")
		}
		for part := range strings.SplitSeq(component, `\`) {
			switch folded := fold(part); {
			case strings.TrimRight(folded, " ") == "." || strings.TrimRight(folded, " ") == "..":
				return errors.New("leaves its directory")
			case isReserved(folded, "git", "git~1"):
				return errors.New("reaches into a .git directory")
			case mode == 0o120000 && isReserved(folded, "gitmodules", "gitmod~1"):
				return errors.New("makes .gitmodules a symbolic link")
			}
		}
	}
	return nil
}

// isReserved says whether some file system opens the dot file of that name, or
// its short DOS name, when asked for the folded component: NTFS ignores dots
// and spaces at the end and takes what follows a colon for a stream.
func isReserved(folded, name, short string) bool {
	folded, _, _ = strings.Cut(folded, ":")
	folded = strings.TrimRight(folded, ". ")
	return folded == "."+name || folded == short
}

// fold maps ASCII to lower case and drops the code points that HFS+ ignores.
func fold(component string) string {
	var b strings.Builder
	for i := 0; i < len(component); {
		r, size := utf8.DecodeRuneInString(component[i:])
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteByte(byte(r) + 'a' - 'A')
		case r >= 0x200c && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x206a && r <= 0x206f || r == 0xfeff:
		default:
			b.WriteString(component[i : i+size])
		}
		i += size
	}
	return b.String()
}

// conflictingPaths finds the first file whose change can't stand beside the
// others of its patch: a path is made once, given up once, and no directory.
// A deletion and a creation of the same path (a change of type) go together.
func conflictingPaths(files []File) (int, error) {
	taken, made := map[string]bool{}, map[string]bool{}
	for i, f := range files {
		if f.OldPath != "" && !f.Copy {
			if taken[f.OldPath] {
				return i, fmt.Errorf("path %s is changed twice", quoteShort(f.OldPath))
			}
			taken[f.OldPath] = true
		}
		if f.NewPath != "" {
			if made[f.NewPath] {
				return i, fmt.Errorf("path %s is made twice", quoteShort(f.NewPath))
			}
			made[f.NewPath] = true
		}
	}
	return fileAsDirectory(files)
}

// fileAsDirectory sorts the new paths so that a file stands right before what
// claims to be in it.
func fileAsDirectory(files []File) (int, error) {
	order := make([]int, 0, len(files))
	for i, f := range files {
		if f.NewPath != "" {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return compareTree(files[i].NewPath, files[j].NewPath) })
	for n := 1; n < len(order); n++ {
		dir, path := files[order[n-1]].NewPath, files[order[n]].NewPath
		if strings.HasPrefix(path, dir) && path[len(dir)] == '/' {
			return order[n], fmt.Errorf("path %s is a file and a directory", quoteShort(dir))
		}
	}
	return 0, nil
}

// compareTree orders paths with "/" before every other byte.
func compareTree(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := a[i], b[i]; x != y {
			if x == '/' || y == '/' {
				return cmp.Compare(b2i(x != '/'), b2i(y != '/'))
			}
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
