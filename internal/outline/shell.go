package outline

import "bytes"

// outlineShell reads functions, variables set outside them, and sourced files.
// A "}" that ends a function is a command of its own.
func (o *outliner) outlineShell() {
	end := -1            // of the function around
	reach := len(o.toks) // how far the end of a function is searched
	for i := 0; i < len(o.toks); i++ {
		if !o.command(i) {
			continue
		}
		at := i
		if o.is(i, "function") && o.word(i+1) {
			at = i + 1
		}
		if o.word(at) && (at > i || o.is(at+1, "(") && o.is(at+2, ")")) {
			brace := at + 1
			if o.is(brace, "(") && o.is(brace+1, ")") {
				brace += 2
			}
			if o.is(brace, "{") || o.is(brace, "(") {
				last := o.shellEnd(brace, min(len(o.toks), brace+reach))
				if last == len(o.toks)-1 {
					reach = maxHead // that one has none
				}
				o.add(Symbol{Kind: Function, MinArgs: -1, MaxArgs: -1}, at, i, brace, last)
				end = max(end, last)
				i = brace
			}
			continue
		}
		if i <= end {
			continue
		}
		for o.is(at, "export") || o.is(at, "readonly") || o.is(at, "declare") || o.is(at, "typeset") {
			at++
		}
		switch {
		case o.word(at) && o.is(at+1, "=") && o.toks[at+1].start == o.toks[at].end:
			o.add(Symbol{Kind: Variable}, at, i, i, at+1)
		case (o.is(i, "source") || o.is(i, ".")) && i+1 < len(o.toks) && o.toks[i+1].line == o.toks[i].line:
			last := i + 1
			for last+1 < len(o.toks) && !o.toks[last+1].first && !o.is(last+1, ";") && !o.is(last+1, "&&") && !o.is(last+1, "||") {
				last++
			}
			name := unquote(o.src[o.toks[i+1].start:o.toks[last].end])
			o.add(Symbol{Kind: Import, Name: name}, i+1, i, i, last)
		}
	}
	o.shellProblems()
}

// command says whether a command begins at a lexeme.
func (o *outliner) command(i int) bool {
	if o.toks[i].first {
		return true
	}
	switch string(o.text(i - 1)) {
	case ";", "&&", "||", "|", "&", "{", "(", "$(", "then", "do", "else":
		return true
	}
	return o.toks[i-1].kind == String && bytes.HasSuffix(o.text(i-1), []byte("$("))
}

// shellEnd is the bracket that ends a function, or the last lexeme before the
// next one at the head of a line, or before limit.
func (o *outliner) shellEnd(brace, limit int) int {
	depth := 0
	open, end := "{", "}"
	if o.is(brace, "(") {
		open, end = "(", ")"
	}
	for i := brace; i < limit; i++ {
		switch {
		case o.is(i, open) && (i == brace || open == "(" || o.command(i)):
			depth++
		case o.is(i, end) && (end == ")" || o.command(i)):
			if depth--; depth == 0 || end == "}" && o.toks[i].start == o.lines[o.toks[i].line] {
				return i
			}
		case i > brace && o.toks[i].first && o.toks[i].start == o.lines[o.toks[i].line] && o.word(i) && o.is(i+1, "(") && o.is(i+2, ")"):
			return i - 1
		}
	}
	return limit - 1
}

// shellProblems checks the words that end what others begin.
func (o *outliner) shellProblems() {
	var open []int
	ends := map[string]string{"fi": "if", "done": "do", "esac": "case"}
	for i := range o.toks {
		if !o.word(i) || !o.command(i) && !o.is(i, "do") {
			continue
		}
		switch word := string(o.text(i)); word {
		case "if", "case", "do":
			open = append(open, i)
		case "fi", "done", "esac":
			n := len(open) - 1
			for n >= 0 && n > len(open)-maxLost && !o.is(open[n], ends[word]) {
				n--
			}
			if n < 0 || !o.is(open[n], ends[word]) {
				o.problem(o.line(i), "unexpected "+word)
				continue
			}
			for _, lost := range open[n+1:] {
				o.problem(o.line(lost), "unclosed "+string(o.text(lost)))
			}
			open = open[:n]
		}
	}
	for _, i := range open {
		o.problem(o.line(i), "unclosed "+string(o.text(i)))
	}
}
