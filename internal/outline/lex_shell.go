package outline

import "bytes"

// shellHook reads comments, variables, strings and here documents.
func shellHook(l *lexer, c byte) bool {
	switch c {
	case '#':
		if !l.blankBefore() {
			l.emit(Punct, l.pos+1)
		} else {
			l.emit(Comment, l.lineEnd(l.pos))
		}
	case '$':
		l.variable()
	case '\\':
		if l.at(1) == '\n' || l.at(1) == '\r' || l.at(1) == 0 {
			return false
		}
		l.emit(Punct, l.pos+2)
	case '"', '\'':
		return false
	case '<':
		return l.shellHeredoc()
	}
	return true
}

// blankBefore says whether a new word could begin here.
func (l *lexer) blankBefore() bool {
	if l.pos == 0 {
		return true
	}
	return bytes.IndexByte([]byte(" \t\n;&|(`)"), l.src[l.pos-1]) >= 0
}

func (l *lexer) variable() {
	switch next := l.at(1); {
	case letter(next):
		at := l.pos + 2
		for at < len(l.src) && (letter(l.src[at]) || digit(l.src[at])) {
			at++
		}
		l.emit(Word, at)
	case next == '\'':
		l.emit(Punct, l.pos+1)
		l.text(&quote{close: "'", escape: true, lines: true}, l.pos+1, 0)
	case next == '{' && (l.at(2) == '#' || l.at(2) == '!'):
		l.count('{')
		l.emit(Punct, l.pos+3)
	case next == '{' || next == '(':
		l.count(next)
		l.emit(Punct, l.pos+2)
	case next > ' ' && next != '"':
		l.emit(Punct, l.pos+2)
	default:
		l.emit(Punct, l.pos+1)
	}
}

// count notes a bracket inside the code of a string.
func (l *lexer) count(byte) {
	if n := len(l.open); n > 0 {
		l.open[n-1].depth++
	}
}

func (l *lexer) shellHeredoc() bool {
	if !l.has("<<") {
		return false
	}
	if l.at(2) == '<' {
		l.emit(Punct, l.pos+3)
		return true
	}
	at := l.pos + 2
	indent := l.at(2) == '-'
	if indent {
		at++
	}
	for at < len(l.src) && (l.src[at] == ' ' || l.src[at] == '\\') {
		at++
	}
	name, end := l.delimiter(at)
	if name == "" || !l.await(name, indent) {
		return false
	}
	l.emit(String, end)
	return true
}

// makeHook reads comments; "\#" is none.
func makeHook(l *lexer, _ byte) bool {
	if l.pos > 0 && l.src[l.pos-1] == '\\' {
		return false
	}
	l.emit(Comment, l.lineEnd(l.pos))
	return true
}

// tclHook reads comments where a command could begin, and strings.
func tclHook(l *lexer, c byte) bool {
	if c == '"' {
		if l.pos > 0 && !l.spaced() && bytes.IndexByte([]byte("{[("), l.src[l.pos-1]) < 0 {
			l.emit(Punct, l.pos+1)
			return true
		}
		return false
	}
	if !l.lineStart && string(l.before()) != ";" {
		return false
	}
	l.emit(Comment, l.lineEnd(l.pos))
	return true
}

// cssHook reads "//" comments, which only dialects of CSS have.
func cssHook(l *lexer, _ byte) bool {
	if l.at(1) != '/' || !l.spaced() {
		return false
	}
	l.emit(Comment, l.lineEnd(l.pos))
	return true
}
