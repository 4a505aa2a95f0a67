package outline

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
)

// outlineGo reads Go by its own parser, and lexically if that finds an error.
func (o *outliner) outlineGo() {
	o.match()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", o.src, parser.SkipObjectResolution)
	if err == nil {
		o.problems = nil
		g := goFile{o, set.File(file.FileStart)}
		g.declarations(file)
		return
	}
	o.problems = o.problems[:0]
	var list scanner.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			o.problem(max(0, e.Pos.Line-1), e.Msg)
		}
	}
	o.goLexically()
}

// A goFile turns the parser's tree into symbols.
type goFile struct {
	*outliner
	file *token.File
}

// note adds a symbol that is defined by a node.
func (g goFile) note(s Symbol, name *ast.Ident, node ast.Node, body token.Pos) {
	if name != nil {
		s.Name = name.Name
		g.names = append(g.names, int32(g.file.Offset(name.Pos())))
	}
	if s.Kind != Function && s.Kind != Method {
		s.MinArgs, s.MaxArgs = -1, -1
	}
	s.Start = g.lineAt(g.file.Offset(node.Pos()))
	s.End = g.lineAt(max(0, g.file.Offset(node.End())-1)) + 1
	s.Body = s.Start
	if body.IsValid() {
		s.Body = g.lineAt(g.file.Offset(body))
	}
	g.symbols = append(g.symbols, s)
}

func (g goFile) declarations(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			s := Symbol{Kind: Function}
			if d.Recv != nil && len(d.Recv.List) > 0 {
				s.Kind, s.Parent = Method, receiverType(d.Recv.List[0].Type)
			}
			s.MinArgs, s.MaxArgs = goArity(d.Type)
			body := token.NoPos
			if d.Body != nil {
				body = d.Body.Pos()
			}
			g.note(s, d.Name, d, body)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				var node ast.Node = spec
				if !d.Lparen.IsValid() {
					node = d
				}
				g.spec(spec, node, d.Tok)
			}
		}
	}
}

func (g goFile) spec(spec ast.Spec, node ast.Node, tok token.Token) {
	switch spec := spec.(type) {
	case *ast.ImportSpec:
		s := Symbol{Kind: Import, Name: unquote([]byte(spec.Path.Value))}
		if spec.Name != nil {
			s.Alias = spec.Name.Name
		}
		g.note(s, nil, node, token.NoPos)
	case *ast.ValueSpec:
		kind := Variable
		if tok == token.CONST {
			kind = Constant
		}
		for _, name := range spec.Names {
			g.note(Symbol{Kind: kind}, name, node, token.NoPos)
		}
	case *ast.TypeSpec:
		body := token.NoPos
		switch t := spec.Type.(type) {
		case *ast.StructType:
			body = t.Fields.Opening
		case *ast.InterfaceType:
			body = t.Methods.Opening
		}
		g.note(Symbol{Kind: Type}, spec.Name, node, body)
		g.members(spec)
	}
}

// members notes the fields and methods of a type.
func (g goFile) members(spec *ast.TypeSpec) {
	switch t := spec.Type.(type) {
	case *ast.StructType:
		for _, f := range t.Fields.List {
			for _, name := range f.Names {
				g.note(Symbol{Kind: Field, Parent: spec.Name.Name}, name, f, token.NoPos)
			}
			if len(f.Names) == 0 {
				g.note(Symbol{Kind: Field, Parent: spec.Name.Name, Name: receiverType(f.Type)}, nil, f, token.NoPos)
			}
		}
	case *ast.InterfaceType:
		for _, f := range t.Methods.List {
			call, ok := f.Type.(*ast.FuncType)
			for _, name := range f.Names {
				s := Symbol{Kind: Method, Parent: spec.Name.Name}
				if ok {
					s.MinArgs, s.MaxArgs = goArity(call)
				}
				g.note(s, name, f, token.NoPos)
			}
		}
	}
}

// receiverType is the name in *T, T[K] and pkg.T.
func receiverType(e ast.Expr) string {
	for range 10 {
		switch t := e.(type) {
		case *ast.StarExpr:
			e = t.X
		case *ast.ParenExpr:
			e = t.X
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.SelectorExpr:
			return t.Sel.Name
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
	return ""
}

func goArity(f *ast.FuncType) (least, most int) {
	for _, p := range f.Params.List {
		if _, ok := p.Type.(*ast.Ellipsis); ok {
			return least, -1
		}
		least += max(1, len(p.Names))
	}
	return least, least
}

// goLexically reads the declarations of a text that doesn't parse. They begin a
// line, and at its head unless something above lacks a bracket.
func (o *outliner) goLexically() {
	for i := 0; i < len(o.toks); {
		if !o.toks[i].first {
			i = o.past(i)
			continue
		}
		next := i + 1
		switch string(o.text(i)) {
		case "func":
			next = o.goFunc(i)
		case "import", "type", "const", "var":
			next = o.goGroup(i)
		}
		if next <= i+1 {
			next = o.past(i)
		}
		i = next
	}
}

// goFunc notes the function whose keyword is at i and gives the lexeme after it.
func (o *outliner) goFunc(i int) int {
	s := Symbol{Kind: Function}
	at := i + 1
	if o.is(at, "(") {
		s.Kind = Method
		end := o.closes(at, len(o.toks))
		for n := at; n < end && !o.is(n, "["); n++ {
			if o.word(n) {
				s.Parent = string(o.text(n))
			}
		}
		at = end + 1
	}
	open := at + 1
	if o.is(open, "[") {
		open = o.past(open)
	}
	if !o.word(at) || !o.is(open, "(") {
		return i
	}
	s.MinArgs, s.MaxArgs = o.arity(open, o.closes(open, len(o.toks)))
	end := o.past(open) - 1
	body := end
	for n := end + 1; n < len(o.toks) && !o.toks[n].first; n = o.past(n) {
		if o.is(n, "{") && !o.is(n-1, "struct") && !o.is(n-1, "interface") {
			body = n
			end = o.goEnd(n)
			break
		}
		end = o.past(n) - 1
	}
	o.add(s, at, i, body, end)
	return end + 1
}

// goEnd is where the body at brace ends. One without an end reaches to the next
// declaration.
func (o *outliner) goEnd(brace int) int {
	if m := int(o.toks[brace].match); m > 0 {
		return m
	}
	for n := brace + 1; n < len(o.toks); n++ {
		if o.toks[n].first && o.toks[n].start == o.lines[o.toks[n].line] && (o.is(n, "func") || o.is(n, "type") || o.is(n, "var") || o.is(n, "const")) {
			return n - 1
		}
	}
	return len(o.toks) - 1
}

// goGroup notes what import, type, const or var declare, in brackets or not.
func (o *outliner) goGroup(i int) int {
	word := string(o.text(i))
	first, end, grouped := i+1, len(o.toks), o.is(i+1, "(")
	if grouped {
		first, end = i+2, o.closes(i+1, end)
	}
	for n := first; n < end; {
		last := n
		for last+1 < end && (!o.toks[last+1].first || o.goGoesOn(last)) {
			last = o.past(last+1) - 1
		}
		last = min(o.past(n)-1+max(0, last-n), max(last, n))
		begin := n
		if !grouped {
			begin = i
		}
		o.goSpec(word, n, begin, last)
		n = last + 1
		if !grouped {
			return n
		}
	}
	return end + 1
}

// goGoesOn says whether a line that ends with this lexeme goes on.
func (o *outliner) goGoesOn(i int) bool {
	if o.toks[i].kind != Punct {
		return false
	}
	switch string(o.text(i)) {
	case ")", "]", "}", "++", "--", ";":
		return false
	}
	return true
}

// goSpec notes one declaration, whose words are n to last.
func (o *outliner) goSpec(word string, n, begin, last int) {
	switch word {
	case "import":
		s := Symbol{Kind: Import}
		if o.toks[n].kind != String && n < last {
			s.Alias = string(o.text(n))
			n++
		}
		if o.toks[n].kind == String {
			s.Name = unquote(o.text(n))
			o.add(s, n, begin, begin, last)
		}
	case "type":
		if !o.word(n) {
			return
		}
		brace := n
		for brace <= last && !o.is(brace, "{") {
			brace = o.past(brace)
		}
		o.add(Symbol{Kind: Type}, n, begin, min(brace, last), last)
		if brace <= last {
			o.goMembers(string(o.text(n)), brace, o.closes(brace, last+1), o.is(brace-1, "interface"))
		}
	default:
		kind := Variable
		if word == "const" {
			kind = Constant
		}
		for ; n <= last && o.word(n); n += 2 {
			o.add(Symbol{Kind: kind}, n, begin, begin, last)
			if !o.is(n+1, ",") {
				break
			}
		}
	}
}

// goMembers notes the fields or methods between two brackets.
func (o *outliner) goMembers(parent string, brace, end int, methods bool) {
	for n := brace + 1; n < end; n = o.past(n) {
		if !o.toks[n].first || !o.word(n) || o.goGoesOn(n-1) && n > brace+1 {
			continue
		}
		switch {
		case methods && o.is(n+1, "("):
			s := Symbol{Kind: Method, Parent: parent}
			s.MinArgs, s.MaxArgs = o.arity(n+1, o.closes(n+1, end))
			o.add(s, n, n, n, o.past(n+1)-1)
		case methods || o.first(n+1) || o.is(n+1, "."):
		default:
			for at := n; at < end && o.word(at); at += 2 {
				o.add(Symbol{Kind: Field, Parent: parent}, at, n, n, n)
				if !o.is(at+1, ",") {
					break
				}
			}
		}
	}
}
