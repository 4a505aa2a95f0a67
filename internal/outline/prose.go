package outline

import (
	"bytes"
	"strings"
)

// lineText is a line without its break.
func (c *code) lineText(n int) []byte {
	end := len(c.src)
	if n+1 < len(c.lines) {
		end = int(c.lines[n+1])
	}
	return bytes.TrimRight(c.src[c.lines[n]:end], "\r\n")
}

// height is the number of lines; what follows the last line break is one if it
// isn't empty.
func (c *code) height() int {
	if n := len(c.lines); n > 1 && int(c.lines[n-1]) == len(c.src) {
		return n - 1
	}
	return len(c.lines)
}

// outlineMarkdown notes headings as sections that reach to the next heading of
// the same rank.
func (o *outliner) outlineMarkdown() {
	type section struct{ rank, symbol int }
	var open []section
	fence := ""
	height := o.height()
	for n := range height {
		line := bytes.TrimRight(o.lineText(n), " \t")
		trimmed := bytes.TrimLeft(line, " ")
		if mark := fenceOf(trimmed); mark != "" && (fence == "" || strings.HasPrefix(mark, fence)) {
			if fence == "" {
				fence = mark
			} else {
				fence = ""
			}
			continue
		}
		if fence != "" {
			continue
		}
		rank, start := 0, n
		var name []byte
		for rank < len(trimmed) && trimmed[rank] == '#' {
			rank++
		}
		if rank > 0 {
			if rank > 6 || rank < len(trimmed) && trimmed[rank] != ' ' && trimmed[rank] != '\t' {
				continue
			}
			name = bytes.Trim(trimmed, "# \t")
		} else if rank = o.underlined(n, trimmed); rank > 0 {
			start, name = n-1, bytes.TrimSpace(o.lineText(n-1))
		} else {
			continue
		}
		parent := ""
		for k := len(open); k > 0 && open[k-1].rank >= rank; k-- {
			o.symbols[open[k-1].symbol].End = max(start, o.symbols[open[k-1].symbol].Body+1)
			open = open[:k-1]
		}
		if k := len(open); k > 0 {
			parent = o.symbols[open[k-1].symbol].Name
		}
		o.symbols = append(o.symbols, Symbol{Kind: Section, Name: string(name), Parent: parent, MinArgs: -1, MaxArgs: -1, Start: start, End: height, Body: n})
		open = append(open, section{rank, len(o.symbols) - 1})
	}
}

// fenceOf is what a fenced block begins or ends with, or "".
func fenceOf(line []byte) string {
	for _, c := range "`~" {
		n := 0
		for n < len(line) && line[n] == byte(c) {
			n++
		}
		if n >= 3 {
			return string(line[:n])
		}
	}
	return ""
}

// underlined is the rank that a line of "=" or "-" gives to the line above it.
func (o *outliner) underlined(n int, line []byte) int {
	if n == 0 || len(line) < 3 || len(bytes.Trim(line, string(line[:1]))) > 0 || line[0] != '=' && line[0] != '-' {
		return 0
	}
	above := bytes.TrimSpace(o.lineText(n - 1))
	if len(above) == 0 || bytes.IndexByte([]byte("#-=|>*+`"), above[0]) >= 0 || n > 1 && len(bytes.TrimSpace(o.lineText(n-2))) > 0 {
		return 0
	}
	if line[0] == '=' {
		return 1
	}
	return 2
}

// outlineMake notes targets, variables and includes.
func (o *outliner) outlineMake() {
	target := -1
	height := o.height()
	for n := 0; n < height; n++ {
		line := o.lineText(n)
		start := n
		for n+1 < height && bytes.HasSuffix(o.lineText(n), []byte(`\`)) {
			n++
		}
		if len(line) > 0 && line[0] == '\t' {
			if target >= 0 {
				o.symbols[target].End = n + 1
			}
			continue
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		s := Symbol{MinArgs: -1, MaxArgs: -1, Start: start, Body: start, End: n + 1}
		target = -1
		if rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, "-s"), []byte("include ")); ok {
			s.Kind, s.Name = Import, string(bytes.TrimSpace(rest))
			o.symbols = append(o.symbols, s)
			continue
		}
		at := bytes.IndexAny(line, "=:")
		if at <= 0 {
			continue
		}
		name := bytes.TrimRight(line[:at], "?+!: \t")
		if line[at] == '=' || bytes.HasPrefix(line[at:], []byte(":=")) || bytes.HasPrefix(line[at:], []byte("::=")) {
			s.Kind = Variable
			name = bytes.TrimPrefix(bytes.TrimPrefix(name, []byte("export ")), []byte("override "))
		} else {
			s.Kind = Function
			target = len(o.symbols)
		}
		if s.Name = string(name); s.Name != "" {
			o.symbols = append(o.symbols, s)
		} else {
			target = -1
		}
	}
}

// conflictMarkers notes the lines that a merge leaves for a person.
func (c *code) conflictMarkers() {
	if !bytes.Contains(c.src, []byte("<<<<<<< ")) && !bytes.Contains(c.src, []byte(">>>>>>> ")) {
		return
	}
	inside := false
	for n := range c.height() {
		line := c.lineText(n)
		switch {
		case bytes.HasPrefix(line, []byte("<<<<<<< ")):
			inside = true
		case bytes.HasPrefix(line, []byte(">>>>>>> ")):
			inside = false
		case inside && (string(line) == "=======" || bytes.HasPrefix(line, []byte("||||||| "))):
		default:
			continue
		}
		c.problem(n, "conflict marker")
	}
}

// keep gives the problems whose text begins with a word.
func keep(problems []Problem, word string) []Problem {
	var out []Problem
	for _, p := range problems {
		if strings.HasPrefix(p.Text, word) {
			out = append(out, p)
		}
	}
	return out
}
