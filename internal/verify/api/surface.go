package api

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// surface is what a package exports, by name: "F", "T", "T.Field", "T.Method".
// Unexported types are in it where exported declarations hand them out.
type surface map[string]object

// object is one exported thing.
type object struct {
	kind string // "func", "var", "const", "type", "field", "method"
	// shape is what kind of type a type is: "struct", "interface", …
	shape string
	// text is its type in full, "" where that isn't known.
	text  string
	value string // of a constant
	pos   token.Pos
	// pointer: the method is one of the pointer's alone.
	pointer bool
	// demanded: others implement the interface that has this method.
	demanded bool
	// comparable: values can be compared with ==.
	comparable bool
}

// compare says what has changed, "" for nothing, and whether it breaks.
func (o object) compare(n object) (text string, breaks bool) {
	switch {
	case o.kind != n.kind:
		return o.kind + " has become " + n.kind, true
	case o.text != n.text && o.text != "" && n.text != "":
		return o.text + " has become " + n.text, true
	case o.value != n.value && o.value != "" && n.value != "":
		return o.value + " has become " + n.value, true
	case !o.pointer && n.pointer:
		return "is no longer a method of the value", true
	case o.comparable && !n.comparable:
		return "can no longer be compared", true
	case !o.demanded && n.demanded && o.kind == "method":
		return "can be implemented by others now", false
	}
	return "", false
}

// surfaceBuilder collects a surface.
type surfaceBuilder struct {
	pkg   *types.Package
	s     surface
	todo  []*types.TypeName // unexported types that were handed out
	known map[*types.TypeName]bool
}

func surfaceOf(pkg *types.Package) surface {
	b := surfaceBuilder{pkg: pkg, s: surface{}, known: map[*types.TypeName]bool{}}
	for _, name := range pkg.Scope().Names() {
		if o := pkg.Scope().Lookup(name); o.Exported() {
			b.object(o)
		}
	}
	for len(b.todo) > 0 {
		t := b.todo[0]
		b.todo = b.todo[1:]
		b.members(t)
	}
	return b.s
}

func (b *surfaceBuilder) object(o types.Object) {
	entry := object{pos: o.Pos(), text: b.text(o.Type())}
	switch o := o.(type) {
	case *types.Func:
		entry.kind = "func"
	case *types.Var:
		entry.kind = "var"
	case *types.Const:
		entry.kind = "const"
		if v := o.Val(); v != nil && v.Kind() != constant.Unknown {
			entry.value = v.ExactString()
		}
	case *types.TypeName:
		b.typeName(o)
		return
	default:
		return
	}
	b.s[o.Name()] = entry
}

func (b *surfaceBuilder) typeName(t *types.TypeName) {
	if t.IsAlias() {
		b.s[t.Name()] = object{kind: "type", shape: "alias", pos: t.Pos(), text: b.text(t.Type())}
		return
	}
	b.known[t] = true
	b.members(t)
}

// members adds a defined type, its fields and its methods.
func (b *surfaceBuilder) members(t *types.TypeName) {
	named, ok := t.Type().(*types.Named)
	if !ok {
		return
	}
	entry := object{kind: "type", pos: t.Pos()}
	r := renderer{b: b}
	parameters := r.parameters(named.TypeParams())
	switch u := named.Underlying().(type) {
	case *types.Struct:
		entry.shape, entry.comparable = "struct", types.Comparable(named)
		b.fields(t.Name(), u, 0)
	case *types.Interface:
		entry.shape = "interface"
		closed := false
		for m := range u.Methods() {
			closed = closed || !m.Exported()
		}
		for m := range u.Methods() {
			if m.Exported() {
				b.s[t.Name()+"."+m.Name()] = object{kind: "method", pos: m.Pos(), text: b.text(m.Type()), demanded: !closed}
			}
		}
		if closed {
			parameters += " that others can't implement"
		}
	case *types.Basic:
		if u.Kind() == types.Invalid {
			b.s[t.Name()] = entry
			return
		}
		entry.shape = b.text(u)
	default:
		entry.shape = b.text(u)
	}
	entry.text = strings.TrimSpace(parameters + " " + entry.shape)
	if r.invalid {
		entry.text = ""
	}
	b.s[t.Name()] = entry
	if entry.shape != "interface" {
		b.methods(t, named)
	}
}

// methods adds those of the type and, of its pointer, those that embedding
// brings.
func (b *surfaceBuilder) methods(t *types.TypeName, named *types.Named) {
	values := types.NewMethodSet(named)
	pointers := types.NewMethodSet(types.NewPointer(named))
	for i := range pointers.Len() {
		m := pointers.At(i).Obj()
		if !m.Exported() {
			continue
		}
		entry := object{kind: "method", pos: m.Pos(), pointer: values.Lookup(m.Pkg(), m.Name()) == nil}
		if m.Pkg() == b.pkg { // of others it is told where they are
			entry.text = b.text(m.Type())
		}
		b.s[t.Name()+"."+m.Name()] = entry
	}
}

const maxEmbedding = 8

// fields adds the exported fields, also those that unexported embedded structs
// of the package bring; one that is nearer hides others.
func (b *surfaceBuilder) fields(owner string, s *types.Struct, depth int) {
	var embedded []*types.Struct
	for f := range s.Fields() {
		name := owner + "." + f.Name()
		if _, hidden := b.s[name]; f.Exported() && !hidden {
			b.s[name] = object{kind: "field", pos: f.Pos(), text: b.text(f.Type())}
		}
		if !f.Embedded() || f.Exported() {
			continue
		}
		t := types.Unalias(f.Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		if u, ok := t.Underlying().(*types.Struct); ok {
			embedded = append(embedded, u)
		}
	}
	for _, u := range embedded {
		if depth < maxEmbedding {
			b.fields(owner, u, depth+1)
		}
	}
}

// text is a type in full, "" where a part of it isn't known.
func (b *surfaceBuilder) text(t types.Type) string {
	r := renderer{b: b}
	r.render(t, 0)
	if r.invalid {
		return ""
	}
	return r.out.String()
}

// renderer writes a type without the names of parameters and aliases, so that
// the types of two checks can be compared as texts.
type renderer struct {
	b       *surfaceBuilder
	out     strings.Builder
	invalid bool
}

const (
	maxNesting  = 100
	maxRendered = 64 << 10
)

func (r *renderer) render(t types.Type, depth int) {
	if depth > maxNesting || r.out.Len() > maxRendered {
		r.invalid = true
		return
	}
	write := func(s string) { r.out.WriteString(s) }
	depth++
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.Invalid {
			r.invalid = true
		} else if int(t.Kind()) < len(types.Typ) {
			write(types.Typ[t.Kind()].Name()) // byte is uint8
		}
	case *types.Pointer:
		write("*")
		r.render(t.Elem(), depth)
	case *types.Slice:
		write("[]")
		r.render(t.Elem(), depth)
	case *types.Array:
		if t.Len() < 0 {
			r.invalid = true
		}
		write("[" + constant.MakeInt64(t.Len()).ExactString() + "]")
		r.render(t.Elem(), depth)
	case *types.Map:
		write("map[")
		r.render(t.Key(), depth)
		write("]")
		r.render(t.Elem(), depth)
	case *types.Chan:
		write(map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()])
		r.render(t.Elem(), depth)
	case *types.Signature:
		write("func" + r.parameters(t.TypeParams()))
		r.tuple(t.Params(), t.Variadic(), depth)
		if n := t.Results().Len(); n > 1 {
			write(" ")
			r.tuple(t.Results(), false, depth)
		} else if n == 1 {
			write(" ")
			r.render(t.Results().At(0).Type(), depth)
		}
	case *types.Struct:
		write("struct{")
		for i := range t.NumFields() {
			if f := t.Field(i); f.Embedded() {
				write("embedded ")
			} else {
				write(f.Name() + " ")
			}
			r.render(t.Field(i).Type(), depth)
			write("; ")
		}
		write("}")
	case *types.Interface:
		r.iface(t, depth)
	case *types.Union:
		for i := range t.Len() {
			if i > 0 {
				write(" | ")
			}
			if t.Term(i).Tilde() {
				write("~")
			}
			r.render(t.Term(i).Type(), depth)
		}
	case *types.TypeParam:
		write("$" + constant.MakeInt64(int64(t.Index())).ExactString())
	case *types.Named:
		r.named(t, depth)
	default:
		r.invalid = true
	}
}

func (r *renderer) named(t *types.Named, depth int) {
	name := t.Origin().Obj()
	if p := name.Pkg(); p != nil && p != r.b.pkg {
		r.out.WriteString(p.Path() + ".")
	}
	r.out.WriteString(name.Name())
	if name.Pkg() == r.b.pkg && !name.Exported() && !r.b.known[name] {
		r.b.known[name] = true
		r.b.todo = append(r.b.todo, name)
	}
	for i := range t.TypeArgs().Len() {
		r.out.WriteString(map[bool]string{true: "[", false: ", "}[i == 0])
		r.render(t.TypeArgs().At(i), depth)
	}
	if t.TypeArgs().Len() > 0 {
		r.out.WriteString("]")
	}
}

func (r *renderer) tuple(t *types.Tuple, variadic bool, depth int) {
	r.out.WriteString("(")
	for i := range t.Len() {
		if i > 0 {
			r.out.WriteString(", ")
		}
		p := t.At(i).Type()
		if s, ok := types.Unalias(p).(*types.Slice); ok && variadic && i == t.Len()-1 {
			r.out.WriteString("...")
			p = s.Elem()
		}
		r.render(p, depth)
	}
	r.out.WriteString(")")
}

func (r *renderer) iface(t *types.Interface, depth int) {
	r.out.WriteString("interface{")
	var methods []*types.Func
	for m := range t.Methods() {
		methods = append(methods, m)
	}
	slices.SortFunc(methods, func(a, b *types.Func) int { return strings.Compare(a.Id(), b.Id()) })
	for _, m := range methods {
		r.out.WriteString(m.Name())
		r.render(m.Type(), depth)
		r.out.WriteString("; ")
	}
	for e := range t.EmbeddedTypes() {
		if u, ok := e.Underlying().(*types.Interface); !ok || !u.IsMethodSet() {
			r.render(e, depth)
			r.out.WriteString("; ")
		}
	}
	r.out.WriteString("}")
}

// parameters are type parameters with their constraints.
func (r *renderer) parameters(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var parts []string
	for p := range list.TypeParams() {
		inner := renderer{b: r.b}
		inner.render(p.Constraint(), 1)
		r.invalid = r.invalid || inner.invalid
		parts = append(parts, inner.out.String())
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
