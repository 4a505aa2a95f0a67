package patch

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// toUTF8 decodes text of the stated charset. Text without one is taken as
// UTF-8 line by line, a line that isn't as ISO 8859-1; text that says it is
// UTF-8 is left alone.
func toUTF8(text, charset string) (string, error) {
	switch strings.ToLower(charset) {
	case "utf-8", "utf8":
		return text, nil
	case "", "us-ascii", "ascii":
		return guessUTF8(text), nil
	}
	enc := lookupCharset(charset)
	if enc == nil {
		if isASCII(text) {
			return text, nil
		}
		return "", fmt.Errorf("charset %.40q is not known", charset)
	}
	out, err := enc.NewDecoder().String(text)
	if err != nil {
		return "", fmt.Errorf("text is not in charset %.40q", charset)
	}
	return out, nil
}

// lookupCharset asks for the registered (IANA) meaning of the name first: to
// the web's index, iso-8859-1 means windows-1252.
func lookupCharset(name string) encoding.Encoding {
	if enc, err := ianaindex.MIME.Encoding(name); err == nil && enc != nil {
		return enc
	}
	if strings.EqualFold(name, "iso8859-1") {
		return charmap.ISO8859_1
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return enc
}

func guessUTF8(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if utf8.ValidString(line) {
			b.WriteString(line)
			continue
		}
		for i := range len(line) {
			b.WriteRune(rune(line[i]))
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decodeWords decodes the encoded words of a header field (RFC 2047). Space
// between two of them is no text; the bytes of neighbours in one charset are
// joined before they are decoded, for mailers that split characters. A word
// that is no valid one stays as it is.
func decodeWords(field string) (string, error) {
	var out, word strings.Builder
	charset := "" // of word; "" if there is none just before
	flush := func() error {
		text, err := toUTF8(word.String(), charset)
		out.WriteString(text)
		word.Reset()
		charset = ""
		return err
	}
	for {
		i := strings.Index(field, "=?")
		if i < 0 {
			break
		}
		text, cs, size := encodedWord(field[i:])
		gap := field[:i]
		if size == 0 {
			size = 2
			gap = field[:i+2]
		}
		field = field[i+size:]
		if cs == "" || cs != charset || strings.Trim(gap, " \t") != "" {
			between := charset != "" && cs != "" && strings.Trim(gap, " \t") == ""
			if err := flush(); err != nil {
				return "", err
			}
			if !between {
				out.WriteString(guessUTF8(gap))
			}
		}
		charset = cs
		word.WriteString(text)
	}
	if err := flush(); err != nil {
		return "", err
	}
	out.WriteString(guessUTF8(field))
	return out.String(), nil
}

// maxWord bounds an encoded word; RFC 2047 allows 75 bytes, mailers write more.
const maxWord = 1000

// encodedWord reads "=?charset?q?text?=" at the start of s; size is 0 if there
// is none.
func encodedWord(s string) (text, charset string, size int) {
	s = s[:min(len(s), maxWord)]
	charset, rest, ok1 := strings.Cut(s[2:], "?")
	kind, rest, ok2 := strings.Cut(rest, "?")
	coded, rest, ok3 := strings.Cut(rest, "?=")
	if !ok1 || !ok2 || !ok3 || charset == "" || len(charset) > 40 || strings.ContainsAny(charset, " \t") {
		return "", "", 0
	}
	charset, _, _ = strings.Cut(charset, "*") // a language tag, RFC 2231
	switch strings.ToLower(kind) {
	case "q":
		text = string(decodeQuotedPrintable([]byte(strings.ReplaceAll(coded, "_", " "))))
	case "b":
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(coded, "="))
		if err != nil {
			return "", "", 0
		}
		text = string(raw)
	default:
		return "", "", 0
	}
	return text, strings.ToLower(charset), len(s) - len(rest)
}
