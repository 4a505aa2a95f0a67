package api

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// sameDeclarations says that files differ in the bodies of functions and in
// comments alone, as they do in most fixes: then there is nothing to check.
func (c *comparer) sameDeclarations(ctx context.Context, files []file) (bool, error) {
	for _, f := range files {
		before, ok, err := c.read(ctx, f.before)
		if err != nil {
			return false, err
		}
		after, ok2, err := c.read(ctx, f.after)
		if err != nil {
			return false, err
		}
		if !ok || !ok2 || before == nil || after == nil {
			return false, nil
		}
		x, ok := bodiless(before)
		y, ok2 := bodiless(after)
		if !ok || !ok2 || !bytes.Equal(x, y) {
			return false, nil
		}
	}
	return true, nil
}

// bodiless is a file without bodies of functions and comments, but for the
// constraints at its head; ok is false for one that doesn't parse.
func bodiless(src []byte) (text []byte, ok bool) {
	var out bytes.Buffer
	for line := range bytes.Lines(src) {
		if bytes.HasPrefix(line, []byte("package ")) {
			break
		}
		if bytes.HasPrefix(line, []byte("//go:build ")) || bytes.HasPrefix(line, []byte("// +build ")) {
			out.Write(line)
		}
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	out.WriteString(f.Name.Name)
	bodies := map[*ast.FuncDecl]*ast.BlockStmt{}
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			bodies[d], d.Body = d.Body, nil
		}
	}
	// An import counts where a declaration mentions it.
	paths := imports(f)
	mentioned := map[string]bool{}
	for _, d := range f.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && paths[x.Name] != "" {
					mentioned[x.Name] = true
				}
			}
			return true
		})
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if mentioned[name] || name == "." || name == "C" {
			out.WriteString("\n" + name + " " + paths[name])
		}
	}
	// The tokens outside of bodies; go/printer takes quadratic time for sums.
	var skip [][2]token.Pos
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				skip = append(skip, [2]token.Pos{d.Pos(), d.End()})
			}
		case *ast.FuncDecl:
			if b := bodies[d]; b != nil {
				skip = append(skip, [2]token.Pos{b.Pos(), b.End()})
			}
		}
	}
	var s scanner.Scanner
	file := fset.File(f.Pos())
	s.Init(token.NewFileSet().AddFile("", file.Base(), file.Size()), src, nil, 0)
	for pos, tok, text := s.Scan(); tok != token.EOF; pos, tok, text = s.Scan() {
		for len(skip) > 0 && pos >= skip[0][1] {
			skip = skip[1:]
		}
		if len(skip) == 0 || pos < skip[0][0] {
			out.WriteString(" " + tok.String() + " " + strings.TrimSpace(text))
		}
	}
	return out.Bytes(), true
}

// goTexts are the declarations of a Go file, by name with the type they belong
// to, without names of parameters. A file that doesn't parse has none.
func goTexts(src []byte) map[string]string {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	texts := map[string]string{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) > 0 {
				t := d.Recv.List[0].Type
				receiver := types.ExprString(t)
				if star, ok := t.(*ast.StarExpr); ok {
					t = star.X
				}
				base, _, _ := strings.Cut(types.ExprString(t), "[")
				texts[base+"."+name] = "func (" + receiver + ")" + goSignature(d.Type)
				continue
			}
			texts[name] = "func" + goSignature(d.Type)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					goMembers(texts, spec)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						if spec.Type != nil {
							texts[name.Name] = types.ExprString(spec.Type)
						}
					}
				}
			}
		}
	}
	return texts
}

func goMembers(texts map[string]string, spec *ast.TypeSpec) {
	var fields *ast.FieldList
	switch t := spec.Type.(type) {
	case *ast.StructType:
		texts[spec.Name.Name] = "struct"
		fields = t.Fields
	case *ast.InterfaceType:
		texts[spec.Name.Name] = "interface"
		fields = t.Methods
	default:
		texts[spec.Name.Name] = types.ExprString(t)
		return
	}
	for _, f := range fields.List {
		for _, name := range f.Names {
			text := types.ExprString(f.Type)
			if method, ok := f.Type.(*ast.FuncType); ok {
				text = "func" + goSignature(method)
			}
			texts[spec.Name.Name+"."+name.Name] = text
		}
	}
}

// goSignature writes the types of parameters and results.
func goSignature(t *ast.FuncType) string {
	list := func(fields *ast.FieldList) string {
		if fields == nil {
			return "()"
		}
		var parts []string
		for _, f := range fields.List {
			for range max(len(f.Names), 1) {
				parts = append(parts, types.ExprString(f.Type))
			}
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	text := list(t.Params)
	if t.Results != nil {
		text += " " + list(t.Results)
	}
	return text
}
