package outline

import "strings"

var (
	javaSyntax = syntax{open: javaOpen, ended: javaEnded}
	javaTypes  = set("class interface enum record struct trait @interface")
	javaSkip   = set("return throw new assert yield break continue if else for while do switch try catch finally case default")
)

// outlineJava reads Java, and languages whose classes look like its.
func (o *outliner) outlineJava() {
	o.match()
	o.walk(javaSyntax)
}

// afterAnnotations is where a declaration begins behind @A and @B(…), and behind
// [Attributes] of C#.
func (o *outliner) afterAnnotations(head, end int) int {
	for head < end {
		switch {
		case o.is(head, "@") && o.word(head+1) && !o.is(head+1, "interface"):
			head += 2
			for o.is(head, ".") && head+1 < end {
				head += 2
			}
			if o.is(head, "(") {
				head = o.past(head)
			}
		case o.is(head, "[") && o.lang == CSharp:
			head = o.past(head)
		default:
			return head
		}
	}
	return end
}

func javaOpen(o *outliner, head, brace int) verdict {
	head = o.afterAnnotations(head, brace)
	top := o.scope()
	if head == brace {
		return verdict{ends: true}
	}
	for i, n := head, 0; i < brace && n < maxHead; i, n = o.past(i), n+1 {
		switch {
		case o.is(i, "=") || o.is(i, "->") || o.is(i, "=>"):
			return verdict{} // a value
		case o.is(i, "namespace") && o.lang == CSharp:
			return verdict{enter: &scope{kind: topScope}}
		case o.in(i, javaTypes) && o.word(i+1) && !o.is(i-1, ".") && (!o.is(i, "record") || o.is(i+2, "(") || o.is(i+2, "<")) && !o.is(i+1, "("):
			return o.javaType(i, head, brace)
		case o.word(i) && o.is(i+1, "(") && o.toks[i+1].match > 0 && !o.in(i, javaSkip):
			if top.kind == topScope && o.lang == Java {
				return verdict{ends: true}
			}
			o.javaMethod(i, head, brace, o.closes(brace, top.end))
			return verdict{ends: true}
		}
	}
	if top.kind == typeScope && o.word(brace-1) && !o.is(brace-1, "static") { // a property of C#, a compact constructor
		if o.lang == CSharp {
			o.add(Symbol{Kind: Field, Parent: top.parent}, brace-1, head, brace, o.closes(brace, top.end))
			return verdict{ends: true}
		}
		o.add(Symbol{Kind: Method, Parent: top.parent, MinArgs: -1, MaxArgs: -1}, brace-1, head, brace, o.closes(brace, top.end))
	}
	return verdict{ends: true}
}

// javaType notes the class, interface, enum or record whose keyword is at key.
func (o *outliner) javaType(key, head, brace int) verdict {
	top := o.scope()
	end := o.closes(brace, top.end)
	name := string(o.text(key + 1))
	o.add(Symbol{Kind: Type, Parent: top.parent}, key+1, head, brace, end)
	open := key + 2
	if o.is(open, "<") {
		open = o.angles(open, brace)
	}
	if o.is(open, "(") {
		for _, p := range o.parameters(open, o.closes(open, brace)) {
			if o.word(p.end - 1) {
				o.add(Symbol{Kind: Field, Parent: name}, p.end-1, p.begin, p.begin, p.end-1)
			}
		}
	}
	body := &scope{kind: typeScope, parent: name}
	if o.is(key, "enum") {
		body.begin = o.enumConstants(brace, end, name)
	}
	return verdict{enter: body}
}

// enumConstants notes the constants at the head of an enum, and gives where what
// follows them begins.
func (o *outliner) enumConstants(brace, end int, parent string) int {
	fresh := true
	i := brace + 1
	for i < end && !o.is(i, ";") {
		if at := o.afterAnnotations(i, end); at > i {
			i = at
			continue
		}
		if fresh && o.name(i) {
			last := i
			for (o.is(last+1, "(") || o.is(last+1, "{") || o.is(last+1, "=")) && last+1 < end {
				if o.is(last+1, "=") {
					last++
				}
				last = o.past(last+1) - 1
			}
			o.add(Symbol{Kind: Constant, Parent: parent}, i, i, i, min(last, end-1))
			i = last
		}
		fresh = o.is(i, ",")
		i = o.past(i)
	}
	return min(i, end)
}

// javaMethod notes the method named at; one without a type before it builds the
// class.
func (o *outliner) javaMethod(at, head, brace, last int) {
	s := Symbol{Kind: Method, Parent: o.scope().parent}
	if s.Parent == "" {
		s.Kind = Function
	}
	s.MinArgs, s.MaxArgs = o.arity(at+1, o.closes(at+1, brace))
	o.add(s, at, head, brace, last)
}

// javaEnded notes what a statement without a body declares.
func javaEnded(o *outliner, head, end int) {
	head = o.afterAnnotations(head, end)
	if head >= end || !o.word(head) && !o.is(head, "<") || o.in(head, javaSkip) {
		return
	}
	top := o.scope()
	switch string(o.text(head)) {
	case "package":
		return
	case "import", "using":
		o.javaImport(head, end)
		return
	}
	if top.kind != typeScope {
		return
	}
	kind, depth, words := Field, 0, 0
	if constant := o.leads(head, "final") && o.leads(head, "static") || o.leads(head, "const"); constant {
		kind = Constant
	}
	for i, n := head, 0; i < end && n < maxHead; i, n = o.past(i), n+1 {
		switch {
		case o.is(i, "<"):
			depth++
		case o.is(i, ">"):
			depth--
		case o.is(i, ">>"):
			depth -= 2
		case depth > 0 || !o.word(i):
		case o.is(i+1, "(") && words == 0 && o.name(i) && !o.is(i, string(top.parent)):
			return // a constant of an enum
		case o.is(i+1, "("):
			o.javaMethod(i, head, end, end)
			return
		case words > 0 && o.name(i) && (i+1 == end || o.is(i+1, "=") || o.is(i+1, ",") || o.is(i+1, "[") && !o.word(i+3)):
			o.add(Symbol{Kind: kind, Parent: top.parent}, i, head, head, end)
			for i+1 < end && !o.is(i+1, ",") {
				i = o.past(i+1) - 1
			}
		case !o.in(i, cStorage):
			words++
		}
	}
}

// leads says whether a word is among the modifiers at the head of a statement.
func (o *outliner) leads(head int, word string) bool {
	for i := head; o.word(i) && i < head+6; i++ {
		if o.is(i, word) {
			return true
		}
	}
	return false
}

// javaImport notes import [static] a.b.C; and using [x =] a.b;
func (o *outliner) javaImport(head, end int) {
	at := head + 1
	s := Symbol{Kind: Import}
	if o.is(at, "static") {
		at++
	}
	if o.is(at+1, "=") {
		s.Alias = string(o.text(at))
		at += 2
	}
	var name strings.Builder
	for i := at; i < end && i < at+100; i++ {
		name.Write(o.text(i))
	}
	if s.Name = name.String(); s.Name != "" {
		o.add(s, at, head, head, end)
	}
}
