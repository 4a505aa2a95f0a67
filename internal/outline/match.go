package outline

// A bracket is an open one.
type bracket struct {
	at     int32
	column int // of its line
	sign   byte
}

// maxLost is how many brackets without a partner are stepped over to find one.
const maxLost = 60

// match finds the partner of each bracket. Where the text doesn't balance, a "}"
// that begins a line belongs to the "{" whose line is indented as far, so that
// one lost bracket spoils one function and not the rest of the file.
func (c *code) match() {
	before := len(c.problems)
	if c.matchBy(false); len(c.problems) == before {
		return
	}
	c.problems = c.problems[:before]
	for i := range c.toks {
		c.toks[i].match = -1
	}
	c.matchBy(true)
}

func (c *code) matchBy(indentation bool) {
	var stack []bracket
	braces, column := 0, 0
	for i := range c.toks {
		if c.toks[i].first && indentation {
			column = c.column(i)
		}
		if c.toks[i].kind != Punct || c.toks[i].end-c.toks[i].start > 2 {
			continue
		}
		sign := c.src[c.toks[i].end-1]
		switch sign {
		case '(', '[', '{':
			stack = append(stack, bracket{int32(i), column, sign})
			if sign == '{' {
				braces++
			}
		case ')', ']', '}':
			n := -1
			switch {
			case sign != '}':
				n = partner(stack, sign)
			case braces > 0 && indentation && c.toks[i].first:
				n = indented(stack, column)
			case braces > 0:
				for n = len(stack) - 1; stack[n].sign != '{'; n-- {
				}
			}
			if n < 0 {
				c.problem(c.line(i), "unexpected "+string(sign))
				continue
			}
			for _, lost := range stack[n+1:] {
				c.unclosed(lost)
				if lost.sign == '{' {
					braces--
				}
			}
			if sign == '}' {
				braces--
			}
			c.toks[i].match, c.toks[stack[n].at].match = stack[n].at, int32(i)
			stack = stack[:n]
		}
	}
	for _, lost := range stack {
		c.unclosed(lost)
	}
}

func (c *code) unclosed(b bracket) {
	c.problem(c.line(int(b.at)), "unclosed "+string(b.sign))
}

// partner finds what a ")" or "]" closes, near the top and above any "{".
func partner(stack []bracket, sign byte) int {
	open := byte('(')
	if sign == ']' {
		open = '['
	}
	for n := len(stack) - 1; n >= 0 && n >= len(stack)-8 && stack[n].sign != '{'; n-- {
		if stack[n].sign == open {
			return n
		}
	}
	return -1
}

// indented finds what a "}" at the head of a line closes: the innermost "{" of a
// line as far in. If none is, it's the innermost, unless that is further out.
func indented(stack []bracket, column int) int {
	inner := -1
	for n := len(stack) - 1; n >= 0 && n >= len(stack)-maxLost; n-- {
		if stack[n].sign != '{' {
			continue
		}
		if stack[n].column == column {
			return n
		}
		if inner < 0 {
			inner = n
		}
		if stack[n].column < column {
			break
		}
	}
	if inner >= 0 && stack[inner].column < column {
		return -1
	}
	return inner
}

// column is the indentation of a lexeme; a tab reaches to the next eighth.
func (c *code) column(i int) int {
	n := 0
	for at := c.lines[c.toks[i].line]; at < c.toks[i].start; at++ {
		if c.src[at] == '\t' {
			n = n/8*8 + 8
		} else {
			n++
		}
	}
	return n
}
