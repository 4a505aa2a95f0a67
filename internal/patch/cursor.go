package patch

import (
	"bytes"
	"fmt"
)

// cursor walks text line by line and knows where it is, for errors.
type cursor struct {
	text []byte // what is left, beginning with the current line
	line int    // number of the current line, from 1
	// outer precedes the line number in errors. It is empty except in text that
	// was decoded from the input and so has lines of its own.
	outer string
}

func newCursor(text []byte) *cursor { return &cursor{text: text, line: 1} }

// lineEnd is the length of the first line of text with its newline, if it has one.
func lineEnd(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

func (c *cursor) done() bool { return len(c.text) == 0 }

// peek is the current line with its newline; empty at the end.
func (c *cursor) peek() []byte { return c.text[:lineEnd(c.text)] }

// next is peek, and goes on to the following line.
func (c *cursor) next() []byte {
	n := lineEnd(c.text)
	line := c.text[:n]
	c.text = c.text[n:]
	if n > 0 {
		c.line++
	}
	return line
}

func (c *cursor) has(prefix string) bool {
	return len(c.text) >= len(prefix) && string(c.text[:len(prefix)]) == prefix
}

// cut returns a cursor over everything before rest, which must be a later
// state of c, as a view of its own.
func (c *cursor) cut(rest cursor) *cursor {
	part := *c
	part.text = c.text[:len(c.text)-len(rest.text)]
	return &part
}

func (c *cursor) errorf(format string, args ...any) error { return c.errorAt(c.line, format, args...) }

func (c *cursor) errorAt(line int, format string, args ...any) error {
	return fmt.Errorf("%sline %d: %s", c.outer, line, fmt.Sprintf(format, args...))
}

// trimEOL is line without its line end, LF or CRLF.
func trimEOL(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}
