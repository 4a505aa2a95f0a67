package patch

import (
	"bytes"
	"strings"
)

// showID is the id in the first line of a commit as git show and git log print
// it, "commit <id>" and perhaps refs; "" for any other line.
func showID(line []byte) string {
	f := bytes.Fields(line[:min(len(line), 100)])
	if !bytes.HasPrefix(line, []byte("commit ")) || len(f) < 2 {
		return ""
	}
	if id := string(f[1]); isFullID(id) {
		return id
	}
	return ""
}

// readShow reads the head of a commit as git show prints it in the formats
// medium, full, fuller and raw: fields, and the message indented by four spaces.
func readShow(c *cursor, patch *Patch) {
	c.next()
	var who, when string
	for !c.done() {
		line := string(trimEOL(c.peek()))
		name, value, ok := strings.Cut(line, " ")
		if !ok || endsMessage(c.peek()) {
			break
		}
		value = strings.TrimSpace(value)
		switch name {
		case "Author:":
			who = value
		case "Date:", "AuthorDate:":
			when = value
		case "author": // raw: who and when in one line
			i := strings.LastIndexByte(value, '>')
			who, when = value[:i+1], value[i+1:]
		}
		c.next()
	}
	patch.Author = signature(who, when)
	var message strings.Builder
	for !c.done() {
		line := string(trimEOL(c.peek()))
		text, indented := strings.CutPrefix(line, "    ")
		if !indented && line != "" {
			break
		}
		message.WriteString(text)
		message.WriteByte('\n')
		c.next()
	}
	patch.Message = stripSpace(guessUTF8(message.String()))
}
