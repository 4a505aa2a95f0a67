package outline

// match finds the partner of each bracket. A bracket that closes another kind
// than the innermost open one closes what it can reach: "}" everything up to its
// partner, ")" and "]" at most a few others and no "{".
func (c *code) match() {
	var stack []int32
	var braces int
	for i := range c.toks {
		if c.toks[i].kind != Punct || c.toks[i].end-c.toks[i].start > 2 {
			continue
		}
		b := c.src[c.toks[i].end-1]
		switch b {
		case '(', '[', '{':
			stack = append(stack, int32(i))
			if b == '{' {
				braces++
			}
		case ')', ']', '}':
			reach := len(stack)
			if b == '}' && braces == 0 {
				reach = 0
			}
			for n := len(stack) - 1; reach > 0; n-- {
				if n < 0 || b != '}' && (len(stack)-n > 8 || c.opener(stack[n]) == '{') {
					reach = 0
				} else if partner(c.opener(stack[n])) == b {
					for _, lost := range stack[n+1:] {
						c.problem(c.line(int(lost)), "unclosed "+string(c.opener(lost)))
					}
					c.toks[i].match, c.toks[stack[n]].match = stack[n], int32(i)
					stack = stack[:n]
					break
				}
			}
			if reach == 0 {
				c.problem(c.line(i), "unexpected "+string(b))
			} else if b == '}' {
				braces--
			}
		}
	}
	for _, lost := range stack {
		c.problem(c.line(int(lost)), "unclosed "+string(c.opener(lost)))
	}
}

// opener is the bracket of a lexeme, which may have a sign before it, as "${".
func (c *code) opener(i int32) byte { return c.src[c.toks[i].end-1] }

func partner(b byte) byte {
	switch b {
	case '(':
		return ')'
	case '[':
		return ']'
	}
	return '}'
}
