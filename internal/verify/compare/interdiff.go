package compare

import (
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/textdiff"
)

// shown is how many lines are shown on either side of one that differs.
const shown = 2

// The sides of a DiffLine.
const (
	both     = "both"
	original = "original"
	ported   = "backport"
	folded   = "folded"
)

// merged is a line of a difference of differences.
type merged struct {
	side string
	bodyLine
}

// interdiff compares two unified diffs: first their removed and added lines,
// then the context between those that they share.
func interdiff(a, b []bodyLine) (out []merged, same int) {
	x, y := changed(a), changed(b)
	i, j, p, q := 0, 0, 0, 0 // in a, b, x, y
	segment := func(toA, toB int) {
		out = append(out, plain(a[i:toA], b[j:toB])...)
		i, j = toA, toB
	}
	shared := func(toP int) {
		for ; p < toP; p, q = p+1, q+1 {
			segment(x[p], y[q])
			out = append(out, merged{both, a[i]})
			i, j = i+1, j+1
			same++
		}
	}
	for _, h := range textdiff.DiffSymbols(symbols(a, x), symbols(b, y)) {
		shared(h.OldStart)
		p, q = h.OldStart+h.OldCount, h.NewStart+h.NewCount
	}
	shared(len(x))
	segment(len(a), len(b))
	return out, same
}

// changed are the places of the removed and added lines.
func changed(body []bodyLine) []int {
	var out []int
	for i, l := range body {
		if l.sign != ' ' {
			out = append(out, i)
		}
	}
	return out
}

func symbols(body []bodyLine, at []int) []int32 {
	out := make([]int32, len(at))
	for i, n := range at {
		out[i] = symbol(body[n])
	}
	return out
}

// symbol numbers a line with its sign.
func symbol(l bodyLine) int32 {
	switch l.sign {
	case '-':
		return l.line*3 + 1
	case '+':
		return l.line*3 + 2
	}
	return l.line * 3
}

// plain compares bodies line by line.
func plain(a, b []bodyLine) []merged {
	all := func(body []bodyLine) []int {
		out := make([]int, len(body))
		for i := range out {
			out[i] = i
		}
		return out
	}
	var out []merged
	at := 0
	keep := func(to int) {
		for ; at < to; at++ {
			out = append(out, merged{both, a[at]})
		}
	}
	for _, h := range textdiff.DiffSymbols(symbols(a, all(a)), symbols(b, all(b))) {
		keep(h.OldStart)
		for _, l := range a[at : at+h.OldCount] {
			out = append(out, merged{original, l})
		}
		at += h.OldCount
		for _, l := range b[h.NewStart : h.NewStart+h.NewCount] {
			out = append(out, merged{ported, l})
		}
	}
	keep(len(a))
	return out
}

// fold makes the lines to be read. If changes is set, only removed and added
// lines that differ are worth being read, and the lines round them; if not, all
// lines that differ.
func (l *lines) fold(in []merged, changes bool) []backport.DiffLine {
	keep := make([]bool, len(in))
	for i, m := range in {
		if m.side != both && (m.sign != ' ' || !changes) {
			for j := max(0, i-shown); j <= min(len(in)-1, i+shown); j++ {
				keep[j] = true
			}
		}
	}
	var out []backport.DiffLine
	for i := 0; i < len(in); i++ {
		if keep[i] {
			out = append(out, l.show(in[i])...)
			continue
		}
		from, n := i, 0
		for ; i < len(in) && !keep[i]; i++ {
			if in[i].side == both {
				from = i
				n++
			}
		}
		i--
		switch {
		case n == 1: // to fold it saves no line
			out = append(out, l.show(in[from])...)
		case n > 1:
			out = append(out, backport.DiffLine{Side: folded, Count: n})
		}
	}
	return out
}

// What diffs say of lines that their text does not: that a last one has no end,
// and, here, that all of them have another.
const (
	noEnd    = `\ No newline at end of file`
	withCRLF = `\ Every line of the file ends in CRLF`
)

// show is a line as it is read; two if its end is missing.
func (l *lines) show(m merged) []backport.DiffLine {
	text, ended := strings.CutSuffix(string(l.text[m.line]), "\n")
	if len(text) > maxText {
		text = fmt.Sprintf("%s… (%d bytes)", text[:maxText], len(text))
	}
	out := []backport.DiffLine{{Side: m.side, Op: string(rune(m.sign)), Text: text}}
	if !ended {
		out = append(out, backport.DiffLine{Side: m.side, Op: string(rune(m.sign)), Text: noEnd})
	}
	return out
}
