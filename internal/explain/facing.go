package explain

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

const (
	// maxFacing bounds the pairs of lines that are compared to lay one hunk's two
	// sides next to each other.
	maxFacing = 1 << 14
	// maxWholly is how many lines of the target are always taken together.
	maxWholly = 3
	// alike is the part of its words that a line must have in common with another
	// one to count as the same line changed.
	alike = 0.5
)

// facing chooses, of the lines of a hunk on the target, those that stand where
// the chosen lines of the base stood: what became of these lines, and what stands
// between in place of lines that have no counterpart. Where nothing in the two
// sides is alike it is all of them.
func facing(h textdiff.Hunk, chosen []int, base, ours wording) []int {
	all := ours.speaking(textdiff.Span{Start: h.NewStart, End: h.NewStart + h.NewCount})
	if len(chosen) == 0 || h.NewCount <= maxWholly || h.OldCount*h.NewCount > maxFacing {
		return all
	}
	pair := counterparts(base.lines[h.OldStart:h.OldStart+h.OldCount], ours.lines[h.NewStart:h.NewStart+h.NewCount])
	if !slices.ContainsFunc(pair, func(p int) bool { return p >= 0 }) {
		return all
	}
	taken := make([]bool, h.NewCount)
	for _, line := range chosen {
		k := line - h.OldStart
		if pair[k] >= 0 {
			taken[pair[k]] = true
			continue
		}
		from, to := 0, h.NewCount
		for i := k - 1; i >= 0; i-- {
			if pair[i] >= 0 {
				from = pair[i] + 1
				break
			}
		}
		for i := k + 1; i < len(pair); i++ {
			if pair[i] >= 0 {
				to = pair[i]
				break
			}
		}
		for i := from; i < to; i++ {
			taken[i] = true
		}
	}
	var out []int
	for i, ok := range taken {
		if line := h.NewStart + i; ok && telling(ours.lines[line]) {
			out = append(out, line)
		}
	}
	return out
}

// counterparts finds for each line of a its counterpart in b, -1 if it has none, so that
// the order is kept and as much as possible is alike: the alignment of Needleman
// and Wunsch, "A general method applicable to the search for similarities"
// (1970), without a price for gaps.
func counterparts(a, b [][]byte) []int {
	wa, wb := words(a), words(b)
	width := len(b) + 1
	best := make([]float32, (len(a)+1)*width)
	score := make([]float32, len(a)*len(b))
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			s := common(wa[i], wb[j])
			score[i*len(b)+j] = s
			v := max(best[(i+1)*width+j], best[i*width+j+1])
			if s >= alike {
				v = max(v, best[(i+1)*width+j+1]+s)
			}
			best[i*width+j] = v
		}
	}
	out := make([]int, len(a))
	for i := range out {
		out[i] = -1
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		s := score[i*len(b)+j]
		switch v := best[i*width+j]; {
		case s >= alike && v == best[(i+1)*width+j+1]+s:
			out[i] = j
			i++
			j++
		case v == best[(i+1)*width+j]:
			i++
		default:
			j++
		}
	}
	return out
}

// maxWords bounds the words of a line that count.
const maxWords = 40

// words cuts each line into its words, sorted.
func words(lines [][]byte) [][]string {
	out := make([][]string, len(lines))
	for i, l := range lines {
		for _, w := range bytes.FieldsFunc(l, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r < 0x80
		}) {
			if len(out[i]) == maxWords {
				break
			}
			out[i] = append(out[i], string(w))
		}
		slices.Sort(out[i])
	}
	return out
}

// common is the part of the words of two lines that they have in common, 0 to 1.
func common(a, b []string) float32 {
	if len(a)+len(b) == 0 {
		return 0
	}
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			n++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float32(n) / float32(len(a)+len(b))
}
