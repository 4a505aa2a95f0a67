package textdiff

import (
	"bytes"
	"hash/maphash"
)

// Lines cuts b after each newline. The newline belongs to the line it ends;
// a last line without one is a line too, and an empty text has no lines. The
// lines are parts of b, not copies, and joined they are b.
func Lines(b []byte) [][]byte {
	t := split(b)
	lines := make([][]byte, t.len())
	for i := range lines {
		lines[i] = t.line(i)
	}
	return lines
}

// text is a text and where its lines begin. Offsets instead of slices: eight
// bytes a line rather than twenty-four, which a file of newlines makes felt.
type text struct {
	b      []byte
	starts []int // one per line, and len(b) at the end
}

func split(b []byte) text {
	n := bytes.Count(b, newline)
	starts := make([]int, 1, n+2)
	for at := 0; at < len(b); {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			at = len(b)
		} else {
			at += i + 1
		}
		starts = append(starts, at)
	}
	return text{b, starts}
}

var newline = []byte{'\n'}

func (t text) len() int          { return len(t.starts) - 1 }
func (t text) line(i int) []byte { return t.b[t.starts[i]:t.starts[i+1]] }

// span is the bytes of some lines, a part of the text and not a copy.
func (t text) span(s Span) []byte {
	lo, hi := t.starts[s.Start], t.starts[s.End]
	return t.b[lo:hi:hi]
}

// symbols numbers lines, from zero, so that equal lines have equal numbers.
//
// Lines are told apart by their bytes; the hash only says where to look. It is
// seeded afresh each time, so that no text can be made to have collisions.
type symbols struct {
	seed  maphash.Seed
	known map[uint64]int32 // by hash, or one of the next where hashes collide
	lines [][]byte         // by number

	base    text
	numbers []int32 // of base, by line
	first   []int32 // lines of base, by number: the first that has it
}

// numbered begins with the lines of base.
func numbered(base text) *symbols {
	n := base.len()
	distinct := min(n, 1<<14) // a guess: millions of lines may be all the same
	s := &symbols{
		seed:    maphash.MakeSeed(),
		known:   make(map[uint64]int32, distinct),
		lines:   make([][]byte, 0, distinct),
		base:    base,
		numbers: make([]int32, n),
		first:   make([]int32, 0, distinct),
	}
	for i := range s.numbers {
		number := s.number(base.line(i))
		if s.numbers[i] = number; int(number) == len(s.first) {
			s.first = append(s.first, int32(i))
		}
	}
	return s
}

// of gives the lines of t, a text that resembles base, their numbers. Most of
// its lines follow each other as they do there, and to compare a line with the
// one expected costs a fraction of looking it up.
func (s *symbols) of(t text) []int32 {
	out := make([]int32, t.len())
	expected := 0
	for i := range out {
		line := t.line(i)
		if expected < len(s.numbers) && bytes.Equal(line, s.base.line(expected)) {
			out[i] = s.numbers[expected]
			expected++
			continue
		}
		out[i] = s.number(line)
		if n := int(out[i]); n < len(s.first) && int(s.first[n]) >= expected {
			expected = int(s.first[n]) + 1
		}
	}
	return out
}

func (s *symbols) number(line []byte) int32 {
	for h := maphash.Bytes(s.seed, line); ; h++ {
		n, ok := s.known[h]
		if !ok {
			n = int32(len(s.lines))
			s.known[h] = n
			s.lines = append(s.lines, line)
			return n
		}
		if bytes.Equal(s.lines[n], line) {
			return n
		}
	}
}
