package tests

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/outline"
)

// tok is a token that is neither blank nor comment.
type tok struct {
	kind outline.Kind
	text string
	// line is the 0-based line where it begins, last where it ends.
	line, last int
	// from and to are its bytes.
	from, to int
	// match is the index of the bracket that belongs to this one, -1 for none.
	match int
}

// code is a text as tests are looked for in it.
type code struct {
	lang outline.Language
	src  []byte
	toks []tok
	// counts tells the lines that hold more than blanks and comments.
	counts []bool
	// lines are the text's.
	lines   int
	outline *outline.Outline
	cut     []string
}

func read(lang outline.Language, src []byte) *code {
	c := &code{lang: lang, src: src, lines: bytes.Count(src, []byte{'\n'}) + 1}
	c.counts = make([]bool, c.lines)
	line := 0
	var open []int
	for _, t := range outline.Tokens(lang, src) {
		text := src[t.Start:t.End]
		last := line + bytes.Count(text, []byte{'\n'})
		switch t.Kind {
		case outline.Space, outline.Newline, outline.Comment:
			line = last
			continue
		}
		k := tok{kind: t.Kind, text: string(text), line: line, last: last, from: t.Start, to: t.End, match: -1}
		for l := line; l <= last && l < c.lines; l++ {
			c.counts[l] = true
		}
		if t.Kind == outline.Punct && len(k.text) == 1 {
			switch k.text[0] {
			case '(', '[', '{':
				open = append(open, len(c.toks))
			case ')', ']', '}':
				if n := len(open) - 1; n >= 0 && closes(c.toks[open[n]].text, k.text) {
					k.match = open[n]
					c.toks[open[n]].match = len(c.toks)
					open = open[:n]
				}
			}
		}
		c.toks = append(c.toks, k)
		line = last
	}
	c.outline = outline.Parse(lang, src)
	if lang == outline.Tcl {
		c.outline.Symbols = append(c.outline.Symbols, c.tclProcs()...)
		slices.SortStableFunc(c.outline.Symbols, func(a, b outline.Symbol) int { return a.Start - b.Start })
	}
	return c
}

func closes(open, shut string) bool {
	return open == "(" && shut == ")" || open == "[" && shut == "]" || open == "{" && shut == "}"
}

func (c *code) is(i int, text string) bool {
	return i >= 0 && i < len(c.toks) && c.toks[i].text == text
}

func (c *code) word(i int) bool {
	return i >= 0 && i < len(c.toks) && c.toks[i].kind == outline.Word
}

// past is the index behind a token, or behind the bracket that closes it.
func (c *code) past(i int) int {
	if m := c.toks[i].match; m > i {
		return m + 1
	}
	return i + 1
}

// at is the first token of a line, or the first behind it.
func (c *code) at(line int) int {
	low, high := 0, len(c.toks)
	for low < high {
		if mid := (low + high) / 2; c.toks[mid].line < line {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// lead is the first token of the annotations, decorators and attributes that
// stand before token i: @a.b(…), #[…].
func (c *code) lead(i int) int {
	for i > 0 {
		j := i - 1
		if m := c.toks[j].match; c.is(j, "]") && m > 0 && c.is(m-1, "#") {
			i = m - 1
			continue
		} else if c.is(j, "]") && m > 0 && c.lang == outline.CSharp {
			i = m
			continue
		}
		if c.is(j, ")") && c.toks[j].match > 0 {
			j = c.toks[j].match - 1
		}
		for c.is(j-1, ".") && j >= 2 {
			j -= 2
		}
		switch {
		case j >= 0 && len(c.toks[j].text) > 1 && c.toks[j].text[0] == '@':
			i = j
		case c.word(j) && c.is(j-1, "@"):
			i = j - 1
		default:
			return i
		}
	}
	return i
}

// span is a range of lines, half open.
type span struct{ start, end int }

// innermost tells for each line which of the spans, which are sorted by their
// starts, is the innermost around it; -1 for none.
func innermost(spans []span, lines int) []int {
	out := make([]int, lines)
	var stack []int
	next := 0
	for l := range out {
		for next < len(spans) && spans[next].start <= l {
			stack = append(stack, next)
			next++
		}
		for len(stack) > 0 && spans[stack[len(stack)-1]].end <= l {
			stack = stack[:len(stack)-1]
		}
		out[l] = -1
		if len(stack) > 0 {
			out[l] = stack[len(stack)-1]
		}
	}
	return out
}
