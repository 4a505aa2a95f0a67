package outline

import "bytes"

// An opener is a word of Ruby that an "end" belongs to.
type opener struct {
	at     int // its lexeme
	column int // of its line
	own    int // of itself
	symbol int // what it defines, or -1
	parent string
	loop   bool // its "do" is no opener
	def    bool
}

var (
	rubyBlocks = set("def class module if unless while until case begin do for")
	rubyModify = set("if unless while until rescue")
	rubyValues = set("self nil true false end return next break redo retry yield super __FILE__ __LINE__ __method__")
)

// A rubyReader follows the words that an "end" closes.
type rubyReader struct {
	*outliner
	open []opener
}

func (o *outliner) outlineRuby() {
	o.match()
	r := rubyReader{outliner: o}
	for i := 0; i < len(o.toks); i++ {
		if o.toks[i].kind != Word || r.label(i) {
			continue
		}
		word := o.text(i)
		switch {
		case string(word) == "end":
			r.end(i)
		case string(word) == "__END__" && o.first(i):
			i = len(o.toks)
		case string(word) == "do" && r.loopsDo(i):
		case rubyModify.has(word) && r.modifier(i):
		case rubyBlocks.has(word):
			i = r.begin(i)
		case o.first(i) || o.is(i-1, ";"):
			r.statement(i)
		}
	}
	for _, lost := range r.open {
		o.problem(o.line(lost.at), "unclosed "+string(o.text(lost.at)))
		if lost.symbol >= 0 {
			o.symbols[lost.symbol].End = o.last(len(o.toks)-1) + 1
		}
	}
}

// offset is where a lexeme stands on its line.
func (r *rubyReader) offset(i int) int {
	return int(r.toks[i].start - r.lines[r.toks[i].line])
}

// label says whether a word is a method, a symbol or a key, not a keyword.
func (r *rubyReader) label(i int) bool {
	if r.member(i-1) && !r.is(i-1, "->") {
		return true
	}
	t := r.toks[i]
	if i > 0 && r.toks[i-1].end == t.start && r.is(i-1, ":") {
		return true
	}
	if i+1 < len(r.toks) && r.toks[i+1].start == t.end && r.is(i+1, ":") {
		return !r.is(i-1, "?")
	}
	return r.is(i-1, "def")
}

// modifier says whether an if or while follows the statement that it governs.
func (r *rubyReader) modifier(i int) bool {
	if r.is(i, "rescue") {
		return true // never opens anything
	}
	if i == 0 || r.toks[i].first {
		return false
	}
	switch p := r.toks[i-1]; p.kind {
	case Number, String:
		return true
	case Word:
		return !Keyword(Ruby, r.text(i-1)) || r.in(i-1, rubyValues) || r.label(i-1)
	case Punct:
		switch r.src[p.end-1] {
		case ')', ']', '}':
			return true
		case '=': // the symbol :[]=
			return i > 2 && r.is(i-2, "]") && r.is(i-3, "[") && r.is(i-4, ":")
		case '?', '!', ':': // part of a name, or of a symbol
			return r.src[p.end-1] != ':' && p.end == p.start+1 && i > 1 && r.toks[i-2].end == p.start
		}
	}
	return false
}

// loopsDo says whether a do belongs to a while, until or for on its line.
func (r *rubyReader) loopsDo(i int) bool {
	if n := len(r.open); n > 0 && r.open[n-1].loop && r.toks[r.open[n-1].at].line == r.toks[i].line {
		r.open[n-1].loop = false
		return true
	}
	return false
}

// begin notes an opener, and gives the last lexeme that was read with it.
func (r *rubyReader) begin(i int) int {
	first := i
	for first > 0 && !r.toks[first].first {
		if first--; i-first > 40 {
			break
		}
	}
	b := opener{at: i, column: r.offset(first), own: r.offset(i), symbol: -1}
	if n := len(r.open); n > 0 {
		b.parent, b.def = r.open[n-1].parent, r.open[n-1].def
	}
	next := i
	switch string(r.text(i)) {
	case "while", "until", "for":
		b.loop = true
	case "class", "module":
		if r.is(i+1, "<<") {
			next = i + 2
			break
		}
		at := i + 1
		for r.is(at+1, "::") && r.word(at+2) && at < i+20 {
			at += 2
		}
		if !r.word(at) {
			break
		}
		name := string(bytes.TrimSpace(r.src[r.toks[i+1].start:r.toks[at].end]))
		r.add(Symbol{Kind: Type, Name: name, Parent: b.parent}, at, i, i, i)
		if r.is(at+1, "<") {
			for at+1 < len(r.toks) && !r.toks[at+1].first && !r.is(at+1, ";") && at < i+lookBack {
				at++ // what it inherits from
			}
		}
		b.symbol, b.parent, next = len(r.symbols)-1, name, at
	case "def":
		var endless bool
		if next, endless = r.method(i, b.parent); endless {
			return next
		}
		b.def = true
		if next > i {
			b.symbol = len(r.symbols) - 1
		}
	}
	if b.symbol >= 0 {
		r.symbols[b.symbol].Body = r.outliner.line(min(next+1, len(r.toks)-1))
		r.symbols[b.symbol].End = max(r.symbols[b.symbol].End, r.symbols[b.symbol].Body+1)
	}
	r.open = append(r.open, b)
	return next
}

// method notes a def. It gives the last lexeme of its head, and whether it is
// one of those without an end.
func (r *rubyReader) method(i int, parent string) (int, bool) {
	at := i + 1
	s := Symbol{Kind: Function, Parent: parent}
	if parent != "" {
		s.Kind = Method
	}
	if r.is(at+1, ".") && r.word(at) {
		if s.Kind = Method; !r.is(at, "self") {
			s.Parent = string(r.text(at))
		}
		at += 2
	}
	if at >= len(r.toks) || r.toks[at].line != r.toks[i].line {
		return i, false
	}
	last := at
	if r.word(at) {
		if r.is(at+1, "=") && r.toks[at+1].start == r.toks[at].end && (r.is(at+2, "(") || r.is(at+2, ";") || r.word(at+2) && r.toks[at+2].start > r.toks[at+1].end && r.toks[at+2].line == r.toks[at].line && !r.is(at+3, ".")) {
			last = at + 1
		}
	} else { // an operator: up to the parameters
		for last+1 < len(r.toks) && r.toks[last+1].start == r.toks[last].end && r.toks[last+1].kind == Punct && !r.is(last+1, "(") {
			last++
		}
	}
	s.Name = string(r.src[r.toks[at].start:r.toks[last].end])
	open := last + 1
	if r.is(open, "(") && r.toks[open].line == r.toks[last].line {
		s.MinArgs, s.MaxArgs = r.arity(open, r.closes(open, len(r.toks)))
		last = r.past(open) - 1
	} else {
		end := open
		if !r.is(open, "=") {
			for end < len(r.toks) && r.toks[end].line == r.toks[i].line && !r.is(end, ";") && end < open+lookBack {
				end++
			}
		}
		if end > open {
			s.MinArgs, s.MaxArgs = r.arity(open-1, end)
			last = end - 1
		}
	}
	endless := r.is(last+1, "=") && r.toks[last+1].line == r.toks[last].line
	if endless {
		last++
		for last+1 < len(r.toks) && !r.toks[last+1].first && !r.is(last+1, ";") && last < i+maxHead {
			last = min(r.past(last+1), len(r.toks)) - 1
		}
	}
	r.add(s, at, i, i, last)
	return last, endless
}

// end closes the innermost opener. One that begins a line closes what its
// indentation says, if that is open.
func (r *rubyReader) end(i int) {
	n := len(r.open)
	if n == 0 {
		r.problem(r.outliner.line(i), "unexpected end")
		return
	}
	at := n - 1
	if r.toks[i].first {
		column := r.offset(i)
		fits := func(b opener) bool { return b.column == column || b.own == column }
		for k := n - 1; k >= 0 && k > n-20 && !fits(r.open[at]) && r.open[k].column >= column; k-- {
			if fits(r.open[k]) {
				at = k
			}
		}
	}
	for _, lost := range r.open[at+1:] {
		r.problem(r.outliner.line(lost.at), "unclosed "+string(r.text(lost.at)))
		r.close(lost, i-1)
	}
	r.close(r.open[at], i)
	r.open = r.open[:at]
}

func (r *rubyReader) close(b opener, last int) {
	if b.symbol >= 0 {
		s := &r.symbols[b.symbol]
		s.End = max(s.End, r.last(last)+1)
		s.Body = min(s.Body, s.End-1)
	}
}

// statement notes constants, attributes and requires.
func (r *rubyReader) statement(i int) {
	parent, inDef := "", false
	if n := len(r.open); n > 0 {
		parent, inDef = r.open[n-1].parent, r.open[n-1].def
	}
	if inDef || i+1 >= len(r.toks) {
		return
	}
	last := i
	for last+1 < len(r.toks) && (!r.toks[last+1].first || r.is(last, ",")) && !r.is(last+1, ";") && last < i+maxHead {
		last = min(r.past(last+1), len(r.toks)) - 1
	}
	switch word := r.text(i); string(word) {
	case "require", "require_relative", "load", "autoload":
		for at := i + 1; at <= last; at++ {
			if r.toks[at].kind == String {
				r.add(Symbol{Kind: Import, Name: unquote(r.text(at))}, at, i, i, last)
				return
			}
		}
	case "attr_accessor", "attr_reader", "attr_writer", "cattr_accessor", "mattr_accessor", "class_attribute":
		for at := i + 1; at < last; at = r.past(at) {
			if r.is(at, ":") && r.word(at+1) && r.toks[at].end == r.toks[at+1].start {
				r.add(Symbol{Kind: Field, Parent: parent}, at+1, i, i, last)
			}
		}
	default:
		if word[0] >= 'A' && word[0] <= 'Z' && r.is(i+1, "=") {
			r.add(Symbol{Kind: Constant, Parent: parent}, i, i, i, last)
		}
	}
}
