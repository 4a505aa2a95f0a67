package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// visible makes text of unknown origin fit for a reader: control characters,
// marks that turn the direction of writing, characters without a shape and bytes
// that are not UTF-8 are shown as Go writes them in a string (\x1b, \u202e).
func visible(s string) string {
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

// code is one line of a file or of a log, fit for a reader: tabs stay, and of a
// line that is longer than most bytes the rest is counted.
func code(s string, most int) string {
	more := 0
	if len(s) > most {
		cut := most
		for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		more, s = len(s)-cut, s[:cut]
	}
	if strings.Contains(s, "\t") {
		parts := strings.Split(s, "\t")
		for i := range parts {
			parts[i] = visible(parts[i])
		}
		s = strings.Join(parts, "\t")
	} else {
		s = visible(s)
	}
	if more > 0 {
		s += fmt.Sprintf(" … (%s more)", count(more, "byte"))
	}
	return s
}

// codeLines are the lines of a text, each fit for a reader: all of them, or the
// first most, and how many there are more. A carriage return before the end of
// a line is left out.
func codeLines(text string, most, width int) (lines []string, more int) {
	if text == "" {
		return nil, 0
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if len(lines) == most {
			more++
			continue
		}
		lines = append(lines, code(strings.TrimSuffix(line, "\r"), width))
	}
	return lines, more
}

// lastLines are the last most lines of a text, each fit for a reader, and how
// many there are before.
func lastLines(text string, most, width int) (lines []string, before int) {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if text == "" {
		return nil, 0
	}
	before = max(len(all)-most, 0)
	for _, line := range all[before:] {
		lines = append(lines, code(strings.TrimSuffix(line, "\r"), width))
	}
	return lines, before
}
