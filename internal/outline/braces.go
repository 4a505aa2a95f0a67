package outline

// An outliner collects what a text defines.
type outliner struct {
	*code
	symbols []Symbol
	names   []int32  // offsets of the names that stand where they are defined
	all     []lexeme // with the preprocessor's lines, of C
	scopes  []scope  // around the current lexeme, innermost last
}

// A scope is a body whose statements are read one by one.
type scope struct {
	kind   scopeKind
	parent string // of the symbols in it
	head   int    // first lexeme of the statement it is part of
	end    int    // its closing bracket, or the end of the text
	goesOn bool   // the statement goes on behind it: struct {…} x;
	depth  int    // round brackets open in it
	begin  int    // its first statement, 0 for the lexeme behind its bracket
}

type scopeKind uint8

const (
	topScope  scopeKind = iota
	typeScope           // of a class, struct, interface
	bodyScope           // of a function
	dataScope           // of an object literal
)

// A verdict says what a "{" begins.
type verdict struct {
	enter *scope // statements, to be read
	ends  bool   // else: something that ends the statement, like the body of a function
}

// A syntax is how a language with brackets writes statements. Lexemes from head
// until before the given one are the statement so far.
type syntax struct {
	open   func(o *outliner, head, brace int) verdict
	ended  func(o *outliner, head, end int)
	breaks func(o *outliner, head, i int) bool // whether a new statement begins at i; may be nil
	inside bool                                // statements are read in round brackets too
}

// in is the innermost scope.
func (o *outliner) scope() *scope { return &o.scopes[len(o.scopes)-1] }

// add notes a symbol. The lexeme at names it, those from first to last, both
// included, are its definition, and body begins its body.
func (o *outliner) add(s Symbol, at, first, body, last int) {
	if s.Name == "" {
		s.Name = string(o.text(at))
	}
	if s.Kind != Function && s.Kind != Method && s.Kind != Prototype && s.Kind != Macro {
		s.MinArgs, s.MaxArgs = -1, -1
	}
	s.Start = o.line(first)
	s.End = max(s.Start, o.last(last)) + 1
	s.Body = min(max(s.Start, o.line(body)), s.End-1)
	o.symbols = append(o.symbols, s)
	if at < len(o.toks) {
		o.names = append(o.names, o.toks[at].start)
	}
}

// walk reads the statements of a text. Each lexeme is looked at once, and once
// more as part of its statement.
func (o *outliner) walk(s syntax) {
	o.scopes = append(o.scopes[:0], scope{end: len(o.toks)})
	head := 0
	for i := 0; ; i++ {
		top := o.scope()
		if i >= top.end {
			if head < top.end {
				s.ended(o, head, top.end)
			}
			if len(o.scopes) == 1 {
				return
			}
			head = i + 1
			if top.goesOn {
				head = top.head
			}
			o.scopes = o.scopes[:len(o.scopes)-1]
			continue
		}
		if s.breaks != nil && head < i && top.depth == 0 && s.breaks(o, head, i) {
			s.ended(o, head, i)
			head = i
		}
		if o.toks[i].kind != Punct {
			continue
		}
		switch o.src[o.toks[i].end-1] {
		case ';':
			if top.depth == 0 {
				s.ended(o, head, i)
				head = i + 1
			}
		case '(', '[':
			if !s.inside {
				i = o.past(i) - 1
			} else if o.toks[i].match >= 0 {
				top.depth++
			}
		case ')', ']':
			if s.inside && o.toks[i].match >= 0 && top.depth > 0 {
				top.depth--
			}
		case '{':
			end := o.closes(i, top.end)
			v := s.open(o, head, i)
			switch {
			case v.enter != nil && len(o.scopes) < maxScopes:
				v.enter.head, v.enter.end = head, end
				o.scopes = append(o.scopes, *v.enter)
				i = max(i, v.enter.begin-1)
				head = i + 1
			case v.ends:
				i, head = end, end+1
			default:
				i = end
			}
			if i >= top.end && v.enter == nil {
				i = top.end - 1
			}
		case '}':
			head = i + 1
		}
	}
}

// maxScopes is how deep statements are read; nobody nests classes that far.
const maxScopes = 100
