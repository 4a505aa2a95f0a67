package outline

import (
	"bytes"
	"cmp"
	"slices"
)

// A lexeme is a token that means something, with its line.
type lexeme struct {
	kind       Kind
	first      bool // on its line
	start, end int32
	line       int32
	match      int32 // the bracket that belongs to it, or -1
}

// code is a text without blanks and comments.
type code struct {
	lang     Language
	src      []byte
	toks     []lexeme
	lines    []int32 // where each line begins
	problems []Problem
}

func newCode(lang Language, src []byte) *code {
	l := lex(lang, src)
	c := &code{lang: lang, src: src, toks: make([]lexeme, 0, len(l.toks)/2+1), lines: make([]int32, 1, len(src)/24+8)}
	line, first := int32(0), true
	for _, t := range l.toks {
		if t.Kind >= Word {
			c.toks = append(c.toks, lexeme{t.Kind, first, int32(t.Start), int32(t.End), line, -1})
			first = false
		}
		if t.Kind == Newline {
			line++
			first = true
			c.lines = append(c.lines, int32(t.End))
			continue
		}
		if t.Kind == Punct || t.Kind == Word || t.Kind == Number {
			continue
		}
		for at := t.Start; ; {
			n := bytes.IndexByte(src[at:t.End], '\n')
			if n < 0 {
				break
			}
			at += n + 1
			line++
			c.lines = append(c.lines, int32(at))
		}
	}
	for _, f := range l.faults {
		c.problem(c.lineAt(f.at), f.text)
	}
	return c
}

func (c *code) problem(line int, text string) {
	if len(c.problems) < maxFaults {
		c.problems = append(c.problems, Problem{line, text})
	}
}

// lineAt is the line of an offset.
func (c *code) lineAt(at int) int {
	n, found := slices.BinarySearchFunc(c.lines, at, func(begin int32, at int) int { return cmp.Compare(int(begin), at) })
	if !found {
		n--
	}
	return n
}

func (c *code) text(i int) []byte {
	if i < 0 || i >= len(c.toks) {
		return nil
	}
	return c.src[c.toks[i].start:c.toks[i].end]
}

// is says whether a lexeme is this operator or word.
func (c *code) is(i int, text string) bool { return string(c.text(i)) == text }

func (c *code) line(i int) int { return int(c.toks[i].line) }

// member says whether a lexeme leads from a thing to its member.
func (c *code) member(i int) bool {
	switch string(c.text(i)) {
	case ".", "->", "::", "?.", "&.":
		return c.toks[i].kind == Punct
	}
	return false
}

// arguments counts the arguments between the bracket at open and its partner; -1
// if it has none, or if one of them stands for several.
func (c *code) arguments(open int) int {
	close := int(c.toks[open].match)
	if close < 0 {
		return -1
	}
	if close == open+1 {
		return 0
	}
	n := 1
	for i := open + 1; i < close; i++ {
		if m := int(c.toks[i].match); m > i {
			i = m
			continue
		}
		if c.is(i, ",") && i+1 < close {
			n++
		}
		if c.spread(i, open) {
			return -1
		}
	}
	return n
}

// spread says whether the argument that begins here stands for several.
func (c *code) spread(i, open int) bool {
	switch string(c.text(i)) {
	case "...":
		return true
	case "*", "**":
		return (c.lang == Python || c.lang == Ruby) && (i == open+1 || c.is(i-1, ","))
	}
	return false
}
