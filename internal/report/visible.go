package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/say"
)

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
			parts[i] = say.Visible(parts[i])
		}
		s = strings.Join(parts, "\t")
	} else {
		s = say.Visible(s)
	}
	if more > 0 {
		s += fmt.Sprintf(" … (%s more)", say.Count(more, "byte"))
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
