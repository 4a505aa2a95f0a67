package tests

import (
	"path"
	"strings"
)

// parts makes what runners put between the parts of a name the same.
var parts = strings.NewReplacer(".py::", ".", "::", ".", " > ", ".", "$", ".", "#", ".", "/", ".", `\`, ".", " ", ".")

// Is reports whether a result's id, as package results gives them, is that of
// the test, of a subtest or of one of its parameters. Ids don't say which file
// they are of, so tests with equal names in packages or folders of equal names
// are taken for each other.
func (t Test) Is(id string) bool {
	if t.Func == "" {
		return false
	}
	id = parts.Replace(id)
	name := t.Name
	if t.Suite != "" && t.Suite != t.Name && !strings.Contains(name, t.Suite) {
		name = t.Suite + "." + t.Func
	}
	dir, base := path.Split(t.File)
	switch path.Ext(base) {
	case ".tcl", ".sh", ".bats":
		return id == parts.Replace(name)
	case ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".rb":
		name = parts.Replace(name)
		return id == name || strings.HasSuffix(id, "."+name)
	case ".go":
		if name = t.Func; dir != "" {
			name = path.Base(dir) + "." + name
		}
	case ".py":
		name = strings.TrimSuffix(base, ".py") + "." + strings.TrimPrefix(t.Suite+"."+t.Func, ".")
	}
	name = parts.Replace(name)
	for from := 0; ; {
		i := strings.Index(id[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		if (start == 0 || id[start-1] == '.') && (end == len(id) || strings.IndexByte(".[({", id[end]) >= 0) {
			return true
		}
		from = start + 1
	}
}
