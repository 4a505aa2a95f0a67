package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Error is a configuration that cannot be used: what is wrong and where.
type Error struct {
	// Name is the file.
	Name string
	// Line and Column count from 1, Column in characters; 0 where the error is
	// about the whole file or line.
	Line, Column int
	// Problem is one line.
	Problem string
	// Excerpt shows the line and a mark below the place, two lines without a
	// newline at the end; "" where there is no line to show.
	Excerpt string
}

func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return e.Name + ": " + e.Problem
	case e.Column == 0:
		return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Problem)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Problem)
}

// source is the text being read.
type source struct{ name, text string }

func (s source) fail(line, column int, problem string) *Error {
	return &Error{Name: s.name, Line: line, Column: column, Problem: problem, Excerpt: s.excerpt(line, column)}
}

func (s source) at(n ast.Node, problem string) *Error {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return s.fail(t.Position.Line, t.Position.Column, problem)
	}
	return s.fail(0, 0, problem)
}

// explain turns the library's error into ours, and leaves ours as it is.
func (s source) explain(err error) *Error {
	var ours *Error
	if errors.As(err, &ours) {
		return ours
	}
	var y yaml.Error
	if !errors.As(err, &y) {
		return s.fail(0, 0, firstLine(err.Error()))
	}
	if t := y.GetToken(); t != nil && t.Position != nil {
		return s.fail(t.Position.Line, t.Position.Column, firstLine(y.GetMessage()))
	}
	return s.fail(0, 0, firstLine(y.GetMessage()))
}

// firstLine is the first line of a message, control characters escaped.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	var b strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// window is how many characters of a long line an excerpt shows.
const window = 72

func (s source) excerpt(line, column int) string {
	if line < 1 {
		return ""
	}
	rest := s.text
	for range line - 1 {
		var more bool
		if _, rest, more = strings.Cut(rest, "\n"); !more {
			return ""
		}
	}
	rest, _, _ = strings.Cut(rest, "\n")
	text := []rune(strings.TrimRight(rest, "\r"))
	start := max(0, min(column-1-window/2, len(text)-window))
	shown := text[start:min(len(text), start+window)]
	for i, r := range shown {
		if !unicode.IsPrint(r) {
			shown[i] = ' '
		}
	}
	number := fmt.Sprintf("%4d | ", line)
	if column == 0 {
		return number + string(shown)
	}
	return number + string(shown) + "\n" + strings.Repeat(" ", len(number)+min(max(0, column-1-start), len(shown))) + "^"
}

// firstBad is the line of the first byte that is not UTF-8.
func (s source) firstBad() int {
	good := 0
	for good < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[good:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		good += n
	}
	return 1 + strings.Count(s.text[:good], "\n")
}
