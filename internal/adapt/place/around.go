package place

import "backstay.dev/backstay/internal/textdiff"

const (
	// near is how many lines above and below a hunk are compared, empty ones not
	// counted.
	near = 4
	// maxSteps bounds the lines that are compared for one hunk in one home.
	maxSteps = 400_000
)

// window is what a hunk replaces and what stands around it, without the empty
// lines.
type window struct{ above, removed, below []known }

func (s *source) window(h textdiff.Hunk) window {
	w := window{
		above:   dense(s.lines[max(0, h.OldStart-4*near):h.OldStart]),
		removed: dense(s.lines[h.OldStart : h.OldStart+h.OldCount]),
		below:   dense(s.lines[h.OldStart+h.OldCount : min(h.OldStart+h.OldCount+4*near, len(s.lines))]),
	}
	w.above = w.above[max(0, len(w.above)-near):]
	w.below = w.below[:min(len(w.below), near)]
	return w
}

// find gives the position among lines where the removed ones stand with most of
// what is around them, how good it is, and how good the second best is. at is
// -1 where they stand nowhere, or where it takes too long to say.
func (w window) find(lines []known) (at, best, second int) {
	at = -1
	steps := 0
	for i := 0; i+len(w.removed) <= len(lines); i++ {
		same := 0
		for same < len(w.removed) && w.removed[same].hash == lines[i+same].hash {
			same++
		}
		if steps += same + 1; steps > maxSteps {
			return -1, 0, 0
		}
		if same < len(w.removed) {
			continue
		}
		up, down := 0, 0
		for up < len(w.above) && up < i && w.above[len(w.above)-1-up].hash == lines[i-1-up].hash {
			up++
		}
		for j := i + same; down < len(w.below) && j+down < len(lines) && w.below[down].hash == lines[j+down].hash; {
			down++
		}
		score := 1 + up + down
		if up == len(w.above) && up == i { // both texts begin here
			score += near - up
		}
		if down == len(w.below) && i+same+down == len(lines) { // both end here
			score += near - down
		}
		switch {
		case score > best:
			at, best, second = i, score, best
		case score > second:
			second = score
		}
	}
	return at, best, second
}

// telling is how many of the removed lines tell something.
func (w window) telling() int {
	n := 0
	for _, l := range w.removed {
		if l.tells {
			n++
		}
	}
	return n
}

// byLines finds the only place of a home where the lines stand that a hunk
// replaces, with lines around them that stand around the hunk. Where as much of
// them stands around another place of the base, it may be that one's.
func (f *fix) byLines(h textdiff.Hunk, home *source) (edit, bool) {
	w := f.base.window(h)
	at, best, second := w.find(home.dense())
	told := w.telling()
	if at < 0 || best == second || told == 0 && best < 4 || best < 2 && told < 2 {
		return edit{}, false
	}
	if _, _, other := w.find(f.base.dense()); other >= best {
		return edit{}, false
	}
	start, end := f.span(h, home, at, len(w.removed))
	if ordered := f.inOrder(h, home, start); ordered != start {
		start, end = ordered, ordered
	}
	var from, to []byte
	if h.OldCount > 0 {
		from, to = indent(f.base.lines[h.OldStart:h.OldStart+h.OldCount]), indent(home.lines[start:end])
	}
	return edit{
		start: start, end: end, base: join(home.lines[start:end]),
		theirs: shifted(f.theirs.lines[h.NewStart:h.NewStart+h.NewCount], from, to), how: byLine,
	}, home.uncut(start, end)
}

// span turns a match into lines of the home. An insertion stands as far from
// the line above as in the base, as far as the lines between are empty.
func (f *fix) span(h textdiff.Hunk, home *source, at, n int) (start, end int) {
	there := home.dense()
	if n > 0 {
		return there[at].line, there[at+n-1].line + 1
	}
	if at > 0 {
		start = there[at-1].line + 1
	}
	for i := h.OldStart - 1; i >= 0 && blank(f.base.lines[i]) && start < len(home.lines) && blank(home.lines[start]); i-- {
		start++
	}
	return start, start
}

// uncut reports whether a range of lines neither begins nor ends inside a unit.
func (s *source) uncut(start, end int) bool {
	for _, u := range s.units {
		if u.start < start && start < u.end || u.start < end && end < u.end {
			return false
		}
	}
	return true
}

// known is a line that is not empty.
type known struct {
	line  int
	hash  uint64
	tells bool
}

func dense(lines [][]byte) []known {
	var out []known
	for i, l := range lines {
		if !blank(l) {
			hash, tells := telling(l)
			out = append(out, known{line: i, hash: hash, tells: tells})
		}
	}
	return out
}

// dense are the lines that are not empty.
func (s *source) dense() []known {
	if s.full == nil {
		s.full = dense(s.lines)
	}
	return s.full
}
