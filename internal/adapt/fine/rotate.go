package fine

import (
	"bytes"
	"slices"
)

// maxRotation is how many lines a block of added lines is moved by, maxBlock
// that of lines in a block that is moved.
const maxRotation, maxBlock = 200, 1000

// rotate looks where a block of lines really begins that the fix added before
// line i of base. A diff cannot tell: where a block ends as what stands before
// it ends, "} } A {" and "A { }" are the same addition. In the target, which
// lacks the lines around, they are not. The block is moved over lines that the
// target lacks only, so its place stays the same.
func (m *merger) rotate(i int, block [][]byte) [][]byte {
	if len(block) > maxBlock {
		return block
	}
	before, after := m.above[i], m.below[i]
	best, score := block, fit(before, block, after)
	try := func(b [][]byte) {
		if s := fit(before, b, after); s > score {
			best, score = b, s
		}
	}
	up := slices.Clone(block)
	for k := i - 1; k >= max(i-maxRotation, 0) && m.steady(k, k+1, i) && bytes.Equal(up[len(up)-1], m.base[k].text); k-- {
		up = append([][]byte{m.base[k].text}, up[:len(up)-1]...)
		try(up)
	}
	down := slices.Clone(block)
	for k := i; k < min(i+maxRotation, len(m.base)) && m.steady(k, k, i) && bytes.Equal(down[0], m.base[k].text); k++ {
		down = append(down[1:len(down):len(down)], m.base[k].text)
		try(down)
	}
	if !equal(best, block) {
		m.events |= rotated
	}
	return best
}

// seam adds to a block the blank line that parts it from what stands beside it
// in the source, if in the target it would stick to one side only.
func (m *merger) seam(i int, block [][]byte) [][]byte {
	if len(block) == 0 {
		return block
	}
	before, after := m.above[i], m.below[i]
	above, below := void(before) || opens(before), void(after) || closes(after)
	switch {
	case above && !below && m.lacks(i) && void(m.base[i].text) && m.theirs.fate[i] != nil && !void(block[len(block)-1]):
		m.events |= seamed
		return append(block[:len(block):len(block)], m.base[i].text)
	case !above && below && m.lacks(i-1) && void(m.base[i-1].text) && m.theirs.fate[i-1] != nil && !void(block[0]):
		m.events |= seamed
		return append([][]byte{m.base[i-1].text}, block...)
	}
	return block
}

// opens says whether a line ends with an opening bracket.
func opens(l []byte) bool {
	l = bytes.TrimSpace(l)
	return len(l) > 0 && (l[len(l)-1] == '{' || l[len(l)-1] == '(' || l[len(l)-1] == '[')
}

// steady says whether a block can be moved over line k of base: the fix keeps
// it as it is and adds nothing on its other side, the target lacks it.
func (m *merger) steady(k, gap, from int) bool {
	return m.lacks(k) && bytes.Equal(m.theirs.fate[k], m.base[k].text) && (gap == from || len(m.theirs.added[gap]) == 0) && len(m.ours.added[gap]) == 0
}

// fit is how well a block reads between two lines, in points.
func fit(before []byte, block [][]byte, after []byte) int {
	points := 0
	first, last := block[0], block[len(block)-1]
	begin := slices.IndexFunc(block, func(l []byte) bool { return !void(l) })
	if begin < 0 {
		return 0
	}
	if closes(block[begin]) {
		points -= 8
	}
	if len(indent(block[begin])) == outermost(lineless(block)) {
		points += 4
	}
	depth, least := depth(block)
	if depth != 0 || least < 0 {
		points -= 6
	}
	if void(first) == void(before) {
		points--
	}
	if void(last) == void(after) && !closes(after) {
		points--
	}
	return points
}

// neighbours are, for each gap of base, the target's lines above and below it
// that base has too; those around the chunk if there are none, empty ones if
// there are no such lines either.
func (m *merger) neighbours(before, after []byte) {
	n := len(m.base)
	m.above, m.below = make([][]byte, n+1), make([][]byte, n+1)
	m.above[0], m.below[n] = before, after
	for i := range n {
		m.above[i+1] = m.above[i]
		if m.ours.fate[i] != nil {
			m.above[i+1] = m.ours.fate[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		m.below[i] = m.below[i+1]
		if m.ours.fate[i] != nil {
			m.below[i] = m.ours.fate[i]
		}
	}
}

// void says whether a line is blank.
func void(l []byte) bool { return len(bytes.TrimSpace(l)) == 0 }

// closes says whether a line ends a block: it begins with a closing bracket or
// with a word that ends blocks or goes on with them.
func closes(l []byte) bool {
	l = bytes.TrimSpace(l)
	if len(l) == 0 {
		return false
	}
	if l[0] == '}' || l[0] == ')' || l[0] == ']' || bytes.HasPrefix(l, []byte("</")) || bytes.HasPrefix(l, []byte("*/")) {
		return true
	}
	n := 0
	for n < len(l) && letter(l[n]) {
		n++
	}
	switch string(l[:n]) {
	case "end", "else", "elif", "elsif", "elseif", "fi", "done", "esac", "except", "rescue", "ensure", "finally", "catch":
		return true
	}
	return false
}

// depth counts brackets: how many stay open, and the least on the way.
func depth(lines [][]byte) (open, least int) {
	for _, l := range lines {
		for _, c := range l {
			switch c {
			case '(', '[', '{':
				open++
			case ')', ']', '}':
				open--
				least = min(least, open)
			}
		}
	}
	return open, least
}
