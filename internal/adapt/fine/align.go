package fine

import (
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

const (
	// maxCells bounds the table of an alignment of similar lines, maxCost the
	// words that are compared to fill it. A region that needs more is aligned by
	// its equal lines first.
	maxCells, maxCost = 1 << 16, 1 << 22
	// maxTables bounds all tables of one alignment together, in cells.
	maxTables = 1 << 20
	// alike is the similarity from which on two lines are versions of one.
	alike = 0.5
)

// line is a line with what an alignment needs to know of it.
type line struct {
	text   []byte
	number int32   // equal lines have equal numbers
	words  []int32 // sorted, blanks left out
	weight float64 // how much it says: a brace alone says little
}

// measured prepares lines; they share the numberings.
func measured(text []byte, lines, terms textdiff.Numbering) []line {
	split := textdiff.Lines(text)
	numbers := lines.All(split)
	out := make([]line, len(split))
	for i, l := range split {
		var kept [][]byte
		letters := 0
		for _, w := range words(l) {
			if blank(w[0]) || w[0] == '\n' || w[0] == '\r' {
				continue
			}
			kept = append(kept, w)
			if letter(w[0]) {
				letters++
			}
		}
		ids := terms.All(kept)
		slices.Sort(ids)
		out[i] = line{l, numbers[i], ids, min(0.15+0.4*float64(letters)+0.05*float64(len(kept)), 2)}
	}
	return out
}

// similarity of two lines, from 0 to 1: the share of words that they have in
// common (Dice's coefficient over multisets).
func similarity(a, b line) float64 {
	if len(a.words) == 0 || len(b.words) == 0 {
		return 0
	}
	common, i, j := 0, 0, 0
	for i < len(a.words) && j < len(b.words) {
		switch {
		case a.words[i] == b.words[j]:
			common++
			i++
			j++
		case a.words[i] < b.words[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(common) / float64(len(a.words)+len(b.words))
}

// align pairs lines of a with lines of b, in order, so that the pairs are as
// alike as they can be together: equal lines, and lines that are versions of
// one another. The result is for each line of a the line of b, or -1.
//
// It is the global alignment of S. B. Needleman and C. D. Wunsch (1970) over
// lines, with the similarity of two lines for the score of a pair.
func align(a, b []line) []int {
	partner := make([]int, len(a))
	for i := range partner {
		partner[i] = -1
	}
	head := 0
	for head < len(a) && head < len(b) && a[head].number == b[head].number {
		partner[head] = head
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail].number == b[len(b)-1-tail].number {
		tail++
		partner[len(a)-tail] = len(b) - tail
	}
	pair(a[head:len(a)-tail], b[head:len(b)-tail], func(i, j int) { partner[head+i] = head + j })
	return partner
}

func pair(a, b []line, set func(i, j int)) {
	if len(a) == 0 || len(b) == 0 {
		return
	}
	if affordable(a, b) {
		best(a, b, set)
		return
	}
	x, y := make([]int32, len(a)), make([]int32, len(b))
	for i, l := range a {
		x[i] = l.number
	}
	for i, l := range b {
		y[i] = l.number
	}
	i, j, left := 0, 0, maxTables
	for _, h := range append(textdiff.DiffSymbols(x, y), textdiff.Hunk{OldStart: len(a), NewStart: len(b)}) {
		for ; i < h.OldStart; i, j = i+1, j+1 {
			set(i, j)
		}
		if x, y := a[i:i+h.OldCount], b[j:j+h.NewCount]; len(x) > 0 && len(y) > 0 && len(x)*len(y) <= left && affordable(x, y) {
			left -= len(x) * len(y)
			best(x, y, func(k, l int) { set(h.OldStart+k, h.NewStart+l) })
		}
		i, j = h.OldStart+h.OldCount, h.NewStart+h.NewCount
	}
}

// affordable says whether all lines of a may be compared with all of b.
func affordable(a, b []line) bool {
	if len(a) > maxCells/len(b) {
		return false
	}
	cost := 0
	for _, l := range a {
		cost += len(l.words) * len(b)
	}
	for _, l := range b {
		cost += len(l.words) * len(a)
	}
	return cost <= maxCost
}

// best fills the table. Among equal scores it prefers to pair late, as diffs do
// whose groups have been slid down.
func best(a, b []line, set func(i, j int)) {
	width := len(b) + 1
	score := make([]float32, (len(a)+1)*width)
	gain := make([]float32, len(a)*len(b))
	for i := range a {
		for j := range b {
			g := float32(0)
			if a[i].number == b[j].number {
				g = float32(a[i].weight)
			} else if s := similarity(a[i], b[j]); s >= alike {
				g = float32(0.9 * s * s * min(a[i].weight, b[j].weight))
			}
			gain[i*len(b)+j] = g
			at := (i+1)*width + j + 1
			score[at] = max(score[at-1], score[at-width])
			if g > 0 {
				score[at] = max(score[at], score[at-width-1]+g)
			}
		}
	}
	for i, j := len(a), len(b); i > 0 && j > 0; {
		at := i*width + j
		g := gain[(i-1)*len(b)+j-1]
		switch {
		case g > 0 && score[at] == score[at-width-1]+g:
			i--
			j--
			set(i, j)
		case score[at] == score[at-1]:
			j--
		default:
			i--
		}
	}
}
