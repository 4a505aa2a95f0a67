package outline

import "bytes"

// A block is what hangs below a line of Python that ends in ":".
type block struct {
	indent int // of its head
	symbol int // its def or class, -1 for others
	class  string
	inDef  bool
}

// A pythonReader follows indentation.
type pythonReader struct {
	*outliner
	blocks []block
	levels []int           // indentations that are open, the innermost last
	fields map[string]bool // class and name
	static bool            // decorated as one without self
	colon  bool            // the last line opened a block
}

// outlinePython reads Python line by line; a line goes on inside brackets.
func (o *outliner) outlinePython() {
	o.match()
	p := pythonReader{outliner: o, fields: make(map[string]bool), levels: []int{0}}
	for i := 0; i < len(o.toks); {
		end := o.past(i)
		for end < len(o.toks) && !o.toks[end].first {
			end = o.past(end)
		}
		end = min(end, len(o.toks))
		p.line(i, end)
		i = end
	}
	p.leave(-1, len(o.toks))
}

// line reads the lexemes from i until before end.
func (p *pythonReader) line(i, end int) {
	indent := p.column(i)
	p.level(i, indent)
	p.leave(indent, i)
	p.colon = p.is(end-1, ":")
	top := p.top()
	switch word := string(p.text(i)); {
	case word == "@":
		p.static = p.static || p.is(i+1, "staticmethod")
		return
	case word == "def", word == "class", word == "async" && p.is(i+1, "def"):
		p.define(i, end, indent)
	case word == "import" || word == "from":
		p.imports(i, end, word == "from")
	case top.inDef:
		p.attribute(i, end, top)
	case p.name(i):
		p.assigned(i, end, top)
	}
	p.static = false
}

// level says if the indentation fits none that is open.
func (p *pythonReader) level(i, indent int) {
	n := len(p.levels)
	switch now := p.levels[n-1]; {
	case indent > now:
		if !p.colon {
			p.problem(p.outliner.line(i), "unexpected indentation")
		}
		if n < maxScopes {
			p.levels = append(p.levels, indent)
		}
	case indent < now:
		for n > 1 && p.levels[n-1] > indent {
			n--
		}
		if p.levels[n-1] != indent {
			p.problem(p.outliner.line(i), "bad indentation")
		}
		p.levels = p.levels[:n]
	case p.colon && n > 0:
		p.problem(p.outliner.line(i), "missing indentation")
	}
}

func (p *pythonReader) top() block {
	if n := len(p.blocks); n > 0 {
		return p.blocks[n-1]
	}
	return block{symbol: -1}
}

// leave ends the blocks that a line with this indentation, at lexeme i, ends.
func (p *pythonReader) leave(indent, i int) {
	for n := len(p.blocks); n > 0 && p.blocks[n-1].indent >= indent; n-- {
		s := &p.symbols[p.blocks[n-1].symbol]
		s.End = max(s.End, p.last(i-1)+1)
		if s.Body < 0 {
			s.Body = s.Start
		}
		p.blocks = p.blocks[:n-1]
	}
}

// define notes a def or class.
func (p *pythonReader) define(i, end, indent int) {
	at := i + 1
	if p.is(i, "async") {
		at++
	}
	if !p.word(at) || at >= end {
		return
	}
	top := p.top()
	s := Symbol{Kind: Function, Parent: top.class}
	b := block{indent: indent, inDef: true, class: top.class}
	open := at + 1
	if p.is(open, "[") {
		open = p.past(open)
	}
	switch {
	case p.is(i, "class"):
		s.Kind = Type
		b.class, b.inDef = string(p.text(at)), false
		if top.inDef {
			s.Parent = ""
		}
	case p.is(open, "("):
		if top.class != "" && !top.inDef {
			s.Kind = Method
		} else {
			s.Parent = ""
		}
		s.MinArgs, s.MaxArgs = p.arity(open, p.closes(open, end))
		if s.Kind == Method && !p.static {
			s.MinArgs = max(0, s.MinArgs-1)
			if s.MaxArgs > 0 {
				s.MaxArgs--
			}
		}
	default:
		s.MinArgs, s.MaxArgs = -1, -1
	}
	colon := at + 1
	for colon < end && !p.is(colon, ":") {
		colon = p.past(colon)
	}
	body := min(colon+1, len(p.toks)-1)
	p.add(s, at, i, i, end-1)
	added := &p.symbols[len(p.symbols)-1]
	added.Body = p.outliner.line(body)
	added.End = max(added.End, added.Body+1)
	if body < end { // the body on the same line
		added.Body = min(added.Body, added.End-1)
	}
	if len(p.blocks) < maxScopes {
		b.symbol = len(p.symbols) - 1
		p.blocks = append(p.blocks, b)
	}
}

// imports notes import a.b as c, d and from a import (b as c, d).
func (p *pythonReader) imports(i, end int, from bool) {
	module, last := "", end-1
	at := i + 1
	if from {
		for at < end && !p.is(at, "import") && len(module) < maxPath {
			module += string(p.text(at))
			at++
		}
		if at++; p.is(at, "(") {
			at++
			end = min(end, p.closes(at-1, end))
		}
		if module != "" && module[len(module)-1] != '.' {
			module += "."
		}
	}
	for at < end {
		s := Symbol{Kind: Import, Name: module}
		first := at
		for at < end && !p.is(at, ",") && !p.is(at, "as") && !p.is(at, ";") && !p.is(at, ")") && len(s.Name) < maxPath {
			s.Name += string(p.text(at))
			at++
		}
		if p.is(at, "as") && at+1 < end {
			s.Alias = string(p.text(at + 1))
			at += 2
		}
		if s.Name != module {
			p.add(s, first, i, i, last)
		}
		if !p.is(at, ",") {
			return
		}
		at++
	}
}

// assigned notes the names on the left of "=" outside functions.
func (p *pythonReader) assigned(i, end int, top block) {
	for at := i; at < end && p.name(at); at += 2 {
		switch string(p.text(at + 1)) {
		case "=", ":", ",":
		default:
			return
		}
		if at+1 >= end-1 && !p.is(at+1, ",") {
			return
		}
		s := Symbol{Kind: Variable, Parent: top.class}
		name := p.text(at)
		switch {
		case top.class != "":
			s.Kind = Field
			if p.fields[top.class+"\x00"+string(name)] {
				continue
			}
			p.fields[top.class+"\x00"+string(name)] = true
		case bytes.Equal(bytes.ToUpper(name), name):
			s.Kind = Constant
		}
		p.add(s, at, i, i, end-1)
		if p.is(at+1, ":") {
			return
		}
	}
}

// attribute notes self.x = … as a field of the class.
func (p *pythonReader) attribute(i, end int, top block) {
	if top.class == "" || i+3 >= end || !p.is(i, "self") || !p.is(i+1, ".") || !p.word(i+2) || !p.is(i+3, "=") && !p.is(i+3, ":") {
		return
	}
	key := top.class + "\x00" + string(p.text(i+2))
	if !p.fields[key] {
		p.fields[key] = true
		p.add(Symbol{Kind: Field, Parent: top.class}, i+2, i, i, end-1)
	}
}
