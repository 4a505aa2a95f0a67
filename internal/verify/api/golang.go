package api

import (
	"context"
	"go/ast"
	"go/types"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// golang compares the packages that the change touches. The files it gives back
// are left to the syntax: those that linux/amd64 doesn't build, and those of
// packages whose types could not be had.
//
// golang.org/x/exp/apidiff does the comparing proper as well, and comes to the
// same verdicts (the tests tell of the two differences). It was not taken
// because it prints to standard output where two messages meet on one object,
// panics on types it doesn't expect, says nothing of files and lines, and takes
// a constant whose value isn't known for one that has changed.
func (c *comparer) golang(ctx context.Context, before, after string, packages map[string][]file) ([]file, error) {
	var rest []file
	dirs := make([]string, 0, len(packages))
	for dir := range packages {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	old, new := newLoader(&c.source, before), newLoader(&c.source, after)
	for _, dir := range dirs {
		same, err := c.sameDeclarations(ctx, packages[dir])
		if err != nil {
			return nil, err
		}
		if same {
			continue
		}
		x, y, err := c.both(ctx, &old, &new, dir)
		if err != nil {
			return nil, err
		}
		if x.broken || y.broken {
			rest = append(rest, packages[dir]...)
			continue
		}
		for _, f := range packages[dir] {
			if !x.files[f.path] && !y.files[f.path] {
				rest = append(rest, f)
			}
		}
		c.packageChanges(x, y)
	}
	return slices.DeleteFunc(rest, func(f file) bool { return !strings.HasSuffix(f.path, ".go") }), nil
}

// both loads a package on both sides. Where one side exceeds the bounds, nothing
// that is imported is loaded on either.
func (c *comparer) both(ctx context.Context, old, new **loader, dir string) (x, y *goPackage, err error) {
	for {
		if x, err = (*old).load(ctx, dir); err != nil {
			return nil, nil, err
		}
		if y, err = (*new).load(ctx, dir); err != nil {
			return nil, nil, err
		}
		if (*old).shallow || !(*old).exhausted() && !(*new).exhausted() {
			return x, y, nil
		}
		*old, *new = newLoader(&c.source, (*old).tree), newLoader(&c.source, (*new).tree)
		(*old).shallow, (*new).shallow = true, true
	}
}

// packageChanges compares what a package exports.
func (c *comparer) packageChanges(x, y *goPackage) {
	if x.command() || y.command() {
		return
	}
	switch {
	case x.types == nil && y.types == nil:
		return
	case x.types == nil:
		c.changes = append(c.changes, backport.APIChange{Path: y.dir, Symbol: y.types.Name(), Kind: added, Level: byTypes, Text: "package " + y.types.Name()})
		return
	case y.types == nil:
		c.changes = append(c.changes, backport.APIChange{Path: x.dir, Symbol: x.types.Name(), Kind: removed, Breaks: true, Level: byTypes, Text: "package " + x.types.Name()})
		return
	}
	old, new := x.surface(), y.surface()
	if old == nil || new == nil {
		return
	}
	for name, n := range new {
		o, ok := old[name]
		switch {
		case !ok && (gone(old, name) || !ast.IsExported(name) && !strings.Contains(name, ".")):
			// Told of what encloses it, or of what hands it out.
		case !ok:
			c.tell(y, name, n, added, n.demanded, n.text)
		default:
			if text, breaks := o.compare(n); text != "" && !within(name, func(outer string) bool { return kindDiffers(old, new, outer) }) {
				c.tell(y, name, n, changed, breaks, text)
			}
		}
	}
	for name, o := range old {
		if _, ok := new[name]; !ok && !gone(new, name) && (ast.IsExported(name) || strings.Contains(name, ".")) && !within(name, func(outer string) bool { return kindDiffers(old, new, outer) }) {
			c.tell(x, name, o, removed, true, o.text)
		}
	}
}

// gone says that what encloses a name is not there either.
func gone(in surface, name string) bool {
	return within(name, func(outer string) bool { _, ok := in[outer]; return !ok })
}

// kindDiffers says that a type has become another kind of type, so that its
// members need no word.
func kindDiffers(old, new surface, name string) bool {
	o, n := old[name], new[name]
	return o.kind != n.kind || o.shape != n.shape
}

func within(name string, f func(outer string) bool) bool {
	outer, _, ok := strings.Cut(name, ".")
	return ok && f(outer)
}

func (c *comparer) tell(p *goPackage, name string, o object, kind string, breaks bool, text string) {
	pos := p.loader.fset.Position(o.pos)
	where := pos.Filename
	if where == "" {
		where = p.dir
	}
	symbol := p.types.Name() + "." + name
	c.changes = append(c.changes, backport.APIChange{Path: where, Line: pos.Line, Symbol: symbol, Kind: kind, Breaks: breaks, Level: byTypes, Text: clip(text)})
}

// goPackage is a package of one side.
type goPackage struct {
	loader *loader
	dir    string
	types  *types.Package // nil for a folder without Go files
	files  map[string]bool
	broken bool // its types can't be had
}

// surface is what the package exports; nil where the type checker, which is made
// for programs that mean well, gave up.
func (p *goPackage) surface() (s surface) {
	defer func() {
		if recover() != nil {
			s = nil
		}
	}()
	return surfaceOf(p.types)
}

func (p *goPackage) command() bool { return p.types != nil && p.types.Name() == "main" }

// maxText bounds what is said of one change, in bytes.
const maxText = 600

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}

// importName guesses a package's name by its path: the last element, but for a
// version and the affixes that repositories have and packages don't.
func importName(p string) string {
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" && strings.Contains(p, "/") {
		base = path.Base(path.Dir(p))
	}
	if i := strings.LastIndex(base, ".v"); i > 0 && strings.Trim(base[i+2:], "0123456789") == "" {
		base = base[:i]
	}
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".go"), "-go")
	base = strings.TrimPrefix(base, "go-")
	if i := strings.LastIndexByte(base, '-'); i >= 0 {
		base = base[i+1:]
	}
	return base
}
