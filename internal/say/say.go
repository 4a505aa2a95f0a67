package say

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Count is a number of things: "1 file", "3 files".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// Visible makes text of unknown origin fit for a reader: control characters,
// marks that turn the direction of writing, characters without a shape and bytes
// that are not UTF-8 are shown as Go writes them in a string (\x1b, \u202e).
func Visible(s string) string {
	plain := true
	for _, r := range s {
		if !strconv.IsPrint(r) || r == utf8.RuneError {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}
