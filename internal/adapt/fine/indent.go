package fine

import "bytes"

// near is how far from added lines their indentation is learned.
const near = 6

// shift indents lines that one side added before line i of base as the other
// indents the lines around: if the nearest line above and the nearest below that
// both have are indented otherwise by the other side alone, in the same way.
func (m *merger) shift(i int, lines [][]byte, side, other version) [][]byte {
	if len(lines) == 0 || !m.indent {
		return lines
	}
	var from, to []byte
	found := false
	for _, step := range [2]int{-1, 1} {
		k := i
		if step < 0 {
			k--
		}
		for n := 0; n < near && k >= 0 && k < len(m.base) && (side.fate[k] == nil || other.fate[k] == nil || len(m.base[k].words) == 0); n++ {
			k += step
		}
		if k < 0 || k >= len(m.base) || side.fate[k] == nil || other.fate[k] == nil {
			continue
		}
		f, t := indent(side.fate[k]), indent(other.fate[k])
		if bytes.Equal(f, t) || !bytes.Equal(f, indent(m.base[k].text)) || found && len(t)-len(f) != len(to)-len(from) {
			return lines
		}
		if !found {
			from, to, found = f, t, true
		}
	}
	if !found {
		return lines
	}
	m.events |= indented
	return reindent(lines, from, to)
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
