package fine

import (
	"strconv"

	"backstay.dev/backstay/internal/adapt/conflict"
)

// maxStep is by how much a number is raised by the fix to count as raised.
const maxStep = 20

// Increment raises the target's numbers by what the fix raises the source's by,
// where the two differ: a patch release, a count, an amount of memory. All else
// is merged word by word.
func Increment(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	if !s.small() {
		return nil
	}
	raised := 0
	text, _, ok := mergeWords(s.base, s.ours, s.theirs, func(k clash, base [][]byte) ([][]byte, bool) {
		mine := join(apply(nil, base, k.ours, k.start, k.end))
		was, ok1 := number(join(base[k.start:k.end]))
		is, ok2 := number(join(apply(nil, base, k.theirs, k.start, k.end)))
		own, ok3 := number(mine)
		if !ok1 || !ok2 || !ok3 || is <= was || is-was > maxStep {
			return nil, false
		}
		raised++
		return [][]byte{strconv.AppendUint(nil, own+is-was, 10)}, true
	})
	if !ok || raised == 0 {
		return nil
	}
	if s.sameSeries() {
		return s.answer("increment-near", text, "the target's numbers are raised by as much as the fix raises the source's, though both are of one series")
	}
	return s.answer("increment", text, "the target's numbers are raised by as much as the fix raises the source's")
}

// sameSeries says whether ours and theirs have versions that differ in the last
// place at most.
func (s sides) sameSeries() bool {
	series := map[string]bool{}
	for _, v := range versions(s.ours) {
		series[v] = true
	}
	for _, v := range versions(s.theirs) {
		if series[v] {
			return true
		}
	}
	return false
}

// versions are the numbers in a text that are joined by dots, less the last of
// them.
func versions(text []byte) []string {
	var out []string
	split := words(text)
	for i := 0; i < len(split); i++ {
		j := i
		for j+2 < len(split) && isNumber(split[j]) && string(split[j+1]) == "." && isNumber(split[j+2]) {
			j += 2
		}
		if j > i {
			out = append(out, string(join(split[i:j])))
			i = j
		}
	}
	return out
}

func isNumber(w []byte) bool {
	for _, c := range w {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(w) > 0
}

// number reads a decimal number without leading zeros.
func number(text []byte) (uint64, bool) {
	if len(text) == 0 || len(text) > 9 || len(text) > 1 && text[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text), 10, 32)
	return n, err == nil
}
