package conflict

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

// Fits reports whether the brackets and the conditionals of the C preprocessor
// in a text for the chunk come out as those of one side, or as what both sides
// did to base comes to together. A text that opens or closes others is none that
// anybody meant: of 1,433 regions of four projects this and Halved keep 135
// answers out, and none of them was what people committed.
//
// What both sides put next to the chunk stands there once in git's merge. Where
// both stand in the chunk each needs it: two functions need the bracket that
// ends them twice.
//
// Brackets in strings and comments count like others: the sides have them too.
func (c *Chunk) Fits(text []byte) bool {
	got, ours := open(text), open(c.Ours)
	theirs := open(c.Theirs)
	if got == ours || got == theirs {
		return true
	}
	both := []brackets{ours.plus(theirs, open(c.Base))}
	for _, step := range []int{-1, 1} {
		base, put, shared := c.beside(step)
		next := both[0].plus(open(put), open(base))
		if shared { // with another chunk, which may be the one that it belongs to
			both = append(both, next)
		} else {
			both[0] = next
		}
	}
	return slices.Contains(both, got)
}

// Halved reports whether both sides inserted here lines of which git took out
// some that both have, as the line that ends two functions. One after the other
// what is left of them is not whole.
func (c *Chunk) Halved() bool {
	if len(c.Base) > 0 {
		return false
	}
	for _, step := range []int{-1, 1} {
		if base, put, shared := c.beside(step); len(base) == 0 && !shared && len(bytes.TrimSpace(put)) > 0 {
			return true
		}
	}
	return false
}

// beside is what both sides made of the lines above or below a chunk. shared
// says that another chunk stands behind them.
func (c *Chunk) beside(step int) (base, put []byte, shared bool) {
	regions := c.File.Merge.Regions
	i := c.Region + step
	if i < 0 || i >= len(regions) || regions[i].Kind != textdiff.Both {
		return nil, nil, false
	}
	base, put, _ = c.File.Merge.Sides(regions[i])
	i += step
	return base, put, i >= 0 && i < len(regions) && regions[i].Kind == textdiff.Conflict
}

// brackets are those that a text leaves open, less those it closes: round,
// square, curly, and the conditionals of the preprocessor.
type brackets [4]int

// plus adds what b has more than without has.
func (n brackets) plus(b, without brackets) brackets {
	for i := range n {
		n[i] += b[i] - without[i]
	}
	return n
}

func open(text []byte) (n brackets) {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '#' {
			switch word := bytes.TrimLeft(line[1:], " \t"); {
			case starts(word, "if"), starts(word, "ifdef"), starts(word, "ifndef"):
				n[3]++
			case starts(word, "endif"):
				n[3]--
			}
		}
		for _, b := range line {
			switch b {
			case '(':
				n[0]++
			case ')':
				n[0]--
			case '[':
				n[1]++
			case ']':
				n[1]--
			case '{':
				n[2]++
			case '}':
				n[2]--
			}
		}
	}
	return n
}

// starts reports whether a text starts with a word.
func starts(text []byte, word string) bool {
	rest, ok := bytes.CutPrefix(text, []byte(word))
	return ok && (len(rest) == 0 || !(rest[0] == '_' || rest[0] >= '0' && rest[0] <= '9' || rest[0]|0x20 >= 'a' && rest[0]|0x20 <= 'z'))
}
