package patch

import (
	"bytes"
	"strings"
)

// maxNesting bounds mails within mails: an mbox attached to a mail is read, an
// mbox attached to a mail of that mbox is not.
const maxNesting = 1

// mbox reads every mail of an mbox. Text without "From " lines is one mail.
func (p *parser) mbox(c *cursor, depth int) error {
	for !c.done() {
		start := *c
		c.next()
		skipToFromLine(c)
		if err := p.mail(start.cut(*c), depth); err != nil {
			return err
		}
	}
	return nil
}

// skipToFromLine moves c to the next mbox separator or to the end.
func skipToFromLine(c *cursor) {
	for !c.done() {
		if c.has("From ") && isFromLine(c.peek()) {
			return
		}
		i := bytes.Index(c.text, []byte("\nFrom "))
		if i < 0 {
			i = len(c.text) - 1
		}
		c.line += bytes.Count(c.text[:i+1], []byte("\n"))
		c.text = c.text[i+1:]
	}
}

// isFromLine tells an mbox separator, "From <who> <date>", from prose that
// begins with the word: it ends in a time of day and a year, with perhaps a
// zone after it.
func isFromLine(line []byte) bool {
	f := bytes.Fields(line)
	if len(f) < 4 || string(f[0]) != "From" || len(line) > 1000 {
		return false
	}
	for i := len(f) - 2; i >= max(2, len(f)-4); i-- {
		if isClock(f[i]) {
			return isYear(f[i+1]) || i+2 < len(f) && isYear(f[i+2])
		}
	}
	return false
}

func isClock(b []byte) bool {
	h, rest, ok := strings.Cut(string(b), ":")
	m, s, seconds := strings.Cut(rest, ":")
	return ok && len(h) <= 2 && isDigits(h) && len(m) == 2 && isDigits(m) &&
		(!seconds || len(s) == 2 && isDigits(s))
}

func isYear(b []byte) bool { return len(b) == 4 && isDigits(string(b)) }

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// separatorID is the commit id in the separator of git format-patch,
// "From <id> Mon Sep 17 00:00:00 2001", "" for any other line.
func separatorID(line []byte) string {
	id, rest, _ := strings.Cut(strings.TrimPrefix(string(trimEOL(line)), "From "), " ")
	if !bytes.HasPrefix(line, []byte("From ")) || rest != "Mon Sep 17 00:00:00 2001" || !isFullID(id) {
		return ""
	}
	return id
}

// isFullID says whether s is a SHA-1 or SHA-256 object id in lower-case hex.
func isFullID(s string) bool { return (len(s) == 40 || len(s) == 64) && isHex(s) }

func isHex(s string) bool {
	for i := range len(s) {
		if !(s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'f') {
			return false
		}
	}
	return s != ""
}
