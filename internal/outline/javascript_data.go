package outline

// jsEnded notes what a statement declares besides functions and classes.
func jsEnded(o *outliner, head, end int) {
	head = o.afterAnnotations(head, end)
	if head >= end {
		return
	}
	top := o.scope()
	if top.kind == typeScope {
		o.jsField(head, end)
		return
	}
	if top.kind == dataScope {
		o.jsEntry(head, end)
		return
	}
	at := head
	for at < end && (o.is(at, "export") || o.is(at, "default") || o.is(at, "declare") || o.is(at, "async") || o.is(at, "abstract")) {
		at++
	}
	switch string(o.text(at)) {
	case "import":
		o.jsImport(at, end)
	case "*", "{":
		if o.is(head, "export") {
			o.jsImport(head, end)
		}
	case "type":
		if o.name(at+1) && (o.is(at+2, "=") || o.is(at+2, "<")) {
			o.add(Symbol{Kind: Type}, at+1, head, head, end-1)
		}
	case "function":
		if o.name(at+1) && o.is(at+2, "(") && o.closes(at+2, end) == o.past(at+2)-1 && !o.defined(at+1) {
			s := Symbol{Kind: Function}
			s.MinArgs, s.MaxArgs = o.arity(at+2, o.closes(at+2, end))
			o.add(s, at+1, head, head, end-1)
		}
	case "const", "let", "var":
		o.jsVariables(at, head, end)
	}
}

// defined says whether the name at was noted where its body began.
func (o *outliner) defined(at int) bool {
	for n := len(o.names) - 1; n >= 0; n-- {
		if o.names[n] == o.toks[at].start {
			return true
		}
		if n < len(o.names)-200 {
			break
		}
	}
	return false
}

// jsVariables notes const a = …, {b, c} = require("d").
func (o *outliner) jsVariables(at, head, end int) {
	kind := Variable
	if o.is(at, "const") {
		kind = Constant
	}
	fresh := true
	for i, n := at+1, 0; i < end && n < 20*maxHead; i, n = o.past(i), n+1 {
		if !fresh || !o.name(i) {
			if fresh && o.is(i, "{") {
				o.jsRequire(i, o.past(i), head, end)
			}
			fresh = o.is(i, ",")
			continue
		}
		fresh = false
		if o.defined(i) || o.jsRequire(i, i+1, head, end) {
			continue
		}
		value := i + 1
		for value < end && !o.is(value, "=") && !o.is(value, ",") {
			value = o.past(value)
		}
		if o.jsArrow(i, value+1, head, end, Symbol{Kind: Function}) || o.scope().kind != topScope {
			continue
		}
		o.add(Symbol{Kind: kind}, i, head, head, end-1)
	}
}

// jsRequire notes … = require("name").
func (o *outliner) jsRequire(at, equals, head, end int) bool {
	if !o.is(equals, "=") || !o.is(equals+1, "require") || !o.is(equals+2, "(") || equals+3 >= end || o.toks[equals+3].kind != String {
		return false
	}
	s := Symbol{Kind: Import, Name: unquote(o.text(equals + 3))}
	if o.word(at) {
		s.Alias = string(o.text(at))
	}
	o.add(s, at, head, head, end-1)
	return true
}

// jsArrow notes a function whose value is one expression: name = (a, b) => a + b.
func (o *outliner) jsArrow(at, value, head, end int, s Symbol) bool {
	if o.is(value, "async") {
		value++
	}
	if o.is(value, "<") && o.lang == TypeScript {
		value = o.angles(value, end)
	}
	arrow := o.past(value)
	if o.is(value, "(") && o.is(arrow, ":") && o.lang == TypeScript {
		for arrow < end && !o.is(arrow, "=>") && !o.is(arrow, ",") {
			arrow = o.past(arrow)
		}
	}
	if arrow >= end || !o.is(arrow, "=>") {
		return false
	}
	s.MinArgs, s.MaxArgs = 1, 1
	if o.is(value, "(") {
		s.MinArgs, s.MaxArgs = o.arity(value, o.closes(value, end))
	} else if !o.word(value) {
		return false
	}
	o.add(s, at, head, arrow+1, end-1)
	return true
}

// jsImport notes import a, {b} from "c", import "c" and export … from "c".
func (o *outliner) jsImport(head, end int) {
	s := Symbol{Kind: Import}
	for i := head + 1; i < end; i = o.past(i) {
		switch {
		case o.toks[i].kind == String:
			s.Name = unquote(o.text(i))
			o.add(s, i, head, head, end-1)
			return
		case o.name(i) && !o.is(i, "from") && !o.is(i, "type") && !o.is(i, "as") && s.Alias == "":
			s.Alias = string(o.text(i))
		}
	}
}

// jsField notes a field of a class, or a member of an interface.
func (o *outliner) jsField(head, end int) {
	top := o.scope()
	at := head
	for at+1 < end && o.word(at) && (o.word(at+1) || o.toks[at+1].kind == String) {
		at++ // modifiers
	}
	if !o.word(at) && o.toks[at].kind != String || o.defined(at) {
		return
	}
	s := Symbol{Kind: Field, Parent: top.parent, Name: unquote(o.text(at))}
	open := at + 1
	if o.is(open, "?") || o.is(open, "!") {
		open++
	}
	switch {
	case o.is(open, "(") || o.is(open, "<"):
		if o.is(open, "<") {
			open = o.angles(open, end)
		}
		if !o.is(open, "(") || !o.is(o.past(open), ":") && o.past(open) < end {
			return
		}
		s.Kind = Method
		s.MinArgs, s.MaxArgs = o.arity(open, o.closes(open, end))
	case o.is(open, "="):
		if o.jsArrow(at, open+1, head, end, Symbol{Kind: Method, Parent: top.parent}) {
			return
		}
	case o.is(open, ":") || open >= end:
	default:
		return
	}
	o.add(s, at, head, head, end-1)
}

// jsEntry notes a function of one expression in an object: {name: a => b}.
func (o *outliner) jsEntry(head, end int) {
	if (o.word(head) || o.toks[head].kind == String) && o.is(head+1, ":") && o.scope().parent != "" && !o.defined(head) {
		o.jsArrow(head, head+2, head, end, Symbol{Kind: Method, Parent: o.scope().parent, Name: unquote(o.text(head))})
	}
}
