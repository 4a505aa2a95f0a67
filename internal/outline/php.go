package outline

import "strings"

var (
	phpSyntax = syntax{open: phpOpen, ended: phpEnded}
	phpTypes  = set("class interface trait enum")
)

func (o *outliner) outlinePHP() {
	o.match()
	o.walk(phpSyntax)
}

func phpOpen(o *outliner, head, brace int) verdict {
	top := o.scope()
	end := o.closes(brace, top.end)
	for i, n := head, 0; i < brace && n < maxHead; i, n = o.past(i), n+1 {
		switch {
		case o.is(i, "=") || o.is(i, "return"):
			return verdict{}
		case o.is(i, "#["):
		case o.is(i, "namespace"):
			return verdict{enter: &scope{kind: topScope}}
		case o.is(i, "function"):
			if o.phpFunction(i, head, brace, end) {
				return verdict{ends: true}
			}
		case o.in(i, phpTypes) && o.word(i+1) && !o.is(i-1, "::") && !o.is(i-1, "->"):
			name := string(o.text(i + 1))
			o.add(Symbol{Kind: Type}, i+1, o.afterOpening(head, i), brace, end)
			return verdict{enter: &scope{kind: typeScope, parent: name}}
		}
	}
	if o.is(head, "use") || top.kind == typeScope {
		return verdict{ends: top.kind == typeScope && !o.is(head, "use")} // hooks of a property, rules of a trait
	}
	return verdict{enter: &scope{kind: topScope}} // if (!function_exists("f")) { function f() {} }
}

// afterOpening is where a statement begins behind "<?php" and attributes.
func (o *outliner) afterOpening(head, end int) int {
	for head < end {
		switch {
		case o.toks[head].kind == String:
			head++
		case o.is(head, "#["):
			head = o.past(head)
		default:
			return head
		}
	}
	return end
}

// phpFunction notes the function or method whose keyword is at key.
func (o *outliner) phpFunction(key, head, brace, last int) bool {
	at := key + 1
	if o.is(at, "&") {
		at++
	}
	if !o.word(at) || !o.is(at+1, "(") {
		return false
	}
	s := Symbol{Kind: Function, Parent: o.scope().parent}
	if o.scope().kind == typeScope {
		s.Kind = Method
	}
	s.MinArgs, s.MaxArgs = o.arity(at+1, o.closes(at+1, brace))
	o.add(s, at, o.afterOpening(head, key), brace, last)
	return true
}

func phpEnded(o *outliner, head, end int) {
	head = o.afterOpening(head, end)
	if head >= end {
		return
	}
	if o.scope().kind == typeScope {
		o.phpMember(head, end)
		return
	}
	switch string(o.text(head)) {
	case "use":
		o.phpUse(head, end)
	case "const":
		if o.word(head + 1) {
			o.add(Symbol{Kind: Constant}, head+1, head, head, end)
		}
	case "define":
		if o.is(head+1, "(") && head+2 < end && o.toks[head+2].kind == String {
			o.add(Symbol{Kind: Constant, Name: unquote(o.text(head + 2))}, head+2, head, head, end)
		}
	case "require", "require_once", "include", "include_once":
		for i := head + 1; i < end && i < head+20; i++ {
			if o.toks[i].kind == String {
				o.add(Symbol{Kind: Import, Name: unquote(o.text(i))}, i, head, head, end)
				return
			}
		}
	}
}

// phpMember notes a property, constant or method without a body.
func (o *outliner) phpMember(head, end int) {
	parent := o.scope().parent
	for i, n := head, 0; i < end && n < maxHead; i, n = o.past(i), n+1 {
		switch {
		case o.is(i, "use"):
			return
		case o.is(i, "function"):
			o.phpFunction(i, head, end, end)
			return
		case o.is(i, "const") || o.is(i, "case"):
			at := i + 1
			for o.word(at+1) && at < end { // a type
				at++
			}
			if o.word(at) {
				o.add(Symbol{Kind: Constant, Parent: parent}, at, head, head, end)
			}
			return
		case o.word(i) && o.text(i)[0] == '$':
			o.add(Symbol{Kind: Field, Parent: parent}, i, head, head, end)
			return
		case o.is(i, "="):
			return
		}
	}
}

// phpUse notes use A\B as C; and use A\{B, C}.
func (o *outliner) phpUse(head, end int) {
	prefix, alias := "", ""
	var path strings.Builder
	flush := func(i int) {
		if path.Len() > 0 {
			o.add(Symbol{Kind: Import, Name: prefix + path.String(), Alias: alias}, i, head, head, end)
		}
		path.Reset()
		alias = ""
	}
	for i := head + 1; i < end; i++ {
		switch string(o.text(i)) {
		case "{":
			prefix = path.String()
			path.Reset()
		case ",", "}":
			flush(i - 1)
		case "as":
			alias = string(o.text(i + 1))
			i++
		case "function", "const":
		default:
			if path.Len() < 1000 {
				path.Write(o.text(i))
			}
		}
	}
	flush(end - 1)
}
