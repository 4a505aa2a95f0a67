package outline

import "bytes"

// cHook reads the "#" of a preprocessor line and what is no code on it.
func cHook(l *lexer, _ byte) bool {
	if !l.lineStart {
		return false
	}
	at := l.pos + 1
	for at < len(l.src) && (l.src[at] == ' ' || l.src[at] == '\t') {
		at++
	}
	begin := at
	for at < len(l.src) && letter(l.src[at]) {
		at++
	}
	name := l.src[begin:at]
	if len(name) == 0 {
		at = l.pos + 1
	}
	l.emit(Directive, at)
	switch string(name) {
	case "include", "import", "include_next":
		end := l.lineEnd(l.pos)
		for l.pos < end && (l.src[l.pos] == ' ' || l.src[l.pos] == '\t') {
			l.step()
		}
		if close := bytes.IndexByte(l.src[l.pos:end], '>'); l.at(0) == '<' && close > 0 {
			l.emit(String, l.pos+close+1)
		}
	case "error", "warning", "region", "endregion":
		if end := l.lineEnd(l.pos); end > l.pos {
			l.emit(String, end)
		}
	}
	return true
}

// cPrefix reads L"wide", u8'c' and R"x(raw)x".
func cPrefix(l *lexer, end int) bool {
	word := l.src[l.pos:end]
	if len(word) > 3 {
		return false
	}
	switch string(word) {
	case "L", "u", "U", "u8":
		if l.src[end] == '"' {
			l.text(&double, end+1, 0)
		} else {
			l.text(&single, end+1, 0)
		}
		return true
	case "R", "LR", "uR", "UR", "u8R":
		n := bytes.IndexByte(l.src[end:min(len(l.src), end+20)], '(')
		if l.src[end] != '"' || n < 0 {
			return false
		}
		q := quote{close: ")" + string(l.src[end+1:end+n]) + `"`, lines: true}
		l.text(&q, end+n+1, 0)
		return true
	}
	return false
}

// javaHook reads text blocks, strings and characters.
func javaHook(l *lexer, c byte) bool {
	if c == '\'' {
		l.text(&single, l.pos+1, 0)
	} else if l.has(`"""`) {
		l.text(&triples[0], l.pos+3, 0)
	} else {
		l.text(&double, l.pos+1, 0)
	}
	return true
}

// rustHook tells a lifetime from a character.
func rustHook(l *lexer, _ byte) bool {
	next := l.at(1)
	if next == '\\' {
		l.text(&single, l.pos+1, 0)
		return true
	}
	size := 1
	for size < 4 && next >= 0x80 && l.at(1+size)&0xc0 == 0x80 {
		size++
	}
	if l.at(1+size) == '\'' && next != '\n' {
		l.emit(String, l.pos+size+2)
		return true
	}
	end := l.pos + 1
	for end < len(l.src) && l.g.class[l.src[end]]&isPart != 0 {
		end++
	}
	l.emit(Punct, end)
	return true
}

// rustPrefix reads r#"raw"#, b"bytes", b'c' and c"…".
func rustPrefix(l *lexer, end int) bool {
	word := l.src[l.pos:end]
	switch string(word) {
	case "b", "c":
		if l.src[end] != '"' {
			return false
		}
		l.text(&l.g.quotes[0], end+1, 0)
		return true
	case "r", "br", "cr":
		at := end
		for at < len(l.src) && l.src[at] == '#' && at-end < 255 {
			at++
		}
		if at < len(l.src) && l.src[at] == '"' {
			q := quote{close: `"` + string(l.src[end:at]), lines: true}
			l.text(&q, at+1, 0)
			return true
		}
	}
	return false
}
