package outline

import (
	"bytes"
	"slices"
)

// Use is one mention of an identifier.
type Use struct {
	Name      string // the identifier, "$" of a shell variable taken off
	Qualifier string // the word before ".", "->" or "::", "" if none; of a key, its path
	Kind      string // "call", "member", "name", "import" or "key"
	Args      int    // arguments of a call, -1 if unknown and for other kinds
	Line      int    // 0-based
}

// Uses gives every mention of an identifier outside comments and strings, by
// line: calls ("f(x)"; in Ruby "f x" too, in shell every command), members
// ("a.b" that is not called) and other names, those that are defined among them;
// they are "name" and "member" where they are defined. An import is one use with
// its whole path, and its words are none. Of configurations the uses are the
// keys; prose has none.
func Uses(lang Language, src []byte) []Use {
	switch lang {
	case Plain, Markdown, HTML, CSS, XML:
		return nil
	}
	o := lexically(lang, src)
	u := users{outliner: o, defined: make(map[int32]bool, len(o.names))}
	for _, at := range o.names {
		u.defined[at] = true
	}
	if o.all != nil {
		o.toks = o.all
		o.match()
	}
	u.declared()
	switch lang {
	case YAML, JSON, TOML, INI:
		return u.uses
	}
	for i := range o.toks {
		u.mention(i)
	}
	slices.SortStableFunc(u.uses, func(a, b Use) int { return a.Line - b.Line })
	return u.uses
}

// users collects uses.
type users struct {
	*outliner
	uses    []Use
	defined map[int32]bool // offsets of names where they are defined
	imports []Symbol       // by line
	pragma  bool           // on a preprocessor line without names
}

// declared notes imports and keys, which are symbols already.
func (u *users) declared() {
	for _, s := range u.symbols {
		switch s.Kind {
		case Import:
			u.uses = append(u.uses, Use{Name: s.Name, Kind: "import", Args: -1, Line: s.Start})
			switch u.lang {
			case Go, Java, Python, Rust, PHP, CSharp, Groovy:
				u.imports = append(u.imports, s)
			}
		case Key:
			u.uses = append(u.uses, Use{Name: s.Name, Qualifier: s.Parent, Kind: "key", Args: -1, Line: s.Start})
		}
	}
	slices.SortStableFunc(u.imports, func(a, b Symbol) int { return a.Start - b.Start })
}

// mention notes the use of the word at i, if it is one.
func (u *users) mention(i int) {
	t := u.toks[i]
	line := int(t.line)
	for len(u.imports) > 0 && line >= u.imports[0].End {
		u.imports = u.imports[1:]
	}
	if t.kind == Directive {
		name := bytes.TrimLeft(u.text(i)[1:], " \t")
		u.pragma = string(name) == "pragma" || string(name) == "line"
	}
	if t.kind != Word || len(u.imports) > 0 && line >= u.imports[0].Start || t.directive && u.pragma {
		return
	}
	name := u.text(i)
	if Keyword(u.lang, name) && !u.member(i-1) && !u.defined[t.start] || t.directive && string(name) == "defined" || u.notName(i) {
		return
	}
	use := Use{Name: string(name), Kind: "name", Args: -1, Line: line}
	if u.lang == Shell && name[0] == '$' {
		use.Name = use.Name[1:]
	}
	if u.member(i-1) && !(u.lang == Rust && u.is(i-1, "->")) {
		use.Kind = "member"
		if u.word(i - 2) {
			use.Qualifier = string(u.text(i - 2))
		}
	}
	if !u.defined[t.start] {
		u.called(i, &use)
	}
	u.uses = append(u.uses, use)
}

// notName says whether a word is part of a path or an option of a command.
func (u *users) notName(i int) bool {
	switch u.lang {
	case JavaScript, TypeScript:
		return u.is(i, "from") && i+1 < len(u.toks) && u.toks[i+1].kind == String || u.is(i, "as") && u.word(i+1) && i > 0 && (u.word(i-1) || u.is(i-1, "*"))
	case Shell, Make, Tcl:
	default:
		return false
	}
	t := u.toks[i]
	if i == 0 {
		return false
	}
	if p := u.toks[i-1]; p.end == t.start && (u.is(i-1, ".") || u.is(i-1, "-") || u.is(i-1, "--") || u.is(i-1, "/") || u.is(i-1, "//")) {
		return true
	}
	return i+1 < len(u.toks) && u.toks[i+1].start == t.end && (u.is(i+1, "/") || u.is(i+1, "."))
}

// called makes a use a call if the word is followed by arguments.
func (u *users) called(i int, use *Use) {
	open := i + 1
	switch u.lang {
	case Shell:
		if u.command(i) && use.Name == string(u.text(i)) && !u.is(open, "=") {
			use.Kind = "call"
		}
		return
	case Rust:
		switch {
		case u.is(open, "!") && (u.is(open+1, "(") || u.is(open+1, "[") || u.is(open+1, "{")):
			use.Kind = "call"
			return
		case u.is(open, "::") && u.is(open+1, "<"):
			open = u.typeArguments(open + 1)
		}
	case Ruby:
		if u.commandCall(i) {
			use.Kind = "call"
			return
		}
	case JavaScript, TypeScript:
		if u.is(open, "?.") && u.is(open+1, "(") {
			open++
		}
	}
	if u.generic() && u.is(open, "<") {
		open = u.typeArguments(open)
	}
	if !u.is(open, "(") || u.lang == Java && u.is(i-1, "@") {
		return
	}
	if u.lang == Ruby && u.toks[open].start != u.toks[open-1].end {
		return
	}
	use.Kind = "call"
	use.Args = u.arguments(open)
}

// commandCall says whether a word of Ruby is called without brackets: puts x.
func (u *users) commandCall(i int) bool {
	if i+1 >= len(u.toks) || u.toks[i+1].first || u.toks[i+1].start == u.toks[i].end {
		return false
	}
	if c := u.text(i)[0]; c == '@' || c == '$' {
		return false
	}
	switch next := u.toks[i+1]; next.kind {
	case Number, String:
		return true
	case Word:
		return !Keyword(Ruby, u.text(i+1)) || u.in(i+1, rubyValues) && !u.is(i+1, "end")
	case Punct:
		return u.is(i+1, ":") && u.word(i+2) && u.toks[i+2].start == next.end
	}
	return false
}
