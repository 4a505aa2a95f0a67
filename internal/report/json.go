package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
)

// Schema names the form of [Document]; docs/verify.schema.json describes it. A
// field may be added without a new name, so readers ignore what they do not
// know; a field that is taken away or means something else gets a new name.
const Schema = "https://backstay.dev/schema/verify-1.json"

// Document is what [JSON] writes.
type Document struct {
	// Schema is the constant of that name.
	Schema string `json:"schema"`
	// Verifications are never nil.
	Verifications []backport.Verification `json:"verifications"`
}

// JSON writes verifications for a program. Bytes that are not UTF-8 become
// U+FFFD; characters that a terminal would act on, or not show, are escaped.
func JSON(w io.Writer, vs []backport.Verification) error {
	d := Document{Schema: Schema, Verifications: vs}
	if vs == nil {
		d.Verifications = []backport.Verification{}
	}
	return writeJSON(w, d)
}

// writeJSON writes one value, indented.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if _, err := w.Write(escapeUnseen(b.Bytes())); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// escapeUnseen escapes the characters of a JSON text that have no shape. Outside
// strings there are none but line ends, so that it stays the same value.
func escapeUnseen(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == '\n' || strconv.IsPrint(r):
			out = append(out, text[:n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[n:]
	}
	return out
}
