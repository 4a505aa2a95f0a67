package publish

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

// recode writes a committer's identity, which git keeps in UTF-8, in the
// encoding of the commit that it becomes a part of. An encoding that is not
// known or lacks a letter gets the bytes as they are, as git itself does; so
// does one in which ASCII is written otherwise (UTF-16), since the commit's
// headers are ASCII whatever they say.
func recode(ident, encoding string) string {
	if encoding == "" {
		return ident
	}
	enc, err := ianaindex.MIME.Encoding(encoding)
	if err != nil || enc == nil {
		return ident
	}
	out, err := enc.NewEncoder().String(ident)
	if err != nil || !keepsASCII(enc) {
		return ident
	}
	return out
}

// keepsASCII reports whether what identities are put together with is written
// as in ASCII.
func keepsASCII(enc encoding.Encoding) bool {
	const marks = "A z <a@z.> 0123456789 +-"
	out, err := enc.NewEncoder().String(marks)
	return err == nil && out == marks
}
