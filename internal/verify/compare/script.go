package compare

import (
	"bytes"

	"backstay.dev/backstay/internal/textdiff"
)

// op is one line that a change removes or adds.
type op struct {
	sign byte // '-' or '+'
	line int32
	// old and new are the 0-based lines that stand at this place before and after
	// the change: the removed line is old, the added one new.
	old, new int
}

// script lists the lines that hunks remove and add.
func script(hunks []textdiff.Hunk, old, new []int32) []op {
	n := 0
	for _, h := range hunks {
		n += h.OldCount + h.NewCount
	}
	out := make([]op, 0, n)
	for _, h := range hunks {
		for i := range h.OldCount {
			out = append(out, op{'-', old[h.OldStart+i], h.OldStart + i, h.NewStart})
		}
		for i := range h.NewCount {
			out = append(out, op{'+', new[h.NewStart+i], h.OldStart + h.OldCount, h.NewStart + i})
		}
	}
	return out
}

// groups cuts a script where at least one line between is kept.
func groups(ops []op) [][]op {
	var out [][]op
	for start := 0; start < len(ops); {
		end := start + 1
		for end < len(ops) && follows(ops[end-1], ops[end]) {
			end++
		}
		out = append(out, ops[start:end:end])
		start = end
	}
	return out
}

// follows says whether nothing is kept between two neighbours of a script.
func follows(a, b op) bool {
	if a.sign == '-' {
		a.old++
	} else {
		a.new++
	}
	return a.old == b.old && a.new == b.new
}

// same says whether two scripts remove the same lines and add the same lines.
func same(a, b []op) bool {
	return len(a) == len(b) && sameSigned(a, b, '-') && sameSigned(a, b, '+')
}

func sameSigned(a, b []op, sign byte) bool {
	i, j := 0, 0
	for {
		for i < len(a) && a[i].sign != sign {
			i++
		}
		for j < len(b) && b[j].sign != sign {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i].line != b[j].line {
			return false
		}
		i, j = i+1, j+1
	}
}

// lines numbers lines, equal ones equally, over all files of both sides.
type lines struct {
	known map[string]int32
	text  [][]byte
	// telling says of a line whether to have it in common means anything.
	telling []bool
}

func newLines() *lines { return &lines{known: map[string]int32{}} }

// of numbers the lines of a text; without their CR if unix is set.
func (l *lines) of(b []byte, unix bool) []int32 {
	all := textdiff.Lines(b)
	out := make([]int32, len(all))
	for i, line := range all {
		if unix && bytes.HasSuffix(line, []byte("\r\n")) {
			line = append(line[:len(line)-2:len(line)-2], '\n')
		}
		out[i] = l.number(line)
	}
	return out
}

func (l *lines) number(line []byte) int32 {
	if n, ok := l.known[string(line)]; ok {
		return n
	}
	n := int32(len(l.text))
	l.known[string(line)] = n
	l.text = append(l.text, line)
	l.telling = append(l.telling, telling(line))
	return n
}

// telling says whether a line has three letters or digits.
func telling(line []byte) bool {
	n := 0
	for _, c := range line {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c >= 0x80 {
			if n++; n == 3 {
				return true
			}
		}
	}
	return false
}

// blank says whether nothing stands on a line.
func (l *lines) blank(n int32) bool { return len(bytes.TrimSpace(l.text[n])) == 0 }
