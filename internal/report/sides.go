package report

import (
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// pair is one line beside another, or a number of lines that are left out.
type pair struct {
	Fold        string
	Left, Right piece
}

// piece is one line of one side. What differs from the line beside it is
// Changed.
type piece struct {
	// There is false where this side has no line here.
	There bool
	// Class says how it is shown: "context" or nothing for what both sides have,
	// with "twin" where it stands twice; "original", "backport", "nothing".
	Class                  string
	Op                     string
	Before, Changed, After string
}

func functionListing(v backport.Verification) listing {
	if len(v.Functions) == 0 {
		return listing{}
	}
	l := listing{Tally: functionTally(v.Functions)}
	more := 0
	for _, f := range v.Functions {
		places := functionPlaces(f)
		if f.State == backport.FunctionIdentical && len(places) > 0 {
			p := places[len(places)-1]
			l.Identical = append(l.Identical, row{Name: functionName(p), Where: place(p.Path, p.Line, 0)})
			continue
		}
		if len(l.Shown) == maxPage {
			more++
			continue
		}
		c := comparison{
			row:  row{Class: "doubt", State: functionWord(f.State)},
			Open: f.State != backport.FunctionContext, Left: "original", Right: "backport", Rows: functionPairs(f),
		}
		if f.State == backport.FunctionContext {
			c.Class = "soft"
		}
		for _, p := range places {
			c.Places = append(c.Places, row{Name: functionName(p), Where: place(p.Path, p.Line, 0)})
		}
		l.Shown = append(l.Shown, c)
	}
	if more > 0 {
		l.More = say.Count(more, "more function")
	}
	return l
}

// functionPairs are the lines of a difference of differences, side by side: what
// only one has stands beside what only the other has.
func functionPairs(f backport.FunctionDiff) []pair {
	var out []pair
	var left, right []piece
	flush := func() {
		out = append(out, beside(left, right)...)
		left, right = nil, nil
	}
	for i, l := range f.Lines {
		if i == maxPageLines {
			flush()
			return append(out, pair{Fold: "and " + say.Count(len(f.Lines)-i, "more line")})
		}
		p := piece{There: true, Op: op(l), Before: code(l.Text, maxPageLine)}
		switch l.Side {
		case "original":
			left = append(left, p)
		case "backport":
			right = append(right, p)
		case "folded":
			flush()
			out = append(out, pair{Fold: say.Count(l.Count, "line") + " alike"})
		default:
			flush()
			if p.Op == " " {
				p.Class = "context"
			}
			twin := p
			twin.Class = strings.TrimSpace("twin " + p.Class)
			out = append(out, pair{Left: p, Right: twin})
		}
	}
	flush()
	return out
}

// beside puts the lines of one side beside those of the other.
func beside(left, right []piece) []pair {
	var out []pair
	for i := range max(len(left), len(right)) {
		p := pair{Left: piece{Class: "nothing"}, Right: piece{Class: "nothing"}}
		if i < len(left) {
			p.Left = left[i]
			p.Left.Class = "original"
		}
		if i < len(right) {
			p.Right = right[i]
			p.Right.Class = "backport"
		}
		if p.Left.There && p.Right.There {
			p.Left, p.Right = changed(p.Left, p.Right)
		}
		out = append(out, p)
	}
	return out
}

// changed marks what differs between two lines: what lies between what they
// begin and what they end with alike, unless that is next to nothing.
func changed(a, b piece) (piece, piece) {
	s, t := a.Before, b.Before
	head := 0
	for head < len(s) && head < len(t) {
		r, n := utf8.DecodeRuneInString(s[head:])
		if q, m := utf8.DecodeRuneInString(t[head:]); r != q || n != m {
			break
		}
		head += n
	}
	tail := 0
	for tail < len(s)-head && tail < len(t)-head {
		r, n := utf8.DecodeLastRuneInString(s[:len(s)-tail])
		if q, m := utf8.DecodeLastRuneInString(t[:len(t)-tail]); r != q || n != m {
			break
		}
		tail += n
	}
	head, tail = wholeWords(s, t, head, tail)
	alike := len(strings.TrimSpace(s[:head])) + len(strings.TrimSpace(s[len(s)-tail:]))
	if s == t || 4*alike < len(strings.TrimSpace(s)) || 4*alike < len(strings.TrimSpace(t)) {
		return a, b
	}
	a.Before, a.Changed, a.After = s[:head], s[head:len(s)-tail], s[len(s)-tail:]
	b.Before, b.Changed, b.After = t[:head], t[head:len(t)-tail], t[len(t)-tail:]
	return a, b
}

// wholeWords moves the ends of what differs outwards to where words end.
func wholeWords(s, t string, head, tail int) (int, int) {
	for head > 0 && inWord(s[head-1]) && (head < len(s) && inWord(s[head]) || head < len(t) && inWord(t[head])) {
		head--
	}
	for tail > 0 && inWord(s[len(s)-tail]) && (tail < len(s) && inWord(s[len(s)-tail-1]) || tail < len(t) && inWord(t[len(t)-tail-1])) {
		tail--
	}
	return head, tail
}

// inWord reports whether a byte is a part of a name, as are all of a letter that
// is not ASCII.
func inWord(c byte) bool {
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func auditListing(v backport.Verification) listing {
	if v.Audit == nil {
		return listing{}
	}
	l := listing{Tally: auditText(v.Audit)}
	if l.Tally == "" {
		l.Tally = deviationTally(v.Audit)
	}
	all := sortedDeviations(v.Audit)
	for i, d := range all {
		if i == maxPage {
			l.More = say.Count(len(all)-i, "more deviation")
			break
		}
		c := comparison{
			row:  row{Class: "good", State: "declared", Where: place(d.Path, d.Line, d.Lines), Text: deviationWord(d.Kind)},
			Left: "git's merge", Right: "the backport",
		}
		if d.By == "" {
			c.Class, c.State, c.Open = "bad", "undeclared", d.Expected != "" || d.Actual != ""
		} else {
			c.Declared = declaration(d)
		}
		if d.Expected != "" || d.Actual != "" {
			c.Rows = beside(sidePieces(d.Expected), sidePieces(d.Actual))
		}
		l.Shown = append(l.Shown, c)
	}
	return l
}

// sidePieces are the lines of one side of a deviation.
func sidePieces(text string) []piece {
	lines, more := codeLines(text, maxPageLines, maxPageLine)
	if more > 0 {
		lines = append(lines, "… and "+say.Count(more, "more line"))
	}
	var out []piece
	for _, l := range lines {
		out = append(out, piece{There: true, Op: " ", Before: l})
	}
	return out
}
