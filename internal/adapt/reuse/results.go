package reuse

import (
	"bytes"

	"backstay.dev/backstay/internal/textdiff"
)

// Results finds what stands in the place of each chunk of m in the file that
// was made of it: one text for each of m.Conflicts(), in order. ok is false,
// and the text nil, where the chunk's surroundings changed too: its neighbours
// above and below, up to the first line that has a letter or a digit, must
// stand there as git merged them.
func Results(m textdiff.Merge, result []byte) (texts [][]byte, ok []bool) {
	var p puzzle
	for _, r := range m.Regions {
		base, ours, theirs := m.Sides(r)
		switch r.Kind {
		case textdiff.Conflict:
			p.chunk(base, ours, theirs)
		case textdiff.Theirs:
			p.context(theirs)
		default:
			p.context(ours)
		}
	}
	return p.solve(result)
}

// Learn makes a resolution of every chunk of m that Results finds in result;
// like says what is the same for all: path, ids, by whom and when.
func Learn(m textdiff.Merge, result []byte, like Resolution) []Resolution {
	texts, ok := Results(m, result)
	var out []Resolution
	for i, r := range m.Conflicts() {
		if !ok[i] {
			continue
		}
		one := like
		one.Base, one.Ours, one.Theirs = m.Sides(r)
		one.Result = texts[i]
		out = append(out, one)
	}
	return out
}

// puzzle is a text with gaps, where chunks stand, to be found again in another
// text.
type puzzle struct {
	lines [][]byte // the text between the gaps
	gaps  []int    // before which of lines each gap stands
	sides [][][]byte
}

func (p *puzzle) context(text []byte) { p.lines = append(p.lines, textdiff.Lines(text)...) }

func (p *puzzle) chunk(sides ...[]byte) {
	p.gaps = append(p.gaps, len(p.lines))
	p.sides = append(p.sides, sides)
}

// solve finds the text of each gap.
func (p *puzzle) solve(result []byte) (texts [][]byte, ok []bool) {
	texts, ok = make([][]byte, len(p.gaps)), make([]bool, len(p.gaps))
	lines := textdiff.Lines(result)
	match := p.align(lines)
	for i, gap := range p.gaps {
		if i > 0 && p.gaps[i-1] == gap || i+1 < len(p.gaps) && p.gaps[i+1] == gap {
			continue // two chunks side by side: nobody knows where one ends
		}
		from, above := p.above(match, gap)
		to, below := p.below(match, gap, len(lines))
		if above && below && from <= to {
			texts[i], ok[i] = bytes.Join(lines[from:to], nil), true
			if texts[i] == nil {
				texts[i] = []byte{}
			}
		}
	}
	return texts, ok
}

// above is the line of the result that follows the gap's upper neighbour, and
// whether the neighbours there are unchanged.
func (p *puzzle) above(match []int, gap int) (int, bool) {
	if gap == 0 {
		return 0, true
	}
	end := match[gap-1] + 1
	for i := gap - 1; i >= 0; i-- {
		if match[i] < 0 || match[i] != end-(gap-i) {
			return 0, false
		}
		if telling(p.lines[i]) || p.gapAt(i) {
			return end, true
		}
	}
	return end, end == gap
}

// below is the line of the result that the gap's lower neighbour is.
func (p *puzzle) below(match []int, gap, n int) (int, bool) {
	if gap == len(p.lines) {
		return n, true
	}
	start := match[gap]
	for i := gap; i < len(p.lines); i++ {
		if match[i] < 0 || match[i] != start+(i-gap) {
			return 0, false
		}
		if telling(p.lines[i]) || p.gapAt(i+1) {
			return start, true
		}
	}
	return start, n-start == len(p.lines)-gap
}

// gapAt reports whether a gap stands before line i.
func (p *puzzle) gapAt(i int) bool {
	lo, hi := 0, len(p.gaps)
	for lo < hi {
		if mid := (lo + hi) / 2; p.gaps[mid] < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(p.gaps) && p.gaps[lo] == i
}

// telling reports whether a line is more than blanks and punctuation, of which
// every file has many.
func telling(line []byte) bool {
	for _, c := range line {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 {
			return true
		}
	}
	return false
}
