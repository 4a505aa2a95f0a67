package outline

// lookBack bounds how far before a "{" the words are searched that say what it
// begins.
const lookBack = 60

var (
	jsSyntax    = syntax{open: jsOpen, ended: jsEnded, breaks: jsBreaks, inside: true}
	jsTypes     = set("class interface enum namespace module")
	jsBlocks    = set("if for while switch catch with")
	jsGoesOn    = set("in instanceof of extends implements as satisfies is from")
	jsModifiers = set("async static get set public private protected readonly abstract declare override accessor")
	jsOpens     = set("return typeof case new delete void throw else yield await extends default export import const let var in of instanceof async static get set public private protected readonly abstract declare")
)

// outlineJavaScript reads JavaScript and TypeScript. Functions are values there,
// so what stands in brackets is read too.
func (o *outliner) outlineJavaScript() {
	o.match()
	o.walk(jsSyntax)
}

// jsBreaks ends a statement at a line that doesn't go on with it.
func jsBreaks(o *outliner, head, i int) bool {
	if o.scope().kind == dataScope && o.is(i-1, ",") {
		return true
	}
	if !o.toks[i].first || o.toks[i].kind == Punct && !o.is(i, "@") && !o.is(i, "*") || o.in(i, jsGoesOn) && o.scope().kind != typeScope {
		return false
	}
	switch p := o.toks[i-1]; p.kind {
	case Word:
		if o.scope().kind == typeScope {
			return !o.in(i-1, jsModifiers)
		}
		return !o.in(i-1, jsOpens)
	case Number, String:
		return true
	case Punct:
		switch string(o.text(i - 1)) {
		case ")":
			return !o.is(head, "@") || !o.decorator(head, i)
		case "]", "}", "++", "--":
			return true
		case ">":
			return o.lang == TypeScript
		}
	}
	return false
}

// decorator says whether only @decorators stand from head until before i.
func (o *outliner) decorator(head, i int) bool {
	return o.afterAnnotations(head, i) >= i
}

// jsOpen looks back from a brace to see what it begins.
func jsOpen(o *outliner, head, brace int) verdict {
	top := o.scope()
	end := o.closes(brace, top.end)
	before := brace - 1
	if before < head {
		return verdict{enter: &scope{kind: bodyScope, parent: ""}}
	}
	switch {
	case o.is(before, ":") && o.is(end+1, "{"):
		return verdict{} // the type of a result
	case o.is(before, "=>"):
		open := before - 1
		if o.is(open, ")") && o.toks[open].match >= 0 {
			open = int(o.toks[open].match)
		} else if back := o.resultType(before, head); back >= 0 {
			open = int(o.toks[back].match)
		}
		return o.jsFunction(o.target(open-1, head), head, open, brace, end)
	case o.is(before, ")") && o.toks[before].match > 0:
		return o.jsCall(head, int(o.toks[before].match), brace, end)
	}
	if key := o.typeKey(before, head); key >= 0 {
		return o.jsType(key, head, brace, end)
	}
	if back := o.resultType(brace, head); back >= 0 {
		return o.jsCall(head, int(o.toks[back].match), brace, end)
	}
	if o.is(before, "else") || o.is(before, "try") || o.is(before, "do") || o.is(before, "finally") || o.is(before, "static") || o.is(before, ";") || o.is(before, "}") {
		return verdict{enter: &scope{kind: bodyScope}}
	}
	if o.is(head, "import") || o.is(head, "export") && before == head {
		return verdict{}
	}
	data := &scope{kind: dataScope, goesOn: true}
	if at := o.target(before, head); at >= 0 {
		data.parent = string(o.text(at))
	}
	return verdict{enter: data}
}

// resultType finds the ")" of a head whose result has a type: (…): Type {
func (o *outliner) resultType(brace, head int) int {
	if o.lang != TypeScript {
		return -1
	}
	angles := 0
	for i, n := brace-1, 0; i > head && n < lookBack; i, n = i-1, n+1 {
		switch string(o.text(i)) {
		case ";", "{", "=", "=>":
			return -1
		case ",":
			if angles == 0 {
				return -1
			}
		case ">":
			angles++
		case ">>":
			angles += 2
		case "<":
			if angles--; angles < 0 {
				return -1 // the brace is in type arguments itself
			}
		case "}", "]":
			if m := int(o.toks[i].match); m > head {
				i = m
			}
		case ":":
			if o.is(i-1, ")") && o.toks[i-1].match > 0 {
				return i - 1
			}
		}
	}
	return -1
}

// typeKey finds the class, interface, enum or namespace that a brace begins.
func (o *outliner) typeKey(from, head int) int {
	for i, n := from, 0; i >= head && n < lookBack; i, n = i-1, n+1 {
		switch string(o.text(i)) {
		case ";", "{", "=", "=>", "return":
			return -1
		case "}", "]", ")":
			if m := int(o.toks[i].match); m > head {
				i = m
			}
		}
		if o.in(i, jsTypes) && !o.member(i-1) && !o.is(i+1, ":") && !o.is(i+1, ".") {
			return i
		}
	}
	return -1
}

// target finds the name that a value gets whose first lexeme follows at: name =,
// name:, or -1.
func (o *outliner) target(at, head int) int {
	if o.is(at, "async") {
		at--
	}
	if at <= head || !o.is(at, "=") && !o.is(at, ":") {
		return -1
	}
	for i, n := at-1, 0; i >= head && n < lookBack; i, n = i-1, n+1 {
		if !o.word(i) && o.toks[i].kind != String {
			break
		}
		if i == at-1 && !o.is(i-1, ":") {
			return i
		}
		if o.is(i-1, "const") || o.is(i-1, "let") || o.is(i-1, "var") {
			return i
		}
	}
	// const name: Type<A> =
	for i, n := at-1, 0; o.is(at, "=") && i > head && n < lookBack; i, n = i-1, n+1 {
		if o.is(i, ":") && o.word(i-1) && (o.is(i-2, "const") || o.is(i-2, "let") || i-1 == head || o.in(i-2, jsOpens)) {
			return i - 1
		}
	}
	return -1
}

// jsFunction notes the function named at, if it has a name, and reads its body.
func (o *outliner) jsFunction(at, head, open, brace, end int) verdict {
	body := &scope{kind: bodyScope, goesOn: true}
	if at < 0 {
		return verdict{enter: body}
	}
	s := Symbol{Kind: Function, Parent: o.scope().parent, Name: unquote(o.text(at))}
	if o.scope().kind == typeScope || o.scope().kind == dataScope && s.Parent != "" {
		s.Kind = Method
	}
	if o.is(at-1, ".") && o.word(at-2) {
		s.Kind, s.Parent = Method, string(o.text(at-2))
		if s.Parent == "prototype" && o.is(at-3, ".") && o.word(at-4) {
			s.Parent = string(o.text(at - 4))
		}
	}
	if o.is(open, "(") {
		s.MinArgs, s.MaxArgs = o.arity(open, o.closes(open, brace))
	} else {
		s.MinArgs, s.MaxArgs = 1, 1
	}
	first := o.afterAnnotations(head, at)
	if o.toks[at].line > o.toks[first].line+lookBack || first > at {
		first = at
	}
	for i := at; i > first && i > at-lookBack; i-- { // not the statement around a call
		if o.is(i, "(") && int(o.toks[i].match) > brace || o.is(i, ",") && o.scope().kind != typeScope && !o.is(head, "var") {
			first = i + 1
			break
		}
	}
	o.add(s, at, first, brace, end)
	return verdict{enter: body}
}

// jsCall reads what stands before the brackets before a brace: a function's
// name, a method's, "function", or "if".
func (o *outliner) jsCall(head, open, brace, end int) verdict {
	at := open - 1
	if o.is(at, ">") { // type parameters
		for n := 0; at > head && !o.is(at, "<") && n < lookBack; n++ {
			at--
		}
		at--
	}
	if o.is(at, "*") && o.is(at-1, "function") {
		at--
	}
	switch {
	case at < head:
		return verdict{enter: &scope{kind: bodyScope, goesOn: true}}
	case o.is(at, "function"):
		return o.jsFunction(o.target(at-1, head), head, open, brace, end)
	case o.is(at-1, "function") || o.is(at-1, "*") && o.is(at-2, "function"):
		v := o.jsFunction(at, head, open, brace, end)
		v.enter.goesOn = o.is(at-2, "=") || o.is(at-2, "(") || o.is(at-2, ",") || o.is(at-2, ":")
		return v
	case o.in(at, jsBlocks) || o.is(at, "await"):
		return verdict{enter: &scope{kind: bodyScope}}
	case o.scope().kind == typeScope || o.scope().kind == dataScope:
		if o.word(at) || o.toks[at].kind == String {
			v := o.jsFunction(at, head, open, brace, end)
			v.enter.goesOn = o.scope().kind == dataScope
			return v
		}
	}
	return verdict{enter: &scope{kind: bodyScope, goesOn: true}}
}

// jsType notes the class, interface or enum whose keyword is at key.
func (o *outliner) jsType(key, head, brace, end int) verdict {
	at := key + 1
	if o.is(at, "extends") || o.is(at, "implements") || o.is(at, "{") {
		if at = o.target(key-1, head); at < 0 {
			return verdict{enter: &scope{kind: typeScope}}
		}
	}
	if o.is(key, "namespace") || o.is(key, "module") {
		return verdict{enter: &scope{kind: topScope}}
	}
	name := unquote(o.text(at))
	o.add(Symbol{Kind: Type, Name: name, Parent: o.scope().parent}, at, o.afterAnnotations(head, key), brace, end)
	if o.is(key, "enum") {
		o.enumerators(brace, end, name)
		return verdict{ends: true}
	}
	return verdict{enter: &scope{kind: typeScope, parent: name}}
}
