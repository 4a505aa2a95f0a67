package outline

import "bytes"

// Limits that keep hostile texts cheap.
const (
	maxOpen      = 64 // strings with code inside, one in the other
	maxHeredocs  = 8  // here documents that begin on one line
	maxMissing   = 16 // here documents looked for in vain in one text
	maxFaults    = 100
	unterminated = "unterminated string"
)

// What a byte may be, as bits of grammar.class.
const (
	isWord  = 1 << iota // begins a word
	isPart              // goes on in a word
	isDigit             // begins a number
	isSpace             // blank
	isQuote             // may begin a string
	isNote              // may begin a comment
	isHook              // the language's own function is asked first
)

// A quote is one way to write a string.
type quote struct {
	open, close string
	escape      bool   // a backslash takes the next byte's meaning
	doubled     bool   // the delimiter twice stands for itself
	lines       bool   // may span lines
	code        string // what begins code inside, "" if nothing does
	codeEnd     byte   // the bracket that ends it
	nest        byte   // delimiter that nests, as in %w(a(b)c)
}

// A template is a string that was interrupted by code.
type template struct {
	q     *quote
	at    int // where its code begins
	depth int // brackets open in its code
	nest  int // delimiters open in the string
}

// A heredoc waits for the end of its line.
type heredoc struct {
	end    string
	indent bool // its last line may be indented
}

type lexer struct {
	g         *grammar
	src       []byte
	pos       int
	toks      []Token
	last      int // index of the last token that is neither blank nor comment, or -1
	lineStart bool
	open      []template
	here      []heredoc
	faults    []fault
	missing   int  // here documents without an end
	noRegex   int  // no regular expression begins before this offset
	inTag     bool // markup: between < and >
}

// A fault is a problem at an offset.
type fault struct {
	at   int
	text string
}

func (l *lexer) fault(at int, text string) {
	if len(l.faults) < maxFaults {
		l.faults = append(l.faults, fault{at, text})
	}
}

// emit makes the text from the current position to end a token.
func (l *lexer) emit(k Kind, end int) {
	end = min(end, len(l.src))
	l.toks = append(l.toks, Token{k, l.pos, end})
	if k >= Word {
		l.last = len(l.toks) - 1
		l.lineStart = false
	} else if k == Newline {
		l.lineStart = true
	}
	l.pos = end
}

// at is the byte n after the current one, 0 beyond the end.
func (l *lexer) at(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

func (l *lexer) has(prefix string) bool {
	return len(l.src)-l.pos >= len(prefix) && string(l.src[l.pos:l.pos+len(prefix)]) == prefix
}

// lineEnd is the offset of the line break, or the end of the text, that comes at
// or after from; a "\r" before the break counts to it.
func (l *lexer) lineEnd(from int) int {
	n := bytes.IndexByte(l.src[from:], '\n')
	if n < 0 {
		return len(l.src)
	}
	if n > 0 && l.src[from+n-1] == '\r' {
		n--
	}
	return from + n
}

// before is the text of the last token that means something.
func (l *lexer) before() []byte {
	if l.last < 0 {
		return nil
	}
	t := l.toks[l.last]
	return l.src[t.Start:t.End]
}

// step reads one token, or a few that belong together.
func (l *lexer) step() {
	c := l.src[l.pos]
	bits := l.g.class[c]
	if bits&isHook != 0 && l.g.hook(l, c) {
		return
	}
	switch {
	case bits&isSpace != 0:
		end := l.pos + 1
		for end < len(l.src) && l.g.class[l.src[end]]&isSpace != 0 {
			end++
		}
		l.emit(Space, end)
	case c == '\n' || c == '\r':
		l.newline(c)
	case bits&isWord != 0:
		l.word()
	case bits&isNote != 0 && l.comment():
	case bits&isDigit != 0 || c == '.' && l.g.class['0']&isDigit != 0 && digit(l.at(1)):
		l.number()
	case bits&isQuote != 0 && l.quoted(l.g.quotes):
	case c == '\\' && (l.at(1) == '\n' || l.at(1) == '\r' && l.at(2) == '\n'):
		l.emit(Space, l.pos+2+int(l.at(1)&1)) // '\r' is odd, '\n' even
	default:
		l.punct(c)
	}
}

func (l *lexer) newline(c byte) {
	if c == '\r' && l.at(1) != '\n' {
		l.emit(Space, l.pos+1)
		return
	}
	l.emit(Newline, l.pos+1+int(c&1))
	for len(l.open) > 0 && !l.open[len(l.open)-1].q.lines {
		l.fault(l.open[len(l.open)-1].at, unterminated)
		l.open = l.open[:len(l.open)-1]
	}
	if len(l.here) > 0 {
		l.heredocs()
	}
}

func (l *lexer) word() {
	class := &l.g.class
	end := l.pos + 1
	for end < len(l.src) && class[l.src[end]]&isPart != 0 {
		end++
	}
	if end < len(l.src) {
		c := l.src[end]
		if l.g.prefix != nil && class[c]&isQuote != 0 && l.g.prefix(l, end) {
			return
		}
		if l.g.tail && (c == '?' || c == '!') && (end+1 == len(l.src) || l.src[end+1] != '=' || end+2 < len(l.src) && (l.src[end+2] == '=' || l.src[end+2] == '~')) {
			end++
		}
	}
	l.emit(Word, end)
}

// number takes digits, letters, and what may stand between them.
func (l *lexer) number() {
	end := l.pos + 1
	hex := l.src[l.pos] == '0' && (l.at(1) == 'x' || l.at(1) == 'X')
	for end < len(l.src) {
		c := l.src[end]
		next := byte(0)
		if end+1 < len(l.src) {
			next = l.src[end+1]
		}
		switch {
		case digit(c) || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case c == '.' && digit(next):
		case c == '.' && next != '.' && !letter(next) && l.src[end-1] != '.':
		case c == '.' && l.g.floats && (next == 'f' || next == 'F' || next == 'e' || next == 'E'):
		case (c == '+' || c == '-') && !hex && (l.src[end-1] == 'e' || l.src[end-1] == 'E') && digit(next):
		case c == '\'' && l.g.separators && (digit(next) || letter(next)):
		default:
			l.emit(Number, end)
			return
		}
		end++
	}
	l.emit(Number, end)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// comment reads a comment if one begins here.
func (l *lexer) comment() bool {
	for _, b := range l.g.block {
		if l.has(b[0]) {
			l.block(b)
			return true
		}
	}
	for _, begin := range l.g.line {
		if l.has(begin) {
			end := l.lineEnd(l.pos)
			for l.g.continued && end > l.pos && end < len(l.src) && l.src[end-1] == '\\' {
				end = l.lineEnd(end + 1 + int(l.src[end]&1))
			}
			l.emit(Comment, end)
			return true
		}
	}
	return false
}

// block reads a comment with an end of its own.
func (l *lexer) block(b [2]string) {
	at := l.pos + len(b[0])
	for depth := 1; ; {
		n := bytes.Index(l.src[at:], []byte(b[1]))
		if n < 0 {
			l.fault(l.pos, "unterminated comment")
			l.emit(Comment, len(l.src))
			return
		}
		if l.g.nested {
			depth += bytes.Count(l.src[at:at+n], []byte(b[0]))
		}
		at += n + len(b[1])
		if depth--; depth <= 0 {
			l.emit(Comment, at)
			return
		}
	}
}

// quoted reads a string if one of the quotes begins here.
func (l *lexer) quoted(quotes []quote) bool {
	for i := range quotes {
		if q := &quotes[i]; l.has(q.open) {
			l.text(q, l.pos+len(q.open), 0)
			return true
		}
	}
	return false
}

// text reads on in a string from at until its end, or until code in it. The
// token begins at the current position.
func (l *lexer) text(q *quote, at, nest int) {
	start, stop, src := l.pos, q.close[0], l.src
	code := byte(0)
	if q.code != "" {
		code = q.code[0]
	}
	for at < len(src) {
		c := src[at]
		switch {
		case c == '\\' && q.escape:
			if at+2 < len(src) && src[at+1] == '\r' && src[at+2] == '\n' {
				at++
			}
			at += 2
		case c == stop && (len(q.close) == 1 || bytes.HasPrefix(src[at:], []byte(q.close))):
			at += len(q.close)
			if q.doubled && at < len(src) && src[at] == stop {
				at++
				continue
			}
			if nest == 0 {
				l.emit(String, at)
				return
			}
			nest--
		case c == '\n' && !q.lines:
			l.fault(start, unterminated)
			if at > start+1 && src[at-1] == '\r' {
				at--
			}
			l.emit(String, at)
			return
		case c == code && code != 0 && bytes.HasPrefix(src[at:], []byte(q.code)):
			at += len(q.code)
			if q.code == "{" && at < len(src) && src[at] == '{' {
				at++
				continue
			}
			if len(l.open) < maxOpen {
				l.emit(String, at)
				l.open = append(l.open, template{q: q, at: at, nest: nest})
				return
			}
		case c == q.nest && c != 0:
			nest++
			at++
		default:
			at++
		}
	}
	l.fault(start, unterminated)
	l.emit(String, at)
}

// punct reads an operator or bracket, and goes on in a string where that ends
// the code inside.
func (l *lexer) punct(c byte) {
	if n := len(l.open); n > 0 {
		t := &l.open[n-1]
		switch c {
		case '(', '[', '{':
			t.depth++
		case ')', ']', '}':
			if t.depth > 0 {
				t.depth--
			} else if c == t.q.codeEnd {
				l.resume()
				return
			}
		case ':':
			if t.depth == 0 && t.q.code == "{" && l.at(1) != ':' {
				l.resume()
				return
			}
		}
	}
	l.emit(Punct, l.pos+operator(l.src[l.pos:]))
}

// resume goes on in the string that the current byte returns to.
func (l *lexer) resume() {
	t := l.open[len(l.open)-1]
	l.open = l.open[:len(l.open)-1]
	l.text(t.q, l.pos+1, t.nest)
}

// operator is the length of the operator that a text begins with.
func operator(s []byte) int {
	if len(s) > 2 {
		switch string(s[:3]) {
		case "<<=", ">>=", "...", "===", "!==", "**=", "<=>", "&&=", "||=", "??=", "..=":
			return 3
		}
	}
	if len(s) > 1 {
		switch string(s[:2]) {
		case "->", "=>", "::", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=",
			"&=", "|=", "^=", ":=", "<-", "?.", "??", "&.", "**", "..", "##", "=~", "!~", "//":
			return 2
		}
	}
	return 1
}
