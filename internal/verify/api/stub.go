package api

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// stub is a package that isn't loaded: prepare gives it the types that are
// asked of it.
func (l *loader) stub(importPath string) *types.Package {
	p, ok := l.stubs[importPath]
	if !ok {
		p = types.NewPackage(importPath, importName(importPath))
		p.MarkComplete()
		l.stubs[importPath] = p
		// Most exported variables are errors.
		switch importPath {
		case "errors":
			errorMaker(p, "New")
		case "fmt":
			errorMaker(p, "Errorf")
		}
	}
	return p
}

// errorMaker gives a stub a function from anything to an error.
func errorMaker(p *types.Package, name string) {
	anything := types.NewSlice(types.NewInterfaceType(nil, nil).Complete())
	params := types.NewTuple(types.NewVar(token.NoPos, p, "", anything))
	results := types.NewTuple(types.NewVar(token.NoPos, p, "", types.Universe.Lookup("error").Type()))
	p.Scope().Insert(types.NewFunc(token.NoPos, p, name, types.NewSignatureType(nil, nil, nil, params, results, true)))
}

// prepare makes the stubs that files need for their declarations, and tells
// which imports these mention at all. Bodies of functions don't count.
func (l *loader) prepare(files []*ast.File) map[string]bool {
	needed := map[string]bool{}
	for _, f := range files {
		tame(f)
		paths := imports(f)
		for _, d := range f.Decls {
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BlockStmt:
					return false
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && paths[x.Name] != "" {
						needed[paths[x.Name]] = true
					}
				case *ast.Field:
					l.typeNames(n.Type, paths)
				case *ast.TypeSpec:
					l.typeNames(n.Type, paths)
				case *ast.ValueSpec:
					l.typeNames(n.Type, paths)
				case *ast.CompositeLit:
					l.typeNames(n.Type, paths)
				}
				return true
			})
		}
	}
	return needed
}

// typeNames puts the types that an expression names into their stubs.
func (l *loader) typeNames(x ast.Expr, paths map[string]string) {
	if x == nil {
		return
	}
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ArrayType:
			if n.Len != nil { // the length is a value
				l.typeNames(n.Elt, paths)
				return false
			}
		case *ast.FuncLit, *ast.BasicLit, *ast.CallExpr:
			return false
		case *ast.IndexExpr:
			l.typeName(n.X, paths, 1)
			l.typeNames(n.Index, paths)
			return false
		case *ast.IndexListExpr:
			l.typeName(n.X, paths, len(n.Indices))
			for _, index := range n.Indices {
				l.typeNames(index, paths)
			}
			return false
		case *ast.SelectorExpr:
			l.typeName(n, paths, 0)
			return false
		}
		return true
	})
}

// typeName makes a type with so many parameters.
func (l *loader) typeName(x ast.Expr, paths map[string]string, parameters int) {
	selector, ok := x.(*ast.SelectorExpr)
	if !ok {
		return
	}
	base, ok := selector.X.(*ast.Ident)
	if !ok || paths[base.Name] == "" || paths[base.Name] == "C" || paths[base.Name] == "unsafe" {
		return
	}
	p := l.stub(paths[base.Name])
	if p.Scope().Lookup(selector.Sel.Name) != nil {
		return
	}
	name := types.NewTypeName(token.NoPos, p, selector.Sel.Name, nil)
	named := types.NewNamed(name, types.NewStruct(nil, nil), nil)
	var list []*types.TypeParam
	anything := types.NewInterfaceType(nil, nil).Complete()
	for i := range min(parameters, 100) {
		list = append(list, types.NewTypeParam(types.NewTypeName(token.NoPos, p, "P"+strconv.Itoa(i), nil), anything))
	}
	if list != nil {
		named.SetTypeParams(list)
	}
	p.Scope().Insert(name)
}

// imports are a file's imports by the names it uses them under. Where an import
// has no name, and the guess is one that the file doesn't use, it gets the name
// that is left, if that is a part of its path.
func imports(f *ast.File) map[string]string {
	paths := map[string]string{}
	var unnamed []*ast.ImportSpec
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
		case spec.Name != nil:
			paths[spec.Name.Name] = p
		default:
			unnamed = append(unnamed, spec)
		}
	}
	if len(unnamed) == 0 {
		return paths
	}
	used := map[string]bool{}
	for _, d := range f.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					used[x.Name] = true
				}
			}
			return true
		})
	}
	for _, spec := range unnamed {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := importName(p)
		if !used[name] {
			for _, part := range strings.FieldsFunc(p, func(r rune) bool { return strings.ContainsRune("/-._", r) }) {
				if used[part] && paths[part] == "" {
					name = part
				}
			}
		}
		if paths[name] == "" {
			paths[name] = p
			// The checker must know the package under the same name.
			spec.Name = &ast.Ident{NamePos: spec.Path.Pos(), Name: name}
		}
	}
	return paths
}
