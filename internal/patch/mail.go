package patch

import (
	"bytes"
	"strings"
)

// fields are the unfolded header fields of a mail or MIME part that matter
// here, still encoded, by lower-case name.
type fields map[string]string

// wanted lists them; the last four are those of DEP-3, the header of Debian
// patches.
var wanted = [...]string{
	"from", "subject", "date", "content-type", "content-transfer-encoding",
	"author", "description", "origin", "last-update",
}

// mail reads one mail, or one text that is not a mail, and adds its patch.
func (p *parser) mail(c *cursor, depth int) error {
	for !c.done() && len(bytes.TrimSpace(c.peek())) == 0 {
		c.next()
	}
	var patch Patch
	fromLine := isFromLine(c.peek())
	if fromLine {
		patch.ID = separatorID(c.next())
	}
	if id := showID(c.peek()); id != "" && !fromLine {
		patch.ID = id
		unCRLF(c)
		readShow(c, &patch)
		return p.add(c, patch)
	}
	var head fields
	if fromLine || looksLikeHeader(*c) {
		head = readHeader(c)
	}
	text, err := decodeBody(head, c)
	if err != nil {
		return err
	}
	if text.nested && depth < maxNesting {
		return p.mbox(text.cursor, depth+1)
	}
	unCRLF(text.cursor)
	body := *text.cursor
	if err := readMessage(text, head, &patch); err != nil {
		return err
	}
	patches := len(p.series.Patches)
	if err := p.add(text.cursor, patch); err != nil {
		return err
	}
	if len(p.series.Patches) == patches { // a cover letter may have the base
		p.findBase(body)
	}
	return nil
}

func (p *parser) findBase(c cursor) {
	for !c.done() && p.series.BaseCommit == "" {
		p.series.BaseCommit = baseCommit(c.next())
	}
}

// baseCommit is the id in a line "base-commit: <id>".
func baseCommit(line []byte) string {
	id, ok := bytes.CutPrefix(trimEOL(line), []byte("base-commit: "))
	if !ok || !isFullID(string(id)) {
		return ""
	}
	return string(id)
}

// looksLikeHeader says whether the text begins with header fields, one of them
// of those that say who or what, and not with prose that has a colon in it.
func looksLikeHeader(c cursor) bool {
	h := readHeader(&c)
	for _, name := range []string{"from", "subject", "date", "author", "description", "origin"} {
		if _, ok := h[name]; ok {
			return true
		}
	}
	return false
}

// readHeader reads header fields and the blank line after them, if there is
// one: a line that can't be a field ends the header too. Of equal fields the
// last counts.
func readHeader(c *cursor) fields {
	h := fields{}
	for !c.done() {
		line := trimEOL(c.peek())
		if len(line) == 0 {
			c.next()
			break
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !isFieldName(name) {
			break
		}
		c.next()
		key := wantedKey(name)
		var folded strings.Builder
		folded.Write(bytes.TrimSpace(value))
		for !c.done() && (c.text[0] == ' ' || c.text[0] == '\t') {
			more := trimEOL(c.next())
			if key == "description" { // its lines stay lines
				folded.WriteByte('\n')
				folded.Write(more[1:])
			} else if key != "" {
				folded.WriteByte(' ')
				folded.Write(bytes.TrimSpace(more))
			}
		}
		if key != "" {
			h[key] = folded.String()
		}
	}
	return h
}

func wantedKey(name []byte) string {
	for _, w := range wanted {
		if strings.EqualFold(w, string(name)) {
			return w
		}
	}
	return ""
}

// isFieldName follows RFC 5322: printable ASCII without space and colon.
func isFieldName(name []byte) bool {
	for _, b := range name {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return len(name) > 0
}

// unCRLF undoes CRLF line ends that the transport gave to the whole text. The
// header of a diff tells: git writes it with LF even if the lines of the file
// end in CRLF, and quotes a path that has "\r" in it.
func unCRLF(c *cursor) {
	header := firstDiffHeader(*c)
	if bytes.HasSuffix(header, []byte("\r\n")) {
		c.text = bytes.ReplaceAll(c.text, []byte("\r\n"), []byte("\n"))
	}
}

// firstDiffHeader is the first line that opens the diff of a file.
func firstDiffHeader(c cursor) []byte {
	for !c.done() {
		line := c.next()
		if bytes.HasPrefix(line, []byte("diff --git ")) ||
			bytes.HasPrefix(line, []byte("--- ")) && c.has("+++ ") {
			return line
		}
	}
	return nil
}
