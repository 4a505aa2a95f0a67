package publish

import "golang.org/x/text/encoding/ianaindex"

// recode writes a committer's identity, which git keeps in UTF-8, in the
// encoding of the commit that it becomes a part of. An encoding that is not
// known or lacks a letter gets the bytes as they are, as git itself does.
func recode(ident, encoding string) string {
	if encoding == "" {
		return ident
	}
	enc, err := ianaindex.MIME.Encoding(encoding)
	if err != nil || enc == nil {
		return ident
	}
	out, err := enc.NewEncoder().String(ident)
	if err != nil {
		return ident
	}
	return out
}
