package place

import (
	"slices"

	"backstay.dev/backstay/internal/textdiff"
)

// print is the fingerprint of a text: the hashes of its telling lines, sorted,
// each as often as it stands there. White space does not count.
type print []uint64

const (
	// around is how many telling lines above and below a change speak for its
	// place.
	around = 6
	// maxText bounds the texts that are compared, in bytes.
	maxText = 4 << 20
)

func printOf(text []byte) print {
	var p print
	for _, line := range textdiff.Lines(text) {
		if h, ok := telling(line); ok {
			p = append(p, h)
		}
	}
	slices.Sort(p)
	return slices.Clip(p)
}

func (p print) has(h uint64) bool {
	_, ok := slices.BinarySearch(p, h)
	return ok
}

// telling hashes a line without its white space (FNV-1a). A line with less than
// four letters or digits tells nothing of where it stands.
func telling(line []byte) (hash uint64, ok bool) {
	hash = 14695981039346656037
	signs := 0
	for _, c := range line {
		if c == ' ' || c >= '\t' && c <= '\r' {
			continue
		}
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 {
			signs++
		}
		hash = (hash ^ uint64(c)) * 1099511628211
	}
	return hash, signs >= 4
}

// spot is what speaks for the place of one hunk of the fix: the lines that it
// removes and those around it.
type spot struct {
	hunk  textdiff.Hunk
	lines []uint64
}

// spots gives one for each hunk that has telling lines near it.
func spots(base [][]byte, hunks []textdiff.Hunk) []spot {
	var out []spot
	all := 0
	for _, h := range hunks {
		if all > maxLines {
			break
		}
		s := spot{hunk: h}
		add := func(i int) bool {
			hash, ok := telling(base[i])
			if ok && !slices.Contains(s.lines, hash) {
				s.lines = append(s.lines, hash)
			}
			return ok
		}
		for i, n := h.OldStart-1, 0; i >= max(0, h.OldStart-3*around) && n < around; i-- {
			if add(i) {
				n++
			}
		}
		for i, n := h.OldStart+h.OldCount, 0; i < min(len(base), h.OldStart+h.OldCount+3*around) && n < around; i++ {
			if add(i) {
				n++
			}
		}
		for i := h.OldStart; i < min(h.OldStart+h.OldCount, h.OldStart+maxRemoved); i++ {
			add(i)
		}
		if all += len(s.lines); len(s.lines) > 0 {
			out = append(out, s)
		}
	}
	return out
}

const (
	// maxRemoved bounds the removed lines of one hunk that speak for its place,
	// maxLines those of all hunks; the hunks after that have no say.
	maxRemoved = 100
	maxLines   = 4000
)
