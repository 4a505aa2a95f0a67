package provenance

import "strings"

// A scan reads a line from left to right, word by word, blind to ASCII case.
type scan struct{ s string }

func isLetter(b byte) bool { b |= 0x20; return 'a' <= b && b <= 'z' }
func isDigit(b byte) bool  { return '0' <= b && b <= '9' }
func isWord(b byte) bool   { return isLetter(b) || isDigit(b) || b == '_' || b == '-' }

// blank is what separates words within a line. A carriage return may stand
// anywhere in hostile text.
const blank = " \t\r"

// trim takes blanks and carriage returns off both ends. It is not TrimSpace:
// a message need not be UTF-8.
func trim(s string) string { return strings.Trim(s, blank) }

func (c *scan) blanks() { c.s = strings.TrimLeft(c.s, blank) }

// cut takes prefix off, whatever its case.
func (c *scan) cut(prefix string) bool {
	if len(c.s) < len(prefix) || !strings.EqualFold(c.s[:len(prefix)], prefix) {
		return false
	}
	c.s = c.s[len(prefix):]
	return true
}

// word takes a whole word off, and the blanks behind it.
func (c *scan) word(w string) bool {
	if len(c.s) > len(w) && isWord(c.s[len(w)]) || !c.cut(w) {
		return false
	}
	c.blanks()
	return true
}

// words takes several words off, all or none.
func (c *scan) words(ws ...string) bool {
	was := c.s
	for _, w := range ws {
		if !c.word(w) {
			c.s = was
			return false
		}
	}
	return true
}

// any takes off the first of the words that stands next, and returns it.
func (c *scan) any(ws ...string) string {
	for _, w := range ws {
		if c.word(w) {
			return w
		}
	}
	return ""
}

// byte takes one of the bytes of set off, and the blanks behind it.
func (c *scan) byte(set string) byte {
	if c.s == "" || strings.IndexByte(set, c.s[0]) < 0 {
		return 0
	}
	b := c.s[0]
	c.s = c.s[1:]
	c.blanks()
	return b
}

// token takes off everything up to the next blank, and the blanks behind it.
func (c *scan) token() string {
	i := strings.IndexAny(c.s, blank)
	if i < 0 {
		i = len(c.s)
	}
	t := c.s[:i]
	c.s = c.s[i:]
	c.blanks()
	return t
}

// fold trims s and makes every run of blanks and line ends one blank.
func fold(s string) string {
	s = strings.Trim(s, blank+"\n")
	if !strings.ContainsAny(s, "\t\r\n") && !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\r' || r == '\n'
	}), " ")
}
