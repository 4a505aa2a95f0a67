package outline

// arguments counts the arguments between the bracket at open and its partner; -1
// if it has none, or if one of them stands for several.
func (c *code) arguments(open int) int {
	end := int(c.toks[open].match)
	if end < 0 {
		return -1
	}
	if end == open+1 {
		return 0
	}
	n := 1
	for i := open + 1; i < end; i = c.past(i) {
		switch {
		case c.is(i, ",") && i+1 < end:
			n++
		case c.spread(i, open):
			return -1
		default:
			i = min(c.within(i), end-1)
		}
	}
	return n
}

// within is the last lexeme of what begins at i and has commas of its own that
// part no arguments.
func (c *code) within(i int) int {
	switch {
	case c.is(i, "<") && c.generic():
		return max(i, c.typeArguments(i)-1)
	case c.lang == Rust && c.is(i, "|") && !c.word(i-1) && !c.is(i-1, ")"):
		for at := i + 1; at < i+maxHead && at < len(c.toks); at = c.past(at) {
			if c.is(at, "|") {
				return at
			}
		}
	case c.lang == Python && c.is(i, "lambda"):
		for at := i + 1; at < i+maxHead && at < len(c.toks); at = c.past(at) {
			if c.is(at, ":") {
				return at
			}
			if c.is(at, ")") {
				break
			}
		}
	}
	return i
}

// typeArguments is the index after the ">" of what begins with "<" at i and holds
// types only, or i.
func (c *code) typeArguments(i int) int {
	depth := 0
	for at := i; at < len(c.toks) && at < i+30; at++ {
		switch string(c.text(at)) {
		case "<":
			depth++
		case ">":
			depth--
		case ">>":
			depth -= 2
		case ",", ".", "?", "[", "]", "::", "&", "*", "|":
		default:
			if c.toks[at].kind == Punct || c.toks[at].kind == Number && c.lang == TypeScript {
				return i
			}
		}
		if depth <= 0 {
			return at + 1
		}
	}
	return i
}

// spread says whether the argument that begins here stands for several.
func (c *code) spread(i, open int) bool {
	switch string(c.text(i)) {
	case "...":
		return true
	case "*", "**", "&":
		return (c.lang == Python || c.lang == Ruby) && (i == open+1 || c.is(i-1, ","))
	}
	return false
}

// A parameter lies from lexeme begin until before end.
type parameter struct{ begin, end int }

// parameters cuts up what stands between two brackets. In the languages with
// type arguments a comma between "<" and ">" is theirs.
func (c *code) parameters(open, end int) []parameter {
	var out []parameter
	begin, angles := open+1, 0
	typed := c.generic()
	if c.toks[open].match < 0 {
		end = min(end, open+lookBack) // never closed: it may be anything
	}
	for i := open + 1; i < end; i = c.past(i) {
		switch t := c.text(i); string(t) {
		case "<":
			if typed && (c.word(i-1) || c.is(i-1, "::")) {
				angles++
			}
		case ">":
			angles = max(0, angles-1)
		case ">>":
			angles = max(0, angles-2)
		case ",":
			if angles == 0 {
				out = append(out, parameter{begin, i})
				begin = i + 1
			}
		}
	}
	if begin < end {
		out = append(out, parameter{begin, end})
	}
	return out
}

// generic says whether the language writes type arguments in "<" and ">".
func (c *code) generic() bool {
	switch c.lang {
	case CPP, Java, TypeScript, Rust, CSharp, Kotlin, Groovy:
		return true
	}
	return false
}

// arity is the number of arguments that the parameters between two brackets
// accept, -1 for no limit.
func (c *code) arity(open, end int) (least, most int) {
	for n, p := range c.parameters(open, end) {
		if n == 0 && c.receiver(p) || c.marker(p) {
			continue
		}
		optional, several := c.optional(p)
		switch {
		case several:
			return least, -1
		case optional:
			most++
		default:
			most++
			if c.lang == Python || c.lang == Ruby {
				least++ // those behind it have names
			} else {
				least = most
			}
		}
	}
	return least, most
}

// receiver says whether the first parameter doesn't count.
func (c *code) receiver(p parameter) bool {
	switch c.lang {
	case C, CPP:
		return p.end == p.begin+1 && c.is(p.begin, "void")
	case Rust:
		for i := p.begin; i < p.end && i < p.begin+5; i++ {
			if c.is(i, "self") {
				return true
			}
		}
	case TypeScript:
		return c.is(p.begin, "this") && c.is(p.begin+1, ":")
	}
	return false
}

// marker says whether what stands between two commas takes no argument of its
// own: "*" and "/" of Python, a block of Ruby.
func (c *code) marker(p parameter) bool {
	switch {
	case c.lang == Python:
		return p.end == p.begin+1 && c.toks[p.begin].kind == Punct
	case c.lang == Ruby:
		return c.is(p.begin, "&")
	}
	return false
}

// optional says whether a parameter may be left out, or take several arguments.
func (c *code) optional(p parameter) (optional, several bool) {
	for i := p.begin; i < p.end; i = c.past(i) {
		switch string(c.text(i)) {
		case "...":
			return false, true
		case "params":
			if c.lang == CSharp && i == p.begin {
				return false, true
			}
		case "*", "**":
			if i == p.begin && (c.lang == Python || c.lang == Ruby) {
				return false, true
			}
		case ":":
			optional = optional || c.lang == Ruby && i == p.begin+1 && i+1 < p.end // key: default
		case "=":
			optional = true
		case "?":
			optional = optional || c.lang == TypeScript && (c.is(i+1, ":") || i+1 == p.end)
		}
	}
	return optional, false
}
