package outline

import "bytes"

// await notes a here document that begins after this line, if its end is there.
// The current token is not emitted.
func (l *lexer) await(end string, indent bool) bool {
	if end == "" || len(l.here) >= maxHeredocs || l.missing >= maxMissing {
		return false
	}
	h := heredoc{end, indent}
	for at := l.lineEnd(l.pos); at < len(l.src); {
		at += bytes.IndexByte(l.src[at:], '\n') + 1
		stop := l.lineEnd(at)
		if h.ends(l.src[at:stop]) {
			l.here = append(l.here, h)
			return true
		}
		at = stop
	}
	l.missing++
	return false
}

func (h heredoc) ends(line []byte) bool {
	if h.indent {
		line = bytes.TrimLeft(line, " \t")
	}
	rest, ok := bytes.CutPrefix(line, []byte(h.end))
	return ok && (len(rest) == 0 || h.indent && !letter(rest[0]) && !digit(rest[0]))
}

// heredocs reads the bodies that wait for this line.
func (l *lexer) heredocs() {
	for _, h := range l.here {
		for l.pos < len(l.src) {
			end := l.lineEnd(l.pos)
			last := h.ends(l.src[l.pos:end])
			if last {
				blank := l.pos
				for blank < end && (l.src[blank] == ' ' || l.src[blank] == '\t') {
					blank++
				}
				if blank > l.pos {
					l.emit(Space, blank)
				}
				end = l.pos + len(h.end)
			}
			if end > l.pos {
				l.emit(String, end)
			}
			if last {
				break
			}
			l.breakLine()
		}
		if len(l.here) > 1 && l.pos < len(l.src) && (l.src[l.pos] == '\n' || l.src[l.pos] == '\r') {
			l.breakLine()
		}
	}
	l.here = l.here[:0]
	l.lineStart = true
}

// breakLine emits the line break at the current position, if there is one.
func (l *lexer) breakLine() {
	if l.pos < len(l.src) {
		l.emit(Newline, l.pos+1+int(l.src[l.pos]&1))
	}
}

// rawLines emits the lines from here as text while keep says so.
func (l *lexer) rawLines(keep func(line []byte) bool) {
	for l.pos < len(l.src) {
		end := l.lineEnd(l.pos)
		if !keep(l.src[l.pos:end]) {
			return
		}
		if blank := l.pos + indentation(l.src[l.pos:end]); blank > l.pos {
			l.emit(Space, blank)
		}
		if end > l.pos {
			l.emit(String, end)
		}
		l.breakLine()
	}
}
