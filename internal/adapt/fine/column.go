package fine

import "backstay.dev/backstay/internal/textdiff"

// recolumn moves lines that are indented to stand below an open bracket, in a
// text whose words were replaced so that the bracket stands elsewhere now. The
// two texts have the same lines but for the words; where their brackets differ,
// nothing is moved.
func recolumn(before, after []byte) []byte {
	b, a := textdiff.Lines(before), textdiff.Lines(after)
	if len(b) != len(a) {
		return after
	}
	var was, is columns
	var out []byte
	moved := false
	for i := range b {
		in, now := indent(b[i]), indent(a[i])
		if n := len(was); n > 0 && n == len(is) && was[n-1] == len(in) && is[n-1] != was[n-1] && len(now) == len(in) && spaces(in) {
			shifted := make([]byte, 0, len(a[i])+8)
			for range is[n-1] {
				shifted = append(shifted, ' ')
			}
			a[i] = append(shifted, a[i][len(now):]...)
			moved = true
		}
		was, is = was.read(b[i]), is.read(a[i])
		out = append(out, a[i]...)
	}
	if !moved {
		return after
	}
	return out
}

// columns are those behind the brackets that are open, outermost first.
type columns []int

// maxOpen bounds how deep brackets are followed.
const maxOpen = 200

func (c columns) read(line []byte) columns {
	for i, ch := range line {
		switch ch {
		case '(', '[', '{':
			if len(c) < maxOpen {
				c = append(c, i+1)
			}
		case ')', ']', '}':
			c = c[:max(len(c)-1, 0)]
		}
	}
	return c
}

func spaces(text []byte) bool {
	for _, c := range text {
		if c != ' ' {
			return false
		}
	}
	return true
}
