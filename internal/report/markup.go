package report

import (
	"html"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/lazy"
	"backstay.dev/backstay/internal/say"
)

// Markdown has no way to say "this is text" that all forges keep to: what
// escaping leaves alone is searched again for mentions, references and addresses
// once it is HTML. They search no code. Words that are nothing but words are
// therefore written as they are, and everything else as code, in which no rule
// of Markdown and none of a forge applies.
var (
	// A word has what may stand before and behind it.
	wordParts   = lazy.Regexp(`^(["'“‘(]*)(.*?)([.,;:!?)"'”’…]*)$`)
	plainWord   = lazy.Regexp(`^\pL[\pL\pM]*(?:[-'’]\pL[\pL\pM]*)*$`)
	plainNumber = lazy.Regexp(`^[0-9]+(?:[.,][0-9]+)*%?$`)
	// What looks like a word and is more: a part that may be an object's name, and
	// what begins an address together with the sign behind it.
	moreThanWord = lazy.Regexp(`\b[0-9a-f]{7,}\b|(?i:www|https?)$`)
)

const (
	// maxProse and maxSpan bound the bytes of a sentence and of a name in
	// Markdown.
	maxProse = 1500
	maxSpan  = 300
)

// prose is a sentence of unknown origin in Markdown. It must not begin a line.
func prose(s string) string {
	var out, code []string
	flush := func() {
		if len(code) > 0 {
			out = append(out, span(strings.Join(code, " ")))
			code = nil
		}
	}
	for word := range strings.FieldsSeq(cut(say.Visible(s), maxProse)) {
		parts := wordParts().FindStringSubmatch(word)
		before, core, after := parts[1], parts[2], parts[3]
		if core != "" && (plainWord().MatchString(core) || plainNumber().MatchString(core)) && !moreThanWord().MatchString(core) {
			flush()
			out = append(out, word)
			continue
		}
		if core == "" || strings.ContainsAny(core, "(\"'“‘") {
			before, core, after = "", word, "" // what closes here was opened inside
		}
		if before != "" {
			flush()
		}
		code = append(code, core)
		if before+after != "" {
			flush()
			out[len(out)-1] = before + out[len(out)-1] + after
		}
	}
	flush()
	return strings.Join(out, " ")
}

// span is a name of unknown origin in Markdown, as code.
func span(s string) string {
	if s == "" {
		return ""
	}
	s = cut(say.Visible(s), maxSpan)
	ticks := strings.Repeat("`", backticks(s)+1)
	if len(ticks) > 1 || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		s = " " + s + " " // one space on each side belongs to the ticks
	}
	return ticks + s + ticks
}

// cell makes Markdown fit for a table: implementations disagree on what escapes
// a bar inside code.
func cell(markdown string) string { return strings.ReplaceAll(markdown, "|", "¦") }

// inHTML is a name of unknown origin in a line of HTML inside Markdown.
func inHTML(s string) string {
	return "<code>" + html.EscapeString(cut(say.Visible(s), maxSpan)) + "</code>"
}

// bold is a tally with what it counts set off: "**3 functions**: 1 differs".
func bold(tally, before, after string) string {
	what, rest, found := strings.Cut(tally, ": ")
	if found {
		rest = ": " + rest
	}
	return before + what + after + rest
}

// fence is a block of code in Markdown. Its lines have no line ends.
func fence(language string, lines []string) string {
	most := 2
	for _, l := range lines {
		most = max(most, backticks(l))
	}
	ticks := strings.Repeat("`", most+1)
	return ticks + language + "\n" + strings.Join(lines, "\n") + "\n" + ticks + "\n"
}

// backticks is the length of the longest run of them.
func backticks(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// cut shortens a text to at most so many bytes.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	most -= len("…")
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
