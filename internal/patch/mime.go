package patch

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// maxPartDepth bounds MIME parts within parts.
const maxPartDepth = 4

// bodyText is the body of a mail as plain text.
type bodyText struct {
	*cursor
	charset string // as stated, "" if it was not
	nested  bool   // it has an mbox attached to it
}

// decodeBody undoes the transfer encoding of the body at c and joins the text
// parts of a multipart body.
func decodeBody(head fields, c *cursor) (bodyText, error) {
	text := bodyText{cursor: c, charset: attribute(head["content-type"], "charset")}
	encoding := transferEncoding(head)
	boundary := boundaryOf(head)
	if encoding == "" && boundary == "" {
		return text, nil
	}
	plain := &cursor{line: 1, outer: c.outer + strings.TrimSuffix(c.errorf("").Error(), ": ") + " in the decoded text, "}
	text.cursor = plain
	if boundary == "" {
		var err error
		plain.text, err = decodeTransfer(encoding, c)
		return text, err
	}
	j := joiner{text: &text}
	err := j.multipart(c, boundary, 1)
	return text, err
}

// joiner appends the text parts of a mail to one text.
type joiner struct{ text *bodyText }

func (j joiner) multipart(c *cursor, boundary string, depth int) error {
	_, last := nextPart(c, boundary) // the preamble
	for !last && !c.done() {
		var part *cursor
		part, last = nextPart(c, boundary)
		if err := j.part(part, depth); err != nil {
			return err
		}
	}
	return nil
}

func (j joiner) part(c *cursor, depth int) error {
	head := readHeader(c)
	if inner := boundaryOf(head); inner != "" {
		if depth >= maxPartDepth {
			return c.errorf("more than %d levels of MIME parts", maxPartDepth)
		}
		return j.multipart(c, inner, depth+1)
	}
	text, err := decodeTransfer(transferEncoding(head), c)
	if err != nil {
		return err
	}
	switch mayBeText(head["content-type"]) {
	case no:
		return nil
	case maybe:
		if !bytes.Contains(text, []byte("diff --git ")) && !bytes.Contains(text, []byte("\n+++ ")) {
			return nil
		}
	}
	if j.text.charset == "" {
		j.text.charset = attribute(head["content-type"], "charset")
	}
	if isFromLine(text[:lineEnd(text)]) {
		j.text.nested = true
	}
	j.text.cursor.text = append(j.text.cursor.text, text...)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		j.text.cursor.text = append(j.text.cursor.text, '\n')
	}
	return nil
}

// nextPart is the text up to the next line of the boundary, which it skips.
// The line end before a boundary belongs to the boundary (RFC 2046); it is kept
// here, because the lines of a diff need theirs. last says that the boundary
// was the closing one.
func nextPart(c *cursor, boundary string) (part *cursor, last bool) {
	start := *c
	for !c.done() {
		before := *c
		line := c.next()
		rest, ok := bytes.CutPrefix(line, []byte("--"+boundary))
		if !ok {
			continue
		}
		rest, last = bytes.CutPrefix(rest, []byte("--"))
		if len(bytes.TrimSpace(rest)) == 0 {
			return start.cut(before), last
		}
	}
	return start.cut(*c), true
}

func boundaryOf(head fields) string {
	ct := head["content-type"]
	if len(ct) < 10 || !strings.EqualFold(ct[:10], "multipart/") {
		return ""
	}
	if b := attribute(ct, "boundary"); len(b) <= 70 { // RFC 2046, section 5.1.1
		return b
	}
	return ""
}

type answer int

const (
	no answer = iota
	maybe
	yes
)

// mayBeText says by its type whether a part may be message or patch.
func mayBeText(contentType string) answer {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch kind = strings.TrimSpace(kind); {
	case kind == "text/html":
		return no
	case kind == "" || strings.HasPrefix(kind, "text/"):
		return yes
	case kind == "application/octet-stream" || strings.Contains(kind, "patch") || strings.Contains(kind, "diff"):
		return maybe
	}
	return no
}

// attribute is the value of name=value or name="value" in a header field.
func attribute(field, name string) string {
	for rest := field; ; {
		i := strings.IndexByte(rest, ';')
		if i < 0 {
			return ""
		}
		rest = strings.TrimLeft(rest[i+1:], " \t")
		if len(rest) <= len(name) || rest[len(name)] != '=' || !strings.EqualFold(rest[:len(name)], name) {
			continue
		}
		value := rest[len(name)+1:]
		if strings.HasPrefix(value, `"`) {
			value, _, _ = strings.Cut(value[1:], `"`)
			return value
		}
		if i := strings.IndexAny(value, "; \t"); i >= 0 {
			value = value[:i]
		}
		return value
	}
}

// transferEncoding is "base64", "quoted-printable", or "" for none.
func transferEncoding(head fields) string {
	switch e := strings.ToLower(strings.TrimSpace(head["content-transfer-encoding"])); e {
	case "base64", "quoted-printable":
		return e
	}
	return ""
}

func decodeTransfer(encoding string, c *cursor) ([]byte, error) {
	switch encoding {
	case "base64":
		return decodeBase64(c)
	case "quoted-printable":
		return decodeQuotedPrintable(c.text), nil
	}
	return c.text, nil
}

// decodeBase64 ends at the first blank line or padding: what follows was
// appended by a list server.
func decodeBase64(c *cursor) ([]byte, error) {
	var out []byte
	var group []byte
	for !c.done() {
		line := c.next()
		if len(bytes.TrimSpace(line)) == 0 && len(out)+len(group) > 0 {
			break
		}
		for _, b := range line {
			if b > ' ' {
				group = append(group, b)
			}
		}
		n := len(group) / 4 * 4
		if c.done() && n < len(group) {
			break
		}
		var err error
		if out, err = base64.StdEncoding.AppendDecode(out, group[:n]); err != nil {
			return nil, c.errorAt(c.line-1, "the base64 text is damaged")
		}
		padded := n > 0 && group[n-1] == '='
		group = append(group[:0], group[n:]...)
		if padded {
			break
		}
	}
	if len(group) > 0 {
		return nil, c.errorAt(c.line-1, "the base64 text is cut off")
	}
	return out, nil
}

// decodeQuotedPrintable leaves what is no valid escape as it stands, as git does.
func decodeQuotedPrintable(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		i := bytes.IndexByte(text, '=')
		if i < 0 {
			break
		}
		out = append(out, text[:i]...)
		text = text[i:]
		if end := softBreak(text); end > 0 {
			text = text[end:]
		} else if b, ok := hexByte(text[1:]); ok {
			out = append(out, b)
			text = text[3:]
		} else {
			out = append(out, '=')
			text = text[1:]
		}
	}
	return append(out, text...)
}

// softBreak is the length of a soft line break at the start of text, 0 if there is none.
func softBreak(text []byte) int {
	switch {
	case bytes.HasPrefix(text, []byte("=\n")):
		return 2
	case bytes.HasPrefix(text, []byte("=\r\n")):
		return 3
	}
	return 0
}

// hexByte reads two hex digits of either case.
func hexByte[T string | []byte](s T) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	hi, ok1 := hexDigit(s[0])
	lo, ok2 := hexDigit(s[1])
	return hi<<4 | lo, ok1 && ok2
}

func hexDigit(b byte) (byte, bool) {
	switch {
	case b >= '0' && b <= '9':
		return b - '0', true
	case b >= 'a' && b <= 'f':
		return b - 'a' + 10, true
	case b >= 'A' && b <= 'F':
		return b - 'A' + 10, true
	}
	return 0, false
}
