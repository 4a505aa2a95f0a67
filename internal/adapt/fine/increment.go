package fine

import (
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
)

// maxStep is by how much a number is raised by the fix to count as raised.
const maxStep = 20

// maxVersions is how many versions of a text are looked at.
const maxVersions = 50

// Increment raises the target's numbers by what the fix raises the source's by,
// where the two differ: a patch release, a count, an amount of memory. All else
// is merged word by word. Where the target has versions of another series beside
// the one that the fix raises, they are raised as well ("increment-beside").
func Increment(c *conflict.Chunk) []conflict.Answer {
	s := sidesOf(c)
	if !s.small() {
		return nil
	}
	raised := 0
	text, _, ok := mergeWords(s.base, s.ours, s.theirs, func(k clash, base [][]byte) ([][]byte, bool) {
		was, ok1 := number(join(base[k.start:k.end]))
		is, ok2 := number(join(apply(nil, base, k.theirs, k.start, k.end)))
		own, ok3 := number(join(apply(nil, base, k.ours, k.start, k.end)))
		if !ok1 || !ok2 || !ok3 || is <= was || is-was > maxStep {
			return nil, false
		}
		raised++
		return [][]byte{strconv.AppendUint(nil, own+is-was, 10)}, true
	})
	switch {
	case !ok:
		return nil
	case raised == 0:
		return s.beside(text)
	case s.sameSeries():
		return s.answer("increment-near", text, "the target's numbers are raised by as much as the fix raises the source's, though both are of one series")
	}
	return s.answer("increment", text, "the target's numbers are raised by as much as the fix raises the source's")
}

// beside raises versions that the target has besides those of the source: of the
// same first number, by what the fix raises its own by.
func (s sides) beside(text []byte) []conflict.Answer {
	base, theirs := versions(s.base), versions(s.theirs)
	step := uint64(0)
	for v, series := range theirs {
		if _, known := base[v]; known {
			continue
		}
		was := ""
		for b, of := range base {
			if _, stays := theirs[b]; of == series && !stays {
				if was != "" {
					return nil
				}
				was = b
			}
		}
		now, ok1 := number([]byte(v[len(series)+1:]))
		if was == "" {
			return nil
		}
		before, ok2 := number([]byte(was[len(series)+1:]))
		if !ok1 || !ok2 || now <= before || now-before > maxStep || step != 0 && step != now-before {
			return nil
		}
		step = now - before
	}
	if step == 0 {
		return nil
	}
	raise := map[string][]byte{}
	for v, series := range versions(s.ours) {
		if _, known := base[v]; known || !strings.Contains(series, ".") || !besides(series, theirs) {
			continue
		}
		if n, ok := number([]byte(v[len(series)+1:])); ok {
			raise[v] = strconv.AppendUint([]byte(series+"."), n+step, 10)
		}
	}
	if len(raise) == 0 {
		return nil
	}
	split := words(text)
	var out []byte
	for i := 0; i < len(split); {
		n := numbers(split[i:])
		v := join(split[i : i+n])
		if to, ok := raise[string(v)]; ok {
			v = to
		}
		out = append(out, v...)
		i += n
	}
	return s.answer("increment-beside", out, "the fix raises a version; what the target has of another series beside it is raised by as much")
}

// besides says whether a series is another than those of the versions, but
// begins with the same number.
func besides(series string, versions map[string]string) bool {
	first, _, _ := strings.Cut(series, ".")
	found := false
	for _, other := range versions {
		if other == series {
			return false
		}
		head, _, _ := strings.Cut(other, ".")
		found = found || head == first
	}
	return found
}

// sameSeries says whether ours and theirs have versions that differ in the last
// place at most.
func (s sides) sameSeries() bool {
	theirs := versions(s.theirs)
	for _, series := range versions(s.ours) {
		for _, other := range theirs {
			if series == other {
				return true
			}
		}
	}
	return false
}

// versions are the numbers in a text that are joined by dots, and for each what
// comes before its last dot.
func versions(text []byte) map[string]string {
	out := map[string]string{}
	split := words(text)
	for i := 0; i < len(split) && len(out) < maxVersions; i++ {
		if n := numbers(split[i:]); n > 1 {
			out[string(join(split[i:i+n]))] = string(join(split[i : i+n-2]))
			i += n - 1
		}
	}
	return out
}

// numbers is how many words at the head are numbers joined by dots; 1 if there
// are none.
func numbers(split [][]byte) int {
	n := 1
	for n+1 < len(split) && isNumber(split[n-1]) && string(split[n]) == "." && isNumber(split[n+1]) {
		n += 2
	}
	return n
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
