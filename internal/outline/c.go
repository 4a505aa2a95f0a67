package outline

import "bytes"

var (
	cSyntax     = syntax{open: cOpen, ended: cEnded, breaks: cBreaks}
	cStorage    = set("static inline extern const volatile register __inline __inline__ constexpr virtual explicit friend typedef auto _Noreturn")
	cTypes      = set("struct union enum class")
	cAttributes = set("__attribute__ __declspec alignas _Alignas __asm__ asm __asm noexcept throw decltype __typeof__ typeof requires operator sizeof")
	cAccess     = set("public private protected signals slots Q_SIGNALS Q_SLOTS")
	cNoHead     = set("return goto case default if else for while do switch using friend break continue delete throw static_assert _Static_assert")
)

// maxHead bounds the part of a statement that is searched for what it defines.
const maxHead = 300

// outlineC reads C and C++.
func (o *outliner) outlineC() {
	o.preprocess()
	if o.lang == C && o.plusPlus() {
		o.lang = CPP
	}
	o.match()
	o.walk(cSyntax)
}

// plusPlus says whether a header called C's has lines that only C++ has.
func (o *outliner) plusPlus() bool {
	for i := range o.toks {
		if !o.toks[i].first || o.toks[i].kind != Word {
			continue
		}
		switch string(o.text(i)) {
		case "namespace", "using":
			return o.word(i + 1)
		case "class":
			return o.word(i+1) && (o.is(i+2, "{") || o.is(i+2, ":") || o.is(i+2, ";"))
		case "template":
			return o.is(i+1, "<")
		case "public", "private", "protected":
			return o.is(i+1, ":")
		}
	}
	return false
}

// cBreaks begins a new statement after "public:", and after a macro that stands
// alone on its line.
func cBreaks(o *outliner, head, i int) bool {
	if o.is(i-1, ":") && i-2 <= head+1 && o.in(head, cAccess) {
		return true
	}
	return o.toks[i].first && o.is(i-1, ")") && o.name(head) && o.is(head+1, "(") && o.past(head+1) == i && o.word(i)
}

// cOpen tells functions, types and scopes from initialisers.
func cOpen(o *outliner, head, brace int) verdict {
	if o.scope().kind == topScope && head == brace && o.oldStyle(brace) {
		return verdict{ends: true}
	}
	if o.is(brace-1, "=") || head == brace {
		return verdict{ends: head == brace && o.scope().kind != dataScope}
	}
	switch {
	case o.is(head, "extern") && brace == head+2 && o.toks[head+1].kind == String:
		return verdict{enter: &scope{kind: topScope}}
	case o.is(head, "namespace") || o.is(head, "inline") && o.is(head+1, "namespace"):
		return verdict{enter: &scope{kind: topScope}}
	}
	if at, equals := o.cFunction(head, brace); at >= 0 {
		o.cDefine(head, at, brace)
		return verdict{ends: true}
	} else if equals {
		return verdict{}
	}
	if v, ok := o.cType(head, brace); ok {
		return v
	}
	// A macro that says what follows is left out: FOREACH(x) { … }
	return verdict{ends: o.is(brace-1, ")") || o.is(brace-1, "else") || o.is(brace-1, "do")}
}

// cFunction finds the name of the function whose head lies between two lexemes,
// or -1. It says too whether there is an "=", which makes it a variable.
func (o *outliner) cFunction(head, end int) (at int, equals bool) {
	found := -1
	for i, n := head, 0; i < end; i, n = o.past(i), n+1 {
		if n > maxHead {
			return -1, false
		}
		if o.toks[i].kind == Punct {
			switch o.src[o.toks[i].start] {
			case '=':
				if found < 0 || o.is(i, "=") && !o.is(i-1, ")") && !o.is(i-1, "const") {
					return -1, o.is(i, "=")
				}
			case '?':
				return -1, false
			}
		}
		if o.is(i, "template") && o.is(i+1, "<") {
			i = o.angles(i+1, end) - 1
			continue
		}
		if o.is(i, "operator") && found < 0 && o.lang != C {
			if open := o.operator(i, end); open > 0 {
				return i, false
			}
		}
		if o.is(i, "(") && i > head && o.is(i+2, ")") && o.is(i+3, "(") && i+3 < end && found < 0 && o.name(i+1) {
			return i + 1, false // int (name)(void)
		}
		if found >= 0 || !o.candidate(i, head, end) {
			continue
		}
		after := o.past(i + 1)
		if after == end || !o.another(after, end) || o.typed(i, head) && !macroName(o.text(i)) {
			if after < end && (o.is(after, ".") || o.is(after, "->") && o.lang == C) {
				return -1, false
			}
			found = i
		}
	}
	return found, false
}

// candidate says whether a lexeme is a name before a "(" that may be a
// function's.
func (o *outliner) candidate(i, head, end int) bool {
	if i+1 >= end || !o.is(i+1, "(") || !o.word(i) || o.toks[i+1].match < 0 || o.in(i, cAttributes) || i > head && o.in(i-1, cTypes) {
		return false
	}
	if o.is(i+2, "*") && o.is(o.past(i+1), "(") {
		return false // type (*pointer)(…)
	}
	return !Keyword(o.lang, o.text(i))
}

// opens is the "(" before the parameters of the function named at.
func (o *outliner) opens(at, end int) int {
	switch {
	case o.is(at, "operator"):
		return o.operator(at, end)
	case o.is(at+1, ")"):
		return at + 2
	}
	return at + 1
}

// another says whether a name before a "(" follows that could be the function.
func (o *outliner) another(from, end int) bool {
	for i, n := from, 0; i < end && n < maxHead; i, n = o.past(i), n+1 {
		if o.is(i, ":") || o.is(i, "->") {
			return false // initialisers, or the type of the result
		}
		if o.candidate(i, from, end) {
			return true
		}
	}
	return false
}

// typed says whether a type stands before a name: not only "static".
func (o *outliner) typed(i, head int) bool {
	if i <= head {
		return false
	}
	switch string(o.text(i - 1)) {
	case "*", "&", ">", "&&", "::", "~":
		return true
	}
	return o.word(i-1) && !o.in(i-1, cStorage)
}

// angles is the index after the ">" that belongs to the "<" at i.
func (o *outliner) angles(i, end int) int {
	depth := 0
	for n := 0; i < end && n < maxHead; i, n = o.past(i), n+1 {
		switch string(o.text(i)) {
		case "<":
			depth++
		case ">":
			depth--
		case ">>":
			depth -= 2
		}
		if depth <= 0 {
			return i + 1
		}
	}
	return i
}

// operator finds the "(" before the parameters of "operator+", or -1.
func (o *outliner) operator(i, end int) int {
	for at := i + 1; at < end && at < i+5; at++ {
		if o.is(at, "(") && (at > i+1 || !o.is(at+1, ")") || !o.is(at+2, "(")) && o.toks[at].match > 0 {
			return at
		}
	}
	return -1
}

// cDefine notes the function named at, with its body at brace or, if that is
// beyond the statement, without one.
func (o *outliner) cDefine(head, at, brace int) {
	open := o.opens(at, brace)
	s := Symbol{Kind: Function, Parent: o.scope().parent}
	if o.is(at, "operator") {
		s.Name = string(o.src[o.toks[at].start:o.toks[open-1].end])
	}
	first := head
	if !o.in(head, cStorage) && o.is(head+1, "(") && head < at && !o.is(head, "template") {
		if past := o.past(head + 1); past <= at && o.first(past) {
			first = past // MACRO(x) on a line of its own
		}
	}
	if at == head && macroName(o.text(at)) {
		if name := o.generated(open); name != "" {
			s.Name = name
			o.names = append(o.names, o.toks[at].start)
		}
	}
	o.cQualify(&s, at)
	s.MinArgs, s.MaxArgs = o.arity(open, o.closes(open, brace))
	if s.Name != "" && at == head {
		s.MinArgs, s.MaxArgs = -1, -1
	}
	o.add(s, at, first, brace, o.closes(brace, o.scope().end))
}

// cQualify reads Class:: and ~ before a name.
func (o *outliner) cQualify(s *Symbol, at int) {
	if o.scope().kind == typeScope {
		s.Kind = Method
	}
	name := string(o.text(at))
	if s.Name != "" {
		name = s.Name
	}
	if o.is(at-1, "~") {
		name = "~" + name
		at--
	}
	if o.is(at-1, "::") {
		owner := at - 2
		if o.is(owner, ">") {
			for n := 0; owner > 0 && !o.is(owner, "<") && n < 20; n++ {
				owner--
			}
			owner--
		}
		if o.word(owner) {
			s.Kind, s.Parent = Method, string(o.text(owner))
		}
	}
	s.Name = name
}

// macroName says whether a name is written like a macro's.
func macroName(name []byte) bool {
	return bytes.IndexByte(name, '_') > 0 && bytes.Equal(bytes.ToUpper(name), name) || len(name) > 3 && bytes.Equal(bytes.ToUpper(name), name)
}

// generated is the name of the function that DEFINE_X(name, …) makes, or "".
func (o *outliner) generated(open int) string {
	name := ""
	for _, p := range o.parameters(open, o.closes(open, len(o.toks))) {
		if p.end != p.begin+1 || !o.name(p.begin) {
			continue
		}
		if name != "" && bytes.HasPrefix(o.text(open-1), []byte("TEST")) {
			return name + "." + string(o.text(p.begin))
		}
		if name != "" {
			break
		}
		name = string(o.text(p.begin))
	}
	return name
}

// oldStyle notes a function whose parameters are declared between its head and
// its brace.
func (o *outliner) oldStyle(brace int) bool {
	i, statements := brace-1, 0
	for n := 0; i >= 0 && n < maxHead; n++ {
		switch {
		case o.is(i, ";"):
			statements++
			i--
		case o.is(i, "]") && o.toks[i].match >= 0:
			i = int(o.toks[i].match) - 1
		case o.word(i) || o.is(i, "*") || o.is(i, ","):
			i--
		case o.is(i, ")") && o.toks[i].match > 0 && statements > 0:
			open := int(o.toks[i].match)
			if !o.word(i+1) || !o.name(open-1) {
				return false
			}
			head := open - 1
			for head > 0 && (o.word(head-1) || o.is(head-1, "*")) && !(o.toks[head].first && o.is(head-1, ")")) {
				head--
			}
			for _, p := range o.parameters(open, i) {
				if p.end != p.begin+1 || !o.name(p.begin) {
					return false
				}
			}
			n := len(o.symbols)
			for n > 0 && o.symbols[n-1].Start >= o.line(head) {
				n-- // its head and parameters looked like declarations
			}
			o.symbols = o.symbols[:n]
			o.cDefine(head, open-1, brace)
			return true
		default:
			return false
		}
	}
	return false
}
