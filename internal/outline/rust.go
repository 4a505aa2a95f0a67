package outline

import "strings"

var rustSyntax = syntax{open: rustOpen, ended: rustEnded}

func (o *outliner) outlineRust() {
	o.match()
	o.walk(rustSyntax)
}

// rustKey finds the keyword of an item behind its attributes and modifiers.
func (o *outliner) rustKey(head, end int) int {
	for i, n := head, 0; i < end && n < maxHead; i, n = o.past(i), n+1 {
		switch string(o.text(i)) {
		case "fn", "struct", "enum", "union", "trait", "impl", "mod", "use", "type", "static", "macro_rules":
			return i
		case "const":
			if !o.is(i+1, "fn") && !o.is(i+1, "unsafe") && !o.is(i+1, "async") && !o.is(i+1, "extern") {
				return i
			}
		case "#", "!", "pub", "unsafe", "async", "default", "extern", "crate":
		default:
			if o.is(i, "(") || o.is(i, "[") || o.toks[i].kind == String {
				continue
			}
			return -1
		}
	}
	return -1
}

func rustOpen(o *outliner, head, brace int) verdict {
	key := o.rustKey(head, brace)
	top := o.scope()
	end := o.closes(brace, top.end)
	if key < 0 {
		return verdict{ends: !o.is(head, "use") && !o.is(brace-1, "=")}
	}
	first := head
	for o.is(first, "#") && o.is(first+1, "[") && first < key {
		first = o.past(first + 1)
	}
	switch string(o.text(key)) {
	case "fn":
		o.rustFunction(key, first, brace, end)
		return verdict{ends: true}
	case "mod":
		return verdict{enter: &scope{kind: topScope}}
	case "impl":
		return verdict{enter: &scope{kind: typeScope, parent: o.implemented(key+1, brace)}}
	case "trait":
		o.add(Symbol{Kind: Type}, key+1, first, brace, end)
		return verdict{enter: &scope{kind: typeScope, parent: string(o.text(key + 1))}}
	case "struct", "union", "enum":
		name := string(o.text(key + 1))
		o.add(Symbol{Kind: Type}, key+1, first, brace, end)
		if o.is(key, "enum") {
			o.enumConstants(brace, end, name)
		} else {
			o.rustFields(brace, end, name)
		}
		return verdict{ends: true}
	case "macro_rules":
		if o.is(key+1, "!") && o.word(key+2) {
			o.add(Symbol{Kind: Macro, MinArgs: -1, MaxArgs: -1}, key+2, first, brace, end)
		}
		return verdict{ends: true}
	}
	return verdict{} // use a::{b, c}; const A: B = C { … };
}

func (o *outliner) rustFunction(key, first, brace, last int) {
	at := key + 1
	open := at + 1
	if o.is(open, "<") {
		open = o.angles(open, brace)
	}
	if !o.is(open, "(") {
		return
	}
	s := Symbol{Kind: Function, Parent: o.scope().parent}
	if o.scope().kind == typeScope {
		s.Kind = Method
	}
	s.MinArgs, s.MaxArgs = o.arity(open, o.closes(open, brace))
	o.add(s, at, first, brace, last)
}

// implemented is the type that an impl is for.
func (o *outliner) implemented(at, brace int) string {
	if o.is(at, "<") {
		at = o.angles(at, brace)
	}
	name := ""
	for n := 0; at < brace && n < maxHead; n++ {
		switch string(o.text(at)) {
		case "for":
			name = ""
		case "where":
			return name
		case "<":
			at = o.angles(at, brace)
			continue
		default:
			if o.word(at) && !o.is(at, "dyn") && !o.is(at, "mut") {
				name = string(o.text(at))
			}
		}
		at = o.past(at)
	}
	return name
}

// rustFields notes name: Type, … between two brackets.
func (o *outliner) rustFields(brace, end int, parent string) {
	for i := brace + 1; i < end; i = o.past(i) {
		if o.word(i) && o.is(i+1, ":") && (i == brace+1 || o.is(i-1, ",") || o.is(i-1, "pub") || o.is(i-1, ")") || o.is(i-1, "]")) {
			o.add(Symbol{Kind: Field, Parent: parent}, i, i, i, i)
		}
	}
}

func rustEnded(o *outliner, head, end int) {
	key := o.rustKey(head, end)
	if key < 0 || key+1 >= end {
		return
	}
	first := head
	for o.is(first, "#") && o.is(first+1, "[") && first < key {
		first = o.past(first + 1)
	}
	parent := o.scope().parent
	switch string(o.text(key)) {
	case "fn":
		o.rustFunction(key, first, end, end)
	case "struct", "union":
		o.add(Symbol{Kind: Type}, key+1, first, first, end)
	case "type":
		o.add(Symbol{Kind: Type, Parent: parent}, key+1, first, first, end)
	case "const", "static":
		at := key + 1
		if o.is(at, "mut") {
			at++
		}
		if o.word(at) && o.scope().kind != bodyScope {
			o.add(Symbol{Kind: Constant, Parent: parent}, at, first, first, end)
		}
	case "use":
		o.rustUse(key+1, end, first)
	}
}

// rustUse notes a::b, a::b as c and a::{b, c::d}.
func (o *outliner) rustUse(at, end, first int) {
	prefixes := []string{""}
	var path strings.Builder
	flush := func(i int, alias string) {
		if path.Len() > 0 {
			o.add(Symbol{Kind: Import, Name: prefixes[len(prefixes)-1] + path.String(), Alias: alias}, i, first, first, end)
		}
		path.Reset()
	}
	for i := at; i < end; i++ {
		switch string(o.text(i)) {
		case "{":
			if len(prefixes) < 20 {
				prefixes = append(prefixes, prefixes[len(prefixes)-1]+path.String())
			}
			path.Reset()
		case "}":
			flush(i-1, "")
			if len(prefixes) > 1 {
				prefixes = prefixes[:len(prefixes)-1]
			}
		case ",":
			flush(i-1, "")
		case "as":
			flush(i-1, string(o.text(i+1)))
			i++
		default:
			if path.Len() < 1000 {
				path.Write(o.text(i))
			}
		}
	}
	flush(end-1, "")
}
