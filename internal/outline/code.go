package outline

import (
	"bytes"
	"cmp"
	"math"
	"slices"
)

// A lexeme is a token that means something, with its line.
type lexeme struct {
	kind       Kind
	first      bool // on its line
	directive  bool // part of a preprocessor line
	start, end int32
	line       int32
	match      int32 // index of the bracket that belongs to it, or -1
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
	if len(src) > math.MaxInt32 {
		src = nil
	}
	l := lex(lang, src)
	c := &code{lang: lang, src: src, toks: make([]lexeme, 0, len(l.toks)/2+1), lines: make([]int32, 1, len(src)/24+8)}
	line, first, directive := int32(0), true, false
	for _, t := range l.toks {
		if t.Kind >= Word {
			directive = directive || t.Kind == Directive
			c.toks = append(c.toks, lexeme{t.Kind, first, directive, int32(t.Start), int32(t.End), line, -1})
			first = false
		}
		switch t.Kind {
		case Newline:
			line++
			first, directive = true, false
			c.lines = append(c.lines, int32(t.End))
		case Space, Comment, String:
			if t.End-t.Start == 1 {
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

// text is the text of a lexeme, nil beyond the ends.
func (c *code) text(i int) []byte {
	if i < 0 || i >= len(c.toks) {
		return nil
	}
	return c.src[c.toks[i].start:c.toks[i].end]
}

// is says whether a lexeme is this operator or word.
func (c *code) is(i int, text string) bool {
	return string(c.text(i)) == text && c.toks[i].kind != String
}

// in says whether a lexeme is one of a set of words.
func (c *code) in(i int, s words) bool { return s.has(c.text(i)) }

// name says whether a lexeme is a word that isn't reserved.
func (c *code) name(i int) bool {
	return c.word(i) && !Keyword(c.lang, c.text(i))
}

func (c *code) word(i int) bool { return i >= 0 && i < len(c.toks) && c.toks[i].kind == Word }

// first says whether a lexeme is the first on its line; the end of the text is.
func (c *code) first(i int) bool { return i >= len(c.toks) || c.toks[i].first }

// line is the line of a lexeme; of none, the last line.
func (c *code) line(i int) int {
	if i >= len(c.toks) {
		return c.last(len(c.toks) - 1)
	}
	return int(c.toks[i].line)
}

// last is the line on which a lexeme ends.
func (c *code) last(i int) int {
	switch {
	case i < 0:
		return 0
	case i >= len(c.toks):
		return c.last(len(c.toks) - 1)
	case c.toks[i].kind == String:
		return c.lineAt(int(c.toks[i].end) - 1)
	}
	return int(c.toks[i].line)
}

// past is the index after the group that begins at i, or after i if none does.
func (c *code) past(i int) int {
	if i >= 0 && i < len(c.toks) && int(c.toks[i].match) > i {
		return int(c.toks[i].match) + 1
	}
	return i + 1
}

// closes is the index of the bracket that ends the group at i, or limit.
func (c *code) closes(i, limit int) int {
	if m := int(c.toks[i].match); m > i && m < limit {
		return m
	}
	return limit
}

// member says whether a lexeme leads from a thing to its member.
func (c *code) member(i int) bool {
	switch string(c.text(i)) {
	case ".":
		return c.lang != PHP && c.lang != Shell && c.lang != Make
	case "->", "::", "?.", "&.":
		return true
	}
	return false
}
