package outline

// cType notes a struct, union, enum or class that begins at brace.
func (o *outliner) cType(head, brace int) (verdict, bool) {
	key := -1
	for i, n := head, 0; i < brace && n < maxHead; i, n = o.past(i), n+1 {
		if o.is(i, "template") && o.is(i+1, "<") {
			i = o.angles(i+1, brace) - 1
			continue
		}
		if o.in(i, cTypes) {
			key = i
			break
		}
	}
	if key < 0 {
		return verdict{}, false
	}
	name := -1
	for i := key + 1; i < brace && !o.is(i, ":"); i = o.past(i) {
		if o.name(i) && !o.is(i+1, "(") && !(name >= 0 && (o.is(i, "final") || o.lang == C)) {
			name = i
		}
	}
	end := o.closes(brace, o.scope().end)
	s := Symbol{Kind: Type, Parent: o.scope().parent}
	if name < 0 {
		name = o.namedAfter(end)
	}
	if name < 0 {
		s.Name = o.scope().parent // its members are the enclosing type's
	} else {
		o.add(s, name, head, brace, end)
		s.Name = string(o.text(name))
	}
	if o.is(key, "enum") {
		o.enumerators(brace, end, s.Name)
		return verdict{}, true
	}
	return verdict{enter: &scope{kind: typeScope, parent: s.Name, goesOn: true}}, true
}

// namedAfter is the name behind the body of a struct: typedef struct {…} name;
func (o *outliner) namedAfter(end int) int {
	for i, n := end+1, 0; i < len(o.toks) && n < 10; i, n = o.past(i), n+1 {
		if o.name(i) && (o.is(i+1, ";") || o.is(i+1, ",") || o.is(i+1, "=") || o.is(i+1, "[")) {
			return i
		}
		if !o.word(i) && !o.is(i, "*") && !o.is(i, "(") {
			break
		}
	}
	return -1
}

// enumerators notes the constants between two brackets.
func (o *outliner) enumerators(open, end int, parent string) {
	for i, begin := open+1, true; i < end; i = o.past(i) {
		if begin && o.name(i) {
			last := i
			for last+1 < end && !o.is(last+1, ",") {
				last = o.past(last+1) - 1
			}
			o.add(Symbol{Kind: Constant, Parent: parent}, i, i, i, min(last, end-1))
			i = last
			begin = false
			continue
		}
		begin = o.is(i, ",") || begin && !o.word(i)
	}
}

// cEnded notes what a statement without a body declares.
func cEnded(o *outliner, head, end int) {
	if head >= end || !o.word(head) || o.in(head, cNoHead) {
		return
	}
	if o.is(head, "typedef") {
		o.typedef(head, end)
		return
	}
	inType := o.scope().kind == typeScope
	if at, _ := o.cFunction(head, end); at >= 0 {
		if o.is(at-1, "::") && at-2 <= head {
			return // a call
		}
		if o.typed(at, head) || inType || o.is(at, "operator") || o.is(at+1, ")") {
			o.prototype(head, at, end)
		}
		return
	}
	kind := Variable
	if inType {
		kind = Field
	}
	o.declarators(head, end, kind)
}

func (o *outliner) prototype(head, at, end int) {
	s := Symbol{Kind: Prototype, Parent: o.scope().parent}
	open := o.opens(at, end)
	if o.is(at, "operator") {
		s.Name = string(o.src[o.toks[at].start:o.toks[open-1].end])
	}
	o.cQualify(&s, at)
	s.MinArgs, s.MaxArgs = o.arity(open, o.closes(open, end))
	o.add(s, at, head, head, end)
}

// typedef notes the name a typedef gives.
func (o *outliner) typedef(head, end int) {
	at := -1
	for i, n := head+1, 0; i < end && n < maxHead; i, n = o.past(i), n+1 {
		if o.is(i, "{") && o.in(i-1, cTypes) {
			return // named when its body was read
		}
		if o.is(i, "(") && o.is(i+1, "*") && o.name(i+2) {
			at = i + 2
			break
		}
		if o.name(i) {
			at = i
		}
	}
	if at >= 0 {
		o.add(Symbol{Kind: Type, Parent: o.scope().parent}, at, head, head, end)
	}
}

// behindBody is where a statement goes on behind the body of a type, or head if
// it has none.
func (o *outliner) behindBody(head, end int) int {
	begin := head
	if o.is(head, "template") && o.is(head+1, "<") {
		begin = o.angles(head+1, end)
	}
	for i, n := begin, 0; i < end && n < maxHead && !o.is(i, "="); i, n = o.past(i), n+1 {
		if o.is(i, "{") {
			return min(o.past(i), end)
		}
	}
	return head
}

// declarators notes the variables of a declaration: type *a = 1, b[3], (*c)(int);
func (o *outliner) declarators(head, end int, kind SymbolKind) {
	typeWords, at := 0, -1
	value := false // behind "=" or ":"
	flush := func() {
		if at >= 0 && typeWords > 0 {
			o.add(Symbol{Kind: kind, Parent: o.scope().parent}, at, head, head, end)
			at = -1
		}
	}
	begin := o.behindBody(head, end)
	if begin > head {
		typeWords++
	}
	for i, n := begin, 0; i < end && n < 20*maxHead; i, n = o.past(i), n+1 {
		switch t := o.text(i); {
		case string(t) == ",":
			flush()
			value = false
		case value:
		case string(t) == "=" || string(t) == ":":
			value = true
		case string(t) == "<" && o.lang != C:
			i = o.angles(i, end) - 1
		case string(t) == "(" && o.is(i+1, "*"):
			for i+2 < end && o.is(i+2, "*") {
				i++
			}
			if o.name(i + 2) {
				at, typeWords = i+2, typeWords+1
			}
			for i < end && !o.is(i, ")") {
				i++
			}
		case o.word(i) && (o.in(i, cTypes) || Keyword(o.lang, t)):
			if !o.in(i, cStorage) {
				typeWords++
			} else if kind == Variable && (string(t) == "const" || string(t) == "constexpr") {
				kind = Constant
			}
			if o.in(i, cTypes) && o.name(i+1) {
				i++
			}
		case o.word(i) && !o.is(i+1, "(") && !o.is(i+1, "::"):
			if at >= 0 {
				typeWords++
			}
			at = i
		}
	}
	flush()
}
