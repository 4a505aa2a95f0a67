package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

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
