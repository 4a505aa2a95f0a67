package outline

import "bytes"

var (
	yamlQuotes = []quote{
		{open: `"`, close: `"`, escape: true, lines: true},
		{open: `'`, close: `'`, doubled: true, lines: true},
	}
	markupQuotes = []quote{{open: `"`, close: `"`, lines: true}, {open: `'`, close: `'`, lines: true}}
)

// yamlHook reads comments, strings and block scalars, each only where one can be.
func yamlHook(l *lexer, c byte) bool {
	switch c {
	case '#':
		if !l.spaced() {
			return false
		}
		l.emit(Comment, l.lineEnd(l.pos))
	case '"', '\'':
		if b := l.before(); l.pos > 0 && !l.spaced() && bytes.IndexByte([]byte("[{(,:!"), l.src[l.pos-1]) < 0 ||
			len(b) > 0 && bytes.IndexByte([]byte("[{,:-?&*!"), b[len(b)-1]) < 0 && !l.lineStart && !l.tagged() {
			l.emit(Punct, l.pos+1)
			return true
		}
		return l.yamlString(c)
	default:
		return l.scalar()
	}
	return true
}

// tagged says whether the last word is a tag or anchor.
func (l *lexer) tagged() bool {
	t := l.toks[l.last]
	return t.Kind == Word && t.Start > 0 && bytes.IndexByte([]byte("!&*"), l.src[t.Start-1]) >= 0
}

// yamlString reads a quoted string if it ends within twenty lines; if not, the
// quote is more likely part of a plain text.
func (l *lexer) yamlString(c byte) bool {
	q := &yamlQuotes[(c-'"')/5]
	end := l.pos
	for range 20 {
		if end = l.lineEnd(end); end == len(l.src) {
			break
		}
		end += 1 + int(l.src[end]&1)
	}
	whole := l.src
	l.src = whole[:end]
	faults := len(l.faults)
	l.text(q, l.pos+1, 0)
	l.src = whole
	if len(l.faults) > faults {
		t := &l.toks[len(l.toks)-1]
		t.End = l.lineEnd(t.Start)
		l.pos = t.End
	}
	return true
}

// scalar reads the header of a block scalar and the lines of the scalar.
func (l *lexer) scalar() bool {
	b := l.before()
	if len(b) == 0 || !l.spaced() || b[len(b)-1] != ':' && b[len(b)-1] != '-' && !l.tagged() {
		return false
	}
	end := l.lineEnd(l.pos)
	header := l.src[l.pos+1 : end]
	if n := bytes.Index(header, []byte(" #")); n >= 0 {
		header = header[:n]
	}
	if len(bytes.Trim(header, " \t+-0123456789")) > 0 {
		return false
	}
	begin := bytes.LastIndexByte(l.src[:l.pos], '\n') + 1
	outer := indentation(l.src[begin:])
	// "- key: |" hangs below the key, not the dash.
	for rest := l.src[begin+outer : l.pos]; len(rest) > 2 && rest[0] == '-' && rest[1] == ' ' && b[len(b)-1] == ':'; {
		n := 1 + indentation(rest[1:])
		outer += n
		rest = rest[n:]
	}
	l.emit(Punct, l.pos+1)
	for l.pos < end {
		l.step()
	}
	l.breakLine()
	l.rawLines(func(line []byte) bool {
		n := indentation(line)
		return n == len(line) || n > outer
	})
	l.lineStart = true
	return true
}

// indentation is the number of blanks at the head of a line.
func indentation(line []byte) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

// iniHook reads comments, which have a line of their own.
func iniHook(l *lexer, _ byte) bool {
	if !l.lineStart {
		return false
	}
	l.emit(Comment, l.lineEnd(l.pos))
	return true
}

// markupHook tells tags, whose attributes are strings, from text.
func markupHook(l *lexer, c byte) bool {
	switch c {
	case '<':
		if l.has("<!--") {
			return l.comment()
		}
		if l.has("<![CDATA[") {
			q := quote{close: "]]>", lines: true}
			l.text(&q, l.pos+9, 0)
			return true
		}
		next := l.at(1)
		l.inTag = letter(next) || next == '!' || next == '?' || next == '/'
		size := 1
		if next == '/' || next == '?' || next == '!' {
			size++
		}
		l.emit(Punct, l.pos+size)
	case '>':
		l.inTag = false
		l.emit(Punct, l.pos+1)
	default:
		if l.inTag && string(l.before()) == "=" {
			return false
		}
		l.emit(Punct, l.pos+1)
	}
	return true
}
