package fine

import "bytes"

// near is how far from lines that the fix adds their indentation is learned.
const near = 6

// shift indents lines that the fix added before line i of base as the target
// indents the lines around: by what the nearest line that both sides have says.
func (m *merger) shift(i int, lines [][]byte) [][]byte {
	for d := range near {
		for _, k := range [2]int{i - 1 - d, i + d} {
			if k < 0 || k >= len(m.base) || m.ours.fate[k] == nil || m.theirs.fate[k] == nil || len(m.base[k].words) == 0 {
				continue
			}
			from, to := indent(m.theirs.fate[k]), indent(m.ours.fate[k])
			if bytes.Equal(from, to) || !bytes.Equal(from, indent(m.base[k].text)) {
				return lines
			}
			m.events |= indented
			return reindent(lines, from, to)
		}
	}
	return lines
}

// indent is the blanks at the head of a line.
func indent(line []byte) []byte {
	n := 0
	for n < len(line) && blank(line[n]) {
		n++
	}
	return line[:n]
}

// reindent puts to in the place of the indentation from. Lines that are indented
// less stand further left by as much, as far as that can be.
func reindent(lines [][]byte, from, to []byte) [][]byte {
	out := make([][]byte, len(lines))
	for i, l := range lines {
		in := indent(l)
		rest := l[len(in):]
		switch {
		case len(bytes.TrimSpace(rest)) == 0:
			out[i] = l
		case bytes.HasPrefix(in, from):
			out[i] = join([][]byte{to, in[len(from):], rest})
		default:
			less := len(from) - min(len(from), len(in))
			out[i] = join([][]byte{to[:max(len(to)-less, 0)], rest})
		}
	}
	return out
}

// outermost is the least indentation of lines that are not blank, in bytes.
func outermost(lines []line) int {
	least := 1 << 30
	for _, l := range lines {
		if len(bytes.TrimSpace(l.text)) > 0 {
			least = min(least, len(indent(l.text)))
		}
	}
	return least
}

func lineless(texts [][]byte) []line {
	out := make([]line, len(texts))
	for i, t := range texts {
		out[i].text = t
	}
	return out
}
