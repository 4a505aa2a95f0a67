package api

import (
	"go/ast"
	"go/parser"

	"backstay.dev/backstay/internal/outline"
)

func detect(path string) outline.Language { return outline.Detect(path, nil) }

// checked is a package of one file; nil where it doesn't parse.
func checked(src string) *goPackage {
	l := newLoader(&source{}, "")
	f, err := parser.ParseFile(l.fset, "a.go", "package p\n"+src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	p := &goPackage{loader: l, dir: ".", files: map[string]bool{"a.go": true}}
	l.check(p, "example.org/m", module{}, []*ast.File{f})
	return p
}
