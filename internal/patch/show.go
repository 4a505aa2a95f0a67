package patch

import (
	"bytes"
	"strings"
)

// showID is the id in the first line of a commit as git show and git log print
// it, "commit <id>" and perhaps its refs or parents; "" for any other line, such
// as "commit <id> upstream." in a message.
func showID(line []byte) string {
	rest, ok := bytes.CutPrefix(line[:min(len(line), 200)], []byte("commit "))
	if !ok {
		return ""
	}
	id, more, _ := strings.Cut(string(trimEOL(rest)), " ")
	parent, _, _ := strings.Cut(more, " ")
	if !isFullID(id) || more != "" && more[0] != '(' && !isFullID(parent) {
		return ""
	}
	return id
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
	patch.Author = showAuthor(who, when)
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

// showAuthor reads "Name <e@mail>" as git shows it: unlike in mail, quotes and
// brackets in the name are part of it.
func showAuthor(who, when string) Signature {
	name, email, _ := strings.Cut(who, "<")
	s := Signature{Name: dropReserved(strings.TrimSpace(name)), Email: dropReserved(email)}
	var ok bool
	s.Seconds, s.Offset, ok = parseDate(when)
	s.Known = ok && s.Email != ""
	return s
}
