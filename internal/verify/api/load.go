package api

import (
	"context"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"strings"
)

const (
	maxPackages = 60      // that are imported from the tree, on each side
	maxSource   = 8 << 20 // bytes of them
)

// loader type-checks packages of one tree.
type loader struct {
	*source
	tree    string
	fset    *token.FileSet
	loaded  map[string]*goPackage // by folder
	loading map[string]bool
	stubs   map[string]*types.Package // by import path
	modules map[string]module         // by folder
	// shallow: nothing that is imported is loaded.
	shallow  bool
	packages int
	bytes    int
	ctx      context.Context // of the load that runs: go/types hands none to an importer
	err      error
}

// module is where a go.mod lies and what it says.
type module struct {
	root, path string
	ok         bool
}

func newLoader(s *source, tree string) *loader {
	return &loader{
		source: s, tree: tree, fset: token.NewFileSet(), loaded: map[string]*goPackage{}, loading: map[string]bool{},
		stubs: map[string]*types.Package{}, modules: map[string]module{},
	}
}

func (l *loader) exhausted() bool { return l.packages > maxPackages || l.bytes > maxSource }

// load gives the package in a folder. The error is that of the repository.
func (l *loader) load(ctx context.Context, dir string) (*goPackage, error) {
	if p, ok := l.loaded[dir]; ok {
		return p, nil
	}
	l.ctx = ctx
	p := &goPackage{loader: l, dir: dir, files: map[string]bool{}}
	l.loading[dir] = true
	defer delete(l.loading, dir)
	files, err := l.parse(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(files) > 0 {
		m, err := l.moduleOf(ctx, dir)
		if err != nil {
			return nil, err
		}
		name := dir
		if m.ok {
			name = path.Join(m.path, strings.TrimPrefix(strings.TrimPrefix(dir, m.root), "/"))
		}
		l.check(p, name, m, files)
		if l.err != nil {
			return nil, l.err
		}
	}
	l.loaded[dir] = p
	return p, nil
}

// parse reads the files that linux/amd64 builds. Where they disagree on the
// package's name that of the first counts.
func (l *loader) parse(ctx context.Context, p *goPackage) ([]*ast.File, error) {
	id := l.tree
	if p.dir != "." && p.dir != "" {
		e, ok, err := l.trees.Lookup(ctx, l.tree, p.dir)
		if err != nil || !ok || !e.IsTree() {
			return nil, err
		}
		id = e.ID()
	}
	entries, err := l.list(ctx, id)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, e := range entries {
		name := string(e.Name)
		if !strings.HasSuffix(name, ".go") || privateFile(name) || !e.Mode.IsRegular() || !builtHere(name) {
			continue
		}
		content, ok, err := l.read(ctx, e.ID())
		if err != nil {
			return nil, err
		}
		if !ok {
			p.broken = true
			continue
		}
		l.bytes += len(content)
		at := path.Join(p.dir, name)
		f, err := parser.ParseFile(l.fset, at, content, parser.ParseComments|parser.SkipObjectResolution)
		if f == nil || f.Name == nil || err != nil {
			p.broken = true
			continue
		}
		if !constrained(f) || len(files) > 0 && f.Name.Name != files[0].Name.Name {
			continue
		}
		p.files[at] = true
		files = append(files, f)
	}
	return files, nil
}

// check type-checks the declarations. Errors are expected: stubs lack nearly
// all that is asked of them.
func (l *loader) check(p *goPackage, importPath string, m module, files []*ast.File) {
	defer func() {
		// The checker is made for programs that mean well.
		if recover() != nil {
			p.broken = true
		}
	}()
	needed := l.prepare(files)
	conf := types.Config{
		IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {},
		Importer: importer(func(name string) *types.Package {
			if dir, ok := m.dir(name); ok && needed[name] && !l.shallow && !l.loading[dir] && !l.exhausted() {
				l.packages++
				if imported, err := l.load(l.ctx, dir); err != nil {
					l.err = err
				} else if imported.types != nil && !imported.broken {
					return imported.types
				}
			}
			return l.stub(name)
		}),
	}
	pkg, _ := conf.Check(importPath, l.fset, files, nil)
	p.types = pkg
	p.broken = p.broken || pkg == nil
}

type importer func(name string) *types.Package

func (f importer) Import(name string) (*types.Package, error) {
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	return f(name), nil
}

// dir is the folder of an import path of the module.
func (m module) dir(importPath string) (string, bool) {
	if !m.ok || importPath != m.path && !strings.HasPrefix(importPath, m.path+"/") {
		return "", false
	}
	return path.Join(m.root, strings.TrimPrefix(strings.TrimPrefix(importPath, m.path), "/")), true
}

// moduleOf finds the go.mod that a folder belongs to.
func (l *loader) moduleOf(ctx context.Context, dir string) (module, error) {
	if m, ok := l.modules[dir]; ok {
		return m, nil
	}
	e, ok, err := l.trees.Lookup(ctx, l.tree, path.Join(dir, "go.mod"))
	if err != nil {
		return module{}, fmt.Errorf("find the module: %w", err)
	}
	var m module
	switch {
	case ok && e.Mode.IsRegular():
		content, _, err := l.read(ctx, e.ID())
		if err != nil {
			return module{}, err
		}
		m = module{root: strings.TrimPrefix(dir, "."), path: modulePath(content)}
		m.ok = m.path != ""
	case dir != "." && dir != "":
		if m, err = l.moduleOf(ctx, path.Dir(dir)); err != nil {
			return module{}, err
		}
	}
	l.modules[dir] = m
	return m, nil
}

// modulePath reads the module directive of a go.mod.
func modulePath(content []byte) string {
	for line := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			rest, _, _ = strings.Cut(rest, "//")
			return strings.Trim(strings.TrimSpace(rest), "\"`")
		}
	}
	return ""
}

// builtHere reads a file's name as go build does (go help buildconstraint).
func builtHere(name string) bool {
	name = strings.TrimSuffix(name, ".go")
	_, rest, ok := strings.Cut(name, "_")
	if !ok {
		return true
	}
	parts := strings.Split(rest, "_")
	n := len(parts)
	if n >= 2 && systems(parts[n-2]) && architectures(parts[n-1]) {
		return parts[n-2] == "linux" && parts[n-1] == "amd64"
	}
	last := parts[n-1]
	return !systems(last) && !architectures(last) || last == "linux" || last == "amd64"
}

// constrained says whether the "//go:build" line of a file lets it be built.
func constrained(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() >= f.Package {
			break
		}
		for _, line := range group.List {
			if !constraint.IsGoBuild(line.Text) && !constraint.IsPlusBuild(line.Text) {
				continue
			}
			if x, err := constraint.Parse(line.Text); err == nil && !x.Eval(tag) {
				return false
			}
		}
	}
	return true
}

// tag says which tags hold: those of linux/amd64 with cgo, and of every version
// of Go.
func tag(name string) bool {
	return name == "linux" || name == "amd64" || name == "unix" || name == "gc" || name == "cgo" || strings.HasPrefix(name, "go1.")
}

func systems(s string) bool {
	switch s {
	case "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos":
		return true
	}
	return false
}

func architectures(s string) bool {
	switch s {
	case "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "sparc64", "wasm", "ppc", "riscv", "sparc", "armbe", "amd64p32", "arm64be", "s390":
		return true
	}
	return false
}

var _ types.Importer = importer(nil)
