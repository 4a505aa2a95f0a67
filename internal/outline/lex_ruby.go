package outline

import "bytes"

// rubyHook reads what begins like an operator and may be a literal.
func rubyHook(l *lexer, c byte) bool {
	if string(l.before()) == "def" && c != '_' && c != '@' || c != '_' && l.pos > 0 && l.src[l.pos-1] == ':' && c != '"' && c != '$' && c != '@' {
		return false // def %(other), :%
	}
	switch c {
	case '/':
		if l.value() && (!l.spaced() || l.at(1) == ' ' || l.at(1) == '=') {
			return false
		}
		return l.rubyRegex()
	case '%':
		return l.percent()
	case '?':
		return l.character()
	case '$':
		return l.global()
	case '@':
		end := l.pos + 1
		if l.at(1) == '@' {
			end++
		}
		if end >= len(l.src) || !letter(l.src[end]) {
			return false
		}
		l.emit(Word, l.partsFrom(end))
		return true
	case ':':
		if next := l.at(1); (next == '"' || next == '\'') && !l.value() {
			l.text(&l.g.quotes[(next-'"')/5], l.pos+2, 0)
			return true
		}
		return false
	case '<':
		return l.rubyHeredoc()
	}
	return l.rubyAside(c)
}

// partsFrom is where the word that goes on at an offset ends.
func (l *lexer) partsFrom(at int) int {
	for at < len(l.src) && l.g.class[l.src[at]]&isPart != 0 {
		at++
	}
	return at
}

// spaced says whether a blank stands before the current byte.
func (l *lexer) spaced() bool {
	return l.pos == 0 || l.src[l.pos-1] == ' ' || l.src[l.pos-1] == '\t' || l.src[l.pos-1] == '\n'
}

// rubyRegex reads /…/; code inside is left in it.
func (l *lexer) rubyRegex() bool {
	if l.regex() {
		return true
	}
	// One with the x flag may span lines, but only where no value can be.
	if l.value() {
		return false
	}
	whole := l.src[l.pos:min(len(l.src), l.pos+4000)]
	for at := 1; at < len(whole); at++ {
		switch whole[at] {
		case '\\':
			at++
		case '/':
			l.emit(String, l.partsFrom(l.pos+at+1))
			return true
		}
	}
	return false
}

// percent reads %w[…], %i(…), %q{…}, %(…).
func (l *lexer) percent() bool {
	at := l.pos + 1
	kind := l.at(1)
	code := "#{"
	switch kind {
	case 'w', 'i', 'q', 's':
		code = ""
		at++
	case 'W', 'I', 'Q', 'r', 'x':
		at++
	}
	if at >= len(l.src) {
		return false
	}
	open := l.src[at]
	if l.value() && (!l.spaced() || at == l.pos+1 && (l.toks[l.last].Kind != Word || bytes.IndexByte([]byte("({[<"), open) < 0)) {
		return false
	}
	if letter(open) || digit(open) || open <= ' ' || open == '=' && at == l.pos+1 {
		return false
	}
	q := &quote{close: string(open), escape: true, lines: true, code: code, codeEnd: '}'}
	if n := bytes.IndexByte([]byte("([{<"), open); n >= 0 {
		q.close, q.nest = ")]}>"[n:n+1], open
	}
	l.text(q, at+1, 0)
	return true
}

// character reads ?a.
func (l *lexer) character() bool {
	if l.value() || l.at(1) <= ' ' || l.pos+2 < len(l.src) && (letter(l.at(2)) || digit(l.at(2))) {
		return false
	}
	size := 2
	if l.at(1) == '\\' {
		size++
	}
	l.emit(String, l.pos+size)
	return true
}

// global reads $name, $1 and the globals that are called by a sign.
func (l *lexer) global() bool {
	next := l.at(1)
	switch {
	case letter(next) || digit(next):
		l.emit(Word, l.partsFrom(l.pos+1))
	case next > ' ' && bytes.IndexByte([]byte("!@&`'+~=/\\,;.<>_*$?:\"-"), next) >= 0:
		l.emit(Word, l.pos+2)
	default:
		return false
	}
	return true
}

// rubyHeredoc reads <<~ID, <<-"ID" and <<ID.
func (l *lexer) rubyHeredoc() bool {
	if l.at(1) != '<' {
		return false
	}
	at := l.pos + 2
	loose := l.at(2) == '~' || l.at(2) == '-'
	if loose {
		at++
	}
	name, end := l.delimiter(at)
	if name == "" || !loose && (letter(l.src[at]) && l.src[at] > 'Z' || l.value() && !l.spaced()) {
		return false
	}
	if !l.await(name, loose) {
		return false
	}
	l.emit(String, end)
	return true
}

// delimiter reads the name of a here document, quoted or not, and where it ends.
func (l *lexer) delimiter(at int) (string, int) {
	if at >= len(l.src) {
		return "", at
	}
	if c := l.src[at]; c == '"' || c == '\'' || c == '`' {
		line := l.src[at+1 : l.lineEnd(at)]
		if n := bytes.IndexByte(line, c); n > 0 && n < 100 {
			return string(line[:n]), at + n + 2
		}
		return "", at
	}
	if !letter(l.src[at]) {
		return "", at
	}
	end := at
	for end < len(l.src) && end-at < 100 && (letter(l.src[end]) || digit(l.src[end])) {
		end++
	}
	return string(l.src[at:end]), end
}

// rubyAside reads =begin … =end and what follows __END__.
func (l *lexer) rubyAside(c byte) bool {
	if l.pos > 0 && l.src[l.pos-1] != '\n' {
		return false
	}
	switch {
	case c == '=' && l.has("=begin"):
		n := bytes.Index(l.src[l.pos:], []byte("\n=end"))
		if n < 0 {
			l.fault(l.pos, "unterminated comment")
			l.emit(Comment, len(l.src))
		} else {
			l.emit(Comment, l.lineEnd(l.pos+n+1))
		}
		return true
	case c == '_' && l.has("__END__") && l.lineEnd(l.pos) == l.pos+7:
		l.emit(Word, l.pos+7)
		l.breakLine()
		l.rawLines(func([]byte) bool { return true })
		return true
	}
	return false
}
