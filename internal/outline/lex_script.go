package outline

import (
	"bytes"
	"strings"
)

var jsQuotes = []quote{double, single, {open: "`", close: "`", escape: true, lines: true, code: "${", codeEnd: '}'}}

// jsHook tells a regular expression from a division, and reads #private names.
func jsHook(l *lexer, c byte) bool {
	if c == '#' {
		end := l.pos + 1
		for end < len(l.src) && l.g.class[l.src[end]]&isPart != 0 {
			end++
		}
		if end == l.pos+1 {
			return false
		}
		l.emit(Word, end)
		return true
	}
	if l.at(1) == '/' || l.at(1) == '*' {
		return l.comment()
	}
	if l.value() || string(l.before()) == "<" {
		return false
	}
	return l.regex()
}

// value says whether the last token ends a value, so that an operator follows.
func (l *lexer) value() bool {
	if l.last < 0 || l.g.tail && l.lineStart || len(l.open) > 0 && l.open[len(l.open)-1].at == l.toks[l.last].End {
		return false
	}
	word := l.before()
	switch l.toks[l.last].Kind {
	case Number, String:
		return true
	case Word:
		switch string(word) {
		case "this", "super", "self", "nil", "null", "true", "false", "end", "undefined":
			return true
		}
		return !jsKeywords.has(word) && !rubyOperators.has(word)
	case Punct:
		switch word[len(word)-1] {
		case ')', ']':
			return true
		case '}':
			return !l.lineStart
		}
	}
	return false
}

var (
	jsKeywords    = set("return typeof case in instanceof of new delete void throw do else yield await")
	rubyOperators = set("if unless while until when and or not elsif then puts raise")
)

// regex reads /…/flags if it ends on this line.
func (l *lexer) regex() bool {
	if l.pos < l.noRegex {
		return false
	}
	class := false
	at := l.pos + 1
	for at < len(l.src) && l.src[at] != '\n' {
		switch c := l.src[at]; {
		case c == '\\':
			at++
		case c == '#' && l.g.tail && at+1 < len(l.src) && l.src[at+1] == '{': // Ruby's code inside
			for depth := 0; at < len(l.src) && l.src[at] != '\n'; at++ {
				if l.src[at] == '{' {
					depth++
				} else if l.src[at] == '}' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			continue
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			at++
			for at < len(l.src) && letter(l.src[at]) {
				at++
			}
			l.emit(String, at)
			return true
		}
		at++
	}
	l.noRegex = at
	return false
}

var (
	formatted = []quote{
		{open: `"""`, close: `"""`, escape: true, lines: true, code: "{", codeEnd: '}'},
		{open: `'''`, close: `'''`, escape: true, lines: true, code: "{", codeEnd: '}'},
		{open: `"`, close: `"`, escape: true, code: "{", codeEnd: '}'},
		{open: `'`, close: `'`, escape: true, code: "{", codeEnd: '}'},
	}
	pythonPrefixes = set("r u b f t rb br fr rf tr rt")
)

// pythonPrefix reads strings with letters before the quote.
func pythonPrefix(l *lexer, end int) bool {
	if end-l.pos > 2 {
		return false
	}
	word := strings.ToLower(string(l.src[l.pos:end]))
	if _, ok := pythonPrefixes[word]; !ok {
		return false
	}
	quotes := triples
	if strings.ContainsAny(word, "ft") {
		quotes = formatted
	}
	for i := range quotes {
		if q := &quotes[i]; bytes.HasPrefix(l.src[end:], []byte(q.open)) {
			l.text(q, end+len(q.open), 0)
			return true
		}
	}
	return false
}

// phpText reads what is no PHP, up to and with the next "<?php" or "<?=".
func phpText(l *lexer) {
	for l.pos < len(l.src) {
		end := l.lineEnd(l.pos)
		if n := bytes.Index(l.src[l.pos:end], []byte("<?")); n >= 0 {
			at := l.pos + n + 2
			for at < end && (letter(l.src[at]) || l.src[at] == '=') {
				at++
			}
			l.emit(String, at)
			return
		}
		if end > l.pos {
			l.emit(String, end)
		}
		l.breakLine()
	}
}

// phpHook reads the end of the code, attributes, comments and here documents.
func phpHook(l *lexer, c byte) bool {
	switch {
	case c == '?' && l.at(1) == '>':
		l.emit(Punct, l.pos+2)
		phpText(l)
	case c == '#' && l.at(1) == '[':
		l.emit(Punct, l.pos+2)
	case c == '<' && l.has("<<<"):
		return l.phpHeredoc()
	case c == '#' || c == '/' && l.at(1) == '/':
		end := l.lineEnd(l.pos)
		if n := bytes.Index(l.src[l.pos:end], []byte("?>")); n >= 0 {
			end = l.pos + n
		}
		l.emit(Comment, end)
	default:
		return false
	}
	return true
}

func (l *lexer) phpHeredoc() bool {
	line := l.src[l.pos+3 : l.lineEnd(l.pos)]
	name := strings.Trim(string(line), " \t\"'")
	for i := range len(name) {
		if !letter(name[i]) && !digit(name[i]) {
			return false
		}
	}
	if !l.await(name, true) {
		return false
	}
	l.emit(String, l.pos+3+len(line))
	return true
}
