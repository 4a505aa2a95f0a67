package patch

import (
	"bytes"
	"strings"
)

// readMessage reads the commit message of a mail and stops where its diff may
// begin. The fields at the start of the body win over those of the header:
// that is how git writes an author who is not the sender.
func readMessage(text bodyText, head fields, patch *Patch) error {
	b := bodyReader{cursor: text.cursor, bare: head == nil, inBody: fields{}}
	start := *text.cursor
	b.read()
	fail := func(err error) error { return start.errorf("%v", err) }
	body, err := toUTF8(b.body.String(), text.charset)
	if err != nil {
		return fail(err)
	}
	field := func(names ...string) string {
		for _, name := range names {
			value, ok := b.inBody[name]
			if !ok {
				value = head[name]
			}
			if value, err2 := decodeWords(value); err2 != nil {
				err = err2
			} else if value != "" {
				return value
			}
		}
		return ""
	}
	subject := cleanSubject(field("subject"))
	if subject == "" {
		subject = field("description")
		body = debianBody(subject) + "\n\n" + body
		subject, _, _ = strings.Cut(subject, "\n")
	}
	patch.Author = signature(field("from", "author"), field("date"))
	if err != nil {
		return fail(err)
	}
	patch.Message = stripSpace(subject + "\n\n" + body)
	return nil
}

// bodyReader takes the body of a mail apart as git-mailinfo(1) says.
type bodyReader struct {
	*cursor
	bare   bool // it is no mail, so a diffstat may begin it
	inBody fields
	last   string          // the field that the next line may continue, "" for none
	value  strings.Builder // of that field
	body   strings.Builder
}

func (b *bodyReader) read() {
	defer b.endField()
	inHeader, blank := true, true
	for !b.done() {
		line := b.peek()
		if inHeader {
			if inHeader = b.header(line); inHeader {
				b.next()
				continue
			}
		}
		if b.bare && (blank && atDiffstat(*b.cursor) || lostChange(line) != "") {
			return
		}
		blank = len(trimEOL(line)) == 0
		if endsMessage(line) {
			if b.goesOn(line) {
				continue
			}
			return
		}
		b.body.Write(unquoteFrom(line))
		b.next()
	}
}

// goesOn says whether the message continues behind a line that looks like the
// start of a diff, because the message quotes one: git format-patch writes a
// "---" line and a diffstat before the real one. (git am takes the quoted diff
// for the change.) It moves on to that line.
func (b *bodyReader) goesOn(line []byte) bool {
	if b.bare || isSeparator(line) {
		return false
	}
	start, end := *b.cursor, *b.cursor
	for !end.done() {
		if isSeparator(end.peek()) && followedByDiffstat(end) {
			b.body.Write(start.cut(end).text)
			*b.cursor = end
			return true
		}
		end.next()
	}
	return false
}

// isSeparator recognises the line "---".
func isSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	return ok && len(bytes.TrimSpace(rest)) == 0
}

func followedByDiffstat(c cursor) bool {
	c.next()
	return atDiffstat(c)
}

// atDiffstat says whether a diffstat with its sum, a blank line and a diff
// stand at c.
func atDiffstat(c cursor) bool {
	summed := false
	for c.has(" ") {
		line := c.next()
		summed = summed || bytes.Contains(line, []byte(" changed, ")) || bytes.Contains(line, []byte(" changed\n"))
	}
	if !summed || len(trimEOL(c.peek())) > 0 {
		return false
	}
	for !c.done() && len(trimEOL(c.peek())) == 0 { // one blank line, more between MIME parts
		c.next()
	}
	return c.has("diff --git ")
}

// header takes line as part of the fields at the start of the body, or of the
// blank lines before them, and says whether it was that.
func (b *bodyReader) header(line []byte) bool {
	text := string(trimEOL(line))
	if text == "" {
		ends := b.last != "" // the fields; the message loses leading blank lines anyway
		b.endField()
		return !ends
	}
	if b.last != "" && (text[0] == ' ' || text[0] == '\t') {
		b.value.WriteByte(' ')
		b.value.WriteString(strings.TrimSpace(text))
		return true
	}
	b.endField()
	if separatorID(bytes.TrimPrefix(line, []byte(">"))) != "" && text[0] == '>' {
		return true
	}
	if strings.HasPrefix(text, "[PATCH] ") {
		b.inBody["subject"] = text
		return true
	}
	name, value, _ := strings.Cut(text, ":")
	name = strings.ToLower(name)
	if _, again := b.inBody[name]; again || name != "from" && name != "subject" && name != "date" {
		return false
	}
	b.last = name
	b.value.WriteString(strings.TrimSpace(value))
	return true
}

func (b *bodyReader) endField() {
	if b.last != "" {
		b.inBody[b.last] = b.value.String()
	}
	b.last = ""
	b.value.Reset()
}

// endsMessage says whether line separates the message from notes and diff.
func endsMessage(line []byte) bool {
	if bytes.HasPrefix(line, []byte("--- ")) && len(line) > 4 && line[4] > ' ' {
		return true
	}
	return isSeparator(line) || bytes.HasPrefix(line, []byte("diff -")) || bytes.HasPrefix(line, []byte("Index: "))
}

// unquoteFrom undoes the quoting of "From " at the start of a line (mboxrd).
func unquoteFrom(line []byte) []byte {
	if len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line[1:]
	}
	return line
}

// cleanSubject removes what mail adds before the subject of a commit: "Re:" and
// brackets up to the one that says PATCH. What stands behind that one is the
// author's ("[JENKINS-123]", ":bug:") and stays, as with git am
// --keep-non-patch; a subject without it loses all of them, as with git am alone.
func cleanSubject(s string) string {
	kept, patch := "", false
	for {
		s = strings.TrimLeft(s, " \t:")
		switch end := strings.IndexByte(s, ']'); {
		case len(s) > 3 && strings.EqualFold(s[:3], "re:"):
			s = s[3:]
			continue
		case end > 0 && s[0] == '[':
			mark := strings.Contains(s[:end], "PATCH")
			s = s[end+1:]
			if mark {
				kept, patch = strings.TrimPrefix(s, ": "), true
			}
			continue
		}
		if patch {
			s = kept
		}
		return strings.Join(strings.Fields(s), " ")
	}
}

// debianBody is the long part of a DEP-3 description: every line after the
// first, a "." standing for a blank one.
func debianBody(description string) string {
	_, long, _ := strings.Cut(description, "\n")
	lines := strings.Split(long, "\n")
	for i := range lines {
		if strings.TrimSpace(lines[i]) == "." {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// stripSpace cleans a message as git stripspace does: no space at line ends,
// no runs of blank lines, none at the edges, one newline at the end.
func stripSpace(s string) string {
	var b strings.Builder
	blank := false
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \t\n\v\f\r")
		if line == "" {
			blank = b.Len() > 0
			continue
		}
		if blank {
			b.WriteByte('\n')
			blank = false
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// subjectOf is the first paragraph of a cleaned message as one line.
func subjectOf(message string) string {
	first, _, _ := strings.Cut(message, "\n\n")
	return strings.ReplaceAll(strings.TrimSuffix(first, "\n"), "\n", " ")
}
