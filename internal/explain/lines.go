package explain

import (
	"bytes"

	"backstay.dev/backstay/internal/textdiff"
)

// similarity is the part of the larger text's bytes that stand in lines which
// the two have in common, 0 to 1.
func similarity(a, b []byte) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	count := map[string]int{}
	for _, l := range textdiff.Lines(a) {
		count[string(l)]++
	}
	common := 0
	for _, l := range textdiff.Lines(b) {
		if count[string(l)] > 0 {
			count[string(l)]--
			common += len(l)
		}
	}
	return float64(common) / float64(max(len(a), len(b)))
}

// telling reports whether a line says something: brackets and blanks alone
// stand everywhere, and who wrote them explains nothing.
func telling(line []byte) bool {
	n := 0
	for _, c := range line {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 {
			n++
		}
	}
	switch string(bytes.TrimSpace(line)) {
	case "end", "else", "else:", "} else {", "return", "return;", "break;", "pass", "fi", "done", "do", "then", "begin":
		return false
	}
	return n > 1
}

// taken is the part of a text's telling lines that stood in an older text and
// stand no more in what became of that, 0 to 1.
func taken(text, old, now []byte) float64 {
	count := map[string]int{}
	for _, l := range textdiff.Lines(old) {
		count[string(l)]++
	}
	for _, l := range textdiff.Lines(now) {
		count[string(l)]--
	}
	all, from := 0, 0
	for _, l := range textdiff.Lines(text) {
		if !telling(l) {
			continue
		}
		all++
		if count[string(l)] > 0 {
			count[string(l)]--
			from++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(from) / float64(all)
}

// wording is a text's lines, and how often each occurs.
type wording struct {
	lines [][]byte
	count map[string]int
}

func newWording(text []byte) wording {
	w := wording{lines: textdiff.Lines(text), count: map[string]int{}}
	for _, l := range w.lines {
		w.count[string(bytes.TrimSpace(l))]++
	}
	return w
}

// speaks reports whether a line says something and stands in the text only once:
// who wrote one of several equal lines is often an accident.
func (w wording) speaks(line int) bool {
	return telling(w.lines[line]) && w.count[string(bytes.TrimSpace(w.lines[line]))] == 1
}

// speaking are the lines of a span that speak; if none does those that say
// something, and else all.
func (w wording) speaking(at textdiff.Span) []int {
	for _, ok := range []func(int) bool{w.speaks, func(i int) bool { return telling(w.lines[i]) }, func(int) bool { return true }} {
		var out []int
		for line := at.Start; line < at.End; line++ {
			if ok(line) {
				out = append(out, line)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
