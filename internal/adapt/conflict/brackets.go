package conflict

import "bytes"

// Fits reports whether the brackets and the conditionals of the C preprocessor
// in a text for the chunk come out as those of one side, or as what both sides
// did to base comes to together. A text that opens or closes others is none that
// anybody meant: of 46 such answers to the conflicts of two projects none was
// what people committed.
//
// Brackets in strings and comments count like others: the sides have them too.
func (c *Chunk) Fits(text []byte) bool {
	base, ours, theirs := open(c.Base), open(c.Ours), open(c.Theirs)
	both := ours
	for i := range both {
		both[i] += theirs[i] - base[i]
	}
	got := open(text)
	return got == both || got == ours || got == theirs
}

// brackets are those that a text leaves open, less those it closes: round,
// square, curly, and the conditionals of the preprocessor.
type brackets [4]int

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
